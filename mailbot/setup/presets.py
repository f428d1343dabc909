"""What is known about each mail provider: rows of providers.toml."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

from mailbot.procedures import read_toml

_FILE = Path(__file__).with_name("providers.toml")


@dataclass(frozen=True, slots=True)
class Preset:
    """A provider: what is certain (not asked), what is offered, and which logins it takes."""

    title: str
    page: str
    hint: str
    auth: tuple[str, ...]
    fixed: Mapping[str, str | int]
    offered: Mapping[str, str | int]

    @property
    def needs_tenant(self) -> bool:
        """Whether some value names the Microsoft tenant."""
        return any("{tenant}" in str(value) for value in self.fixed.values())


@cache
def presets() -> Mapping[str, Preset]:
    """Every provider by its name, in the order they are offered."""
    return TypeAdapter(dict[str, Preset]).validate_python(read_toml(_FILE))
