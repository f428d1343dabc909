"""Attachments → documents, and what each page of them is.

Pages are told apart by how they are built (VISTO, CONSIDERANDO, SE RESUELVE …), not by their title
alone: recognition wrecks the script fonts titles are set in. A page without signs of its own
continues the one before it.
"""

import hashlib
import re
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property

from mailbot.model import NO_ANCHORS, Anchors, Attachment, Document, Method, Page, PageKind
from mailbot.parsers import problems, sandbox
from mailbot.parsers.kinds import sniff
from mailbot.parsers.opened import Answer, File
from mailbot.parsers.text import Placed, Text, lines_of, tidy

READERS = 2
"""Attachments read at once: one child for each core of a small machine."""

IGNORED = ("ics", "vcf", "p7s", "asc")
"""Kinds that come along with a mail and are no documents."""

HOLDERS = ("zip", "rar", "7z", "eml", "msg", "tnef", "p7m")
"""Kinds that are nothing but the files in them."""

MAX_DEPTH = 3
"""Files inside files inside files: what lies deeper is not looked for."""

MAX_FILES = 60
"""Files inside the attachments of one mail."""

MAIL_SECONDS = 300.0
"""What opening the attachments of one mail may take in all: other mails wait meanwhile."""

_ONE_PAGE = sandbox.Limits(cpu_seconds=60, wall_seconds=90.0)
"""For a picture that is one of several: a full page takes some seconds."""

_INSIDE = " › "
_TOO_DEEP = "está dentro de demasiados archivos: envíelo suelto, en PDF"
_TOO_MANY = f"los adjuntos contienen más de {MAX_FILES} archivos: envíe solo los del pedido"


@dataclass(frozen=True, slots=True)
class _Parcel:
    """A file waiting to be opened; `place` says where among the others, outer ones first."""

    place: tuple[int, ...]
    file: Attachment


def open_documents(
    attachments: tuple[Attachment, ...],
    anchors: Anchors = NO_ANCHORS,
    seconds: float = MAIL_SECONDS,
) -> tuple[Document, ...]:
    """Open every attachment and the files inside them, a few at a time, each in its own child.

    The pictures in one PDF are shared out as well, so that a long scan keeps all cores busy.
    """
    opened: list[tuple[tuple[int, ...], Document]] = []
    files = [a for a in attachments if a.type not in IGNORED]
    parcels = [_Parcel((n,), file) for n, file in enumerate(files)]
    until, left = time.monotonic() + seconds, MAX_FILES
    with ThreadPoolExecutor(READERS) as pool:
        while parcels:
            begun = [pool.submit(_read, pool, parcel, until, anchors) for parcel in parcels]
            found = [(p, _whole(*one.result())) for p, one in zip(parcels, begun, strict=True)]
            opened += [(p.place, _document(p.file, a)) for p, a in found if a.pages or not a.files]
            inner = [q for p, a in found for q in _inside(p, a)]
            opened += [(q.place, _unread(q.file, _TOO_MANY)) for q in inner[left:][:1]]
            parcels = inner[:left]
            left -= len(parcels)
    return tuple(document for _, document in sorted(opened, key=lambda one: one[0]))


_Later = tuple[Future[Answer], ...]


def _read(
    pool: ThreadPoolExecutor, parcel: _Parcel, until: float, anchors: Anchors
) -> tuple[Answer, _Later]:
    """What a file holds, and its pictures that are still being recognised."""
    if len(parcel.place) > MAX_DEPTH + 1:
        return Answer(problem=_TOO_DEEP), ()
    answer = _in_time(parcel.file, until, sandbox.Limits(), anchors)
    left = (page.number for page in answer.pages if page.method is Method.PICTURE)
    return answer, tuple(pool.submit(_recognised, parcel.file, n, until) for n in left)


def _recognised(file: Attachment, number: int, until: float) -> Answer:
    return _in_time(file, until, _ONE_PAGE, page=number)


def _in_time(
    file: Attachment,
    until: float,
    limits: sandbox.Limits,
    anchors: Anchors = NO_ANCHORS,
    page: int | None = None,
) -> Answer:
    """What is read in the time left; what the mail's other files took is not this one's fault."""
    left = until - time.monotonic()
    if left <= 0:
        return Answer(problem=problems.BUDGET)
    if left >= limits.wall_seconds:
        return sandbox.read(file.type, file.data, limits, anchors, page)
    answer = sandbox.read(file.type, file.data, replace(limits, wall_seconds=left), anchors, page)
    return replace(answer, problem=problems.BUDGET) if answer.problem == problems.SLOW else answer


def _whole(answer: Answer, later: _Later) -> Answer:
    """The answer with its pictures recognised; what one of them lacks, all of it lacks."""
    read = {page.number: page for page in answer.pages}
    for number, future in enumerate(later, start=1):
        one = future.result()
        if one.problem:
            _ = [rest.cancel() for rest in later[number:]]
            return Answer(problem=one.problem)
        read |= {page.number: page for page in one.pages if page.number in read}
    return replace(answer, pages=tuple(read.values()))


def _document(file: Attachment, answer: Answer) -> Document:
    problem = answer.problem
    if problem:
        problem = problems.under_name(problem, file.name, file.type)
    return Document(file.name, file.sha256, answer.pages, problem, answer.signatures)


def _unread(file: Attachment, problem: str) -> Document:
    return Document(file.name, file.sha256, problem=problem)


def _inside(parcel: _Parcel, answer: Answer) -> Iterator[_Parcel]:
    """The files in a file, named after it: ``EXP.zip › OFICIO 12.pdf``."""
    for number, file in enumerate(answer.files):
        inner = _attachment(parcel.file.name, number + 1, file)
        if inner.data and inner.type not in IGNORED:
            yield _Parcel((*parcel.place, number), inner)


def _attachment(around: str, number: int, file: File) -> Attachment:
    kind = sniff(file.data)
    name = tidy(file.name).strip(". ")[:120] or f"archivo-{number}.{kind}"
    sha256 = hashlib.sha256(file.data).hexdigest()
    return Attachment(f"{around}{_INSIDE}{name}", kind, file.data, sha256)


def named(names: Collection[str], attachments: Iterable[Attachment]) -> Iterator[Attachment]:
    """The attachments, and the files inside them on the way to documents of these names.

    What a PDF carries along is not looked for: to find it, all of the PDF would be read again.
    """
    for file in attachments:
        yield file
        if file.type in HOLDERS and any(name.startswith(file.name + _INSIDE) for name in names):
            inner = _inside(_Parcel((), file), sandbox.read(file.type, file.data))
            yield from named(names, (parcel.file for parcel in inner))


# ------------------------------------------------------------------ pieces


@dataclass(frozen=True)
class Piece:
    """Consecutive pages of one file that make one document."""

    source: str
    kind: PageKind
    pages: tuple[Page, ...]

    @cached_property
    def text(self) -> Text:
        """All words of the pages, line by line; the feet of the pages come last.

        So what runs over a page's end reads on, and an office's address is no person's.
        """
        lines = [(p, line) for p in self.pages for line in lines_of(p.words, p.number)]
        body = (line for page, line in lines if not _is_foot(page, line))
        feet = (line for page, line in lines if _is_foot(page, line))
        return Text(self.source, self.pages[0].method, (*body, *feet))

    @property
    def legible(self) -> bool:
        """Whether what is absent from the text is absent from the paper."""
        words = [w for p in self.pages for w in p.words]
        sure = sum(w.confidence for w in words) / len(words) if words else 0.0
        return all(p.method is Method.TEXT for p in self.pages) or sure > 0.8


def pieces(document: Document) -> tuple[Piece, ...]:
    """A file cut into the documents it holds."""
    return tuple(_cut(document.name, document.pages))


def _cut(source: str, pages: tuple[Page, ...]) -> Iterator[Piece]:
    run: list[Page] = []
    kind = PageKind.OTHER
    for page in pages:
        found, begins = kind_of(page)
        if run and (begins or found not in (PageKind.OTHER, kind)):
            yield Piece(source, kind, tuple(run))
            run = []
        if not run:
            kind = found
        run.append(page)
    if run:
        yield Piece(source, kind, tuple(run))


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
    folded = Text("", page.method, lines_of(page.words, page.number)).folded
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
