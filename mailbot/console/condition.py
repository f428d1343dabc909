"""What `health` shows: a row each, the troubles with what to do about them."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from mailbot.console import console
from mailbot.health import Check, State
from mailbot.tongue import _, retold

SIGNS = {
    State.GOOD: ("✔", "green"),
    State.NOTE: ("!", "yellow"),
    State.BAD: ("✘", "bold red"),
}


def show_health(checks: Sequence[Check]) -> None:
    """Every row, then what needs somebody, in one sentence."""
    out = console()
    table = Table(box=None, show_header=False, padding=(0, 1))
    table.add_column(width=1)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for check in checks:
        sign, style = SIGNS[check.state]
        table.add_row(Text(sign, style), retold(check.label), Text(_words(check)))
    out.print(table)
    bad = sum(check.state is State.BAD for check in checks)
    out.print(Text(_verdict(bad), "bold red" if bad else "bold green"))


def _words(check: Check) -> str:
    told = check.mend and check.state is not State.GOOD
    words = retold(check.words)
    return f"{words}\n→ {retold(check.mend)}" if told else words


def _verdict(bad: int) -> str:
    if not bad:
        return _("Todo bien.")
    if bad == 1:
        return _("Una cosa necesita atención.")
    return _("{count} cosas necesitan atención.").format(count=bad)
