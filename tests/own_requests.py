"""Requests by mail alone (V.1, V.2) and those of schools and their people (V.8, V.9)."""

from dataclasses import dataclass, replace
from random import Random

import documents as d
from drafts import Asked, Draft, action, amiss, defect, sheet, without, write_body
from forms import BoxedS09
from house import COORDINATOR, USAU
from invention import (
    ORDERS,
    a_school,
    a_ugel,
    act_number,
    oficio_number,
    other_dni,
    person,
    written_dni,
)
from office_requests import an_act
from phrasing import ALTA, CARGOS, GREETINGS, LABELS, SUBJECTS, clause

OUTCOMES = {
    "dni-s09": ("dni", "conflict"),
    "s09-ajeno": ("s09", "conflict"),
    "dni-rd": ("dni", "conflict"),
    "rd-ajena": ("rd", "conflict"),
    "dni-copia": ("dni", "conflict"),
}

# ------------------------------------------------------------------ V.1 and V.2: by mail alone


def by_mail(rng: Random, section: str) -> Draft:
    """Return a mail that states everything itself, with the S09 where one is due."""
    alta, form = section.endswith("1"), section.startswith("2")
    who = person(rng, cargo=rng.choice(CARGOS[section[0]]))
    who = who if alta or rng.random() < 0.5 else replace(who, correo=None)
    lack = defect(rng, "nombres", "dni", *(("correo",) if alta else ()))
    lack = lack or (defect(rng, "s09", "dni-s09", "s09-ajeno", odds=0.4) if form else None)
    draft = Draft(USAU if form else COORDINATOR, rng.choice(SUBJECTS[action(section)]), [])
    write_body(rng, draft, section, who, [lack] if lack else [])
    if form and lack != "s09":
        draft.papers.append(("Formulario S09.pdf", _s09(rng, section, who, lack)))
    draft.asked = [Asked(section, without(who, lack), "MINEDU", amiss=amiss(lack, OUTCOMES))]
    return draft


def _s09(rng: Random, section: str, who: d.Person, lack: str | None) -> bytes:
    shown = person(rng) if lack == "s09-ajeno" else who
    shown = replace(who, dni=other_dni(rng, who.dni)) if lack == "dni-s09" else shown
    form = BoxedS09 if rng.random() < 0.3 else d.S09
    return form(
        person=shown,
        action=action(section),
        role=who.cargo or "",
        omit=[lack] if lack in {"nombres", "dni", "correo"} else [],
        boxes=rng.random() < 0.3,
    ).pdf()


# ------------------------------------------------------------------ V.8.1: a director


def by_director(rng: Random, section: str) -> Draft:
    """Return a director's oficio for the own account; an ex director asks to close it."""
    if section == "8.2":
        return by_holder(rng, section)
    place, above = a_school(rng), a_ugel(rng)
    cargo = f"{rng.choice(CARGOS['8'])} de la {place.name}"
    who = replace(person(rng, cargo=cargo), correo=None)
    lack = defect(rng, "oficio", "rd", "dni", "dni-rd", "rd-ajena", "oficina")
    number, act = oficio_number(rng, place), act_number(rng, above)
    draft = Draft(_own_address(rng), rng.choice(SUBJECTS["alta"]), [])
    code = "" if lack == "oficina" else f", con código modular {place.code}"
    omit = ["dni"] if lack == "dni" else []
    told = "a " + clause(rng, who, cargo + code, rng.choice(ORDERS), omit)
    draft.text = "Remito los documentos para la creación de mi usuario."
    if lack == "oficio":
        draft.text = f"Solicito la creación de usuario en el SIAGIE {told}."
    else:
        said = rng.choice(GREETINGS) + rng.choice(ALTA).format(a=told)
        draft.papers.append(("oficio director.pdf", _letter(rng, place, who, number, said)))
    if lack != "rd":
        named = _named(rng, who, lack)
        draft.papers.append(("RD DESIGNACION.pdf", an_act(rng, above, [named], act)))
    values = {"oficio": number} if lack != "oficio" else {}
    values |= {"rd": act} if lack not in {"rd", "rd-ajena"} else {}
    office = "" if lack == "oficina" else place.code
    found = amiss(lack, OUTCOMES)
    draft.asked = [Asked(section, without(who, lack), office, None, found, values)]
    draft.merged = rng.random() < 0.35
    return draft


def _letter(rng: Random, place: d.Office, who: d.Person, number: str, said: str) -> bytes:
    return d.Oficio(
        office=place,
        people=[who],
        paragraphs=[said],
        number=number,
        asunto=rng.choice(SUBJECTS["alta"]),
        signatory=d.Signatory(who.nombres_apellidos, place.head.post),
        **sheet(rng),
    ).pdf()


def _named(rng: Random, who: d.Person, lack: str | None) -> d.Person:
    """Whom the resolution names."""
    if lack == "rd-ajena":
        return replace(person(rng), cargo=who.cargo)
    return replace(who, dni=other_dni(rng, who.dni)) if lack == "dni-rd" else who


# ------------------------------------------------------------------ V.8.2 and V.9: for themselves


@dataclass(frozen=True)
class Own:
    """Somebody who asks for themselves."""

    section: str
    place: d.Office
    who: d.Person
    lack: str | None

    @property
    def place_said(self) -> str:
        """The school as they name it."""
        code = "" if self.lack == "oficina" else f" con código modular {self.place.code}"
        return f"{self.who.cargo} de la {self.place.name}{code}"


def by_holder(rng: Random, section: str) -> Draft:
    """Return a request of the person themselves: by mail or with a solicitud."""
    copy = section == "8.2"
    cargo = "ex Director" if copy else rng.choice(CARGOS["9"])
    lack = defect(rng, "dni", "oficina", *(("copia-dni", "dni-copia") if copy else ()))
    own = Own(section, a_school(rng), replace(person(rng, cargo=cargo), correo=None), lack)
    draft = Draft(_own_address(rng), rng.choice(SUBJECTS[action(section)]), [])
    if rng.random() < 0.5:
        draft.papers.append(("solicitud.pdf", _solicitud(rng, own)))
        draft.text = "Adjunto mi solicitud."
    else:
        draft.text = _said(rng, own)
    if copy and lack != "copia-dni":
        shown = own.who
        shown = replace(shown, dni=other_dni(rng, shown.dni)) if lack == "dni-copia" else shown
        card = d.DniCopy(person=shown, digit=rng.random() < 0.7)
        draft.papers.append(("DNI.pdf", card.pdf()))
    office = "" if lack == "oficina" else own.place.code
    draft.asked = [Asked(section, without(own.who, lack), office, amiss=amiss(lack, OUTCOMES))]
    return draft


def _said(rng: Random, own: Own) -> str:
    asks = "la creación de mi usuario" if own.section.endswith("1") else "la baja de mi usuario"
    who = own.who
    number = f", {rng.choice(LABELS)} {written_dni(rng, who.dni)}" if own.lack != "dni" else ""
    me = f"{who.name(rng.choice(ORDERS))}{number}, {own.place_said}"
    return f"Buenas tardes, yo, {me}, solicito {asks} del SIAGIE."


def _solicitud(rng: Random, own: Own) -> bytes:
    return d.Solicitud(
        office=own.place,
        person=replace(own.who, dni=written_dni(rng, own.who.dni)),
        role=own.place_said,
        action=action(own.section),
        order=rng.choice(ORDERS),
        dni_label=rng.choice(LABELS),
        omit=["oficina", *(["dni"] if own.lack == "dni" else [])],
        **sheet(rng),
    ).pdf()


def _own_address(rng: Random) -> str:
    return person(rng).correo or ""
