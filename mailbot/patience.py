"""How long anything outside is waited for; hardly at all once the program was asked to stop.

A timeout of the library bounds one silence; a server that sends a byte now and then is never
silent. So each wait has an end of its own, which cuts the wire. Asked to stop, the program goes on
for a grace, which is enough for most of what is at hand; then every wait is cut.
"""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

GRACE = 5.0
"""Seconds between being asked to stop and cutting what is still waited for."""

Cut = Callable[[], None]


class Stopped(Exception):
    """The program was asked to stop, and did not wait for what it was doing."""


_asked, _over = threading.Event(), threading.Event()
_cuts: set[Cut] = set()
_lock = threading.Lock()


def ask_to_stop(grace: float = GRACE) -> None:
    """Begin nothing new; cut every wait after a grace. May be called by a signal."""
    _asked.set()
    end = threading.Timer(grace, _cut_all)
    end.daemon = True
    end.start()


def stopping() -> bool:
    """Whether the program was asked to stop: nothing new is begun then."""
    return _asked.is_set()


def over() -> bool:
    """Whether the grace is over: what ended just now was cut by us."""
    return _over.is_set()


def _cut_all() -> None:
    with _lock:
        _over.set()
        cuts = tuple(_cuts)
    for cut in cuts:
        with suppress(OSError, ValueError):  # it has just ended by itself
            cut()


@contextmanager
def bounded(cut: Cut, seconds: float | None = None) -> Iterator[None]:
    """Do something that waits: cut after some seconds, or at the end of the grace.

    Stopped when that end has come already.
    """
    with _lock:
        if _over.is_set():
            raise Stopped
        _cuts.add(cut)
    timer = threading.Timer(seconds, cut) if seconds else None
    if timer:
        timer.daemon = True
        timer.start()
    try:
        yield
    finally:
        if timer:
            timer.cancel()
        with _lock:
            _cuts.discard(cut)


def hang_up(wire: socket.socket) -> Cut:
    """What cuts a connection: whoever reads from it finds its end."""

    def cut() -> None:
        with suppress(OSError):
            # the plain method: that of a TLS socket is not made for another thread
            socket.socket.shutdown(wire, socket.SHUT_RDWR)

    return cut
