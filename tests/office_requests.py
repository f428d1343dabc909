"""Requests of DRE and UGEL (V.3 to V.7): an oficio and a resolution, for one person or several."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

import documents as d
from drafts import (
    Asked,
    Draft,
    action,
    amiss,
    cargo,
    defect,
    rows,
    sender,
    sheet,
    without,
    write_body,
)
from forms import stamped
from invention import (
    ORDERS,
    a_dre,
    a_ugel,
    act_number,
    oficio_number,
    other_dni,
    person,
    written_dni,
)
from phrasing import (
    ACTS,
    ALL_OF_THEM,
    ALTA,
    BAJA,
    BOTH,
    CARGOS,
    GREETINGS,
    KINDS,
    LABELS,
    NIVELES,
    REPLACING,
    SUBJECTS,
    clause,
    expediente,
    labelled,
)

CLERKS = ("ESPECIALISTA EN EDUCACIÓN II", "SECRETARIA", "TÉCNICO ADMINISTRATIVO")
OUTCOMES: Mapping[str, tuple[str, str]] = {
    "dni-rd": ("dni", "conflict"),
    "dni-cuerpo": ("dni", "conflict"),
    "rd-ajena": ("rd", "conflict"),
    "rd-cerrada": ("rd", "unreadable"),
    "puesto": ("firmante", "conflict"),
    "siete": ("dni", "unreadable|missing"),
}


@dataclass(frozen=True)
class Plan:
    """What a request of an office will be: for whom, what it lacks, how its papers are numbered."""

    section: str
    office: d.Office
    people: Sequence[d.Person]
    lack: str | None
    oficio: str
    rd: str
    leaving: Sequence[d.Person] = ()

    @property
    def alta(self) -> bool:
        """Whether accounts are to be opened."""
        return self.section.endswith("1")

    @property
    def omit(self) -> list[str]:
        """What the oficio leaves out."""
        left = [self.lack] if self.lack in {"nombres", "dni", "correo", "nivel"} else []
        return left + (["puesto"] if self.lack == "firmante" else [])


def by_office(rng: Random, section: str) -> Draft:
    """Return an oficio, with its resolution where one is due."""
    office = a_dre(rng) if section[0] in "34" else a_ugel(rng)
    people = [_official(rng, section) for _ in range(rng.choice((1, 1, 1, 1, 2, 3)))]
    lack = _lack(rng, section) if len(people) == 1 else None
    if lack == "siete":
        people = [replace(people[0], dni=people[0].dni[1:])]
    numbers = oficio_number(rng, office), act_number(rng, office)
    leaves = section.endswith("1") and lack is None and rng.random() < 0.15
    leaving = [replace(_official(rng, section), correo=None)] if leaves else []
    plan = Plan(section, office, people, lack, *numbers, leaving)
    draft = Draft(sender(rng, office), _subject(rng, plan), [], office)
    _write(rng, draft, plan)
    draft.merged = rng.random() < 0.35 and lack != "rd-cerrada"
    return draft


def _subject(rng: Random, plan: Plan) -> str:
    """What the mail and its oficio say they are about."""
    return rng.choice(BOTH if plan.leaving else SUBJECTS[action(plan.section)])


def _lack(rng: Random, section: str) -> str | None:
    kinds = ["nombres", "dni", "oficio", "firmante", "puesto", "dni-cuerpo", "siete"]
    if section.endswith("1"):
        kinds += ["correo", "rd", "dni-rd", "rd-ajena", "rd-cerrada"]
    return defect(rng, *kinds, *(["nivel"] if section == "6.1" else []))


def _official(rng: Random, section: str) -> d.Person:
    nivel = rng.choice(tuple(NIVELES)) if section[0] == "6" else None
    said = rng.choice(NIVELES[nivel]) if nivel else None
    who = person(rng, cargo=rng.choice(CARGOS[section[0]]), nivel=said)
    return who if section.endswith("1") or rng.random() < 0.5 else replace(who, correo=None)


def _write(rng: Random, draft: Draft, plan: Plan) -> None:
    if plan.lack == "oficio":
        write_body(rng, draft, plan.section, plan.people[0], [])
    else:
        name = rng.choice(("OFICIO 123[R].pdf", "oficio.pdf", "doc.pdf"))
        draft.papers.append((name, _oficio(rng, plan)))
        _say_little(rng, draft, plan)
    if plan.alta and plan.lack != "rd":
        draft.papers += _acts(rng, plan)
    draft.asked = [_asked(plan, who) for who in plan.people]
    gone = replace(plan, section=f"{plan.section[0]}.2", people=plan.leaving, leaving=())
    draft.asked += [_asked(gone, who) for who in plan.leaving]


def _asked(plan: Plan, who: d.Person) -> Asked:
    lack = plan.lack
    values = {"oficio": plan.oficio} if lack != "oficio" else {}
    if plan.alta and lack not in {"rd", "rd-cerrada", "rd-ajena"} and len(plan.people) == 1:
        values["rd"] = plan.rd
    nivel = next((n for n, said in NIVELES.items() if who.nivel in said), None)
    nivel = None if lack == "nivel" else nivel
    found = amiss(lack, OUTCOMES)
    return Asked(plan.section, without(who, lack), plan.office.code, nivel, found, values)


# ------------------------------------------------------------------ the mail and its oficio


def _say_little(rng: Random, draft: Draft, plan: Plan) -> None:
    """The mail around an oficio: a line, or the data once more."""
    asked = rng.choice(SUBJECTS[action(plan.section)]).lower()
    short = (
        "Se remite el documento adjunto para su atención.",
        f"Buenos días, remito el oficio sobre {asked}. {expediente(rng)}.",
        f"Por encargo de la Dirección remito lo indicado en el asunto.\n{expediente(rng)}",
        "",
    )
    draft.text = rng.choice(short)
    alone = len(plan.people) == 1 and plan.lack is None and not plan.leaving
    if plan.lack == "dni-cuerpo" or (alone and rng.random() < 0.4):
        who = plan.people[0]
        who = replace(who, dni=other_dni(rng, who.dni)) if plan.lack else who
        draft.text += "\n\n" + labelled(rng, rows(rng, who, ["rol"]))


def _oficio(rng: Random, plan: Plan) -> bytes:
    layout: d.Layout = rng.choice(("prose", "prose", "labels", "table", "separate-columns"))
    layout = "table" if "nombres" in plan.omit and layout == "separate-columns" else layout
    order = rng.choice(ORDERS)
    clerk = replace(plan.office.head, post=rng.choice(CLERKS))
    paper = d.Oficio(
        office=plan.office,
        people=[replace(p, dni=written_dni(rng, p.dni)) for p in plan.people],
        layout=layout,
        order=order,
        role=plan.people[0].cargo or "",
        dni_label=rng.choice(LABELS),
        correo_label=rng.choice(("correo electrónico", "e-mail", "correo institucional")),
        paragraphs=[_paragraph(rng, plan, order, layout)],
        wording=rng.randrange(4),
        number=plan.oficio,
        asunto=_subject(rng, plan),
        leaving=[replace(p, dni=written_dni(rng, p.dni)) for p in plan.leaving],
        referencia=[expediente(rng)] if rng.random() < 0.5 else (),
        signatory=clerk if plan.lack == "puesto" else None,
        ink=rng.choice(("ink", "pen", "digital")),
        omit=plan.omit,
        **sheet(rng),
    )
    return stamped(rng, paper.pdf()) if rng.random() < 0.25 else paper.pdf()


def _paragraph(rng: Random, plan: Plan, order: d.NameOrder, layout: str) -> str:
    whom = rng.choice(ALL_OF_THEM)
    if layout == "prose":
        place = f" de {plan.office.article} {plan.office.name}"
        posts = (p.cargo or "" if "nivel" in plan.omit else cargo(p) for p in plan.people)
        told = (
            clause(rng, p, f"{post}{place}", order, plan.omit)
            for p, post in zip(plan.people, posts, strict=True)
        )
        whom = "a " + "; y a ".join(told)
    said = rng.choice(GREETINGS) + rng.choice(ALTA if plan.alta else BAJA).format(a=whom)
    if plan.alta and len(plan.people) == 1 and not plan.leaving and rng.random() < 0.2:
        gone = clause(rng, person(rng), None, order, ["correo"])
        said = f"{said[:-1]}, {rng.choice(REPLACING)} {gone}."
    return said


# ------------------------------------------------------------------ its resolutions


def _acts(rng: Random, plan: Plan) -> list[tuple[str, bytes]]:
    """The resolution for all, or one for each."""
    first = plan.people[0]
    people = plan.people
    if plan.lack == "rd-ajena":
        people = [replace(person(rng), cargo=first.cargo, nivel=first.nivel)]
    if plan.lack == "dni-rd":
        people = [replace(first, dni=other_dni(rng, first.dni))]
    if len(people) == 1 or rng.random() < 0.6:
        act = an_act(rng, plan.office, people, plan.rd, [o for o in plan.omit if o == "nivel"])
        act = d.encrypt(act, "secreto") if plan.lack == "rd-cerrada" else act
        return [(rng.choice(("RD 456-2026.pdf", "RESOLUCION.pdf")), act)]
    each = [(who, act_number(rng, plan.office)) for who in people]
    return [(f"RD {n}.pdf", an_act(rng, plan.office, [w], no)) for n, (w, no) in enumerate(each)]


def an_act(
    rng: Random,
    office: d.Office,
    people: Sequence[d.Person],
    number: str,
    omit: Sequence[str] = (),
) -> bytes:
    """Return a resolution that names some people to their posts, strangers in its reasons."""
    return d.Rd(
        office=office,
        people=people,
        role=people[0].cargo or "",
        kind=rng.choice(KINDS),
        number=number,
        act=rng.choice(ACTS),
        layout=rng.choice(("prose", "prose", "labels", "table")),
        order=rng.choice(ORDERS),
        dni_label=rng.choice(LABELS),
        others=[person(rng) for _ in range(rng.choice((0, 1, 2)))],
        outgoing=person(rng) if rng.random() < 0.3 else None,
        wording=rng.randrange(3),
        since=rng.choice(("a partir de la fecha", "con eficacia anticipada al 02/01/2026")),
        until=rng.choice((None, None, "31 de diciembre de 2026", "31/12/2026")),
        padding=rng.randint(0, 5),
        ordinals=rng.random() < 0.5,
        script=rng.random() < 0.2,
        ink=rng.choice(("ink", "pen", "digital")),
        fedatario=person(rng) if rng.random() < 0.2 else None,
        omit=omit,
        **sheet(rng),
    ).pdf()
