"""Rows of a table → which column of theirs holds what, and which cells they share. Pure.

A scan loses rulings and finds some that are none: a heading is fitted to the rows below it, and a
cell two rows have in common is parted between them.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from mailbot.model import Method
from mailbot.parsers import identity
from mailbot.parsers.text import Placed, Text, fold

_COLUMNS = (
    ("paterno", re.compile(r"patern[oa]|primer apellido")),
    ("materno", re.compile(r"matern[oa]|segundo apellido")),
    (
        "names",
        re.compile(r"(?=.*apellido)(?=.*nombre)|nombre completo|^apellidos$|servidor|personal"),
    ),
    ("given", re.compile(r"nombres?")),
    ("dni", re.compile(r"\bd\.?\s?n\.?\s?i\b|documento|identidad")),
    ("correo", re.compile(r"correo|e-?mail")),
    ("other", re.compile(r"^(?:cargo|nivel|rol|perfil|puesto|funcion|condicion)\b")),
)


NAMES = ("paterno", "materno", "names", "given")


@dataclass(frozen=True)
class Row:
    """A row of a table as texts, one for each cell."""

    cells: tuple[Text, ...]

    def at(self, column: int) -> Text:
        """The text of a column; an empty one past the row's end."""
        return self.cells[column] if column < len(self.cells) else replace(self.cells[0], lines=())

    @property
    def pictured(self) -> bool:
        """Whether it was recognised: a scan loses rulings."""
        return self.cells[0].method is Method.OCR


def fitting(head: Row, row: Row) -> Row:
    """A heading without the one cell that says nothing, where the row below is one narrower.

    A fold or a fax's streak looks like a ruling, and may cut a label in two. Where the row is one
    wider, a ruling was lost, and a cell with two labels is two.
    """
    if len(head.cells) + 1 == len(row.cells):
        two = [n for n, cell in enumerate(head.cells) if _TWO_LABELS.search(fold(cell.string))]
        return Row((*head.cells[: two[0] + 1], *head.cells[two[0] :])) if two else head
    if len(head.cells) != len(row.cells) + 1:
        return head
    lone = [n for n, cell in enumerate(head.cells) if n and len(_letters(cell)) < 2]
    if len(lone) == 1:
        return Row((*head.cells[: lone[0]], *head.cells[lone[0] + 1 :]))
    cut = next((n for n, pair in enumerate(pairwise(head.cells)) if _is_one_label(*pair)), None)
    return head if cut is None else Row(_with_one(head.cells, cut))


def _is_one_label(one: Text, other: Text) -> bool:
    """Whether two cells of a heading are one that was cut: «APELLIDOS», «Y NOMBRES»."""
    return _letters(one).endswith("apellidos") and _letters(other).startswith("y nombres")


def _with_one(cells: tuple[Text, ...], at: int) -> tuple[Text, ...]:
    one = replace(cells[at], lines=(*cells[at].lines, *cells[at + 1].lines))
    return (*cells[:at], one, *cells[at + 2 :])


_TWO_LABELS = re.compile(
    r"[pm]atern[oa]\W?[1il|]?\W?(?:nombre|apellido)|\bpatern[oa]\W{1,3}matern[oa]\b"
)


def is_shifted(row: Row, columns: Mapping[str, int], wide: int) -> bool:
    """Whether a row in a picture has not as many cells as the heading: its columns are others.

    Where a number stands in its own column, those before it are the heading's.
    """
    return row.pictured and len(row.cells) != wide and not _is_in_column(row, columns)


def _is_in_column(row: Row, columns: Mapping[str, int]) -> bool:
    """Whether a row's number stands below its heading, behind the names."""
    last = max((columns[name] for name in NAMES if name in columns), default=-1)
    numbered = [n for n, cell in enumerate(row.cells) if identity.in_cell(cell, None)]
    return bool(numbered) and numbered[0] == columns.get("dni", numbered[0]) > last


def shared(row: Row, near: Iterable[Row], columns: Mapping[str, int]) -> dict[int, list[Row]]:
    """The columns of a person's in which a row has one cell with rows beside it, and these rows."""
    own = [columns[name] for name in (*NAMES, "dni", "correo") if name in columns]
    others = ((n, [o for o in near if row.at(n).lines and row.at(n) in o.cells]) for n in own)
    return {n: rows for n, rows in others if rows}


def parted(row: Row, common: Mapping[int, Sequence[Row]]) -> Row:
    """A row with its part of the cells that a lost ruling gave it in common with its neighbours."""
    cells = (
        _part(cell, row, common[n]) if n in common else cell for n, cell in enumerate(row.cells)
    )
    return Row(tuple(cells))


def _part(cell: Text, row: Row, others: Sequence[Row]) -> Text:
    """The lines of a common cell that stand nearest to a row's own words; all if none does."""
    mine = _level(row, others)
    theirs = [level for o in others if (level := _level(o, (row,))) is not None]
    if mine is None or len(theirs) < len(others):
        return cell
    levels = ((line, _middle(line)) for line in cell.lines)
    lines = (line for line, at in levels if abs(at - mine) < min(abs(at - t) for t in theirs))
    return replace(cell, lines=tuple(lines) or cell.lines)


def _level(row: Row, others: Sequence[Row]) -> float | None:
    """How far down its page a row's words stand that the others have not."""
    common = [cell for other in others for cell in other.cells]
    own = [_middle(line) for cell in row.cells if cell not in common for line in cell.lines]
    return sum(own) / len(own) if own else None


def _middle(line: tuple[Placed, ...]) -> float:
    return sum(placed.word.box[1] + placed.word.box[3] for placed in line) / (2 * len(line))


def headings(row: Row) -> dict[str, int]:
    """Which column holds what, if the row is a heading at all."""
    found: dict[str, int] = {}
    for index, cell in enumerate(row.cells):
        label = fold(" ".join(cell.string.split()))
        if re.search(r"[0-9]{6}|@", label):
            return {}
        name = next((n for n, p in _COLUMNS if n not in found and p.search(label)), None)
        if name:
            found[name] = index
    named = found | _surname(row, found)
    return named | _unnamed(row, named)


def _surname(row: Row, found: Mapping[str, int]) -> dict[str, int]:
    """The second surname's column beside the first's, or the first's, its heading lost in part."""
    for known, lost, step in (("paterno", "materno", 1), ("materno", "paterno", -1)):
        if known in found and lost not in found:
            beside = found[known] + step
            label = _letters(row.at(beside)) if beside >= 0 else "-"
            if beside not in found.values() and (not label or label.startswith(("apellid", "ap "))):
                return {lost: beside}
    return {}


def _letters(cell: Text) -> str:
    """What a cell says, but for its signs: a ruling may be read as one."""
    return " ".join(re.findall(r"[a-z]+", fold(cell.string)))


def _unnamed(row: Row, found: Mapping[str, int]) -> dict[str, int]:
    """The names' column, its heading lost: it follows the surnames', or is the only blank one."""
    follows = found.get("materno", -2) + 1
    lost = "paterno" in found and "given" not in found and follows not in found.values()
    if lost and 0 < follows < len(row.cells):
        return {"given": follows}
    blank = [n for n, cell in enumerate(row.cells) if n and not cell.string.strip()]
    nameless = "dni" in found and not found.keys() & set(NAMES)
    return {"names": blank[0]} if nameless and len(blank) == 1 else {}
