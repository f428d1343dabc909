"""What is due to be forgotten, and how each kind of row forgets.

Rows stay, with their ids, times, states and hashes; what speaks of a person leaves them. Nothing
that an open case needs is ever due.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, or_, select, update

from mailbot.actions.saga import ENDS
from mailbot.store import Tx
from mailbot.store.tables import (
    OPEN,
    Account,
    AccountStatus,
    Alias,
    Case,
    Challenge,
    ChallengeStatus,
    Change,
    Deputation,
    Letter,
    LetterStatus,
    Mail,
    MailStatus,
    OrderItem,
    OrderStatus,
    Prompt,
    Question,
    QuestionStatus,
    Verdict,
    WorkOrder,
)

Ids = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of data: what of it is due before a time, and how to forget some of it."""

    label: str
    setting: str
    due: Callable[[datetime], Select[Any]]
    forget: Callable[[Tx, Ids], None]


def _needed(before: datetime) -> ColumnElement[bool]:
    """Whether a case is open, or ended only after a time: the mails of its request, and replies."""
    recent = or_(Case.status.in_(OPEN), Case.updated_at >= before)
    asked = select(Case.id).where(
        Case.dossier_id == func.coalesce(Mail.dossier_id, Mail.id), recent
    )
    answered = (
        select(Question.id)
        .join(Case, Case.id == Question.case_id)
        .where(Question.reply_id == Mail.id, recent)
    )
    return or_(asked.exists(), answered.exists())


def _mails(status: MailStatus) -> Callable[[datetime], Select[Any]]:
    return lambda before: select(Mail.id).where(
        Mail.status == status, Mail.received_at < before, Mail.raw.is_not(None), ~_needed(before)
    )


def _forget_mails(tx: Tx, ids: Ids) -> None:
    empty: dict[str, None] = {
        "raw": None,
        "sender": None,
        "message_id": None,
        "vouched_by": None,
        "reason": None,
    }
    tx.execute(update(Mail).where(Mail.id.in_(ids)).values(empty))
    tx.execute(delete(Verdict).where(Verdict.mail_id.in_(ids)))
    closed = Challenge.status != ChallengeStatus.OPEN
    tx.execute(update(Challenge).where(Challenge.mail_id.in_(ids), closed).values(address=""))


def _open_cases() -> Select[Any]:
    return select(Case.id).where(Case.status.in_(OPEN))


def _gone(before: datetime) -> list[ColumnElement[bool]]:
    """Letters that left or were given up, and are about nothing that is open."""
    unsent = (LetterStatus.QUEUED, LetterStatus.SENDING)
    free = or_(Letter.case_id.is_(None), Letter.case_id.not_in(_open_cases()))
    return [Letter.status.not_in(unsent), Letter.created_at < before, free]


def _letters(before: datetime) -> Select[Any]:
    return select(Letter.id).where(*_gone(before), Letter.in_reply_to.is_distinct_from(_FORGOTTEN))


_FORGOTTEN = ""


def _forget_letters(tx: Tx, ids: Ids) -> None:
    empty: dict[str, Any] = {
        "context": {},
        "error": None,
        "in_reply_to": _FORGOTTEN,
        "references": [],
    }
    tx.execute(update(Letter).where(Letter.id.in_(ids)).values(empty))


def _readers(before: datetime) -> Select[Any]:
    return select(Letter.id).where(*_gone(before), Letter.recipient != "")


def _forget_readers(tx: Tx, ids: Ids) -> None:
    _forget_letters(tx, ids)
    tx.execute(update(Letter).where(Letter.id.in_(ids)).values(recipient=""))


def _cases(before: datetime) -> Select[Any]:
    return select(Case.id).where(
        Case.status.not_in(OPEN), Case.updated_at < before, Case.asker != ""
    )


_KEPT = ("section", "role", "role_name", "action", "office", "office_name", "nivel")


def _forget_cases(tx: Tx, ids: Ids) -> None:
    """Of a case its procedure, office, state, times and digest stay."""
    for case in tx.scalars(select(Case).where(Case.id.in_(ids))):
        kept = {key: case.record.get(key) for key in _KEPT}
        blank = {key: _blank(old) for key, old in case.record.items()}
        case.record = {**blank, **kept}
        case.dni = case.names = case.seat = case.reason = case.decided_by = None
        case.asker, case.corrections = "", {}
    _forget_said(tx, list(tx.scalars(select(Change.id).where(Change.case_id.in_(ids)))))
    closed = Question.status != QuestionStatus.OPEN
    tx.execute(update(Question).where(Question.case_id.in_(ids), closed).values(approver=""))


def _blank(old: object) -> list[object] | None:
    """What stands where a value was forgotten: of the same shape, for who reads the record."""
    return [] if isinstance(old, list) else None


def _accounts(before: datetime) -> Select[Any]:
    return select(Account.id).where(
        Account.status == AccountStatus.CLOSED, Account.closed_at < before, Account.dni != ""
    )


def _forget_accounts(tx: Tx, ids: Ids) -> None:
    empty = {"username": "", "names": "", "dni": "", "correo": None, "seat": ""}
    tx.execute(update(Account).where(Account.id.in_(ids)).values(empty))


def _ended_orders(before: datetime) -> Select[Any]:
    return select(WorkOrder.id).where(
        WorkOrder.status != OrderStatus.OPEN, WorkOrder.expires_at < before, WorkOrder.worker != ""
    )


def _forget_workers(tx: Tx, ids: Ids) -> None:
    tx.execute(update(WorkOrder).where(WorkOrder.id.in_(ids)).values(worker=""))


def _caseless(before: datetime) -> Select[Any]:
    """What was done about the register without a case, and in which somebody's words are left."""
    said = select(OrderItem.id).where(
        OrderItem.change_id == Change.id, OrderItem.reason.is_not(None)
    )
    return select(Change.id).where(
        Change.case_id.is_(None),
        Change.step.in_(ENDS),
        Change.created_at < before,
        or_(Change.error.is_not(None), Change.reason.is_not(None), said.exists()),
    )


def _forget_said(tx: Tx, ids: Ids) -> None:
    """What a directory, or who works in SIAGIE, said about some changes: it may name somebody."""
    tx.execute(update(Change).where(Change.id.in_(ids)).values(error=None, reason=None))
    tx.execute(update(OrderItem).where(OrderItem.change_id.in_(ids)).values(reason=None))


def _aliases(before: datetime) -> Select[Any]:
    return select(Alias.pseudonym).where(Alias.last_at < before)


def _forget_aliases(tx: Tx, ids: Ids) -> None:
    tx.execute(delete(Alias).where(Alias.pseudonym.in_(ids)))


def _prompts(before: datetime) -> Select[Any]:
    return select(Prompt.id).where(Prompt.expires_at < before, Prompt.approver != "")


def _forget_prompts(tx: Tx, ids: Ids) -> None:
    empty: dict[str, Any] = {"content": {}, "approver": ""}
    tx.execute(update(Prompt).where(Prompt.id.in_(ids)).values(empty))


def _deputations(before: datetime) -> Select[Any]:
    return select(Deputation.id).where(Deputation.ended_at < before, Deputation.approver != "")


def _forget_deputations(tx: Tx, ids: Ids) -> None:
    empty = {"approver": "", "deputy": ""}
    tx.execute(update(Deputation).where(Deputation.id.in_(ids)).values(empty))


KINDS = (
    Kind("Correos atendidos", "mails_days", _mails(MailStatus.DONE), _forget_mails),
    Kind("Correos apartados", "set_aside_days", _mails(MailStatus.SET_ASIDE), _forget_mails),
    Kind("Contenido de cartas", "letters_days", _letters, _forget_letters),
    Kind("Resúmenes y órdenes", "letters_days", _prompts, _forget_prompts),
    Kind("Suplencias", "cases_days", _deputations, _forget_deputations),
    Kind("Destinatarios de cartas", "cases_days", _readers, _forget_readers),
    Kind("Casos terminados", "cases_days", _cases, _forget_cases),
    Kind("Cuentas cerradas", "cases_days", _accounts, _forget_accounts),
    Kind("Quién hizo las órdenes", "cases_days", _ended_orders, _forget_workers),
    Kind("Cambios sin caso", "cases_days", _caseless, _forget_said),
    Kind("Nombres en la bitácora", "audit_days", _aliases, _forget_aliases),
)


def count(tx: Tx, kind: Kind, before: datetime) -> int:
    """How many rows of a kind are due."""
    return tx.scalar(select(func.count()).select_from(kind.due(before).subquery())) or 0


def forget_some(tx: Tx, kind: Kind, before: datetime, most: int) -> int:
    """Forget some of what is due; how many rows that was."""
    ids = list(tx.scalars(kind.due(before).limit(most)))
    if ids:
        kind.forget(tx, ids)
    return len(ids)
