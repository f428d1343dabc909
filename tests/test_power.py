"""Power loss and full disks: what was committed is there, and nothing is half done.

The files of a real run are recorded at every commit. Then every loss is played that SQLite's
promises allow: after the last fsync any 512-byte sector may have reached the disk or not. What
opens afterwards has to be one of the recorded states, to the last value of the last row.
"""

import hashlib
import os
import random
import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from house import ADMINISTRATOR, NOON, SAMPLES, Clock, House
from pydantic import SecretStr
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError
from test_cli import config

from mailbot import pipeline
from mailbot.desk import Desk
from mailbot.model import Post
from mailbot.rules import read_rules
from mailbot.schedule import Outage
from mailbot.store import Store, journal
from mailbot.store.tables import Case, Letter, Mail, MailStatus, Table

__all__ = ["config"]

SECTOR = 512
ALTA = "5.1-alta-especialista-ugel"


@dataclass
class Recorder:
    """The files as of each commit: the database, its log, and what they hold."""

    path: Path
    files: list[tuple[bytes, bytes]] = field(default_factory=list)

    @property
    def log(self) -> Path:
        """The write-ahead log."""
        return Path(f"{self.path}-wal")

    def take(self) -> None:
        """Both files now, if anything was written since."""
        now = (self.path.read_bytes(), self.log.read_bytes() if self.log.exists() else b"")
        if not self.files or self.files[-1] != now:
            self.files.append(now)


def contents(path: Path) -> str:
    """A fingerprint of every value in a database; AssertionError when it is damaged."""
    digest = hashlib.sha256()
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
        for name in sorted(Table.metadata.tables):
            if not name.startswith("school"):
                for row in raw.execute(f"SELECT * FROM {name} ORDER BY 1, 2"):  # noqa: S608
                    digest.update(repr(row).encode())
    return digest.hexdigest()


def put(folder: Path, data: bytes, log: bytes) -> Path:
    """A database as a disk would hold it after the loss."""
    path = folder / "mailbot.db"
    for tail, what in (("", data), ("-wal", log)):
        Path(f"{path}{tail}").write_bytes(what)
    Path(f"{path}-shm").unlink(missing_ok=True)
    return path


def mixed(dice: random.Random, old: bytes, new: bytes) -> bytes:
    """Some sectors as they were, some as they were to be, some never written: zeros."""
    length = dice.randint(len(old), len(new)) if len(new) >= len(old) else len(new)
    parts = []
    for start in range(0, length, SECTOR):
        before = old[start : start + SECTOR].ljust(SECTOR, b"\0")
        after = new[start : start + SECTOR].ljust(SECTOR, b"\0")
        parts.append(after if dice.random() < 0.5 else before)
    return b"".join(parts)[:length]


@pytest.fixture
def recorded(house: House) -> Recorder:
    """A request, a question, a decision, an account and its letters, commit by commit."""
    recorder = Recorder(house.folder / "mailbot.db")
    house.seat("PÉREZ GARCÍA, Juan", "10203040", "juan.perez@correo.example", _PLACE)
    house.store.scrub(whole=False)

    @event.listens_for(house.store.engine, "connect")
    def _no_checkpoints(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA wal_autocheckpoint=0")

    house.store.engine.dispose()
    with house.store.read() as held:  # or the last to leave would empty the log
        held.execute(text("SELECT 1 FROM marks"))
        event.listen(house.store.engine, "begin", lambda _connection: recorder.take())
        house.send_sample(ALTA)
        house.poll()
        house.decide(ADMINISTRATOR, "APROBAR")
        recorder.take()
    return recorder


_PLACE = Post("especialista-ugel", "060004")


def test_whatever_the_power_takes_what_was_committed_is_there(
    recorded: Recorder, tmp_path: Path
) -> None:
    """P05: the log cut at every sector, torn, zeroed and out of order: one of two states, whole."""
    files, folder, dice = recorded.files, tmp_path / "loss", random.Random(20261124)
    folder.mkdir()
    states = [contents(put(folder, *both)) for both in files]
    assert len(states) == len(set(states)) > 15
    opened = went_on = 0
    for n in range(1, len(files)):
        (data, before), (_, after) = files[n - 1], files[n]
        assert after.startswith(before)
        cuts = range(len(before), len(after), SECTOR)
        logs = [after[:cut] for cut in dice.sample(cuts, min(8, len(cuts)))]
        logs += [
            after[:cut] + dice.randbytes(SECTOR) for cut in dice.sample(cuts, min(3, len(cuts)))
        ]
        logs += [mixed(dice, before, after) for _ in range(6)]
        for log in logs:
            found = contents(put(folder, data, log))
            assert found in (states[n - 1], states[n]), (n, len(log))
            opened += 1
            went_on += found == states[n]
    assert opened > 200
    assert went_on < opened / 4
    print(f"{len(files)} commits, {opened} losses of power, lost 0, half done 0")  # noqa: T201


def test_power_lost_while_the_log_is_written_back_loses_nothing(
    recorded: Recorder, tmp_path: Path
) -> None:
    """P05: any mixture of old and new sectors in the database, the log still there: all of it."""
    folder, dice = tmp_path / "loss", random.Random(20261124)
    folder.mkdir()
    data, log = recorded.files[-1]
    wanted = contents(put(folder, data, log))
    path = put(folder, data, log)
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA wal_checkpoint(FULL)")
        after = path.read_bytes()
    assert after != data
    for _ in range(150):
        assert contents(put(folder, mixed(dice, data, after), log)) == wanted
        torn = dice.randrange(len(data))
        assert contents(put(folder, after[:torn] + data[torn:], log)) == wanted


def test_a_log_that_lies_is_found_out(recorded: Recorder, tmp_path: Path) -> None:
    """The tests above can fail: a commit the disk forgot after saying it was written is missed."""
    folder = tmp_path / "loss"
    folder.mkdir()
    last = contents(put(folder, *recorded.files[-1]))
    data, log = recorded.files[-1]
    assert contents(put(folder, data, log[: len(log) // 2])) != last


# ------------------------------------------------------------------ a full disk


@contextmanager
def files_at_most(size: int) -> Iterator[None]:
    """The kernel refuses to let any file grow beyond some bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@dataclass
class Full:
    """A desk whose disk is full, until it is not."""

    desk: Desk
    clock: Clock
    outage: Outage

    def work(self) -> None:
        """What the service does with what is in the store."""
        self.outage.guard(lambda: pipeline.process(self.desk))


def full(folder: Path, rules_folder: Path) -> Full:
    """A desk with one request in its store."""
    store = Store(f"sqlite:///{folder}/mailbot.db", [SecretStr("clave de prueba " * 3)])
    clock = Clock()
    made = Desk(read_rules(rules_folder), store, clock)
    raw = (SAMPLES / "9.1-alta-personal-ie.eml").read_bytes()
    with store.begin() as tx:
        tx.add(
            Mail(
                sha256=hashlib.sha256(raw).hexdigest(),
                raw=raw,
                size=len(raw),
                folder="INBOX",
                uidvalidity=1,
                uid=1,
                received_at=NOON,
                vouched_by="quien prueba",
            )
        )
    store.scrub(whole=False)
    return Full(made, clock, Outage("correo", clock, timedelta(seconds=1)))


def state(desk: Desk) -> tuple[list[str], list[str], int]:
    """The mails' states, the letters by Message-ID, the cases; the pages fit together."""
    desk.store.check()
    with desk.store.read() as tx:
        assert journal.verify(tx) is None
        mails = [str(m.status) for m in tx.query(Mail).order_by(Mail.id)]
        letters = sorted(x.message_id for x in tx.query(Letter))
        return mails, letters, tx.query(Case).count()


def test_at_whichever_write_the_disk_is_full_nothing_is_half_done(
    tmp_path: Path, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """P06: at the n-th page for n = 1…N: said once, all as before; with room again, all as ever.

    At every third page, with WHOLE=1 at every one.
    """
    wanted, full_at = None, 0
    for n in range(0, 400, 1 if os.environ.get("WHOLE") else 3):
        folder = tmp_path / str(n)
        folder.mkdir()
        at = full(folder, config)
        before = state(at.desk)
        assert before == (["new"], [], 0)
        with files_at_most(32 + n * 4120):
            at.work()
        failed = at.outage.failures
        if failed:
            assert state(at.desk) == before
            assert "outage_began" in "".join(capsys.readouterr())
            at.clock.forward(minutes=20)
            at.work()
            assert at.outage.failures == 0
        after = state(at.desk)
        wanted = wanted or after
        assert after[0] == wanted[0] == [MailStatus.DONE]
        assert after[1:] == wanted[1:]
        assert at.desk.store.problems() == []
        at.desk.store.close()
        full_at += bool(failed)
        if not failed:
            break
    assert full_at > 5
    assert wanted is not None
    assert len(wanted[1]) >= 1


def test_sqlites_own_word_for_it_is_an_outage_too(tmp_path: Path, config: Path) -> None:
    """«database or disk is full» while a mail is at hand: nobody blames the mail."""
    at = full(tmp_path, config)

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count={pages}")

    event.listen(at.desk.store.engine, "connect", limit)
    at.desk.store.engine.dispose()
    with pytest.raises(OperationalError, match="full"):
        _fill(at.desk)
    event.remove(at.desk.store.engine, "connect", limit)
    at.desk.store.engine.dispose()
    assert state(at.desk)[0] == [MailStatus.NEW]
    at.work()
    assert state(at.desk)[0] == [MailStatus.DONE]
    at.desk.store.close()


def _fill(desk: Desk) -> None:
    """Write notes until there is no room."""
    for n in range(10_000):
        with desk.store.begin() as tx:
            desk.at(tx).note("case_seen", f"operador {n}", detail="x" * 200)
