"""The command line.

Exit codes: 0 done · 1 something needs attention (named) · 2 wrong usage or configuration.

The stages are imported by the commands that use them, so that ``--help`` answers at once.
"""

import os
import resource
import sys
from pathlib import Path

import click

from mailbot import tongue
from mailbot.cli import (
    accounting,
    approvers,
    custody,
    founding,
    keeping,
    looking,
    mending,
    reading,
    reporting,
    scaling,
    serving,
)
from mailbot.cli.opening import ATTENTION, WRONG
from mailbot.errors import ConfigError, Held, Unreachable
from mailbot.tongue import _, retold

tongue.speak()  # before click words anything: it keeps what it has worded


def main() -> None:
    """Run the command line; every error a person can mend is one clear word."""
    try:
        sys.exit(commands(prog_name="mailbot", standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        sys.exit(WRONG)
    except click.Abort:
        click.echo(_("Interrumpido."), err=True)
        sys.exit(ATTENTION)
    except ConfigError as error:
        click.echo(retold(error), err=True)
        sys.exit(WRONG)
    except Held as error:
        click.echo(retold(error), err=True)
        sys.exit(ATTENTION)
    except Unreachable as error:
        words = _("{error}\nSe intentará de nuevo en la próxima pasada.")
        click.echo(words.format(error=retold(error)), err=True)
        sys.exit(ATTENTION)


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    subcommand_metavar="ORDEN [ARGUMENTOS]...",
)
@click.option(
    "--config",
    "folder",
    type=click.Path(path_type=Path),
    envvar="MAILBOT_CONFIG",
    metavar="CARPETA",
    help="Carpeta de configuración (también MAILBOT_CONFIG).",
)
@click.option("--verbose", is_flag=True, help="Cuenta más de lo que hace.")
@click.version_option(
    package_name="mailbot", message="mailbot %(version)s", help="Muestra la versión."
)
@click.pass_context
def commands(context: click.Context, folder: Path | None, *, verbose: bool) -> None:
    """Atiende por correo los pedidos de alta y baja de usuarios del SIAGIE."""
    from mailbot import logs  # noqa: PLC0415  nothing of ours is imported before it is needed

    os.umask(0o077)  # what the program writes holds personal data: for its own user alone
    most = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (0, most))  # a core dump would hold a password
    logs.configure(verbose=verbose)
    context.obj = folder


def _add(group: click.Group, command: click.Command) -> None:
    """A command, and what stands in it, with every word of its help in the operator's language."""
    for one in (command, *getattr(command, "commands", {}).values()):
        _translate(one)
    group.add_command(command)


def _first_sentence(text: str) -> str:
    """What a list says of a command, whole: click would cut it off at the margin."""
    first, dot, _rest = " ".join(text.split()).partition(". ")
    return first + dot.strip()


def _translate(command: click.Command) -> None:
    command.options_metavar = _("[OPCIONES]")
    command.help = _(command.help) if command.help else None
    command.short_help = _first_sentence(command.help or "")
    if isinstance(command, click.Group):
        command.subcommand_metavar = _("ORDEN [ARGUMENTOS]...")
    for param in command.params:
        param.metavar = _(param.metavar) if param.metavar else None
        if isinstance(param.type, click.Path):
            param.type.name = tongue.clicks(param.type.name)
        if isinstance(param, click.Option):
            param.help = _(param.help) if param.help else None


_translate(commands)
_CHAPTERS = (
    *(founding, serving, scaling, reading, reporting, looking),
    *(accounting, mending, approvers, custody, keeping),
)
for _chapter in _CHAPTERS:
    for _command in _chapter.COMMANDS:
        _add(commands, _command)
