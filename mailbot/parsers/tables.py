"""People in ruled tables, and on a copy of a DNI. Pure.

Cells are read for themselves: a page's lines would mix the columns. A table counts only where
its document asks for or names people.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from mailbot.model import Method, PageKind, Reading, Table, Word
from mailbot.parsers import identity, mention, names, people
from mailbot.parsers.documents import Piece
from mailbot.parsers.mention import Seen
from mailbot.parsers.text import Passage, Placed, Text, fold, lines_of, surround, typed, whole
from mailbot.parsers.zones import zones

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
_NAMES = ("paterno", "materno", "names", "given")


def in_piece(piece: Piece) -> tuple[Seen, ...]:
    """The people a document names where it counts: in tables first, then in its words."""
    if piece.kind is PageKind.DNI:
        return tuple(_card(piece))
    tabled = tuple(seen for page, table in _that_count(piece) for seen in _rows(piece, page, table))
    main = zones(piece.text, piece.kind).main
    known = {r.value for seen in tabled for r in seen.dnis}
    told = people.in_passage(main, tabled=bool(tabled))
    new = [s for s in told if not tabled or _is_new(s, known)]
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


def _is_new(seen: Seen, known: set[str]) -> bool:
    """Whether words outside the tables name somebody the tables do not."""
    return bool(seen.dnis) and not known & {r.value for r in seen.dnis}


def _that_count(piece: Piece) -> Iterator[tuple[int, Table]]:
    main = zones(piece.text, piece.kind).main
    opening = piece.text.words(main.start, main.start + 1)
    if main.start >= main.end or not opening:
        return
    first = (opening[0].page or 0, opening[0].word.box[1])
    for page in piece.pages:
        for table in page.tables:
            if (page.number, table.box[3]) > first:
                yield page.number, table


# ------------------------------------------------------------------ rows


@dataclass(frozen=True)
class _Row:
    """A row of a table as texts, one for each cell."""

    cells: tuple[Text, ...]

    def at(self, column: int) -> Text:
        """The text of a column; an empty one past the row's end."""
        return self.cells[column] if column < len(self.cells) else replace(self.cells[0], lines=())

    @property
    def pictured(self) -> bool:
        """Whether it was recognised: a scan loses rulings."""
        return self.cells[0].method is Method.OCR


def _rows(piece: Piece, page: int, table: Table) -> Iterator[Seen]:
    rows = [_Row(tuple(_cell(piece, page, cell) for cell in words)) for words in table.rows]
    return _people(piece.kind, rows)


def _people(kind: PageKind | None, rows: Sequence[_Row]) -> Iterator[Seen]:
    columns: Mapping[str, int] = {}
    head = _Row(())
    for index, row in enumerate(rows):
        heading = _headings(row)
        if len(heading) > 1 and heading.keys() & {"dni", "names", "given"}:
            columns, head = heading, row
        elif columns:
            if (fitting := _fitting(head, row)) is not head:
                columns, head = _headings(fitting), fitting
            near = (*rows[max(index - 1, 0) : index], *rows[index + 1 : index + 2])
            shared = _shared(row, near, columns) if row.pictured else {}
            if seen := _person(kind, _parted(row, shared), columns):
                mixed = shared or _is_shifted(row, columns, len(head.cells))
                yield _of_several(seen) if mixed else seen


def _fitting(head: _Row, row: _Row) -> _Row:
    """A heading without the one cell that says nothing, where the row below is one narrower.

    A fold or a fax's streak looks like a ruling, and may cut a label in two. Where the row is one
    wider, a ruling was lost, and a cell with two labels is two.
    """
    if len(head.cells) + 1 == len(row.cells):
        two = [n for n, cell in enumerate(head.cells) if _TWO_LABELS.search(fold(cell.string))]
        return _Row((*head.cells[: two[0] + 1], *head.cells[two[0] :])) if two else head
    if len(head.cells) != len(row.cells) + 1:
        return head
    lone = [n for n, cell in enumerate(head.cells) if n and len(_letters(cell)) < 2]
    if len(lone) == 1:
        return _Row((*head.cells[: lone[0]], *head.cells[lone[0] + 1 :]))
    cut = next((n for n, pair in enumerate(pairwise(head.cells)) if _is_one_label(*pair)), None)
    return head if cut is None else _Row(_with_one(head.cells, cut))


def _is_one_label(one: Text, other: Text) -> bool:
    """Whether two cells of a heading are one that was cut: «APELLIDOS», «Y NOMBRES»."""
    return _letters(one).endswith("apellidos") and _letters(other).startswith("y nombres")


def _with_one(cells: tuple[Text, ...], at: int) -> tuple[Text, ...]:
    one = replace(cells[at], lines=(*cells[at].lines, *cells[at + 1].lines))
    return (*cells[:at], one, *cells[at + 2 :])


_TWO_LABELS = re.compile(
    r"[pm]atern[oa]\W?[1il|]?\W?(?:nombre|apellido)|\bpatern[oa]\W{1,3}matern[oa]\b"
)


def _is_shifted(row: _Row, columns: Mapping[str, int], wide: int) -> bool:
    """Whether a row in a picture has not as many cells as the heading: its columns are others.

    Where a number stands in its own column, those before it are the heading's.
    """
    return row.pictured and len(row.cells) != wide and not _is_in_column(row, columns)


def _is_in_column(row: _Row, columns: Mapping[str, int]) -> bool:
    """Whether a row's number stands below its heading, behind the names."""
    last = max((columns[name] for name in _NAMES if name in columns), default=-1)
    numbered = [n for n, cell in enumerate(row.cells) if identity.in_cell(cell, None)]
    return bool(numbered) and numbered[0] == columns.get("dni", numbered[0]) > last


def _shared(row: _Row, near: Iterable[_Row], columns: Mapping[str, int]) -> dict[int, list[_Row]]:
    """The columns of a person's in which a row has one cell with rows beside it, and these rows."""
    own = [columns[name] for name in (*_NAMES, "dni", "correo") if name in columns]
    others = ((n, [o for o in near if row.at(n).lines and o.at(n) == row.at(n)]) for n in own)
    return {n: rows for n, rows in others if rows}


def _parted(row: _Row, shared: Mapping[int, Sequence[_Row]]) -> _Row:
    """A row with its part of the cells that a lost ruling gave it in common with its neighbours."""
    cells = (
        _part(cell, row, shared[n]) if n in shared else cell for n, cell in enumerate(row.cells)
    )
    return _Row(tuple(cells))


def _part(cell: Text, row: _Row, others: Sequence[_Row]) -> Text:
    """The lines of a common cell that stand nearest to a row's own words; all if none does."""
    mine = _level(row, others)
    theirs = [level for o in others if (level := _level(o, (row,))) is not None]
    if mine is None or len(theirs) < len(others):
        return cell
    levels = ((line, _middle(line)) for line in cell.lines)
    lines = (line for line, at in levels if abs(at - mine) < min(abs(at - t) for t in theirs))
    return replace(cell, lines=tuple(lines) or cell.lines)


def _level(row: _Row, others: Sequence[_Row]) -> float | None:
    """How far down its page a row's words stand that the others have not."""
    common = [cell for other in others for cell in other.cells]
    own = [_middle(line) for cell in row.cells if cell not in common for line in cell.lines]
    return sum(own) / len(own) if own else None


def _middle(line: tuple[Placed, ...]) -> float:
    return sum(placed.word.box[1] + placed.word.box[3] for placed in line) / (2 * len(line))


def _cell(piece: Piece, page: int, words: tuple[Word, ...]) -> Text:
    return Text(piece.source, piece.pages[0].method, lines_of(words, page, narrow=True))


def _headings(row: _Row) -> dict[str, int]:
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


def _surname(row: _Row, found: Mapping[str, int]) -> dict[str, int]:
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


def _unnamed(row: _Row, found: Mapping[str, int]) -> dict[str, int]:
    """The names' column, its heading lost: it follows the surnames', or is the only blank one."""
    follows = found.get("materno", -2) + 1
    lost = "paterno" in found and "given" not in found and follows not in found.values()
    if lost and 0 < follows < len(row.cells):
        return {"given": follows}
    blank = [n for n, cell in enumerate(row.cells) if n and not cell.string.strip()]
    nameless = "dni" in found and not found.keys() & set(_NAMES)
    return {"names": blank[0]} if nameless and len(blank) == 1 else {}


def _person(kind: PageKind | None, row: _Row, columns: Mapping[str, int]) -> Seen | None:
    numbers = _numbers(row.at(columns["dni"]), kind) if "dni" in columns else _lone(row, kind)
    mails = tuple(_mails(kind, row, columns))
    named = _name(kind, row, columns, tuple(_letters_of(mail) for mail in mails))
    if not numbers and not any(names.is_written(r.value) for r in named):
        return None
    lines = tuple(line for c in row.cells for line in (*c.lines, *_glued(c)))
    seen = Seen(
        names=named,
        dnis=numbers,
        correos=mails,
        context=whole(replace(row.cells[0], lines=lines), kind),
        listed=True,
    )
    several = len(numbers) > 1 or _has_two_numbers(row, columns) or _is_numbered_twice(row)
    return _of_several(seen) if several else seen


def _is_numbered_twice(row: _Row) -> bool:
    """Whether a row in a picture is the third and the fourth of its table, their ruling lost."""
    counted = re.fullmatch(r"\W*([0-9]{1,2})\W+([0-9]{1,2})\W*", row.cells[0].string)
    return row.pictured and counted is not None and int(counted[2]) == int(counted[1]) + 1


def _has_two_numbers(row: _Row, columns: Mapping[str, int]) -> bool:
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


def _glued(cell: Text) -> Iterator[tuple[Placed, ...]]:
    """A cell's words as one line, those that its column may have broken put together again.

    They are read besides the others: «Especialis / ta» names a post, «de / primaria» does too. In
    «Especialist / a por nivel / educativo» only a few letters are a word's end.
    """
    placed = [p for line in cell.lines for p in line]
    broken = [line[0] for line in cell.lines[1:] if line[0].word.text[0].islower()]
    few = [p for p in broken if len(p.word.text) <= _FEW]
    for ends in (broken, few) if few and len(few) < len(broken) else (broken,):
        glued = _put_together(placed, ends)
        if len(glued) < len(placed) and not _has_mail(cell):
            yield glued


_FEW = 2
"""Letters of what a column may have broken off a word."""


def _put_together(placed: list[Placed], ends: list[Placed]) -> tuple[Placed, ...]:
    """A cell's words, each of some ends one with the word before it."""
    glued = placed[:1]
    for one in placed[1:]:
        joins = one in ends and glued[-1].word.text[-1].isalpha()
        glued[-1:] = [_one(glued[-1], one)] if joins else [glued[-1], one]
    return tuple(glued)


def _one(before: Placed, after: Placed) -> Placed:
    (a, page), (b, _) = (before.word, before.page), (after.word, after.page)
    sure = min(a.confidence, b.confidence)
    box = surround((a.box, b.box)) or a.box
    return Placed(replace(a, text=a.text + b.text, box=box, confidence=sure), page)


def _numbers(cell: Text, kind: PageKind | None) -> tuple[Reading, ...]:
    """The number in a cell: a narrow one breaks it over lines, a form boxes its digits."""
    if in_whole := identity.in_cell(cell, kind):
        return in_whole
    where = (cell, 0, len(cell.string), kind)
    found = [*identity.bare_dnis(*where)] or [*identity.dnis(*where)]
    return tuple(f.reading for f in found)


def _lone(row: _Row, kind: PageKind | None) -> tuple[Reading, ...]:
    """The one number of eight digits in a row, where its column's heading was not made out."""
    found = [r for cell in row.cells for r in identity.in_cell(cell, kind) if len(r.value) == 8]
    return tuple(found) if len(found) == 1 else ()


def _letters_of(mail: Reading) -> str:
    """An address's own letters, as it may write a surname."""
    return re.sub(r"[^a-z]", "", mail.value.partition("@")[0])


def _name(
    kind: PageKind | None, row: _Row, columns: Mapping[str, int], written: tuple[str, ...]
) -> tuple[Reading, ...]:
    cells = [row.at(columns[name]) for name in _NAMES if name in columns]
    filled = [c for c in cells if c.string.strip()]
    said = [_joined(c.string, written) for c in filled]
    parts = [names.clean(" ".join(_unbroken(one).split())) for one in said]
    if not parts:
        return ()
    apart = "given" in columns and len(parts) > 1
    value = f"{' '.join(parts[:-1])}, {parts[-1]}" if apart else " ".join(parts)
    together = replace(filled[0], lines=tuple(line for cell in filled for line in cell.lines))
    evidence = replace(together.evidence(0, len(together.string)), words=" ".join(parts))
    broken = "está partido entre dos líneas" if any(map(_is_broken, said)) else None
    unfinished = _unfinished(columns) if row.pictured else None
    post = "parece un cargo, no un nombre" if names.names_a_post(value) else None
    empty = "una de sus celdas está vacía" if row.pictured and len(filled) < len(cells) else None
    long = row.pictured and len(names.tokens(value)) > _LONGEST
    many = "parece de varias personas" if long else None
    doubts = (post, broken, unfinished, empty, many, mention.doubtful(together.method, value))
    doubt = next(filter(None, doubts), None)
    framed = all(len(cell.lines) == 1 for cell in filled)
    reading = Reading(value, kind, evidence, doubt, framed=framed)
    return (reading,) if names.looks_like_name(value) else ()


_LONGEST = 6
"""Words of one person's name but for particles: surnames of three words, three given names."""


def _unfinished(columns: Mapping[str, int]) -> str | None:
    """The doubt about a name of whose columns in a picture one was not made out."""
    surnames = columns.keys() & {"paterno", "materno"}
    if not surnames:
        return None
    if not columns.keys() & {"given", "names"}:
        return "no se leyó la columna de los nombres"
    between = columns.get("given", 0) - columns.get("paterno", 0) > 1
    lost = len(surnames) == 1 and (between or "materno" in surnames)
    return "no se leyó la columna del otro apellido" if lost else None


_BROKEN = re.compile(r"^([^\W\d_][\w-]{7,})\n([^\W\d_]{1,3})[.,;:]?$", re.MULTILINE)


_BEGUN = re.compile(
    rf"\b(?!(?:{'|'.join(names.PARTICLES)})\b)[^\W\d_]{{1,3}}\n[^\W\d_][\w-]{{9,}}", re.IGNORECASE
)
"""A few letters and below them a word too long for the line: SÁN / CHEZ-CONCHA may be one."""


_CUT = re.compile(
    r"^[^\W\d_][\w-]{7,}\n[^\W\d_]{1,4}[.,;:]?$|-[^\W\d_]{1,3}\n[^\W\d_]", re.MULTILINE
)
"""A word as long as its line, below it a few letters that may be its end: SÁNCHEZ-CO / NCHA."""


_ENDED = re.compile(r"(?<![a-z-])(?P<begun>[a-z][a-z-]{6,})\n(?P<end>[a-z]{1,4})$", re.MULTILINE)


def _joined(said: str, written: tuple[str, ...]) -> str:
    """A cell's words, a long one as it was before its line ended: «CHOQUEHUA / NCA».

    No word begins so; and two letters are no name, if the person's address goes on with them.
    """
    folded = fold(said)
    for match in reversed([*_ENDED.finditer(folded)]):
        whole = re.sub(r"[^a-z]", "", match["begun"] + match["end"])
        impossible = _IMPOSSIBLE.match(match["end"])
        short = len(match["end"]) <= _FEW and any(whole in one for one in written)
        if impossible or short:
            at = match.start("end")
            said = said[: at - 1] + said[at:]
    return said


_IMPOSSIBLE = re.compile(r"(?:[nr][b-df-hj-np-tv-xz]|m[bp]|l[b-dfgmnp-tvz])[a-z]")
"""What no word begins with."""


def _is_broken(cell: str) -> bool:
    said = _LONE_END.sub(r"\1\2", cell)
    return _unbroken(said) != said or bool(_BEGUN.search(said) or _CUT.search(said))


_LONE_END = re.compile(r"([^\W\d_][\w-]{6,}[^\W\d_])\n(?![EOYeoy]$)([^\W\d_])$", re.MULTILINE)
"""A long word and one letter below it, which by itself is no name."""


def _unbroken(said: str) -> str:
    """A cell's words, a long one that fills its line joined to the few letters left below it."""
    return _BROKEN.sub(lambda m: m[0] if fold(m[2]) in names.PARTICLES else m[1] + m[2], said)


def _mails(kind: PageKind | None, row: _Row, columns: Mapping[str, int]) -> Iterator[Reading]:
    own = row.at(columns["correo"]) if "correo" in columns else None
    for cell in [own] if own and _has_mail(own) else row.cells:
        line, beside = _one_word(cell), _beside_others(cell)
        for found in identity.correos(line, 0, len(line.string), kind):
            yield found.reading.doubted(beside)


def _beside_others(cell: Text) -> str | None:
    """The doubt whether all of a cell's words are one address: one of them is one by itself.

    «Personal ana@…» is no personalana@…, but a narrow column breaks an address anywhere.
    """
    words = [p.word for line in cell.lines for p in line]
    if not any(identity.is_address(word.text) for word in words):
        return None
    begun = [line[0].word.box[0] for line in cell.lines for _ in line]
    goes_on = all(_goes_on(*pair, left) for pair, left in zip(pairwise(words), begun, strict=False))
    if goes_on and identity.is_address("".join(word.text for word in words)):
        return None
    return "¿es todo lo que hay en la celda una sola dirección?"


def _goes_on(one: Word, other: Word, left: float) -> bool:
    """Whether an address goes on in the next word: at a sign, or where its column ends.

    A line that its column breaks is as wide as the next, but for a letter; a label above an address
    seldom is, and is rather a word with a capital. The line of the first word begins at `left`.
    """
    (_, top, right, bottom), below = one.box, other.box
    wide = right - left + _LETTER * (bottom - top)
    at_the_end = bottom <= (below[1] + below[3]) / 2 and 0 < below[2] - below[0] <= wide
    label = identity.leads(fold(one.text)) or (one.text.isalpha() and one.text.istitle())
    broken = at_the_end and not label
    return broken or one.text[-1] in "._-" or other.text[0] in "._-"


def _has_mail(cell: Text) -> bool:
    return "@" in cell.string


_LETTER = 0.7
"""Heights of a word that the letter is wide which did not fit any more."""


def _one_word(cell: Text) -> Text:
    """A cell's words as one, for addresses a narrow column broke; empty when it holds none."""
    placed = [p for line in cell.lines for p in line]
    if not _has_mail(cell):
        return replace(cell, lines=())
    words = [p.word for p in placed]
    seconds = {w.second for w in words}
    whole = next(iter(seconds)) if len(seconds) == 1 else None  # another reading of all of them
    apart = "".join(w.second or w.text for w in words) if any(seconds) else None
    word = Word(
        text="".join(w.text for w in words),
        box=surround(w.box for w in words) or words[0].box,
        confidence=min(w.confidence for w in words),
        second=whole or apart,
    )
    return replace(cell, lines=((Placed(word, placed[0].page),),))


# ------------------------------------------------------------------ tables in a mail

_GAP = re.compile(r"\s*[|;]\s*|\t+| {3,}")


def in_mail(source: str, raw: str) -> tuple[Seen, ...]:
    """The people in a table pasted into a mail: rows whose cells are set apart by wide gaps."""
    lines = (_GAP.split(line.strip(" |")) for line in raw.splitlines())
    rows = [_Row(tuple(typed(source, c) for c in cells)) for cells in lines if len(cells) > 1]
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
