"""The verdict on a sender, way by way: what each domain's rule accepts, and the words for it."""

import dataclasses
from datetime import UTC, datetime

import pytest
from signing import ALL, at, rsa_key, sign
from test_dkim import RAW, SEALER, D, sealed

from mailbot import trust
from mailbot.model import Sender
from mailbot.trust import DomainRule, NotNow, Policy, Way, signatures
from mailbot.trust.gate import fields_of
from mailbot.trust.signatures import (
    Claim,
    Signed,
    flaw,
    left_open,
    limited,
    sealed_by,
    signed_by,
    tags_of,
    uncovered,
)

MX, WHO = "mx.example", f"mesadepartes@{D}"
PASS = f"Authentication-Results: {MX}; dmarc=pass header.from={D}\r\n".encode()
FAIL = f"Authentication-Results: {MX}; dmarc=fail header.from={D}\r\n".encode()
NONE = f"Authentication-Results: {MX}; dmarc=none header.from={D}\r\n".encode()
SIGNED = sign(RAW, D)
NOW = datetime.now(UTC)
UNSIGNED = f"no trae una firma DKIM válida de {D}"
UNABLE = f"nuestro servidor de correo no pudo comprobar {D}"
SIGNATURE = f"comprobado por la firma electrónica (DKIM) de {D}"


def keys(name: str) -> bytes | None:
    """The one key there is."""
    return rsa_key().record.encode() if name.rstrip(".") == at(D).rstrip(".") else None


def silent(name: str) -> bytes | None:
    """A name server that does not answer."""
    raise NotNow(name)


def verdict(raw: bytes, *accept: Way, **more: object) -> Sender:
    """The verdict where a domain is proven in some ways."""
    lookup = more.pop("lookup", keys)
    rule = DomainRule(accept)
    policy = Policy(MX, stripped=True, domains={D: rule}, **more)  # type: ignore[arg-type]
    return trust.verify(raw, policy, lookup, NOW)  # type: ignore[arg-type]


def told(sender: Sender) -> tuple[bool, bool, bool, bool, str]:
    """All of a verdict but the address."""
    found = dataclasses.astuple(sender)
    authenticated, reason, whole, with_token, pending = found[1:]
    return authenticated, whole, with_token, pending, reason


SERVER = "comprobado por nuestro servidor de correo"
SILENT = "nuestro servidor no dio su veredicto"
NOT_FROM = f"nuestro servidor de correo comprobó que no viene de {D}"
BY_TOKEN = "su servidor no permite comprobarlo: solo vale con el código"
PROVEN, NOT = (True, True, False, False), (False, True, False, False)
TOKEN = (False, True, True, False)
BOTH = (Way.RESULTS, Way.DKIM)


@pytest.mark.parametrize(
    ("raw", "accept", "expected"),
    [
        (PASS + RAW, (Way.RESULTS,), (*PROVEN, SERVER)),
        (PASS + RAW, (Way.DKIM,), (*NOT, UNSIGNED)),
        (SIGNED, (Way.DKIM,), (*PROVEN, SIGNATURE)),
        (SIGNED, (Way.RESULTS,), (*NOT, SILENT)),
        (RAW, BOTH, (*NOT, f"{SILENT}; {UNSIGNED}")),
        (NONE + RAW, BOTH, (*NOT, f"{UNABLE}; {UNSIGNED}")),
        (NONE + SIGNED, BOTH, (*PROVEN, SIGNATURE)),
        (FAIL + SIGNED, BOTH, (*NOT, NOT_FROM)),
        (FAIL + RAW, (Way.TOKEN_ONLY,), (*NOT, NOT_FROM)),
        (RAW, (Way.TOKEN_ONLY,), (*TOKEN, BY_TOKEN)),
    ],
)
def test_each_way_proves_where_it_is_accepted(
    raw: bytes, accept: tuple[Way, ...], expected: tuple[bool, bool, bool, bool, str]
) -> None:
    """T01: and the reason says in Spanish how, or all that was tried."""
    sender = verdict(raw, *accept)
    assert sender.address == WHO
    assert told(sender) == expected


def test_a_name_server_that_is_silent_leaves_it_open() -> None:
    """T01: pending, unless something else proves it."""
    sender = verdict(SIGNED, Way.DKIM, lookup=silent)
    assert told(sender) == (False, True, False, True, "el DNS no respondió")
    assert not verdict(PASS + SIGNED, Way.RESULTS, Way.DKIM, lookup=silent).pending


def test_a_limited_signature_makes_the_servers_pass_decide_nothing() -> None:
    """T06: proven, but not whole."""
    limited_ = PASS + sign(RAW, D, length=True)
    assert told(verdict(limited_, Way.RESULTS))[:2] == (True, False)


def test_what_the_servers_pass_leaves_open_is_named_behind_it() -> None:
    """T06: an operator reads who proved it, and all that its signature does not cover."""
    reason = f"{SERVER} por una firma que no cubre Subject, Date"
    narrow = PASS + sign(RAW, D, fields=without("subject", "date"))
    assert told(verdict(narrow, Way.RESULTS)) == (True, False, False, False, reason)


@pytest.mark.parametrize("check", [trust.unverified, lambda raw: verdict(raw, Way.DKIM)])
def test_a_header_with_tricks_is_nobodys(check: object) -> None:
    """T02: no address at all, and the gate's own words."""
    sender = check(b"From: a@b.example, c@d.example\r\n\r\n")  # type: ignore[operator]
    assert sender == Sender(
        "", authenticated=False, reason="el campo From no es una sola dirección"
    )


def test_who_was_not_looked_into_is_not_proven() -> None:
    """The address as written, nothing more."""
    assert trust.unverified(SIGNED) == Sender(WHO, authenticated=False, reason="no se comprobó")


# ------------------------------------------------------------------ signatures, tag by tag

GOOD = {"v": "1", "a": "rsa-sha256", "d": D, "s": "s1", "h": "From:To", "b": "x", "bh": "y"}
STAMP = int(NOW.timestamp())


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({}, None),
        ({"a": "RSA-SHA256"}, None),
        ({"a": "ed25519-sha256"}, None),
        ({"h": "to:FROM"}, None),
        ({"s": "a_b-1"}, None),
        ({"s": "S1.sub.Example"}, None),
        ({"x": str(STAMP + 60)}, None),
        ({"x": str(STAMP - 60)}, "x"),
        ({"x": "1e9"}, "x"),
        ({"x": "-1"}, "x"),
        ({"v": "2"}, "v"),
        ({"v": ""}, "v"),
        ({"a": "rsa-sha1"}, "a"),
        ({"d": "con espacio.example"}, "d"),
        ({"d": "example"}, "d"),
        ({"s": "a/b"}, "s"),
        ({"s": "a\0b"}, "s"),
        ({"s": ""}, "s"),
        ({"h": "to:subject"}, "h"),
        ({"h": "xfrom"}, "h"),
        ({"l": "10"}, "l"),
        ({"l": ""}, "l"),
    ],
)
def test_a_signature_with_a_flaw_does_not_count(changed: dict[str, str], wrong: str | None) -> None:
    """T05, T06: the first tag that is wrong is named; none is, of what honest servers write."""
    assert flaw({**GOOD, **changed}, NOW) == wrong


@pytest.mark.parametrize("tag", ["v", "a", "d", "s", "h"])
def test_a_signature_that_lacks_a_tag_does_not_count(tag: str) -> None:
    """T05: nothing is taken for granted."""
    assert flaw({name: value for name, value in GOOD.items() if name != tag}, NOW) == tag


@pytest.mark.parametrize(
    ("value", "tags"),
    [
        ("a=1; b = 2;", {"a": "1", "b": "2"}),
        ("a=1=2;b", {"a": "1=2", "b": ""}),
        ("a=x\r\n\t y", {"a": "xy"}),
        ("a=1; a=2", {}),
        ("", {}),
    ],
)
def test_tags_are_read_once(value: str, tags: dict[str, str]) -> None:
    """RFC 6376, 3.2: blanks go; a tag that is there twice makes the whole worth nothing."""
    assert tags_of(value) == tags


BASIC = ("from", "to", "subject", "date", "message-id")


@pytest.mark.parametrize(
    ("signed", "present", "unsigned", "open_"),
    [
        (BASIC, BASIC, (), ()),
        (BASIC[1:], BASIC, (), ("from",)),
        (BASIC, BASIC[:2], (), ()),
        (("from",), ("from",), (), BASIC[1:]),
        (BASIC[:4], BASIC, ("message-id",), ()),
        (BASIC, (*BASIC, "cc"), (), ("cc",)),
        (BASIC, (*BASIC, "x-otro"), (), ()),
        (BASIC, (*BASIC, "to"), (), ("to",)),
        ((*BASIC, "to"), (*BASIC, "to"), (), ()),
        ((*BASIC, "reply-to"), (*BASIC, "reply-to"), (), ()),
    ],
)
def test_what_a_signature_leaves_open(
    signed: tuple[str, ...], present: tuple[str, ...], unsigned: tuple[str, ...], open_: object
) -> None:
    """T06: each field of a decision, as often as it is there; the rest where it is there."""
    fields = [trust.Field(name, "") for name in present]
    assert uncovered(signed, fields, unsigned) == open_


@pytest.mark.parametrize(
    ("fields", "is_limited"),
    [
        ([("dkim-signature", f"d={D}; l=10")], True),
        ([("dkim-signature", f"d={D.upper()}; l=10")], True),
        ([("dkim-signature", f"d={D}")], False),
        ([("dkim-signature", "d=otro.example; l=10")], False),
        ([("dkim-signature", f"d={D}"), ("dkim-signature", f"d={D}; l=0")], True),
        ([("x", f"d={D}; l=10")], False),
        ([("dkim-signature", "l=10")], False),
    ],
)
def test_whether_a_signature_is_limited(fields: list[tuple[str, str]], *, is_limited: bool) -> None:
    """T06: of the very domain, any of its signatures."""
    assert limited([trust.Field(*f) for f in fields], D) is is_limited


# ------------------------------------------------------------------ what a signature comes to

ANY = DomainRule((Way.DKIM,))


def any_key(_name: str) -> bytes | None:
    """A name server that has the one key under every name."""
    return rsa_key().record.encode()


def claim(raw: bytes) -> Claim:
    """A mail that says it comes from the domain."""
    return Claim(raw, fields_of(raw), D)


def without(*names: str) -> tuple[str, ...]:
    """All that a careful server signs, but for some fields."""
    return tuple(name for name in ALL if name not in names)


def test_of_several_signatures_the_one_that_leaves_least_open_counts() -> None:
    """T06: whichever stands first; what it leaves open is named, all of it."""
    narrow, less = without("subject", "date"), without("to")
    for one, other in ((narrow, less), (less, narrow)):
        raw = sign(sign(RAW, D, fields=one), D, fields=other)
        found = signed_by(claim(raw), ANY, any_key, NOW)
        assert found == Signed(proven=True, reason=f"{SIGNATURE}, que no cubre To")
    both = signed_by(claim(sign(RAW, D, fields=narrow)), ANY, any_key, NOW)
    assert both.reason == f"{SIGNATURE}, que no cubre Subject, Date"
    assert signed_by(claim(sign(sign(RAW, D), D, fields=less)), ANY, any_key, NOW).whole
    assert signed_by(claim(sign(sign(RAW, D, fields=less), D)), ANY, any_key, NOW).whole


def test_a_signature_that_cannot_be_looked_up_now_spoils_no_other() -> None:
    """T01: before or behind it; alone it leaves it open."""

    def half(name: str) -> bytes | None:
        return silent(name) if "otro" in name else any_key(name)

    rule = DomainRule((Way.DKIM,), signers=("otro.example",))
    first, last = sign(sign(RAW, D), "otro.example"), sign(sign(RAW, "otro.example"), D)
    assert [signed_by(claim(raw), rule, half, NOW).proven for raw in (first, last)] == [True, True]
    broken = sign(RAW, D).replace(b"APROBAR", b"RECHAZAR")
    assert signed_by(claim(sign(broken, "otro.example")), rule, half, NOW).pending
    alone = signed_by(claim(broken), rule, half, NOW)
    assert alone == Signed(proven=False, reason=f"la firma DKIM de {D} no es válida")


def test_capitals_in_a_signature_are_no_matter() -> None:
    """RFC 6376, 3.2 and 3.5: in its domain and in the names of the fields it covers."""
    raw = sign(RAW, D.upper(), fields=tuple(name.title() for name in ALL))
    assert signed_by(claim(raw), ANY, any_key, NOW) == Signed(True, SIGNATURE, whole=True)  # noqa: FBT003


def test_five_signatures_are_looked_at_and_no_more() -> None:
    """T45: the sixth would have proven it."""
    fake = f"DKIM-Signature: v=1; a=rsa-sha256; d={D}; s=s; h=from; bh=YQ==; b=YQ==\r\n".encode()
    assert signed_by(claim(fake * 4 + sign(RAW, D)), ANY, any_key, NOW).proven
    assert not signed_by(claim(fake * 5 + sign(RAW, D)), ANY, any_key, NOW).proven


def test_a_signature_counts_in_its_last_second() -> None:
    """T06: and not in the next."""
    for late, wrong in ((0, None), (1, "x")):
        now = datetime.fromtimestamp(STAMP + late, UTC)
        assert flaw({**GOOD, "x": str(STAMP)}, now) == wrong


@pytest.mark.parametrize(
    ("values", "named", "open_"),
    [
        ([f"d={D}; h=from:to:subject:date"], (), ("message-id",)),
        ([f"d={D.upper()}; h=FROM:To:Subject:Date:Message-ID"], (), ()),
        ([f"d=correo.{D}; h=from:to:subject:date"], (), ("message-id",)),
        (["d=example; h=from:to:subject:date"], (), ("message-id",)),
        ([f"d=x{D}; h=from"], (), ()),
        (["d=otro.example; h=from"], (), ()),
        (["d=OTRO.example; h=from:to:subject:date"], ("otro.example",), ("message-id",)),
        ([f"d={D}; h=from:to:subject", f"d={D}; h=from:to:date"], (),
         ("date", "message-id", "subject")),
        ([f"d={D}"], (), BASIC),
        (["h=from"], (), ()),
        ([], (), ()),
    ],
)  # fmt: skip
def test_what_a_signature_the_server_may_have_judged_by_leaves_open(
    values: list[str], named: tuple[str, ...], open_: tuple[str, ...]
) -> None:
    """T06: of the domain, one within it or above it, or of a signer that is named; all of them."""
    fields = [trust.Field(name, "") for name in BASIC]
    fields += [trust.Field("dkim-signature", value) for value in values]
    fields.append(trust.Field("x-otro", f"d={D}; h=from"))
    assert left_open(fields, D, DomainRule((Way.RESULTS,), signers=named)) == open_


# ------------------------------------------------------------------ what forwarders vouch for

LAST = "ultima.example"
NOT_TRUSTED = Signed(proven=False, reason="el sello ARC no es de un servidor de confianza")


def passed_on(*others: str) -> bytes:
    """A mail as the last of several forwarders sends it: the first one saw it pass."""
    raw = sealed(RAW)
    for other in others:
        raw = sealed(raw, other, "arc=pass")
    return raw


def unable(name: str) -> bytes | None:
    """A name nobody can ask for."""
    raise ValueError(name)


def test_a_chain_of_forwarders_counts_when_each_is_on_the_list() -> None:
    """T09: what the first one saw counts, whoever passed it on; the last one is named."""
    chain = claim(passed_on(LAST))
    assert sealed_by(chain, (SEALER, LAST), any_key) == Signed(
        proven=True, reason=f"comprobado por {LAST}, que lo reenvió"
    )
    for listed in ((SEALER,), (LAST,)):
        assert sealed_by(chain, listed, any_key) == NOT_TRUSTED
    assert sealed_by(chain, (), any_key) == Signed(proven=False, reason="")
    assert sealed_by(claim(RAW), (SEALER,), any_key) == Signed(proven=False, reason="")


def test_a_chain_of_five_is_looked_at_and_no_longer_one() -> None:
    """T45: each seal is a question to the name server."""
    others = tuple(f"{n}.example" for n in range(1, 6))
    for count, proven in ((4, True), (5, False)):
        found = sealed_by(claim(passed_on(*others[:count])), (SEALER, *others), any_key)
        assert (found.proven, bool(found.reason)) == (proven, proven)


def test_a_seal_over_another_ones_signature_is_nobodys() -> None:
    """T09: capitals are no matter; what is no name of a domain is none, and breaks nothing."""
    for seal, message, by in (
        (b"Listas.example", b"listas.EXAMPLE", "listas.example"),
        (b"listas.example", b"otra.example", ""),
        (b"l\xc3\xadstas.example", b"l\xc3\xadstas.example", "l\ufffd\ufffdstas.example"),
    ):
        assert signatures._sealer({"as-domain": seal, "ams-domain": message}) == by  # noqa: SLF001


def test_a_seal_nobody_can_verify_is_told_apart() -> None:
    """T09: broken on the way, a name server that is silent, a name that breaks the library."""
    raw = sealed(RAW)
    assert sealed_by(claim(raw.replace(b"APROBAR", b"NO")), (SEALER,), any_key) == NOT_TRUSTED
    assert sealed_by(claim(raw), (SEALER,), silent) == Signed(
        proven=False, reason="el DNS no respondió", pending=True
    )
    assert sealed_by(claim(raw), (SEALER,), unable) == Signed(
        proven=False, reason="el sello ARC no es válido"
    )
