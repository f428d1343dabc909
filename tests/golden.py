"""The golden files: what `mailbot check` says of each sample.

``python tests/golden.py`` writes them anew; read the difference before committing it: it is the
product's reading that changed.
"""

import io
import tempfile
from pathlib import Path

from house import SAMPLES, write_config
from rich.console import Console

from mailbot import console, contracts
from mailbot.rules import Rules, read_rules


def said(path: Path, rules: Rules) -> str:
    """What the command prints about one mail, without the blanks at line ends."""
    out = Console(file=io.StringIO(), width=console.WIDTH, no_color=True, highlight=False)
    _, parsed, cases = contracts.checked_file(path, rules)
    console.show_checked(out, path.name, parsed, cases, rules.offices)
    text = out.file.getvalue()  # type: ignore[attr-defined]
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def main() -> None:
    """Write every golden file."""
    with tempfile.TemporaryDirectory() as folder:
        rules = read_rules(write_config(Path(folder) / "config", None))
        for path in sorted(SAMPLES.glob("*.eml")):
            path.with_suffix(".txt").write_text(said(path, rules), encoding="utf-8")


if __name__ == "__main__":
    main()
