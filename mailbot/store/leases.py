"""Leases: who works on what, by the database's clock. For PostgreSQL, where many may work.

A lease is taken when nobody holds it, or when it ran out. Whoever holds it says so with a token in
each transaction of the work (`hold`), which also makes others wait: so a holder that was thought
dead and wakes up can commit nothing any more. It must be renewed; it is given back at the end.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.elements import TextClause

from mailbot.errors import Unreachable
from mailbot.store import Tx, calls
from mailbot.store.tables import Lease

NOW: TextClause = text("timezone('utc', clock_timestamp())")
"""The moment, on the database's clock: machines may disagree, this one they share."""
_LONG_AGO = timedelta(hours=1)
WORKER = "worker:"
READER = "reader:"


def _in(seconds: float) -> TextClause:
    """The moment some seconds from now."""
    return text(f"timezone('utc', clock_timestamp()) + interval '{float(seconds)} seconds'")


class Lost(Unreachable):
    """Somebody else has taken the work over: nothing of ours counts any more."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A lease that is ours: what for, and what proves it."""

    name: str
    token: str
    epoch: int


def claim(
    tx: Tx, name: str, holder: str, seconds: float, *, by_force: bool = False
) -> Taken | None:
    """Take a lease; None when it is somebody's. `by_force`: who asks knows that it is nobody's."""
    token, row, until = secrets.token_hex(16), insert(Lease), _in(seconds)
    row = row.values(name=name, token=token, holder=holder, since=NOW, until=until, epoch=1)
    taken = {key: row.excluded[key] for key in ("token", "holder", "since", "until")}
    free = None if by_force else Lease.until < NOW
    row = row.on_conflict_do_update(
        index_elements=[Lease.name], set_={**taken, "epoch": Lease.epoch + 1}, where=free
    )
    epoch = tx.scalar(row.returning(Lease.epoch))
    return None if epoch is None else Taken(name, token, epoch)


def renew(tx: Tx, held: Taken, seconds: float) -> bool:
    """Keep a lease for longer; False when it is ours no more."""
    kept = tx.execute(
        update(Lease)
        .where(Lease.name == held.name, Lease.token == held.token)
        .values(until=_in(seconds))
        .execution_options(synchronize_session=False)
    )
    return bool(kept.rowcount)  # type: ignore[attr-defined]


def release(tx: Tx, held: Taken) -> None:
    """Give a lease back; a reader's goes on counting its holders."""
    ours = Lease.name == held.name, Lease.token == held.token
    if held.name.startswith(READER):
        tx.execute(update(Lease).where(*ours).values(until=NOW, token=""))
    else:
        tx.execute(delete(Lease).where(*ours))


def hold(tx: Tx, held: Taken) -> None:
    """Make sure that a lease is ours until the end of this transaction; Lost when it is not."""
    ours = select(Lease.epoch).where(Lease.name == held.name, Lease.token == held.token)
    if tx.scalar(ours.with_for_update()) is None:
        raise Lost(f"{held.name}: otro proceso lo tomó; lo que se hizo aquí no cuenta")


def live(tx: Tx, names: Sequence[str]) -> set[str]:
    """Those of some works that somebody is at."""
    return set(tx.scalars(select(Lease.name).where(Lease.name.in_(names), Lease.until > NOW)))


def tidy(tx: Tx) -> None:
    """Do away with leases that ran out long ago: of works done by others, of workers gone."""
    gone = Lease.until < _in(-_LONG_AGO.total_seconds()), Lease.name.not_like(f"{READER}%")
    tx.execute(delete(Lease).where(*gone).execution_options(synchronize_session=False))


@dataclass(frozen=True, slots=True)
class Crew:
    """Who is at work: workers seen of late, works under way and since when, and who reads."""

    workers: tuple[str, ...] = ()
    busy: int = 0
    oldest: datetime | None = None
    reader: str | None = None
    calls: Mapping[str, int] = field(default_factory=dict)  # that wait, by kind


def crew(tx: Tx) -> Crew:
    """Everybody whose lease has not run out, and the calls that wait for them."""
    rows = tx.execute(select(Lease.name, Lease.holder, Lease.since).where(Lease.until > NOW)).all()
    workers = sorted(holder for name, holder, _ in rows if name.startswith(WORKER))
    works = [since for name, _, since in rows if not name.startswith((WORKER, READER))]
    reader = next((holder for name, holder, _ in rows if name.startswith(READER)), None)
    oldest = min(works, default=None)
    return Crew(tuple(workers), len(works), oldest, reader, calls.waiting(tx))


def database_now(tx: Tx) -> datetime:
    """The moment on the database's clock."""
    now: datetime = tx.execute(select(func.clock_timestamp())).scalar_one()
    return now
