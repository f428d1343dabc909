"""Forgetting what its purpose no longer needs (Ley 29733): each kind after its own time."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from mailbot.desk import Desk
from mailbot.sections import Retention
from mailbot.store import purge
from mailbot.store.purge import Kind

log = structlog.get_logger()

BATCH = 100
"""Rows forgotten in one transaction: whoever else writes waits no longer than that takes."""

Due = list[tuple[Kind, datetime, int]]


def before(settings: Retention, kind: Kind, now: datetime) -> datetime | None:
    """The time before which a kind is due; None when it is kept for ever."""
    days = getattr(settings, kind.setting)
    return now - timedelta(days=days) if days else None


def due(desk: Desk) -> Due:
    """What is due now: each kind with its limit in time and how many rows."""
    found: Due = []
    with desk.store.read() as tx:
        for kind in purge.KINDS:
            limit = before(desk.rules.settings.retention, kind, desk.clock())
            if limit is not None and (rows := purge.count(tx, kind, limit)):
                found.append((kind, limit, rows))
    return found


def forget(
    desk: Desk,
    actor: str = "bot",
    told: Callable[[Kind, int], None] = lambda _kind, _rows: None,
) -> dict[str, int]:
    """Forget all that is due, in small transactions; how many rows of each kind.

    It may be stopped at any point and goes on where it stood. `told` hears of each batch.
    """
    done: dict[str, int] = {}
    for kind, limit, _ in due(desk):
        while rows := _batch(desk, kind, limit, actor):
            done[kind.label] = done.get(kind.label, 0) + rows
            told(kind, rows)
    if done:
        log.info("purged", rows=sum(done.values()))
        desk.store.scrub(whole=False)
    return done


def _batch(desk: Desk, kind: Kind, limit: datetime, actor: str) -> int:
    """Forget some rows and note it, in one transaction: nothing goes without its line."""
    with desk.store.begin() as tx:
        rows = purge.forget_some(tx, kind, limit, BATCH)
        if rows:
            desk.at(tx).note("purged", actor, detail=f"{kind.label}: {rows}")
        return rows
