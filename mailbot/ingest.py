"""IMAP → raw bytes in the store, each mail once. The home of imapclient.

The inbox is the queue: a mail lies there until it is in the store, has been read and is done; then
it is moved to the processed or the set-aside folder. Nothing depends on flags.

Three things imapclient does are undone here: it formats every literal for debugging (slow, and a
leak), it stumbles over ranges in fetch (so every fetch names its UIDs), and idle_check goes on
answering for a dead connection (so there is no IDLE: a poll is cheap).
"""

import hashlib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import Message

import structlog
from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError, LoginError

from mailbot.config import Settings
from mailbot.desk import Desk, Visit, thread_of
from mailbot.errors import Refused, Unreachable
from mailbot.oauth import access_token
from mailbot.parsers import headers
from mailbot.parsers.text import tidy
from mailbot.respond import About
from mailbot.sections import Imap, Server
from mailbot.store import mails
from mailbot.store.tables import Mail, MailStatus

log = structlog.get_logger()

BATCH_BYTES = 8_000_000
BATCH_MAILS = 200


@dataclass
class Mailbox:
    """A connection with the inbox selected."""

    client: IMAPClient
    settings: Imap
    uidvalidity: int

    def uids(self) -> list[int]:
        """Every mail in the inbox, oldest first."""
        return sorted(int(uid) for uid in self.client.search("ALL"))

    def find(self, message_id: str) -> list[int]:
        """The mails in the inbox with a Message-ID."""
        return [int(uid) for uid in self.client.search(["HEADER", "Message-ID", message_id])]

    def discard(self, uids: Sequence[int]) -> None:
        """Delete for good what the bot wrote to itself, where the server can delete just that."""
        if uids and self.client.has_capability("UIDPLUS"):
            self.client.delete_messages(uids)
            self.client.uid_expunge(uids)

    def header_of(self, message_id: str) -> bytes | None:
        """The header of the mail with a Message-ID; None while none lies in the inbox."""
        found = self.find(message_id)
        return next(iter(self.fetch(found, "BODY.PEEK[HEADER]").values()), None) if found else None

    def heads(self, folder: str, since: datetime) -> Iterator[bytes]:
        """Who, what and when of the mails in another folder since a day; the inbox is left."""
        self.client.select_folder(folder, readonly=True)
        found = self.client.search(["SINCE", since.date()])
        for chunk in _chunks(sorted(found), BATCH_MAILS):
            yield from self.fetch(chunk, "BODY.PEEK[HEADER]").values()

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """The size of each mail in bytes; one that has vanished is left out."""
        found: dict[int, int] = {}
        for chunk in _chunks(uids, BATCH_MAILS):
            answer = self.client.fetch(chunk, ["RFC822.SIZE"])
            found.update({uid: int(a[b"RFC822.SIZE"]) for uid, a in answer.items()})
        return found

    def fetch(self, uids: Sequence[int], part: str = "BODY.PEEK[]") -> dict[int, bytes]:
        """The bytes of some mails; fetching sets no flag."""
        name = part.replace(".PEEK", "").encode()
        answer = self.client.fetch(list(uids), [part])
        return {uid: bytes(a[name]) for uid, a in answer.items() if a.get(name) is not None}

    def move(self, uids: Sequence[int], folder: str) -> None:
        """Move mails into a folder, by COPY and EXPUNGE where the server has no MOVE."""
        for chunk in _chunks(uids, BATCH_MAILS):
            try:
                self._move(chunk, folder)
            except IMAPClientError as error:
                if "EXPUNGEISSUED" not in str(error):
                    raise
                present = set(self.uids())  # another poller moved some of them at this moment
                if left := [uid for uid in chunk if uid in present]:
                    self._move(left, folder)

    def _move(self, uids: list[int], folder: str) -> None:
        if self.client.has_capability("MOVE"):
            self.client.move(uids, folder)
        else:
            self.client.copy(uids, folder)
            self.client.delete_messages(uids)
            self.client.uid_expunge(uids)


def _chunks(uids: Sequence[int], size: int) -> Iterator[list[int]]:
    return (list(uids[n : n + size]) for n in range(0, len(uids), size))


# ------------------------------------------------------------------ connecting


@contextmanager
def open_mailbox(settings: Settings) -> Iterator[Mailbox]:
    """Log in, make sure of the folders, select the inbox. Unreachable says what went wrong."""
    try:
        client = _connect(settings)
    except (OSError, IMAPClientError) as error:
        raise Unreachable(f"IMAP {settings.imap.host}:{settings.imap.port}: {error}") from error
    try:
        yield Mailbox(client, settings.imap, _select(client, settings.imap))
    except (OSError, IMAPClientError) as error:
        raise Unreachable(f"IMAP {settings.imap.host}: {error}") from error
    finally:
        _leave(client)


def _connect(settings: Settings) -> IMAPClient:
    server = settings.imap
    client = IMAPClient(
        server.host,
        port=server.port,
        ssl=server.tls == "implicit",
        ssl_context=tls_context(server),
        timeout=SocketTimeout(connect=server.timeout_seconds, read=server.timeout_seconds),
    )
    client._imap.debug = 0  # noqa: SLF001  imapclient sets 5: slow, and mails would reach the log
    client.normalise_times = False
    try:
        if server.tls == "starttls":
            client.starttls(tls_context(server))
        _login(client, settings)
    except (OSError, IMAPClientError, Unreachable):
        client.shutdown()
        raise
    return client


def tls_context(server: Server) -> ssl.SSLContext | None:
    """Certificates are always verified; `cafile` adds an authority of one's own."""
    if server.tls == "none":
        return None
    return ssl.create_default_context(cafile=str(server.cafile) if server.cafile else None)


def _login(client: IMAPClient, settings: Settings) -> None:
    server = settings.imap
    try:
        if server.auth == "xoauth2":
            client.oauth2_login(server.user, access_token(settings.oauth))
        else:
            client.login(server.user, server.password.get_secret_value() if server.password else "")
    except LoginError as error:
        raise Refused(
            f"IMAP {server.host}: no se pudo entrar como {server.user}: {error}. "
            "Revise imap.user y MAILBOT_IMAP__PASSWORD."
        ) from None


def _select(client: IMAPClient, settings: Imap) -> int:
    for folder in (settings.processed, settings.set_aside):
        _make_folder(client, folder)
    return int(client.select_folder(settings.inbox)[b"UIDVALIDITY"])


def _make_folder(client: IMAPClient, folder: str) -> None:
    if client.folder_exists(folder):
        return
    try:
        client.create_folder(folder)
        client.subscribe_folder(folder)
    except IMAPClientError:
        if not client.folder_exists(folder):  # another poller may have been faster
            raise


def _leave(client: IMAPClient) -> None:
    try:
        client.logout()
    except (OSError, IMAPClientError):
        log.debug("imap_logout_failed")  # the connection is gone, which is what was wanted


# ------------------------------------------------------------------ fetching


def ingest(desk: Desk, mailbox: Mailbox) -> int:
    """Bring every mail of the inbox that is not in the store into it; how many were new."""
    known = _known(desk, mailbox)
    sizes = mailbox.sizes([uid for uid in mailbox.uids() if uid not in known])
    limit = desk.rules.settings.limits.mail_bytes
    for uid in (uid for uid, size in sizes.items() if size > limit):
        _keep_head(desk, mailbox, uid, sizes[uid])
    small = {uid: size for uid, size in sizes.items() if size <= limit}
    for batch in batches(small):
        _keep(desk, mailbox, mailbox.fetch(batch))
    return len(sizes)


def _known(desk: Desk, mailbox: Mailbox) -> set[int]:
    with desk.store.read() as tx:
        return mails.known_uids(tx, mailbox.settings.inbox, mailbox.uidvalidity, mailbox.uids())


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


def _keep(desk: Desk, mailbox: Mailbox, raws: dict[int, bytes]) -> None:
    """Commit a batch: from here on the mails cannot be lost."""
    with desk.store.begin() as tx:
        for uid, raw in raws.items():
            mails.add(tx, _row(desk, mailbox, uid, raw, len(raw)))
    log.info("mails_stored", count=len(raws))


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


def _keep_head(desk: Desk, mailbox: Mailbox, uid: int, size: int) -> None:
    """A mail over the limit: keep its header, set it aside, tell a proven sender."""
    head = mailbox.fetch([uid], "BODY.PEEK[HEADER]").get(uid)
    if head is None:
        return
    sender = desk.verify(head)
    megabytes = round(size / 1_000_000, 1)
    with desk.store.begin() as tx:
        row = mails.add(tx, _row(desk, mailbox, uid, head, size))
        if not mails.finish(tx, row.id, MailStatus.SET_ASIDE, "too_large", f"pesa {megabytes} MB"):
            return
        row.sender, row.authenticated = sender.address or None, sender.authenticated
        if sender.authenticated:  # the gate has found the header sound, and bounded
            _tell_too_large(desk.at(tx), row, message_from_bytes(head), megabytes)


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
    """Move what is done out of the inbox; how many mails that were.

    Moving is safe to repeat: a UID that is gone is moved without complaint.
    """
    with desk.store.read() as tx:
        finished = mails.to_move(tx, mailbox.settings.inbox, mailbox.uidvalidity)
    present = set(mailbox.uids())
    folders = {
        MailStatus.DONE: mailbox.settings.processed,
        MailStatus.SET_ASIDE: mailbox.settings.set_aside,
    }
    for status, folder in folders.items():
        mailbox.move([uid for _, uid, s in finished if s == status and uid in present], folder)
    with desk.store.begin() as tx:
        mails.moved(tx, [id_ for id_, _, _ in finished], desk.clock())
    return len(finished)
