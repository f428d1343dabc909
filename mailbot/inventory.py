"""The accounts that exist on the first day → the register: from a CSV file, or from the directory.

All or nothing: every problem of every row is told at once, and then nothing is kept. What is in the
register already is left as it is, so that it may be done again.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from mailbot import spreadsheet
from mailbot.actions.directory import Held
from mailbot.model import Open, Post
from mailbot.procedures import NIVELES, Role, Seat
from mailbot.rules import Rules
from mailbot.store import Tx, accounts

COLUMNS = ("dni", "names", "role", "office", "nivel", "correo", "username")
_ADDRESS = re.compile(r"[\w.%+-]+@[\w-]+(?:\.[\w-]+)+")


@dataclass(frozen=True, slots=True)
class Row:
    """An account as somebody lists it; `place` is where it stands, as people call it."""

    place: str
    dni: str
    names: str
    role: str
    office: str
    nivel: str | None
    correo: str | None
    username: str


@dataclass
class Found:
    """What an import found: accounts to open, those that were there, and every problem."""

    new: list[tuple[Row, Open]] = field(default_factory=list)
    known: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)


# ------------------------------------------------------------------ rows


def read_csv(path: Path) -> Iterator[Row]:
    """The rows of a file; ConfigError when it is no such file."""
    for line, cells in spreadsheet.rows(path, COLUMNS):
        yield _row(f"línea {line}", cells)


def _row(place: str, given: dict[str, str]) -> Row:
    told = {name: given[name] for name in ("dni", "names", "role", "office")}
    nivel, correo = given["nivel"] or None, given["correo"] or None
    return Row(place, **told, nivel=nivel, correo=correo, username=given["username"] or told["dni"])


def of_directory(held: Iterable[Held]) -> Iterator[Row]:
    """The enabled accounts of a directory that are for a seat."""
    for one in held:
        if one.enabled and one.seat:
            role, office, nivel, *_ = [*one.seat.split("/"), "", ""]
            place = f"cuenta «{one.username}»"
            yield Row(place, one.dni, one.names, role, office, nivel or None, None, one.username)


# ------------------------------------------------------------------ what is so of them


def examine(
    tx: Tx, rows: Iterable[Row], rules: Rules, progress: Callable[[int], None] = lambda _: None
) -> Found:
    """Which rows are new, which are known, and what is wrong with the others."""
    found, seats = Found(), dict[str, str]()
    for row in rows:
        progress(1)
        if wrong := list(_problems(row, rules)):
            found.problems += [(row.place, problem) for problem in wrong]
            continue
        opening = _opening(row, rules)
        holder = accounts.holder(tx, opening.seat)
        if holder is not None and holder.dni == row.dni:
            found.known += 1
        elif other := (holder.names if holder else seats.get(opening.seat)):
            found.problems.append((row.place, f"ese cargo ya lo ocupa {other}"))
        else:
            found.new.append((row, opening))
        seats.setdefault(opening.seat, f"otra fila ({row.place})")
    return found


def _problems(row: Row, rules: Rules) -> Iterator[str]:
    """Everything that is wrong with a row by itself."""
    if not re.fullmatch("[0-9]{8}", row.dni):
        yield f"dni «{row.dni}» no tiene 8 cifras"
    if not 0 < len(row.names) <= 200:
        yield "falta names, o es demasiado largo"
    if row.correo and not _ADDRESS.fullmatch(row.correo):
        yield f"correo «{row.correo}» no es una dirección"
    if not re.fullmatch(r"[\w.@-]{1,60}", row.username):
        yield f"username «{row.username}» no sirve de usuario"
    role = rules.guide.roles.get(row.role)
    if role is None:
        yield f"role «{row.role}» no existe; hay: {', '.join(rules.guide.roles)}"
    else:
        yield from _misplaced(row, role, rules)


def _misplaced(row: Row, role: Role, rules: Rules) -> Iterator[str]:
    office = rules.offices.get(row.office)
    if office is None:
        yield f"office «{row.office}» no está en el registro de oficinas"
    elif office.type is not role.office:
        yield f"office «{row.office}» no es de la clase que pide el cargo ({role.office.value})"
    by_nivel = role.seat is Seat.OFFICE_NIVEL
    if by_nivel and row.nivel not in NIVELES:
        yield f"nivel «{row.nivel or ''}» no existe; hay: {', '.join(NIVELES)}"
    if not by_nivel and row.nivel:
        yield "nivel sobra: ese cargo no es por nivel"


def _opening(row: Row, rules: Rules) -> Open:
    many = rules.guide.roles[row.role].seat is Seat.MANY
    parts = [row.role, row.office, row.nivel or "", *([row.dni] if many else [])]
    post = Post(row.role, row.office, row.nivel)
    correo = row.correo.lower() if row.correo else None
    return Open(row.names, row.dni, correo, post, "/".join(parts))


def keep(tx: Tx, new: Sequence[tuple[Row, Open]], now: datetime) -> list[tuple[int, Row]]:
    """Open what is new, without a case; each account's number with its row."""
    opened = []
    for row, opening in new:
        number = accounts.open_account(tx, opening, None, now)
        accounts.rename(tx, number, row.username)
        opened.append((number, row))
    return opened
