"""Shadow mode: the bot reads and checks beside people, and nothing leaves but a daily comparison.

What holds it, each by itself: letters are written as withheld and never due; the mailbox is opened
read-only; a connection to a mail server takes no letter but the comparison and no reader but an
administrator; the beat to itself and the second way of alarms are off; and the database of a shadow
is used for nothing else.
"""

import re
import smtplib
from typing import TYPE_CHECKING

from mailbot.errors import ConfigError, Withheld
from mailbot.procedures import ADMINISTRATORS
from mailbot.sections import Alarm

if TYPE_CHECKING:
    from mailbot.config import Settings

KIND = "administrator-shadow"
WORDS = "modo sombra: se lee y se comprueba, y no se envía, mueve ni ejecuta nada"


def on(settings: "Settings") -> bool:
    """Whether this bot is a shadow."""
    return settings.mode == "shadow"


def quiet(settings: "Settings") -> "Settings":
    """A shadow's settings: no beat to itself, no second way of alarms."""
    if not on(settings):
        return settings
    health = settings.health.model_copy(update={"heartbeat_minutes": 0})
    return settings.model_copy(update={"health": health, "alarm": Alarm()})


def readers(settings: "Settings") -> tuple[str, ...]:
    """Whom the comparison goes to: the administrators."""
    listed = (a for name in ADMINISTRATORS for a in settings.approvers.get(name, ()))
    return tuple(dict.fromkeys(address.lower() for address in listed))


def forbid(settings: "Settings", what: str) -> None:
    """ConfigError for what a shadow does not do."""
    if on(settings):
        raise ConfigError(
            f"{what}: no se hace en modo sombra, que no envía ni ejecuta nada. Para trabajar de "
            'verdad ponga mode = "live" y otra base de datos en store.url.'
        )


# ------------------------------------------------------------------ at the wire

_COMPARISON = re.compile(rb"(?mi)^Message-ID:\s*<administrator-shadow\.")
_READER = re.compile(rb"(?i)\s*RCPT\s+TO:\s*<?([^>\s]*)>?")


class Muzzle(smtplib.SMTP):
    """A connection that lets nothing pass but the comparison, and that to its readers alone."""

    readers: tuple[str, ...] = ()

    def send(self, s: object) -> None:
        """Everything said to the server passes here, commands and letters alike."""
        said = s.encode("utf-8", "replace") if isinstance(s, str) else bytes(s)  # type: ignore[call-overload]
        to = _READER.match(said)
        stranger = to and to[1].decode("ascii", "replace").lower() not in self.readers
        letter = said.count(b"\n") > 1
        if stranger or (letter and not _COMPARISON.search(said.partition(b"\r\n\r\n")[0])):
            self.close()  # in the middle of a letter there is no other way back
            raise Withheld("modo sombra: una carta iba a salir, y se retuvo.")
        super().send(s)  # type: ignore[arg-type]


class MuzzleOverTls(Muzzle, smtplib.SMTP_SSL):
    """The same, where TLS begins with the connection."""
