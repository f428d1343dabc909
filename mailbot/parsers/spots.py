"""A word's place on a sheet, to be read again, and how two readings of it are compared.

Runs inside the sandbox.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from mailbot.parsers import ocr, opinion
from mailbot.parsers.grids import Cell
from mailbot.parsers.opinion import CLOSE, Opinion, View
from mailbot.parsers.sheet import Picture

AGREED = 0.8
"""What two equal readings are worth at least; a single one below it is not enough for an address.
"""
BOTH_MAKES = 0.9
"""The same of two models of different makes."""
DISPUTED = 0.5


@dataclass(frozen=True, slots=True)
class Spot:
    """A word's place on a sheet, to be read again: by a model at a scale once only."""

    picture: Picture
    cell: Cell
    dpi: int
    told: dict[tuple[str, float], str] = field(default_factory=dict)
    heard: dict[View, Opinion] = field(default_factory=dict)

    def again(self, model: str, by: float) -> str:
        """What a model reads in it, enlarged."""
        if (model, by) not in self.told:
            self.told[model, by] = ocr.again(model, self.picture, self.cell, self.dpi, by)
        return self.told[model, by]

    def spelled(self, model: str, by: float) -> str:
        """The same for an address, whose parts may stand apart."""
        return ocr.spelled(model, self.picture, self.cell, self.dpi, by)

    def opinion(self, view: View = CLOSE) -> Opinion:
        """What the model of another make reads in it."""
        if view not in self.heard:
            self.heard[view] = opinion.read(self.picture, self.cell, self.dpi, view)
        return self.heard[view]


def around(cells: Iterable[Cell]) -> Cell:
    """The place that holds several."""
    lefts, tops, rights, bottoms = zip(*cells, strict=True)
    return (min(lefts), min(tops), max(rights), max(bottoms))


# ------------------------------------------------------------------ two readings of a word


def alike(one: str, other: str) -> bool:
    """Whether two readings of a word have the same letters, large or small, whatever is on them."""
    return letters(one) == letters(other)


def heard_alike(heard: str, text: str) -> bool:
    """The same where the one is heard from the model of another make: it takes an í for an f."""
    one, other = letters(heard), letters(text)
    return len(one) == len(other) and all(
        a in (b, _LIKE_F.get(b)) for a, b in zip(one, other, strict=True)
    )


_LIKE_F = {"i": "f"}


def letters(text: str) -> str:
    """What counts of a word when readings are compared: its letters, no case and no accents."""
    return unaccented(bare(text)).casefold()


def unaccented(text: str) -> str:
    """Without accents; ñ is a letter of its own."""
    return "".join(c if c in "ñÑ" else plain(c) for c in text)


def bare(text: str) -> str:
    """The letters and digits of a text, nothing else."""
    return re.sub(r"[\W_]", "", text)


def digits(text: str) -> str:
    """The digits of a text, nothing else."""
    return re.sub(r"[^0-9]", "", text)


def plain(text: str) -> str:
    """A text without the marks on its letters; ñ loses its own."""
    apart = unicodedata.normalize("NFD", text)
    return "".join(c for c in apart if not unicodedata.combining(c))
