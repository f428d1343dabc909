"""The steps of a change in a directory elsewhere, and what follows from each. Pure.

A replacement is prepared (the new account made, disabled), then the old one is closed, then the new
one enabled: at no moment are both active, and a seat is empty only in between. When the directory
refuses, the new account is withdrawn and the old one opened again, if this very change closed it.
Where nothing is opened there is nothing to go back to: a closing that is refused is tried on.
"""

from collections.abc import Mapping
from enum import StrEnum


class Step(StrEnum):
    """What a change has to do next.

    prepare → close → enable → done; a refusal leads to withdraw → reopen → undone. A password that
    may be in the wrong hands is a change of its own: void → done.
    """

    PREPARE = "prepare"
    CLOSE = "close"
    ENABLE = "enable"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"
    VOID = "void"
    DONE = "done"
    UNDONE = "undone"


ENDS = (Step.DONE, Step.UNDONE)
BACK = (Step.WITHDRAW, Step.REOPEN)
"""Steps that undo: a refusal there leads nowhere else."""


class Result(StrEnum):
    """What came of trying a step."""

    TAKEN = "taken"
    DENIED = "denied"  # no repetition helps
    LATER = "later"  # nobody knows whether it was done: to be repeated
    AWAITED = "awaited"  # a person is at it


_TAKEN: Mapping[Step, Step] = {
    Step.PREPARE: Step.CLOSE,
    Step.CLOSE: Step.ENABLE,
    Step.ENABLE: Step.DONE,
    Step.WITHDRAW: Step.REOPEN,
    Step.REOPEN: Step.UNDONE,
    Step.VOID: Step.DONE,
}


def after(step: Step, result: Result, *, opens: bool) -> Step:
    """The step that follows; the same one when it has to be tried again."""
    if result is Result.TAKEN:
        return _TAKEN[step]
    goes_back = result is Result.DENIED and opens and step not in (*BACK, Step.VOID)
    return Step.WITHDRAW if goes_back else step
