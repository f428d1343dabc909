"""Answers → a configuration folder, whole or not at all. The home of tomlkit and python-dotenv.

Everything is written beside its place and read back by the program's own reader first; only then
is each file put where it belongs, which takes the system no time that could be interrupted.
"""

import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import tomlkit
from dotenv import dotenv_values
from tomlkit.items import Table

from mailbot.config import (
    ENV_FILE,
    FILE,
    read_settings,
    require_service,
    shipped,
    variable,
)
from mailbot.errors import ConfigError
from mailbot.procedures import read_guide
from mailbot.setup.interview import Answer, is_secret

RULES = ("names.toml", "offices.csv", "procedures.csv", "roles.toml", "wording.toml")
"""What the bot goes by; an operator's own copies are kept."""

_ENV_HEAD = """\
# Los secretos de mailbot, para su dueño solo (chmod 600). Guarde una copia aparte de la base de
# datos: sin MAILBOT_DATA_KEY los datos no se recuperan; con las dos cosas, cualquiera los lee.
"""


def occupied(folder: Path) -> list[Path]:
    """The files of an earlier configuration that would be written anew."""
    return [path for name in (FILE, ENV_FILE) if (path := folder / name).exists()]


def write(folder: Path, answers: Mapping[str, Answer]) -> list[Path]:
    """Write the folder; the paths written. ConfigError when what was answered cannot work.

    An earlier `mailbot.env` keeps its two keys: what was encrypted with them stays readable.
    """
    kept = _secrets_in(folder / ENV_FILE)
    hidden = {variable(k): str(v) for k, v in answers.items() if is_secret(k) and v}
    own = {name: kept.get(name, secrets.token_hex(32)) for name in map(variable, _KEYS)}
    with _staged(folder) as stage:
        for name in RULES:
            own_copy = folder / name
            shutil.copy(own_copy if own_copy.exists() else shipped("config") / name, stage)
        (stage / FILE).write_text(_toml(answers), encoding="utf-8")
        (stage / ENV_FILE).touch(mode=0o600)
        (stage / ENV_FILE).write_text(_env({**own, **hidden}), encoding="utf-8")
        _read_back(stage, {**own, **hidden})
        return [path.replace(folder / path.name) for path in sorted(stage.iterdir())]


_KEYS = ("secret", "data_key")


@contextmanager
def _staged(folder: Path) -> Iterator[Path]:
    """A folder for half-done things inside `folder`; both are gone again if something fails."""
    new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    stage = Path(tempfile.mkdtemp(prefix=".init-", dir=folder))
    try:
        yield stage
    finally:
        shutil.rmtree(stage)
        if new and not any(folder.iterdir()):
            folder.rmdir()


def _toml(answers: Mapping[str, Answer]) -> str:
    """The commented configuration as shipped, with the answers in their places."""
    text = (shipped("config") / FILE).read_text(encoding="utf-8")
    document = tomlkit.parse(text)
    for key, value in answers.items():
        section, _, name = key.partition(".")
        table = document[section] if name and not is_secret(key) else None
        if isinstance(table, Table) and (value or name in table):
            table[name] = value
    return tomlkit.dumps(document)


def _env(values: Mapping[str, str]) -> str:
    return _ENV_HEAD + "".join(f"{name}={_quoted(value)}\n" for name, value in values.items())


def _quoted(value: str) -> str:
    """As a shell, systemd and docker compose read it alike."""
    if "'" in value or "\n" in value or "${" in value:
        raise ConfigError(
            "Una contraseña con comilla simple, con «${» o de varias líneas no se puede escribir "
            "en un archivo que todos lean igual: cámbiela, o defínala usted en el entorno del bot."
        )
    return f"'{value}'"


def _read_back(stage: Path, values: Mapping[str, str]) -> None:
    """Make sure that the program reads what was meant."""
    try:
        require_service(read_settings(stage, read_guide(stage)))
    except ConfigError as error:
        raise ConfigError(str(error).replace(str(stage), str(stage.parent))) from None
    if _secrets_in(stage / ENV_FILE) != values:
        raise ConfigError(f"{ENV_FILE}: un secreto no se lee como se escribió; cámbielo.")


def _secrets_in(path: Path) -> dict[str, str]:
    found = dotenv_values(path, interpolate=False) if path.exists() else {}
    return {name: value for name, value in found.items() if value}
