"""A mail server for the demonstration: SMTP in, IMAP out, in the memory of one daemon thread.

It needs no root and stands only on this machine's loopback, so it does without TLS. It plays the
border server too: of each mail it says whether the person in the From field sent it, and for the
demonstration that is whoever logged in to send it.

aiosmtpd and pymap have their home here.
"""

import asyncio
import logging
import re
import ssl
import threading
from argparse import Namespace
from collections.abc import Awaitable, Callable, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from email.utils import parseaddr
from hmac import compare_digest
from types import TracebackType
from typing import Any, Self, cast
from uuid import uuid4

from mailbot.errors import ConfigError

try:
    from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
    from proxyprotocol.sock import SocketInfo
    from pymap.backend.dict import Config, Identity, Login
    from pymap.concurrent import Subsystem
    from pymap.imap import IMAPServer
    from pymap.parsing.message import AppendMessage
    from pymap.user import UserMetadata
    from pysasl.hashing import Cleartext
except ImportError as error:
    raise ConfigError(
        f"Para la demostración falta «{error.name}». Instálelo con: pip install 'mailbot[demo]'"
    ) from error

_log = logging.getLogger(__name__)

_HEADER_END = re.compile(rb"(?:\A|\n)(?=\r?\n)")
_VERDICT = re.compile(rb"(?im)^authentication-results[ \t]*:.*\n(?:[ \t].*\n)*")
_DOMAIN = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*")


class EmbeddedServers:
    """SMTP and IMAP for a few people, from ``with`` to the end of its block.

    ``users`` maps each address to its password; both servers take the address as the user name. A
    mail to one of them, with or without a plus-part, arrives in that person's INBOX byte for byte,
    below one Authentication-Results field; another recipient is refused with 550. A port of 0
    becomes a free one; a port that is taken is an OSError.
    """

    def __init__(
        self,
        users: Mapping[str, str],
        *,
        host: str = "127.0.0.1",
        imap_port: int = 0,
        smtp_port: int = 0,
        authserv_id: str = "mx.demo.local",
    ) -> None:
        self.users = {address.lower(): password for address, password in users.items()}
        self.host = host
        self.imap_port = imap_port
        self.smtp_port = smtp_port
        self.authserv_id = authserv_id
        self._servers: list[asyncio.Server] = []

    def __enter__(self) -> Self:
        # aiosmtpd tells every command at INFO, and at WARNING a deprecation of its own.
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(_report)
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        with ExitStack() as on_error:
            on_error.callback(self._close)
            asyncio.run_coroutine_threadsafe(self._start(), self._loop).result()
            on_error.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    async def _start(self) -> None:
        login = await _mailboxes(self.users)
        border = _Border(login, self.users, self.authserv_id)
        imap = await asyncio.start_server(_imap(login), self.host, self.imap_port)
        self._servers.append(imap)
        smtp = await self._loop.create_server(border.connected, self.host, self.smtp_port)
        self._servers.append(smtp)
        self.imap_port, self.smtp_port = _port(imap), _port(smtp)

    def _close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _stop(self) -> None:
        """Take no more connections, and cut off whoever is still there."""
        for server in self._servers:
            server.close()
        clients = asyncio.all_tasks() - {asyncio.current_task()}
        for client in clients:
            client.cancel()
        await asyncio.gather(*clients, return_exceptions=True)


def _port(server: asyncio.Server) -> int:
    return int(server.sockets[0].getsockname()[1])


def _report(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """A client that hangs up in mid-sentence is nobody's concern."""
    del loop
    _log.debug("%s: %r", context["message"], context.get("exception"))


# --- IMAP -----------------------------------------------------------------------------------------


class _Config(Config):
    """pymap's settings, without what would make it slow here.

    Its greeting asks the network for this machine's name at each connection, its passwords take a
    third of a second each, and it compares them in threads with event loops of their own.
    """

    def __init__(self) -> None:
        super().__init__(
            Namespace(proxy_protocol=None),
            host=None,
            port=0,
            tls_enabled=False,
            ssl_context=ssl.create_default_context(ssl.Purpose.CLIENT_AUTH),
            hash_context=Cleartext(),
            cpu_subsystem=Subsystem.for_asyncio(),
            demo_data=False,
            demo_user="",
            demo_password="",
        )

    @property
    def greeting(self) -> bytes:
        return b"mailbot"


async def _mailboxes(users: Mapping[str, str]) -> Login:
    """One empty mailbox for each user."""
    config = _Config()
    login = Login(config)
    for address, password in users.items():
        await _identity(login, address).set(UserMetadata(config, address, password=password))
    return login


def _identity(login: Login, address: str) -> Identity:
    return Identity(address, login, None, frozenset())


def _imap(login: Login) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    """What answers an IMAP connection.

    pymap's own service starts a task for it to which nothing refers: a garbage collection in the
    wrong moment ends the connection. As the callback of the stream it is held to its end.
    """
    server = IMAPServer(login, login.config)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = SocketInfo.get(writer, None, unique_id=uuid4().bytes)
        await server(reader, cast(asyncio.StreamWriter, _InOnePiece(writer)), client)

    return connected


class _InOnePiece:
    """A stream writer that sends a response whole, as pymap uses one: write, write, drain.

    pymap writes it in fragments, and each would travel alone: imapclient, waiting in IDLE, takes
    half a line for a broken connection (one time in two hundred here).
    """

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> None:
        self._pieces.append(bytes(piece))

    async def drain(self) -> None:
        self._writer.write(b"".join(self._pieces))
        self._pieces.clear()
        await self._writer.drain()

    def close(self) -> None:
        self._writer.close()


# --- SMTP -----------------------------------------------------------------------------------------


class _Border:
    """What SMTP does with logins, recipients and mails; the names are aiosmtpd's."""

    def __init__(self, login: Login, users: Mapping[str, str], authserv_id: str) -> None:
        self._login = login
        self._users = users
        self._authserv_id = authserv_id

    def connected(self) -> SMTP:
        return SMTP(
            self,
            hostname=self._authserv_id,
            authenticator=self._authenticate,
            auth_require_tls=False,
            loop=asyncio.get_running_loop(),
        )

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: object
    ) -> AuthResult:
        del server, session, envelope, mechanism
        if not isinstance(given, LoginPassword):
            return AuthResult(success=False, handled=False)
        user = given.login.decode(errors="replace").lower()
        right = compare_digest(self._users.get(user, "").encode(), given.password)
        return AuthResult(success=user in self._users and right, handled=False, auth_data=user)

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        del server, session, options
        if _mailbox(address) not in self._users:
            return "550 5.1.1 No such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        del server
        raw = envelope.original_content or b""
        stamped = stamp(raw, self._authserv_id, str(session.auth_data or ""))
        for mailbox in sorted({_mailbox(address) for address in envelope.rcpt_tos}):
            await self._deliver(mailbox, stamped)
        return "250 OK"

    async def _deliver(self, mailbox: str, raw: bytes) -> None:
        async with _identity(self._login, mailbox).new_session() as session:
            await session.append_messages("INBOX", [AppendMessage(raw, datetime.now(UTC))])


def _mailbox(address: str) -> str:
    """Whose INBOX an address is: in lower case, without its plus-part."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def stamp(raw: bytes, authserv_id: str, user: str) -> bytes:
    """A mail below this server's verdict, the only one that bears its id (RFC 8601, section 5).

    ``user`` is the address that logged in to send it; empty when nobody did.
    """
    end = _HEADER_END.search(raw)
    header, body = (raw[: end.end()], raw[end.end() :]) if end else (raw, b"")
    ours = authserv_id.lower().encode()
    kept = _VERDICT.sub(lambda field: b"" if ours in field[0].lower() else field[0], header)
    verdict = f"Authentication-Results: {authserv_id}; {_verdict(kept, user)}\r\n"
    return verdict.encode() + kept + body


def _verdict(header: bytes, user: str) -> str:
    sender = _from_address(header)
    result = "pass" if user and sender == user else "fail"
    domain = sender.rpartition("@")[2]
    return f"dmarc={result} header.from={domain}" if _DOMAIN.fullmatch(domain) else "dmarc=fail"


def _from_address(header: bytes) -> str:
    """The address in the From field, in lower case; empty when there is not exactly one field."""
    values = BytesHeaderParser().parsebytes(header).get_all("From", [])
    return parseaddr(str(values[0]))[1].lower() if len(values) == 1 else ""
