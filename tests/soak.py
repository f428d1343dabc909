"""A long run of the service over real servers, with kills and faults at random.

Mails come in all the while, a robot in the place of the administrators answers what it is asked.
The bot is killed and started again, its database is locked, Dovecot and Postfix are stopped and
started. In the last third only the servers suffer, so that one process of the bot lives long enough
to show whether it grows. In the end everything is counted.

    SOAK_MINUTES=60 SEED=1 python tests/soak.py
"""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import documents as d
import mails
import servers as s
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from house import ADMINISTRATOR, ANOTHER, BOT, COORDINATOR, kind_of, text_of, write_config

from mailbot import schedule
from mailbot.desk import Desk
from mailbot.rules import read_rules
from mailbot.store import BROKEN_WIRE, Store, journal
from mailbot.store.schools import StoredSchools
from mailbot.store.tables import Account, Case, Letter, Mail

CHOTA = "mesadepartes@ugelchota.example"
HOLDERS = "cuentas@correo.example"
FOLDERS = ("INBOX", "Procesados", "Apartados")
STARTS = "from mailbot.cli import main; main()"
_NAMES = ("Ana", "Eva", "Luz", "Sol", "Ida", "Rosa", "Juan", "Luis", "Raúl", "Hugo")
_SURNAMES = ("Quispe", "Mamani", "Torres", "Rojas", "Díaz", "Campos", "Vargas", "Núñez", "Silva")


@dataclass
class Process:
    """The bot in service, and what its process is made of."""

    folder: Path
    log: Path
    popen: subprocess.Popen[bytes] | None = None
    starts: int = 0

    def start(self) -> None:
        """Start it."""
        place = str(Path(__file__).parent.parent)
        with self.log.open("ab") as log:
            self.popen = subprocess.Popen(
                [sys.executable, "-c", STARTS, "--config", str(self.folder), "run"],
                stdout=log,
                stderr=log,
                cwd=self.folder.parent,
                env={**os.environ, "PYTHONPATH": place},
            )
        self.starts += 1

    def end(self, number: int) -> float:
        """End it with a signal; how many seconds that took."""
        assert self.popen
        began = time.monotonic()
        self.popen.send_signal(number)
        self.popen.wait(60)
        return time.monotonic() - began

    def size(self) -> tuple[float, int]:
        """Resident megabytes, and open files."""
        assert self.popen
        place = Path(f"/proc/{self.popen.pid}")
        status = (place / "status").read_text(encoding="ascii")
        kilobytes = re.findall(r"VmRSS:\s+([0-9]+)", status)[0]
        return int(kilobytes) / 1024, len(list((place / "fd").iterdir()))


class Servers:
    """Dovecot and Postfix, each of which can be stopped and started."""

    def __init__(self, stack: ExitStack) -> None:
        root = stack.enter_context(s.temporary_root())
        self.described = s.describe(root)
        s.write_files(self.described, s.write_dovecot, s.write_postfix)
        self._running: dict[str, AbstractContextManager[subprocess.Popen[bytes]]] = {}
        for name in ("dovecot", "postfix"):
            self._start(name)
            stack.callback(self._stop, name)

    def restart(self, name: str, pause: float) -> None:
        """Stop one for a while."""
        self._stop(name)
        time.sleep(pause)
        self._start(name)

    def _start(self, name: str) -> None:
        self._running[name] = {"dovecot": s.dovecot, "postfix": s.postfix}[name](self.described)
        process = self._running[name].__enter__()
        d_ = self.described
        s.await_port(process, d_.imap_port if name == "dovecot" else d_.submission_port, d_)

    def _stop(self, name: str) -> None:
        self._running.pop(name).__exit__(None, None, None)


@dataclass
class Soak:
    """One run: who writes, who answers, what goes wrong, and what was counted."""

    servers: Servers
    bot: Process
    random: Random
    folder: Path
    fed: list[str] = field(default_factory=list)
    answered: set[str] = field(default_factory=set)
    faults: Counter[str] = field(default_factory=Counter)

    @property
    def post(self) -> s.Post:
        """The people's way to their mailboxes."""
        return s.Post(self.servers.described)

    # ---------------------------------------------------------- what people do

    def write(self) -> None:
        """Somebody writes: a request, mostly."""
        number, random = len(self.fed), self.random
        name = f"<soak-{number}@people.example>"
        who = d.Person(
            f"{random.choice(_SURNAMES)} {random.choice(_SURNAMES)}",
            f"{random.choice(_NAMES)} {random.choice(_NAMES)}",
            f"{42_000_000 + number}",
            HOLDERS,
        )
        sender, raw = _mail(random.random(), who, name)
        self.post.deliver(raw, sender, [BOT])
        self.fed.append(name)

    def answer(self) -> None:
        """The administrators answer every question they have not answered."""
        for who in (ADMINISTRATOR, ANOTHER):
            for letter in self.post.inbox(who):
                name = str(letter["Message-ID"])
                if kind_of(letter) == "decider-question" and name not in self.answered:
                    self.answered.add(name)
                    said = self.random.choice(["APROBAR"] * 8 + ["RECHAZAR: no", "Sí, pero…"])
                    mine = f"<answer-{len(self.answered)}@people.example>"
                    raw = mails.compose(
                        who,
                        str(letter["Reply-To"]),
                        f"Re: {letter['Subject']}",
                        text=said,
                        in_reply_to=name,
                        message_id=mine,
                        authenticated=False,
                    )
                    self.post.deliver(raw, who, [str(letter["Reply-To"])])
                    self.fed.append(mine)

    # ---------------------------------------------------------- what goes wrong

    def fault(self, *, kills: bool) -> None:
        """One thing goes wrong."""
        ways: dict[str, Callable[[], object]] = {
            "dovecot stopped": lambda: self.servers.restart("dovecot", 2),
            "postfix stopped": lambda: self.servers.restart("postfix", 2),
            "database locked": self._lock,
        }
        if kills:
            ways["SIGKILL"] = self._kill
        weights = [5 if name == "SIGKILL" else 1 for name in ways]
        (name,) = self.random.choices(list(ways), weights)
        ways[name]()
        self.faults[name] += 1

    def _kill(self) -> None:
        self.bot.end(signal.SIGKILL)
        self.bot.start()

    def _lock(self) -> None:
        with closing(sqlite3.connect(self.folder / "config" / "mailbot.db", timeout=20)) as db:
            db.execute("BEGIN IMMEDIATE")
            time.sleep(3)
            db.rollback()

    # ---------------------------------------------------------- the run

    def run(self, seconds: float) -> str:
        """Let it go on for a while, then come to rest; what was counted."""
        self.bot.start()
        began = time.monotonic()
        calm = began + seconds * 2 / 3
        sizes: list[tuple[float, int]] = []
        next_fault = began + 20
        while time.monotonic() < began + seconds:
            self.write()
            self.answer()
            if time.monotonic() > next_fault:
                self.fault(kills=time.monotonic() < calm)
                next_fault = time.monotonic() + self.random.uniform(5, 20)
            if time.monotonic() > calm + 20:
                sizes.append(self.bot.size())
            time.sleep(self.random.uniform(0.5, 2))
        stopped = self.bot.end(signal.SIGTERM)
        desk = self._come_to_rest()
        told = self._counted(desk)
        desk.store.close()
        last = sizes[-1]
        grew = " → ".join(f"{sizes[len(sizes) * n // 4][0]:.0f}" for n in range(4))
        return (
            f"{told}\nSIGTERM: {stopped:.1f} s; {self.bot.starts} starts; "
            f"faults: {dict(self.faults)}\n"
            f"memory {grew} → {last[0]:.0f} MB, files {sizes[0][1]} → {last[1]} "
            f"(over the last {seconds / 3:.0f} s)"
        )

    def _come_to_rest(self) -> Desk:
        """Passes until nothing is left to do; a letter left in the middle waits its ten minutes."""
        rules = read_rules(self.folder / "config")
        store = Store(rules.settings.database, rules.settings.data_keys)
        ahead = timedelta()
        desk = Desk(
            rules.with_schools(StoredSchools(store)), store, lambda: datetime.now(UTC) + ahead
        )
        for _ in range(30):
            self.post._drain()  # noqa: SLF001  the tests' own
            try:
                schedule.full_pass(desk)
            except BROKEN_WIRE:
                continue
            self.answer()
            ahead += timedelta(minutes=11)
            if self._is_quiet():
                break
        self.post._drain()  # noqa: SLF001  the tests' own
        return desk

    def _is_quiet(self) -> bool:
        with closing(sqlite3.connect(self.folder / "config" / "mailbot.db")) as db:
            (waiting,) = db.execute(
                "SELECT (SELECT count(*) FROM mails WHERE status = 'new' OR moved_at IS NULL)"
                " + (SELECT count(*) FROM letters WHERE status NOT IN ('sent','failed','bounced'))"
            ).fetchone()
        return not waiting and not self.post.inbox(BOT)

    # ---------------------------------------------------------- counting

    def _counted(self, desk: Desk) -> str:
        lying = Counter(
            str(m["Message-ID"]) for name in FOLDERS for m in self.post.folder(BOT, name)
        )
        with desk.store.read() as tx:
            stored = Counter(m.message_id for m in tx.query(Mail))
            letters = tx.query(Letter).all()
            cases = Counter(str(c.status) for c in tx.query(Case))
            accounts = tx.query(Account).all()
            broken = journal.verify(tx)
        left = Counter(name for who in {x.recipient for x in letters} for name in self._got(who))
        sent = {x.message_id for x in letters if x.status == "sent"}
        lost = [n for n in self.fed if not lying[n] or not stored[n]]
        lost += [name for name in sent if not left[name]]
        twice = [n for n in self.fed if lying[n] > 1 or stored[n] > 1]
        opened = Counter(a.opened_by for a in accounts)
        twice += [str(case) for case, count in opened.items() if count > 1]
        again = sum(count - 1 for count in left.values() if count > 1)
        return (
            f"mails in {len(self.fed)}, cases {cases.total()} {dict(cases)}, "
            f"accounts {len(accounts)}, letters out {left.total()}\n"
            f"lost = {len(lost)} {lost[:5]}, twice = {len(twice)} {twice[:5]}, "
            f"letters again under their Message-ID: {again}, "
            f"passwords wrong: {self._wrong(accounts)}, journal: {broken or 'holds'}"
        )

    def _got(self, who: str) -> Iterator[str]:
        return (str(m["Message-ID"]) for m in self.post.inbox(who))

    def _wrong(self, accounts: list[Account]) -> int:
        """Accounts whose hash opens with none, or with more than one, of the passwords mailed."""
        mailed: dict[str, list[str]] = {}
        for letter in self.post.inbox(HOLDERS):
            if kind_of(letter) == "holder-credentials":
                text = text_of(letter)
                user = re.findall(r"\b(42[0-9]{6})\b", text)[0]
                mailed.setdefault(user, []).append(
                    re.findall(r"Contraseña temporal: (\S+)", text)[0]
                )
        active = [a for a in accounts if a.password_hash]
        return sum(
            sum(_opens(str(a.password_hash), p) for p in mailed.get(a.dni, [])) != 1 for a in active
        )


def _opens(hashed: str, password: str) -> bool:
    try:
        return PasswordHasher().verify(hashed, password)
    except VerifyMismatchError:
        return False


def _mail(chance: float, who: d.Person, name: str) -> tuple[str, bytes]:
    """A mail of somebody's, and whose it is."""
    if chance < 0.15:
        sender = "vecina@correo.example"
        return sender, mails.compose(
            sender, BOT, "gracias", text=f"Muchas gracias. {name}", message_id=name
        )
    if chance < 0.18:  # they all want one seat: each yes has the others asked anew
        head = d.Signatory("Mg. Gonzalo Olivera Requejo", "DIRECTOR DE LA UGEL CHOTA")
        office = d.ugel("060004", "Chota", "Cajamarca", head)
        files = [
            mails.File("OFICIO.pdf", d.oficio(office=office, people=[who])),
            mails.File("RD.pdf", d.rd(office=office, people=[who])),
        ]
        return CHOTA, mails.compose(
            CHOTA,
            BOT,
            "Alta de especialista SIAGIE UGEL Chota",
            text="Remito.",
            attachments=files,
            message_id=name,
            authenticated=False,
        )
    text = (
        "Solicito la creación del usuario de Especialista SIAGIE MINEDU para:\n"
        f"Apellidos y nombres: {who.apellidos_nombres}\nDNI: {who.dni}\n"
        f"Correo electrónico: {who.correo}\n"
    )
    return COORDINATOR, mails.compose(
        COORDINATOR, BOT, "Alta de usuario SIAGIE", text=text, message_id=name, authenticated=False
    )


def main() -> int:
    """Soak for SOAK_MINUTES; 1 when something was lost or done twice."""
    minutes, seed = float(os.environ.get("SOAK_MINUTES", "60")), os.environ.get("SEED", "1")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        servers = Servers(stack)
        config = write_config(
            folder / "config", s.Post(servers.described), poll_seconds="1", chores_seconds="10"
        )
        os.environ["MAILBOT_SECRET"] = "una clave de prueba de mas de 32 caracteres"
        os.environ["MAILBOT_IMAP__PASSWORD"] = servers.described.password
        os.environ["MAILBOT_LIMITS__ANSWERS_PER_HOUR"] = "100000"
        os.environ["MAILBOT_LIMITS__ANSWERS_PER_DAY"] = "100000"
        bot = Process(config, folder / "bot.log")
        try:
            told = Soak(servers, bot, Random(seed), folder).run(minutes * 60)
        finally:
            if bot.popen and bot.popen.poll() is None:
                bot.end(signal.SIGKILL)
    print(f"{minutes:g} minutes, seed {seed}\n{told}")  # noqa: T201
    good = "lost = 0" in told and "twice = 0" in told and "passwords wrong: 0" in told
    return int(not good or "journal: holds" not in told)


if __name__ == "__main__":
    sys.exit(main())
