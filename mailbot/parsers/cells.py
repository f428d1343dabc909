"""The cells of one person in a table → their name, number and addresses. Pure.

A narrow column breaks words, numbers and addresses over its lines: they are put together, and in
doubt where two words might stand there.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from mailbot.model import PageKind, Reading, Word
from mailbot.parsers import identity, mention, names
from mailbot.parsers.rows import NAMES, Row
from mailbot.parsers.text import Placed, Text, fold, surround


def glued(cell: Text) -> Iterator[tuple[Placed, ...]]:
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


def numbers(kind: PageKind | None, row: Row, columns: Mapping[str, int]) -> tuple[Reading, ...]:
    """The numbers in their cell; the only one of the row, where its heading was not made out."""
    return _numbers(row.at(columns["dni"]), kind) if "dni" in columns else _lone(row, kind)


def _numbers(cell: Text, kind: PageKind | None) -> tuple[Reading, ...]:
    """The number in a cell: a narrow one breaks it over lines, a form boxes its digits."""
    if in_whole := identity.in_cell(cell, kind):
        return in_whole
    where = (cell, 0, len(cell.string), kind)
    found = [*identity.bare_dnis(*where)] or [*identity.dnis(*where)]
    return tuple(f.reading for f in found)


def _lone(row: Row, kind: PageKind | None) -> tuple[Reading, ...]:
    found = [r for cell in row.cells for r in identity.in_cell(cell, kind) if len(r.value) == 8]
    return tuple(found) if len(found) == 1 else ()


def _letters_of(mail: Reading) -> str:
    """An address's own letters, as it may write a surname."""
    return re.sub(r"[^a-z]", "", mail.value.partition("@")[0])


def named(
    kind: PageKind | None, row: Row, columns: Mapping[str, int], addressed: Sequence[Reading]
) -> tuple[Reading, ...]:
    """The name in its cells, in doubt where it may be broken, cut short or another's as well.

    `addressed` are the person's addresses: their letters tell where a broken word goes on.
    """
    written = [_letters_of(mail) for mail in addressed]
    cells = [row.at(columns[name]) for name in NAMES if name in columns]
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


def _joined(said: str, written: Sequence[str]) -> str:
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


def mails(kind: PageKind | None, row: Row, columns: Mapping[str, int]) -> Iterator[Reading]:
    """The addresses in their cell, or anywhere in the row."""
    own = row.at(columns["correo"]) if "correo" in columns else None
    for cell in [own] if own and _has_mail(own) else row.cells:
        line, beside = one_word(cell), _beside_others(cell)
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


def one_word(cell: Text) -> Text:
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
