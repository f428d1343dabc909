"""The commands about personal data: journal, keys, purge, access, incident."""
# ruff: noqa: PLC0415  the stages are imported by the commands that use them

import dataclasses
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailbot.cli.moments import Moment
from mailbot.cli.opening import (
    ATTENTION,
    as_json,
    confirm,
    note_look,
    opened,
    operator,
    pass_folder,
    print_json,
)
from mailbot.errors import ConfigError
from mailbot.tongue import _

if TYPE_CHECKING:
    from mailbot.desk import Desk

# ------------------------------------------------------------------ the journal


@click.group()
def audit() -> None:
    """La bitácora: quién vio qué, quién decidió y a partir de qué correo."""


@audit.command()
@as_json
@pass_folder
def head(folder: Path | None, *, as_json: bool) -> None:
    """La cabeza de la bitácora: cuántas filas tiene y la huella de la última."""
    from mailbot.store import journal

    with opened(folder) as desk, desk.store.read() as tx:
        end = journal.head(tx)
    click.echo(json.dumps({"count": end.count, "hash": end.hash}) if as_json else str(end))


@audit.command()
@click.option("--head", "told", metavar="FILAS:HUELLA", help="Una cabeza anotada antes.")
@as_json
@pass_folder
def verify(folder: Path | None, told: str | None, *, as_json: bool) -> None:
    """Recorre la bitácora y nombra la primera fila cambiada, quitada, movida o añadida."""
    from mailbot import vigil
    from mailbot.store import journal

    noted = journal.parsed_head(told) if told else None
    if told and noted is None:
        raise ConfigError(
            _("--head: «{told}» no es una cabeza: son FILAS:HUELLA.").format(told=told)
        )
    with opened(folder) as desk:
        with desk.store.read() as tx:
            broken, end = journal.verify(tx, noted), journal.head(tx)
        vigil.note_verified(desk, broken)
    if as_json:
        found = {"row": broken.row, "reason": broken.reason} if broken else None
        click.echo(json.dumps({"whole": broken is None, "count": end.count, "broken": found}))
    elif broken:
        where = _("fila {row}").format(row=broken.row) if broken.row else _("final")
        click.echo(
            _("La bitácora NO está íntegra. {where}: {reason}.").format(
                where=where, reason=broken.reason
            )
        )
    else:
        click.echo(_("La bitácora está íntegra: {count} filas.").format(count=end.count))
    if broken:
        raise click.exceptions.Exit(ATTENTION)


# ------------------------------------------------------------------ keys


@click.group()
def keys() -> None:
    """Las claves con que se cifran los datos guardados."""


@keys.command()
@as_json
@pass_folder
def rotate(folder: Path | None, *, as_json: bool) -> None:
    """Cifra todo de nuevo con la primera clave de MAILBOT_DATA_KEY."""
    from mailbot import console
    from mailbot.store import rotate as rotation

    with opened(folder) as desk:
        with console.progress(rotation.to_do(desk.store), _("Cifrando de nuevo")) as advance:
            count = rotation.rotate(desk.store, advance)
        note_look(desk, "keys_rotated", detail=str(count))
    if as_json:
        print_json({"rotated": count})
    else:
        click.echo(
            _("{count} valores cifrados de nuevo; las claves anteriores ya no hacen falta.").format(
                count=count
            )
        )


# ------------------------------------------------------------------ forgetting


@click.command()
@click.option("--dry-run", is_flag=True, help="Solo dice qué se borraría.")
@click.option("--yes", is_flag=True, help="No pregunta.")
@as_json
@pass_folder
def purge(folder: Path | None, *, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Borra los datos personales cuyo plazo venció (sección [retention])."""
    from mailbot import console, retention

    with opened(folder) as desk:
        due = retention.due(desk)
        if not as_json:
            console.show_rows(
                console.console(), _("Por borrar"), console.due_rows(due), _(_NOTHING)
            )
        done = {} if dry_run or not due else _forget(desk, sum(n for _, _, n in due), yes=yes)
    if as_json:
        rows = [{"what": k.label, "before": limit.isoformat(), "rows": n} for k, limit, n in due]
        print_json({"due": rows, "forgotten": sum(done.values())})
    elif done:
        click.echo(_("{value} registros sin datos personales.").format(value=sum(done.values())))


def _forget(desk: "Desk", total: int, *, yes: bool) -> dict[str, int]:
    from mailbot import console, retention

    if not yes:
        confirm(_("¿Borrar? No se puede deshacer"), err=True)
    with console.progress(total, _("Borrando")) as advance:
        done = retention.forget(desk, operator(), lambda _kind, rows: advance(rows))
    desk.store.scrub()
    return done


_NOTHING = "Ningún plazo ha vencido: no hay nada que borrar."


# ------------------------------------------------------------------ access and incidents


@click.command()
@click.argument("dni", metavar="DNI")
@click.argument("directory", metavar="CARPETA", type=click.Path(path_type=Path))
@as_json
@pass_folder
def export(folder: Path | None, dni: str, directory: Path, *, as_json: bool) -> None:
    """Todo lo que se guarda sobre un DNI: JSON, correos y documentos (derecho de acceso)."""
    from mailbot import access

    with opened(folder) as desk:
        note_look(desk, "exported", detail=dni)
        written = access.export(desk, dni, directory)
    if as_json:
        print_json({"directory": str(directory), **dataclasses.asdict(written)})
        return
    click.echo(
        _(
            "{directory}: {cases} casos, {accounts} cuentas, {letters} cartas, {mails} correos, "
            "{documents} documentos."
        ).format(
            directory=directory,
            cases=written.cases,
            accounts=written.accounts,
            letters=written.letters,
            mails=written.mails,
            documents=written.documents,
        )
    )
    if written.others:
        click.echo(_("Contiene datos de otras personas: retírelos antes de entregarlo."))


@click.command()
@click.option(
    "--since", type=Moment(), metavar="FECHA", required=True, help="Desde cuándo (hora de Lima)."
)
@click.option(
    "--until", type=Moment(), metavar="FECHA", help="Hasta cuándo; sin esto, hasta ahora."
)
@click.option("--case", "case", type=int, help="Solo lo de este caso.")
@click.option("--mail", "mail", type=int, help="Solo lo de este correo y su expediente.")
@click.option("--address", help="Solo lo que toca a esta dirección.")
@click.option("--out", type=click.Path(path_type=Path), help="Carpeta para el informe (txt, html).")
@as_json
@pass_folder
def incident(  # noqa: PLR0913, PLR0917  each an option
    folder: Path | None,
    since: datetime,
    until: datetime | None,
    case: int | None,
    mail: int | None,
    address: str | None,
    out: Path | None,
    *,
    as_json: bool,
) -> None:
    """Informe de un incidente: de quiénes son los datos, qué cuentas, qué cartas y decisiones."""
    from mailbot import console, incident

    end = until or datetime.now(UTC) + timedelta(seconds=1)
    scope = incident.Scope(since, end, case, mail, address.lower() if address else None)
    with opened(folder) as desk:
        note_look(desk, "incident_reported", detail=str(scope))
        report = incident.report(desk, scope)
    if out:
        for path in incident.write(report, out):
            click.echo(str(path), err=True)
    if as_json:
        click.echo(json.dumps(report.shape, ensure_ascii=False, default=str))
    else:
        for title, rows in incident.tables(report):
            console.show_rows(
                console.console(), title, rows, _("{title}: nada.").format(title=title)
            )


COMMANDS = (audit, keys, purge, export, incident)
