"""What systemd is told: that the service is ready, and that its work advances.

The home of systemd_watchdog. Without systemd (no NOTIFY_SOCKET) nothing is said.
"""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from systemd_watchdog.systemd_watchdog import WatchDog


@contextmanager
def reporting() -> Iterator[Callable[[], None]]:
    """Say that the service is ready; what it gives says that the work has advanced."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        dog = WatchDog(sock)

        def alive() -> None:
            with suppress(OSError):  # nobody listens any more: no reason to stop working
                dog.notify()

        with suppress(OSError):
            dog.ready()
        yield alive
