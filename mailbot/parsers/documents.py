"""Attachments → documents: each opened in its child, and the files inside it.

What the pages of a document are, and which belong together, `pieces` tells.
"""

import hashlib
import time
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

from mailbot.model import NO_ANCHORS, Anchors, Attachment, Document, Method
from mailbot.parsers import problems, sandbox
from mailbot.parsers.kinds import sniff
from mailbot.parsers.opened import Answer, File
from mailbot.parsers.text import tidy

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
