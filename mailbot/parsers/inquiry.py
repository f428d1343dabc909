"""A mail that asks how its requests stand: ``ESTADO 12``, or the same in officialese. Pure."""

import re
from dataclasses import dataclass

from mailbot.model import Mail
from mailbot.parsers import intent
from mailbot.parsers.intent import Wording
from mailbot.parsers.text import fold

_COMMAND = re.compile(
    r"\W*estado(?:\W+(?:de(?:l| la)?\W+)?(?:caso|solicitud|pedido|tramite))?"
    r"(?:\W*(?:n|no|nro|numero)\b)?(?:\W*siagie)?\W*([0-9]{1,9}(?:\W+(?:y\W+)?[0-9]{1,9})*)?\W*"
)
_NUMBER = re.compile(r"\b(?:siagie|caso)\W{0,3}(?:n|no|nro|numero)?\W{0,3}([0-9]{1,9})\b")
_OURS = re.compile(r"\[SIAGIE-[0-9]+(?:, SIAGIE-[0-9]+)*\]", re.IGNORECASE)
MOST = 20
"""Cases one mail may ask about, and a letter tells of."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What is asked: some cases by their numbers; none named: all of one's own."""

    numbers: tuple[int, ...] = ()


def inquiry(mail: Mail, wording: Wording) -> Inquiry | None:
    """What a mail asks about its requests; None when it asks nothing of the kind.

    The subject of an answer is the thread's and says nothing; its number tells the case.
    """
    subject = "" if mail.references else _OURS.sub("", mail.subject)
    texts = [fold(text).strip() for text in (subject, *mail.own)]
    commands = [_COMMAND.fullmatch(text.partition("\n")[0]) for text in texts]
    said = "\n".join(texts)
    if not any(commands) and not intent.inquiry(wording, said):
        return None
    typed = [number for c in commands if c and c[1] for number in re.findall(r"[0-9]+", c[1])]
    named = [*typed, *_NUMBER.findall(said)]
    named = named or [
        n for bracket in _OURS.findall(mail.subject) for n in re.findall(r"\d+", bracket)
    ]
    return Inquiry(tuple(dict.fromkeys(int(n) for n in named))[:MOST])
