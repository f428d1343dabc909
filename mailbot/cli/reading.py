"""The commands that only read: files, and the guide."""
# ruff: noqa: PLC0415  the stages are imported by the commands that use them

from collections import Counter
from pathlib import Path

import click

from mailbot.cli.opening import ATTENTION, as_json, pass_folder, print_json, read
from mailbot.tongue import _


@click.command()
@click.argument(
    "files",
    metavar="ARCHIVO...",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, allow_dash=True),
)
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

    rules = read(folder)
    sources = examine.sources(files)
    out, totals, unread = console.console(), Counter[str](), []
    with console.progress(len(sources), _("Leyendo")) as advance:
        for seen in examine.examine(sources, rules, gallery):
            if as_json:
                print_json(contracts.checked(seen, rules))
            else:
                console.show_examined(out, seen, rules.offices)
            totals[console.counted_as(seen)] += 1
            unread += [seen.source.name] if seen.problem else []
            advance(1)
    if len(sources) > 1 and not as_json:
        console.show_totals(out, totals)
    if unread:
        click.echo(_("No se pudo leer: {unread}").format(unread=", ".join(unread)), err=True)
        raise click.exceptions.Exit(ATTENTION)


@click.command()
@as_json
@pass_folder
def procedures(folder: Path | None, *, as_json: bool) -> None:
    """Los 18 procedimientos de la guía, tal como el bot los aplica."""
    from mailbot import console

    rows = console.procedures_table(read(folder).guide)
    if as_json:
        print_json([dict(zip(rows[0], row, strict=True)) for row in rows[1:]])
    else:
        console.show_rows(console.console(), _("Guía de altas y bajas del SIAGIE"), rows, "")


COMMANDS = (check, procedures)
