"""Carrying out what was decided.

The *register* is what the bot knows: who was approved for which seat, by which case. Its index on
the active seat is what no two of anything can get past. A *directory* is where the accounts live
for those who use them (see ``directory``). The embedded one is the register itself, changed in the
transaction of the decision; what another one has to do is a change, advanced step by step.

``embedded``   the register, in the bot's own database
``directory``  what a directory elsewhere can do, and what it may answer
``saga``       the steps of a change, and what follows from each
``steps``      each step as it is taken in a directory
``ldap``       an LDAP server as a directory; ``mapping``, ``wire``: its attributes, its protocol
"""

from collections.abc import Sequence

from mailbot.actions.embedded import Register
from mailbot.model import Close, Open, Step

__all__ = ["Register", "perform"]


def perform(steps: Sequence[Step], register: Register, case_id: int) -> int | None:
    """Take the steps in order (close before open); the id of the account opened, if one was."""
    opened = None
    for step in steps:
        match step:
            case Close():
                register.close(step.account_id, case_id)
            case Open():
                opened = register.open(step, case_id)
    return opened
