"""The directory that comes with the bot: accounts in its own database."""

from dataclasses import dataclass
from datetime import datetime

from mailbot.model import Account, Open, Post
from mailbot.store import Tx, accounts


@dataclass(frozen=True)
class EmbeddedDirectory:
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

    def close(self, account_id: int, case_id: int) -> bool:
        """Close an account and forget its password."""
        return accounts.close_account(self.tx, account_id, case_id, self.now)
