"""Opens one attachment in a child process that may not eat more than its share.

A hostile file can use gigabytes or loop for ever, and native libraries can die: the child is
limited in memory, processor time, files and wall time, and what comes back is JSON checked
against its type, never a pickle.
"""

import multiprocessing as mp
import resource
from dataclasses import dataclass, replace
from functools import lru_cache
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext

from pydantic import TypeAdapter, ValidationError

from mailbot.model import NO_ANCHORS, Anchors
from mailbot.parsers.opened import Answer

GIB = 1024**3


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use: bytes of address space, seconds of processor and of wall time."""

    memory: int = 3 * GIB
    cpu_seconds: int = 120
    wall_seconds: float = 180.0


_ANSWER = TypeAdapter(Answer)
_TOO_MUCH = "no se pudo abrir: el archivo exige demasiado o está dañado"


@lru_cache(maxsize=1)
def _context() -> ForkServerContext:
    """Children are forked from a server that has the libraries loaded already."""
    context = mp.get_context("forkserver")
    context.set_forkserver_preload(["__main__", __name__, "mailbot.parsers.reader"])
    return context


def read(
    kind: str, data: bytes, limits: Limits = Limits(), anchors: Anchors = NO_ANCHORS
) -> Answer:
    """Read a file of a sniffed kind in a child; never raises for anything the file does."""
    ours, theirs = _context().Pipe()
    child = _context().Process(target=_serve, args=(theirs, limits, anchors), daemon=True)
    child.start()
    theirs.close()
    try:
        return _ask(ours, kind, data, limits)
    finally:
        child.kill()
        child.join()
        child.close()
        ours.close()


def _ask(pipe: Connection, kind: str, data: bytes, limits: Limits) -> Answer:
    try:
        pipe.send_bytes(kind.encode())
        pipe.send_bytes(data)
        if pipe.poll(limits.wall_seconds):
            return _ANSWER.validate_json(pipe.recv_bytes())
    except (EOFError, OSError, ValidationError):
        pass
    return Answer(problem=_TOO_MUCH)


def _serve(pipe: Connection, limits: Limits, anchors: Anchors) -> None:
    """The child: limit yourself, read one file, answer, end."""
    from mailbot.parsers import reader  # noqa: PLC0415  loaded by the fork server, not by the bot

    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    kind = pipe.recv_bytes().decode()
    data = pipe.recv_bytes()
    signatures = reader.open_signatures(kind, data, anchors)
    answer = replace(reader.open_file(kind, data), signatures=signatures)
    pipe.send_bytes(_ANSWER.dump_json(answer))
