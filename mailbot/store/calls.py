"""Calls: that a row has work to do, told in the transaction that gave it work.

Embedded, nobody carries them: the next pass finds the row. The rows are the truth in any case.
"""

from collections.abc import Sequence

from sqlalchemy import text

from mailbot.store import Tx

SCHEMA = "procrastinate"
"""The schema of PostgreSQL in which the carrier keeps its own tables."""

KINDS = ("change", "letter", "mail")
"""What rows ask for; ``work.STAGES`` has how it is done."""

_THERE = text("SELECT to_regclass(:name) IS NOT NULL").bindparams(
    name=f"{SCHEMA}.procrastinate_jobs"
)
_TOLD = text(
    f"SELECT queueing_lock FROM {SCHEMA}.procrastinate_jobs "  # noqa: S608  our own name
    "WHERE status = 'todo' AND queueing_lock = ANY(:names)"
)
_WAITING = text(
    f"SELECT queue_name, count(*) FROM {SCHEMA}.procrastinate_jobs "  # noqa: S608  the same
    "WHERE status = 'todo' GROUP BY queue_name"
)


def name(kind: str, row_id: int) -> str:
    """How a row's work is called: ``mail:12``."""
    return f"{kind}:{row_id}"


def call(tx: Tx, kind: str, row_id: int) -> None:
    """Have a row's work done by whoever is free, once this transaction is committed."""
    carry = tx.info.get("carry")
    if carry is not None:
        carry(tx, kind, row_id)


def told(tx: Tx, names: Sequence[str]) -> set[str]:
    """Those of some works that are called for already and wait for a worker."""
    return set(tx.scalars(_TOLD, {"names": list(names)}))


def waiting(tx: Tx) -> dict[str, int]:
    """How many calls wait for a worker, by kind; none where nobody carries any."""
    if not tx.scalar(_THERE):
        return {}
    return {str(kind): int(count) for kind, count in tx.execute(_WAITING)}
