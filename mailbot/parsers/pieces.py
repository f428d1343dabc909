"""Documents → pieces: what each page is, and which pages make one paper. Pure.

Pages are told apart by how they are built (VISTO, CONSIDERANDO, SE RESUELVE …), not by their title
alone: recognition wrecks the script fonts titles are set in. A page without signs of its own
continues the one before it; one that was photographed by itself, where the letter ends on it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, islice, takewhile

from mailbot.model import Document, Method, Page, PageKind
from mailbot.parsers.text import Leaf, Placed, Text, lines_of


@dataclass(frozen=True)
class Piece:
    """Consecutive pages that make one document: of a file, or each photographed by itself.

    `source` is the file it begins in, `files` those of all pages where they lie in several.
    """

    source: str
    kind: PageKind
    pages: tuple[Page, ...]
    files: tuple[str, ...] = ()

    @cached_property
    def leaves(self) -> tuple[Leaf, ...]:
        """Where each page lies."""
        files = self.files or (self.source,) * len(self.pages)
        return tuple(Leaf(file, p.number) for file, p in zip(files, self.pages, strict=True))

    @cached_property
    def text(self) -> Text:
        """All words of the pages, line by line; the feet of the pages come last.

        So what runs over a page's end reads on, and an office's address is no person's.
        """
        leaves = zip(self.pages, self.leaves, strict=True)
        lines = [(page, line) for page, leaf in leaves for line in lines_of(page.words, leaf)]
        body = (line for page, line in lines if not _is_foot(page, line))
        feet = (line for page, line in lines if _is_foot(page, line))
        return Text(self.source, self.pages[0].method, (*body, *feet))

    @property
    def legible(self) -> bool:
        """Whether what is absent from the text is absent from the paper."""
        return legible(self.pages)


def legible(pages: Sequence[Page]) -> bool:
    """Whether pages are text, or pictures whose words are sure on the whole."""
    words = [w for p in pages for w in p.words]
    sure = sum(w.confidence for w in words) / len(words) if words else 0.0
    return all(p.method is Method.TEXT for p in pages) or sure > _LEGIBLE


_LEGIBLE = 0.8


def pieces(documents: Iterable[Document]) -> tuple[Piece, ...]:
    """Files cut into the documents they hold; sheets photographed one by one are put together."""
    files = groupby(enumerate(documents), lambda one: -1 if _is_sheet(one[1]) else one[0])
    runs = ([_Read(d.name, p, _is_sheet(d)) for _, d in run for p in d.pages] for _, run in files)
    return tuple(piece for run in runs for piece in _cut(run))


def _is_sheet(document: Document) -> bool:
    """Whether a file is a picture of one page alone."""
    return [page.method for page in document.pages] == [Method.OCR]


@dataclass(frozen=True)
class _Read:
    """A page of a file, and whether it is the file's only one, and a picture."""

    file: str
    page: Page
    alone: bool

    @cached_property
    def folded(self) -> str:
        """Its words, folded."""
        return _folded(self.page)

    @cached_property
    def kind(self) -> tuple[PageKind, bool]:
        """What it is, and whether a document begins on it."""
        return kind_of(self.page)


def _cut(pages: Sequence[_Read]) -> Iterator[Piece]:
    run: list[_Read] = []
    for place, one in enumerate(pages):
        if run and not _goes_on(run, pages, place):
            yield _piece(run)
            run = []
        run.append(one)
    if run:
        yield _piece(run)


def _piece(run: Sequence[_Read]) -> Piece:
    pages, files = tuple(one.page for one in run), tuple(one.file for one in run)
    return Piece(files[0], run[0].kind[0], pages, files)


def _goes_on(run: Sequence[_Read], pages: Sequence[_Read], place: int) -> bool:
    """Whether the page at a place continues those before it."""
    one = pages[place]
    (kind, _), (found, begins) = run[0].kind, one.kind
    if begins or found not in (PageKind.OTHER, kind):
        return False
    if found is PageKind.OTHER:
        return not one.alone or _ends_in(kind, run, islice(pages, place, None))
    return not all(_RECITALS.search(two.folded) for two in (run[0], one))


def _ends_in(kind: PageKind, run: Sequence[_Read], rest: Iterable[_Read]) -> bool:
    """Whether a letter that did not end yet ends in what was photographed right after it."""
    if kind not in _FAREWELLS or any(_FAREWELLS[kind].search(one.folded) for one in run):
        return False
    alike = takewhile(lambda one: one.kind[0] is PageKind.OTHER and legible([one.page]), rest)
    return any(_FAREWELLS[kind].search(one.folded) for one in alike)


_RECITALS = re.compile(r"^[^\w\n]*considerando\W*$", re.MULTILINE)
"""An act has one such heading."""
_GREETED = re.compile(
    r"^[^\w\n]*(?:muy )?(?:a?tentamente|atte|cordialmente|respetuosamente)\b", re.MULTILINE
)
_FAREWELLS = {
    PageKind.OFICIO: _GREETED,
    PageKind.SOLICITUD: _GREETED,
    PageKind.RD: re.compile(r"\b(?:registrese|comuniquese)\b"),
}
"""What stands below all a letter says, once."""


_FOOT = 0.935
"""Below this part of a page's height stand the office's address and the page number."""


def _is_foot(page: Page, line: tuple[Placed, ...]) -> bool:
    return min(placed.word.box[1] for placed in line) > _FOOT * page.height


# ------------------------------------------------------------------ what a page is

_NUMBER = r"(?:n\s?(?:[^\w\s]|o){0,3}|nro\.?|numero)\s*[:_-]*\s*\d"
_SIGNS: Mapping[PageKind, tuple[tuple[float, str], ...]] = {
    PageKind.RD: (
        (3, r"se\s+resuelve"),
        (2, r"\bconsiderando\b"),
        (2, r"^[^\S\n]*vistos?\b[\s,;:]"),
        (1, r"^[^\S\n]*articulo\s+(?:\d|primero|segundo|tercero|unico)"),
        (2, r"^[^\w\n]*resolucion\s+(?:directoral|gerencial|ejecutiva|jefatural|(?:vice)?minist)"),
        (2, r"registrese,?\s+(?:y\s+)?comuniquese"),
        (1, r"estando\s+a\s+lo\s+(?:opinado|actuado|informado|dispuesto)"),
        (1, r"de\W{1,3}conformidad\s+con\s+"),
    ),
    PageKind.OFICIO: (
        (3, rf"^[^\w\n]*oficio\b.{{0,20}}{_NUMBER}"),
        (2, r"^[^\w\n]*oficio\b"),
        (2, r"^[^\w\n]*asunto\b"),
        (1, r"^[^\w\n]*(?:referencia|ref\.?)\b"),
        (1, r"presente\s?\.?\s?[-–]"),
        (1, r"(?:tengo\s+el\s+agrado|es\s+grato|me\s+dirijo|tengo\s+a\s+bien)"),
        (1, r"de\s+mi\s+(?:mayor\s+|especial\s+)?consideracion"),
        (1, r"^[^\w\n]*atentamente\b"),
        (0.5, r"^[^\w\n]*senor(?:a|es)?\b"),
    ),
    PageKind.SOLICITUD: (
        (3, r"^[^\w\n]*(?:sumilla|solicito)\b\s*:?"),
        (2, r"^[^\w\n]*(?:formulario\s+unico\s+de\s+tramite|f\.?u\.?t\.?)\b"),
        (2, r"^[^\w\n]*yo,?\s"),
        (1, r"ante\s+usted\s+(?:con\s+(?:el\s+)?debido\s+respeto\s+)?me\s+presento"),
        (1, r"por\s+lo\s+(?:tanto|expuesto)"),
        (1, r"ruego\s+a\s+usted|es\s+justicia\s+que\s+espero"),
    ),
    PageKind.S09: (
        (5, r"(?:formulario|formato|ficha)\W{0,3}[s5$8]{0,2}\W{0,2}[0o]?9\b|^[^\w\n]*s\W?0?9\b"),
    ),
    PageKind.DNI: (
        (3, r"documento\s+nacional\s+de\s+identidad.{0,40}$"),
        (2, r"registro\s+nacional\s+de\s+identificacion"),
        (1, r"republica\s+del\s+peru"),
        (2, r"(?:primer|segundo)\s+apellido"),
        (1, r"pre\s?nombres"),
        (1, r"estado\s+civil|grupo\s+de\s+votacion|fecha\s+(?:de\s+)?(?:emision|caducidad)"),
        (3, r"[i1l]<per|<<<<"),
    ),
}
_PATTERNS = {
    kind: tuple((weight, re.compile(p, re.MULTILINE)) for weight, p in signs)
    for kind, signs in _SIGNS.items()
}
_ENOUGH = 3.0
_BEGINS = {
    PageKind.RD: re.compile(r"^[^\w\n]*(?:resolucion\s*\w+|vistos?\b)", re.MULTILINE),
    PageKind.OFICIO: re.compile(r"^[^\w\n]*(?:oficio\b|asunto\b)", re.MULTILINE),
    PageKind.SOLICITUD: re.compile(r"^[^\w\n]*(?:sumilla|solicito)\b", re.MULTILINE),
}

_BODY = re.compile(
    r"\bconsiderando\b|\bde\W{1,3}conformidad\b|s\s?e\s+resuelve|^[^\w\n]*articulo\b", re.MULTILINE
)
"""What stands below a resolution's title: a line that cites another one there begins nothing."""


def kind_of(page: Page) -> tuple[PageKind, bool]:
    """What a page is by the weight of its signs, and whether a document begins on it."""
    folded = _folded(page)
    scores = {
        kind: sum(weight for weight, pattern in patterns if pattern.search(folded))
        for kind, patterns in _PATTERNS.items()
    }
    best = max(scores, key=lambda kind: scores[kind])
    if scores[best] < _ENOUGH:
        return PageKind.OTHER, False
    begins, body = _BEGINS.get(best), _BODY.search(folded) if best is PageKind.RD else None
    head = folded[: body.start()] if body else folded
    return best, begins is None or bool(begins.search(head))


def _folded(page: Page) -> str:
    return Text("", page.method, lines_of(page.words, Leaf("", page.number))).folded
