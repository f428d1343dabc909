"""The numbers and addresses people are known by, each found in a text, with its evidence.

Pure. A value that is not certain is never mended: it is returned with the doubt.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import dropwhile

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein
from stdnum.pe import cui

from mailbot.model import Method, PageKind, Reading
from mailbot.parsers.text import Text, fold

# ------------------------------------------------------------------ DNI

_ROUND = (
    r"(?:[oe]|0(?!(?:[ .]?[0-9]){7}(?! ?[0-9]))"
    r"|9(?=[^\w\s]? [0-9](?:[ .\n]?[0-9]){7}(?![ .]?[0-9])))"
)
"""A degree sign as a scan shows it: an o, a nine; a zero before seven digits is the number's."""
_NUMBER_SIGN = rf"(?:n\s?\.?\s?[^\w\s.:]{{0,2}}{_ROUND}?|nro|numero|num|#)\s?\.?"
"""N°, which a scan also shows as «Ne»."""
_SEPARATOR = r"(?:\s?(?:[^\w\s@]|_)){0,5}\s*"
"""What stands between a label and its value: a colon, or what a scan makes of one."""
DNI_LABEL = (
    r"(?<![a-z])(?:d\s?[.:-]{0,2}\s?n\s?[.:-]{0,2}\s?[i1l](?:\b|(?=n[^\w\s]))\s?\.?|oni\b"
    r"|doc[a-z]{4,7}[.,;:]?\s+(?:nacional[\s.,;:]{1,3})?de[^\w@]{1,3}identidad|doc\.?\s+de\s+identidad"
    r"|documento\s+nacional(?:\s+de)?"
    r"|documento\s+de(?=\s*:\s*[0-9]{2}[ .]?[0-9]{3}[ .]?[0-9]{3}(?![0-9]))"  # the rest is below
    r"|documento\s+de"
    r"(?=[^\w\n]{1,8}[0-9]{2}[ .]?[0-9]{3}[ .]?[0-9]{3}(?![0-9])[^\n]{0,4}\n\W{0,3}identidad))"
    r"(?:\s*\(?\s*d\.?\s?n\.?\s?i\.?\s*\)?)?"
)
_LOOKALIKES = {
    "o": "0",
    "l": "1",
    "i": "1",
    "|": "1",
    "s": "5",
    "b": "8",
    "g": "6",
    "q": "9",
    "z": "2",
}
_DIGIT = r"[0-9olisbgqz|]"
_CHECK = r"(?: ?[-–—] ?(?P<check>[0-9a-k])(?![0-9a-z-]))?"
_APART = r"[ .\u00a0]{0,2}"
_GROUPED = r"[0-9]{2}[ .][0-9]{3}[ .][0-9]{3}|[0-9](?: [0-9]){7}"
"""A DNI written like money (41.234.567) or digit by digit."""
_BROKEN = r"[0-9] [0-9](?:\s?[0-9]){6}"
"""One written digit by digit that runs over a line's end: doubted until another source agrees."""
_GROUPS_OVER = r"[0-9]{2}[ .\n][0-9]{3}[ .\n][0-9]{3}"
"""One written like money that runs over a line's end."""
_OVER = (
    r"(?=(?:(?: ?\.?\n| )?[0-9]){8}(?![ \n]?[0-9]))"
    r"[0-9](?: ?[0-9]){0,6} ?\.?\n[0-9](?: ?[0-9]){0,6}"
)
"""The same in a picture, where recognition closes the gaps and a speck may end the line."""
_DASHED = r"[0-9]{2}[ .,:;-]{1,2}[0-9]{3}[ .,:;-]{1,2}[0-9]{3}"
"""One written like money, its dots read as something else."""
_SPREAD = re.compile(
    r"[0-9](?: [0-9]){2,6}\n[0-9](?: [0-9]){0,4}|[0-9](?: [0-9]){0,4}\n[0-9](?: [0-9]){2,6}"
    r"|[0-9]{2}\n[0-9]{3}[ .][0-9]{3}|[0-9]{2}[ .][0-9]{3}\n[0-9]{3}"
)
"""Digits set apart on both sides of a line's end: the number says itself that it goes on."""
_EIGHT = r"[0-9]{8}(?![0-9])"
_MONEY = r"[0-9]{2}\.[0-9]{3}\.[0-9]{3}(?![0-9])"
_SPOILT_LABEL = (
    rf"(?:{DNI_LABEL}(?:[\s:.]*d\W{{1,2}}n\W{{1,3}}(?=n[^\w\n]))?|(?<![a-z])d\W{{0,2}}n\W{{0,2}}[!|t]\W{{0,2}}(?=\s?n)"
    r"|(?<=\bcon )[^\W\d]?d\W?n[^\w\n]{0,4}(?=\s?n(?:[^\w\n]|ro\b))|(?<![a-z])dni(?=n[eo]?\b)"
    rf"|(?<![a-z])[iltcj]ni(?=\W{{0,3}}\s(?:n\W{{0,3}}\s)?{_EIGHT})"
    r"|(?<![a-z])[a-z]{7,10}\sde\s[a-z]{0,2}d[a-z]{3,7}ad(?=\W{0,3}(?:\sn\W{0,2})?\s[0-9])"
    rf"|(?<![a-z])dn[a-z](?=\s?n[^\w\n]|\W{{0,3}}\s{_EIGHT})"
    rf"|(?<![a-z])(?:identificad[oa](?:\s\w{{2,3}})?|doc[a-z]{{4,7}}\s+nacional\s+d\w\s+\S{{6,11}})"
    rf"(?=\sn\W?[a-z]?\W{{1,2}}{_EIGHT}))"
)
"""A label in a picture: its I a T or a sign, or lost; then a number sign must follow.

Where who is «identificado» or has a «Documento Nacional …» has a number, that sign may be «Nf».
"""
_SPOILT_SIGN = rf"(?:{_NUMBER_SIGN}|n[a-z](?=\s{_EIGHT}))"
_DNI, _DNI_PICTURED = (
    re.compile(
        rf"{label}\s*(?:[^\w\s@]?\s*{sign})?{_SEPARATOR}{colon}"
        rf"(?P<value>[0-9]{{8}}|{_GROUPED}|{broken}"
        rf"|[0-9](?:{_APART}{_DIGIT}){{5,9}}|{_DIGIT}{{7,9}})"
        rf"(?![0-9a-z@]){_CHECK}"
    )
    for label, sign, broken, colon in (
        (DNI_LABEL, _NUMBER_SIGN, f"{_GROUPS_OVER}|{_BROKEN}", ""),
        (
            _SPOILT_LABEL,
            _SPOILT_SIGN,
            f"{_GROUPS_OVER}|{_BROKEN}|{_OVER}|{_DASHED}",
            rf"(?:z\s?|o\s|[a-z]{{1,3}}\s?[.:]?\s(?={_EIGHT}|{_MONEY}))?",
        ),
    )
)
"""In a picture a colon may be read as a z, in one word with the number, or as an o before it.

Before eight digits it may be any few letters, «DNI Nro. PR: 28902480», «A : 76.879.476».
"""
_BARE = re.compile(rf"(?<![0-9a-z./-])(?P<value>[0-9]{{7,8}}|{_GROUPED})(?![0-9a-z/@]){_CHECK}")
_FOREIGN = re.compile(
    rf"(?:carne?t?\s+de\s+extranjeria|(?<![a-z])c\.?\s?e\.?)\s*(?:{_NUMBER_SIGN})?\s*[:–-]?\s*"
    r"(?P<value>[0-9]{9,12})(?![0-9])"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A reading and where in its text it stands."""

    start: int
    end: int
    reading: Reading


def dnis(text: Text, start: int, end: int, kind: PageKind | None) -> Iterator[Found]:
    """The labelled DNI (or carné de extranjería) numbers of a span, in order."""
    pattern = _DNI_PICTURED if text.method is Method.OCR else _DNI
    found = [_dni(text, m, kind) for m in pattern.finditer(text.folded, start, end)]
    found += [_foreign(text, m, kind) for m in _FOREIGN.finditer(text.folded, start, end)]
    return iter(sorted(found, key=lambda f: f.start))


def unread(text: Text, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where a picture has the label of a number and figures nobody can read behind it."""
    if text.method is Method.OCR:
        yield from (m.span() for m in _UNREAD.finditer(text.folded, start, end))


_UNREAD = re.compile(rf"{_SPOILT_LABEL}\s*(?:[^\w\s@]?\s*{_SPOILT_SIGN})?\S*")


def unlabelled(text: Text, start: int, end: int, kind: PageKind | None) -> Iterator[Found]:
    """The numbers of a picture that are as long as a DNI and that no word names, in doubt."""
    if text.method is Method.OCR:
        for match in _UNLABELLED.finditer(text.folded, start, end):
            line = _line_before(text.folded, match.start())
            if not _OTHER_NUMBER.search(line):
                found = _dni(text, match, kind)
                yield replace(found, reading=found.reading.doubted("¿de qué es este número?"))


_UNLABELLED = re.compile(
    r"(?<![0-9a-z./@-])(?<![0-9][ .-])(?P<value>[0-9]{8})(?![0-9a-z/@-])(?P<check>)"
)
_OTHER_NUMBER = re.compile(
    r"\b(?:exp(?:ediente)?|sinad|sisgedo|mpd|telf?|telefono|cel(?:ular)?|movil|codigo|reg(?:istro)?"
    r"|ruc|oficio|resolucion|r\.?d|memorand[a-z]+|informe)\b[^,;]{0,20}\Z"
)
"""What other numbers of that length are led to by, in the line of the number."""


def bare_dnis(text: Text, start: int, end: int, kind: PageKind | None) -> Iterator[Found]:
    """Numbers that may be a DNI for the column they stand in."""
    return (_dni(text, m, kind) for m in _BARE.finditer(text.folded, start, end))


def in_cell(cell: Text, kind: PageKind | None) -> tuple[Reading, ...]:
    """The number that all of a cell's words make together, if they make one."""
    apart = r"[\s.,:;]" if cell.method is Method.OCR else r"[\s.,]"
    digits = re.sub(apart, "", cell.string)
    match = re.fullmatch(r"([0-9]{7,8})(?:[-–]([0-9a-kA-K]))?", digits)
    if match is None:
        return ()
    span = (0, len(cell.string))
    doubt, second = _dni_doubt(match[1], match[1], match[2]), _second(cell, *span, match[1])
    doubt = doubt or _otherwise(second) or _stroke(cell)
    return (Reading(match[1], kind, cell.evidence(*span), doubt, rival=second),)


def _stroke(cell: Text) -> str | None:
    """The doubt at a last figure that stands alone in a picture and is but a stroke."""
    alone = cell.method is Method.OCR and re.search(r"[0-9]{7}\s+1\W*\Z", cell.string)
    return "¿termina de verdad en 1? Está solo en su línea" if alone else None


_CARD = re.compile(
    r"(?<![0-9])(?P<value>[0-9]{8})(?:\s?[-–]\s?(?P<check>[0-9a-k])(?![0-9a-z]))?(?![0-9])"
)


def card_numbers(text: Text, kind: PageKind | None) -> Iterator[Reading]:
    """The numbers a DNI card may mean by its own, printed with or without a label."""
    return (_dni(text, m, kind).reading for m in _CARD.finditer(text.folded))


def _dni(text: Text, match: re.Match[str], kind: PageKind | None) -> Found:
    start, end = _without_speck(text, *match.span("value"))
    raw = re.sub(r"[\s.,:;-]", "", text.folded[start:end])
    digits = "".join(_LOOKALIKES.get(char, char) for char in raw)
    second = _second(text, start, end, digits)
    doubt = _dni_doubt(raw, digits, match["check"]) or _otherwise(second)
    broken = "\n" in match["value"] and not _is_whole(text, match)
    over = "está partido entre dos líneas" if broken else None
    doubt = doubt or over or _set_apart(text, match)
    reading = Reading(digits, kind, text.evidence(start, end), doubt, second)
    return Found(match.start(), match.end(), reading)


def _set_apart(text: Text, match: re.Match[str]) -> str | None:
    """The doubt at a picture's eighth figure behind a blank: the first may be lost, «N.”1897696 4».

    Then it is the check digit, whose dash was lost as well; nobody groups a number so.
    """
    apart = text.method is Method.OCR and re.fullmatch(r"[0-9]{7}[ .]{1,2}[0-9]", match["value"])
    return "¿es su última cifra el dígito verificador?" if apart else None


def _without_speck(text: Text, start: int, end: int) -> tuple[int, int]:
    """Where a number stands, without a speck before it that was read as a digit of its own."""
    apart = re.fullmatch(r"[0-9] [0-9]{8}", text.string[start:end])
    unsure = apart and text.evidence(start, start + 1).confidence < _SPECK
    return (start + 2, end) if unsure else (start, end)


_SPECK = 0.75
"""How sure recognition is at most of a speck that it takes for a digit."""


def _is_whole(text: Text, match: re.Match[str]) -> bool:
    """Whether a number over a line's end says that it goes on, or where it ends: by a comma."""
    ends = text.string[match.end("value") : match.end("value") + 1] in (",", ";")
    return bool(_SPREAD.fullmatch(match["value"])) or (ends and ".\n" not in match["value"])


def _dni_doubt(raw: str, digits: str, check: str | None) -> str | None:
    if not raw.isascii() or not raw.isdigit():
        return "tiene letras entre las cifras"
    if len(digits) != 8:
        return f"tiene {len(digits)} cifras y un DNI tiene 8"
    if check and check.upper() not in cui.calc_check_digits(digits):
        return f"el dígito verificador ({check.upper()}) no le corresponde"
    return None


def _second(text: Text, start: int, end: int, digits: str) -> str | None:
    """The other digits a second reading of the picture saw, none if nobody could read them."""
    others = [re.sub(r"\D", "", second) for second in text.doubted(start, end)]
    return None if any(digits in other for other in others) else next(iter(others), None)


def _otherwise(second: str | None) -> str | None:
    """The doubt that a second reading leaves."""
    if second is None:
        return None
    return f"otra lectura dio {second}" if second else "se lee con dificultad"


def _foreign(text: Text, match: re.Match[str], kind: PageKind | None) -> Found:
    evidence = text.evidence(*match.span("value"))
    reading = Reading(match["value"], kind, evidence, "es un carné de extranjería, no un DNI")
    return Found(match.start(), match.end(), reading)


# ------------------------------------------------------------------ addresses

_LOCAL = r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]+"
"""What stands before an @, begun nowhere but at its begin: a word may be as long as a paper."""
_MAIL = re.compile(rf"{_LOCAL}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_SPACED = re.compile(
    rf"{_LOCAL}\s?@\s?[A-Za-z0-9-]+(?:\s?\.\s?[a-z0-9-]+)*?\s?\.\s?(?:com|net|org|edu|gob|es|pe|example|test)"
    r"(?:\s?\.\s?pe)?(?![a-z0-9])"
)
PROVIDER = "(?:gmail|hotmail|outlook|yahoo)"
"""The great providers, by whose names an address is known whatever its signs look like."""
_UNDOTTED = (
    rf"{_LOCAL}@(?:g ?mai[lLI1]|hot ?mai[lLI1]|out ?look|ya ?hoo)\s?\.?(?:com|es)(?![\w.@-])"
    rf"|{_LOCAL}@[A-Za-z0-9-]{{3,}}\s(?:com|example|(?:gob|edu)(?:\.|\s)pe)(?![\w.@-])"
)
"""One in a picture whose dot was lost: a great provider's name says where it was, or a blank.

That name may have got a blank as well: «@out look.com».
"""
_COMMAED = (
    rf"{_LOCAL}@[A-Za-z0-9-]{{3,}}(?:\s?[,„;·]\s?(?:com|edu|gob|example)|[,„;·]es)"
    r"(?:\s?[.,]\s?pe)?(?![\w.@-])"
)
"""One in a picture whose dot looks like another sign: no domain has a comma."""
_SHOWN = f"{_MAIL.pattern}|{_SPACED.pattern}"
_WAYS: Mapping[Method, re.Pattern[str]] = {
    **dict.fromkeys(Method, re.compile(_SHOWN)),
    Method.BODY: _MAIL,
    Method.OCR: re.compile(f"{_SHOWN}|{_UNDOTTED}|{_COMMAED}"),
}
_KNOWN_DOMAINS = (
    "gmail.com",
    "hotmail.com",
    "outlook.com",
    "outlook.es",
    "yahoo.com",
    "yahoo.es",
    "live.com",
    "icloud.com",
    "minedu.gob.pe",
    "hotmail.es",
)


def correos(text: Text, start: int, end: int, kind: PageKind | None) -> Iterator[Found]:
    """The mail addresses of a span, in order."""
    for match in _WAYS[text.method].finditer(text.string, start, end):
        yield Found(match.start(), match.end(), _correo(text, match, kind))


def _correo(text: Text, match: re.Match[str], kind: PageKind | None) -> Reading:
    value, (start, end) = _addressed(text, match.group()), match.span()
    value, end, cut = _over_the_line(text, value, end)
    other = next(iter(text.doubted(start, end)), None)
    seen = f"otra lectura dio {other}" if other else None
    if (begun := _dotted_before(text, start)) and not seen:
        whole = re.sub(r"\.{2,}", ".", begun.replace(" ", "")) + value
        unsure = _mail_doubt(text, whole) or _unlabelled(text, start, begun)
        evidence = text.evidence(start - len(begun), end)
        return Reading(whole, kind, evidence, unsure, value if unsure else None)
    beside = _begun_before(text, start) or _lines_mixed(text, end) or cut
    doubt = _mail_doubt(text, value) or _led_to(match.group()) or beside or seen
    rival = other.strip(".,;:()<>").lower() if seen and doubt == seen and other else None
    return Reading(value, kind, text.evidence(start, end), doubt, rival)


def _addressed(text: Text, said: str) -> str:
    """An address without its blanks, and what a sentence sets behind it."""
    shown = text.method is Method.OCR
    dotted = _BLANK_FOR_DOT.sub(".", re.sub("[,„;·]", ".", said)) if shown else said
    value = re.sub(r"\s", "", dotted).strip(".").rstrip(".-").lower()
    return provided(value) if shown else value


def _over_the_line(text: Text, value: str, end: int) -> tuple[str, int, str | None]:
    """An address with its last letters, where a narrow column broke them off; where it ends.

    With the doubt, if it would be one without them as well: «…@correo.co», and below «m».
    """
    below = _LAST_LETTERS.match(text.string, end)
    if below is None or not is_address(value + below[1]):
        return value, end, None
    if is_address(value):
        return value, end, f"¿sigue en la línea de abajo, con «{below[1]}»?"
    return value + below[1], below.end(1), None


_LAST_LETTERS = re.compile(r"[^\w\n]*\n[^\w\n]*([a-z]{1,3})[^\w\n]*(?=\n|\Z)")
"""A line below of a few letters alone: a narrow column broke the end of an address off."""
_BLANK_FOR_DOT = re.compile(r"(?<=\w)\s(?=(?:com|example|gob|edu|pe)\b(?!@))")
"""Behind an @ no word stands apart from the last but by a dot."""


def _dotted_before(text: Text, start: int) -> str:
    """Words in small letters and their dots, right before an address in a picture.

    No sentence begins in small letters: it may be the address's, its blank a wide dot.
    """
    line = _line_before(text.string, start)
    found = _DOTTED_WORDS.search(line) if text.method is Method.OCR else None
    words = re.findall(r"[^\s.]\S*\s(?:\.+\s)?", found[0]) if found else []
    return "".join(dropwhile(lambda word: leads(word.strip(". ")), words))


def _unlabelled(text: Text, start: int, begun: str) -> str | None:
    """The doubt at words and their dots, unless right behind a label: no sentence is between them.

    A dot with a blank on both sides may be a low line, and is asked about all the same.
    """
    line = _line_before(text.folded, start - len(begun))
    labelled = _LABEL_BEFORE.search(line) and not re.search(r"\s\.", begun)
    return None if labelled else f"¿empieza en «{begun.strip()}»?"


_LABEL_BEFORE = re.compile(r"(?:\b(?:correo|electronico|e-?mail)|:)[\s:]*$")
_DOTTED_WORDS = re.compile(r"(?:(?<!\S)[a-z0-9]+(?:[._-][a-z0-9]+)*\s?\.{1,2}\s)+$")


_ROUNDED = str.maketrans("01ijItL", "ollllll")
_PROVIDER = re.compile(r"(?<=@)([a-zIL01]{5,7}?)\.?(co(?:m|in|rn|ni|nn)|c[ace0]m|es)\b")
_PROVIDERS = {name.translate(_ROUNDED): name for name in ("gmail", "hotmail", "outlook", "yahoo")}


def provided(address: str) -> str:
    """An address with a great provider's name as it is written, where a picture shows 0ut1ook.

    Its dot may be lost, its m fall apart. Letters that changed places are the writer's own slip.

    >>> provided("ana.rios1@hotmai1com"), provided("ana@gmail.coin"), provided("ana@gmali.com")
    ('ana.rios1@hotmail.com', 'ana@gmail.com', 'ana@gmali.com')
    """
    return _PROVIDER.sub(_provider, address)


def _provider(match: re.Match[str]) -> str:
    name = _PROVIDERS.get(match[1].translate(_ROUNDED))
    slip = name is None or (match[1] != name and sorted(match[1]) == sorted(name))
    return match[0] if slip else f"{name}.{'es' if match[2] == 'es' else 'com'}"


def _led_to(said: str) -> str | None:
    """The doubt at a word that leads to an address and stands apart from its @: «correo @ugel…»."""
    word = re.match(r"\S+(?=\s@)", said)
    led = word is not None and leads(fold(word[0]))
    return "¿qué dice antes de la arroba?" if led else None


def is_address(word: str) -> bool:
    """Whether a word by itself may be a whole address."""
    end = word.lower().rstrip(".,;").rpartition(".")[2]
    return end in _TOP_LEVEL and _MAIL.fullmatch(word.rstrip(".,;")) is not None


_TOP_LEVEL = frozenset(
    """
    com net org edu gob gov mil info es pe us cl ar br mx co ec bo uk de fr it eu io me
    example test
    """.split()
)
"""How the addresses seen in Peru end; another ending in a picture is rather a letter misread."""


_LEADS = frozenset(
    """
    correo correos electronico electronica e-mail email mail institucional personal direccion
    al a el la es y o su con de en del cuenta siguiente
    """.split()
)


def leads(word: str) -> bool:
    """Whether a folded word leads to an address; of a long one a letter or two may be spoilt."""
    return word in _LEADS or any(
        Levenshtein.distance(word, lead) <= 2 for lead in _LEADS if len(lead) > 6
    )


_NEAR = 80
"""Letters before an address that are looked at: a line may be as long as a mail."""


def _line_before(string: str, start: int) -> str:
    return string[max(start - _NEAR, 0) : start].rpartition("\n")[2]


def _begun_before(text: Text, start: int) -> str | None:
    """The doubt whether an address in a picture begins in the word before it.

    A scan may lose a low line: «ana_rios@…» comes out as «ana rios@…». A comma inside may be a dot.
    """
    line = _line_before(text.folded, start)
    glued = re.search(r"(?:^|\s)([^\s@:]*[a-z0-9])[,;]$", line)
    if text.method is Method.OCR and glued and not leads(glued[1]):
        return f"¿empieza antes, en «{glued[1]}»?"
    before = re.search(r"(\S*[^\W_])\s?\.{0,2}\s$", line)
    if text.method is not Method.OCR or not before or leads(before[1]):
        return None
    label = line[: before.start()].split()[-1:]
    if before[1] == "z" and label and leads(label[0]):  # the colon between them
        return None
    lower = text.string[start - len(before[0]) : start].islower()
    return f"¿empieza antes, en «{before[1]}»?" if lower else None


def _lines_mixed(text: Text, end: int) -> str | None:
    """The doubt whether an address in a picture begins in the word behind it: lines may mix."""
    after = _NAMES_BEHIND.match(text.string, end) if text.method is Method.OCR else None
    return f"¿empieza en «{after[1]}»?" if after else None


_NAMES_BEHIND = re.compile(r"\s((?!www)[a-z0-9]+(?:[._][a-z0-9]+)+)(?=\s|\Z)")
"""Names with dots between them, as addresses begin."""


def _mail_doubt(text: Text, value: str) -> str | None:
    local, _, domain = value.partition("@")
    if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}", domain) or ".." in local:
        return "no es una dirección válida"
    return _misread(local, domain) if text.method is Method.OCR else None


_SPECKED = re.compile(r"^[_-]|[._-]{2}|_[^_]*\.|\.[^.]*_")
"""A sign before all letters, two in a row, or a low line and a dot: people part names with one."""


def _misread(local: str, domain: str) -> str | None:
    """What recognition may have made of another address."""
    if speck := _SPECKED.search(local) or re.search(r"\.[a-z0-9]\.", domain):
        return f"¿lleva de verdad «{speck[0]}» o es una mancha?"
    if not re.search("[a-z]", local):
        return "¿empieza antes? No tiene ninguna letra"
    if digit := _LONE_DIGIT.search(local):
        return f"¿es de verdad un «{digit[0]}»? Está solo entre letras"
    end = domain.rpartition(".")[2]
    if end not in _TOP_LEVEL:
        return f"¿termina de verdad en «.{end}»?"
    if (great := _GREAT.match(domain)) and not _ENDS_GREAT.fullmatch(domain, great.end()):
        return f"¿será @{great[1]}.com?"
    near = process.extractOne(domain, _KNOWN_DOMAINS, scorer=fuzz.ratio, score_cutoff=85)
    return f"¿será @{near[0]}?" if near and near[0] != domain else None


_GREAT = re.compile(r"(gmail|hotmail|outlook|yahoo|icloud)\.")
_ENDS_GREAT = re.compile(r"(?:com|[a-z]{2})(?:\.[a-z]{2})?")
"""What follows a great provider's name: com, es, com.pe; «gmail.mail.com» is two readings."""
_LONE_DIGIT = re.compile(r"^[0-9](?=[a-z]{3})|(?<=[a-z]{2})[0-9](?=[a-z]{2})")
"""A digit alone among letters, or before them: rather a letter misread."""
