"""What everybody can write, given to what reads it: ``make fuzz``; a slice is in the suite.

Each target is a module with

``check``   what must hold of any bytes at all: AssertionError when it does not
``seeds``   bytes to begin with
``WORDS``   what its language is made of
``INPUTS``  a hypothesis strategy made of the two

A find goes to ``finds/TARGET/`` once it is mended, and is tried ever after.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from hypothesis import strategies as st

TARGETS = ("gate", "results", "reply", "reader", "record", "request")
FINDS = Path(__file__).parent / "finds"


@dataclass(frozen=True)
class Target:
    """A module of this package, ready to be run."""

    name: str
    check: Callable[[bytes], None]
    seeds: Sequence[bytes]
    words: Sequence[bytes]
    inputs: st.SearchStrategy[bytes]


def target(name: str) -> Target:
    """A target by its name."""
    module = import_module(f"fuzz.{name}")
    return Target(name, module.check, module.seeds(), module.WORDS, module.INPUTS)


def finds(name: str) -> list[Path]:
    """What was once found with a target."""
    return sorted(path for path in (FINDS / name).glob("*") if path.is_file())
