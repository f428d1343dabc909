"""The samples' writers: equal arguments give equal bytes, and the samples are what they say."""

import csv
import io
import json
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import make_samples
import numpy as np
import pdfplumber
import pikepdf
import pytest
from documents import (
    NameOrder,
    Office,
    Person,
    Signatory,
    check_digit,
    dni_copy,
    encrypt,
    merge,
    oficio,
    photo,
    rd,
    render,
    s09,
    scan,
    solicitud,
    truncate,
    ugel,
)
from make_samples import FOLDER, SAMPLES, Sample
from PIL import Image

CONFIG = Path(__file__).parent / "config"
UGEL = ugel("060004", "Chota", "Cajamarca", Signatory("Mg. Julio Becerra Tafur", "DIRECTOR"))
ROSA = Person("De la Cruz Mamani", "Rosa Elena", "41234567", "rosa@correo.example")
JOSE = Person("Quispe Ñahui", "José", "01234567", "jose@correo.example")


def letter(**varied: object) -> bytes:
    return oficio(people=(ROSA,), office=UGEL, **varied)  # type: ignore[arg-type]


def words(pdf: bytes) -> str:
    with pdfplumber.open(io.BytesIO(pdf)) as opened:
        return " ".join((page.extract_text() or "") for page in opened.pages).replace("\n", " ")


PAPERS: dict[str, Callable[[], bytes]] = {
    "oficio": letter,
    "oficio-table": lambda: letter(layout="table"),
    "rd": lambda: rd(people=(ROSA,), office=UGEL, script=True),
    "s09": lambda: s09(person=ROSA),
    "dni": lambda: dni_copy(person=ROSA),
    "solicitud": lambda: solicitud(person=ROSA, office=UGEL),
    "merge": lambda: merge(letter(), dni_copy(person=ROSA)),
    "scan": lambda: scan(letter(), seed=3),
    "fax": lambda: scan(letter(), bilevel=True, seed=3),
    "photo": lambda: photo(letter(), seed=3),
    "encrypt": lambda: encrypt(letter(), "clave"),
}


@pytest.mark.parametrize("paper", PAPERS)
def test_equal_arguments_give_equal_bytes(paper: str) -> None:
    """Nothing in a paper comes from the clock or from chance."""
    assert PAPERS[paper]() == PAPERS[paper]()


ORDERS: dict[NameOrder, str] = {
    "apellidos_nombres": "DE LA CRUZ MAMANI, Rosa Elena",
    "apellidos_nombres_llano": "De la Cruz Mamani Rosa Elena",
    "apellidos_nombres_mayusculas": "DE LA CRUZ MAMANI ROSA ELENA",
    "apellidos_sello": "DE LA CRUZ MAMANI Rosa Elena",
    "nombres_apellidos": "Rosa Elena De la Cruz Mamani",
    "nombres_apellidos_mayusculas": "ROSA ELENA DE LA CRUZ MAMANI",
    "nombres_paterno_mayuscula": "Rosa Elena DE LA CRUZ Mamani",
}


@pytest.mark.parametrize(("order", "name"), ORDERS.items())
def test_an_oficio_writes_the_name_in_any_order(order: NameOrder, name: str) -> None:
    """Every order that offices use can be asked for."""
    assert name in words(letter(order=order))


@pytest.mark.parametrize("layout", ["prose", "labels", "table"])
@pytest.mark.parametrize(
    ("field", "written"),
    [
        ("nombres", "Rosa Elena"),
        ("dni", "41234567"),
        ("correo", "rosa@correo.example"),
        ("rol", "Especialista SIAGIE"),
        ("puesto", "DIRECTOR"),
    ],
)
def test_any_single_field_can_be_left_out(layout: str, field: str, written: str) -> None:
    """A field is there, and is gone when it is dropped, whatever the layout."""
    assert written in words(letter(layout=layout))
    assert written not in words(letter(layout=layout, omit=(field,)))


def test_an_oficio_can_hide_whose_it_is() -> None:
    """Without its office neither letterhead nor text tells one UGEL from another."""
    assert (
        "chota"
        not in words(
            letter(omit=("oficina",), signatory=Signatory("X", "DIRECTOR"), number="OFICIO N° 1")
        )
        .replace("Chota, ", "")
        .lower()
    )


def test_an_rd_names_others_before_se_resuelve_only() -> None:
    """The trap it lays: a name and a DNI that the act does not concern."""
    before, after = words(rd(people=(ROSA,), office=UGEL, others=(JOSE,))).split("SE RESUELVE")
    assert "01234567" in before
    assert "01234567" not in after
    assert "41234567" in after


def test_an_rd_of_many_reasons_takes_two_pages() -> None:
    """Its articles then stand on another page than its title."""
    with pikepdf.open(io.BytesIO(rd(people=(ROSA,), office=UGEL, padding=6))) as opened:
        assert len(opened.pages) == 2


@pytest.mark.parametrize("bilevel", [False, True])
def test_a_scan_is_a_picture_of_every_page(*, bilevel: bool) -> None:
    """It has no text layer, as many pages as before, and ink on light paper."""
    scanned = scan(merge(letter(), letter()), bilevel=bilevel)
    assert not words(scanned).strip()
    pages = render(scanned, 50)
    assert len(pages) == 2
    assert all(200 < float(np.mean(page)) < 254 for page in pages)


def test_a_photo_is_a_jpeg() -> None:
    """A telephone sends no PDF."""
    with Image.open(io.BytesIO(photo(letter()))) as picture:
        assert picture.format == "JPEG"


def test_an_encrypted_pdf_opens_with_its_password_only() -> None:
    """The password closes it to everybody else."""
    closed = encrypt(letter(), "clave")
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(io.BytesIO(closed))
    with pikepdf.open(io.BytesIO(closed), password="clave") as opened:
        assert len(opened.pages) == 1


def test_a_truncated_scan_holds_no_page() -> None:
    """Its page tree came last, so that no lenient reader can mend it."""
    with (
        pytest.raises(pikepdf.PdfError),
        pikepdf.open(io.BytesIO(truncate(scan(letter())))) as opened,
    ):
        assert opened.pages[0]


def test_the_check_digit_is_that_of_reniec() -> None:
    """The published example: 10117410 → 2."""
    assert check_digit("10117410") == "2"


# ------------------------------------------------------------------ the samples

ODDITIES = 63
REPLIES = 15


def test_there_are_as_many_samples_as_we_think() -> None:
    """A folder that lost its files would otherwise pass every other claim."""
    names = [s.name for s in SAMPLES]
    procedures = [name for name in names if re.match(r"[1-9]\.[12]-", name)]
    replies = [name for name in names if name.startswith("respuesta-")]
    assert len(procedures) == 18
    assert len(replies) == REPLIES
    assert len(names) == len(set(names)) == 18 + ODDITIES + REPLIES


def test_the_folder_holds_the_samples_and_nothing_else() -> None:
    """Each mail has its truth and its golden file, and none is left over from an older run."""
    expected = {f"{s.name}{end}" for s in SAMPLES for end in (".eml", ".truth.json", ".txt")}
    assert {p.name for p in FOLDER.iterdir()} == expected


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.name)
def test_a_sample_is_written_again_as_it_was(sample: Sample) -> None:
    """The mails in the folder are those this program writes, to the byte."""
    assert (FOLDER / f"{sample.name}.eml").read_bytes() == sample.mail()
    assert (FOLDER / f"{sample.name}.truth.json").read_bytes() == make_samples.truth_bytes(sample)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.name)
def test_a_sample_travels(sample: Sample) -> None:
    """Its lines end in CRLF and none is longer than SMTP allows."""
    raw = (FOLDER / f"{sample.name}.eml").read_bytes()
    lines = raw.split(b"\r\n")
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert max(len(line) for line in lines) <= 998


def test_the_folder_stays_small() -> None:
    """Scans are where they are needed only."""
    assert sum(p.stat().st_size for p in FOLDER.iterdir()) < 6_000_000


def rows(name: str) -> list[dict[str, str]]:
    with (CONFIG / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def registered() -> dict[str, set[str]]:
    """Return what each registered address speaks for."""
    codes: dict[str, set[str]] = {}
    for name, key in (("offices.csv", "code"), ("schools.csv", "codigo_modular")):
        for row in rows(name):
            for one in filter(None, row["emails"].split(";")):
                codes.setdefault(one, set()).add(row[key])
    return codes


def test_the_register_knows_every_office() -> None:
    """26 DRE and 224 UGEL, each UGEL below its DRE."""
    offices = {row["code"]: row for row in rows("offices.csv")}
    assert [sum(r["type"] == t for r in offices.values()) for t in ("DRE", "UGEL")] == [26, 224]
    assert all(offices[r["parent"]]["type"] == "DRE" for r in offices.values() if r["parent"])


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.name)
def test_the_register_agrees_with_the_truth(sample: Sample) -> None:
    """A sender's office is what its address is registered for; each school asked for is known."""
    truth = json.loads((FOLDER / f"{sample.name}.truth.json").read_bytes())
    known = registered().get(truth["sender"].get("address", ""), set())
    if "office" in truth["sender"]:
        assert known == ({truth["sender"]["office"]} - {None})
    codes = {r["code"] for r in rows("offices.csv")} | {
        r["codigo_modular"] for r in rows("schools.csv")
    }
    asked = {r["office"] for r in truth.get("requests", ())}
    assert asked <= codes | {"MINEDU", None}


def plain(name: str) -> str:
    """Return a name in capitals without accents: the register's spelling varies."""
    apart = unicodedata.normalize("NFD", name.upper())
    return "".join(c for c in apart if not unicodedata.combining(c))


def test_the_letterheads_are_of_offices_in_the_register() -> None:
    """The samples' offices have the names and codes of the register."""
    offices = {row["code"]: row["name"] for row in rows("offices.csv")}
    ours = [o for o in vars(make_samples).values() if isinstance(o, Office) and o.code in offices]
    assert len(ours) >= 50
    for office in ours:
        assert plain(offices[office.code]).startswith(plain(office.name.replace(" N° ", " ")))
