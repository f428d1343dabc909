"""What an operator sees on a terminal. The home of rich."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from mailbot.console.changes import change_rows, show_changes
from mailbot.console.checked import (
    SIGNS,
    counted_as,
    show_checked,
    show_examined,
    show_totals,
)
from mailbot.console.screen import moment, plain_screen
from mailbot.incident import LETTER_STATES
from mailbot.model import Outcome
from mailbot.offices import Offices
from mailbot.procedures import Guide, Procedure
from mailbot.store import tables
from mailbot.store.journal import Told
from mailbot.store.purge import Kind

__all__ = [
    "change_rows",
    "counted_as",
    "moment",
    "show_changes",
    "show_checked",
    "show_examined",
    "show_totals",
]

WIDTH = 100
"""Columns when nobody watches: in files and pipes a line is always as long."""

_STATES = {
    tables.CaseStatus.OBSERVED: "observado: espera a quien lo pidió",
    tables.CaseStatus.PENDING: "espera la decisión",
    tables.CaseStatus.APPROVED: "aprobado",
    tables.CaseStatus.DONE: "hecho",
    tables.CaseStatus.REJECTED: "rechazado",
    tables.CaseStatus.EXPIRED: "no se completó",
    tables.CaseStatus.WITHDRAWN: "retirado",
}


def console() -> Console:
    """The terminal, or a fixed width without colours when the output goes elsewhere."""
    return plain_screen(WIDTH)


@contextmanager
def progress(total: int, words: str) -> Iterator[Callable[[int], None]]:
    """A bar on standard error while some work is done; call what it gives with each advance.

    Nothing where nobody watches. Standard output passes above the bar only when it goes to the
    same terminal: what is piped stays in its pipe.
    """
    errors = Console(stderr=True)
    if total < 2 or not errors.is_terminal:
        yield lambda _: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    shared = sys.stdout.isatty()
    with Progress(*columns, console=errors, transient=True, redirect_stdout=shared) as bar:
        task = bar.add_task(words, total=total)
        yield lambda rows: bar.advance(task, rows)


# ------------------------------------------------------------------ procedures


def procedures_table(guide: Guide) -> list[tuple[str, ...]]:
    """The 18 procedures in words, the heading first: what the terminal and the README show."""
    heading = (
        "§",
        "Cargo",
        "Acción",
        "Solicita",
        "Debe constar",
        "Debe adjuntar",
        "Decide",
        "Reemplaza",
    )
    return [heading, *(_in_words(p, guide) for p in guide.procedures.values())]


_WORDS = {
    "coordinador-siagie": "Coordinador SIAGIE MINEDU",
    "usau-otic": "USAU – OTIC",
    "titular": "la propia persona",
    "IE": "Director de la IE",
    "DRE": "DRE/GRE",
    "administrador-minedu": "Administrador SIAGIE MINEDU",
    "administrador-ue": "Administrador SIAGIE UE",
    "copia-dni": "copia del DNI",
    "rd": "RD",
    "s09": "formulario S09",
    "dni": "DNI",
}


def _in_words(procedure: Procedure, guide: Guide) -> tuple[str, ...]:
    decider = guide.roles.get(procedure.decides)
    return (
        f"V.{procedure.section}",
        procedure.role.name,
        procedure.action.value,
        _WORDS.get(procedure.asks, procedure.asks),
        f"{_list(procedure.states)} (en {_article(procedure.where)})",
        _list(procedure.attaches) or "–",
        decider.name if decider else _WORDS.get(procedure.decides, procedure.decides),
        "sí" if procedure.replaces else "no",
    )


def _list(items: Iterable[str]) -> str:
    return ", ".join(_WORDS.get(item, item) for item in items)


def _article(where: str) -> str:
    return {"correo": "el correo", "oficio": "el oficio", "solicitud": "la solicitud"}[where]


def show_rows(out: Console, title: str, rows: Sequence[tuple[str, ...]], empty: str) -> None:
    """A table, or a sentence when there is nothing to show."""
    if len(rows) < 2:
        out.print(empty)
        return
    table = Table(title=title, title_justify="left", header_style="bold")
    for heading in rows[0]:
        table.add_column(heading, overflow="fold")
    for row in rows[1:]:
        table.add_row(*row)
    out.print(table)


# ------------------------------------------------------------------ cases and accounts


def case_rows(rows: Iterable[tables.Case]) -> list[tuple[str, ...]]:
    """Cases as a table, the heading first."""
    heading = ("Caso", "Desde", "Qué", "Persona", "Estado")
    return [heading, *(_case_row(row) for row in rows)]


def _case_row(row: tables.Case) -> tuple[str, ...]:
    record = row.record
    what = f"{record['action'] or '?'} {record['role_name'] or ''}, {record['office_name'] or '?'}"
    return (str(row.id), moment(row.created_at), what, row.names or "?", state_words(row))


def state_words(row: tables.Case) -> str:
    """A case's state as people say it."""
    words = _STATES[tables.CaseStatus(row.status)]
    return (
        f"{words}, hasta el {moment(row.due_at)}"
        if row.due_at and row.status == "observed"
        else words
    )


def mail_rows(rows: Iterable[tables.Mail]) -> list[tuple[str, ...]]:
    """Mails set aside as a table, the heading first."""
    heading = ("Correo", "Llegó", "De", "Por qué se apartó")
    found = ((str(m.id), moment(m.received_at), m.sender or "?", m.reason or "") for m in rows)
    return [heading, *found]


def letter_rows(rows: Iterable[tables.Letter]) -> list[tuple[str, ...]]:
    """Letters that did not arrive as a table, the heading first."""
    heading = ("Carta", "Para", "Cuál", "Qué pasó")
    return [heading, *((str(x.id), x.recipient, x.kind, x.error or x.status) for x in rows)]


def waiting_rows(rows: Iterable[tables.Letter]) -> list[tuple[str, ...]]:
    """Letters that will be tried again as a table, the heading first."""
    heading = ("Carta", "Para", "Cuál", "Cómo está", "Qué pasó", "Desde cuándo otra vez")
    found = (
        (str(x.id), x.recipient, x.kind, letter_words(x), x.error or "", moment(x.due_at))
        for x in rows
    )
    return [heading, *found]


def alarm_rows(standing: Mapping[str, datetime]) -> list[tuple[str, ...]]:
    """The alarms that stand as a table, the heading first."""
    return [("Qué", "Desde"), *((name, moment(at)) for name, at in standing.items())]


def letter_words(row: tables.Letter) -> str:
    """A letter's state as people say it, with the server's name for it."""
    words = LETTER_STATES[row.status]
    return f"{words} (en el servidor: {row.queue_id})" if row.queue_id else words


def due_rows(due: Iterable[tuple[Kind, datetime, int]]) -> list[tuple[str, ...]]:
    """What a purge would forget as a table, the heading first."""
    heading = ("Qué", "Anterior a", "Registros")
    return [heading, *((kind.label, moment(limit), str(rows)) for kind, limit, rows in due)]


def account_rows(
    rows: Iterable[tables.Account], guide: Guide, offices: Offices
) -> list[tuple[str, ...]]:
    """Accounts as a table, the heading first."""
    heading = ("Usuario", "Persona", "Cargo", "Oficina", "Nivel", "Desde", "Hasta")
    return [heading, *(_account_row(row, guide, offices) for row in rows)]


def _account_row(row: tables.Account, guide: Guide, offices: Offices) -> tuple[str, ...]:
    role = guide.roles.get(row.role)
    return (
        row.username,
        row.names,
        role.name if role else row.role,
        offices.name(row.office),
        row.nivel or "",
        moment(row.opened_at),
        moment(row.closed_at),
    )


def show_story(
    out: Console, row: tables.Case, events: Iterable[Told], sent: Iterable[tables.Letter]
) -> None:
    """Everything about one case: what was read, what happened, which letters left."""
    record = row.record
    out.print(
        Text(f"Caso {row.id}: {record['action'] or '?'} de {record['role_name'] or '?'}", "bold")
    )
    for label, value in (
        ("Persona", row.names),
        ("DNI", row.dni),
        ("Correo", record["correo"]),
        ("Oficina", record["office_name"]),
        ("Nivel", record["nivel"]),
        ("Lo pide", row.asker),
        ("Estado", state_words(row)),
        ("Decidió", row.decided_by),
        ("Motivo", row.reason),
    ):
        if value:
            out.print(f"  {label}: {value}")
    out.print("  Requisitos:")
    for f in record["findings"]:
        out.print(
            f"    {SIGNS[Outcome(f['outcome'])][0]} {f['label']}: "
            f"{f['value'] or '—'} {f['note'] or ''}"
        )
    out.print("  Historia:")
    for event in events:
        out.print(f"    {moment(event.at)}  {event.name}  {event.actor}  {event.detail}")
    out.print("  Cartas:")
    for letter in sent:
        out.print(
            f"    {moment(letter.created_at)}  {letter.kind} → {letter.recipient}: "
            f"{letter_words(letter)}"
        )
