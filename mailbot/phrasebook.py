"""Spanish that was said already → English, template by template. Pure.

What is wrong is said in Spanish where it is found: it is stored, and mailed to administrators. On
an English terminal it is read back from those words: the template they were made from is looked
for (``{1}`` stands for whatever was filled in), and what was filled in is read in the same way. Of
several readings the one counts that leaves least unread. Words that fit no template stay as they
are: a server's own, a name, a path.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

_HOLE = re.compile(r"\{(\d+)\}")
_JOINTS = (
    *(("; ", "", "; "), (" (", ")", " ("), (": ", "", ": "), (", ", "", ", ")),
    *((" y ", "", " and "), (" o ", "", " or ")),
)
"""How several things are put together: between them, at the end, and what stands there in English.
"""
_MOST_PIECES = 24
"""Every way to part a text is tried: more pieces than people write would take for ever."""
_LISTED = re.compile(r"((?:\S+, )*\S+) ([yo]) (\S+)")
_AND_OR = {"y": "and", "o": "or"}


class _Reading(NamedTuple):
    """A text in English, and how many of its Spanish signs are accounted for."""

    english: str
    known: int


class Phrasebook:
    """Templates and their English."""

    def __init__(self, told: Mapping[str, str]) -> None:
        self.told = told
        self._read_before: dict[str, _Reading] = {}

    def say(self, text: str) -> str:
        """A text in English, as far as it is known.

        >>> book = Phrasebook({"hace {1}": "{1} ago", "{1} días": "{1} days", "nada": "nothing"})
        >>> book.say("x.org: hace 3 días; nada")
        'x.org: 3 days ago; nothing'
        """
        return "\n".join(self._line(line) for line in text.split("\n"))

    def _line(self, line: str) -> str:
        """A line; one of very many pieces, as only a server says it, stays as it is."""
        pieces = sum(line.count(joint) for joint, _, _ in _JOINTS)
        return line if pieces > _MOST_PIECES else self._read(line).english

    def _read(self, text: str) -> _Reading:
        if text not in self._read_before:
            self._read_before[text] = max(self._readings(text), key=lambda reading: reading.known)
        return self._read_before[text]

    def _readings(self, text: str) -> Iterator[_Reading]:
        """Every reading of a text; of equal ones the first is taken."""
        if text in self.told:
            yield _Reading(self.told[text], len(text))
            return
        anchored, adrift = self._patterns
        yield from self._by_template(text, anchored)
        yield from self._in_pieces(text)
        yield from self._by_template(text, adrift)
        if listed := _LISTED.fullmatch(text):
            most, word, last = listed.groups()
            yield _Reading(f"{most} {_AND_OR[word]} {last}", 1)
        yield _Reading(text, 0)

    def _by_template(self, text: str, spanish: list[str]) -> Iterator[_Reading]:
        for template in spanish:
            if found := self._compiled[template].fullmatch(text):
                held = [self._read(words) for words in found.groups()]
                english = _filled(self.told[template], [reading.english for reading in held])
                yield _Reading(english, _length(template) + sum(x.known for x in held))

    def _in_pieces(self, text: str) -> Iterator[_Reading]:
        """A text of several pieces, one of which at least is known."""
        for joint, end, english in _JOINTS:
            for left, right in _parted(text, joint, end):
                one, other = self._read(left), self._read(right)
                if known := one.known + other.known:
                    words = f"{one.english}{english}{other.english}{end}"
                    yield _Reading(words, known + len(joint + end))

    @cached_property
    def _compiled(self) -> dict[str, re.Pattern[str]]:
        return {spanish: _pattern(spanish) for spanish in self.told if _HOLE.search(spanish)}

    @cached_property
    def _patterns(self) -> tuple[list[str], list[str]]:
        """The templates that begin with words, and those that begin with a hole."""
        adrift = [spanish for spanish in self._compiled if spanish.startswith("{")]
        return [spanish for spanish in self._compiled if spanish not in adrift], adrift


def _filled(template: str, words: list[str]) -> str:
    return _HOLE.sub(lambda hole: words[int(hole[1]) - 1], template)


def _length(template: str) -> int:
    return len(_HOLE.sub("", template))


def _parted(text: str, joint: str, end: str) -> Iterator[tuple[str, str]]:
    """Every way to part a text at a joint."""
    if not text.endswith(end):
        return
    whole = text[: len(text) - len(end)]
    for found in re.finditer(re.escape(joint), whole):
        yield whole[: found.start()], whole[found.end() :]


def _pattern(spanish: str) -> re.Pattern[str]:
    """What fits a template: each hole holds anything, also nothing."""
    fixed = _HOLE.split(spanish)[::2]
    return re.compile("(.*?)".join(map(re.escape, fixed)), re.DOTALL)
