"""The section [trust] of the configuration, and the policy it amounts to."""

import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from mailbot.trust.gate import DOMAIN
from mailbot.trust.policy import DomainRule, Policy, Way

Domain = Annotated[str, Field(pattern=rf"^{DOMAIN}$")]


class TrustDomain(BaseModel):
    """What is accepted as proof for one domain, where that is not the general rule."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    accept: Annotated[tuple[Way, ...], Field(min_length=1)] = (Way.RESULTS, Way.DKIM)
    signers: tuple[Domain, ...] = ()
    unsigned: tuple[Annotated[str, Field(pattern=r"^[a-z-]+$")], ...] = ()


class Trust(BaseModel):
    """Whose word about a sender counts, and where the keys of signatures are looked up."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    authserv_id: str = ""
    authserv_vouched_by: str = ""
    border_hosts: tuple[str, ...] = ()
    accept: tuple[Literal[Way.RESULTS, Way.DKIM], ...] = (Way.RESULTS, Way.DKIM)
    sealers: tuple[Domain, ...] = ()
    dns_servers: tuple[str, ...] = ()
    dns_timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 5
    dns_patience_hours: Annotated[int, Field(ge=1, le=24 * 7)] = 24
    domains: dict[str, TrustDomain] = {}

    def problem(self) -> str | None:
        """What is wrong that no type can say, key first, in Spanish."""
        for name, rule in self.domains.items():
            place = f'trust.domains."{name}"'
            if not re.fullmatch(DOMAIN, name) or name != name.lower():
                return f"{place}: no es un dominio en minúsculas."
            if Way.TOKEN_ONLY in rule.accept and len(rule.accept) > 1:
                return f"{place}.accept: token_only excluye las otras formas; póngala sola."
        return None

    def policy(self, *, proven: bool) -> Policy:
        """Whom to believe; `proven`: the server was seen to remove foreign results in its name."""
        return Policy(
            authserv_id=self.authserv_id,
            stripped=proven or bool(self.authserv_vouched_by.strip()),
            border_hosts=self.border_hosts,
            default=DomainRule(self.accept),
            domains={
                name: DomainRule(rule.accept, rule.signers, rule.unsigned)
                for name, rule in self.domains.items()
            },
            sealers=self.sealers,
        )
