"""An answer to a digest: several decisions, a line each. Pure.

A line is a verb, the numbers it is about, and what goes with it; without its numbers it has to be
what the answer to a single question is, read by the same reader. Whatever is not understood makes
the whole mail say nothing: «espere, el 3 no» under a yes must not be lost.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from mailbot.model import Mail
from mailbot.parsers import nameplate
from mailbot.parsers.reply import Decision, Verb, decide, names_of
from mailbot.parsers.spoken import spoken
from mailbot.parsers.text import fold


@dataclass(frozen=True, slots=True)
class Batch:
    """What is decided of which number, in the order written; `problem` in Spanish, then nothing.

    `conflicts` are numbers of which two lines say different things. `code` stands for all.
    """

    decisions: tuple[tuple[int, Decision], ...] = ()
    conflicts: frozenset[int] = frozenset()
    code: str | None = None
    problem: str = ""


_VERB = r"(?P<verb>aprobar|apruebo|rechazar|rechazo|observar|observo)"
_ITEM = r"[0-9]{1,2}(?:\s?[-–]\s?[0-9]{1,2})?"
_NUMBERS = rf"(?P<numbers>{_ITEM}(?:\s?(?:,|\by\b)\s?{_ITEM})*)"
_LINE = re.compile(
    rf"{_VERB}\s?:?\s(?:(?:el|los|la|las)\s)?(?:n(?:ro|um)?\s?[°º.]*\s?)?{_NUMBERS}"
    r"(?![0-9]|\s?[-–,]\s?[0-9]|\s[0-9]{1,2}\b)(?P<rest>.*)"
)
_CODE_ALONE = re.compile(r"(?:codigo)?\W*([0-9]{3})[ .-]?([0-9]{3})\W*")
_DIGIT = re.compile("[0-9]")
_DECIDES = (Verb.APPROVE, Verb.REJECT, Verb.OBSERVE)


def read_batch(mail: Mail) -> Batch:
    """What a mail's own words decide of a digest; nothing when they may not be all there."""
    if mail.patchy:
        return Batch(problem="Su respuesta está mezclada con el correo que cita")
    return batch("\n\n".join(mail.own), names_of(mail))


def batch(own: str, names: Collection[str] = frozenset()) -> Batch:
    """What an approver's own words decide of a digest.

    >>> [(n, d.verb.value) for n, d in batch("APROBAR 1,3-4").decisions]
    [(1, 'aprobar'), (3, 'aprobar'), (4, 'aprobar')]
    """
    lines = spoken(own)
    read = [_line(line) for line in lines]
    size = next((n for n, found in enumerate(read) if found is None), len(lines))
    if not size or not nameplate.says_nothing(lines[size:], names):
        said = lines[size] if size < len(lines) else ""
        return Batch(problem=f"No se entendió «{said[:80]}»" if said else "No dice qué decide")
    return _together([found for found in read[:size] if found])


Read = tuple[tuple[int, ...], Decision | None, str | None]
"""The numbers of a line, what it decides of them, and a code: a line may be the code alone."""


def _line(line: str) -> Read | None:
    """One line; None when it is none of ours."""
    folded = fold(line)
    if alone := _CODE_ALONE.fullmatch(folded):
        return (), None, alone[1] + alone[2]
    match = _LINE.fullmatch(folded)
    numbers = tuple(_numbers(match["numbers"])) if match else ()
    if match is None or not numbers or _backwards(match["numbers"]):
        return None
    said = decide(f"{match['verb']} {line[match.start('rest') :]}")
    if said.verb not in _DECIDES or (said.verb is Verb.APPROVE and _DIGIT.search(_bare(match))):
        return None
    return numbers, replace(said, code=None), said.code


def _bare(match: re.Match[str]) -> str:
    """What stands behind the numbers of a yes, but for its code."""
    return re.sub(r"[0-9]{3}[ .-]?[0-9]{3}\W*$", "", match["rest"])


def _numbers(text: str) -> Iterator[int]:
    """The numbers of a list such as ``1,3-5 y 7``."""
    for part in re.split(r",|\by\b", text):
        first, _, last = part.replace("–", "-").partition("-")
        yield from range(int(first), int(last or first) + 1)


def _backwards(text: str) -> bool:
    """Whether a range of a list begins after its end, or a number is none."""
    spans = re.findall(r"([0-9]+)\s?[-–]\s?([0-9]+)", text)
    return any(int(a) > int(b) for a, b in spans) or bool(re.search(r"\b0+\b", text))


def _together(read: Sequence[Read]) -> Batch:
    codes = {code for _, _, code in read if code}
    said: defaultdict[int, list[Decision]] = defaultdict(list)
    for numbers, decision, _ in read:
        for number in numbers:
            if decision and decision not in said[number]:
                said[number].append(decision)
    if len(codes) > 1:
        return Batch(problem="Trae dos códigos distintos")
    if not said:
        return Batch(problem="No dice qué decide")
    return Batch(
        tuple((number, found[0]) for number, found in said.items()),
        frozenset(number for number, found in said.items() if len(found) > 1),
        next(iter(codes), None),
    )
