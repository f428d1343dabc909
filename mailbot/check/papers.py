"""What a paper is besides its people: number, kind of act, until when, who signs. Pure."""

import re
from dataclasses import dataclass
from functools import cached_property

from mailbot.model import Evidence, Method, PageKind, Reading
from mailbot.parsers import intent, names, tables
from mailbot.parsers.pieces import Piece
from mailbot.parsers.text import Passage, Text, fold
from mailbot.parsers.zones import zones

_NUMBER_SIGN = r"(?:n\s?\.?\s?(?:[^\w\s.:]|_){0,2}[oe]?|nro|num(?:ero)?|no)\W{0,2}\s*[:–-]?\s*"
_OFICIO = re.compile(
    rf"\boficio\s*(?:[.,;:]\s)?(?:[^\W\d]{{6,10}}\W?\s+)?(?:{_NUMBER_SIGN})?\d{{1,6}}[^\n]{{0,60}}"
)
_ACT = re.compile(
    r"(?<!\bla\s)\bresolucion\s*(?P<kind>(?:directoral|gerencial|ejecutiva|jefatural|ministerial|viceministerial"
    rf"|de\s+secretaria\s+general)(?:\s*(?:regional|local|ugel|sectorial))*)\s*{_NUMBER_SIGN}\d[^\n]{{0,40}}"
    rf"|\b(?:r\.?\s?[degv]\.?\s?[rlm]?\.?)\s*{_NUMBER_SIGN}\d[^\n]{{0,40}}"
)
_NUMBERED = re.compile(
    r"(?<![\w.-])(?:n[\We]{0,3})?\d{3,6}\s*[-–]+\s*20\d\d[^\n]{0,25}(?P<kind>(?!))?$", re.MULTILINE
)
"""The end of a title whose words, set in a script, recognition made something else of."""
_CITED = re.compile(r"expediente|oficio|informe|\bley\b|decreto|registro|documento|dni")
_BELOW_TITLE = re.compile(
    r"^[^\w\n]*(?:vistos?|considerando|asunto|que|de\W{1,3}conformidad|se\s+resuelve)\b",
    re.MULTILINE,
)
"""Where the acts begin that a paper cites: «la Resolución …» is one as well."""
_FIGURES = re.compile(r"[0-9]{1,6}(?:[\s–—`'´’~-]*20[0-9]{2})?")
_PARTED = re.compile(r"[0-9] (?!20[0-9]{2}[-/](?!20))[0-9]|[0-9][^\w\s.,;:/~`'´’–—-][0-9]")
"""Digits apart, or a sign of no number between: some may be lost there. Before a year it is but a
dash.
"""
_SPECK_AT_DASH = re.compile(r"(?<=[0-9])\.(?= ?[-–])|(?<=-) (?=-)|[`'´’](?=20[0-9]{2})|~ ?(?=[-–])")
SURE = 0.75
"""Below this confidence a value that only a picture shows is not relied on."""
_UNTIL = re.compile(
    r"(?:hasta\s+el|al)\s+(?P<date>\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{1,2}\s+de\s+[a-z]+\s+del?\s+\d{4})"
)
_POST = re.compile(
    r"^[^\w\n]*(?P<post>(?:e?l?a?\s*)?(?:director|directora|gerente|jefe|jefa|sub\s?director|subdirectora"
    r"|coordinador|coordinadora|especialista|responsable|secretari[oa]|administrador|administradora"
    r"|docente|profesora?|auxiliar|tecnic[oa]|asistente|encargad[oa])\b[^\n]*)$",
    re.MULTILINE,
)
_ANY_POST = re.compile(r"\b(?:director|directora|gerente|jefe|jefa)\b(?!\s+general de)[^\n]{0,60}")
"""A post that shares its line with a name or a stamp."""
_MAY_SIGN = re.compile(r"\b(?:director|directora|gerente|jefe|jefa)\b|encargad[oa] de la direccion")


@dataclass(frozen=True)
class Paper:
    """A document as the check needs it."""

    piece: Piece

    @property
    def place(self) -> str:
        """The file and page where it begins."""
        return f"{self.piece.source}, pág. {self.piece.pages[0].number}"

    @property
    def sight(self) -> Reading:
        """The page it begins on, for a person to look at."""
        page = self.piece.pages[0]
        evidence = Evidence(self.piece.source, page.number, None, "", page.method)
        return Reading(self.number or "", self.piece.kind, evidence)

    @property
    def legible(self) -> bool:
        """Whether what is absent from the text is absent from the paper."""
        return self.piece.legible

    @property
    def typed(self) -> bool:
        """Whether it is text throughout, nothing in it recognised in a picture."""
        return all(page.method is Method.TEXT for page in self.piece.pages)

    @property
    def names_somebody(self) -> bool:
        """Whether it names anybody where it counts."""
        return bool(tables.in_piece(self.piece))

    @cached_property
    def _titled(self) -> re.Match[str] | None:
        """The line that numbers the paper: it stands above what the paper cites."""
        pattern = {PageKind.OFICIO: _OFICIO, PageKind.RD: _ACT}.get(self.piece.kind)
        folded = self.piece.text.folded
        below = _BELOW_TITLE.search(folded)
        end = below.start() if below else 600
        found = pattern.search(folded, 0, end) if pattern else None
        return found or (_numbered(folded, end) if pattern is _ACT and not self.typed else None)

    @cached_property
    def number(self) -> str | None:
        """Type and number as printed: ``OFICIO N° 123-2026-…``; None when not surely read."""
        match, text = self._titled, self.piece.text
        figures = _FIGURES.search(match[0]) if match else None
        if match is None or figures is None or _PARTED.search(match[0]):
            return None
        span = match.start() + figures.start(), match.start() + figures.end()
        if text.evidence(*span).confidence < SURE or text.doubted(*span):
            return None
        if _may_begin_before(text, span[0]):
            return None
        printed = " ".join(text.string[slice(*match.span())].split())
        return printed if self.typed else _SPECK_AT_DASH.sub("", printed.replace("—", "-"))

    @cached_property
    def until(self) -> str | None:
        """The end of an encargatura, as printed."""
        if self.piece.kind is not PageKind.RD:
            return None
        main = zones(self.piece.text, self.piece.kind).main
        match = _UNTIL.search(main.folded)
        return main.string[slice(*match.span("date"))] if match else None

    @property
    def remark(self) -> str | None:
        """What a person who decides should know of an act: its kind if unusual, its end."""
        match = self._titled if self.piece.kind is PageKind.RD else None
        unusual = match and match["kind"] and not match["kind"].startswith("directoral")
        parts = [
            f"es una {match[0].split(' n')[0]}" if match and unusual else "",
            f"vigente hasta el {self.until}" if self.until else "",
        ]
        return "; ".join(part for part in parts if part) or None

    @cached_property
    def _tail(self) -> Passage:
        return zones(self.piece.text, self.piece.kind).tail

    @property
    def tail(self) -> str:
        """What stands below the closing words, as printed."""
        return self._tail.string

    @cached_property
    def signatory(self) -> Reading | None:
        """The post under the signature; doubted when the guide does not let it sign (VI)."""
        tail, folded = self._tail, intent.posts(self._tail)
        posts = list(_POST.finditer(folded))
        match = next((m for m in posts if _MAY_SIGN.search(m["post"])), next(iter(posts), None))
        if match:
            return _signed(tail, match.span("post"), match["post"])
        inline = _ANY_POST.search(folded)
        return _signed(tail, inline.span(), inline[0]) if inline else None


def _may_begin_before(text: Text, start: int) -> bool:
    """Whether the word before a number may hold its first figures: as its letters look, or lost.

    A number sign is known, however badly it is read.
    """
    before = [p.word for p in text.words(start - 2, start - 1)[-1:]] if start > 1 else []
    return any(
        _FIGURES_LIKE.fullmatch(word.text.lower())
        or (word.confidence < _LOST and not _SIGN.fullmatch(fold(word.text)))
        for word in before
    )


_FIGURES_LIKE = re.compile(r"(?=.*[li|])[o0li|]{1,3}")
_LOST = 0.3
_SIGN = re.compile(r"n?\W*[oe0]?\W*|nro\W*|regional\W*|.*[a-z]{6,}\W*")
"""A number sign, or a word of the title."""


def _numbered(folded: str, end: int) -> re.Match[str] | None:
    """The only line of a scanned act's head that ends in a number with its year.

    Of one that begins with its figures the first may be lost, as the title is.
    """
    found = list(_NUMBERED.finditer(folded, 0, end))
    if len(found) != 1:
        return None
    start = found[0].start()
    before = folded[folded.rfind("\n", 0, start) + 1 : start]
    led = before.strip() or found[0][0].startswith("n")
    return found[0] if led and not _CITED.search(before) else None


def _signed(tail: Passage, span: tuple[int, int], post: str) -> Reading:
    value = names.clean(tail.string[slice(*span)])
    allowed = _MAY_SIGN.search(post)
    doubt = (
        None if allowed else f"firma «{value}»; la guía (VI) pide al Director o al Jefe del área"
    )
    return tail.reading(value, span, doubt)


_NAMED_LIKE = {
    "oficio": re.compile(r"ofi|memor", re.IGNORECASE),
    "rd": re.compile(r"\br\.?\s?d\b|resol|\brd", re.IGNORECASE),
    "s09": re.compile(r"s[-_ ]?0?9|formul", re.IGNORECASE),
    "copia-dni": re.compile(r"dni|identidad", re.IGNORECASE),
}


def may_be(file_name: str, requirement: str) -> bool:
    """Whether a file that could not be opened may be the paper required, by its name."""
    suggested = {name for name, pattern in _NAMED_LIKE.items() if pattern.search(file_name)}
    return not suggested or requirement in suggested
