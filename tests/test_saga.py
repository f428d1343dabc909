"""A replacement in a real directory, killed at every commit and every change of the directory.

Whatever the point: at no moment do two hold the seat, and in the end all is as if nothing had
happened, in the directory, in the register and in the mail. ``SAGA=all`` tries every point; the
suite every ninth.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path

import crashing
import failpoints
import pytest
from chamber import Chamber, record
from failpoints import Killed
from house import NOON, kind_of
from proxy import Fault, Proxy, between, ldap
from slapd import PASSWORD, Slapd, Tree

from mailbot import decide, fulfil, model, send
from mailbot.actions.directory import opened
from mailbot.actions.saga import ENDS
from mailbot.actions.steps import entry
from mailbot.errors import Unreachable
from mailbot.store import Store, accounts
from mailbot.store.tables import Account, Case, Change, Letter

EVERY = 1 if os.environ.get("SAGA") == "all" else 9
OLD, NEW = "40000001", "42871359"
OPENED = ("asker-opened", "decider-question")
SEAT = "especialista-ugel/060004/"
Told = Callable[[str], None]


@dataclass
class Theatre:
    """A bot, its directory and its mail server; every run begins as the approval left it."""

    chamber: Chamber
    tree: Tree
    base: str
    sink: crashing.Sink
    begun: bytes = b""
    told: list[Told] = field(default_factory=list)

    def prepare(self) -> None:
        """An old holder, here and in the directory, and an approved replacement."""
        old = self.chamber.seat("HUAMÁN CONDORI, Luis", OLD)
        with self.chamber.store.read() as tx:
            (row,) = accounts.by_id(tx, [old])
        self.entry = entry(row)
        held = model.Account(old, OLD, row.names, OLD, row.correo, self.entry.post, "2026-03-31")
        procedure = self.chamber.rules.guide.procedures["5.1"]
        self.chamber.ask(record(closes=decide.closes(procedure, decide.Facts(holder=held))))
        assert self.chamber.hear("APROBAR") is None
        self.chamber.store.close()
        self.begun = self.file.read_bytes()

    @property
    def file(self) -> Path:
        """The bot's database."""
        return Path(self.chamber.rules.settings.database.removeprefix("sqlite:///"))

    def begin(self) -> None:
        """As the approval left everything."""
        self.told.clear()
        self.sink.taken.clear()
        self.chamber.store.close()
        self.chamber.__dict__.pop("desk", None)
        for left in self.file.parent.glob(f"{self.file.name}[-.]*"):
            left.unlink()
        self.file.write_bytes(self.begun)
        settings = self.chamber.rules.settings
        self.chamber.__dict__["store"] = Store(settings.database, settings.data_keys)
        self.chamber.clock.now = NOON
        with self.tree.root() as wire:
            for dn in self.tree.found(self.base):
                wire.delete(dn)
        with opened(self.chamber.rules.settings) as directory:
            directory.create(self.entry)
            directory.enable(self.entry)

    def enabled(self) -> list[str]:
        """Who holds the seat in the directory: everybody's DNI, whoever may log in."""
        found = self.tree.found(self.base, f"(departmentNumber={SEAT})").values()
        free = [v for v in found if not v.get("pwdAccountLockedTime")]
        return [bytes(v["employeeNumber"][0]).decode() for v in free]

    def run(self) -> None:
        """Passes until nothing is left to do; time passes in between."""
        for _ in range(crashing.PASSES):
            with suppress(Unreachable):
                fulfil.fulfil_due(self.chamber.desk)
                send.send_due(self.chamber.desk)
            if self.is_quiet():
                return
            self.chamber.clock.now += crashing.STUCK
        raise AssertionError("still not at rest")

    def is_quiet(self) -> bool:
        """Whether no change and no letter waits for the next pass."""
        left = [c.step for c in self.chamber.all(Change) if c.step not in ENDS]
        return not left and all(x.status == "sent" for x in self.chamber.all(Letter))

    def end(self) -> dict[str, object]:
        """What is so, in values that do not depend on chance; the valid password is the last."""
        mails = [message_from_bytes(raw, policy=policy.default) for _, _, raw in self.sink.taken]
        passwords = [crashing._password(m) for m in mails if crashing._has_password(m)]  # noqa: SLF001
        entries = self.tree.found(self.base)
        (dn,) = [d for d in entries if NEW in d] or [""]
        valid = [p for p in passwords if dn and self.tree.may_enter(dn, p)]
        assert valid == passwords[-1:], "not the last password, or not alone"
        return {
            "enabled": self.enabled(),
            "accounts": sorted((a.dni, str(a.status)) for a in self.chamber.all(Account)),
            "case": [str(c.status) for c in self.chamber.all(Case)],
            "changes": [c.step for c in self.chamber.all(Change)],
            "letters": sorted({str(kind_of(m)) for m in mails}),
            "entries": sorted(entries),
        }


@pytest.fixture
def wire(slapd: Slapd) -> Iterator[Proxy]:
    """A wire to the directory that fails on demand."""
    with between(slapd.port, ldap) as made:
        yield made


@pytest.fixture
def theatre(
    slapd: Slapd, wire: Proxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Theatre]:
    """A theatre whose points are told to whoever listens."""
    tree = slapd.policy
    base = tree.fresh()
    with crashing.sink() as sink:
        for name, value in {
            "SECRET": "una clave de prueba de mas de 32 caracteres",
            "SMTP__HOST": "127.0.0.1",
            "SMTP__PORT": str(sink.port),
            "SMTP__TLS": "none",
            "SMTP__AUTH": "none",
            "SMTP__TIMEOUT_SECONDS": "3",
            "DIRECTORY__KIND": "ldap",
            "DIRECTORY__LDAP__URL": f"ldap://127.0.0.1:{wire.port}",
            "DIRECTORY__LDAP__STARTTLS": "false",  # to be read by the wire
            "DIRECTORY__LDAP__TIMEOUT_SECONDS": "2",
            "DIRECTORY__LDAP__BIND_DN": f"cn=mailbot,{tree.suffix}",
            "DIRECTORY__LDAP__PASSWORD": PASSWORD,
            "DIRECTORY__LDAP__BASE": base,
        }.items():
            monkeypatch.setenv(f"MAILBOT_{name}", value)
        chamber = Chamber(tmp_path / "config")
        chamber.configure()
        made = Theatre(chamber, tree, base, sink)
        made.prepare()

        def reach(when: str, site: str) -> None:
            for listener in made.told:
                listener(f"{when} {site}")

        failpoints.install(reach, monkeypatch.setattr)
        yield made
        chamber.store.close()


def listening(theatre: Theatre) -> list[str]:
    """The points that are reached from here on, in order; at each the seat has one at most."""
    reached: list[str] = []

    def listen(point: str) -> None:
        reached.append(point)
        assert len(theatre.enabled()) <= 1, point

    theatre.told.append(listen)
    return reached


def killed_at(number: int) -> Told:
    """Dies at a point, counted from the beginning."""
    left = [number]

    def listen(_point: str) -> None:
        left[0] -= 1
        if left[0] == -1:
            raise Killed

    return listen


def everywhere(theatre: Theatre, spoil: Callable[[Theatre], None]) -> dict[str, object]:
    """The end of an undisturbed run, which is that of a run killed at any of its points."""
    theatre.begin()
    spoil(theatre)
    reached = listening(theatre)
    theatre.run()
    calm = theatre.end()
    names = Counter(name.removeprefix("after ") for name in reached if name.startswith("after "))
    assert {"fulfil._take", "fulfil.advance", "actions.wire.Wire.modify:modify"} <= set(names)
    for number in range(0, len(reached), EVERY):
        theatre.begin()
        spoil(theatre)
        theatre.told.append(killed_at(number))
        with suppress(Killed):
            theatre.run()
        assert len(theatre.enabled()) <= 1, reached[number]
        theatre.chamber.clock.now += crashing.STUCK
        theatre.run()
        assert theatre.end() == calm, reached[number]
    return calm


@pytest.mark.timeout(600)
def test_a_replacement_killed_anywhere_ends_as_one_that_was_not(theatre: Theatre) -> None:
    """One holds the seat, the other does not, and the last password mailed opens the account."""
    end = everywhere(theatre, lambda _: None)
    assert end["enabled"] == [NEW]
    assert end["accounts"] == [(OLD, "closed"), (NEW, "active")]
    assert end["letters"] == [*OPENED, "displaced-closed", "holder-credentials"]


FAULTS = (
    Fault("bind", "drop", times=2),
    Fault("search", "truncate", times=3),
    Fault("search", "mute"),
    Fault("add", "drop"),
    Fault("add", "drop-after"),
    Fault("add", "mute-after"),
    Fault("modify", "drop", times=3),
    Fault("modify", "drop-after", times=4),
    Fault("modify", "mute-after"),
    Fault("extended", "drop-after", times=2),
)
"""Each request lost before it was done, and done with its answer lost: close, enable, password."""


@pytest.mark.timeout(300)
def test_whatever_befalls_the_wire_it_ends_the_same(theatre: Theatre, wire: Proxy) -> None:
    """Once it is well again: nobody twice in the seat, one valid password, the same letters."""
    theatre.begin()
    theatre.run()
    calm = theatre.end()
    for fault in FAULTS:
        theatre.begin()
        listening(theatre)
        wire.fault, wire.hits = fault, 0
        theatre.run()
        assert wire.hits == fault.times, fault
        wire.heal()
        assert theatre.end() == calm, fault


def lost_midway(theatre: Theatre) -> None:
    """Somebody deletes the new account by hand, the moment the old one is closed."""
    gone: list[bool] = []

    def listen(_point: str) -> None:
        found = theatre.tree.found(theatre.base)
        new = next((dn for dn in found if NEW in dn), None)
        if not gone and new and not theatre.enabled():
            gone.append(True)
            with theatre.tree.root() as wire:
                assert wire.delete(new)

    theatre.told.append(listen)


@pytest.mark.timeout(600)
def test_a_refusal_killed_anywhere_leads_back_all_the_same(theatre: Theatre) -> None:
    """The new account is gone when it is to be enabled: the old one is back, and it is told."""
    end = everywhere(theatre, lost_midway)
    assert end["enabled"] == [OLD]
    assert end["accounts"] == [(OLD, "active"), (NEW, "closed")]
    assert (end["letters"], end["changes"]) == (
        ["administrator-change", "decider-question"],
        ["undone"],
    )
