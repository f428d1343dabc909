"""Papers beyond the plain ones: a form with boxed digits, a sheet stamped across its words."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import documents as d
import pikepdf
from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Table


@dataclass(frozen=True, kw_only=True)
class BoxedS09(d.S09):
    """The form S09 with a ruled box for each digit of the DNI."""

    def _fields(self, rows: Sequence[tuple[str, str]]) -> list[object]:
        return super()._fields([r for r in rows if r[0] != "DNI"]) + [
            self._digits(label, value) for label, value in rows if label == "DNI"
        ]

    def _digits(self, label: str, value: str) -> object:
        ruled = [("GRID", (1, 0), (-1, 0), 0.6, HexColor("#333333"))]
        digits = value.replace(" ", "")
        cells = [[self.text(x, align=1, after=0) for x in (label, *digits)]]
        widths = (60, *((18,) * len(digits)))
        return Table(cells, colWidths=widths, style=ruled, spaceAfter=12, hAlign="LEFT")


def stamped(rng: Random, pdf: bytes) -> bytes:
    """Return a paper with a round stamp set down somewhere on its words."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(d.WIDTH, d.HEIGHT), invariant=1)
    seal = d._stamp("MESA DE PARTES", "RECIBIDO")  # noqa: SLF001  the same rubber
    x, y = rng.uniform(90, d.WIDTH - 180), rng.uniform(200, d.HEIGHT - 300)
    canvas.drawImage(seal, x, y, 84, 84, mask="auto")
    canvas.save()
    with pikepdf.open(io.BytesIO(pdf)) as paper, pikepdf.open(buffer) as over:
        paper.pages[0].add_overlay(over.pages[0], None)
        whole = io.BytesIO()
        paper.save(whole, deterministic_id=True)
        return whole.getvalue()
