"""The commands an operator mends things with."""
# ruff: noqa: PLC0415  the stages are imported by the commands that use them

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailbot.cli.opening import ATTENTION, as_json, opened, operator, pass_folder, print_json
from mailbot.errors import ConfigError
from mailbot.tongue import _

if TYPE_CHECKING:
    from mailbot.desk import Desk, Visit
    from mailbot.store.tables import Case


@click.command()
@click.argument("numbers", metavar="NÚMERO...", nargs=-1, required=True, type=int)
@click.option(
    "--vouch",
    metavar="NOMBRE",
    help="Da por comprobado al remitente; quede constancia de quién lo hace.",
)
@as_json
@pass_folder
def retry(
    folder: Path | None, numbers: tuple[int, ...], vouch: str | None, *, as_json: bool
) -> None:
    """Vuelve a procesar correos apartados en la próxima pasada."""
    from mailbot import pipeline

    with opened(folder) as desk:
        count = pipeline.retry(desk, numbers, vouch, operator())
    if as_json:
        print_json({"asked": len(numbers), "retried": count})
    else:
        click.echo(
            _("{count} de {numbers} correos se procesarán en la próxima pasada.").format(
                count=count, numbers=len(numbers)
            )
        )
    if count < len(numbers):
        click.echo(_(_NOT_RETRIED), err=True)
        raise click.exceptions.Exit(ATTENTION)


_NOT_RETRIED = (
    "Los demás no están apartados, ya se borraron, o pesan demasiado: de estos solo se guardó la "
    "cabecera. Suba limits.mail_bytes y muévalos de «Apartados» a la bandeja de entrada."
)


@click.command("set-aside")
@click.argument("numbers", metavar="[NÚMERO]...", nargs=-1, type=int)
@click.option("--reason", metavar="TEXTO", default="lo apartó un operador", help="Por qué.")
@as_json
@pass_folder
def set_aside(folder: Path | None, numbers: tuple[int, ...], reason: str, *, as_json: bool) -> None:
    """Muestra los correos apartados; o aparta los que se nombren, si aún no se atendieron."""
    from mailbot import pipeline

    with opened(folder) as desk:
        if numbers:
            count = pipeline.lay_aside(desk, numbers, reason, operator())
            click.echo(
                _("{count} de {numbers} correos quedaron apartados.").format(
                    count=count, numbers=len(numbers)
                )
            )
            if count < len(numbers):
                raise click.exceptions.Exit(ATTENTION)
            return
        _show_aside(desk, as_json=as_json)


def _show_aside(desk: "Desk", *, as_json: bool) -> None:
    from mailbot import console, contracts
    from mailbot.store import mails

    with desk.store.begin() as tx:
        desk.at(tx).note("pending_seen", operator(), detail="set aside")
        found = mails.set_aside_since(tx, 0)
    if as_json:
        print_json([contracts.aside(row) for row in found])
        return
    rows = console.mail_rows(found)
    console.show_rows(console.console(), _("Correos apartados"), rows, _("Ningún correo apartado."))
    if found:
        click.echo(_("Para volver a procesar uno: mailbot retry N"))


@click.command()
@click.argument("number", metavar="NÚMERO", type=int)
@as_json
@pass_folder
def ask(folder: Path | None, number: int, *, as_json: bool) -> None:
    """Pregunta de nuevo a quien decide un caso."""
    from mailbot import resolve
    from mailbot.store import cases
    from mailbot.store.tables import CaseStatus

    with opened(folder, service=True, acts="mailbot ask") as desk, desk.store.begin() as tx:
        row = cases.get(tx, number)
        if row is None or row.status != CaseStatus.PENDING:
            raise ConfigError(
                _("El caso {number} no espera ninguna decisión.").format(number=number)
            )
        resolve.ask_again(desk.at(tx), row)
    _due(
        {"case": number},
        _("La pregunta sobre el caso {number} saldrá en la próxima pasada.").format(number=number),
        as_json=as_json,
    )


@click.command()
@click.argument("number", metavar="NÚMERO", type=int)
@as_json
@pass_folder
def resend(folder: Path | None, number: int, *, as_json: bool) -> None:
    """Envía otra vez el usuario de un caso, con otra contraseña; la anterior deja de valer."""
    from mailbot.undelivered import resend as send_again

    with opened(folder, service=True, acts="mailbot resend") as desk, desk.store.begin() as tx:
        if problem := _problem(desk.at(tx), number, send_again):
            raise ConfigError(_("No se envió: {problem}.").format(problem=problem))
    words = _("Saldrá en la próxima pasada, con una contraseña nueva.")
    _due({"case": number}, words, as_json=as_json)


@click.command()
@click.argument("number", metavar="NÚMERO", type=int)
@as_json
@pass_folder
def insist(folder: Path | None, number: int, *, as_json: bool) -> None:
    """Intenta otra vez, ahora, lo aprobado en un caso que el directorio no hizo."""
    from mailbot import fulfil

    with opened(folder, service=True, acts="mailbot insist") as desk, desk.store.begin() as tx:
        if problem := _problem(desk.at(tx), number, fulfil.insist):
            raise ConfigError(_("No se intentó: {problem}.").format(problem=problem))
    _due({"case": number}, _("Se intentará en la próxima pasada."), as_json=as_json)


def _problem(
    visit: "Visit", number: int, deed: "Callable[[Visit, Case, str], str | None]"
) -> str | None:
    """Do something about a case, at the operator's word; why not, if it could not be."""
    from mailbot.store import cases

    row = cases.get(visit.tx, number)
    if row is None:
        return _("no hay un caso {number}").format(number=number)
    return deed(visit, row, operator())


def _due(facts: dict[str, int], words: str, *, as_json: bool) -> None:
    if as_json:
        print_json(facts)
    else:
        click.echo(words)


@click.group()
def offices() -> None:
    """El registro de oficinas."""


@offices.command("import")
@click.argument("file", metavar="ARCHIVO", type=click.Path(path_type=Path))
@as_json
@pass_folder
def import_offices(folder: Path | None, file: Path, *, as_json: bool) -> None:
    """Importa las IE de un CSV: codigo_modular,anexo,name,nivel,ugel,emails."""
    from mailbot import console, register

    with (
        opened(folder) as desk,
        console.progress(register.length(file), _("Importando")) as advance,
    ):
        offices = desk.rules.offices
        report = register.import_schools(file, desk.store, offices, lambda _line: advance(1))
    if as_json:
        bad = [{"line": line, "reason": reason} for line, reason in report.bad]
        print_json({"kept": report.kept, "bad": bad})
    else:
        for line, reason in report.bad:
            click.echo(_("línea {line}: {reason}").format(line=line, reason=reason), err=True)
        click.echo(
            _("{kept} IE registradas; {value} filas con error.").format(
                kept=report.kept, value=len(report.bad)
            )
        )
    if report.bad:
        raise click.exceptions.Exit(ATTENTION)


COMMANDS = (retry, set_aside, ask, resend, insist, offices)
