"""The command line's language: Spanish, English by locale; every message in both."""

import ast
import gettext
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from house import HERE, write_config
from sayings import SPOKEN, sayings

from mailbot import cli
from mailbot.tongue import LOCALE, wanted

FOLDER = LOCALE / "en" / "LC_MESSAGES"
FIELD = re.compile(r"\{[^}]*\}|--[a-z-]+|MAILBOT_[A-Z_]+|^ +|\n")


def catalogue() -> dict[str, str]:
    with (FOLDER / "mailbot.po").open("rb") as text:
        return {str(m.id): str(m.string) for m in read_po(text) if m.id}


def test_every_message_is_translated_and_none_is_left_over() -> None:
    """Help, placeholders, tables, prompts, errors: what the program's text holds, no more."""
    told = catalogue()
    said = sayings()
    assert len(said) > 300
    assert sorted(said - told.keys()) == []
    assert sorted(told.keys() - said) == []
    assert [message for message, english in told.items() if not english.strip()] == []


def test_a_translation_has_the_fields_and_options_of_its_message() -> None:
    """What is filled in, options, variables of the environment, how lines begin."""
    for message, english in catalogue().items():
        assert sorted(FIELD.findall(message)) == sorted(FIELD.findall(english)), message


def test_what_is_read_is_made_from_the_text() -> None:
    """`mailbot.mo` was compiled from `mailbot.po`."""
    with (FOLDER / "mailbot.mo").open("rb") as compiled:
        read = gettext.GNUTranslations(compiled)
    assert {message: read.gettext(message) for message in catalogue()} == catalogue()


_SAID = ("echo", "secho", "confirm", "prompt", "ConfigError", "BadParameter", "fail")


@pytest.mark.parametrize("folder", SPOKEN, ids=lambda folder: folder.name)
def test_nothing_is_said_that_is_not_looked_up(folder: Path) -> None:
    """No command says words of its own outside ``_(…)``."""
    bare = []
    for file in folder.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in _SAID and node.args:
                said = node.args[0]
                words = "".join(
                    str(n.value) for n in ast.walk(said) if isinstance(n, ast.Constant)
                ) if isinstance(said, ast.Constant | ast.JoinedStr) else ""  # fmt: skip
                bare += [f"{file.name}:{node.lineno}"] if re.search(r"[^\W\d_]{3}", words) else []
    assert bare == []


def _name(function: ast.expr) -> str:
    return str(getattr(function, "attr", None) or getattr(function, "id", ""))


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "es_PE.UTF-8"}, "es"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "es_PE.UTF-8"}, "es"),
        ({"LANG": "es_PE.UTF-8", "LC_ALL": "en_GB"}, "en"),
        ({"LC_MESSAGES": "", "LANG": "en"}, "en"),
        ({"LANG": "C.UTF-8"}, "es"),
        ({"LANG": "de_DE.UTF-8"}, "es"),
        ({}, "es"),
    ],
)
def test_english_is_for_an_english_locale(environment: dict[str, str], language: str) -> None:
    """Everybody else gets Spanish: the operators' language."""
    assert wanted(environment) == language


MAIN = "from mailbot.cli import main; main()"
HELPS = """
import click
from mailbot.cli import commands
def show(command, context):
    print(command.get_help(context))
    for name, inner in getattr(command, "commands", {}).items():
        show(inner, click.Context(inner, info_name=name, parent=context))
show(commands, click.Context(commands, info_name="mailbot"))
"""


def run(folder: Path, *words: str, program: str = MAIN) -> subprocess.CompletedProcess[str]:
    """A command in an English locale."""
    clean = {k: v for k, v in os.environ.items() if k not in ("LC_ALL", "LC_MESSAGES", "LANGUAGE")}
    told = {**clean, "LANG": "en_US.UTF-8", "MAILBOT_CONFIG": str(folder), "PYTHONUTF8": "1"}
    command, root = [sys.executable, "-c", program, *words], HERE.parent
    return subprocess.run(command, env=told, capture_output=True, text=True, check=False, cwd=root)


def _leaves() -> list[str]:
    """Every command, and every one within one."""
    inner = [n for c in cli.commands.commands.values() for n in getattr(c, "commands", {})]
    return [*cli.commands.commands, *inner]


SPANISH = re.compile(
    r"[¿áéíóúñ«]|\b(?:Uso|Opciones|Órdenes|FECHA|CLAVE|correos?|casos?|las|los|del)\b"
)

COLUMNS = "dni,names,role,office,nivel,correo,username"
"""The names of a file's columns, in every language."""


def test_a_session_in_english_has_no_word_of_spanish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The help of every command, and a mistake."""
    monkeypatch.setenv("MAILBOT_SECRET", "una clave de prueba de mas de 32 caracteres")
    folder = write_config(tmp_path / "config", None)
    helped = run(folder, program=HELPS)
    assert (helped.returncode, helped.stdout.count("Usage: ")) == (0, len(_leaves()) + 1)
    assert "Answers the requests for SIAGIE user accounts" in helped.stdout
    said = helped.stdout.replace(COLUMNS, "")
    assert not SPANISH.search(said), SPANISH.findall(said)
    wrong = run(folder, "case", "7")
    assert (wrong.returncode, wrong.stderr) == (
        2, "There is no case 7. See those there are with: mailbot pending\n"
    )  # fmt: skip
