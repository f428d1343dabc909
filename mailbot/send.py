"""Outbox → SMTP. A letter leaves at least once, always under its own Message-ID.

A password is made, stored as a hash and mailed in one attempt; each further attempt makes a new
one, so that whatever happened to the last attempt at most one password is valid.
"""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage

import structlog

from mailbot import pictures, recovery, secrecy
from mailbot.config import Settings
from mailbot.desk import Desk
from mailbot.errors import Refused, Unreachable
from mailbot.ingest import tls_context
from mailbot.model import Attachment
from mailbot.oauth import access_token
from mailbot.parsers.mail import read_mail
from mailbot.respond import KINDS, Original, Secrets, Unwritable, compose, key, message_id
from mailbot.store import Tx, accounts, challenges, letters, mails
from mailbot.store.tables import Letter, Question
from mailbot.undelivered import undelivered

log = structlog.get_logger()

MAX_ATTEMPTS = 12
_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=2)
_PERMANENT = 500


@recovery.watched
def send_due(desk: Desk) -> int:
    """Send every letter that is due over one connection; how many left."""
    with desk.store.read() as tx:
        due = letters.due(tx, desk.clock())
    if not due:
        return 0
    with open_smtp(desk.rules.settings) as server:
        return sum(_send(desk, server, letter_id) for letter_id in due)


# ------------------------------------------------------------------ the server


@contextmanager
def open_smtp(settings: Settings) -> Iterator[smtplib.SMTP]:
    """A connection that is logged in; Unreachable says what went wrong."""
    server = settings.smtp
    place = f"SMTP {server.host}:{server.port}"
    try:
        connection = _connect(settings)
    except smtplib.SMTPAuthenticationError as error:
        raise Refused(
            f"{place}: no se pudo entrar como {_user(settings)} ({error.smtp_code}). "
            "Revise smtp.user y MAILBOT_SMTP__PASSWORD."
        ) from None
    except (OSError, smtplib.SMTPException) as error:
        raise Unreachable(f"{place}: {error}") from error
    try:
        yield connection
    finally:
        _leave(connection)


def _connect(settings: Settings) -> smtplib.SMTP:
    server = settings.smtp
    context = tls_context(server)
    wait = server.timeout_seconds
    connection: smtplib.SMTP
    if server.tls == "implicit":
        connection = smtplib.SMTP_SSL(server.host, server.port, timeout=wait, context=context)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=wait)
    try:
        if server.tls == "starttls":
            connection.starttls(context=context)
        _login(connection, settings)
    except (OSError, smtplib.SMTPException, Unreachable):
        connection.close()
        raise
    return connection


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
        password = settings.smtp.password or settings.imap.password
        connection.login(_user(settings), password.get_secret_value() if password else "")


def _leave(connection: smtplib.SMTP) -> None:
    try:
        connection.quit()
    except (OSError, smtplib.SMTPException):
        log.debug("smtp_quit_failed")  # the connection is gone, which is what was wanted


# ------------------------------------------------------------------ one letter


def _send(desk: Desk, server: smtplib.SMTP, letter_id: int) -> bool:
    with desk.store.begin() as tx:
        letter = letters.begin(tx, letter_id, desk.clock())
        if letter is None:
            return False
        secrets = _secrets(desk, tx, letter)
        attached = _attachments(tx, letter) if KINDS[letter.kind].originals else ()
    if secrets is None:
        return _give_up(desk, letter, "la cuenta ya no está activa")
    try:
        originals = [Original(a.name, a.data) for a in attached]
        taken = pictures.take(pictures.of_letter(letter.context), attached)
        mail = compose(letter, desk.rules.settings, secrets, originals, taken)
    except Unwritable as error:
        return _give_up(desk, letter, str(error))
    return _hand_over(desk, server, letter, mail)


def _secrets(desk: Desk, tx: Tx, letter: Letter) -> Secrets | None:
    """What the letter carries that stands nowhere else; None when it has no purpose any more."""
    kind = KINDS[letter.kind]
    if kind.token:
        return Secrets(token=secrecy.token(key(desk.rules.settings), _nonce(tx, letter)))
    if kind.password:
        return _new_password(desk, tx, letter)
    return Secrets()


def _nonce(tx: Tx, letter: Letter) -> str:
    """What the letter's token is made from: its question's, or the challenge's about its mail."""
    if letter.question_id is not None:
        return tx.get_one(Question, letter.question_id).nonce
    asked = challenges.of_mail(tx, letter.mail_id or 0)
    return asked.nonce if asked else ""


def _new_password(desk: Desk, tx: Tx, letter: Letter) -> Secrets | None:
    """Make a password and store its hash: the one before it, if any, is dead from here on."""
    password = secrecy.password()
    expires = desk.clock() + timedelta(hours=desk.rules.settings.policy.password_hours)
    account_id = letter.account_id or 0
    if not accounts.set_password(tx, account_id, secrecy.hashed(password), expires):
        return None
    account = accounts.get(tx, account_id)
    letter.context = {
        **letter.context,
        "username": account.username,
        "expires": expires.isoformat(),
        "attempt": letter.attempts,
    }
    if letter.attempts > 1:  # another content must not hide behind the same Message-ID
        ident = f"{account_id}.{letter.id}.{letter.attempts}"
        letter.message_id = message_id(desk.rules.settings, letter.kind, ident)
    return Secrets(password=password)


def _attachments(tx: Tx, letter: Letter) -> tuple[Attachment, ...]:
    """Every document of the letter's dossier, as received."""
    stored = mails.of_dossier(tx, letter.mail_id or 0)
    found = (a for row in stored for a in read_mail(row.raw or b"").attachments)
    unique = {a.sha256: a for a in found}
    return tuple(unique.values())


def _hand_over(desk: Desk, server: smtplib.SMTP, letter: Letter, mail: EmailMessage) -> bool:
    """Give a letter to the server and note what it said."""
    sender = desk.rules.settings.bot.address
    try:
        server.send_message(mail, sender, [letter.recipient], *_dsn(server))
    except smtplib.SMTPServerDisconnected as error:
        _postpone(desk, letter, str(error))
        raise Unreachable(f"SMTP {desk.rules.settings.smtp.host}: {error}") from error
    except smtplib.SMTPRecipientsRefused as error:
        code, text = next(iter(error.recipients.values()))
        return _refused(desk, letter, code, text)
    except smtplib.SMTPResponseException as error:
        return _refused(desk, letter, error.smtp_code, error.smtp_error)
    except OSError as error:
        _postpone(desk, letter, str(error))
        raise Unreachable(f"SMTP {desk.rules.settings.smtp.host}: {error}") from error
    with desk.store.begin() as tx:
        letters.sent(tx, letter.id, desk.clock())
        _note_sent(desk, tx, letter)
    log.info("letter_sent", letter=letter.id, kind=letter.kind)
    return True


def _note_sent(desk: Desk, tx: Tx, letter: Letter) -> None:
    """Who saw what: the letter, its kind, and its reader under a pseudonym."""
    detail = f"{letter.id} {letter.kind} {letter.recipient}"
    desk.at(tx).note("letter_sent", "bot", case=letter.case_id, mail=letter.mail_id, detail=detail)


def _dsn(server: smtplib.SMTP) -> tuple[list[str], list[str]]:
    """Ask that a bounce bring back headers only: the body may hold a password (RFC 3461)."""
    return (["RET=HDRS"], ["NOTIFY=FAILURE"]) if server.has_extn("dsn") else ([], [])


def _refused(desk: Desk, letter: Letter, code: int, text: bytes | str) -> bool:
    """5xx: a person has to look. 4xx: again, later."""
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    if code >= _PERMANENT or letter.attempts >= MAX_ATTEMPTS:
        return _give_up(desk, letter, f"{code} {words}")
    _postpone(desk, letter, f"{code} {words}")
    return False


def _give_up(desk: Desk, letter: Letter, reason: str) -> bool:
    with desk.store.begin() as tx:
        letters.fail(tx, letter.id, reason)
        undelivered(desk.at(tx), letter, reason)
    log.warning("letter_failed", letter=letter.id, kind=letter.kind, reason=reason)
    return False


def _postpone(desk: Desk, letter: Letter, reason: str) -> None:
    wait = min(_FIRST_WAIT * 2 ** (letter.attempts - 1), _LONGEST_WAIT)
    with desk.store.begin() as tx:
        letters.postpone(tx, letter.id, desk.clock() + wait, reason)
