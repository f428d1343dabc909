"""Writes an oficio in the formats of office programs, and puts files into files.

Equal arguments give equal bytes where a sample mail needs it (DOCX, ZIP, RAR, winmail.dat).
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import docx
import docx.document
import libarchive
import odfdo
import openpyxl
import pikepdf
from documents import Office, Person
from docx.shared import Inches

Files = Sequence[tuple[str, bytes]]
_DAY = datetime(2026, 3, 12, 9, 30)  # noqa: DTZ001  office files keep local time


@dataclass(frozen=True, kw_only=True)
class Letter:
    """An oficio as what stands after what: its lines, with a table of people among them."""

    office: Office
    people: Sequence[Person]
    number: str = "OFICIO N° 0123-2026-UGEL/DIR"
    heading: Sequence[str] = ("N°", "APELLIDOS Y NOMBRES", "DNI", "CORREO ELECTRÓNICO", "CARGO")
    role: str = "Especialista SIAGIE UGEL"
    pasted: Sequence[bytes] = field(default=())

    def above(self) -> list[str]:
        """The lines above the table."""
        return [
            f"{self.office.city}, 12 de marzo de 2026",
            self.number,
            "Señor(a):",
            "JEFE(A) DE LA UNIDAD DE ESTADÍSTICA",
            "Presente.-",
            "ASUNTO\t:\tSOLICITO CREACIÓN DE USUARIO SIAGIE",
            "De mi mayor consideración:",
            (
                "Es grato dirigirme a usted para saludarlo cordialmente y, a la vez, solicitar la "
                "creación de usuario en el SIAGIE al personal que se detalla a continuación:"
            ),
        ]

    def rows(self) -> list[Sequence[str]]:
        """The table, its heading first; a name stands on two lines, as cells break it."""
        told = enumerate(self.people, 1)
        return [
            self.heading,
            *(
                (str(n), f"{p.apellidos.upper()},\n{p.nombres}", p.dni, p.correo or "", self.role)
                for n, p in told
            ),
        ]

    def below(self) -> list[str]:
        """The lines below the table."""
        head = self.office.head
        return ["Sin otro particular,", "Atentamente,", head.name, head.post or ""]


# ------------------------------------------------------------------ office programs


def as_docx(letter: Letter) -> bytes:
    """The letter in Word's format: the office in the header, the pictures on pages of their own."""
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = letter.office.letterhead[-1]
    for line in letter.above():
        document.add_paragraph(line)
    table = document.add_table(0, len(letter.heading))
    for row in letter.rows():
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    for line in letter.below():
        document.add_paragraph(line)
    for picture in letter.pasted:
        document.add_page_break()  # type: ignore[no-untyped-call]
        document.add_picture(io.BytesIO(picture), width=Inches(6.5))
    return _docx_saved(document)


def scans_in_docx(pictures: Sequence[bytes]) -> bytes:
    """Scans pasted into Word, one for each page, and no words."""
    document = docx.Document()
    for picture in pictures:
        document.add_picture(io.BytesIO(picture), width=Inches(6.5))
    return _docx_saved(document)


def _docx_saved(document: "docx.document.Document") -> bytes:
    """The file without its 800 kB of styles nobody used."""
    document.core_properties.created = document.core_properties.modified = _DAY
    document.styles.element.clear()
    for key, relation in list(document.part.rels.items()):
        if relation.reltype.endswith("/stylesWithEffects"):
            del document.part.rels[key]
    buffer = io.BytesIO()
    document.save(buffer)
    return dated(buffer.getvalue())


def dated(archive: bytes) -> bytes:
    """A ZIP anew, without the hour it was made and without what one zlib makes of it."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return zipped([(m.filename, opened.read(m)) for m in opened.infolist()])


def as_odt(letter: Letter) -> bytes:
    """The letter in LibreOffice's format."""
    document = odfdo.Document("text")
    document.body.clear()
    for line in letter.above():
        document.body.append(odfdo.Paragraph(line))
    document.body.append(_odf_table(letter.rows()))
    for line in letter.below():
        document.body.append(odfdo.Paragraph(line))
    return _odf_saved(document)


def as_ods(letter: Letter) -> bytes:
    """The letter as a spreadsheet of LibreOffice."""
    document = odfdo.Document("spreadsheet")
    document.body.clear()
    lines = [[line] for line in letter.above()]
    document.body.append(_odf_table([*lines, *letter.rows(), *([line] for line in letter.below())]))
    return _odf_saved(document)


def _odf_table(rows: Sequence[Sequence[str]]) -> odfdo.Table:
    table = odfdo.Table("Hoja")
    for values in rows:
        row = odfdo.Row()
        for text in values:
            cell = odfdo.Cell()
            for line in text.split("\n"):
                cell.append(odfdo.Paragraph(line))
            row.append_cell(cell)
        table.append(row)
    return table


def _odf_saved(document: odfdo.Document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def as_xlsx(letter: Letter) -> bytes:
    """The letter as a spreadsheet of Excel; the DNI is a number shown with its zeros."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append([])
    for line in letter.above():
        sheet.append([None, line])
    for row in letter.rows():
        sheet.append([None, *(int(text) if text.isdigit() else text for text in row)])
        sheet.cell(sheet.max_row, 4).number_format = "00000000"
    for line in letter.below():
        sheet.append([None, line])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def as_rtf(letter: Letter, pictures: Sequence[bytes] = ()) -> bytes:
    """The letter as WordPad would save it, with JPEG pictures behind it."""
    rows = "".join(_rtf_row(row) for row in letter.rows())
    above, below = (
        "".join(f"\\pard {_rtf(line)}\\par\n" for line in lines)
        for lines in (letter.above(), letter.below())
    )
    shown = "".join(
        f"{{\\pict\\jpegblip\\picwgoal9360\\pichgoal13000 {p.hex()}}}\\par\n" for p in pictures
    )
    text = f"{{\\rtf1\\ansi\\ansicpg1252\\deff0{{\\fonttbl{{\\f0 Arial;}}}}\n{above}{rows}{below}"
    return f"{text}{shown}}}".encode("ascii")


def _rtf_row(row: Sequence[str]) -> str:
    sizes = "".join(f"\\cellx{1800 * n}" for n, _ in enumerate(row, 1))
    cells = "".join(f"\\pard\\intbl {_rtf(text)}\\cell\n" for text in row)
    return f"\\trowd{sizes}\n{cells}\\row\n"


def _rtf(text: str) -> str:
    codes = (c if c.isascii() else f"\\'{c.encode('cp1252').hex()}" for c in text)
    return "".join(codes).replace("\t", "\\tab ").replace("\n", "\\par ")


# ------------------------------------------------------------------ files in files


def zipped(files: Files, names: str = "utf-8") -> bytes:
    """A ZIP that compresses nothing; `names` is the code its names are written in."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files:
            archive.writestr(zipfile.ZipInfo(name, (2026, 3, 12, 9, 30, 0)), data)
    made = buffer.getvalue()
    if names != "utf-8":
        made = _flags(made, lambda flags: flags & ~0x800)
        for name, _ in files:
            made = made.replace(name.encode(), name.encode(names).ljust(len(name.encode()), b"_"))
    return made


def locked(archive: bytes) -> bytes:
    """A ZIP whose members say that they are encrypted."""
    return _flags(archive, lambda flags: flags | 1)


def _flags(archive: bytes, change: Callable[[int], int]) -> bytes:
    made = bytearray(archive)
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        starts = [m.header_offset + 6 for m in opened.infolist()]
        at = opened.start_dir
        for _ in opened.infolist():
            starts.append(at + 8)
            at += 46 + sum(struct.unpack_from("<HHH", archive, at + 28))
    for start in starts:
        struct.pack_into("<H", made, start, change(struct.unpack_from("<H", made, start)[0]))
    return bytes(made)


def seven_zipped(files: Files) -> bytes:
    """A 7z."""
    made = bytearray()

    def write(data: bytes) -> int:
        made.extend(data)
        return len(data)

    with libarchive.custom_writer(write, "7zip") as archive:
        for name, data in files:
            archive.add_file_from_memory(name, len(data), data)
    return bytes(made)


def rar(files: Files, *, encrypted: bool = False) -> bytes:
    """A RAR of version 4 that compresses nothing (no free program writes one)."""
    made = b"Rar!\x1a\x07\x00" + _rar_block(0x73, 0, b"\0" * 6)
    for name, data in files:
        path = name.encode()
        numbers = (len(data), len(data), 2, zlib.crc32(data), 0, 29, 0x30, len(path), 32)
        fields = struct.pack("<IIBIIBBHI", *numbers) + path
        flags = 0x8000 | (0x04 if encrypted else 0)
        made += _rar_block(0x74, flags, fields) + data
    return made + _rar_block(0x7B, 0x4000, b"")


def _rar_block(kind: int, flags: int, body: bytes) -> bytes:
    head = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
    return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head


def winmail(files: Files) -> bytes:
    """What Outlook makes of attachments when it writes for Exchange (TNEF)."""
    made = struct.pack("<IH", 0x223E9F78, 1)
    made += _tnef(1, 0x00089006, struct.pack("<I", 0x10000))
    made += _tnef(1, 0x00069007, struct.pack("<II", 1252, 0))
    for name, data in files:
        made += _tnef(2, 0x00069002, b"\x01\0" + b"\xff" * 4 + b"\0" * 8)
        made += _tnef(2, 0x00018010, name.encode("cp1252") + b"\0")
        made += _tnef(2, 0x0006800F, data)
    return made


def _tnef(level: int, name: int, data: bytes) -> bytes:
    return (
        struct.pack("<BII", level, name, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)
    )


def portfolio(pdf: bytes, files: Files) -> bytes:
    """A PDF that carries files along."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        for name, data in files:
            opened.attachments[name] = pikepdf.AttachedFileSpec(opened, data, filename=name)
        buffer = io.BytesIO()
        opened.save(buffer, deterministic_id=True)
        return buffer.getvalue()


def nested(inner: bytes, names: Iterable[str]) -> bytes:
    """A file in a ZIP in a ZIP…; the innermost name first."""
    for name in names:
        inner = zipped([(name, inner)])
    return inner
