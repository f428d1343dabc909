"""Opens one attachment, to read or to picture it, in a child that may not eat more than its share.

A hostile file can use gigabytes or loop for ever, and native libraries can die: the child is
limited in memory, processor time, files and wall time, and what comes back is JSON checked
against its type, never a pickle.
"""

import multiprocessing as mp
import resource
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from threading import BoundedSemaphore
from typing import Any

from pydantic import Base64Bytes, TypeAdapter, ValidationError

from mailbot.model import NO_ANCHORS, Anchors, Page, Region, Signature

GIB = 1024**3
CHILDREN = 2
"""Children at work at once, whoever asks: one for each core of a small machine."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use: bytes of address space, seconds of processor and of wall time."""

    memory: int = 3 * GIB
    cpu_seconds: int = 120
    wall_seconds: float = 180.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What the child read; `problem` says in Spanish why it read nothing."""

    pages: tuple[Page, ...] = ()
    problem: str | None = None
    signatures: tuple[Signature, ...] = ()


_ANSWER = TypeAdapter(Answer)
_PICTURES = TypeAdapter(tuple[Base64Bytes, ...])
_PNG = b"\x89PNG\r\n\x1a\n"
_room = BoundedSemaphore(CHILDREN)
_TOO_MUCH = "no se pudo abrir: el archivo exige demasiado o está dañado"


@lru_cache(maxsize=1)
def _context() -> ForkServerContext:
    """Children are forked from a server that has the libraries loaded already."""
    context = mp.get_context("forkserver")
    context.set_forkserver_preload(["__main__", __name__, "mailbot.parsers.crops", "mailbot.cli"])
    return context


def read(
    kind: str, data: bytes, limits: Limits = Limits(), anchors: Anchors = NO_ANCHORS
) -> Answer:
    """Read a file of a sniffed kind in a child; never raises for anything the file does."""
    try:
        return _ANSWER.validate_json(_done(_serve, anchors, (kind.encode(), data), limits))
    except ValidationError:
        return Answer(problem=_TOO_MUCH)


def crop(
    kind: str, data: bytes, regions: tuple[Region, ...], limits: Limits = Limits()
) -> tuple[bytes, ...]:
    """Picture regions of a file in a child: a PNG for each, or nothing if it cannot be done."""
    try:
        pictures = _PICTURES.validate_json(_done(_draw, regions, (kind.encode(), data), limits))
    except ValidationError:
        return ()
    whole = len(pictures) == len(regions) and all(p.startswith(_PNG) for p in pictures)
    return pictures if whole else ()


def _done(
    work: Callable[[Connection, Limits, Any], None],
    how: Anchors | tuple[Region, ...],
    messages: tuple[bytes, ...],
    limits: Limits,
) -> bytes:
    """What a child answers to some messages, once there is room for it; nothing if it failed."""
    with _room:
        ours, theirs = _context().Pipe()
        child = _context().Process(target=work, args=(theirs, limits, how), daemon=True)
        child.start()
        theirs.close()
        try:
            return _ask(ours, messages, limits)
        finally:
            child.kill()
            child.join()
            child.close()
            ours.close()


def _ask(pipe: Connection, messages: tuple[bytes, ...], limits: Limits) -> bytes:
    try:
        for message in messages:
            pipe.send_bytes(message)
        if pipe.poll(limits.wall_seconds):
            return pipe.recv_bytes()
    except (EOFError, OSError):
        pass
    return b""


def _serve(pipe: Connection, limits: Limits, anchors: Anchors) -> None:
    """The child: limit yourself, read one file, answer, end."""
    from mailbot.parsers import reader  # noqa: PLC0415  loaded by the fork server, not by the bot

    _limit(limits)
    kind = pipe.recv_bytes().decode()
    data = pipe.recv_bytes()
    pages, problem = reader.open_file(kind, data)
    signatures = reader.open_signatures(kind, data, anchors)
    pipe.send_bytes(_ANSWER.dump_json(Answer(pages, problem, signatures)))


def _draw(pipe: Connection, limits: Limits, regions: tuple[Region, ...]) -> None:
    """The child: limit yourself, picture places of one file, answer, end."""
    from mailbot.parsers import crops  # noqa: PLC0415  loaded by the fork server, not by the bot

    _limit(limits)
    kind = pipe.recv_bytes().decode()
    pipe.send_bytes(_PICTURES.dump_json(crops.cut(kind, pipe.recv_bytes(), regions)))


def _limit(limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
