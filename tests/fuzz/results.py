"""A sender is proven only by a literal pass of our server for the very domain in From."""

from datetime import UTC, datetime

from test_espoofer import CASES, SERVERS
from test_header_agreement import IDS, MX, VICTIM, D, proves
from test_header_agreement import WORDS as OF_RESULTS

from fuzz.inputs import mixed
from mailbot import trust
from mailbot.trust import Policy, fields_of

NOW = datetime(2026, 3, 3, 15, 15, tzinfo=UTC)
KEY = b"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
FIELD = b"\r\nAuthentication-Results: "
WORDS = (
    *(word.encode() for word in (*OF_RESULTS, *IDS)),
    *(FIELD, b"\r\nReceived: from a by " + MX.encode() + b"; Tue, 3 Mar 2026", b"\r\nX: y", b"\n"),
    b"DKIM-Signature: v=1; a=ed25519-sha256; d=minedu.example; s=s; h=from; bh=YQ==; b=YQ==",
)


def seeds() -> list[bytes]:
    """What servers say of each of espoofer's mails, and an honest pass in each form."""
    said = [server(case) for server in SERVERS.values() for case in CASES.values()]
    honest = [f"dmarc=pass header.from={D}", f"dkim=pass header.d={D}; dmarc=none", "none"]
    values = [*said, *(value.encode() for value in honest)]
    return [FIELD.strip() + b" " + MX.encode() + b"; " + value for value in values]


def check(data: bytes) -> None:
    """Whatever stands above an honest From: no exception, and nothing proven but by a pass."""
    raw = data + f"\r\nFrom: <{VICTIM}>\r\n\r\nx".encode()
    policy = Policy(MX, stripped=True, sealers=("ataque.example",))
    sender = trust.verify(raw, policy, lambda _: KEY, NOW)
    if sender.authenticated:
        fields = fields_of(raw)
        said = [f.value for f in fields if f.name == "authentication-results"]
        assert sender.address == VICTIM
        assert any(proves(value) for value in said), said


INPUTS = mixed(seeds(), WORDS)
