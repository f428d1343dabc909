"""What the person who works an order says of its items: done, or could not and why. Pure.

As with decisions, the words have to be understood one by one: each line is a report (``HECHO``,
``HECHO 1, 3``, ``NO PUDE 2 porque …``) or says nothing. Anything else makes the whole reply
unclear, and then nothing of it counts.

A password typed behind ``clave`` is taken letter by letter as it stands, or not at all: it must be
one word of printable ASCII, and where a sign at its end may be the sentence's it has to be put
between « ».
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from pydantic import SecretStr

from mailbot.model import Mail
from mailbot.parsers import nameplate
from mailbot.parsers.reply import UNSEEN, names_of
from mailbot.parsers.text import fold, tidy

MAX_REASON = 500
_HOW = "Responda con las palabras que indica la orden, y nada más en esa línea"
_ALONE = "Escriba la clave sola al final de la línea, entre « »"


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of some items (none named: of all): done, or why not.

    `username` and `secret` are what the holder is to enter with, where they were typed.
    """

    numbers: tuple[int, ...]
    done: bool
    reason: str = ""
    username: str | None = None
    secret: SecretStr | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A reply to an order; `problem` says in Spanish why it is not understood, if it is not."""

    said: tuple[Said, ...] = ()
    problem: str = ""


_NUMBERS = r"(?P<n>[0-9]{1,3}(?:(?: ?, ?| y | e | )[0-9]{1,3})*)"
_ITEMS = rf"(?:(?: los?| las?| el)?(?: puntos?| items?| numeros?| nro\.?)? {_NUMBERS})?"
_DONE = re.compile(
    rf"(?:ya )?(?:hech[oa]s?|listo|realizad[oa]s?|ejecutad[oa]s?){_ITEMS}(?P<rest>[ .,;:!-].*)?"
)
_CANNOT = re.compile(rf"no (?:pude|se pudo|puedo|hecho){_ITEMS}[ .,;:-]*(?P<why>.*)")
_WHY = re.compile(r"(?:(?:porque|por que|ya que|debido a|por|pues|que)\b)?[ .,:;-]*")
_USER = r"(?:[,;:]? ?usuario ?[:=]? ?(?P<u>[A-Za-z0-9._@-]{3,60}))?"
_WORD = "(?:clave|contrasena|password)"
_CREDENTIALS = re.compile(
    rf"{_USER}(?:[,;]? ?(?:(?:y|con) )?{_WORD} ?[:=]? ?(?P<p>\S.*))?", re.IGNORECASE
)
_MENTIONS = re.compile(rf"\b{_WORD}\w* ?(?:[:=]|es\b|temporal)|\busuario\b.*\b{_WORD}\b")
_GREETING = frozenset("buenos buenas dias dia tardes noches hola estimado estimada senores".split())


def read_report(mail: Mail) -> Report:
    """What a mail's own words report, quotes left out; nothing when they may not be all there."""
    if mail.patchy:
        return Report(problem=_HOW)
    return report("\n\n".join(mail.own), names_of(mail))


def report(own: str, names: Collection[str] = frozenset()) -> Report:
    """What somebody's own words report; every doubt is a problem, and nothing is said then.

    >>> [(said.numbers, said.done) for said in report("HECHO 1 y 3").said]
    [((1, 3), True)]
    >>> report("HECHO, pero falta el correo").said
    ()
    """
    if UNSEEN.search(own):
        return Report(problem=_HOW)
    lines = [line.strip() for line in nameplate.without_small_print(own.strip()).split("\n")]
    said: list[Said] = []
    left: list[str] = []
    for line in filter(None, lines):
        found = _one(line)
        if isinstance(found, str):
            return Report(problem=found)
        if found:
            said.append(found)
        elif said or not _greets(line):
            left.append(line)
    return _whole(said, left, names)


def mentions_secret(mail: Mail) -> bool:
    """Whether a password may stand anywhere in a mail; told too often rather than too seldom."""
    text = fold(" ".join((mail.subject, *mail.own, mail.quoted)))
    return bool(_MENTIONS.search(text) or re.search(rf"\b{_WORD}\b", text))


def _greets(line: str) -> bool:
    return set(re.findall(r"[a-z]+", fold(line))) <= _GREETING


def _whole(said: Sequence[Said], left: Sequence[str], names: Collection[str]) -> Report:
    """All that was said, if it fits together and nothing besides takes it back."""
    if not said or not nameplate.says_nothing([tidy(line) for line in left], names):
        return Report(problem=_HOW)
    numbers = [number for one in said for number in one.numbers]
    if len(set(numbers)) < len(numbers) or (len(said) > 1 and not all(s.numbers for s in said)):
        return Report(problem="Diga de cada punto una sola cosa, con su número")
    return Report(tuple(said))


# ------------------------------------------------------------------ one line


def _one(line: str) -> Said | str | None:
    """What a line reports; a problem with it; None when it is no report."""
    folded = " ".join(fold(line).split())
    if found := _DONE.fullmatch(folded):
        return _done(found["n"], line, found["rest"] or "")
    if found := _CANNOT.fullmatch(folded):
        return _cannot(found["n"], line, found["why"])
    return None


def _done(numbers: str | None, line: str, rest: str) -> Said | str:
    """Done, with nothing behind it but a full stop, or with what the holder is to enter with."""
    if not rest.strip(" .!,;:-"):
        return Said(_listed(numbers), done=True)
    words = " ".join(line.split())
    behind = words[len(words) - len(rest) :].strip(" ,;:-")
    given = _CREDENTIALS.fullmatch(_unmarked(behind))
    if not given or not (given["u"] or given["p"]):
        return _HOW
    if given["p"] is None:
        return Said(_listed(numbers), done=True, username=given["u"].rstrip(".-"))
    secret = _secret(given["p"])
    if secret is None or not given["u"]:
        return _ALONE if given["u"] else "Escriba también el usuario, antes de la clave"
    return Said(_listed(numbers), done=True, username=given["u"], secret=secret)


def _unmarked(text: str) -> str:
    """«contraseña» as the tables have it, all else untouched."""
    return re.sub("contraseña", "contrasena", text, count=1, flags=re.IGNORECASE)


def _secret(text: str) -> SecretStr | None:
    """A password letter by letter; None where what stands there may not be all and only that."""
    quoted = re.fullmatch("«([!-~]{4,64})» ?[.]?", text)
    bare = re.fullmatch(r"[A-Za-z0-9!#$%&+=?@^-][!-~]{2,62}[A-Za-z0-9#$%&+=@^]", text)
    if quoted or bare:
        return SecretStr(quoted[1] if quoted else text)
    return None


def _cannot(numbers: str | None, line: str, why: str) -> Said | str:
    """Could not, in the person's words."""
    opening = _WHY.match(why)
    said = why[opening.end() :] if opening else why
    words = " ".join(line.split())
    reason = tidy(words[len(words) - len(said) :])[:MAX_REASON] if said else ""
    if len(reason) < len("xyz"):
        return "Escriba en la misma línea por qué no se pudo"
    if _MENTIONS.search(fold(reason)):
        return "No escriba contraseñas en el motivo"
    return Said(_listed(numbers), done=False, reason=reason)


def _listed(numbers: str | None) -> tuple[int, ...]:
    return tuple(_each(numbers or ""))


def _each(numbers: str) -> Iterator[int]:
    return (int(number) for number in re.findall("[0-9]+", numbers))
