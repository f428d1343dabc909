"""The sender's own signature, verified by ourselves (RFC 6376, 8463), and ARC. The home of dkimpy.

The signature must be of the very domain in From, or of one the operator names for it. Relaxed
alignment is not used: under it every subdomain of an office, a newsletter's among them, could sign
for the office, and nobody here needs it whom a line of configuration cannot serve. Pure but for
the look-up it is given.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import dkim

from mailbot.trust.gate import DOMAIN, Field
from mailbot.trust.policy import DomainRule
from mailbot.trust.results import sealed_pass

Lookup = Callable[[str], bytes | None]
"""A TXT record by its name; None when there is none for certain; NotNow when nobody can tell."""

MAX_SIGNATURES = 5
MIN_RSA_BITS = 1024
_ALGORITHMS = ("rsa-sha256", "ed25519-sha256")  # RFC 8301 forbids sha1
_ALWAYS = ("from", "to", "subject", "date", "message-id")
_WHERE_PRESENT = (
    *("cc", "reply-to", "in-reply-to", "references"),
    *("mime-version", "content-type", "content-transfer-encoding"),
)
_BREAKS = (dkim.DKIMException, ValueError, LookupError, TypeError, AttributeError)
"""What dkimpy raises on signatures made to break it."""


class NotNow(Exception):
    """The name server did not answer, or could not: whether there is a key is not known yet."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What a mail's signatures prove; `whole` when they cover all that a decision rests on."""

    proven: bool
    reason: str
    whole: bool = False
    pending: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """A DKIM-Signature field that may count: which one it is, and what it covers."""

    index: int
    signed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """A mail, its header fields, and the domain it says it comes from."""

    raw: bytes
    fields: Sequence[Field]
    domain: str


def signed_by(claim: Claim, rule: DomainRule, lookup: Lookup, now: datetime) -> Signed:
    """What the mail's signatures prove of its domain."""
    usable = list(_usable(claim.fields, {claim.domain, *rule.signers}, now))[:MAX_SIGNATURES]
    if not usable:
        return Signed(proven=False, reason=f"no trae una firma DKIM válida de {claim.domain}")
    pending = False
    valid: list[Signature] = []
    for signature in usable:
        try:
            valid += [signature] if _verifies(claim.raw, signature, lookup) else []
        except NotNow:
            pending = True
    if valid:
        return _conclude(claim, valid, rule)
    reason = "el DNS no respondió" if pending else f"la firma DKIM de {claim.domain} no es válida"
    return Signed(proven=False, reason=reason, pending=pending)


def _conclude(claim: Claim, valid: Sequence[Signature], rule: DomainRule) -> Signed:
    """Proven; and whole, when one signature covers all that a decision rests on."""
    least = min((uncovered(s.signed, claim.fields, rule.unsigned) for s in valid), key=len)
    reason = f"comprobado por la firma electrónica (DKIM) de {claim.domain}"
    if least:
        reason += f", que no cubre {', '.join(name.title() for name in least)}"
    return Signed(proven=True, reason=reason, whole=not least)


def _usable(fields: Sequence[Field], domains: set[str], now: datetime) -> Iterator[Signature]:
    """The signatures that would prove something if they verified."""
    values = [field.value for field in fields if field.name == "dkim-signature"]
    for index, value in enumerate(values):
        tags = tags_of(value)
        if tags.get("d", "").lower() in domains and not flaw(tags, now):
            signed = tuple(name.lower() for name in tags["h"].split(":"))
            yield Signature(index, signed)


def tags_of(value: str) -> Mapping[str, str]:
    """The tags of a signature (RFC 6376, 3.2), blanks removed; none when one is there twice."""
    parts = [part for part in re.sub(r"\s", "", value).split(";") if part]
    pairs = [part.partition("=") for part in parts]
    found = {name: value for name, _, value in pairs}
    return found if len(found) == len(pairs) else {}


_FLAWS: tuple[tuple[str, Callable[[Mapping[str, str]], bool]], ...] = (
    ("v", lambda tags: tags.get("v") != "1"),
    ("a", lambda tags: tags.get("a", "").lower() not in _ALGORITHMS),
    ("d", lambda tags: not re.fullmatch(DOMAIN, tags.get("d", ""))),
    ("s", lambda tags: not re.fullmatch(rf"(?:[a-z0-9_-]+|{DOMAIN})", tags.get("s", "").lower())),
    ("h", lambda tags: "from" not in tags.get("h", "").lower().split(":")),
    ("l", lambda tags: "l" in tags),  # what is appended after that many bytes would pass
    ("x", lambda tags: not tags.get("x", "0").isdecimal()),
)


def flaw(tags: Mapping[str, str], now: datetime) -> str | None:
    """The tag for which a signature does not count, whether it verifies or not."""
    for tag, is_wrong in _FLAWS:
        if is_wrong(tags):
            return tag
    return "x" if "x" in tags and int(tags["x"]) < now.timestamp() else None


def uncovered(
    signed: Sequence[str], fields: Sequence[Field], unsigned: Sequence[str]
) -> tuple[str, ...]:
    """The header fields a decision rests on that a signature leaves open, or open to a second."""
    names = [field.name for field in fields]
    needed = [n for n in (*_ALWAYS, *_WHERE_PRESENT) if n in _ALWAYS or n in names]
    return tuple(
        name
        for name in needed
        if name not in unsigned and signed.count(name) < max(1, names.count(name))
    )


def _verifies(raw: bytes, signature: Signature, lookup: Lookup) -> bool:
    verifier = dkim.DKIM(raw, minkey=MIN_RSA_BITS)
    try:
        return bool(verifier.verify(signature.index, dnsfunc=_dns(lookup)))
    except _BREAKS:
        return False


def _dns(lookup: Lookup) -> Callable[..., bytes | None]:
    """The look-up as dkimpy asks: the name as bytes, the timeout its own business."""

    def answer(name: bytes, timeout: float = 0) -> bytes | None:  # noqa: ARG001  dkimpy's own
        return lookup(name.decode("ascii", "replace"))

    return answer


def limited(fields: Sequence[Field], domain: str) -> bool:
    """Whether a signature of a domain signs only the first so many bytes (``l=``)."""
    tags = (tags_of(f.value) for f in fields if f.name == "dkim-signature")
    return any(t.get("d", "").lower() == domain and "l" in t for t in tags)


def left_open(fields: Sequence[Field], domain: str, rule: DomainRule) -> tuple[str, ...]:
    """What a decision rests on and a signature by which the server may have judged leaves open.

    Nothing where no signature is aligned (RFC 7489, 3.1.1): then the server judged by SPF.
    """
    tags = (tags_of(field.value) for field in fields if field.name == "dkim-signature")
    signed = [
        t.get("h", "").lower().split(":") for t in tags if _aligned(t.get("d", ""), domain, rule)
    ]
    missing = (name for names in signed for name in uncovered(names, fields, rule.unsigned))
    return tuple(dict.fromkeys(missing))


def _aligned(signer: str, domain: str, rule: DomainRule) -> bool:
    """Whether a server may take a signer for the domain: the same, or one within the other."""
    one, other = f".{signer.lower()}", f".{domain}"
    return signer.lower() in rule.signers or one.endswith(other) or other.endswith(one)


# ------------------------------------------------------------------ ARC


def sealed_by(claim: Claim, sealers: Sequence[str], lookup: Lookup) -> Signed:
    """What forwarders on the list vouch for (RFC 8617): requests they pass on, never decisions."""
    count = sum(field.name == "arc-seal" for field in claim.fields)
    if not sealers or not 0 < count <= MAX_SIGNATURES:
        return Signed(proven=False, reason="")
    try:
        state, sets, _ = dkim.ARC(claim.raw, minkey=MIN_RSA_BITS).verify(dnsfunc=_dns(lookup))
    except NotNow:
        return Signed(proven=False, reason="el DNS no respondió", pending=True)
    except _BREAKS:
        return Signed(proven=False, reason="el sello ARC no es válido")
    listed = all(_sealer(found) in sealers for found in sets)
    if state != dkim.CV_Pass or not listed or not sealed_pass(_results(sets), claim.domain):
        return Signed(proven=False, reason="el sello ARC no es de un servidor de confianza")
    reason = f"comprobado por {_sealer(sets[0])}, que lo reenvió"
    return Signed(proven=True, reason=reason)


def _sealer(found: Mapping[str, bytes]) -> str:
    """The domain that sealed a set; empty when the message was signed by another."""
    seal, message = found["as-domain"].lower(), found["ams-domain"].lower()
    return seal.decode("ascii", "replace") if seal == message else ""


def _results(sets: Sequence[Mapping[str, bytes]]) -> str:
    """The first sealer's results: it took the mail from the sender."""
    return sets[-1]["aar-value"].decode("latin-1")
