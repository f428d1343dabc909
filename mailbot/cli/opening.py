"""What every command begins with: the configuration, the desk, and who is at the keyboard."""
# ruff: noqa: PLC0415  the stages are imported when they are used, so that --help answers at once

import json
import os
import pwd
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailbot.errors import ConfigError, Unreachable
from mailbot.tongue import _

if TYPE_CHECKING:
    from mailbot.config import Settings
    from mailbot.desk import Desk
    from mailbot.rules import Rules
    from mailbot.store import Store

ATTENTION = 1
WRONG = 2
_NOBODY = 2**32 - 1
_LOGIN = Path("/proc/self/loginuid")

pass_folder = click.pass_obj
as_json = click.option("--json", "as_json", is_flag=True, help="Para otros programas.")


_YES = frozenset({"s", "si", "sí", "y", "yes"})


def confirm(question: str, *, err: bool = False) -> None:
    """Go on at a yes, in either language; else the command ends. click itself asks in English."""
    choice = _("s/N")
    said = click.prompt(f"{question} [{choice}]", default="", show_default=False, err=err)
    if said.strip().lower() not in _YES:
        raise click.Abort


def read(folder: Path | None) -> "Rules":
    """The rules in a configuration folder; without one, where they usually are."""
    from mailbot import logs
    from mailbot.config import default_folder
    from mailbot.rules import read_rules

    rules = read_rules(folder or default_folder())
    logs.write_as(rules.settings.log.format)
    return rules


@contextmanager
def opened(folder: Path | None, *, service: bool = False, acts: str = "") -> Iterator["Desk"]:
    """The desk with its store open; for the service, only if nothing it needs is missing.

    `acts` names a command that a shadow does not do.
    """
    from mailbot import comparison, shadow
    from mailbot.config import require_service
    from mailbot.desk import Desk
    from mailbot.store import Store
    from mailbot.store.schools import StoredSchools

    rules = read(folder)
    if acts:
        shadow.forbid(rules.settings, acts)
    if service:
        require_service(rules.settings)
    store = Store(rules.settings.database, rules.settings.data_keys)
    try:
        if service:
            store.check()
        clock = _with_workers(store) if rules.settings.workers.elsewhere else _own_clock
        desk = Desk(rules.with_schools(StoredSchools(store)), store, clock)
        if service:
            comparison.claim(desk)
        yield desk
    finally:
        store.close()


def _own_clock() -> datetime:
    return datetime.now(UTC)


def _with_workers(store: "Store") -> "Callable[[], datetime]":
    """Have the store call workers; the clock that all their machines share."""
    try:
        from mailbot import carrier
    except ImportError as error:
        words = _("workers.elsewhere: falta un programa ({error}). Instale mailbot[workers].")
        raise ConfigError(words.format(error=error)) from None
    from mailbot.store import BROKEN_WIRE
    from mailbot.store.clock import DatabaseClock

    store.carry = carrier.carry
    try:
        carrier.require(store)
        return DatabaseClock(store)
    except BROKEN_WIRE as error:
        words = _("la base de datos no responde: {error}")
        raise Unreachable(words.format(error=type(error).__name__)) from None


@contextmanager
def opened_store(folder: Path | None) -> Iterator[tuple["Store", "Settings"]]:
    """The store and the settings alone: at once, for who has nothing to read or write by mail."""
    from mailbot.config import default_folder, read_settings
    from mailbot.procedures import read_guide
    from mailbot.store import Store

    place = folder or default_folder()
    settings = read_settings(place, read_guide(place))
    store = Store(settings.database, settings.data_keys)
    try:
        yield store, settings
    finally:
        store.close()


def print_json(value: object) -> None:
    """One JSON value on a line."""
    click.echo(json.dumps(value, ensure_ascii=False, default=str))


# ------------------------------------------------------------------ who


def operator() -> str:
    """Who is at the keyboard: the user who logged in, as the kernel knows them, else our own.

    Not the environment's word: anybody can change that.
    """
    login = int(_LOGIN.read_text(encoding="ascii")) if _LOGIN.exists() else _NOBODY
    uid = os.getuid() if login == _NOBODY else login
    try:
        return f"operador {pwd.getpwuid(uid).pw_name}"
    except KeyError:
        return f"operador {uid}"


def note_look(desk: "Desk", what: str, *, detail: str) -> None:
    """Write down that an operator is about to see personal data."""
    with desk.store.begin() as tx:
        desk.at(tx).note(what, operator(), detail=detail)
