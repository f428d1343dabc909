"""Who has a second factor. A step once used is not taken again."""

from datetime import datetime

from pydantic import SecretStr
from sqlalchemy import delete, select, update

from mailbot.store import Tx
from mailbot.store.tables import Authenticator


def get(tx: Tx, address: str) -> Authenticator | None:
    """An approver's authenticator."""
    return tx.get(Authenticator, address.lower())


def everybody(tx: Tx) -> list[Authenticator]:
    """Every authenticator."""
    return sorted(tx.scalars(select(Authenticator)), key=lambda known: known.address)


def enrol(tx: Tx, address: str, secret: SecretStr, step: int, now: datetime) -> None:
    """Give an approver an authenticator in place of any other; the code just shown is used."""
    tx.merge(
        Authenticator(
            address=address.lower(),
            secret=secret.get_secret_value(),
            last_step=step,
            enrolled_at=now,
        )
    )


def use(tx: Tx, address: str, step: int) -> bool:
    """Use a time step up; False when it, or a later one, was used before."""
    used = tx.execute(
        update(Authenticator)
        .where(Authenticator.address == address, Authenticator.last_step < step)
        .values(last_step=step)
    )
    return bool(used.rowcount)  # type: ignore[attr-defined]


def remove(tx: Tx, address: str) -> bool:
    """Take an approver's authenticator away; False when there was none."""
    gone = tx.execute(delete(Authenticator).where(Authenticator.address == address.lower()))
    return bool(gone.rowcount)  # type: ignore[attr-defined]
