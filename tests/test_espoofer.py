"""The 22 cases of espoofer (Chen, Paxson, Jiang; USENIX Security 2020), by its names for them.

Each is sent past every way of proof: the receiving server says what it would say of the envelope
(T01, T02), or the injection it is fooled by (T04); the signature is what the case signs (T05); and
the reader may never take the mail for the victim's.
"""

import base64
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

import pytest

from mailbot import trust
from mailbot.parsers.mail import Malformed, read_mail
from mailbot.trust import Policy

NOW = datetime(2026, 3, 3, 15, 15, tzinfo=UTC)
MX = "mx.victim.example"
ADMIN = b"admin@legitimate.example"


class Case(NamedTuple):
    """A case: its From lines, the other lines it needs, the envelope, what it signs with."""

    from_: bytes
    envelope: bytes
    more: bytes = b""
    signer: bytes | None = None
    selector: bytes = b"selector"


SENDER = b"Sender: <s@sender.legitimate.example>\r\n"
PLAIN = b"From: <admin@legitimate.example>\r\n"
WORD = b"=?utf-8?B?" + base64.b64encode(b"<admin@legitimate.example>") + b"?="
FIRST = b"first@attack.example"
SECOND = b"second@attack.example"
ANY = b"any@attack.example"
ATTACKER = b"attacker@example.example"
CASES: Mapping[str, Case] = {
    "server_a1": Case(PLAIN, b"any@mailfrom.notexist.legitimate.example"),
    "server_a2": Case(PLAIN, b"(any@legitimate.example"),
    "server_a3": Case(
        PLAIN,
        b"any@33.attack.example",
        signer=b"legitimate.example",
        selector=b"selector._domainkey.attack.example.\0.any",
    ),
    "server_a4": Case(PLAIN, ANY, signer=b"legitimate.example'a.attack.example"),
    "server_a5": Case(PLAIN, b"any@legitimate.example(a.attack.example"),
    "server_a6": Case(PLAIN, b"any@legitimate.example'@any.attack.example"),
    "server_a7": Case(PLAIN, b"@legitimate.example,@any.example:'any@attack.example"),
    "server_a8": Case(b"From: <" + FIRST + b">\r\n" + PLAIN, ANY),
    "server_a9": Case(b" From: <" + FIRST + b">\r\n" + PLAIN, ANY),
    "server_a10": Case(b"From: <" + FIRST + b">\r\nFrom : <" + ADMIN + b">\r\n", ANY),
    "server_a11": Case(b"From\r\n : <" + FIRST + b">\r\n" + PLAIN, ANY),
    "server_a12": Case(
        b"From\r\n : <" + FIRST + b">\r\n", ANY, more=b"Sender: <" + ADMIN + b">\r\n"
    ),
    "server_a13": Case(
        b"From\r\n : <" + FIRST + b">\r\n", ANY, more=b"Resent-From: <" + ADMIN + b">\r\n"
    ),
    "server_a14": Case(b"From: <" + FIRST + b">, <" + ADMIN + b">\r\n", ANY, more=SENDER),
    "server_a15": Case(b"From:" + WORD + b",<" + SECOND + b">\r\n", ANY, more=SENDER),
    "server_a16": Case(
        b"From: <@attack.example,@any.example:" + ADMIN + b">\r\n", ANY, more=SENDER
    ),
    "server_a17": Case(b"From: <" + ADMIN + b">\\,<" + SECOND + b">\r\n", ANY, more=SENDER),
    "server_a18": Case(b"From: " + ADMIN + b",<" + SECOND + b">\r\n", ANY, more=SENDER),
    "server_a19": Case(b"From: <" + ANY + b">" + ADMIN + b"\r\n", ANY, more=SENDER),
    "client_a1": Case(b"From: <" + ATTACKER + b">\r\nFrom: <admin@example.example>\r\n", ATTACKER),
    "client_a2": Case(
        b"From: <" + ATTACKER + b">, <admin@example.example>\r\n", ATTACKER, more=SENDER
    ),
    "client_a3": Case(b"From: <admin@example.example>\r\n", ATTACKER, more=SENDER),
}
ORDINARY = {"server_a1", "server_a2", "server_a4", "server_a5", "server_a6", "server_a7"}
"""A perfectly ordinary From: only what authenticates can stop them."""


def built(case: Case, verdict: bytes = b"") -> bytes:
    """The mail of a case below a receiving server's verdict."""
    signature = b""
    if case.signer:
        signature = (
            b"DKIM-Signature: v=1; a=rsa-sha256; c=simple/simple; d=" + case.signer
            + b"; s=" + case.selector + b"; h=from; bh=YQ==; b=YQ==\r\n"
        )  # fmt: skip
    head = (
        b"Received: from attack.example by mx.victim.example; Tue, 3 Mar 2026\r\n"
        + signature
        + case.from_
        + b"To: <victim@victim.example>\r\nSubject: x\r\n"
        + case.more
        + b"Date: Tue, 03 Mar 2026 10:15:00 -0500\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: text/plain; charset="UTF-8"\r\nMessage-ID: <1@attack.example>\r\n'
    )
    return verdict + head + b"\r\nHi, this is a test message! Best wishes.\r\n"


def _nobody_pass(case: Case) -> bytes:
    """What an honest server says: the envelope's domain, and none of From's."""
    return b"spf=pass smtp.mailfrom=" + case.envelope


def _fooled(case: Case) -> bytes:
    """What a server says that copies the sender's words: SPF and DKIM of what is injected."""
    signer = case.signer or b"attack.example"
    return b"spf=pass smtp.mailfrom=" + case.envelope + b"; dkim=pass header.d=" + signer


def _fails(case: Case) -> bytes:
    return (
        b"spf=pass smtp.mailfrom=" + case.envelope + b"; dmarc=fail header.from=legitimate.example"
    )


def _of_the_attacker(_: Case) -> bytes:
    return b"dmarc=pass header.from=attack.example"


SERVERS: Mapping[str, Callable[[Case], bytes]] = {
    "honest": _nobody_pass,
    "fooled": _fooled,
    "dmarc fails": _fails,
    "dmarc of the attacker": _of_the_attacker,
}


def test_all_cases_are_here() -> None:
    """Nineteen for servers, three for clients."""
    names = [name.partition("_a") for name in CASES]
    assert [n for kind, _, n in names if kind == "server"] == [str(n) for n in range(1, 20)]
    assert [n for kind, _, n in names if kind == "client"] == ["1", "2", "3"]


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("name", CASES)
def test_no_case_passes_for_the_victim(name: str, server: str) -> None:
    """T01, T02, T04, T05: not one of the 22 is authenticated, whatever the server makes of it."""
    case = CASES[name]
    verdict = f"Authentication-Results: {MX}; ".encode() + SERVERS[server](case) + b"\r\n"
    policy = Policy(MX, stripped=True)
    sender = trust.verify(built(case, verdict), policy, lambda _: None, NOW)
    assert not sender.authenticated
    assert not sender.may_decide


@pytest.mark.parametrize("name", [n for n in CASES if n not in ORDINARY | {"client_a3"}])
def test_whatever_has_no_ordinary_from_is_stopped_by_the_gate(name: str) -> None:
    """T02: even below a pass for the victim, the header alone refuses fifteen of them."""
    for domain in (b"legitimate.example", b"attack.example", b"example.example"):
        verdict = b"Authentication-Results: mx.victim.example; dmarc=pass header.from=" + domain
        raw = built(CASES[name], verdict + b"\r\n")
        sender = trust.verify(raw, Policy(MX, stripped=True), lambda _: None, NOW)
        assert (sender.authenticated, sender.address) == (False, "")


def test_a_colleague_with_an_account_is_not_told_from_his_neighbour_by_mail() -> None:
    """T07, client_a3: a pass proves the domain; that is why a decision needs its token too."""
    verdict = (
        b"Authentication-Results: mx.victim.example; dmarc=pass header.from=example.example\r\n"
    )
    raw = built(CASES["client_a3"], verdict)
    sender = trust.verify(raw, Policy(MX, stripped=True), lambda _: None, NOW)
    assert (sender.authenticated, sender.address) == (True, "admin@example.example")


@pytest.mark.parametrize("name", CASES)
def test_every_case_is_read_or_malformed(name: str) -> None:
    """T45: reading them breaks nothing, and what is read has nobody's address without proof."""
    try:
        mail = read_mail(built(CASES[name]))
    except Malformed:
        return
    assert not mail.sender.authenticated


# ------------------------------------------------------------------ results written by the sender

PROOF = b"Authentication-Results: mx.victim.example; dmarc=pass header.from=legitimate.example\r\n"
OURS = b"Received: from attack.example by mx.victim.example (Postfix); Tue, 3 Mar 2026\r\n"
INNER = b"Received: from mx.victim.example by imap.victim.example with LMTP; Tue, 3 Mar 2026\r\n"
THEIRS = b"Received: from pc.attack.example by mail.attack.example; Tue, 3 Mar 2026\r\n"
SILENT = b"Authentication-Results: mx.victim.example; dkim=none\r\n"
REST = PLAIN + b"To: <victim@victim.example>\r\nSubject: x\r\n\r\nhola\r\n"
PLACES: Mapping[str, tuple[bytes, bool]] = {
    "above our Received": (PROOF + OURS + REST, True),
    "above it, and below an inner server's": (INNER + PROOF + OURS + THEIRS + REST, True),
    "directly below it, as Google writes": (OURS + b"Received-SPF: pass\r\n" + PROOF + REST, True),
    "where no Received is": (b"Return-Path: <a@b.example>\r\n" + PROOF + REST, True),
    "below ours and another field": (OURS + b"X-Mailer: x\r\n" + PROOF + REST, False),
    "below a foreign Received": (OURS + THEIRS + PROOF + REST, False),
    "between two foreign ones": (OURS + THEIRS + PROOF + THEIRS + REST, False),
    "below a Received forged as ours": (SILENT + OURS + OURS + PROOF + REST, False),
    "below one whose greeting names us": (
        OURS + b"Received: from by mx.victim.example by mail.attack.example; x\r\n" + PROOF + REST,
        False,
    ),
    "below From": (OURS + PLAIN + PROOF + b"To: <v@victim.example>\r\n\r\nhola\r\n", False),
    "below From where no Received is": (PLAIN + PROOF + b"Subject: x\r\n\r\nhola\r\n", False),
    "below our own silence": (SILENT + OURS + PROOF + REST, False),
    "a copy of our silence between": (OURS + THEIRS + SILENT + PROOF + REST, False),
}


@pytest.mark.parametrize("place", PLACES)
def test_results_count_only_where_our_server_writes(place: str) -> None:
    """T03: the topmost block of our own border server, and nothing farther down."""
    raw, proven = PLACES[place]
    sender = trust.verify(raw, Policy(MX, stripped=True), lambda _: None, NOW)
    assert sender.authenticated == proven


@pytest.mark.parametrize("place", PLACES)
def test_until_stripping_is_proven_no_result_counts(place: str) -> None:
    """T03: wherever it stands, a verdict is not believed of a server that was never probed."""
    sender = trust.verify(PLACES[place][0], Policy(MX), lambda _: None, NOW)
    assert not sender.authenticated


def test_a_version_that_is_not_ours_to_read_is_not_read() -> None:
    """T03: RFC 8601 has version 1; «mx 2» may mean anything."""
    raw = PROOF.replace(b"example;", b"example 2;") + OURS + REST
    assert not trust.verify(raw, Policy(MX, stripped=True), lambda _: None, NOW).authenticated


def test_another_name_of_the_border_server_can_be_configured() -> None:
    """T03: where Received names the machine and the verdict the service."""
    raw = INNER + PROOF + OURS.replace(b"by mx.victim", b"by maquina7.victim") + REST
    named = Policy(MX, stripped=True, border_hosts=("maquina7.victim.example",))
    assert trust.verify(raw, named, lambda _: None, NOW).authenticated
    assert not trust.verify(raw, Policy(MX, stripped=True), lambda _: None, NOW).authenticated
