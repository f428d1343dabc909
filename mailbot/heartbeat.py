"""The bot writes to itself and waits for it: nothing else proves that what leaves also arrives.

A beat has a Message-ID only the bot can make (a random name and a keyed mark), and only the very
ids it waits for are taken for beats: a beat never gets a row, is never read as a request, never
answered. Once seen it is deleted, the only mail that ever is: the bot wrote it, and it says
nothing. Where the server cannot delete just one mail, or a beat comes too late, it goes the way of
any mail the bot wrote: ended as its own, unanswered, and moved.
"""

import secrets
import smtplib
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import structlog

from mailbot import lockout
from mailbot.config import Settings
from mailbot.delivery import Fate, deliver, open_smtp
from mailbot.desk import Desk
from mailbot.errors import Unreachable
from mailbot.mailbox import Mailbox
from mailbot.respond import message_id
from mailbot.store import mails, pulse
from mailbot.store.pulse import Beat, Heartbeat
from mailbot.workdays import LIMA

log = structlog.get_logger()

KIND = "bot-heartbeat"


def is_due(heart: Heartbeat, settings: Settings, now: datetime) -> bool:
    """Whether it is time for another beat."""
    minutes = settings.health.heartbeat_minutes
    if not minutes:
        return False
    return heart.sent is None or now - heart.sent >= timedelta(minutes=minutes)


def receive(desk: Desk, mailbox: Mailbox) -> None:
    """Look for the beats under way, the oldest first; note and remove what has come."""
    with desk.store.read() as tx:
        heart = pulse.heartbeat(tx)
        stored = {b.message_id for b in heart.pending if mails.has(tx, b.message_id)}
    for beat in heart.pending:
        uids = mailbox.find(beat.message_id)
        if uids or beat.message_id in stored:  # its index was slow: it went any mail's way
            _note_arrival(desk, beat)
            mailbox.discard(uids)


def _note_arrival(desk: Desk, beat: Beat) -> None:
    """Noted before it is deleted: a crash in between leaves a mail, and raises no false alarm."""
    with desk.store.begin() as tx:
        heart = pulse.heartbeat(tx)
        if beat in heart.pending:
            heart = heart.with_arrived(beat, desk.clock())
            pulse.keep_heartbeat(tx, heart)
    log.info("heartbeat_arrived", seconds=heart.seconds)


def send(desk: Desk) -> bool:
    """Send a beat if it is time; whether one left. Unreachable when the server does not answer."""
    settings = desk.rules.settings
    with desk.store.read() as tx:
        due = is_due(pulse.heartbeat(tx), settings, desk.clock())
    if not due:
        return False
    with lockout.guarded(desk, "smtp"), open_smtp(settings) as server:
        beat = _begin(desk)
        return _hand_over(server, settings, beat)


def _begin(desk: Desk) -> Beat:
    """Note a beat before it leaves: whatever becomes of it, it is waited for."""
    beat = Beat(message_id(desk.rules.settings, KIND, secrets.token_hex(16)), desk.clock())
    with desk.store.begin() as tx:
        pulse.keep_heartbeat(tx, pulse.heartbeat(tx).with_sent(beat))
    return beat


def _hand_over(server: smtplib.SMTP, settings: Settings, beat: Beat) -> bool:
    address = settings.bot.address
    answer = deliver(server, address, address, _mail(settings, beat))
    if answer.lost:
        raise Unreachable(f"SMTP {settings.smtp.host}: {answer.words}")
    if answer.fate is not Fate.TAKEN:
        log.warning("heartbeat_refused", reason=answer.words)  # it will be missed: that is told
    return answer.fate is Fate.TAKEN


def _mail(settings: Settings, beat: Beat) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(settings.bot.name, addr_spec=settings.bot.address)
    mail["To"] = Address(addr_spec=settings.bot.address)
    mail["Subject"] = "Latido de mailbot"
    mail["Date"] = format_datetime(beat.sent.astimezone(LIMA))
    mail["Message-ID"] = beat.message_id
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(
        "El bot se escribe a sí mismo cada cierto tiempo para comprobar que el correo sale y "
        "llega. Este correo se borra solo; si lo encuentra, puede borrarlo.\n"
    )
    return mail
