"""Who a text asks for: labelled lines, rows and prose → the people seen, in order.

Pure. Only the part of a document where people are asked for or named counts: an oficio between its
asunto and its closing, a resolution after SE RESUELVE. Signatories and people of the VISTO are not
seen.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain, pairwise
from statistics import median

from mailbot.model import Method, Reading
from mailbot.parsers import identity, names
from mailbot.parsers.identity import Found
from mailbot.parsers.text import Passage, Placed, Text, fold


@dataclass(frozen=True)
class Seen:
    """A person as one source names them; `context` are the words around, `at` their offset.

    A `weak` mention is a name by its title alone: it may join a person, not make one of many. One
    that is `listed` stands in a row or under labels: what is asked for it stands above the list.
    Words of one that is `mixed` may be the next one's: rows of several lines, their rulings lost.
    """

    names: tuple[Reading, ...]
    dnis: tuple[Reading, ...]
    correos: tuple[Reading, ...]
    context: Passage
    at: int = 0
    weak: bool = False
    listed: bool = False
    mixed: bool = False


def in_passage(main: Passage, *, tabled: bool = False) -> tuple[Seen, ...]:
    """The people a passage names: by labels, else in rows, else in prose, else by a title.

    Rows whose people were read cell by cell (`tabled`) are not read again as lines.
    """
    listed = () if tabled else _listed(main)
    return _labelled(main) or listed or _told(main) or titled(main)


def _seen(span: Passage, named: tuple[Reading, ...], at: int) -> Seen:
    """A person with every number and address of a span."""
    where = (span.text, span.start, span.end, span.kind)
    return Seen(
        names=named,
        dnis=tuple(f.reading for f in identity.dnis(*where)),
        correos=tuple(f.reading for f in identity.correos(*where)),
        context=span,
        at=at,
    )


# ------------------------------------------------------------------ labelled lines

_NAME_LABEL = (
    r"(?:apellidos?[ .\n]{1,2}y{1,2}[ .\n]{1,2}nombres?|nombres?[ .\n]{1,2}y[ .\n]{1,2}apellidos?"
    r"|nombres?\s+completos?"
    r"|apellidos ?y(?=\s*:|\s[^\n:]{5,60}\n\W{0,3}nombres?\b)"  # its last word below
    r"|nombre\s+del?\s+(?:la\s+)?(?:servidora?|docente|directora?|especialista|trabajadora?|usuari[oa])"
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
    rf"(?:^|(?<=[|;\n]))[\s\W\d]{{0,8}}?(?:(?P<name>{_NAME_LABEL})|(?P<part>{_PART_LABEL}))"
    r"(?P<sign>[\s.]*[:=–-]+|[^\S\n][a-z](?=[^\S\n])|(?=\s))\s*?(?=\S|\n)",
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


def _labelled(main: Passage) -> tuple[Seen, ...]:
    """People given as ``Apellidos y Nombres: …`` lines, each entry reaching to the next."""
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
    starts = _starts(main, entries) if entries else []
    nexts = [*starts[1:], main.end][: len(entries)]
    ends = [_article(main, entry, end) for entry, end in zip(entries, nexts, strict=True)]
    found = (
        _seen(replace(main, start=start, end=end), (_joined(entry.parts),), entry.start)
        for entry, start, end in zip(entries, starts, ends, strict=True)
    )
    unclear = _unclear(main, entries) if entries else ()
    return tuple(_whose(replace(seen, listed=True), unclear) for seen in found)


_ARTICLE = re.compile(r"^[^\w\n]*articulo\b", re.MULTILINE)


def _article(main: Passage, entry: _Entry, end: int) -> int:
    """Where the lines about a person end: the next article of an act is about others."""
    found = _ARTICLE.search(main.text.folded, entry.start, end)
    return found.start() if found else end


_LEADING = re.compile(
    rf"^[^\w\n]*(?:(?P<dni>{identity.DNI_LABEL})|(?P<correo>correo|e-?mail))", re.MULTILINE
)


def _starts(main: Passage, entries: list[_Entry]) -> list[int]:
    """Where the lines about each person begin: at the name, or above it as with the first.

    A number or an address that leads the first entry leads all, unless one stands below the last.
    """
    leading = (p for p in _marks(main, entries).values() if p and p[-1] < entries[-1].start)
    above = sorted(chain.from_iterable(p for p in leading if p[0] < entries[0].start))
    own = ([a for a in above if b.start < a < e.start] for b, e in pairwise(entries))
    later = (a[0] if a else e.start for a, e in zip(own, entries[1:], strict=True))
    return [_block(main, entries[0].start), *later]


def _marks(main: Passage, entries: list[_Entry]) -> dict[str, list[int]]:
    """Where numbers and addresses are labelled at the begin of a line, from the first's on."""
    marks = list(_LEADING.finditer(main.text.folded, _block(main, entries[0].start), main.end))
    return {kind: [m.start() for m in marks if m[kind]] for kind in _LEADING.groupindex}


def _unclear(main: Passage, entries: list[_Entry]) -> list[str]:
    """What leads the first entry and follows the last one as well: one of them is nobody's here.

    An empty line sets what stands above the list apart from it.
    """
    top, last = entries[0].start, entries[-1].start
    several = ((k, p) for k, p in _marks(main, entries).items() if len(p) > len(entries) > 1)
    return [
        kind
        for kind, places in several
        if places[0] < top and last < places[-1] and "\n\n" not in main.text.string[places[0] : top]
    ]


def _whose(seen: Seen, unclear: Sequence[str]) -> Seen:
    """A person of a list, in doubt what it does not tell whose it is."""
    doubt = "está sobre los nombres y también debajo: ¿de quién es?"
    dnis, correos = (
        tuple(r.doubted(doubt) for r in found) if kind in unclear else found
        for kind, found in (("dni", seen.dnis), ("correo", seen.correos))
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
    if not likely or _LABEL.match(fold(value)) or not (signed or value != value.lower()):
        return None
    doubt, framed = _goes_on(main, match, value), match["name"] and _has_no_gap(main, start, end)
    return Reading(value, main.kind, main.text.evidence(start, end), doubt, framed=bool(framed))


_BEFORE_VALUE = re.compile(r"[^\S\n]*(?:(?:[^\w\s]|[0-9](?![^\S\n]*[0-9]))[^\S\n]+)+")
"""Dust and a ruling between a label and what it leads to; a colon may be read as a two."""


def _goes_on(main: Passage, match: re.Match[str], value: str) -> str | None:
    """The doubt whether a whole name, as labelled in a picture, goes on in the next line."""
    named = match["name"] and names.tokens(value)
    return cut_short(main.text.method, value) if named else None


_REST = re.compile(
    r"\n[^\w\n]*([A-ZÁÉÍÓÚÑÜ][^\W\d_]+(?:[ '-](?:[A-ZÁÉÍÓÚÑÜ][^\W\d_]+|del?|las?|los)){0,3})"
    r"[ .,]*(?=\n)"
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


# ------------------------------------------------------------------ rows without rulings

_HEADING = re.compile(
    r"^.{0,300}(?:apellidos|nombres).{0,300}\b(?:d\.?n\.?i|documento)\b[^0-9\n]{0,300}$"
    r"|^.{0,300}\b(?:d\.?n\.?i|documento)\b[^0-9\n]{0,300}(?:apellidos|nombres)[^0-9\n]{0,300}$",
    re.MULTILINE,
)


def _listed(main: Passage) -> tuple[Seen, ...]:
    """People in rows under a heading that names the columns, with or without rulings."""
    heading = _HEADING.search(main.text.folded, main.start, main.end)
    if heading is None:
        return ()
    rows = list(identity.bare_dnis(main.text, heading.end(), main.end, main.kind))
    return tuple(_row(main, heading.end(), rows, n) for n in range(len(rows)))


_WIDEST = 1_000
"""Letters of a row on either side of its number: a line may be as long as a mail."""


def _row(main: Passage, top: int, rows: list[Found], index: int) -> Seen:
    string = main.text.string
    start = max(string.rfind("\n", 0, rows[index].start) + 1, top)
    line_end = string.find("\n", rows[index].end)
    end = main.end if line_end < 0 else line_end
    if index + 1 < len(rows):
        end = max(end, string.rfind("\n", 0, rows[index + 1].start))
    start = max(start, rows[index].start - _WIDEST)
    end = min(end, rows[index].end + _WIDEST)
    line = replace(main, start=start, end=end)
    where = (main.text, start, end, main.kind)
    return Seen(
        names=_named(main, _beside(string, line, rows[index])),
        dnis=(rows[index].reading,),
        correos=tuple(f.reading for f in identity.correos(*where)),
        context=line,
        at=start,
        listed=True,
        mixed=main.text.method is Method.OCR and "\n" in line.string.strip(),
    )


def _beside(string: str, line: Passage, dni: Found) -> tuple[int, int] | None:
    """The span of the name left of a number, or else right of it."""
    plain = re.sub(r"[|;]", " ", string[line.start : line.end])
    left = names.before(plain, 0, dni.start - line.start)
    span = left or names.after(plain, dni.end - line.start, len(plain))
    return (line.start + span[0], line.start + span[1]) if span else None


def _named(main: Passage, span: tuple[int, int] | None) -> tuple[Reading, ...]:
    if span is None:
        return ()
    value = names.clean(main.text.string[slice(*span)].replace("|", " "))
    doubt = _begun_before(main, span[0]) or cut_short(main.text.method, value)
    framed = _is_framed(main, *span)
    return (Reading(value, main.kind, main.text.evidence(*span), doubt, framed=framed),)


_TITLED = re.compile(r"\b(?:(?:a?don|a?dona|sra?|srta|senor|senora|senorita)\.?|yo,) \Z")
_NUMBERED = re.compile(rf",? (?:identificad[oa]|con |[–—-] ?)|,? ?(?:{identity.DNI_LABEL})")
_WIDEST_BLANK = 2.0
"""Heights of a word between it and the next: a wider place may have held another."""


def _is_framed(main: Passage, start: int, end: int) -> bool:
    """Whether a name stands in one line from its title to its number's label, with no gap in it.

    No word of it can have been lost there.
    """
    folded = main.text.folded
    titled = _TITLED.search(folded, max(main.start, start - 12), start)
    numbered = _NUMBERED.match(folded, end, main.end)
    if titled is None or numbered is None or "\n" in folded[start : numbered.end()]:
        return False
    return _has_no_gap(main, titled.start(), end + 2)


def _has_no_gap(main: Passage, start: int, end: int) -> bool:
    """Whether the words of a span stand in one line, none far from the next."""
    near = all(_gap(pair) < _WIDEST_BLANK for pair in pairwise(main.text.words(start, end)))
    return near and "\n" not in main.text.string[start:end].strip()


def _begun_before(main: Passage, start: int) -> str | None:
    """The doubt whether a name in a picture begins with the word before it nobody can read.

    It has capitals, or follows a title.
    """
    if main.text.method is not Method.OCR or start < 2:
        return None
    word = main.text.words(start - 2, start - 1)[-1].word
    before = main.text.string[max(main.start, start - 40) : start].split()[:-1]
    if fold(word.text).strip(",;.:") == "yo":  # «Yo, …», its comma spoilt
        return None
    named = len(re.findall(r"[A-ZÁÉÍÓÚÑÜ]", word.text)) > 1 or (
        word.text.isalpha() and bool(before) and names.is_title(fold(before[-1].rstrip(".")))
    )
    lost = word.confidence <= _LOST and named
    led = _LED.search(main.text.string, max(main.start, start - 40), start)
    titled = led and (names.is_title(fold(led[1])) or led[1] == "a")
    return f"¿empieza antes, en «{word.text}»?" if lost or titled else None


_LED = re.compile(
    r"(\w+)\.?\s(?:(?:[A-ZÁÉÍÓÚÑÜ][^\W\d_]+|del?|las?|los)\s){0,3}"
    r"[A-ZÁÉÍÓÚÑÜ][^\W\d_]{2,}\s?[.;:]\s\Z"
)
"""Words with a capital and a sign behind them, right after a title: the sign may be a speck."""


def cut_short(method: Method, value: str) -> str | None:
    """The doubt whether a name in a picture goes on: it ends in a few letters, or in «del»."""
    last = value.rsplit(" ", maxsplit=1)[-1].strip(".,")
    short = len(last) < 3 or last.lower() in names.PARTICLES
    return f"¿sigue después de «{last}»?" if short and method is Method.OCR else None


_LOST = 0.5
"""What a word is worth that may be a surname nobody can read."""


# ------------------------------------------------------------------ prose


@dataclass(frozen=True)
class _Told:
    """A number in prose and the span of the name that goes with it."""

    dni: Found
    name: tuple[int, int] | None

    @property
    def start(self) -> int:
        return min(self.name[0], self.dni.start) if self.name else self.dni.start


def _told(main: Passage) -> tuple[Seen, ...]:
    """People told in sentences: each DNI with the name before it, or else after it."""
    found = list(identity.dnis(main.text, main.start, main.end, main.kind))
    pictured = main.text.method is Method.OCR
    string = names.with_given_names(main.text.string) if pictured else main.text.string
    told = [_paired(main, dni, _told_name(main, string, found, n)) for n, dni in enumerate(found)]
    ends = [
        *(_begins(main, one, after) for one, after in pairwise(told)),
        main.end,
    ]
    return tuple(
        _teller(main, one, end, alone=len(told) == 1) for one, end in zip(told, ends, strict=False)
    )


def _paired(main: Passage, dni: Found, name: tuple[int, int] | None) -> _Told:
    """A number and the name beside it; in doubt where several are named and then several numbers.

    In «Ana … y Luis …, identificados con DNI 1 y 2, respectivamente» the nearest is another's.
    """
    folded = main.text.folded
    between = folded[name[1] : dni.start] if name else ""
    if name is None or not (_SEVERAL.search(between) or _ANOTHER.match(folded, dni.end)):
        return _Told(dni, name)
    doubt = "nombra a varios y después sus números: ¿de quién es este?"
    return _Told(replace(dni, reading=dni.reading.doubted(doubt)), name)


_SEVERAL = re.compile(r"\b(?:identificad[oa]s|portador[ea]s|titulares|amb[oa]s)\b")
_ANOTHER = re.compile(
    rf"\s?(?:[,;/]\s?(?:[ye]\s)?|\b[ye]\s)(?:con\s)?\s?(?:{identity.DNI_LABEL})?\W{{0,3}}(?:n\W{{0,3}}|nro\W{{0,3}})?"
    r"[0-9]{8}(?![0-9])"
)
"""A second number right behind a first."""


def _begins(main: Passage, one: _Told, after: _Told) -> int:
    """Where the words about the next person begin: at their sentence, if it is not shared."""
    sentence = _sentence(main, after.start)
    return sentence if sentence > one.dni.end else after.start


def _told_name(
    main: Passage, string: str, found: list[Found], index: int
) -> tuple[int, int] | None:
    floor = found[index - 1].end if index else main.start
    span = names.before(string, max(floor, found[index].start - 220), found[index].start)
    if span is None:
        ceiling = found[index + 1].start if index + 1 < len(found) else main.end
        start = found[index].end
        lead = re.compile(r"[\s,;:–-]*(?:(?:a|al|don|doña|de|del|la|el|señora?|nombre)\s+)*")
        begin = lead.match(string, start, ceiling)
        span = names.after(string, begin.end() if begin else start, min(start + 120, ceiling))
    return span


def _teller(main: Passage, told: _Told, end: int, *, alone: bool) -> Seen:
    context = main if alone else replace(main, start=_sentence(main, told.start), end=end)
    reach = main if alone else replace(main, start=told.start, end=end)
    mails = identity.correos(reach.text, reach.start, reach.end, reach.kind)
    return Seen(
        names=tuple(r.doubted(_lost_inside(main, told.name)) for r in _named(main, told.name)),
        dnis=(told.dni.reading,),
        correos=tuple(f.reading for f in mails),
        context=context,
        at=told.start,
    )


def _lost_inside(main: Passage, span: tuple[int, int] | None) -> str | None:
    """The doubt whether a name in a picture has lost a word: two stand far apart in their line.

    Farther than the words of that line mostly do.
    """
    if span is None or main.text.method is not Method.OCR:
        return None
    start = main.text.string.rfind("\n", 0, span[0]) + 1
    end = main.text.string.find("\n", span[1])
    line = main.text.words(start, end if end > 0 else len(main.text.string))
    usual = median([0.0, *(gap for gap in map(_gap, pairwise(line)) if gap > 0)])
    for pair in pairwise(main.text.words(*span)):
        if _gap(pair) > max(_WIDEST_BLANK, 2 * usual):
            return f"¿falta algo entre «{pair[0].word.text}» y «{pair[1].word.text}»?"
    return None


def _gap(pair: tuple[Placed, Placed]) -> float:
    """Heights of a word between two; less than nothing where the second begins a line."""
    a, b = (placed.word.box for placed in pair)
    return (b[0] - a[2]) / ((b[3] - b[1]) or 1.0)


def _sentence(main: Passage, start: int) -> int:
    """Where the sentence (or item) that holds an offset begins."""
    ends = _ends(main.text.folded, main.start, main.end)
    before = ends[: bisect_right(ends, start)]
    return next((end for end in reversed(before) if not _at_a_speck(main.text, end)), main.start)


def _at_a_speck(text: Text, end: int) -> bool:
    """Whether a sign that ends a sentence in a picture is none: behind «la», alone and unsure."""
    at = end - 2 if text.string[end - 1].isspace() else end - 1
    sign = text.words(at, at + 1)[-1:] if text.method is Method.OCR else ()
    return any(
        fold(word.text).strip(".;") in _NEVER_LAST
        or (word.confidence < _SPECK and not any(map(str.isalnum, word.text)))
        for word in (placed.word for placed in sign)
    )


_SPECK = 0.6
_NEVER_LAST = frozenset("a al con de del e el en la las los o para por su y".split())


@lru_cache(maxsize=8)
def _ends(folded: str, start: int, end: int) -> tuple[int, ...]:
    """Where the sentences of a span end: found once, however many people it names."""
    found = _END.finditer(folded, start, end)
    return tuple(m.end() for m in found if not names.is_title(m["word"] or ""))


_END = re.compile(r"(?P<word>[a-z]*)[.;]\s|\n[^\w\n]*\d?[).-]")
"""The end of a sentence or the beginning of an item; «del Sr. Juan» is neither."""


# ------------------------------------------------------------------ names without a number

_CUE = re.compile(
    r"\b(?:don|dona|sr|sra|srta|senor|senora|senorita|prof|profa|profesora?|lic|docente|servidora?"
    r"|especialista siagie(?: ugel| dre)?|estadistic[oa]|directora?|yo|soy|me llamo|mi nombre es)"
    r"\b[.,:]?\s+"
    r"(?!director|jef|a\b)"
)


def titled(main: Passage) -> tuple[Seen, ...]:
    """A name after a title, when no number was given: the first one."""
    for match in _CUE.finditer(main.text.folded, main.start, main.end):
        span = names.after(main.text.string, match.end(), min(match.end() + 90, main.end))
        if span and span[0] - match.end() < 4:
            return (replace(_seen(main, _named(main, span), span[0]), weak=True),)
    return ()
