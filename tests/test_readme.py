"""The README says what the program does."""

import re

from house import HERE, SAMPLES

from mailbot.console import procedures_table
from mailbot.procedures import read_guide

README = (HERE.parent / "README.md").read_text(encoding="utf-8")


def test_the_readme_shows_the_table_the_program_prints() -> None:
    """`mailbot procedures` and the README: the same rows in the same order."""
    shown = [line for line in README.splitlines() if re.match(r"\| (?:§|V\.\d)", line)]
    rows = procedures_table(read_guide(HERE.parent / "config"))
    assert shown == ["| " + " | ".join(row) + " |" for row in rows]


def test_the_readme_shows_what_check_prints() -> None:
    """The example is the golden file."""
    assert (SAMPLES / "sin-rd.txt").read_text(encoding="utf-8").rstrip() in README


def test_the_readme_names_every_command() -> None:
    """Each command of the program is explained, and none that is not there."""
    from mailbot.cli import commands  # noqa: PLC0415

    named = set(re.findall(r"(?m)^\| `mailbot ([\w-]+)", README))
    assert named == set(commands.commands) - {"demo"}
