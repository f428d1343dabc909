"""What a request is made of before it is a mail, and what every kind of request shares.

A `Draft` is a mail being written; an `Asked` is what is true of one person in it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Literal

import documents as d
from invention import ORDERS, day, person, registered, written_dni
from phrasing import ALL_OF_THEM, ALTA, BAJA, clause, labelled

Medium = Literal["digital", "mixed", "scan300", "scan200", "scan150", "scan100", "photo"]
Json = dict[str, Any]
ROLES = {
    "1": "especialista-minedu",
    "2": "central-atencion",
    "3": "especialista-dre",
    "4": "estadistico-dre",
    "5": "especialista-ugel",
    "6": "especialista-nivel",
    "7": "estadistico-ugel",
    "8": "director-ie",
    "9": "personal-ie",
}


@dataclass(frozen=True)
class Asked:
    """One person × one action, and what is amiss with it."""

    section: str
    who: d.Person
    office: str
    nivel: str | None = None
    amiss: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)

    def truth(self) -> Json:
        """Return the request as the contract prints it."""
        number, action = self.section.split(".")
        return {
            "procedure": self.section,
            "role": ROLES[number],
            "action": {"1": "alta", "2": "baja"}[action],
            "office": self.office,
            "nivel": self.nivel if number == "6" else None,
            "holder": {
                "apellidos_y_nombres": self.who.apellidos_nombres_llano,
                "dni": self.who.dni,
                "correo": self.who.correo,
            },
            "findings": [{"requirement": r, "outcome": o} for r, o in self.amiss.items()],
            "values": dict(self.values),
            "complete": not self.amiss,
        }


@dataclass
class Draft:
    """A mail being written: `papers` are PDFs with the names of their files."""

    sender: str
    subject: str
    asked: list[Asked]
    office: d.Office | None = None
    text: str = ""
    table: Sequence[Sequence[str]] = ()
    papers: list[tuple[str, bytes]] = field(default_factory=list)
    merged: bool = False


# ------------------------------------------------------------------ what the mail itself says


def write_body(rng: Random, draft: Draft, section: str, who: d.Person, omit: Sequence[str]) -> None:
    """State everything in the mail: in labelled lines, in a sentence or in a pasted table."""
    listed = rows(rng, who, omit)
    asked = rng.choice(ALTA if action(section) == "alta" else BAJA)
    hello = rng.choice(("Buenos días,", "Estimados señores:", "Sr. Administrador SIAGIE:"))
    layout = rng.choice(("labels", "prose", "table"))
    if layout == "prose":
        order = rng.choice(ORDERS)
        told = asked.format(a="a " + clause(rng, who, cargo(who), order, omit))
        draft.text = f"{hello}\n\nMe dirijo a ustedes para {told}"
        return
    lead = f"{hello}\n\nMe dirijo a ustedes para {asked.format(a=ALL_OF_THEM[2])}"
    if layout == "table":
        draft.table = list(zip(*listed, strict=True))
    below = "@@" if layout == "table" else labelled(rng, listed)
    draft.text = f"{lead}\n\n{below}"


def rows(rng: Random, who: d.Person, omit: Sequence[str]) -> list[tuple[str, str]]:
    """Return what is stated of a person, labelled."""
    listed = [
        ("nombres", "Apellidos y Nombres", who.name(rng.choice(ORDERS[:4]))),
        ("dni", rng.choice(("DNI", "DNI N°", "D.N.I.")), written_dni(rng, who.dni)),
        ("correo", rng.choice(("Correo electrónico", "Correo", "E-mail")), who.correo or ""),
        ("rol", "Cargo", cargo(who)),
    ]
    return [(label, value) for key, label, value in listed if value and key not in omit]


def cargo(who: d.Person) -> str:
    """Return a post with its nivel."""
    return f"{who.cargo} – {who.nivel}" if who.nivel else who.cargo or ""


def sheet(rng: Random) -> Json:
    """Return what typewriters and other hands do to a sheet."""
    return {
        "font": rng.choice(("times", "helvetica", "courier")),
        "size": rng.choice((10.0, 10.5, 11.0, 12.0)),
        "folio": rng.choice((None, rng.randint(1, 90))),
        "received": rng.choice((None, f"{day(rng)[:2]} MAR 2026 - 10:{rng.randint(10, 59)}")),
        "date": day(rng),
        "seed": rng.randrange(1000),
    }


# ------------------------------------------------------------------ what is amiss


def action(section: str) -> d.Action:
    """Return what a section of the guide is about."""
    return "alta" if section.endswith("1") else "baja"


def sender(rng: Random, office: d.Office) -> str:
    """Return the office's registered address, or one nobody has registered."""
    known = registered()[office.code]["emails"].split(";")[0]
    return f"Mesa de Partes <{known or person(rng).correo}>"


def defect(rng: Random, *kinds: str, odds: float = 0.3) -> str | None:
    """Return one of the things that may be wrong, or mostly nothing."""
    return rng.choice(kinds) if rng.random() < odds else None


def amiss(lack: str | None, both: Mapping[str, tuple[str, str]]) -> Mapping[str, str]:
    """Return the requirement a defect spoils, with the outcome that says so."""
    if lack is None:
        return {}
    requirement, outcome = both.get(lack, (lack, "missing|unreadable"))
    return {requirement: outcome}


def without(who: d.Person, lack: str | None) -> d.Person:
    """Return the holder as far as the mail tells: what is lacking is empty."""
    match lack:
        case "nombres":
            return replace(who, apellidos="", nombres="")
        case "dni" | "siete" | "dni-rd" | "dni-s09" | "dni-cuerpo" | "dni-copia":
            return replace(who, dni="")
        case "correo":
            return replace(who, correo=None)
    return who
