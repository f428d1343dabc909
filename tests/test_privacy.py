"""Personal data: unreadable at rest, masked where it need not stand, forgotten in time."""

import io
import json
import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr
from pathlib import Path
from typing import Any

import pytest
import structlog
from house import ADMINISTRATOR, NOON, SAMPLES, Clock, House, text_of
from hypothesis import given
from hypothesis import strategies as st
from lives import Play
from mails import compose
from pydantic import SecretStr
from sqlalchemy import select, text, update
from test_cli import Run, bot, config

from mailbot import logs, pipeline, retention
from mailbot.actions.saga import Step
from mailbot.config import read_settings
from mailbot.desk import Desk, thread_of
from mailbot.errors import ConfigError
from mailbot.masking import masked, one_line
from mailbot.model import Open, Post
from mailbot.procedures import read_guide
from mailbot.rules import read_rules
from mailbot.store import Store, accounts, journal, purge, rotate
from mailbot.store.seal import Keyring, Unsealed
from mailbot.store.tables import (
    Account,
    Alias,
    Case,
    CaseStatus,
    Change,
    Deputation,
    Letter,
    Mail,
    MailStatus,
    OrderStatus,
    Prompt,
    PromptKind,
    Table,
    WorkOrder,
)

__all__ = ["bot", "config"]

pytestmark = pytest.mark.both_databases

ALTA = "5.1-alta-especialista-ugel"
UGEL = "mesadepartes@ugelchota.example"
ROSA = "rosa.quispe@correo.example"
DNI = "42871359"
PREVIOUS = ("PÉREZ GARCÍA, Juan", "10203040", "juan.perez@correo.example")
OLD, NEW = SecretStr("clave antigua " + "a" * 32), SecretStr("clave nueva " + "b" * 32)
PLACE = Post("especialista-ugel", "060004")


def readable(folder: Path) -> bytes:
    """Everything the database's files hold."""
    files = sorted(folder.glob("mailbot.db*"))
    assert files
    return b"".join(file.read_bytes() for file in files)


@pytest.fixture
def lived(begin: Callable[[Play], House]) -> House:
    """A bot that has replaced one account's holder by another."""
    return begin(replaced)


def replaced(house: House) -> None:
    """Play it."""
    house.seat(*PREVIOUS, PLACE)
    house.send_sample(ALTA)
    house.poll()
    house.decide(ADMINISTRATOR, "APROBAR")
    house.poll()
    assert [case.status for case in house.cases()] == [CaseStatus.DONE]


Environment = Callable[[str, str | SecretStr | None], None]


@pytest.fixture
def environment(config: Path, monkeypatch: pytest.MonkeyPatch) -> Environment:
    """Sets a variable of the bot's, or removes it."""
    assert config.is_dir()

    def change(name: str, value: str | SecretStr | None) -> None:
        plain = value.get_secret_value() if isinstance(value, SecretStr) else value
        monkeypatch.setenv(f"MAILBOT_{name}", plain or "")
        if plain is None:
            monkeypatch.delenv(f"MAILBOT_{name}")

    return change


# ------------------------------------------------------------------ at rest


def test_nothing_personal_can_be_read_in_the_files(lived: House) -> None:
    """Neither a DNI, a name, an address nor a mail's words: the canary beside them can."""
    house = lived
    with house.store.begin() as tx:
        tx.execute(text("INSERT INTO marks (key, value) VALUES ('canario', 'se lee bien')"))
    house.store.scrub(whole=False)
    found = house.held()
    assert b"se lee bien" in found
    words = (DNI, ROSA, UGEL, ADMINISTRATOR, *PREVIOUS, "Quispe", "QUISPE", "Subject:", "PDF-1")
    for word in words:
        assert word.encode() not in found, word


def test_what_is_encrypted_is_found_by_its_value(lived: House) -> None:
    """Seats, DNI and addresses are looked up as before, and a seat has one active holder."""
    house = lived
    with house.store.read() as tx:
        assert [a.names for a in accounts.of_person(tx, DNI, PLACE)] == [house.cases()[0].names]
        holder = accounts.holder(tx, "especialista-ugel/060004/")
        assert holder is not None
        assert holder.dni == DNI
    with pytest.raises(Exception, match=r"(?i)unique"):
        house.seat("OTRA, Persona", "44444444", None, PLACE)


def test_a_value_moved_to_another_column_does_not_open() -> None:
    """Each is bound to its purpose."""
    ring = Keyring([OLD])
    with pytest.raises(Unsealed, match="se cambió"):
        ring.open(ring.seal(b"x", "mails.raw"), "letters.context")


@given(data=st.binary(max_size=200), flip=st.integers(min_value=0))
def test_a_changed_value_never_opens(data: bytes, flip: int) -> None:
    """Flip any bit behind the key's fingerprint."""
    ring = Keyring([OLD])
    sealed = bytearray(ring.seal(data, "x"))
    assert ring.open(bytes(sealed), "x") == data
    place = len(ring.prefix) * 8 + flip % ((len(sealed) - len(ring.prefix)) * 8)
    sealed[place // 8] ^= 1 << place % 8
    with pytest.raises(Unsealed):
        ring.open(bytes(sealed), "x")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SECRET", None, "falta la clave"),
        ("SECRET", "corta", "falta la clave"),
        ("SECRET", NEW, "clave que no figura"),
    ],
)
def test_without_its_key_a_database_says_which_variable_to_mend(
    environment: Environment, bot: Run, name: str, value: str | SecretStr | None, said: str
) -> None:
    """Missing, short and wrong: exit code 2, the variable and what to do."""
    assert bot("accounts")[0] == 0
    environment(name, value)
    code, _, err = bot("accounts")
    assert code == 2
    assert err.startswith("MAILBOT_DATA_KEY: ")
    assert said in err


def test_a_data_key_in_the_file_is_refused(config: Path) -> None:
    """Keys stand in the environment only."""
    file = config / "mailbot.toml"
    file.write_text('data_key = "x"\n' + file.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(ConfigError, match="MAILBOT_DATA_KEY"):
        read_settings(config, read_guide(config))


# ------------------------------------------------------------------ rotation


@pytest.fixture
def full(database: str) -> Iterator[Store]:
    """A store under the old key, with 250 accounts and a mail."""
    store = Store(database, [OLD])
    with store.begin() as tx:
        for n in range(250):
            person = Open(f"PERSONA {n}", f"{n:08d}", f"p{n}@correo.example", PLACE, f"s{n}")
            accounts.open_account(tx, person, None, NOON)
        tx.add(stored_mail("uno"))
    yield store
    store.close()


def stored_mail(mark: str, **more: Any) -> Mail:  # noqa: ANN401  columns
    """A mail in the store."""
    return Mail(
        **{
            "sha256": mark,
            "raw": f"crudo {mark}".encode(),
            "size": 9,
            "folder": "INBOX",
            "uidvalidity": 1,
            "uid": sum(mark.encode()),
            "received_at": NOON,
            **more,
        }
    )


def sealed_with(store: Store) -> dict[bytes, int]:
    """How many values each key sealed, by the key's fingerprint."""
    found: dict[bytes, int] = {}
    with store.read() as tx:
        for column in rotate._columns():  # noqa: SLF001  every sealed column there is
            name = f"{column.table.name}.{column.name}"
            for value in tx.scalars(text(f"SELECT {column.name} FROM {column.table.name}")):  # noqa: S608
                if value:
                    raw = value.encode() if isinstance(value, str) else value
                    assert raw.startswith(b"m1:"), name
                    found[raw[3:11]] = found.get(raw[3:11], 0) + 1
    return found


def test_a_new_key_takes_over_everything(full: Store, database: str) -> None:
    """After the rotation the old key opens nothing, the new one all, and equals are still found."""
    url = database
    (old,) = sealed_with(full)
    full.close()
    both = Store(url, [NEW, OLD])
    assert rotate.rotate(both) == 251
    assert old not in sealed_with(both)
    assert rotate.to_do(both) == 0
    both.close()
    new = Store(url, [NEW])
    with new.read() as tx:
        assert tx.get_one(Account, 17).names == "PERSONA 16"
        assert tx.query(Account).filter(Account.dni == "00000016").count() == 1
    new.close()
    with pytest.raises(ConfigError, match="MAILBOT_DATA_KEY"):
        Store(url, [OLD])


def test_a_rotation_that_was_stopped_goes_on_where_it_stood(full: Store, database: str) -> None:
    """Stopped after the first batch: nothing is lost, the old key is still asked for."""
    url = database
    full.close()
    both = Store(url, [NEW, OLD])

    def stop(_rows: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotate.rotate(both, stop)
    assert len(sealed_with(both)) == 2
    with pytest.raises(ConfigError, match="MAILBOT_DATA_KEY"):
        Store(url, [NEW])
    left = rotate.to_do(both)
    assert 0 < left < 251
    assert rotate.rotate(both) == left
    both.close()
    Store(url, [NEW]).close()


def test_rotation_by_command_from_the_bots_own_key(environment: Environment, bot: Run) -> None:
    """A database begun without MAILBOT_DATA_KEY gets one; then MAILBOT_SECRET may change."""
    assert bot("accounts")[0] == 0
    environment("DATA_KEY", NEW)
    code, out, _ = bot("keys", "rotate")
    assert code == 0
    assert "1 valores cifrados de nuevo" in out  # the alias of the operator who looked
    environment("SECRET", "otra clave de prueba de mas de 32 caracteres")
    assert bot("audit", "verify")[0] == 0
    environment("DATA_KEY", "tampoco esta clave abre nada de lo guardado aqui")
    assert bot("audit", "verify")[0] == 2


# ------------------------------------------------------------------ from version 1

VERSION_1 = Path(__file__).parent / "config" / "version-1.sql"


@pytest.fixture
def version_1(tmp_path: Path) -> Path:
    """A database of version 1 in which one account was replaced and one mail set aside."""
    path = tmp_path / "mailbot.db"
    with sqlite3.connect(path) as raw:
        raw.executescript(VERSION_1.read_text(encoding="utf-8"))
    raw.close()
    return path


def test_a_database_of_version_1_is_encrypted_and_chained(version_1: Path) -> None:
    """All its rows are there, none is readable, the journal verifies; a second start is calm."""
    before = version_1.read_bytes()
    for word in (DNI, ROSA, "Quispe"):
        assert word.encode() in before
    store = Store(f"sqlite:///{version_1}", [OLD])
    with store.read() as tx:
        case = tx.query(Case).one()
        assert (case.dni, case.record["correo"], case.asker) == (DNI, ROSA, UGEL)
        assert [a.dni for a in accounts.everybody(tx, closed=True)] == ["10203040", DNI]
        assert tx.query(Mail).count() == 3
        assert tx.query(Letter).filter(Letter.recipient == ROSA).count() == 1
        assert journal.verify(tx) is None
        events = journal.of_case(tx, case.id)
        assert [e.name for e in events if e.name == "case_approved"] == ["case_approved"]
        assert (journal.head(tx).count, len(events)) == (6, 5)
        (approved,) = [e for e in events if e.name == "case_approved"]
        assert approved.actor == ADMINISTRATOR
        assert approved.mail_sha256 is not None
    found = readable(version_1.parent)
    store.close()
    for word in (DNI, ROSA, UGEL, ADMINISTRATOR, "Quispe", "Subject:"):
        assert word.encode() not in found, word
    Store(f"sqlite:///{version_1}", [OLD]).close()


def test_an_upgrade_that_fails_leaves_the_database_as_it_was(version_1: Path) -> None:
    """One transaction a step: the older program can still read all of it."""
    with sqlite3.connect(version_1) as raw:
        raw.execute("INSERT INTO events VALUES (7, 'nunca', 'x', 'bot', NULL, NULL, NULL)")
    raw.close()
    with pytest.raises(ValueError, match="nunca"):
        Store(f"sqlite:///{version_1}", [OLD])
    with sqlite3.connect(version_1) as raw:
        assert raw.execute("SELECT value FROM marks WHERE key = 'schema'").fetchone() == ("1",)
        assert raw.execute("SELECT dni FROM cases").fetchone() == (DNI,)
        assert raw.execute("SELECT count(*) FROM events").fetchone() == (7,)
    raw.close()


@pytest.mark.parametrize("value", ["'42871359'", "'d1:AAAA'", "'d1:' || dni"])
def test_a_value_written_outside_is_told_not_believed(config: Path, bot: Run, value: str) -> None:
    """In clear, cut or mixed up: exit code 2 and what happened, no traceback."""
    rules = read_rules(config)
    store = Store(rules.settings.database, rules.settings.data_keys)
    with store.begin() as tx:
        person = Open("ROJAS, Ana", "42871359", None, PLACE, "s")
        accounts.open_account(tx, person, None, NOON)
        tx.execute(text(f"UPDATE accounts SET dni = {value}"))  # noqa: S608
    store.close()
    code, _, err = bot("accounts")
    assert code == 2
    assert "por fuera del programa" in err


# ------------------------------------------------------------------ masking


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("DNI 42871359", "DNI *****359"),
        ("DNI42871359.", "DNI*****359."),
        ("42.871.359 y 42 871 359", "*****359 y *****359"),
        ("de rosa.quispe+x@correo.example.", "de ***@correo.example."),
        ("resolución 0123-2026, IE 0453217, 31.03.2026", None),
        ("2026-03-31T17:00:00.123456Z", None),
    ],
)
def test_numbers_and_addresses_are_masked_and_nothing_else(said: str, left: str | None) -> None:
    """A DNI keeps three digits, an address its domain; dates and other numbers stay."""
    assert masked(said) == (left or said)


def test_a_subject_tells_no_dni() -> None:
    """Our answer's subject repeats theirs, its DNI masked."""
    assert thread_of("<a@b>", (), "RV: ALTA DNI 42871359").subject == "ALTA DNI *****359"


def test_the_digest_shows_no_whole_address(house: House) -> None:
    """Whose mail was set aside, by domain; the rest is in `mailbot pending`."""
    raw = (SAMPLES / f"{ALTA}.eml").read_bytes()
    house.send(raw, UGEL, port=house.post.servers.bare_port)
    house.poll()
    (digest,) = house.post.wait_for(ADMINISTRATOR)
    assert "***@ugelchota.example" in text_of(digest)
    assert UGEL not in digest.as_string()
    (kept,) = [x for x in house.letters() if x.kind == "administrator-digest"]
    assert UGEL not in json.dumps(kept.context)


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """What the program logs at DEBUG."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    with redirect_stderr(io.StringIO()) as out:
        logs.configure(verbose=True)
        try:
            yield out
        finally:
            structlog.reset_defaults()
            root.handlers[:] = handlers
            root.setLevel(level)


@given(words=st.text())
def test_an_event_is_one_line_of_json_whatever_it_holds(words: str) -> None:
    """Newlines, escapes, any sign: no second line, no control sign, and JSON."""
    line = rendered(words)
    assert isinstance(json.loads(line), dict)
    assert line == one_line(line)


def rendered(words: str) -> str:
    """An event as it would leave."""
    event: Any = {"event": words, "reason": words, "inner": {words: [words]}}
    for processor in (logs._mask, structlog.processors.JSONRenderer()):  # noqa: SLF001  the chain
        event = processor(None, "info", event)
    return str(event)


HOSTILE = 'x\n{"event": "falso"}\x1b[2J\r\u2028 42871359 rosa@correo.example'


def test_hostile_words_make_one_masked_line() -> None:
    """From our own events, from a library's log, and from an error with the words in it."""
    with logged() as out:
        structlog.get_logger().info("mail_set_aside", reason=HOSTILE, many=[{"k": HOSTILE}])
        logging.getLogger("alguna.biblioteca").error("fallo: %s", HOSTILE)
        try:
            raise KeyError(HOSTILE)  # noqa: TRY301
        except KeyError:
            structlog.get_logger().exception("mail_broke_us", mail=1)
            logging.getLogger("alguna.biblioteca").exception("fallo")
    lines = out.getvalue().splitlines()
    assert [json.loads(line)["event"][:5] for line in lines] == ["mail_", "fallo", "mail_", "fallo"]
    for line in lines:
        assert not {"\x1b", "\r", "\u2028"} & set(line)
        assert DNI not in line
        assert "rosa@" not in line
    for line in lines[2:]:
        assert "KeyError" in line
        assert "test_privacy.py" in line
        assert "correo" not in line


def test_a_terminal_is_shown_no_control_sign() -> None:
    """JSON would escape them; columns for who watches would not."""
    cleaned = logs._mask(None, "info", {"event": HOSTILE, "inner": [{"k": HOSTILE}]})  # noqa: SLF001
    for words in (cleaned["event"], cleaned["inner"][0]["k"]):
        assert words == one_line(words)
        assert "falso" in words


def people_of(store: Store) -> set[str]:
    """The DNI, names and addresses that the store knows."""
    with store.read() as tx:
        cases = tx.query(Case).all()
        found = {mail.sender for mail in tx.query(Mail)} | {case.asker for case in cases}
        found |= {value for case in cases for value in (case.dni, case.names)}
        found |= {case.record["correo"] for case in cases}
    return {word for word in found if word}


TYPED = sorted(p for p in SAMPLES.glob("*.eml") if p.stat().st_size < 30_000)[::3]
"""Every third of the samples without scans: what is logged of them does not depend on more."""


def test_the_log_of_the_sample_corpus_names_nobody(config: Path) -> None:
    """Every small sample, and each again while it breaks us, at DEBUG: no person in the log."""
    rules = read_rules(config)
    store = Store(rules.settings.database, rules.settings.data_keys)
    desk = Desk(rules, store, Clock())
    with store.begin() as tx:
        for number, path in enumerate(TYPED, 1):
            tx.add(stored_mail(path.name, raw=path.read_bytes(), uid=number))
    assert len(TYPED) > 20
    with logged() as out:
        assert pipeline.process(desk) == len(TYPED)
        known = people_of(store)
        with store.begin() as tx:
            renewed = update(Mail).where(Mail.id <= 20)
            tx.execute(renewed.values(status=MailStatus.NEW, attempts=0))
            tx.execute(update(Case).values(record={}))
        pipeline.process(desk)  # a record that is empty breaks what reads it
    store.close()
    assert len(known) > 10
    said = out.getvalue()
    assert "mail_broke_us" in said
    assert "mail_set_aside" in said
    assert [word for word in known if word in said] == []


# ------------------------------------------------------------------ retention


def test_what_is_due_is_forgotten_and_cannot_be_found(lived: House) -> None:
    """Two years on: no row opens to anything of the people, no sealed byte of theirs is left."""
    house = lived
    house.send(compose(ROSA, "x@mailbot.example", "hola", text=f"mi DNI {DNI}"), ROSA)
    house.poll()
    with house.store.read() as tx:
        case, letter = tx.get_one(Case, 1), tx.get_one(Letter, 1)
        assert case.dni == DNI
        columns = (("mails", "raw"), ("cases", "record"), ("letters", "context"))
        sealed = [
            bytes(v, "ascii") if isinstance(v, str) else v
            for table, column in columns
            for v in tx.scalars(text(f"SELECT {column} FROM {table}"))  # noqa: S608
            if v
        ]
    assert letter.context
    with house.store.begin() as tx:
        tx.add_all(shown_and_deputed())
    house.store.scrub(whole=False)
    assert all(value[40:80] in house.held() for value in sealed)
    house.clock.forward(days=731)
    retention.forget(house.desk)
    held = house.held()
    assert len(sealed) > 5
    for value in sealed:
        assert value[40:80] not in held
    everything = dump(house.store)
    assert DNI in everything  # in the account that is still active, and there only
    with house.store.begin() as tx:
        accounts.close_account(tx, 2, 1, house.clock())
    house.clock.forward(days=731)
    retention.forget(house.desk)
    everything = dump(house.store)
    for word in (DNI, ROSA, UGEL, "QUISPE", "Quispe", *PREVIOUS):
        assert word not in everything, word
    with house.store.read() as tx:
        assert journal.verify(tx) is None
        assert journal.head(tx).count > 5


def dump(store: Store) -> str:
    """Every value of every table, opened, as one text; the public register of schools left out."""
    tables = [t for t in Table.metadata.sorted_tables if not t.name.startswith("school")]
    with store.read() as tx:
        return "\n".join(repr(row) for table in tables for row in tx.execute(table.select()))


def shown_and_deputed() -> tuple[Table, ...]:
    """A digest that could be answered, a deputy and a work order until now; a change of now."""
    shown = Prompt(
        kind=PromptKind.DIGEST, approver=ADMINISTRATOR, content={"items": {}}, digest="d",
        nonce="n", token_hash="h", created_at=NOON, expires_at=NOON,
    )  # fmt: skip
    deputed = Deputation(
        approver=ADMINISTRATOR, deputy=ROSA, cause="absent", created_at=NOON, until=NOON,
        ended_at=NOON,
    )  # fmt: skip
    order = WorkOrder(
        worker=ROSA, nonce="n", token_hash="h", status=OrderStatus.DONE,
        created_at=NOON, remind_at=NOON, expires_at=NOON,
    )  # fmt: skip
    change = Change(step=Step.DONE, created_at=NOON, error=f"{ROSA} no tiene cuenta")
    return shown, deputed, order, change


@pytest.mark.parametrize("kind", purge.KINDS, ids=lambda kind: kind.label)
def test_nothing_is_forgotten_before_its_time(lived: House, kind: purge.Kind) -> None:
    """A day before the time nothing is due; a day after it something is."""
    house = lived
    with house.store.begin() as tx:
        tx.add(stored_mail("apartado", status=MailStatus.SET_ASIDE))
        tx.add_all(shown_and_deputed())
        if kind.setting == "audit_days":
            settings = house.rules.settings.retention.model_copy(update={"audit_days": 730})
        else:
            settings = house.rules.settings.retention
    days = getattr(settings, kind.setting)
    for more, expected in ((days - 1, False), (days + 1, True)):
        clock = Clock()
        clock.forward(days=more)
        limit = retention.before(settings, kind, clock())
        assert limit is not None
        with house.store.read() as tx:
            assert bool(purge.count(tx, kind, limit)) is expected


def test_what_is_open_is_never_touched(house: House) -> None:
    """A case that waits keeps its mail, its letters and its people, however long it waits."""
    house.send_sample(ALTA)
    house.poll()
    house.clock.forward(days=3_000)
    assert retention.due(house.desk) == []
    retention.forget(house.desk)
    (case,) = house.cases()
    assert (case.status, case.dni) == (CaseStatus.PENDING, DNI)
    with house.store.read() as tx:
        assert all(mail.raw for mail in tx.query(Mail))
        assert all(letter.context for letter in tx.query(Letter))


def test_a_mail_of_a_case_that_just_ended_stays(house: House) -> None:
    """The time counts from the end of the dossier's last case, not from the mail's arrival."""
    house.send_sample(ALTA)
    house.poll()
    house.clock.forward(days=2)
    with house.store.begin() as tx:
        case = tx.get_one(Case, 1)
        case.status, case.updated_at = CaseStatus.REJECTED, house.clock()
    house.clock.forward(days=89)
    assert "Correos atendidos" not in {kind.label for kind, _, _ in retention.due(house.desk)}
    house.clock.forward(days=2)
    assert "Correos atendidos" in {kind.label for kind, _, _ in retention.due(house.desk)}


def test_another_case_that_was_decided_of_late_keeps_only_its_own_mails(lived: House) -> None:
    """Where somebody always decides something, what is over is forgotten all the same."""
    house = lived
    with house.store.read() as tx:
        old = set(tx.scalars(select(Mail.id)))
    house.clock.forward(days=80)
    house.send_sample("7.1-alta-estadistico-ugel")
    house.poll()
    house.decide(ADMINISTRATOR, "APROBAR")
    house.clock.forward(days=11)
    retention.forget(house.desk)
    with house.store.read() as tx:
        gone = set(tx.scalars(select(Mail.id).where(Mail.raw.is_(None))))
        kept = set(tx.scalars(select(Mail.id).where(Mail.raw.is_not(None))))
    assert gone == old
    assert len(kept) == 2  # the request and its answer


def test_a_purged_mail_is_not_taken_up_again(house: House) -> None:
    """`mailbot retry` has nothing to read any more."""
    with house.store.begin() as tx:
        tx.add(stored_mail("apartado", status=MailStatus.SET_ASIDE))
    assert pipeline.retry(house.desk, [1]) == 1
    with house.store.begin() as tx:
        mail = tx.get_one(Mail, 1)
        mail.status, mail.raw = MailStatus.SET_ASIDE, None
    assert pipeline.retry(house.desk, [1]) == 0


def test_the_chores_forget_once_a_day(house: House) -> None:
    """In batches, without being asked; the journal says how much with each."""
    with house.store.begin() as tx:
        for n in range(retention.BATCH + 5):
            tx.add(stored_mail(f"apartado {n}", status=MailStatus.SET_ASIDE, uid=n))
    house.clock.forward(days=31)
    house.poll()
    with house.store.read() as tx:
        assert tx.query(Mail).filter(Mail.raw.is_not(None)).count() == 0
        purged = journal.between(tx, NOON, house.clock.now.replace(year=2099))
        assert [(row.name, row.detail) for row in purged] == [
            ("purged", f"Correos apartados: {retention.BATCH}"),
            ("purged", "Correos apartados: 5"),
        ]
    house.poll()
    with house.store.read() as tx:
        assert journal.head(tx).count == 2


def test_purge_by_command_asks_shows_and_forgets(config: Path, bot: Run) -> None:
    """--dry-run only shows; --yes forgets; then nothing is due."""
    rules = read_rules(config)
    store = Store(rules.settings.database, rules.settings.data_keys)
    with store.begin() as tx:
        tx.add(stored_mail("apartado", status=MailStatus.SET_ASIDE))
    code, out, _ = bot("purge", "--dry-run")
    assert code == 0
    assert "Correos apartados" in out
    with store.read() as tx:
        assert tx.query(Mail).filter(Mail.raw.is_not(None)).count() == 1
    code, out, _ = bot("purge", "--yes")
    assert code == 0
    assert "1 registros sin datos personales." in out
    assert "no hay nada que borrar" in bot("purge")[1]
    with store.read() as tx:
        assert tx.query(Mail).filter(Mail.raw.is_not(None)).count() == 0
        assert tx.query(Alias).count() == 1
    store.close()


def test_names_in_the_journal_are_kept_two_years_or_for_ever(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shorter time is refused, in words."""
    monkeypatch.setenv("MAILBOT_RETENTION__AUDIT_DAYS", "90")
    with pytest.raises(ConfigError, match="730 o más"):
        read_settings(config, read_guide(config))
    monkeypatch.setenv("MAILBOT_RETENTION__AUDIT_DAYS", "730")
    assert read_settings(config, read_guide(config)).retention.audit_days == 730
