"""The page of threats names every threat once, and only tests that exist."""

import ast
import re
from pathlib import Path

from house import HERE

PAGE = (HERE.parent / "docs" / "threats.md").read_text(encoding="utf-8")


def named_in(path: Path) -> set[str]:
    """The names of the test functions in a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {n.name for n in tree.body if isinstance(n, ast.FunctionDef)}


def test_every_threat_has_its_row() -> None:
    """T01 to T80, in order: none was dropped because it was inconvenient."""
    assert re.findall(r"(?m)^\| (T[0-9]{2}) \|", PAGE) == [f"T{n:02d}" for n in range(1, 81)]


def test_every_row_names_a_test_or_a_reason() -> None:
    """No row is left to the reader's goodwill."""
    cells = re.findall(r"(?m)^\| T[0-9]{2} \| [^|]+ \| (.+) \|$", PAGE)
    assert len(cells) == 80
    assert all("::" in cell or len(cell) > 40 for cell in cells)


def test_every_test_that_is_named_exists() -> None:
    """A test that was renamed or deleted takes its promise along."""
    named = re.findall(r"`(test_\w+)::(test_\w+)`", PAGE)
    assert len(named) > 100
    known = {path.stem: named_in(path) for path in HERE.glob("test_*.py")}
    assert [pair for pair in named if pair[1] not in known.get(pair[0], set())] == []
