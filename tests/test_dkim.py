"""The sender's own signature, verified by ourselves: only what it covers, only of its domain.

Each test says which rows of the threat table it is for. Keys are the tests' own; the name server
is a real one on loopback.
"""

import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import dkim
import pytest
from names import Names, serving
from signing import ALL, SELECTOR, Key, at, ed25519_key, rsa_key, sign

from mailbot import trust
from mailbot.model import Sender
from mailbot.resolver import Resolver
from mailbot.trust import DomainRule, Policy, Way

D = "ugelchota.example"
EVIL = "ataque.example"
ONLY_DKIM = DomainRule((Way.DKIM,))
RAW = (
    b"From: Mesa de Partes <mesadepartes@ugelchota.example>\r\n"
    b"To: siagie+abc@mailbot.example\r\n"
    b"Subject: Re: pedido\r\n"
    b"Date: Tue, 03 Mar 2026 10:15:00 -0500\r\n"
    b"Message-ID: <uno@ugelchota.example>\r\n"
    b"MIME-Version: 1.0\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n"
    b"\r\n"
    b"APROBAR\r\n"
)


@pytest.fixture
def names() -> Iterator[Names]:
    with serving() as served:
        served.records = {at(D): rsa_key().record, at(EVIL): rsa_key().record}
        yield served


def judged(raw: bytes, names: Names, rule: DomainRule = ONLY_DKIM, **more: object) -> Sender:
    """The verdict on a mail, by its signature only."""
    policy = Policy(default=rule, **more)  # type: ignore[arg-type]
    return trust.verify(raw, policy, Resolver([names.server], 2).txt, datetime.now(UTC))


def test_a_signature_of_the_very_domain_proves_it(names: Names) -> None:
    """T01: signed by its domain, every field a decision rests on covered: proven, may decide."""
    sender = judged(sign(RAW, D), names)
    assert (sender.authenticated, sender.whole, sender.may_decide) == (True, True, True)
    assert sender.reason == f"comprobado por la firma electrónica (DKIM) de {D}"


def test_an_ed25519_signature_proves_too(names: Names) -> None:
    """T01: RFC 8463."""
    names.records[at(D)] = ed25519_key().record
    assert judged(sign(RAW, D, key=ed25519_key()), names).may_decide


def test_without_a_signature_nothing_is_asked_and_nothing_proven(names: Names) -> None:
    """T01: no signature, no look-up, no proof."""
    assert not judged(RAW, names).authenticated
    assert names.asked == []


def _in_a_second_tag(raw: bytes, tag: bytes) -> bytes:
    return raw.replace(b"DKIM-Signature: v=1;", b"DKIM-Signature: v=1; " + tag + b";", 1)


def resigned(tags: str, key: Key | None = None) -> bytes:
    """A mail whose signature covers more tags than dkimpy would write (``x=`` and the like)."""
    key = key or rsa_key()

    class Signer(dkim.DKIM):  # type: ignore[misc]
        """dkimpy, with tags of ours between its own."""

        def gen_header(
            self, fields: list[tuple[bytes, bytes]], *more: object, **named: object
        ) -> bytes:
            extra = [tuple(tag.split("=", 1)) for tag in tags.split(";")]
            fields[-1:-1] = [(name.encode(), value.encode()) for name, value in extra]
            return bytes(super().gen_header(fields, *more, **named))

    headers = [name.encode() for name in ALL]
    made = Signer(RAW).sign(
        SELECTOR.encode(),
        D.encode(),
        key.private,
        include_headers=headers,
        canonicalize=(b"relaxed", b"relaxed"),
    )
    return bytes(made) + RAW


HOUR = 3600
FORGERIES: dict[str, Callable[[], bytes]] = {
    "T06 another body": lambda: sign(RAW, D).replace(b"APROBAR", b"RECHAZAR"),
    "T06 a longer body": lambda: sign(RAW, D) + b"y otra cosa\r\n",
    "T06 another subject": lambda: sign(RAW, D).replace(b"Re: pedido", b"Re: otro"),
    "T06 another recipient": lambda: sign(RAW, D).replace(b"siagie+abc", b"siagie+xyz"),
    "T06 another boundary": lambda: sign(RAW, D).replace(
        b"text/plain; charset=utf-8", b"multipart/mixed; boundary=x"
    ),
    "T06 a body signed to a length": lambda: sign(RAW, D, length=True),
    "T06 a body appended behind it": lambda: sign(RAW, D, length=True) + b"APROBAR\r\n",
    "T02 a second From on top": lambda: b"From: otra@ugelchota.example\r\n" + sign(RAW, D),
    "T06 a second Subject on top": lambda: b"Subject: x\r\n" + sign(RAW, D),
    "T06 a second To on top": lambda: b"To: x@y.example\r\n" + sign(RAW, D),
    "T01 signed by another domain": lambda: sign(RAW, EVIL),
    "T01 signed by a subdomain": lambda: sign(RAW, f"boletin.{D}"),
    "T01 signed by the parent": lambda: sign(RAW, "example"),
    "T01 signed with another key": lambda: sign(RAW, D, key=_another_key()),
    "T05 a NUL in the selector": lambda: sign(RAW, D).replace(b"s=prueba", b"s=prueba\0.x"),
    "T05 a quote in the domain": lambda: sign(RAW, D).replace(
        b"d=ugelchota.example", b"d=ugelchota.example'a.ataque.example"
    ),
    "T05 the domain twice": lambda: _in_a_second_tag(sign(RAW, D), b"d=ugelchota.example"),
    "T06 a hash of old": lambda: sign(RAW, D).replace(b"rsa-sha256", b"rsa-sha1"),
    "T06 expired": lambda: resigned(f"x={int(time.time()) - 1}"),
}  # fmt: skip


def _another_key() -> Key:
    return Key(rsa_key(1536).private, "")


@pytest.mark.parametrize("name", FORGERIES)
def test_what_is_not_as_it_was_signed_proves_nobody(name: str, names: Names) -> None:
    """T01, T02, T05, T06 as named: tampered, unaligned, limited, replayed or expired."""
    names.records |= {at(f"boletin.{D}"): rsa_key().record, at("example"): rsa_key().record}
    assert not judged(FORGERIES[name](), names).authenticated


def test_a_signature_that_has_not_expired_counts(names: Names) -> None:
    """T06: the counterpart of «expired»: the same tag, an hour ahead."""
    assert judged(resigned(f"x={int(time.time()) + HOUR}"), names).may_decide


def test_a_short_key_proves_nobody(names: Names) -> None:
    """T06: 1024 bits are enough, 768 are not. The key is one that nobody uses elsewhere."""
    names.records[at(D)] = rsa_key(1024).record
    assert judged(sign(RAW, D, key=rsa_key(1024)), names).authenticated
    names.records[at("corta.example")] = SHORT.record
    raw = RAW.replace(b"ugelchota", b"corta")
    assert not judged(sign(raw, "corta.example", key=SHORT), names).authenticated


SHORT = Key(
    b"""-----BEGIN RSA PRIVATE KEY-----
MIIBzQIBAAJhAMZa8XknjmBXMj/TVh7I77Q3C91zq4FSUzR3H3f59NBeejOD8PLR
rUGeUnSU4sW8y0sUxdniLhYKgWPfkgWs5dijNe6PE69qpA2dWlxMsFVCzIXZzDwh
44bzPkluYq4m8QIDAQABAmEAvybjMEN7hMJjLXkHtHEl94FY0Nfovp7MinIGBIQA
dlGl6EFNkWOZWPQvOCRHChIuD7qxrxAQhTMoVacG1tJ/Xur3rMdlfWhDhRqVKA30
6e4h+nICDXWggYUPvtiLhH4BAjEA9dxAitSPMRHfxNmnixgbwpWPksFwQraO71J/
n7qKffekc1maSNq/pjdZwXkSjxthAjEAzokkGOm/9wfG1QNHfAfs2KnRBHwempna
caqKsh3icREe1hfXtTB5Riv77XloTsWRAjEAolZpA4Iwfj0IHMl+eDhV9Bie8U7q
mhJCtMErZcNdOKmwmz2Zwus1SkIX8MjJuVZhAjEAzAyZ6TMnQPwh6Nmwik2aJgTA
SFoIMl3Gf34qQQddbK+pc4NizdPyPO2/nELSVuDBAjEAkFlNWxbJuVF49c4qKAqL
gf7yxQvkhTYHTWp8MGHQLOhWuVHWfmXVIrzEU8cOqYcF
-----END RSA PRIVATE KEY-----
""",
    "v=DKIM1; k=rsa; p=MHwwDQYJKoZIhvcNAQEBBQADawAwaAJhAMZa8XknjmBXMj/TVh7I77Q3C91z"
    "q4FSUzR3H3f59NBeejOD8PLRrUGeUnSU4sW8y0sUxdniLhYKgWPfkgWs5dijNe6PE69qpA2dWlxMsFVCzIXZzDwh44bzPkluYq4m8QIDAQAB",
)


@pytest.mark.parametrize("left_out", ["to", "subject", "date", "message-id", "content-type"])
def test_a_signature_that_leaves_a_field_open_is_no_ground_for_a_decision(
    left_out: str, names: Names
) -> None:
    """T06: a request is proven and says what is open; a decision is not accepted."""
    fields = tuple(name for name in ALL if name != left_out)
    raw = sign(RAW, D, fields=fields)
    sender = judged(raw, names)
    assert (sender.authenticated, sender.whole, sender.may_decide) == (True, False, False)
    assert f"no cubre {left_out.title()}" in sender.reason
    allowed = DomainRule((Way.DKIM,), unsigned=(left_out,))
    assert judged(raw, names, allowed).may_decide


@pytest.mark.parametrize("added", ["To", "Subject", "Reply-To", "Content-Type"])
def test_a_field_added_on_the_way_is_no_ground_for_a_decision(added: str, names: Names) -> None:
    """T06: a field the signed mail did not have, and did not seal as absent, leaves it open."""
    bare = re.sub(rf"(?m)^{added}: .*\r\n".encode(), b"", RAW)
    fields = tuple(name for name in ALL if name != added.lower())
    raw = f"{added}: siagie@mailbot.example\r\n".encode() + sign(bare, D, fields=fields)
    assert not judged(raw, names).may_decide


def test_a_signer_the_operator_names_counts_for_the_domain(names: Names) -> None:
    """T01: alignment is strict; a cloud tenant's own domain is one line of configuration."""
    raw = sign(RAW, EVIL)
    assert not judged(raw, names).authenticated
    assert judged(raw, names, DomainRule((Way.DKIM,), signers=(EVIL,))).may_decide


# ------------------------------------------------------------------ what the DNS says


def test_a_name_server_in_trouble_is_not_a_no(names: Names) -> None:
    """T01: SERVFAIL means «not known yet», and the next time it may be known."""
    names.broken = True
    raw = sign(RAW, D)
    sender = judged(raw, names)
    assert (sender.authenticated, sender.pending) == (False, True)
    names.broken = False
    assert judged(raw, names).authenticated


def test_nobody_answering_is_not_a_no_either() -> None:
    """T01: a time-out is bounded, and is «not known yet»."""
    policy = Policy(default=ONLY_DKIM)
    lookup = Resolver(["127.0.0.1:9"], 0.2).txt
    assert trust.verify(sign(RAW, D), policy, lookup, datetime.now(UTC)).pending


@pytest.mark.parametrize("record", [None, "v=DKIM1; k=rsa; p=", "v=spf1 -all", "hola"])
def test_no_key_or_a_withdrawn_one_is_a_no(record: str | None, names: Names) -> None:
    """T01: NXDOMAIN, an empty key, another record."""
    names.records = {at(D): record} if record else {}
    sender = judged(sign(RAW, D), names)
    assert (sender.authenticated, sender.pending) == (False, False)


def test_a_hundred_signatures_cost_five_questions(names: Names) -> None:
    """T45: the look-ups one mail can cause are bounded."""
    fake = "DKIM-Signature: v=1; a=rsa-sha256; d={}; s=s{}; h=from; bh=YQ==; b=YQ==\r\n"
    raw = "".join(fake.format(D, n) for n in range(100)).encode() + RAW
    assert not judged(raw, names).authenticated
    assert len(names.asked) <= 5


# ------------------------------------------------------------------ the server's word beside it


def test_the_servers_clear_no_ends_it(names: Names) -> None:
    """T01: a pinned dmarc=fail is not overruled by a signature we find valid."""
    verdict = f"Authentication-Results: mx.example; dmarc=fail header.from={D}\r\n".encode()
    raw = verdict + sign(RAW, D)
    pinned = Policy("mx.example", stripped=True)
    lookup = Resolver([names.server], 2).txt
    assert not trust.verify(raw, pinned, lookup, datetime.now(UTC)).authenticated
    assert judged(
        raw, names
    ).authenticated  # where that server is not trusted, its no is not either


def test_the_servers_pass_for_a_signature_of_limited_length_decides_nothing(names: Names) -> None:
    """T06: «l=» is refused whoever verified it."""
    verdict = f"Authentication-Results: mx.example; dmarc=pass header.from={D}\r\n".encode()
    pinned = Policy("mx.example", stripped=True)
    lookup = Resolver([names.server], 2).txt
    senders = [
        trust.verify(verdict + sign(RAW, D, length=length), pinned, lookup, datetime.now(UTC))
        for length in (False, True)
    ]
    assert [s.authenticated for s in senders] == [True, True]
    assert [s.may_decide for s in senders] == [True, False]


NARROW = tuple(name for name in ALL if name != "to")
FIRST_HAND = f"spf=pass smtp.mailfrom=mesadepartes@{D}; "


@pytest.mark.parametrize(
    ("signers", "said", "decides"),
    [
        ([(D, ALL)], "", True),
        ([(D, NARROW)], "", False),
        ([(D, NARROW)], FIRST_HAND, True),
        ([(D, NARROW)], f"spf=pass smtp.mailfrom=x@{EVIL}; ", False),
        ([(D, NARROW)], f"spf=fail smtp.mailfrom=x@{D}; ", False),
        ([(f"correo.{D}", NARROW)], "", False),
        ([(EVIL, NARROW)], "", True),
        ([(D, NARROW), (D, ALL)], "", False),
        ([], "", True),
    ],
    ids="whole open first-hand sent-on spf-fail below another two unsigned".split(),
)
def test_the_servers_pass_decides_only_what_nobody_could_change(
    signers: list[tuple[str, tuple[str, ...]]], said: str, *, decides: bool, names: Names
) -> None:
    """T06: an old mail sent again passes by its signature, and its To is whatever somebody wrote.

    Handed over by its own domain's server it comes first-hand; a second signature that covers
    more, which anybody can add, changes nothing; another domain's is none.
    """
    raw = RAW
    for domain, fields in signers:
        raw = sign(raw, domain, fields=fields)
    verdict = f"Authentication-Results: mx.example; {said}dmarc=pass header.from={D}\r\n"
    pinned = Policy("mx.example", stripped=True)
    lookup = Resolver([names.server], 2).txt
    sender = trust.verify(verdict.encode() + raw, pinned, lookup, datetime.now(UTC))
    assert sender.authenticated
    assert sender.may_decide is decides
    assert ("no cubre To" in sender.reason) is not decides


def test_an_internal_domain_counts_with_its_token_only(names: Names) -> None:
    """T01: «token_only» proves nobody; it only lets a reply with its token count."""
    rule = DomainRule((Way.TOKEN_ONLY,))
    sender = judged(RAW, names, rule)
    assert (sender.authenticated, sender.may_decide) == (False, True)
    verdict = f"Authentication-Results: mx.example; dmarc=fail header.from={D}\r\n".encode()
    policy = Policy("mx.example", stripped=True, default=rule)
    lookup = Resolver([names.server], 2).txt
    assert not trust.verify(verdict + RAW, policy, lookup, datetime.now(UTC)).may_decide


# ------------------------------------------------------------------ ARC

SEALER = "listas.example"


def sealed(raw: bytes, by: str = SEALER, results: str = f"dmarc=pass header.from={D}") -> bytes:
    """A mail as a forwarder passes it on: what it found out, sealed; its own footer added."""
    found = f"Authentication-Results: mx.{by}; {results}\r\n".encode()
    signed = found + raw + b"-- \r\nlista\r\n"
    set_ = dkim.arc_sign(
        signed,
        SELECTOR.encode(),
        by.encode(),
        rsa_key().private,
        f"mx.{by}".encode(),
        include_headers=[b"from", b"to", b"subject", b"date", b"message-id"],
    )
    return b"".join(set_) + signed


@pytest.mark.parametrize(
    ("sealers", "by", "results", "proven"),
    [
        ((SEALER,), SEALER, f"dmarc=pass header.from={D}", True),
        ((), SEALER, f"dmarc=pass header.from={D}", False),
        (("otra.example",), SEALER, f"dmarc=pass header.from={D}", False),
        ((SEALER,), EVIL, f"dmarc=pass header.from={D}", False),
        ((SEALER,), SEALER, f"dmarc=pass header.from={EVIL}", False),
        ((SEALER,), SEALER, f"dmarc=fail header.from={D}", False),
    ],
    ids=["listed", "none listed", "another listed", "sealed by another", "of another", "a fail"],
)
def test_a_seal_counts_from_forwarders_on_the_list_only(
    sealers: tuple[str, ...],
    by: str,
    results: str,
    proven: bool,  # noqa: FBT001  a column of the table
    names: Names,
) -> None:
    """T09: ARC is a claim of whoever sealed; never ground for a decision."""
    names.records[at(SEALER)] = rsa_key().record
    sender = judged(sealed(RAW, by, results), names, sealers=sealers)
    assert sender.authenticated == proven
    assert not sender.may_decide


def test_a_broken_seal_proves_nobody(names: Names) -> None:
    """T09: the forwarded mail was changed behind the seal."""
    names.records[at(SEALER)] = rsa_key().record
    raw = sealed(RAW).replace(b"APROBAR", b"RECHAZAR")
    assert not judged(raw, names, sealers=(SEALER,)).authenticated


def test_time_does_not_stand_still_for_a_signature(names: Names) -> None:
    """T06: «x=» is held against the time the bot takes the mail up."""
    raw = resigned(f"x={int(time.time()) + HOUR}")
    policy = Policy(default=ONLY_DKIM)
    later = datetime.now(UTC) + timedelta(hours=2)
    assert not trust.verify(raw, policy, Resolver([names.server], 2).txt, later).authenticated
