"""A person as one source names them, and what is doubtful about the name there.

Pure. A scan may lose the begin of a name, its end, or a word inside it: the place tells.
"""

import re
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from mailbot.model import Method, Reading
from mailbot.parsers import identity, names
from mailbot.parsers.text import Passage, Placed, fold


@dataclass(frozen=True)
class Seen:
    """A person as one source names them; `context` are the words around, `at` their offset.

    A `weak` mention is a name by its title alone: it may join a person, not make one of many. One
    that is `listed` stands in a row or under labels: what is asked for it stands above the list.
    Words of one that is `mixed` may be the next one's: rows of several lines, their rulings lost.
    """

    names: tuple[Reading, ...]
    dnis: tuple[Reading, ...]
    correos: tuple[Reading, ...]
    context: Passage
    at: int = 0
    weak: bool = False
    listed: bool = False
    mixed: bool = False


def seen_in(span: Passage, told: tuple[Reading, ...], at: int) -> Seen:
    """A person with every number and address of a span."""
    where = (span.text, span.start, span.end, span.kind)
    return Seen(
        names=told,
        dnis=tuple(f.reading for f in identity.dnis(*where)),
        correos=tuple(f.reading for f in identity.correos(*where)),
        context=span,
        at=at,
    )


def named(main: Passage, span: tuple[int, int] | None) -> tuple[Reading, ...]:
    """The name that stands in a span, with what is doubtful about where it begins and ends."""
    if span is None:
        return ()
    told = as_written(main.text.method, main.text.string[span[0] : span[1] + _AHEAD])
    value = names.clean(told[: span[1] - span[0]].replace("|", " "))
    doubt = _begun_before(main, span[0]) or doubtful(main.text.method, value)
    framed = _is_framed(main, *span)
    return (Reading(value, main.kind, main.text.evidence(*span), doubt, framed=framed),)


_AHEAD = 20
"""Letters behind a name that tell that it ends there."""


def as_written(method: Method, string: str) -> str:
    """What a text says, in a picture with its names as they were written."""
    return names.as_written(string) if method is Method.OCR else string


_TITLED = re.compile(r"\b(?:(?:a?don|a?dona|sra?|srta|senor|senora|senorita)\.?|yo,) \Z")
_NUMBERED = re.compile(rf",? (?:identificad[oa]|con |[–—-] ?)|,? ?(?:{identity.DNI_LABEL})")
WIDEST_BLANK = 2.0
"""Heights of a word between it and the next: a wider place may have held another."""


def _is_framed(main: Passage, start: int, end: int) -> bool:
    """Whether a name stands in one line from its title to its number's label, with no gap in it.

    No word of it can have been lost there.
    """
    folded = main.text.folded
    titled = _TITLED.search(folded, max(main.start, start - 12), start)
    numbered = _NUMBERED.match(folded, end, main.end)
    if titled is None or numbered is None or "\n" in folded[start : numbered.end()]:
        return False
    return has_no_gap(main, titled.start(), end + 2)


def has_no_gap(main: Passage, start: int, end: int) -> bool:
    """Whether the words of a span stand in one line, none far from the next."""
    near = all(gap(pair) < WIDEST_BLANK for pair in pairwise(main.text.words(start, end)))
    return near and "\n" not in main.text.string[start:end].strip()


def _begun_before(main: Passage, start: int) -> str | None:
    """The doubt whether a name in a picture begins with the word before it nobody can read.

    It has capitals, or follows a title.
    """
    if main.text.method is not Method.OCR or start < 2:
        return None
    word = main.text.words(start - 2, start - 1)[-1].word
    before = main.text.string[max(main.start, start - 40) : start].split()[:-1]
    if fold(word.text).strip(",;.:") == "yo":  # «Yo, …», its comma spoilt
        return None
    behind_title = bool(before) and names.is_title(fold(before[-1].rstrip(".:")))
    named = len(re.findall(r"[A-ZÁÉÍÓÚÑÜ]", word.text)) > 1 or (
        word.text.isalpha() and behind_title
    )
    one_of_it = behind_title and not names.is_title(fold(word.text).rstrip(".:"))
    lost = named and (word.confidence <= _LOST or len(word.text) == 1 or one_of_it)
    led = _LED.search(main.text.string, max(main.start, start - 40), start)
    titled = led and (names.is_title(fold(led[1])) or led[1] == "a")
    return f"¿empieza antes, en «{word.text}»?" if lost or titled else None


_LED = re.compile(
    r"(\w+)\.?\s(?:(?:[A-ZÁÉÍÓÚÑÜ][^\W\d_]+|del?|las?|los)\s){0,3}"
    r"[A-ZÁÉÍÓÚÑÜ][^\W\d_]{2,}\s?[.;:]\s\Z"
)
"""Words with a capital and a sign behind them, right after a title: the sign may be a speck."""


def doubtful(method: Method, value: str) -> str | None:
    """The doubt about a name in a picture that its own words raise.

    It goes on, if it ends in a few letters or in «del»; «de lns», «Dei» are no name's.
    """
    if method is not Method.OCR:
        return None
    last = value.rsplit(" ", maxsplit=1)[-1].strip(".,")
    if len(last) < 3 or last.lower() in names.PARTICLES:
        return f"¿sigue después de «{last}»?"
    spoilt = names.spoilt_particle(value)
    return f"¿es de verdad «{spoilt}»?" if spoilt else None


def lost_inside(main: Passage, span: tuple[int, int] | None) -> str | None:
    """The doubt whether a name in a picture has lost a word: two stand far apart in their line.

    Farther than the words of that line mostly do, or the first of them from the word before it.
    """
    if span is None or main.text.method is not Method.OCR:
        return None
    line = main.text.words(*main.text.line(*span))
    usual = median([0.0, *(wide for wide in map(gap, pairwise(line)) if wide > 0)])
    before = main.text.words(max(span[0] - 2, main.start), span[0] + 1)
    wide = max([WIDEST_BLANK, 2 * usual, *(_SPREAD * gap(pair) for pair in pairwise(before))])
    for pair in pairwise(main.text.words(*span)):
        if gap(pair) > wide:
            return f"¿falta algo entre «{pair[0].word.text}» y «{pair[1].word.text}»?"
    return None


_SPREAD = 1.5
"""How much wider a blank is at most than another of a line that fills its width: letters differ."""
_LOST = 0.5
"""What a word is worth that may be a surname nobody can read."""


def gap(pair: tuple[Placed, Placed]) -> float:
    """Heights of a word between two; less than nothing where the second begins a line."""
    a, b = (placed.word.box for placed in pair)
    return (b[0] - a[2]) / ((b[3] - b[1]) or 1.0)
