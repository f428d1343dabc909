"""The journal: an append-only chain of events.

Each row's hash is sha256(hash of the row before ‖ the row as canonical JSON). The head (how many
rows, and the last hash) is kept beside the chain with a mark that only the holder of the data key
can make, so that nobody without it can append, cut or rewrite the chain unnoticed; the head mailed
to an administrator each day shows even a whole database put back to an earlier state.

No row holds personal data. People stand in it as pseudonyms (keyed, so that nobody can try names
out), and a table of aliases tells who they are as long as that may be known. So a purge never
touches the chain.
"""

import hashlib
import json
import re
from collections.abc import Collection, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Select, select

from mailbot.masking import replaced
from mailbot.store import Tx
from mailbot.store.seal import Keyring, ring_of
from mailbot.store.tables import Alias, Event, Mail, Mark

BEGINNING = "0" * 64
BOT = "bot"
_HEAD = "journal_head"
_PSEUDONYM = re.compile(r"p:[0-9a-f]{20}")
_QUIET = ("letter_sent", "purged", "digest_shown")
"""Events that follow from others, or from time: no reason to write to an administrator."""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: how many rows, and the hash of the last. Written ``COUNT:HASH``."""

    count: int = 0
    hash: str = BEGINNING

    def __str__(self) -> str:
        return f"{self.count}:{self.hash}"


@dataclass(frozen=True, slots=True)
class Broken:
    """The first row that is not as it was written (None: the end is missing), and why."""

    row: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Told:
    """An event as people read it, with the names of those who are still known."""

    id: int
    at: datetime
    name: str
    actor: str
    case: int | None
    mail: int | None
    mail_sha256: str | None
    detail: str


def ring(tx: Tx) -> Keyring:
    """The keyring of the store a transaction belongs to."""
    return ring_of(tx.get_bind().dialect)


def append(tx: Tx, event: Event) -> None:
    """Write an event at the end of the chain. Its actor is an address or a name, not yet veiled.

    The head is locked first: of two writers the second waits, and the unique `previous` would
    refuse a fork.
    """
    kept = tx.get(Mark, _HEAD, with_for_update=True, populate_existing=True)
    before = _parsed(kept.value)[0] if kept else Head()
    event.id, event.previous = before.count + 1, before.hash
    event.actor = _actor(tx, event.actor, event.at)
    event.detail = replaced(event.detail, ring(tx).pseudonym) if event.detail else None
    if event.mail_id is not None:
        event.mail_sha256 = tx.scalar(select(Mail.sha256).where(Mail.id == event.mail_id))
    event.hash = hash_of(event)
    tx.add(event)
    _keep_head(tx, Head(event.id, event.hash))
    tx.flush()


def _actor(tx: Tx, actor: str, at: datetime) -> str:
    """The bot under its own name, everybody else under a pseudonym that an alias tells."""
    if actor == BOT:
        return actor
    pseudonym = ring(tx).pseudonym(actor)
    tx.merge(Alias(pseudonym=pseudonym, shown=actor, last_at=at))
    return pseudonym


def hash_of(event: Event) -> str:
    """sha256 over the hash before and the row as canonical JSON (sorted keys, UTF-8)."""
    row = {
        "id": event.id,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "name": event.name,
        "actor": event.actor,
        "case": event.case_id,
        "mail": event.mail_id,
        "mail_sha256": event.mail_sha256,
        "detail": event.detail,
    }
    text = json.dumps(row, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256((event.previous + text).encode()).hexdigest()


# ------------------------------------------------------------------ the head


def head(tx: Tx) -> Head:
    """The end of the chain, as it was last written."""
    kept = tx.get(Mark, _HEAD)
    return _parsed(kept.value)[0] if kept else Head()


def _keep_head(tx: Tx, end: Head) -> None:
    tx.merge(Mark(key=_HEAD, value=f"{end}:{ring(tx).vouch(str(end))}"))


def _parsed(value: str) -> tuple[Head, str]:
    count, hashed, mark = value.split(":")
    return Head(int(count), hashed), mark


def parsed_head(text: str) -> Head | None:
    """A head as people copy it from a digest: ``COUNT:HASH``; None when it is none."""
    count, _, hashed = text.strip().partition(":")
    is_hash = len(hashed) == len(BEGINNING) and all(c in "0123456789abcdef" for c in hashed)
    return Head(int(count), hashed) if count.isascii() and count.isdigit() and is_hash else None


# ------------------------------------------------------------------ verifying


def verify(tx: Tx, noted: Head | None = None) -> Broken | None:
    """Walk the chain; the first row that does not hold, None when all do.

    `noted` is a head that was written down elsewhere: the chain must still contain it.
    """
    known = {noted.count: noted.hash} if noted else {}
    end = Head()
    rows = select(Event).order_by(Event.id).execution_options(yield_per=1000)
    with closing(tx.scalars(rows)) as chain:
        for event in chain:
            if reason := _wrong(event, end):
                return Broken(event.id, reason)
            end = Head(event.id, event.hash)
            if known.get(end.count, end.hash) != end.hash:
                return Broken(event.id, "no es la fila que decía la cabeza anotada")
    return _wrong_end(tx, end, noted)


def _wrong(event: Event, before: Head) -> str:
    """Why a row cannot follow what is before it; nothing when it can."""
    if event.id != before.count + 1:
        return f"falta la fila {before.count + 1}"
    if event.previous != before.hash:
        return "no sigue a la fila anterior: se cambió, se quitó o se movió"
    if hash_of(event) != event.hash:
        return "se cambió después de escrita"
    return ""


def _wrong_end(tx: Tx, end: Head, noted: Head | None) -> Broken | None:
    """Whether the chain ends where it was written to end, and not before a head told elsewhere."""
    kept = tx.get(Mark, _HEAD)
    claimed, mark = _parsed(kept.value) if kept else (Head(), "")
    if noted and end.count < noted.count:
        return Broken(None, f"quedan {end.count} filas y la cabeza anotada decía {noted.count}")
    if kept and mark != ring(tx).vouch(str(claimed)):
        return Broken(None, "la cabeza no la escribió este programa")
    if end.count > claimed.count:
        return Broken(claimed.count + 1, "se añadió por fuera del programa")
    if end != claimed:
        return Broken(None, f"quedan {end.count} filas y se escribieron {claimed.count}")
    return None


# ------------------------------------------------------------------ reading


def aliases(tx: Tx, pseudonyms: Collection[str]) -> dict[str, str]:
    """Who pseudonyms are, those still known."""
    asked = sorted(pseudonyms)
    parts = (asked[n : n + _AT_ONCE] for n in range(0, len(asked), _AT_ONCE))
    found = (tx.scalars(select(Alias).where(Alias.pseudonym.in_(part))) for part in parts)
    return {row.pseudonym: row.shown for rows in found for row in rows}


_AT_ONCE = 500
"""Values in one question: databases have a limit."""


def last_actor(tx: Tx, name: str, detail: str) -> str | None:
    """Who last did something; None when nobody did, or nobody may know any more who it was."""
    rows = select(Event.actor).where(Event.name == name, Event.detail == detail)
    actor = tx.scalar(rows.order_by(Event.id.desc()).limit(1))
    return tx.scalar(select(Alias.shown).where(Alias.pseudonym == actor)) if actor else None


def of_case(tx: Tx, case_id: int) -> list[Told]:
    """What happened to a case, in order."""
    return told(tx, select(Event).where(Event.case_id == case_id))


def between(tx: Tx, since: datetime, until: datetime) -> list[Told]:
    """What happened in a span of time (its end left out), in order."""
    return told(tx, select(Event).where(Event.at >= since, Event.at < until))


def named(tx: Tx, names: Sequence[str], after: int) -> list[Told]:
    """The events of some names after a row, in order."""
    return told(tx, select(Event).where(Event.name.in_(names), Event.id > after))


def told(tx: Tx, rows: Select[Event]) -> list[Told]:
    """Events as people read them, in order."""
    events = tx.scalars(rows.order_by(Event.id)).all()
    inside = (p for e in events for p in _PSEUDONYM.findall(e.detail or ""))
    known = aliases(tx, {*(e.actor for e in events), *inside})
    return [
        Told(
            id=e.id,
            at=e.at,
            name=e.name,
            actor=known.get(e.actor, e.actor),
            case=e.case_id,
            mail=e.mail_id,
            mail_sha256=e.mail_sha256,
            detail=_PSEUDONYM.sub(lambda found: known.get(found[0], found[0]), e.detail or ""),
        )
        for e in events
    ]


def grew(tx: Tx, row: int, before: datetime) -> bool:
    """Whether anything worth telling was written after a row and before a time."""
    new = select(Event.id).where(Event.id > row, Event.at < before, Event.name.not_in(_QUIET))
    return tx.scalar(new.limit(1)) is not None
