"""The schema's history, what is asked of SQLite, and what a damaged or foreign database is told."""

import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from house import HERE, NOON
from postgres import Postgres
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from test_cli import Run, bot, config
from test_power import files_at_most

from mailbot.errors import ConfigError
from mailbot.model import Open, Post
from mailbot.store import Store, accounts, engine, journal, schema
from mailbot.store.seal import Keyring, lay
from mailbot.store.tables import Case, CaseStatus, Letter, Mail, Table

__all__ = ["bot", "config"]

KEY = [SecretStr("una clave de prueba de mas de 32 caracteres")]
RELEASED = {"1": "0001_plain", "2": "0002_encrypted"}
ROWS = {"1": {"mails": 3, "cases": 1, "accounts": 2}, "2": {"mails": 3, "cases": 2, "accounts": 2}}


def released(version: str, folder: Path) -> Path:
    """A database as a released version left it, with data in it."""
    path = folder / "mailbot.db"
    dump = (HERE / "config" / f"version-{version}.sql").read_text(encoding="utf-8")
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript(dump)
    return path


@pytest.fixture(params=RELEASED)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A database of each released version."""
    return released(request.param, tmp_path)


def counted(store: Store) -> dict[str, int]:
    """How many rows each table has."""
    with store.read() as tx:
        names = Table.metadata.tables
        return {n: int(tx.scalar(text(f"SELECT count(*) FROM {n}")) or 0) for n in names}  # noqa: S608


# ------------------------------------------------------------------ the history


def test_the_steps_stand_in_one_line_by_name() -> None:
    """Each file's name is its revision, and it follows the one before it by name."""
    script = ScriptDirectory(str(schema.FOLDER))
    line = [step.revision for step in script.walk_revisions()][::-1]
    assert tuple(line) == schema.KNOWN
    assert script.get_heads() == [schema.HEAD]
    assert len(line) >= 3
    assert all(len(name) <= 32 for name in line)


@pytest.mark.both_databases
def test_the_history_leads_where_the_tables_are(
    backend: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Step by step from nothing: what `alembic check` looks at is the same on both databases."""
    if backend == "sqlite":
        url = f"sqlite:///{tmp_path}/new.db"
    else:
        url = request.getfixturevalue("postgres").empty()
    made = engine.opened(url)
    lay(made.dialect, Keyring(KEY))
    with made.begin() as connection:
        if backend == "sqlite":
            connection.exec_driver_sql(
                "CREATE TABLE marks (key VARCHAR PRIMARY KEY, value VARCHAR)"
            )
            connection.exec_driver_sql("DROP TABLE marks")
        config = schema._config(connection)  # noqa: SLF001  what the store itself runs
        command.upgrade(config, "head")
        command.check(config)
    assert schema.drift(made) == []
    made.dispose()


@pytest.mark.both_databases
def test_a_new_database_is_what_the_tables_say(database: str) -> None:
    """At once at the newest schema; and a difference is found, so that finding none means much."""
    with closing(Store(database, KEY)) as store:
        assert schema.at(database) == schema.HEAD
        assert store.problems() == []
        with store.begin() as tx:
            tx.execute(text("ALTER TABLE letters DROP COLUMN error"))
        (found,) = store.problems()
        assert "letters" in found
        assert "error" in found


def test_every_released_schema_is_brought_up_with_its_data(old: Path) -> None:
    """Every row is there and opens, the journal verifies, nothing drifts; again: calm."""
    version = "1" if b"42871359" in old.read_bytes() else "2"
    assert schema.at(f"sqlite:///{old}") == RELEASED[version]
    with closing(Store(f"sqlite:///{old}", KEY)) as store:
        assert store.problems() == []
        rows = counted(store)
        assert {name: rows[name] for name in ROWS[version]} == ROWS[version]
        with store.read() as tx:
            assert journal.verify(tx) is None
            assert journal.head(tx).count > 5
            assert tx.query(Case).order_by(Case.id).first().dni == "42871359"  # type: ignore[union-attr]
            assert "42871359" in [a.dni for a in accounts.everybody(tx)]
            assert all(isinstance(x.context, dict) for x in tx.query(Letter))
    with closing(Store(f"sqlite:///{old}", KEY)) as store:
        assert counted(store) == rows
    assert len(list(old.parent.glob("*.copia"))) == 1


def test_an_upgraded_database_has_the_names_and_numbers_of_a_new_one(old: Path) -> None:
    """Constraints, indexes and AUTOINCREMENT are those of a database made today."""

    def shape(path: Path) -> list[tuple[str, ...]]:
        with closing(sqlite3.connect(path)) as raw:
            rows = raw.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
            words = [(n, *sorted(s.replace(",", " ").split())) for n, s in rows]
        return sorted(words)

    Store(f"sqlite:///{old}", KEY).close()
    new = old.with_name("new.db")
    Store(f"sqlite:///{new}", KEY).close()
    assert shape(old) == shape(new)


_KILLED = """
import os, signal, sys
from pydantic import SecretStr
from sqlalchemy import Engine, event
from mailbot.store import Store
left = int(sys.argv[2])
@event.listens_for(Engine, "before_cursor_execute")
def _count(*_):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
Store("sqlite:///" + sys.argv[1], [SecretStr(sys.argv[3])]).close()
"""


@pytest.mark.parametrize("version", RELEASED)
def test_killed_at_any_statement_it_goes_on_where_it_stood(version: str, tmp_path: Path) -> None:
    """SIGKILL at the n-th statement of the upgrade: the next start ends with everything there."""
    whole = tmp_path / "whole"
    whole.mkdir()
    with closing(Store(f"sqlite:///{released(version, whole)}", KEY)) as store:
        wanted = counted(store)
    killed = 0
    for n in (1, 4, 12, 30, 70, 150):
        folder = tmp_path / str(n)
        folder.mkdir()
        path = released(version, folder)
        words = [sys.executable, "-c", _KILLED, str(path), str(n), KEY[0].get_secret_value()]
        code = subprocess.run(words, check=False, capture_output=True, cwd=HERE.parent).returncode
        killed += code == -signal.SIGKILL
        assert code in (0, -signal.SIGKILL)
        with closing(Store(f"sqlite:///{path}", KEY)) as store:
            assert counted(store) == wanted, n
            assert store.problems() == [], n
    assert killed >= 4


@pytest.mark.both_databases
def test_many_that_begin_at_once_make_one_database(
    backend: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Eight on an empty database: nobody fails, all find the same key."""
    if backend == "sqlite":
        url = f"sqlite:///{tmp_path}/new.db"
    else:
        url = request.getfixturevalue("postgres").empty()
    veils: list[bytes] = []

    def begin() -> None:
        with closing(Store(url, KEY)) as store:
            veils.append(store.ring.veil)

    _together([begin] * 8)
    assert len(veils) == 8
    assert len(set(veils)) == 1


_STEP = """
import sqlalchemy as sa
from alembic import op

revision = "0999_words"
down_revision = "{before}"


def upgrade() -> None:
    with op.batch_alter_table("letters") as table:
        table.add_column(sa.Column("word", sa.String(), nullable=True))
        table.add_column(sa.Column("tried", sa.Integer(), nullable=False, server_default="0"))
"""


@pytest.mark.both_databases
def test_a_new_step_is_one_more_file(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page's example, on a database with rows: SQLite when opened, PostgreSQL when told."""
    with closing(Store(database, KEY)) as store, store.begin() as tx:
        tx.add(_letter())
    folder = tmp_path / "migrations"
    shutil.copytree(schema.FOLDER, folder)
    step = _STEP.format(before=schema.HEAD)
    (folder / "versions" / "0999_words.py").write_text(step, encoding="utf-8")
    monkeypatch.setattr(schema, "FOLDER", folder)
    monkeypatch.setattr(schema, "KNOWN", (*schema.KNOWN, "0999_words"))
    monkeypatch.setattr(schema, "HEAD", "0999_words")
    if database.startswith("postgresql"):
        with pytest.raises(ConfigError, match="db upgrade"):
            Store(database, KEY)
    with closing(Store(database, KEY, upgrade=True)) as store, store.read() as tx:
        row = tx.execute(text("SELECT message_id, word, tried FROM letters")).one()
        assert tuple(row) == ("<a@b>", None, 0)
        assert len(schema.drift(store.engine)) == 2  # the tables do not know the new columns yet


def _letter() -> Letter:
    return Letter(
        message_id="<a@b>",
        kind="asker-opened",
        recipient="a@x.example",
        context={},
        created_at=NOON,
        due_at=NOON,
    )


def test_without_room_for_the_copy_nothing_is_upgraded(old: Path) -> None:
    """The copy comes first: if it cannot be made, the database stays as it was."""
    before = old.read_bytes()
    with files_at_most(40_000), pytest.raises(ConfigError, match="no se pudo escribir"):
        Store(f"sqlite:///{old}", KEY)
    assert list(old.parent.glob("*copia*")) == []
    assert old.read_bytes()[100:] == before[100:]  # but for the note that there is a log beside it
    Store(f"sqlite:///{old}", KEY).close()


def test_many_that_begin_on_an_old_database_upgrade_it_once(old: Path) -> None:
    """Four at once: one works, the others wait; one copy."""
    done: list[dict[str, int]] = []

    def begin() -> None:
        with closing(Store(f"sqlite:///{old}", KEY)) as store:
            done.append(counted(store))

    _together([begin] * 4)
    assert len(done) == 4
    assert all(rows == done[0] for rows in done)
    assert len(list(old.parent.glob("*.copia"))) == 1


def _together(works: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.both_databases
@pytest.mark.usefixtures("config")
def test_a_newer_schema_is_refused_with_what_to_do(bot: Run, database: str) -> None:
    """Exit code 2, both versions named, and nothing is changed."""
    with closing(Store(database, KEY)) as store, store.begin() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999_future'"))
    code, _, err = bot("accounts")
    assert code == 2
    assert "9999_future" in err
    assert schema.HEAD in err
    assert "instale ese" in err
    assert schema.at(database) == "9999_future"


def test_an_older_program_refuses_a_database_of_today(tmp_path: Path) -> None:
    """The mark the first two versions look at says neither of theirs."""
    url = f"sqlite:///{tmp_path}/new.db"
    with closing(Store(url, KEY)) as store, store.read() as tx:
        assert tx.scalar(text("SELECT value FROM marks WHERE key = 'schema'")) == "3"


def test_postgresql_is_upgraded_only_when_told(postgres: Postgres, bot: Run, config: Path) -> None:
    """Its operator copies it first: the start names the command, the command does it."""
    assert config
    url = postgres.empty()
    made = engine.opened(url)
    lay(made.dialect, Keyring(KEY))
    with made.begin() as connection:
        command.upgrade(schema._config(connection), "0003_named")  # noqa: SLF001
        connection.execute(text("UPDATE alembic_version SET version_num = '0002_encrypted'"))
        for table in reversed(Table.metadata.sorted_tables):
            if table.name != "marks":
                connection.execute(text(f"DROP TABLE IF EXISTS {table.name}"))
    made.dispose()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MAILBOT_STORE__URL", url)
        code, _, err = bot("accounts")
        assert (code, "mailbot db upgrade" in err) == (2, True)
        assert "0002_encrypted" in bot("db", "current")[1]
        with pytest.raises(ConfigError, match="db upgrade"):
            Store(url, KEY)


@pytest.mark.usefixtures("config")
@pytest.mark.both_databases
def test_the_commands_tell_version_and_health(bot: Run) -> None:
    """`db current` before there is anything, `db upgrade`, `db check`."""
    assert bot("db", "upgrade")[0] == 0
    assert f"base de datos: {schema.HEAD}" in bot("db", "current")[1]
    assert bot("db", "check")[:2] == (0, "La base de datos está íntegra.\n")


def test_current_makes_no_database(bot: Run, config: Path) -> None:
    """It only looks."""
    assert "vacía" in bot("db", "current")[1]
    assert not (config / "mailbot.db").exists()


# ------------------------------------------------------------------ what is asked of SQLite


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store(f"sqlite:///{tmp_path}/mailbot.db", KEY)) as made:
        yield made


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("busy_timeout", 30_000),
        ("secure_delete", 1),
    ],
)
def test_every_connection_is_tamed(store: Store, pragma: str, value: object) -> None:
    """All connections of the pool, those that only read too, and after a schema was made."""
    connections = [store.engine.raw_connection() for _ in range(4)]
    found: list[object] = []
    for connection in connections:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA {pragma}")
        found += cursor.fetchone() or ()
    for connection in connections:
        connection.close()
    assert found == [value] * 4


@pytest.mark.both_databases
def test_foreign_keys_are_held(database: str) -> None:
    """A case of no mail is refused."""
    with closing(Store(database, KEY)) as store, pytest.raises(IntegrityError):  # noqa: SIM117
        with store.begin() as tx:
            tx.add(_case(404))


def _case(mail_id: int) -> Case:
    return Case(
        dossier_id=mail_id,
        status=CaseStatus.PENDING,
        asker="a@x.example",
        record={},
        digest="d",
        created_at=NOON,
        updated_at=NOON,
    )


@pytest.mark.both_databases
def test_a_writer_waits_for_the_writer_before_and_a_reader_for_nobody(database: str) -> None:
    """What a writer has read nobody changes before it ends; a reader sees one moment."""
    with closing(Store(database, KEY)) as store:
        order: list[str] = []
        began = threading.Event()

        def second() -> None:
            began.set()
            with store.begin() as tx:
                found = tx.scalar(ask)
                order.extend(["second", str(found)])

        ask = text("SELECT value FROM marks WHERE key = 'x'")
        thread = threading.Thread(target=second)
        with store.begin() as tx:
            assert tx.scalar(ask) is None  # it begins with its first statement
            thread.start()
            assert began.wait(10)
            with store.read() as other:  # would wait for ever if readers did
                assert other.scalar(ask) is None
                tx.execute(text("INSERT INTO marks (key, value) VALUES ('x', 'first')"))
            time.sleep(0.2)
            order.append("first")
        thread.join()
        assert order == ["first", "second", "first"]


@pytest.mark.both_databases
def test_a_reader_cannot_see_a_moment_change(database: str) -> None:
    """Two looks in one reading transaction, a commit between them: the same."""
    ask = text("SELECT count(*) FROM marks WHERE key = 'x'")
    with closing(Store(database, KEY)) as store, store.read() as tx:
        before = tx.scalar(ask)
        with store.begin() as other:
            other.execute(text("INSERT INTO marks (key, value) VALUES ('x', '1')"))
        assert (before, tx.scalar(ask)) == (0, 0)


@pytest.mark.both_databases
def test_uids_to_the_end_of_their_range_fit(database: str) -> None:
    """RFC 3501: 32 bits without a sign."""
    with closing(Store(database, KEY)) as store:
        with store.begin() as tx:
            top = 2**32 - 1
            tx.add(
                Mail(
                    sha256="a",
                    raw=b"",
                    size=0,
                    folder="INBOX",
                    uidvalidity=top,
                    uid=top,
                    received_at=NOON,
                )
            )
        with store.read() as tx:
            assert tx.query(Mail).one().uid == top


@pytest.mark.both_databases
def test_a_number_once_given_is_given_to_no_other(database: str) -> None:
    """Also when the last row is gone."""
    with closing(Store(database, KEY)) as store:
        place = Post("especialista-ugel", "060004")
        numbers = []
        for n in range(2):
            with store.begin() as tx:
                person = Open("ANA", "00000001", None, place, f"s{n}")
                numbers.append(accounts.open_account(tx, person, None, NOON))
                tx.execute(text("DELETE FROM accounts"))
        assert numbers[0] < numbers[1]


# ------------------------------------------------------------------ damage


@pytest.mark.parametrize("harm", ["cut", "noise", "garbage"])
def test_a_damaged_file_stops_everything_before_it_begins(
    bot: Run, config: Path, harm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 2, what to do in Spanish, no traceback, and the file is as it was."""
    path = config / "mailbot.db"
    with closing(Store(f"sqlite:///{path}", KEY)) as store, store.begin() as tx:
        for n in range(200):
            person = Open("ANA", f"{n:08d}", None, Post("especialista-ugel", "060004"), f"s{n}")
            accounts.open_account(tx, person, None, NOON)
    data = bytearray(path.read_bytes())
    if harm == "cut":
        del data[len(data) // 2 :]
    elif harm == "noise":
        data[8192:] = bytes(byte ^ 0x5A for byte in data[8192:])
    else:
        data[:] = b"esto no es una base de datos" * 1000
    path.write_bytes(data)
    _complete(monkeypatch)
    code, _, err = bot("poll")
    assert code == 2
    assert "está dañado" in err
    assert "mailbot restore" in err
    assert path.read_bytes() == data


def _complete(monkeypatch: pytest.MonkeyPatch) -> None:
    """A configuration the service accepts, of servers that are not there."""
    for name, value in (
        ("IMAP__HOST", "127.0.0.1"),
        ("IMAP__PORT", "1"),
        ("IMAP__USER", "x"),
        ("SMTP__HOST", "127.0.0.1"),
    ):
        monkeypatch.setenv(f"MAILBOT_{name}", value)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://x/y", "no se admite|falta el programa"),
        ("nada", "no sirve"),
        ("sqlit:///x", "no sirve"),
    ],
)
def test_an_url_that_will_not_do_is_told(url: str, said: str) -> None:
    """Configuration, not a bug."""
    with pytest.raises(ConfigError, match=said):
        Store(url, KEY)


def test_a_password_in_the_file_is_refused(bot: Run, config: Path) -> None:
    """It is a secret as any other: the file may be read by others, and copied."""
    file = config / "mailbot.toml"
    words = file.read_text(encoding="utf-8")
    url = 'url = "postgresql://bot:secreta@db.example/mailbot"'
    file.write_text(re.sub(r"(?m)^url = .*$", url, words), encoding="utf-8")
    code, _, err = bot("accounts")
    assert (code, "MAILBOT_STORE__URL" in err, "secreta" in err) == (2, True, False)


def test_the_history_is_in_the_package() -> None:
    """Whoever installs the program has every step: the package holds all its files."""
    steps = [file.name for file in (schema.FOLDER / "versions").iterdir() if file.suffix == ".py"]
    assert len(steps) == len(schema.KNOWN) + 1
    assert (schema.FOLDER / "env.py").is_file()
    assert Path(schema.__file__).parent in schema.FOLDER.parents
