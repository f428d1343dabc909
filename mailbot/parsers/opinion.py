"""A picture of one line → its text, by PP-OCR: an opinion of another make. The home of rapidocr.

Tesseract's models were taught alike and often miss the same letter; this one was taught otherwise
and errs elsewhere, so that what it and one of them read alike is as sure as reading gets. It reads
lines only, and what it takes for a blank is not to be trusted. Runs inside the sandbox.
"""

import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np

from mailbot.parsers.grids import Cell
from mailbot.parsers.ocr import NoLanguageData
from mailbot.parsers.sheet import Picture

OTHER = "PP-OCR"
"""This model's name among those that read."""
CERTAIN, LEGIBLE = 0.9, 0.8
"""How sure it is at least of a line it can read, and of one a person could."""


class Opinion(NamedTuple):
    """What a line says, and how sure its signs are on the whole, from 0 to 1."""

    text: str
    sure: float


_OURS = frozenset("áéíóúüñÁÉÍÓÚÜÑ°º")
_HIGH = 48
"""Pixels the model's lines are high."""


class View(NamedTuple):
    """How a line is drawn for it: letters so many times as wide, an inch's part of paper around."""

    wider: float
    margin: int


CLOSE, WIDE, ROOMY = View(1.3, 50), View(1.7, 50), View(1.0, 20)
"""Wide letters, because it looks once in eight pixels, too seldom for an i between two others.

With room around, it sees an @ in small type which it takes for an e from near. Read alike in two
views, a line is as sure as this model alone can be.
"""


@lru_cache(maxsize=1)
def _reader() -> Any:  # noqa: ANN401  what it returns depends on how it is called
    """The model, from the package's own folder: what is not there is fetched from nowhere."""
    import rapidocr  # noqa: PLC0415  a second, which only a scan has to wait for

    models = Path(rapidocr.__file__).parent / "models"
    model = next(models.glob("*_rec_*.onnx"), None)
    if model is None:
        raise NoLanguageData(f"faltan los modelos de rapidocr en {models}: reinstale ese paquete")
    alone = dict.fromkeys(("intra_op_num_threads", "inter_op_num_threads"), 1)
    parts = dict.fromkeys(("use_det", "use_cls", "use_preprocess_img"), False)
    return rapidocr.RapidOCR(
        params={
            **{f"Global.{part}": wanted for part, wanted in parts.items()},
            "Global.log_level": "error",
            "Rec.model_path": str(model),
            "Rec.rec_img_shape": [3, _HIGH, _HIGH],
            **{f"EngineConfig.onnxruntime.{name}": number for name, number in alone.items()},
        }
    )


def load() -> None:
    """Load the model, and let it read once; NoLanguageData if it is not installed."""
    read_line(np.full((_HIGH, _HIGH), 255, np.uint8))


def read(picture: Picture, cell: Cell, dpi: int, view: View = CLOSE) -> Opinion:
    """What stands in the place of a word or a line."""
    left, top, right, bottom = cell
    margin = dpi // view.margin
    crop = picture[max(top - margin, 0) : bottom + margin, max(left - margin, 0) : right + margin]
    return read_line(crop, view) if crop.size else Opinion("", 0.0)


def read_line(picture: Picture, view: View = CLOSE) -> Opinion:
    """What stands in a picture of one line; the paper around it is its own."""
    high, wide = picture.shape
    size = (max(int(wide * view.wider * _HIGH / high), _HIGH), _HIGH)
    shrinks = cv2.INTER_AREA if high > _HIGH else cv2.INTER_CUBIC
    drawn = cv2.resize(picture, size, interpolation=shrinks)
    found = _reader()(cv2.cvtColor(drawn, cv2.COLOR_GRAY2BGR))
    return Opinion(_ours(found.txts[0]), round(float(found.scores[0]), 2))


def _ours(text: str) -> str:
    """A text with the letters of Spanish: what else stands on or below them is a speck."""
    return "".join(c if c in _OURS else _plain(c) for c in unicodedata.normalize("NFC", text))


_BARRED = str.maketrans("ıđłøĐŁØ", "idloDLO")
"""Letters whose strokes are no accents."""


def _plain(sign: str) -> str:
    apart = unicodedata.normalize("NFKD", sign)
    return "".join(c for c in apart if not unicodedata.combining(c)).translate(_BARRED)
