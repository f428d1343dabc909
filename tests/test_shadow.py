"""Shadow mode: it reads and checks beside people, and nothing but the comparison leaves."""

import json
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from house import ADMINISTRATOR, ANOTHER, BOT, House, kind_of, text_of, write_config
from test_cli import Run, bot

from mailbot import shadow
from mailbot.config import Settings
from mailbot.delivery import Fate, deliver, open_smtp
from mailbot.doctor import examine
from mailbot.errors import Withheld
from mailbot.mailbox import open_mailbox
from mailbot.rules import read_rules
from mailbot.store.tables import LetterStatus

__all__ = ["bot"]

ALTA, LACKING = "5.1-alta-especialista-ugel", "sin-rd"
MORNING = datetime(2026, 4, 1, 14, 0, tzinfo=UTC)


def cast(folder: Path) -> None:
    """Make a bot the shadow of one."""
    toml = folder / "mailbot.toml"
    text = toml.read_text(encoding="utf-8")
    assert 'mode = "live"' in text
    toml.write_text(text.replace('mode = "live"', 'mode = "shadow"'), encoding="utf-8")


@pytest.fixture
def shade(house: House) -> House:
    cast(house.folder)
    return house


def lying(house: House) -> list[tuple[bytes, ...]]:
    """The flags of every mail in the inbox, as another program sees them."""
    with open_mailbox(house.rules.settings) as mailbox:
        told = mailbox.client.fetch(mailbox.uids(), ["FLAGS"])
        return [a[b"FLAGS"] for a in told.values()]


@pytest.mark.both_databases
def test_a_shadow_reads_and_checks_and_touches_nothing(shade: House) -> None:
    """Cases as ever; letters withheld; the mailbox as it was; in the morning the comparison."""
    people = [shade.send_sample(ALTA), shade.send_sample(LACKING), ADMINISTRATOR, ANOTHER]
    shade.poll()
    shade.poll()
    assert [c.status for c in shade.cases()] == ["pending", "observed"]
    assert {x.status for x in shade.letters()} == {LetterStatus.WITHHELD}
    assert [kind for who in people for kind in shade.received(who)] == []
    assert lying(shade) == [(b"\\Recent",)] * 2  # not even selected
    _answer(shade)
    shade.clock.now = MORNING
    shade.poll()
    shade.clock.forward(days=20)  # reminders, expiries, digests: withheld, too
    for _ in range(2):
        shade.poll()
    told = {who: shade.received(who) for who in people}
    assert told == {
        people[0]: [], people[1]: [],
        ADMINISTRATOR: ["administrator-shadow"], ANOTHER: ["administrator-shadow"],
    }  # fmt: skip
    (mail,) = shade.post.inbox(ADMINISTRATOR)
    said = " ".join(text_of(mail).split())
    assert "V.5.1: se pregunta a quien decide Ustedes: una persona ya lo contestó" in said
    assert "V.5.1: se observa (resolución de designación) Ustedes: nadie lo ha" in said
    assert "@ugel" not in said
    assert len(lying(shade)) == 2


def _answer(house: House) -> None:
    """A person answers the first mail: their program says so by a flag."""
    live = house.rules.settings.model_copy(update={"mode": "live"})
    with open_mailbox(live) as mailbox:
        mailbox.client.add_flags(mailbox.uids()[:1], [b"\\Answered"])


# ------------------------------------------------------------------ the wire


@pytest.fixture
def settings(shade: House) -> Settings:
    return shade.rules.settings


def letter(to: str, kind: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = BOT, to, "x"
    mail["Message-ID"] = f"<{kind}.1.abc@mailbot.example>"
    mail.set_content("<administrator-shadow.1@x> Message-ID: <administrator-shadow.2@x>\n")
    return mail


STRANGER = "mesadepartes@ugelchota.example"


@pytest.mark.parametrize(
    ("to", "kind"),
    [
        (STRANGER, "holder-credentials"),
        (ADMINISTRATOR, "decider-question"),
        (STRANGER, shadow.KIND),
        (ADMINISTRATOR, "x"),
    ],
)
def test_no_letter_but_the_comparison_passes_the_wire(
    settings: Settings, shade: House, to: str, kind: str
) -> None:
    """Whoever hands it over, however: the connection itself refuses, and nothing arrives."""
    with open_smtp(settings) as server, pytest.raises(Withheld):
        deliver(server, BOT, to, letter(to, kind))
    with open_smtp(settings) as server, pytest.raises(Withheld):
        server.send_message(letter(to, kind), BOT, [to])
    shade.post._drain()  # noqa: SLF001  the tests' own
    assert shade.post.inbox(to) == []


def test_the_comparison_passes_to_an_administrator(settings: Settings, shade: House) -> None:
    """The guard is no wall."""
    with open_smtp(settings) as server:
        answer = deliver(server, BOT, ADMINISTRATOR, letter(ADMINISTRATOR, shadow.KIND))
    assert answer.fate is Fate.TAKEN
    assert shade.post.wait_for(ADMINISTRATOR, lambda m: kind_of(m) == shadow.KIND)


# ------------------------------------------------------------------ commands


@pytest.mark.parametrize(
    "words",
    [
        ("ask", "1"),
        ("resend", "1"),
        ("approver", "enrol", ADMINISTRATOR),
        ("doctor", "--probe"),
    ],
)
def test_what_would_act_is_refused_with_a_clear_word(
    bot: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """Exit code 2, the mode and the way out; nothing is begun."""
    monkeypatch.setenv("MAILBOT_SECRET", "una clave de prueba de mas de 32 caracteres")
    folder = write_config(tmp_path / "config", None)
    cast(folder)
    monkeypatch.setenv("MAILBOT_CONFIG", str(folder))
    code, _, err = bot(*words)
    assert code == 2
    assert "no se hace en modo sombra" in err
    assert 'mode = "live"' in err
    assert not (folder / "mailbot.db").exists()


def test_health_and_doctor_say_that_it_is_a_shadow(
    shade: House, bot: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And no beat is missed, no second way tried."""
    monkeypatch.setenv("MAILBOT_CONFIG", str(shade.folder))
    assert bot("poll")[0] == 0
    checks = {c["code"]: c for c in json.loads(bot("health", "--json")[1])["checks"]}
    assert checks["mode"]["state"] == "note"
    assert "modo sombra" in checks["mode"]["words"]
    assert "unmoved" not in checks
    told = {c.name: c.detail for c in examine(read_rules(shade.folder))}
    assert ADMINISTRATOR in told["Modo"]


@pytest.mark.parametrize("first", ["live", "shadow"])
def test_a_database_is_a_shadow_s_or_it_is_not(
    house: House, bot: Run, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    """What a shadow noted was asked of nobody; what was asked is no shadow's to go on with."""
    monkeypatch.setenv("MAILBOT_CONFIG", str(house.folder))
    other = {"live": "shadow", "shadow": "live"}[first]
    house.post.deliver(
        b"From: a@x.example\nTo: siagie@mailbot.example\n\nx\n", "a@x.example", [BOT]
    )
    monkeypatch.setenv("MAILBOT_MODE", first)
    house.post._drain()  # noqa: SLF001  the tests' own
    assert bot("poll")[0] == 0
    monkeypatch.setenv("MAILBOT_MODE", other)
    code, _, err = bot("poll")
    assert (code, "store.url" in err) == (2, True)
