"""The directory of docs/directories.md, installed as somebody else's package, and its moods.

`Moody` is the same with what real ones do: it refuses, it does not answer, or it does what it was
told and the answer is lost. It checks after each change that no seat has two.
"""

import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mailbot.actions.directory import Awaited, Capabilities, Denied, Held
from mailbot.errors import Unreachable

PAGE = Path(__file__).parent.parent / "docs" / "directories.md"
_ENTRY_POINTS = (
    "[mailbot.directories]\nnotebook = notebook_of_the_docs:Notebook\nmoody = notebook:Moody\n"
)


def example() -> str:
    """The example's code, as the page shows it."""
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return str(code)


def install(folder: Path, kind: str, patch: pytest.MonkeyPatch) -> Path:
    """Have the bot find the example as if pip had installed it; the file it keeps accounts in."""
    (folder / "notebook_of_the_docs.py").write_text(example(), encoding="utf-8")
    info = folder / "notebook-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: notebook\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(_ENTRY_POINTS)
    patch.syspath_prepend(folder)
    kept = folder / "accounts.json"
    kept.write_text("{}")
    patch.setenv("MAILBOT_DIRECTORY__KIND", kind)
    patch.setenv("MAILBOT_DIRECTORY__OPTIONS", json.dumps({"file": str(kept)}))
    return kept


_RAISED: dict[str, Callable[[str], Exception]] = {
    "denied": Denied,
    "later": Unreachable,
    "lost": Unreachable,
    "awaited": Awaited,
}


class Moody:
    """The example, in the mood a file beside its accounts tells: ``{"enable": ["lost", 1]}``.

    That is: so many more times the call ends so. All else goes to the example.
    """

    can = Capabilities()  # unlike the example's, its passwords do not lapse by themselves

    def __init__(self, settings: Any) -> None:  # noqa: ANN401  as the page shows it
        from notebook_of_the_docs import Notebook  # type: ignore[import-not-found]  # noqa: PLC0415

        self.meant = Notebook(settings)
        self.moods = self.meant.file.with_name("moods.json")

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  whatever the example has
        meant = getattr(self.meant, name)
        return self._moody(name, meant) if callable(meant) and name != "close" else meant

    def _moody(self, name: str, meant: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any) -> Any:  # noqa: ANN401
            how = self._mood(name)
            said = meant(*args) if how in ("", "lost") else None
            self._one_each()
            if how:
                raise _RAISED[how](f"mal humor en {name}")
            return said

        return call

    def _mood(self, name: str) -> str:
        moods = json.loads(self.moods.read_text()) if self.moods.exists() else {}
        how, left = moods.get(name, ("", 0))
        if not left:
            return ""
        self.moods.write_text(json.dumps({**moods, name: (how, left - 1)}))
        return str(how)

    def _one_each(self) -> None:
        taken = Counter(held.seat for held in self.meant.everybody() if held.enabled)
        assert all(count == 1 for count in taken.values()), taken


def be(kept: Path, **moods: tuple[str, int]) -> None:
    """Set the moods."""
    kept.with_name("moods.json").write_text(json.dumps(moods))


def held(kept: Path) -> dict[str, Held]:
    """The accounts in the file, by the DNI."""
    return {h["dni"]: Held(**h) for h in json.loads(kept.read_text()).values()}
