"""Kill the workers: several machines over PostgreSQL, kills and faults at random, then a count.

Two processes that want to read the mailbox and three workers (one with its clock minutes ahead)
over real Dovecot, Postfix and PostgreSQL. Mails come in, scanned ones among them, a robot answers
as the administrators do. Workers and the reader are killed, one in the middle of a scan; one is
stopped for longer than its lease and goes on; PostgreSQL is restarted in mid-flight, Dovecot and
Postfix are stopped. In the end everything is brought to rest by the workers, and counted.

    WORKERS_MINUTES=5 SEED=1 python tests/workers.py
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import documents as d
import mails
import postgres
import servers as s
from house import BOT, write_config
from postgres import Postgres
from soak import CHOTA, HOLDERS, STARTS, Process, Servers, Soak
from sqlalchemy.exc import OperationalError

from mailbot import carrier
from mailbot.desk import Desk
from mailbot.rules import read_rules
from mailbot.store import Store, leases
from mailbot.store.tables import Lease, Letter, LetterStatus, Mail, MailStatus

SKEW = "+420s"
"""How far the third worker's clock is ahead."""
LEASE = 5
FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
CALM_SECONDS = 600.0
MOST_WAITING = 10


SCANS = 6


@cache
def _scanned(number: int) -> bytes:
    """Papers that have to be recognised: an oficio and a resolution about one of some people."""
    who = d.Person("Quispe Rojas", "Ana", f"{42_990_000 + number}", HOLDERS)
    head = d.Signatory("Mg. Gonzalo Olivera Requejo", "DIRECTOR DE LA UGEL CHOTA")
    office = d.ugel("060004", "Chota", "Cajamarca", head)
    papers = d.merge(d.oficio(office=office, people=[who]), d.rd(office=office, people=[who]))
    return d.scan(papers, seed=number)


def scanned_mail(number: int, message_id: str) -> bytes:
    """A request of the UGEL with such papers."""
    return mails.compose(
        CHOTA,
        BOT,
        "Alta de especialista SIAGIE UGEL Chota",
        text="Remito.",
        attachments=[mails.File("ESCANEADO.pdf", _scanned(number))],
        message_id=message_id,
        authenticated=False,
    )


@dataclass
class Machine(Process):
    """A process of the bot on a machine: a reader or a worker, perhaps with a clock of its own."""

    words: tuple[str, ...] = ("worker",)
    ahead: str = ""

    def start(self) -> None:
        """Start it."""
        skewed = {"LD_PRELOAD": str(FAKETIME), "FAKETIME": self.ahead}
        skewed["FAKETIME_DONT_FAKE_MONOTONIC"] = "1"
        with self.log.open("ab") as log:
            self.popen = subprocess.Popen(
                [sys.executable, "-c", STARTS, "--config", str(self.folder), *self.words],
                stdout=log,
                stderr=log,
                cwd=self.folder.parent,
                env={
                    **os.environ,
                    "PYTHONPATH": str(Path(__file__).parent.parent),
                    "OMP_THREAD_LIMIT": "1",
                    **(skewed if self.ahead else {}),
                },
            )
        self.starts += 1

    def is_dead(self) -> bool:
        """Whether it ended, by itself or not."""
        return self.popen is None or self.popen.poll() is not None


@dataclass
class Fleet(Soak):
    """One run over several machines."""

    database: Postgres | None = None
    machines: list[Machine] = field(default_factory=list)
    revived: int = 0

    @cached_property
    def store(self) -> Store:
        """What the bot remembers, to look at."""
        settings = read_rules(self.folder / "config").settings
        return Store(settings.database, settings.data_keys)

    @property
    def workers(self) -> list[Machine]:
        """The machines that work."""
        return [m for m in self.machines if m.words[0] == "worker"]

    # ---------------------------------------------------------- what people do

    def write(self) -> None:
        """Somebody writes: mostly as in the soak, now and then papers that were scanned."""
        if self.random.random() < 0.05:
            self.write_scanned()
        else:
            super().write()

    def write_scanned(self) -> str:
        """A request whose papers have to be recognised."""
        name = f"<soak-{len(self.fed)}@people.example>"
        raw = scanned_mail(len(self.fed) % SCANS, name)
        self.post.deliver(raw, CHOTA, [BOT])
        self.fed.append(name)
        return name

    # ---------------------------------------------------------- what goes wrong

    def fault(self, *, kills: bool) -> None:
        """One thing goes wrong."""
        ways: dict[str, tuple[int, Callable[[], object]]] = {
            "worker SIGKILL": (6, lambda: self.random.choice(self.workers).end(signal.SIGKILL)),
            "SIGKILL in mid-OCR": (5, self._kill_reading),
            "reader SIGKILL": (2, self._kill_reader),
            "worker frozen past its lease": (2, self._freeze),
            "postgresql restarted": (2, self._restart_database),
            "dovecot stopped": (1, lambda: self.servers.restart("dovecot", 2)),
            "postfix stopped": (1, lambda: self.servers.restart("postfix", 2)),
        }
        assert kills
        (name,) = self.random.choices(list(ways), [weight for weight, _ in ways.values()])
        if ways[name][1]() is not False:
            self.faults[name] += 1

    def _kill_reading(self) -> bool:
        """Kill whoever reads a scan: a mail that has just come, and is under way."""
        name = self.write_scanned()
        end = time.monotonic() + 60
        while time.monotonic() < end:
            self.keep_alive()
            if machine := self._at(name):
                time.sleep(self.random.uniform(0.1, 0.8))
                machine.end(signal.SIGKILL)
                return True
            time.sleep(0.05)
        return False

    def _at(self, message_id: str) -> Machine | None:
        """The machine that is at a mail."""
        with self.store.read() as tx:
            crew = tx.query(Lease).all()
            known = {f"mail:{m.id}": m.message_id for m in tx.query(Mail)}
        for lease in crew:
            if known.get(lease.name, "") == message_id:
                pid = int(lease.holder.rpartition(":")[2])
                return next((m for m in self.workers if m.popen and m.popen.pid == pid), None)
        return None

    def _kill_reader(self) -> None:
        """Kill whoever reads; the other one has to have its turn within a minute."""
        with self.store.read() as tx:
            before = leases.crew(tx).reader
        for machine in self.machines:
            if before and machine.popen and before.endswith(f":{machine.popen.pid}"):
                machine.end(signal.SIGKILL)

    def _freeze(self) -> None:
        """Stop a worker for longer than its lease: it wakes up to find that it was given up."""
        machine = self.random.choice(self.workers)
        if machine.popen:
            machine.popen.send_signal(signal.SIGSTOP)
            time.sleep(LEASE + 3)
            machine.popen.send_signal(signal.SIGCONT)

    def _restart_database(self) -> None:
        assert self.database
        self.database.server("stop")  # at once, in the middle of everything
        time.sleep(1)
        self.database.server("start")

    def keep_alive(self) -> None:
        """What a service manager does: start whoever has ended."""
        for machine in self.machines:
            if machine.is_dead():
                machine.start()
                self.revived += 1

    # ---------------------------------------------------------- the run

    def run(self, seconds: float) -> str:
        """Let it go on for a while, then come to rest; what was counted."""
        began = time.monotonic()
        next_fault = began + 15
        while time.monotonic() < began + seconds:
            self.keep_alive()
            if self._backlog() < MOST_WAITING:  # a slow machine is not to be buried
                self.write()
            self.answer()
            if time.monotonic() > next_fault:
                self._whatever_the_database_does(lambda: self.fault(kills=True))
                next_fault = time.monotonic() + self.random.uniform(3, 10)
            time.sleep(self.random.uniform(0.5, 2))
        took, left = self._rest_by_workers()
        for machine in self.machines:
            machine.end(signal.SIGTERM)
        os.environ["MAILBOT_WORKERS__ELSEWHERE"] = "false"  # what is left, by one process
        desk = self._come_to_rest()
        told = self._counted(desk)
        desk.store.close()
        self.store.close()
        return (
            f"{told}\nfaults: {dict(self.faults)}; {self.revived} starts; brought to rest by the "
            f"workers in {took:.0f} s, {left} left for a later hour; set aside: {self._aside}"
        )

    def _whatever_the_database_does(self, does: Callable[[], object]) -> None:
        try:
            does()
        except OperationalError:
            self.store.engine.dispose()

    def _rest_by_workers(self) -> tuple[float, int]:
        """No faults any more: how long until nothing is due, and how much waits for its hour."""
        began = time.monotonic()
        while time.monotonic() < began + CALM_SECONDS:
            self.keep_alive()
            self.answer()
            self.post._drain()  # noqa: SLF001  the tests' own
            if not self._waiting(later=False) and not self.post.inbox(BOT):
                break
            time.sleep(1)
        return time.monotonic() - began, self._waiting(later=True)

    def _backlog(self) -> int:
        try:
            return self._waiting(later=False)
        except OperationalError:  # the database is away just now
            return MOST_WAITING

    def _waiting(self, *, later: bool) -> int:
        """How many mails and letters wait; `later`: those too whose hour has not come."""
        with self.store.read() as tx:
            new = tx.query(Mail).filter(Mail.status == MailStatus.NEW).count()
            done = (LetterStatus.SENT, LetterStatus.FAILED, LetterStatus.BOUNCED)
            unsent = tx.query(Letter).filter(Letter.status.not_in(done))
            if not later:
                unsent = unsent.filter(Letter.due_at <= leases.database_now(tx))
            return new + unsent.count()

    def _is_quiet(self) -> bool:
        return not self._waiting(later=True) and not self.post.inbox(BOT)

    def _counted(self, desk: Desk) -> str:
        with desk.store.read() as tx:
            aside = tx.query(Mail).filter(Mail.status == MailStatus.SET_ASIDE).all()
            self._aside = [f"{m.kind}: {m.reason}"[:60] for m in aside if m.kind == "broken"]
        return super()._counted(desk)

    _aside: list[str] = field(default_factory=list)


def fleet(stack: ExitStack, folder: Path, servers: Servers, random: Random) -> Fleet:
    """Two readers and three workers at a database of their own, ready to be started."""
    database = stack.enter_context(postgres.running(keeps=True))
    config = write_config(
        folder / "config", s.Post(servers.described), poll_seconds="1", chores_seconds="10"
    )
    os.environ |= {
        "MAILBOT_SECRET": "una clave de prueba de mas de 32 caracteres",
        "MAILBOT_IMAP__PASSWORD": servers.described.password,
        "MAILBOT_LIMITS__ANSWERS_PER_HOUR": "100000",
        "MAILBOT_LIMITS__ANSWERS_PER_DAY": "100000",
        "MAILBOT_LIMITS__REQUESTS_PER_DAY": "100000",
        "MAILBOT_STORE__URL": database.fresh(),
        "MAILBOT_WORKERS__ELSEWHERE": "true",
        "MAILBOT_WORKERS__LEASE_SECONDS": str(LEASE),
    }
    settings = read_rules(config).settings
    with closing(Store(settings.database, settings.data_keys)) as store:
        carrier.upgrade(store)
    ahead = SKEW if FAKETIME.exists() else ""
    machines = [Machine(config, folder / f"reader-{n}.log", words=("run",)) for n in (1, 2)]
    machines += [Machine(config, folder / f"worker-{n}.log") for n in (1, 2)]
    machines.append(Machine(config, folder / "worker-3.log", ahead=ahead))
    return Fleet(servers, machines[0], random, folder, database=database, machines=machines)


def main() -> int:
    """Run for WORKERS_MINUTES; 1 when something was lost or done twice."""
    minutes, seed = float(os.environ.get("WORKERS_MINUTES", "5")), os.environ.get("SEED", "1")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        made = fleet(stack, folder, Servers(stack), Random(seed))
        try:
            told = made.run(minutes * 60)
        finally:
            for machine in made.machines:
                if not machine.is_dead():
                    machine.end(signal.SIGKILL)
            if keep := os.environ.get("KEEP_LOGS"):
                for log in folder.glob("*.log"):
                    (Path(keep) / log.name).write_bytes(log.read_bytes())
    skew = SKEW if FAKETIME.exists() else "none (faketime is not installed)"
    print(f"{minutes:g} minutes, seed {seed}, clock of one worker {skew}\n{told}")  # noqa: T201
    good = "lost = 0" in told and "twice = 0" in told and "passwords wrong: 0" in told
    return int(not good or "journal: holds" not in told)


if __name__ == "__main__":
    sys.exit(main())
