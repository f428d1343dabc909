"""A second way out, for when the bot's own mail is down: a web address, or another mail server.

The home of requests. What is said is the letter an administrator would get: the same words.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import make_msgid
from enum import StrEnum
from smtplib import SMTPException

import requests
import structlog

from mailbot.config import Settings
from mailbot.delivery import open_smtp
from mailbot.errors import Unreachable
from mailbot.respond import Secrets, render
from mailbot.sections import Smtp

log = structlog.get_logger()

KIND = "administrator-health"
_PATIENCE = 10  # seconds, for a web address


class Turn(StrEnum):
    """What there is to say about a trouble."""

    BEGAN = "began"
    LASTS = "lasts"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class News:
    """One thing to say, in Spanish."""

    turn: Turn
    code: str
    label: str
    since: datetime
    at: datetime
    words: str = ""
    mend: str = ""

    @property
    def ident(self) -> str:
        """The same for the same news, so that whoever hears it twice can tell."""
        day = f".{self.at:%Y%m%d}" if self.turn is Turn.LASTS else ""
        return f"{self.code}.{self.since:%Y%m%d%H%M%S}.{self.turn}{day}"


def context(settings: Settings, news: News) -> dict[str, object]:
    """What the letter about an alarm is filled with."""
    return {
        "bot_name": settings.bot.name,
        "turn": str(news.turn),
        "label": news.label,
        "words": news.words,
        "mend": news.mend,
        "since": news.since.isoformat(),
        "at": news.at.isoformat(),
    }


def tell(settings: Settings, way: str, news: News) -> bool:
    """Say one thing through one way; whether it was heard."""
    problem = _webhook(settings, news) if way == "webhook" else _other_mail(settings, news)
    if problem:
        log.warning("alarm_not_told", channel=way, code=news.code, reason=problem)
    return not problem


def ways(settings: Settings) -> list[str]:
    """The ways that are configured."""
    configured = {"webhook": bool(settings.alarm.webhook_url), "smtp": bool(settings.alarm.host)}
    return [way for way, there in configured.items() if there]


def test(settings: Settings, now: datetime) -> Iterator[tuple[str, bool]]:
    """Say through each way that this is a test; whether it was heard."""
    words = "es una prueba, no pasa nada"
    for way in ways(settings):
        yield way, tell(settings, way, News(Turn.BEGAN, "test", "Segundo aviso", now, now, words))


# ------------------------------------------------------------------ the ways


def _webhook(settings: Settings, news: News) -> str:
    """POST the news as JSON; `text` alone is what chat services show."""
    alarm = settings.alarm
    url = alarm.webhook_url.get_secret_value() if alarm.webhook_url else ""
    token = alarm.webhook_token
    headers = {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}
    subject, _, _ = render(KIND, context(settings, news), Secrets())
    body = {"id": news.ident, "code": news.code, **context(settings, news)}
    body["text"] = " ".join(part for part in (subject, news.words, news.mend) if part)
    try:
        answer = requests.post(
            url, json=body, headers=headers, timeout=_PATIENCE, allow_redirects=False
        )
    except requests.RequestException as error:
        return type(error).__name__  # its words hold the address, which is a secret
    return "" if answer.status_code < 300 else f"HTTP {answer.status_code}"


def _other_mail(settings: Settings, news: News) -> str:
    """The same letter through a mail server that is not the bot's own."""
    alarm = settings.alarm
    mail = _composed(settings, news)
    try:
        with open_smtp(_instead(settings)) as server:
            server.send_message(mail, alarm.sender, list(alarm.to))
    except (Unreachable, SMTPException, OSError) as error:
        return str(error)
    return ""


def _composed(settings: Settings, news: News) -> EmailMessage:
    alarm = settings.alarm
    subject, text, html = render(KIND, context(settings, news), Secrets())
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(settings.bot.name, addr_spec=alarm.sender)
    mail["To"] = tuple(Address(addr_spec=address) for address in alarm.to)
    mail["Subject"] = subject
    mail["Date"] = news.at
    mail["Message-ID"] = make_msgid(domain=alarm.sender.partition("@")[2])
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text, cte="quoted-printable")
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    return mail


def _instead(settings: Settings) -> Settings:
    """The settings with the alarm's server in the place of the bot's own, and nothing of that."""
    shared = Smtp.model_fields.keys()
    server = {name: getattr(settings.alarm, name) for name in shared}
    return settings.model_copy(update={"smtp": Smtp(**server)})
