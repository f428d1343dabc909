"""Documents and words → claims: who is asked for what, every reading joined by person.

Pure. People come from what asks (oficio, solicitud, the mail's own words); what proves (the
resolution, the S09, the copy of the DNI) only adds readings to them, and a paper that names
somebody else adds readings that disagree.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from rapidfuzz.distance import Hamming, Levenshtein

from mailbot.model import Claim, Method, PageKind, Reading
from mailbot.parsers import asking, intent, names, prose
from mailbot.parsers.mail import Malformed
from mailbot.parsers.material import ASKING, Material, Source
from mailbot.parsers.mention import Seen
from mailbot.parsers.text import Passage, whole
from mailbot.rules import Rules

MAX_CLAIMS = 60
"""People one mail may ask for: each is a question to who decides, with all its papers."""
_MAX_SEEN = 2_000
"""Mentions of people in one text that asks."""


@dataclass
class _Person:
    """A person being gathered: the first mention leads, others join it."""

    lead: Seen
    source: Source
    seen: list[Seen] = field(default_factory=list)
    previous: list[Reading] = field(default_factory=list)


def claims(material: Material, rules: Rules) -> tuple[Claim, ...]:
    """Every claim of a request: one at least, empty where nobody could be made out.

    Malformed for more people than a person would ask for: each is looked for in all the others.
    """
    gathered = _gather(material, rules)
    if len(gathered) > MAX_CLAIMS:
        raise Malformed(f"pide {len(gathered)} cuentas en un solo correo")
    if not gathered:
        empty = Seen((), (), (), material.body.zones.main)
        gathered = [_Person(empty, material.askers[0])]
    made = tuple(_claim(person, material, rules, alone=len(gathered) == 1) for person in gathered)
    return (*made, *_unseen(made, material, rules))


def _unseen(made: Sequence[Claim], material: Material, rules: Rules) -> Iterator[Claim]:
    """What a scanned letter asks for by its subject, but for nobody who was made out in it.

    Where somebody's previous holder was read, the baja is theirs.
    """
    asked = {claim.action.value for claim in made if claim.action}
    if len(asked) != 1 or any(claim.previous for claim in made):
        return
    for source in material.of(*ASKING):
        told = intent.both(source.zones.main) if source.text.method is Method.OCR else ()
        for act in (act for act in told if act.value not in asked):
            nobody = _Person(Seen((), (), (), source.zones.main), source)
            yield replace(_claim(nobody, material, rules, alone=False), action=act)


# ------------------------------------------------------------------ people


def _gather(material: Material, rules: Rules) -> list[_Person]:
    gathered: list[_Person] = []
    for sources in (material.askers, (material.forwarded,), material.of(PageKind.OTHER)):
        for source in sources:
            _join_asked(gathered, source, _unsigned(source, material), rules)
        if gathered:
            break
    if not gathered:
        _join_self(gathered, material, rules)
    for source in material.of(PageKind.RD, PageKind.S09, PageKind.DNI):
        _join_proof(gathered, source, rules)
    return gathered


def _unsigned(source: Source, material: Material) -> tuple[Seen, ...]:
    """The people a source names, without those in a mail who only sign its oficio."""
    if source.piece:
        return source.seen
    signing = [one for paper in material.of(*ASKING) for one in paper.signed]
    return tuple(s for s in source.seen if not any(_one_person(s, other) for other in signing))


def _one_person(one: Seen, other: Seen) -> bool:
    numbers = {r.value for r in one.dnis} & {r.value for r in other.dnis}
    return bool(numbers) or any(agree(a, b) for a in one.names for b in other.names)


def _join_self(gathered: list[_Person], material: Material, rules: Rules) -> None:
    """Nobody in the text: then the one who signs, or whom the papers name, asks for themselves."""
    for source in material.askers:
        if not gathered and _may_be_own(source, material):
            _join_asked(gathered, source, source.signed, rules)
    for source in material.of(PageKind.S09, PageKind.RD, PageKind.DNI):
        if not gathered:
            _join_asked(gathered, source, source.seen, rules)


def _may_be_own(source: Source, material: Material) -> bool:
    """Whether who signs may be who is asked for: a DRE or a UGEL asks for others."""
    if source.piece is None:
        return not material.of(*ASKING)
    return source.kind is PageKind.SOLICITUD or intent.names_school(source.zones.head.folded)


def _join_asked(
    gathered: list[_Person], source: Source, seen: Sequence[Seen], rules: Rules
) -> None:
    if len(seen) > _MAX_SEEN:
        raise Malformed("nombra a demasiadas personas")
    known = len(gathered)
    for one in (*_numberless(source, seen, rules), *seen):
        person = _same(gathered, one) or _alike(gathered[:known], one, source)
        if _is_previous(one, rules):
            _note_previous(gathered, one)
        elif person:
            person.seen.append(one)
        elif not (known and one.weak):
            gathered.append(_Person(one, source, [one]))


def _numberless(source: Source, seen: Sequence[Seen], rules: Rules) -> tuple[Seen, ...]:
    """The person named before one who leaves, where that one alone is given with a number."""
    main = source.zones.main
    leaving = [s.at for s in seen if s.context.text is main.text and _is_previous(s, rules)]
    if not leaving or len(leaving) < len(seen):
        return ()
    return prose.titled(replace(main, end=min(at or main.start for at in leaving)))


def _is_previous(one: Seen, rules: Rules) -> bool:
    """Whether a mention is of who leaves; where no name was made out, it may stand between."""
    reach = 40 if one.names else 90
    return bool(one.at) and intent.is_previous(
        rules.wording, one.context.text.folded, one.at, reach
    )


def _note_previous(gathered: list[_Person], seen: Seen) -> None:
    """The holder who leaves goes with the person named before."""
    if gathered:
        gathered[-1].previous += [*seen.names[:1], *seen.dnis[:1]]


def _join_proof(gathered: list[_Person], source: Source, rules: Rules) -> None:
    """Add a paper's readings to whom it names; a lone stranger disagrees with a lone person."""
    strangers = []
    for seen in source.seen:
        person = _same(gathered, seen) or _nearly(gathered, seen)
        if person:
            person.seen.append(seen)
        elif not _is_previous(seen, rules):
            strangers.append(seen)
    joined = any(s in p.seen for p in gathered for s in source.seen)
    if len(gathered) == 1 and len(strangers) == 1 and not joined:
        gathered[0].seen.append(strangers[0])


def _same(gathered: Sequence[_Person], seen: Seen) -> _Person | None:
    """The person a mention means: by DNI first, else by name."""
    numbers = {r.value for r in seen.dnis if r.doubt is None}
    for person in gathered:
        if numbers and any(
            r.value in numbers and r.doubt is None for s in person.seen for r in s.dnis
        ):
            return person
    return next((p for p in gathered if _named_alike(p, seen)), None)


def _named_alike(person: _Person, seen: Seen) -> bool:
    alike = (s for s in person.seen if any(agree(a, b) for a in s.names for b in seen.names))
    return any(not _are_two(s, seen) for s in alike)


def _are_two(one: Seen, other: Seen) -> bool:
    """Whether one paper gives a name and a longer one, each with a number of its own: two people.

    Of the same name it is one person, whose numbers contradict each other.
    """
    numbers = [(a, b) for a in one.dnis for b in other.dnis if a.doubt is None and b.doubt is None]
    longer = all(
        names.tokens(a.value) != names.tokens(b.value) for a in one.names for b in other.names
    )
    return longer and bool(numbers) and all(a.paper == b.paper and _far(a, b) for a, b in numbers)


def _far(one: Reading, other: Reading) -> bool:
    return Levenshtein.distance(one.value, other.value) > _SLIP


_SLIP = 2
"""Figures in which a number may differ from itself, as people write it and scans show it."""


def _nearly(gathered: Sequence[_Person], seen: Seen) -> _Person | None:
    """Whom a scan spoilt twice: all but one word of the name, and the number but for one figure.

    Their readings then disagree, and are asked about.
    """
    return next((p for p in gathered if any(_spoilt_alike(s, seen) for s in p.seen)), None)


def _spoilt_alike(one: Seen, other: Seen) -> bool:
    numbers = [(a, b) for a in one.dnis for b in other.dnis if _recognised(a, b)]
    near = any(Hamming.distance(a.value, b.value) <= 1 for a, b in numbers)
    return near and any(
        names.alike_but_one(a.value, b.value) for a in one.names for b in other.names
    )


def agree(one: Reading, other: Reading) -> bool:
    """Whether two readings of a name are, to all appearances, one person's."""
    return names.agree(one.value, other.value, recognised=_recognised(one, other))


def compatible(one: Reading, other: Reading) -> bool:
    """Whether two readings of a name do not contradict each other."""
    return names.compatible(one.value, other.value, recognised=_recognised(one, other))


def _recognised(*readings: Reading) -> bool:
    return not all(r.typed for r in readings)


def _alike(gathered: Sequence[_Person], seen: Seen, source: Source) -> _Person | None:
    """One person in a paper, one in the mail, something in common: one person, badly written."""
    if len(gathered) != 1 or len(source.seen) > 1:
        return None
    person = gathered[0]
    near = any(not _far(a, b) for a in person.lead.dnis for b in seen.dnis)
    words = (
        names.in_common(a.value, b.value, recognised=_recognised(a, b))
        for a in person.lead.names
        for b in seen.names
    )
    return person if near or any(count >= names.SHARED for count in words) else None


# ------------------------------------------------------------------ a person's claim


def _claim(person: _Person, material: Material, rules: Rules, *, alone: bool) -> Claim:
    passages = _passages(person, material)
    near = person.lead.at if person.lead.context.text is person.source.text else None
    role = intent.role(rules.guide, passages, asking.types(material, rules), near) or intent.role(
        rules.guide, passages, frozenset(), near
    )
    type_ = rules.guide.roles[role.value].office if role else None
    return Claim(
        action=_action(person, passages, rules, near),
        role=role,
        office=asking.office(material, rules, type_, person.source) if type_ else None,
        nivel=_nivel(person, passages[:3] if alone else passages[:1], rules),
        names=_distinct(r for s in person.seen for r in s.names),
        dnis=_distinct(r for s in person.seen for r in s.dnis[:1]),
        correos=_correos(person, material, rules, alone=alone),
        previous=tuple(person.previous),
    )


def _nivel(person: _Person, passages: tuple[Passage, ...], rules: Rules) -> Reading | None:
    """The nivel a person's own words name.

    In doubt where they may be the next one's, or another paper names another.
    """
    read = intent.nivel(rules.wording, passages)
    if read is None:
        return None
    mixed = "las filas de la tabla no se distinguen bien" if person.lead.mixed else None
    return read.doubted(mixed).doubted(_other_nivel(person, read.value, rules))


def _other_nivel(person: _Person, value: str, rules: Rules) -> str | None:
    """Which other nivel another mention of a person is surely of."""
    told = (intent.nivel(rules.wording, (s.context,)) for s in person.seen if s is not person.lead)
    other = (r.value for r in told if r and r.doubt is None and r.value != value)
    return next((f"en otro lugar figura {nivel}" for nivel in other), None)


def _action(
    person: _Person, passages: tuple[Passage, ...], rules: Rules, near: int | None
) -> Reading | None:
    """What is asked for a person: in their own sentence, else by the last words above that ask.

    For one in a list only these count: what stands below may ask the contrary for the next.
    """
    place, main = person.source.place(person.lead), person.source.zones.main
    if place is None or not main.start <= place <= main.end:
        return intent.action(rules.wording, passages, near)
    own = None if person.lead.listed else intent.action(rules.wording, passages[:1], near)
    if own:
        return own
    if anew := _asked_anew(person.source, place):
        return intent.action(rules.wording, (anew,), place)
    if above := intent.action(rules.wording, (replace(main, end=place),), place):
        return above
    below = replace(main, end=_asked_with(person.source, place))
    rest = (below if passage == main else passage for passage in passages[1:])
    return intent.action(rules.wording, rest)


def _asked_anew(source: Source, place: int) -> Passage | None:
    """What a paper says between a person and the one before, if it asks for something.

    What is asked above another person is then not for this one, though nobody knows the words.
    """
    earlier = source.places[: bisect_left(source.places, place)]
    between = replace(source.zones.main, start=earlier[-1] if earlier else place, end=place)
    return between if intent.asks(between.folded) else None


def _asked_with(source: Source, place: int) -> int:
    """Where the last of those stands of whom the same is asked as of the one at a place.

    If nothing else is asked below, the end of the text.
    """
    later = (place, *source.places[bisect_right(source.places, place) :])
    anew = (before for before, p in pairwise(later) if _asked_anew(source, p))
    return next(anew, source.zones.main.end)


def _passages(person: _Person, material: Material) -> tuple[Passage, ...]:
    """The texts to look for an intent in, nearest to the person first."""
    others = [s.context for s in person.seen if s is not person.lead]
    asked = [s.zones.main for s in material.askers]
    return (
        person.lead.context,
        person.source.zones.main,
        whole(material.subject),
        *asked,
        material.forwarded.zones.main,
        *others,
    )


def _distinct(readings: Iterable[Reading]) -> tuple[Reading, ...]:
    """Readings in order, each value once for each source."""
    kept = {(r.value, r.evidence.source, r.evidence.page): r for r in reversed(list(readings))}
    return tuple(reversed(kept.values()))


def _correos(
    person: _Person, material: Material, rules: Rules, *, alone: bool
) -> tuple[Reading, ...]:
    """The addresses stated for a person; an office's own and the sender's, unlabelled, are not."""
    own = {material.sender.address, rules.settings.bot.address}
    found = [r for s in person.seen for r in s.correos]
    others = (r for r in found if not rules.offices.of_address(r.value) and r.value not in own)
    stated = [r for r in others if not _is_desk(r.value)]
    return _distinct(stated or (found if alone else ()))


_DESKS = ("mesadepartes", "tramitedocumentario", "tramite")
_SPOILT = 1


def _is_desk(address: str) -> bool:
    """Whether an address is where an office takes in its mail; a scan may spoil a letter of it."""
    local = re.sub(r"[._-]", "", address.partition("@")[0])
    return any(Levenshtein.distance(local, desk) <= _SPOILT for desk in _DESKS)
