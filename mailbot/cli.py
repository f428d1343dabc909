"""The command line.

Exit codes: 0 done · 1 something needs attention (named) · 2 wrong usage or configuration.

The stages are imported by the commands that use them, so that ``--help`` answers at once.
"""
# ruff: noqa: PLC0415  for the same reason

import json
import os
import resource
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailbot import custody
from mailbot.approvers import approver
from mailbot.errors import ConfigError, Unreachable

if TYPE_CHECKING:
    from mailbot.desk import Desk
    from mailbot.rules import Rules

ATTENTION = 1
WRONG = 2


def main() -> None:
    """Run the command line; every error a person can mend is one clear word."""
    try:
        sys.exit(commands(standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        sys.exit(WRONG)
    except click.Abort:
        sys.exit(ATTENTION)
    except ConfigError as error:
        click.echo(str(error), err=True)
        sys.exit(WRONG)
    except Unreachable as error:
        click.echo(f"{error}\nSe intentará de nuevo en la próxima pasada.", err=True)
        sys.exit(ATTENTION)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    "folder",
    type=click.Path(path_type=Path),
    envvar="MAILBOT_CONFIG",
    help="Carpeta de configuración (también MAILBOT_CONFIG).",
)
@click.option("--verbose", is_flag=True, help="Cuenta más de lo que hace.")
@click.version_option(package_name="mailbot", message="mailbot %(version)s")
@click.pass_context
def commands(context: click.Context, folder: Path | None, *, verbose: bool) -> None:
    """Atiende por correo los pedidos de alta y baja de usuarios del SIAGIE."""
    from mailbot import logs

    os.umask(0o077)  # what the program writes holds personal data: for its own user alone
    most = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (0, most))  # a core dump would hold a password
    logs.configure(verbose=verbose)
    context.obj = folder


pass_folder = click.pass_obj
as_json = click.option("--json", "as_json", is_flag=True, help="Para otros programas.")


def _rules(folder: Path | None) -> "Rules":
    from mailbot.config import default_folder
    from mailbot.rules import read_rules

    return read_rules(folder or default_folder())


@contextmanager
def opened(folder: Path | None, *, service: bool = False) -> Iterator["Desk"]:
    """The desk with its store open; for the service, only if nothing it needs is missing."""
    from mailbot.config import require_service
    from mailbot.desk import Desk
    from mailbot.store import Store
    from mailbot.store.schools import StoredSchools

    rules = _rules(folder)
    if service:
        require_service(rules.settings)
    store = Store(rules.settings.database, rules.settings.data_keys)
    try:
        yield Desk(rules.with_schools(StoredSchools(store)), store, lambda: datetime.now(UTC))
    finally:
        store.close()


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, default=str))


# ------------------------------------------------------------------ the service


@commands.command()
@pass_folder
def run(folder: Path | None) -> None:
    """El servicio: lee, pregunta, ejecuta y responde hasta que lo detengan."""
    from mailbot import schedule

    with opened(folder, service=True) as desk:
        schedule.run(desk)


@commands.command()
@as_json
@pass_folder
def poll(folder: Path | None, *, as_json: bool) -> None:
    """Una pasada completa: leer, procesar, enviar."""
    from mailbot import schedule

    with opened(folder, service=True) as desk:
        done = schedule.full_pass(desk)
    if as_json:
        _print_json({"fetched": done.fetched, "processed": done.processed, "sent": done.sent})
    else:
        click.echo(
            f"{done.fetched} correos nuevos, {done.processed} procesados, "
            f"{done.sent} cartas enviadas."
        )


@commands.command()
@click.option("--probe", is_flag=True, help="Además se envía un correo a sí mismo y lo espera.")
@as_json
@pass_folder
def doctor(folder: Path | None, *, probe: bool, as_json: bool) -> None:
    """Prueba IMAP, SMTP, base de datos, OCR, plantillas y configuración."""
    from mailbot import doctor as physician

    rules = _rules(folder)
    checks = [*physician.examine(rules), *(physician.probe(rules) if probe else [])]
    if as_json:
        _print_json([{"name": c.name, "works": c.works, "detail": c.detail} for c in checks])
    else:
        for check in checks:
            click.echo(f"{'✔' if check.works else '✘'} {check.name}: {check.detail}")
    if not all(check.works for check in checks):
        raise click.exceptions.Exit(ATTENTION)


# ------------------------------------------------------------------ reading


@commands.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "--pictures",
    "gallery",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="CARPETA",
    help="Guarda ahí un recorte de cada lugar donde se leyó un dato.",
)
@as_json
@pass_folder
def check(
    folder: Path | None, files: tuple[Path, ...], gallery: Path | None, *, as_json: bool
) -> None:
    """Muestra lo que el bot entiende de correos .eml, documentos sueltos o carpetas enteras.

    No toca ningún buzón ni la base de datos. «-» lee de la entrada estándar. Termina con 1 si
    algún archivo no se pudo leer.
    """
    from mailbot import console, contracts, examine

    rules = _rules(folder)
    sources = examine.sources(files)
    out, totals, unread = console.console(), Counter[str](), []
    with console.progress(len(sources), "Leyendo") as advance:
        for seen in examine.examine(sources, rules, gallery):
            if as_json:
                _print_json(contracts.checked(seen, rules))
            else:
                console.show_examined(out, seen, rules.offices)
            totals[console.counted_as(seen)] += 1
            unread += [seen.source.name] if seen.problem else []
            advance(1)
    if len(sources) > 1 and not as_json:
        console.show_totals(out, totals)
    if unread:
        click.echo(f"No se pudo leer: {', '.join(unread)}", err=True)
        raise click.exceptions.Exit(ATTENTION)


@commands.command()
@as_json
@pass_folder
def procedures(folder: Path | None, *, as_json: bool) -> None:
    """Los 18 procedimientos de la guía, tal como el bot los aplica."""
    from mailbot import console

    rows = console.procedures_table(_rules(folder).guide)
    if as_json:
        _print_json([dict(zip(rows[0], row, strict=True)) for row in rows[1:]])
    else:
        console.show_rows(console.console(), "Guía de altas y bajas del SIAGIE", rows, "")


# ------------------------------------------------------------------ looking


@commands.command()
@as_json
@pass_folder
def pending(folder: Path | None, *, as_json: bool) -> None:
    """Lo que espera: casos abiertos, correos apartados, cartas que no llegaron."""
    from mailbot import console, contracts
    from mailbot.store import cases, letters, mails

    with opened(folder) as desk, desk.store.begin() as tx:
        desk.at(tx).note("pending_seen", custody.operator())
        rows, aside = cases.pending(tx), mails.set_aside_since(tx, 0)
        failed = letters.troubled(tx)
        if as_json:
            _print_json(contracts.pending(rows, aside, failed))
            return
        out = console.console()
        console.show_rows(out, "Casos", console.case_rows(rows), "Ningún caso espera.")
        console.show_rows(
            out, "Correos apartados", console.mail_rows(aside), "Ningún correo apartado."
        )
        console.show_rows(
            out, "Cartas que no llegaron", console.letter_rows(failed), "Todas las cartas llegaron."
        )


@commands.command()
@click.argument("number", type=int)
@as_json
@pass_folder
def case(folder: Path | None, number: int, *, as_json: bool) -> None:
    """Todo sobre un caso: lo leído, lo ocurrido y las cartas."""
    from mailbot import console, contracts
    from mailbot.store import cases

    with opened(folder) as desk, desk.store.begin() as tx:
        row = cases.get(tx, number)
        if row is None:
            raise ConfigError(f"No hay un caso {number}. Vea los que hay con: mailbot pending")
        desk.at(tx).note("case_seen", custody.operator(), case=number)
        events, sent = cases.story(tx, number)
        if as_json:
            _print_json(contracts.case(row, events, sent))
        else:
            console.show_story(console.console(), row, events, sent)


@commands.command()
@click.option("--all", "closed", is_flag=True, help="También las cerradas.")
@as_json
@pass_folder
def accounts(folder: Path | None, *, closed: bool, as_json: bool) -> None:
    """Las cuentas activas (o todas, con --all)."""
    from mailbot import console, contracts
    from mailbot.store import accounts as directory

    with opened(folder) as desk, desk.store.begin() as tx:
        desk.at(tx).note("accounts_seen", custody.operator(), detail="all" if closed else None)
        found = directory.everybody(tx, closed=closed)
        if as_json:
            _print_json([contracts.account(row) for row in found])
        else:
            rows = console.account_rows(found, desk.rules.guide, desk.rules.offices)
            console.show_rows(console.console(), "Cuentas", rows, "No hay cuentas.")


# ------------------------------------------------------------------ mending


@commands.command()
@click.argument("numbers", nargs=-1, required=True, type=int)
@click.option(
    "--vouch",
    metavar="NOMBRE",
    help="Da por comprobado al remitente; quede constancia de quién lo hace.",
)
@pass_folder
def retry(folder: Path | None, numbers: tuple[int, ...], vouch: str | None) -> None:
    """Vuelve a procesar correos apartados en la próxima pasada."""
    from mailbot import pipeline

    with opened(folder) as desk:
        count = pipeline.retry(desk, numbers, vouch, custody.operator())
    click.echo(f"{count} de {len(numbers)} correos se procesarán en la próxima pasada.")
    if count < len(numbers):
        raise click.exceptions.Exit(ATTENTION)


@commands.command()
@click.argument("number", type=int)
@pass_folder
def ask(folder: Path | None, number: int) -> None:
    """Pregunta de nuevo a quien decide un caso."""
    from mailbot import resolve
    from mailbot.store import cases
    from mailbot.store.tables import CaseStatus

    with opened(folder, service=True) as desk, desk.store.begin() as tx:
        row = cases.get(tx, number)
        if row is None or row.status != CaseStatus.PENDING:
            raise ConfigError(f"El caso {number} no espera ninguna decisión.")
        resolve.ask_again(desk.at(tx), row)
    click.echo(f"La pregunta sobre el caso {number} saldrá en la próxima pasada.")


@commands.command()
@click.argument("number", type=int)
@pass_folder
def resend(folder: Path | None, number: int) -> None:
    """Envía otra vez el usuario de un caso, con otra contraseña; la anterior deja de valer."""
    from mailbot.store import cases
    from mailbot.undelivered import resend as send_again

    with opened(folder, service=True) as desk, desk.store.begin() as tx:
        row = cases.get(tx, number)
        problem = (
            send_again(desk.at(tx), row, custody.operator()) if row else f"no hay un caso {number}"
        )
        if problem:
            raise ConfigError(f"No se envió: {problem}.")
    click.echo("Saldrá en la próxima pasada, con una contraseña nueva.")


commands.add_command(approver)


@commands.group()
def offices() -> None:
    """El registro de oficinas."""


@offices.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@as_json
@pass_folder
def import_offices(folder: Path | None, file: Path, *, as_json: bool) -> None:
    """Importa las IE de un CSV: codigo_modular,anexo,name,nivel,ugel,emails."""
    from mailbot import register

    with opened(folder) as desk:
        report = register.import_schools(file, desk.store, desk.rules.offices, lambda _line: None)
    if as_json:
        bad = [{"line": line, "reason": reason} for line, reason in report.bad]
        _print_json({"kept": report.kept, "bad": bad})
    else:
        for line, reason in report.bad:
            click.echo(f"línea {line}: {reason}", err=True)
        click.echo(f"{report.kept} IE registradas; {len(report.bad)} filas con error.")
    if report.bad:
        raise click.exceptions.Exit(ATTENTION)


@commands.command()
@click.option(
    "--stay", is_flag=True, help="Deja los servidores encendidos para usar un programa de correo."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("demo-out"),
    show_default=True,
    help="Dónde dejar los correos y el resumen.",
)
def demo(out: Path, *, stay: bool) -> None:
    """Muestra el trabajo principal con servidores de correo propios."""
    from mailbot.demo import story

    story.tell(out, stay=stay)


for _command in custody.COMMANDS:
    commands.add_command(_command)
