"""Processes to open files in, forked from a server that has the libraries loaded; one waits ready.

Forking and ending a process that holds the models takes half as long as reading a typed page
(measured): the next child is made, and the last one laid to rest, while others work.
"""

import multiprocessing as mp
import os
import re
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import lru_cache
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess

from mailbot import patience

AT_WORK = 2
"""Children at work at once, whoever asks: one for each core of a small machine."""

Child = tuple[Connection, ForkServerProcess]
"""Our end of its pipe, and the process: it does the first callable that it is sent, with its own
end as argument, and ends.
"""

_ROOM = threading.BoundedSemaphore(AT_WORK)
_BEHIND = ThreadPoolExecutor(1, thread_name_prefix="children")
"""Makes every child and sees to its end, one thing after another: the lists are its own."""
_ready: list[Child] = []
_ended: list[ForkServerProcess] = []


@contextmanager
def child() -> Iterator[Child]:
    """A child of one's own, once there is room for it; afterwards it is no more.

    Stopped when the program's grace is over before there is one.
    """
    with _ROOM:
        pipe, process = _awaited()
        _BEHIND.submit(_make_ready)
        try:
            yield pipe, process
        finally:
            process.kill()
            pipe.close()
            _BEHIND.submit(_ended.append, process)


def _awaited() -> Child:
    """The next child. A server that is still loading is not waited for when the program ends."""
    with patience.bounded(_end_server):
        try:
            return _BEHIND.submit(_take).result()
        except (EOFError, OSError) as error:
            if patience.over():
                raise patience.Stopped from error
            raise


def settle() -> None:
    """Wait until one child is ready and those before it are gone."""
    _BEHIND.submit(_make_ready).result()


def _take() -> Child:
    """The child that is ready, unless something ended it; else a new one."""
    while _ready:
        pipe, process = _ready.pop()
        if process.is_alive():
            return pipe, process
        pipe.close()
        _ended.append(process)
    return _made()


def _make_ready() -> None:
    """Lay the dead to rest and have one child ready.

    Not if the server would have to be started: that changes our environment for a moment.
    """
    while _ended:
        process = _ended.pop()
        process.join()
        process.close()
    if not _ready and _server_runs():
        _ready.append(_made())


def _made() -> Child:
    if patience.over():  # its server would have to be started, for nothing
        raise patience.Stopped
    ours, theirs = _context().Pipe()
    process = _context().Process(target=_obey, args=(theirs,), daemon=True)
    with _without_secrets():
        process.start()
    theirs.close()
    return ours, process


def _obey(pipe: Connection) -> None:
    """The child: wait for the work, do it, end; end as well when nobody is left to send any."""
    from mailbot.parsers import nursery  # noqa: PLC0415  loaded by the server, not by the bot

    nursery.rehearse()
    try:
        work = pipe.recv()
    except EOFError:
        return
    work(pipe)


# ------------------------------------------------------------------ the server

_SECRET = re.compile(r"^MAILBOT_|PASSW|SECRET|TOKEN|CREDENTIAL|(?:^|_)KEY(?:$|_)", re.IGNORECASE)
_FOR_CHILDREN = {
    "OMP_THREAD_LIMIT": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
}
"""Models on large pages of memory: a process that has them is forked, and ends, in a third of the
time (measured). Other C libraries do not look at it."""
_LOADED = ("__main__", __name__, "mailbot.parsers.sandbox", "mailbot.parsers.nursery")


@lru_cache(maxsize=1)
def _context() -> ForkServerContext:
    """Children of a process with threads are forbidden by newer Pythons, and slower (measured)."""
    context = mp.get_context("forkserver")
    context.set_forkserver_preload(list(_LOADED))
    return context


@contextmanager
def _without_secrets() -> Iterator[None]:
    """The environment a server of children may see; ours for the while that it starts."""
    if _server_runs():
        yield
        return
    ours = dict(os.environ)
    for name in [name for name in ours if _SECRET.search(name)]:
        del os.environ[name]
    os.environ.update(_FOR_CHILDREN)
    try:
        yield
    finally:
        for name in _FOR_CHILDREN:
            os.environ.pop(name, None)
        os.environ.update(ours)


def _server_runs() -> bool:
    """Whether the server of children lives: the next child then starts no new one."""
    pid = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]  # noqa: SLF001  nothing public says it
    try:
        return pid is not None and not os.waitid(os.P_PID, pid, _LOOK)
    except ChildProcessError:
        return False


def _end_server() -> None:
    """Have the server of children end: whoever waits for a child of it hears so."""
    pid = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]  # noqa: SLF001  nothing public says it
    if pid is not None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


_LOOK = os.WEXITED | os.WNOHANG | os.WNOWAIT
