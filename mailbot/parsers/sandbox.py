"""Opens one attachment, to read or to picture it, in a child that may not eat more than its share.

A hostile file can use gigabytes or loop for ever, and native libraries can die or be taken over:
the child is limited in memory, processor time, files and wall time, holds no secret, reaches no
network, and what comes back is JSON of bounded size checked against its type, never a pickle.
"""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from pydantic import Base64Bytes, TypeAdapter, ValidationError

from mailbot import patience
from mailbot.model import NO_ANCHORS, Anchors, Region
from mailbot.parsers import children, confine, problems
from mailbot.parsers.opened import Answer

GIB = 1024**3
MIB = 1024**2


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use: bytes of address space, seconds of processor and of wall time.

    `answer` is the size in bytes of what it may send back: the files in an archive, coded.
    """

    memory: int = 3 * GIB
    cpu_seconds: int = 170
    wall_seconds: float = 180.0
    answer: int = 96 * MIB


_ANSWER = TypeAdapter(Answer)
_PICTURES = TypeAdapter(tuple[Base64Bytes, ...])
_PNG = b"\x89PNG\r\n\x1a\n"
_FENCES = TypeAdapter(tuple[confine.Fence, ...])


def read(
    kind: str,
    data: bytes,
    limits: Limits = Limits(),
    anchors: Anchors = NO_ANCHORS,
    page: int | None = None,
) -> Answer:
    """Read a file of a sniffed kind, or one page of it, in a child.

    Never raises for anything the file does.
    """
    if not data:
        return Answer(problem=problems.EMPTY)
    work, order = partial(_serve, anchors=anchors), f"{kind} {page or ''}"
    try:
        return _ANSWER.validate_json(_converse(work, (order.encode(), data), limits))
    except _Ended as end:
        return Answer(problem=str(end))
    except ValidationError:
        return Answer(problem=problems.DIED)


def crop(
    kind: str, data: bytes, regions: tuple[Region, ...], limits: Limits = Limits()
) -> tuple[bytes, ...]:
    """Picture regions of a file in a child: a PNG for each, or nothing if it cannot be done."""
    work = partial(_draw, regions=regions)
    try:
        pictures = _PICTURES.validate_json(_converse(work, (kind.encode(), data), limits))
    except (_Ended, ValidationError):
        return ()
    whole = len(pictures) == len(regions) and all(p.startswith(_PNG) for p in pictures)
    return pictures if whole else ()


def fences(limits: Limits = Limits()) -> tuple[confine.Fence, ...]:
    """What a child on this machine is kept from, as the child itself finds by trying."""
    try:
        return _FENCES.validate_json(_converse(_try_fences, (), limits))
    except _Ended:
        return ()


# ------------------------------------------------------------------ the parent's side


class _Ended(Exception):
    """The child ended without an answer; the message is the problem to tell."""


_Work = Callable[[Connection, Limits], None]


@dataclass(frozen=True, slots=True)
class _Order:
    """Work and its limits, as a child is told."""

    work: _Work
    limits: Limits

    def __call__(self, pipe: Connection) -> None:
        self.work(pipe, self.limits)


def _converse(work: _Work, messages: tuple[bytes, ...], limits: Limits) -> bytes:
    """The child's answer to some messages, once there is room for it; _Ended when there is none.

    Stopped when the program was asked to stop and its grace is over.
    """
    with (
        children.child() as (pipe, process),
        _watched(process, limits) as late,
        patience.bounded(process.kill),
    ):
        try:
            pipe.send(_Order(work, limits))
            for message in messages:
                pipe.send_bytes(message)
            return pipe.recv_bytes(limits.answer)
        except (EOFError, OSError) as error:
            if patience.over():  # killed by us, for our own sake: it says nothing of the file
                raise patience.Stopped from error
            if late.is_set():
                raise _Ended(problems.SLOW) from error
            if not pipe.readable:  # closed by us: the answer was longer than agreed
                raise _Ended(problems.WORDY) from error
            process.join(5)
            raise _Ended(_why(process.exitcode)) from error


def _why(exitcode: int | None) -> str:
    """What the end of a child tells about its file."""
    if exitcode == -signal.SIGXCPU:
        return problems.SLOW
    if exitcode == -signal.SIGKILL:  # not by us: by the kernel, for want of memory
        return problems.MEMORY
    return problems.DIED


@contextmanager
def _watched(process: ForkServerProcess, limits: Limits) -> Iterator[threading.Event]:
    """An event that is set when the process was too slow; it is then no more."""
    late = threading.Event()

    def stop() -> None:
        late.set()
        process.kill()

    watch = threading.Timer(limits.wall_seconds, stop)
    watch.start()
    try:
        yield late
    finally:
        watch.cancel()
        watch.join()


# ------------------------------------------------------------------ the child's side


def _serve(pipe: Connection, limits: Limits, anchors: Anchors) -> None:
    """The child: limit yourself, read one file, answer, end."""
    from mailbot.parsers import reader  # noqa: PLC0415  loaded by the fork server, not by the bot

    _confine(pipe, limits)
    kind, _, page = pipe.recv_bytes().decode().partition(" ")
    data = pipe.recv_bytes()
    answer = reader.open_file(kind, data, int(page) if page else None)
    if answer.problem is None and not page:
        answer = replace(answer, signatures=reader.open_signatures(kind, data, anchors))
    pipe.send_bytes(_ANSWER.dump_json(answer))


def _draw(pipe: Connection, limits: Limits, regions: tuple[Region, ...]) -> None:
    """The child: limit yourself, picture places of one file, answer, end."""
    from mailbot.parsers import crops  # noqa: PLC0415  loaded by the fork server, not by the bot

    _confine(pipe, limits)
    kind, data = pipe.recv_bytes().decode(), pipe.recv_bytes()
    pipe.send_bytes(_PICTURES.dump_json(crops.cut(kind, data, regions)))


def _try_fences(pipe: Connection, limits: Limits) -> None:
    """The child: limit yourself, and say what you can no longer do."""
    _confine(pipe, limits)
    pipe.send_bytes(_FENCES.dump_json(confine.holding(Path("/etc/hosts"))))


def _confine(pipe: Connection, limits: Limits) -> None:
    """Keep Python, the program and the language data; give up the rest."""
    confine.confine(limits.memory, limits.cpu_seconds, pipe.fileno(), readable())


@lru_cache(maxsize=1)
def readable() -> tuple[Path, ...]:
    """The folders a child may read besides the libraries'."""
    from mailbot.parsers import ocr  # noqa: PLC0415  as above

    folders = [Path(__file__).resolve().parent.parent]
    with suppress(ocr.NoLanguageData):  # the reader says so, if it comes to that
        folders.append(ocr.language_data().resolve())
    return tuple(folders)
