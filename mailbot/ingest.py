"""IMAP → raw bytes in the store, each mail once.

The inbox is the queue: a mail lies there until it is in the store, has been read and is done; then
it is moved to the processed or the set-aside folder. Nothing depends on flags.

What was seen is not asked for again: the lowest UID that is not in the store is remembered, and a
poll begins there. When the numbers are not what they were (another UIDVALIDITY, a next UID that is
lower than before) everything in the inbox is looked at again, and recognised by its bytes.
"""

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from email import message_from_bytes
from email.message import Message

import structlog

from mailbot import patience
from mailbot.desk import Desk, Visit, thread_of
from mailbot.errors import Unreachable
from mailbot.mailbox import Mailbox
from mailbot.parsers import headers
from mailbot.parsers.text import tidy
from mailbot.respond import About
from mailbot.store import engine, mails, orders, seen
from mailbot.store.tables import Mail, MailStatus

log = structlog.get_logger()

BATCH_BYTES = 8_000_000
BATCH_MAILS = 200


# ------------------------------------------------------------------ fetching


def ingest(desk: Desk, mailbox: Mailbox) -> int:
    """Bring every mail of the inbox that is not in the store into it; how many were new."""
    uids = _listed(desk, mailbox)
    known = _known(desk, mailbox, uids)
    sizes = mailbox.sizes([uid for uid in uids if uid not in known])
    limit = desk.rules.settings.limits.mail_bytes
    small = {uid: size for uid, size in sizes.items() if size <= limit}
    stored = {uid for uid in sizes.keys() - small.keys() if _keep_head(desk, mailbox, uid, sizes)}
    for batch in batches(small):
        if patience.stopping():
            break
        _make_sure_of_room(desk, sum(small[uid] for uid in batch))
        stored |= _keep(desk, mailbox, mailbox.fetch(batch))
    _remember(desk, mailbox, uids, known | stored)
    return len(stored)


def _listed(desk: Desk, mailbox: Mailbox) -> list[int]:
    """The UIDs that may be unknown: those above what was seen, under the same numbering.

    All of them, when there are more mails than can be accounted for: the numbers of mails that were
    moved out were given to others.
    """
    inbox, validity = mailbox.settings.inbox, mailbox.uidvalidity
    with desk.store.read() as tx:
        first = seen.first(tx, inbox, validity, mailbox.uidnext)
        lying = mails.lying(tx, inbox, validity)
    uids = mailbox.uids(first)
    return uids if first == 1 or mailbox.exists <= len(uids) + lying else mailbox.uids()


def _known(desk: Desk, mailbox: Mailbox, uids: Sequence[int]) -> set[int]:
    with desk.store.read() as tx:
        return mails.known_uids(tx, mailbox.settings.inbox, mailbox.uidvalidity, uids)


def _remember(desk: Desk, mailbox: Mailbox, uids: Sequence[int], stored: set[int]) -> None:
    """Where the next poll begins: after all that is stored, or at the first that is not.

    A mail that was listed and not given, and lies there still, is asked for again.
    """
    left = [uid for uid in uids if uid not in stored]
    there = mailbox.present(left) if left else set()
    until = min(there, default=max(uids, default=0) + 1)
    with desk.store.read() as tx:
        if until <= seen.first(tx, mailbox.settings.inbox, mailbox.uidvalidity, mailbox.uidnext):
            return
    with desk.store.begin() as tx:
        seen.note(tx, mailbox.settings.inbox, mailbox.uidvalidity, until)


def _make_sure_of_room(desk: Desk, weight: int) -> None:
    """Nothing is fetched that there may be no room for: a full disk stops more than us."""
    place = engine.file_of(desk.store.engine)
    if place is None:
        return
    free = shutil.disk_usage(place.parent).free
    needed = desk.rules.settings.limits.free_bytes + 3 * weight  # sealed, in the log, in the file
    words = f"quedan {free // 1_000_000} MB libres y hacen falta {needed // 1_000_000}"
    if free < needed:
        raise Unreachable(f"{place}: {words}. Libere espacio: el correo espera en el buzón.")


def batches(sizes: dict[int, int]) -> Iterator[list[int]]:
    """UIDs in order, in groups bounded by bytes and by number; a large mail makes its own."""
    batch: list[int] = []
    weight = 0
    for uid, size in sorted(sizes.items()):
        if batch and (weight + size > BATCH_BYTES or len(batch) >= BATCH_MAILS):
            yield batch
            batch, weight = [], 0
        batch.append(uid)
        weight += size
    if batch:
        yield batch


def _keep(desk: Desk, mailbox: Mailbox, raws: dict[int, bytes]) -> set[int]:
    """Commit a batch: from here on the mails cannot be lost; the UIDs of those kept."""
    with desk.store.begin() as tx:
        for uid, raw in raws.items():
            mails.add(tx, _row(desk, mailbox, uid, raw, len(raw)))
    log.info("mails_stored", count=len(raws))
    return {*raws}


def _row(desk: Desk, mailbox: Mailbox, uid: int, raw: bytes, size: int) -> Mail:
    return Mail(
        sha256=hashlib.sha256(raw).hexdigest(),
        raw=raw,
        size=size,
        folder=mailbox.settings.inbox,
        uidvalidity=mailbox.uidvalidity,
        uid=uid,
        received_at=desk.clock(),
        status=MailStatus.NEW,
        attempts=0,
    )


def _keep_head(desk: Desk, mailbox: Mailbox, uid: int, sizes: dict[int, int]) -> bool:
    """A mail over the limit: keep its header, set it aside, tell a proven sender. Was it there."""
    head, size = mailbox.fetch([uid], "BODY.PEEK[HEADER]").get(uid), sizes[uid]
    if head is None:
        return False
    sender = desk.verify(head)
    megabytes = round(size / 1_000_000, 1)
    with desk.store.begin() as tx:
        row = mails.add(tx, _row(desk, mailbox, uid, head, size))
        if not mails.finish(
            tx, row.id, MailStatus.SET_ASIDE, mails.TOO_LARGE, f"pesa {megabytes} MB"
        ):
            return True
        row.sender, row.authenticated = sender.address or None, sender.authenticated
        if sender.authenticated:  # the gate has found the header sound, and bounded
            _tell_too_large(desk.at(tx), row, message_from_bytes(head), megabytes)
    return True


def _tell_too_large(visit: Visit, row: Mail, message: Message, megabytes: float) -> None:
    """Tell a proven sender how large a mail may be."""
    address, subject = row.sender or "", tidy(headers.subject(message))
    if headers.automatic(message, subject) or not visit.may_answer(address):
        return
    settings = visit.rules.settings
    context = {
        "bot_name": settings.bot.name,
        "megabytes": megabytes,
        "limit": settings.limits.mail_bytes // 1_000_000,
    }
    ids = headers.ids(message.get_all("Message-ID", []))
    about = About(mail=row.id, thread=thread_of(next(iter(ids), None), (), subject))
    visit.outbox.put("asker-too-large", address, str(row.id), context, about)


# ------------------------------------------------------------------ moving


def tidy_inbox(desk: Desk, mailbox: Mailbox) -> int:
    """Move what is done out of the inbox, erase where a password may stand; how many mails it was.

    Moving is safe to repeat: a UID that is gone is moved without complaint.
    """
    with desk.store.read() as tx:
        finished = mails.to_move(tx, mailbox.settings.inbox, mailbox.uidvalidity)
        secret = orders.to_erase(tx, mailbox.settings.inbox, mailbox.uidvalidity)
    present = mailbox.present([uid for _, uid, _ in finished])
    folders = {
        MailStatus.DONE: mailbox.settings.processed,
        MailStatus.SET_ASIDE: mailbox.settings.set_aside,
    }
    left = present - secret if mailbox.erase(sorted(secret & present)) else present
    for status, folder in folders.items():
        mailbox.move([uid for _, uid, s in finished if s == status and uid in left], folder)
    gone = [id_ for id_, _, _ in finished] + _gone(desk, mailbox)
    if gone:
        with desk.store.begin() as tx:
            mails.moved(tx, gone, desk.clock())
    return len(gone)


def _gone(desk: Desk, mailbox: Mailbox) -> list[int]:
    """Finished mails of an earlier numbering of the inbox that do not lie in it any more.

    Moved by a program that was killed before it could note it, or by a person. What lies there has
    its present number once all of it is in the store: whoever has none then is gone.
    """
    place = (mailbox.settings.inbox, mailbox.uidvalidity)
    with desk.store.read() as tx:
        found, first = mails.numbered_before(tx, *place), seen.first(tx, *place, mailbox.uidnext)
    return found if found and not mailbox.uids(first) else []
