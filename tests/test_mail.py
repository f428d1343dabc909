"""Raw bytes become a Mail whose words are told apart by whose they are — or Malformed, quickly."""

import base64
import bz2
import time
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mails import File, bounce, compose, file_part, head, multipart, out_of_office, text_part

from mailbot.model import Mail
from mailbot.parsers.kinds import sniff
from mailbot.parsers.mail import Malformed, read_mail

ME, BOT = "ana@ugelchota.example", "siagie@mailbot.example"
PDF = b"%PDF-1.4\n%%EOF\n"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)


def mail(body: bytes, *headers: tuple[str, str]) -> bytes:
    """Return a mail around a body that brings its own Content-Type."""
    known = (("From", f"Ana <{ME}>"), ("To", BOT), ("Subject", "Usuario"), ("MIME-Version", "1.0"))
    named = {name for name, _ in headers}
    return head([*headers, *((n, v) for n, v in known if n not in named)]) + body


def mixed(*parts: bytes, kind: str = "mixed", boundary: str = "=_b") -> bytes:
    return multipart(kind, parts, boundary)


def read(*parts: bytes, kind: str = "mixed") -> Mail:
    return read_mail(mail(mixed(*parts, kind=kind)))


def nested(body: bytes, disposition: str | None = None) -> bytes:
    raw = head([("From", "Otro <otro@x.example>"), ("Subject", "Adentro")]) + body
    return file_part(File("correo.eml", raw, "message/rfc822", disposition))


def pdf(name: str | None = "oficio.pdf", **how: str | None) -> bytes:
    return file_part(File(name, PDF, **how))  # type: ignore[arg-type]


# ------------------------------------------------------------------ whose words

APPROVE, OWN = "APROBAR", "Adjunto el oficio."


def attached_text(disposition: str, name: str = "a.txt", kind: str = "text/plain") -> bytes:
    return file_part(File(name, APPROVE.encode(), kind, disposition))


def text_named_by_type() -> bytes:
    return b'Content-Type: text/plain; name="a.txt"\r\n\r\n' + APPROVE.encode()


def text_attached_without_name() -> bytes:
    return b"Content-Type: text/plain\r\nContent-Disposition: attachment\r\n\r\n" + APPROVE.encode()


HIDDEN: dict[str, Callable[[], bytes]] = {
    "a text file": lambda: attached_text("attachment"),
    "a text file shown inline": lambda: attached_text("inline"),
    "a text file named by its type only": text_named_by_type,
    "a text file without a name": text_attached_without_name,
    "an HTML file": lambda: attached_text("attachment", "a.html", "text/html"),
    "a calendar": lambda: text_part(APPROVE, "calendar"),
    "a table of values": lambda: text_part(APPROVE, "csv"),
    "a nested mail": lambda: nested(text_part(APPROVE)),
    "a nested mail, attached": lambda: nested(text_part(APPROVE), "attachment"),
    "a nested mail in HTML": lambda: nested(text_part(f"<p>{APPROVE}</p>", "html")),
    "a nested mail in two dresses": lambda: nested(
        mixed(text_part(APPROVE), text_part(APPROVE, "html"), kind="alternative", boundary="=_c")
    ),
    "a mail nested twice": lambda: nested(mixed(nested(text_part(APPROVE)), boundary="=_c")),
    "a delivery report": lambda: (
        b"Content-Type: message/delivery-status\r\n\r\nAction: failed\r\n\r\n" + APPROVE.encode()
    ),
    "a part of a mail": lambda: (
        b'Content-Type: message/partial; number=1; id="x"\r\n\r\n' + APPROVE.encode()
    ),
    "a digest": lambda: mixed(
        b"\r\nFrom: otro@x.example\r\n\r\n" + APPROVE.encode(), kind="digest", boundary="=_d"
    ),
    "an unknown kind": lambda: b"Content-Type: application/x-nada\r\n\r\n" + APPROVE.encode(),
}


@pytest.mark.parametrize("where", HIDDEN)
def test_words_that_are_not_the_senders_are_never_own(where: str) -> None:
    """A command in a file, a report or a nested mail is not said by who sent the mail."""
    parts = (text_part(OWN), HIDDEN[where]())
    for kind, order in (("mixed", parts), ("mixed", parts[::-1]), ("related", parts)):
        assert read(*order, kind=kind).own == (OWN,)


@pytest.mark.parametrize("where", HIDDEN)
def test_a_mail_without_words_of_its_own_says_nothing(where: str) -> None:
    """What hides in the only part is not promoted to the sender's words."""
    assert read(HIDDEN[where]()).own == ()
    assert read_mail(mail(HIDDEN[where]())).own == ()


def test_a_nested_mails_words_are_quoted_and_its_files_attached() -> None:
    """A mail passed on as a file brings its papers; its words are nobody's here."""
    inner = mixed(text_part("Pido el alta."), pdf("RD 12.pdf"), boundary="=_c")
    found = read(text_part(OWN), nested(inner), pdf("oficio.pdf"))
    assert found.own == (OWN,)
    assert "Pido el alta." in found.quoted
    assert found.forwarded
    assert [a.name for a in found.attachments] == ["adjunto: RD 12.pdf", "oficio.pdf"]
    assert {a.type for a in found.attachments} == {"pdf"}


def test_a_nested_mail_in_base64_keeps_its_files() -> None:
    """Against the standard, but programs write it: the papers inside must not vanish."""
    inner = head([("From", "otro@x.example")]) + mixed(text_part("x"), pdf("RD 12.pdf"))
    raw = b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    found = read(text_part(OWN), raw + base64.encodebytes(inner))
    assert [a.type for a in found.attachments] == ["pdf"]


def test_every_inline_text_is_own_in_order() -> None:
    """Programs split what a person typed around a picture."""
    found = read(
        text_part("Uno."), file_part(File("f.png", PNG, "image/png", "inline")), text_part("Dos.")
    )
    assert found.own == ("Uno.", "Dos.")


@pytest.mark.parametrize(
    ("plain", "html", "own"),
    [
        ("Apruebo", "<p>Apruebo</p>", ("Apruebo",)),
        ("Apruebo", "<p>No apruebo</p>", ("Apruebo",)),
        ("", "<p>Apruebo</p>", ("Apruebo",)),
        (" \n\n ", "<p>Apruebo</p>", ("Apruebo",)),
        ("", "<p style='display:none'>Apruebo</p>", ()),
        ("> Apruebo", "<p>No</p>", ()),
    ],
)
def test_of_two_dresses_the_plain_one_counts_if_it_says_anything(
    plain: str, html: str, own: tuple[str, ...]
) -> None:
    """The HTML is read only where the plain text is blank; a quote is not blank."""
    assert read(text_part(plain), text_part(html, "html"), kind="alternative").own == own


def test_a_mail_in_html_only_is_read() -> None:
    """Outlook sends no plain text where it is told so; lines and paragraphs survive."""
    found = read_mail(compose(ME, BOT, "x", html="<div>Señores:<br>Va el oficio.</div><p>Ana</p>"))
    assert [line for line in found.own[0].splitlines() if line] == [
        "Señores:",
        "Va el oficio.",
        "Ana",
    ]


def test_files_inside_an_alternative_are_attached() -> None:
    """Apple Mail puts the papers into the HTML's half."""
    half = mixed(text_part("<p>x</p>", "html"), pdf(), kind="related", boundary="=_c")
    found = read(text_part("Va el oficio."), half, kind="alternative")
    assert (found.own, [a.name for a in found.attachments]) == (("Va el oficio.",), ["oficio.pdf"])


def test_a_signed_mail_is_read_like_another() -> None:
    """S/MIME signs a part beside it; the text is the sender's."""
    seal = file_part(File("smime.p7s", b"0\x82", "application/pkcs7-signature"))
    found = read(text_part(OWN), seal, kind="signed")
    assert found.own == (OWN,)


def test_quoted_words_are_kept_apart() -> None:
    """What stands below «El … escribió:» is not own, and is not lost."""
    text = (
        "Conforme\n\nEl 3 mar 2026 a las 10:15, Bot <b@x.example> escribió:\n> APROBAR o RECHAZAR"
    )
    found = read(text_part(text))
    assert found.own == ("Conforme",)
    assert "APROBAR o RECHAZAR" in found.quoted


def test_html_quotes_are_kept_apart() -> None:
    """The same in HTML only."""
    html = "<p>Conforme</p><div class=gmail_quote>APROBAR</div>"
    found = read(text_part(html, "html"))
    assert (found.own, found.quoted.strip()) == (("Conforme",), "APROBAR")


# ------------------------------------------------------------------ characters

WORDS = "Señor Jefe: la oficina pidió un año más — “ok” €"
PLAIN = "Señor Jefe: la oficina pidió un año más"


def typed(charset: str | None, data: bytes, transfer: str = "8bit") -> Mail:
    label = f'; charset="{charset}"' if charset else ""
    top = f"Content-Type: text/plain{label}\r\nContent-Transfer-Encoding: {transfer}\r\n\r\n"
    return read_mail(mail(top.encode() + data))


CHARSETS = {
    "utf-8": ("utf-8", WORDS.encode()),
    "UTF8": ("UTF8", WORDS.encode()),
    "windows-1252": ("windows-1252", WORDS.encode("cp1252")),
    "iso-8859-1": ("iso-8859-1", PLAIN.encode("latin-1")),
    "iso-8859-1 that is cp1252": ("iso-8859-1", WORDS.encode("cp1252")),
    "latin1 that is cp1252": ("latin1", WORDS.encode("cp1252")),
    "iso-8859-15": ("iso-8859-15", PLAIN.encode("iso-8859-15")),
    "us-ascii that is utf-8": ("us-ascii", WORDS.encode()),
    "us-ascii that is cp1252": ("us-ascii", WORDS.encode("cp1252")),
    "undeclared utf-8": (None, WORDS.encode()),
    "undeclared cp1252": (None, WORDS.encode("cp1252")),
    "undeclared latin-1": (None, PLAIN.encode("latin-1")),
    "utf-8 that is cp1252": ("utf-8", WORDS.encode("cp1252")),
    "utf-16": ("utf-16", WORDS.encode("utf-16")),
    "a label nobody knows": ("x-desconocido", WORDS.encode()),
    "a label with a blank": (" utf-8 ", WORDS.encode()),
    "mac-roman": ("macintosh", PLAIN.encode("mac-roman")),
    "cp850": ("cp850", PLAIN.encode("cp850")),
}


@pytest.mark.parametrize("name", sorted(CHARSETS))
def test_accents_survive_every_charset(name: str) -> None:
    """Declared, misdeclared or not declared at all, the words are those that were typed."""
    label, data = CHARSETS[name]
    assert typed(label, data).own[0] in (WORDS, PLAIN)


TRANSFORMED = {
    "base64": b"QVBST0JBUg==",
    "hex": b"4150524f424152",
    "rot13": b"NCEBONE",
    "quopri": b"=41PROBAR",
    "zlib": zlib.compress(b"APROBAR"),
    "bz2": bz2.compress(b"APROBAR"),
}


@pytest.mark.parametrize("label", TRANSFORMED)
def test_a_charset_that_is_a_transform_is_not_obeyed(label: str) -> None:
    """«charset=zlib» is no charset: nothing is unpacked, and no mail breaks on it."""
    assert "APROBAR" not in "".join(typed(label, TRANSFORMED[label]).own)


@pytest.mark.parametrize("transfer", ["base64", "quoted-printable", "8bit", "7bit"])
def test_every_transfer_encoding_is_undone(transfer: str) -> None:
    """The transport's code is not part of the words."""
    text = "Hola Peru" if transfer == "7bit" else "Señor: 100 % = todo"
    assert read(text_part(text, transfer=transfer)).own == (text,)  # type: ignore[arg-type]


def test_broken_base64_in_a_text_is_no_error() -> None:
    """A text that cannot be decoded is not lost the whole mail."""
    broken = b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\nA!!"
    assert isinstance(read(broken, pdf()), Mail)
    assert [a.type for a in read(broken, pdf()).attachments] == ["pdf"]


SUBJECTS = {
    "plain": ("Alta de usuario", "Alta de usuario"),
    "encoded": ("=?UTF-8?B?Q3JlYWNpw7Nu?= de usuario", "Creación de usuario"),
    "encoded q": ("=?iso-8859-1?Q?Creaci=F3n_de_usuario?=", "Creación de usuario"),
    "split inside a letter's bytes": ("=?utf-8?b?Q3JlYWNpww==?= =?utf-8?b?s24=?=", "Creación"),
    "two words": ("=?utf-8?q?Creaci=C3=B3n?=\r\n =?utf-8?q?_de_usuario?=", "Creación de usuario"),
    "folded": ("Alta de\r\n usuario", "Alta de usuario"),
    "folded with a tab": ("Alta de\r\n\tusuario", "Alta de usuario"),
    "a line end inside": ("=?utf-8?q?Alta=0D=0ABcc:_x@y.example?=", "Alta Bcc: x@y.example"),
    "bidi": ("=?utf-8?b?QWx0YeKAruKAi2E=?=", "Alta a"),
    "raw utf-8": ("Creación de usuario", "Creación de usuario"),
    "a charset nobody knows": ("=?x-nada?q?Alta?=", "Alta"),
    "nothing": ("", ""),
}


@pytest.mark.parametrize("name", SUBJECTS)
def test_subjects_are_one_clean_line(name: str) -> None:
    """Decoded, unfolded, without control, format or bidi signs."""
    written, wanted = SUBJECTS[name]
    assert read_mail(mail(text_part("x"), ("Subject", written))).subject == wanted


def test_a_subject_in_raw_latin_1_keeps_its_letters() -> None:
    """«Creación» may not become «Creacin»."""
    raw = mail(text_part("x"), ("Subject", "Creaci@n")).replace(b"Creaci@n", b"Creaci\xf3n")
    assert read_mail(raw).subject == "Creación"


def test_two_subjects_are_joined() -> None:
    """A duplicated field is no crash."""
    raw = mail(text_part("x"), ("Subject", "uno"), ("Subject", "dos"))
    assert read_mail(raw).subject == "uno dos"


# ------------------------------------------------------------------ files

TILDES = "RESOLUCIÓN DIRECTORAL N° 123 - ñandú.pdf"
NAMES = {
    "rfc2231": (pdf(TILDES), TILDES),
    "rfc2047": (pdf(TILDES, encoding="rfc2047"), TILDES),
    "rfc2231 in latin-1": (
        b"Content-Type: application/pdf\r\nContent-Disposition: attachment;\r\n"
        b" filename*=iso-8859-1'es'RESOLUCI%D3N.pdf\r\n\r\n" + PDF,
        "RESOLUCIÓN.pdf",
    ),
    "rfc2231 in pieces": (
        b"Content-Type: application/pdf\r\nContent-Disposition: attachment;\r\n"
        b" filename*0*=utf-8''RESOLUCI%C3%93N%20;\r\n filename*1=\"N 12\";\r\n filename*2=.pdf"
        b"\r\n\r\n" + PDF,
        "RESOLUCIÓN N 12.pdf",
    ),
    "rfc2047 of several words": (
        b'Content-Type: application/pdf; name="=?utf-8?q?RESOLUCI=C3=93N?=\r\n'
        b' =?utf-8?q?_N_12.pdf?="\r\n\r\n' + PDF,
        "RESOLUCIÓN N 12.pdf",
    ),
    "by type only": (pdf(disposition=None), "oficio.pdf"),
    "inline": (pdf(disposition="inline"), "oficio.pdf"),
    "octet-stream": (pdf(content_type="application/octet-stream"), "oficio.pdf"),
    "labelled as text": (pdf(content_type="text/plain"), "oficio.pdf"),
    "a text without a name that is a pdf": (
        b"Content-Type: text/plain\r\n\r\n" + PDF,
        "archivo-1.pdf",
    ),
    "no name": (pdf(None), "archivo-1.pdf"),
    "no name, no disposition": (pdf(None, disposition=None), "archivo-1.pdf"),
    "no name, octet-stream, inline": (
        pdf(None, content_type="application/octet-stream", disposition="inline"),
        "archivo-1.pdf",
    ),
    "a unix path": (pdf("../../etc/oficio.pdf"), "oficio.pdf"),
    "a windows path": (pdf("C:\\\\escritorio\\\\oficio.pdf"), "oficio.pdf"),
    "dots only": (pdf("..."), "archivo-1.pdf"),
    "turned round by bidi": (pdf("oficio\u202efdp.exe"), "oficio fdp.exe"),
    "very long": (pdf("o" * 500 + ".pdf"), "o" * 120),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_pdf_is_found_under_any_label_and_keeps_its_name(name: str) -> None:
    """Type comes from the bytes; a name keeps its accents and loses its path and hidden signs."""
    part, wanted = NAMES[name]
    found = read(text_part(OWN), part)
    assert [(a.name, a.type) for a in found.attachments] == [(wanted, "pdf")]
    assert found.attachments[0].data.strip() == PDF.strip()
    assert found.own == (OWN,)


@pytest.mark.parametrize("letter", [b"\xc3\x93", b"\xd3"], ids=["utf-8", "latin-1"])
def test_a_file_name_in_raw_letters_keeps_them(letter: bytes) -> None:
    """Webmail and scanners write names without any encoding."""
    found = read(pdf("RESOLUCI@N.pdf").replace(b"@", letter))
    assert found.attachments[0].name == "RESOLUCIÓN.pdf"


def test_unnamed_files_are_told_apart_by_number_and_kind() -> None:
    """Equal contents get equal names at every reading."""
    found = read(text_part(OWN), pdf(None), file_part(File(None, PNG, "image/png", "inline")))
    again = read(text_part(OWN), pdf(None), file_part(File(None, PNG, "image/png", "inline")))
    assert [a.name for a in found.attachments] == ["archivo-1.pdf", "archivo-2.png"]
    assert found == again


def test_a_mail_that_is_a_file_is_read() -> None:
    """Scanners mail a PDF with no text at all."""
    found = read_mail(mail(pdf("Scan_001.pdf")))
    assert ([a.name for a in found.attachments], found.own) == (["Scan_001.pdf"], ())


def test_an_empty_file_is_no_file() -> None:
    """Nothing to open, nothing to name."""
    assert read(text_part(OWN), file_part(File("x.pdf", b""))).attachments == ()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (PDF, "pdf"),
        (b"\r\n\r\n" + PDF, "pdf"),
        (b"x" * 1000 + PDF, "pdf"),
        (b"x" * 1100 + PDF, "bin"),
        (PNG, "png"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "jpg"),
        (b"MZ\x90\0", "exe"),
        (b"PK\x03\x04", "zip"),
        (b"hola", "bin"),
        (b"", "bin"),
    ],
)
def test_kinds_are_told_by_bytes(data: bytes, kind: str) -> None:
    """A label is never believed; a PDF may have rubbish before its mark, as readers allow."""
    assert sniff(data) == kind


# ------------------------------------------------------------------ forwarded

FORWARDS = [
    "RV: Oficio",
    "Rv: x",
    "FW: x",
    "Fwd: x",
    "fwd : x",
    "Reenviado: x",
    "ENC: x",
]


@pytest.mark.parametrize("subject", FORWARDS)
def test_a_forwarded_subject_tells(subject: str) -> None:
    """The marks that Outlook, Gmail, Zimbra and phones put."""
    assert read_mail(mail(text_part(OWN), ("Subject", subject))).forwarded


@pytest.mark.parametrize("subject", ["Reenvío: x", "REENVÍO: x", "Reenvio: x", "Reenvía: x"])
def test_a_forwarded_subject_tells_in_proper_spanish(subject: str) -> None:
    """«Reenvío:» is what Thunderbird and webmail write."""
    assert read_mail(mail(text_part(OWN), ("Subject", subject))).forwarded


@pytest.mark.parametrize(
    "text",
    [
        "---------- Forwarded message ---------\nDe: Ana",
        "Va.\n\n---------- Mensaje reenviado ----------\nDe: Ana",
        "-------- Mensaje reenviado --------\nAsunto: x",
        "Inicio del mensaje reenviado:\n\nDe: Ana",
        "Begin forwarded message:\n\nFrom: Ana",
    ],
)
def test_a_forwarded_text_tells(text: str) -> None:
    """The separators that programs put above what they pass on."""
    assert read(text_part(text)).forwarded


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Re: Oficio", "Conforme"),
        ("Alta de usuario", "Reenviado ayer por error, disculpen."),
        ("FWD", "Se remite el oficio."),
        ("Encargatura de director", "El mensaje fue reenviado."),
        ("Rvdo. Padre director", OWN),
    ],
)
def test_ordinary_mail_is_not_forwarded(subject: str, text: str) -> None:
    """Words alone do not make a forward."""
    assert not read_mail(mail(text_part(text), ("Subject", subject))).forwarded


# ------------------------------------------------------------------ machines

MACHINES = {
    "auto-replied": [("Auto-Submitted", "auto-replied")],
    "auto-generated": [("Auto-Submitted", "auto-generated")],
    "auto-replied with parameters": [("Auto-Submitted", "auto-replied; owner-email=x@y.example")],
    "auto-replied by Zimbra": [("Auto-Submitted", "auto-replied (zimbra; vacation)")],
    "in capitals": [("AUTO-SUBMITTED", "Auto-Replied")],
    "bulk": [("Precedence", "bulk")],
    "junk": [("Precedence", "junk")],
    "list precedence": [("Precedence", "list")],
    "auto_reply precedence": [("Precedence", "auto_reply")],
    "null return path": [("Return-Path", "<>")],
    "a list": [("List-Id", "<boletin.x.example>")],
    "a newsletter": [("List-Unsubscribe", "<https://x.example>")],
    "mailer-daemon": [("From", "Mail Delivery Subsystem <MAILER-DAEMON@x.example>")],
    "postmaster": [("From", "postmaster@x.example")],
    "away": [("Subject", "Respuesta automática: Alta de usuario")],
    "away without accent": [("Subject", "RESPUESTA AUTOMATICA: x")],
    "out of office": [("Subject", "Fuera de la oficina: x")],
    "out of office short": [("Subject", "Fuera de oficina Re: x")],
    "automatic reply": [("Subject", "Automatic reply: x")],
    "out of office in English": [("Subject", "Out of Office: x")],
}


@pytest.mark.parametrize("name", MACHINES)
def test_a_machines_mail_is_known(name: str) -> None:
    """RFC 3834 and its relatives; the sign that told is named."""
    found = read_mail(mail(text_part(APPROVE), *MACHINES[name]))
    assert found.automatic in {field.title() for field, _ in MACHINES[name]} | {"List-*"}


@pytest.mark.parametrize(
    "headers",
    [
        [("X-Auto-Response-Suppress", "All"), ("X-Autoreply", "yes")],
        [("X-Autorespond", "yes")],
        [("X-Autoreply", "yes")],
        [("Subject", "Re: Respuesta automática: x")],
        [("Subject", "Respuesta Automatizada: x")],
        [("Subject", "Auto: Fuera de la oficina")],
        [("From", "MAILER-DAEMON (Mail Delivery System)")],
    ],
    ids=str,
)
def test_an_old_autoresponders_mail_is_known(headers: list[tuple[str, str]]) -> None:
    """cPanel, Horde and old Exchange leave these signs only."""
    assert read_mail(mail(text_part(APPROVE), *headers)).automatic


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("Auto-Submitted", "no")],
        [("Auto-Submitted", "No")],
        [("Precedence", "first-class")],
        [("Return-Path", f"<{ME}>")],
        [("Subject", "Re: mi respuesta automática de ayer")],
        [("Subject", "Solicito alta: el director está fuera de la oficina")],
        [("From", "postmasterito@x.example")],
        [("X-Priority", "1")],
    ],
    ids=str,
)
def test_a_persons_mail_is_no_machines(headers: list[tuple[str, str]]) -> None:
    """A request must not be lost for a header that anybody's program writes."""
    assert read_mail(mail(text_part(OWN), *headers)).automatic is None


def test_an_absence_is_automatic_and_says_nothing_more() -> None:
    """The tests' own out-of-office mail."""
    raw = out_of_office(ME, BOT, "Re: x", "No estoy.", answers="<q@x.example>")
    assert read_mail(raw).automatic == "Auto-Submitted"


REPORTED = "<holder-credentials.abc@mailbot.example>"


def test_a_bounce_names_the_letter_that_came_back() -> None:
    """By the returned headers, as RFC 3464 has them."""
    returned = head([("Message-ID", REPORTED), ("Subject", "x")])
    found = read_mail(bounce("nadie@x.example", BOT, returned))
    assert (found.bounced, bool(found.automatic)) == ((REPORTED,), True)


def returned(kind: str, id_: str) -> Mail:
    part = f"Content-Type: {kind}\r\n\r\nFrom: {BOT}\r\nMessage-ID:{id_}\r\n\r\nx".encode()
    status = b"Content-Type: message/delivery-status\r\n\r\nAction: failed\r\n"
    return read(text_part("No llegó"), status, part, kind="report; report-type=delivery-status")


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_a_bounce_may_return_the_whole_letter(kind: str) -> None:
    """Whole or as headers."""
    assert returned(kind, f" {REPORTED}").bounced == (REPORTED,)


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_a_bounce_may_return_a_folded_message_id(kind: str) -> None:
    """A relay may fold the field it returns; the bot's own ids are long."""
    assert returned(kind, f"\r\n {REPORTED}").bounced == (REPORTED,)


def test_ordinary_mail_reports_nothing() -> None:
    """A forwarded letter of ours is no bounce."""
    letter = nested(text_part("x"))
    assert read(text_part(OWN), letter).bounced == ()


def test_threads_and_recipients_are_read() -> None:
    """Every place where the sender names an address or a parent, each once and in lower case."""
    found = read_mail(
        mail(
            text_part("x"),
            ("To", f"Bot <{BOT.upper()}>, otro@x.example"),
            ("Cc", f"{BOT}, =?utf-8?q?=C3=91?= <n@x.example>"),
            ("Delivered-To", "siagie+abc@mailbot.example"),
            ("Message-ID", " <uno@x.example>"),
            ("In-Reply-To", "<dos@x.example>"),
            ("References", "<tres@x.example>\r\n <dos@x.example>"),
        )
    )
    assert found.recipients == (BOT, "otro@x.example", "n@x.example")
    assert found.message_id == "<uno@x.example>"
    assert found.references == ("<dos@x.example>", "<tres@x.example>")


# ------------------------------------------------------------------ made to break us


def multiparts(depth: int) -> bytes:
    levels = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n)
        for n in range(depth)
    )
    return b"From: a@b.example\r\n" + levels + b"\r\nhola\r\n"


def plain(*lines: bytes, body: bytes = b"x") -> bytes:
    return b"\r\n".join((b"From: a@b.example", *lines, b"", body))


def parts(count: int) -> bytes:
    top = b"Content-Type: multipart/mixed; boundary=b"
    return plain(top, body=b"--b\r\n\r\nx\r\n" * count + b"--b--\r\n")


BOMBS: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "a line end": lambda: b"\r\n",
    "every byte": lambda: bytes(range(256)) * 40,
    "no header": lambda: b"\r\n\r\nhola",
    "a header only": lambda: b"From: a@b.example",
    "900 remarks in From": lambda: b"From: " + b"(" * 900 + b")" * 900 + b" a@b.example\r\n\r\nx",
    "9000 remarks in From": lambda: b"From: " + b"(" * 9000 + b" a@b.example\r\n\r\nx",
    "100 multiparts": lambda: multiparts(100),
    "1000 multiparts": lambda: multiparts(1000),
    "5000 nested mails": lambda: plain(*[b"Content-Type: message/rfc822\r\n"] * 5000),
    "40 nested mails": lambda: plain(*[b"Content-Type: message/rfc822\r\n"] * 40),
    "20000 parts": lambda: parts(20_000),
    "20000 encoded words": lambda: plain(
        b"Subject: " + b"\r\n ".join([b"=?utf-8?q?a?="] * 20_000)
    ),
    "5000 encoded words in a line": lambda: plain(
        b"Subject: " + b" ".join([b"=?utf-8?q?a?="] * 5_000)
    ),
    "3000 pieces of a parameter": lambda: plain(
        b"Content-Type: text/plain; " + b"; ".join(b"name*%d*=utf-8''x" % n for n in range(3000))
    ),
    "3000 pieces of a name": lambda: plain(
        b"Content-Disposition: attachment; " + b"; ".join(b"filename*%d=x" % n for n in range(3000))
    ),
    "no epilogue": lambda: (
        b'Content-Type: multipart/mixed; boundary="a"\r\n\r\n--a\r\n'
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n--a--'
    ),
    "a NUL in the charset": lambda: plain(b'Content-Type: text/plain; charset="utf\0-8"'),
    "a multipart without a boundary": lambda: plain(b"Content-Type: multipart/mixed"),
    "a boundary of nothing": lambda: plain(b'Content-Type: multipart/mixed; boundary=""'),
    "a type of rubbish": lambda: plain(b"Content-Type: \xff\xfe/\0"),
    "a date of rubbish": lambda: plain(b"Date: Thu, 99 Foo 99999999999 99:99:99 +9999999"),
    "groups everywhere": lambda: b"From: a:;\r\nTo: x:;\r\nReply-To: a: b@c, d;\r\n\r\nx",
    "20000 fields": lambda: plain(*[b"X: y"] * 20_000),
    "10000 addresses": lambda: plain(b"To: " + b", ".join([b"x@y.example"] * 10_000)),
    "5 MB on a line": lambda: plain(body=b"a" * 5_000_000),
    "a megabyte of blanks": lambda: plain(body=b" " * 1_000_000),
    "100000 quoted lines": lambda: plain(body=b"> x\n" * 100_000),
    "20000 rulers": lambda: plain(body=(b"_" * 70 + b"\n") * 20_000),
    "20000 lines that begin like a quote": lambda: plain(body=b"El lunes\n" * 20_000),
    "20000 lines that begin like a head": lambda: plain(body=b"De: x\n" * 20_000),
    "base64 of rubbish": lambda: plain(
        b"Content-Type: application/pdf", b"Content-Transfer-Encoding: base64", body=b"!!A" * 1000
    ),
    "quoted-printable of rubbish": lambda: plain(
        b"Content-Transfer-Encoding: quoted-printable", body=b"=" * 100_000
    ),
    "uuencode of rubbish": lambda: plain(
        b"Content-Transfer-Encoding: x-uuencode", body=b"begin 644 a\nM!!!\xff\n"
    ),
    "a nested mail in base64": lambda: plain(
        b"Content-Type: message/rfc822", b"Content-Transfer-Encoding: base64", body=b"RnJvbTogYQ=="
    ),
    "a million small tags": lambda: plain(b"Content-Type: text/html", body=b"<b>x</b>" * 50_000),
}  # fmt: skip


def seconds(work: Callable[[], object]) -> float:
    """Processor seconds: what else runs on the machine does not count."""
    start = time.process_time()
    work()
    return time.process_time() - start


def taken_apart(raw: bytes) -> Mail | Malformed:
    try:
        return read_mail(raw)
    except Malformed as error:
        return error


@pytest.mark.parametrize("name", BOMBS)
def test_a_mail_made_to_break_us_is_read_or_malformed_within_seconds(name: str) -> None:
    """Every mail that was measured to crash or stall a parser ends in a Mail or in Malformed."""
    raw = BOMBS[name]()
    assert seconds(lambda: taken_apart(raw)) < 3


@pytest.mark.parametrize("field", [b"From", b"To", b"Cc", b"Reply-To"])
def test_an_encoded_name_of_bad_base64_breaks_nothing(field: bytes) -> None:
    """A mail of forty bytes."""
    assert taken_apart(field + b": =?utf-8?b?A?= <a@b.example>\r\n\r\nx")


@pytest.mark.parametrize("field", [b"To", b"Cc", b"Delivered-To"])
def test_remarks_nested_in_a_recipient_break_nothing(field: bytes) -> None:
    """18 KB of parentheses in To, Cc or Delivered-To."""
    assert taken_apart(plain(field + b": " + b"(" * 9000 + b")" * 9000 + b" a@b.example"))


SLOW: dict[str, Callable[[], bytes]] = {
    "a line of dashes": lambda: plain(body=b"-" * 6_000),
    "nested elements": lambda: plain(b"Content-Type: text/html", body=b"<div>" * 20_000),
    "nested quotes": lambda: plain(
        b"Content-Type: text/html", body=b"<blockquote type=cite>" * 2_500
    ),
    "blanks in From": lambda: plain().replace(b"a@b.example", b"a" + b" " * 30_000 + b"b"),
}


@pytest.mark.parametrize("name", SLOW)
def test_time_grows_no_faster_than_size(name: str) -> None:
    """A mail of some kilobytes may not hold the bot for seconds, nor a megabyte for hours."""
    raw = SLOW[name]()
    assert seconds(lambda: taken_apart(raw)) < 0.8


FIELDS = (
    *(b"From: ", b"To: ", b"Subject: ", b"Content-Type: ", b"Content-Disposition: ", b"Date: "),
    *(b"Content-Transfer-Encoding: ", b"Message-ID: ", b"References: ", b"Return-Path: "),
)
VALUES = (
    *(b"a@b.example", b"<", b">", b"(", b'"', b";", b"multipart/mixed; boundary=b", b"text/html"),
    *(
        b"message/rfc822",
        b"text/plain; charset=",
        b"=?utf-8?b?",
        b"?=",
        b"base64",
        b"name*0*=",
        b"\0",
    ),
    *(
        b"utf-8''%FF",
        b"\xff",
        b"\r\n ",
        b"attachment; filename=",
        b"multipart/alternative",
        b"x" * 80,
    ),
    *(
        b"multipart/report",
        b"application/pdf",
        b"quoted-printable",
        b"x-uuencode",
        b",",
        b":",
        b"  ",
    ),
)
BODIES = (
    *(
        b"--b\r\n",
        b"--b--\r\n",
        b"\r\n",
        b"hola",
        b"%PDF-",
        b"<p>",
        b"\xff\xfe",
        b"=\r\n",
        b"begin 644 a",
    ),
    *(b"Content-Type: message/rfc822\r\n\r\n", b"Content-Type: text/plain\r\n\r\n", b"> x\n"),
)
headers = st.lists(
    st.tuples(st.sampled_from(FIELDS), st.lists(st.sampled_from(VALUES), max_size=4).map(b"".join)),
    max_size=6,
).map(lambda fields: b"".join(a + b + b"\r\n" for a, b in fields))
bodies = st.lists(st.sampled_from(BODIES), max_size=8).map(b"".join)


@given(headers, bodies)
@settings(max_examples=200, deadline=None)
def test_any_mail_is_read_or_malformed(header: bytes, body: bytes) -> None:
    """No header and no body raises anything but Malformed; what is read is clean."""
    found = taken_apart(header + b"\r\n" + body)
    if isinstance(found, Mail):
        assert "\n" not in found.subject
        assert all(a.name and "/" not in a.name and "\\" not in a.name for a in found.attachments)
        assert all(isinstance(text, str) and text.strip() for text in found.own)


@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_read_or_malformed(raw: bytes) -> None:
    """The same of bytes that are no mail at all; reading twice gives the same."""
    first, second = taken_apart(raw), taken_apart(raw)
    assert isinstance(first, Malformed) or first == second
