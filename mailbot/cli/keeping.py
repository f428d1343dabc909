"""The commands about the database itself: its copies, its schema, going on after a restoration."""
# ruff: noqa: PLC0415  the stages are imported by the commands that use them

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailbot.cli.opening import (
    ATTENTION,
    as_json,
    confirm,
    opened,
    operator,
    pass_folder,
    print_json,
    read,
)
from mailbot.errors import ConfigError
from mailbot.tongue import _

if TYPE_CHECKING:
    from mailbot.recovery import Difference

# ------------------------------------------------------------------ copies


@click.command()
@click.argument("file", metavar="ARCHIVO", type=click.Path(path_type=Path))
@as_json
@pass_folder
def backup(folder: Path | None, file: Path, *, as_json: bool) -> None:
    """Copia la base de datos a un archivo, sin detener el servicio. Lo cifrado sigue cifrado."""
    from mailbot import backup as copying

    if file.exists():
        raise ConfigError(_("{file}: ya existe; elija otro nombre.").format(file=file))
    with opened(folder) as desk:
        end = copying.make(desk, file)
    words = _("{file}: copia íntegra, {count} filas en la bitácora.")
    facts = {"file": str(file), "rows": end.count, "hash": end.hash}
    _told(facts, words.format(file=file, count=end.count), as_json=as_json)


def _told(facts: dict[str, object], *words: str, as_json: bool) -> None:
    """What was done: as facts, or in words."""
    if as_json:
        print_json(facts)
    else:
        click.echo("\n".join(words))


@click.command()
@click.argument(
    "file", metavar="ARCHIVO", type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option("--yes", is_flag=True, help="No pregunta.")
@as_json
@pass_folder
def restore(folder: Path | None, file: Path, *, yes: bool, as_json: bool) -> None:
    """Pone una copia en lugar de la base de datos. Detenga antes el servicio."""
    from mailbot import backup as copying
    from mailbot.store import copies, engine, seal

    settings = read(folder).settings
    place = engine.file_of(engine.opened(settings.database))
    if place is None:
        raise ConfigError(copying.ELSEWHERE)
    if not yes:
        words = _("¿Reemplazar {place} por {file}?").format(place=place, file=file)
        confirm(words, err=as_json)
    before = copies.put_back(file, place, seal.Keyring(settings.data_keys))
    with opened(folder) as desk:
        end = copying.examine(desk.store, file)
    kept = _("La anterior quedó en {before}: bórrela cuando ya no haga falta.")
    restored = _("{place}: restaurada, {count} filas en la bitácora.")
    _told(
        {"database": str(place), "rows": end.count, "hash": end.hash, "before": before},
        restored.format(place=place, count=end.count),
        *([kept.format(before=before)] if before else []),
        _(_HELD),
        as_json=as_json,
    )


_HELD = "El bot no hará nada hasta que confirme con: mailbot resume"

# ------------------------------------------------------------------ after a restoration


@click.command()
@as_json
@pass_folder
def hold(folder: Path | None, *, as_json: bool) -> None:
    """Detiene toda acción del bot, como tras restaurar: para bases restauradas por otros medios."""
    from mailbot import recovery

    with opened(folder) as desk:
        recovery.hold(desk, operator())
    _told({"held": True}, _(_HELD), as_json=as_json)


@click.command()
@click.option("--yes", is_flag=True, help="No pregunta.")
@as_json
@pass_folder
def resume(folder: Path | None, *, yes: bool, as_json: bool) -> None:
    """Muestra qué pudo pasar después de la copia restaurada y, si se confirma, sigue."""
    from mailbot import console, recovery
    from mailbot.console import differing

    with opened(folder) as desk:
        found = recovery.difference(desk)
        if found is None:
            words = _("Nada que confirmar: la base es la que trabajó aquí la última vez.")
            _told({"reason": None}, words, as_json=as_json)
            return
        if as_json:
            print_json(differing.shape(found))
        else:
            _show(found)
        if not yes:
            confirm(_("¿Seguir con esta base de datos?"), err=True)
        recovery.resume(desk, operator(), found.seen)
    if not as_json:
        console.console().print(_(_NEXT))


def _show(found: "Difference") -> None:
    from mailbot import console
    from mailbot.console import differing

    click.echo(differing.headline(found))
    for title, rows, nothing in differing.tables(found):
        console.show_rows(console.console(), title, rows, nothing)


_NEXT = (
    "El bot sigue en la próxima pasada. Las cartas y los correos listados quedan apartados: véalos "
    "con mailbot pending; mailbot ask, retry y resend los retoman. Lo que el buzón muestra como "
    "atendido y la base no conoce puede devolverlo a la bandeja de entrada: se leerá de nuevo. Los "
    "avisos y resúmenes cuya hora ya pasó se dan por enviados: los avisos listados mírelos usted, "
    "el resumen del mes lo da mailbot report. Lo que el directorio tenía por hacer espera a "
    "mailbot insist. Una PAUSA ordenada después de la copia no consta: si la hubo, ordénela otra "
    "vez."
)


# ------------------------------------------------------------------ the schema


@click.group()
def db() -> None:
    """La base de datos: su versión, su integridad."""


@db.command()
@as_json
@pass_folder
def upgrade(folder: Path | None, *, as_json: bool) -> None:
    """Pasa la base de datos a la versión de este programa (en SQLite ocurre solo, al abrirla)."""
    from mailbot.store import Store, schema

    settings = read(folder).settings
    with closing(Store(settings.database, settings.data_keys, upgrade=True)) as store:
        if settings.workers.elsewhere:
            from mailbot import carrier

            carrier.upgrade(store)
    words = _("La base de datos es de la versión {version}.").format(version=schema.HEAD)
    _told({"database": schema.HEAD}, words, as_json=as_json)


@db.command()
@as_json
@pass_folder
def current(folder: Path | None, *, as_json: bool) -> None:
    """La versión de la base de datos y la de este programa. No cambia nada."""
    from mailbot.store import schema

    found = schema.at(read(folder).settings.database)
    if as_json:
        print_json({"database": found, "program": schema.HEAD})
    else:
        click.echo(
            _("base de datos: {found} · programa: {program}").format(
                found=found or _("vacía"), program=schema.HEAD
            )
        )


@db.command()
@as_json
@pass_folder
def check(folder: Path | None, *, as_json: bool) -> None:
    """Revisa la base entera: páginas, claves, esquema y bitácora. Termina con 1 si algo falla."""
    from mailbot.store import journal

    with opened(folder) as desk:
        problems = desk.store.problems()
        with desk.store.read() as tx:
            if broken := journal.verify(tx):
                problems.append(f"bitácora: {broken.reason}")
    if as_json:
        print_json({"problems": problems})
    else:
        click.echo("\n".join(problems) or _("La base de datos está íntegra."))
    if problems:
        raise click.exceptions.Exit(ATTENTION)


COMMANDS = (backup, restore, hold, resume, db)
