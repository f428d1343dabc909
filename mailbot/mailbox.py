"""The mailbox on its server: a connection and the few verbs the bot needs. The home of imapclient.

Three things imapclient does are undone here: it formats every literal for debugging (slow, and a
leak), it stumbles over ranges in fetch (so every fetch names its UIDs), and idle_check goes on
answering for a dead connection (so there is no IDLE: a poll is cheap).
"""

import re
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog
from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from mailbot import patience, shadow
from mailbot.config import Settings
from mailbot.errors import Refused, Unreachable
from mailbot.oauth import access_token
from mailbot.sections import Imap, Server

log = structlog.get_logger()

MOST_UIDS = 200
"""UIDs in one command: servers refuse long lines (Dovecot over 64 KB)."""

WINDOW = 90_000
"""UIDs looked for in one search: imaplib refuses an answer of more than a million bytes."""

PATIENCE = 10
"""How many silences (`timeout_seconds`) one verb may last in all."""

APART = "mailbot-por-borrar"
"""A folder of the bot's own, there only while a mail with a password is being deleted."""

CANNOT_MOVE = (
    "el servidor no tiene MOVE ni UIDPLUS: el bot no puede sacar de la bandeja lo que atendió, ni "
    "borrar un correo con una contraseña; use otro servidor de correo"
)

LONGEST_WORD = 1_000_000
"""Bytes of a literal beyond what was asked for: names of folders, headers."""

_PASSING = re.compile(
    r"socket error|EOF|timed out|BYE|UNAVAILABLE|INUSE|LIMIT|THROTTL", re.IGNORECASE
)
"""A login that failed for a reason that passes; imapclient calls a lost connection one."""


@dataclass
class Mailbox:
    """A connection with the inbox selected.

    `uidnext` is more than any UID in it then, `exists` the number of its mails.
    """

    client: IMAPClient
    settings: Imap
    uidvalidity: int
    uidnext: int | None
    exists: int

    def uids(self, first: int = 1) -> list[int]:
        """The mails in the inbox whose UID is at least `first`, oldest first."""
        found: set[int] = set()
        for begin in range(first, self.uidnext or 0, WINDOW):
            end = min(begin + WINDOW, self.uidnext or 0) - 1
            found.update(self._search(f"{begin}:{end}"))
        # The star is the last mail, however low its UID is: a mail that came after the selection.
        found.update(self._search(f"{max(first, self.uidnext or 0)}:*"))
        return sorted(uid for uid in found if uid >= first)

    def present(self, uids: Sequence[int]) -> set[int]:
        """Those of some UIDs that lie in the inbox."""
        chunks = chunked(uids, MOST_UIDS)
        return {uid for chunk in chunks for uid in self._search(",".join(map(str, chunk)))}

    def answered(self, uids: Sequence[int]) -> set[int]:
        """Those of some UIDs that somebody has answered, as their flag says."""
        found: set[int] = set()
        for chunk in chunked(uids, MOST_UIDS):
            with self._bounded():
                told = self.client.search(["ANSWERED", "UID", ",".join(map(str, chunk))])
            found.update(int(uid) for uid in told)
        return found

    def _search(self, uids: str) -> list[int]:
        with self._bounded():
            return [int(uid) for uid in self.client.search(["UID", uids])]

    def find(self, message_id: str) -> list[int]:
        """The mails in the inbox with a Message-ID."""
        with self._bounded():
            return [int(uid) for uid in self.client.search(["HEADER", "Message-ID", message_id])]

    def discard(self, uids: Sequence[int]) -> bool:
        """Delete some mails for good, where the server can delete just those; whether it can."""
        able: bool = self.client.has_capability("UIDPLUS")
        if uids and able:
            with self._bounded():
                self.client.delete_messages(uids)
                self.client.uid_expunge(uids)
        return able

    def erase(self, uids: Sequence[int]) -> bool:
        """Delete some mails for good with any server that can move; whether it can.

        Without UIDPLUS an EXPUNGE takes whatever anybody has marked: so they go into a folder of
        the bot's own, and that is emptied, also of what a program that was killed left there.
        """
        if self.discard(uids):
            return True
        if not self.client.has_capability("MOVE"):
            return False
        if uids:
            _make_folder(self.client, APART)
            self.move(uids, APART)
        if self.client.folder_exists(APART):
            self._empty(APART)
        return True

    def _empty(self, folder: str) -> None:
        """Delete a folder, its mails first: some servers keep a deleted folder elsewhere, whole."""
        with self._bounded():
            self.client.select_folder(folder)
            if lying := self.client.search("ALL"):
                self.client.delete_messages(lying)
                self.client.expunge()
            self.client.select_folder(self.settings.inbox)
            self.client.delete_folder(folder)

    @property
    def can_move(self) -> bool:
        """Whether the server can take just one mail out of a folder (RFC 6851, RFC 4315)."""
        return any(self.client.has_capability(name) for name in ("MOVE", "UIDPLUS"))

    def heads(self, folder: str, since: datetime) -> Iterator[bytes]:
        """Who, what and when of the mails in another folder since a day; the inbox is left."""
        with self._bounded():
            self.client.select_folder(folder, readonly=True)
            found = self.client.search(["SINCE", since.date()])
        for chunk in chunked(sorted(found), MOST_UIDS):
            yield from self.fetch(chunk, "BODY.PEEK[HEADER]").values()

    def header_of(self, message_id: str) -> bytes | None:
        """The header of the mail with a Message-ID; None while none lies in the inbox."""
        found = self.find(message_id)
        return next(iter(self.fetch(found, "BODY.PEEK[HEADER]").values()), None) if found else None

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """The size of each mail in bytes; one that has vanished is left out."""
        found: dict[int, int] = {}
        for chunk in chunked(uids, MOST_UIDS):
            answer = self._fetch(chunk, "RFC822.SIZE")
            found.update({uid: int(a[b"RFC822.SIZE"]) for uid, a in answer.items()})
        return found

    def fetch(self, uids: Sequence[int], part: str = "BODY.PEEK[]") -> dict[int, bytes]:
        """The bytes of some mails; fetching sets no flag. What the server lacks is left out.

        One mail the server cannot give does not keep the others of its batch.
        """
        name = part.replace(".PEEK", "").encode()
        try:
            answer = self._fetch(uids, part)
        except IMAPClientAbortError:
            raise
        except IMAPClientError as error:
            if len(uids) < 2:
                log.warning("mail_not_given", uid=next(iter(uids), None), reason=str(error)[:200])
                return {}
            alone = [self.fetch([uid], part) for uid in uids]
            return {uid: raw for one in alone for uid, raw in one.items()}
        return {uid: bytes(a[name]) for uid, a in answer.items() if a.get(name) is not None}

    def _fetch(self, uids: Sequence[int], item: str) -> dict[int, dict[bytes, bytes]]:
        with self._bounded():
            answer: dict[int, dict[bytes, bytes]] = self.client.fetch(list(uids), [item])
        asked = item.replace(".PEEK", "").encode()
        wanted = {*uids}  # a server may tell of others, and of flags that changed meanwhile
        return {uid: a for uid, a in answer.items() if uid in wanted and asked in a}

    def move(self, uids: Sequence[int], folder: str) -> None:
        """Move mails into a folder, by COPY and EXPUNGE where the server has no MOVE.

        A folder somebody removed meanwhile is made again.
        """
        for chunk in chunked(uids, MOST_UIDS):
            try:
                self._move(chunk, folder)
            except IMAPClientAbortError:
                raise
            except IMAPClientError as error:
                if "TRYCREATE" in str(error):
                    _make_folder(self.client, folder)
                elif "EXPUNGEISSUED" not in str(error):
                    raise
                if left := self.present(chunk):  # another poller may have moved some of them
                    self._move(sorted(left), folder)

    def _move(self, uids: list[int], folder: str) -> None:
        with self._bounded():
            if not self.can_move:  # a copy would be left at each pass
                raise Unreachable(f"IMAP {self.settings.host}: {CANNOT_MOVE}")
            if self.client.has_capability("MOVE"):
                self.client.move(uids, folder)
            else:
                self.client.copy(uids, folder)
                self.client.delete_messages(uids)
                self.client.uid_expunge(uids)

    def _bounded(self) -> AbstractContextManager[None]:
        return _bounded(self.client, self.settings)


def chunked(uids: Sequence[int], size: int) -> Iterator[list[int]]:
    """Some UIDs, so many at a time."""
    return (list(uids[n : n + size]) for n in range(0, len(uids), size))


def _bounded(client: IMAPClient, server: Server) -> AbstractContextManager[None]:
    cut = patience.hang_up(client.socket())
    return patience.bounded(cut, server.timeout_seconds * PATIENCE)


# ------------------------------------------------------------------ connecting


@contextmanager
def open_mailbox(settings: Settings) -> Iterator[Mailbox]:
    """Log in, make sure of the folders, select the inbox. Unreachable says what went wrong."""
    try:
        client = _connect(settings)
    except (OSError, IMAPClientError) as error:
        raise Unreachable(f"IMAP {settings.imap.host}:{settings.imap.port}: {error}") from error
    try:
        yield _select(client, settings.imap, readonly=shadow.on(settings))
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
    _tame(client, settings.limits.mail_bytes + LONGEST_WORD)
    try:
        with _bounded(client, server):
            if server.tls == "starttls":
                client.starttls(tls_context(server))
            _login(client, settings)
    except (OSError, IMAPClientError, Unreachable, patience.Stopped):
        client.shutdown()
        raise
    return client


def _tame(client: IMAPClient, most: int) -> None:
    """No formatting of literals, times with their zone, no literal larger than any we asked for."""
    inner = client._imap  # noqa: SLF001  nothing public reaches it
    inner.debug = 0  # imapclient sets 5: slow, and mails would reach the log
    inner.read = partial(_read_bounded, inner.read, most)
    client.normalise_times = False


def _read_bounded(read: Callable[[int], bytes], most: int, size: int) -> bytes:
    """A literal, unless the server claims one nobody could want: it would fill the memory."""
    if size > most:
        raise IMAPClientAbortError(f"el servidor anuncia {size} bytes, y se pidió menos")
    return read(size)


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
        if _PASSING.search(str(error)):
            raise Unreachable(f"IMAP {server.host}: al entrar: {error}") from None
        raise Refused(
            f"IMAP {server.host}: no se pudo entrar como {server.user}: {error}. "
            "Revise imap.user y MAILBOT_IMAP__PASSWORD."
        ) from None


def _select(client: IMAPClient, settings: Imap, *, readonly: bool) -> Mailbox:
    with _bounded(client, settings):
        for folder in () if readonly else (settings.processed, settings.set_aside):
            _make_folder(client, folder)
        try:
            found = client.select_folder(settings.inbox, readonly=readonly)
        except IMAPClientAbortError:
            raise
        except IMAPClientError as error:
            raise Unreachable(
                f"IMAP {settings.host}: no se pudo abrir la carpeta «{settings.inbox}»: {error}. "
                "Revise imap.inbox."
            ) from None
    uidnext = found.get(b"UIDNEXT")
    return Mailbox(
        client,
        settings,
        uidvalidity=int(found[b"UIDVALIDITY"]),
        uidnext=int(uidnext) if uidnext else None,
        exists=int(found[b"EXISTS"]),
    )


def _make_folder(client: IMAPClient, folder: str) -> None:
    if client.folder_exists(folder):
        return
    try:
        client.create_folder(folder)
        client.subscribe_folder(folder)
    except IMAPClientAbortError:
        raise
    except IMAPClientError:
        if not client.folder_exists(folder):  # another poller may have been faster
            raise


def _leave(client: IMAPClient) -> None:
    try:
        client.logout()
    except (OSError, IMAPClientError):
        log.debug("imap_logout_failed")  # the connection is gone, which is what was wanted
        with suppress(OSError):
            client.shutdown()
