"""Invents people, offices and numbers at random: everything a request tells, none of it real.

Only the offices' names and codes are real. The same `Random` invents the same.
"""

import csv
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from random import Random

from documents import (
    Letterhead,
    NameOrder,
    Office,
    Person,
    Signatory,
    check_digit,
    dre,
    fecha,
    school,
    ugel,
)

OFFICES = Path(__file__).parent / "config" / "offices.csv"
WOMEN = (
    *("Rosa Elena", "Luz Marina", "María del Carmen", "Yeny Yudith", "Ana", "Flor de María"),
    *("Carmen Rosa", "Nelly", "Beatriz", "Lizeth Paola", "Karina", "Sonia Amparo", "Ángela"),
    *("Margarita de los Ángeles", "Doris Maribel", "Zoila Victoria", "Iris", "Nélida Esperanza"),
    *("Giuliana", "Mery Luz", "Katherine Ivonne", "Haydeé", "Esther Noemí", "Rocío del Pilar"),
)
MEN = (
    *("José María", "Juan Carlos", "Luis Alberto", "Wilber", "Édgar Raúl", "Percy", "Ángel"),
    *("Hermógenes", "Óscar Iván", "Jesús", "Teófilo", "Rómulo Andrés", "Freddy Yonatan", "Elí"),
    *("Jhon Kevin", "Víctor Hugo", "César Augusto", "Noé", "Félix", "Washington", "Gílmer Omar"),
)
SURNAMES = (
    *("Quispe", "Mamani", "Huamán", "Ñahui", "Ñaupari", "Condori", "Ccori", "Yauri", "Vásquez"),
    *("Vázquez", "Pérez", "García", "Sánchez", "Rojas", "Flores", "Chávez", "Díaz", "Ríos"),
    *("Huarcaya", "Ticona", "Apaza", "Choquehuanca", "Ccahuana", "Mendoza", "Núñez", "Peña"),
    *("Saldaña", "Zevallos", "Ayquipa", "Llanos", "Bardales", "Culqui", "Tuesta", "Ushiñahua"),
    *("Pizango", "Ordinola", "Purizaca", "Yovera", "Cajusol", "Sernaqué", "Espinoza", "Solís"),
    *("Aguilar", "Cárdenas", "León", "Paz", "Luna", "Ramos", "Cruz", "Rey", "Oré", "Poma", "Inga"),
    *("De la Cruz", "Del Águila", "De los Santos", "La Torre", "San Martín", "Santa Cruz"),
    *("Ponce de León", "Tupac Yupanqui", "Sánchez-Concha", "Del Carpio", "De Paz", "Villafuerte"),
)
TITLES = ("Mg.", "Lic.", "Dr.", "Prof.", "Econ.", "Ing.", "Abog.", "")
PROVIDERS = (
    *("gmail.com", "gmail.com", "hotmail.com", "outlook.com", "outlook.es", "yahoo.es"),
    *("correo.example", "educa.example"),
)
ORDERS: Sequence[NameOrder] = (
    "apellidos_nombres",
    "apellidos_nombres_llano",
    "apellidos_nombres_mayusculas",
    "apellidos_sello",
    "nombres_apellidos",
    "nombres_apellidos_mayusculas",
    "nombres_paterno_mayuscula",
)
STREETS = ("Jr. Comercio", "Av. Perú", "Calle Lima", "Jr. 28 de Julio", "Av. Los Incas", "Jr. Puno")
SCHOOLS = ("San Juan Bautista", "José Olaya", "Micaela Bastidas", "Los Libertadores", "Túpac Amaru")
STYLES: Sequence[Letterhead] = ("boxes", "centered", "left")


def plain(words: str) -> str:
    """Return words in ASCII."""
    apart = unicodedata.normalize("NFD", words)
    return "".join(c for c in apart if c.isascii())


# ------------------------------------------------------------------ people


def dni(rng: Random) -> str:
    """Return eight digits; one in four begins with zeros, as the oldest do."""
    first = rng.choice(("0", "0", "1", "2", "4", "4", "4", "7"))
    second = rng.choice("0123456789")
    return first + second + "".join(rng.choices("0123456789", k=6))


def person(rng: Random, *, cargo: str | None = None, nivel: str | None = None) -> Person:
    """Return somebody with an address."""
    nombres = rng.choice(rng.choice((WOMEN, MEN)))
    surnames = rng.sample(SURNAMES, 2)
    apellidos = " ".join(surnames if rng.random() > 0.04 else surnames[:1])
    return Person(apellidos, nombres, dni(rng), correo(rng, apellidos, nombres), cargo, nivel)


def correo(rng: Random, apellidos: str, nombres: str) -> str:
    """Return an address as people make them of their names, short or long."""
    one, *rest = plain(nombres).lower().split()
    last = plain(apellidos).lower().replace("-", " ").split()
    middle = rest[0] if rest else rng.choice(("ie", "ugel", "prof"))
    local = rng.choice(
        (
            f"{one}.{last[-1]}",
            f"{one[0]}{last[0]}{rng.randint(1, 99)}",
            f"{one}_{last[0]}_{rng.randint(1960, 2001)}",
            f"{last[0]}-{one}{rng.randint(0, 999)}",
            f"{one}.{middle}.{last[0]}.{last[-1]}{rng.randint(10, 99)}",
            f"{one[:3]}{last[0][:4]}{rng.randint(100, 99999)}",
            f"{one}{last[-1]}",
            f"siagie.{one}.{last[0]}",
        )
    )
    return f"{local}@{rng.choice(PROVIDERS)}"


def other_dni(rng: Random, number: str) -> str:
    """Return a DNI that differs as a slip of the pen does: a digit changed or two swapped."""
    while True:
        digits = list(number)
        at = rng.randrange(7)
        if rng.random() < 0.5:
            digits[at] = rng.choice("0123456789")
        else:
            digits[at], digits[at + 1] = digits[at + 1], digits[at]
        if (changed := "".join(digits)) != number:
            return changed


def written_dni(rng: Random, number: str) -> str:
    """Return a DNI as people write it: plain, with dots or blanks, or its check digit."""
    if len(number) != 8:
        return number
    return rng.choice(
        (
            *((number,) * 5),
            f"{number[:2]}.{number[2:5]}.{number[5:]}",
            f"{number[:2]} {number[2:5]} {number[5:]}",
            f"{number}-{check_digit(number)}",
            " ".join(number),
        )
    )


# ------------------------------------------------------------------ offices


@lru_cache(maxsize=1)
def registered() -> Mapping[str, Mapping[str, str]]:
    """Return the rows of the tests' register by code."""
    with OFFICES.open(encoding="utf-8-sig", newline="") as file:
        return {row["code"]: row for row in csv.DictReader(file)}


def signatory(rng: Random, posts: Sequence[str]) -> Signatory:
    """Return who signs, in one case in four with a DNI of their own below."""
    who = person(rng)
    name = f"{rng.choice(TITLES)} {who.name(rng.choice(ORDERS[4:]))}".strip()
    return Signatory(name, rng.choice(posts), who.dni if rng.random() < 0.25 else None)


def _details(rng: Random, row: Mapping[str, str]) -> dict[str, str]:
    correo = row["emails"].split(";")[0] or f"mesadepartes@dre{row['code']}.example"
    address = f"{rng.choice(STREETS)} N° {rng.randint(100, 2990)}"
    return {"address": address, "correo": correo, "style": rng.choice(STYLES)}


def _cased(words: str) -> str:
    small = {"de", "del", "la", "las", "los", "y"}
    first, *rest = words.title().split()
    return " ".join((first, *(w.lower() if w.lower() in small else w for w in rest)))


def a_ugel(rng: Random) -> Office:
    """Return one of the 224 UGEL, its letterhead naming its region."""
    row = rng.choice([r for r in registered().values() if r["type"] == "UGEL"])
    place = _cased(row["name"].removeprefix("UGEL "))
    above = registered()[row["parent"]]["name"]
    region = _cased(above.split(" ", 1)[1])
    posts = (
        f"DIRECTOR DE LA UGEL {place.upper()}",
        "DIRECTORA DE LA UNIDAD DE GESTIÓN EDUCATIVA LOCAL",
        "DIRECTOR DE PROGRAMA SECTORIAL III",
        "DIRECTOR (e) DE LA UGEL",
        "JEFE DEL ÁREA DE GESTIÓN PEDAGÓGICA",
        "JEFA DEL ÁREA DE GESTIÓN INSTITUCIONAL",
    )
    own = "GERENCIA" if above.startswith("GRE") else "DIRECCIÓN"
    parent = f"{own} REGIONAL DE EDUCACIÓN {region.upper()}"
    details = _details(rng, row)
    return ugel(row["code"], place, region, signatory(rng, posts), parent=parent, **details)  # type: ignore[arg-type]


def a_dre(rng: Random) -> Office:
    """Return one of the 26 DRE and GRE."""
    row = rng.choice([r for r in registered().values() if r["type"] == "DRE"])
    kind, name = row["name"].split(" ", 1)
    head = "GERENTE" if kind == "GRE" else "DIRECTOR"
    posts = (
        f"{head} REGIONAL DE EDUCACIÓN",
        f"{head} REGIONAL DE EDUCACIÓN {name}",
        "DIRECTORA DE GESTIÓN PEDAGÓGICA",
        "DIRECTOR DE GESTIÓN INSTITUCIONAL",
    )
    own = "GERENCIA" if kind == "GRE" else "DIRECCIÓN"
    parent = f"{own} REGIONAL DE EDUCACIÓN {name}"
    details = _details(rng, row)
    return dre(row["code"], _cased(name), signatory(rng, posts), parent=parent, **details)  # type: ignore[arg-type]


def a_school(rng: Random) -> Office:
    """Return a school that stands in no register, below a real UGEL."""
    above = a_ugel(rng)
    number = f"{rng.randint(10001, 89999)}"
    name = rng.choice(
        (
            f"I.E. N° {number}",
            f"I.E. N° {number} {rng.choice(SCHOOLS)}",
            f"I.E. {rng.choice(SCHOOLS)}",
            f"I.E.I. N° {rng.randint(100, 999)}",
        )
    )
    post = f"{rng.choice(('DIRECTOR', 'DIRECTORA', 'DIRECTOR (e)'))} DE LA {name.upper()}"
    code = f"{rng.randint(200000, 1799999):07d}"
    return school(code, name, above, signatory(rng, (post,)), style=rng.choice(STYLES))


# ------------------------------------------------------------------ numbers and dates


def day(rng: Random) -> str:
    """Return a working day of the year in words."""
    return fecha(rng.randint(1, 28), rng.randint(1, 3))


def oficio_number(rng: Random, office: Office) -> str:
    """Return the line that numbers an oficio, in one of the forms seen."""
    sign = rng.choice(("N°", "Nº", "N.°", "Nro."))
    number = rng.choice((f"{rng.randint(1, 1999):04d}", f"{rng.randint(1, 99999):05d}"))
    kind = rng.choice(("OFICIO", "OFICIO", "Oficio", "OFICIO MÚLTIPLE"))
    dash = rng.choice(("-", "-", " - ", "--"))
    tail = rng.choice(("GR/DRE-UGEL/DIR", "DIR", "AGP", "D.UGEL-J.AGP", "UE.305-D"))
    tail = f"DIR/I.E. {rng.randint(100, 999)}" if len(office.code) == 7 else tail
    return f"{kind} {sign} {number}{dash}2026-{tail}"


def act_number(rng: Random, office: Office) -> str:
    """Return the number of a resolution as printed after its kind."""
    sign = rng.choice(("N°", "Nº", "N.°"))
    number = rng.choice((f"{rng.randint(1, 9999):05d}", f"{rng.randint(1, 9999):06d}"))
    tail = "DRE" if office.code.endswith("0000") else "UGEL"
    return f"{sign} {number}-2026-{tail}"
