"""People given in labelled lines: ``Apellidos y Nombres: …``, each entry reaching to the next.

Pure.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, pairwise

from mailbot.model import Method, PageKind, Reading
from mailbot.parsers import identity, names
from mailbot.parsers.identity import Found
from mailbot.parsers.mention import Seen, doubtful, has_no_gap, lost_inside, seen_in
from mailbot.parsers.text import Passage, fold

_NAME_LABEL = (
    r"(?:apellidos?[ .:\n]{0,2}y{1,2}[ .\n]{1,2}nombr(?:es?)?"
    r"|nombres?[ .\n]{1,2}y[ .\n]{1,2}apellidos?|nombres?\s+completos?"
    r"|apellidos ?y(?=\s*:|\s[^\n:]{5,60}\n\W{0,3}nombres?\b)"  # its last word below
    r"|nombre\s+del?\s+(?:la\s+)?(?:servidora?|docente|directora?|especialista|trabajadora?|usuari[oa])"
    r"|a[a-z]{0,2}l[a-z]{2,5}s [yv] [nmh]o[a-z]{3,7}(?=\s*[:;=])"  # as a scan may show it
    r"|apellidos,?\s+nombres)(?:\s+completos?)?(?:\s+del?\s+[a-z ]{3,40}?(?=\s*:))?"
)
_PART_LABEL = (
    r"(?:apellidos?\s+paterno|apellidos?\s+materno|primer\s+apellido|segundo\s+apellido"
    r"|(?:pre\s?)?nombres?|apellidos)"
)
_OTHER_LABEL = (
    r"(?:correo(?:\s+electronico)?(?:\s+\w+)?|e-?mail|cargo|nivel|telefono|celular|rol|condicion|tipo"
    r"|codigo\s+modular|movimiento|perfil|funcion|dependencia|oficina|institucion|i\.?e\.?|ugel|dre"
    r"|fecha)"
)
_LABELLED = re.compile(
    rf"(?:^|(?<=[|;\n]))[\s\W\d]{{0,8}}?(?:(?P<name>{_NAME_LABEL})|(?P<part>{_PART_LABEL}))[“”\"'´`*]?"
    r"(?P<sign>[\s.,]*[:=+–-]+|[^\S\n][a-z](?=[^\S\n])|(?=\s))\s*?(?=\S|\n)",
    re.MULTILINE,
)
_STOPPER = re.compile(
    rf"\n|\s+[|;]\s+|(?:{identity.DNI_LABEL})|\b{_OTHER_LABEL}\s*:|\b{_NAME_LABEL}\s*:"
)


@dataclass
class _Entry:
    """A person being gathered from labelled lines."""

    start: int
    whole: bool
    parts: list[Reading] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)


def labelled(main: Passage) -> tuple[Seen, ...]:
    """People given as ``Apellidos y Nombres: …`` lines, each entry reaching to the next."""
    entries = _entries(main)
    if not entries:
        return ()
    marks = _marks(main, entries)
    starts = _starts(main, entries, marks)
    ends = [_article(main, e, end) for e, end in zip(entries, [*starts[1:], main.end], strict=True)]
    turns = _turns(main, zip(entries, ends, strict=True), marks)
    found = (
        seen_in(replace(main, start=start, end=turn), (_joined(entry.parts),), entry.start)
        for entry, start, turn in zip(entries, starts, turns, strict=True)
    )
    unclear = _unclear(main, entries, marks)
    listed = tuple(_whose(replace(seen, listed=True), unclear) for seen in found)
    rest = tuple(
        _rest(main, turn, end) for turn, end in zip(turns, ends, strict=True) if turn < end
    )
    nameless = tuple(_nameless(main, (*listed, *rest)))
    if nameless and nameless[0].at < listed[0].at:  # what stands above is theirs as well
        listed = (_whose(listed[0], _OWN), *listed[1:])
    return tuple(sorted((*listed, *rest, *nameless), key=lambda seen: seen.at))


def _entries(main: Passage) -> list[_Entry]:
    """The names under labels: each whole one, or its parts until a label comes again."""
    entries: list[_Entry] = []
    for match in _LABELLED.finditer(main.text.folded, main.start, main.end):
        value = _labelled_value(main, match)
        if value is None:
            continue
        label = match["name"] or match["part"]
        if match["name"] or not entries or entries[-1].whole or label in entries[-1].labels:
            entries.append(_Entry(match.start(), whole=match["name"] is not None))
        entries[-1].parts.append(value)
        entries[-1].labels.append(label)
    return entries


def _nameless(main: Passage, listed: tuple[Seen, ...]) -> Iterator[Seen]:
    """Who has a number in a line of its own that is nobody's in the list: a scan lost the name.

    A second one among the lines about a person is not theirs.
    """
    if main.text.method is not Method.OCR or main.kind in _OF_ONE:
        return
    known = {reading.value for seen in listed for reading in seen.dnis[:1]}
    for found in identity.dnis(main.text, main.start, main.end, main.kind):
        if found.reading.value not in known and _fills_line(main, found):
            line = replace(main, start=found.start, end=found.end)
            yield Seen((), (found.reading,), (), line, found.start, listed=True)


_OF_ONE = (PageKind.DNI, PageKind.S09, PageKind.SOLICITUD)
"""Papers about one person."""


def _fills_line(main: Passage, found: Found) -> bool:
    """Whether nothing but a number and its label stands in a line, and no sentence leads to it."""
    if _LED_TO.search(main.text.folded, max(main.start, found.start - _NEAR), found.start):
        return False
    string, (begin, end) = main.text.string, main.text.line(found.start, found.end)
    beside = string[begin : found.start] + string[found.end : end]
    return not any(map(str.isalnum, beside))


_LED_TO = re.compile(r"(?:\bcon|\bidentificad[oa]s?|,|\(a\))\s*\Z")
_NEAR = 20
"""Letters before a number that are looked at: a paper may be of numbers alone."""


_ARTICLE = re.compile(r"^[^\w\n]*articulo\b", re.MULTILINE)


def _article(main: Passage, entry: _Entry, end: int) -> int:
    """Where the lines about a person end: the next article of an act is about others."""
    found = _ARTICLE.search(main.text.folded, entry.start, end)
    return found.start() if found else end


_Marks = Mapping[str, list[int]]
"""Where labels of a kind begin their lines, in order."""
_LEADING = re.compile(
    rf"^[^\w\n]*(?:(?P<dni>{identity.DNI_LABEL})|(?P<correo>correo|e-?mail)|(?P<cargo>cargo\b))",
    re.MULTILINE,
)
_OWN = ("dni", "correo")
"""What is a person's own, and may be taken for another's."""


def _starts(main: Passage, entries: list[_Entry], marks: _Marks) -> list[int]:
    """Where the lines about each person begin: at the name, or above it as with the first.

    A number or an address that leads the first entry leads all, unless one stands below the last.
    """
    told = (marks[kind] for kind in _OWN)
    leading = (p for p in told if p and p[-1] < entries[-1].start)
    above = sorted(chain.from_iterable(p for p in leading if p[0] < entries[0].start))
    own = ([a for a in above if b.start < a < e.start] for b, e in pairwise(entries))
    later = (a[0] if a else e.start for a, e in zip(own, entries[1:], strict=True))
    return [_block(main, entries[0].start), *later]


def _marks(main: Passage, entries: list[_Entry]) -> _Marks:
    """Where numbers, addresses and posts are labelled at a line's begin, from the first's on."""
    marks = list(_LEADING.finditer(main.text.folded, _block(main, entries[0].start), main.end))
    return {kind: [m.start() for m in marks if m[kind]] for kind in _LEADING.groupindex}


def _turns(main: Passage, ended: Iterable[tuple[_Entry, int]], marks: _Marks) -> list[int]:
    """Where in a picture the labels of each entry begin anew, else its end: a name's was lost.

    The first entry tells which comes first; a second «Cargo» is the next person's in any case.
    """
    if main.text.method is not Method.OCR or main.kind in _OF_ONE:
        return [end for _, end in ended]
    labels = sorted((place, kind) for kind in ("dni", "cargo") for place in marks[kind])
    ranks: dict[str, int] = {}
    turns = []
    for entry, end in ended:
        own = labels[bisect_left(labels, (entry.start, "")) : bisect_left(labels, (end, ""))]
        ranked = [(place, ranks.setdefault(kind, len(ranks))) for place, kind in own]
        anew = (place for (_, before), (place, rank) in pairwise(ranked) if rank <= before)
        turns.append(next(anew, end))
    return turns


def _rest(main: Passage, turn: int, end: int) -> Seen:
    """Somebody whose name's label a scan lost, in doubt what is theirs."""
    rest = seen_in(replace(main, start=turn, end=end), (), turn)
    return _whose(replace(rest, listed=True), _OWN)


def _unclear(main: Passage, entries: list[_Entry], marks: _Marks) -> list[str]:
    """What leads the first entry and follows the last one as well: one of them is nobody's here.

    An empty line sets what stands above the list apart from it.
    """
    top, last = entries[0].start, entries[-1].start
    several = ((k, marks[k]) for k in _OWN if len(marks[k]) > len(entries) > 1)
    return [
        kind
        for kind, places in several
        if places[0] < top and last < places[-1] and "\n\n" not in main.text.string[places[0] : top]
    ]


def _whose(seen: Seen, unclear: Sequence[str]) -> Seen:
    """A person of a list, in doubt what it does not tell whose it is."""
    doubt = "¿es de esta persona o de otra de la lista?"
    dnis, correos = (
        tuple(r.doubted(doubt) for r in found) if kind in unclear else found
        for kind, found in zip(_OWN, (seen.dnis, seen.correos), strict=True)
    )
    return replace(seen, dnis=dnis, correos=correos)


_LABEL_LINE = re.compile(r"\W*[a-z][a-z .°º()/]{1,45}\s*[:=].*|\s*")


def _block(main: Passage, start: int) -> int:
    """Where the labelled lines around the first name begin: a DNI may stand above it."""
    lines = main.text.folded[main.start : start].split("\n")
    for line in reversed(lines[:-1]):
        if not _LABEL_LINE.fullmatch(line):
            break
        start -= len(line) + 1
    return max(start, main.start)


def _labelled_value(main: Passage, match: re.Match[str]) -> Reading | None:
    string, start = main.text.string, match.end()
    if main.text.method is Method.OCR and (specks := _BEFORE_VALUE.match(string, start)):
        start = specks.end()
    start, end = _to_stopper(main, start)
    if not string[start:end].strip() and string[end : end + 1] == "\n":
        start, end = _to_stopper(main, end + 1)
    end = _continued(main, end) if match["name"] else end
    value = names.clean(" ".join(string[start:end].split()))
    likely = names.looks_like_name(value) if match["name"] else _part_of_name(value)
    signed = match["sign"].strip() and not match["sign"].strip().isalpha()
    garbled = not likely and _is_garbled(main, match, value, end)
    likely = likely or garbled
    if not likely or _LABEL.match(fold(value)) or not (signed or value != value.lower()):
        return None
    whole = match["name"] and names.tokens(value)
    spoilt = _GARBLED if garbled else doubtful(main.text.method, value) if whole else None
    doubt = spoilt or lost_inside(main, (start, end))
    framed = bool(match["name"]) and has_no_gap(main, start, end)
    return Reading(value, main.kind, main.text.evidence(start, end), doubt, framed=framed)


_GARBLED = "se lee con dificultad"


def _is_garbled(main: Passage, match: re.Match[str], value: str, end: int) -> bool:
    """Whether a picture shows a name so badly that it looks like none: another label is below.

    It begins like one. Without it what stands below would be the one's above, or nobody's.
    """
    pictured = main.text.method is Method.OCR and match["name"]
    begun = re.match(r"(?:[^\W\d_]{3,},? ){2}\S", value)
    return bool(pictured and begun and _NEXT_LABEL.match(main.text.folded, end, main.end))


_BEFORE_VALUE = re.compile(r"[^\S\n]*(?:(?:[^\w\s]|[0-9](?![^\S\n]*[0-9]))[^\S\n]+)+")
"""Dust and a ruling between a label and what it leads to; a colon may be read as a two."""


_REST = re.compile(
    r"\n[^\w\n]*([A-ZÁÉÍÓÚÑÜ][^\W\d_]+(?:[ '-](?:[A-ZÁÉÍÓÚÑÜ][^\W\d_]+|del?|las?|los)){0,3})"
    r"[^\w\n]*(?=\n)"
)
_LABEL = re.compile(rf"(?:(?:{_OTHER_LABEL}|{_PART_LABEL})\b|{identity.DNI_LABEL})")
_NEXT_LABEL = re.compile(rf"\n[^\w\n]*(?:{identity.DNI_LABEL}|correo|e-?mail|{_OTHER_LABEL})")


def _continued(main: Passage, end: int) -> int:
    """Where a labelled name ends that runs on: a line of names alone, and then the next label."""
    rest = _REST.match(main.text.string, end, main.end)
    if rest is None or _LABEL.match(fold(rest[1])):
        return end
    return rest.end(1) if _NEXT_LABEL.match(main.text.folded, rest.end(), main.end) else end


def _to_stopper(main: Passage, start: int) -> tuple[int, int]:
    stop = _STOPPER.search(main.text.folded, start, main.end)
    return start, stop.start() if stop else main.end


def _part_of_name(value: str) -> bool:
    return bool(re.fullmatch(r"[^\W\d_]+(?:[ '’-][^\W\d_]+){0,4}", value))


def _joined(parts: list[Reading]) -> Reading:
    """A name given in pieces: surnames, comma, given names; as sure as the least sure of them."""
    if len(parts) == 1:
        return parts[0]
    value = f"{' '.join(p.value for p in parts[:-1])}, {parts[-1].value}"
    seen = [part.evidence for part in parts]
    words, sure = " ".join(e.words for e in seen), min(e.confidence for e in seen)
    doubt = next((part.doubt for part in parts if part.doubt), None)
    return Reading(value, parts[0].kind, replace(seen[0], words=words, confidence=sure), doubt)
