"""Who really sent this mail: proven, not known yet, or nobody knows.

``gate`` reads the header's raw bytes and refuses what two readers could read differently;
``shape`` counts what there is to take apart; ``results`` is the receiving server's word,
``signatures`` the sender's own, ``verdict`` the two held against the domain's rule (``policy``);
``lookalike`` finds domains made to be taken for others. Everything unclear is "not proven". Pure
but for the look-up of names that is passed in.
"""

from mailbot.trust.gate import (
    MAX_FIELDS,
    MAX_HEADER_BYTES,
    Field,
    Untrustworthy,
    fields_of,
    from_address,
)
from mailbot.trust.policy import DomainRule, Policy, Way
from mailbot.trust.shape import bounded
from mailbot.trust.signatures import Lookup, NotNow
from mailbot.trust.verdict import Verify, unverified, verify

__all__ = [
    "MAX_FIELDS",
    "MAX_HEADER_BYTES",
    "DomainRule",
    "Field",
    "Lookup",
    "NotNow",
    "Policy",
    "Untrustworthy",
    "Verify",
    "Way",
    "bounded",
    "fields_of",
    "from_address",
    "unverified",
    "verify",
]
