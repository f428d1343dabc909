"""The whole store moves from SQLite to PostgreSQL, and nothing of it is otherwise afterwards."""

import json
from contextlib import closing
from pathlib import Path

import pytest
import simulation
from house import NOON
from postgres import Postgres
from pydantic import SecretStr
from simulation import World
from sqlalchemy import text
from test_cli import Run, bot, config

from mailbot.errors import ConfigError
from mailbot.store import Store, engine, epoch, journal, moving
from mailbot.store.moving import Move, Moved
from mailbot.store.tables import Account, Case, Letter, Mail, MailStatus, Table

__all__ = ["bot", "config"]

KEYS = [SecretStr("clave de prueba " * 3)]


class Interrupted(Exception):
    """In the place of a machine that is switched off."""


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a history: requests, decisions, letters, accounts, a journal."""
    folder = tmp_path_factory.mktemp("lived")
    file = folder / "lived.db"
    with simulation.Stage.set_up(folder) as stage:
        world = World.begin(stage)
        for step in simulation.history("1 7", 60):
            world.do(step)
        stage.live = None
        with stage.store.begin() as tx:  # what went before: numbers were given and are gone
            tx.execute(text("UPDATE sqlite_sequence SET seq = seq + 1000 WHERE name = 'letters'"))
        with closing(stage.store.engine.raw_connection()) as memory:
            memory.driver_connection.execute(f"VACUUM INTO '{file}'")  # type: ignore[union-attr]
    return file


@pytest.fixture
def source(lived: Path, tmp_path: Path) -> str:
    """A copy of that database."""
    (tmp_path / "old.db").write_bytes(lived.read_bytes())
    return f"sqlite:///{tmp_path}/old.db"


@pytest.fixture
def target(postgres: Postgres) -> str:
    return postgres.empty()


def go(source: str, target: str, lose_after: int | None = None) -> Moved:
    """A move, which is interrupted after some rows."""
    left = [lose_after]

    def advanced(rows: int) -> None:
        if left[0] is not None:
            left[0] -= rows
            if left[0] < 0:
                raise Interrupted

    with moving.ends(source, target, KEYS) as (old, new):
        move = Move(old, new)
        move.prepare()
        moved = move.count()
        move.copy(moved, advanced)
        move.finish()
        assert move.differing(lambda _: None) == []
        move.open()
    moving.settle(target, KEYS, "operador", moved.total)
    return moved


def contents(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, opened: what the program itself reads."""
    with closing(Store(url, KEYS)) as store, store.read() as tx:
        found = {}
        for mapper in Table.registry.mappers:
            columns = [attr.key for attr in mapper.column_attrs]
            rows = [tuple(getattr(r, c) for c in columns) for r in tx.query(mapper.class_)]
            found[mapper.class_.__tablename__] = sorted(rows, key=repr)
    for hidden in ("marks", "events", "aliases", "leases"):
        found.pop(hidden)
    return found


def test_everything_is_as_it_was(source: str, target: str) -> None:
    """Each row as the program reads it, the journal with its chain, the numbers that follow."""
    before = contents(source)
    assert len(before["mails"]) > 5
    assert min(len(before[name]) for name in ("cases", "letters", "questions", "accounts")) > 0
    moved = go(source, target)
    assert contents(target) == before
    assert moved.copied["letters"] == len(before["letters"])
    with closing(Store(target, KEYS)) as store, store.begin() as tx:
        assert journal.verify(tx) is None
        assert journal.head(tx).count == moved.rows["events"] + 1
        assert epoch.copied(tx) is None
        raw = Mail(sha256="f" * 64, raw=b"x", size=1, folder="F", uidvalidity=1, uid=1)
        raw.received_at, raw.status = NOON, MailStatus.NEW
        tx.add(raw)
        tx.flush()
        assert raw.id > max(row[0] for row in before["mails"])  # type: ignore[type-var,operator]
        given = tx.scalar(text("SELECT nextval(pg_get_serial_sequence('letters', 'id'))"))
        assert given is not None
        assert given > 1000


def test_the_source_does_nothing_any_more(source: str, target: str) -> None:
    """Two bots with one past would do everything twice: the old one waits for a person."""
    go(source, target)
    with closing(Store(source, KEYS)) as store:
        assert epoch.doubt(store)


@pytest.mark.parametrize("rows", [1, 40, 90])
def test_an_interrupted_move_goes_on(source: str, target: str, rows: int) -> None:
    """Until it is over nothing is done on the target; what is there is not copied again."""
    before = contents(source)
    with pytest.raises(Interrupted):
        go(source, target, rows)
    with closing(Store(target, KEYS)) as store:
        assert epoch.doubt(store)
        with store.begin() as tx:
            tx.execute(text("DELETE FROM marks WHERE key = 'veil'"))
    moved = go(source, target)
    assert contents(target) == before
    assert sum(moved.copied.values()) < moved.total - moved.rows["marks"] or rows == 1


def test_a_target_with_other_data_is_refused(source: str, target: str, postgres: Postgres) -> None:
    """Neither another bot's database nor the half of another move is mixed with this one."""
    with closing(Store(target, KEYS)):
        pass  # a new bot began there: its key is its own
    with pytest.raises(ConfigError, match="ya tiene datos"):
        go(source, target)
    half = postgres.empty()
    with pytest.raises(Interrupted):
        go(source, half, 1)
    with closing(Store(source, KEYS)) as store, store.begin() as tx:
        tx.execute(text("UPDATE marks SET value = 'x' WHERE key = 'journal_head'"))
    with pytest.raises(ConfigError, match="a medias"):
        go(source, half)


def test_what_differs_is_found_row_by_row(source: str, target: str) -> None:
    """One letter of one row, a row too many, a row too few."""
    with moving.ends(source, target, KEYS) as (old, new):
        move = Move(old, new)
        move.prepare()
        move.copy(move.count(), lambda _: None)
        move.finish()
        with engine.beside(new).begin() as tx:
            tx.execute(text("UPDATE mails SET kind = 'x' WHERE id = (SELECT min(id) FROM mails)"))
            tx.execute(text("DELETE FROM papers"))
            tx.execute(text("INSERT INTO marks (key, value) VALUES ('zz', '1')"))
        found = move.differing(lambda _: None)
    assert [name for name in found if name.startswith("mails")] == ["mails 1"]
    assert "marks zz" in found
    assert any(name.startswith("papers") for name in found)


@pytest.mark.usefixtures("config")
def test_the_command_moves_and_says_what_to_do(
    source: str, target: str, bot: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In numbers for programs; a source that is none is named."""
    monkeypatch.setenv("MAILBOT_SECRET", KEYS[0].get_secret_value())
    code, out, err = bot("migrate-store", source, target, "--json")
    assert code == 0, err
    told = json.loads(out)
    assert told["total"] == sum(told["rows"].values()) > 0
    with closing(Store(target, KEYS)) as store, store.read() as tx:
        assert tx.query(Case).count() == told["rows"]["cases"]
        assert tx.query(Letter).count() == told["copied"]["letters"]
        assert tx.query(Account).count() == told["rows"]["accounts"]
    code, _, err = bot("migrate-store", "sqlite:////ninguna.db", target)
    assert code == 2
    assert "ninguna.db" in err
