"""Who sent a mail: only what the receiving server proved of the one address everybody would read.

The forgeries are the shapes of *Composition Kills* (Chen, Paxson, Jiang; USENIX Security 2020) and
of its tool espoofer, as far as they show in From and Authentication-Results; the others were made
against this reader.
"""

import base64
import quopri
import re
from datetime import UTC, datetime
from typing import NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mails import MX, compose

from mailbot import trust
from mailbot.model import Sender
from mailbot.trust import Policy

VICTIM = "victima@minedu.example"
EVIL = "mala@ataque.example"
NEIGHBOUR = "vecina@minedu.example"
NOW = datetime(2026, 3, 3, 15, 15, tzinfo=UTC)
PROOF = f"{MX}; dmarc=pass header.from=minedu.example"


def mail(from_: bytes | str, *verdicts: str | bytes, below: tuple[str, ...] = ()) -> bytes:
    """Return a mail whose From lines are `from_`; `below` are verdicts under the Received line."""
    lines = [b"Authentication-Results: " + _bytes(v) for v in verdicts]
    lines += [b"Received: from mail.ataque.example by mx.mailbot.example; Tue, 3 Mar 2026"]
    lines += [b"Authentication-Results: " + _bytes(v) for v in below]
    lines += [_bytes(from_), b"To: siagie@mailbot.example", b"Subject: x", b"", b"hola", b""]
    return b"\r\n".join(lines)


def verify(raw: bytes, pinned: str) -> Sender:
    """The verdict where the server of that name is known to strip foreign results."""
    return trust.verify(raw, Policy(pinned, stripped=True), nobody, NOW)


def nobody(name: str) -> bytes | None:
    """A world without keys."""
    del name
    return None


def _bytes(value: str | bytes) -> bytes:
    return value.encode("utf-8") if isinstance(value, str) else value


# ------------------------------------------------------------------ the one From

COMES = "comprobado por nuestro servidor de correo"
HONEST: dict[str, str | bytes] = {
    "bare": f"From: {VICTIM}",
    "angled": f"From: <{VICTIM}>",
    "without a blank": f"From:{VICTIM}",
    "with a name": f"From: Ana Ruiz <{VICTIM}>",
    "with a quoted name": f'From: "Ruiz, Ana" <{VICTIM}>',
    "with a quoted pair": f'From: "Ana \\"la jefa\\" Ruiz" <{VICTIM}>',
    "with an encoded name": f"From: =?UTF-8?B?SnVhbiBQw6lyZXo=?= <{VICTIM}>",
    "with a name in raw UTF-8": f"From: José Ñahui <{VICTIM}>",
    "with a name in raw Latin-1": f"From: José Ñahui <{VICTIM}>".encode("latin-1"),
    "with a remark in its name": f"From: Ana Ruiz (UGEL) <{VICTIM}>",
    "named like its address": f'From: "{VICTIM}" <{VICTIM}>',
    "folded after the colon": f"From:\r\n {VICTIM}",
    "folded after the name": f"From: Ana Ruiz\r\n <{VICTIM}>",
    "in capitals": f"FROM: <{VICTIM.upper()}>",
    "in lower case": f"from: <{VICTIM}>",
}


@pytest.mark.parametrize("shape", HONEST)
def test_an_honest_from_is_read_and_proven(shape: str) -> None:
    """Every form in which people's programs write one address is read, in lower case."""
    assert verify(mail(HONEST[shape], PROOF), MX) == (
        Sender(VICTIM, authenticated=True, reason=COMES)
    )


def test_line_feeds_alone_end_lines_too() -> None:
    """A mail kept in a file on Unix is read like the one that travelled."""
    raw = mail(f"From: {VICTIM}", PROOF).replace(b"\r\n", b"\n")
    assert verify(raw, MX).authenticated


def encoded(words: str) -> str:
    return f"=?utf-8?b?{base64.b64encode(words.encode()).decode()}?="


FORGED: dict[str, str | bytes] = {
    # server A8–A19 and client A1–A2 of espoofer
    "A8 two From": f"From: <{EVIL}>\r\nFrom: <{VICTIM}>",
    "A10 a blank after the second's name": f"From: <{EVIL}>\r\nFrom : <{VICTIM}>",
    "A11 the first folded after its name": f"From\r\n : <{EVIL}>\r\nFrom: <{VICTIM}>",
    "A12 folded, and a Sender": f"From\r\n : <{EVIL}>\r\nSender: <{VICTIM}>",
    "A13 folded, and a Resent-From": f"From\r\n : <{EVIL}>\r\nResent-From: <{VICTIM}>",
    "A14 two addresses": f"From: <{EVIL}>, <{VICTIM}>",
    "A15 an address in an encoded word": f"From: {encoded(f'<{VICTIM}>')},<{EVIL}>",
    "A16 a route": f"From: <@ataque.example,@any.example:{VICTIM}>",
    "A17 a quoted pair": f"From: <{VICTIM}>\\,<{EVIL}>",
    "A18 a bare address first": f"From: {VICTIM},<{EVIL}>",
    "A19 an address after the angle": f"From: <{EVIL}>{VICTIM}",
    "client A1 two From, the victim second": f"From: <{NEIGHBOUR}>\r\nFrom: <{VICTIM}>",
    "client A2 two addresses, the victim second": f"From: <{NEIGHBOUR}>, <{VICTIM}>",
    # the forms on which libraries were measured to disagree
    "an address before the angle": f"From: {VICTIM} <{EVIL}>",
    "an address before its neighbour's": f"From: {VICTIM} <{NEIGHBOUR}>",
    "two angles": f"From: <{VICTIM}> <{EVIL}>",
    "a quoted address as the name": f'From: "{VICTIM}" <{EVIL}>',
    "a quoted address with blanks": f'From: " {VICTIM} " <{EVIL}>',
    "an encoded address as the name": f"From: {encoded(VICTIM)} <{EVIL}>",
    "an encoded word that closes the angle": (
        f"From: =?utf-8?q?victima=40minedu.example=3E_=3C?={EVIL}"
    ),
    "an encoded word inside the address": f"From: <=?utf-8?q?victima?=@{VICTIM.split('@')[1]}>",
    "an address split over two encoded words": (
        f"From: {encoded('victima@')} {encoded('minedu.example')} <{EVIL}>"
    ),
    "an encoded angle": f"From: {encoded('Ana <')} <{EVIL}>",
    "an encoded line end": f"From: {encoded('Ana' + chr(10) + 'x')} <{EVIL}>",
    "an encoded word of no charset": f"From: =?nada?b?QUFB?= <{EVIL}>",
    "an encoded word of bad base64": f"From: =?utf-8?b?A?= <{EVIL}>",
    "a name turned round by bidi": f"From: {encoded('Ana' + chr(0x202E) + 'elpmaxe')} <{EVIL}>",
    "a name with a zero-width blank": f"From: {encoded('Ana' + chr(0x200B) + 'Ruiz')} <{EVIL}>",
    "a group": f"From: Oficina: {VICTIM};",
    "an empty group": "From: undisclosed-recipients:;",
    "a group before an address": f"From: Oficina:; <{VICTIM}>",
    "a remark behind the address": f"From: <{VICTIM}> (a {EVIL})",
    "a remark inside the address": "From: <victima(x)@minedu.example(@ataque.example)>",
    "a quoted local part": f'From: <"{VICTIM}"@ataque.example>',
    "a blank in the address": "From: <victima @minedu.example>",
    "a second at-sign": "From: <victima@minedu.example@ataque.example>",
    "an address literal": "From: <victima@[192.0.2.1]>",
    "a domain without a dot": "From: <victima@minedu>",
    "a domain with a dot at its end": "From: <victima@minedu.example.>",
    "a domain with a foreign letter": "From: <victima@mınedu.example>",
    "a local part with a foreign letter": "From: <víctima@minedu.example>",
    "a full-width at-sign": "From: <victima＠minedu.example>",
    "no address": "From: Ana Ruiz",
    "the null sender": "From: <>",
    "nothing": "From:",
    "no From at all": f"Sender: <{VICTIM}>",
    "a From whose name has a NUL": f"Fr\0om: <{VICTIM}>",
    "a NUL in the address": f"From: <{VICTIM}\0.ataque.example>",
    "a NUL in another field": f"From: <{VICTIM}>\r\nX-Nada: a\0b",
    "a carriage return alone": f"From: <{VICTIM}>\rX: <{EVIL}>",
    "a line that is no field": f"From: <{VICTIM}>\r\nhola",
    "an mbox line on top": f"From mala Tue Mar  3 10:15:00 2026\r\nFrom: <{VICTIM}>",
    "a field name that is not ASCII": f"Fröm: <{EVIL}>\r\nFrom: <{VICTIM}>",
}


@pytest.mark.parametrize("shape", FORGED)
def test_a_from_that_two_readers_could_read_differently_proves_nobody(shape: str) -> None:
    """Whatever the server proved, a From with any room for doubt is not authenticated."""
    evil = PROOF.replace("minedu", "ataque")
    for proof in (PROOF, evil):
        sender = verify(mail(FORGED[shape], proof), MX)
        assert not sender.authenticated
        assert sender.address == ""
        assert sender.reason


@pytest.mark.parametrize("name", ["Mesa de Partes UGEL Chota", encoded("Mesa de Partes")])
def test_a_from_folded_with_a_tab_is_honest(name: str) -> None:
    """Exchange folds long names so; it hides nothing."""
    assert verify(mail(f"From: {name}\r\n\t<{VICTIM}>", PROOF), MX).authenticated


A9 = f" From: <{EVIL}>\r\nFrom: <{VICTIM}>".encode()


@pytest.mark.parametrize(
    "raw",
    [
        mail(A9, PROOF.replace("minedu", "ataque")),
        A9 + b"\r\n" + mail("To: x@y.example", PROOF),
        A9 + b"\r\n" + mail("To: x@y.example", PROOF.replace("minedu", "ataque")),
    ],
    ids=["folded, the other proven", "on top", "on top, the other proven"],
)
def test_a_from_behind_a_blank_belongs_to_the_field_above(raw: bytes) -> None:
    """A9 of espoofer: a server that takes the blank away proves another address than ours."""
    assert not verify(raw, MX).authenticated


CONTROLS = [chr(n) for n in range(32) if chr(n) not in "\t\n\r"] + ["\x7f", "\x85"]


def test_a_control_character_cannot_hide_the_rest_of_a_from() -> None:
    """No sign but CRLF or LF ends a field: what follows it is still read, and doubted."""
    taken = [
        control
        for control in CONTROLS
        if verify(
            mail(f"From: {VICTIM}{control}X: <{NEIGHBOUR}>".encode("latin-1"), PROOF), MX
        ).authenticated
    ]
    assert taken == []


def test_a_subject_in_raw_windows_1252_does_not_discredit_its_sender() -> None:
    """An old program that writes «…» as one byte sends an honest mail."""
    raw = mail(f"From: {VICTIM}", PROOF).replace(b"Subject: x", b"Subject: usuario \x85 siagie")
    assert verify(raw, MX).authenticated


@pytest.mark.parametrize("sign", ["＠", "﹫"])
def test_a_name_that_looks_like_an_address_is_doubted_in_any_script(sign: str) -> None:
    """A full-width or small at-sign reads as one."""
    from_ = f"From: {encoded(f'victima{sign}minedu.example')} <{EVIL}>"
    assert not verify(mail(from_, PROOF.replace("minedu", "ataque")), MX).authenticated


@pytest.mark.parametrize(
    ("header", "why"),
    [
        (b"X: " + b"a" * trust.MAX_HEADER_BYTES, "demasiado larga"),
        (b"\r\n".join([b"X: a"] * trust.MAX_FIELDS), "demasiados campos"),
    ],
    ids=["long", "many"],
)
def test_a_header_no_honest_program_writes_is_refused(header: bytes, why: str) -> None:
    """Size and number of fields are bounded before anything else looks at them."""
    sender = verify(mail(header + f"\r\nFrom: {VICTIM}".encode(), PROOF), MX)
    assert (sender.authenticated, sender.address) == (False, "")
    assert why in sender.reason


# ------------------------------------------------------------------ what the server found


class Verdict(NamedTuple):
    """Authentication-Results fields, top to bottom, and whether they prove VICTIM."""

    fields: tuple[str, ...]
    proven: bool


def said(*fields: str, proven: bool = False) -> Verdict:
    return Verdict(tuple(f.replace("MX", MX) for f in fields), proven)


D = "minedu.example"
VERDICTS = {
    "dmarc passes": said(f"MX; dmarc=pass header.from={D}", proven=True),
    "with a version": said(f"MX 1; dmarc=pass header.from={D}", proven=True),
    "with a method version": said(f"MX; dmarc/1=pass header.from={D}", proven=True),
    "with remarks": said(f"MX; dmarc=pass (p=NONE dis=NONE) header.from={D}", proven=True),
    "folded": said(f"MX;\r\n\tdmarc=pass\r\n\theader.from={D}", proven=True),
    "in capitals": said(f"MX; DMARC=PASS HEADER.FROM={D.upper()}", proven=True),
    "among other methods": said(
        f"MX; spf=pass smtp.mailfrom=x@{D}; dkim=pass header.d={D}; dmarc=pass header.from={D}",
        proven=True,
    ),
    "spf fails, dmarc passes": said(
        f"MX; spf=fail smtp.mailfrom=x@reenvio.example; dmarc=pass header.from={D}", proven=True
    ),
    "dmarc in a field of its own": said(
        f"MX; dkim=pass header.d={D}", f"MX; dmarc=pass header.from={D}", proven=True
    ),
    "another server's field below": said(
        f"MX; dmarc=pass header.from={D}", "relay.example; dmarc=fail header.from=x.example",
        proven=True,
    ),
    "dkim of the very domain, no dmarc": said(f"MX; dkim=pass header.d={D}", proven=True),
    # not a pass
    "nothing": said(),
    "no result": said("MX; none"),
    "none behind a result": said(f"MX; dmarc=pass header.from={D}; none"),
    "none behind a result that proves nothing": said("MX; spf=pass; none"),
    "spf only": said(f"MX; spf=pass smtp.mailfrom=x@{D}"),
    "a login only": said(f"MX; auth=pass smtp.auth={VICTIM}"),
    "arc only": said("MX; arc=pass"),
    "dmarc fails": said(f"MX; dmarc=fail header.from={D}"),
    "dmarc none": said(f"MX; dmarc=none header.from={D}"),
    "dmarc softfail": said(f"MX; dmarc=softfail header.from={D}"),
    "dmarc neutral": said(f"MX; dmarc=neutral header.from={D}"),
    "dmarc temperror": said(f"MX; dmarc=temperror header.from={D}"),
    "dmarc permerror": said(f"MX; dmarc=permerror header.from={D}"),
    "dmarc bestguesspass": said(f"MX; dmarc=bestguesspass header.from={D}"),
    "dmarc fails though dkim passes": said(
        f"MX; dkim=pass header.d={D}; dmarc=fail header.from={D}"
    ),
    "dmarc none though dkim passes": said(
        f"MX; dkim=pass header.d={D}", f"MX; dmarc=none header.from={D}"
    ),
    # a pass for something else
    "dmarc of another domain": said("MX; dmarc=pass header.from=ataque.example"),
    "dmarc of a domain that begins alike": said(f"MX; dmarc=pass header.from={D}.ataque.example"),
    "dmarc of a domain that ends alike": said(f"MX; dmarc=pass header.from=mal-{D}"),
    "dmarc of the parent": said("MX; dmarc=pass header.from=example"),
    "dmarc without a domain": said("MX; dmarc=pass"),
    "dmarc by another property": said(f"MX; dmarc=pass policy.from={D} smtp.from={D}"),
    "dkim of another domain": said("MX; dkim=pass header.d=ataque.example"),
    "dkim of a subdomain": said(f"MX; dkim=pass header.d=boletin.{D}"),
    "dkim of the parent": said("MX; dkim=pass header.d=example"),
    "dkim by its identity only": said(f"MX; dkim=pass header.i=@ataque.example header.i={VICTIM}"),
    "dkim of a list besides": said(f"MX; dkim=pass header.d={D}; dkim=pass header.d=lista.example"),
    # fields that disagree
    "two fields, the upper fails": said(
        f"MX; dmarc=fail header.from={D}", f"MX; dmarc=pass header.from={D}"
    ),
    "two fields, the lower fails": said(
        f"MX; dmarc=pass header.from={D}", f"MX; dmarc=fail header.from={D}"
    ),
    "two fields, another domain below": said(
        f"MX; dmarc=pass header.from={D}", "MX; dmarc=pass header.from=ataque.example"
    ),
    "two results in one field": said(f"MX; dmarc=pass header.from={D}; dmarc=fail header.from={D}"),
    "dkim passes and fails": said(
        f"MX; dkim=pass header.d={D}", f"MX; dkim=fail header.d={D}"
    ),
    "one of the server's own that nobody understands": said(
        f"MX; dmarc=pass header.from={D}", "MX; dmarc=;;="
    ),
    # foreign ids
    "a foreign id": said(f"ataque.example; dmarc=pass header.from={D}"),
    "an id that ends alike": said(f"mal-MX; dmarc=pass header.from={D}"),
    "an id that begins alike": said(f"MX.ataque.example; dmarc=pass header.from={D}"),
    "our id in a remark": said(f"ataque.example (MX); dmarc=pass header.from={D}"),
    "our id after the first semicolon": said(f"ataque.example; MX; dmarc=pass header.from={D}"),
    "no id at all, as Microsoft writes": said(
        f"spf=pass smtp.mailfrom={D}; dkim=pass header.d={D};dmarc=pass header.from={D}"
    ),
    "a foreign id that hides ours in a quote": said(f'"ataque; MX"; dmarc=pass header.from={D}'),
    # injections: A4–A7 of espoofer, and strings that fool a search for dmarc=pass
    "A4 a quote in the signing domain": said(f"MX; dkim=pass header.d={D}'a.ataque.example"),
    "A5 a parenthesis in the envelope": said(
        f"MX; spf=pass smtp.mailfrom=x@{D}(.ataque.example; dmarc=pass header.from={D}"
    ),
    "A5 a parenthesis in the signing domain": said(f"MX; dkim=pass header.d={D}(.ataque.example"),
    "A6 a quote in the envelope": said(f"MX; spf=pass smtp.mailfrom=x@{D}'@y.ataque.example"),
    "A7 a route in the envelope": said(f"MX; spf=pass smtp.mailfrom=@{D},@z.example:'x@ataque"),
    "the pass in a remark": said(f"MX; dmarc=fail (dmarc=pass header.from={D}) header.from={D}"),
    "the pass in a nested remark": said(f"MX; dmarc=fail (a (dmarc=pass) b) header.from={D}"),
    "the pass in a reason": said(
        f'MX; dmarc=fail reason="x; dmarc=pass header.from={D}" header.from={D}'
    ),
    "the pass in a quoted local part": said(
        f'MX; spf=pass smtp.mailfrom="a; dmarc=pass header.from={D}"@ataque.example'
    ),
    "the pass behind a remark that never ends": said(f"MX; spf=pass (; dmarc=pass header.from={D}"),
    "the domain in a remark": said(f"MX; dmarc=pass (header.from={D}) header.from=ataque.example"),
}  # fmt: skip


@pytest.mark.parametrize("name", VERDICTS)
def test_only_the_pinned_servers_pass_for_the_from_domain_proves(name: str) -> None:
    """A pass counts when the pinned server says it, of this domain, and nowhere says otherwise."""
    verdict = VERDICTS[name]
    sender = verify(mail(f"From: <{VICTIM}>", *verdict.fields), MX)
    assert sender.authenticated == verdict.proven
    assert sender.address == VICTIM
    assert sender.reason


SILENT_ON_EVIL = [n for n in VERDICTS if "ataque" not in "".join(VERDICTS[n].fields)]


@pytest.mark.parametrize("name", SILENT_ON_EVIL)
def test_no_verdict_on_one_domain_proves_another(name: str) -> None:
    """What is said of the victim's domain proves no address of the attacker's."""
    assert not verify(mail(f"From: <{EVIL}>", *VERDICTS[name].fields), MX).authenticated


@pytest.mark.parametrize("pinned", ["", " ", "otro.example"])
def test_without_the_right_pin_nothing_is_proven(pinned: str) -> None:
    """A server that is not configured, or is configured wrongly, vouches for nobody."""
    assert not verify(mail(f"From: <{VICTIM}>", PROOF), pinned).authenticated


@pytest.mark.parametrize(
    "field",
    [
        "ARC-Authentication-Results: i=1; {}",
        "X-Authentication-Results: {}",
        "Authentication-Results-Original: {}",
        "Received-SPF: pass; {}",
        "X-Nada: x\r\n Authentication-Results: {}",
    ],
)
def test_other_fields_are_not_the_servers_word(field: str) -> None:
    """Only Authentication-Results itself is read, never its relatives nor a folded line."""
    raw = mail(f"{field.format(PROOF)}\r\nFrom: <{VICTIM}>")
    assert not verify(raw, MX).authenticated


def test_the_body_proves_nothing() -> None:
    """A field below the empty line is text."""
    assert not verify(mail(f"From: <{VICTIM}>") + PROOF.encode(), MX).authenticated


@pytest.mark.parametrize(
    "said_on_top", [f"{MX}; dkim=none", f"{MX}; spf=fail smtp.mailfrom=x.example"]
)
def test_a_verdict_below_the_received_line_is_not_the_servers(said_on_top: str) -> None:
    """Our server writes on top: what stands under its own Received line came with the mail."""
    raw = mail(f"From: <{VICTIM}>", said_on_top, below=(PROOF,))
    assert not verify(raw, MX).authenticated


def test_a_result_that_names_two_domains_proves_neither() -> None:
    """An injected second property makes a result ambiguous, not a proof."""
    fields = f"{MX}; dmarc=pass header.from={D} header.from=ataque.example"
    assert not verify(mail(f"From: <{VICTIM}>", fields), MX).authenticated


def test_a_composed_mail_is_proven_as_the_tests_claim() -> None:
    """The tests' own mails carry a verdict that counts, and none when asked for none."""
    one = compose(f"Ana <{VICTIM}>", "siagie@mailbot.example", "x", text="hola")
    two = compose(
        f"Ana <{VICTIM}>", "siagie@mailbot.example", "x", text="hola", authenticated=False
    )
    assert [verify(raw, MX).authenticated for raw in (one, two)] == [True, False]


# ------------------------------------------------------------------ every From there may be

PIECES = (
    *(VICTIM, f"<{VICTIM}>", EVIL, f"<{EVIL}>", f"<{NEIGHBOUR}>", NEIGHBOUR, "Ana Ruiz", "Ana"),
    *("<", ">", ",", ";", ":", '"', "\\", "(", ")", "@", " ", "\t", "'", ".", "Oficina:"),
    *("\r\n ", "\n\t", "\r\n", "\nFrom: ", "\r\nFrom: ", "\r\nfrom : ", "\r\nX: ", "\r\n From: "),
    *("=?utf-8?q?victima=40minedu.example?=", "=?utf-8?b?PA==?=", "=?utf-8?q?Ana?=", "=?x?q?y?="),
    *("\0", "\r", "é", "ñ", "\u200b", "\ufeff"),
)
froms = st.one_of(
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join),
    st.tuples(st.sampled_from(PIECES), st.sampled_from((VICTIM, f"<{VICTIM}>"))).map("".join),
    st.tuples(st.sampled_from((f"<{VICTIM}>", VICTIM)), st.sampled_from(PIECES)).map("".join),
    st.text(st.sampled_from('a@.<>"\\,;:() =?\r\n\tñ'), max_size=30).map(
        lambda t: f"{t}<{VICTIM}>"
    ),
)


def all_readings(raw: bytes) -> set[str]:
    """Every address that any reader could take for the sender's, by a grammar of its own.

    All fields a lenient reader could take for From, encoded words decoded, and of these every
    run of signs around an at-sign.
    """
    head = re.split(rb"\r?\n\r?\n", raw)[0].decode("latin-1")
    lines = re.sub(r"\r?\n[ \t]+", " ", head)
    values = re.findall(r"(?im)^[ \t]*from[ \t]*:(.*)$", lines)
    text = " ".join(values)
    text += " " + re.sub(r"=\?[^?]*\?([bq])\?([^?]*)\?=", _decoded, text, flags=re.IGNORECASE)
    found = re.findall(r"[^\s<>()\[\],;:\\\"]+@[^\s<>()\[\],;:\\\"]+", text)
    return {address.lower() for address in found if not address.startswith("=?")}


def _decoded(match: re.Match[str]) -> str:
    code, words = match[1].lower(), match[2].encode("latin-1", "replace")
    if code == "q":
        return quopri.decodestring(words.replace(b"_", b" ")).decode("latin-1")
    return base64.b64decode(words + b"==", validate=False).decode("latin-1")


@given(from_=froms, domain=st.sampled_from(("minedu.example", "ataque.example")))
@example(from_=f"<{VICTIM}>", domain="minedu.example")
@settings(max_examples=200, deadline=None)
def test_an_authenticated_address_is_the_only_one_anybody_could_read(
    from_: str, domain: str
) -> None:
    """Whoever is authenticated is the one address in the From, whatever reader reads it."""
    raw = mail(f"From: {from_}", f"{MX}; dmarc=pass header.from={domain}")
    sender = verify(raw, MX)
    if sender.authenticated:
        assert all_readings(raw) == {sender.address}
        assert sender.address.endswith(f"@{domain}")


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_bytes_have_a_verdict(raw: bytes) -> None:
    """The gate never breaks, and bytes without a verdict of ours prove nobody."""
    sender = verify(raw, MX)
    assert not sender.authenticated
    assert sender.reason


TOKENS = (
    *("; ", " ", "(", ")", '"', "\\", "=", "'", "\r\n\t", "/1", "(x)", ".", "a@", "reason="),
    *("dmarc", "dkim", "pass", "fail", "none", "spf=pass", "smtp.mailfrom=", f"header.d={D}"),
    *(f"header.from={D}", "header.from=ataque.example", f"dmarc=pass header.from={D}"),
    f"dkim=pass header.d={D}",
)
LITERAL = re.compile(
    r"(?:^|;)\s*(?:dmarc(?:\s*/\s*1)?\s*=\s*pass\b[^;]*?\bheader\s*\.\s*from"
    r"|dkim(?:\s*/\s*1)?\s*=\s*pass\b[^;]*?\bheader\s*\.\s*d)\s*=\s*\"?minedu\.example"
)


def without_remarks(value: str) -> str:
    """A field without its remarks, its quoted strings without signs that mean something."""
    kept, depth, quoted, skip = "", 0, False, False
    for sign in value:
        if skip:
            skip = False
        elif sign == "\\" and (quoted or depth):
            skip = True
        elif sign == '"' and not depth:
            quoted = not quoted
        elif sign in "()" and not quoted:
            depth = max(0, depth + (1 if sign == "(" else -1))
        elif not depth:
            kept += "_" if quoted and sign in ";= \t\r\n" else sign
    return kept


@given(st.lists(st.sampled_from(TOKENS), max_size=9).map("".join))
@settings(max_examples=200, deadline=None)
def test_a_pass_is_believed_only_where_it_stands_outside_remarks_and_quotes(field: str) -> None:
    """What proves a domain is a literal result for it, as a second reader of the field agrees."""
    raw = mail(f"From: <{VICTIM}>", f"{MX}; {field}")
    if verify(raw, MX).authenticated:
        assert LITERAL.search(without_remarks(field))
