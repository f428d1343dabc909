"""The decider's own words → approve, reject, observe, correct — or unclear, and then nothing.

Pure. The first line decides and has to be understood word by word: what is not in the tables makes
the reply unclear, so that "Sí, pero …" is asked again and never guessed.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from mailbot.model import Mail
from mailbot.parsers.text import fold, tidy


class Verb(StrEnum):
    """What a decider can say."""

    APPROVE = "aprobar"
    REJECT = "rechazar"
    OBSERVE = "observar"
    CORRECT = "corregir"
    UNCLEAR = "no se entiende"


@dataclass(frozen=True, slots=True)
class Decision:
    """What a decider said: the reason of a rejection, the text of an observation, new values."""

    verb: Verb
    text: str = ""
    corrections: Mapping[str, str] = field(default_factory=dict)


UNCLEAR = Decision(Verb.UNCLEAR)
MAX_TEXT = 1000

_PHRASES: tuple[tuple[str, Verb], ...] = (
    ("no rechazar", Verb.UNCLEAR),
    ("no rechazo", Verb.UNCLEAR),
    ("no observar", Verb.UNCLEAR),
    ("no observo", Verb.UNCLEAR),
    ("no se aprueba", Verb.REJECT),
    ("no se procede", Verb.REJECT),
    ("no aprobar", Verb.REJECT),
    ("no apruebo", Verb.REJECT),
    ("no aprobado", Verb.REJECT),
    ("no aprobada", Verb.REJECT),
    ("no aprobamos", Verb.REJECT),
    ("no procede", Verb.REJECT),
    ("no procedente", Verb.REJECT),
    ("no conforme", Verb.REJECT),
    ("no corresponde", Verb.REJECT),
    ("no de acuerdo", Verb.REJECT),
    ("rechazar", Verb.REJECT),
    ("rechazo", Verb.REJECT),
    ("rechazado", Verb.REJECT),
    ("rechazada", Verb.REJECT),
    ("se rechaza", Verb.REJECT),
    ("denegar", Verb.REJECT),
    ("denegado", Verb.REJECT),
    ("denegada", Verb.REJECT),
    ("desaprobar", Verb.REJECT),
    ("desapruebo", Verb.REJECT),
    ("desaprobado", Verb.REJECT),
    ("improcedente", Verb.REJECT),
    ("se aprueba", Verb.APPROVE),
    ("aprobar", Verb.APPROVE),
    ("apruebo", Verb.APPROVE),
    ("aprobado", Verb.APPROVE),
    ("aprobada", Verb.APPROVE),
    ("aprobamos", Verb.APPROVE),
    ("conforme", Verb.APPROVE),
    ("procede", Verb.APPROVE),
    ("procedente", Verb.APPROVE),
    ("de acuerdo", Verb.APPROVE),
    ("si", Verb.APPROVE),
    ("observar", Verb.OBSERVE),
    ("observado", Verb.OBSERVE),
    ("observada", Verb.OBSERVE),
    ("observo", Verb.OBSERVE),
    ("observacion", Verb.OBSERVE),
    ("observaciones", Verb.OBSERVE),
)
_TABLE = {tuple(phrase.split()): verb for phrase, verb in _PHRASES}
_LONGEST = max(map(len, _TABLE))
_FILLER = frozenset(
    """
    la el los las lo le de del al a y en con para por favor se su esta este solicitud pedido
    tramite alta baja usuario usuaria cuenta creacion crear reemplazo cambio caso numero nro
    n siagie gracias muchas saludos cordiales atte atentamente cordialmente estimado
    estimados estimada estimadas buenos buenas buen dia dias tardes noches senor senora
    senores sr sra sres hola todo que
    """.split()
)
_GREETING = frozenset(
    """
    estimado estimados estimada estimadas buenos buenas buen dia dias tardes noches senor
    senora senores sr sra sres hola
    """.split()
)
_SECOND_THOUGHTS = re.compile(
    r"\b(?:no|ni|pero|salvo|excepto|aunque|embargo|rechaz\w*|observ\w*|apr[uo]e?b\w*|siempre que"
    r"|condicion\w*|falt\w+|esper\w+|antes|todavia|aun|corr[ei][cgj]\w*|cambi\w*|modific\w*"
    r"|pendiente|previ[oa]|debe\w*|lugar de|hasta)\b|\?"
)
_LEGAL = re.compile(
    r"^\W*(?:--\s*$|enviado (?:desde|con)|sent from|obtener outlook|get outlook"
    r"|aviso (?:legal|de confid)|este (?:mensaje|correo)|la informacion contenida"
    r"|antes de imprimir|por favor,? (?:considere|no imprima)|no imprima|piense antes"
    r"|cuidemos|confidencial)",
    re.MULTILINE,
)
_FIELD = re.compile(
    r"^\s*(?:(?P<dni>dni)\s*(?:n[°º.]*)?\s*[:=]?\s*(?P<a>[0-9][0-9 .-]*)"
    r"|(?P<correo>correo)\s*[:=]?\s+(?P<b>\S+)"
    r"|(?P<nombres>nombres?)\s*[:=]?\s+(?P<c>[^0-9:@]+)"
    r"|(?P<nivel>nivel)\s*[:=]?\s+(?P<d>[a-z ]{3,30}))$"
)
"""A line that gives one datum and nothing else: the shape here, the value checked later."""


def read_decision(mail: Mail) -> Decision:
    """What the first inline text of a mail decides, quotes left out."""
    return decide(mail.own[0]) if mail.own else UNCLEAR


def decide(own: str) -> Decision:
    """What a decider's own words say; every doubt is UNCLEAR.

    >>> decide("Sí, conforme. Gracias").verb.value, decide("Sí, pero falta la firma").verb.value
    ('aprobar', 'no se entiende')
    """
    if re.search(r"[\u200b-\u200f\u202a-\u202e\u2066-\u2069]", own):
        return UNCLEAR
    lines = [line for line in map(tidy, _above_small_print(own).split("\n")) if line]
    while lines and set(_tokens(lines[0])) <= _GREETING:
        lines.pop(0)
    if not lines:
        return UNCLEAR
    if _FIELD.match(fold(lines[0])):
        return _corrected(lines)
    return _decided(lines[0], lines[1:])


def _above_small_print(own: str) -> str:
    match = _LEGAL.search(fold(own))
    return own[: match.start()] if match else own


def _tokens(line: str) -> list[str]:
    return re.findall(r"[a-z]+|[0-9]+", fold(line))


_NORMAL: Mapping[str, Callable[[str], str]] = {
    "dni": lambda value: re.sub(r"[ .-]", "", value),
    "correo": str.lower,
    "nombres": str,
    "nivel": lambda value: f"{value[:3].upper()} {value[3:].strip().capitalize()}",
}


def _corrected(lines: list[str]) -> Decision:
    found: dict[str, str] = {}
    for line in lines:
        match = _FIELD.match(fold(line))
        if match:
            name = next(n for n in ("dni", "correo", "nombres", "nivel") if match[n])
            value = next(g for g in "abcd" if match[g])
            found[name] = _NORMAL[name](line[slice(*match.span(value))].strip())
    return Decision(Verb.CORRECT, corrections=found)


def _decided(first: str, rest: list[str]) -> Decision:
    verbs, strangers = _understood(_tokens(first))
    text = "\n".join([first, *rest])[:MAX_TEXT]
    if set(verbs) == {Verb.APPROVE} and not strangers and not _hesitates(first, rest):
        return Decision(Verb.APPROVE)
    if strangers and strangers[0] < 1:
        return UNCLEAR  # the verb has to come first
    if verbs[:1] == [Verb.OBSERVE] and Verb.APPROVE not in verbs:
        return _observed(text)
    if set(verbs) == {Verb.REJECT} and not _LATER.search(fold(first)):
        return Decision(Verb.REJECT, _after_verb(text))
    return UNCLEAR


_LATER = re.compile(r"\b(?:todavia|aun|esper\w+|hasta)\b|\?")


def _understood(tokens: list[str]) -> tuple[list[Verb], list[int]]:
    """The verbs of a line in order; for each word outside the tables, the verbs before it."""
    verbs: list[Verb] = []
    strangers: list[int] = []
    at = 0
    while at < len(tokens):
        size = next((n for n in range(_LONGEST, 0, -1) if tuple(tokens[at : at + n]) in _TABLE), 0)
        if size:
            verbs.append(_TABLE[tuple(tokens[at : at + size])])
        elif tokens == ["no"]:
            verbs.append(Verb.REJECT)
        elif tokens[at] not in _FILLER and not tokens[at].isdigit():
            strangers.append(len(verbs))
        at += max(size, 1)
    return verbs, strangers


def _hesitates(first: str, rest: list[str]) -> bool:
    """Whether what follows an approval takes part of it back, or asks."""
    return "?" in first or any(_SECOND_THOUGHTS.search(fold(line)) for line in rest)


def _observed(text: str) -> Decision:
    said = _after_verb(text)
    return Decision(Verb.OBSERVE, said) if len(said) > 3 else UNCLEAR


def _after_verb(text: str) -> str:
    """The words after the verb that opens a decision, as they were written."""
    folded = fold(text)
    longest_first = sorted((r"\W+".join(phrase) for phrase in _TABLE), key=len, reverse=True)
    opening = re.match(rf"\W*(?:{'|'.join(longest_first)})\b[\s:.,;–-]*", folded)
    return text[opening.end() :].strip() if opening else text.strip()
