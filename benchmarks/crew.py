"""Two worker processes beside one, on scanned mails, over PostgreSQL: what a second core gains.

Real Dovecot, Postfix and PostgreSQL. Each mail holds one scanned file of two pages. A worker has a
core of its own, as on a machine of its own: otherwise one reads two pages at a time, and uses both.
The workers have their libraries loaded, and have taken some mails, before the clock starts; it
stops when the last mail was taken. Both take the same mails, from an empty database; who begins
changes.
"""

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import postgres
from house import House, write_config
from postgres import Postgres
from rich.console import Console
from servers import Post, running
from soak import CHOTA
from workers import Machine, scanned_mail

from benchmarks.born_digital import Timed, tell
from benchmarks.sandbox import seconds
from mailbot import carrier, ingest
from mailbot.mailbox import open_mailbox
from mailbot.rules import read_rules
from mailbot.store import Store
from mailbot.store.tables import Mail, MailStatus

ROUNDS, MAILS = int(os.environ.get("ROUNDS", "3")), int(os.environ.get("MAILS", "12"))
PATIENCE = 600.0
"""Seconds after which workers that have not taken all mails are taken for dead."""


class Stuck(Exception):
    """The workers do not get on."""


def deliver(house: House, first: int, count: int) -> None:
    """Have mails lie in the inbox."""
    for number in range(first, first + count):
        house.send(scanned_mail(number, f"<crew-{number}@people.example>"), CHOTA)
    house.post._drain()  # noqa: SLF001  the tests' own


def take(house: House) -> None:
    """Fetch what lies there, which calls for workers; until they took it, or Stuck."""
    with open_mailbox(house.rules.settings) as mailbox:
        ingest.ingest(house.desk, mailbox)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with house.store.read() as tx:
            if not tx.query(Mail).filter(Mail.status == MailStatus.NEW).count():
                return
        time.sleep(0.02)
    raise Stuck


@contextmanager
def crew(house: House, count: int) -> Iterator[None]:
    """So many workers at work, warm."""
    machines = [Machine(house.folder, house.folder / f"{n}.log") for n in range(count)]
    for core, machine in enumerate(machines):
        machine.start()
        if machine.popen:
            os.sched_setaffinity(machine.popen.pid, {core})  # and all that it forks
    try:
        deliver(house, 0, 2 * count)
        take(house)
        yield
    finally:
        for machine in machines:
            machine.end(signal.SIGTERM)


def run(folder: Path, post: Post, database: Postgres, count: int) -> float:
    """Seconds that so many workers take for each mail."""
    os.environ["MAILBOT_STORE__URL"] = database.fresh()
    config = write_config(folder, post)
    settings = read_rules(config).settings
    with closing(Store(settings.database, settings.data_keys)) as store:
        carrier.upgrade(store)
    house = House(config, post)
    house.store.carry = carrier.carry
    post.clear()
    with closing(house.store), crew(house, count):
        deliver(house, 100, MAILS)
        spent = seconds(lambda: take(house))
    return spent / MAILS


def main() -> None:
    """Measure turn about, and print a table."""
    os.environ |= {
        "MAILBOT_SECRET": "una clave de prueba de mas de 32 caracteres",
        "MAILBOT_WORKERS__ELSEWHERE": "true",
        "MAILBOT_LIMITS__REQUESTS_PER_DAY": "100000",
        "MAILBOT_LIMITS__ANSWERS_PER_HOUR": "100000",
        "MAILBOT_LIMITS__ANSWERS_PER_DAY": "100000",
        "OMP_THREAD_LIMIT": "1",
    }
    with ExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers = stack.enter_context(running())
        database = stack.enter_context(postgres.running())
        for way in ("IMAP", "SMTP"):
            os.environ[f"MAILBOT_{way}__PASSWORD"] = servers.password
        took: dict[int, list[float]] = {1: [], 2: []}
        for turn in range(ROUNDS):
            for count in (1, 2) if turn % 2 else (2, 1):
                took[count].append(run(root / f"{turn}-{count}", Post(servers), database, count))
    # the gain: how much longer one takes than two
    row = Timed(f"{MAILS} correos escaneados", tuple(took[2]), tuple(took[1]))
    tell(Console(), "Trabajadores sobre PostgreSQL, por correo", ("dos", "uno"), [row])
