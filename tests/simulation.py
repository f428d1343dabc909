"""Histories at random, and what must be so after every step of them.

A history is some steps: mails, replies of all sorts, faults, kills, leaps of the clock. It is
played on the program's stages and a real store (SQLite in memory); what is outside is
``townsfolk``. One that breaks an invariant is printed with its seed, shortened to the steps it
needs.

Histories begin alike. One seed and number make a *trunk*, which is played to its end. Wherever
something was committed, or done outside, in one of its steps another history ends: the same steps,
and SIGKILL there. What a kill leaves is what is committed: it is looked at on the spot, every
invariant. From some of these places it goes on after the kill, with the rest of the steps, to the
end; on the way such a *branch* is looked at in the same manner, so that kills come twice.

    SEED=1 SIM_N=10000 python tests/simulation.py
"""

import gc
import os
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.message import Message
from itertools import count as numbers
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import failpoints
import pytest
import structlog
import structlog.testing
import townsfolk as t
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from failpoints import Killed
from house import ADMINISTRATOR, ANOTHER, NOON, Clock, write_config
from imapclient.exceptions import IMAPClientError
from pydantic import SecretStr
from sqlalchemy import text

from mailbot import chores, mailbox, pipeline, schedule, secrecy, send, tell
from mailbot.delivery import Answer
from mailbot.desk import Desk
from mailbot.errors import Unreachable
from mailbot.mailbox import Mailbox
from mailbot.model import Mail, Sender
from mailbot.parsers.parse import Parsed
from mailbot.parsers.reply import Verb, read_decision
from mailbot.register import import_schools
from mailbot.respond import COUNTED
from mailbot.rules import Rules, read_rules
from mailbot.store import BROKEN_WIRE, Store, journal
from mailbot.store.schools import StoredSchools
from mailbot.store.tables import Case, Table
from mailbot.undelivered import resend

HERE = Path(__file__).parent
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Passwords by the thousand: the hash is argon2 all the same."""
_SELDOM = timedelta(minutes=30)
CAP = 4
"""Answers a day that an address gets here: few, so that the bound is met."""


class Violation(AssertionError):
    """Something that must never be, is."""


# ------------------------------------------------------------------ steps


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens: a word for what, and values that mean the same in any history."""

    what: str
    pick: float = 0.0
    word: str = ""
    way: str = ""

    def __str__(self) -> str:
        more = [f"{self.pick:.3f}"] if self.pick else []
        return " ".join([self.what, *more, *filter(None, (self.word, self.way))])


_SAID = (
    *("APROBAR",) * 9,
    *("RECHAZAR: no corresponde", "OBSERVAR: falta la RD", "OBSERVAR: falta el sello"),
    *("dni 41000009", "Sí, pero falta la firma", "dni 41000001"),
)
_WAYS = (*("right",) * 12, "unproven", "forged", "stranger", "other", "no-token")
_LEAPS = ("2", "2", "11", "11", "90", "800", "2220", "4400", "7000", "-60", "-600")
"""Minutes: to the next poll, past a stuck letter, to a reminder, past a question, back."""
_MOODS = ("451", "554", "lost", "gone", "451,lost", "lost,lost")

_KINDS: Mapping[str, int] = {
    "request": 22,
    "reply": 30,
    "poll": 24,
    "kill": 14,
    "clock": 12,
    "smtp": 7,
    "imap": 3,
    "complete": 6,
    "again": 4,
    "machine": 3,
    "bounce": 3,
    "renumber": 2,
    "drag": 2,
    "resend": 4,
    "confirm": 4,
    "thanks": 2,
    "pending": 2,
    "poison": 1,
}


def history(seed: str, most: int = 14) -> list[Step]:
    """The steps of a seed."""
    random = Random(seed)
    steps = [Step("request", word=random.choice(list(t.REQUESTS)), way="right"), Step("poll")]
    for _ in range(random.randint(3, most - 4)):
        steps.append(_step(random))
        if steps[-1].what in _SPEAKS and random.random() < 0.6:
            steps.append(_step(random, random.choice(_HEARS)))  # heard, before more happens
    return steps[:most]


def _step(random: Random, what: str = "") -> Step:
    what = what or random.choices(list(_KINDS), weights=list(_KINDS.values()))[0]
    word = random.choice(_WORDS.get(what, ("",)))
    way = random.choice(_MANNERS.get(what, ("",)))
    pick = int(random.random() * 1000) / 1000 if what in _PICKS else 0.0  # always below 1
    return Step(what, pick, word, way)


_SPEAKS = ("request", "reply", "complete", "confirm")
_HEARS = ("poll", "poll", "poll", "kill", "smtp")
_WORDS: Mapping[str, Sequence[str]] = {
    "request": tuple(t.REQUESTS),
    "reply": _SAID,
    "clock": _LEAPS,
    "smtp": _MOODS,
    "confirm": ("CONFIRMO", "NO"),
}
_MANNERS: Mapping[str, Sequence[str]] = {
    "request": (*("right",) * 7, "unproven"),
    "reply": _WAYS,
    "confirm": (*("right",) * 6, "unproven", "forged"),
}
_DIES = "dies "
"""Said of a step in which the bot dies, with the number of the point it dies at."""
_PICKS = ("reply", "kill", "imap", "complete", "again", "bounce", "drag", "resend", "confirm")


# ------------------------------------------------------------------ the world of a history


@dataclass(frozen=True, slots=True)
class Said:
    """What is true of a reply that was sent, whatever the bot makes of it."""

    sender: str
    proven: bool
    verb: Verb
    token: str | None


class Stage:
    """What all histories share: the rules, the store, what was read beforehand."""

    def __init__(self, folder: Path) -> None:
        both = f'["{ADMINISTRATOR}", "{ANOTHER}"]'
        config = write_config(folder / "config", None, **{"administrador-ue": both})
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("MAILBOT_SECRET", "una clave de prueba de mas de 32 caracteres")
            self.rules = _bounded(read_rules(config))
        keys = [SecretStr("clave de prueba " * 3)]
        register = Store("sqlite://", keys)  # a memory of its own: schools are asked for in between
        schools = HERE / "config" / "schools.csv"
        import_schools(schools, register, self.rules.offices, lambda _: None)
        self.rules = self.rules.with_schools(StoredSchools(register))
        self.store = Store("sqlite://", keys)
        self.empty = self.kept()
        self.library = t.library(self.rules)
        self.live: World | None = None
        self._opened: dict[tuple[Any, ...], dict[str, Any]] = {}

    @classmethod
    @contextmanager
    def set_up(cls, folder: Path) -> Iterator["Stage"]:
        """A stage, and lists in the place of everything outside as long as it stands."""
        made = cls(folder)
        with pytest.MonkeyPatch.context() as patch, structlog.testing.capture_logs():
            made.stand_in(patch)
            yield made
        made.store.close()

    @property
    def _database(self) -> sqlite3.Connection:
        """The one connection of a database in memory."""
        with self.store.engine.connect() as db:
            found = db.connection.driver_connection
        assert isinstance(found, sqlite3.Connection)
        return found

    def commits(self) -> bool:
        """Whether all that was written is committed: else a kill here leaves what was before."""
        return not self._database.in_transaction

    def rows(self, name: str) -> list[dict[str, Any]]:
        """A table as it lies in the store; a row that was looked at before is not opened again."""
        table, known = Table.metadata.tables[name], self._opened
        lying = [(name, *r) for r in self._database.execute(f"SELECT id, * FROM {name}")]  # noqa: S608
        if new := {row[1]: row for row in lying if row not in known}:
            with self.store.engine.connect() as db:
                found = db.execute(table.select().where(table.c.id.in_(new))).mappings()
                known.update({new[row["id"]]: dict(row) for row in found})
        return [known[row] for row in lying]

    def forget(self) -> None:
        """Keep no row of worlds that were."""
        self._opened.clear()

    def kept(self) -> bytes:
        """The database as it is."""
        return self._database.serialize()

    def restore(self, kept: bytes) -> None:
        """The database as it was."""
        self._database.deserialize(kept)

    def stand_in(self, patch: pytest.MonkeyPatch) -> None:
        """Put the lists in the place of the servers, and of the reading."""

        def read(raw: bytes, sender: Sender | None = None) -> Mail:
            return self._now().bag.read(raw, sender)

        for module in (pipeline, tell, send):
            patch.setattr(module, "read_mail", read)
        patch.setattr(pipeline, "parse", self._parse)
        patch.setattr(Desk, "verify", lambda _desk, raw: self._now().bag.mails[bytes(raw)].sender)
        patch.setattr(schedule, "open_mailbox", self._mailbox)
        patch.setattr(send, "connect", lambda _settings: object())
        patch.setattr(send, "leave", lambda _line: None)
        patch.setattr(send, "bounded", lambda _line, _settings: nullcontext())
        patch.setattr(send, "deliver", self._deliver)
        patch.setattr(send, "compose", self._compose)
        patch.setattr(mailbox, "_bounded", lambda _wire, _settings: nullcontext())
        patch.setattr(pipeline, "_patience", nullcontext)
        patch.setattr(secrecy, "hashed", lambda secret: QUICK.hash(secret.get_secret_value()))
        failpoints.install(self.reach, patch.setattr)

    def _now(self) -> "World":
        assert self.live is not None
        return self.live

    def reach(self, when: str, site: str) -> None:
        """Tell the world of the moment that a point is reached."""
        if self.live is not None:
            self.live.reach(when, site)

    def _parse(self, mails: Sequence[Mail], rules: Rules) -> Parsed:
        return self._now().parse(mails, rules)

    def _compose(self, *given: Any) -> Message:  # noqa: ANN401  what the program would write
        return self._now().smtp.compose(*given)

    def _deliver(self, *given: Any) -> Answer:  # noqa: ANN401  what the program would hand over
        return self._now().smtp.deliver(*given)

    @contextmanager
    def _mailbox(self, settings: Any) -> Iterator[Mailbox]:  # noqa: ANN401
        imap = self._now().imap
        try:
            lying = len(imap.folders["INBOX"])
            yield Mailbox(imap, settings.imap, imap.uidvalidity, imap.next_uid, lying)
        except IMAPClientError as error:
            raise Unreachable(str(error)) from error


def _bounded(rules: Rules) -> Rules:
    limits = rules.settings.limits.model_copy(update={"answers_per_day": CAP})
    quiet = rules.settings.health.model_copy(update={"heartbeat_minutes": 0})
    changed = {"limits": limits, "health": quiet}
    return replace(rules, settings=rules.settings.model_copy(update=changed))


@dataclass
class World:
    """The bot and everybody around it, in one history."""

    stage: Stage
    bag: t.Bag
    clock: Clock = field(default_factory=lambda: Clock(NOON))
    imap: t.FakeImap = field(default_factory=t.FakeImap)
    smtp: t.FakeSmtp = field(default_factory=t.FakeSmtp)
    said: dict[str, Said] = field(default_factory=dict)
    put: Counter[bytes] = field(default_factory=Counter)
    kill_after: int | None = None
    kills: int = 0
    chores_at: datetime = NOON
    points: int = 0
    looks: Callable[[int], None] | None = None

    @classmethod
    def begin(cls, stage: Stage) -> "World":
        """A world where nothing has happened."""
        stage.live = None
        stage.restore(stage.empty)
        stage.forget()
        world = cls(stage, t.Bag(stage.library))
        world.enter()
        return world

    @property
    def desk(self) -> Desk:
        """The bot's desk, as after a restart."""
        return Desk(self.stage.rules, self.stage.store, self.clock)

    def reach(self, when: str, _site: str) -> None:
        """Die here, if it is time to; else somebody may look at what a death here would leave."""
        self.points += 1
        if self.looks and when == "after":
            self.looks(self.points - 1)
        if self.kill_after is None:
            return
        self.kill_after -= 1
        if self.kill_after < 0:
            self.kill_after = None
            self.kills += 1
            raise Killed

    def parse(self, mails: Sequence[Mail], rules: Rules) -> Parsed:
        """Read a mail, and die of it where it is poison."""
        if self.bag.requests.get(mails[-1].sha256) == t.POISON:
            self.kills += 1
            raise Killed
        return self.bag.parse(mails, rules)

    def dead(self) -> "World":
        """The world as it is when the bot dies here."""
        smtp = replace(
            self.smtp,
            taken=[*self.smtp.taken],
            moods=[],
            lost=self.smtp.lost.copy(),
            written={**self.smtp.written},
        )
        folders = {name: [*lying] for name, lying in self.imap.folders.items()}
        bag = replace(self.bag, mails={**self.bag.mails}, requests={**self.bag.requests})
        return replace(
            self,
            bag=bag,
            clock=replace(self.clock),
            imap=replace(self.imap, folders=folders, hangs_up_after=None),
            smtp=smtp,
            said={**self.said},
            put=self.put.copy(),
            kill_after=None,
            kills=self.kills + 1,
            looks=None,
        )

    def enter(self) -> None:
        """Be the world that the program finds."""
        self.imap.reach = self.smtp.reach = self.reach
        self.stage.live = self

    # ---------------------------------------------------------- steps

    def do(self, step: Step) -> None:
        """Have a step happen."""
        self.points = 0
        if step.way.startswith(_DIES):
            self.kill_after = int(step.way.removeprefix(_DIES))
        getattr(self, f"_{step.what}")(step)
        self.kill_after = None

    def _deliver(self, raw: bytes) -> None:
        self.put[raw] += 1
        self.imap.put(raw)

    def _request(self, step: Step) -> None:
        sender = t.REQUESTS[step.word][1]
        proven = Sender(sender, authenticated=step.way == "right", reason="así llegó")
        self._deliver(self.bag.write(proven, request=step.word, subject="alta"))

    def _poll(self, _step: Step) -> None:
        try:
            schedule.one_pass(self.desk)
            self._chores()
        except (Killed, *BROKEN_WIRE):
            pass
        finally:
            self.kill_after = self.imap.hangs_up_after = None
            self.smtp.moods.clear()

    def _chores(self) -> None:
        """The chores, as the service does them: not at every pass."""
        if self.clock() >= self.chores_at or self.clock() < self.chores_at - _SELDOM:
            chores.do_chores(self.desk)
            self.chores_at = self.clock() + _SELDOM

    def _kill(self, step: Step) -> None:
        """The next pass dies at some point of it."""
        self.kill_after = int(step.pick * 60)
        self._poll(step)

    def _smtp(self, step: Step) -> None:
        self.smtp.moods = step.word.split(",")
        self._poll(step)

    def _imap(self, step: Step) -> None:
        self.imap.hangs_up_after = int(step.pick * 8)
        self._poll(step)

    def _clock(self, step: Step) -> None:
        self.clock.forward(minutes=int(step.word))

    def _reply(self, step: Step) -> None:
        """Somebody answers a question: the one asked, or somebody else, proven or not."""
        asked = [x for x in self.smtp.taken if x.token and x.kind.startswith("decider")]
        if asked:
            letter = asked[int(step.pick * len(asked))]
            self._answer(letter, step, t.STRANGER)

    def _confirm(self, step: Step) -> None:
        asked = [x for x in self.smtp.taken if x.kind == "office-challenge"]
        if asked:
            self._answer(asked[int(step.pick * len(asked))], step, t.STRANGER)

    def _answer(self, letter: t.Taken, step: Step, stranger: str) -> None:
        others = [a for a in t.APPROVERS if a != letter.recipient]
        sender = {"stranger": stranger, "other": others[0]}.get(step.way, letter.recipient)
        proven = step.way not in ("unproven", "forged")
        token = None if step.way == "no-token" else letter.token
        to = f"siagie+{token}@mailbot.example" if token else t.BOT
        raw = self.bag.write(
            Sender(sender, authenticated=proven, reason="así llegó"),
            recipients=(to,),
            own=(step.word,),
            references=(letter.message_id,),
            subject="Re: pregunta",
        )
        mail = self.bag.mails[raw]
        self.said[mail.sha256] = Said(sender, proven, read_decision(mail).verb, token)
        self._deliver(raw)

    def _complete(self, step: Step) -> None:
        """An asker answers in a thread with what was missing."""
        told = [x for x in self.smtp.taken if x.kind.startswith("asker-observed")]
        if told:
            letter = told[int(step.pick * len(told))]
            sender = Sender(letter.recipient, authenticated=True, reason="así llegó")
            raw = self.bag.write(sender, request=t.COMPLETED, references=(letter.message_id,))
            self._deliver(raw)

    def _again(self, step: Step) -> None:
        """A mail is delivered once more, byte for byte."""
        if self.put:
            self._deliver(list(self.put)[int(step.pick * len(self.put))])

    def _drag(self, step: Step) -> None:
        """A person drags a mail back into the inbox."""
        folder = "Procesados" if step.pick < 0.7 else "Apartados"
        if lying := self.imap.folders[folder]:
            _, raw = lying.pop(int(step.pick * len(lying)))
            self.imap.put(raw)

    def _machine(self, _step: Step) -> None:
        sender = Sender(t.MACHINE, authenticated=True, reason="así llegó")
        raw = self.bag.write(sender, automatic="auto-replied", own=("APROBAR",))
        self._deliver(raw)

    def _bounce(self, step: Step) -> None:
        if self.smtp.taken:
            letter = self.smtp.taken[int(step.pick * len(self.smtp.taken))]
            sender = Sender(t.MACHINE, authenticated=False, reason="así llegó")
            back = (letter.message_id,)
            self._deliver(self.bag.write(sender, automatic="report", bounced=back))

    def _thanks(self, _step: Step) -> None:
        sender = Sender("vecina@correo.example", authenticated=True, reason="así llegó")
        self._deliver(self.bag.write(sender, own=("Muchas gracias.",), subject="gracias"))

    def _pending(self, _step: Step) -> None:
        """A mail whose sender cannot be looked up now, and for a day."""
        sender = Sender("socia@correo.example", authenticated=False, reason="-", pending=True)
        self._deliver(self.bag.write(sender, own=("Gracias.",), subject="gracias"))

    def _poison(self, _step: Step) -> None:
        """A mail that kills whoever reads it."""
        sender = Sender("veneno@correo.example", authenticated=True, reason="así llegó")
        self._deliver(self.bag.write(sender, request=t.POISON))

    def _renumber(self, _step: Step) -> None:
        self.imap.renumber()

    def _resend(self, step: Step) -> None:
        """An operator sends credentials again."""
        try:
            with self.stage.store.begin() as tx:
                found = sorted(tx.query(Case).all(), key=lambda case: case.id)
                if found:
                    resend(self.desk.at(tx), found[int(step.pick * len(found))], "operadora")
        except Killed:
            pass


# ------------------------------------------------------------------ what must be so


def check(world: World) -> None:
    """Every invariant, on what lies in the store and outside it."""
    rows: Rows = {name: world.stage.rows(name) for name in _LOOKED_AT}
    for invariant in (_mails, _deeds, _confirmed, _seats, _secrets, _letters, _answers, _chain):
        invariant(world, rows)


_LOOKED_AT = ("mails", "cases", "questions", "accounts", "letters", "events", "challenges")
Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def _must(holds: object, words: str) -> None:
    if not holds:
        raise Violation(words)


def _mails(world: World, rows: Rows) -> None:
    """1: a mail lies in a folder; out of the inbox only when it is in the store and done with."""
    lying = Counter(raw for folder in t.FOLDERS for _, raw in world.imap.folders[folder])
    _must(lying == world.put, "a mail is lost, or lies twice")
    stored = {bytes(r["raw"]): r for r in rows["mails"] if r["raw"]}
    _must(len(stored) == len(rows["mails"]), "a mail stored twice")
    for folder in t.FOLDERS[1:]:
        for _, raw in world.imap.folders[folder]:
            _must(raw in stored, "moved before it was stored")
            taken_up = stored[raw]["vouched_by"] is not None  # set aside once, and confirmed since
            _must(stored[raw]["status"] != "new" or taken_up, "moved before it was done")
    strange = [r for r in rows["mails"] if r["kind"] == "unreadable"]
    _must(not strange, f"the program broke: {strange and strange[0]['reason']}")
    _must(world.kills > 2 or not any(r["kind"] == "broken" for r in rows["mails"]), "set aside")


def _deeds(world: World, rows: Rows) -> None:
    """2 and 3: a change has one consumed decision of the right person on what they were shown."""
    case = {r["id"]: r for r in rows["cases"]}
    done = Counter(r["opened_by"] for r in rows["accounts"] if r["opened_by"])
    _must(max(done.values(), default=1) == 1, "a case opened two accounts")
    verdicts = Counter(
        e["case_id"] for e in rows["events"] if e["name"] in ("case_approved", "case_rejected")
    )
    _must(max(verdicts.values(), default=1) == 1, "a case decided twice")
    closed = {r["closed_by"] for r in rows["accounts"] if r["closed_by"]}
    for number in set(done) | closed:
        _must(case[number]["status"] == "done", "an account changed by a case that is not done")
    for number in (n for n, r in case.items() if r["status"] in ("done", "approved")):
        _decided(world, rows, case[number])


def _confirmed(world: World, rows: Rows) -> None:
    """An unproven mail is taken up only by the office that was asked, proven."""
    hashes = {m["id"]: m["sha256"] for m in rows["mails"]}
    for row in rows["challenges"]:
        if row["status"] in ("confirmed", "denied"):
            said = world.said.get(hashes[row["reply_id"]])
            right = said and said.proven and said.sender == row["address"]
            _must(right, "confirmed by who was not asked")


def _decided(world: World, rows: Rows, case: Mapping[str, Any]) -> None:
    used = [q for q in rows["questions"] if q["case_id"] == case["id"] and q["approves"]]
    _must(len(used) == 1, "not exactly one yes")
    question = used[0]
    _must(question["status"] == "used", "a yes that used nothing up")
    _must(question["revision"] == case["revision"], "a yes to another revision")
    _must(question["digest"] == case["digest"], "a yes to another content")
    reply = next(m for m in rows["mails"] if m["id"] == question["reply_id"])
    said = world.said.get(reply["sha256"])
    _must(said, "a yes nobody said")
    assert said
    _must(said.proven and said.verb is Verb.APPROVE, "not a proven yes")
    _must(said.sender == question["approver"] == case["decided_by"], "not the right person's yes")
    shown = [
        x for x in world.smtp.taken if x.question == question["id"] and x.kind == "decider-question"
    ]
    _must(shown, "a yes to what was never shown")
    _as_shown(rows, case, shown[-1].about)


def _as_shown(rows: Rows, case: Mapping[str, Any], about: Mapping[str, Any]) -> None:
    """The accounts that changed are those the question spoke of."""
    for account in rows["accounts"]:
        if account["opened_by"] == case["id"]:
            told = (about["dni"], about["names"], about["correo"])
            _must(told == (account["dni"], account["names"], account["correo"]), "not as shown")
    closed = {a["id"] for a in rows["accounts"] if a["closed_by"] == case["id"]}
    _must(closed == {a["id"] for a in about["closes"]}, "other accounts closed than shown")


def _seats(_world: World, rows: Rows) -> None:
    """4: a seat has one active holder."""
    held = Counter(r["seat"] for r in rows["accounts"] if r["status"] == "active")
    _must(max(held.values(), default=1) == 1, "a seat with two holders")


def _secrets(world: World, rows: Rows) -> None:
    """5: of the passwords that left at most one opens the account: the last one, while it may."""
    mailed: dict[int | None, list[str]] = {}
    for letter in world.smtp.taken:
        if letter.password:
            mailed.setdefault(letter.account, []).append(letter.password)
    for account in rows["accounts"]:
        sent, hashed = mailed.get(account["id"], []), account["password_hash"]
        _must(hashed is None or account["status"] == "active", "a closed account's password lives")
        valid = [p for p in sent if hashed and _opens(hashed, p)]
        _must(valid in ([], sent[-1:]), "a password that should be dead opens the account")


def _opens(hashed: str, password: str) -> bool:
    try:
        return QUICK.verify(hashed, password)
    except VerifyMismatchError:
        return False


def _letters(world: World, rows: Rows) -> None:
    """6: one letter, one Message-ID; twice only where nobody could know, and never credentials."""
    left = Counter(x.message_id for x in world.smtp.taken)
    known = {r["message_id"]: r for r in rows["letters"]}
    _must(len(known) == len(rows["letters"]), "two letters under one Message-ID")
    for letter in world.smtp.taken:
        if letter.password:
            _must(left[letter.message_id] == 1, "credentials twice under one Message-ID")
        else:
            _must(letter.message_id in known, "a letter under another Message-ID")
    for name, times in left.items():
        _must(times <= 1 + world.kills + world.smtp.lost[name], "a letter twice")
    for row in rows["letters"]:
        sent = row["status"] in ("sent", "bounced")
        _must(not sent or row["message_id"] in left, "noted as sent and never left")


def _answers(world: World, rows: Rows) -> None:
    """7: no machine is answered, no mail twice, no address more often than the bound."""
    _must(not any(r["recipient"] == t.MACHINE for r in rows["letters"]), "a machine was answered")
    direct = [r for r in rows["letters"] if r["kind"] in _DIRECT]
    once = Counter((r["mail_id"], r["recipient"]) for r in direct)
    _must(max(once.values(), default=1) == 1, "one mail answered twice")
    times: dict[str, list[Any]] = {}
    for row in rows["letters"]:
        if row["kind"] in COUNTED:
            times.setdefault(row["recipient"], []).append(row["created_at"])
    for moments in times.values():
        moments.sort()
        close = (b - a for a, b in zip(moments, moments[CAP:], strict=False))
        _must(all(gap >= timedelta(days=1) for gap in close), "too many answers in a day")
    del world


_DIRECT = tuple(k for k in COUNTED if k.startswith("decider-") or k == "asker-unrelated")


def _chain(_world: World, rows: Rows) -> None:
    """The journal is one chain without a gap."""
    events = sorted(rows["events"], key=lambda e: e["id"])
    before = journal.BEGINNING
    for number, event in enumerate(events, start=1):
        _must(event["id"] == number and event["previous"] == before, "the journal is torn")
        before = event["hash"]


def finish(world: World) -> None:
    """Let everything come to rest; then nothing may be left over."""
    world.clock.forward(minutes=31)  # the chores are due too
    for _ in range(10):  # a name server is waited for a day, and a copy is moved a poll later
        world.do(Step("poll"))
        check(world)
        if not _left(world):
            break
        world.clock.forward(hours=4)
    _must(not _left(world), f"left lying: {_left(world)}")
    with world.stage.store.read() as tx:
        broken = journal.verify(tx)
        mute = tx.execute(text(_MUTE)).all()
    _must(broken is None, f"the journal does not hold: {broken}")
    _must(not mute, f"cases that wait for nobody: {mute}")


def _left(world: World) -> list[Any]:
    """The mails and letters that are not done with."""
    if lying := world.imap.folders["INBOX"]:
        return lying
    with world.stage.store.engine.connect() as db:
        return list(db.execute(text(_LEFT)))


_LEFT = """
    SELECT 'mail', id FROM mails WHERE status = 'new' OR moved_at IS NULL
    UNION SELECT 'letter', id FROM letters WHERE status NOT IN ('sent', 'failed', 'bounced')
"""
_MUTE = """
    SELECT id FROM cases WHERE status = 'approved'
    UNION SELECT id FROM cases c WHERE status = 'pending' AND NOT EXISTS (
        SELECT 1 FROM questions q WHERE q.case_id = c.id AND q.revision = c.revision
            AND q.status IN ('open', 'expired', 'locked', 'revoked'))
        AND NOT EXISTS (SELECT 1 FROM events e WHERE e.case_id = c.id AND e.name = 'decider_vacant')
"""


# ------------------------------------------------------------------ playing

_ACTS = ("poll", "kill", "smtp", "imap", "resend")
REST = 1 / 30
"""How many of the histories that end in a kill are played on to the end."""
_DEEPEST = 2
"""So many kills, one after another, are added to a trunk."""


def play(stage: Stage, steps: Sequence[Step]) -> None:
    """Play a history, every invariant held after every step; Violation when one is not."""
    world = World.begin(stage)
    try:
        for step in steps:
            world.do(step)
            if step.what in _ACTS:
                check(world)  # after the others the store is as it was
        finish(world)
    finally:
        stage.live = None


def broken_by(stage: Stage, steps: Sequence[Step]) -> str:
    """How a history breaks an invariant, or the program; empty when it does not."""
    return _words(lambda: play(stage, steps))


def _words(played: Callable[[], None]) -> str:
    try:
        played()
    except Violation as violation:
        return f"{violation}"
    except Exception as error:  # noqa: BLE001  whatever the program could not bear
        return f"{type(error).__name__}: {error}".splitlines()[0]
    return ""


def shortened(stage: Stage, steps: Sequence[Step]) -> list[Step]:
    """The fewest steps of a history that still break something, by leaving steps out."""
    kept = list(steps)
    at = 0
    while at < len(kept):
        fewer = kept[:at] + kept[at + 1 :]
        if broken_by(stage, fewer):
            kept = fewer
        else:
            at += 1
    return kept


@dataclass(frozen=True, slots=True)
class Branch:
    """Where a history goes on after a kill: the world then, and the steps before and after."""

    world: World
    database: bytes
    before: tuple[Step, ...]
    after: tuple[Step, ...]
    depth: int


@dataclass
class Tally:
    """How many histories were played, how many of them to the end, and what became of those."""

    trunks: int = 0
    played: int = 0
    rested: int = 0
    kills: int = 0
    letters: Counter[str] = field(default_factory=Counter)


@dataclass
class Tree:
    """A trunk and all that branches off from it.

    `broken` is the first that breaks something, and how.
    """

    stage: Stage
    random: Random
    tally: Tally
    broken: tuple[tuple[Step, ...], str] | None = None
    branches: list[Branch] = field(default_factory=list)

    def grow(self, trunk: Sequence[Step]) -> None:
        """Play it all, until something is broken."""
        start = World.begin(self.stage)
        self.branches.append(Branch(start, self.stage.empty, (), tuple(trunk), 0))
        while self.branches and self.broken is None:
            branch = self.branches.pop()
            branch.world.enter()
            self.stage.restore(branch.database)
            self._go_on(branch)
        self.stage.live = None

    def _go_on(self, branch: Branch) -> None:
        world, steps = branch.world, (*branch.before, *branch.after)
        for at in range(len(branch.before), len(steps)):
            world.looks = self._looker(world, steps, at, branch.depth)
            words = _words(lambda step=steps[at]: self._do(world, step))  # type: ignore[misc]
            if self.broken is None and words:
                self.broken = (steps[: at + 1], words)
            if self.broken:
                return
        world.looks = None
        self.tally.played, self.tally.rested = self.tally.played + 1, self.tally.rested + 1
        if words := _words(lambda: finish(world)):
            self.broken = (steps, words)
        self.tally.kills += world.kills
        self.tally.letters.update(letter.kind for letter in world.smtp.taken)

    def _do(self, world: World, step: Step) -> None:
        world.do(step)
        if step.what in _ACTS:
            check(world)

    def _looker(
        self, world: World, steps: tuple[Step, ...], at: int, depth: int
    ) -> Callable[[int], None]:
        """What looks at the history that ends in a kill at a point of a step."""

        def look(point: int) -> None:
            if self.broken or not self.stage.commits():
                return
            dies = replace(steps[at], way=f"{_DIES}{point}")
            self.tally.played += 1
            if words := _words(lambda: check(world)):  # the program must not hear of it
                self.broken = ((*steps[:at], dies), words)
            elif depth < _DEEPEST and self.random.random() < REST:
                before = (*steps[:at], dies)
                kept = self.stage.kept()
                self.branches.append(Branch(world.dead(), kept, before, steps[at + 1 :], depth + 1))

        return look


def find(  # noqa: PLR0913  a share of the trunks is told by its first and its step
    stage: Stage,
    seed: str,
    count: int,
    *,
    first: int = 0,
    step: int = 1,
    tally: Tally | None = None,
) -> str:
    """The first history of many that breaks something, told with its seed; empty when none does."""
    done = tally or Tally()
    for number in numbers(first, step):
        if done.played >= count:
            return ""
        tree = Tree(stage, Random(f"{seed} {number} branches"), done)
        tree.grow(history(f"{seed} {number}"))
        done.trunks += 1
        if tree.broken:
            steps, words = tree.broken
            told = "\n    ".join(map(str, shortened(stage, steps) or steps))
            return f"seed «{seed} {number}»: {words}\n    {told}"
    raise AssertionError("numbers do not end")


def main() -> int:
    """Play as many histories as SIM_N says, in as many processes as JOBS."""
    seed, count = os.environ.get("SEED", "1"), int(os.environ.get("SIM_N", "10000"))
    jobs = int(os.environ.get("JOBS", "2"))
    began = time.monotonic()
    children = []
    for job in range(jobs):
        child = os.fork()
        if child == 0:
            os._exit(_share(seed, count // jobs, job, jobs))
        children.append(child)
    bad = sum(os.waitpid(child, 0)[1] != 0 for child in children)
    seconds = time.monotonic() - began
    print(f"seed {seed}: {bad or 'none'} broken; {seconds:.0f} s")  # noqa: T201
    return int(bad > 0)


def _share(seed: str, count: int, job: int, jobs: int) -> int:
    tally = Tally()
    with TemporaryDirectory() as name, Stage.set_up(Path(name)) as stage:
        gc.freeze()  # what is there now stays to the end
        found = find(stage, seed, count, first=job, step=jobs, tally=tally)
    told = f"{tally.played} histories of {tally.trunks} trunks, {tally.rested} played to the end"
    print("\n".join(filter(None, (found, told))), flush=True)  # noqa: T201
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
