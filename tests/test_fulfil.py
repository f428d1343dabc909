"""What was approved reaches a directory elsewhere: in order, whatever that does, once."""

import json
from contextlib import suppress
from dataclasses import asdict
from email import message_from_bytes
from pathlib import Path

import mails
import notebook
import pytest
from chamber import Chamber, record
from house import ADMINISTRATOR, BOT, SAMPLES, House, files_of

from mailbot import console, contracts, decide, fulfil, health, model, pause, retention
from mailbot.actions.directory import Held, key_of
from mailbot.actions.saga import Result, Step
from mailbot.actions.steps import Tried
from mailbot.errors import ConfigError, Unreachable
from mailbot.store import accounts, changes, underway
from mailbot.store.tables import Account, Case, CaseStatus, Change

OLD, NEW = "40000001", "42871359"
SEAT = "especialista-ugel/060004/"


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a moody directory, which the bot is configured for."""
    return notebook.install(tmp_path, "moody", monkeypatch)


def replacement(chamber: Chamber, kept: Path) -> int:
    """An approved replacement, its old holder known here and there; the case's number."""
    old = chamber.seat("HUAMÁN CONDORI, Luis", OLD)
    with chamber.store.read() as tx:
        row = tx.get_one(Account, old)
        there = Held(row.username, row.names, OLD, True, key_of(old), SEAT)  # noqa: FBT003
    kept.write_text(_as_json({there.key: there}))
    closes = decide.closes(
        chamber.rules.guide.procedures["5.1"], decide.Facts(holder=account(chamber, old))
    )
    case = chamber.ask(record(closes=closes))
    assert chamber.hear("APROBAR") is None
    return case


def _as_json(there: dict[str, Held]) -> str:
    return json.dumps({key: asdict(held) for key, held in there.items()})


def account(chamber: Chamber, number: int) -> model.Account:
    """An account of the register."""
    with chamber.store.read() as tx:
        return accounts.get(tx, number)


def enabled(kept: Path) -> set[str]:
    """Who can log in, by DNI."""
    return {dni for dni, held in notebook.held(kept).items() if held.enabled}


def passes(chamber: Chamber, count: int = 1) -> None:
    """Passes an hour apart; a directory that does not answer ends one."""
    for _ in range(count):
        with suppress(Unreachable):
            fulfil.fulfil_due(chamber.desk)
        chamber.clock.forward(hours=1)


def test_nothing_is_done_before_the_directory_has_done_it(chamber: Chamber, kept: Path) -> None:
    """Approved, but the register is as before, the case not done, and nobody is told."""
    case = replacement(chamber, kept)
    assert (chamber.case(case).status, chamber.active(), chamber.letters()) == (
        "approved",
        [OLD],
        [],
    )
    assert fulfil.fulfil_due(chamber.desk) == 1
    assert enabled(kept) == {NEW}
    assert (chamber.case(case).status, chamber.active()) == ("done", [NEW])
    assert {kind for kind, _ in chamber.letters()} >= {"holder-credentials", "displaced-closed"}
    assert fulfil.fulfil_due(chamber.desk) == 0


@pytest.mark.parametrize("call", [None, "create", "disable", "enable"])
def test_while_paused_what_was_approved_waits_wherever_it_stands(
    chamber: Chamber, kept: Path, call: str | None
) -> None:
    """The brake holds what a directory has not done yet; afterwards that goes on by itself."""
    replacement(chamber, kept)
    if call:
        notebook.be(kept, **{call: ("later", 1)})
        passes(chamber)
    before = enabled(kept)
    chamber.chores(pause.begin)
    passes(chamber, 3)
    assert enabled(kept) == before
    assert chamber.case().status == "approved"
    chamber.chores(pause.end)
    passes(chamber)
    assert (enabled(kept), chamber.active()) == ({NEW}, [NEW])


@pytest.mark.parametrize(
    ("call", "how"),
    [
        *[(call, "lost") for call in ("find", "holders", "create", "disable", "enable")],
        *[("create", "later"), ("disable", "later"), ("enable", "awaited")],
    ],
)
def test_what_does_not_answer_is_asked_again(
    chamber: Chamber, kept: Path, call: str, how: str
) -> None:
    """Also when it was done and only the answer lost: the end is the same, nobody is told."""
    case = replacement(chamber, kept)
    notebook.be(kept, **{call: (how, 2)})
    passes(chamber)
    if how == "awaited":
        with chamber.store.begin() as tx:
            assert fulfil.insist(chamber.desk.at(tx), chamber.case(case), "ana") is None
        passes(chamber)
        with chamber.store.begin() as tx:
            fulfil.insist(chamber.desk.at(tx), chamber.case(case), "ana")
    passes(chamber, 3)
    assert (chamber.case(case).status, enabled(kept)) == ("done", {NEW})
    assert "administrator-change" not in dict(chamber.letters())


@pytest.mark.parametrize("call", ["find", "holders", "create", "disable", "enable"])
def test_a_refusal_leads_back_to_where_it_began(chamber: Chamber, kept: Path, call: str) -> None:
    """The old one is active again, the new one is not, and an administrator knows what to do."""
    case = replacement(chamber, kept)
    notebook.be(kept, **{call: ("denied", 1)})
    passes(chamber)
    assert (enabled(kept), chamber.active()) == ({OLD}, [OLD])
    assert chamber.letters() == [("administrator-change", ADMINISTRATOR)]
    said = chamber.said("administrator-change")
    assert (said["step"], said["why"]) == ("undone", f"mal humor en {call}")
    with chamber.store.begin() as tx:
        assert fulfil.insist(chamber.desk.at(tx), chamber.case(case), "ana") is None
    passes(chamber)
    assert (chamber.case(case).status, enabled(kept), chamber.active()) == ("done", {NEW}, [NEW])


def test_what_cannot_go_back_either_is_told_and_tried_on(chamber: Chamber, kept: Path) -> None:
    """Refused forwards and backwards: nobody is active, and it is told once at each step."""
    case = replacement(chamber, kept)
    notebook.be(kept, enable=("denied", 4))
    passes(chamber, 2)
    assert enabled(kept) == set()
    assert [kind for kind, _ in chamber.letters()] == ["administrator-change"]
    assert chamber.said("administrator-change")["step"] == "reopen"
    passes(chamber, 3)
    assert (enabled(kept), chamber.active()) == ({OLD}, [OLD])
    assert chamber.said("administrator-change")["step"] == "undone"
    assert chamber.case(case).status == "approved"


def test_after_some_tries_an_administrator_is_told_once(chamber: Chamber, kept: Path) -> None:
    """Six tries, one letter; and when it answers again all goes on by itself."""
    case = replacement(chamber, kept)
    notebook.be(kept, create=("later", 9))
    passes(chamber, 5)
    assert chamber.letters() == []
    passes(chamber, 4)
    assert chamber.letters() == [("administrator-change", ADMINISTRATOR)]
    passes(chamber)
    assert (chamber.case(case).status, enabled(kept)) == ("done", {NEW})


def test_a_stranger_in_the_seat_stops_it(
    chamber: Chamber, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody the register does not know holds the seat in the directory: nothing changes."""
    kept = notebook.install(tmp_path, "notebook", monkeypatch)
    chamber.configure()
    replacement(chamber, kept)
    there = {h.key: h for h in notebook.held(kept).values()}
    stranger = Held("intrusa", "OTRA PERSONA", "49999999", True, "", SEAT)  # noqa: FBT003
    kept.write_text(_as_json({**there, "x": stranger}))
    passes(chamber)
    assert (enabled(kept), chamber.active()) == ({OLD, "49999999"}, [OLD])
    assert "«intrusa»" in chamber.said("administrator-change")["why"]


def test_a_stranger_who_comes_midway_keeps_everybody_else_out(chamber: Chamber, kept: Path) -> None:
    """Neither the new one is enabled nor the old one again, until the stranger is gone."""
    case = replacement(chamber, kept)
    notebook.be(kept, disable=("later", 1))
    passes(chamber)
    there = {h.key: h for h in notebook.held(kept).values()}
    stranger = Held("intrusa", "OTRA PERSONA", "49999999", True, "", SEAT)  # noqa: FBT003
    kept.write_text(_as_json({**there, "x": stranger}))
    passes(chamber, 2)
    assert (enabled(kept), chamber.active()) == ({"49999999"}, [])
    assert chamber.said("administrator-change")["step"] == "reopen"
    kept.write_text(_as_json({h.key: h for h in notebook.held(kept).values() if h.key}))
    passes(chamber, 2)
    assert (enabled(kept), chamber.active()) == ({OLD}, [OLD])
    assert chamber.case(case).status == "approved"


def test_one_change_a_seat_at_a_time(chamber: Chamber, kept: Path) -> None:
    """A second yes for the seat is not used while the first is under way; later it counts."""
    first = replacement(chamber, kept)
    closes = chamber.case(first).record["closes"]
    second = chamber.ask(record(dni="43333333", names="LÓPEZ RUIZ, Eva", closes=closes))
    chamber.hear("APROBAR")
    assert chamber.letters() == [("decider-busy", ADMINISTRATOR)]
    assert chamber.case(second).status == "pending"
    passes(chamber)
    assert chamber.case(second).revision == 2
    chamber.hear("APROBAR")
    passes(chamber)
    assert (chamber.case(second).status, enabled(kept)) == ("done", {"43333333"})


def test_what_was_approved_is_changed_by_nothing_that_comes_by_mail(
    house: House, kept: Path
) -> None:
    """While the directory is down the asker writes again, with another address for the holder.

    The credentials go where it was approved that they go.
    """
    asker = house.send_sample("5.1-alta-especialista-ugel")
    house.poll()
    notebook.be(kept, create=("later", 1))
    with suppress(Unreachable):
        house.decide(ADMINISTRATOR, "APROBAR")
    (case,) = house.cases()
    assert case.status == "approved"
    first = message_from_bytes((SAMPLES / "5.1-alta-especialista-ugel.eml").read_bytes())
    more = mails.compose(
        asker,
        BOT,
        f"Re: {first['Subject']}",
        text="El correo correcto es ajeno@correo.example",
        in_reply_to=str(first["Message-ID"]),
        attachments=files_of("5.1-alta-especialista-ugel"),
        authenticated=False,
    )
    house.send(more, asker)
    house.clock.forward(hours=1)
    house.poll()
    done = next(c for c in house.cases() if c.id == case.id)
    assert (done.status, done.digest, done.revision) == ("done", case.digest, case.revision)
    sent = [x.recipient for x in house.letters() if x.kind == "holder-credentials"]
    assert sent == [case.record["correo"]]


def test_who_lost_the_lease_writes_nothing(chamber: Chamber, kept: Path) -> None:
    """Taken twice, after the lease: the first one's end is not written over the second's."""
    replacement(chamber, kept)
    (change,) = chamber.all(Change)
    slow = fulfil._take(chamber.desk, change.id)  # noqa: SLF001
    assert slow is not None
    assert fulfil._take(chamber.desk, change.id) is None  # noqa: SLF001
    chamber.clock.now += changes.LEASE
    assert fulfil.advance(chamber.desk, change.id).result is Result.TAKEN
    with chamber.store.begin() as tx:
        fulfil._settle(chamber.desk.at(tx), slow, Tried(Result.DENIED, "tarde"))  # noqa: SLF001
    (change,) = chamber.all(Change)
    assert (change.step, enabled(kept)) == (Step.DONE, {NEW})


def test_a_directory_nobody_installed_is_named(
    chamber: Chamber, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error says what there is."""
    monkeypatch.setenv("MAILBOT_DIRECTORY__KIND", "ldpa")
    chamber.configure()
    chamber.ask()
    chamber.hear("APROBAR")
    with pytest.raises(ConfigError, match="no hay un directorio «ldpa»; hay: sql"):
        fulfil.fulfil_due(chamber.desk)


def test_the_example_of_the_docs_is_a_directory(
    chamber: Chamber, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forty lines, installed as the page says: an account comes into being in them."""
    kept = notebook.install(tmp_path, "notebook", monkeypatch)
    chamber.configure()
    case = chamber.ask()
    chamber.hear("APROBAR")
    assert fulfil.fulfil_due(chamber.desk) == 1
    assert (chamber.case(case).status, enabled(kept)) == ("done", {NEW})
    code = [line for line in notebook.example().splitlines() if line.strip()]
    assert len(code) <= 45


def test_what_waits_is_shown(
    chamber: Chamber, kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Health is bad and says what to give; the rows say why; once it is done all is quiet."""
    case = replacement(chamber, kept)
    notebook.be(kept, disable=("denied", 1))
    passes(chamber)

    def ill() -> dict[str, str]:
        facts = health.gather(chamber.store, chamber.rules.settings, chamber.clock())
        found = [check for check in health.examine(facts) if check.code == "changes"]
        return {check.state.value: check.words + check.mend for check in found}

    assert "mailbot insist N" in ill()["bad"]
    with chamber.store.read() as tx:
        (row,) = changes.waiting(tx)
        _, *(shown,) = console.change_rows([row])
        assert "mal humor en disable" in shown
        console.show_changes(console.console(), changes.of_case(tx, case))
    assert "mal humor en disable" in capsys.readouterr().out
    assert contracts.change(row)["step"] == "undone"
    with chamber.store.begin() as tx:
        fulfil.insist(chamber.desk.at(tx), chamber.case(case), "ana")
    passes(chamber)
    assert ill() == {}


def test_an_insistence_that_would_do_something_else_is_refused(
    chamber: Chamber, kept: Path
) -> None:
    """The seat changed hands since: what was approved cannot be done any more."""
    case = replacement(chamber, kept)
    notebook.be(kept, disable=("denied", 1))
    passes(chamber)
    with chamber.store.begin() as tx:
        accounts.close_account(tx, 1, case, chamber.clock())
        said = fulfil.insist(chamber.desk.at(tx), chamber.case(case), "ana")
    assert said is not None
    assert "pedirlo otra vez" in said


def test_a_restored_database_does_nothing_in_the_directory_by_itself(
    chamber: Chamber, kept: Path
) -> None:
    """What was under way waits until an operator insists."""
    case = replacement(chamber, kept)
    with chamber.store.begin() as tx:
        underway.settle(tx, chamber.clock())
    passes(chamber, 2)
    assert enabled(kept) == {OLD}
    with chamber.store.begin() as tx:
        fulfil.insist(chamber.desk.at(tx), chamber.case(case), "ana")
    passes(chamber)
    assert enabled(kept) == {NEW}


def outlived(chamber: Chamber, kept: Path) -> None:
    """A replacement whose temporary password nobody changes in time: the register says so."""
    replacement(chamber, kept)
    passes(chamber)
    new = next(a for a in chamber.all(Account) if a.dni == NEW)
    with chamber.store.begin() as tx:
        until = chamber.clock() + changes.LEASE
        assert accounts.set_password(tx, new.id, accounts.ELSEWHERE, until)
    passes(chamber, 3)
    new = next(a for a in chamber.all(Account) if a.dni == NEW)
    assert (new.password_hash, new.must_change) == (None, True)


def test_a_password_nobody_changed_in_time_goes(chamber: Chamber, kept: Path) -> None:
    """Its time is over: the directory is told once, and the register says what became of it."""
    outlived(chamber, kept)
    assert [c.step for c in chamber.all(Change)] == ["done", "done"]


def test_a_password_that_lapses_by_itself_is_left_to_the_directory(
    chamber: Chamber, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says it can: nothing is asked of it, and the register counts the password as over."""
    kept = notebook.install(tmp_path, "notebook", monkeypatch)
    chamber.configure()
    outlived(chamber, kept)
    assert [c.step for c in chamber.all(Change)] == ["done"]


def test_what_a_directory_said_is_forgotten_with_the_case(chamber: Chamber, kept: Path) -> None:
    """It may name somebody."""
    case = replacement(chamber, kept)
    notebook.be(kept, disable=("denied", 1))
    passes(chamber)
    assert chamber.all(Change)[0].reason
    with chamber.store.begin() as tx:
        tx.get_one(Case, case).status = CaseStatus.WITHDRAWN
    chamber.clock.forward(days=800)
    retention.forget(chamber.desk)
    (change,) = chamber.all(Change)
    assert (change.reason, change.error) == (None, None)
