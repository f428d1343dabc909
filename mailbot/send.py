"""Outbox → SMTP. A letter leaves at least once, always under its own Message-ID.

Each letter is queued → sending → sent, or failed, or in doubt: then it is sent again, and whoever
got it twice can tell by its Message-ID. A password is made, stored as a hash and mailed in one
attempt; each further attempt makes a new one, so that whatever happened to the last attempt at most
one password is valid.
"""

import smtplib
from datetime import timedelta
from email.message import EmailMessage

import structlog

from mailbot import backoff, lockout, patience, pictures, recovery, secrecy
from mailbot.actions import directory
from mailbot.actions.directory import Awaited, Denied
from mailbot.actions.steps import entry
from mailbot.delivery import Answer, Fate, bounded, connect, deliver, leave
from mailbot.desk import Desk
from mailbot.errors import Refused, Unreachable
from mailbot.model import Attachment
from mailbot.orders import keys
from mailbot.parsers.mail import read_mail
from mailbot.respond import KINDS, Original, Secrets, Unwritable, compose, key, message_id
from mailbot.store import Tx, accounts, challenges, changes, letters, mails
from mailbot.store.tables import Letter, LetterStatus, Prompt, Question, WorkOrder
from mailbot.undelivered import undelivered

log = structlog.get_logger()

MAX_ATTEMPTS = 12
_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=2)
_MOST_HELD = 3
"""So many letters in a row refused for what is not theirs: the rest is not tried."""
_MOST_CONNECTIONS = 2
"""One, and another when it was lost."""


@recovery.watched
def send_due(desk: Desk) -> int:
    """Send every letter that is due; how many left. Unreachable when the server takes none."""
    _doubt_interrupted(desk)
    with desk.store.read() as tx:
        due = letters.due(tx, desk.clock())
    line, sent = Line(desk), 0
    try:
        for letter_id in due:
            if patience.stopping():
                break
            sent += _send(desk, line, letter_id)
    finally:
        line.close()
    line.complain()
    return sent


def advance(desk: Desk, letter_id: int) -> bool:
    """Send one letter, if it is due; whether it left. Only for who holds its lease.

    Found under way, its sender died over it. Unreachable when the server does not take it.
    """
    with desk.store.read() as tx:
        interrupted = letters.under_way(tx, letter_id)
    if interrupted:
        _doubt_one(desk, interrupted)
    with desk.store.read() as tx:
        if not letters.is_due(tx, letter_id, desk.clock()):
            return False
    line = Line(desk)
    try:
        sent = _send(desk, line, letter_id)
    finally:
        line.close()
    line.complain()
    return sent


def _doubt_interrupted(desk: Desk) -> None:
    """Letters found in the middle of leaving, long after they began."""
    with desk.store.read() as tx:
        found = letters.interrupted(tx, desk.clock())
    for letter in found:
        _doubt_one(desk, letter)


def _doubt_one(desk: Desk, letter: Letter) -> None:
    """A letter whose sender died while it left: nobody knows if it did."""
    reason = "el programa se interrumpió mientras salía"
    if letter.attempts >= MAX_ATTEMPTS:
        _give_up(desk, letter, reason)
        return
    with desk.store.begin() as tx:
        if letters.put_back(tx, letter, LetterStatus.UNCERTAIN, desk.clock(), reason):
            _note(desk, tx, "letter_uncertain", letter)


class Line:
    """The connection of one cycle: opened when it is needed, opened once more when it was lost."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.connection: smtplib.SMTP | None = None
        self.opened = 0
        self.held = 0
        self.trouble = ""

    def open(self) -> smtplib.SMTP:
        """The connection; Unreachable when there is none to be had in this cycle."""
        if self.held >= _MOST_HELD or (self.opened >= _MOST_CONNECTIONS and not self.connection):
            self.complain()
        if self.connection is None:
            with lockout.guarded(self.desk, "smtp"):
                self.connection = connect(self.desk.rules.settings)
            self.opened += 1
        return self.connection

    def hand_over(self, letter: Letter, mail: EmailMessage) -> Answer:
        """Give a letter to the server; what it said."""
        settings, server = self.desk.rules.settings, self.open()
        with bounded(server, settings):
            answer = deliver(server, settings.bot.address, letter.recipient, mail)
        self.held = self.held + 1 if answer.fate is Fate.HELD else 0
        self.trouble = answer.words if self.held or answer.lost else ""
        if answer.lost:
            self.connection = None
        return answer

    def complain(self) -> None:
        """Unreachable when the last that was heard of the server is no good."""
        if self.trouble:
            smtp = self.desk.rules.settings.smtp
            kind = Refused if self.trouble.startswith("5") else Unreachable  # a 4xx passes
            raise kind(f"SMTP {smtp.host}:{smtp.port}: {self.trouble}")

    def close(self) -> None:
        """Say goodbye."""
        if self.connection:
            leave(self.connection)


# ------------------------------------------------------------------ one letter


def _send(desk: Desk, line: Line, letter_id: int) -> bool:
    line.open()  # a server that is not there costs no letter an attempt
    with desk.store.beside() as tx:  # it reads papers and makes a password: others go on meanwhile
        letter = letters.begin(tx, letter_id, desk.clock())
        if letter is None:
            return False
        secrets = _secrets(desk, tx, letter)
        attached = _attachments(tx, letter) if KINDS[letter.kind].originals else ()
    if secrets is None:
        return _give_up(desk, letter, "la cuenta ya no está activa")
    if not _handed_in(desk, letter, secrets):
        return False
    try:
        mail = _compose(desk, letter, secrets, attached)
        answer = line.hand_over(letter, mail)
    except Unwritable as error:
        return _give_up(desk, letter, str(error))
    except patience.Stopped:
        _wait(desk, letter, "el programa se detuvo antes de que saliera", counted=False)
        return False
    return _settle(desk, letter, answer)


def _compose(
    desk: Desk, letter: Letter, secrets: Secrets, attached: tuple[Attachment, ...]
) -> EmailMessage:
    originals = [Original(a.name, a.data) for a in attached]
    taken = pictures.take(pictures.of_letter(letter.context), attached)
    return compose(letter, desk.rules.settings, secrets, originals, taken)


def _secrets(desk: Desk, tx: Tx, letter: Letter) -> Secrets | None:
    """What the letter carries that stands nowhere else; None when it has no purpose any more."""
    kind = KINDS[letter.kind]
    if kind.token:
        return Secrets(token=secrecy.token(key(desk.rules.settings), _nonce(tx, letter)))
    if kind.password:
        return _new_password(desk, tx, letter)
    return keys.typed(tx, letter, desk.rules.settings) if kind.typed else Secrets()


def _nonce(tx: Tx, letter: Letter) -> str:
    """What the letter's token is made from: its question's, prompt's, order's or challenge's."""
    if letter.question_id is not None:
        return tx.get_one(Question, letter.question_id).nonce
    if "prompt" in letter.context:
        return tx.get_one(Prompt, letter.context["prompt"]).nonce
    if letter.order_id is not None:
        return tx.get_one(WorkOrder, letter.order_id).nonce
    asked = challenges.of_mail(tx, letter.mail_id or 0)
    return asked.nonce if asked else ""


def _new_password(desk: Desk, tx: Tx, letter: Letter) -> Secrets | None:
    """Make a password and store its hash: the one before it, if any, is dead from here on."""
    password = secrecy.password()
    expires = desk.clock() + timedelta(hours=desk.rules.settings.policy.password_hours)
    account_id = letter.account_id or 0
    embedded = directory.is_embedded(desk.rules.settings)
    kept = secrecy.hashed(password) if embedded else accounts.ELSEWHERE
    if not accounts.set_password(tx, account_id, kept, expires):
        return None
    changes.drop_void(tx, account_id)
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


def _handed_in(desk: Desk, letter: Letter, secrets: Secrets) -> bool:
    """Set a letter's password where the account lives: just before it leaves, at each attempt.

    False when that could not be: then the letter waits, or is given up.
    """
    try:
        _hand_in(desk, letter, secrets)
    except Denied as error:
        return _give_up(desk, letter, str(error))
    except (Awaited, Unreachable) as error:
        _wait(desk, letter, str(error), counted=False)
        return False
    return True


def _hand_in(desk: Desk, letter: Letter, secrets: Secrets) -> None:
    settings = desk.rules.settings
    made_here = KINDS[letter.kind].password
    if not made_here or secrets.password is None or directory.is_embedded(settings):
        return
    with desk.store.read() as tx:
        (row,) = accounts.by_id(tx, [letter.account_id or 0])
    until = row.password_expires_at or desk.clock()
    with lockout.guarded(desk, "directory"), directory.opened(settings) as elsewhere:
        elsewhere.set_password(entry(row), secrets.password, until)


def _attachments(tx: Tx, letter: Letter) -> tuple[Attachment, ...]:
    """Every document of the letter's dossier, as received."""
    stored = mails.of_dossier(tx, letter.mail_id or 0)
    found = (a for row in stored for a in read_mail(row.raw or b"").attachments)
    unique = {a.sha256: a for a in found}
    return tuple(unique.values())


# ------------------------------------------------------------------ what became of it


def _settle(desk: Desk, letter: Letter, answer: Answer) -> bool:
    """Note what became of a letter; whether it left."""
    match answer.fate:
        case Fate.TAKEN:
            return _sent(desk, letter, answer.queue_id)
        case Fate.REFUSED:
            return _give_up(desk, letter, answer.words)
        case Fate.HELD:
            _wait(desk, letter, answer.words, counted=False)
        case Fate.TOO_BIG | Fate.LATER | Fate.DOUBT:
            _again(desk, letter, answer)
    return False


def _again(desk: Desk, letter: Letter, answer: Answer) -> None:
    """Later once more, unless it was tried often enough."""
    if letter.attempts >= MAX_ATTEMPTS:
        _give_up(desk, letter, answer.words)
    elif answer.fate is Fate.DOUBT:
        _doubt(desk, letter, answer.words)
    else:
        _wait(desk, letter, answer.words)


def _sent(desk: Desk, letter: Letter, queue_id: str) -> bool:
    with desk.store.begin() as tx:
        if letters.sent(tx, letter, desk.clock(), queue_id):
            _note(desk, tx, "letter_sent", letter, letter.recipient)
            keys.forget(tx, letter)
    log.info("letter_sent", letter=letter.id, kind=letter.kind, queue_id=queue_id)
    return True


def _give_up(desk: Desk, letter: Letter, reason: str) -> bool:
    with desk.store.begin() as tx:
        if letters.fail(tx, letter, reason):
            keys.forget(tx, letter)
            undelivered(desk.at(tx), letter, reason)
    log.warning("letter_failed", letter=letter.id, kind=letter.kind, reason=reason)
    return False


def _doubt(desk: Desk, letter: Letter, reason: str) -> None:
    with desk.store.begin() as tx:
        until = desk.clock() + _pause(letter)
        if letters.put_back(tx, letter, LetterStatus.UNCERTAIN, until, reason):
            _note(desk, tx, "letter_uncertain", letter)
    log.warning("letter_uncertain", letter=letter.id, kind=letter.kind, reason=reason)


def _wait(desk: Desk, letter: Letter, reason: str, *, counted: bool = True) -> None:
    """Back into the queue; an attempt that was not the letter's fault is not counted."""
    with desk.store.begin() as tx:
        until = desk.clock() + _pause(letter)
        letters.put_back(tx, letter, LetterStatus.QUEUED, until, reason, counted=counted)


def _pause(letter: Letter) -> timedelta:
    return backoff.wait(letter.attempts, letter.message_id, _FIRST_WAIT, _LONGEST_WAIT)


def _note(desk: Desk, tx: Tx, event: str, letter: Letter, reader: str = "") -> None:
    """Who saw what: the letter, its kind, and its reader under a pseudonym."""
    detail = f"{letter.id} {letter.kind} {reader}".strip()
    desk.at(tx).note(event, "bot", case=letter.case_id, mail=letter.mail_id, detail=detail)
