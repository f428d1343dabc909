"""Performs the steps a decision means on the directory of accounts.

A directory is anything that can do what `Directory` says; the embedded one keeps the accounts in
the bot's own database, in the transaction of the decision.
"""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from mailbot.model import Account, Close, Open, Post, Step


class Directory(Protocol):
    """Where accounts live."""

    def holder(self, seat: str) -> Account | None:
        """The active holder of a seat."""

    def of_person(self, dni: str, post: Post) -> tuple[Account, ...]:
        """A person's active accounts for a post."""

    def holders(self, post: Post) -> tuple[Account, ...]:
        """The active holders of a post."""

    def open(self, step: Open, case_id: int) -> int:
        """Open an account without a password; its id."""

    def close(self, account_id: int, case_id: int) -> bool:
        """Close an account; False when it was closed already."""


@runtime_checkable
class KnowsUse(Protocol):
    """A directory that also sees its people come in; the embedded one does not."""

    def used(self, account_id: int) -> bool | None:
        """Whether the holder of an account has come in; None when that is not known."""


def perform(steps: Sequence[Step], directory: Directory, case_id: int) -> int | None:
    """Take the steps in order (close before open); the id of the account opened, if one was."""
    opened = None
    for step in steps:
        match step:
            case Close():
                directory.close(step.account_id, case_id)
            case Open():
                opened = directory.open(step, case_id)
    return opened
