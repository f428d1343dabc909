"""The guide as data: `config/procedures.csv` (18 procedures) and `config/roles.toml` (9 roles).

Reads and validates; a bad cell is a ConfigError naming file, row, column and what is allowed.
"""

import csv
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from mailbot.errors import ConfigError
from mailbot.model import Action


class OfficeType(StrEnum):
    """The kinds of office a post belongs to."""

    MINEDU = "MINEDU"
    DRE = "DRE"
    UGEL = "UGEL"
    IE = "IE"


class Seat(StrEnum):
    """How many people may hold a post at once."""

    OFFICE = "office"  # one for each office
    OFFICE_NIVEL = "office-nivel"  # one for each office and nivel
    MANY = "many"


NIVELES = ("EBR Inicial", "EBR Primaria", "EBR Secundaria", "EBE Inicial", "EBE Primaria")
"""The niveles SIAGIE serves (guide, VII)."""

SPECIAL_ASKERS = ("coordinador-siagie", "usau-otic")
"""Askers that are no office of the register: their addresses are configured."""

ADMINISTRATORS = ("administrador-minedu", "administrador-ue")
"""Deciders whose addresses are configured; every other decider is the holder of a role."""

TITULAR = "titular"
"""The asker is the person the account is for."""


@dataclass(frozen=True, slots=True)
class Role:
    """A kind of SIAGIE user (guide, IV)."""

    id: str
    name: str
    office: OfficeType
    seat: Seat
    variants: tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class Procedure:
    """One procedure of the guide (V). `section` is its number there without the V: ``5.1``."""

    section: str
    role: Role
    action: Action
    asks: str
    states: tuple[str, ...]
    where: str
    attaches: tuple[str, ...]
    decides: str
    notices: tuple[str, ...]
    credentials: str
    excludes: tuple[str, ...]

    @property
    def replaces(self) -> bool:
        """Whether the present holder of the seat loses the account."""
        return self.action is Action.ALTA and self.role.seat is not Seat.MANY

    @property
    def requirements(self) -> tuple[str, ...]:
        """Everything the check has to find, in the order people are told."""
        signed = ("firmante",) if "oficio" in self.attaches else ()
        return (*self.states, *self.attaches, *signed, "oficina", "solicitante")


@dataclass(frozen=True)
class Guide:
    """The whole guide: roles by id, procedures by section."""

    roles: Mapping[str, Role]
    procedures: Mapping[str, Procedure]

    @cached_property
    def _by_claim(self) -> Mapping[tuple[str, Action], Procedure]:
        return {(p.role.id, p.action): p for p in self.procedures.values()}

    def procedure(self, role: str | None, action: Action | None) -> Procedure | None:
        """The procedure for a role and an action, or None while either is unknown."""
        return self._by_claim.get((role, action)) if role and action else None


def read_guide(folder: Path) -> Guide:
    """Read the two files of `folder`; ConfigError names the first cell that is wrong."""
    roles = _read_roles(folder / "roles.toml")
    procedures = tuple(_read_procedures(folder / "procedures.csv", roles))
    by_section = {p.section: p for p in procedures}
    if len(by_section) < len(procedures):
        raise ConfigError(f"{folder / 'procedures.csv'}: hay dos filas con la misma sección.")
    return Guide(roles, by_section)


# ------------------------------------------------------------------ roles.toml


def read_toml(path: Path) -> dict[str, object]:
    """A TOML file as a dictionary; ConfigError says what is wrong and in which line."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(
            f"{path}: no existe. Indique la carpeta con --config o MAILBOT_CONFIG, o "
            "créela con: mailbot init CARPETA"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: no se puede leer: {error}.") from None


def _read_roles(path: Path) -> dict[str, Role]:
    return {id_: _role(path, id_, table) for id_, table in read_toml(path).items()}


def _role(path: Path, id_: str, table: object) -> Role:
    if not isinstance(table, dict) or set(table) != {"name", "office", "seat", "variants"}:
        raise ConfigError(f"{path}: [{id_}] debe tener exactamente name, office, seat y variants.")
    return Role(
        id=id_,
        name=str(table["name"]),
        office=OfficeType(_one_of(f"{path}: [{id_}] office", table["office"], OfficeType)),
        seat=Seat(_one_of(f"{path}: [{id_}] seat", table["seat"], Seat)),
        variants=patterns(f"{path}: [{id_}] variants", table["variants"]),
    )


def patterns(place: str, phrases: object) -> tuple[re.Pattern[str], ...]:
    """Phrases of a configuration file as patterns of whole words; any blank is any white space.

    In it specks may stand, which a scan shows as dashes and quotes.
    """
    if not isinstance(phrases, list):
        raise ConfigError(f"{place}: se esperaba una lista de textos.")
    return tuple(_pattern(place, str(phrase)) for phrase in phrases)


_BLANK = re.compile(r"\[[^]]*\]| \??")
_SPACED = {" ?": r"\s*", " ": r"(?:[-~]?\s+(?:['`´’·~^-]\s?|[.,:;](?=\w))?|[-·•])"}
"""What a blank means, but for one among the signs in brackets; a speck may stand in its place."""
_ARTICLE = re.compile(r"\b(?:del?|el|las?|los|al|sus?)$|\\w\*$")
"""What ends no sentence, articles and verbs whose end is left open: a sign behind it is a speck."""


def _blank(found: re.Match[str]) -> str:
    behind = _ARTICLE.search(found.string, 0, found.start())
    return ("[.:;,']?" if behind and found[0] == " " else "") + _SPACED.get(found[0], found[0])


def _pattern(place: str, phrase: str) -> re.Pattern[str]:
    try:
        spaced = _BLANK.sub(_blank, phrase)
        return re.compile(rf"(?<!\w)(?:{spaced})(?!\w)")
    except re.error as error:
        raise ConfigError(f"{place}: «{phrase}» no es un patrón válido: {error}.") from None


def _one_of(place: str, value: object, allowed: Iterator[str] | type[StrEnum]) -> str:
    options = [str(option) for option in allowed]
    if value not in options:
        raise ConfigError(f"{place}: «{value}» no vale; use {_listed(options)}.")
    return str(value)


def _listed(options: list[str]) -> str:
    return ", ".join(options[:-1]) + " o " + options[-1] if len(options) > 1 else options[0]


# ------------------------------------------------------------------ procedures.csv

_SETS: Mapping[str, tuple[str, ...]] = {
    "states": ("nombres", "dni", "correo", "nivel"),
    "attaches": ("oficio", "rd", "s09", "copia-dni"),
    "notices": ("asker", "holder", "displaced"),
    "excludes": ("PRONOEI",),
}
"""Columns that hold several words, and the words allowed."""

_COLUMNS = (
    *("section", "role", "action", "asks", "states", "where"),
    *("attaches", "decides", "notices", "credentials", "excludes"),
)


def _singles(roles: Mapping[str, Role]) -> Mapping[str, tuple[str, ...]]:
    """Columns that hold one word, and the words allowed."""
    return {
        "role": tuple(roles),
        "action": tuple(Action),
        "asks": (*SPECIAL_ASKERS, *(t for t in OfficeType if t is not OfficeType.MINEDU), TITULAR),
        "where": ("correo", "oficio", "solicitud"),
        "decides": (*ADMINISTRATORS, *roles),
        "credentials": ("", "holder", "holder-or-decider"),
    }


def _read_procedures(path: Path, roles: Mapping[str, Role]) -> Iterator[Procedure]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: no se puede leer: {error}.") from None
    rows = csv.DictReader(text.splitlines(), delimiter=";" if ";" in text.split("\n")[0] else ",")
    if tuple(rows.fieldnames or ()) != _COLUMNS:
        raise ConfigError(f"{path}, fila 1: las columnas deben ser {', '.join(_COLUMNS)}.")
    for number, row in enumerate(rows, start=2):
        yield _procedure(f"{path}, fila {number}", row, roles)


def _procedure(place: str, row: Mapping[str, str | None], roles: Mapping[str, Role]) -> Procedure:
    cells = {column: (row[column] or "").strip() for column in _COLUMNS}
    for column, allowed in _singles(roles).items():
        _one_of(f"{place}, columna {column}", cells[column], iter(allowed))
    if not re.fullmatch(r"[0-9]+\.[0-9]+", cells["section"]):
        raise ConfigError(f"{place}, columna section: «{cells['section']}» no es como 5.1.")
    sets = {column: _words(place, column, cells[column]) for column in _SETS}
    return Procedure(
        section=cells["section"],
        role=roles[cells["role"]],
        action=Action(cells["action"]),
        asks=cells["asks"],
        where=cells["where"],
        decides=cells["decides"],
        credentials=cells["credentials"],
        **sets,
    )


def _words(place: str, column: str, cell: str) -> tuple[str, ...]:
    words = tuple(cell.split())
    for word in words:
        _one_of(f"{place}, columna {column}", word, iter(_SETS[column]))
    return words
