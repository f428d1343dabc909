"""Data that must be stated: names, DNI, address, nivel — where the guide wants them, undisputed.

Pure.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

from rapidfuzz.distance import Hamming, Levenshtein

from mailbot.check import broken
from mailbot.check.papers import SURE, Paper
from mailbot.check.requirements import REQUIREMENTS, found, missing
from mailbot.check.subject import ASKING, Subject
from mailbot.model import Finding, Method, Outcome, PageKind, Reading
from mailbot.parsers.addresses import looks_alike, near_name, settled
from mailbot.parsers.claims import agree, compatible
from mailbot.parsers.documents import Piece
from mailbot.parsers.names import PARTICLES, SHARED, alike_but_one, particles, tokens
from mailbot.parsers.parse import Request
from mailbot.parsers.text import fold
from mailbot.parsers.zones import zones

_IN = {"correo": "el correo", "oficio": "el oficio", "solicitud": "la solicitud"}


def names(subject: Subject) -> Finding:
    """The names: a shorter form contradicts nothing."""
    told = tuple(_mended(r, subject.claim.names) for r in subject.claim.names)
    asked = [r for r in told if r.kind in ASKING] or list(told)
    acts = (r for r in told if r not in asked and r.doubt is None)
    backing = [r for r in acts if any(agree(r, one) for one in asked)]
    finding = _stated(subject, "nombres", [*asked, *backing], compatible)
    finding = _spelled(subject, finding) if finding.outcome is Outcome.MET else finding
    if finding.value and _of_another_alphabet(finding.value):
        note = "tiene letras de otro alfabeto, que se ven como las nuestras y no lo son"
        return replace(finding, outcome=Outcome.CONFLICT, note=note)
    return finding


def _mended(name: Reading, told: Iterable[Reading]) -> Reading:
    """A name a narrow cell broke, as another source writes it: the same letters, one by one."""
    if "partido" not in (name.doubt or ""):
        return name
    surnames, given = ("".join(_letters(part)) for part in name.value.partition(",")[::2])
    orders = (surnames + given, given + surnames)
    whole = [r for r in told if not r.doubt and "".join(_letters(r.value)) in orders]
    return replace(whole[0], kind=name.kind) if whole else name


def _of_another_alphabet(name: str) -> bool:
    """Whether a letter is not Latin: a name that no register holds, however it looks."""
    return any(c.isalpha() and not unicodedata.name(c, "").startswith("LATIN") for c in name)


_WHOLE_NAME = 3
"""Two surnames, perhaps alike, and a given name: of a shorter one a word may be lost."""
_FIRM = 0.8
"""What every word of a short name that stands in one picture alone is surer than.

It is what two models make a word, and the most a word is beside ink that nobody can read.
"""
_FOREIGN = re.compile(r"[^A-Za-zÁÉÍÓÚÜÑáéíóúüñÄÖäö\s,.'’´`-]")


def _spelled(subject: Subject, finding: Finding) -> Finding:
    """The names as typed somewhere; read only in pictures, they must be spelled alike in all."""
    lead = finding.readings[0]
    alike = [r for r in subject.claim.names if agree(lead, r)]
    typed = [r for r in subject.claim.names if _is_typed(r) and _holds(r, lead)]
    if _is_typed(lead):
        return finding
    told = subject.claim.names
    apart = [r for r in told if _otherwise_spelled(lead, r)]
    if not (apart or typed):
        apart = [r for r in told if _has_a_word_more(r, lead)]
    if apart:
        return replace(finding, outcome=Outcome.UNREADABLE, note=_compared(lead, *apart))
    if typed:
        best = next((r for r in typed if r.kind in ASKING), typed[0])
        longer = len(tokens(best.value)) >= len(tokens(lead.value)) or lead.doubt
        other = sorted(_letters(best.value)) != sorted(_letters(lead.value))
        return replace(finding, value=best.value) if longer and other else finding
    alike = [r for r in alike if r.doubt is None] or alike  # a row of several people names none
    alike = [r for r in alike if r.evidence.confidence >= SURE] or alike or [lead]
    alike = _not_outvoted(lead, alike)
    longest = max(alike, key=lambda r: len(_letters(r.value)))
    held = Counter(_letters(longest.value)) <= Counter(_letters(lead.value))
    shown = lead if held else longest
    if not _surely_spelled(longest, alike) or _has_scrawl(shown, alike):
        note = f"se lee con dificultad; {_compared(*alike)}"
        return replace(finding, outcome=Outcome.UNREADABLE, note=note)
    if meant := _likelier(subject, shown, alike):
        note = f"¿será «{meant.upper()}»? Se aparta en una letra"
        return replace(finding, outcome=Outcome.UNREADABLE, note=note)
    return finding if held else replace(finding, value=longest.value)


def _holds(whole: Reading, part: Reading) -> bool:
    """Whether a name is another as well, or all of it and more."""
    more = len(tokens(whole.value)) >= len(tokens(part.value))
    return agree(part, whole) or (more and compatible(part, whole))


def _is_typed(reading: Reading) -> bool:
    return reading.evidence.method is not Method.OCR


def _otherwise_spelled(lead: Reading, other: Reading) -> bool:
    """Whether a paper about the same person surely spells the name so that a word differs.

    Another name altogether is another person's: that is told of the paper.
    """
    sure = other.doubt is None and other.evidence.confidence >= SURE
    return sure and alike_but_one(lead.value, other.value) and not compatible(lead, other)


def _has_a_word_more(one: Reading, other: Reading) -> bool:
    """Whether a reading nobody is sure of has a word more: a scan may have lost it in the other.

    Not in one of two surnames and a given name; a scrawl beside a name may be read with it.
    """
    if one.doubt or one.evidence.confidence >= SURE or _is_whole(other):
        return False
    longer, shorter = _long_words(one), _long_words(other)
    letters = len("".join(longer)) - len("".join(shorter))
    return len(longer) > len(shorter) and letters >= _LONG


def _long_words(name: Reading) -> list[str]:
    return [word for word in _letters(name.value) if len(word) >= _LONG]


_LONG = 4
"""Letters of a word that is no speck beside a name."""


def _not_outvoted(lead: Reading, alike: list[Reading]) -> list[Reading]:
    """The readings but for a lone one with a letter for another, where two pages spell as `lead`.

    If it is the leading one that stands alone, who is asked for is a question for a person.
    """
    pages = Counter(letters for letters, _ in {(_spelling(r), _where(r)) for r in alike})
    own = _spelling(lead)
    return [
        r
        for r in alike
        if pages[own] < 2 or pages[_spelling(r)] > 1 or not _one_for_another(own, _spelling(r))
    ]


def _spelling(name: Reading) -> tuple[str, ...]:
    return tuple(sorted(_letters(name.value)))


def _one_for_another(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether two spellings have the same letters, one at most for another."""
    mine, theirs = Counter("".join(one)), Counter("".join(other))
    return (mine - theirs).total() <= 1 and mine.total() == theirs.total()


def _surely_spelled(longest: Reading, alike: list[Reading]) -> bool:
    """Whether the longest form in pictures holds all others letter by letter, and is whole.

    A short one is whole when two places give it, or one in which no word of it can be lost.
    """
    spelled = Counter(_letters(longest.value))
    twice = sum(Counter(_letters(r.value)) == spelled for r in alike) > 1
    forms = [spelled, _untilded(spelled)] if twice else [spelled]
    held = all(any(Counter(_letters(r.value)) <= form for form in forms) for r in alike)
    sure = longest.evidence.confidence
    whole = _is_whole(longest) and sure >= SURE
    framed = longest.framed and sure > _FIRM
    return held and (twice or whole or framed) and not _FOREIGN.search(longest.value)


def _untilded(spelled: Counter[str]) -> Counter[str]:
    """A name's words without the tilde of an Ñ, which a scan may lose."""
    return Counter(word.replace("0", "n") for word in spelled.elements())


def _is_whole(name: Reading) -> bool:
    words = [w for w in _letters(name.value) if len(w) > 1 and w not in PARTICLES]
    return len(words) >= _WHOLE_NAME


def _has_scrawl(shown: Reading, alike: list[Reading]) -> bool:
    """Whether a form nobody is sure of has more words than a surer one, and stands alone with them.

    What stands above a name, a signature or a word that leads to it, may be read as a part of it.
    """
    sure, words = shown.evidence.confidence, len(_letters(shown.value))
    again = _stands_twice(shown, alike)
    surer = (r for r in alike if r.evidence.confidence > sure)
    return sure <= _FIRM and not again and any(len(_letters(r.value)) < words for r in surer)


def _stands_twice(shown: Reading, alike: list[Reading]) -> bool:
    return sum(_spelling(r) == _spelling(shown) for r in alike) > 1


def _likelier(subject: Subject, shown: Reading, alike: list[Reading]) -> str | None:
    """The frequent name a word that one place alone shows may be; its first, or none."""
    if _stands_twice(shown, alike):
        return None
    meant = map(subject.rules.lexicon.meant, sorted(re.findall(r"[^\W\d_]+", shown.value)))
    return next(filter(None, meant), None)


def _letters(name: str) -> list[str]:
    """The words of a name as compared, ñ kept apart from n; a scan loses the blank of «de los»."""
    parted = re.sub(r"\bde(l[ao]s?)\b", r"de \1", name.lower())
    return [fold(w.replace("ñ", "0")) for w in re.findall(r"[^\W\d_]+", parted)]


def dni(subject: Subject) -> Finding:
    """Numbers must be equal wherever the same person is named: the form has to be read, too."""
    told = list(_as_two_say(_of_the_person(subject, subject.claim.dnis)))
    finding = _stated(subject, "dni", told, _equal)
    unread = _form_without_number(subject)
    if finding.outcome is not Outcome.MET or unread is None:
        return finding
    if broken.found_in(unread, "dni", finding.value or ""):
        return finding
    note = f"no se pudo leer en {Paper(unread).place}"
    return replace(finding, outcome=Outcome.UNREADABLE, note=note)


def _as_two_say(numbers: list[Reading]) -> Iterable[Reading]:
    """The numbers; one that a picture shows badly as somebody typed it and another paper shows it.

    It must be but a figure off: then it is nobody else's.
    """
    sure = [r for r in numbers if r.doubt is None]
    alone = {r.value for r in sure} if any(map(_is_typed, sure)) else set()
    two = len(alone) == 1 and len({_where(r) for r in sure}) > 1
    for one in numbers:
        badly = two and one.doubt and not _is_typed(one)
        if badly and Levenshtein.distance(one.value, sure[0].value) <= 1:
            yield replace(one, value=sure[0].value, doubt=None)
        else:
            yield one


def _form_without_number(subject: Subject) -> Piece | None:
    """A pictured form S09 of which no number was made out, nor whom it names if not the person.

    Or an act that has one where it names them: it might be another.
    """
    named, numbered = (
        {_where(r) for r in readings} for readings in (subject.claim.names, subject.claim.dnis)
    )
    forms = (p for p in subject.request.pieces if _has_number(p) and not Paper(p).typed)
    places = ((form, {(form.source, page.number) for page in form.pages}) for form in forms)
    unread = ((form, here) for form, here in places if not here & numbered)
    return next((f for f, here in unread if here & named or f.kind is PageKind.S09), None)


def _has_number(piece: Piece) -> bool:
    """Whether a paper has to state a number, or surely does."""
    if piece.kind is not PageKind.RD:
        return piece.kind is PageKind.S09
    return bool(_NUMBER.search(zones(piece.text, piece.kind).main.folded))


_NUMBER = re.compile(r"\bd\.?\s?n\.?\s?[i1l]\b|identidad|(?<![0-9])[0-9]{8}(?![0-9])")


def _of_the_person(subject: Subject, readings: Iterable[Reading]) -> list[Reading]:
    """Readings but for those in a paper that names somebody else: it is reported as such.

    A part of the person's name is nobody else's, nor one that a doubted reading of it resembles.
    """
    own = subject.name
    strangers = {
        _where(r)
        for r in subject.claim.names
        if own and not (agree(r, own) or compatible(r, own) or _resembles(own, r))
    } - set(_nearly(subject))
    return [r for r in readings if r.kind in ASKING or _where(r) not in strangers]


def _nearly(subject: Subject) -> Iterable[tuple[str, int | None]]:
    """Where a number in a picture is one figure off that of what asks, and the name one word."""
    own, numbers = subject.name, subject.claim.dnis
    asked = [r.value for r in numbers if r.kind in ASKING]
    near = [_where(r) for r in numbers if any(Hamming.distance(r.value, a) == 1 for a in asked)]
    for r in subject.claim.names:
        pictured = not _is_typed(r) and _where(r) in near
        if own and pictured and alike_but_one(own.value, r.value):
            yield _where(r)


def _resembles(own: Reading, other: Reading) -> bool:
    """Whether a name in doubt has words enough in common with another to be the same."""
    return own.doubt is not None and len(tokens(own.value) & tokens(other.value)) >= SHARED


def _where(reading: Reading) -> tuple[str, int | None]:
    return reading.evidence.source, reading.evidence.page


def correo(subject: Subject) -> Finding:
    """The address the credentials will go to."""
    told = [tokens(r.value) | particles(r.value) for r in subject.claim.names]
    known = frozenset.intersection(*told) if told else frozenset()
    read = _of_the_person(subject, subject.claim.correos)
    stated = [near_name(settled(r, known), known) for r in read]
    return _stated(subject, "correo", list(_typed_alike(stated)), _same_address)


def _typed_alike(readings: list[Reading]) -> Iterable[Reading]:
    """The addresses, a doubted one of a picture as somebody typed it, if it only looks unlike.

    Or if another reading of the picture is what was typed.
    """
    typed = [r for r in readings if _is_typed(r) and r.doubt is None]
    for one in readings:
        alike = (t for t in typed if one.doubt)
        looks = [t for t in alike if t.value == one.rival or looks_alike(one.value, t.value)]
        yield replace(one, value=looks[0].value, doubt=None) if looks else one


def _same_address(one: Reading, other: Reading) -> bool:
    """Addresses agree letter by letter; a picture's may be a letter off what somebody typed.

    Not where it is read for sure and looks otherwise: then two papers name two mailboxes.
    """
    if one.value == other.value:
        return True
    pictured = _is_typed(one) and not _is_typed(other)
    unsure = other.evidence.confidence < SURE or looks_alike(one.value, other.value)
    return pictured and unsure and Levenshtein.distance(one.value, other.value) <= 1


def _equal(one: Reading, other: Reading) -> bool:
    return one.value == other.value


def _stated(
    subject: Subject,
    name: str,
    readings: list[Reading],
    same: Callable[[Reading, Reading], bool],
) -> Finding:
    """A datum the prescribed document has to state, and no other source may contradict."""
    lead = subject.lead(readings)
    if lead is None:
        return absent(subject, name)
    if lead.kind not in subject.primary and _has_primary(subject):
        return _elsewhere(subject, name, lead)
    others = [r for r in readings if r is not lead and r.doubt is None]
    if lead.doubt:
        return _doubtful(name, lead, others, same)
    if apart := [r for r in others if not same(lead, r)]:
        return found(name, Outcome.CONFLICT, lead, *apart, note=_compared(lead, *apart))
    if not _reliable(lead, others):
        return found(name, Outcome.UNREADABLE, lead, note="se lee con dificultad")
    return found(name, Outcome.MET, lead, *others)


def _has_primary(subject: Subject) -> bool:
    return None in subject.primary or any(p.kind in subject.primary for p in subject.request.pieces)


def absent(subject: Subject, name: str) -> Finding:
    """Nowhere to be found: missing for certain only if what could hold it was read well."""
    pages = [p for p in subject.request.pieces if p.kind in (*subject.primary, PageKind.OTHER)]
    return missing(name) if subject.primary == {None} else _unseen(pages, name)


def unseen(request: Request, name: str) -> Finding:
    """The same of what tells the procedure: it may be stated in any paper that asks."""
    pages = [p for p in request.pieces if p.kind in (*ASKING, PageKind.OTHER)]
    return replace(_unseen(pages, name), mend=REQUIREMENTS[name].mend)


def _unseen(pages: Iterable[Piece], name: str) -> Finding:
    dim = [Paper(p).sight for p in pages if not _surely_without(p, name)]
    if not dim:
        return missing(name)
    note = "no se pudo leer en lo escaneado"
    return Finding(name, Outcome.UNREADABLE, note=note, readings=tuple(dim[:2]))


_ANNOUNCED = {
    "accion": re.compile(r"\baltas?\b|\bbajas?\b|usuari|\bcre[ae]|desactiv"),
    "rol": re.compile(r"\bcargo|especialist|estadistic|coordinad|responsable|encargad|director"),
    "nombres": re.compile(r"\b(?:a?don|a?dona|sra?|srta|apellidos?|nombres?|yo)\b"),
    "dni": re.compile(r"\bd\.?\s?n\.?\s?[i1l]?\b|identidad|[0-9]{7}"),
    "correo": re.compile(r"@|correo|e-?mail"),
    "oficina": re.compile(r"\bcod|modular|\bugel\b|\bdre\b|(?<![0-9])[0-9]{6,7}(?![0-9])"),
}


def _surely_without(piece: Piece, name: str) -> bool:
    """Whether a datum is absent from a paper: in a picture, not even announced.

    A table in a picture may have lost the heading that announces it.
    """
    if all(page.method is Method.TEXT for page in piece.pages):
        return True
    if any(page.tables for page in piece.pages):
        return False
    main = zones(piece.text, piece.kind).main
    return piece.legible and not _ANNOUNCED[name].search(main.folded)


def _elsewhere(subject: Subject, name: str, lead: Reading) -> Finding:
    """Stated, but not where the guide wants it: for certain only if that was read well."""
    where, place = _IN[subject.procedure.where], lead.evidence.place
    pages = [p for p in subject.request.pieces if p.kind in subject.primary]
    again = (broken.found_in(p, name, lead.value) for p in pages if lead.doubt is None)
    if seen := next(filter(None, again), None):
        return found(name, Outcome.MET, lead, seen)
    if all(_surely_without(p, name) for p in pages):
        note = f"figura en {place}, pero la guía pide que conste en {where}"
        mend = REQUIREMENTS[name].mend
        return found(name, Outcome.MISSING, lead, note=note, mend=mend)
    note = f"no se pudo leer en {where}; figura en {place}"
    return found(name, Outcome.UNREADABLE, lead, note=note)


def _doubtful(
    name: str,
    lead: Reading,
    others: list[Reading],
    same: Callable[[Reading, Reading], bool],
) -> Finding:
    """A reading with a doubt holds only when another source says the same."""
    of_form = not _is_typed(lead) or "partido" in (lead.doubt or "")
    confirmed = of_form and any(same(lead, r) for r in others)
    if confirmed and all(same(lead, r) for r in others):
        return found(name, Outcome.MET, lead, *others)
    theirs = _is_typed(lead) and "cifras" in (lead.doubt or "")
    mend = REQUIREMENTS[name].mend if theirs else None
    note = f"{lead.doubt}" + (f"; {_compared(lead, *others)}" if others else "")
    return found(name, Outcome.UNREADABLE, lead, *others, note=note, mend=mend)


def _reliable(lead: Reading, others: list[Reading]) -> bool:
    return _is_typed(lead) or lead.evidence.confidence >= SURE or bool(others)


def certain(name: str, reading: Reading, readings: Iterable[Reading]) -> bool:
    """Whether a name or number can be relied on where no procedure says what has to hold it."""
    others = [r for r in readings if r is not reading]
    same = compatible if name == "nombres" else _equal
    agreed = all(same(reading, r) for r in others if r.doubt is None)
    return reading.doubt is None and agreed and _reliable(reading, others)


def _compared(*readings: Reading) -> str:
    return "; ".join(dict.fromkeys(f"{r.evidence.place}: {r.value}" for r in readings))


def nivel(subject: Subject) -> Finding:
    """The one nivel the seat is for."""
    reading = subject.claim.nivel
    if reading is None:
        return _no_nivel(subject)
    if reading.doubt:
        return found("nivel", Outcome.CONFLICT, reading, note=reading.doubt)
    return found("nivel", Outcome.MET, reading)


def _no_nivel(subject: Subject) -> Finding:
    """No nivel was read: a table in a picture may hold it, broken over the lines of a cell."""
    pages = [p for p in subject.request.pieces if p.kind in subject.primary]
    dim = [Paper(p).sight for p in pages if not Paper(p).typed and any(q.tables for q in p.pages)]
    if not dim:
        return missing("nivel")
    note = "no se pudo leer en lo escaneado"
    return Finding("nivel", Outcome.UNREADABLE, note=note, readings=tuple(dim[:2]))
