"""The picture of a cell as every model reads all of it, as it is and enlarged.

Runs inside the sandbox.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from mailbot.model import Word
from mailbot.parsers import ocr, opinion
from mailbot.parsers.ocr import BLOCK, Patch
from mailbot.parsers.opinion import CERTAIN, OTHER, View
from mailbot.parsers.sheet import lines, resized
from mailbot.parsers.spots import AGREED

SCALES = (1.0, 1.4)
_Words = tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a model makes of a cell."""

    model: str
    words: _Words

    @property
    def poor(self) -> bool:
        """Whether it is no reading to rely on."""
        return not self.words or min(word.confidence for word in self.words) < AGREED

    @property
    def uncertain(self) -> bool:
        """Whether a line of it is not to be relied on against another reading."""
        return not self.words or min(word.confidence for word in self.words) <= CERTAIN

    @property
    def spelled(self) -> str:
        """Its words as one; a blank where two letters stand apart: a low line may be lost there."""
        parts = [self.words[0].text] if self.words else []
        for before, word in pairwise(self.words):
            parts.append(" " + word.text if is_apart(before, word) else word.text)
        return ocr.without_blanks("".join(parts))


@dataclass(frozen=True, slots=True)
class Column(Patch):
    """The picture of a cell, to be read again: by a model at a scale, in a view, once only."""

    told: dict[tuple[str, float], Reading] = field(default_factory=dict)
    seen: dict[View, Reading] = field(default_factory=dict)

    def read(self, model: str, scales: Sequence[float] = SCALES) -> Iterator[Reading]:
        """What a model makes of it, as it is and enlarged, read as it is asked for."""
        for by in scales:
            if (model, by) not in self.told:
                self.told[model, by] = Reading(model, self._words(model, by))
            yield self.told[model, by]

    def heard(self, view: View) -> Reading:
        """What the model of another make reads in its lines, a word for each."""
        if view not in self.seen:
            found = [
                (opinion.read(self.picture, c, self.dpi, view), c) for c in lines(self.picture)
            ]
            words = (Word(text, self.points(c), sure) for (text, sure), c in found if text)
            self.seen[view] = Reading(OTHER, tuple(words))
        return self.seen[view]

    def _words(self, model: str, by: float) -> _Words:
        left, top = (round(side * by) for side in self.offset)
        larger = Patch(resized(self.picture, by), int(self.dpi * by), (left, top))
        found = ocr.words(model, larger.picture, larger.dpi, BLOCK)
        return tuple(replace(word, box=larger.points(cell)) for word, cell in found)


def is_apart(before: Word, after: Word) -> bool:
    """Whether two words stand in one line, letters at the seam: a sign may be lost between them."""
    level = before.box[1] < (after.box[1] + after.box[3]) / 2 < before.box[3]
    return level and before.text[-1].isalnum() and after.text[0].isalnum()
