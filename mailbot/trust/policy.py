"""What counts as proof of a sender, for each domain. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Way(StrEnum):
    """A way in which a mail can be proven to come from its domain."""

    RESULTS = "results"  # the receiving server's word: Authentication-Results
    DKIM = "dkim"  # the signature, verified by ourselves
    TOKEN_ONLY = "token_only"  # noqa: S105  nothing: only a reply with its token counts


@dataclass(frozen=True, slots=True)
class DomainRule:
    """What is accepted for one domain.

    `signers` are other domains whose signature stands for this one; `unsigned` the header fields
    its servers leave out of their signature without a decision being refused for it.
    """

    accept: tuple[Way, ...] = (Way.RESULTS, Way.DKIM)
    signers: tuple[str, ...] = ()
    unsigned: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """Whom to believe.

    `stripped`: the receiving server is known to remove foreign results in its name, by a probe or
    by the word of an operator. Without that its results prove nobody.
    """

    authserv_id: str = ""
    stripped: bool = False
    border_hosts: tuple[str, ...] = ()
    default: DomainRule = DomainRule()
    domains: Mapping[str, DomainRule] = field(default_factory=dict)
    sealers: tuple[str, ...] = ()

    def of(self, domain: str) -> DomainRule:
        """The rule for a domain, in lower case."""
        return self.domains.get(domain, self.default)

    @property
    def hosts(self) -> frozenset[str]:
        """The names our border server gives itself in Received."""
        return frozenset(h.lower() for h in (self.authserv_id, *self.border_hosts) if h)
