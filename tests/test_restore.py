"""Copies of the database, and a bot that was put back to one: it does nothing twice."""

import io
import json
import re
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import mails
import pytest
from chamber import Chamber, record
from house import ADMINISTRATOR, BOT, NOON, House
from sqlalchemy import text
from test_cli import Run, bot, config
from test_database import KEY, released
from test_power import files_at_most

from mailbot import (
    backup,
    chores,
    daily,
    monthly,
    recovery,
    schedule,
    send,
    terms,
    urge,
)
from mailbot.console import differing
from mailbot.errors import ConfigError, Held
from mailbot.prompts import digest
from mailbot.respond import Secrets, render
from mailbot.store import Store, copies, epoch, journal, pulse
from mailbot.store.pulse import Beat, Heartbeat
from mailbot.store.tables import (
    Case,
    CaseStatus,
    Challenge,
    Letter,
    LetterStatus,
    Mail,
    MailStatus,
    Question,
)

__all__ = ["bot", "config"]

ALTA, BAJA = "5.1-alta-especialista-ugel", "5.2-baja-especialista-ugel"
UGEL, ROSA = "mesadepartes@ugelchota.example", "rosa.quispe@correo.example"


@pytest.fixture
def place(house: House, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The database of a bot at work, which commands reach too."""
    monkeypatch.setenv("MAILBOT_CONFIG", str(house.folder))
    return house.folder / "mailbot.db"


def reopened(house: House) -> House:
    """The same house after its service was stopped and started."""
    house.store.close()
    for name in ("store", "desk"):
        house.__dict__.pop(name, None)
    return house


# ------------------------------------------------------------------ copies


def test_a_copy_is_whole_private_and_tells_nobody(house: House, place: Path, bot: Run) -> None:
    """Made while a writer is at work: it opens, its journal verifies, nothing in it is in clear."""
    house.send_sample(ALTA)
    house.poll()
    to = place.with_name("copia.db")
    with house.store.begin() as tx:
        tx.execute(text("INSERT INTO marks (key, value) VALUES ('half', 'x')"))
        code, out, _ = bot("backup", str(to))
    assert (code, "copia íntegra" in out) == (0, True)
    assert to.stat().st_mode & 0o777 == 0o600
    data = to.read_bytes()
    for word in (UGEL, ROSA, "42871359", "Quispe", ADMINISTRATOR):
        assert word.encode() not in data
    with closing(sqlite3.connect(to)) as raw:
        assert raw.execute("SELECT count(*) FROM marks WHERE key = 'half'").fetchone() == (0,)
        assert raw.execute("SELECT count(*) FROM mails").fetchone() == (1,)
    assert bot("backup", str(to))[0] == 2  # never over what is there
    assert list(place.parent.glob(".*")) == []


def test_a_copy_that_has_no_room_leaves_nothing(house: House, place: Path) -> None:
    """At every length the disk may have left: an error that names the file, no half copy."""
    house.send_sample(ALTA)
    house.poll()
    house.store.scrub(whole=False)
    to, size = place.with_name("copia.db"), place.stat().st_size
    failed = 0
    for most in range(0, size, size // 12):
        with files_at_most(most), pytest.raises(ConfigError, match=r"copia\.db"):
            backup.make(house.desk, to)
        failed += 1
        assert not to.exists()
        assert list(place.parent.glob(".*")) == []
    assert failed >= 12
    assert backup.make(house.desk, to).count > 0


def test_one_copy_a_day_and_the_oldest_go(house: House, place: Path) -> None:
    """Nine days: a copy each, the last seven are kept; twice a day makes one."""
    folder = place.parent / "copias"
    for _ in range(9):
        chores.do_chores(house.desk)
        chores.do_chores(house.desk)
        house.clock.forward(days=1)
    names = [file.name for file in sorted(folder.iterdir())]
    assert names == [f"mailbot-202604{n:02d}.db" for n in range(2, 9)]
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_copy_that_fails_is_made_at_the_next_chores(house: House, place: Path) -> None:
    """A file where the folder should be: told, the chores go on, and it is tried again."""
    folder = place.parent / "copias"
    folder.write_text("estorbo")
    chores.do_chores(house.desk)
    folder.unlink()
    chores.do_chores(house.desk)
    assert len(list(folder.iterdir())) == 1


def test_the_doctor_tells_how_old_the_last_copy_is(house: House, place: Path) -> None:
    """None yet; one of today; one that is too old needs attention."""
    settings, now = house.rules.settings, datetime.now(UTC)
    assert "todavía ninguna" in backup.standing(settings, now)[1]
    chores.do_chores(house.desk)
    assert backup.standing(settings, now)[0]
    works, said = backup.standing(settings, now + timedelta(days=3))
    assert (works, "backup_failed" in said) == (False, True)
    assert place.exists()


def test_without_a_folder_no_copies_are_made(
    house: House, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It can be left to other programs."""
    monkeypatch.setenv("MAILBOT_STORE__BACKUP_FOLDER", "")
    house.reconfigure()
    chores.do_chores(house.desk)
    assert not (place.parent / "copias").exists()


def test_postgresql_is_copied_by_its_own_tools(
    bot: Run, config: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both commands say which, and how to go on after."""
    url = request.getfixturevalue("postgres").fresh()
    monkeypatch.setenv("MAILBOT_STORE__URL", url)
    file = config / "x.db"
    assert "pg_dump" in bot("backup", str(file))[2]
    file.write_bytes(b"")
    code, _, err = bot("restore", str(file), "--yes")
    assert (code, "mailbot hold" in err) == (2, True)


# ------------------------------------------------------------------ put back


TOLD_AT_SET_TIMES = {
    "decider-digest": digest.send_due,
    "administrator-digest": daily.tell_administrator,
    "administrator-report": monthly.tell_month,
    "administrator-term": terms.warn,
    "administrator-unanswered": urge.escalate,
}
NINE = datetime(2026, 4, 1, 14, 0, tzinfo=UTC)  # in Lima, on the first working day of April


def waiting(chamber: Chamber) -> Chamber:
    """A chamber in which each of them is due at NINE."""
    chamber.configure(monthly="true", digest_hours="[8]")
    chamber.clock.now = NINE - timedelta(days=20)
    note = "vigente hasta el 28/04/2026"
    ends = {"requirement": "rd", "label": "RD", "value": "", "outcome": "met", "note": note}
    chamber.ask(record(findings=[*record()["findings"], {**ends, "places": [], "mend": None}]))
    chamber.hear("Apruebo")
    chamber.ask(record(dni="10203040"))
    fresh(chamber)
    return chamber


def fresh(chamber: Chamber, at: datetime = NINE) -> None:
    """One case more since the day before."""
    chamber.clock.now = at - timedelta(days=1)
    chamber.ask(record(dni="10203040"))
    chamber.clock.now = at


def told(chamber: Chamber) -> Counter[str]:
    """What of it was told."""
    chamber.chores(*TOLD_AT_SET_TIMES.values())
    return Counter(k for k, _ in chamber.letters() if k in TOLD_AT_SET_TIMES)


def test_what_may_have_been_told_since_the_copy_is_not_told_again(chamber: Chamber) -> None:
    """Digests, the daily word, the month's report, warnings; those of later times are."""
    waiting(chamber)
    recovery.hold(chamber.desk, "operador x")
    recovery.resume(chamber.desk, "operador x")
    assert told(chamber) == {}
    fresh(chamber, NINE + timedelta(days=21))  # six days before the encargatura ends
    assert told(chamber).keys() == TOLD_AT_SET_TIMES.keys() - {"administrator-report"}
    chamber.clock.now = NINE + timedelta(days=33)  # the first working day of May
    assert told(chamber)["administrator-report"] > 0


def lost_from_sight(chamber: Chamber) -> Chamber:
    """At NINE, besides: an asker's time is over, and a mail nobody confirmed."""
    waiting(chamber)
    with chamber.store.begin() as tx:
        late = tx.get_one(Case, 2)
        late.status, late.due_at = CaseStatus.OBSERVED, NINE - timedelta(hours=1)
        asked = {"office": "060004", "address": UGEL, "nonce": "n", "token_hash": "h"}
        times = {"created_at": NINE - timedelta(days=4), "expires_at": NINE - timedelta(days=1)}
        tx.add(Challenge(mail_id=1, **asked, **times))
    return chamber


def test_what_is_taken_for_told_is_named_to_the_operator_and_to_the_administrator(
    chamber: Chamber,
) -> None:
    """Each by its case, in the journal and in one word, and nobody by a whole address."""
    lost_from_sight(chamber)
    recovery.hold(chamber.desk, "operador x")
    found = recovery.difference(chamber.desk)
    assert found is not None
    before = len(chamber.events())
    recovery.resume(chamber.desk, "operador x", found.seen)
    noted = [(e.name, e.case_id, e.mail_id) for e in chamber.events()[before:]]
    assert noted == [
        ("term_untold", 1, None),
        ("silence_untold", 2, None),
        ("deadline_untold", 2, None),
        ("challenge_untold", None, 1),
        ("database_resumed", None, None),
    ]
    shown = {(x["what"], x["case"], x["mail"]) for x in differing.shape(found)["untold"]}
    assert shown == set(noted[:-1])
    titled = {title: rows[1:] for title, rows, _ in differing.tables(found)}
    rows = titled["Avisos que quizá ya se dieron (no se darán)"]
    assert ("termina una encargatura", "1", "", "cuenta 1: 28/04/2026") in rows
    assert ("nadie respondió la pregunta", "2", "", "***@minedu.example") in rows
    assert not [r for r in rows if ADMINISTRATOR in str(r)]
    assert told(chamber) == {}

    chamber.clock.forward(days=1)  # a holiday
    assert told(chamber) == {}
    chamber.clock.now = NINE + timedelta(days=5)
    assert told(chamber)["administrator-digest"] == 1
    said = chamber.said("administrator-digest")
    subject, text, page = render("administrator-digest", said, Secrets())
    for words in (text, page):
        assert "caso 1: termina una encargatura (cuenta 1: 28/04/2026)" in words
        assert "caso 2: nadie respondió la pregunta (***@minedu.example)" in words
        assert "caso 2: venció el plazo de quien lo pidió" in words
        assert "correo 1: nadie confirmó que el correo fuera suyo" in words
        assert ADMINISTRATOR not in words
    waiting_count = len(said["mails"]) + len(said["letters"]) + len(said["untold"])
    assert (f"SIAGIE: {waiting_count} asuntos esperan" in subject, len(said["untold"])) == (True, 4)
    fresh(chamber, NINE + timedelta(days=7))
    assert told(chamber)["administrator-digest"] == 2
    assert chamber.said("administrator-digest")["untold"] == []  # once is enough


def test_what_falls_due_after_the_operator_looked_is_told(chamber: Chamber) -> None:
    """Held, nobody can have told it: what was shown is taken for told, no more and no less."""
    lost_from_sight(chamber)
    chamber.clock.now = NINE - timedelta(hours=2)
    recovery.hold(chamber.desk, "operador x")
    found = recovery.difference(chamber.desk)
    assert found is not None
    before, chamber.clock.now = len(chamber.events()), NINE
    recovery.resume(chamber.desk, "operador x", found.seen)
    assert "deadline_untold" not in {e.name for e in chamber.events()[before:]}
    assert {"decider-digest", "administrator-digest"} <= told(chamber).keys()
    with chamber.store.read() as tx:
        assert tx.get_one(Case, 2).due_at is not None


def test_a_restoration_with_nothing_due_leaves_nothing_unsaid(chamber: Chamber) -> None:
    """No row but that it goes on; the next word names nothing."""
    chamber.ask()
    recovery.hold(chamber.desk, "operador x")
    before = len(chamber.events())
    recovery.resume(chamber.desk, "operador x")
    assert [e.name for e in chamber.events()[before:]] == ["database_resumed"]


def test_without_a_restoration_all_of_it_is_told_at_its_time(chamber: Chamber) -> None:
    """What the test above rests on."""
    assert told(waiting(chamber)).keys() == TOLD_AT_SET_TIMES.keys()


def test_before_its_hour_nothing_can_have_been_told(chamber: Chamber) -> None:
    """Put back at seven: what is due at eight comes at eight."""
    waiting(chamber)
    chamber.clock.now = NINE - timedelta(hours=2)
    recovery.hold(chamber.desk, "operador x")
    recovery.resume(chamber.desk, "operador x")
    chamber.clock.now = NINE
    kinds = {"decider-digest", "administrator-digest", "administrator-report"}
    assert kinds <= told(chamber).keys()


def test_the_letters_to_itself_that_a_copy_waits_for_are_given_up(chamber: Chamber) -> None:
    """They came since and were deleted: no alarm that the mail does not come back."""
    beat = Beat("<x>", chamber.clock() - timedelta(days=1))
    with chamber.store.begin() as tx:
        pulse.keep_heartbeat(tx, Heartbeat().with_sent(beat))
    recovery.hold(chamber.desk, "operador x")
    recovery.resume(chamber.desk, "operador x")
    with chamber.store.read() as tx:
        assert pulse.heartbeat(tx).overdue(chamber.clock()) is None


def test_a_bot_put_back_a_day_does_nothing_and_then_nothing_twice(
    house: House, place: Path, bot: Run
) -> None:
    """P17: servers a day ahead: 0 actions and an alarm; once confirmed, no letter leaves again."""
    house.send_sample(ALTA)
    schedule.one_pass(house.desk)
    with house.store.begin() as tx:  # as if the copy had been made before the question left
        question = tx.query(Letter).one()
        question.status, question.sent_at = LetterStatus.QUEUED, None
    copy = place.with_name("ayer.db")
    backup.make(house.desk, copy)
    with house.store.begin() as tx:
        tx.get_one(Letter, question.id).status = LetterStatus.SENT
    house.decide(ADMINISTRATOR, "APROBAR")
    house.send_sample(BAJA)
    house.poll()
    house.clock.forward(days=1)
    house.poll()
    before = sent(house)
    assert before.total() >= 4
    reopened(house)
    house.store.close()

    code, out, _ = bot("restore", str(copy), "--yes")
    assert (code, "mailbot resume" in out) == (0, True)
    reopened(house)
    house.send_sample("sin-rd")
    for act in (schedule.one_pass, schedule.full_pass, chores.do_chores, send.send_due):
        with pytest.raises(Held, match="viene de una copia"):
            act(house.desk)
    assert bot("poll")[0] == 1
    assert sent(house) == before
    with house.store.read() as tx:
        assert tx.query(Mail).count() == 1

    difference = recovery.difference(house.desk)
    assert difference is not None
    found = differing.shape(difference)
    assert found["letters"][0] == question.id
    rest = {letter.kind for letter in difference.underway.letters[1:]}
    assert rest <= {"administrator-health"}  # alarms that it stands still, not sent either
    assert found["lost"] > 3
    assert len(found["handled"]) == 2  # the decision, and the other request
    recovery.resume(house.desk, "operador x")
    for days in (0, 1, 1, 1, 3):
        house.clock.forward(days=days)
        house.poll()
    after = sent(house)
    assert [x for x, times in after.items() if times > 1] == []
    assert after.total() > before.total()  # it works again: the mail that came meanwhile
    with house.store.read() as tx:
        kept = tx.get_one(Letter, question.id)
        assert (kept.status, "restauró" in (kept.error or "")) == (LetterStatus.FAILED, True)
        assert tx.query(Mail).order_by(Mail.id.desc()).first().id > 10_000  # type: ignore[union-attr]
        assert journal.verify(tx) is None
    assert house.active() == []  # nobody acted for it; a person brings the lost mails back


def sent(house: House) -> Counter[str]:
    """How often each letter arrived anywhere, by Message-ID."""
    house.post._drain()  # noqa: SLF001  the tests' own
    people = (ADMINISTRATOR, UGEL, ROSA, "mesadepartes@ugelcutervo.example")
    return Counter(str(mail["Message-ID"]) for who in people for mail in house.post.inbox(who))


def test_what_was_unread_in_the_copy_is_set_aside(house: House, place: Path) -> None:
    """A mail fetched and not yet processed may have been answered since."""
    house.send_sample(ALTA)
    house.poll()
    with house.store.begin() as tx:
        tx.execute(text("UPDATE mails SET status = 'new'"))
        epoch.hold(tx, house.clock())
    assert place.exists()
    with pytest.raises(Held):
        house.poll()
    difference = recovery.difference(house.desk)
    assert difference is not None
    assert [mail.id for mail in difference.underway.mails] == [1]
    assert len(difference.underway.cases) == 1
    recovery.resume(house.desk, "operador x")
    with house.store.read() as tx:
        assert tx.get_one(Mail, 1).status == MailStatus.SET_ASIDE
        assert tx.query(Question).one().reminded_at is not None
    house.poll()


def test_no_mail_that_was_set_aside_keeps_a_bot_from_going_on(house: House, place: Path) -> None:
    """T72: what the gate refused since the copy lies in a folder: libraries break on its From."""
    raw = mails.compose("a@ataque.example", BOT, "Alta", text="Hola.")
    house.send(re.sub(rb"(?m)^From: .*$", b"From: " + b"(" * 700 + b"\r", raw), "a@ataque.example")
    house.poll()
    with house.store.begin() as tx:
        assert tx.query(Mail).one().status == MailStatus.SET_ASIDE
        epoch.hold(tx, house.clock())
    assert place.exists()
    difference = recovery.difference(house.desk)
    assert difference is not None
    assert [(h.folder, h.sender, h.subject) for h in difference.handled] == [
        (house.desk.rules.settings.imap.set_aside, "", "Alta")
    ]


def test_a_file_copied_over_is_noticed(
    house: House, place: Path, bot: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not by our command: an older file under the same name ends before the head beside it."""
    house.send_sample(ALTA)
    house.poll()
    house.store.scrub(whole=False)
    reopened(house)
    house.store.close()
    old = place.read_bytes()
    reopened(house).decide(ADMINISTRATOR, "APROBAR")
    reopened(house)
    house.store.close()
    place.write_bytes(old)
    code, _, err = bot("poll")
    assert code == 1
    assert re.search(r"le faltan las últimas \d+ filas", err)
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    code, out, err = bot("resume")
    assert (code, "¿Seguir" in err) == (1, True)  # held still: nobody answered
    assert "Casos abiertos" in out
    assert json.loads(bot("resume", "--json")[1])["cases"] == [1]
    assert bot("poll")[0] == 1
    assert bot("resume", "--yes")[0] == 0
    assert bot("poll")[0] == 0
    assert "Nada que confirmar" in bot("resume")[1]


def test_another_database_under_the_same_name_is_noticed(house: House, place: Path) -> None:
    """Longer than the one that worked here, and of another history."""
    house.send_sample(ALTA)
    house.poll()
    reopened(house)
    house.store.close()
    with closing(sqlite3.connect(place)) as raw, raw:
        (rows,) = raw.execute("SELECT count(*) FROM events").fetchone()
    place.with_name("mailbot.db.head").write_text(f"{rows}:{'a' * 64}")
    with pytest.raises(Held, match="su bitácora es otra"):
        house.poll()


def test_stopped_and_started_many_times_it_does_nothing(house: House, place: Path) -> None:
    """P14: no letter, no row, no question whether it was put back."""
    house.send_sample(ALTA)
    house.poll()
    before = sent(house)
    with house.store.read() as tx:
        end = journal.head(tx)
    for _ in range(10):
        reopened(house).poll()
    with house.store.read() as tx:
        assert journal.head(tx) == end
    assert sent(house) == before
    assert place.with_name("mailbot.db.head").read_text() == str(end)


def test_a_database_in_use_is_not_replaced(house: House, place: Path, bot: Run) -> None:
    """The service has to be stopped first: exit code 2, and all is as it was."""
    copy = place.with_name("copia.db")
    backup.make(house.desk, copy)
    with house.store.read() as tx:
        tx.execute(text("SELECT 1 FROM marks"))
        code, _, err = bot("restore", str(copy), "--yes")
    assert (code, "detenga el servicio" in err) == (2, True)
    assert list(place.parent.glob("*.reemplazada")) == []
    house.poll()


@pytest.mark.parametrize("harm", ["cut", "garbage"])
def test_what_is_no_copy_is_not_put_back(bot: Run, config: Path, harm: str) -> None:
    """The database stays where it is."""
    place, copy = config / "mailbot.db", config / "copia.db"
    with closing(Store(f"sqlite:///{place}", KEY)):
        pass
    data = place.read_bytes()
    copy.write_bytes(data[: len(data) // 2] if harm == "cut" else b"nada")
    code, _, err = bot("restore", str(copy), "--yes")
    assert (code, "no es una base de datos íntegra" in err) == (2, True)
    assert place.read_bytes() == data


def test_a_damaged_database_is_replaced_by_its_copy(bot: Run, config: Path) -> None:
    """What restoring is for; the damaged file is kept aside."""
    place, copy = config / "mailbot.db", config / "copia.db"
    with closing(Store(f"sqlite:///{place}", KEY)):
        pass
    shutil.copy(place, copy)
    place.write_bytes(b"x" * 10_000)
    assert bot("restore", str(copy), "--yes")[0] == 0
    assert [p.read_bytes()[:3] for p in config.glob("*.reemplazada")] == [b"xxx"]
    assert bot("db", "check")[0] == 0


def test_the_copy_made_before_an_upgrade_can_be_put_back(bot: Run, config: Path) -> None:
    """Of the first schema it holds nothing in clear, and yet every row comes back."""
    place = released("1", config)
    assert bot("accounts")[0] == 0
    (copy,) = config.glob("*.copia")
    assert copy.name == "mailbot.db.0001_plain.copia"
    assert b"42871359" not in copy.read_bytes()
    assert copy.stat().st_mode & 0o777 == 0o600
    kept = config / "guardada"
    copy.rename(kept)
    assert bot("restore", str(kept), "--yes")[0] == 0
    assert "42871359" in bot("accounts", "--json")[1]
    assert place.exists()


@pytest.mark.both_databases
@pytest.mark.usefixtures("config")
def test_held_by_hand_until_resumed(bot: Run, database: str) -> None:
    """For what other tools put back: PostgreSQL, or a whole machine."""
    assert bot("hold")[0] == 0
    with closing(Store(database, KEY)) as store:
        assert "copia" in str(epoch.doubt(store))
        with pytest.raises(Held):
            recovery.require(store)
    code, out, _ = bot("resume", "--yes")
    assert code == 0
    assert "No se pudo mirar el buzón" in out
    with closing(Store(database, KEY)) as store:
        recovery.require(store)
        with store.read() as tx:
            assert [e.name for e in journal.between(tx, *_EVER)][-2:] == [
                "database_held",
                "database_resumed",
            ]


_EVER = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


def test_copies_are_whole_or_not_there(config: Path) -> None:
    """Whatever fails between, the name stays free or keeps what it had."""
    place, to = config / "mailbot.db", config / "copia.db"
    Store(f"sqlite:///{place}", KEY).close()
    place.write_bytes(place.read_bytes()[:9000])
    to.write_bytes(b"lo anterior")
    with pytest.raises(ConfigError):
        copies.write(place, to, NOON)
    assert to.read_bytes() == b"lo anterior"
    assert list(config.glob(".*")) == []
