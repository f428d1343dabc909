"""The monthly report: its numbers are so, nobody can be told from it, and it comes once."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from chamber import Chamber
from house import ADMINISTRATOR, ANOTHER, HERE, House, kind_of, text_of
from pydantic import ValidationError
from reports import REPORT
from test_cli import Run, bot

from mailbot import monthly, report
from mailbot.offices import Office, Offices
from mailbot.procedures import OfficeType
from mailbot.report import FEWEST, Hours, Known, Material, Month, paper, words
from mailbot.report.material import About, Decided, Happened, Observed, Opened, parsed
from mailbot.sections import Report as ReportSettings
from mailbot.workdays import LIMA, worked

__all__ = ["bot"]

ALTA = "5.1-alta-especialista-ugel"
NOVEMBER = Month(2026, 11)
DAY = (time(8, 30), time(17, 30))
OFFICES = Offices(
    (
        *(Office(f"{n:02d}0000", OfficeType.DRE, f"DRE {n}") for n in range(1, 10)),
        *(
            Office(f"{n:02d}0001", OfficeType.UGEL, f"UGEL {n}", f"{n:02d}0000")
            for n in range(1, 10)
        ),
    )
)
KNOWN = Known(OFFICES, {"especialista-ugel": "Especialista SIAGIE UGEL"})


def at(day: int, hour: float = 12, month: int = 11) -> datetime:
    return datetime(2026, month, day, tzinfo=LIMA) + timedelta(hours=hour)


def done(day: int, action: str = "alta", office: str = "010001", month: int = 11) -> Happened:
    about = About("especialista-ugel", action, office)
    return Happened(at(day, month=month), "case_done", "", about)


def made(material: Material, **more: datetime) -> report.Report:
    return report.for_month(NOVEMBER, material, KNOWN, **more)


# ------------------------------------------------------------------ numbers


def test_a_month_counts_what_was_in_it_and_the_one_before_stands_beside() -> None:
    """Lima's months: what was done at eleven at night on the 30th was done in November."""
    late = datetime(2026, 12, 1, 4, 0, tzinfo=UTC)  # 23:00 of 30 November
    about = About("especialista-ugel", "baja", "010001")
    found = made(
        Material(
            received=(at(2), at(3), at(5, month=10)),
            happened=(
                *(done(2), done(3), done(4, month=10), Happened(late, "case_done", "", about)),
                Happened(at(5), "case_rejected", "", about),
                Happened(at(5), "case_refused", "already", about),
                Happened(at(5), "case_refused", "waiting", about),
                Happened(at(6), "case_refused", "already", about),
                Happened(at(9), "case_expired", "", about),
            ),
            replaced=(at(2),),
        )
    )
    now, before = found.now, found.before
    assert before is not None
    assert (now.received, now.altas, now.bajas, now.replaced) == (2, 2, 1, 1)
    assert (now.rejected, now.refused, now.expired) == (1, 3, 1)
    assert (before.received, before.altas, before.bajas, before.refused) == (1, 1, 0, 0)
    assert found.refusals == (
        ("La persona ya tenía el usuario", 2),
        ("Lo mismo ya estaba en trámite", 1),
    )
    assert [(x.name, x.altas, x.bajas) for x in found.roles] == [("Especialista SIAGIE UGEL", 2, 1)]


def test_a_month_of_which_nothing_is_known_is_no_month_of_zeros() -> None:
    """The first report compares with nothing, and says so."""
    found = made(Material(received=(at(2),), happened=(done(2),)))
    assert found.before is None
    assert "sin dato" in json.dumps([t.rows for t in words.tables(found)], ensure_ascii=False)


@pytest.mark.parametrize(
    ("since", "until", "hours"),
    [
        (at(6, 16.5), at(9, 9.5), 2),  # Friday afternoon to Monday morning
        (at(7, 10), at(8, 20), 0),  # a weekend
        (at(2, 3), at(2, 23), 9),  # one whole day, from before it to after
        (at(3, 10), at(3, 9), 0),  # a clock that was set back
        (at(7, 10, 12), at(9, 12, 12), 7.5),  # 8 and 9 December are holidays
    ],
)
def test_only_office_hours_of_working_days_count(
    since: datetime, until: datetime, hours: float
) -> None:
    """Nobody waits at night."""
    assert worked(since, until, DAY) == timedelta(hours=hours)


def test_half_and_nine_in_ten_are_those_of_the_decisions() -> None:
    """Ten decisions of 1 to 10 quarters of an hour; too few say nothing of nine in ten."""
    ten = tuple(
        Decided(at(3, 9), at(3, 9.5), at(3, 9.5) + timedelta(minutes=15 * n)) for n in range(1, 11)
    )
    found = made(Material(decided=ten)).now
    assert found.decider is not None
    assert (found.decider.decisions, found.decider.median, found.decider.most) == (10, 82, 136)
    assert found.whole is not None
    assert found.whole.median == found.decider.median + 30
    few = made(Material(decided=ten[:4])).now.decider
    assert few is not None
    assert (few.median, few.most) == (38, None)


def test_observations_are_told_by_reason_and_those_forgotten_as_such() -> None:
    """One letter may lack two things; of a letter whose time is over only the number is known."""
    found = made(
        Material(
            observed=(
                Observed(at(2), ("resolución", "número de DNI")),
                Observed(at(3), ("resolución",)),
                Observed(at(4), None),
            )
        )
    )
    assert (found.now.observed, found.now.unknown) == (3, 1)
    assert found.reasons == (("resolución", 2), ("número de DNI", 1))
    assert "1 carta de observación ya no se guarda el motivo" in " ".join(words.notes(found))


@pytest.mark.parametrize(
    ("used", "unused", "said"),
    [
        ((True, False, False), 2, "2 de las cuentas abiertas"),
        ((True, None), None, "No se sabe: el directorio de cuentas no informa"),
    ],
)
def test_accounts_nobody_used_are_counted_only_where_that_is_known(
    used: tuple[bool | None, ...], unused: int | None, said: str
) -> None:
    """One account of which it is not known makes the number unknown: it is not guessed."""
    opened = tuple(Opened(at(2), one) for one in used)
    found = made(Material(happened=(done(2),), opened=opened))
    assert found.now.unused == unused
    assert said in words.unused(found)


# ------------------------------------------------------------------ few cases


def regions_of(*counts: int) -> report.Report:
    happened = tuple(
        done(2, office=f"{n:02d}0001") for n, count in enumerate(counts, 1) for _ in range(count)
    )
    return made(Material(happened=happened))


@pytest.mark.parametrize(
    ("counts", "shown", "folded"),
    [
        ((9, 7, 6), [("DRE 1", 9), ("DRE 2", 7), ("DRE 3", 6)], 0),
        ((9, 7, 3, 2), [("DRE 1", 9), ("DRE 2", 7), ("Otras 2 regiones, con pocos casos", 5)], 2),
        ((9, 7, 1), [("DRE 1", 9), ("Otras 2 regiones, con pocos casos", 8)], 2),  # no subtracting
        ((9, 1, 1), [], 3),  # 9 would be alone, and the rest its difference
        ((4, 3, 2), [], 3),
    ],
)
def test_regions_with_few_cases_stand_together(
    counts: tuple[int, ...], shown: list[tuple[str, int]], folded: int
) -> None:
    """Ley 29733: a single alta in a small region says who it was; the total tells no more."""
    found = regions_of(*counts)
    assert [(x.name, x.altas) for x in found.regions] == shown
    assert found.folded == folded
    assert all(x.altas + x.bajas >= FEWEST for x in found.regions)


def test_a_school_and_a_ugel_count_for_their_region() -> None:
    """However deep an office lies; what no register knows is told apart."""

    class Register:
        def school(self, code: str) -> Office | None:
            found = Office(code, OfficeType.IE, "IE", "010001")
            return found if code == "0453217" else None

        def schools_of(self, address: str) -> tuple[Office, ...]:  # noqa: ARG002  the port's
            return ()

        def domains(self) -> frozenset[str]:
            return frozenset()

    codes = ("0453217", "010001", "010000", "0453217", "010001", *(("999999",) * 5))
    happened = tuple(done(2, office=code) for code in codes)
    known = Known(OFFICES.with_schools(Register()), {})
    found = report.for_month(NOVEMBER, Material(happened=happened), known)
    assert {x.name: x.altas for x in found.regions} == {"DRE 1": 5, report.UNKNOWN: 5}


# ------------------------------------------------------------------ words and paper


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0, "0 min"),
        (45, "45 min"),
        (200, "3 h 20 min"),
        (540, "1 día hábil"),
        (1200, "2 días hábiles y 2 h"),
        (1075, "2 días hábiles"),  # never «1 día y 9 h»
    ],
)
def test_office_time_is_said_as_people_say_it(minutes: int, said: str) -> None:
    """Hours within a day, days beyond it."""
    assert words.span(minutes, REPORT) == said


@pytest.mark.parametrize("text", ["2026-11", " 2026-01 "])
def test_a_month_is_read_as_it_is_written(text: str) -> None:
    """And nothing else is a month."""
    assert str(parsed(text)) == text.strip()
    assert [parsed(x) for x in ("2026-13", "11-2026", "noviembre", "2026-1")] == [None] * 4


def test_the_page_needs_nothing_else_and_says_what_the_text_says() -> None:
    """No script, no address to load from; every number of the tables in both."""
    text, html = monthly.page(REPORT, "Usuarios SIAGIE")
    assert not re.search(r"<script|<link|<img|@import|url\(\s*['\"]?http|(?:src|href)=\"http", html)
    assert html.count("<svg") == 4
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    for table in words.tables(REPORT):
        for row in table.rows:
            assert all(cell in text for cell in row), row
            assert all(f">{cell}<" in html for cell in row), row


def test_a_report_survives_the_outbox() -> None:
    """As JSON and back it is the same value."""
    assert paper.from_json(json.loads(json.dumps(paper.as_json(REPORT)))) == REPORT


def test_nothing_is_drawn_with_before_something_is_drawn() -> None:
    """The service and the command line start without what draws."""
    program = (
        "import mailbot.schedule, mailbot.cli.reporting, sys; print('matplotlib' in sys.modules)"
    )
    asked = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=HERE.parent
    )
    assert asked.stdout == "False\n"


# ------------------------------------------------------------------ from the store, by mail


@pytest.fixture
def chamber(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Chamber]:
    monkeypatch.setenv("MAILBOT_SECRET", "una clave de prueba de mas de 32 caracteres")
    made = Chamber(tmp_path / "config")
    made.configure(monthly="true")
    yield made
    made.store.close()


def is_report(mail: EmailMessage) -> bool:
    return kind_of(mail) == "administrator-report"


@pytest.fixture
def reporting(house: House) -> House:
    """A house whose administrators get the report, with a month behind it."""
    toml = house.folder / "mailbot.toml"
    told = toml.read_text(encoding="utf-8").replace("monthly = false", "monthly = true")
    toml.write_text(told, encoding="utf-8")
    house.send_sample(ALTA)
    house.send_sample("sin-rd")
    house.poll()
    house.clock.forward(minutes=40)
    house.decide(ADMINISTRATOR, "APROBAR")
    return house


@pytest.mark.both_databases
def test_on_the_first_working_day_every_administrator_gets_the_report_once(
    reporting: House,
) -> None:
    """March's, on the morning of 1 April: charts inline, the page attached, nobody named."""
    house = reporting
    assert house.received(ADMINISTRATOR, ["administrator-report"]) == []
    house.clock.now = datetime(2026, 4, 1, 14, 0, tzinfo=UTC)
    house.poll()
    for address in (ADMINISTRATOR, ANOTHER):
        (mail,) = [m for m in house.post.inbox(address) if is_report(m)]
        assert mail["Subject"] == "SIAGIE: informe de marzo de 2026"
    said = text_of(mail)
    assert "llegaron 2 solicitudes. Hechas: 1 alta y 0 bajas" in said
    assert "La mitad de las decisiones se tomó en 40 min o menos" in said
    assert "1 vez: resolución de designación" in said
    pictures = [p for p in mail.walk() if p.get_content_type() == "image/png"]
    html = mail.get_body(("html",))
    assert html is not None
    shown = re.findall(r'src="cid:([^"]+)"', html.get_content())
    assert [p["Content-ID"].strip(" <>") for p in pictures] == shown
    assert len(shown) == 3
    (page,) = mail.iter_attachments()
    assert page.get_filename() == "informe-2026-03.html"
    assert page.get_content().lstrip().startswith("<!DOCTYPE html>")
    whole = f"{said}{html.get_content()}{page.get_content()}"
    assert not re.search(r"\b[0-9]{8}\b|ugelchota|@ugel|QUISPE|HUAMANÍ|CHOTA", whole)
    house.clock.forward(hours=3)
    house.poll()
    assert len(house.received(ADMINISTRATOR, ["administrator-report"])) == 1


def test_the_command_tells_a_month_and_writes_it(
    chamber: Chamber, bot: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Tables, JSON, files; a month that is none, or has not begun, is refused with the mend."""
    monkeypatch.setenv("MAILBOT_CONFIG", str(chamber.folder))
    chamber.ask()
    chamber.hear("Apruebo")
    code, out, _ = bot("report", "--month", "2026-03", "--out", str(tmp_path / "x"), "--json")
    found = json.loads(out)
    assert code == 0
    assert (found["month"], found["now"]["altas"]) == ("2026-03", 1)
    names = {p.name for p in (tmp_path / "x").iterdir()}
    assert {"informe-2026-03.html", "informe-2026-03.txt", "informe-2026-03-mes.png"} <= names
    assert "Altas hechas" in bot("report", "--month", "2026-03")[1]
    for month, told in (("marzo", "2026-11"), ("2099-01", "todavía no empieza")):
        code, _, err = bot("report", "--month", month)
        assert (code, told in err) == (2, True)


def told(chamber: Chamber, moment: datetime) -> str:
    """Whether a report is put into the outbox at a moment."""
    chamber.clock.now = moment.astimezone(UTC)
    with chamber.store.begin() as tx:
        monthly.tell_month(chamber.desk.at(tx))
    return "yes" if "administrator-report" in dict(chamber.letters()) else "no"


def test_a_bot_that_has_seen_nothing_reports_nothing(chamber: Chamber) -> None:
    """A first of the month on a new machine writes to nobody."""
    assert told(chamber, datetime(2026, 4, 1, 9, 0, tzinfo=LIMA)) == "no"


@pytest.mark.parametrize(
    ("local", "due"),
    [
        (datetime(2026, 12, 1, 7, 59, tzinfo=LIMA), "no"),  # before offices begin
        (datetime(2026, 12, 1, 8, 0, tzinfo=LIMA), "yes"),
        (datetime(2026, 11, 1, 9, 0, tzinfo=LIMA), "no"),  # a Sunday
        (datetime(2026, 11, 3, 9, 0, tzinfo=LIMA), "yes"),  # off on Monday: later is not never
        (datetime(2027, 1, 1, 9, 0, tzinfo=LIMA), "no"),  # a holiday
    ],
)
def test_the_morning_of_the_first_working_day_is_when(
    local: datetime, due: str, chamber: Chamber
) -> None:
    """Lima's morning, Peru's holidays; a service that was off that day does it when it is back."""
    chamber.clock.now = (local - timedelta(days=35)).astimezone(UTC)
    chamber.ask()
    chamber.hear("Apruebo")
    assert told(chamber, local) == due


def test_hours_that_end_before_they_begin_are_refused() -> None:
    """An office day is as long as it is configured, and never none."""
    assert (Hours().day, Hours(time(8), time(16)).day) == (540, 480)
    with pytest.raises(ValidationError, match="opens debe ser antes que closes"):
        ReportSettings(opens=time(17), closes=time(8))
