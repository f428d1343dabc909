"""The verdict on a sender, way by way: what each domain's rule accepts, and the words for it."""

import dataclasses
from datetime import UTC, datetime

import pytest
from signing import at, rsa_key, sign
from test_dkim import RAW, D

from mailbot import trust
from mailbot.model import Sender
from mailbot.trust import DomainRule, NotNow, Policy, Way
from mailbot.trust.signatures import flaw, limited, tags_of, uncovered

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
