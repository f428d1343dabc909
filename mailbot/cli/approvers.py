"""The operator's commands about the second factor of those who decide."""
# ruff: noqa: PLC0415  stages are imported by the commands that use them

from datetime import UTC, datetime
from pathlib import Path

import click

from mailbot.cli.opening import opened, operator
from mailbot.errors import ConfigError
from mailbot.tongue import _


@click.group()
def approver() -> None:
    """El segundo factor de quienes deciden: códigos de 6 cifras de una aplicación."""


@approver.command()
@click.argument("address", metavar="DIRECCIÓN")
@click.pass_obj
def enrol(folder: Path | None, address: str) -> None:
    """Inscribe (o inscribe de nuevo) a quien decide: muestra un QR y pide el primer código."""
    from mailbot import second_factor
    from mailbot.store import authenticators

    with opened(folder, service=True, acts="mailbot approver enrol") as desk:
        settings = desk.rules.settings
        secret = second_factor.new_secret()
        uri = second_factor.enrolment(secret, address.lower(), settings.bot.name)
        click.echo(second_factor.draw(uri))
        click.echo(
            _("O escriba esta clave en la aplicación: {secret}").format(
                secret=secret.get_secret_value()
            )
        )
        code = click.prompt(_("Código de 6 cifras que muestra la aplicación")).replace(" ", "")
        step = second_factor.step_of(secret, code, desk.clock())
        if step is None:
            raise ConfigError(
                _("El código no es correcto: no se inscribió a nadie. Repita la orden.")
            )
        with desk.store.begin() as tx:
            authenticators.enrol(tx, address, secret, step, datetime.now(UTC))
            desk.at(tx).note("approver_enrolled", operator(), detail=address.lower())
    click.echo(
        _("Desde ahora {address} aprueba con código: APROBAR 123456").format(
            address=address.lower()
        )
    )


@approver.command()
@click.argument("address", metavar="DIRECCIÓN")
@click.pass_obj
def reset(folder: Path | None, address: str) -> None:
    """Retira el segundo factor de una persona, por ejemplo si perdió el teléfono."""
    from mailbot.store import authenticators

    with opened(folder) as desk, desk.store.begin() as tx:
        if not authenticators.remove(tx, address):
            raise ConfigError(_("{address} no está inscrita.").format(address=address))
        desk.at(tx).note("approver_reset", operator(), detail=address.lower())
    click.echo(
        _("{address} ya no tiene segundo factor. Inscríbala de nuevo cuanto antes.").format(
            address=address.lower()
        )
    )


@approver.command("list")
@click.option("--json", "as_json", is_flag=True, help="Para otros programas.")
@click.pass_obj
def listed(folder: Path | None, *, as_json: bool) -> None:
    """Quiénes tienen segundo factor y desde cuándo."""
    import json

    from mailbot import console
    from mailbot.store import authenticators

    with opened(folder) as desk, desk.store.read() as tx:
        found = [(a.address, a.enrolled_at) for a in authenticators.everybody(tx)]
    if as_json:
        click.echo(json.dumps([{"address": a, "enrolled": t.isoformat()} for a, t in found]))
        return
    rows = [("Dirección", "Desde"), *((a, console.moment(t)) for a, t in found)]
    console.show_rows(console.console(), _("Segundo factor"), rows, _("Nadie está inscrito."))


COMMANDS = (approver,)
