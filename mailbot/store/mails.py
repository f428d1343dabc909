"""Mails in the store: each once, raw and whole, until it is done or set aside."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import undefer

from mailbot.store import Tx, calls
from mailbot.store.tables import Letter, Mail, MailStatus

TOO_LARGE = "too_large"
"""The kind of a mail whose header alone was fetched."""

MAX_ATTEMPTS = 3
"""A mail that broke the bot this often is set aside, even if it broke it by killing it."""


def known_uids(tx: Tx, folder: str, uidvalidity: int, uids: Sequence[int]) -> set[int]:
    """Those of some UIDs whose mails are in the store, and lie in the folder still.

    One that was moved out of it cannot lie there: its number now is another mail's.
    """
    found: set[int] = set()
    for first in range(0, len(uids), 500):
        chunk = uids[first : first + 500]
        rows = select(Mail.uid).where(
            Mail.folder == folder,
            Mail.uidvalidity == uidvalidity,
            Mail.uid.in_(chunk),
            Mail.moved_at.is_(None),
        )
        found.update(tx.scalars(rows))
    return found


def add(tx: Tx, mail: Mail) -> Mail:
    """Keep a mail. One seen before (by its bytes) only learns its new place in the mailbox."""
    _vacate(tx, mail)
    seen = tx.scalar(select(Mail).where(Mail.sha256 == mail.sha256))
    if seen is None:
        tx.add(mail)
        tx.flush()
        calls.call(tx, "mail", mail.id)
        return mail
    seen.folder, seen.uidvalidity, seen.uid = mail.folder, mail.uidvalidity, mail.uid
    seen.moved_at = None
    return seen


def has(tx: Tx, message_id: str) -> bool:
    """Whether a mail with a Message-ID was read."""
    return bool(tx.scalar(select(Mail.id).where(Mail.message_id == message_id).limit(1)))


def _vacate(tx: Tx, mail: Mail) -> None:
    """A server that counts anew gives an old mail's number to another: the old one has none now."""
    tx.execute(
        update(Mail)
        .where(
            Mail.folder == mail.folder,
            Mail.uidvalidity == mail.uidvalidity,
            Mail.uid == mail.uid,
            Mail.sha256 != mail.sha256,
        )
        .values(uid=-Mail.id)
    )


def to_process(tx: Tx) -> tuple[int, ...]:
    """The ids of mails with work to do, oldest first."""
    return tuple(tx.scalars(select(Mail.id).where(Mail.status == MailStatus.NEW).order_by(Mail.id)))


def begin_attempt(tx: Tx, mail_id: int) -> bool:
    """Count an attempt; False when the mail is not new or has had its attempts."""
    counted = tx.execute(
        update(Mail)
        .where(Mail.id == mail_id, Mail.status == MailStatus.NEW, Mail.attempts < MAX_ATTEMPTS)
        .values(attempts=Mail.attempts + 1)
    )
    return bool(counted.rowcount)  # type: ignore[attr-defined]


def postpone(tx: Tx, mail_id: int) -> None:
    """Take an attempt back: it was not the mail's fault, and the next poll takes it up again."""
    tx.execute(
        update(Mail)
        .where(Mail.id == mail_id, Mail.status == MailStatus.NEW)
        .values(attempts=Mail.attempts - 1)
    )


def raw(tx: Tx, mail_id: int) -> bytes:
    """A mail's bytes."""
    return tx.get_one(Mail, mail_id, options=[undefer(Mail.raw)]).raw or b""


def of_dossier(tx: Tx, dossier_id: int) -> list[Mail]:
    """A dossier's mails with their bytes, in order: the request, then what completes it."""
    rows = (
        select(Mail)
        .where(or_(Mail.id == dossier_id, Mail.dossier_id == dossier_id))
        .order_by(Mail.id)
        .options(undefer(Mail.raw))
    )
    return list(tx.scalars(rows))


def finish(tx: Tx, mail_id: int, status: MailStatus, kind: str, reason: str | None = None) -> bool:
    """End a new mail's work; False when somebody else ended it first."""
    ended = tx.execute(
        update(Mail)
        .where(Mail.id == mail_id, Mail.status == MailStatus.NEW)
        .values(status=status, kind=kind, reason=reason)
    )
    return bool(ended.rowcount)  # type: ignore[attr-defined]


def lying(tx: Tx, folder: str, uidvalidity: int) -> int:
    """How many of the mails in the store lie in a folder."""
    rows = select(func.count(Mail.id)).where(
        Mail.folder == folder, Mail.uidvalidity == uidvalidity, Mail.moved_at.is_(None)
    )
    return tx.scalar(rows) or 0


def any_to_move(tx: Tx, folder: str) -> bool:
    """Whether some finished mail still lies in a folder, under whatever number."""
    rows = select(Mail.id).where(
        Mail.folder == folder, Mail.moved_at.is_(None), Mail.status != MailStatus.NEW
    )
    return tx.scalar(rows.limit(1)) is not None


def to_move(tx: Tx, folder: str, uidvalidity: int) -> list[tuple[int, int, MailStatus]]:
    """Id, UID and status of finished mails that still lie in a folder."""
    rows = select(Mail.id, Mail.uid, Mail.status).where(
        Mail.folder == folder,
        Mail.uidvalidity == uidvalidity,
        Mail.moved_at.is_(None),
        Mail.status != MailStatus.NEW,
    )
    return [(id_, uid, status) for id_, uid, status in tx.execute(rows)]


def numbered_before(tx: Tx, folder: str, uidvalidity: int) -> list[int]:
    """Ids of finished mails that lay in a folder when it had other numbers."""
    rows = select(Mail.id).where(
        Mail.folder == folder,
        Mail.uidvalidity != uidvalidity,
        Mail.moved_at.is_(None),
        Mail.status != MailStatus.NEW,
    )
    return list(tx.scalars(rows.order_by(Mail.id)))


def moved(tx: Tx, ids: Sequence[int], now: datetime) -> None:
    """Note that mails were moved out of the inbox."""
    for first in range(0, len(ids), 500):
        chunk = ids[first : first + 500]
        tx.execute(update(Mail).where(Mail.id.in_(chunk)).values(moved_at=now))


def dossiers_of(tx: Tx, references: Sequence[str]) -> list[int]:
    """The dossiers a mail may answer: by the letters of ours, then by the mails, it refers to.

    Anybody can send a mail under a Message-ID they have seen: there may be several.
    """
    if not references:
        return []
    letters = (
        select(func.coalesce(Mail.dossier_id, Mail.id))
        .join(Letter, Letter.mail_id == Mail.id)
        .where(Letter.message_id.in_(references))
    )
    mails = select(Mail.dossier_id).where(
        Mail.message_id.in_(references), Mail.dossier_id.is_not(None)
    )
    found = (*tx.scalars(letters.order_by(Letter.id)), *tx.scalars(mails.order_by(Mail.id)))
    return list(dict.fromkeys(id_ for id_ in found if id_ is not None))


def requests_since(tx: Tx, sender: str, since: datetime) -> int:
    """How many requests an address has made since a time."""
    rows = select(func.count(Mail.id)).where(
        Mail.sender == sender,
        Mail.received_at > since,
        Mail.kind == "request",
        Mail.status == MailStatus.DONE,
    )
    return tx.scalar(rows) or 0


def set_aside_since(tx: Tx, after: int) -> list[Mail]:
    """Mails set aside whose id is greater than one: what a digest has not told yet."""
    rows = select(Mail).where(Mail.status == MailStatus.SET_ASIDE, Mail.id > after)
    return list(tx.scalars(rows.order_by(Mail.id)))


def lay_aside(tx: Tx, mail_id: int, reason: str) -> bool:
    """Set a new mail aside by hand; False when it is not new."""
    return finish(tx, mail_id, MailStatus.SET_ASIDE, "by_hand", reason)


def renew(tx: Tx, mail_id: int, vouched_by: str | None) -> bool:
    """Make a mail that was set aside new again; False when it is no such mail, or not all there.

    It was purged, or too large: then its header alone was kept.
    """
    renewed = tx.execute(
        update(Mail)
        .where(
            Mail.id == mail_id,
            Mail.status == MailStatus.SET_ASIDE,
            Mail.raw.is_not(None),
            func.coalesce(Mail.kind, "") != TOO_LARGE,
        )
        .values(status=MailStatus.NEW, attempts=0, reason=None, vouched_by=vouched_by)
    )
    if renewed.rowcount:  # type: ignore[attr-defined]
        calls.call(tx, "mail", mail_id)
    return bool(renewed.rowcount)  # type: ignore[attr-defined]
