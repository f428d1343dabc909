"""The commands that look back: the report of a month."""
# ruff: noqa: PLC0415  the stages are imported by the commands that use them

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailbot.cli.opening import as_json, opened, pass_folder, print_json
from mailbot.errors import ConfigError

if TYPE_CHECKING:
    from mailbot.desk import Visit
    from mailbot.report import Month, Report


@click.command()
@click.option("--month", metavar="AAAA-MM", help="Qué mes; sin esto, el último que terminó.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="CARPETA",
    help="Guarda ahí el informe: una página HTML, el texto y los gráficos.",
)
@as_json
@pass_folder
def report(folder: Path | None, month: str | None, out: Path | None, *, as_json: bool) -> None:
    """Informe de un mes: altas, bajas, tiempos, observaciones y rechazos. No nombra a nadie."""
    from mailbot import monthly
    from mailbot.report import paper

    with opened(folder) as desk:
        with desk.store.read() as tx:
            visit = desk.at(tx)
            made = monthly.of(visit, _month(visit, month))
        if out:
            _write(made, desk.rules.settings.bot.name, out)
    if as_json:
        print_json(paper.as_json(made))
    else:
        _show(made)


def _month(visit: "Visit", said: str | None) -> "Month":
    """The month asked for: it must have begun."""
    from mailbot import monthly
    from mailbot.report.material import parsed

    if said is None:
        return monthly.last_month(visit)
    found = parsed(said)
    if found is None:
        raise ConfigError(f"--month: «{said}» no es un mes: escriba por ejemplo 2026-11.")
    if found.first > visit.now:
        raise ConfigError(f"--month: {found.words} todavía no empieza.")
    return found


def _write(made: "Report", bot_name: str, out: Path) -> None:
    from mailbot import console, monthly
    from mailbot.report import drawing

    with console.progress(len(drawing.charts(made)) + 2, "Dibujando") as advance:
        for path in monthly.write(made, bot_name, out):
            click.echo(str(path), err=True)
            advance(1)


def _show(made: "Report") -> None:
    """The tables of the report on the terminal."""
    from mailbot import console
    from mailbot.report import words

    out = console.console()
    out.print(f"{words.headline(made)}\n{words.pace(made)}")
    for table in words.tables(made):
        rows = [table.heading, *table.rows]
        console.show_rows(out, table.title, rows, f"{table.title}: {table.empty}")
    out.print(f"Cuentas que nadie usó todavía: {words.unused(made)}")
    for note in words.notes(made):
        out.print(note)


COMMANDS = (report,)
