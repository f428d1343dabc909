"""The commands for more than one machine: a worker, and the move to PostgreSQL."""
# ruff: noqa: PLC0415  the stages are imported by the commands that use them

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailbot.cli.opening import as_json, opened, operator, pass_folder, print_json, read
from mailbot.errors import ConfigError, Unreachable
from mailbot.tongue import _

if TYPE_CHECKING:
    from mailbot.config import Settings
    from mailbot.store.moving import Moved


@click.command()
@click.option(
    "--only",
    type=click.Choice(["mail", "letter", "change"]),
    multiple=True,
    help="Atiende solo correos (mail), cartas (letter) o cambios del directorio (change).",
)
@pass_folder
def worker(folder: Path | None, only: tuple[str, ...]) -> None:
    """Un trabajador: atiende correos y envía cartas, uno a la vez, hasta que lo detengan."""
    with opened(folder, service=True) as desk:
        if not desk.rules.settings.workers.elsewhere:
            raise ConfigError(
                _(
                    "workers.elsewhere es false: mailbot run hace todo el trabajo. Para repartirlo "
                    "entre procesos «mailbot worker», póngala en true."
                )
            )
        from mailbot.store.calls import KINDS
        from mailbot.workers import Worker

        Worker(desk, only or KINDS).run()


@click.command("migrate-store")
@click.argument("source", metavar="ORIGEN")
@click.argument("target", metavar="DESTINO")
@as_json
@pass_folder
def migrate_store(folder: Path | None, source: str, target: str, *, as_json: bool) -> None:
    """Traslada toda la base de SQLite (sqlite:…) a PostgreSQL (postgresql://…), fila por fila.

    Detenga antes el servicio. Si se interrumpe, repita la orden: sigue donde quedó.
    """
    from mailbot.store import BROKEN_WIRE
    from mailbot.store.moving import shown

    settings = read(folder).settings
    try:
        moved = _move(settings, source, target)
    except BROKEN_WIRE as error:
        words = _("Se interrumpió ({error}): repita la orden.")
        raise Unreachable(words.format(error=type(error).__name__)) from None
    if as_json:
        print_json({"rows": moved.rows, "copied": moved.copied, "total": moved.total})
        return
    words = _("{count} filas trasladadas y comprobadas una por una.")
    click.echo(words.format(count=moved.total))
    words = _("Ponga {url} en store.url; la base de origen queda detenida.")
    click.echo(words.format(url=shown(target)))


def _move(settings: "Settings", source: str, target: str) -> "Moved":
    from mailbot import console
    from mailbot.store.moving import Move, ends, settle

    with ends(source, target, settings.data_keys) as (old, new):
        move = Move(old, new)
        move.prepare()
        moved = move.count()
        with console.progress(2 * moved.total, _("Traslado")) as advanced:
            move.copy(moved, advanced)
            move.finish()
            if wrong := move.differing(advanced):
                some = ", ".join(wrong[:10])
                words = _(
                    "El traslado no es fiel en {count} filas ({some}): la base de destino "
                    "no se usará. Bórrela, créela de nuevo y repita."
                )
                raise ConfigError(words.format(count=len(wrong), some=some))
        move.open()
        settle(target, settings.data_keys, operator(), moved.total)
    return moved


COMMANDS = (worker, migrate_store)
