"""Any mail is read or Malformed; what is read can be stored; only own words decide."""

from fuzz.inputs import mixed, sample_mails
from fuzz.reply import sound
from mailbot.model import Mail
from mailbot.parsers.mail import Malformed, files_in, read_mail
from mailbot.parsers.parse import read_token
from mailbot.parsers.reply import Verb, read_decision

TOKEN = "a" * 32
BOT = "siagie@mailbot.example"
HEAD = f"From: a@b.example\nTo: siagie+{TOKEN}@mailbot.example\nSubject: x\n"
WORDS = (
    *(b"\n", b"\r\n", b"\n\n", b"--b\n", b"--b--\n", b" ", b"\t", b";", b"=", b'"', b":", b"\0"),
    *(b"\nContent-Type: multipart/mixed; boundary=b\n\n--b\n", b"\nContent-Type: text/html\n"),
    *(b"\nContent-Type: message/rfc822\n\n", b"\nContent-Type: multipart/alternative;boundary=b\n"),
    *(b"\nContent-Transfer-Encoding: base64\n", b"\nContent-Transfer-Encoding: quoted-printable\n"),
    *(b"\nContent-Disposition: attachment; filename*=utf-8''%ff", b"; filename*0*=", b"; name=a"),
    *(b"; charset=utf-7", b"; charset=utf-16", b"; charset=hz", b"; charset=idna", b"; charset=x"),
    *(
        b"=?utf-8?q?=ED=A0=80?=",
        b"=?utf-7?q?+2AA-?=",
        b"=?x?b?/w==?=",
        b"\xff\xfe",
        b"\xed\xa0\x80",
    ),
    *(b"\nAPROBAR\n", b"\n> APROBAR\n", b"<p>APROBAR</p>", b"<s>", b"<div style='display:none'>"),
    *(
        b"\nAuto-Submitted: ",
        b"\nReferences: <a@b>",
        b"\nContent-Type: multipart/report\n",
        b"\x1b",
    ),
    *(
        b"Enviado el: martes\n",
        b"\nDe: x\n",
        b"El mar, 3 mar 2026, Ana escribi\xc3\xb3:\n",
        b"&#0;",
    ),
)


def seeds() -> list[bytes]:
    """The sample mails, and a reply in each dress."""
    plain = f"{HEAD}\nAPROBAR\n"
    html = f"{HEAD}Content-Type: text/html\n\n<p>APROBAR</p><blockquote>RECHAZAR</blockquote>"
    parts = (
        f"{HEAD}MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nAPROBAR\n"
        "--b\nContent-Type: message/rfc822\n\nSubject: y\n\nRECHAZAR\n--b--\n"
    )
    return [*sample_mails(3_000), plain.encode(), html.encode(), parts.encode()]


def check(data: bytes) -> None:
    """Read as it is; then as an attachment of an empty mail, where none of its words decide."""
    try:
        mail = read_mail(data)
        files_in(data)
    except Malformed:
        return
    _storable(mail)
    read_token(mail, BOT)
    sound(read_decision(mail), "\n\n".join(mail.own))
    _says_nothing_inside(data)


def _storable(mail: Mail) -> None:
    named = (name for a in mail.attachments for name in (a.name, a.type))
    texts = (mail.subject, mail.message_id, mail.quoted, mail.shown, mail.sender.address)
    for text in (*texts, *mail.own, *named, *mail.recipients, *mail.references, *mail.bounced):
        text.encode()
    for line in (mail.subject, mail.shown, *(a.name for a in mail.attachments)):
        assert line.isprintable(), line
    for attachment in mail.attachments:
        assert "/" not in attachment.name
        assert "\\" not in attachment.name


def _says_nothing_inside(data: bytes) -> None:
    """T18: a mail in a mail, whatever it is, holds none of the outer sender's words."""
    border = b"tan raro que no sale"
    part = b"--" + border + b"\nContent-Type: message/rfc822\n\n" + data
    kind = b'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="' + border + b'"\n\n'
    try:
        outer = read_mail(HEAD.encode() + kind + part + b"\n--" + border + b"--\n")
    except Malformed:
        return
    assert outer.own == (), outer.own
    assert read_decision(outer).verb is Verb.UNCLEAR


INPUTS = mixed(seeds(), WORDS)
