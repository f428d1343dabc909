"""Our recognition beside the plain `tesseract` command, on the same pages with known words.

``python benchmarks/ocr.py [--seed N] [--pages N]`` draws invented people, writes papers about
them, wears the pages as scanners and telephones do, reads them and prints what came out right.
What stands on a page is known from its text layer. The seed is printed.
"""

import argparse
import io
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import pictures
import pypdfium2
from documents import (
    HEIGHT,
    WIDTH,
    Layout,
    NameOrder,
    Person,
    Pixels,
    Signatory,
    oficio,
    photo,
    rd,
    scan,
    ugel,
)
from PIL import Image
from rich.console import Console
from rich.table import Table as Shown

from mailbot.model import Attachment, Method, Page, Table, Word
from mailbot.parsers import pdf
from mailbot.parsers.documents import open_documents
from mailbot.parsers.text import fold, lines_of

SURE = 0.75
"""What the checks rely on: a picture's word below it is `unreadable`."""

SURNAMES = (
    "Quispe Mamani Flores Huamán Rojas Condori Ccallo Ñahui Apaza Chuquimango Vílchez Yupanqui "
    "Cárdenas Núñez Gutiérrez Saavedra Tafur Becerra Llontop Inga Paucar Zegarra Ochoa Espíritu"
).split()
GIVEN = (
    "José Luis Rosa Elena María Óscar Julio Yeny Nélida Wilmer Edith Jhon Percy Ángel Lucía Raúl "
    "Milagros Segundo Verónica Hernán Félix Gladys"
).split()
DOMAINS = ("correo.example", "ugel.example", "mail.example", "educacion.example")
ORDERS: tuple[NameOrder, ...] = (
    "nombres_apellidos",
    "apellidos_nombres",
    "nombres_apellidos_mayusculas",
)
LAYOUTS: tuple[Layout, ...] = ("prose", "table", "labels", "separate-columns")
UGEL = ugel("060004", "Chota", "Cajamarca", Signatory("Mg. Julio Becerra Tafur", "DIRECTOR"))
BLUE, RED = (140, 58, 42), (60, 40, 170)


File = tuple[str, bytes]
"""The kind of a file and its bytes."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of a paper: who it is about, and its text layer."""

    paper: bytes
    people: tuple[Person, ...]
    known: Page


@dataclass(slots=True)
class Score:
    """Counts. A value is right when it was read and is relied on; `silent` ones stand nowhere."""

    people: int = 0
    correos: int = 0
    dni: int = 0
    correo: int = 0
    names: int = 0
    rows_known: int = 0
    rows: int = 0
    doubted: int = 0
    silent_dni: int = 0
    silent_correo: int = 0

    def add(self, other: "Score") -> None:
        """Count another page in."""
        for field in fields(self):
            setattr(self, field.name, getattr(self, field.name) + getattr(other, field.name))


# ------------------------------------------------------------------ people and papers


def person(chance: random.Random) -> Person:
    """Somebody invented, with an address as people make them."""
    paterno, materno = chance.sample(SURNAMES, 2)
    given = chance.sample(GIVEN, 2)
    first, last, other = (fold(name) for name in (given[0], paterno, materno))
    year = chance.randrange(1960, 2005)
    local = chance.choice(
        (
            f"{first}.{last}",
            f"{first[0]}{last}{other[0]}",
            f"{first}_{last}{year % 100}",
            f"{last}{year}",
            f"{first}{last}_{other[0]}",
        )
    ).replace("ñ", "n")
    dni = f"{chance.choice('01234447')}{chance.randrange(10**7):07d}"
    domain = chance.choice(DOMAINS)
    return Person(f"{paterno} {materno}", " ".join(given), dni, f"{local}@{domain}")


def sheets(chance: random.Random, count: int) -> Iterator[Sheet]:
    """One-page papers of every shape."""
    for index in range(count):
        people = tuple(person(chance) for _ in range(1 + index % 3))
        font = chance.choice(("times", "helvetica", "courier"))
        if index % 5 == 4:
            people = people[:1]
            paper = rd(people=people, office=UGEL, font=font, padding=0)
        else:
            layout, order = LAYOUTS[index % 5], chance.choice(ORDERS)
            paper = oficio(
                people=people, office=UGEL, layout=layout, font=font, order=order, size=10
            )
        yield Sheet(paper, people, pdf.read_pdf(paper)[0])


def stamped(sheet: Sheet, seed: int) -> Pixels:
    """The page in colour with a stamp over the first number that counts."""
    page = pictures.colour(sheet.paper)
    dni = next(w for w in sheet.known.words if sheet.people[0].dni in w.text)
    scale = 200 / 72
    at = (int(dni.box[2] * scale) + 40, int(dni.box[1] * scale) + 10)
    ink = BLUE if seed % 2 else RED
    return pictures.worn(pictures.stamped(page, at, 110, ink), seed)


def _turned(degrees: float) -> Callable[[Sheet, int], File]:
    def wear(sheet: Sheet, seed: int) -> File:
        page = pictures.turned(pictures.worn(pictures.colour(sheet.paper), seed), degrees)
        return "pdf", pictures.scanned(pictures.gray(page))

    return wear


WEARS: dict[str, Callable[[Sheet, int], File]] = {
    "200 dpi, clean": lambda s, n: ("pdf", scan(s.paper, seed=n, noise=1, jpeg_quality=75)),
    "200 dpi": lambda s, n: ("pdf", scan(s.paper, seed=n)),
    "300 dpi": lambda s, n: ("pdf", scan(s.paper, 300, seed=n)),
    "150 dpi": lambda s, n: ("pdf", scan(s.paper, 150, seed=n)),
    "100 dpi": lambda s, n: ("pdf", scan(s.paper, 100, seed=n)),
    "200 dpi, fax": lambda s, n: ("pdf", scan(s.paper, seed=n, bilevel=True)),
    "stamp, colour": lambda s, n: ("pdf", pictures.scanned(stamped(s, n))),
    "stamp, gray": lambda s, n: ("pdf", pictures.scanned(pictures.gray(stamped(s, n)))),
    "upside down": _turned(180),
    "sideways": _turned(90),
    "crooked 7°": _turned(7),
    "photo 1500": lambda s, n: ("jpg", photo(s.paper, n)),
    "photo 3000": lambda s, n: ("jpg", photo(s.paper, n, width=3000)),
}


# ------------------------------------------------------------------ what came out right


def score(sheet: Sheet, pages: Sequence[Page]) -> Score:
    """What of a sheet was read right."""
    words = [placed.word for page in pages for line in lines_of(page.words, 1) for placed in line]
    cells = [cell for page in pages for table in page.tables for row in table.rows for cell in row]
    numbers = _numbers(words)
    mails = _mails([*words, *(joined for cell in cells if (joined := _joined(cell)))])
    printed = set(_numbers(sheet.known.words))
    joined = "".join(w.text for w in sheet.known.words) + " ".join(_cells([sheet.known]))
    written = {p.correo for p in sheet.people if p.correo and p.correo in joined}
    said = _letters(words)
    in_cells = {_letters(w.word for line in lines_of(cell, 1) for w in line) for cell in cells}
    got = Score(
        people=len(sheet.people), correos=len(written), rows_known=len(_rows([sheet.known]))
    )
    got.dni = sum(_sure(numbers.get(p.dni), p.dni) for p in sheet.people)
    got.correo = sum(_sure(mails.get(c), c) for c in written)
    got.names = sum(_named(p, said, in_cells) for p in sheet.people)
    got.rows = len(_rows([sheet.known]) & _rows(pages))
    got.silent_dni = sum(_sure(w, n) for n, w in numbers.items() if n not in printed)
    got.silent_correo = sum(
        _sure(w, c)
        for c, w in mails.items()
        if not any(c in (p.correo or "") for p in sheet.people)
    )
    got.doubted = sum(
        not _sure(numbers.get(p.dni), p.dni) and p.dni in numbers for p in sheet.people
    )
    return got


def _numbers(words: Sequence[Word]) -> dict[str, Word]:
    return {n: w for w in words for n in re.findall(r"(?<!\d)\d{8}(?!\d)", w.text)}


def _mails(words: Sequence[Word]) -> dict[str, Word]:
    found = ((re.search(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", w.text), w) for w in words)
    return {m.group().lower(): w for m, w in found if m}


def _joined(cell: Sequence[Word]) -> Word | None:
    placed = [p.word for line in lines_of(cell, 1) for p in line]
    if not any("@" in w.text for w in placed):
        return None
    doubts = [w.second for w in placed if w.second]
    sure = min(w.confidence for w in placed)
    text = "".join(w.text for w in placed)
    return Word(text, placed[0].box, sure, doubts[0] if doubts else None)


def _sure(word: Word | None, value: str) -> bool:
    if word is None or word.confidence < SURE:
        return False
    return word.second is None or value in re.sub(r"[^\w@.-]", "", word.second)


def _letters(words: Iterator[Word] | Sequence[Word]) -> str:
    return " ".join(re.sub(r"[^\w]+", " ", " ".join(w.text for w in words)).split()).upper()


def _named(person: Person, said: str, cells: set[str]) -> bool:
    whole = (*ORDERS, "apellidos_nombres_llano")
    forms = [_letters([Word(person.name(o), (0, 0, 0, 0))]) for o in whole]  # type: ignore[arg-type]
    parts = [s.upper() for s in (*person.surnames, person.nombres)]
    return any(f in said or f in cells for f in forms) or all(p in cells for p in parts)


def _cells(pages: Sequence[Page]) -> set[str]:
    return {cell for row in _rows(pages) for cell in row}


def _rows(pages: Sequence[Page]) -> set[tuple[str, ...]]:
    tables: list[Table] = [table for page in pages for table in page.tables]
    return {
        tuple("".join(p.word.text for line in lines_of(c, 1) for p in line) for c in row)
        for table in tables
        for row in table.rows
        if any(re.fullmatch(r"\d{8}", w.text) for cell in row for w in cell)
    }


# ------------------------------------------------------------------ the command


def commanded(files: Sequence[File], folder: Path) -> tuple[float, list[tuple[Page, ...]]]:
    """Seconds that the plain command takes, and what it read: words without places or doubts."""
    pictures_of = [_as_picture(file, folder / f"{i}.png") for i, file in enumerate(files)]
    start = time.perf_counter()
    said = [_said(path) for path in pictures_of]
    spent = time.perf_counter() - start
    return spent, [(_as_page(text),) for text in said]


def _said(path: Path) -> str:
    command = ("tesseract", str(path), "-", "-l", "spa", "--psm", "3")
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


def _as_picture(file: File, path: Path) -> Path:
    kind, data = file
    if kind == "pdf":
        document = pypdfium2.PdfDocument(data)
        document[0].render(scale=200 / 72, grayscale=True).to_pil().save(path, dpi=(200, 200))
        document.close()
    else:
        Image.open(io.BytesIO(data)).save(path)
    return path


def _as_page(text: str) -> Page:
    words = (
        Word(word, (float(x), 20.0 * y, float(x) + 1, 20.0 * y + 10))
        for y, line in enumerate(text.splitlines())
        for x, word in enumerate(line.split())
    )
    return Page(1, WIDTH, HEIGHT, Method.OCR, tuple(words))


# ------------------------------------------------------------------ the table


def ours(files: Sequence[File]) -> tuple[float, list[tuple[Page, ...]]]:
    """Seconds that the program takes, in its sandbox on as many cores as it uses; what it read."""
    attachments = tuple(Attachment(f"{i}", kind, data, "") for i, (kind, data) in enumerate(files))
    start = time.perf_counter()
    documents = open_documents(attachments)
    return time.perf_counter() - start, [document.pages for document in documents]


def measured(sheets: Sequence[Sheet], seed: int, only: str) -> Iterator[tuple[str, ...]]:
    """A row for each wear and each reader."""
    ours([WEARS["200 dpi"](sheets[0], seed)])  # the models are loaded once in a bot's life
    for name, wear in WEARS.items():
        if not re.search(only, name):
            continue
        files = [wear(sheet, seed + i) for i, sheet in enumerate(sheets)]
        spent, read = ours(files)
        with tempfile.TemporaryDirectory() as folder:
            theirs, plain = commanded(files, Path(folder))
        yield _row(name, "mailbot", sheets, read, spent)
        yield _row("", "tesseract", sheets, plain, theirs)
        yield ("", f"× {theirs / spent:.1f}", *[""] * 7)


def _row(
    name: str, reader: str, sheets: Sequence[Sheet], read: Sequence[Sequence[Page]], spent: float
) -> tuple[str, ...]:
    total = Score()
    for sheet, pages in zip(sheets, read, strict=True):
        total.add(score(sheet, pages))
    return (
        name,
        reader,
        _percent(total.dni, total.people),
        _percent(total.correo, total.correos),
        _percent(total.names, total.people),
        f"{total.rows}/{total.rows_known}",
        str(total.doubted),
        f"{total.silent_dni}/{total.silent_correo}",
        f"{len(sheets) / spent:.2f}",
    )


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}" if whole else "—"


COLUMNS = ("pages", "reader", "DNI %", "correo %", "names %", "rows", "DNI doubted")


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options.add_argument("--pages", type=int, default=10)
    options.add_argument("--only", default="", help="a pattern: the wears to measure")
    given = options.parse_args(arguments)
    out = Console()
    table = Shown(*COLUMNS, "silent DNI/correo", "pages/s", title=f"seed {given.seed}")
    drawn = list(sheets(random.Random(given.seed), given.pages))
    for row in measured(drawn, given.seed, given.only):
        table.add_row(*row)
    out.print(table)


if __name__ == "__main__":
    main()
