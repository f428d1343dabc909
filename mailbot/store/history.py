"""What earlier requests tell about a new one: the same papers, the same seat, the same address."""

import re
from collections.abc import Sequence

from sqlalchemy import func, select

from mailbot.store import Tx
from mailbot.store.tables import OPEN, Account, AccountStatus, Case, Mail, Paper


def oficio_key(office: str | None, number: str | None) -> str | None:
    """What makes an oficio one of its office's: its number and year; None where one is unknown.

    >>> oficio_key("060004", "OFICIO N° 0123-2026-GR.CAJ/DRE-UGEL.CHOTA/DIR")
    '060004/123/2026'
    """
    match = re.search(r"([0-9]{1,6})\D{1,5}(20[0-9]{2})\b", number or "")
    return f"{office}/{int(match[1])}/{match[2]}" if match and office else None


def keep_papers(tx: Tx, case: Case, marks: Sequence[str]) -> None:
    """Remember what a case was asked with: its documents' sha256, its oficio's number."""
    for mark in dict.fromkeys(marks):
        tx.merge(Paper(mark=mark, case_id=case.id, dossier_id=case.dossier_id))


def used_in(tx: Tx, mark: str, dossier_id: int) -> int | None:
    """The first case of another request that was asked with the same paper."""
    rows = select(Paper.case_id).where(Paper.mark == mark, Paper.dossier_id != dossier_id)
    return tx.scalar(rows.order_by(Paper.case_id).limit(1))


def is_first_of(tx: Tx, sender: str, dossier_id: int) -> bool:
    """Whether a sender has made no other request before this one."""
    rows = select(func.count(Case.id)).where(Case.asker == sender, Case.dossier_id < dossier_id)
    earlier = select(func.count(Mail.id)).where(
        Mail.sender == sender, Mail.kind == "request", Mail.id < dossier_id
    )
    return not (tx.scalar(rows) or tx.scalar(earlier))


def waiting(tx: Tx, seat: str, dossier_id: int) -> list[Case]:
    """The open cases of other requests for the same seat, oldest first."""
    rows = select(Case).where(
        Case.seat == seat, Case.status.in_(OPEN), Case.dossier_id != dossier_id
    )
    return list(tx.scalars(rows.order_by(Case.id)))


def of_person(tx: Tx, dni: str) -> list[Account]:
    """Every active account of a person."""
    rows = select(Account).where(Account.dni == dni, Account.status == AccountStatus.ACTIVE)
    return list(tx.scalars(rows.order_by(Account.id)))


def with_address(tx: Tx, correo: str, dni: str | None) -> Account | None:
    """Somebody else's active account that uses an address."""
    rows = select(Account).where(
        Account.correo == correo, Account.status == AccountStatus.ACTIVE, Account.dni != dni
    )
    return tx.scalar(rows.limit(1))
