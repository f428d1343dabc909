"""The register held against the directory: what differs, and how either is put right.

`adopt` takes the directory's word into the register; `repair` makes the directory as the register
says. What neither can do is told. An account that a change has in hand is left alone.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mailbot import inventory, orders
from mailbot.actions.directory import (
    Claims,
    Denied,
    Directory,
    Entry,
    Held,
    account_of,
    is_embedded,
    key_of,
)
from mailbot.actions.steps import entry
from mailbot.desk import Desk
from mailbot.errors import ConfigError
from mailbot.store import accounts
from mailbot.store.tables import Account, AccountStatus


class Kind(StrEnum):
    """How the two differ."""

    CLOSED = "closed"  # active in the register, disabled in the directory
    MISSING = "missing"  # active in the register, not there at all
    OPEN = "open"  # closed in the register, enabled in the directory
    UNKNOWN = "unknown"  # enabled in the directory, and not of the register
    DIFFERS = "differs"  # the same account, told otherwise; `detail` says what


@dataclass(frozen=True, slots=True)
class Drift:
    """One difference; `account` is the register's number, where it has one."""

    kind: Kind
    account: int | None
    held: Held | None
    username: str
    names: str
    dni: str
    seat: str
    detail: str = ""


def compare(rows: Sequence[Account], held: Iterable[Held]) -> tuple[Drift, ...]:
    """Every difference between the register's accounts, closed ones too, and a directory's. Pure.

    An account of the directory without one of the bot's keys is the register's, if that has an
    active one of the same person in the same seat: it was registered and not claimed yet.
    """
    there = list(held)
    by_key = {one.key: one for one in there if one.key}
    unclaimed = {(one.dni, one.seat): one for one in there if not one.key and one.enabled}
    free = [row for row in rows if row.change_id is None]
    known = {row.id for row in rows}
    found = [d for row in free for d in _of_row(row, by_key, unclaimed)]
    ours = {(row.dni, row.seat) for row in rows if row.status == AccountStatus.ACTIVE}
    strangers = (one for one in there if one.enabled and _is_strange(one, known, ours))
    return (*found, *(_drift(Kind.UNKNOWN, one) for one in strangers))


def _is_strange(one: Held, known: set[int], ours: set[tuple[str, str]]) -> bool:
    return account_of(one.key) not in known if one.key else (one.dni, one.seat) not in ours


def _of_row(
    row: Account, by_key: dict[str, Held], unclaimed: dict[tuple[str, str], Held]
) -> Iterator[Drift]:
    held = by_key.get(key_of(row.id)) or unclaimed.get((row.dni, row.seat))
    active = row.status == AccountStatus.ACTIVE
    if held is None:
        if active:
            yield _of(Kind.MISSING, row, None)
    elif active and not held.enabled:
        yield _of(Kind.CLOSED, row, held)
    elif held.enabled and row.status == AccountStatus.CLOSED and held.key:
        yield _of(Kind.OPEN, row, held)
    elif active and (detail := "; ".join(_details(row, held))):
        yield _of(Kind.DIFFERS, row, held, detail)


def _details(row: Account, held: Held) -> Iterator[str]:
    pairs = (
        ("usuario", row.username, held.username),
        ("nombres", row.names, held.names),
        ("DNI", row.dni, held.dni),
        ("cargo", row.seat, held.seat),
    )
    for name, here, there in pairs:
        if here != there:
            yield f"{name}: aquí «{here}», allí «{there}»"
    if not held.key:
        yield "allí todavía no lleva la clave del bot"


def _of(kind: Kind, row: Account, held: Held | None, detail: str = "") -> Drift:
    return Drift(kind, row.id, held, row.username, row.names, row.dni, row.seat, detail)


def _drift(kind: Kind, held: Held) -> Drift:
    return Drift(kind, None, held, held.username, held.names, held.dni, held.seat)


# ------------------------------------------------------------------ looking


def look(desk: Desk) -> tuple[Drift, ...]:
    """What differs now; ConfigError where the directory cannot be listed."""
    held = listed(desk)
    with desk.store.read() as tx:
        return compare(accounts.everybody(tx, closed=True), held)


def listed(desk: Desk) -> list[Held]:
    """Every account of the directory; ConfigError for one that cannot tell."""
    kind = desk.rules.settings.directory.kind
    if is_embedded(desk.rules.settings):
        raise ConfigError(
            f'directory.kind = "{kind}": el registro es el directorio, y no hay otro que mirar.'
        )
    with orders.opened(desk) as directory:
        if directory.can.finds:
            return list(directory.everybody())
    raise ConfigError(
        f'directory.kind = "{kind}": a este directorio no se le puede preguntar qué cuentas tiene: '
        "no hay con qué comparar el registro. Las que ya existen se registran con: "
        "mailbot accounts import ARCHIVO.csv"
    )


# ------------------------------------------------------------------ putting right


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a difference: done, or why not."""

    drift: Drift
    problem: str = ""


def adopt(desk: Desk, drifts: Sequence[Drift], operator: str) -> list[Outcome]:
    """Take the directory's word: close here what is closed there, register who is unknown."""
    with orders.opened(desk) as directory:
        return [Outcome(drift, _adopt(desk, directory, drift, operator)) for drift in drifts]


def _adopt(desk: Desk, directory: Directory, drift: Drift, operator: str) -> str:
    match drift.kind:
        case Kind.CLOSED | Kind.MISSING:
            return _close_here(desk, drift, operator)
        case Kind.UNKNOWN:
            return _register(desk, directory, drift, operator)
        case Kind.DIFFERS:
            return _take_names(desk, directory, drift, operator)
        case Kind.OPEN:
            return "en el registro está cerrada por un caso: ciérrela allí con --repair"


def _close_here(desk: Desk, drift: Drift, operator: str) -> str:
    with desk.store.begin() as tx:
        (row,) = accounts.by_id(tx, [drift.account or 0])
        if row.change_id is not None or not accounts.close_account(tx, row.id, None, desk.clock()):
            return "ya no está activa en el registro, o la tiene en curso otro cambio"
        desk.at(tx).note("account_adopted", operator, detail=f"{drift.account} closed")
    return ""


def _register(desk: Desk, directory: Directory, drift: Drift, operator: str) -> str:
    """Register an unknown account, then have it carry the bot's key there."""
    rows = list(inventory.of_directory([drift.held] if drift.held else []))
    with desk.store.begin() as tx:
        found = inventory.examine(tx, rows, desk.rules)
        if found.problems or not found.new:
            return "; ".join(words for _, words in found.problems) or "no dice de qué cargo es"
        ((number, row),) = inventory.keep(tx, found.new, desk.clock())
        desk.at(tx).note("account_adopted", operator, detail=f"{number} registered")
    return claim(desk, directory, number, row.username)


def claim(desk: Desk, directory: Directory, number: int, username: str) -> str:
    """Have an account of the directory carry the key of one of the register; why not, if not."""
    if not isinstance(directory, Claims):
        return "" if not directory.can.finds else "este directorio no admite darle la clave del bot"
    with desk.store.read() as tx:
        (row,) = accounts.by_id(tx, [number])
    try:
        directory.claim(entry(row), username)
    except Denied as error:
        return str(error)
    return ""


def _take_names(desk: Desk, directory: Directory, drift: Drift, operator: str) -> str:
    held, number = drift.held, drift.account or 0
    if held is None or (held.dni, held.seat) != (drift.dni, drift.seat):
        return "es otra persona o otro cargo: eso lo decide un caso"
    with desk.store.begin() as tx:
        accounts.rename(tx, number, held.username, held.names)
        desk.at(tx).note("account_adopted", operator, detail=f"{number} renamed")
    return "" if held.key else claim(desk, directory, number, held.username)


def repair(desk: Desk, drifts: Sequence[Drift], operator: str) -> list[Outcome]:
    """Make the directory as the register says: what it closed is open again, and the reverse."""
    with orders.opened(desk) as directory:
        return [Outcome(drift, _repair(desk, directory, drift, operator)) for drift in drifts]


def _repair(desk: Desk, directory: Directory, drift: Drift, operator: str) -> str:
    if drift.account is None:
        return "el bot no toca cuentas que no hizo: regístrela con --adopt, o ciérrela allí"
    with desk.store.read() as tx:
        (row,) = accounts.by_id(tx, [drift.account])
    if row.change_id is not None:
        return "la tiene en curso otro cambio"
    try:
        problem = _put_right(directory, drift, entry(row))
    except Denied as error:
        problem = str(error)
    if not problem:
        with desk.store.begin() as tx:
            desk.at(tx).note("account_repaired", operator, detail=f"{drift.account} {drift.kind}")
    return problem


def _put_right(directory: Directory, drift: Drift, entry: Entry) -> str:
    if drift.kind is Kind.OPEN:
        directory.disable(entry)
        return ""
    if drift.kind is Kind.DIFFERS:
        return "corrija los datos en el directorio, o tómelos con --adopt"
    others = [held for held in directory.holders(entry.seat) if held.key != entry.key]
    if others:
        return f"ese cargo lo ocupa allí «{others[0].username}»"
    directory.create(entry)
    directory.enable(entry)
    return ""
