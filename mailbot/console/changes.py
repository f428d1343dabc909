"""What a directory elsewhere has still to do, as tables and lines."""

from collections.abc import Iterable, Mapping

from rich.console import Console

from mailbot.actions.saga import ENDS, Step
from mailbot.console.screen import moment
from mailbot.store.tables import Change

STEPS: Mapping[str, str] = {
    Step.PREPARE: "preparar la cuenta nueva",
    Step.CLOSE: "cerrar la anterior",
    Step.ENABLE: "activar la nueva",
    Step.WITHDRAW: "volver atrás: desactivar la nueva",
    Step.REOPEN: "volver atrás: activar la anterior",
    Step.VOID: "anular la contraseña temporal",
    Step.DONE: "hecho",
    Step.UNDONE: "deshecho: el directorio no lo aceptó",
}


def change_rows(rows: Iterable[Change]) -> list[tuple[str, ...]]:
    """Changes as a table, the heading first."""
    heading = ("Caso", "Desde", "Le toca", "Intentos", "Qué pasó", "Desde cuándo otra vez")
    return [heading, *(_row(row) for row in rows)]


def _row(row: Change) -> tuple[str, ...]:
    again = "cuando se ordene" if row.due_at is None or row.step in ENDS else moment(row.due_at)
    why = row.error or row.reason or ""
    number, since = str(row.case_id or ""), moment(row.created_at)
    return (number, since, STEPS[row.step], str(row.attempts), why, again)


def show_changes(out: Console, rows: Iterable[Change]) -> None:
    """What the directory had to do about a case; nothing where there is none elsewhere."""
    lines = [
        f"    {moment(row.created_at)}  {STEPS[row.step]}: {row.error or row.reason or 'bien'}"
        for row in rows
    ]
    if lines:
        out.print("  En el directorio:")
    for line in lines:
        out.print(line)
