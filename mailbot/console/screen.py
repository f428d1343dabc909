"""A terminal on which other people's words are words: they colour, link and move nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderHook
from rich.segment import Segment

from mailbot.masking import one_line
from mailbot.workdays import LIMA


@dataclass(frozen=True, slots=True)
class _Words:
    """Something to show, without the signs a terminal would obey."""

    shown: ConsoleRenderable

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        """Its segments; what moves the cursor of a table or a bar is the library's own."""
        for segment in console.render(self.shown, options):
            if segment.control:
                yield segment
            else:
                text = "\n".join(map(one_line, segment.text.split("\n")))
                yield Segment(text, segment.style)


class _Plainly(RenderHook):
    """Shows everything so."""

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        """All that is printed, wrapped."""
        return [_Words(shown) for shown in renderables]


def plain_screen(width: int) -> Console:
    """The terminal; where nobody watches, one of a fixed width without colours."""
    out = Console(markup=False, emoji=False)
    if not out.is_terminal:
        out = Console(width=width, no_color=True, highlight=False, markup=False, emoji=False)
    out.push_render_hook(_Plainly())
    return out


def moment(time: datetime | None) -> str:
    """A time in Lima as tables show it."""
    return f"{time.astimezone(LIMA):%d/%m/%Y %H:%M}" if time else ""
