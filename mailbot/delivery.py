"""One letter → the server that takes it, and what it said. The home of smtplib.

What an answer means depends on when it comes: about the letter, about its reader, or about us.
Once the text has begun to flow, no answer means that nobody knows (RFC 5321, 4.5.3.2.6, 6.1).
"""

import re
import smtplib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from enum import StrEnum
from functools import partial

import structlog

from mailbot import patience, shadow
from mailbot.config import Settings
from mailbot.errors import Refused, Unreachable
from mailbot.mailbox import PATIENCE, tls_context
from mailbot.oauth import access_token
from mailbot.parsers.text import tidy

log = structlog.get_logger()


class Fate(StrEnum):
    """What became of a letter at the server."""

    TAKEN = "taken"
    LATER = "later"  # not now: again after a while
    REFUSED = "refused"  # never: a person has to look
    DOUBT = "doubt"  # no answer once the text had begun: the server may have it
    HELD = "held"  # not the letter's fault: the server takes none from us
    TOO_BIG = "too_big"  # more than this server takes


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said to a letter; `lost` when the connection is of no more use."""

    fate: Fate
    words: str
    queue_id: str = ""
    lost: bool = False


# ------------------------------------------------------------------ what an answer means

_SIZE = re.compile(r"\b5\.3\.4\b|message size|too (?:big|large)|size limit", re.IGNORECASE)
_RELAY = re.compile(r"\brelay", re.IGNORECASE)
_LOGIN_FIRST = (530, 535, 538)
_CLOSING = 421


def _too_big(code: int, said: str) -> bool:
    """5.2.2 is the reader's mailbox, which is full; 552 without it is our letter."""
    return code >= 500 and "5.2.2" not in said and (code == 552 or bool(_SIZE.search(said)))


def _no_relay(code: int, said: str) -> bool:
    return code >= 500 and bool(_RELAY.search(said))


_Row = tuple[tuple[str, ...], Callable[[int, str], bool], Fate]
_ROWS: tuple[_Row, ...] = (
    (("mail", "rcpt", "data", "text"), lambda code, _: code == _CLOSING, Fate.LATER),
    (("mail", "data", "text"), _too_big, Fate.TOO_BIG),
    (("mail",), lambda _code, _said: True, Fate.HELD),  # it knows our address only
    (("rcpt",), lambda code, said: code in _LOGIN_FIRST or _no_relay(code, said), Fate.HELD),
    (("rcpt", "data", "text"), lambda code, _: code < 500, Fate.LATER),
    (("rcpt", "data", "text"), lambda _code, _said: True, Fate.REFUSED),
)
"""When it was said, what was said, what it means: the first row that fits."""


def meaning(stage: str, code: int, said: str) -> Fate:
    """What a refusal means, by when it comes: ``mail``, ``rcpt``, ``data`` or ``text``."""
    return next(fate for stages, fits, fate in _ROWS if stage in stages and fits(code, said))


def queue_id(said: str) -> str:
    """The name a server keeps a letter under: Postfix, Exim and Exchange say it, others something.

    >>> queue_id("2.0.0 Ok: queued as 4b2F1x0abc")
    '4b2F1x0abc'
    >>> queue_id("OK id=1tFxyz-0001ab-2C")
    '1tFxyz-0001ab-2C'
    """
    found = re.search(r"queued as ([\w.-]+)|\bid=([\w.-]+)|InternalId=(\w+)", said)
    return next((g for g in found.groups() if g), "") if found else tidy(said)[:120]


# ------------------------------------------------------------------ handing one over


def deliver(server: smtplib.SMTP, sender: str, recipient: str, mail: EmailMessage) -> Answer:
    """Hand a letter to one recipient; whatever happens is an answer, never an error."""
    text = mail.as_bytes()
    told = re.search(r"[0-9]+", server.esmtp_features.get("size", ""))
    limit = int(told[0]) if told else 0
    if 0 < limit < len(text):
        return Answer(Fate.TOO_BIG, f"pesa {len(text)} bytes y el servidor admite {limit}")
    asked, noted = _dsn(server)
    size = [f"size={len(text)}"] if server.has_extn("size") else []
    steps: tuple[tuple[str, Callable[[], tuple[int, bytes]]], ...] = (
        ("mail", partial(server.mail, sender, [*size, *asked])),
        ("rcpt", partial(server.rcpt, recipient, noted)),
        ("data", partial(server.docmd, "DATA")),
        ("text", partial(_send_text, server, text)),
    )
    stage, said = "mail", b""
    try:
        for stage, step in steps:
            code, said = step()
            if not _goes_on(stage, code):
                return _refused(server, stage, code, said)
    except (OSError, smtplib.SMTPException) as error:  # both name a connection that is lost
        return _lost(server, stage, str(error))
    return Answer(Fate.TAKEN, "", queue_id(said.decode("utf-8", "replace")))


def _goes_on(stage: str, code: int) -> bool:
    return code == 354 if stage == "data" else 200 <= code < 300


def _send_text(server: smtplib.SMTP, text: bytes) -> tuple[int, bytes]:
    stuffed = re.sub(rb"(?m)^\.", b"..", text)  # RFC 5321, 4.5.2
    server.send(stuffed + (b"" if stuffed.endswith(b"\r\n") else b"\r\n") + b".\r\n")
    return server.getreply()


def _refused(server: smtplib.SMTP, stage: str, code: int, said: bytes) -> Answer:
    if not 400 <= code < 600:  # no SMTP: whatever stands at the other end, it does not follow us
        return _lost(server, stage, f"respuesta sin sentido: {code}")
    words = said.decode("utf-8", "replace")
    lost = code == _CLOSING
    if not lost:
        try:
            server.rset()
        except (OSError, smtplib.SMTPException):
            lost = True
    return Answer(meaning(stage, code, words), f"{code} {words}", lost=lost)


def _lost(server: smtplib.SMTP, stage: str, why: str) -> Answer:
    server.close()
    return Answer(Fate.DOUBT if stage == "text" else Fate.LATER, why, lost=True)


def _dsn(server: smtplib.SMTP) -> tuple[list[str], list[str]]:
    """Ask that a bounce bring back headers only: the body may hold a password (RFC 3461)."""
    return (["RET=HDRS"], ["NOTIFY=FAILURE"]) if server.has_extn("dsn") else ([], [])


# ------------------------------------------------------------------ the server


@contextmanager
def open_smtp(settings: Settings) -> Iterator[smtplib.SMTP]:
    """A connection that is logged in; Unreachable says what went wrong."""
    connection = connect(settings)
    try:
        yield connection
    finally:
        leave(connection)


def connect(settings: Settings) -> smtplib.SMTP:
    """Connect and log in; Unreachable says what went wrong, Refused that it is the login."""
    server = settings.smtp
    place = f"SMTP {server.host}:{server.port}"
    try:
        return _connect(settings)
    except smtplib.SMTPAuthenticationError as error:
        kind = Refused if error.smtp_code >= 500 else Unreachable
        raise kind(
            f"{place}: no se pudo entrar como {_user(settings)} ({error.smtp_code}). "
            "Revise smtp.user y MAILBOT_SMTP__PASSWORD."
        ) from None
    except (OSError, smtplib.SMTPException) as error:
        raise Unreachable(f"{place}: {error}") from error


def _connect(settings: Settings) -> smtplib.SMTP:
    server = settings.smtp
    context = tls_context(server)
    wait = server.timeout_seconds
    plain, over_tls = _kinds(settings)
    connection: smtplib.SMTP
    if server.tls == "implicit":
        connection = over_tls(server.host, server.port, timeout=wait, context=context)
    else:
        connection = plain(server.host, server.port, timeout=wait)
    try:
        with bounded(connection, settings):
            if server.tls == "starttls":
                connection.starttls(context=context)
            _login(connection, settings)
    except (OSError, smtplib.SMTPException, Unreachable, patience.Stopped):
        connection.close()
        raise
    return connection


def _kinds(settings: Settings) -> tuple[type[smtplib.SMTP], type[smtplib.SMTP_SSL]]:
    """The kinds of connection: a shadow's say nothing but the comparison."""
    if not shadow.on(settings):
        return smtplib.SMTP, smtplib.SMTP_SSL
    told = {"readers": shadow.readers(settings)}
    return type("Plain", (shadow.Muzzle,), told), type("OverTls", (shadow.MuzzleOverTls,), told)


@contextmanager
def bounded(connection: smtplib.SMTP, settings: Settings) -> Iterator[None]:
    """Talk to the server for so long and no longer."""
    wire = connection.sock
    if wire is None:
        raise smtplib.SMTPServerDisconnected("la conexión se cerró")
    with patience.bounded(patience.hang_up(wire), settings.smtp.timeout_seconds * PATIENCE):
        yield


def _user(settings: Settings) -> str:
    return settings.smtp.user or settings.imap.user


def _login(connection: smtplib.SMTP, settings: Settings) -> None:
    """Log in as configured; the mailbox's user and password stand in for what is left out."""
    connection.ehlo_or_helo_if_needed()
    if settings.smtp.auth == "xoauth2":
        token = access_token(settings.oauth)
        answer = f"user={_user(settings)}\1auth=Bearer {token}\1\1"
        connection.auth("XOAUTH2", lambda _challenge=None: answer)
    elif settings.smtp.auth == "password":
        _try_one_way(connection)
        password = settings.smtp.password or settings.imap.password
        connection.login(_user(settings), password.get_secret_value() if password else "")


def _try_one_way(connection: smtplib.SMTP) -> None:
    """Smtplib tries a wrong password once for each mechanism: each counts towards a lockout."""
    offered = connection.esmtp_features.get("auth", "").split()
    if way := next((w for w in ("PLAIN", "LOGIN", "CRAM-MD5") if w in offered), None):
        connection.esmtp_features["auth"] = way


def leave(connection: smtplib.SMTP) -> None:
    """Say goodbye to a server that may be gone."""
    try:
        connection.quit()
    except (OSError, smtplib.SMTPException):
        log.debug("smtp_quit_failed")  # the connection is gone, which is what was wanted
        with suppress(OSError):
            connection.close()
