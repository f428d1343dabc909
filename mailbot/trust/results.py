"""What the receiving server found out: Authentication-Results (RFC 8601). The home of authres.

Only the pinned server's word counts, and only where it writes it: in the topmost block, above the
Received field of its own that took the mail in (or, as Google does, directly below it). What
stands farther down came with the mail. Pure.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import takewhile

from authres import AuthenticationResult
from authres import AuthenticationResultsHeader as Header
from authres.core import AuthResError, NoneAuthenticationResult

from mailbot.trust.gate import DOMAIN, Field
from mailbot.trust.policy import Policy

_BEGINS_BELOW = frozenset(
    "received from sender to cc subject date message-id mime-version content-type".split()
)
_BESIDE_RESULTS = frozenset({"received-spf", "authentication-results", "x-received-spf"})


class Said(StrEnum):
    """What the server says of a mail's domain."""

    PASS = "pass"  # noqa: S105  no password
    FAIL = "fail"  # for certain: no other proof is looked for
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Word:
    """The server's word on one domain, and in Spanish why.

    `direct`: it also says that a server of that very domain handed the mail over (SPF).
    """

    said: Said
    reason: str
    direct: bool = False


def word_on(domain: str, fields: Sequence[Field], policy: Policy) -> Word:
    """What the pinned server says of a domain; nothing, when its word cannot be relied on."""
    pinned = policy.authserv_id.strip().lower()
    if not pinned:
        return Word(Said.NOTHING, "no hay servidor de confianza configurado")
    if not policy.stripped:
        return Word(Said.NOTHING, "falta probar que el servidor borra los veredictos ajenos")
    return _judge(domain, list(_verdicts(_ours(fields, policy), pinned)))


# ------------------------------------------------------------------ where our server writes


def _ours(fields: Sequence[Field], policy: Policy) -> Sequence[Field]:
    """The fields our own servers wrote, as far as their place tells."""
    for place, field in enumerate(fields):
        if field.name == "received" and by_host(field.value) in policy.hosts:
            above = fields[:place]
            if any(f.name == "authentication-results" for f in above):
                return above
            return tuple(takewhile(lambda f: f.name in _BESIDE_RESULTS, fields[place + 1 :]))
    return tuple(takewhile(lambda f: f.name not in _BEGINS_BELOW, fields))


def by_host(received: str) -> str:
    """The host that wrote a Received field; the last «by», for the sender chooses the first words.

    >>> by_host("from by (x [192.0.2.1]) by mx.example (Postfix) with ESMTP id 1; Tue, 3 Mar 2026")
    'mx.example'
    """
    bare = re.sub(r"\([^()]*\)", " ", received.rpartition(";")[0] or received)
    found = re.findall(r"(?:^|\s)by\s+([A-Za-z0-9.-]+)", bare)
    return found[-1].lower() if found else ""


# ------------------------------------------------------------------ what it says


def _verdicts(fields: Iterable[Field], pinned: str) -> Iterator[Header | None]:
    """The fields that speak for the pinned server; one that cannot be read is None."""
    for field in fields:
        if field.name == "authentication-results" and _names(field.value, pinned):
            yield _parse(field.value, pinned)


def _names(value: str, pinned: str) -> bool:
    """Whether a field may claim the pinned id, read generously: a doubtful claim must count."""
    return pinned in value.lower().partition(";")[0]


def _parse(value: str, pinned: str) -> Header | None:
    """The field as the pinned server's word; None when it is not exactly that."""
    try:
        header = Header.parse(f"Authentication-Results: {value}")
    except (AuthResError, SyntaxError, ValueError, AttributeError, IndexError, RecursionError):
        return None
    if any(isinstance(result, NoneAuthenticationResult) for result in header.results):
        return None  # «none» stands for all results there are (RFC 8601, 2.2), never behind one
    return header if str(header.authserv_id).lower() == pinned else None


def _judge(domain: str, verdicts: Sequence[Header | None]) -> Word:
    """A pass only when every verdict on the deciding method says the same of this domain."""
    if not verdicts:
        return Word(Said.NOTHING, "nuestro servidor no dio su veredicto")
    if None in verdicts:
        return Word(Said.NOTHING, "el veredicto de nuestro servidor no se entiende")
    results = [r for verdict in verdicts if verdict is not None for r in verdict.results]
    for method, property_ in (("dmarc", "from"), ("dkim", "d")):
        said = [(r.result, _domain(r, property_)) for r in results if r.method == method]
        if said:
            direct = any(_handed_over(r) == domain for r in results)
            return replace(_one(method, domain, said), direct=direct)
    return Word(Said.NOTHING, "nuestro servidor no comprobó el dominio")


def _one(method: str, domain: str, said: Sequence[tuple[str, str]]) -> Word:
    if all(result == "pass" and of == domain for result, of in said):
        return Word(Said.PASS, "comprobado por nuestro servidor de correo")
    if method == "dmarc" and any(result == "fail" for result, _ in said):
        return Word(Said.FAIL, f"nuestro servidor de correo comprobó que no viene de {domain}")
    return Word(Said.NOTHING, f"nuestro servidor de correo no pudo comprobar {domain}")


def _handed_over(result: AuthenticationResult) -> str:
    """The domain whose server handed the mail over; empty for a result that says no such thing."""
    if (result.method, result.result) != ("spf", "pass"):
        return ""
    values = [str(p.value) for p in result.properties if (p.type, p.name) == ("smtp", "mailfrom")]
    return values[0].rpartition("@")[2].lower() if len(values) == 1 else ""


def _domain(result: AuthenticationResult, name: str) -> str:
    """The one domain a result names in ``header.<name>``; empty for none, several, or no domain."""
    values = [str(p.value) for p in result.properties if (p.type, p.name) == ("header", name)]
    if len(values) != 1 or not re.fullmatch(DOMAIN, values[0]):
        return ""
    return values[0].lower()


def sealed_pass(value: str, domain: str) -> bool:
    """Whether ARC-Authentication-Results (RFC 8617, 4.1.1) say that a mail is from a domain."""
    bare = re.sub(r"^\s*i\s*=\s*[0-9]+\s*;\s*", "", value)
    pinned = bare.partition(";")[0].split()[:1]
    verdict = _parse(bare.strip(), pinned[0].lower()) if pinned else None
    return verdict is not None and _judge(domain, [verdict]).said is Said.PASS
