"""Writes the papers that education offices attach to their mails, as PDF bytes.

Equal arguments give equal bytes. Everybody named is the caller's invention.

``oficio``, ``rd``, ``s09``, ``dni_copy`` and ``solicitud`` write one paper each; ``merge``,
``scan``, ``photo``, ``encrypt`` and ``truncate`` do to it what offices do before they send it.
"""

import io
import math
import unicodedata
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Literal, ParamSpec, Protocol, TypedDict, Unpack, cast
from zlib import crc32

import cv2
import numpy as np
import numpy.typing as npt
import pikepdf
import pypdfium2
import reportlab
from PIL import Image, TiffImagePlugin
from reportlab import rl_config
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.fonts import addMapping
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table
from reportlab.platypus.flowables import CallerMacro

rl_config.useA85 = 0  # binary streams: the samples are kept small

Layout = Literal["prose", "labels", "table", "separate-columns"]
Action = Literal["alta", "baja", "reemplazo"]
Font = Literal["times", "helvetica", "courier"]
Letterhead = Literal["boxes", "centered", "left"]
Ink = Literal["ink", "pen", "digital", "none"]
NameOrder = Literal[
    "apellidos_nombres",
    "apellidos_nombres_llano",
    "apellidos_nombres_mayusculas",
    "apellidos_sello",
    "nombres_apellidos",
    "nombres_apellidos_mayusculas",
    "nombres_paterno_mayuscula",
]
Pixels = npt.NDArray[np.uint8]
P = ParamSpec("P")

WIDTH, HEIGHT = A4
MARGIN = 71
TEXT_WIDTH = WIDTH - 2 * MARGIN - 12  # a frame keeps 6 points on either side
MONTHS = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
    *("julio", "agosto", "setiembre", "octubre", "noviembre", "diciembre"),
)
MOTTO = "Año de la Esperanza y el Fortalecimiento de la Democracia"
DECENIO = "Decenio de la Igualdad de Oportunidades para Mujeres y Hombres"
PARTICLES = frozenset({"de", "del", "la", "las", "los", "y", "san", "santa", "vda."})
WOMEN = frozenset(
    (
        *(
            "Luz",
            "Miriam",
            "Carmen",
            "Yeny",
            "Nelly",
            "Beatriz",
            "Pilar",
            "Isabel",
            "Doris",
            "Magaly",
        ),
        *("Lourdes", "Mirian", "Lizeth", "Edith", "Flor", "Ivonne", "Wendy", "Clotilde"),
        *("Katherine", "Yusmary", "Rocío", "Ruth", "Raquel", "Mercedes", "Noemí", "Elizabeth"),
    )
)


def fecha(day: int, month: int, year: int = 2026) -> str:
    """Return a date in words: ``12 de marzo de 2026``."""
    return f"{day:02d} de {MONTHS[month - 1]} de {year}"


def numeric(words: str) -> str:
    """Return a date in words as stamps print it: ``12.03.2026``."""
    day, month, year = words.split(" de ")
    return f"{day}.{MONTHS.index(month) + 1:02d}.{year}"


def check_digit(dni: str) -> str:
    """Return the digit RENIEC prints after a DNI (10117410 → 2)."""
    total = sum(int(d) * w for d, w in zip(dni, (3, 2, 7, 6, 5, 4, 3, 2), strict=True))
    return "65432110987"[total % 11]


def dotted(dni: str) -> str:
    """Return a DNI as people type it who count it like money: ``41.234.567``."""
    return f"{dni[:2]}.{dni[2:5]}.{dni[5:]}"


# ------------------------------------------------------------------ who is named


@dataclass(frozen=True)
class Person:
    """Somebody named in a paper. `dni` and `correo` are written as given, right or wrong."""

    apellidos: str
    nombres: str
    dni: str
    correo: str | None = None
    cargo: str | None = None
    nivel: str | None = None

    @property
    def surnames(self) -> tuple[str, str]:
        """Paterno and materno, each with its particles: ``De la Cruz``, ``del Águila``."""
        words = self.apellidos.split()
        end = next(i for i, w in enumerate(words, 1) if w.lower() not in PARTICLES)
        return " ".join(words[:end]), " ".join(words[end:])

    @property
    def apellidos_nombres(self) -> str:
        """``QUISPE MAMANI, Rosa Elena``."""
        return f"{self.apellidos.upper()}, {self.nombres}"

    @property
    def apellidos_nombres_llano(self) -> str:
        """``Quispe Mamani Rosa Elena``: nothing tells where the surnames end."""
        return f"{self.apellidos} {self.nombres}"

    @property
    def apellidos_nombres_mayusculas(self) -> str:
        """``QUISPE MAMANI ROSA ELENA``."""
        return self.apellidos_nombres_llano.upper()

    @property
    def apellidos_sello(self) -> str:
        """``QUISPE MAMANI Rosa Elena``, as digital stamps print it."""
        return f"{self.apellidos.upper()} {self.nombres}"

    @property
    def nombres_apellidos(self) -> str:
        """``Rosa Elena Quispe Mamani``."""
        return f"{self.nombres} {self.apellidos}"

    @property
    def nombres_apellidos_mayusculas(self) -> str:
        """``ROSA ELENA QUISPE MAMANI``."""
        return self.nombres_apellidos.upper()

    @property
    def nombres_paterno_mayuscula(self) -> str:
        """``Rosa Elena QUISPE Mamani``, the order of El Peruano."""
        paterno, materno = self.surnames
        return f"{self.nombres} {paterno.upper()} {materno}".strip()

    @property
    def femenino(self) -> bool:
        """Whether the text says *doña*; a guess from the first name, good enough for prose."""
        first = self.nombres.split()[0]
        return first.endswith("a") or first in WOMEN

    @property
    def don(self) -> str:
        """``don`` or ``doña``."""
        return "doña" if self.femenino else "don"

    @property
    def identificado(self) -> str:
        """``identificado`` or ``identificada``."""
        return "identificada" if self.femenino else "identificado"

    def name(self, order: NameOrder) -> str:
        """Return the name in one of the orders that offices use."""
        return str(getattr(self, order))


@dataclass(frozen=True)
class Signatory:
    """Who signs. `dni` is the signatory's own, printed under the post: nobody's account."""

    name: str
    post: str | None = None
    dni: str | None = None
    lines: tuple[str, ...] = ()

    @property
    def stamped(self) -> str:
        """The name without its title, as a digital signature prints it."""
        return " ".join(w for w in self.name.split() if not w.endswith(".")).upper()


@dataclass(frozen=True)
class Office:
    """Who writes: `letterhead` from the top line down, `name` as its papers call it.

    `code` is that of the DRE or UGEL, or the school's código modular. `correo` is that of the
    mesa de partes, printed at the foot of the page; `head` signs unless a paper says otherwise.
    """

    code: str
    name: str
    letterhead: tuple[str, ...]
    city: str
    head: Signatory
    address: str = ""
    correo: str = ""
    style: Letterhead = "centered"
    article: str = "la"


class Details(TypedDict, total=False):
    """What may be told of an office beyond its name; `parent` is a line of the letterhead."""

    city: str
    parent: str
    address: str
    correo: str
    style: Letterhead
    article: str


def ugel(code: str, place: str, region: str, head: Signatory, **details: Unpack[Details]) -> Office:
    """Return a UGEL below its DRE; the city has its name unless told otherwise."""
    parent = details.pop("parent", f"DIRECCIÓN REGIONAL DE EDUCACIÓN {region.upper()}")
    city = details.pop("city", place)
    own = f"UNIDAD DE GESTIÓN EDUCATIVA LOCAL {place.upper()}"
    lines = (f"GOBIERNO REGIONAL {region.upper()}", parent, own)
    return Office(code, f"UGEL {place}", lines, city, head, **_known(details))


def dre(code: str, region: str, head: Signatory, **details: Unpack[Details]) -> Office:
    """Return the DRE of a region, or its GRE if `parent` calls it a Gerencia."""
    own = details.pop("parent", f"DIRECCIÓN REGIONAL DE EDUCACIÓN {region.upper()}")
    city = details.pop("city", region)
    name = f"{'GRE' if own.startswith('GERENCIA') else 'DRE'} {region}"
    lines = (f"GOBIERNO REGIONAL {region.upper()}", own)
    return Office(code, name, lines, city, head, **_known(details))


def school(
    code: str, name: str, above: Office, head: Signatory, **details: Unpack[Details]
) -> Office:
    """Return a school below its UGEL; `name` as it calls itself: ``I.E. N° 10384``."""
    city = details.pop("city", above.city)
    lines = (above.letterhead[1], above.letterhead[-1], name.upper())
    return Office(code, name, lines, city, head, **_known(details))


class _Known(TypedDict, total=False):
    address: str
    correo: str
    style: Letterhead
    article: str


def _known(details: Details) -> _Known:
    """Return the details that an office keeps as they are."""
    kept = {key: value for key, value in details.items() if key not in {"city", "parent"}}
    return cast(_Known, kept)


# ------------------------------------------------------------------ what every paper shares


@dataclass(frozen=True, kw_only=True)
class Paper:
    """The sheet: whose letterhead, which type, which marks other hands left on it.

    `omit` names what is left out: nombres, dni, correo, nivel, rol, oficina, numero, fecha,
    firma, puesto (the signatory's post). `folio` is the number a clerk writes in the corner,
    `received` the line inside the reception stamp. `seed` varies scribbles only.
    """

    office: Office
    font: Font = "times"
    size: float = 11
    omit: Collection[str] = ()
    folio: int | None = None
    received: str | None = None
    date: str = "12 de marzo de 2026"
    seed: int = 0

    def story(self) -> list[object]:
        """Return the paper's flowables from top to bottom."""
        raise NotImplementedError

    def pdf(self) -> bytes:
        """Return the paper as PDF bytes."""
        buffer = io.BytesIO()
        template = SimpleDocTemplate(
            buffer,
            pagesize=A4,
            leftMargin=MARGIN,
            rightMargin=MARGIN,
            topMargin=108,
            bottomMargin=62,
            invariant=1,
            pageCompression=0,  # what zlib makes differs between its builds
            title=type(self).__name__.upper(),
            author=self.office.name,
        )
        template.build(self.story(), onFirstPage=self._dress, onLaterPages=self._dress_later)
        return buffer.getvalue()

    def has(self, name: str) -> bool:
        """Whether something is to be written at all."""
        return name not in self.omit

    def place(self) -> str:
        """Return the office as the text says it, or nothing if it is left out."""
        return f" de {self.office.article} {self.office.name}" if self.has("oficina") else ""

    def _dress(self, canvas: Canvas, _template: object) -> None:
        draw_letterhead(canvas, self.office, bare=not self.has("oficina"))
        if self.received:
            draw_reception(canvas, self.office, self.received)
        self._dress_later(canvas, _template)

    def _dress_later(self, canvas: Canvas, _template: object) -> None:
        draw_footer(canvas, self.office, bare=not self.has("oficina"))
        if self.folio is not None:
            draw_folio(canvas, self.folio + canvas.getPageNumber() - 1)

    def text(self, words: str, *, align: int = 4, after: float = 8, indent: float = 0) -> object:
        """Return a paragraph: `align` 0 left, 1 centre, 2 right, 4 justified."""
        style = ParagraphStyle(
            "text",
            fontName={"times": "Times-Roman", "helvetica": "Helvetica", "courier": "Courier"}[
                self.font
            ],
            fontSize=self.size,
            leading=self.size * 1.32,
            alignment=align,
            spaceAfter=after,
            firstLineIndent=indent,
            allowWidows=0,
        )
        return Paragraph(words, style)

    def lines(self, *lines: str, align: int = 0, after: float = 8) -> list[object]:
        """Return lines that stand close together."""
        return [
            self.text(line, align=align, after=after if i == len(lines) else 0)
            for i, line in enumerate(lines, 1)
        ]

    def block(self, rows: Sequence[tuple[str, str]], *, label_width: float = 82) -> object:
        """Return the aligned ``ASUNTO :`` block."""
        cells = [
            [self.text(f"<b>{a}</b>", align=0, after=0), ":", self.text(b, align=4, after=0)]
            for a, b in rows
        ]
        widths = (label_width, 12, TEXT_WIDTH - label_width - 12)
        plain = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]
        return Table(cells, colWidths=widths, style=plain, spaceAfter=8)

    def grid(self, rows: Sequence[Sequence[str]], weights: Sequence[float]) -> object:
        """Return a ruled table, its first row the headings."""
        small = replace(self, size=max(7, self.size - 3))
        cells = [[small.text(f"<b>{c}</b>", align=1, after=0) for c in rows[0]]]
        cells += [[small.text(c, align=0, after=0) for c in row] for row in rows[1:]]
        unit = TEXT_WIDTH / sum(weights)
        ruled = [
            ("GRID", (0, 0), (-1, -1), 0.6, HexColor("#333333")),
            ("BACKGROUND", (0, 0), (-1, 0), HexColor("#dddddd")),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("LEFTPADDING", (0, 0), (-1, -1), 3),
            ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        ]
        return Table(cells, colWidths=[w * unit for w in weights], style=ruled, spaceAfter=10)

    def marks(self, given: Sequence[str] | None, last: str) -> Sequence[str]:
        """Return the initials at the foot: who dictates, who types, where copies go."""
        if given is not None:
            return given
        letters = "".join(word[0] for word in self.office.head.stamped.split())
        return (f"{letters}/DIR", last)

    def signed(self, by: Signatory, *, ink: Ink, before: str | None) -> object:
        """Return the end of a paper: the greeting, the signature with its stamp, who signed."""
        who = [f"<b>{by.name}</b>"]
        who += [f"<b>{by.post}</b>"] if by.post and self.has("puesto") else []
        who += [f"DNI N° {by.dni}"] if by.dni else []
        seat = self.office.name if self.has("oficina") else ""
        hand = partial(draw_hand, by=by, seat=seat, ink=ink, date=self.date, seed=self.seed)
        greeting = [self.text(before, align=1, after=0)] if before else []
        small = replace(self, size=self.size - 1.5)
        names = small.lines(
            "." * (34 if self.font == "courier" else 58), *who, *by.lines, align=1, after=4
        )
        return KeepTogether([*greeting, CallerMacro(hand), Spacer(1, 66), *names])


class Writer(Protocol):
    """A paper that can be written."""

    def pdf(self) -> bytes:
        """Return the paper as PDF bytes."""
        ...


def _writes(paper: Callable[P, Writer]) -> Callable[P, bytes]:
    def write(*args: P.args, **kwargs: P.kwargs) -> bytes:
        return paper(*args, **kwargs).pdf()

    return write


# ------------------------------------------------------------------ drawn by hand


def draw_emblem(canvas: Canvas, x: float, y: float, size: float = 40) -> None:
    """Draw the shield that heads every paper of the State, roughly."""
    canvas.saveState()
    canvas.translate(x, y)
    canvas.scale(size / 40, size / 40)
    for colour, box in (("#7fb2e5", (6, 20, 14, 15)), ("#f2f2f2", (20, 20, 14, 15))):
        canvas.setFillColor(HexColor(colour))
        canvas.rect(*box, stroke=1, fill=1)
    canvas.setFillColor(HexColor("#c8102e"))
    shape = canvas.beginPath()
    shape.moveTo(6, 20)
    shape.curveTo(6, 6, 16, 4, 20, 0)
    shape.curveTo(24, 4, 34, 6, 34, 20)
    shape.close()
    canvas.drawPath(shape, stroke=1, fill=1)
    canvas.setStrokeColor(HexColor("#2e7d32"))
    canvas.arc(-2, -2, 42, 42, 200, 140)
    canvas.circle(20, 41, 3.2, stroke=1, fill=0)
    canvas.restoreState()


def draw_letterhead(canvas: Canvas, office: Office, *, bare: bool) -> None:
    """Draw the head of the sheet; a `bare` one does not say which office it is."""
    lines = ("MINISTERIO DE EDUCACIÓN",) if bare else office.letterhead
    {"boxes": _boxes, "centered": _centered, "left": _left}[office.style](canvas, lines)


def _boxes(canvas: Canvas, lines: Sequence[str]) -> None:
    draw_emblem(canvas, MARGIN - 12, HEIGHT - 74, 34)
    fills = ("#c8102e", "#4a4a4a", "#6e6e6e", "#8f8f8f", "#a6a6a6")
    cells = ("PERÚ", *lines)
    widths = (44, *(((TEXT_WIDTH - 62) / len(lines),) * len(lines)))
    x = MARGIN + 30.0
    for words, width, fill in zip(cells, widths, fills, strict=False):
        canvas.setFillColor(HexColor(fill))
        canvas.rect(x, HEIGHT - 72, width - 2, 32, stroke=0, fill=1)
        label = ParagraphStyle(
            "box", fontName="Helvetica", fontSize=7.2, leading=8.4, textColor=HexColor("#ffffff")
        )
        inside = Paragraph(_titled(words) if words != "PERÚ" else "<b>PERÚ</b>", label)
        _, high = inside.wrap(width - 10, 30)
        inside.drawOn(canvas, x + 4, HEIGHT - 56 - high / 2)
        x += width
    canvas.setFillColor(HexColor("#000000"))


def _titled(line: str) -> str:
    """Return a line as titles are set: ``Dirección Regional de Educación``."""
    return " ".join(w if w in {"de", "del", "y"} else w.capitalize() for w in line.lower().split())


def _centered(canvas: Canvas, lines: Sequence[str]) -> None:
    draw_emblem(canvas, MARGIN - 20, HEIGHT - 84)
    for i, line in enumerate(lines):
        canvas.setFont("Times-Bold", 11 if i < len(lines) - 1 else 12.5)
        canvas.drawCentredString(WIDTH / 2 + 12, HEIGHT - 50 - 14 * i, line)
    canvas.setLineWidth(1.2)
    canvas.line(MARGIN, HEIGHT - 94, WIDTH - MARGIN, HEIGHT - 94)
    canvas.setLineWidth(0.4)
    canvas.line(MARGIN, HEIGHT - 96.5, WIDTH - MARGIN, HEIGHT - 96.5)


def _left(canvas: Canvas, lines: Sequence[str]) -> None:
    draw_emblem(canvas, WIDTH - MARGIN - 36, HEIGHT - 82)
    canvas.setFillColor(HexColor("#7a0c1c"))
    for i, line in enumerate(lines):
        canvas.setFont("Helvetica-Bold" if i == len(lines) - 1 else "Helvetica", 9.5)
        canvas.drawString(MARGIN, HEIGHT - 48 - 12 * i, _titled(line) if i == 0 else line)
    canvas.setFillColor(HexColor("#000000"))
    canvas.line(MARGIN, HEIGHT - 90, WIDTH - MARGIN - 46, HEIGHT - 90)


def draw_footer(canvas: Canvas, office: Office, *, bare: bool) -> None:
    """Draw the foot: address and mesa de partes, and the page number."""
    canvas.setLineWidth(0.5)
    canvas.line(MARGIN, 48, WIDTH - MARGIN, 48)
    canvas.setFont("Helvetica", 7)
    reach = " | ".join(x for x in (office.address, office.correo) if x)
    if reach and not bare:
        canvas.drawString(MARGIN, 38, reach)
    canvas.drawRightString(WIDTH - MARGIN, 38, f"Pág. {canvas.getPageNumber()}")


def draw_folio(canvas: Canvas, number: int) -> None:
    """Draw the folio number a clerk writes in the upper right corner."""
    canvas.saveState()
    canvas.translate(WIDTH - 44, HEIGHT - 34)
    canvas.rotate(-7)
    canvas.setFillColor(HexColor("#23356b"))
    canvas.setStrokeColor(HexColor("#23356b"))
    canvas.setFont("Times-BoldItalic", 15)
    canvas.drawCentredString(0, -5, f"{number:02d}")
    canvas.ellipse(-15, -11, 15, 13)
    canvas.restoreState()


def draw_reception(canvas: Canvas, office: Office, line: str) -> None:
    """Draw the box that a mesa de partes stamps on what it receives."""
    canvas.saveState()
    canvas.translate(WIDTH - 204, HEIGHT - 250)
    canvas.rotate(3)
    ink = HexColor("#5a3d8a")
    canvas.setStrokeColor(ink)
    canvas.setFillColor(ink)
    canvas.setLineWidth(1.4)
    canvas.rect(0, 0, 132, 46)
    for i, words in enumerate((office.name.upper(), "MESA DE PARTES", line)):
        canvas.setFont("Helvetica-Bold", 7.5)
        canvas.drawCentredString(66, 34 - 13 * i, words)
    canvas.restoreState()


def draw_hand(  # noqa: PLR0913 - a hand and its papers
    macro: object, *, by: Signatory, seat: str, ink: Ink, date: str, seed: int
) -> None:
    """Draw what stands above the signatory's name: pen and stamp, or a digital signature."""
    canvas: Canvas = macro.canv  # type: ignore[attr-defined]
    if ink == "digital":
        _draw_digital(canvas, by, date)
    if ink in {"ink", "pen"}:
        _draw_scribble(canvas, TEXT_WIDTH / 2 - 66, -44, seed + sum(map(ord, by.name)))
    if ink == "ink":
        canvas.drawImage(
            _stamp(seat.upper(), "DIRECCIÓN"), TEXT_WIDTH / 2 - 132, -86, 84, 84, mask="auto"
        )


def _draw_digital(canvas: Canvas, by: Signatory, date: str) -> None:
    lines = (
        "Firmado digitalmente por:",
        f"{by.stamped} FAU 20500000001 hard",
        "Motivo: Soy el autor del documento",
        f"Fecha: {numeric(date)} 10:15:22 -05:00",
    )
    draw_emblem(canvas, TEXT_WIDTH / 2 - 100, -52, 30)
    canvas.setFont("Helvetica", 6.5)
    for i, line in enumerate(lines):
        canvas.drawString(TEXT_WIDTH / 2 - 62, -18 - 9 * i, line)


def _draw_scribble(canvas: Canvas, x: float, y: float, seed: int) -> None:
    """Draw a pen's signature: a tall first letter, hurried ones after it, a stroke below."""
    rng = np.random.default_rng(seed)
    canvas.saveState()
    canvas.translate(x, y)
    canvas.setStrokeColor(HexColor("#1d2f7d"))
    canvas.setLineWidth(float(rng.integers(10, 17)) / 10)
    pen = canvas.beginPath()
    pen.moveTo(0, -8)
    pen.curveTo(-14, 46, 34, 58, 18, 4)
    pen.curveTo(10, -22, -18, 6, 26, 12)
    at = 26
    for _ in range(int(rng.integers(3, 7))):
        step, up, down = (int(n) for n in rng.integers((8, 6, -14), (26, 30, 2)))
        pen.curveTo(at + step // 3, up, at + step, up, at + step - 4, down)
        pen.curveTo(at + step, down - 6, at + step + 6, down, at + step + 4, 8)
        at += step + 4
    pen.curveTo(at + 40, 20, at - 60, -26, -10, -16)
    pen.curveTo(20, -8, 60, -20, at + 22, -4)
    canvas.drawPath(pen, stroke=1, fill=0)
    canvas.restoreState()


@lru_cache(maxsize=256)
def _stamp(around: str, inside: str) -> ImageReader:
    """Return a round rubber stamp as a picture, so that no text layer gains its letters."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(84, 84), invariant=1)
    for radius, width in ((40, 1.6), (27, 0.8)):
        canvas.setLineWidth(width)
        canvas.circle(42, 42, radius)
    _letters_around(canvas, f"* {around} *")
    canvas.setFont("Helvetica-Bold", 6.2)
    canvas.drawCentredString(42, 32, inside)
    draw_emblem(canvas, 34, 42, 16)
    canvas.save()
    return ImageReader(_inked(buffer.getvalue()))


def _letters_around(canvas: Canvas, words: str) -> None:
    step = min(2 * math.pi * 0.9 / len(words), 0.19)
    for i, letter in enumerate(words):
        angle = (i - (len(words) - 1) / 2) * step
        canvas.saveState()
        canvas.translate(42 + 31 * math.sin(angle), 42 + 31 * math.cos(angle))
        canvas.rotate(-math.degrees(angle))
        canvas.setFont("Helvetica-Bold", 6.6)
        canvas.drawCentredString(0, 0, letter)
        canvas.restoreState()


def _inked(pdf: bytes) -> Image.Image:
    """Return a page as ink on glass: dark becomes blue, light lets the paper through."""
    dark = 255 - render(pdf, 150)[0].astype(np.int16)
    alpha = ((dark // 64) * 60).astype(np.uint8)  # few levels: rubber is no photograph
    ink = np.zeros((*alpha.shape, 4), np.uint8)
    ink[..., :3] = (42, 58, 140)
    ink[..., 3] = alpha
    return Image.fromarray(ink, "RGBA")


# ------------------------------------------------------------------ the oficio

ALTA = (
    (
        "Es grato dirigirme a usted para saludarlo cordialmente y, a la vez, solicitar la "
        "creación de usuario en el SIAGIE {a}."
    ),
    (
        "Mediante el presente me dirijo a su despacho a fin de solicitar se sirva asignar usuario "
        "y contraseña de acceso al SIAGIE {a}; para tal efecto se adjunta la resolución "
        "respectiva."
    ),
    (
        "Tengo a bien dirigirme a usted para comunicarle que esta sede institucional ha visto por "
        "conveniente acreditar ante la Unidad de Estadística {a}, por lo que agradeceré se "
        "disponga el alta de usuario en el SIAGIE."
    ),
    (
        "Por intermedio del presente, y en el marco de la Guía de altas y bajas de usuarios del "
        "SIAGIE, se solicita generar usuario y clave de acceso {a}."
    ),
)
BAJA = (
    (
        "Es grato dirigirme a usted para saludarlo cordialmente y, a la vez, solicitar se sirva "
        "dar de baja en el SIAGIE el usuario asignado {a}, por término de vínculo laboral."
    ),
    (
        "Mediante el presente solicito la inactivación del usuario del SIAGIE otorgado {a}, por "
        "rotación de personal."
    ),
    (
        "Me dirijo a usted para comunicarle que ha concluido la encargatura conferida {a}, por lo "
        "que se solicita dar de baja el usuario del SIAGIE respectivo."
    ),
    (
        "Por intermedio del presente, se solicita desactivar los accesos al SIAGIE concedidos {a}, "
        "por haber dejado de laborar en esta sede."
    ),
)
CLOSINGS = (
    (
        "Sin otro particular, hago propicia la ocasión para expresarle las muestras de mi mayor "
        "consideración y estima personal."
    ),
    "Es propicia la oportunidad para reiterarle los sentimientos de mi especial consideración.",
    "Agradeciendo anticipadamente la atención que brinde al presente, me suscribo de usted.",
    "Es todo cuanto solicito a usted para los fines pertinentes.",
)
ADDRESSEE = (
    "Señor(a):",
    "<b>JEFE(A) DE LA UNIDAD DE ESTADÍSTICA</b>",
    "Ministerio de Educación",
    "<u>Presente.-</u>",
)


@dataclass(frozen=True, kw_only=True)
class Oficio(Paper):
    """An office's letter that asks for accounts.

    `people` are those it asks for, each with its own cargo and nivel if given; `leaving` those
    whose account is closed in the same letter; `previous` the holder who is replaced.
    `paragraphs` (with reportlab's mark-up) stand instead of the ready wording, `after` below
    the data. `number` and `asunto` are the whole lines as printed.
    """

    people: Sequence[Person]
    action: Action = "alta"
    role: str = "Especialista SIAGIE UGEL"
    layout: Layout = "prose"
    leaving: Sequence[Person] = ()
    previous: Person | None = None
    order: NameOrder = "nombres_apellidos"
    dni_label: str = "DNI N°"
    correo_label: str = "correo electrónico"
    wording: int = 0
    paragraphs: Sequence[str] | None = None
    after: Sequence[str] = ()
    closing: str | None = None
    motto: Sequence[str] = (DECENIO, MOTTO)
    number: str = "OFICIO N° 0123-2026-UGEL/DIR"
    addressee: Sequence[str] = ADDRESSEE
    asunto: str | None = None
    referencia: Sequence[str] = ()
    salutation: str = "De mi mayor consideración:"
    signatory: Signatory | None = None
    ink: Ink = "ink"
    initials: Sequence[str] | None = None

    def story(self) -> list[object]:
        """Return the letter from the year's motto to the clerk's initials."""
        return [*self._head(), *self._body(), *self._end()]

    def _head(self) -> list[object]:
        date = [f"{self.office.city}, {self.date}"] if self.has("fecha") else []
        number = [f"<b><u>{self.number}</u></b>"] if self.has("numero") else []
        small = replace(self, size=self.size - 2)
        return [
            *small.lines(*[f"<i>“{m}”</i>" for m in self.motto], align=1),
            *self.lines(*date, align=2),
            *self.lines(*number),
            *self.lines(*self.addressee, after=10),
            self.block(self._subject()),
            self.text(self.salutation, align=0),
        ]

    def _subject(self) -> list[tuple[str, str]]:
        verb = {"alta": "CREACIÓN DE", "baja": "BAJA DE", "reemplazo": "CAMBIO DE"}[self.action]
        rows = [("ASUNTO", self.asunto or f"SOLICITO {verb} USUARIO SIAGIE")]
        if self.referencia:
            rows.append(("REFERENCIA", "<br/>".join(self.referencia)))
        return rows

    def _body(self) -> list[object]:
        said = self.paragraphs if self.paragraphs is not None else self._ready()
        parts = [self.text(p, indent=36) for p in said]
        parts += self._data(self.people)
        if self.leaving:
            parts.append(self.text(BAJA[self.wording].format(a=self._to(self.leaving)), indent=36))
            parts += self._data(self.leaving)
        return parts + [self.text(p, indent=36) for p in self.after]

    def _ready(self) -> list[str]:
        wordings = BAJA if self.action == "baja" else ALTA
        asked = wordings[self.wording].format(a=self._to(self.people))
        if self.previous is None:
            return [asked]
        return [f"{asked[:-1]}, en reemplazo de {self._clause(self.previous, role=False)}."]

    def _to(self, people: Sequence[Person]) -> str:
        if self.layout != "prose":
            return "al personal que se detalla a continuación"
        return "a " + "; y a ".join(self._clause(p) for p in people)

    def _clause(self, person: Person, *, role: bool = True) -> str:
        known = [
            f"{person.don} {person.name(self.order)}" if self.has("nombres") else "el servidor"
        ]
        if self.has("dni") and person.dni:
            known.append(f"{person.identificado} con {self.dni_label} {person.dni}")
        if role and self.has("rol"):
            known.append(f"{self._post(person)}{self.place()}")
        if role and self._correo(person):
            known.append(f"{self.correo_label} {person.correo}")
        return ", ".join(known)

    def _post(self, person: Person) -> str:
        level = f" – {person.nivel}" if person.nivel and self.has("nivel") else ""
        return f"{person.cargo or self.role}{level}"

    def _correo(self, person: Person) -> str:
        return person.correo or "" if self.has("correo") else ""

    def _data(self, people: Sequence[Person]) -> list[object]:
        match self.layout:
            case "prose":
                return []
            case "labels":
                return [self.block(self._labels(p), label_width=150) for p in people]
            case "table":
                return [self._table(people, ("APELLIDOS Y NOMBRES",), _whole_name(self.order))]
            case "separate-columns":
                heads = ("APELLIDO PATERNO", "APELLIDO MATERNO", "NOMBRES")
                return [self._table(people, heads, _split_name)]

    def _labels(self, person: Person) -> list[tuple[str, str]]:
        rows = (
            ("nombres", "Apellidos y Nombres", person.name(self.order)),
            ("dni", self.dni_label, person.dni),
            ("correo", self.correo_label.capitalize(), person.correo),
            ("rol", "Cargo", person.cargo or self.role),
            ("nivel", "Nivel", person.nivel),
        )
        return [(label, value) for key, label, value in rows if value and self.has(key)]

    def _table(
        self,
        people: Sequence[Person],
        heads: Sequence[str],
        split: Callable[[Person], Sequence[str]],
    ) -> object:
        columns = [("N°", 0.6, [str(i) for i, _ in enumerate(people, 1)])]
        if self.has("nombres"):
            wide = 3.6 / len(heads) if len(heads) == 1 else 2.3
            cells = zip(*(split(p) for p in people), strict=True)
            columns += [(h, wide, list(c)) for h, c in zip(heads, cells, strict=True)]
        columns += self._columns(people)
        filled = [c for c in columns if any(c[2])]
        rows = zip(*(values for _, _, values in filled), strict=True)
        return self.grid([[c[0] for c in filled], *rows], [c[1] for c in filled])

    def _columns(self, people: Sequence[Person]) -> list[tuple[str, float, list[str]]]:
        columns = (
            ("dni", "DNI", 1.5, [p.dni for p in people]),
            ("correo", "CORREO ELECTRÓNICO", 3.2, [p.correo or "" for p in people]),
            ("rol", "CARGO", 2.2, [p.cargo or self.role for p in people]),
            ("nivel", "NIVEL", 1.7, [p.nivel or "" for p in people]),
        )
        return [(head, wide, cells) for key, head, wide, cells in columns if self.has(key)]

    def _end(self) -> list[object]:
        closing = self.text(self.closing or CLOSINGS[self.wording], indent=36, after=10)
        small = replace(self, size=7.5)
        initials = small.lines(*self.marks(self.initials, "C.c. Archivo"))
        if not self.has("firma"):
            return [closing, *initials]
        by = self.signatory or self.office.head
        return [closing, self.signed(by, ink=self.ink, before="Atentamente,"), *initials]


def _whole_name(order: NameOrder) -> Callable[[Person], Sequence[str]]:
    return lambda person: (person.name(order),)


def _split_name(person: Person) -> Sequence[str]:
    return (*(s.upper() for s in person.surnames), person.nombres.upper())


# ------------------------------------------------------------------ the act that names somebody

PADDING = (
    (
        "Que, la Ley N° 28044, Ley General de Educación, establece que la Unidad de Gestión "
        "Educativa Local es una instancia de ejecución descentralizada del Gobierno Regional, con "
        "autonomía en el ámbito de su competencia;"
    ),
    (
        "Que, mediante Resolución Ministerial N° 609-2018-MINEDU se aprueba la Norma Técnica que "
        "regula el registro de la trayectoria educativa del estudiante de Educación Básica, a "
        "través del Sistema de Información de Apoyo a la Gestión de la Institución Educativa "
        "(SIAGIE);"
    ),
    (
        "Que, el literal g) de las funciones descritas en la Guía de altas y bajas de usuarios "
        "del SIAGIE dispone que la sede debe contar con personal acreditado que proporcione y dé "
        "de baja los usuarios en función de su vínculo laboral, empleando medidas de seguridad;"
    ),
    (
        "Que, a fin de garantizar la continuidad del registro de la matrícula, las nóminas y las "
        "actas de evaluación de las instituciones educativas de la jurisdicción, resulta necesario "
        "formalizar la designación mediante el acto resolutivo correspondiente;"
    ),
    (
        "Que, el artículo 17 del Texto Único Ordenado de la Ley N° 27444 permite que la autoridad "
        "disponga en el mismo acto administrativo que tenga eficacia anticipada a su emisión, "
        "sólo si fuera más favorable a los administrados y siempre que no lesione derechos "
        "fundamentales;"
    ),
    (
        "Que, el Reglamento de Organización y Funciones de la entidad faculta a su titular a "
        "expedir los actos que correspondan al desplazamiento y la asignación de funciones del "
        "personal;"
    ),
)
FIRST = (
    "{act}, {term}, a {named}{place}.",
    "{act}, {term}, las funciones de {post}{place} a {who}.",
    "{act} como {post}{place}, {term}, a {who}.",
)
NEXUS = ("APELLIDOS Y NOMBRES", "DOC. DE IDENTIDAD", "CARGO", "NIVEL Y/O MODALIDAD", "VIGENCIA")


@dataclass(frozen=True, kw_only=True)
class Rd(Paper):
    """A Resolución Directoral, or another act named by `kind`.

    `others` are named in VISTO and CONSIDERANDO only; `outgoing` is the one whose designation
    an article concludes; `until` is the end of an encargatura. `padding` considerandos bring
    the act to a second page (five or six of them do). `script` sets the title in a script type.
    """

    people: Sequence[Person]
    role: str = "Especialista SIAGIE UGEL"
    kind: str = "Resolución Directoral"
    number: str = "N° 000456-2026-UGEL"
    date: str = "02 de marzo de 2026"
    act: str = "DESIGNAR"
    layout: Literal["prose", "labels", "table"] = "prose"
    order: NameOrder = "nombres_apellidos_mayusculas"
    dni_label: str = "DNI N°"
    others: Sequence[Person] = ()
    outgoing: Person | None = None
    wording: int = 0
    since: str = "a partir de la fecha"
    until: str | None = None
    visto: str | None = None
    considerando: Sequence[str] | None = None
    padding: int = 1
    ordinals: bool = False
    script: bool = False
    signatory: Signatory | None = None
    ink: Ink = "ink"
    fedatario: Person | None = None
    initials: Sequence[str] | None = None

    def story(self) -> list[object]:
        """Return the act from its number to ``Regístrese y comuníquese``."""
        return [*self._title(), *self._reasons(), *self._resolves(), *self._end()]

    def _title(self) -> list[object]:
        large = replace(self, size=25 if self.script else 14)
        face = _script_font() if self.script else "Times-BoldItalic"
        number = f'<font face="Times-BoldItalic" size="14">{self.number}</font>'
        return [
            large.text(f'<font face="{face}">{self.kind}</font> {number}', align=1, after=12),
            self.text(f"{self.office.city}, {self.date}", align=2, after=10),
        ]

    def _reasons(self) -> list[object]:
        because = self.considerando if self.considerando is not None else self._ready()
        end = (
            (
                "Estando a lo informado por el Área de Recursos Humanos y a lo dispuesto por el "
                "Despacho Directoral; y,"
            ),
            (
                "De conformidad con la Ley N° 28044, la Ley N° 29944 y la Resolución Ministerial "
                "N° 609-2018-MINEDU;"
            ),
        )
        return [
            self.text(self.visto or self._seen(), after=10),
            self.text("<b>CONSIDERANDO:</b>", align=0),
            *(self.text(p, indent=36) for p in (*because, *PADDING[: self.padding], *end)),
        ]

    def _seen(self) -> str:
        file = f"{crc32(self.number.encode()) % 100000:07d}"
        by = "".join(f", presentado por {self._identified(p)}" for p in self.others[:1])
        return (
            f"<b>VISTO</b>, el expediente N° {file}-2026{by}, y demás documentos que se adjuntan;"
        )

    def _ready(self) -> list[str]:
        return [
            f"Que, mediante documento de visto, {self._identified(p)}, pone en conocimiento la "
            "necesidad de contar con personal a cargo del SIAGIE;"
            for p in self.others
        ]

    def _identified(self, person: Person) -> str:
        name = f"{person.don} {person.name(self.order)}" if self.has("nombres") else "el servidor"
        if not self.has("dni"):
            return name
        return f"{name}, {person.identificado} con {self.dni_label} {person.dni}"

    def _resolves(self) -> list[object]:
        articles = [self._first(), *self._second(), NOTIFY]
        parts: list[object] = [self.text("<b>SE RESUELVE:</b>", align=0)]
        for i, words in enumerate(articles, 1):
            parts.append(self.text(f"<b><u>{self._article(i)}</u>.-</b> {words}"))
            parts += self._data() if i == 1 else []
        return parts

    def _article(self, number: int) -> str:
        ordinal = ("PRIMERO", "SEGUNDO", "TERCERO")[number - 1]
        return f"ARTÍCULO {ordinal if self.ordinals else f'{number}°'}"

    def _first(self) -> str:
        term = self.since + (f" hasta el {self.until}" if self.until else "")
        if self.layout != "prose":
            return f"<b>{self.act}</b>, {term}, al personal que se indica{self.place()}:"
        return FIRST[self.wording].format(
            act=f"<b>{self.act}</b>",
            term=term,
            named="; y a ".join(self._named(p) for p in self.people),
            who="; y a ".join(self._identified(p) for p in self.people),
            post=self._post(self.people[0]),
            place=self.place(),
        )

    def _named(self, person: Person) -> str:
        post = f", como {self._post(person)}" if self.has("rol") else ""
        return f"{self._identified(person)}{post}"

    def _post(self, person: Person) -> str:
        level = f", {person.nivel}" if person.nivel and self.has("nivel") else ""
        return f"{person.cargo or self.role}{level}"

    def _second(self) -> list[str]:
        if self.outgoing is None:
            return []
        end = "<b>DAR POR CONCLUIDA</b>, a partir de la fecha, la designación de"
        return [f"{end} {self._identified(self.outgoing)}, dándosele las gracias."]

    def _data(self) -> list[object]:
        if self.layout == "labels":
            return [self.block(self._labels(p), label_width=150) for p in self.people]
        return [self._table()] if self.layout == "table" else []

    def _labels(self, person: Person) -> list[tuple[str, str]]:
        name = person.name(self.order) if self.has("nombres") else ""
        dni = f"D.N.I. N° {person.dni}" if self.has("dni") else ""
        post = person.cargo or self.role if self.has("rol") else ""
        nivel = person.nivel or "" if self.has("nivel") else ""
        term = f"Desde la fecha hasta el {self.until}" if self.until else ""
        values = (name, dni, post, nivel, term)
        return [(label, value) for label, value in zip(NEXUS, values, strict=True) if value]

    def _table(self) -> object:
        heads = ("N°", "APELLIDOS Y NOMBRES", "DNI", "CARGO")
        rows = [
            (str(i), p.name(self.order), p.dni if self.has("dni") else "", _cargo(p, self.role))
            for i, p in enumerate(self.people, 1)
        ]
        return self.grid([heads, *rows], (0.6, 4, 1.6, 3.5))

    def _end(self) -> list[object]:
        small = replace(self, size=7.5)
        seal = small.lines(*_fedatario(self.fedatario), after=6) if self.fedatario else []
        by = self.signatory or self.office.head
        signed = self.signed(by, ink=self.ink, before="Regístrese y comuníquese.")
        initials = small.lines(*self.marks(self.initials, "MRT/J.RR.HH."))
        return [Spacer(1, 6), signed, *seal, *initials]


NOTIFY = "<b>NOTIFICAR</b> la presente resolución a los interesados y a las instancias pertinentes."


def _cargo(person: Person, role: str) -> str:
    return f"{person.cargo or role}{f' – {person.nivel}' if person.nivel else ''}"


def _fedatario(person: Person) -> tuple[str, ...]:
    return (
        "<b>ES COPIA FIEL DEL ORIGINAL</b>",
        f"{person.nombres_apellidos_mayusculas} – FEDATARIO",
        f"DNI {person.dni}   Reg. 0231-2026",
    )


@lru_cache(maxsize=1)
def _script_font() -> str:
    """Return the script type that reportlab brings (free to use): scans of it defeat OCR."""
    fonts = Path(reportlab.__file__).parent / "fonts"
    face = pdfmetrics.EmbeddedType1Face(str(fonts / "callig15.afm"), str(fonts / "callig15.pfb"))
    pdfmetrics.registerTypeFace(face)
    pdfmetrics.registerFont(pdfmetrics.Font("Script", face.name, "WinAnsiEncoding"))
    addMapping("Script", 0, 0, "Script")
    return "Script"


# ------------------------------------------------------------------ the other papers

OTIC = Office(
    "MINEDU",
    "OTIC",
    (
        "Ministerio de Educación",
        "Oficina de Tecnologías de la Información y Comunicación",
        "Unidad de Servicios de Atención al Usuario",
    ),
    "Lima",
    Signatory("Ing. Óscar Raúl Paredes Lino", "COORDINADOR DE LA USAU"),
    style="boxes",
)


@dataclass(frozen=True, kw_only=True)
class S09(Paper):
    """The form S09 of USAU – OTIC. Its real fields are not known: these are invented.

    `boxes` prints the DNI one digit to a box, as forms do.
    """

    person: Person
    office: Office = OTIC
    action: Action = "alta"
    role: str = "Agente de la Central de Atención SIAGIE"
    date: str = "04 de marzo de 2026"
    font: Font = "helvetica"
    size: float = 10
    boxes: bool = False

    def story(self) -> list[object]:
        """Return the form: who asks, for whom, which system, who authorises."""
        title = replace(self, size=13)
        return [
            title.text("<b>FORMULARIO S09</b>", align=1, after=2),
            title.text("<b>SOLICITUD DE ACCESO A SISTEMAS DE INFORMACIÓN</b>", align=1, after=14),
            self.block(
                (("Fecha", self.date), ("Tipo de solicitud", self._ticks())), label_width=110
            ),
            self.text("<b>1. DATOS DEL USUARIO</b>", align=0),
            *self._fields(self._user()),
            self.text("<b>2. SISTEMA SOLICITADO</b>", align=0),
            *self._fields((("Sistema", "SIAGIE"), ("Perfil", self.role))),
            self.text("<b>3. AUTORIZACIÓN</b>", align=0),
            self.signed(self.office.head, ink="ink", before=None),
        ]

    def _ticks(self) -> str:
        kinds = (("Alta", "alta"), ("Baja", "baja"), ("Modificación", "reemplazo"))
        return "    ".join(f"[{'X' if key == self.action else ' '}] {word}" for word, key in kinds)

    def _user(self) -> list[tuple[str, str]]:
        rows = (
            ("nombres", "Apellidos", self.person.apellidos.upper()),
            ("nombres", "Nombres", self.person.nombres.upper()),
            ("dni", "DNI", " ".join(self.person.dni) if self.boxes else self.person.dni),
            ("correo", "Correo electrónico", self.person.correo or ""),
            ("oficina", "Unidad orgánica", "USAU – OTIC"),
        )
        return [(label, value) for key, label, value in rows if value and self.has(key)]

    def _fields(self, rows: Sequence[tuple[str, str]]) -> list[object]:
        ruled = [("GRID", (0, 0), (-1, -1), 0.5, HexColor("#555555"))]
        cells = [[self.text(a, align=0, after=0), self.text(b, align=0, after=0)] for a, b in rows]
        return [Table(cells, colWidths=(150, TEXT_WIDTH - 150), style=ruled, spaceAfter=12)]


@dataclass(frozen=True, kw_only=True)
class Solicitud(Paper):
    """The letter of one person: to the director of the school, or of an ex director to the UGEL.

    `office` is the school. `sumilla` is the line at the upper right; `expone` (with mark-up)
    stands instead of the ready wording. It has no letterhead: people write on plain paper.
    """

    person: Person
    role: str = "docente de aula"
    action: Action = "alta"
    addressee: Sequence[str] = ("SEÑOR DIRECTOR DE LA INSTITUCIÓN EDUCATIVA", "<b>S. D.</b>")
    sumilla: str | None = None
    order: NameOrder = "nombres_apellidos"
    dni_label: str = "D.N.I. N°"
    domicile: str = "el jirón Los Sauces 214"
    expone: Sequence[str] | None = None
    attached: Sequence[str] = ()
    date: str = "09 de marzo de 2026"
    ink: Ink = "pen"

    def story(self) -> list[object]:
        """Return the letter: who asks what of whom, why, and the signature."""
        me = self.person
        sumilla = self.sumilla or f"SOLICITO: {_asked(self.action)} de usuario del SIAGIE"
        words = [self.text(p, indent=36) for p in self.expone or self._ready()]
        date = self.text(f"{self.office.city}, {self.date}", align=2, after=4)
        below = (me.dni,) if self.has("dni") else ()
        by = Signatory(me.nombres_apellidos, None, None, tuple(f"DNI {d}" for d in below))
        return [
            *self.lines(f"<b>{sumilla}</b>", align=2, after=16),
            *self.lines(*self.addressee, after=14),
            self.text(self._me(), indent=36),
            *words,
            self.text("<b>POR LO EXPUESTO:</b> Ruego a usted acceder a mi solicitud.", indent=36),
            *self.lines(*(f"Adjunto: {a}" for a in self.attached)),
            date,
            *([self.signed(by, ink=self.ink, before=None)] if self.has("firma") else []),
        ]

    def _dress(self, canvas: Canvas, _template: object) -> None:
        self._dress_later(canvas, _template)

    def _dress_later(self, canvas: Canvas, _template: object) -> None:
        if self.folio is not None:
            draw_folio(canvas, self.folio + canvas.getPageNumber() - 1)

    def _me(self) -> str:
        me = self.person
        name = f" {me.name(self.order)}," if self.has("nombres") else ""
        dni = f" {me.identificado} con {self.dni_label} {me.dni}," if self.has("dni") else ""
        role = f" {self.role}{self.place()}," if self.has("rol") else ""
        return (
            f"Yo,{name}{dni}{role} con domicilio en {self.domicile}; ante usted con el debido "
            "respeto me presento y expongo:"
        )

    def _ready(self) -> list[str]:
        if self.action == "baja":
            return [
                (
                    "Que, habiendo cesado en mis funciones, solicito se dé de baja mi usuario del "
                    "SIAGIE a fin de evitar su uso por terceras personas."
                )
            ]
        return [
            (
                "Que, teniendo a mi cargo el registro de las evaluaciones de mis estudiantes, "
                "solicito se me asigne usuario y contraseña para acceder al SIAGIE."
            )
        ]


def _asked(action: Action) -> str:
    return {"alta": "Creación", "baja": "Baja", "reemplazo": "Cambio"}[action]


@dataclass(frozen=True, kw_only=True)
class DniCopy:
    """A sheet with the copy of both sides of a DNI."""

    person: Person
    born: str = "12 05 1979"
    digit: bool = True
    folio: int | None = None

    def pdf(self) -> bytes:
        """Return the sheet as PDF bytes."""
        buffer = io.BytesIO()
        canvas = Canvas(buffer, pagesize=A4, invariant=1, pageCompression=0)
        self._side(canvas, HEIGHT - 300, self._front())
        self._portrait(canvas, HEIGHT - 300)
        self._side(canvas, HEIGHT - 500, self._back())
        if self.folio is not None:
            draw_folio(canvas, self.folio)
        canvas.save()
        return buffer.getvalue()

    def _side(
        self, canvas: Canvas, y: float, rows: Sequence[tuple[float, float, str, str]]
    ) -> None:
        canvas.setFillColor(HexColor("#e9f0f7"))
        canvas.roundRect(170, y, 255, 160, 9, stroke=1, fill=1)
        canvas.setFillColor(HexColor("#111111"))
        for x, up, font, words in rows:
            canvas.setFont(font, 10 if font == "Courier-Bold" else 7.5)
            canvas.drawString(170 + x, y + up, words)

    def _front(self) -> list[tuple[float, float, str, str]]:
        paterno, materno = self.person.surnames
        last = f" - {check_digit(self.person.dni)}" if self.digit else ""
        values = (
            ("Primer Apellido", paterno.upper()),
            ("Segundo Apellido", materno.upper()),
            ("Pre Nombres", self.person.nombres.upper()),
            ("Nacimiento: Fecha y Ubigeo", f"{self.born}   060401"),
        )
        rows = [(8.0, 146.0, "Helvetica-Bold", "REPÚBLICA DEL PERÚ")]
        rows.append((8, 136, "Helvetica", "REGISTRO NACIONAL DE IDENTIFICACIÓN Y ESTADO CIVIL"))
        rows.append((8, 124, "Helvetica-Bold", "DOCUMENTO NACIONAL DE IDENTIDAD"))
        rows.append((158, 124, "Helvetica-Bold", f"DNI {self.person.dni}{last}"))
        for i, (label, value) in enumerate(values):
            rows.append((88, 108 - 24 * i, "Helvetica", label))
            rows.append((88, 98 - 24 * i, "Helvetica-Bold", value))
        return rows

    def _back(self) -> list[tuple[float, float, str, str]]:
        paterno, _ = self.person.surnames
        dni = self.person.dni
        names = _plain(f"{paterno}<<{self.person.nombres}").upper().replace(" ", "<")
        zone = (f"I<PER{dni}<{check_digit(dni)}", "7905127F2803056PER", names)
        rows = [(8.0, 140.0, "Helvetica", "Dirección: JR. LOS SAUCES 214")]
        rows.append((8, 126, "Helvetica", "Departamento / Provincia / Distrito"))
        for i, line in enumerate(zone):
            rows.append((10, 44 - 14 * i, "Courier-Bold", f"{line:<<30}"[:30]))
        return rows

    def _portrait(self, canvas: Canvas, y: float) -> None:
        canvas.setFillColor(HexColor("#b9c4cf"))
        canvas.rect(180, y + 22, 66, 84, stroke=1, fill=1)
        canvas.setFillColor(HexColor("#7d8790"))
        canvas.circle(213, y + 74, 17, stroke=0, fill=1)
        canvas.ellipse(188, y + 24, 238, y + 58, stroke=0, fill=1)
        canvas.setFillColor(Color(0, 0, 0))


def _plain(words: str) -> str:
    """Return the words without accents, as machines read them."""
    apart = unicodedata.normalize("NFD", words)
    return "".join(c for c in apart if not unicodedata.combining(c))


oficio = _writes(Oficio)
rd = _writes(Rd)
s09 = _writes(S09)
solicitud = _writes(Solicitud)
dni_copy = _writes(DniCopy)


# ------------------------------------------------------------------ what offices do to papers


def merge(*pdfs: bytes) -> bytes:
    """Return one PDF with the pages of all."""
    whole = pikepdf.new()
    for one in pdfs:
        with pikepdf.open(io.BytesIO(one)) as source:
            whole.pages.extend(source.pages)
    return _saved(whole)


def encrypt(pdf: bytes, user_password: str) -> bytes:
    """Return the PDF closed with a password (RC4: newer ciphers salt themselves at random)."""
    lock = pikepdf.Encryption(
        user=user_password, owner=user_password, R=3, aes=False, metadata=False
    )
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        buffer = io.BytesIO()
        opened.save(buffer, encryption=lock, static_id=True, compress_streams=False)
        return buffer.getvalue()


def truncate(pdf: bytes, keep: float = 0.6) -> bytes:
    """Return the first part of the PDF, as after a broken upload."""
    return pdf[: int(len(pdf) * keep)]


def _saved(pdf: pikepdf.Pdf) -> bytes:
    buffer = io.BytesIO()
    pdf.save(buffer, deterministic_id=True, compress_streams=False)
    return buffer.getvalue()


def render(pdf: bytes, dpi: int = 200) -> list[Pixels]:
    """Return every page as gray pixels."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        bitmaps = [page.render(scale=dpi / 72, grayscale=True) for page in document]
        return [np.array(bitmap.to_numpy(), np.uint8).squeeze() for bitmap in bitmaps]
    finally:
        document.close()


@dataclass(frozen=True)
class Raster:
    """A page's picture as a PDF carries it."""

    data: bytes
    filter: str
    width: int
    height: int
    bits: int
    dpi: int


def scan(  # noqa: PLR0913 - a scanner has as many knobs
    pdf: bytes,
    dpi: int = 200,
    *,
    skew: float = 0.6,
    noise: float = 4.0,
    seed: int = 0,
    jpeg_quality: int = 32,
    bilevel: bool = False,
) -> bytes:
    """Return the pages as pictures: turned by `skew` degrees, blurred, speckled, on gray paper."""
    rng = np.random.default_rng(seed)
    sheets = [_worn(page, skew * (-1) ** i, noise, rng) for i, page in enumerate(render(pdf, dpi))]
    if bilevel:
        return image_pdf([_fax(sheet, dpi) for sheet in sheets])
    return image_pdf([_jpeg(sheet, dpi, jpeg_quality) for sheet in sheets])


def photo(pdf: bytes, seed: int = 0, jpeg_quality: int = 55, width: int = 1500) -> bytes:
    """Return the first page as a telephone takes it: from the side, on a table, half in shadow."""
    page = cv2.cvtColor(render(pdf, 220)[0], cv2.COLOR_GRAY2BGR)
    high, wide = page.shape[:2]
    out = (width, int(width * 1.33))
    rng = np.random.default_rng(seed)
    corners = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    seen = np.array([[0.10, 0.05], [0.93, 0.03], [0.97, 0.97], [0.05, 0.95]]) * out
    seen += rng.integers(-12, 13, seen.shape)
    turn = cv2.getPerspectiveTransform(corners, seen.astype(np.float32))
    table = np.full((out[1], out[0], 3), (52, 74, 98), np.uint8)
    cv2.warpPerspective(
        page, turn, out, table, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_TRANSPARENT
    )
    return _encoded(".jpg", _shadowed(table), jpeg_quality)


def _shadowed(picture: Pixels) -> Pixels:
    """Return the picture under warm light, with the shadow of whoever holds the telephone."""
    high, wide = picture.shape[:2]
    down, across = np.mgrid[0:1:133j, 0:1:100j]
    light = 1.0 - 0.16 * across - 0.10 * down
    light = np.where(down + across > 1.35, light * 0.78, light)
    light = cv2.GaussianBlur(light.astype(np.float32), (0, 0), 4)
    light = cv2.resize(light, (wide, high), interpolation=cv2.INTER_LINEAR)
    warm = light[..., None] * np.array([0.90, 0.97, 1.0], np.float32)
    lit: Pixels = np.clip(picture * warm, 0, 255).astype(np.uint8)
    return lit


def _worn(page: Pixels, skew: float, noise: float, rng: np.random.Generator) -> Pixels:
    high, wide = page.shape
    turn = cv2.getRotationMatrix2D((wide / 2, high / 2), skew, 1.0)
    turned = cv2.warpAffine(page, turn, (wide, high), borderValue=250)
    soft = cv2.GaussianBlur(turned, (3, 3), 0.7).astype(np.float32)
    paper = 238 - 6 * np.linspace(0, 1, wide, dtype=np.float32)[None, :]
    grain = rng.integers(-100, 101, page.shape).astype(np.float32) * (noise / 100)
    sheet = soft / 255 * (paper - 28) + 28 + cv2.GaussianBlur(grain, (3, 3), 0.8)
    return _speckled(np.clip(sheet, 0, 255).astype(np.uint8), int(noise * 40), rng)


def _speckled(sheet: Pixels, specks: int, rng: np.random.Generator) -> Pixels:
    """Return the sheet with dust on it, the gutter of the copier at its left edge."""
    high, wide = sheet.shape
    for _ in range(specks):
        y, x = int(rng.integers(0, high - 2)), int(rng.integers(0, wide - 2))
        side = int(rng.integers(1, 3))
        sheet[y : y + side, x : x + side] = int(rng.integers(70, 150))
    fade = np.linspace(0.62, 1, 14)[None, :]
    sheet[:, :14] = (sheet[:, :14] * fade).astype(np.uint8)
    return sheet


def _encoded(kind: str, picture: Pixels, quality: int) -> bytes:
    _, data = cv2.imencode(kind, picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return bytes(data)


def _jpeg(sheet: Pixels, dpi: int, quality: int) -> Raster:
    high, wide = sheet.shape
    return Raster(_encoded(".jpg", sheet, quality), "/Filter /DCTDecode", wide, high, 8, dpi)


STRIP = (TiffImagePlugin.STRIPOFFSETS, TiffImagePlugin.STRIPBYTECOUNTS)


def _fax(sheet: Pixels, dpi: int) -> Raster:
    """Return the sheet in black and white, in the code of fax machines (Group 4)."""
    high, wide = sheet.shape
    black = Image.fromarray(np.where(sheet > 150, 255, 0).astype(np.uint8)).convert("1")
    buffer = io.BytesIO()
    whole = TiffImagePlugin.ImageFileDirectory_v2()
    whole[TiffImagePlugin.ROWSPERSTRIP] = high
    black.save(buffer, "TIFF", compression="group4", tiffinfo=whole)
    with Image.open(buffer) as written:
        tags = written.tag_v2  # type: ignore[attr-defined]
        start, size = (tags[key][0] for key in STRIP)
    code = buffer.getvalue()[start : start + size]
    how = f"/K -1 /BlackIs1 true /Columns {wide} /Rows {high}"
    return Raster(code, f"/Filter /CCITTFaxDecode /DecodeParms << {how} >>", wide, high, 1, dpi)


def image_pdf(pages: Sequence[Raster]) -> bytes:
    """Return a PDF of pictures, written as scanners stream it: the page tree comes last.

    So a file cut off on its way holds no page that a lenient reader could mend.
    """
    objects: list[bytes] = []
    for page in pages:
        objects += _page_objects(page, first=len(objects) + 3)
    kids = " ".join(f"{3 * i + 5} 0 R" for i in range(len(pages)))
    tree = f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode()
    bodies = dict(enumerate(objects, 3))
    bodies |= {2: tree, 1: b"<< /Type /Catalog /Pages 2 0 R >>"}
    return _numbered(bodies)


def _page_objects(page: Raster, *, first: int) -> list[bytes]:
    wide, high = (round(side * 72 / page.dpi, 2) for side in (page.width, page.height))
    shape = (
        f"/Type /XObject /Subtype /Image /Width {page.width} /Height {page.height} "
        f"/BitsPerComponent {page.bits} /ColorSpace /DeviceGray {page.filter}"
    )
    draw = f"q {wide} 0 0 {high} 0 0 cm /Im0 Do Q".encode()
    leaf = (
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {wide} {high}] /Contents {first + 1} 0 R "
        f"/Resources << /XObject << /Im0 {first} 0 R >> >> >>"
    )
    return [_stream(shape, page.data), _stream("", draw), leaf.encode()]


def _stream(entries: str, data: bytes) -> bytes:
    head = f"<< {entries} /Length {len(data)} >>\nstream\n".encode()
    return head + data + b"\nendstream"


def _numbered(bodies: dict[int, bytes]) -> bytes:
    """Return the file: the bodies in the order given, their table of places, the trailer."""
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = {}
    for number, body in bodies.items():
        places[number] = len(out)
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start, count = len(out), len(bodies) + 1
    out += f"xref\n0 {count}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{places[n]:010d} 00000 n \n".encode() for n in range(1, count))
    out += f"trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)
