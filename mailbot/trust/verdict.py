"""The verdict on a sender: gate, then proof by the ways its domain's rule accepts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from mailbot.model import Sender
from mailbot.trust.gate import Untrustworthy, fields_of, from_address
from mailbot.trust.policy import DomainRule, Policy, Way
from mailbot.trust.results import Said, Word, word_on
from mailbot.trust.signatures import (
    Claim,
    Lookup,
    Signed,
    left_open,
    limited,
    sealed_by,
    signed_by,
)


def unverified(raw: bytes) -> Sender:
    """Who a mail says it is from, nothing proven."""
    try:
        address = from_address(fields_of(raw))
    except Untrustworthy as problem:
        return Sender("", authenticated=False, reason=str(problem))
    return Sender(address, authenticated=False, reason="no se comprobó")


def verify(raw: bytes, policy: Policy, lookup: Lookup, now: datetime) -> Sender:
    """Who sent a mail, as far as it is proven; `pending` when the name servers did not answer."""
    try:
        fields = fields_of(raw)
        address = from_address(fields)
    except Untrustworthy as problem:
        return Sender("", authenticated=False, reason=str(problem))
    claim = Claim(raw, fields, address.rpartition("@")[2])
    return _judge(_Evidence(claim, address, policy, lookup, now))


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What a verdict rests on."""

    claim: Claim
    address: str
    policy: Policy
    lookup: Lookup
    now: datetime

    def no(self, reason: str, *, pending: bool = False) -> Sender:
        return Sender(self.address, authenticated=False, reason=reason, pending=pending)


def _judge(evidence: _Evidence) -> Sender:
    """The server's clear no ends it; else the first way that proves; else why none did."""
    rule = evidence.policy.of(evidence.claim.domain)
    word = word_on(evidence.claim.domain, evidence.claim.fields, evidence.policy)
    if word.said is Said.FAIL:
        return evidence.no(word.reason)
    if Way.TOKEN_ONLY in rule.accept:
        reason = "su servidor no permite comprobarlo: solo vale con el código"
        return Sender(evidence.address, authenticated=False, reason=reason, with_token=True)
    if Way.RESULTS in rule.accept and word.said is Said.PASS:
        return _by_results(evidence, word, rule)
    return _by_signature(evidence, word.reason if Way.RESULTS in rule.accept else "")


def _by_results(evidence: _Evidence, word: Word, rule: DomainRule) -> Sender:
    """The server's pass; for a decision only if nobody could have changed what it rests on.

    A mail handed over by its own domain's server comes first-hand. One that passed by its
    signature alone may be an old one sent again, and says only what that signature covers.
    """
    claim = evidence.claim
    least = () if word.direct else left_open(claim.fields, claim.domain, rule)
    reason = word.reason
    if least:
        reason += f" por una firma que no cubre {', '.join(name.title() for name in least)}"
    whole = not least and not limited(claim.fields, claim.domain)
    return Sender(evidence.address, authenticated=True, reason=reason, whole=whole)


def _by_signature(evidence: _Evidence, so_far: str) -> Sender:
    """The first signature that proves; a doubt of the moment before a certain no."""
    tried: list[Signed] = []
    for way in (_own_signature, _seal):
        found = way(evidence)
        if found.proven:
            return Sender(
                evidence.address, authenticated=True, reason=found.reason, whole=found.whole
            )
        tried.append(found)
    reasons = [so_far, *(found.reason for found in tried)]
    reason = "; ".join(dict.fromkeys(r for r in reasons if r))
    return evidence.no(reason, pending=any(found.pending for found in tried))


_NOTHING = Signed(proven=False, reason="")


def _own_signature(evidence: _Evidence) -> Signed:
    rule = evidence.policy.of(evidence.claim.domain)
    if Way.DKIM not in rule.accept:
        return _NOTHING
    return signed_by(evidence.claim, rule, evidence.lookup, evidence.now)


def _seal(evidence: _Evidence) -> Signed:
    return sealed_by(evidence.claim, evidence.policy.sealers, evidence.lookup)


Verify = Callable[[bytes], Sender]
"""Raw mail → who sent it: a verdict with its policy, look-up and time filled in."""
