"""The commands about accounts: looking at them, taking in those that exist, comparing."""
# ruff: noqa: PLC0415  the stages are imported by the commands that use them

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

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
    from mailbot.inventory import Found, Row
    from mailbot.reconcile import Drift, Outcome


@click.group(invoke_without_command=True)
@click.option("--all", "closed", is_flag=True, help="También las cerradas.")
@as_json
@click.pass_context
def accounts(context: click.Context, *, closed: bool, as_json: bool) -> None:
    """Las cuentas activas (o todas, con --all)."""
    if context.invoked_subcommand is None:
        _list(context.obj, closed=closed, as_json=as_json)


def _list(folder: Path | None, *, closed: bool, as_json: bool) -> None:
    from mailbot import console, contracts
    from mailbot.store import accounts as register

    with opened(folder) as desk, desk.store.begin() as tx:
        desk.at(tx).note("accounts_seen", operator(), detail="all" if closed else None)
        found = register.everybody(tx, closed=closed)
        if as_json:
            print_json([contracts.account(row) for row in found])
        else:
            rows = console.account_rows(found, desk.rules.guide, desk.rules.offices)
            console.show_rows(console.console(), _("Cuentas"), rows, _("No hay cuentas."))


# ------------------------------------------------------------------ import


@accounts.command("import")
@click.argument(
    "file",
    metavar="[ARCHIVO.csv]",
    required=False,
    type=click.Path(path_type=Path, dir_okay=False),
)
@click.option("--from-directory", "there", is_flag=True, help="Las que tiene el directorio.")
@click.option("--dry-run", is_flag=True, help="Solo dice qué haría.")
@as_json
@pass_folder
def import_(
    folder: Path | None, file: Path | None, *, there: bool, dry_run: bool, as_json: bool
) -> None:
    """Registra las cuentas que ya existen: dni,names,role,office,nivel,correo,username.

    Todo o nada: si una fila tiene un problema se dicen todos y no se registra ninguna. Se puede
    repetir: las que ya están se dejan como están.
    """
    from mailbot import console, inventory

    if (file is None) is not there:
        raise ConfigError(_("Indique un ARCHIVO.csv, o bien --from-directory."))
    with opened(folder, acts="mailbot accounts import --from-directory" if there else "") as desk:
        rows = list(inventory.read_csv(file)) if file else _of_directory(desk)
        with console.progress(len(rows), _("Revisando")) as advance, desk.store.read() as tx:
            found = inventory.examine(tx, rows, desk.rules, advance)
        failed = [] if found.problems or dry_run else _keep(desk, found, claims=there)
    _show_import(found, failed, dry_run=dry_run, as_json=as_json)
    if found.problems or failed:
        raise click.exceptions.Exit(ATTENTION)


def _of_directory(desk: "Desk") -> list["Row"]:
    from mailbot import inventory, reconcile

    return list(inventory.of_directory(reconcile.listed(desk)))


def _keep(desk: "Desk", found: "Found", *, claims: bool) -> list[tuple[str, str]]:
    """Register what is new, and where it came from the directory have it carry the bot's key."""
    from mailbot import inventory, orders, reconcile

    with desk.store.begin() as tx:
        opened_now = inventory.keep(tx, found.new, desk.clock())
        if opened_now:
            desk.at(tx).note("accounts_imported", operator(), detail=str(len(opened_now)))
    if not claims:
        return []
    with orders.opened(desk) as directory:
        said = [(row, reconcile.claim(desk, directory, n, row.username)) for n, row in opened_now]
    return [(row.place, problem) for row, problem in said if problem]


def _show_import(
    found: "Found", failed: Sequence[tuple[str, str]], *, dry_run: bool, as_json: bool
) -> None:
    problems = [*found.problems, *failed]
    count = 0 if found.problems else len(found.new)
    if as_json:
        told = [{"place": place, "problem": words} for place, words in problems]
        counted = {"new": len(found.new), "known": found.known, "dry_run": dry_run}
        print_json({**counted, "kept": 0 if dry_run else count, "problems": told})
        return
    for place, words in problems:
        click.echo(f"{place}: {words}", err=True)
    words = _("{count} cuentas registradas; {known} ya estaban; {problems} problemas.")
    if dry_run:
        words = _("{count} cuentas se registrarían; {known} ya estaban; {problems} problemas.")
    click.echo(words.format(count=count, known=found.known, problems=len(problems)))


# ------------------------------------------------------------------ reconcile


@accounts.command()
@click.option("--adopt", "way", flag_value="adopt", help="El registro toma lo que dice el otro.")
@click.option("--repair", "way", flag_value="repair", help="El directorio queda como el registro.")
@click.option("--yes", is_flag=True, help="No pregunta.")
@as_json
@pass_folder
def reconcile(folder: Path | None, way: str | None, *, yes: bool, as_json: bool) -> None:
    """En qué difieren el registro y el directorio: cerradas a mano, desconocidas, otros datos."""
    from mailbot import reconcile as comparing

    with opened(folder, acts=f"mailbot accounts reconcile --{way}" if way else "") as desk:
        note_look(desk, "accounts_seen", detail="reconcile")
        drifts = comparing.look(desk)
        outcomes: list[Outcome] = []
        if way is None or not drifts or not as_json:
            _show_drifts(drifts, as_json=as_json and not (way and drifts))
        if way and drifts:
            if not yes:
                asked = _WAYS[way].format(count=len(drifts))
                confirm(asked, err=True)
            outcomes = getattr(comparing, way)(desk, drifts, operator())
            _show_outcomes(outcomes, as_json=as_json)
    left = [one for one in outcomes if one.problem] if way else drifts
    if left:
        raise click.exceptions.Exit(ATTENTION)


_WAYS = {
    "adopt": _("¿Tomar en el registro lo que dice el directorio en {count} casos?"),
    "repair": _("¿Dejar el directorio como dice el registro en {count} casos?"),
}
_KINDS = {
    "closed": _("desactivada allí"),
    "missing": _("no está allí"),
    "open": _("sigue activa allí"),
    "unknown": _("no la registró el bot"),
    "differs": _("otros datos"),
}


def _show_drifts(drifts: Sequence["Drift"], *, as_json: bool) -> None:
    from mailbot import console

    if as_json:
        print_json([_drift(drift) for drift in drifts])
        return
    head = (_("Cuenta"), _("Qué"), _("Usuario"), _("Nombres"), _("Cargo"), _("Detalle"))
    rows = [
        (str(d.account or "–"), _KINDS[d.kind], d.username, d.names, d.seat, d.detail)
        for d in drifts
    ]
    none = _("El registro y el directorio dicen lo mismo.")
    console.show_rows(console.console(), _("Diferencias"), [head, *rows] if rows else [head], none)


def _show_outcomes(outcomes: Sequence["Outcome"], *, as_json: bool) -> None:
    if as_json:
        print_json([{**_drift(o.drift), "problem": o.problem or None} for o in outcomes])
        return
    for one in outcomes:
        what = one.problem or _("hecho")
        click.echo(f"{one.drift.username}: {what}", err=bool(one.problem))
    done = sum(1 for one in outcomes if not one.problem)
    words = _("{done} de {count} quedaron resueltas.")
    click.echo(words.format(done=done, count=len(outcomes)))


def _drift(drift: "Drift") -> dict[str, object]:
    shown = ("account", "username", "names", "dni", "seat", "detail")
    return {"kind": str(drift.kind), **{name: getattr(drift, name) for name in shown}}


COMMANDS = (accounts,)
