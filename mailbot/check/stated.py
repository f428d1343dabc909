"""Data that must be stated where the guide wants them, undisputed: the DNI, the address, the nivel.

Pure.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import combinations

from rapidfuzz.distance import Hamming, Levenshtein

from mailbot.check import broken
from mailbot.check.papers import SURE, Paper
from mailbot.check.requirements import REQUIREMENTS, found, missing
from mailbot.check.subject import ASKING, Subject
from mailbot.model import Finding, Method, Outcome, PageKind, Reading
from mailbot.parsers.addresses import looks_alike, near_name, settled
from mailbot.parsers.claims import agree, compatible
from mailbot.parsers.identity import PROVIDER
from mailbot.parsers.names import SHARED, alike_but_one, particles, tokens
from mailbot.parsers.parse import Request
from mailbot.parsers.pieces import Piece
from mailbot.parsers.zones import zones

_IN = {"correo": "el correo", "oficio": "el oficio", "solicitud": "la solicitud"}


def dni(subject: Subject) -> Finding:
    """Numbers must be equal wherever the same person is named: the form has to be read, too."""
    read = _as_two_say(subject, _of_the_person(subject, subject.claim.dnis))
    finding = undisputed(subject, "dni", read, _equal)
    unsure = [r for r in read if r.doubt is not None and r.value != finding.value]
    unread = _form_without_number(subject, [r for r in subject.claim.dnis if r not in unsure])
    if finding.outcome is not Outcome.MET or unread is None:
        return finding
    if broken.found_in(unread, "dni", finding.value or ""):
        return finding
    note = f"no se pudo leer en {Paper(unread).place}"
    return replace(finding, outcome=Outcome.UNREADABLE, note=note)


def _as_two_say(subject: Subject, numbers: list[Reading]) -> list[Reading]:
    """The numbers; one that a picture shows badly as two others state it, where they agree.

    As somebody typed it and another paper shows it, but a figure off: then it is nobody else's. Or
    as another paper has it, if a second reading of the picture does, or both but for a figure; or
    if its last figures stand right below the first, where a column broke it.
    """
    sure = [r for r in numbers if r.doubt is None]
    if len({r.value for r in sure}) != 1:
        return numbers
    told, number = _told_twice(sure), sure[0].value
    doubted = [r for r in numbers if r.doubt is not None and not r.typed]
    meant = [r for r in doubted if _means(subject, r, number, told=told)]
    return [replace(r, value=number, doubt=None) if r in meant else r for r in numbers]


def _told_twice(sure: list[Reading]) -> bool:
    """Whether somebody typed it, and another paper has it as well."""
    return any(r.typed for r in sure) and len({page_of(r) for r in sure}) > 1


def _means(subject: Subject, one: Reading, number: str, *, told: bool) -> bool:
    """Whether a doubted number of a picture is another's that is sure."""
    near = told and Levenshtein.distance(one.value, number) <= 1
    return near or _is_among(one, number) or _is_broken(subject, one, number)


def _is_broken(subject: Subject, one: Reading, number: str) -> bool:
    """Whether a paper shows the begin of a number where this one was read, and the rest below."""
    papers = (p for p in subject.request.pieces if page_of(one) in p.leaves)
    return number.startswith(one.value) and any(broken.goes_on_below(p, number) for p in papers)


def _is_among(one: Reading, number: str) -> bool:
    """Whether two readings of one place leave a number possible, and hardly another.

    One of them is it, or each of the three is the others but for one figure.
    """
    if one.rival == number:
        return Levenshtein.distance(one.value, number) <= _APART
    three = (one.value, one.rival or "", number)
    near = all(Hamming.distance(a, b) <= 1 for a, b in combinations(three, 2))
    return near and len({*map(len, three)}) == 1


_APART = 2
"""Figures a number may differ in from another reading of its place."""


def _form_without_number(subject: Subject, told: Iterable[Reading]) -> Piece | None:
    """A pictured form S09 of which no number was made out, nor whom it names if not the person.

    Or an act that has one where it names them, or a copy of a DNI that is nobody's of the mail: it
    might be another. `told` are the numbers made out, be they another person's; another number that
    is in doubt is none of them.
    """
    named, numbered = ({page_of(r) for r in readings} for readings in (subject.claim.names, told))
    forms = (p for p in subject.request.pieces if _has_number(p) and not Paper(p).typed)
    unread = (form for form in forms if not numbered & {*form.leaves})
    alone = {PageKind.S09} if len(subject.request.claims) > 1 else {PageKind.S09, PageKind.DNI}
    return next((f for f in unread if named & {*f.leaves} or f.kind in alone), None)


def _has_number(piece: Piece) -> bool:
    """Whether a paper has to state a number, or surely does."""
    if piece.kind is not PageKind.RD:
        return piece.kind in (PageKind.S09, PageKind.DNI)
    return bool(_NUMBER.search(zones(piece.text, piece.kind).main.folded))


_NUMBER = re.compile(r"\bd\.?\s?n\.?\s?[i1l]\b|identidad|(?<![0-9])[0-9]{8}(?![0-9])")


def _of_the_person(subject: Subject, readings: Iterable[Reading]) -> list[Reading]:
    """Readings but for those in a paper that names somebody else: it is reported as such.

    A part of the person's name is nobody else's, nor one that a doubted reading of it resembles.
    """
    own = subject.name
    strangers = {
        page_of(r)
        for r in subject.claim.names
        if own and not (agree(r, own) or compatible(r, own) or _resembles(own, r))
    } - set(_nearly(subject))
    return [r for r in readings if r.kind in ASKING or page_of(r) not in strangers]


def _nearly(subject: Subject) -> Iterable[tuple[str, int | None]]:
    """Where a number in a picture is what asks has but for a figure, and the name for a word."""
    own, numbers = subject.name, subject.claim.dnis
    asked = [r.value for r in numbers if r.kind in ASKING]
    near = [page_of(r) for r in numbers if any(Hamming.distance(r.value, a) <= 1 for a in asked)]
    for r in subject.claim.names:
        pictured = not r.typed and page_of(r) in near
        if own and pictured and alike_but_one(own.value, r.value):
            yield page_of(r)


def _resembles(own: Reading, other: Reading) -> bool:
    """Whether a name in doubt has words enough in common with another to be the same.

    Of what is left of a name in a picture a word is enough: its number is held against theirs.
    """
    common = len(tokens(own.value) & tokens(other.value))
    left = other.doubt is not None and not other.typed
    return (own.doubt is not None and common >= SHARED) or (left and common > 0)


def page_of(reading: Reading) -> tuple[str, int | None]:
    """The source a reading stands in, and its page there."""
    return reading.evidence.source, reading.evidence.page


def correo(subject: Subject) -> Finding:
    """The address the credentials will go to, held against what is sure of the person's name."""
    named = subject.claim.names
    sure = [r for r in named if r.doubt is None and r.evidence.confidence >= SURE] or named
    told = [tokens(r.value) | particles(r.value) for r in sure]
    known = frozenset.intersection(*told) if told else frozenset()
    read = _of_the_person(subject, subject.claim.correos)
    stated = [near_name(settled(r, known), known) for r in read]
    return undisputed(subject, "correo", list(_typed_alike(stated)), _same_address)


def _typed_alike(readings: list[Reading]) -> Iterable[Reading]:
    """The addresses, a doubted one of a picture as somebody typed it, if it only looks unlike.

    Or if another reading of the picture is what was typed.
    """
    typed = [r for r in readings if r.typed and r.doubt is None]
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
    pictured = one.typed and not other.typed
    unsure = other.evidence.confidence < SURE or looks_alike(one.value, other.value)
    return pictured and unsure and Levenshtein.distance(one.value, other.value) <= 1


def _equal(one: Reading, other: Reading) -> bool:
    return one.value == other.value


def undisputed(
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
        return found(name, Outcome.CONFLICT, lead, *apart, note=compared(lead, *apart))
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
    "rol": re.compile(r"\bcargo|specialis|stadisti|oordina|sponsab|ncarga|irector"),
    "nombres": re.compile(r"\b(?:a?don|a?dona|sra?|srta|apellidos?|nombres?|yo)\b"),
    "dni": re.compile(r"\bd\.?\s?n\.?\s?[i1l]?\b|identidad|identific|[0-9]{7}"),
    "correo": re.compile(rf"@|\bcor+[aeo]{{1,2}}o\b|electron|e-?mail|{PROVIDER}"),
    "nivel": re.compile(r"\beb[er]\b|inicia[l.1i|!]|primari|secundari"),
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
    of_form = not lead.typed or "partido" in (lead.doubt or "")
    confirmed = of_form and any(same(lead, r) for r in others)
    if confirmed and all(same(lead, r) for r in others):
        return found(name, Outcome.MET, lead, *others)
    theirs = lead.typed and "cifras" in (lead.doubt or "")
    mend = REQUIREMENTS[name].mend if theirs else None
    note = f"{lead.doubt}" + (f"; {compared(lead, *others)}" if others else "")
    return found(name, Outcome.UNREADABLE, lead, *others, note=note, mend=mend)


def _reliable(lead: Reading, others: list[Reading]) -> bool:
    return lead.typed or lead.evidence.confidence >= SURE or bool(others)


def certain(name: str, reading: Reading, readings: Iterable[Reading]) -> bool:
    """Whether a name or number can be relied on where no procedure says what has to hold it."""
    others = [r for r in readings if r is not reading]
    same = compatible if name == "nombres" else _equal
    agreed = all(same(reading, r) for r in others if r.doubt is None)
    return reading.doubt is None and agreed and _reliable(reading, others)


def compared(*readings: Reading) -> str:
    """Readings beside each other, each with its place."""
    return "; ".join(dict.fromkeys(f"{r.evidence.place}: {r.value}" for r in readings))


def nivel(subject: Subject) -> Finding:
    """The one nivel the seat is for."""
    reading = subject.claim.nivel
    if reading is None:
        return absent(subject, "nivel")
    if reading.doubt:
        return found("nivel", Outcome.CONFLICT, reading, note=reading.doubt)
    return found("nivel", Outcome.MET, reading)
