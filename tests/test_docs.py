"""The pages people read: what they name is there, and what they show is so."""

import re
from pathlib import Path

import click
import pytest
from house import HERE
from PIL import Image

import mailbot
from mailbot import cli
from mailbot.console import procedures_table
from mailbot.procedures import read_guide

ROOT = HERE.parent
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "SECURITY.md"])
BY_PERSON = ("administradora", "ugel", "operador", "developer", "architecture", "decisions")


def text_of(name: str) -> str:
    return (DOCS / f"{name}.md").read_text(encoding="utf-8")


def test_each_person_has_a_page_and_the_readme_leads_to_it() -> None:
    """Who decides, who asks, who operates, who changes it."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in BY_PERSON if f"(docs/{name}.md)" not in readme] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    """Pages, pictures and headings that are linked to exist."""
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    inside = [link for link in links if not link.startswith(("http", "mailto:"))]
    assert [link for link in inside if not (page.parent / link).exists()] == []


def test_the_table_for_ugel_is_the_guide() -> None:
    """What to attach for what: the rows of `mailbot procedures` that offices ask for."""
    shown = re.findall(r"(?m)^\| V\..*$", text_of("ugel"))
    rows = procedures_table(read_guide(ROOT / "config"))[1:]
    wanted = [row for row in rows if int(row[0].split(".")[1]) >= 3]
    assert len(wanted) == 14
    assert shown == ["| " + " | ".join(row[:6]) + " |" for row in wanted]


def known(words: list[str]) -> bool:
    """Whether a line begins with a command of the program and options that it has."""
    command: click.Command = cli.commands
    for word in words:
        if word.startswith("--"):
            option = word.partition("=")[0]
            if not any(option in p.opts for p in command.params):
                return False
        elif isinstance(command, click.Group):
            if word not in command.commands:
                return False
            command = command.commands[word]
    return True


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_a_page_names_is_one(page: Path) -> None:
    """`mailbot …`: its words and options are the program's."""
    text = page.read_text(encoding="utf-8")
    quoted = re.findall(r"`(?:\.venv/bin/)?mailbot ([a-z][^`]*)`", text)
    quoted += re.findall(r"(?m)^(?:.*? )?mailbot ([a-z][^#\n]*)", "\n".join(_blocks(text)))
    quoted = [q.removeprefix("mailbot ") for q in quoted]
    wrong = [q for q in quoted if not known([w for w in q.split() if re.match(r"[a-z-]", w)])]
    assert wrong == []


def _blocks(text: str) -> list[str]:
    return [block for block in text.split("```")[1::2] if "mailbot" in block]


def test_every_module_in_the_picture_is_one() -> None:
    """The architecture's picture is drawn from what there is."""
    named = re.findall(r'class="name"[^>]*>([a-z]+)(?:: [a-z]+)?<', text_svg())
    people = {"letters", "who decides"}
    places = [ROOT / "mailbot", ROOT / "mailbot" / "parsers"]
    modules = {p.stem for place in places for p in place.iterdir()}
    assert len(set(named)) > 10
    assert set(named) - people <= modules


def text_svg() -> str:
    return (DOCS / "architecture.svg").read_text(encoding="utf-8")


def test_the_pictures_are_small_and_as_wide_as_they_say() -> None:
    """Kept in the repository, so none is heavy; 800 for a desk, 360 for a telephone."""
    pictures = sorted((DOCS / "pictures").glob("*.png"))
    assert len(pictures) == 18
    for path in pictures:
        assert path.stat().st_size < 100_000, path.name
        with Image.open(path) as picture:
            assert path.stem.endswith(f"-{picture.width}")


def test_the_map_names_every_module_and_no_other() -> None:
    """What stands directly in the package, by the name it is imported under."""
    there = {
        path.stem
        for path in Path(mailbot.__path__[0]).iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    } - {"__init__"}
    named = set(re.findall(r"``([a-z_]+)``", str(mailbot.__doc__)))
    assert named == there
