"""Several processes at one database: leases, calls, one reader, and nothing counted twice.

The long run with kills is ``make workers``; a slice of it stands at the end.
"""

import json
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import documents as d
import mails as written
import notebook
import pytest
from house import ANOTHER, BOT, COORDINATOR, NOON, write_config
from postgres import Postgres
from pydantic import SecretStr
from servers import Post
from sqlalchemy import text
from test_races import at_once
from workers import Machine

from mailbot import carrier, health, metrics, pipeline, schedule, work
from mailbot import workers as working
from mailbot.actions.directory import Held, key_of
from mailbot.actions.saga import Step
from mailbot.cli import opening
from mailbot.config import read_settings
from mailbot.desk import Desk
from mailbot.errors import ConfigError, Unreachable
from mailbot.health import Check, State
from mailbot.model import Open
from mailbot.model import Post as Place
from mailbot.procedures import read_guide
from mailbot.reading import Turn, insisted
from mailbot.rules import read_rules
from mailbot.store import Store, accounts, calls, changes, engine, journal, leases, letters, mails
from mailbot.store.clock import DatabaseClock
from mailbot.store.leases import Lost
from mailbot.store.tables import (
    Account,
    Case,
    Change,
    Lease,
    Letter,
    LetterStatus,
    Mail,
    MailStatus,
)
from mailbot.work import Keeper

KEY = "una clave de prueba de mas de 32 caracteres"
SEAT = "especialista-ugel/060004"


def request(
    number: int, said: str | None = None, sender: str = COORDINATOR, *, authenticated: bool = False
) -> bytes:
    """A request without papers; or a mail that says something else."""
    who = d.Person("Quispe Mamani", "Ana", f"{42_000_000 + number}", "ana@correo.example")
    asks = (
        "Solicito la creación del usuario de Especialista SIAGIE MINEDU para:\n"
        f"Apellidos y nombres: {who.apellidos_nombres}\nDNI: {who.dni}\n"
        f"Correo electrónico: {who.correo}\n"
    )
    name = f"<w-{number}@people.example>"
    return written.compose(
        sender, BOT, "Alta", text=said or asks, message_id=name, authenticated=authenticated
    )


class Machines:
    """Some machines at one database of PostgreSQL: each a store and a desk of its own."""

    def __init__(self, url: str, folder: Path, count: int = 4) -> None:
        self.folder = write_config(folder / "config", None)
        rules = read_rules(self.folder)
        self.stores = [Store(url, rules.settings.data_keys) for _ in range(count)]
        carrier.upgrade(self.stores[0])
        for store in self.stores:
            store.carry = carrier.carry
        self.desks = [Desk(rules, store, lambda: NOON) for store in self.stores]
        self.keepers = [Keeper(store, 5) for store in self.stores]
        self.store, self.desk, self.keeper = self.stores[0], self.desks[0], self.keepers[0]

    def write(self, number: int, text_: str | None = None, sender: str = COORDINATOR) -> int:
        """A mail in the store as the reader leaves it there; its id."""
        raw = request(number, text_, sender, authenticated=True)
        with self.store.begin() as tx:
            row = Mail(
                sha256=f"{number:064d}",
                raw=raw,
                size=len(raw),
                folder="INBOX",
                uidvalidity=1,
                uid=number,
                received_at=NOON,
                status=MailStatus.NEW,
                attempts=0,
            )
            return mails.add(tx, row).id

    def called(self) -> dict[str, int]:
        """The calls that wait, by kind."""
        with self.store.read() as tx:
            return calls.waiting(tx)

    def kinds(self) -> Counter[str]:
        """The letters in the outbox, by kind."""
        with self.store.read() as tx:
            return Counter(letter.kind for letter in tx.query(Letter))

    def close(self) -> None:
        """Give every connection back."""
        for store in self.stores:
            store.close()


@pytest.fixture
def machines(
    postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Machines]:
    url = postgres.fresh()
    monkeypatch.setenv("MAILBOT_SECRET", KEY)
    monkeypatch.setenv("MAILBOT_STORE__URL", url)
    monkeypatch.setenv("MAILBOT_WORKERS__ELSEWHERE", "true")
    made = Machines(url, tmp_path)
    yield made
    made.close()


# ------------------------------------------------------------------ calls


def test_what_a_directory_has_to_do_is_called_for_and_done_once(
    machines: Machines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers change the directory as they answer mails: one does it, others find nothing to do."""
    kept = notebook.install(tmp_path, "notebook", monkeypatch)
    rules = read_rules(machines.folder)
    place = Place("especialista-ugel", "060004")
    with machines.store.begin() as tx:
        account = accounts.open_account(
            tx, Open("QUISPE MAMANI, Ana", "42000001", None, place, SEAT), None, NOON
        )
        there = Held("42000001", "QUISPE MAMANI, Ana", "42000001", True, key_of(account), SEAT)  # noqa: FBT003
        kept.write_text(json.dumps({there.key: asdict(there) | {"password": "una"}}))
        changes.void(tx, account, None, NOON)
    assert machines.called() == {"change": 1}
    each = [Desk(rules, desk.store, desk.clock) for desk in machines.desks]
    did = at_once(
        [
            lambda d=d, k=k: work.advance(d, k, "change", 1)  # type: ignore[misc]
            for d, k in zip(each, machines.keepers, strict=True)
        ]
    )
    assert any(did)
    with machines.store.read() as tx:
        assert tx.get_one(Change, 1).step == Step.DONE
        assert tx.get_one(Change, 1).fence == 1


def test_a_call_stands_and_falls_with_the_transaction_that_makes_it(machines: Machines) -> None:
    """Rolled back, nobody is called; committed, once, also when the row is called for again."""

    def call_and_fail() -> None:
        with machines.store.begin() as tx:
            calls.call(tx, "mail", 1)
            raise KeyError

    with pytest.raises(KeyError):
        call_and_fail()
    assert machines.called() == {}
    number = machines.write(1)
    with machines.store.begin() as tx:
        calls.call(tx, "mail", number)
        calls.call(tx, "letter", 9)
    assert machines.called() == {"mail": 1, "letter": 1}


def test_a_sweep_calls_for_what_was_left_and_for_nothing_else(machines: Machines) -> None:
    """Not for what is called for, nor for what somebody is at; after a lost queue, for all."""
    one, two = machines.write(1), machines.write(2)
    assert work.sweep(machines.desk) == 0
    with machines.store.begin() as tx:
        tx.execute(text("SET LOCAL search_path = procrastinate"))
        tx.execute(text("UPDATE procrastinate_jobs SET status = 'doing'"))  # of workers now dead
    carrier.tidy(machines.store)
    assert machines.called() == {}
    with machines.keeper.holding(calls.name("mail", one)):
        assert work.sweep(machines.desk) == 1
    with machines.store.read() as tx:
        assert calls.told(tx, ["mail:1", "mail:2"]) == {f"mail:{two}"}
    assert work.sweep(machines.desk) == 1
    assert work.sweep(machines.desk) == 0


def test_the_carriers_tables_are_made_anew_and_nothing_is_lost(machines: Machines) -> None:
    """Another version of them is refused; the upgrade drops them, and the rows call again."""
    machines.write(1)
    with machines.store.begin() as tx:
        tx.execute(text("COMMENT ON SCHEMA procrastinate IS '0.1'"))
    with pytest.raises(ConfigError, match="mailbot db upgrade"):
        carrier.require(machines.store)
    assert carrier.upgrade(machines.store)
    assert not carrier.upgrade(machines.store)
    assert machines.called() == {}
    assert work.sweep(machines.desk) == 1


# ------------------------------------------------------------------ leases


def test_of_many_who_want_a_lease_one_has_it(machines: Machines) -> None:
    """T66: free, or run out: the others do nothing."""
    for number in range(10):
        name = calls.name("mail", number)
        taken = at_once([lambda k=k, n=name: k.take(n) for k in machines.keepers])  # type: ignore[misc]
        assert sum(t is not None for t in taken) == 1
        with machines.store.beside() as tx:
            tx.execute(text("UPDATE leases SET until = until - interval '1 day'"))
        taken = at_once([lambda k=k, n=name: k.take(n) for k in machines.keepers])  # type: ignore[misc]
        assert sum(t is not None for t in taken) == 1


def test_who_was_thought_dead_and_wakes_up_commits_nothing(machines: Machines) -> None:
    """The second takes the mail over while the first reads it: one case, and the first says so."""
    number = machines.write(1)
    first, second = machines.desks[:2]

    def overtaken(_raw: bytes) -> None:
        with machines.store.beside() as tx:
            tx.execute(text("UPDATE leases SET until = until - interval '1 day'"))
        assert work.advance(second, machines.keepers[1], "mail", number)

    class Slow(Desk):
        """It is overtaken while it asks who sent the mail."""

        def verify(self, raw: bytes):  # type: ignore[no-untyped-def]  # noqa: ANN202
            overtaken(raw)
            return super().verify(raw)

        over = lambda self, store: Slow(self.rules, store, self.clock)  # noqa: E731

    slow = Slow(first.rules, first.store, first.clock)
    assert work.advance(slow, machines.keeper, "mail", number)
    with machines.store.read() as tx:
        assert tx.query(Case).count() == 1
        assert tx.get_one(Mail, number).attempts == 2
    assert machines.kinds() == {"decider-question": 1}


def test_a_lease_is_kept_alive_and_given_back(machines: Machines) -> None:
    """While its holder lives it does not run out; what was given back is free."""
    keeper = Keeper(machines.store, 2)
    with keeper.awake(), keeper.holding("mail:1") as taken:
        assert taken
        time.sleep(2.6)
        with machines.store.beside() as tx:
            leases.hold(tx, taken)
            assert leases.live(tx, ["mail:1"]) == {"mail:1"}
    with machines.store.read() as tx:
        assert leases.crew(tx).busy == 0


def test_a_letter_whose_sender_died_is_in_doubt_at_once(machines: Machines) -> None:
    """Whoever holds the lease of a letter under way knows that nobody sends it any more."""
    work.advance(machines.desk, machines.keeper, "mail", machines.write(1))
    with machines.store.read() as tx:
        (number,) = letters.due(tx, NOON)
    with machines.store.beside() as tx:
        assert letters.begin(tx, number, NOON)
    with pytest.raises(Unreachable):  # no server is configured: it is not sent, and not lost
        work.advance(machines.desk, machines.keeper, "letter", number)
    with machines.store.read() as tx:
        assert tx.get_one(Letter, number).status == LetterStatus.UNCERTAIN
        assert "letter_uncertain" in [
            e.name for e in journal.between(tx, NOON, NOON + timedelta(1))
        ]


def test_who_works_is_told(machines: Machines) -> None:
    """Nobody in sight is a fault; else how many, at what, since when; and the numbers say so."""

    def row() -> Check:
        facts = health.gather(machines.store, machines.desk.rules.settings, datetime.now(UTC))
        return next(check for check in health.examine(facts) if check.code == "workers")

    machines.write(1)
    assert (row().state, "mailbot worker" in row().mend) == (State.BAD, True)
    with (
        machines.keeper.holding(leases.WORKER + "una:1"),
        machines.keepers[1].holding(calls.name("mail", 1)),
    ):
        found = row()
        numbers = metrics.exposition(machines.store, machines.desk.rules.settings)
    assert found.state is State.GOOD
    assert found.words.startswith("1; 1 ocupados, 1 avisos en cola")
    assert "mailbot_workers 1.0" in numbers
    assert 'mailbot_calls_waiting{kind="mail"} 1.0' in numbers


def test_leases_of_long_ago_are_forgotten(machines: Machines) -> None:
    """Of works that others did since; a reader's stays, which counts its holders."""
    for name in ("mail:1", leases.READER + "a@x", "mail:2"):
        machines.keeper.take(name)
    with machines.store.beside() as tx:
        tx.execute(
            text("UPDATE leases SET until = until - interval '1 day' WHERE name <> 'mail:2'")
        )
    carrier.tidy(machines.store)
    with machines.store.read() as tx:
        assert {row.name for row in tx.query(Lease)} == {leases.READER + "a@x", "mail:2"}


# ------------------------------------------------------------------ what one writer held


def test_what_is_counted_before_it_is_done_is_counted_right(machines: Machines) -> None:
    """Twelve requests of one address at four machines at once, three a day allowed: three."""
    limits = machines.desk.rules.settings.limits
    object.__setattr__(limits, "requests_per_day", 3)
    numbers = [machines.write(n) for n in range(1, 13)]

    def take(place: int) -> None:
        for number in numbers[place::4]:
            work.advance(machines.desks[place], machines.keepers[place], "mail", number)

    at_once([lambda p=p: take(p) for p in range(4)])  # type: ignore[misc]
    with machines.store.read() as tx:
        found = Counter(str(m.status) for m in tx.query(Mail))
        assert tx.query(Case).count() == 3
        assert journal.verify(tx) is None
    assert found == {"done": 3, "set_aside": 9}
    assert machines.kinds() == {"decider-question": 3}


def test_a_letter_that_is_written_once_is_written_once(machines: Machines) -> None:
    """Four machines, the same cause at the same moment: one letter, and no error."""
    pipeline.handle(machines.desk, machines.write(1))
    with machines.store.begin() as tx:
        same = tx.query(Letter).first()
        assert same
        values = {c.key: getattr(same, c.key) for c in Letter.__table__.columns if c.key != "id"}

    def put(store: Store) -> bool:
        with store.begin() as tx:
            return letters.add(tx, Letter(**{**values, "message_id": "<una@x.example>"}))

    assert sorted(at_once([lambda s=s: put(s) for s in machines.stores])) == [False] * 3 + [True]  # type: ignore[misc,type-var]


def test_a_seat_has_one_holder_whoever_opens_it(machines: Machines) -> None:
    """The index refuses the second, from whichever machine."""
    step = Open(
        "QUISPE, Ana", "42871359", "a@x.example", Place("especialista-ugel", "060004"), SEAT
    )

    def take(store: Store) -> bool:
        with store.begin() as tx:
            if accounts.holder(tx, SEAT):
                return False
            accounts.open_account(tx, step, None, NOON)
            return True

    assert sum(map(bool, at_once([lambda s=s: take(s) for s in machines.stores]))) == 1  # type: ignore[misc]
    with machines.store.read() as tx:
        assert tx.query(Account).count() == 1


def test_a_transaction_that_runs_beside_waits_for_nobody(machines: Machines) -> None:
    """A lease is taken while another machine judges; one who judges waits for the other."""
    with machines.store.begin() as tx:
        tx.execute(text("SELECT 1"))
        assert machines.keepers[1].take("mail:7")
        done: list[str] = []

        def judge() -> None:
            with machines.stores[2].begin() as other:
                other.execute(text("SELECT 1"))
                done.append("judged")

        thread = threading.Thread(target=judge)
        thread.start()
        thread.join(0.3)
        assert done == []
    thread.join(10)
    assert done == ["judged"]


# ------------------------------------------------------------------ one reader


def test_one_reads_and_the_other_stands_by_until_the_first_is_gone(machines: Machines) -> None:
    """The lock goes with the connection; what the first still wants to write is refused."""
    first, second = Turn(machines.desks[0]), Turn(machines.desks[1])
    assert first.mine()
    assert not second.mine()
    assert second.standing_by
    with first.desk.store.begin() as tx:
        tx.execute(text("SELECT 1"))
    with machines.store.begin() as tx:
        tx.execute(
            text(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_locks WHERE locktype = 'advisory' "
                "AND objsubid = 1 AND pid <> pg_backend_pid()"  # and wait until it is gone
            )
        )
    assert second.mine()
    with pytest.raises(Lost), first.desk.store.begin() as tx:
        tx.execute(text("SELECT 1"))
    assert not first.mine()
    with second.desk.store.begin() as tx:
        tx.execute(text("SELECT 1"))
    second.end()
    assert first.mine(), "given up is given up at once"
    assert first.taken
    assert first.taken.epoch == 3
    first.end()


def test_a_turn_changes_hands_at_once(machines: Machines) -> None:
    """Who gives it up has given it up when that is said, however slowly the server hangs up."""
    first, second = Turn(machines.desks[0]), Turn(machines.desks[1])
    assert first.mine()
    assert first.held
    first.held.exec_driver_sql(
        "DO $$ BEGIN FOR i IN 1..1000 LOOP "
        "EXECUTE 'CREATE TEMP TABLE to_drop_' || i || ' (id int)'; END LOOP; END $$"
    )
    first.end()
    assert second.mine()
    second.end()


def test_a_reader_keeps_its_turn_however_long_it_lasts(
    machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection in use for long is cut, but not the one that is held to hold the lock."""
    monkeypatch.setattr(engine, "MOST_SECONDS", 0.2)
    turn = Turn(machines.desks[0])
    assert turn.mine()
    time.sleep(0.5)
    assert turn.mine()
    assert turn.taken
    assert turn.taken.epoch == 1
    turn.end()


def test_a_reader_that_is_frozen_is_shut_out(machines: Machines) -> None:
    """It holds its lock and gives no sign of life: its connection is ended for it."""
    first, second = Turn(machines.desks[0]), Turn(machines.desks[1])
    assert first.mine()
    with machines.store.beside() as tx:
        tx.execute(text("UPDATE leases SET until = until - interval '1 day'"))
    assert not second.mine()
    for _ in range(50):
        if second.mine():
            break
        time.sleep(0.05)
    assert not second.standing_by
    with pytest.raises(Lost), first.desk.store.begin() as tx:
        tx.execute(text("SELECT 1"))
    first.end()
    second.end()


# ------------------------------------------------------------------ the clock, the configuration


def test_the_time_is_the_databases_whatever_the_machine_says(
    machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine whose clock is a year ahead reckons with everybody else's moment."""
    real = datetime.now(UTC)
    monkeypatch.setattr(time, "time", lambda: real.timestamp() + 31_536_000)
    clock = DatabaseClock(machines.store)
    assert abs(clock() - real) < timedelta(seconds=10)
    clock.measured -= 60
    machines.store.close()
    monkeypatch.setattr(clock.store, "read", machines.stores[1].read)
    assert abs(clock() - real) < timedelta(seconds=10)


def test_workers_need_postgresql_and_its_tables(
    machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is told with what to do about it."""
    with machines.store.begin() as tx:
        tx.execute(text("DROP SCHEMA procrastinate CASCADE"))
    with pytest.raises(ConfigError, match="mailbot db upgrade"), opening.opened(machines.folder):
        pass
    monkeypatch.setenv("MAILBOT_STORE__URL", "sqlite:///x.db")
    with pytest.raises(ConfigError, match="PostgreSQL"):
        read_settings(machines.folder, read_guide(machines.folder))


def test_a_worker_that_hears_nothing_while_calls_wait_ends(
    machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its connection for notices may have died without a word: another process hears again."""

    class Ended(Exception):
        """In place of the process's end."""

    def end(status: int) -> None:
        raise Ended(status)

    monkeypatch.setattr(os, "_exit", end)
    deaf = working.Worker(machines.desk, ["mail"])
    deaf.heard -= working.DEAF + 1
    deaf._listens()  # noqa: SLF001  nothing waits: it goes on
    machines.write(1)
    deaf._listens()  # noqa: SLF001  it heard a moment ago
    deaf.heard -= working.DEAF + 1
    with pytest.raises(Ended):
        deaf._listens()  # noqa: SLF001


def test_a_store_that_calls_nobody_needs_no_carrier(tmp_path: Path) -> None:
    """Embedded, on SQLite, a mail is added and nothing is called; and beside is as begin."""
    with closing(Store(f"sqlite:///{tmp_path}/x.db", [SecretStr(KEY)])) as store:
        with store.begin() as tx:
            calls.call(tx, "mail", 1)
            assert calls.name("mail", 1) == "mail:1"
        with store.beside() as tx:
            assert tx.get_bind().dialect.name == "sqlite"


# ------------------------------------------------------------------ the whole way


@pytest.fixture
def fleet(
    post: Post, postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[list[Machine]]:
    """Two workers at real servers, not yet started."""
    for name, value in {
        "MAILBOT_SECRET": KEY,
        "MAILBOT_IMAP__PASSWORD": post.servers.password,
        "MAILBOT_STORE__URL": postgres.fresh(),
        "MAILBOT_WORKERS__ELSEWHERE": "true",
        "MAILBOT_WORKERS__LEASE_SECONDS": "2",
    }.items():
        monkeypatch.setenv(name, value)
    config = write_config(tmp_path / "config", post)
    settings = read_settings(config, read_guide(config))
    with closing(Store(settings.database, settings.data_keys)) as store:
        carrier.upgrade(store)
    made = [Machine(config, tmp_path / f"worker-{n}.log") for n in range(2)]
    yield made
    for machine in made:
        if not machine.is_dead():
            machine.end(signal.SIGKILL)


@pytest.mark.timeout(300)
def test_a_killed_worker_loses_nothing_and_does_nothing_twice(
    post: Post, fleet: list[Machine]
) -> None:
    """Killed over a mail; the other takes it up when the lease has run out."""
    for number in range(1, 4):
        post.deliver(request(number), COORDINATOR, [BOT])
    post._drain()  # noqa: SLF001  the tests' own
    with opening.opened(fleet[0].folder, service=True) as desk, insisted(desk) as reader:
        assert schedule.one_pass(reader).fetched == 3
        with desk.store.beside() as tx:  # somebody died over the first, a moment ago
            leases.claim(tx, calls.name("mail", 1), "gone:1", 2)
        fleet[0].start()
        while fleet[0].popen and not _busy(desk):
            assert not fleet[0].is_dead(), fleet[0].log.read_text(encoding="utf-8")
            time.sleep(0.02)
        fleet[0].end(signal.SIGKILL)
        fleet[1].start()
        while not _rests(desk):
            assert not fleet[1].is_dead(), fleet[1].log.read_text(encoding="utf-8")
            schedule.one_pass(reader)
            time.sleep(0.5)
        assert fleet[1].end(signal.SIGTERM) < 30
        assert fleet[1].popen
        assert fleet[1].popen.returncode == 0
        schedule.one_pass(reader)
        with desk.store.read() as tx:
            assert Counter(c.dni for c in tx.query(Case)) == {f"4200000{n}": 1 for n in (1, 2, 3)}
            assert journal.verify(tx) is None
            assert {str(x.status) for x in tx.query(Letter)} == {"sent"}
    left = Counter(str(m["Message-ID"]) for m in post.wait_for(ANOTHER, count=3))
    assert len(left) == 3
    assert len(post.folder(BOT, "Procesados")) == 3


def _busy(desk: Desk) -> bool:
    """Whether a worker is at a mail: not the one who is gone."""
    with desk.store.read() as tx:
        rows = tx.query(Lease).filter(Lease.name.startswith("mail:"))
        return any(row.holder != "gone:1" for row in rows)


def _rests(desk: Desk) -> bool:
    with desk.store.read() as tx:
        sent = tx.query(Letter).filter(Letter.status == LetterStatus.SENT).count()
        return sent == 3 and not tx.query(Mail).filter(Mail.status == MailStatus.NEW).count()
