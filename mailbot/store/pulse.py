"""Signs of life, as marks: when each work last succeeded, the heartbeat, the inbox, the alarms.

Any process may read them, so that health can be told from outside the service. No mark holds
anything personal.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from mailbot.store import Tx, marks
from mailbot.store.tables import Mark

Json = dict[str, Any]
_ALARM = "alarm:"
_HEARTBEAT = "heartbeat"
_INBOX = "inbox"
_JOURNAL = "journal_verified"
_MOST_BEATS = 5
_MOST_STRANGERS = 1000


class Work(StrEnum):
    """What has to succeed again and again."""

    POLL = "poll"  # the inbox was read and every mail in it taken as far as it goes
    SEND = "send"  # the outbox was offered to the server
    CHORES = "chores"


@dataclass(frozen=True, slots=True)
class Last:
    """How a work went lately: `failures` in a row, `reason` in Spanish and masked.

    `progressed` is when a piece of it was last done: a long pass is alive before it is over.
    """

    succeeded: datetime | None = None
    progressed: datetime | None = None
    failed: datetime | None = None
    failures: int = 0
    reason: str = ""
    refused: bool = False


def last(tx: Tx, work: Work) -> Last:
    """How a work went lately."""
    kept = _read(tx, f"pulse:{work}")
    return Last(
        _moment(kept.get("succeeded")),
        _moment(kept.get("progressed")),
        _moment(kept.get("failed")),
        kept.get("failures", 0),
        kept.get("reason", ""),
        kept.get("refused", False),
    )


def note_success(tx: Tx, work: Work, now: datetime) -> None:
    """Note that a work was done whole."""
    _write(tx, f"pulse:{work}", {"succeeded": now.isoformat()})


def note_progress(tx: Tx, work: Work, now: datetime) -> None:
    """Note that a piece of a work was done."""
    key = f"pulse:{work}"
    _write(tx, key, {**_read(tx, key), "progressed": now.isoformat()})


def note_failure(tx: Tx, work: Work, now: datetime, reason: str, *, refused: bool) -> None:
    """Note that a work could not be done; `refused`: because a login was not accepted."""
    before = _read(tx, f"pulse:{work}")
    failures = before.get("failures", 0) + 1
    failure = {"failed": now.isoformat(), "failures": failures, "reason": reason}
    _write(tx, f"pulse:{work}", {**before, "refused": refused, **failure})


# ------------------------------------------------------------------ the heartbeat


@dataclass(frozen=True, slots=True)
class Beat:
    """A letter to ourselves that is under way."""

    message_id: str
    sent: datetime


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The letters to ourselves: those under way, the last that came, how many never did."""

    pending: tuple[Beat, ...] = ()
    sent: datetime | None = None
    arrived: datetime | None = None
    seconds: float | None = None
    missed: int = 0

    def overdue(self, limit: datetime) -> Beat | None:
        """The newest of those sent before a time that have not come."""
        return next((beat for beat in reversed(self.pending) if beat.sent < limit), None)

    def with_sent(self, beat: Beat) -> "Heartbeat":
        """One more is under way."""
        return replace(self, pending=(*self.pending, beat)[-_MOST_BEATS:], sent=beat.sent)

    def with_arrived(self, beat: Beat, now: datetime) -> "Heartbeat":
        """One has come; those sent before it, which did not, are given up."""
        later = tuple(b for b in self.pending if b.sent > beat.sent)
        missed = self.missed + len(self.pending) - len(later) - 1
        seconds = (now - beat.sent).total_seconds()
        return replace(self, pending=later, arrived=now, seconds=seconds, missed=missed)


def heartbeat(tx: Tx) -> Heartbeat:
    """The letters to ourselves, as last noted."""
    kept = _read(tx, _HEARTBEAT)
    return Heartbeat(
        tuple(Beat(name, datetime.fromisoformat(at)) for name, at in kept.get("pending", ())),
        _moment(kept.get("sent")),
        _moment(kept.get("arrived")),
        kept.get("seconds"),
        kept.get("missed", 0),
    )


def keep_heartbeat(tx: Tx, beat: Heartbeat) -> None:
    """Note what became of the letters to ourselves."""
    pending = [[b.message_id, b.sent.isoformat()] for b in beat.pending]
    times = {"sent": _iso(beat.sent), "arrived": _iso(beat.arrived)}
    rest = {"seconds": beat.seconds, "missed": beat.missed}
    _write(tx, _HEARTBEAT, {"pending": pending, **times, **rest})


# ------------------------------------------------------------------ the inbox


@dataclass(frozen=True, slots=True)
class Inbox:
    """The inbox beside the store, once a pass is over.

    `strangers`: UIDs that have no row, each with the number of passes it was seen in. `stayed`:
    mails that were noted as moved and lie there all the same. `listed` is when each mail was last
    looked for; since then they were counted.
    """

    at: datetime | None = None
    uidvalidity: int = 0
    count: int = 0
    strangers: Mapping[int, int] = field(default_factory=dict)
    stayed: int = 0
    listed: datetime | None = None


def inbox(tx: Tx) -> Inbox:
    """What the last comparison found."""
    kept = _read(tx, _INBOX)
    strangers = {int(uid): passes for uid, passes in kept.get("strangers", {}).items()}
    at, validity = _moment(kept.get("at")), kept.get("uidvalidity", 0)
    count, stayed = kept.get("count", 0), kept.get("stayed", 0)
    return Inbox(at, validity, count, strangers, stayed, _moment(kept.get("listed")))


def keep_inbox(tx: Tx, found: Inbox) -> None:
    """Note what a comparison found; of a flood of strangers only the first."""
    some = dict(sorted(found.strangers.items())[:_MOST_STRANGERS])
    counts = {"uidvalidity": found.uidvalidity, "count": found.count, "stayed": found.stayed}
    times = {"at": _iso(found.at), "listed": _iso(found.listed)}
    _write(tx, _INBOX, {**times, "strangers": some, **counts})


# ------------------------------------------------------------------ the journal


@dataclass(frozen=True, slots=True)
class Verified:
    """When the journal was last walked, and what was wrong with it (nothing: whole)."""

    at: datetime
    broken: str = ""


def verified(tx: Tx) -> Verified | None:
    """How the journal was found the last time it was walked; None before the first."""
    kept = _read(tx, _JOURNAL)
    return Verified(datetime.fromisoformat(kept["at"]), kept["broken"]) if kept else None


def keep_verified(tx: Tx, found: Verified) -> None:
    """Note how the journal was found."""
    _write(tx, _JOURNAL, {"at": found.at.isoformat(), "broken": found.broken})


# ------------------------------------------------------------------ alarms


@dataclass(frozen=True, slots=True)
class Standing:
    """A trouble that was told, or is to be: since when, to which channels it was told when.

    `gone` is when it was first seen to be over.
    """

    code: str
    label: str
    since: datetime
    told: Mapping[str, datetime] = field(default_factory=dict)
    gone: datetime | None = None


def standing(tx: Tx) -> dict[str, Standing]:
    """Every alarm that is not over, by its code."""
    rows = tx.scalars(select(Mark).where(Mark.key.startswith(_ALARM)))
    return {row.key.removeprefix(_ALARM): _standing(row) for row in rows}


def _standing(row: Mark) -> Standing:
    kept = json.loads(row.value)
    told = {name: datetime.fromisoformat(at) for name, at in kept["told"].items()}
    since, gone = datetime.fromisoformat(kept["since"]), _moment(kept["gone"])
    return Standing(row.key.removeprefix(_ALARM), kept["label"], since, told, gone)


def keep_standing(tx: Tx, alarm: Standing) -> None:
    """Note an alarm, and to whom it was told."""
    told = {name: at.isoformat() for name, at in alarm.told.items()}
    times = {"since": alarm.since.isoformat(), "gone": _iso(alarm.gone)}
    _write(tx, _ALARM + alarm.code, {"label": alarm.label, "told": told, **times})


def drop_standing(tx: Tx, code: str) -> None:
    """Forget an alarm that is over and told."""
    marks.drop(tx, _ALARM + code)


# ------------------------------------------------------------------ marks as JSON


def _read(tx: Tx, key: str) -> Json:
    found = marks.get(tx, key)
    return dict(json.loads(found)) if found else {}


def _write(tx: Tx, key: str, value: Json) -> None:
    marks.put(tx, key, json.dumps(value, ensure_ascii=False))


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
