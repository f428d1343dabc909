"""Every guard is missed when it is gone: each is broken on purpose, and something notices."""

import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import guards
import pytest
from house import NOON
from pydantic import SecretStr
from sqlalchemy.exc import IntegrityError
from test_races import asked, at_once

from mailbot.store import Store, Tx, cases, letters
from mailbot.store.tables import Account, Case, CaseStatus, Challenge, Event, Letter, Mail, Question

HERE = Path(__file__).parent


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(f"sqlite:///{tmp_path}/guards.db", [SecretStr("clave de prueba " * 3)])


@pytest.mark.timeout(300)
def test_the_simulation_misses_every_guard_it_is_to_miss() -> None:
    """The histories of the table: whole they hold, with their guard broken they do not."""
    command = [sys.executable, str(HERE / "guards.py"), "--histories"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    mine = [guard for guard in guards.GUARDS if guard.history]
    assert len(mine) > 12
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(mine)} guards, 0 not missed" in done.stdout


def test_every_guard_stands_where_the_table_says(store: Store) -> None:
    """The words of each stand once in their function; a test that is to miss one is there."""
    del store
    for guard in guards.GUARDS:
        assert guards.rewritten(guard)
        assert bool(guard.history) is not bool(guard.test), guard.name
        if guard.test:
            name, _, test = guard.test.partition("::")
            assert f"def {test}(" in (HERE / f"{name}.py").read_text(encoding="utf-8")


def letter(tx: Tx, name: str) -> Letter:
    """A letter in the queue."""
    row = Letter(
        message_id=name,
        kind="asker-opened",
        recipient="a@x.example",
        context={},
        created_at=NOON,
        due_at=NOON,
    )
    tx.add(row)
    tx.flush()
    return row


def test_of_many_senders_at_once_one_takes_a_letter(store: Store) -> None:
    """The letter leaves once, however many processes find it due."""

    def take(number: int) -> bool:
        with store.begin() as tx:
            return letters.begin(tx, number, NOON) is not None

    for round_ in range(10):
        with store.begin() as tx:
            number = letter(tx, f"<{round_}@x>").id
        assert sum(map(bool, at_once([lambda n=number: take(n)] * 4))) == 1  # type: ignore[misc]


def test_a_case_that_moved_meanwhile_is_not_moved_again(store: Store) -> None:
    """What was read before somebody else decided moves nothing."""
    asked(store, 1)
    with store.read() as tx:
        stale = tx.get_one(Case, 1)
        tx.expunge(stale)
    with store.begin() as tx:
        assert cases.move(tx, tx.get_one(Case, 1), CaseStatus.REJECTED, NOON)
    with store.begin() as tx:
        tx.add(stale)
        assert not cases.move(tx, stale, CaseStatus.APPROVED, NOON)
        assert tx.get_one(Case, 1).status == CaseStatus.REJECTED


def account(tx: Tx) -> None:
    tx.add(
        Account(
            username="1",
            names="A",
            dni="41000001",
            role="r",
            office="o",
            seat="r/o/",
            opened_at=NOON,
        )
    )


def same_mail(tx: Tx) -> None:
    row = {"sha256": "0" * 64, "raw": b"", "size": 0, "folder": "INBOX", "uidvalidity": 1}
    tx.add(Mail(**row, uid=tx.query(Mail).count() + 10, received_at=NOON))


def same_place(tx: Tx) -> None:
    number = tx.query(Mail).count()
    row = {"raw": b"", "size": 0, "folder": "INBOX", "uidvalidity": 1, "uid": 77}
    tx.add(Mail(**row, sha256=f"place {number}", received_at=NOON))


def same_letter(tx: Tx) -> None:
    letter(tx, "<one@x>")


def challenge(tx: Tx) -> None:
    number = tx.query(Challenge).count()
    tx.add(
        Challenge(
            mail_id=1,
            office="o",
            address="a@x.example",
            nonce="n",
            token_hash=f"{number}",
            created_at=NOON,
            expires_at=NOON,
        )
    )


def question(tx: Tx) -> None:
    tx.add(
        Question(
            case_id=1,
            revision=1,
            approver="b@x.example",
            nonce="n",
            token_hash="the same",
            digest="d",
            created_at=NOON,
            expires_at=NOON + timedelta(hours=1),
        )
    )


def fork(tx: Tx) -> None:
    number = tx.query(Event).count()
    tx.add(Event(at=NOON, name="x", actor="bot", previous="the same", hash=f"{number}"))


@pytest.mark.parametrize(
    "twice",
    [account, same_mail, same_place, same_letter, challenge, question, fork],
    ids=lambda made: str(made.__name__),
)
def test_what_may_be_once_the_database_itself_refuses_twice(
    store: Store, twice: Callable[[Tx], None]
) -> None:
    """The unique indexes: a seat's holder, a mail, its place, a letter, a token, the journal."""
    asked(store, 1)
    with store.begin() as tx:
        twice(tx)
    with pytest.raises(IntegrityError), store.begin() as tx:
        twice(tx)
