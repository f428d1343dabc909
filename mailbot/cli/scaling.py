"""The commands for more than one machine: a worker, and the move to PostgreSQL."""
# ruff: noqa: PLC0415  the stages are imported by the commands that use them

from pathlib import Path

import click

from mailbot.cli.opening import opened, pass_folder
from mailbot.errors import ConfigError


@click.command()
@click.option(
    "--only",
    type=click.Choice(["mail", "letter"]),
    multiple=True,
    help="Atiende solo correos (mail) o solo cartas (letter); sin ella, de todo.",
)
@pass_folder
def worker(folder: Path | None, only: tuple[str, ...]) -> None:
    """Un trabajador: atiende correos y envía cartas, uno a la vez, hasta que lo detengan."""
    with opened(folder, service=True) as desk:
        if not desk.rules.settings.workers.elsewhere:
            raise ConfigError(
                "workers.elsewhere es false: mailbot run hace todo el trabajo. Para repartirlo "
                "entre procesos «mailbot worker», póngala en true."
            )
        from mailbot.work import KINDS
        from mailbot.workers import Worker

        Worker(desk, only or KINDS).run()


COMMANDS = (worker,)
