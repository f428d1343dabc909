"""People told in sentences: a name beside its number, or behind a title.

Pure.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from mailbot.model import Method, PageKind, Reading
from mailbot.parsers import identity, names
from mailbot.parsers.mention import Seen, as_written, lost_inside, named, seen_in
from mailbot.parsers.text import Passage, Text, fold


class _Number(NamedTuple):
    """Where a number stands in prose, its label included; no reading if none could be had."""

    start: int
    end: int
    reading: Reading | None


@dataclass(frozen=True)
class _Told:
    """A number in prose and the span of the name that goes with it."""

    dni: _Number
    name: tuple[int, int] | None

    @property
    def start(self) -> int:
        return min(self.name[0], self.dni.start) if self.name else self.dni.start


def told(main: Passage) -> tuple[Seen, ...]:
    """People told in sentences: each DNI with the name before it, or else after it."""
    found = _numbers(main)
    string = as_written(main.text.method, main.text.string)
    pairs = _pairs(main, string, found)
    if pairs and (lost := list(_numberless(main, string, pairs))):
        pairs = _pairs(main, string, sorted([*found, *lost], key=lambda one: one.start))
    ends = [*(_begins(main, one, after) for one, after in pairwise(pairs)), main.end]
    return tuple(
        _teller(main, one, end, alone=len(pairs) == 1)
        for one, end in zip(pairs, ends, strict=False)
    )


def _pairs(main: Passage, string: str, found: list[_Number]) -> list[_Told]:
    return [_paired(main, dni, _told_name(main, string, found, n)) for n, dni in enumerate(found)]


def _numberless(main: Passage, string: str, pairs: list[_Told]) -> Iterator[_Number]:
    """Right behind the name of each whom a scanned oficio asks for, and shows no number of.

    Not even its label: «a doña ANA RÍOS LUNA, con DN 2925». The others' may all be whole.
    """
    if main.text.method is not Method.OCR or main.kind is not PageKind.OFICIO:
        return
    starts = [one.start for one in pairs]
    for start, end in _behind(_ASKED_FOR, main, string):
        at = bisect_left(starts, end)
        own = at and pairs[at - 1].dni.end > start
        if not own and not (at < len(pairs) and pairs[at].name is None):
            yield _Number(end, end, None)


_ASKED_FOR = re.compile(r"\b(?:al?|para) (?:don|dona|sra?|srta|senora?|senorita)\b[.,:]?\s+")


def _numbers(main: Passage) -> list[_Number]:
    """The numbers of a passage; those as well that stand beside a name and lost what they are.

    And where only their label is left, none of the figures.
    """
    where = (main.text, main.start, main.end)
    labelled, unlabelled = (
        [_Number(f.start, f.end, f.reading) for f in find(*where, main.kind)]
        for find in (identity.dnis, identity.unlabelled)
    )
    unread = (_Number(start, end, None) for start, end in identity.unread(*where))
    numbers = labelled
    for lost in (unlabelled, unread):
        starts = [known.start for known in numbers]
        apart = [one for one in lost if not _is_known(one, numbers, starts)]
        ends = sorted((main.start, *(one.end for one in (*numbers, *apart))))
        beside = (_beside_name(main, one, ends) for one in apart)
        numbers = sorted([*numbers, *filter(None, beside)], key=lambda one: one.start)
    return numbers


def _is_known(one: _Number, numbers: Sequence[_Number], starts: Sequence[int]) -> bool:
    """Whether a number, or one right behind it, is among others: «DNI o C.E. N° …» is one.

    Those and where they start in order, for there may be as many as a paper has words.
    """
    at = bisect_left(starts, one.end + _BEHIND)
    return at > 0 and one.start < numbers[at - 1].end


_BEHIND = 12


def _beside_name(main: Passage, one: _Number, ends: Sequence[int]) -> _Number | None:
    """A number from right behind the name it goes with on, what was its label included.

    The name stands behind the last of the `ends` before it, which are in order.
    """
    string = main.text.string
    floor = max(one.start - _BESIDE, ends[bisect_right(ends, one.start) - 1])
    words = [m.start() for m in _WORDS.finditer(string, floor, one.start)]
    spoilt = words[-_SPOILT:] if one.reading else []
    for end in (one.start, *reversed(spoilt)):
        if names.before(string, floor, end):
            return one._replace(start=end)
    return None


_WORDS = re.compile(r"\S+")
_BESIDE, _SPOILT = 100, 5
"""Letters between a number and the begin of the name it goes with, and words that may be spoilt."""


def _paired(main: Passage, dni: _Number, name: tuple[int, int] | None) -> _Told:
    """A number and the name beside it; in doubt where several are named and then several numbers.

    In «Ana … y Luis …, identificados con DNI 1 y 2, respectivamente» the nearest is another's.
    """
    folded = main.text.folded
    between = folded[name[1] : dni.start] if name else ""
    if name is None or not (_SEVERAL.search(between) or _ANOTHER.match(folded, dni.end)):
        return _Told(dni, name)
    doubt = "nombra a varios y después sus números: ¿de quién es este?"
    return _Told(dni._replace(reading=dni.reading and dni.reading.doubted(doubt)), name)


_SEVERAL = re.compile(r"\b(?:identificad[oa]s|portador[ea]s|titulares|amb[oa]s)\b")
_ANOTHER = re.compile(
    rf"\s?(?:[,;/]\s?(?:[ye]\s)?|\b[ye]\s)(?:con\s)?\s?(?:{identity.DNI_LABEL})?\W{{0,3}}(?:n\W{{0,3}}|nro\W{{0,3}})?"
    r"[0-9]{8}(?![0-9])"
)
"""A second number right behind a first."""


def _begins(main: Passage, one: _Told, after: _Told) -> int:
    """Where the words about the next person begin: at their sentence, if it is not shared."""
    sentence = _sentence(main, after.start)
    return sentence if sentence > one.dni.end else after.start


def _told_name(
    main: Passage, string: str, found: list[_Number], index: int
) -> tuple[int, int] | None:
    floor = found[index - 1].end if index else main.start
    span = names.before(string, max(floor, found[index].start - 220), found[index].start)
    if span is None:
        ceiling = found[index + 1].start if index + 1 < len(found) else main.end
        start = found[index].end
        lead = re.compile(r"[\s,;:–-]*(?:(?:a|al|don|doña|de|del|la|el|señora?|nombre)\s+)*")
        begin = lead.match(string, start, ceiling)
        span = names.after(string, begin.end() if begin else start, min(start + 120, ceiling))
    return span


def _teller(main: Passage, told: _Told, end: int, *, alone: bool) -> Seen:
    context = main if alone else replace(main, start=_sentence(main, told.start), end=end)
    reach = main if alone else replace(main, start=told.start, end=end)
    mails = identity.correos(reach.text, reach.start, reach.end, reach.kind)
    return Seen(
        names=tuple(r.doubted(lost_inside(main, told.name)) for r in named(main, told.name)),
        dnis=(told.dni.reading,) if told.dni.reading else (),
        correos=tuple(f.reading for f in mails),
        context=context,
        at=told.start,
    )


def _sentence(main: Passage, start: int) -> int:
    """Where the sentence (or item) that holds an offset begins."""
    ends = _ends(main.text.folded, main.start, main.end)
    before = ends[: bisect_right(ends, start)]
    return next((end for end in reversed(before) if not _at_a_speck(main.text, end)), main.start)


def _at_a_speck(text: Text, end: int) -> bool:
    """Whether a sign that ends a sentence in a picture is none: behind «la», alone and unsure."""
    at = end - 2 if text.string[end - 1].isspace() else end - 1
    sign = text.words(at, at + 1)[-1:] if text.method is Method.OCR else ()
    return any(
        fold(word.text).strip(".;") in _NEVER_LAST
        or (word.confidence < _SPECK and not word.lettered)
        for word in (placed.word for placed in sign)
    )


_SPECK = 0.6
_NEVER_LAST = frozenset("a al con de del e el en la las los o para por su y".split())


@lru_cache(maxsize=8)
def _ends(folded: str, start: int, end: int) -> tuple[int, ...]:
    """Where the sentences of a span end: found once, however many people it names."""
    found = _END.finditer(folded, start, end)
    return tuple(m.end() for m in found if not names.is_title(m["word"] or ""))


_END = re.compile(r"(?P<word>[a-z]*)[.;]\s|\n[^\w\n]*\d?[).-]")
"""The end of a sentence or the beginning of an item; «del Sr. Juan» is neither."""


# ------------------------------------------------------------------ names without a number

_CUE = re.compile(
    r"\b(?:don|dona|sr|sra|srta|senor|senora|senorita|prof|profa|profesora?|lic|docente|servidora?"
    r"|especialista siagie(?: ugel| dre)?|estadistic[oa]|directora?|yo|soy|me llamo|mi nombre es)"
    r"\b[.,:]?\s+"
    r"(?!director|jef|a\b)"
)


def titled(main: Passage) -> tuple[Seen, ...]:
    """A name after a title, when no number was given: the first one."""
    string = as_written(main.text.method, main.text.string)
    span = next(_behind(_CUE, main, string), None)
    return (replace(seen_in(main, named(main, span), span[0]), weak=True),) if span else ()


def _behind(cue: re.Pattern[str], main: Passage, string: str) -> Iterator[tuple[int, int]]:
    """Where names stand right behind a cue, in the text as its names were written."""
    for match in cue.finditer(main.text.folded, main.start, main.end):
        span = names.after(string, match.end(), min(match.end() + _NAME, main.end))
        if span and span[0] - match.end() <= _BLANKS:
            yield span


_NAME, _BLANKS = 90, 3
"""Letters a name may have, and before it behind its title."""
