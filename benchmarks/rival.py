"""Beside django-helpdesk, what somebody might take instead: both read the same mailbox.

It makes a ticket of each mail and keeps the attachments unread; ours reads them, checks them and
asks who decides. It lives in .rival, an environment of its own. Turn about, as everywhere here.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from house import BOT, House, write_config
from rich.console import Console
from servers import Post, running

from benchmarks.born_digital import Timed, tell
from benchmarks.chain import warm
from benchmarks.invented import requests
from mailbot import schedule

HERE = Path(__file__).resolve().parent
HOME = HERE.parent / ".rival"
MAILS, ROUNDS = 24, 5


def made_ready() -> Path:
    """The Python of .rival, with the rival in it."""
    python = HOME / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", HOME], check=True)
    pip = [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    subprocess.run([*pip, "-r", HERE / "rival.txt"], check=True)
    return python


def theirs(python: Path, post: Post, folder: Path) -> float:
    """Seconds a mail of django-helpdesk's."""
    where = [str(post.servers.imap_port), BOT, post.servers.password]
    told = subprocess.run(
        [python, "-P", HERE / "rival_side.py", folder, *where],
        capture_output=True,
        text=True,
        check=False,
    )
    if told.returncode:
        sys.exit(told.stderr[-2000:])
    seconds, tickets = told.stdout.split()
    if int(tickets) != MAILS:
        sys.exit(f"django-helpdesk hizo {tickets} de {MAILS}: {told.stderr[-500:]}")
    return float(seconds) / MAILS


def ours(post: Post, folder: Path) -> float:
    """Seconds a mail of ours: fetched, read, checked, asked about, and moved away."""
    house = House(write_config(folder, post), post)
    warm(house)  # as theirs: what is done once in its life is done before the clock runs
    began = time.perf_counter()
    done = schedule.one_pass(house.desk)
    seconds = time.perf_counter() - began
    house.store.close()
    if done.processed != MAILS:
        sys.exit(f"mailbot atendió {done.processed} de {MAILS}")
    return seconds / MAILS


def main() -> None:
    """Fill the mailbox, have one read it, fill it again for the other."""
    python = made_ready()
    os.environ.setdefault("MAILBOT_SECRET", "una clave de prueba de mas de 32 caracteres")
    with tempfile.TemporaryDirectory() as folder, running() as servers:
        os.environ["MAILBOT_IMAP__PASSWORD"] = os.environ["MAILBOT_SMTP__PASSWORD"] = (
            servers.password
        )
        post = Post(servers)
        pairs = [_pair(post, python, Path(folder) / str(turn)) for turn in range(ROUNDS)]
    _print(pairs)


def _pair(post: Post, python: Path, folder: Path) -> tuple[float, float]:
    found = []
    for which in ("theirs", "ours"):
        post.clear()
        for sender, raw in requests(MAILS):
            post.deliver(raw, sender, [BOT])
        post._drain()  # noqa: SLF001  the tests' own
        way = (
            theirs(python, post, folder / which)
            if which == "theirs"
            else ours(post, folder / which)
        )
        found.append(way)
    return found[0], found[1]


def _print(pairs: list[tuple[float, float]]) -> None:
    them, us = (tuple(column) for column in zip(*pairs, strict=True))
    title = f"Un buzón de {MAILS} correos con texto, por correo"
    names = ("django-helpdesk (no lee los PDF)", "mailbot (los lee y pregunta)")
    tell(Console(), title, names, [Timed("get_email, y una pasada", them, us)])


if __name__ == "__main__":
    main()
