"""The commands that look back: the report of a month, past mails read again."""
# ruff: noqa: PLC0415  the stages are imported by the commands that use them

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailbot.cli.moments import Moment
from mailbot.cli.opening import as_json, opened, pass_folder, print_json, read
from mailbot.errors import ConfigError
from mailbot.tongue import _

if TYPE_CHECKING:
    from mailbot.desk import Visit
    from mailbot.replay import Compared
    from mailbot.report import Month, Report
    from mailbot.rules import Rules


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
        raise ConfigError(
            _("--month: «{said}» no es un mes: escriba por ejemplo 2026-11.").format(said=said)
        )
    if found.first > visit.now:
        raise ConfigError(_("--month: {words} todavía no empieza.").format(words=found.words))
    return found


def _write(made: "Report", bot_name: str, out: Path) -> None:
    from mailbot import console, monthly
    from mailbot.report import drawing

    with console.progress(len(drawing.charts(made)) + 2, _("Dibujando")) as advance:
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
    out.print(_("Cuentas que nadie usó todavía: {words}").format(words=words.unused(made)))
    for note in words.notes(made):
        out.print(note)


# ------------------------------------------------------------------ past mails, read again


@click.command()
@click.argument("paths", metavar="[ARCHIVO]...", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--against",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="CARPETA",
    help="Las reglas que se prueban; dos veces, para comparar unas con otras.",
)
@click.option("--from-store", is_flag=True, help="Los correos que ya atendió el bot.")
@click.option(
    "--since", type=Moment(), metavar="FECHA", help="Con --from-store: desde cuándo (hora de Lima)."
)
@click.option("--all", "everything", is_flag=True, help="También lo que no cambia.")
@as_json
@pass_folder
def replay(  # noqa: PLR0913  each an option
    folder: Path | None,
    paths: tuple[Path, ...],
    against: tuple[Path, ...],
    since: datetime | None,
    *,
    from_store: bool,
    everything: bool,
    as_json: bool,
) -> None:
    """Qué se haría con correos pasados según otras reglas, al lado de lo que se hizo.

    Lee archivos o carpetas con .eml, o lo que guarda la base de datos. No envía, mueve ni escribe
    nada. Con archivos, lo de ahora es lo que dicen las reglas de --config.
    """
    if from_store == bool(paths):
        raise ConfigError(_("Indique archivos o carpetas con correos, o bien --from-store."))
    if not 1 <= len(against) <= 2:
        raise ConfigError(_("Indique --against CARPETA una vez, o dos para comparar."))
    before, after = _sides(folder, against, from_store=from_store)
    found = (
        _from_store(folder, since, before, after) if from_store else _files(paths, before, after)
    )
    kept = [one for one in found if one is not None]
    if as_json:
        from mailbot.replay import shape

        print_json([shape(one) for one in kept if everything or one.differs])
    else:
        _show_replayed(kept, len(found) - len(kept), everything=everything)


def _sides(
    folder: Path | None, against: tuple[Path, ...], *, from_store: bool
) -> tuple["Rules | None", "Rules"]:
    """The rules of the left column, and of the right one; none: what was done."""
    rules = [read(path) for path in against]
    if len(rules) == 2:
        return rules[0], rules[1]
    return (None if from_store else read(folder)), rules[0]


def _files(
    paths: tuple[Path, ...], before: "Rules | None", after: "Rules"
) -> "list[Compared | None]":
    from mailbot import console, examine, replay

    sources = examine.sources(paths)
    with console.progress(len(sources), _("Leyendo de nuevo")) as advance:
        return list(_told(replay.of_files(sources, before, after), advance))


def _from_store(
    folder: Path | None, since: datetime | None, before: "Rules | None", after: "Rules"
) -> "list[Compared | None]":
    from mailbot import console, replay

    with replay.opened(read(folder)) as store:
        asked = replay.numbers(store, since)
        with console.progress(len(asked), _("Leyendo de nuevo")) as advance:
            return list(_told(replay.of_store(store, asked, before, after), advance))


def _told(
    found: "Iterable[Compared | None]", advance: "Callable[[int], None]"
) -> "Iterator[Compared | None]":
    for one in found:
        advance(1)
        yield one


def _show_replayed(found: "list[Compared]", lost: int, *, everything: bool) -> None:
    from mailbot import console, replay

    out, differing = console.console(), [one for one in found if one.differs]
    rows = [replay.row(one) for one in (found if everything else differing)]
    heading = ("Correo", "Antes", "Con estas reglas")
    console.show_rows(out, _("Correos pasados"), [heading, *rows], _("Nada cambiaría."))
    words = _("{count} correos leídos de nuevo; {differing} con diferencias.").format(
        count=len(found), differing=len(differing)
    )
    out.print(words + (_(" {lost} ya no se guardan enteros.").format(lost=lost) if lost else ""))


COMMANDS = (report, replay)
