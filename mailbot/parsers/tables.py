"""People in ruled tables, and on a copy of a DNI. Pure.

Cells are read for themselves: a page's lines would mix the columns. A table counts only where
its document asks for or names people.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from mailbot.model import Box, Evidence, Method, PageKind, Reading, Table, Word
from mailbot.parsers import cells, identity, names, people
from mailbot.parsers.mention import Seen
from mailbot.parsers.pieces import Piece
from mailbot.parsers.rows import NAMES, Row, fitting, headings, is_shifted, parted, shared
from mailbot.parsers.text import (
    Leaf,
    Passage,
    Text,
    lines_of,
    typed,
    whole,
)
from mailbot.parsers.zones import zones


def in_piece(piece: Piece) -> tuple[Seen, ...]:
    """The people a document names where it counts: in tables first, then in its words."""
    if piece.kind is PageKind.DNI:
        return tuple(_card(piece))
    tabled = tuple(seen for page, table in _that_count(piece) for seen in _rows(piece, page, table))
    main = zones(piece.text, piece.kind).main
    known = {r.value for seen in tabled for r in seen.dnis}
    told = people.in_passage(main, tabled=bool(tabled))
    new = [_in_its_row(s, piece) for s in told if not tabled or _is_new(s, known)]
    return (*tabled, *new, *(_in_broken_rows(main, known) if tabled and not new else ()))


def _in_broken_rows(main: Passage, known: set[str]) -> Iterator[Seen]:
    """Who is named beside most of a number, in a line where no number of a table's row begins.

    A scan lost the row's rulings, and a figure.
    """
    begun = {number[:_MOST] for number in known}
    for seen in people.listed(main) if main.text.method is Method.OCR else ():
        line = re.sub(r"[^0-9]", "", seen.context.string)
        theirs = any(line[n : n + _MOST] in begun for n in range(len(line)))
        if seen.names and not theirs and all(len(r.value) == _MOST for r in seen.dnis):
            yield _of_several(seen)


_MOST = 7
"""Figures of a number of eight that lost one."""


def _in_its_row(seen: Seen, piece: Piece) -> Seen:
    """Somebody told in words; in doubt, and one of a list, if their number stands in a table.

    A scan broke the row: what stands below the table asks for others.
    """
    listed = any(_is_in_table(r.evidence, piece) for r in seen.dnis if not r.typed)
    return _of_several(replace(seen, listed=True)) if listed else seen


def _is_in_table(evidence: Evidence, piece: Piece) -> bool:
    """Whether something was read inside a table of a paper; one of a single cell is a frame."""
    place, words = (evidence.source, evidence.page), evidence.box
    pages = zip(piece.leaves, piece.pages, strict=True)
    tables = (table for leaf, page in pages if leaf == place for table in page.tables)
    boxes = (table.box for table in tables if max(map(len, table.rows), default=0) > 1)
    return words is not None and any(_holds(box, words) for box in boxes)


def _holds(table: Box, words: Box) -> bool:
    across, down = (words[0] + words[2]) / 2, (words[1] + words[3]) / 2
    return table[0] <= across <= table[2] and table[1] <= down <= table[3]


def _is_new(seen: Seen, known: set[str]) -> bool:
    """Whether words outside the tables name somebody the tables do not."""
    return bool(seen.dnis) and not known & {r.value for r in seen.dnis}


def _that_count(piece: Piece) -> Iterator[tuple[Leaf, Table]]:
    main = zones(piece.text, piece.kind).main
    opening = piece.text.words(main.start, main.start + 1)
    if main.start >= main.end or not opening:
        return
    first, above, reached = opening[0].page, opening[0].word.box[1], False
    for leaf, page in zip(piece.leaves, piece.pages, strict=True):
        tables = page.tables if reached else ()
        if leaf == first:
            reached, tables = True, tuple(t for t in page.tables if t.box[3] > above)
        yield from ((leaf, table) for table in tables)


# ------------------------------------------------------------------ rows


def _rows(piece: Piece, page: Leaf, table: Table) -> Iterator[Seen]:
    rows = [Row(tuple(_cell(piece, page, cell) for cell in words)) for words in table.rows]
    return _people(piece.kind, rows)


def _people(kind: PageKind | None, rows: Sequence[Row]) -> Iterator[Seen]:
    columns: Mapping[str, int] = {}
    head = Row(())
    for index, row in enumerate(rows):
        heading = headings(row)
        if len(heading) > 1 and heading.keys() & {"dni", "names", "given"}:
            columns, head = heading, row
        elif columns:
            if (fit := fitting(head, row)) is not head:
                columns, head = headings(fit), fit
            near = (*rows[max(index - 1, 0) : index], *rows[index + 1 : index + 2])
            common = shared(row, near, columns) if row.pictured else {}
            if seen := _person(kind, parted(row, common), columns):
                shifted = is_shifted(row, columns, len(head.cells))
                yield _of_several(seen) if shifted else _with_common(seen, common, columns)


def _with_common(seen: Seen, common: Collection[int], columns: Mapping[str, int]) -> Seen:
    """A person some of whose cells are others' as well: these are in doubt.

    If only the names are, the number and the address stand in cells of their own.
    """
    if not common:
        return seen
    several = _of_several(seen)
    if {*common} <= {columns[name] for name in NAMES if name in columns}:
        return replace(several, dnis=seen.dnis, correos=seen.correos)
    return several


def _cell(piece: Piece, page: Leaf, words: tuple[Word, ...]) -> Text:
    return Text(piece.source, piece.pages[0].method, lines_of(words, page, narrow=True))


def _person(kind: PageKind | None, row: Row, columns: Mapping[str, int]) -> Seen | None:
    numbers = cells.numbers(kind, row, columns)
    mails = tuple(cells.mails(kind, row, columns))
    named = cells.named(kind, row, columns, mails)
    if not numbers and not any(names.is_written(r.value) for r in named):
        return None
    lines = tuple(line for c in row.cells for line in (*c.lines, *cells.glued(c)))
    seen = Seen(
        names=named,
        dnis=numbers,
        correos=mails,
        context=whole(replace(row.cells[0], lines=lines), kind),
        listed=True,
    )
    several = len(numbers) > 1 or _has_two_numbers(row, columns) or _is_numbered_twice(row)
    return _of_several(seen) if several else seen


def _is_numbered_twice(row: Row) -> bool:
    """Whether a row in a picture is the third and the fourth of its table, their ruling lost."""
    counted = re.fullmatch(r"\W*([0-9]{1,2})\W+([0-9]{1,2})\W*", row.cells[0].string)
    return row.pictured and counted is not None and int(counted[2]) == int(counted[1]) + 1


def _has_two_numbers(row: Row, columns: Mapping[str, int]) -> bool:
    """Whether a row's number has more figures than one has, its check digit among them."""
    cell = row.at(columns["dni"]).string if "dni" in columns else ""
    return len(re.sub(r"[^0-9]", "", cell)) > _FIGURES


_FIGURES = 10


def _of_several(seen: Seen) -> Seen:
    """A row of several people, all of it in doubt: a ruling was lost, or there is one too many."""
    named, numbers, mails = (
        tuple(r.doubted("la fila parece de varias personas") for r in readings)
        for readings in (seen.names, seen.dnis, seen.correos)
    )
    return replace(seen, names=named, dnis=numbers, correos=mails, mixed=True)


# ------------------------------------------------------------------ tables in a mail


_GAP = re.compile(r"\s*[|;]\s*|\t+| {3,}")


def in_mail(source: str, raw: str) -> tuple[Seen, ...]:
    """The people in a table pasted into a mail: rows whose cells are set apart by wide gaps."""
    lines = (_GAP.split(line.strip(" |")) for line in raw.splitlines())
    rows = [Row(tuple(typed(source, c) for c in cells)) for cells in lines if len(cells) > 1]
    return tuple(_people(None, rows))


# ------------------------------------------------------------------ the copy of a DNI


def _card(piece: Piece) -> Iterator[Seen]:
    """The person on a copy of a DNI: its number, and the names under their labels."""
    main = zones(piece.text, piece.kind).main
    numbers = list(identity.card_numbers(main.text, piece.kind))
    named = [n for seen in people.in_passage(main)[:1] for n in seen.names]
    if all(len(names.tokens(n.value)) < _WHOLE for n in named):  # lines of the photograph are read
        named = list(_machine_readable(main)) or named
    if numbers or named:
        yield Seen(tuple(named), tuple(numbers[:1]), (), main)


_WHOLE = 3
"""Words a name on a card has at least: two surnames and a given name."""
_MACHINE = re.compile(r"^([a-z]+(?:<[a-z]+)*)<<([a-z]+(?:<[a-z]+)*)<*$", re.MULTILINE)


def _machine_readable(main: Passage) -> Iterator[Reading]:
    """The name in the last line of a card, written for machines: surname, two signs, names."""
    for found in _MACHINE.finditer(main.folded):
        parts = (main.string[slice(*found.span(n))].replace("<", " ").strip() for n in (1, 2))
        yield main.reading(", ".join(parts), found.span())
