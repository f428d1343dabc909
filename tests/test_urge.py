"""Who does not answer: reminded, then others are asked; who is away; what comes to its end."""

from datetime import UTC, date, datetime, timedelta

import mails
import pytest
from chamber import SECOND, Chamber, record
from house import ADMINISTRATOR, ANOTHER, BOT, House
from test_guards import DNI

from mailbot import chores, deputies, terms, urge
from mailbot.parsers.mail import read_mail
from mailbot.store.tables import Account, Deputation, Letter

FRIDAY = datetime(2026, 7, 24, 17, 0, tzinfo=UTC)
"""Noon in Lima; Tuesday and Wednesday after are the national holidays."""


def deputed(chamber: Chamber, *, to: str = SECOND) -> None:
    """The operator names somebody for when the administrator is away."""
    chamber.configure(question_hours="720")
    path = chamber.folder / "mailbot.toml"
    text = path.read_text().replace("[deputies]", f'[deputies]\n"{ADMINISTRATOR}" = "{to}"', 1)
    path.write_text(text)
    for name in ("rules", "desk"):
        chamber.__dict__.pop(name, None)


def recipients(chamber: Chamber, kind: str) -> list[str]:
    return [letter.recipient for letter in chamber.all(Letter) if letter.kind == kind]


# ------------------------------------------------------------------ reminders and escalation


def test_reminders_count_working_days_in_lima(chamber: Chamber) -> None:
    """Asked on the Friday before the holidays: Monday is the first day, no more and no less."""
    deputed(chamber)
    chamber.clock.now = FRIDAY
    chamber.ask()
    due = datetime(2026, 7, 28, 4, 59, tzinfo=UTC)  # Monday, one minute to midnight in Lima
    for moment, count in ((due - timedelta(seconds=1), 0), (due, 1), (due + timedelta(days=1), 1)):
        chamber.clock.now = moment
        chamber.chores(urge.remind)
        assert len(recipients(chamber, "decider-reminder")) == count


def test_silence_asks_the_deputy_and_tells_the_others_once(chamber: Chamber) -> None:
    """Two working days after the Friday are Thursday: Tuesday and Wednesday are holidays."""
    deputed(chamber)
    chamber.clock.now = FRIDAY
    chamber.ask()
    due = datetime(2026, 7, 31, 4, 59, tzinfo=UTC)
    chamber.clock.now = due - timedelta(seconds=1)
    chamber.chores(urge.escalate)
    assert chamber.all(Deputation) == []
    chamber.clock.now = due
    for _ in range(2):
        chamber.chores(urge.escalate)
    assert [who for who, _, _ in chamber.questions()] == [ADMINISTRATOR, SECOND]
    assert recipients(chamber, "administrator-unanswered") == [ANOTHER]
    chamber.hear("Apruebo", SECOND)
    assert chamber.active() == [DNI]


def test_rounds_do_not_put_escalation_off(chamber: Chamber) -> None:
    """A question that expired and came anew has waited since it was first asked."""
    chamber.configure(question_hours="24", question_rounds="10")
    chamber.ask()
    for _ in range(8):
        chamber.clock.forward(hours=25)
        chamber.chores(chores.expire_questions, urge.escalate)
    assert len(recipients(chamber, "administrator-unanswered")) == 1


def test_without_a_deputy_the_administrators_are_told(chamber: Chamber) -> None:
    """And nobody else is asked."""
    chamber.configure(question_hours="720")
    chamber.ask()
    chamber.clock.forward(days=7)
    chamber.chores(urge.escalate)
    assert recipients(chamber, "administrator-unanswered") == [ANOTHER]
    assert chamber.said("administrator-unanswered")["deputy"] is None
    assert len(chamber.questions()) == 1


def test_a_deputy_for_absence_decides_for_some_days_only(chamber: Chamber) -> None:
    """Then what they were asked in another's place is closed."""
    deputed(chamber)
    chamber.ask()
    chamber.clock.forward(days=7)
    chamber.chores(urge.escalate)
    chamber.clock.forward(days=7)
    chamber.chores(deputies.end_due)
    assert chamber.questions()[-1][:2] == (SECOND, "superseded")


# ------------------------------------------------------------------ away


@pytest.mark.parametrize(
    ("headers", "subject", "away"),
    [
        ("Auto-Submitted: auto-replied", "Re: Alta", True),
        ("Auto-Submitted: auto-replied (vacation)", "Ausente", True),
        ("Auto-Submitted: auto-generated", "Respuesta automática: Alta", True),
        ("X-Autoreply: yes", "Re: Alta", True),
        ("Auto-Submitted: auto-generated", "Informe nocturno", False),
        ("List-Id: <x.example>\nAuto-Submitted: auto-replied", "Re: Alta", False),
        (
            "Content-Type: multipart/report; boundary=x\nAuto-Submitted: auto-replied",
            "Leído",
            False,
        ),
        ("X-Nothing: x", "Re: Alta", False),
    ],
)
def test_an_answer_for_somebody_away_is_told_from_other_machines(
    headers: str, subject: str, *, away: bool
) -> None:
    """RFC 3834: a report that a mail was read, or a list, says nothing about anybody's absence."""
    raw = f"From: a@x.example\nSubject: {subject}\n{headers}\n\nx"
    assert read_mail(raw.encode()).absent is away


def out_of_office(house: House, answered: str, **more: bool) -> None:
    """The administrator's mail program answers a letter."""
    raw = mails.compose(
        ADMINISTRATOR, BOT, "Respuesta automática: Alta", text="Estoy de vacaciones.",
        in_reply_to=answered, headers=[("Auto-Submitted", "auto-replied")],
        date=f"Tue, 31 Mar 2026 12:{len(house.letters()) % 60:02d}:00 -0500",
    )  # fmt: skip
    forged = more.get("forged", False)
    house.send(raw, ADMINISTRATOR, port=house.post.servers.forged_port if forged else None)
    house.poll()


@pytest.mark.both_databases
def test_who_says_by_mail_to_be_away_has_the_deputy_asked_at_once(house: House) -> None:
    """Over the real servers: forged or unrelated, nobody; proven, the deputy; twice, no more."""
    path = house.folder / "mailbot.toml"
    text = path.read_text().replace("[deputies]", f'[deputies]\n"{ADMINISTRATOR}" = "{SECOND}"', 1)
    path.write_text(text)
    house.reconfigure()
    house.send_sample("5.1-alta-especialista-ugel")
    house.poll()
    question = str(house.question(ADMINISTRATOR)["Message-ID"])
    out_of_office(house, question, forged=True)
    out_of_office(house, "<otro@correo.example>")
    assert house.received(SECOND) == []
    out_of_office(house, question)
    house.clock.forward(hours=1)
    out_of_office(house, question)
    assert house.received(SECOND) == ["decider-question"]
    house.decide(SECOND, "APROBAR")
    assert [a.dni for a in house.active()] == [DNI]


# ------------------------------------------------------------------ receipts


def test_who_decides_has_a_receipt(chamber: Chamber) -> None:
    """One line; none for a correction, which has its new question, and none twice."""
    chamber.configure(receipts="true")
    chamber.ask()
    chamber.ask(record("7.1", role="estadistico-ugel", dni="11111111", names="OTRA, Ana"))
    chamber.hear("dni 42871350", number=0)
    assert recipients(chamber, "decider-receipt") == []
    chamber.hear("Apruebo", number=2)
    assert chamber.said("decider-receipt")["title"].startswith("[SIAGIE-1] Aprobado")
    chamber.hear("Rechazar: no es de aquí", number=1)
    assert recipients(chamber, "decider-receipt") == [ADMINISTRATOR] * 2
    chamber.hear("Apruebo", number=1)
    assert chamber.letters()[-1][0] == "decider-settled"


# ------------------------------------------------------------------ encargaturas


def encargatura(until: str) -> dict[str, object]:
    """What the check says of an act that ends."""
    rd = {"requirement": "rd", "label": "resolución", "outcome": "met", "value": "RD 4-2026"}
    return {
        **rd,
        "places": [],
        "note": f"es una resolución; vigente hasta el {until}",
        "mend": None,
    }


@pytest.mark.parametrize(
    ("until", "end"),
    [
        ("31/12/2026", date(2026, 12, 31)),
        ("31-12-2026", date(2026, 12, 31)),
        ("31 de diciembre de 2026", date(2026, 12, 31)),
        ("31 de DICIEMBRE del 2026", date(2026, 12, 31)),
        ("31/02/2026", None),
    ],
)
def test_the_end_of_an_encargatura_is_read_from_what_was_shown(
    until: str, end: date | None
) -> None:
    """As the resolution prints it; a day that is none is not kept."""
    assert terms.end_of(record(findings=[encargatura(until)])) == end
    assert terms.end_of(record()) is None


def test_the_end_is_kept_with_the_account_and_warned_of_twice(chamber: Chamber) -> None:
    """30 and 7 days before, the administrators and the office, once each, while it is active."""
    findings = [*record()["findings"], encargatura("31/12/2026")]
    chamber.ask(record(findings=findings))
    chamber.hear("Apruebo")
    assert chamber.all(Account)[0].ends_on == date(2026, 12, 31)
    last = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)
    for days, count in ((31, 0), (30, 1), (29, 1), (8, 1), (7, 2), (1, 2), (0, 2), (-1, 2)):
        chamber.clock.now = last - timedelta(days=days)
        chamber.chores(terms.warn)
        assert len(recipients(chamber, "office-term")) == count, days
        assert len(recipients(chamber, "administrator-term")) == count, days


def test_a_bot_that_was_off_warns_once_of_what_is_near(chamber: Chamber) -> None:
    """Five days before: one warning, not both at once."""
    findings = [*record()["findings"], encargatura("31/12/2026")]
    chamber.ask(record(findings=findings))
    chamber.hear("Apruebo")
    chamber.clock.now = datetime(2026, 12, 26, 17, 0, tzinfo=UTC)
    for _ in range(2):
        chamber.chores(terms.warn)
    assert len(recipients(chamber, "office-term")) == 1
    assert chamber.said("office-term")["left"] == 5
