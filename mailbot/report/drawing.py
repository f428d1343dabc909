"""A report as charts: PNG for a letter, SVG for a page. The home of matplotlib.

It is imported when something is drawn: it takes a while, and most commands draw nothing. Text is
black on white in a PNG; in an SVG it takes the colour of the page around it.
"""
# ruff: noqa: PLC0415  see above

import io
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailbot.report.material import Line, Report

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ALTAS, BAJAS, EARLIER = "#1f6f8b", "#d08020", "#9aa3ad"
"""Told apart by everybody, on white and on black."""
_INK = "#010203"
"""Stands for the colour of the text around: nothing else is drawn in it."""
_WIDTH, _ROW, _HEAD, _LABEL = 4.6, 0.23, 0.58, 0.36
"""Inches: the width, a bar, and what stands above the first."""
_SIZE = 11.5
"""Points: on a telephone a chart is two thirds as wide as it was drawn."""
_MOST = 12
"""Lines in one chart: the rest stands in the table."""


@dataclass(frozen=True, slots=True)
class Series:
    """One bar of each line: its name, its colour, its values."""

    name: str
    colour: str
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars by line. `title` also says what it shows to who does not see it."""

    name: str
    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]

    @property
    def spoken(self) -> str:
        """The chart in words."""
        rows = (
            f"{label}: " + ", ".join(f"{s.name} {s.values[n]}" for s in self.series)
            for n, label in enumerate(self.labels)
        )
        return f"{self.title}. {'; '.join(rows)}."


# ------------------------------------------------------------------ which charts


def charts(made: Report) -> tuple[Chart, ...]:
    """The charts of a report; none about nothing."""
    found = (
        _months(made),
        _lines("cargos", "Altas y bajas por cargo", made.roles),
        _lines("regiones", "Altas y bajas por región", made.regions),
        _reasons(made),
    )
    return tuple(chart for chart in found if chart.labels)


def _months(made: Report) -> Chart:
    fields = ("received", "altas", "bajas", "observed", "rejected")
    labels = ("Recibidas", "Altas", "Bajas", "Observadas", "Rechazadas")
    now = Series(made.words, ALTAS, tuple(getattr(made.now, f) for f in fields))
    known = made.before
    before = known and Series(made.words_before, EARLIER, tuple(getattr(known, f) for f in fields))
    title = "El mes y el anterior" if known else "El mes"
    return Chart("mes", title, labels, (now, *([before] if before else [])))


def _lines(name: str, title: str, lines: Sequence[Line]) -> Chart:
    shown = lines[:_MOST]
    altas = Series("altas", ALTAS, tuple(x.altas for x in shown))
    bajas = Series("bajas", BAJAS, tuple(x.bajas for x in shown))
    return Chart(name, title, tuple(x.name for x in shown), (altas, bajas))


def _reasons(made: Report) -> Chart:
    shown = made.reasons[:_MOST]
    times = Series("veces", BAJAS, tuple(n for _, n in shown))
    return Chart("motivos", "Qué faltaba en lo observado", tuple(r for r, _ in shown), (times,))


# ------------------------------------------------------------------ drawing one


def png(chart: Chart) -> bytes:
    """A chart for a letter: twice as many pixels as it is shown with."""
    out = io.BytesIO()
    _drawn(chart, "#1d2126").savefig(out, format="png", dpi=200, facecolor="white")
    return out.getvalue()


def svg(chart: Chart) -> str:
    """A chart for a page: it scales, prints, and loads nothing."""
    import matplotlib as mpl

    out = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": chart.name}):
        figure = _drawn(chart, _INK)
        figure.savefig(out, format="svg", transparent=True, metadata={"Date": None})
    return _bare(out.getvalue(), chart)


def _bare(drawn: str, chart: Chart) -> str:
    """The drawing alone, under names that no other one on the page has."""
    start = drawn.index("<svg")
    inner = re.sub(r"<metadata>.*?</metadata>", "", drawn[start:], flags=re.DOTALL)
    inner = re.sub(
        r"(?<=[\s\"#])(figure_1|axes_1|patch_|text_|line2d_)", rf"{chart.name}-\1", inner
    )
    inner = re.sub(
        r'width="[\d.]+pt" height="[\d.]+pt"', 'width="100%" role="presentation"', inner, count=1
    )
    return inner.replace(_INK, "currentColor")


def _drawn(chart: Chart, ink: str) -> "Figure":
    from matplotlib.figure import Figure

    many, bars = len(chart.labels), len(chart.series)
    slot = bars * _ROW + _LABEL
    head = _HEAD if bars > 1 else _HEAD / 2
    height = many * slot + head
    figure = Figure(figsize=(_WIDTH, height))
    axes = figure.add_axes((0.02, 0.0, 0.96, 1 - head / height))
    axes.set_axis_off()
    most = max((v for s in chart.series for v in s.values), default=0) or 1
    axes.set_xlim(0, most * 1.14)
    axes.set_ylim(many * slot, 0)
    for line, label in enumerate(chart.labels):
        _line(axes, line * slot, label, [(s, s.values[line]) for s in chart.series], ink)
    _legend(figure, chart, ink, height)
    return figure


def _line(
    axes: "Axes", top: float, label: str, bars: Sequence[tuple[Series, int]], ink: str
) -> None:
    """A label above its bars: it may be long, and telephones are narrow."""
    axes.text(
        0, top + 0.24, textwrap.shorten(label, 48, placeholder="…"), color=ink, fontsize=_SIZE
    )
    for number, (series, value) in enumerate(bars):
        middle = top + 0.29 + (number + 0.5) * _ROW
        axes.barh(middle, value, height=_ROW * 0.86, color=series.colour)
        axes.text(
            value + axes.get_xlim()[1] * 0.012,
            middle,
            str(value),
            color=ink,
            fontsize=_SIZE,
            va="center",
        )


def _legend(figure: "Figure", chart: Chart, ink: str, height: float) -> None:
    title, names = 1 - 0.2 / height, 1 - 0.48 / height
    figure.text(0.02, title, chart.title, color=ink, fontsize=_SIZE + 1.5, fontweight="bold")
    left = 0.02
    for series in chart.series if len(chart.series) > 1 else ():
        figure.text(left, names, "■", color=series.colour, fontsize=_SIZE)
        figure.text(left + 0.04, names, series.name, color=ink, fontsize=_SIZE)
        left += 0.1 + len(series.name) * 0.0215
