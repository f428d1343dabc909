"""Runs the program's commands, each in a process of its own that can be killed at a failpoint.

A process that has everything imported forks one for each command it reads from its standard input,
a JSON object a line; what became of it is answered the same way. The command is the program's own
entry point with its real arguments; the clock is set, passwords are hashed with little work, a file
is read by a child the first time only, and the server of the reader's children is shared between
the runs. Nothing else is other than in service.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, tzinfo
from hashlib import sha256
from multiprocessing import forkserver
from pathlib import Path
from types import TracebackType
from typing import Any, Self

KILLED = -signal.SIGKILL


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended, and the points it reached: ``after pipeline.handle``."""

    status: int
    reached: tuple[str, ...]
    said: str


class Launcher:
    """The process that forks; from ``with`` to the end of its block."""

    def __enter__(self) -> Self:
        place = os.pathsep.join([str(Path(__file__).parent.parent), str(Path(__file__).parent)])
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": place},
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()

    def run(
        self,
        argv: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        now: datetime,
        kill_at: int | None = None,
    ) -> Ran:
        """Run a command; with `kill_at` it is killed on reaching that many points (from 0).

        What it says is appended to ``said.txt`` in the folder.
        """
        order = {
            "argv": list(argv),
            "folder": str(folder),
            "environment": dict(environment),
            "now": now.isoformat(),
            "kill_at": kill_at,
        }
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        status = int(self._process.stdout.readline())
        trace, said = folder / "trace.txt", folder / "said.txt"
        return Ran(status, tuple(trace.read_text().splitlines()), said.read_text()[-2000:])


# ------------------------------------------------------------------ the process that forks


def serve() -> None:
    """Fork for every order until there are no more."""
    from mailbot.parsers import sandbox  # noqa: PLC0415  loaded here, not where it is launched

    _import_everything()
    sandbox.fences()  # the server of children starts, and is shared from here on
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _work(json.loads(line))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201  the protocol


def _import_everything() -> None:
    """What a command imports when it runs, so that no run pays for it."""
    import failpoints  # noqa: PLC0415
    from argon2 import PasswordHasher  # noqa: PLC0415
    from house import NOON  # noqa: PLC0415

    from mailbot import doctor, respond, secrecy, workdays  # noqa: PLC0415

    assert doctor
    workdays.is_working(NOON.date())
    for kind in respond.KINDS:
        respond.load(kind)
    failpoints.sites()
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    secrecy.hashed = lambda secret: quick.hash(secret.get_secret_value())


def _work(order: Mapping[str, Any]) -> None:
    """The child: do as ordered and end."""
    from mailbot.parsers import children  # noqa: PLC0415

    folder = Path(order["folder"])
    out = os.open(folder / "said.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.environ.update(order["environment"])
    os.chdir(folder)
    children._BEHIND = ThreadPoolExecutor(1)  # noqa: SLF001  our parent's thread is not ours
    children._ready.clear()  # noqa: SLF001  nor are its children
    forkserver.ForkServer.ensure_running = _runs_already  # type: ignore[method-assign,assignment]
    _set_clock(datetime.fromisoformat(order["now"]))
    _read_once(folder.parent / "read")
    _watch(folder / "trace.txt", order["kill_at"])
    os._exit(_status(order["argv"]))


def _runs_already(_server: forkserver.ForkServer) -> None:
    """The server of children is our parent's, and it runs."""


def _set_clock(now: datetime) -> None:
    from mailbot.cli import opening  # noqa: PLC0415

    class Standing(datetime):
        """The time stands still during a command."""

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return now.astimezone(tz)

    opening.datetime = Standing  # type: ignore[attr-defined]


def _read_once(kept: Path) -> None:
    """Have what a child answered for a file answered from there the next time."""
    from mailbot.parsers import sandbox  # noqa: PLC0415

    ask = sandbox._converse  # noqa: SLF001  nothing else of reading is touched
    kept.mkdir(exist_ok=True)

    def converse(work: Any, said: tuple[bytes, ...], limits: Any) -> bytes:  # noqa: ANN401
        what = f"{work.func.__name__} {work.keywords.get('regions')}".encode()
        file = kept / sha256(b"\0".join([what, *said])).hexdigest()
        if not file.exists():
            fresh = file.with_suffix(f".{os.getpid()}")
            fresh.write_bytes(ask(work, said, limits))
            fresh.replace(file)
        return file.read_bytes()

    sandbox._converse = converse  # type: ignore[assignment]  # noqa: SLF001


def _watch(trace: Path, kill_at: int | None) -> None:
    """Write every point down as it is reached, and die at the one that is named."""
    import failpoints  # noqa: PLC0415

    written = os.open(trace, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    count = 0

    def reach(when: str, site: str) -> None:
        nonlocal count
        os.write(written, f"{when} {site}\n".encode())
        if count == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        count += 1

    failpoints.install(reach)


def _status(argv: Sequence[str]) -> int:
    import traceback  # noqa: PLC0415

    from mailbot.cli import main  # noqa: PLC0415

    sys.argv = ["mailbot", *argv]
    try:
        main()
    except SystemExit as ended:
        code = ended.code
        sys.stdout.flush()
        return code if isinstance(code, int) else int(code is not None)
    except BaseException:  # noqa: BLE001  shown to whoever launched it
        traceback.print_exc()
        sys.stderr.flush()
        return 99
    return 0


if __name__ == "__main__":
    serve()
