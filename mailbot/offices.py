"""Who is a DRE, a UGEL or a school, and which addresses speak for it.

`config/offices.csv` holds the 26 DRE/GRE and 224 UGEL; schools (IE) are imported into the store and
looked up through the `Schools` port. Pure but for reading the file: no mail, no database.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

from mailbot.errors import ConfigError
from mailbot.parsers.text import fold, parted
from mailbot.procedures import OfficeType


@dataclass(frozen=True, slots=True)
class Office:
    """A DRE, a UGEL or a school. `code` is CODOOII (6 digits) or the código modular (7)."""

    code: str
    type: OfficeType
    name: str
    parent: str | None = None
    emails: tuple[str, ...] = ()
    nivel: str | None = None


class Schools(Protocol):
    """The register of schools, wherever it is kept."""

    def school(self, code: str) -> Office | None:
        """The school with a código modular."""

    def schools_of(self, address: str) -> tuple[Office, ...]:
        """The schools (services) an address speaks for."""

    def domains(self) -> frozenset[str]:
        """The domains of the schools' addresses."""


class NoSchools:
    """A register without schools: for reading files away from the store."""

    def school(self, code: str) -> Office | None:  # noqa: ARG002  the port's signature
        """Nobody."""
        return None

    def schools_of(self, address: str) -> tuple[Office, ...]:  # noqa: ARG002  the port's signature
        """Nobody."""
        return ()

    def domains(self) -> frozenset[str]:
        """None."""
        return frozenset()


@dataclass(frozen=True, slots=True)
class Mention:
    """An office named in a text: where, of which type, and every code the name may mean."""

    start: int
    end: int
    type: OfficeType
    codes: frozenset[str]


_REGION = r"(?:direccion|gerencia)\W{1,3}regional\W{1,3}de\W{1,3}educacion"
_MARKERS: tuple[tuple[OfficeType, re.Pattern[str]], ...] = (
    (
        OfficeType.UGEL,
        re.compile(
            r"\bu\.?\s?g\.?\s?e\.?\s?l\b\.?|\bugel(?=[0-9_])"
            rf"|{parted('gestion', 'educativa', 'local')}"
        ),
    ),
    (
        OfficeType.DRE,
        re.compile(rf"\b(?:d\.?\s?r\.?\s?e|g\.?\s?r\.?\s?e|geredu|gredu|drset)\b\.?|{_REGION}"),
    ),
)
"""What an office's name begins with; specks may stand between its words."""
_BEHIND = re.compile(
    r"(?:[ ,(–-]{1,3}|\n(?=(?:de|en) ))(?:(?:de|en|por|para)[ \n])?(?:la[ \n])?(?:unidad de )?"
)
"""What leads from a post to its office; a line of its own below may be the sender's."""


def type_behind(folded: str, at: int) -> OfficeType | None:
    """The type of office a post is said to be at, right behind it: «Estadístico de la UGEL 04»."""
    lead = _BEHIND.match(folded, at)
    found = (type_ for type_, marker in _MARKERS if lead and marker.match(folded, lead.end()))
    return next(found, None)


def lowest_type(folded: str) -> OfficeType | None:
    """The lowest type of office a text speaks of, by name or not: «DIRECTOR (e) DE LA UGEL»."""
    return next((type_ for type_, marker in _MARKERS if marker.search(folded)), None)


_FILLER = re.compile(r"(?:[\s.:_°º*/\"'–-]|\b(?:de|del|la|provincia|no|nro|num|numero|n)\b)*")
_ACROSS = re.compile(rf"{_REGION}[^\w\n]{{1,5}}(?:unidad\W{{1,3}}de\W{{1,3}})?\Z")
_ALIASES: Mapping[str, str] = {
    "drelm": "150101",
    "dremo": "180000",
    "grell": "130000",
    "grel": "160000",
    "gredu": "080000",
    "geredu": "080000",
}
"""Short names that stand for one DRE only (DREA, say, may be four)."""
_IN_NUMBER = re.compile(r"[ .][0-9]{3}(?![0-9])")
"""What goes on as a DNI in groups: «UGEL», and below it in the next column «05 484 258»."""
_ROW = re.compile(r"\n[^\w\n]*[1-9][0-9]?\Z")
"""A number that begins a line: the next row's, «… SIAGIE UGEL» and below it «3 PAZ LUNA»."""
_TOKEN = re.compile(r"[a-zñ]+|[0-9]+")


class Offices:
    """All offices, found by code, by address, or by how people name them."""

    def __init__(self, offices: tuple[Office, ...], schools: Schools | None = None) -> None:
        self._by_code = {office.code: office for office in offices}
        self.schools = schools or NoSchools()

    def with_schools(self, schools: Schools) -> "Offices":
        """The same offices, schools looked up in another register."""
        return Offices(tuple(self._by_code.values()), schools)

    def get(self, code: str | None) -> Office | None:
        """The office with a code, a school among them."""
        if code is None:
            return None
        return self._by_code.get(code) or self.schools.school(code)

    def name(self, code: str | None) -> str:
        """How people know an office; its code when the register does not hold it."""
        office = self.get(code)
        if office:
            return office.name
        return f"IE {code}" if code and len(code) == 7 else code or "—"

    def full_name(self, code: str) -> str:
        """An office's name with its code; the code alone when the register does not hold it."""
        office = self.get(code)
        return f"{office.name} ({code})" if office else self.name(code)

    def of_address(self, address: str) -> tuple[Office, ...]:
        """The offices an address is registered for."""
        return self._by_address.get(address.lower(), ()) + self.schools.schools_of(address.lower())

    def domains(self) -> frozenset[str]:
        """The domains of all registered addresses."""
        own = frozenset(address.rpartition("@")[2] for address in self._by_address)
        return own | self.schools.domains()

    def mentions(self, text: str) -> tuple[Mention, ...]:
        """Every DRE or UGEL named in a text, in order."""
        folded = fold(text)
        found = [*self._aliases_in(folded), *self._names_in(folded)]
        return tuple(sorted(found, key=lambda mention: mention.start))

    def tell_apart(self, codes: frozenset[str], text: str) -> frozenset[str]:
        """Of offices with one name, those the text tells by region (all, if it does not)."""
        words = set(_TOKEN.findall(fold(text)))
        named = {code for mention in self.mentions(text) for code in mention.codes}
        score = {c: len(self._telling(c) & words) + (self._region(c) in named) for c in codes}
        best = max(score.values(), default=0)
        return frozenset(c for c in codes if score[c] == best)

    def with_addresses(self) -> int:
        """How many DRE and UGEL have a registered address."""
        return sum(1 for office in self._by_code.values() if office.emails)

    # -------------------------------------------------------------- how names are found

    @cached_property
    def _by_address(self) -> Mapping[str, tuple[Office, ...]]:
        table: defaultdict[str, tuple[Office, ...]] = defaultdict(tuple)
        for office in self._by_code.values():
            for address in office.emails:
                table[address.lower()] += (office,)
        return dict(table)

    @cached_property
    def _names(self) -> Mapping[tuple[OfficeType, tuple[str, ...]], frozenset[str]]:
        table: defaultdict[tuple[OfficeType, tuple[str, ...]], set[str]] = defaultdict(set)
        for office in self._by_code.values():
            for tokens in _ways_to_name(office.name):
                table[office.type, tokens].add(office.code)
        return {key: frozenset(codes) for key, codes in table.items()}

    def _region(self, code: str) -> str:
        return self._by_code[code].parent or code

    def _telling(self, code: str) -> set[str]:
        """The words of an office's and its region's names that are long enough to tell."""
        names = (self._by_code[code].name, self._by_code[self._region(code)].name)
        return {token for name in names for token in _TOKEN.findall(fold(name)) if len(token) > 3}

    def _aliases_in(self, folded: str) -> Iterator[Mention]:
        for token in re.finditer(r"[a-z]+", folded):
            if (code := _ALIASES.get(token.group())) in self._by_code:
                yield Mention(token.start(), token.end(), OfficeType.DRE, frozenset({code}))

    def _names_in(self, folded: str) -> Iterator[Mention]:
        for type_, marker in _MARKERS:
            for match in marker.finditer(folded):
                across = type_ is OfficeType.UGEL and _ACROSS.search(
                    folded, max(match.start() - 60, 0), match.start()
                )
                find = self._in_the_next_column if across else self._longest_name
                if found := find(type_, folded, match.end()):
                    end, codes = found
                    yield Mention(match.start(), end, type_, codes)

    def _in_the_next_column(
        self, type_: OfficeType, folded: str, start: int
    ) -> tuple[int, frozenset[str]] | None:
        """A UGEL's name behind its region's: a boxed letterhead, read across its columns.

        «Dirección Regional de Educación Unidad de Gestión Educativa Local», below it «Loreto Alto
        Amazonas»: the region's name stands first, and alone it names no UGEL.
        """
        region = self._longest_name(OfficeType.DRE, folded, start)
        found = self._longest_name(type_, folded, region[0]) if region else None
        if not region or not found:
            return None
        codes = frozenset(c for c in found[1] if self._region(c) in region[1])
        return (found[0], codes) if codes else None

    def _longest_name(
        self, type_: OfficeType, folded: str, start: int
    ) -> tuple[int, frozenset[str]] | None:
        """The longest known name that begins at `start`, with or without filler before it."""
        tight = re.compile(r"[\s.:_°º*/\"'–-]*").match(folded, start)
        loose = _FILLER.match(folded, start)
        for begin in {m.end() for m in (tight, loose) if m}:
            tokens = list(_TOKEN.finditer(folded, begin, begin + 60))
            for count in range(min(len(tokens), 7), 0, -1):
                key, end = tuple(_plain(t.group()) for t in tokens[:count]), tokens[count - 1].end()
                in_dni = key[-1].isdigit() and _IN_NUMBER.match(folded, end)
                alone = count == 1 and _ROW.search(folded, start, end)
                known = None if in_dni or alone else self._names.get((type_, key))
                if tokens[0].start() == begin and known:
                    return end, known
        return None


def _plain(token: str) -> str:
    return token.lstrip("0") or token if token.isdigit() else token


def _ways_to_name(name: str) -> list[tuple[str, ...]]:
    """The ways an office is named without its prefix: whole, by number, by either half.

    >>> _ways_to_name("UGEL 01 SAN JUAN DE MIRAFLORES")[1:]
    [('1',), ('san', 'juan', 'de', 'miraflores')]
    """
    rest = fold(name).split(" ", 1)[-1]
    whole = tuple(_plain(t) for t in _TOKEN.findall(rest))
    ways = [whole]
    if whole[0].isdigit():
        ways += [whole[:1], whole[1:]]
    ways += [tuple(_TOKEN.findall(half)) for half in rest.split("-") if "-" in rest]
    return ways


# ------------------------------------------------------------------ offices.csv

COLUMNS = ("code", "type", "name", "parent", "emails")


def read_offices(folder: Path, schools: Schools | None = None) -> Offices:
    """Read `folder`/offices.csv; ConfigError names the first row that is wrong."""
    path = folder / "offices.csv"
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (FileNotFoundError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: no se puede leer: {error}.") from None
    rows = csv.DictReader(lines)
    if tuple(rows.fieldnames or ()) != COLUMNS:
        raise ConfigError(f"{path}, fila 1: las columnas deben ser {', '.join(COLUMNS)}.")
    read = tuple(_office(f"{path}, fila {n}", row) for n, row in enumerate(rows, start=2))
    return Offices(read, schools)


def _office(place: str, row: Mapping[str, str | None]) -> Office:
    code, type_, name, parent, emails = ((row[c] or "").strip() for c in COLUMNS)
    if not re.fullmatch(r"[0-9]{6}", code):
        raise ConfigError(f"{place}, columna code: «{code}» no tiene 6 cifras (¿perdió el cero?).")
    if type_ not in ("DRE", "UGEL"):
        raise ConfigError(f"{place}, columna type: «{type_}» no vale; use DRE o UGEL.")
    return Office(code, OfficeType(type_), name, parent or None, addresses(place, emails))


_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


def addresses(place: str, cell: str) -> tuple[str, ...]:
    """The addresses of a cell, separated by ``;``; ConfigError names one that is none."""
    listed = tuple(a.strip().lower() for a in cell.split(";") if a.strip())
    for address in listed:
        if not _ADDRESS.fullmatch(address):
            raise ConfigError(f"{place}, columna emails: «{address}» no es una dirección.")
    return listed
