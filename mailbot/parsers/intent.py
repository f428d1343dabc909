"""What is asked: alta or baja, for which role, nivel and office; and what is asked instead.

Works on `config/roles.toml` and `config/wording.toml`: nothing here knows a role by name. Pure but
for reading the wording once. Of several texts the one nearest to the person that says something
decides; one that says two things decides nothing.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from rapidfuzz.distance import Hamming, Levenshtein

from mailbot.errors import ConfigError
from mailbot.model import Action, Method, Reading
from mailbot.offices import Mention, Offices, type_behind
from mailbot.parsers.spans import Reach
from mailbot.parsers.text import Passage, fold, parted
from mailbot.procedures import Guide, OfficeType, Role, patterns, read_toml

_KEYS: Mapping[str, tuple[str, ...]] = {
    "ignore": ("phrases",),
    "alta": ("strong",),
    "baja": ("strong", "weak"),
    "previous": ("before",),
    "other": ("phrases",),
    "inquiry": ("phrases",),
    "niveles": ("ebe", "inicial", "primaria", "secundaria"),
}

Phrases = tuple[re.Pattern[str], ...]


@dataclass(frozen=True)
class Wording:
    """How people say things: patterns over folded text, by section and key."""

    phrases: Mapping[str, Mapping[str, Phrases]]

    def find(self, section: str, key: str, folded: str) -> Iterator[re.Match[str]]:
        """Every match of a group of phrases."""
        return (m for p in self.phrases[section][key] for m in p.finditer(folded))


def read_wording(folder: Path) -> Wording:
    """Read `folder`/wording.toml; ConfigError names a section or key that is missing or unknown."""
    path = folder / "wording.toml"
    tables = read_toml(path)
    return Wording({section: _section(path, tables, section) for section in _KEYS})


def _section(path: Path, tables: Mapping[str, object], section: str) -> Mapping[str, Phrases]:
    table = tables.get(section)
    if not isinstance(table, dict) or set(table) != set(_KEYS[section]):
        keys = ", ".join(_KEYS[section])
        raise ConfigError(f"{path}: [{section}] debe existir y tener exactamente {keys}.")
    return {key: patterns(f"{path}: [{section}] {key}", table[key]) for key in table}


# ------------------------------------------------------------------ alta or baja


def action(
    wording: Wording, passages: Iterable[Passage], near: int | None = None
) -> Reading | None:
    """The action the first passage that names one asks for.

    `near` is the person's place in the first passage: where a text asks for both, the phrase
    nearest before the person counts.
    """
    for number, passage in enumerate(passages):
        folded = _accounts(passage)
        found = _requests(wording, folded)
        place = near if number == 0 else None
        chosen = _choose(found, None if place is None else place - passage.start)
        if chosen and _denied(wording, passage, folded[slice(*chosen[0])], chosen[1]):
            return None
        if chosen:
            return passage.reading(chosen[1].value, chosen[0])
        if found:
            return None
    return None


def _requests(wording: Wording, folded: str) -> list[tuple[tuple[int, int], Action]]:
    """Every phrase that asks for something, in order, those to be ignored left out."""
    ignored = Reach(m.span() for m in wording.find("ignore", "phrases", folded))
    found = [
        (match.span(), act)
        for act in Action
        for match in wording.find(act.value, "strong", folded)
        if not ignored.covers(match.span())
    ]
    return sorted(_leading(found))


def _leading(
    found: list[tuple[tuple[int, int], Action]],
) -> Iterator[tuple[tuple[int, int], Action]]:
    """Those that begin in no other: the first verb governs.

    «Retirar los accesos al SIAGIE» holds «accesos al SIAGIE», which by itself would be an alta.
    """
    reach = longest = begun = -1
    for (start, end), act in sorted(found, key=lambda one: (one[0][0], -one[0][1])):
        if start > begun:
            reach, begun, longest = max(reach, longest), start, end
        if start >= reach and end == longest:
            yield (start, end), act


def _choose(
    found: list[tuple[tuple[int, int], Action]], near: int | None
) -> tuple[tuple[int, int], Action] | None:
    if len({act for _, act in found}) == 1:
        return found[0]
    if not found or near is None:
        return None
    earlier = [f for f in found if f[0][0] <= near]
    return earlier[-1] if earlier else found[0]


_SUBJECT_LINE = re.compile(r"^[^\w\n]*asunto\b.*(?:\n[^:\n]*$)?", re.MULTILINE)


def _denied(wording: Wording, passage: Passage, phrase: str, chosen: Action) -> bool:
    """Whether the subject of a scanned letter asks for the other thing only.

    A verb recognition spoils leaves «accesos al SIAGIE», which by itself would be an alta: it is
    one where the subject asks for that, and for nothing else.
    """
    if passage.text.method is not Method.OCR:
        return False
    line = _SUBJECT_LINE.search(passage.text.folded)
    told = {act for _, act in _requests(wording, line[0])} if line else set()
    if chosen is Action.ALTA and _VERBLESS.match(phrase):
        return told != {chosen}
    return bool(told) and chosen not in told


_VERBLESS = re.compile("acceso|usuario|credencial|permiso")
"""How a phrase begins that names an account, and says not what shall become of it."""


def both(passage: Passage) -> tuple[Reading, ...]:
    """An alta and a baja, where the subject of a letter asks for both at once; else nothing."""
    folded = passage.folded
    line = _SUBJECT_LINE.search(folded)
    found = _BOTH.search(folded, *line.span()) if line else None
    return tuple(passage.reading(act.value, found.span()) for act in Action) if found else ()


_BOTH = re.compile(r"(?<!guia de )\baltas?\b.{1,25}\bbajas?\b")


_TITLE = re.compile(r"\b(?:don|dona|sra?|srta|senora?|prof|lic)\W*$")
"""What leads to a name; a speck behind it is no colon."""
_LABELLED = re.compile(r"[\W\d]{0,8}(?:apellidos?|(?:pre\s?)?nombres?)\b")


def is_previous(wording: Wording, folded: str, start: int, reach: int = 40) -> bool:
    """Whether the person named at `start` is the one who leaves the post; «a.» is an a.

    The phrase that says so stands at most `reach` letters before. Whom a labelled line names, a
    phrase in the lines above does not mean.
    """
    if _LABELLED.match(folded, start):
        return False
    window = _TITLE.sub("", folded[max(0, start - 90) : start])
    return any(
        not re.search(r"[.;:]", window[m.end() :].lstrip(".")) and len(window) - m.end() < reach
        for m in wording.find("previous", "before", window)
    )


def other_request(wording: Wording, folded: str) -> bool:
    """Whether a text asks for something this mailbox does not do."""
    return any(True for _ in wording.find("other", "phrases", folded))


def inquiry(wording: Wording, folded: str) -> bool:
    """Whether a text asks how a request stands."""
    return any(True for _ in wording.find("inquiry", "phrases", folded))


def without_other(wording: Wording, folded: str) -> str:
    """A text without the phrases that ask for something else."""
    for match in list(wording.find("other", "phrases", folded)):
        folded = folded[: match.start()] + " " * len(match.group()) + folded[match.end() :]
    return folded


_ACCOUNT = re.compile(r"siagie|usuari[oa]|cuenta|acceso|credencial|clave|contrasena")


def asks_for_account(wording: Wording, folded: str) -> bool:
    """Whether a text asks for an alta or a baja of an account at all."""
    return bool(_ACCOUNT.search(folded)) and bool(_requests(wording, folded))


_ASKS = re.compile(
    r"\b(?:solicit|(?:se|su) sirva|pido|pedimos|pedirle|ruego|requer|requier|dispon[eg]"
    r"|me dirijo|comunicarle|es grato|tengo el agrado)"
)


def asks(folded: str) -> bool:
    """Whether a text asks for something, whatever it is, or begins to."""
    return bool(_ASKS.search(folded))


# ------------------------------------------------------------------ role


def role(
    guide: Guide,
    passages: Iterable[Passage],
    types: frozenset[OfficeType],
    near: int | None = None,
) -> Reading | None:
    """The role the first passage that names one means; `types` are the offices that may ask.

    `near` is the person's place in the first passage: the first role told soon after counts, not
    that of whom the letter is addressed to. Where that is at an office of another type, no other
    one is looked for: a letterhead may be half read.
    """
    for number, passage in enumerate(passages):
        found, elsewhere = _named_roles(guide, posts(passage), types)
        if number == 0 and near is not None:
            soon = _soon_after(found, near - passage.start)
            if _comes_before(_soon_after(elsewhere, near - passage.start), soon):
                return None
            found = soon or found
        if found:
            best = max(end - start for (start, end), _ in found)
            chosen = {r.id: span for span, r in found if span[1] - span[0] == best}
            if len(chosen) == 1:
                ((id_, span),) = chosen.items()
                return passage.reading(id_, span)
            return None
    return None


def _as_long_as(known: Collection[str]) -> re.Pattern[str]:
    """Words that may be one of some, by their length."""
    sizes = {*map(len, known)}
    return re.compile(rf"\b[a-z]{{{min(sizes)},{max(sizes)}}}\b")


def _as_one_of(known: Collection[str], word: str, spoilt: int) -> str:
    alike = (k for k in known if len(k) == len(word) and Hamming.distance(k, word) <= spoilt)
    return word if word in known else next(alike, word)


_POSTS = (
    "especialista",
    "estadistico",
    "estadistica",
    "responsable",
    "coordinador",
    "coordinadora",
    "director",
    "directora",
    "gerente",
    "encargado",
    "encargada",
    "operador",
    "operadora",
    "regional",
    "tecnico",
    "tecnica",
    "siagie",
)
_LIKE_POST = _as_long_as(_POSTS)


def posts(passage: Passage) -> str:
    """The words of a passage, in a picture those but a letter or two off a post's as it."""
    if passage.text.method is not Method.OCR:
        return passage.folded
    whole = _AGP.sub("agp", _DEI.sub("del", _LE.sub("i", passage.folded)))
    plain = _LIKE_POST.sub(lambda m: _as_one_of(_POSTS, m[0], _spoilt(m[0])), whole)
    return _TWICE.sub(_blanked, _SPECK.sub(" ", plain))


def _accounts(passage: Passage) -> str:
    """The words of a passage, in a picture those a letter off what an account is called as that."""
    if passage.text.method is not Method.OCR:
        return passage.folded
    return _LIKE_ACCOUNT.sub(lambda m: _as_one_of(_ACCOUNTS, m[0], 1), passage.folded)


_ACCOUNTS = ("usuario", "usuarios", "acceso", "accesos", "siagie", "contrasena")
_LIKE_ACCOUNT = _as_long_as(_ACCOUNTS)


_LE = re.compile(r"\bl(?=\.\s?e\b)")
"""I.E. as a scan shows it."""
_DEI = re.compile(r"\bde[i1!|](?=\s)")
"""«del» by its strokes alone."""
_AGP = re.compile(r"(?<=\bespecialista\s)ag[rfbd]\b")
"""AGP, the leg of its R or the bow of its B a speck."""


_SPECK = re.compile("|".join(rf"(?<=\b{post})[.:;,](?= [a-z])" for post in _POSTS))
"""A sign right behind a post's first word."""
_TWICE = re.compile(r"\b(en|de|del|la)\s+(?=\1\s)")
"""A small word that recognition read twice."""


def _blanked(match: re.Match[str]) -> str:
    return " " * len(match[0])


_LONG = 7
"""Letters of a word of which two may be another's: no other word is as near."""


def _spoilt(word: str) -> int:
    """How many letters of a post's name recognition may have spoilt."""
    return 1 if len(word) < _LONG else 2


_Named = tuple[tuple[int, int], Role]
"""Where a role is named, and which."""


def _comes_before(one: list[_Named], other: list[_Named]) -> bool:
    """Whether the first of some mentions begins before the first of others."""
    return bool(one) and (not other or one[0][0][0] < other[0][0][0])


def _soon_after(found: list[_Named], place: int) -> list[_Named]:
    """The mentions that begin where the first one after a place does, if that is near."""
    starts = [span[0] for span, _ in found if place <= span[0] < place + 250]
    return [(span, r) for span, r in found if starts and span[0] == min(starts)]


def _named_roles(
    guide: Guide, folded: str, types: frozenset[OfficeType]
) -> tuple[list[_Named], list[_Named]]:
    """Every mention of a role; and those that go on with an office of another type."""
    here: list[_Named] = []
    elsewhere: list[_Named] = []
    for r in guide.roles.values():
        variants = r.variants if not types or r.office in types else ()
        for match in chain.from_iterable(variant.finditer(folded) for variant in variants):
            other = type_behind(folded, match.end()) not in (None, r.office)
            (elsewhere if other else here).append((match.span(), r))
    return _outermost(here), _outermost(elsewhere)


def _outermost(found: list[_Named]) -> list[_Named]:
    """The mentions but for those inside a longer mention of another role."""
    spans: dict[str, list[tuple[int, int]]] = {}
    for span, r in found:
        spans.setdefault(r.id, []).append(span)
    reaches = {id_: Reach(listed) for id_, listed in spans.items()}
    return [
        (span, r)
        for span, r in found
        if not any(reach.exceeds(span) for id_, reach in reaches.items() if id_ != r.id)
    ]


# ------------------------------------------------------------------ nivel

_LEVELS = ("inicial", "primaria", "secundaria")


def nivel(wording: Wording, passages: Iterable[Passage]) -> Reading | None:
    """The one nivel the first passage that names any names (guide, VII)."""
    for passage in passages:
        folded = passage.folded
        named = (
            (level, [m.span() for m in wording.find("niveles", level, folded)]) for level in _LEVELS
        )
        found = {level: spans for level, spans in named if spans}
        if found:
            special = any(True for _ in wording.find("niveles", "ebe", folded))
            return _one_nivel(passage, found, special=special)
    return None


def _one_nivel(
    passage: Passage, found: Mapping[str, list[tuple[int, int]]], *, special: bool
) -> Reading | None:
    if len(found) > 1:
        return None
    ((level, spans),) = found.items()
    value = f"{'EBE' if special else 'EBR'} {level.capitalize()}"
    served = not (special and level == "secundaria")
    doubt = None if served else "el SIAGIE no atiende ese nivel"
    if not special and any(_may_be_special(passage, span) for span in spans):
        doubt = "se lee con dificultad si es EBR o EBE"
    return passage.reading(value, spans[-1], doubt)


_ORDINARY = re.compile(r"ebr|regular|basica|educacion|nivel")


def _may_be_special(passage: Passage, span: tuple[int, int]) -> bool:
    """Whether an unsure word beside a nivel in a picture may be what makes it special."""
    start, end = passage.start + span[0], passage.start + span[1]
    around = passage.text.words(max(start - _NEAR, passage.start), min(end + _NEAR, passage.end))
    words = [p.word for p in around if passage.text.method is Method.OCR]
    unsure = [fold(w.text) for w in words if w.confidence < _SURE or w.second]
    return any(_like_special(w) for w in unsure) or any(
        Levenshtein.distance(fold(w.text), "especial") <= 2 for w in words
    )


_NEAR = 25
_SURE = 0.75


def _like_special(word: str) -> bool:
    """Whether a poorly read word may have been «especial» or EBE."""
    if _ORDINARY.search(word):
        return word.startswith("eb")
    return 2 <= len(word) <= 4 or Levenshtein.distance(word, "especial") <= 4


# ------------------------------------------------------------------ office

_MODULAR = re.compile(
    r"(?:cod(?:igo|\.)?\W{0,4}[a-z]{0,2}od[a-z]{2,6}\D{0,25}?|\bc\.?\s?m\.?\s*:?\s*)"
    r"([0-9](?:[^\S\n]?[0-9]){6})(?![0-9])"
)
"""A label and a código modular; a scan spoils the label's first letter, and sets figures apart."""
_IE = re.compile(
    r"institucion educativa|\bl\.\s?e\."
    r"|(?<![a-z])(?<![a-z]\.)(?!(?<!\()ie\))i\.?\s?e\.?(?:\s?[ipse]\.?)?(?![a-z]|-mail)"
    r"|cebe\b|prite\b|pronoei\b"
)
"""A school; the «ie)» of «DIRECTOR ie) DE LA UGEL» is an (e)."""


def school_code(passages: Iterable[Passage]) -> Reading | None:
    """The código modular the first passage that states one states.

    One that a picture leaves in doubt counts when another passage states the same.
    """
    first: Reading | None = None
    for passage in passages:
        codes = {re.sub(r"\s", "", m[1]): m for m in _MODULAR.finditer(passage.folded)}
        if len(codes) > 1:
            return first
        for code, match in codes.items():
            stated = passage.reading(code, match.span(), _code_doubt(passage, match.span(1)))
            if stated.doubt is None and (first is None or first.value == code):
                return stated
            first = first or stated
    return first


def _code_doubt(passage: Passage, span: tuple[int, int]) -> str | None:
    """The doubt where another reading of a picture, or the same, is not sure of a code."""
    start, end = passage.start + span[0], passage.start + span[1]
    sure = passage.text.evidence(start, end).confidence >= _SURE
    if passage.text.method is not Method.OCR or (sure and not passage.text.doubted(start, end)):
        return None
    return "se lee con dificultad"


def names_school(folded: str) -> bool:
    """Whether a text speaks of a school at all."""
    return bool(_IE.search(folded))


def office(
    offices: Offices, passages: Iterable[Passage], type_: OfficeType, around: str
) -> Reading | None:
    """The DRE or UGEL most passages name; twins are told apart by `around`.

    A name that stays ambiguous is a reading with a doubt, its value the possible codes; so are two
    names as often said: boxed letterheads, read across their columns, name a neighbour. Where all
    others name one of the two, it is that.
    """
    named = [
        _told(offices, passage, found, around)
        for passage in passages
        if (found := [m for m in offices.mentions(passage.string) if m.type is type_])
    ]
    sure = [r for r in named if r.doubt is None]
    votes = Counter(r.value for r in sure)
    if len(votes) < 2:
        told = sure and all(sure[0].value in r.value.split("|") for r in named)
        return sure[0] if told else next(iter(named), None)
    (first, most), (_, less) = votes.most_common(2)
    best = next(r for r in sure if r.value == first)
    if most > less:
        return best
    value, doubt = _one_of(offices, votes)
    return replace(best, value=value, doubt=doubt)


def agreed(offices: Offices, one: Reading | None, other: Reading | None) -> Reading | None:
    """What two readings of an office say; a doubt between the two where they differ."""
    if one is None or other is None or one.doubt or other.doubt or one.value == other.value:
        return one
    value, doubt = _one_of(offices, (one.value, other.value))
    return replace(one, value=value, doubt=doubt)


def _told(offices: Offices, passage: Passage, named: list[Mention], around: str) -> Reading:
    common = frozenset.intersection(*(m.codes for m in named))
    codes = common or named[0].codes
    left = codes if len(codes) == 1 else offices.tell_apart(codes, around)
    others = {c for m in named for c in m.codes if not m.codes & left}
    span = (named[0].start, named[0].end)
    if len(left) == 1 and not others:
        return passage.reading(next(iter(left)), span)
    value, doubt = _one_of(offices, left | others)
    return passage.reading(value, span, doubt)


def _one_of(offices: Offices, codes: Iterable[str]) -> tuple[str, str]:
    """The value and the doubt of a reading that may mean any of several offices."""
    possible = sorted(codes)
    words = " o ".join(_with_region(offices, code) for code in possible)
    return "|".join(possible), f"puede ser {words}"


def _with_region(offices: Offices, code: str) -> str:
    found = offices.get(code)
    region = offices.name(found.parent) if found and found.parent else ""
    return f"{offices.name(code)} ({region})" if region else offices.name(code)


def office_types(offices: Offices, text: str) -> frozenset[OfficeType]:
    """The types of office a letterhead or signature names, the lowest only.

    A UGEL's paper names its DRE above it, and a school's paper names its UGEL.
    """
    named = {m.type for m in offices.mentions(text)}
    for lowest in (OfficeType.UGEL, OfficeType.DRE):
        if lowest in named:
            return frozenset({lowest})
    return frozenset()


def is_ugels(head: str) -> bool:
    """Whether a folded letterhead is a UGEL's, though recognition lost its name.

    No DRE's says «Gestión Educativa Local» above whom it writes to, or the grounds of an act. A
    word of it may have lost its row.
    """
    return bool(_LOCAL.search(_BELOW_LETTERHEAD.split(head)[0]))


_LOCAL = re.compile(
    rf"\b{parted('educativa', 'local')}\b"
    rf"|\b{parted('unidad', 'de', 'gestion')}\W{{1,3}}(?:educ|local\b)"
)
_BELOW_LETTERHEAD = re.compile(r"\b(?:vistos?|considerando|que|senor|senora|asunto)\b")
