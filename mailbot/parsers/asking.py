"""Which office asks, and of what type: by its papers, by its address, by its words. Pure."""

from mailbot.model import Method, PageKind, Reading
from mailbot.offices import lowest_type
from mailbot.parsers import intent
from mailbot.parsers.material import Material, Source
from mailbot.parsers.text import Passage, Text, whole
from mailbot.procedures import SPECIAL_ASKERS, OfficeType
from mailbot.rules import Rules


def types(material: Material, rules: Rules) -> frozenset[OfficeType]:
    """The types of office that may be asking: by register, then by letterhead, then by wording."""
    if _is_special(material.sender.address, rules):
        return frozenset({OfficeType.MINEDU})
    registered = frozenset(o.type for o in rules.offices.of_address(material.sender.address))
    for source in material.askers:
        if source.kind and (found := _by_paper(source, rules)):
            return found | _by_act(source, found, material)
    if registered:
        return registered
    text = "\n".join(s.text.string for s in (material.body, *material.pieces[:1]))
    if intent.names_school(material.body.text.folded):
        return frozenset({OfficeType.IE})
    return intent.office_types(rules.offices, text)


def _by_paper(source: Source, rules: Rules) -> frozenset[OfficeType]:
    """By letterhead and signature; people who ask for themselves write on plain paper.

    Of a fax, the post of who signs may be all that is left.
    """
    head, tail = source.zones.head, source.zones.tail
    own = source.text.folded if source.kind is PageKind.SOLICITUD else ""
    if any(map(intent.names_school, (own, head.folded, tail.folded))):
        return frozenset({OfficeType.IE})
    named = intent.office_types(rules.offices, f"{head.string}\n{tail.string}")
    if named:
        return frozenset({OfficeType.UGEL}) if intent.is_ugels(head.folded) else named
    signed = lowest_type(tail.folded)
    return frozenset({signed} if signed else ())


def _by_act(asking: Source, types: frozenset[OfficeType], material: Material) -> set[OfficeType]:
    """A UGEL whose act comes with what a scan shows to be its DRE's: a name may be lost there."""
    if types != {OfficeType.DRE} or asking.text.method is not Method.OCR:
        return set()
    acts = material.of(PageKind.RD)
    return {OfficeType.UGEL for act in acts if intent.is_ugels(act.zones.head.folded)}


def _is_special(address: str, rules: Rules) -> bool:
    return any(address in rules.settings.askers.get(name, ()) for name in SPECIAL_ASKERS)


def office(
    material: Material, rules: Rules, type_: OfficeType, own: Source | None = None
) -> Reading | None:
    """The office of a type an account is asked for, as told or by the sender's address.

    `own` is the text that asks for the person: a mail may bring papers of several offices.
    """
    if type_ is OfficeType.MINEDU:
        return whole(material.body.text).reading(type_.value, (0, 0))
    if type_ is OfficeType.IE:
        return _school(material, rules, own) or _registered(material, rules, type_)
    around = "\n".join(s.text.string for s in material.ordered)
    named = intent.office(rules.offices, _places(material), type_, around)
    registered = _registered(material, rules, type_)
    if named is None or (named.doubt and registered and registered.value in named.value.split("|")):
        named = registered
    mine = intent.office(rules.offices, _parts(own), type_, around) if own else None
    return intent.agreed(rules.offices, named, mine)


def _school(material: Material, rules: Rules, own: Source | None) -> Reading | None:
    """The school whose code a person's own paper states, unless the mail itself says another."""
    sources = [s for s in (own, *material.ordered) if s is not None]
    stated = intent.school_code(whole(s.text, s.kind) for s in sources)
    return intent.agreed(rules.offices, stated, intent.school_code([whole(material.body.text)]))


def _places(material: Material) -> list[Passage]:
    """Where an office may be named: the papers first, then the words of the mail."""
    papers = [p for s in material.ordered for p in _parts(s)]
    rest = (material.body.text, material.subject, material.forwarded.text)
    return [*papers, *map(whole, rest)]


def _parts(source: Source) -> tuple[Passage, ...]:
    """The parts of a paper, those first that say whose it is."""
    zones = source.zones
    return (zones.head, zones.tail, zones.main) if source.kind else ()


def _registered(material: Material, rules: Rules, type_: OfficeType) -> Reading | None:
    """The one office of a type the sender's address is registered for."""
    found = [o for o in rules.offices.of_address(material.sender.address) if o.type is type_]
    if len(found) != 1:
        return None
    sender = Text("remitente", Method.BODY, ())
    return whole(sender).reading(found[0].code, (0, 0))
