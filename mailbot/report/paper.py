"""A report on paper: what its templates are filled with, and the files it is written into."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from typing import Any

from markupsafe import Markup
from pydantic import TypeAdapter

from mailbot.report import drawing, words
from mailbot.report.material import Report

_REPORT = TypeAdapter(Report)


def as_json(made: Report) -> Any:  # noqa: ANN401  JSON
    """A report as a letter keeps it and other programs read it."""
    return _REPORT.dump_python(made, mode="json")


def from_json(shape: object) -> Report:
    """A report as a letter kept it."""
    return _REPORT.validate_python(shape)


def said(made: Report) -> dict[str, Any]:
    """The words of a report for its templates."""
    return {
        "words": made.words,
        "headline": words.headline(made),
        "pace": words.pace(made),
        "unused": words.unused(made),
        "tiles": _tiles(made),
        "tables": [asdict(table) for table in words.tables(made)],
        "notes": words.notes(made),
    }


def _tiles(made: Report) -> list[tuple[str, str, str]]:
    """The numbers a director looks at first: what, how many, how it was the month before."""
    counted = (("received", "Recibidas"), ("altas", "Altas"), ("bajas", "Bajas"))
    tiles = [
        (label, str(getattr(made.now, field)), words.change(made.now, made.before, field))
        for field, label in counted
    ]
    wait = made.now.decider
    return [*tiles, ("La mitad se decide en", words.span(wait.median, made) if wait else "–", "")]


def page_context(made: Report, bot_name: str) -> dict[str, Any]:
    """What the page is filled with, its charts drawn."""
    drawn = [
        {"svg": Markup(drawing.svg(c)), "spoken": c.spoken}  # noqa: S704  ours: it escapes labels
        for c in drawing.charts(made)
    ]
    return {"bot_name": bot_name, "drawn": drawn, **said(made)}


def name(made: Report, ending: str) -> str:
    """A file's name: ``informe-2026-11.html``."""
    return f"informe-{made.month}.{ending}"


# ------------------------------------------------------------------ in a letter


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A chart in a letter: its picture, what it says, the name the HTML shows it by."""

    cid: str
    spoken: str
    png: bytes


def drawn(context: Mapping[str, Any], message_id: str) -> tuple[Enclosed, ...]:
    """The charts of a letter that carries a report; none of any other."""
    if "report" not in context:
        return ()
    host = message_id.strip("<>")
    return tuple(
        Enclosed(f"{chart.name}.{host}", chart.spoken, drawing.png(chart))
        for chart in drawing.charts(from_json(context["report"]))
    )


def enclose(mail: EmailMessage, charts: Sequence[Enclosed]) -> None:
    """Put the charts beside the HTML that shows them (RFC 2387)."""
    page = mail.get_body(("related", "html"))
    for chart in charts:
        if isinstance(page, EmailMessage):
            file = f"{chart.cid.partition('.')[0]}.png"
            page.add_related(
                chart.png, "image", "png", cid=f"<{chart.cid}>", filename=file, disposition="inline"
            )
