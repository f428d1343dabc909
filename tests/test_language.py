"""The command line's language: Spanish, English by locale; every message in both.

What `health`, `doctor` and errors say is Spanish in the store and in letters, and read back.
"""

import ast
import gettext
import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from house import HERE, NOON, write_config
from overheard import overheard
from sayings import SPOKEN, sayings
from test_health import ILL, OLD, minutes, well

from mailbot import cli, doctor, health
from mailbot.config import Settings
from mailbot.errors import ConfigError, Unreachable
from mailbot.health import Facts
from mailbot.masking import one_line, reason
from mailbot.pause import Brake
from mailbot.rules import read_rules
from mailbot.sections import Health, OAuth
from mailbot.store.leases import Crew
from mailbot.store.pulse import Inbox
from mailbot.tongue import LOCALE, english, wanted

FOLDER = LOCALE / "en" / "LC_MESSAGES"
FIELD = re.compile(r"\{[^}]*\}|--[a-z-]+|MAILBOT_[A-Z_]+|^ +|\n")


def catalogue(name: str = "mailbot") -> dict[str, str]:
    with (FOLDER / f"{name}.po").open("rb") as text:
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
    for message, told in [*catalogue().items(), *catalogue("said").items()]:
        assert sorted(FIELD.findall(message)) == sorted(FIELD.findall(told)), message


@pytest.mark.parametrize("name", ["mailbot", "said"])
def test_what_is_read_is_made_from_the_text(name: str) -> None:
    """Each ``.mo`` was compiled from its ``.po``."""
    with (FOLDER / f"{name}.mo").open("rb") as compiled:
        read = gettext.GNUTranslations(compiled)
    assert {message: read.gettext(message) for message in catalogue(name)} == catalogue(name)


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


# ------------------------------------------------------------------ what is found elsewhere


def test_all_that_health_doctor_and_errors_say_has_its_english_and_none_is_left_over() -> None:
    """Every template in the program's text, no more."""
    told, heard = catalogue("said"), overheard()
    assert len(heard) > 300
    assert sorted(heard - told.keys()) == []
    assert sorted(told.keys() - heard) == []


@pytest.mark.parametrize("template", sorted(catalogue("said")))
def test_what_a_template_says_is_read_back_by_that_template(template: str) -> None:
    """Whatever is filled in; no other template is mistaken for it."""
    holes = range(1, 1 + len(re.findall(r"\{\d\}", template)))
    given = {f"{{{n}}}": f"10.0.{n}.7" for n in holes}

    def filled(text: str) -> str:
        return re.sub(r"\{\d\}", lambda hole: given[hole[0]], text)

    assert english().say(filled(template)) == filled(catalogue("said")[template])


REMNANT = re.compile(
    r"[¿áéíóúñ«]|\b(?:de|del|el|la|los|las|un|una|que|y|o|con|sin|para|se|falta|revise|hace)\b"
)
"""What a translation that was forgotten would leave behind."""

STATES: dict[str, Facts] = {
    **{code: facts for code, (facts, _) in ILL.items()},
    "shadow": well(settings=Settings(mode="shadow", health=Health(heartbeat_minutes=0))),
    "queues": well(
        changes=OLD,
        stuck=2,
        aside=OLD,
        questions=OLD,
        unused=3,
        last_sent=NOON,
        database_bytes=None,
        cases={"observed": OLD, "pending": OLD, "approved": OLD},
        letters={"uncertain": 2},
    ),
    "pause": well(brake=Brake(NOON - minutes(300)), changes=OLD),
    "crew": well(crew=Crew(("a",), 1, NOON - minutes(9), "a", {"mail": 3})),
    "nobody": well(crew=Crew()),
    "begin": well(journal=None, inbox=Inbox(None, 0, 0)),
    "expired": well(settings=Settings(oauth=OAuth(secret_expires=date(2026, 1, 1)))),
}
"""A bot in every bad state, and in every other that `health` has words for."""


@pytest.mark.parametrize("name", STATES)
def test_health_has_no_word_of_spanish_in_english(name: str) -> None:
    """Each row and each mend."""
    for check in health.examine(STATES[name]):
        for words in (check.label, check.words, check.mend):
            said = english().say(words)
            assert not REMNANT.search(said), said


BAD = {
    "empty": "",
    "unknown": "[imap]\nhots = 'x'\n",
    "wrong": "[imap]\nport = 'x'\n[retention]\naudit_days = 5\n[schedule]\npoll_seconds = 'a'\n",
    "plain": "[imap]\nhost = 'x.example'\ntls = 'none'\n",
    "secret": "[imap]\npassword = 'x'\n",
    "broken": "[imap\n",
    "nobody": "[approvers]\nadministrador-minedo = ['a@b.example']\n",
    "servers": (
        "[bot]\naddress = 'a@b.example'\n[imap]\nhost = '127.0.0.1'\nport = 9\nuser = 'a'\n"
        "[smtp]\nhost = 'nowhere.invalid'\n[store]\nbackup_folder = ''\n"
        "[trust]\naccept = ['dkim']\n"
    ),
    "ldap": "[directory]\nkind = 'ldap'\n[directory.ldap]\nurl = 'http://x'\n",
    "shadow": "mode = 'shadow'\n",
}
"""Configurations with which `doctor` has much to say."""


@pytest.mark.parametrize("name", BAD)
def test_what_doctor_finds_has_no_word_of_spanish_in_english(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each line and each mend, or what is wrong with the configuration."""
    monkeypatch.setenv("MAILBOT_SECRET", "a key for tests of more than 32 characters")
    folder = write_config(tmp_path / "config", None)
    (folder / "mailbot.toml").write_text(BAD[name], encoding="utf-8")
    try:
        found = [f"{c.name}: {c.detail}" for c in doctor.examine(read_rules(folder))]
    except ConfigError as error:
        found = [str(error)]
    said = english().say("\n".join(found))
    assert len(said) > 30
    assert not REMNANT.search(said), said


def test_doctor_and_health_speak_english_on_an_english_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a bot that was never set up; and the error of a file that cannot be read."""
    monkeypatch.setenv("MAILBOT_SECRET", "a key for tests of more than 32 characters")
    folder = write_config(tmp_path / "config", None)
    examined, condition = run(folder, "doctor"), run(folder, "health")
    assert "✘ Configuration: " in examined.stdout
    assert "never done yet" in condition.stdout
    (folder / "mailbot.toml").write_text(BAD["broken"], encoding="utf-8")
    broken = run(folder, "health")
    assert "mailbot.toml: cannot be read: " in broken.stderr
    said = examined.stdout + condition.stdout + broken.stderr
    own = "quien monta las pruebas"  # what the configuration says itself
    assert not REMNANT.search(said.replace(own, "")), said


@pytest.mark.parametrize("template", [t for t in sorted(catalogue("said")) if "{" in t])
def test_a_reason_too_long_to_keep_is_still_read_back(template: str) -> None:
    """Whichever hole holds a server's long words: they are cut, never our own, and it is masked."""
    numbers = re.findall(r"\{(\d)\}", template)
    for long in set(numbers):
        given = dict.fromkeys(numbers, "10.0.0.7") | {long: "550-" + "x" * 5000 + " 42871359."}
        filled = re.sub(r"\{(\d)\}", lambda hole: given[hole[1]], template)  # noqa: B023
        kept = reason(Unreachable(filled))
        assert (len(kept) < 1000, "42871359" in kept) == (True, False)
        said, place = english().say(kept), 0
        for words in re.split(r"\{\d\}", catalogue("said")[template]):
            place = said.find(words, place) + len(words)
            assert place >= len(words), said


def test_no_sentence_of_ours_is_too_long_to_be_kept() -> None:
    """Whatever is cut out of a reason is somebody else's."""
    for template in catalogue("said"):
        assert reason(Unreachable(template)) == one_line(template)


def test_what_a_server_says_at_length_stays_as_it_is() -> None:
    """Of very many pieces: no way to part them is tried."""
    long = ": ".join(f"parte {n}" for n in range(300))
    assert english().say(long) == long
