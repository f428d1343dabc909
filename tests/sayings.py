"""Everything the command line says itself, from the program's own text: what is translated."""

import ast
from collections.abc import Iterator
from pathlib import Path

import click
from babel.messages.extract import extract_from_dir
from house import HERE

from mailbot import cli
from mailbot.console import _STATES
from mailbot.console.checked import SIGNS
from mailbot.incident import LETTER_STATES
from mailbot.setup.presets import presets
from mailbot.setup.questions import CHAPTERS

PROGRAM = HERE.parent / "mailbot"
SPOKEN = (PROGRAM / "cli", PROGRAM / "console")


def sayings() -> set[str]:
    """Every message of the command line, in Spanish."""
    found = {*_marked(), *_of_commands(cli.commands), *_named(), *_of_tables(), *_of_setup()}
    states = {*_STATES.values(), *LETTER_STATES.values(), *(word for _, _, word in SIGNS.values())}
    return {each for each in found | states if each}


def _marked() -> Iterator[str]:
    """What stands in ``_(…)``."""
    for folder in SPOKEN:
        method = [("**.py", "python")]
        for _, _, message, _, _ in extract_from_dir(folder, method, keywords={"_": None}):
            yield message if isinstance(message, str) else message[0]


def _of_commands(command: click.Command) -> Iterator[str]:
    """Help, and what stands for what is to be typed."""
    yield from (command.help or "", command.options_metavar or "")
    yield getattr(command, "subcommand_metavar", None) or ""
    for param in command.params:
        yield param.metavar or ""
        yield getattr(param, "help", None) or ""
    for inner in getattr(command, "commands", {}).values():
        yield from _of_commands(inner)


def _trees() -> Iterator[ast.Module]:
    for folder in SPOKEN:
        for file in folder.glob("*.py"):
            yield ast.parse(Path(file).read_text(encoding="utf-8"))


def _named() -> Iterator[str]:
    """Constants that stand in ``_(…)`` by their name."""
    for tree in _trees():
        values = {
            target.id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Name(id="_"), args=[ast.Name(id=name)]):
                    yield str(values.get(name, ""))


def _of_tables() -> Iterator[str]:
    """Headings of tables, their titles, the words of the totals and of a case's story."""
    for tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "heading":
                yield from _constants(node.value)
            if isinstance(node, ast.FunctionDef) and node.name in _INSIDE:
                inside = (n for n in ast.walk(node) if isinstance(n, _INSIDE[node.name]))
                yield from (word for n in inside for word in _constants(n))


_INSIDE = {
    "alarm_rows": ast.Tuple,
    "tables": ast.Tuple,
    "counted_as": ast.Return,
    "show_story": ast.Tuple,
}
"""Functions whose words stand in tuples, or are what they return."""


def _constants(node: ast.AST) -> list[str]:
    """The words directly in a node: neither names of fields nor formats of times."""
    said = [n.value for n in ast.iter_child_nodes(node) if isinstance(n, ast.Constant)]
    words = [word for word in said if isinstance(word, str)]
    return [w for w in words if w[:1].isupper() or (" " in w and not w.startswith("%"))]


def _of_setup() -> Iterator[str]:
    """What `init` asks."""
    for chapter in CHAPTERS:
        yield chapter.title
        yield from (question.words for question in chapter.questions)
    for preset in presets().values():
        yield from (preset.title, preset.hint)
