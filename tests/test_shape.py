"""Mails made to keep a parser busy are refused by counting, before any parser sees them (T45)."""

from collections.abc import Callable
from email import message_from_bytes

import mailparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mails import BOT, File, compose

from mailbot.parsers.mail import Malformed, read_mail
from mailbot.trust import Untrustworthy, bounded

ANA = "Ana <a@b.example>"
TOP = b"From: a@b.example\r\n"


def plain(*lines: bytes, body: bytes = b"x") -> bytes:
    return b"\r\n".join((TOP.strip(), *lines, b"", body))


def nested(depth: int, line: bytes = b"\r\n") -> bytes:
    levels = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n)
        for n in range(depth)
    )
    return (TOP + levels + b"\r\nhola\r\n").replace(b"\r\n", line)


def parts(count: int, boundary: bytes = b"boundary=b", line: bytes = b"\r\n") -> bytes:
    body = b"--b\r\n\r\nx\r\n" * count + b"--b--\r\n"
    return plain(b"Content-Type: multipart/mixed; " + boundary, body=body).replace(b"\r\n", line)


def words(count: int, name: bytes) -> bytes:
    return plain(name + b": " + b"\r\n ".join([b"=?utf-8?q?a?="] * count))


BOMBS: dict[str, Callable[[], bytes]] = {
    "900 nested remarks in From": lambda: plain().replace(
        b"From: ", b"From: " + b"(" * 900 + b")" * 900
    ),
    "nested remarks in To": lambda: plain(b"To: " + b"(" * 300 + b")" * 300 + b" a@b.example"),
    "1000 nested multiparts": lambda: nested(1000),
    "100 nested multiparts": lambda: nested(100),
    "1000 nested multiparts, line feeds only": lambda: nested(1000, b"\n"),
    "1000 nested multiparts, carriage returns only": lambda: nested(1000, b"\r"),
    "500 nested mails": lambda: plain(*[b"Content-Type: message/rfc822\r\n"] * 500),
    "20000 encoded words in Subject": lambda: words(20_000, b"Subject"),
    "2000 encoded words in To": lambda: words(2_000, b"To"),
    "50000 parts": lambda: parts(50_000),
    "50000 parts, line feeds only": lambda: parts(50_000, line=b"\n"),
    "50000 parts, carriage returns only": lambda: parts(50_000, line=b"\r"),
    "parts behind a quoted boundary": lambda: parts(2_000, b'boundary="b"'),
    "parts behind a boundary in pieces": lambda: parts(2_000, b"boundary*0=b"),
    "parts behind an encoded boundary": lambda: parts(2_000, b"boundary*=us-ascii''b"),
    "parts behind a second parameter": lambda: parts(2_000, b"x=y;\r\n boundary = b"),
    "3000 pieces of a parameter": lambda: plain(
        b"Content-Type: text/plain;\r\n " + b";\r\n ".join(b"name*%d*=''x" % n for n in range(3000))
    ),
    "3000 pieces of a file name": lambda: plain(
        b"Content-Disposition: attachment;\r\n "
        + b";\r\n ".join(b"filename*%d=x" % n for n in range(3000))
    ),
    "3000 pieces in a part": lambda: plain(
        b"Content-Type: multipart/mixed; boundary=b",
        body=b"--b\r\nContent-Disposition: attachment;\r\n "
        + b";\r\n ".join(b"filename*%d=x" % n for n in range(3000)) + b"\r\n\r\nx\r\n--b--\r\n",
    ),
    "encoded words in a file name": lambda: plain(
        b"Content-Type: multipart/mixed; boundary=b",
        body=b'--b\r\nContent-Disposition: attachment; filename="'
        + b"\r\n ".join([b"=?utf-8?q?a?="] * 2_000) + b'"\r\n\r\nx\r\n--b--\r\n',
    ),
    "20000 fields": lambda: plain(*[b"X: y"] * 20_000),
    "a line of a megabyte": lambda: plain(b"X: " + b"y" * 1_000_000),
    "a line of ten kilobytes": lambda: plain(b"X: " + b"y" * 10_000),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_before_it_is_opened(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """T45: the parser is not even called: there is none to call."""
    raw = BOMBS[name]()
    monkeypatch.setattr(mailparser, "parse_from_bytes", None)
    with pytest.raises(Malformed, match=r"demasiad|separador"):
        read_mail(raw)


PDFS = [
    File(f"Oficio N° {n:04} de la Dirección Regional de Educación.pdf", b"%PDF-1.4 x")
    for n in range(40)
]
HONEST: dict[str, Callable[[], bytes]] = {
    "forty attachments with long names": lambda: compose(
        ANA, BOT, "Solicitud de creación de usuario " * 5, text="Va.", attachments=PDFS
    ),
    "a name of 250 letters in pieces": lambda: compose(
        ANA, BOT, "x", text="Va.", attachments=[File("ñandú " * 40 + ".pdf", b"%PDF-1.4 x")]
    ),
    "sixty recipients with encoded names": lambda: plain(
        b"To: " + b",\r\n ".join(b"=?utf-8?q?Jos=C3=A9?= <a%d@b.example>" % n for n in range(60))
    ),
    "a mail forwarded five times": lambda: plain(*[b"Content-Type: message/rfc822\r\n"] * 5),
    "rulers and signatures": lambda: parts(2) + b"-- \r\n" + b"-------------\r\n" * 3_000,
    "remarks in a subject": lambda: plain(b"Subject: " + b"(:) " * 40),
    "twenty hops": lambda: plain(
        *[b"Received: from a (b [192.0.2.1]) (using TLS (x)) by c (d); Tue, 3 Mar 2026"] * 20
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HONEST)
def test_what_honest_programs_write_is_within_bounds(name: str) -> None:
    """The counterpart: circulars, long names, many scans, long chains are read."""
    assert read_mail(HONEST[name]())


BOUNDARIES = st.sampled_from(
    [
        b"boundary=b",
        b'boundary="b"',
        b"BOUNDARY=b",
        b"boundary = b",
        b";boundary=b",
        b"x=1; boundary=b",
    ]
)


@given(BOUNDARIES, st.sampled_from([b"\r\n", b"\n"]), st.integers(600, 700))
@settings(max_examples=60, deadline=None)
def test_no_way_to_write_a_boundary_hides_parts_from_the_count(
    boundary: bytes, line: bytes, count: int
) -> None:
    """T45: where the standard library sees many parts, the count does too."""
    raw = parts(count, boundary, line)
    seen = message_from_bytes(raw)
    if seen.is_multipart():
        with pytest.raises(Untrustworthy):
            bounded(raw)
