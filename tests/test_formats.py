"""Whatever an oficio is attached as, it is read right, or named with what to send instead."""

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import mails
import numpy as np
import pdfplumber
import pikepdf
import pillow_heif
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import NameOID
from documents import Person, Signatory, dni_copy, encrypt, merge, oficio, photo, rd, render, ugel
from docx import Document as WordDocument
from house import write_config
from mails import File
from office_files import (
    Letter,
    as_docx,
    as_ods,
    as_odt,
    as_rtf,
    as_xlsx,
    dated,
    locked,
    nested,
    portfolio,
    rar,
    scans_in_docx,
    seven_zipped,
    winmail,
    zipped,
)
from PIL import Image

from mailbot import contracts
from mailbot.model import Attachment, Document, Method
from mailbot.parsers import documents, unpack
from mailbot.parsers.kinds import sniff
from mailbot.parsers.parse import Request
from mailbot.parsers.pieces import pieces
from mailbot.rules import Rules, read_rules

OFFICE = ugel(
    "060004",
    "Chota",
    "Cajamarca",
    Signatory("Mg. Julio César Becerra Tafur", "DIRECTOR DE LA UGEL CHOTA"),
    correo="mesadepartes@ugelchota.example",
)
ROSA = Person("De la Cruz Mamani", "Rosa Elena", "01234567", "rosa.dlc@correo.example")
JOSE = Person("Quispe Ñahui", "José", "45678123", "jose@correo.example")
LETTER = Letter(office=OFFICE, people=(ROSA,))
pillow_heif.register_heif_opener()
FILES = Path(__file__).parent / "files"


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rules:
    return read_rules(write_config(tmp_path_factory.mktemp("formats") / "config", None))


@pytest.fixture(scope="module")
def oficio_pdf() -> bytes:
    return oficio(people=(ROSA,), office=OFFICE, order="apellidos_nombres")


@pytest.fixture(scope="module")
def photographed(oficio_pdf: bytes) -> Image.Image:
    """The oficio as a telephone sees it, upright."""
    picture = Image.open(io.BytesIO(photo(oficio_pdf, width=1800, jpeg_quality=80)))
    picture.load()
    return picture


def mail(*files: File) -> bytes:
    """A mail of the office with the act that names Rosa, and some files."""
    act = File("RD 0120.pdf", rd(people=(ROSA,), office=OFFICE))
    return mails.compose(
        f"Mesa de Partes <{OFFICE.correo}>",
        mails.BOT,
        "Remito oficio",
        text="Se remite el oficio y la resolución.",
        attachments=(*files, act),
    )


def read(raw: bytes, rules: Rules, folder: Path) -> tuple[list[dict[str, Any]], Request]:
    """What the contract says of a mail, and the request it is."""
    path = folder / "correo.eml"
    path.write_bytes(raw)
    shape, parsed, _ = contracts.checked_file(path, rules)
    assert isinstance(parsed, Request)
    return shape["requests"], parsed  # type: ignore[return-value]


def holder(person: Person) -> dict[str, Any]:
    return {
        "apellidos_y_nombres": person.apellidos_nombres,
        "dni": person.dni,
        "correo": person.correo,
    }


def opened(name: str, data: bytes) -> tuple[Document, ...]:
    """What becomes of one attachment."""
    return documents.open_documents((Attachment(name, sniff(data), data, "0"),))


def problem(name: str, data: bytes) -> str:
    """Why the one document an attachment makes could not be read."""
    (document,) = opened(name, data)
    assert document.pages == ()
    assert document.problem
    return document.problem


def strings(document: Document) -> str:
    return " ".join(word.text for page in document.pages for word in page.words)


# ------------------------------------------------------------------ office programs

WRITTEN: dict[str, Callable[[Letter], bytes]] = {
    "OFICIO 0123.docx": as_docx,
    "OFICIO 0123.odt": as_odt,
    "OFICIO 0123.ods": as_ods,
    "OFICIO 0123.xlsx": as_xlsx,
    "OFICIO 0123.rtf": as_rtf,
    "OFICIO 0123.doc": lambda _: (FILES / "oficio.doc").read_bytes(),
    "OFICIO 0123.xls": lambda _: (FILES / "oficio.xls").read_bytes(),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_an_oficio_of_any_office_program_is_read(name: str, rules: Rules, tmp_path: Path) -> None:
    """Name, DNI and address come out of its table as from a PDF, and it counts as the oficio."""
    data = WRITTEN[name](LETTER)
    assert sniff(data) == name.rpartition(".")[2]
    requests, _ = read(mail(File(name, data, "application/octet-stream")), rules, tmp_path)
    assert [r["holder"] for r in requests] == [holder(ROSA)]
    found = {f["requirement"]: f for f in requests[0]["findings"]}
    assert found["oficio"]["outcome"] == "met"
    assert found["oficio"]["source"] == f"{name}, pág. 1"
    assert requests[0]["complete"], found


@pytest.mark.parametrize("name", WRITTEN)
def test_two_people_in_a_table_are_kept_apart(name: str, rules: Rules, tmp_path: Path) -> None:
    """Each row is one person, in the order of the rows, whatever wrote the table."""
    if name.endswith((".doc", ".xls")):
        data = (FILES / f"dos-personas.{name[-3:]}").read_bytes()
    else:
        data = WRITTEN[name](Letter(office=OFFICE, people=(ROSA, JOSE)))
    requests, _ = read(mail(File(name, data)), rules, tmp_path)
    assert [r["holder"] for r in requests] == [holder(ROSA), holder(JOSE)]


def test_scans_pasted_into_word_are_read(oficio_pdf: bytes, rules: Rules, tmp_path: Path) -> None:
    """A DOCX of pictures alone is a scan: its pages are recognised, one document after another."""
    act = rd(people=(ROSA,), office=OFFICE)
    pasted = scans_in_docx([_jpeg(page) for page in render(merge(oficio_pdf, act), 200)])
    requests, parsed = read(mail(File("EXPEDIENTE.docx", pasted)), rules, tmp_path)
    (word, _) = parsed.documents
    assert [page.method for page in word.pages] == [Method.OCR] * 2
    assert [r["holder"] for r in requests] == [holder(ROSA)]
    assert [p.kind.value for p in parsed.pieces][:2] == ["oficio", "rd"]


@pytest.mark.parametrize("write", [as_docx, as_rtf])
def test_a_copy_of_a_dni_below_an_oficio_is_a_page(write: Callable[..., bytes]) -> None:
    """Words and pictures of one file are pages of one document."""
    card = _jpeg(render(dni_copy(person=ROSA), 200)[0])
    if write is as_rtf:
        data = as_rtf(LETTER, [card])
    else:
        data = as_docx(Letter(office=OFFICE, people=(ROSA,), pasted=(card,)))
    (document,) = opened("OFICIO.docx", data)
    assert [page.method for page in document.pages] == [Method.TEXT, Method.OCR]
    assert [p.kind.value for p in pieces([document])] == ["oficio", "copia-dni"]


def _jpeg(page: "np.typing.NDArray[np.uint8]") -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(page).save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def _with_body(xml: str) -> bytes:
    """A DOCX whose body holds some XML before an ordinary paragraph."""
    document = WordDocument()
    document.add_paragraph("MARCA")
    buffer = io.BytesIO()
    document.save(buffer)
    made = []
    with zipfile.ZipFile(io.BytesIO(buffer.getvalue())) as archive:
        for member in archive.namelist():
            data = archive.read(member)
            if member == "word/document.xml":
                head, mark, tail = data.partition(b"<w:p>")
                data = head + xml.encode() + mark + tail
            made.append((member, data))
    return zipped(made)


SOFT = "espe\u00adcialista"
RUN = "<w:r><w:t>{}</w:t></w:r>"
BOX = (
    '<w:p><w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/'
    'markup-compatibility/2006"><mc:Choice Requires="wps"><w:drawing><w:txbxContent><w:p>'
    "<w:r><w:t>RECUADRO</w:t></w:r></w:p></w:txbxContent></w:drawing></mc:Choice><mc:Fallback>"
    "<w:pict><w:txbxContent><w:p><w:r><w:t>RECUADRO</w:t></w:r></w:p></w:txbxContent></w:pict>"
    "</mc:Fallback></mc:AlternateContent></w:r></w:p>"
)
DARK = '<w:shd w:fill="000000"/>'
SEEN = {
    "a content control": (
        f"<w:sdt><w:sdtContent><w:p>{RUN.format('visto')}</w:p></w:sdtContent></w:sdt>",
        "visto MARCA",
    ),
    "an insertion": (f'<w:p><w:ins w:id="1">{RUN.format("visto")}</w:ins></w:p>', "visto MARCA"),
    "a deletion": (
        f'<w:p><w:del w:id="1"><w:r><w:delText>no</w:delText></w:r></w:del>{RUN.format("y")}</w:p>',
        "y MARCA",
    ),
    "hidden text": (
        "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>no</w:t></w:r></w:p>",
        "MARCA",
    ),
    "struck text": (
        "<w:p><w:r><w:rPr><w:strike/></w:rPr><w:t>no</w:t></w:r></w:p>",
        "MARCA",
    ),
    "text that is not struck": (
        '<w:p><w:r><w:rPr><w:strike w:val="0"/></w:rPr><w:t>y</w:t></w:r></w:p>',
        "y MARCA",
    ),
    "white text": (
        '<w:p><w:r><w:rPr><w:color w:val="FFFFFF"/></w:rPr><w:t>no</w:t></w:r></w:p>',
        "MARCA",
    ),
    "white text on a dark ground": (
        f'<w:p><w:r><w:rPr><w:color w:val="FFFFFF"/>{DARK}</w:rPr><w:t>y</w:t></w:r></w:p>',
        "y MARCA",
    ),
    "a text box, once": (BOX, "RECUADRO MARCA"),
    "words in pieces": (f"<w:p>{RUN.format('0123')}{RUN.format('4567')}</w:p>", "01234567 MARCA"),
    "a soft hyphen": (f"<w:p>{RUN.format(SOFT)}</w:p>", "especialista MARCA"),
}


@pytest.mark.parametrize("what", SEEN)
def test_word_shows_what_a_reader_sees(what: str) -> None:
    """Boxes, controls and insertions are read; what was deleted or hidden is not."""
    xml, expected = SEEN[what]
    (document,) = opened("x.docx", _with_body(xml))
    assert strings(document) == expected


def test_a_page_of_word_is_a_page() -> None:
    """A break ends a page, so that an oficio and an act in one file are told apart."""
    turned = '<w:p><w:r><w:t>primera</w:t><w:br w:type="page"/></w:r></w:p>'
    (document,) = opened("x.docx", _with_body(turned))
    assert [strings(Document("", "", (p,))) for p in document.pages] == ["primera", "MARCA"]


# ------------------------------------------------------------------ typed PDFs


def _put(data: bytes, *, turned: int = 0, corner: tuple[int, int] = (0, 0)) -> bytes:
    """A paper that lies on its side, or whose corner is not at 0, 0."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for page in pdf.pages:
            page.rotate(turned, relative=False)
            page.mediabox = pikepdf.Array([*corner, 595, 842])
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def test_typed_words_stand_where_pdfplumber_sees_them(oficio_pdf: bytes) -> None:
    """What is noted of a letter is less than pdfplumber's own; its words are the same."""
    table = oficio(people=(ROSA, JOSE), office=OFFICE, layout="table")
    act = rd(people=(ROSA,), office=OFFICE, script=True)
    data = merge(oficio_pdf, table, _put(oficio_pdf, turned=90), _put(act, corner=(-40, -60)))
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        own = [page.extract_words(x_tolerance_ratio=0.2) for page in pdf.pages]
        corners = [page.cropbox[:2] for page in pdf.pages]
    expected = [
        [(w["text"], (w["x0"] - x, w["top"] - y, w["x1"] - x, w["bottom"] - y)) for w in words]
        for words, (x, y) in zip(own, corners, strict=True)
    ]
    assert len(expected) >= 4
    assert all(expected)
    (document,) = opened("x.pdf", data)
    assert [[(w.text, w.box) for w in page.words] for page in document.pages] == expected


# ------------------------------------------------------------------ pictures


def _saved(picture: Image.Image, kind: str, **how: Any) -> bytes:  # noqa: ANN401
    buffer = io.BytesIO()
    picture.save(buffer, kind, **how)
    return buffer.getvalue()


def _turned(picture: Image.Image, kind: str) -> bytes:
    """A picture lying on its side, whose EXIF says how to stand it up."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turn clockwise to see it upright
    return _saved(picture.rotate(90, expand=True), kind, exif=exif)


def _deep(picture: Image.Image) -> bytes:
    gray = np.asarray(picture.convert("L"), dtype=np.uint16) * 257
    return _saved(Image.fromarray(gray), "PNG")


def _on_nothing(picture: Image.Image) -> bytes:
    """Ink on transparent black, as scanning programs export it."""
    gray = picture.convert("L")
    ink = Image.new("RGBA", gray.size, (0, 0, 0, 0))
    ink.putalpha(gray.point(lambda v: 255 - v))
    return _saved(ink, "PNG")


PICTURES: dict[str, Callable[[Image.Image], bytes]] = {
    "heic": lambda p: _saved(p, "HEIF", quality=80),
    "jpg turned": lambda p: _turned(p, "JPEG"),
    "png turned": lambda p: _turned(p, "PNG"),
    "png with a palette": lambda p: _saved(p.convert("P"), "PNG"),
    "png of sixteen bits": _deep,
    "png without paper": _on_nothing,
    "webp": lambda p: _saved(p, "WEBP", quality=80),
    "gif": lambda p: _saved(p.convert("L"), "GIF"),
    "tif in colour": lambda p: _saved(p.convert("RGB"), "TIFF", compression="jpeg"),
}


@pytest.mark.parametrize("kind", PICTURES)
def test_any_picture_of_an_oficio_is_read(kind: str, photographed: Image.Image) -> None:
    """Orientation, palette, depth and transparency change nothing of what it says."""
    (document,) = opened("foto", PICTURES[kind](photographed))
    assert document.problem is None
    (page,) = document.pages
    assert page.height > page.width
    assert ROSA.dni in strings(document)
    assert [p.kind.value for p in pieces([document])] == ["oficio"]


def test_every_page_of_a_tiff_is_a_page(oficio_pdf: bytes) -> None:
    """A scanner puts the whole file into one TIFF."""
    act = rd(people=(ROSA,), office=OFFICE)
    first, *others = [Image.fromarray(p) for p in render(merge(oficio_pdf, act), 200)]
    data = _saved(first, "TIFF", save_all=True, append_images=others, compression="tiff_lzw")
    (document,) = opened("escaneo.tif", data)
    assert [page.number for page in document.pages] == [1, 2]
    assert [p.kind.value for p in pieces([document])] == ["oficio", "rd"]


def test_a_fax_is_stretched(oficio_pdf: bytes) -> None:
    """204 × 98 points to the inch: its letters are half as high as they should be."""
    sheet = Image.fromarray(render(oficio_pdf, 204)[0]).convert("1")
    flat = sheet.resize((sheet.width, sheet.height * 98 // 204))
    (document,) = opened("fax.tif", _saved(flat, "TIFF", compression="group4", dpi=(204, 98)))
    assert document.pages[0].height > document.pages[0].width


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "HEIF", "GIF", "WEBP"])
def test_half_a_picture_is_named(kind: str, photographed: Image.Image) -> None:
    """A picture cut short is not taken for a sheet whose lower half is empty."""
    data = _saved(photographed.convert("RGB"), kind)
    assert problem("foto", data[: len(data) // 2]) == ("está dañado o incompleto: envíelo de nuevo")


# ------------------------------------------------------------------ files in files

DOCS = "Documentación Ñ/OFICIO 0123.pdf"


def _eml(files: Sequence[tuple[str, bytes]]) -> bytes:
    return mails.compose(
        "Otra <otra@correo.example>",
        OFFICE.correo,
        "Oficio",
        text="Va el oficio.",
        attachments=[File(name, data) for name, data in files],
    )


CONTAINERS: dict[str, Callable[[Sequence[tuple[str, bytes]]], bytes]] = {
    "zip": zipped,
    "zip of Windows": lambda files: zipped(files, "cp850"),
    "7z": seven_zipped,
    "rar": rar,
    "winmail.dat": winmail,
    "eml": _eml,
    "pdf": lambda files: portfolio(_cover(), files),
    "zip in zip": lambda files: zipped([("dentro.zip", zipped(files))]),
    "rar in eml": lambda files: _eml([("dentro.rar", rar(files))]),
}


def _cover() -> bytes:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    buffer = io.BytesIO()
    pdf.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", CONTAINERS)
def test_files_in_files_are_attachments(
    kind: str, oficio_pdf: bytes, rules: Rules, tmp_path: Path
) -> None:
    """They are read and named after what holds them; the container is no document itself."""
    data = CONTAINERS[kind]([("OFICIO 0123.pdf", oficio_pdf)])
    name = f"EXP.{kind.partition(' ')[0]}"
    requests, parsed = read(mail(File(name, data, "application/octet-stream")), rules, tmp_path)
    assert [r["holder"] for r in requests] == [holder(ROSA)]
    assert requests[0]["complete"]
    inner = next(d for d in parsed.documents if d.name.endswith("› OFICIO 0123.pdf"))
    assert inner.name.startswith(f"{name} › ")
    assert len(inner.sha256) == 64
    assert len(parsed.documents) == (3 if kind == "pdf" else 2)


@pytest.mark.parametrize("names", ["utf-8", "cp850"])
def test_letters_of_names_in_a_zip_survive(names: str, oficio_pdf: bytes) -> None:
    """Windows writes them in its old code page, others in UTF-8; folders are left out."""
    (document,) = opened("EXP.zip", zipped([(DOCS, oficio_pdf)], names))
    assert document.name.startswith("EXP.zip › OFICIO 0123.pdf")
    (other,) = opened("EXP.zip", zipped([("Ñandú.pdf", oficio_pdf)], names))
    assert other.name.startswith("EXP.zip › Ñandú.pdf")


def test_files_stay_in_their_order(oficio_pdf: bytes) -> None:
    """What is inside a file stands where the file stood, however deep."""
    inner = zipped([("b.pdf", oficio_pdf), ("c.pdf", oficio_pdf)])
    outer = zipped([("a.pdf", oficio_pdf), ("bc.zip", inner), ("d.pdf", oficio_pdf)])
    names = [d.name.rpartition(" › ")[2] for d in opened("EXP.zip", outer)]
    assert names == ["a.pdf", "b.pdf", "c.pdf", "d.pdf"]


def test_what_comes_along_is_no_document(oficio_pdf: bytes) -> None:
    """Programs' own files in an archive are passed over; a program somebody sends is named."""
    litter = [("__MACOSX/._OFICIO.pdf", b"\0\5\x16\7"), ("Thumbs.db", b"x"), (".DS_Store", b"x")]
    files = [*litter, ("OFICIO.pdf", oficio_pdf), ("setup.exe", b"MZ\x90\0" + b"\0" * 64)]
    found = [(d.name, d.problem) for d in opened("EXP.zip", zipped(files))]
    assert found == [
        ("EXP.zip › OFICIO.pdf", None),
        ("EXP.zip › setup.exe", "es un archivo «exe»: envíe el documento en PDF"),
    ]


LOCKED = "está protegido con contraseña: envíelo sin ella"
DAMAGED = "está dañado o incompleto: envíelo de nuevo"
UNKNOWN = "está dañado o es de un programa poco común: envíe el documento en PDF"
EMPTY = "no contiene ningún documento: envíe el documento en PDF"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PAIR = [("a.pdf", b"%PDF-1.4 x"), ("b.pdf", b"%PDF-1.4 y")]
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "a PDF with a password": (lambda: encrypt(oficio(people=(ROSA,), office=OFFICE), "x"), LOCKED),
    "a ZIP with a password": (lambda: locked(zipped(PAIR)), LOCKED),
    "a RAR with a password": (lambda: rar(PAIR, encrypted=True), LOCKED),
    "a DOCX with a password": (
        lambda: OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
        LOCKED,
    ),
    "half a ZIP": (lambda: zipped(PAIR)[:60], DAMAGED),
    "half a 7z": (lambda: seven_zipped(PAIR)[:-20], DAMAGED),
    "half a RAR": (lambda: rar([("a.pdf", b"%PDF" * 99)])[:-150], DAMAGED),
    "half a winmail.dat": (lambda: winmail([("a.pdf", b"%PDF" * 99)])[:300], DAMAGED),
    "half a DOCX": (lambda: as_docx(LETTER)[:3000], DAMAGED),
    "half a DOC": (lambda: (FILES / "oficio.doc").read_bytes()[:3000], UNKNOWN),
    "an XLS without its end": (lambda: (FILES / "oficio.xls").read_bytes()[:-2000], UNKNOWN),
    "a DOCX without its text": (
        lambda: dated(zipped([("word/document.xml", b"<x>"), ("[Content_Types].xml", b"")])),
        DAMAGED,
    ),
    "an ODT without its text": (
        lambda: zipped([("mimetype", b"application/vnd.oasis.opendocument.text")]),
        DAMAGED,
    ),
    "an empty ZIP of a folder": (lambda: zipped([("carpeta/", b"")]), EMPTY),
    "a mail without files": (lambda: _eml([]), EMPTY),
    "a presentation": (
        lambda: zipped([("ppt/presentation.xml", b"x")]),
        "es una presentación: guárdelo como PDF y envíelo de nuevo",
    ),
    "a program": (lambda: b"MZ\x90\0", "es un archivo «exe»: envíe el documento en PDF"),
    "anything": (lambda: b"hola", "no se reconoce qué archivo es: envíe el documento en PDF"),
    "too many files": (
        lambda: zipped([(f"{n}.pdf", b"%PDF-1.4") for n in range(unpack.MAX_FILES + 1)]),
        "tiene más de 60 archivos: envíe solo los del pedido",
    ),
    "a bomb": (
        lambda: _deflated(b"\0" * 30_000_000),
        "ocupa demasiado al descomprimirlo: envíe los documentos sueltos, en PDF",
    ),
    "a bomb in a 7z": (
        lambda: seven_zipped([("a.bin", b"\0" * 30_000_000)]),
        "ocupa demasiado al descomprimirlo: envíe los documentos sueltos, en PDF",
    ),
}


def _deflated(data: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.bin", data)
    return buffer.getvalue()


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_opened_is_named_with_its_mend(what: str) -> None:
    """The asker is told what is wrong with the file and what to send instead."""
    make, said = REFUSED[what]
    assert problem("archivo", make()) == said


def test_depth_has_an_end(oficio_pdf: bytes) -> None:
    """Three containers deep is read, deeper is named; nothing is silently dropped."""
    (read_,) = opened("1.zip", nested(oficio_pdf, ["a.pdf", "b.zip", "c.zip"]))
    assert (read_.problem, len(read_.pages)) == (None, 1)
    deep = problem("1.zip", nested(oficio_pdf, ["a.pdf", "b.zip", "c.zip", "d.zip"]))
    assert deep == "está dentro de demasiados archivos: envíelo suelto, en PDF"


def test_many_files_in_several_archives_have_an_end() -> None:
    """Their number is limited for the mail as a whole; that some are left is said once."""
    archive = zipped([(f"{n}.txt", b"x") for n in range(40)])
    files = [Attachment(f"{n}.zip", "zip", archive, "0") for n in range(2)]
    found = documents.open_documents(tuple(files))
    assert len(found) == documents.MAX_FILES + 1
    assert found[-1].problem == (
        "los adjuntos contienen más de 60 archivos: envíe solo los del pedido"
    )


# ------------------------------------------------------------------ signed mail


@pytest.fixture(scope="module")
def signer() -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """Somebody who signs, by a certificate of their own."""
    key = ec.generate_private_key(ec.SECP256R1())
    return _certificate(key), key


def _certificate(key: Any) -> x509.Certificate:  # noqa: ANN401  of either kind
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Firma de prueba")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    built = x509.CertificateBuilder(name, name, key.public_key(), 7, start, start + timedelta(999))
    return built.sign(key, hashes.SHA256())


def _signature(data: bytes, signer: Any, *options: pkcs7.PKCS7Options) -> bytes:  # noqa: ANN401
    certificate, key = signer
    builder = pkcs7.PKCS7SignatureBuilder().set_data(data)
    builder = builder.add_signer(certificate, key, hashes.SHA256())
    return builder.sign(Encoding.DER, [pkcs7.PKCS7Options.Binary, *options])


def _as_mail(content_type: str, data: bytes, name: str) -> bytes:
    fields = [
        *mails.trace("ugelchota.example", "ab" * 20, date=mails.DATE, authenticated=True),
        ("From", OFFICE.correo),
        ("To", mails.BOT),
        ("Subject", "Solicito alta de usuario SIAGIE"),
        ("Message-ID", "<firmado@ugelchota.example>"),
        ("MIME-Version", "1.0"),
    ]
    return mails.head(fields) + mails.file_part(File(name, data, content_type))


def test_an_opaquely_signed_mail_is_read(
    signer: Any,  # noqa: ANN401
    oficio_pdf: bytes,
    rules: Rules,
    tmp_path: Path,
) -> None:
    """Its words are its sender's own and its files attached, as if it were not wrapped."""
    inner = mails.multipart(
        "mixed",
        [
            mails.text_part("Solicito el alta de usuario SIAGIE."),
            mails.file_part(File("OFICIO.pdf", oficio_pdf)),
            mails.file_part(File("RD.pdf", rd(people=(ROSA,), office=OFFICE))),
        ],
        "dentro",
    )
    raw = _as_mail("application/pkcs7-mime", _signature(inner, signer), "smime.p7m")
    requests, parsed = read(raw, rules, tmp_path)
    assert [r["holder"] for r in requests] == [holder(ROSA)]
    assert requests[0]["complete"]
    assert parsed.body.string == "Solicito el alta de usuario SIAGIE."
    assert [d.name for d in parsed.documents] == ["OFICIO.pdf", "RD.pdf"]


def test_a_signature_beside_what_it_signs_is_no_document(
    signer: Any,  # noqa: ANN401
    oficio_pdf: bytes,
    rules: Rules,
    tmp_path: Path,
) -> None:
    """A clear-signed mail shows its files, not its seal."""
    seal = _signature(b"x", signer, pkcs7.PKCS7Options.DetachedSignature)
    assert sniff(seal) == "p7s"
    files = (File("OFICIO.pdf", oficio_pdf), File("smime.p7s", seal, "application/x-pkcs7"))
    _, parsed = read(mail(*files), rules, tmp_path)
    assert [d.name for d in parsed.documents] == ["OFICIO.pdf", "RD 0120.pdf"]


def test_a_signed_file_is_taken_out_of_its_signature(signer: Any, oficio_pdf: bytes) -> None:  # noqa: ANN401
    """Signing programs write OFICIO.pdf.p7m around OFICIO.pdf."""
    (document,) = opened("OFICIO.pdf.p7m", _signature(oficio_pdf, signer))
    assert document.problem is None
    assert ROSA.dni in strings(document)


def test_an_encrypted_mail_is_asked_for_in_clear(rules: Rules, tmp_path: Path) -> None:
    """Nobody here has the key."""
    key = rsa.generate_private_key(65537, 2048)
    builder = pkcs7.PKCS7EnvelopeBuilder().set_data(b"Content-Type: text/plain\r\n\r\nhola")
    sealed = builder.add_recipient(_certificate(key)).encrypt(Encoding.DER, [])
    raw = _as_mail("application/pkcs7-mime", sealed, "smime.p7m")
    _, parsed = read(raw, rules, tmp_path)
    assert [(d.name, d.problem) for d in parsed.documents] == [
        ("smime.p7m", "está cifrado: envíelo sin cifrar")
    ]
