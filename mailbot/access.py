"""The right of access (Ley 29733, art. 19): everything about one DNI, into a folder.

``datos.json`` holds what the database knows; ``correos/`` the mails as they came; ``documentos/``
the papers attached to them, named by their fingerprint, never by what their sender called them.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import inspect

from mailbot.desk import Desk
from mailbot.errors import ConfigError
from mailbot.parsers.mail import Malformed, read_mail
from mailbot.store import Tx, mails, orders, person
from mailbot.store.person import Kept
from mailbot.store.tables import Mail, Table

_SECRET = ("raw", "password_hash", "token_hash", "nonce")


@dataclass(frozen=True, slots=True)
class Written:
    """How much was written; `others`: whether other people's data is in it."""

    cases: int
    accounts: int
    letters: int
    mails: int
    documents: int
    others: bool


def export(desk: Desk, dni: str, folder: Path) -> Written:
    """Write everything about a DNI into a folder that is new or empty."""
    if not re.fullmatch(r"[0-9]{8}", dni):
        raise ConfigError(f"«{dni}» no es un DNI: son 8 cifras.")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigError(f"{folder}: ya existe y no es una carpeta vacía.")
    with desk.store.read() as tx:
        kept = person.kept(tx, dni, [m for m in person.unfiled(tx) if _says(tx, m, dni)])
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)  # also one that was there, for all to look into
        documents = [name for mail in kept.mails for name in _write_mail(folder, mail)]
        shape = _shape(dni, kept)
    text = json.dumps(shape, ensure_ascii=False, indent=1, default=str)
    (folder / "datos.json").write_text(text, encoding="utf-8")
    return Written(
        cases=len(kept.cases),
        accounts=len(kept.accounts),
        letters=len(kept.letters),
        mails=len(kept.mails),
        documents=len(set(documents)),
        others=kept.others,
    )


def _says(tx: Tx, mail_id: int, dni: str) -> bool:
    """Whether a mail's own words name a DNI."""
    try:
        mail = read_mail(mails.raw(tx, mail_id))
    except Malformed:
        return dni.encode() in mails.raw(tx, mail_id)
    return any(dni in words for words in (mail.subject, mail.quoted, *mail.own))


def _write_mail(folder: Path, mail: Mail) -> list[str]:
    """The mail as it came, and its documents; the names of these.

    Not one in which a password stands that has still to leave.
    """
    if mail.raw is None or mail.kind == orders.HELD:
        return []
    for name in ("correos", "documentos"):
        (folder / name).mkdir(exist_ok=True, mode=0o700)
    (folder / "correos" / f"{mail.id}.eml").write_bytes(mail.raw)
    try:
        attached = read_mail(mail.raw).attachments
    except Malformed:
        return []
    names = []
    for paper in attached:
        ending = re.sub("[^a-z0-9]", "", paper.type.rpartition("/")[2].lower())[:8] or "bin"
        names.append(f"{mail.id}-{paper.sha256[:16]}.{ending}")
        (folder / "documentos" / names[-1]).write_bytes(paper.data)
    return names


def _shape(dni: str, kept: Kept) -> dict[str, Any]:
    return {
        "dni": dni,
        "casos": [_plain(row) for row in kept.cases],
        "cuentas": [_plain(row) for row in kept.accounts],
        "cartas": [_plain(row) for row in kept.letters],
        "correos": [_plain(row) for row in kept.mails],
        "trabajos": [_plain(row) for row in kept.items],
        "ordenes": [_plain(row) for row in kept.orders],
        "bitacora": [
            {"fila": e.id, "cuando": e.at, "que": e.name, "quien": e.actor, "caso": e.case}
            | {"correo": e.mail, "sha256": e.mail_sha256, "detalle": e.detail}
            for e in kept.events
        ],
        "otras_personas": kept.others,
    }


def _plain(row: Table) -> dict[str, Any]:
    """A row as JSON, without what is secret."""
    names = [column.key for column in inspect(type(row)).column_attrs]
    return {name: getattr(row, name) for name in names if name not in _SECRET}
