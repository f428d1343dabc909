"""The alarms that stand, as marks: told once when they begin, gone when they end."""

from datetime import datetime

from sqlalchemy import delete, select

from mailbot.store import Tx
from mailbot.store.tables import Mark

_PREFIX = "alarm."


def stands(tx: Tx, name: str) -> bool:
    """Whether an alarm was told and has not ended."""
    return tx.get(Mark, _PREFIX + name) is not None


def begin(tx: Tx, name: str, now: datetime) -> bool:
    """Note an alarm; False when it stands already."""
    if stands(tx, name):
        return False
    tx.add(Mark(key=_PREFIX + name, value=now.isoformat()))
    return True


def end(tx: Tx, name: str) -> bool:
    """Forget an alarm; False when there was none."""
    gone = tx.execute(delete(Mark).where(Mark.key == _PREFIX + name))
    return bool(gone.rowcount)  # type: ignore[attr-defined]


def standing(tx: Tx) -> dict[str, datetime]:
    """Every alarm that stands, and since when."""
    rows = tx.scalars(select(Mark).where(Mark.key.startswith(_PREFIX)).order_by(Mark.key))
    return {row.key.removeprefix(_PREFIX): datetime.fromisoformat(row.value) for row in rows}
