"""`mailbot health`: what is wrong turns its own row bad, says so in Spanish, and what to do."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from house import NOON, House
from test_cli import Run, bot, config

from mailbot import health, schedule, watchdog
from mailbot.config import Settings
from mailbot.errors import ConfigError, Refused, Unreachable
from mailbot.health import Facts, State
from mailbot.pause import Brake
from mailbot.rules import read_rules
from mailbot.sections import Health, OAuth, Policy
from mailbot.store import Store, pulse
from mailbot.store.pulse import Beat, Heartbeat, Inbox, Last, Verified, Work
from mailbot.store.tables import Event
from mailbot.store.vitals import Counts, Queue
from mailbot.vigil import watched

__all__ = ["bot", "config"]

ALTA = "5.1-alta-especialista-ugel"


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def well(**more: Any) -> Facts:  # noqa: ANN401  fields of Facts and of Counts
    """Facts of a bot in good health, some of them changed."""
    just = NOON - minutes(1)
    counts = Counts(
        *(Queue(), Queue(), Queue(), {}, Queue(), Queue(), {}),
        failed=0,
        last_sent=None,
        unused=0,
        database_bytes=4096,
    )
    facts = Facts(
        now=NOON,
        settings=Settings(),
        works={work: Last(just) for work in Work},
        heart=Heartbeat(sent=just, arrived=just, seconds=60),
        inbox=Inbox(just, 1, 0),
        counts=counts,
        journal=Verified(NOON - minutes(60)),
        disk_free=10**10,
    )
    for name, value in more.items():
        if name in Counts.__dataclass_fields__:
            facts = replace(facts, counts=replace(facts.counts, **{name: value}))
        else:
            facts = replace(facts, **{name: value})
    return facts


def works(**changed: Last) -> dict[Work, Last]:
    """All works just done, but for some."""
    return {work: changed.get(work.value, Last(NOON - minutes(1))) for work in Work}


OLD = Queue(3, NOON - minutes(121))
ILL: dict[str, tuple[Facts, str]] = {
    "poll": (well(works=works(poll=Last(NOON - minutes(16)))), "hace 16 min (como mucho: 15 min)"),
    "send": (
        well(works=works(send=Last(NOON - minutes(16), None, NOON, 4, "SMTP x: nada"))),
        "falló 4 veces: SMTP x: nada",
    ),
    "chores": (well(works=works(chores=Last())), "todavía no se hizo nunca"),
    "login": (
        well(works=works(poll=Last(NOON, None, NOON, 1, "no se pudo entrar", refused=True))),
        "no se pudo entrar",
    ),
    "heartbeat": (
        well(heart=Heartbeat((Beat("<x>", NOON - minutes(16)),))),
        "lo que el bot se escribió hace 16 min no ha llegado",
    ),
    "waiting": (well(waiting=OLD), "3; la espera más larga es de 2 h"),
    "unmoved": (well(unmoved=OLD), "3; la espera más larga es de 2 h"),
    "inbox": (well(inbox=Inbox(NOON, 1, 9, {4: 3, 5: 2})), "1 sin registrar"),
    "unsent": (well(unsent=OLD), "3; la espera más larga es de 2 h"),
    "letters": (well(failed=2, letters={"failed": 3, "bounced": 1}), "2 en el último día; 4"),
    "disk": (well(disk_free=499_000_000), "499 MB libres (como mínimo: 500 MB)"),
    "journal": (well(journal=Verified(NOON, "fila 3: se cambió")), "NO está íntegra: fila 3"),
    "pause": (
        well(brake=Brake(NOON - timedelta(days=8))),
        "en pausa hace 8 días, por orden de un administrador (como mucho: hasta el 26/03/2026)",
    ),
    "oauth": (
        well(settings=Settings(oauth=OAuth(secret_expires=date(2026, 4, 20)))),
        "vence el 20/04/2026 (faltan 20 días)",
    ),
}


@pytest.mark.parametrize("code", ILL)
def test_each_trouble_turns_its_own_row_bad_and_says_what_to_do(code: str) -> None:
    """The row named, in its words, with a mend; no other row."""
    facts, words = ILL[code]
    bad = [check for check in health.examine(facts) if check.state is State.BAD]
    assert [check.code for check in bad] == [code]
    assert words in bad[0].words
    assert len(bad[0].mend) > 15


def test_a_pause_is_told_and_is_no_fault() -> None:
    """Since when, by whom, what waits; the changes it holds back alarm nobody, a stuck one does."""
    brake = Brake(NOON - minutes(300), "***@minedu.example")
    paused = well(brake=brake, changes=OLD, questions=Queue(2, NOON))
    rows = {check.code: check for check in health.examine(paused)}
    assert rows["pause"].state is State.NOTE
    words = "en pausa hace 5 h, por orden de ***@minedu.example (como mucho: hasta el 07/04/2026)"
    assert rows["pause"].words == f"{words}; esperan 2 preguntas y 3 cambios"
    assert "REANUDAR" in rows["pause"].mend
    assert rows["changes"].state is State.NOTE
    stuck = {
        c.code: c for c in health.examine(replace(paused, counts=replace(paused.counts, stuck=1)))
    }
    assert stuck["changes"].state is State.BAD
    assert "pause" not in {check.code for check in health.examine(well(changes=OLD))}


@pytest.mark.parametrize(
    ("days", "holidays", "state"),
    [
        (3, (), State.BAD),  # Holy Thursday, Good Friday and a weekend lie between
        (4, (), State.NOTE),
        (3, (date(2026, 4, 6),), State.NOTE),
    ],
)
def test_a_pause_is_forgotten_after_working_days(
    days: int, holidays: tuple[date, ...], state: State
) -> None:
    """Tuesday noon to the Wednesday of the week after: as many as configured, days off left out."""
    settings = Settings(health=Health(pause_working_days=days), policy=Policy(holidays=holidays))
    now = NOON + timedelta(days=8)
    facts = replace(well(settings=settings), now=now, brake=Brake(NOON))
    (row,) = (check for check in health.examine(facts) if check.code == "pause")
    assert row.state is state


def test_every_row_that_can_be_bad_has_its_example() -> None:
    """Those that only inform are named: the others are all above."""
    informing = {"aside", "cases", "questions", "database"}
    codes = {check.code for facts, _ in ILL.values() for check in health.examine(facts)}
    assert codes - informing == set(ILL)


def test_in_good_health_no_row_is_bad_and_each_has_words() -> None:
    """Also every limit is inside: just short of it is well."""
    almost = Queue(1, NOON - minutes(119))
    facts = well(
        works=works(poll=Last(NOON - minutes(14), None, NOON, 9, "IMAP x: nada")),
        waiting=almost,
        unsent=almost,
        heart=Heartbeat((Beat("<x>", NOON - minutes(14)),)),
        inbox=Inbox(NOON, 1, 9, {4: 2}),
        disk_free=500_000_000,
        settings=Settings(oauth=OAuth(secret_expires=date(2026, 5, 31))),
    )
    checks = health.examine(facts)
    assert [check for check in checks if check.state is not State.GOOD] == []
    assert all(check.words and check.label for check in checks)
    assert len(checks) > 14


def test_what_a_person_has_to_look_at_is_noted_but_is_no_fault() -> None:
    """Set aside, unused passwords, a journal nobody walked: a note, exit code 0."""
    facts = well(aside=Queue(2, NOON - minutes(600)), unused=1, journal=None)
    found = {check.code for check in health.examine(facts) if check.state is State.NOTE}
    assert found == {"aside", "unused", "journal"}


def test_a_long_pass_is_alive_while_its_mails_advance() -> None:
    """A hundred scans take longer than the limit of silence: each mail is a sign of life."""
    old = NOON - minutes(60)
    going = well(works=works(poll=Last(old, NOON - minutes(2))))
    stuck = well(works=works(poll=Last(old, NOON - minutes(16))))
    assert [c.code for c in health.examine(going) if c.state is State.BAD] == []
    assert [c.code for c in health.examine(stuck) if c.state is State.BAD] == ["poll"]


def test_a_polling_interval_longer_than_the_limit_is_no_silence() -> None:
    """The limit follows the schedule where that is slower."""
    settings = Settings.model_validate({"schedule": {"poll_seconds": 1800}})
    facts = well(settings=settings, works=works(poll=Last(NOON - minutes(60))))
    assert [c.code for c in health.examine(facts) if c.state is State.BAD] == []


# ------------------------------------------------------------------ what is noted


@pytest.fixture
def desk(config: Path) -> House:
    """A house without mail servers: a store, a clock."""
    made = House(config, None)  # type: ignore[arg-type]
    with made.store.begin() as tx:
        tx.connection()
    return made


def last(house: House, work: Work) -> Last:
    with house.store.read() as tx:
        return pulse.last(tx, work)


def fails(house: House, work: Work, error: Exception) -> None:
    """A work that breaks like that."""
    with pytest.raises(type(error)), watched(house.desk, work):
        raise error


def test_failures_are_counted_from_the_last_success(desk: House) -> None:
    """Since when, how often and why; a success ends it."""
    with watched(desk.desk, Work.SEND):
        pass
    for _ in range(3):
        desk.clock.forward(minutes=1)
        fails(desk, Work.SEND, Unreachable("SMTP mx.example: no contesta"))
    assert last(desk, Work.SEND) == Last(
        NOON, None, desk.clock(), 3, "SMTP mx.example: no contesta"
    )
    with watched(desk.desk, Work.SEND):
        pass
    assert last(desk, Work.SEND) == Last(desk.clock())


def test_what_is_noted_of_a_failure_names_nobody(desk: House) -> None:
    """An address or a DNI in an error's words is masked before it is kept."""
    fails(desk, Work.POLL, Refused("no se pudo entrar como ana.ruiz@ugel.example 42871359"))
    noted = last(desk, Work.POLL)
    assert noted.refused
    assert noted.reason == "no se pudo entrar como ***@ugel.example *****359"


def test_a_fault_of_the_program_is_no_outage(desk: House) -> None:
    """It goes on as it came, and nothing is noted: the log and the silence tell."""
    fails(desk, Work.POLL, ZeroDivisionError())
    assert last(desk, Work.POLL) == Last()


def test_the_journal_is_walked_once_a_day(desk: House) -> None:
    """By the chores; what is found is told by health."""
    from mailbot.vigil import verify_daily  # noqa: PLC0415

    verify_daily(desk.desk)
    desk.clock.forward(hours=3)
    verify_daily(desk.desk)
    with desk.store.read() as tx:
        assert pulse.verified(tx) == Verified(NOON)
    with desk.store.begin() as tx:
        desk.desk.at(tx).note("pending_seen", "operador")
        tx.get_one(Event, 1).detail = "otra cosa"
    desk.clock.forward(days=1)
    verify_daily(desk.desk)
    with desk.store.read() as tx:
        assert pulse.verified(tx) == Verified(desk.clock(), "fila 1: se cambió después de escrita")


# ------------------------------------------------------------------ the command


def test_health_of_a_bot_that_never_worked_is_bad(bot: Run, config: Path) -> None:
    """Exit code 1; the rows say what never happened."""
    assert config
    code, out, _ = bot("health")
    assert code == 1
    assert "todavía no se hizo nunca" in out
    assert "cosas necesitan atención." in out


def test_health_is_told_from_another_process_and_touches_no_server(
    house: House, bot: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a pass all is well: exit code 0, the same for programs; no socket is opened."""
    monkeypatch.setenv("MAILBOT_CONFIG", str(house.folder))
    house.clock.now = datetime.now(UTC)
    house.send_sample(ALTA)
    house.poll()

    def refuse(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(socket.socket, "connect", refuse)
    code, out, _ = bot("health", "--json")
    told = json.loads(out)
    assert (code, told["healthy"]) == (0, True)
    assert {"code", "label", "state", "words", "mend"} == set(told["checks"][0])
    by_code = {check["code"]: check for check in told["checks"]}
    assert "1 esperan decisión" in by_code["cases"]["words"]
    assert by_code["unsent"]["words"].startswith("ninguna; la última salió hace")
    assert by_code["questions"]["words"].startswith("1; la más antigua, hace")
    code, out, _ = bot("health")
    assert code == 0
    assert "Todo bien." in out


def test_health_is_told_while_the_service_runs(house: House) -> None:
    """Another process reads what the service noted."""
    program = Path(sys.executable).with_name("mailbot")
    environment = {**os.environ, "MAILBOT_CONFIG": str(house.folder)}
    house.rules  # noqa: B018  the configuration is whole before the service begins
    service = subprocess.Popen([program, "run"], env=environment, stderr=subprocess.DEVNULL)
    try:
        house.send_sample(ALTA)
        house.question("administrador.siagie@minedu.example")
        until = time.monotonic() + 60
        while not all(last(house, work).succeeded for work in Work) and time.monotonic() < until:
            time.sleep(0.1)
        asked = subprocess.run(
            [program, "health", "--json"], env=environment, capture_output=True, check=False
        )
        assert asked.returncode == 0
        assert json.loads(asked.stdout)["healthy"] is True
    finally:
        service.terminate()
        assert service.wait(timeout=30) == 0


@pytest.mark.parametrize("work", Work)
def test_a_work_that_stops_turns_health_red_in_fifteen_minutes(house: House, work: Work) -> None:
    """T78, P20: whatever thread dies, silence is noticed (the chores' within the hour)."""
    doing: dict[Work, Callable[[], object]] = {
        Work.POLL: lambda: schedule._fetch(house.desk),  # noqa: SLF001
        Work.SEND: lambda: schedule._send(house.desk),  # noqa: SLF001
        Work.CHORES: lambda: schedule.do_chores(house.desk),
    }
    for task in doing.values():
        task()
    wait = 61 if work is Work.CHORES else 16
    for _ in range(0, wait, 4):
        house.clock.forward(minutes=4)
        for other, task in doing.items():
            if other is not work:
                task()
    facts = health.gather(house.store, house.rules.settings, house.clock())
    bad = [check.code for check in health.examine(facts) if check.state is State.BAD]
    assert bad == [work]


def test_an_unopened_database_is_said_in_one_line(
    bot: Run, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No table of guesses: what cannot be opened is named, exit code 1."""
    assert config
    monkeypatch.setenv("MAILBOT_STORE__URL", "sqlite:////no/hay/mailbot.db")
    code, out, err = bot("health")
    assert (code, out) == (1, "")
    assert "base de datos" in err


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"WEBHOOK_URL": "http://avisos.example/x"}, "https://"),
        ({"WEBHOOK_URL": "avisos"}, "https://"),
        ({"HOST": "smtp.example", "TO": '["a@b.example"]'}, "alarm.sender, alarm.user, alarm.pass"),
        ({"HOST": "smtp.example", "TLS": "none"}, "alarm.tls"),
    ],
)
def test_half_a_second_way_is_refused_at_start(
    config: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], said: str
) -> None:
    """It is needed when nothing else works: no surprise then."""
    for name, value in variables.items():
        monkeypatch.setenv(f"MAILBOT_ALARM__{name}", value)
    with pytest.raises(ConfigError, match=said) as caught:
        read_rules(config)
    assert "avisos" not in str(caught.value)


def test_the_size_of_the_mails_does_not_slow_the_counting(config: Path) -> None:
    """Mails are counted through indexes: the plan of no query reads the whole table."""
    from sqlalchemy import event  # noqa: PLC0415

    rules = read_rules(config)
    store = Store(rules.settings.database, rules.settings.data_keys)
    said: list[tuple[str, tuple[object, ...]]] = []
    event.listen(
        store.engine,
        "before_cursor_execute",
        lambda _c, _k, statement, values, _x, _m: said.append((statement, tuple(values))),
    )
    health.gather(store, rules.settings, NOON)
    about_mails = [(sql, values) for sql, values in said if "FROM mails" in sql]
    assert len(about_mails) == 3
    with store.engine.connect() as raw:
        for sql, values in about_mails:
            plan = raw.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values).all()
            assert "USING INDEX mails_" in plan[0][-1] or "USING INDEX mails_" in plan[1][-1]
    store.close()


# ------------------------------------------------------------------ systemd


def test_systemd_hears_that_the_service_is_ready_and_that_it_advances(
    house: House, tmp_path: Path
) -> None:
    """READY once, WATCHDOG with each pass and each mail, over the socket systemd gives."""
    place = tmp_path / "notify"
    program = Path(sys.executable).with_name("mailbot")
    environment = {
        **os.environ,
        "MAILBOT_CONFIG": str(house.folder),
        "NOTIFY_SOCKET": str(place),
        "MAILBOT_SCHEDULE__POLL_SECONDS": "1",
    }
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(place))
        systemd.settimeout(60)
        service = subprocess.Popen([program, "run"], env=environment, stderr=subprocess.DEVNULL)
        try:
            heard = [systemd.recv(100) for _ in range(3)]
        finally:
            service.terminate()
            assert service.wait(timeout=30) == 0
    assert heard == [b"READY=1\n", b"WATCHDOG=1\n", b"WATCHDOG=1\n"]


def test_without_systemd_nothing_is_said() -> None:
    """No socket, no word, no fault; a socket that is gone is no reason to stop."""
    with watchdog.reporting() as alive:
        alive()


def test_a_socket_nobody_listens_on_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever restarted systemd did not restart us: the work goes on."""
    monkeypatch.setenv("NOTIFY_SOCKET", "/no/hay")
    with watchdog.reporting() as alive:
        alive()
