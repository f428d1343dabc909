"""The first run: the configuration, and the shell's completion."""
# ruff: noqa: PLC0415  the stages are imported by the commands that use them

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import get_completion_class

from mailbot.cli.opening import ATTENTION, confirm
from mailbot.errors import ConfigError
from mailbot.tongue import _, retold

if TYPE_CHECKING:
    from mailbot.doctor import Check
    from mailbot.setup.interview import Answer, Choice
    from mailbot.setup.presets import Preset
    from mailbot.setup.questions import Question

# ------------------------------------------------------------------ who answers


class Person:
    """Whoever sits at the terminal."""

    def begin(self, title: str) -> None:
        """A heading."""
        click.secho(f"\n{_(title)}", bold=True)

    def ask(self, question: "Question", offered: str) -> str:
        """Ask until the answer can be used; the one offered stands in brackets."""
        from mailbot.setup.questions import Kind

        hidden = question.kind is Kind.HIDDEN
        wanted = {Kind.PORT: click.IntRange(1, 65535), Kind.CHOICE: click.Choice(question.choices)}
        default = "" if question.optional and not offered else (offered or None)
        return str(
            click.prompt(
                f"  {_(question.words)}",
                default=default,
                type=wanted.get(question.kind, str),
                hide_input=hidden,
                show_default=bool(offered) and not hidden,
                value_proc=_checked(question) if question.kind in _ADDRESSES else None,
            )
        )

    def told(self, check: "Check") -> None:
        """One line."""
        sign = "✔" if check.works else "✘"
        click.echo(f"  {sign} {retold(check.name)}: {retold(check.detail)}")

    def choose(self, check: "Check") -> "Choice":  # noqa: ARG002  it was shown
        """Mend the answers, go on without, or leave."""
        from mailbot.setup.interview import Choice

        words = [choice.value for choice in Choice]
        return Choice(
            click.prompt(_("  ¿Qué hacemos?"), type=click.Choice(words), default=words[0])
        )


_ADDRESSES = ("address", "addresses")


def _checked(question: "Question") -> Callable[[str], str]:
    """Refuses what is no address while it can still be typed anew."""

    def check(said: str) -> str:
        parts = [part.strip() for part in said.split(",") if part.strip()]
        wrong = [part for part in parts if not _is_address(part)]
        if wrong:
            raise click.BadParameter(
                _("«{value}» no es una dirección de correo.").format(value=wrong[0])
            )
        if len(parts) != 1 and not (question.kind == "addresses" and (parts or question.optional)):
            raise click.BadParameter(_("Escriba una dirección de correo."))
        return ", ".join(parts)

    return check


def _is_address(said: str) -> bool:
    from pydantic import TypeAdapter, ValidationError

    from mailbot.sections import Address

    try:
        TypeAdapter(Address).validate_python(said)
    except ValidationError:
        return False
    return True


class Nobody:
    """For scripts: what is offered is taken; what lacks, or does not work, ends it."""

    def begin(self, title: str) -> None:
        """Nothing."""

    def ask(self, question: "Question", offered: str) -> str:
        """What is offered."""
        from mailbot.config import variable
        from mailbot.setup.interview import is_secret

        if offered or question.optional:
            return offered
        way = (
            _("defina {name} en el entorno").format(name=variable(question.key))
            if is_secret(question.key)
            else f"--set {question.key}=…"
        )
        raise ConfigError(_("{words}: falta; {way}.").format(words=_(question.words), way=way))

    def told(self, check: "Check") -> None:
        """One line."""
        Person().told(check)

    def choose(self, check: "Check") -> "Choice":
        """Stop."""
        raise ConfigError(
            _("{name} no funciona; corríjalo, o agregue --no-try. No se escribió nada.").format(
                name=check.name
            )
        )


# ------------------------------------------------------------------ init


@dataclass(frozen=True)
class Given:
    """A setting on the command line: ``imap.host=imap.ejemplo.pe``."""

    key: str
    value: "Answer"


class Setting(click.ParamType["Given", str]):
    """``key=value`` for a setting that is no secret."""

    name = "CLAVE=VALOR"

    def convert(
        self, value: "str | Given", param: click.Parameter | None, ctx: click.Context | None
    ) -> Given:
        """Numbers and lists as the configuration wants them."""
        from mailbot.config import variable
        from mailbot.setup.interview import is_secret

        if isinstance(value, Given):
            return value
        key, sign, said = value.partition("=")
        if not sign:
            self.fail(_("«{value}» no tiene la forma CLAVE=VALOR.").format(value=value), param, ctx)
        if is_secret(key):
            self.fail(
                _(
                    "{key} es un secreto: defina {key2} en el entorno, donde otros usuarios de "
                    "la máquina no lo ven."
                ).format(key=key, key2=variable(key)),
                param,
                ctx,
            )
        if key.startswith(("approvers.", "askers.")):
            return Given(key, [part.strip() for part in said.split(",")])
        return Given(key, int(said) if said.isdecimal() else said)


@click.command()
@click.argument(
    "directory",
    metavar="[CARPETA]",
    required=False,
    type=click.Path(path_type=Path, file_okay=False),
)
@click.option(
    "--provider", metavar="NOMBRE", help="gmail, microsoft-365, zimbra o dovecot (cualquier otro)."
)
@click.option(
    "--set",
    "settings",
    type=Setting(),
    metavar="CLAVE=VALOR",
    multiple=True,
    help="Una respuesta de antemano.",
)
@click.option("--yes", is_flag=True, help="No pregunta: para scripts. Lo que falte es un error.")
@click.option("--no-try", is_flag=True, help="No prueba los servidores.")
@click.option("--force", is_flag=True, help="Con --yes: reemplaza la configuración que haya.")
def init(  # noqa: PLR0913  each an option
    directory: Path | None,
    provider: str | None,
    settings: tuple[Given, ...],
    *,
    yes: bool,
    no_try: bool,
    force: bool,
) -> None:
    """Primera vez: pregunta lo necesario, prueba los servidores y escribe la configuración.

    Escribe mailbot.toml comentado, los archivos de reglas y mailbot.env con los secretos, que
    solo su dueño puede leer. Hasta el final no se escribe nada: se puede interrumpir.
    """
    from mailbot import doctor
    from mailbot.setup import writing
    from mailbot.setup.interview import Interview

    folder = directory or _where(yes=yes)
    _may_write(folder, yes=yes, force=force)
    preset = _preset(provider, yes=yes)
    given = {**_database(folder), **_from_environment(), **{s.key: s.value for s in settings}}
    respondent = Nobody() if yes else Person()
    attempt = None if no_try else doctor.attempt
    answers = Interview(preset, given, respondent, attempt).hold()
    written = writing.write(folder, answers)
    _farewell(folder, written, preset)


def _where(*, yes: bool) -> Path:
    usual = os.environ.get("MAILBOT_CONFIG") or "/etc/mailbot"
    if yes:
        return Path(usual)
    return Path(click.prompt(_("Carpeta de la configuración"), default=usual)).expanduser()


def _may_write(folder: Path, *, yes: bool, force: bool) -> None:
    """Make sure that nothing is overwritten unasked."""
    from mailbot.setup import writing

    found = ", ".join(path.name for path in writing.occupied(folder))
    if not found or force:
        return
    if yes:
        raise ConfigError(
            _("{folder} ya tiene {found}; para reemplazarlos agregue --force.").format(
                folder=folder, found=found
            )
        )
    click.echo(
        _(
            "{folder} ya tiene {found}. Las claves MAILBOT_SECRET y MAILBOT_DATA_KEY se quedan."
        ).format(folder=folder, found=found)
    )
    confirm(_("¿Reemplazar lo demás?"))


def _preset(provider: str | None, *, yes: bool) -> "Preset":
    from mailbot.setup.presets import presets

    known = presets()
    if provider is None and not yes:
        click.secho(_("¿Dónde está el buzón?"), bold=True)
        for name, preset in known.items():
            click.echo(f"  {name:14} {_(preset.title)}")
        provider = click.prompt(_("  Proveedor"), type=click.Choice(list(known)))
    if provider is None or provider not in known:
        raise ConfigError(
            _("--provider: indique uno de estos: {known}.").format(known=", ".join(known))
        )
    if not yes:
        click.echo(
            _("  {hint}\n  Los pasos están en {page}").format(
                hint=_(known[provider].hint), page=known[provider].page
            )
        )
    return known[provider]


def _database(folder: Path) -> dict[str, "Answer"]:
    """Under /etc a service may not write: its data goes to the place made for that."""
    if not folder.resolve().is_relative_to("/etc"):
        return {}
    return {"store.url": f"sqlite:////var/lib/{folder.resolve().name}/mailbot.db"}


def _from_environment() -> dict[str, "Answer"]:
    """The secrets of the environment; from there they would win over what is typed."""
    from mailbot.config import SECRETS, variable

    wanted = [name for name in SECRETS if "." in name]
    return {name: v for name in wanted if (v := os.environ.pop(variable(name), None)) is not None}


def _farewell(folder: Path, written: list[Path], preset: "Preset") -> None:
    click.secho(_("\nListo."), bold=True)
    for path in written:
        click.echo(f"  {path}")
    click.echo(
        _(
            "Guarde una copia de {value} aparte de las de la base de datos.\n"
            "Siga así:\n"
            "  export MAILBOT_CONFIG={folder}\n"
            "  mailbot doctor --probe     prueba todo, y si su servidor borra veredictos falsos\n"
            "  {value2}: anote en «emails» las direcciones de cada DRE y UGEL\n"
            "  mailbot poll               una pasada; el servicio es: mailbot run\n"
            "Más: docs/operador.md y {page}"
        ).format(
            value=folder / "mailbot.env",
            folder=folder,
            value2=folder / "offices.csv",
            page=preset.page,
        )
    )


# ------------------------------------------------------------------ completion


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Imprime lo que hace que el intérprete complete las órdenes con el tabulador.

    Para bash, por ejemplo, en ~/.bashrc: eval "$(mailbot completion bash)"
    """
    made = get_completion_class(shell)
    if made is None:  # pragma: no cover  click knows the three
        raise click.exceptions.Exit(ATTENTION)
    root = context.find_root().command
    click.echo(made(root, {}, "mailbot", "_MAILBOT_COMPLETE").source())


COMMANDS = (init, completion)
