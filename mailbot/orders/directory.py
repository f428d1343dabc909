"""The directory that is a person: it keeps what was asked and answered, and waits in between.

Nothing can be made disabled in SIAGIE: a new account is opened when its turn comes, after the old
one was closed.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import SecretStr

from mailbot.actions import directory
from mailbot.actions.directory import (
    Awaited,
    Capabilities,
    Denied,
    Directory,
    Entry,
    Held,
    account_of,
)
from mailbot.config import Settings
from mailbot.desk import Desk
from mailbot.store import Tx, orders
from mailbot.store.tables import Account, AccountStatus, Change, ItemStatus, OrderItem

_LOOK_AGAIN = timedelta(hours=4)
"""An answer wakes the change that waits for it; this is for the case that it did not."""


class Verb(StrEnum):
    """What an item asks for."""

    CLOSE = "close"
    OPEN = "open"
    REOPEN = "reopen"


def opened(desk: Desk) -> AbstractContextManager[Directory]:
    """The configured directory; the person at work needs more of the desk than the settings."""
    settings = desk.rules.settings
    return _paper(desk) if directory.is_by_hand(settings) else directory.opened(settings)


@contextmanager
def _paper(desk: Desk) -> Iterator[Directory]:
    yield Paper(desk.rules.settings, desk)


def unattended(settings: Settings) -> "Unattended":
    """The same without a desk: it tells what is wrong with its configuration."""
    return Unattended(settings)


_NO_WINDOW = "las cuentas de SIAGIE no se pueden consultar: las maneja una persona"


@dataclass(frozen=True)
class Unattended:
    """What can be said of the directory by its settings alone."""

    settings: Settings

    @property
    def can(self) -> Capabilities:
        """Nothing can be looked up, and passwords are SIAGIE's own."""
        return Capabilities(finds=False, passwords=False)

    def check(self) -> Sequence[str]:
        """Nothing: who does the work is checked when the settings are read."""
        return ()

    def holders(self, seat: str) -> Sequence[Held]:
        """Denied: nobody can look."""
        raise Denied(f"{_NO_WINDOW} ({seat.partition('/')[0]})")

    def everybody(self) -> Iterator[Held]:
        """Denied: nobody can look."""
        raise Denied(_NO_WINDOW)

    def find(self, entry: Entry) -> Held | None:
        """Denied: nobody can look."""
        raise Denied(f"{_NO_WINDOW} ({entry.key})")

    def create(self, entry: Entry) -> str:
        """The user name in SIAGIE is the DNI; the account comes when its turn has come."""
        return entry.username

    def enable(self, entry: Entry) -> None:
        """Denied: nobody is asked."""
        raise Denied(f"{_NO_WINDOW} ({entry.key})")

    disable = enable

    def set_password(self, entry: Entry, password: SecretStr, until: datetime) -> None:  # noqa: ARG002
        """Denied: SIAGIE gives its own."""
        raise Denied(f"SIAGIE da sus propias contraseñas ({entry.key})")

    def void_password(self, entry: Entry) -> bool:  # noqa: ARG002  there is none of the bot's
        """There is none of the bot's."""
        return True

    def close(self) -> None:
        """Nothing to hang up."""


@dataclass(frozen=True)
class Paper(Unattended):
    """What a change asks of a person, and what the person answered."""

    desk: Desk

    def find(self, entry: Entry) -> Held | None:
        """An account as the register has it: nothing else is known of SIAGIE."""
        with self.desk.store.read() as tx:
            row = tx.get_one(Account, account_of(entry.key))
        if row.status == AccountStatus.PREPARED:
            return None
        active = row.status == AccountStatus.ACTIVE
        return Held(row.username, row.names, row.dni, active, entry.key, row.seat)

    def enable(self, entry: Entry) -> None:
        """Have the account opened; or opened again, if it was closed for this change."""
        with self.desk.store.begin() as tx:
            row, last = self._at(tx, entry)
            if row.status == AccountStatus.PREPARED:
                answered = self._ask(tx, row, Verb.OPEN)
            elif last and not _never_closed(last):
                answered = self._ask(tx, row, Verb.REOPEN)
            else:
                answered = None
        _told(answered, self.desk.clock())

    def disable(self, entry: Entry) -> None:
        """Have the account closed; one that was never opened is not wanted any more."""
        with self.desk.store.begin() as tx:
            row, last = self._at(tx, entry)
            answered = None
            if row.status != AccountStatus.PREPARED:
                answered = self._ask(tx, row, Verb.CLOSE)
            elif last and last.status == ItemStatus.WANTED:
                orders.settle(tx, last, ItemStatus.DROPPED, self.desk.clock())
        _told(answered, self.desk.clock())

    def _at(self, tx: Tx, entry: Entry) -> tuple[Account, OrderItem | None]:
        row = tx.get_one(Account, account_of(entry.key))
        return row, orders.last(tx, row.change_id or 0, row.id)

    def _ask(self, tx: Tx, row: Account, verb: Verb) -> OrderItem | None:
        """What was answered, once it was asked: what stands in the way, or the item itself."""
        change = tx.get_one(Change, row.change_id)
        last = orders.last(tx, change.id, row.id)
        if _done(last, verb):
            return last
        if verb is not Verb.REOPEN and (refused := orders.refused(tx, change.id)):
            return refused
        if last is None or last.verb != verb or last.status == ItemStatus.DROPPED:
            for account_id, what in _all_of(change, row, verb).items():
                if not _done(orders.last(tx, change.id, account_id), what):
                    orders.want(tx, change.id, account_id, what, self.desk.clock())
            last = orders.last(tx, change.id, row.id)
        return last


def _done(item: OrderItem | None, verb: Verb) -> bool:
    return item is not None and item.verb == verb and item.status == ItemStatus.DONE


def _all_of(change: Change, row: Account, verb: Verb) -> Mapping[int, Verb]:
    """What is asked together, in order: with the first closing all that the change will want."""
    if verb is not Verb.CLOSE:
        return {row.id: verb}
    closing = dict.fromkeys(change.closes, Verb.CLOSE)
    return {**closing, change.account_id: Verb.OPEN} if change.account_id else closing


def _never_closed(item: OrderItem) -> bool:
    """Whether what was wanted last of an account is a closing that nobody reported as done.

    A reopening that is owed is never taken for one, whatever became of it: its verb is another.
    """
    return item.verb == Verb.CLOSE and item.status != ItemStatus.DONE


def _told(item: OrderItem | None, now: datetime) -> None:
    """Say what a directory would: nothing when it is done, else why not."""
    if item is None or item.status == ItemStatus.DONE:
        return
    if item.status == ItemStatus.REFUSED:
        raise Denied(f"quien lo hace en SIAGIE respondió que no pudo: «{item.reason}»")
    raise Awaited("espera a que lo haga en SIAGIE la persona encargada", now + _LOOK_AGAIN)
