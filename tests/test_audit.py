"""The journal: a chain nobody can change, cut, reorder or lengthen unnoticed."""
# ruff: noqa: S608  these tests change the database by hand

import json
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from house import ADMINISTRATOR, NOON, Clock, House, kind_of, text_of
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import NullPool
from test_cli import Run, bot, config

from mailbot import chores
from mailbot.cli.opening import operator
from mailbot.desk import Desk
from mailbot.rules import read_rules
from mailbot.store import Store, journal
from mailbot.store.journal import Head
from mailbot.store.tables import Alias, Event, Mail

__all__ = ["bot", "config"]

ALTA = "5.1-alta-especialista-ugel"
UGEL = "mesadepartes@ugelchota.example"


pytestmark = pytest.mark.both_databases


@pytest.fixture
def desk(config: Path) -> Iterator[Desk]:
    """A desk over a store with a journal of six events."""
    rules = read_rules(config)
    store = Store(rules.settings.database, rules.settings.data_keys)
    made = Desk(rules, store, Clock())
    with store.begin() as tx:
        for n in range(6):
            made.at(tx).note("case_seen", f"operador {n}", detail=f"d{n}")
    yield made
    store.close()


def change(desk: Desk, *statements: str) -> None:
    """Work on the database past the program."""
    raw = create_engine(desk.rules.settings.database, poolclass=NullPool)
    with raw.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def verdict(desk: Desk, noted: Head | None = None) -> journal.Broken | None:
    """What a walk along the chain finds."""
    with desk.store.read() as tx:
        return journal.verify(tx, noted)


def head(desk: Desk) -> Head:
    """The end of the chain."""
    with desk.store.read() as tx:
        return journal.head(tx)


def test_an_untouched_journal_is_whole(desk: Desk) -> None:
    """Six events, six rows, and the head is the last row's hash."""
    assert verdict(desk) is None
    assert head(desk).count == 6
    with desk.store.read() as tx:
        assert tx.get_one(Event, 6).hash == head(desk).hash
        assert tx.get_one(Event, 1).previous == journal.BEGINNING


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", "'2020-01-01 00:00:00.000000'"),
        ("name", "'case_done'"),
        ("actor", "'bot'"),
        ("detail", "'otra'"),
        ("mail_sha256", f"'{'a' * 64}'"),
        ("hash", f"'{'b' * 64}'"),
        ("previous", f"'{'c' * 64}'"),
    ],
)
def test_a_changed_row_is_named(desk: Desk, column: str, value: str) -> None:
    """Whatever is changed in a row, the walk stops at that row."""
    change(desk, f"UPDATE events SET {column} = {value} WHERE id = 3")
    found = verdict(desk)
    assert found is not None
    assert found.row == 3


def test_a_row_changed_with_its_hash_mended_breaks_the_next(desk: Desk) -> None:
    """The hash of a row is in the one after it."""
    with desk.store.read() as tx:
        event = tx.get_one(Event, 3)
        event.name = "case_done"
        mended = journal.hash_of(event)
        tx.expunge(event)
    change(desk, f"UPDATE events SET name = 'case_done', hash = '{mended}' WHERE id = 3")
    found = verdict(desk)
    assert found is not None
    assert found.row == 4


@pytest.mark.parametrize("row", [1, 3])
def test_a_removed_row_is_noticed_at_the_next(desk: Desk, row: int) -> None:
    """The rows are numbered without a gap."""
    change(desk, f"DELETE FROM events WHERE id = {row}")
    found = verdict(desk)
    assert found is not None
    assert found.row == row + 1
    assert f"falta la fila {row}" in found.reason


def test_removed_rows_renumbered_are_noticed(desk: Desk) -> None:
    """Closing the gap breaks the link to the row before."""
    change(
        desk,
        "DELETE FROM events WHERE id = 3",
        *(f"UPDATE events SET id = {n - 1} WHERE id = {n}" for n in (4, 5, 6)),
    )
    found = verdict(desk)
    assert found is not None
    assert found.row == 3


def test_rows_in_another_order_are_noticed(desk: Desk) -> None:
    """Two rows that changed places."""
    change(
        desk,
        "UPDATE events SET id = 99 WHERE id = 3",
        "UPDATE events SET id = 3 WHERE id = 4",
        "UPDATE events SET id = 4 WHERE id = 99",
    )
    found = verdict(desk)
    assert found is not None
    assert found.row == 3


def forged(number: int, previous: str) -> str:
    """A row made by somebody who knows how rows are hashed."""
    event = Event(id=number, at=NOON, name="case_approved", actor="bot", previous=previous)
    stamp = "2026-03-31 17:00:00.000000"
    return (
        "INSERT INTO events (id, at, name, actor, previous, hash) VALUES "
        f"({number}, '{stamp}', 'case_approved', 'bot', '{previous}', '{journal.hash_of(event)}')"
    )


def test_a_row_appended_outside_is_named(desk: Desk) -> None:
    """Its hashes fit, but the program did not write it: the head does not know it."""
    change(desk, forged(7, head(desk).hash))
    found = verdict(desk)
    assert found is not None
    assert found.row == 7
    assert "por fuera" in found.reason


def test_a_head_written_outside_is_noticed(desk: Desk) -> None:
    """Who has no key cannot make the mark behind the head, though the whole chain fits."""
    before = head(desk)
    change(desk, forged(7, before.hash))
    with desk.store.read() as tx:
        last = tx.get_one(Event, 7).hash
    change(
        desk,
        f"UPDATE marks SET value = '7:{last}:{'0' * 64}' WHERE key = 'journal_head'",
    )
    found = verdict(desk)
    assert found is not None
    assert found.row is None
    assert "no la escribió este programa" in found.reason


def test_a_cut_tail_is_noticed_by_the_store_itself(desk: Desk) -> None:
    """The head kept beside the chain says how many rows there were."""
    change(desk, "DELETE FROM events WHERE id > 4")
    found = verdict(desk)
    assert found is not None
    assert "quedan 4 filas y se escribieron 6" in found.reason


def test_a_database_put_back_is_noticed_by_a_head_written_down(desk: Desk, tmp_path: Path) -> None:
    """An older copy is whole in itself; only yesterday's digest knows better."""
    if desk.store.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL is put back by its own tools")
    path = desk.rules.settings.database.removeprefix("sqlite:///")
    with sqlite3.connect(path) as now, sqlite3.connect(tmp_path / "copy.db") as copy:
        now.backup(copy)
    with desk.store.begin() as tx:
        desk.at(tx).note("case_approved", ADMINISTRATOR)
    noted = head(desk)
    with sqlite3.connect(path) as now, sqlite3.connect(tmp_path / "copy.db") as copy:
        copy.backup(now)
    now.close()
    copy.close()
    assert verdict(desk) is None
    found = verdict(desk, noted)
    assert found is not None
    assert "la cabeza anotada decía 7" in found.reason


def test_a_head_written_down_holds_while_the_chain_grows(desk: Desk) -> None:
    """An older head of the same chain verifies; one of another chain does not."""
    noted = head(desk)
    with desk.store.begin() as tx:
        desk.at(tx).note("case_seen", "operador 9")
    assert verdict(desk, noted) is None
    found = verdict(desk, Head(noted.count, "f" * 64))
    assert found is not None
    assert found.row == 6


def test_writers_side_by_side_make_one_chain(desk: Desk) -> None:
    """Eight writers, ten events each: eighty-six rows in one line."""

    def write() -> None:
        for _ in range(10):
            with desk.store.begin() as tx:
                desk.at(tx).note("case_seen", "operador 1")

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert head(desk).count == 86
    assert verdict(desk) is None


def test_the_chain_cannot_fork(desk: Desk) -> None:
    """Two rows cannot follow the same one, whoever writes them."""
    with desk.store.read() as tx:
        before = tx.get_one(Event, 4).previous
    with pytest.raises(IntegrityError, match="previous"):
        change(desk, forged(7, before))


def test_the_journal_holds_no_address_and_no_dni(desk: Desk) -> None:
    """Actors and what a detail names stand in it as pseudonyms; aliases tell who acted."""
    with desk.store.begin() as tx:
        desk.at(tx).note(
            "reply_refused", "extrano@correo.example", detail="a rosa@correo.example, 42871359"
        )
    with desk.store.read() as tx:
        event = tx.get_one(Event, 7)
        written = f"{event.actor} {event.detail}"
        assert not re.search(r"@|[0-9]{8}(?![0-9a-f])", re.sub(r"p:[0-9a-f]{20}", "", written))
        assert len(re.findall(r"p:[0-9a-f]{20}", written)) == 3
        assert journal.aliases(tx, [event.actor])[event.actor] == "extrano@correo.example"
    assert verdict(desk) is None


def test_forgetting_a_name_does_not_break_the_chain(desk: Desk) -> None:
    """The aliases are no part of it."""
    with desk.store.begin() as tx:
        assert tx.query(Alias).delete() == 6
    assert verdict(desk) is None


# ------------------------------------------------------------------ by command, and a bot at work


def test_a_case_leaves_who_saw_what_and_who_decided_from_which_mail(
    house: House, bot: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A question sent, a reply, its mail's fingerprint, the letters: all in the story of a case."""
    monkeypatch.setenv("MAILBOT_CONFIG", str(house.folder))
    house.send_sample(ALTA)
    house.poll()
    house.decide(ADMINISTRATOR, "APROBAR")
    house.poll()
    story = json.loads(bot("case", "1", "--json")[1].splitlines()[-1])["events"]
    (approved,) = [e for e in story if e["name"] == "case_approved"]
    assert approved["actor"] == ADMINISTRATOR
    with house.store.read() as tx:
        assert approved["mail_sha256"] == tx.get_one(Mail, approved["mail"]).sha256
    sent = [e["detail"] for e in story if e["name"] == "letter_sent"]
    assert any("decider-question" in detail for detail in sent)
    assert any("holder-credentials" in detail for detail in sent)
    assert [e["actor"] for e in story if e["name"] == "case_seen"] == [operator()]
    code, out, _ = bot("audit", "verify")
    assert (code, "íntegra" in out, "NO" in out) == (0, True, False)


@pytest.mark.parametrize(
    ("words", "event"),
    [
        (("pending",), "pending_seen"),
        (("accounts",), "accounts_seen"),
        (("incident", "--since", "2026-01-01"), "incident_reported"),
    ],
)
def test_every_look_of_an_operator_is_written_down(
    desk: Desk, bot: Run, words: tuple[str, ...], event: str
) -> None:
    """Who looked, by the name of the system's user, not the environment's word."""
    assert bot(*words)[0] == 0
    with desk.store.read() as tx:
        last = tx.get_one(Event, head(desk).count)
        assert last.name == event
        assert journal.aliases(tx, [last.actor])[last.actor] == operator()


def test_the_operator_is_not_who_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """USER and LOGNAME can be set by anybody."""
    for name in ("USER", "LOGNAME", "USERNAME"):
        monkeypatch.setenv(name, "otra-persona")
    assert "otra-persona" not in operator()


def test_verify_names_the_row_and_exits_1(desk: Desk, bot: Run) -> None:
    """What a script and a person need; a head that is none is wrong usage."""
    noted = bot("audit", "head")[1].strip()
    assert bot("audit", "verify", "--head", noted)[0] == 0
    change(desk, "UPDATE events SET name = 'x' WHERE id = 2")
    code, out, _ = bot("audit", "verify")
    assert code == 1
    assert "fila 2" in out
    assert json.loads(bot("audit", "verify", "--json")[1])["broken"]["row"] == 2
    assert bot("audit", "verify", "--head", "nada")[0] == 2


def test_the_daily_word_carries_the_head(house: House) -> None:
    """The head an administrator gets by mail verifies the journal; a cut one it finds out."""
    house.send_sample(ALTA)
    house.poll()
    house.clock.forward(days=1)
    house.poll()
    is_digest: Callable[..., bool] = lambda mail: kind_of(mail) == "administrator-digest"  # noqa: E731
    (digest,) = house.post.wait_for(ADMINISTRATOR, is_digest)
    assert "nada espera a una persona" in str(digest["Subject"])
    found = re.search(r"[0-9]+:[0-9a-f]{64}", text_of(digest))
    assert found
    noted = journal.parsed_head(found[0])
    assert noted is not None
    assert noted.count > 2
    assert verdict(house.desk, noted) is None
    chores.do_chores(house.desk)
    assert house.received(ADMINISTRATOR, ["administrator-digest"]) == ["administrator-digest"]
    change(house.desk, f"DELETE FROM events WHERE id >= {noted.count}")
    assert verdict(house.desk, noted) is not None
