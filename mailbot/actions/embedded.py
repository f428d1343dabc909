"""The register of accounts, which is also the directory that comes with the bot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mailbot.model import Account, Open, Post, Step
from mailbot.store import Tx, accounts
from mailbot.store.tables import AccountStatus


@dataclass(frozen=True)
class Register:
    """The accounts table, inside the caller's transaction: all steps happen or none."""

    tx: Tx
    now: datetime

    def holder(self, seat: str) -> Account | None:
        """The active holder of a seat."""
        return accounts.holder(self.tx, seat)

    def of_person(self, dni: str, post: Post) -> tuple[Account, ...]:
        """A person's active accounts for a post."""
        return accounts.of_person(self.tx, dni, post)

    def holders(self, post: Post) -> tuple[Account, ...]:
        """The active holders of a post."""
        return accounts.holders(self.tx, post)

    def open(self, step: Open, case_id: int) -> int:
        """Open an account; the seat's index refuses a second active one."""
        return accounts.open_account(self.tx, step, case_id, self.now)

    def prepare(self, steps: Sequence[Step], case_id: int) -> int | None:
        """Write the account to be opened, if there is one, as prepared: its id."""
        opening = next((step for step in steps if isinstance(step, Open)), None)
        if opening is None:
            return None
        status = AccountStatus.PREPARED
        return accounts.open_account(self.tx, opening, case_id, self.now, status=status)

    def close(self, account_id: int, case_id: int) -> bool:
        """Close an account and forget its password."""
        return accounts.close_account(self.tx, account_id, case_id, self.now)
