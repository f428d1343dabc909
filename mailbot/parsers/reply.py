"""The decider's own words → approve, reject, observe, correct — or unclear, and then nothing.

Pure. The first line decides and has to be understood word by word; what stands under a yes must be
thanks, a signature or small print. What is not in the tables makes the reply unclear, so that
"Sí, pero …" is asked again and never guessed.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from mailbot.model import Mail
from mailbot.parsers import nameplate
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
    """What a decider said: the reason of a rejection, the text of an observation, new values.

    `code` are the six digits of a second factor, where some stand behind a yes; `named` what the
    yes says it is to: ``alta``, ``baja``, numbers.
    """

    verb: Verb
    text: str = ""
    corrections: Mapping[str, str] = field(default_factory=dict)
    code: str | None = None
    named: frozenset[str] = frozenset()


UNCLEAR = Decision(Verb.UNCLEAR)
MAX_TEXT = 1000

_PHRASES: Mapping[Verb, str] = {
    Verb.UNCLEAR: "no rechazar|no rechazo|no observar|no observo|no deniego",
    Verb.REJECT: (
        "no se aprueba|no se procede|no aprobar|no apruebo|no aprobado|no aprobada|no aprobamos"
        "|no procede|no procedente|no conforme|no corresponde|no de acuerdo|no estoy de acuerdo"
        "|rechazar|rechazo|rechazado|rechazada|se rechaza|denegar|denegado|denegada|se deniega"
        "|desaprobar|desapruebo|desaprobado|improcedente|no autorizo|no autorizar|no autorizado"
        "|no se autoriza"
    ),
    Verb.APPROVE: (
        "se aprueba|aprobar|apruebo|aprobado|aprobada|aprobamos|conforme|procede|procedente"
        "|de acuerdo|autorizo|autorizar|autorizado|autorizada|se autoriza|doy conformidad"
        "|doy mi conformidad|doy mi aprobacion"
    ),
    Verb.OBSERVE: "observar|observado|observada|observo|observacion|observaciones",
}
_TABLE = {
    tuple(phrase.split()): verb for verb, listed in _PHRASES.items() for phrase in listed.split("|")
}
_LONGEST = max(map(len, _TABLE))
GREETING = frozenset(
    """
    estimado estimados estimada estimadas buenos buenas buen dia dias tardes noches senor
    senora senores sr sra sres hola
    """.split()
)
_BESIDES = frozenset(
    """
    la el los las lo le de del al a y en con se su esta este solicitado solicitud pedido tramite
    alta baja usuario usuaria cuenta creacion crear reemplazo cambio caso numero nro siagie todo
    codigo
    """.split()
)
_FILLER = GREETING | _BESIDES | nameplate.CLOSING
_AFTER = frozenset({"para"})
"""Words that say nothing after a yes, and put it off before one: «para aprobar»."""
_WELCOME = frozenset("✅✔☑👍🙂😊🙏👌")
"""Signs that take nothing back; any other is a word nobody taught the bot."""
UNSEEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_LATER = re.compile(r"\b(?:todavia|aun|esper\w+|hasta)\b|[?¿]")
_NOTHING = frozenset("ninguna ninguno ningun nada levantada levantado subsanada no hay".split())
_SIGN = r"(?:n(?:ro|um|umero)?\s?[°º.o]{0,2}|numero)"
_FIELD = re.compile(
    rf"^\s*(?:(?P<dni>dni)\s*(?:{_SIGN})?\s*[:=]?\s*(?P<a>[0-9][0-9 .-]*)"
    r"|(?P<correo>correo)\s*[:=]?\s+(?P<b>\S+)"
    r"|(?P<nombres>nombres?)\s*[:=]\s*(?P<c>[^0-9:@]+)"
    r"|(?P<nivel>nivel)\s*[:=]?\s+(?P<d>[a-z ]{3,30}))$"
)
"""A line that gives one datum and nothing else: the shape here, the value checked later."""


def read_decision(mail: Mail) -> Decision:
    """What a mail's own words decide, quotes left out, all its inline texts together.

    Patchy ones decide nothing: they may be ours, broken off, or a no may be missing.
    """
    return UNCLEAR if mail.patchy else decide("\n\n".join(mail.own), names_of(mail))


def names_of(mail: Mail) -> frozenset[str]:
    """The words of the sender's own name, which may stand under what they say."""
    shown = f"{mail.shown} {mail.sender.address.partition('@')[0]}"
    return frozenset(re.findall(r"[a-z]{3,}", fold(shown)))


def decide(own: str, names: Collection[str] = frozenset()) -> Decision:
    """What a decider's own words say; every doubt is UNCLEAR.

    `names` are the words of the decider's own name, which may stand under the decision.

    >>> decide("Sí, conforme. Gracias").verb.value, decide("Sí, pero falta la firma").verb.value
    ('aprobar', 'no se entiende')
    """
    if UNSEEN.search(own):
        return UNCLEAR
    text = nameplate.without_small_print(own.strip())
    lines = [line for line in map(tidy, text.split("\n")) if line]
    while lines and _is_greeting(lines[0]):
        lines.pop(0)
    if not lines:
        return UNCLEAR
    if _FIELD.match(fold(lines[0])):
        return _corrected(lines)
    return _decided(lines[0], lines[1:], names)


def _is_greeting(line: str) -> bool:
    tokens = _tokens(line)
    return set(tokens) <= GREETING | set(",.:;!-")


# ------------------------------------------------------------------ corrections

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


# ------------------------------------------------------------------ decisions


def _decided(first: str, rest: list[str], names: Collection[str]) -> Decision:
    line = _understood(first)
    text = "\n".join([first, *rest])[:MAX_TEXT]
    if line.verbs == {Verb.APPROVE}:
        code, left = take_code([first, *rest])
        firm = line.plain and _supports(left[1:], names)
        return Decision(Verb.APPROVE, code=code, named=_named([first, *rest])) if firm else UNCLEAR
    if not line.opens or any(_approves(other) for other in rest):
        return UNCLEAR
    if line.order[0] is Verb.OBSERVE and Verb.APPROVE not in line.verbs:
        return _observed(text)
    if line.verbs == {Verb.REJECT} and not line.denied and not _LATER.search(fold(first)):
        return Decision(Verb.REJECT, _after_verb(text))
    return UNCLEAR


_CODE = re.compile(
    r"(?:\bc[oó]digo\b)?[\s:.,;–-]{0,20}\b([0-9]{3})[ .-]?([0-9]{3})\W*$", re.IGNORECASE
)


def take_code(lines: list[str]) -> tuple[str | None, list[str]]:
    """Six digits at the end of the first line, or alone on the second; and the lines without."""
    for number, line in enumerate(lines[:2]):
        match = _CODE.search(line)
        if match and (number == 0 or match.start() == 0):
            left = [*lines[:number], line[: match.start()].strip(), *lines[number + 1 :]]
            return match[1] + match[2], [lines[0], *(x for x in left[1:] if x)]
    return None, lines


def _supports(rest: Sequence[str], names: Collection[str]) -> bool:
    """Whether nothing under a yes takes it back, and no datum is given besides."""
    left = [line for line in rest if not _approves(line)]
    no_data = not any(_FIELD.match(fold(line)) for line in left)
    return no_data and nameplate.says_nothing(left, names)


_ACTS = {"alta": "alta", "crear": "alta", "creacion": "alta", "baja": "baja"}
_ALONE = re.compile(r"\W*[0-9]{1,5}\W*")
"""A number that has its line to itself, as where a long one was folded; telephones are longer."""


def _named(lines: Sequence[str]) -> frozenset[str]:
    """What the lines that say yes say it to, in any of them; a code is no number of a case."""
    yes = (line for line in lines if _approves(line) or _ALONE.fullmatch(line))
    said = [token for line in yes for token in _tokens(_CODE.sub("", line))]
    return frozenset(_ACTS.get(t, t.lstrip("0")) for t in said if t in _ACTS or t.isdigit())


def _approves(line: str) -> bool:
    """Whether a line by itself is a yes."""
    read = _understood(line)
    return read.verbs == {Verb.APPROVE} and read.plain


@dataclass(frozen=True)
class _Line:
    """A line as understood: its verbs in order, the words outside the tables, what is asked.

    `strangers` holds, for each word outside the tables, the number of verbs before it.
    """

    order: tuple[Verb, ...]
    strangers: tuple[int, ...]
    asks: bool
    denied: bool

    @property
    def verbs(self) -> set[Verb]:
        return set(self.order)

    @property
    def plain(self) -> bool:
        """Every word is known, and nothing is asked."""
        return not self.strangers and not self.asks

    @property
    def opens(self) -> bool:
        """The line begins with its verb: no stranger stands before it."""
        return bool(self.order) and 0 not in self.strangers


_NUMBERED = re.compile(
    r"\bn(?:(?:ro|um|[úu]mero)?\s?[°º.]{1,2}\s?|(?:ro|um|[úu]mero)\s?|\s)(?=[0-9])", re.IGNORECASE
)


def _tokens(line: str) -> list[str]:
    """Words and signs, folded, an accented «sí» kept apart from a conditional «si»."""
    marked = re.sub(r"\bpor favor\b", "", _NUMBERED.sub("nro ", line), flags=re.IGNORECASE)
    marked = re.sub(r"\bsí\b", "sí", marked, flags=re.IGNORECASE)
    return [t if t == "sí" else fold(t) for t in re.findall(r"[^\W_]+|[^\w\s]|_", marked)]


def _understood(line: str) -> _Line:
    tokens = _tokens(line)
    bare_no = [t for t in tokens if t[0].isalnum()] == ["no"]
    order: list[Verb] = []
    strangers: list[int] = []
    at = 0
    while at < len(tokens):
        is_no = bare_no and tokens[at] == "no"
        verb, size = (Verb.REJECT, 1) if is_no else _phrase(tokens, at)
        if verb:
            order.append(verb)
        elif not _says_nothing(tokens[at], after_verb=bool(order)):
            strangers.append(len(order))
        at += size
    denied = len(order) > 1 and tokens[0] == "no"
    return _Line(tuple(order), tuple(strangers), bool({"?", "¿"} & set(tokens)), denied)


def _phrase(tokens: list[str], at: int) -> tuple[Verb | None, int]:
    """The verb that begins at a token and how many tokens it takes at most; None takes one."""
    if _is_yes(tokens, at):
        return Verb.APPROVE, 1
    for size in range(_LONGEST * 2, 0, -1):
        joined = tuple(t for t in tokens[at : at + size] if t not in (",", "-"))
        ends_in_word = tokens[at : at + size][-1][0].isalnum()
        if joined in _TABLE and ends_in_word:
            return _TABLE[joined], size
    return None, 1


def _is_yes(tokens: list[str], at: int) -> bool:
    """«Sí»; without its accent only where it cannot be a condition: alone between commas."""
    if tokens[at] == "sí":
        return True
    before = tokens[at - 1] if at else "."
    after = tokens[at + 1] if at + 1 < len(tokens) else "."
    apart = not before[0].isalnum() and (not after[0].isalnum() or after == "gracias")
    return tokens[at] == "si" and apart


def _says_nothing(token: str, *, after_verb: bool) -> bool:
    if token[0].isalnum():
        filler = token in _FILLER or (after_verb and token in _AFTER)
        return filler or (token.isascii() and token.isdigit())
    silent = len(token) == 1 and unicodedata.category(token) != "So"  # longer: a mark and letters
    return silent or token in _WELCOME


def _observed(text: str) -> Decision:
    said = _after_verb(text)
    words = set(re.findall(r"[a-z]+", fold(said)))
    return UNCLEAR if len(said) <= 3 or words <= _NOTHING else Decision(Verb.OBSERVE, said)


_OPENING = re.compile(
    r"\W*(?:{})\b[\s:.,;–-]*".format(
        "|".join(sorted((r"\W+".join(phrase) for phrase in _TABLE), key=len, reverse=True))
    )
)


def _after_verb(text: str) -> str:
    """The words after the verb that opens a decision, as they were written."""
    opening = _OPENING.match(fold(text))
    return text[opening.end() :].strip() if opening else text.strip()
