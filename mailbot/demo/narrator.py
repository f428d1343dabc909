"""Tells the story on the terminal, in plain words."""

import shutil
import textwrap
from collections.abc import Iterable, Mapping

import click

from mailbot.demo.chronicle import Entry

_WIDEST = 96

_WORTH: Mapping[str, tuple[str, ...]] = {
    "decider-question": (
        "- se cerrará",
        "- se creará",
        "- el usuario y la contraseña irán",
        "- número de DNI",
        "! ",
    ),
    "asker-received": ("Recibimos su solicitud", "- Caso"),
    "asker-observed": ("- ", "Responda a este"),
    "asker-opened": ("Se creó", "El usuario y la contraseña", "Se dio de baja"),
    "asker-rejected": ("La solicitud", "Motivo:"),
    "holder-credentials": ("Usuario:", "Contraseña temporal:", "Vale hasta"),
}
"""How the lines worth telling of a letter begin, by its kind; of other mails, the first two."""


def heading(words: str) -> None:
    """The title of a scene."""
    click.echo()
    click.secho(f"━━ {words} ".ljust(_width(), "━"), bold=True)


def say(words: str) -> None:
    """A paragraph of the narrator's own."""
    click.echo(_wrapped(words, ""))


def aside(words: str) -> None:
    """What happens between two mails."""
    click.echo()
    click.secho(_wrapped(words, "· ", "  "), fg="cyan")


def show(entry: Entry) -> None:
    """A mail: who writes to whom, the subject, and the lines that matter."""
    sender, recipient = entry.arrived.sender.name, entry.arrived.recipient.name
    sender = sender[:1].upper() + sender[1:]
    click.echo()
    click.secho(f"✉ {entry.number:02d}  {sender} → {recipient}", bold=True, nl=False)
    click.echo(f"  ({entry.kind})")
    click.echo(_wrapped(f"Asunto: {entry.subject}", " " * 6))
    for line in _worth_telling(entry):
        click.echo(_wrapped(line, "      │ ", f"      │ {'  ' if line.startswith('- ') else ''}"))
    for name, size in entry.attachments:
        click.echo(f"      adjunto: {name} ({kilobytes(size)})")


def lines(title: str, found: Iterable[str]) -> None:
    """A list under a title."""
    click.echo()
    click.secho(f"  {title}", bold=True)
    for line in found:
        click.echo(_wrapped(line, "    ", "      "))


def kilobytes(size: int) -> str:
    """A size as people write it."""
    return f"{max(round(size / 1000), 1)} KB"


def _worth_telling(entry: Entry) -> list[str]:
    said = [line.strip() for line in entry.words[0].splitlines() if line.strip()]
    worth = _WORTH.get(entry.arrived.kind)
    return [line for line in said if line.startswith(worth)] if worth else said[:2]


def _wrapped(words: str, first: str, rest: str | None = None) -> str:
    following = first if rest is None else rest
    return textwrap.fill(words, _width(), initial_indent=first, subsequent_indent=following)


def _width() -> int:
    return min(shutil.get_terminal_size((_WIDEST, 24)).columns, _WIDEST)
