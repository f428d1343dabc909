"""What to ask whom, and after a yes, what to do. Pure: no mail, no database, no clock.

A case becomes a *record*: everything a decider is shown, as plain values. Its digest is what the
decider's token stands for; a record that has changed since it was shown is asked anew.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from mailbot import pictures
from mailbot.addresses import mailbox
from mailbot.check import Case, signed
from mailbot.check.requirements import REQUIREMENTS
from mailbot.model import (
    Account,
    Action,
    Approver,
    Close,
    Document,
    Finding,
    Open,
    Outcome,
    Post,
    Step,
)
from mailbot.offices import Offices
from mailbot.parsers import names
from mailbot.parsers.parse import Request
from mailbot.procedures import ADMINISTRATORS, NIVELES, Procedure, Seat
from mailbot.rules import Rules

Record = dict[str, Any]


class Next(StrEnum):
    """What happens to a case that was just checked."""

    OBSERVE = "observe"  # the asker has something to mend
    REFUSE = "refuse"  # the guide, the register or this mailbox rules it out; `reason` says which
    ASK = "ask"  # it goes to whom decides
    VACANT = "vacant"  # nobody holds the post that decides


@dataclass(frozen=True)
class Facts:
    """What the directory and the register say about a case at this moment."""

    holder: Account | None = None
    own: tuple[Account, ...] = ()
    approvers: tuple[Approver, ...] = ()


@dataclass(frozen=True)
class Course:
    """What to do next, and in a word why: ``served``, ``already``, ``waiting``, …."""

    next: Next
    reason: str = ""


# ------------------------------------------------------------------ the post, the seat, who decides


def post(case: Case) -> Post | None:
    """The post a case is about; None while role or office is unknown."""
    claim = case.claim
    if case.procedure is None or claim.office is None or claim.office.doubt:
        return None
    by_nivel = case.procedure.role.seat is Seat.OFFICE_NIVEL
    return Post(case.procedure.role.id, claim.office.value, _nivel(case) if by_nivel else None)


def _nivel(case: Case) -> str | None:
    """The nivel as found (or corrected); for a baja, as the letter happens to name it."""
    stated = next((f for f in case.findings if f.requirement == "nivel"), None)
    if stated:
        return stated.value if stated.outcome is Outcome.MET else None
    read = case.claim.nivel
    return read.value if read and not read.doubt else None


def seat(procedure: Procedure, place: Post, dni: str) -> str:
    """The key only one active account may hold: the post, and the person where many may hold it."""
    parts = [place.role, place.office, place.nivel or ""]
    return "/".join([*parts, dni] if procedure.role.seat is Seat.MANY else parts)


def decided_by(procedure: Procedure, place: Post, rules: Rules) -> Post | None:
    """The post whose holder decides; None when it is a configured administrator."""
    if procedure.decides in ADMINISTRATORS:
        return None
    role = rules.guide.roles[procedure.decides]
    office = place.office if role.office is procedure.role.office else _above(place, rules.offices)
    return Post(role.id, office or "")


def _above(place: Post, offices: Offices) -> str | None:
    """The UGEL of a school, the DRE of a UGEL."""
    office = offices.get(place.office)
    return office.parent if office else None


def may_decide(approver: Approver, asker: str, dni: str | None, correo: str | None) -> bool:
    """Nobody decides on what they ask for, or on their own account."""
    own = {mailbox(asker), mailbox(correo or "")}
    return mailbox(approver.address) not in own and (approver.dni is None or approver.dni != dni)


# ------------------------------------------------------------------ the course of a case


def course(case: Case, facts: Facts, rules: Rules) -> Course:
    """What happens to a checked case, given what the directory says."""
    if case.procedure is None:
        return Course(Next.OBSERVE)
    served = rules.settings.serves.roles
    if served and case.procedure.role.id not in served:
        return Course(Next.REFUSE, "served")
    if case.excluded:
        return Course(Next.REFUSE, "pronoei")
    if case.to_mend:
        return Course(Next.OBSERVE)
    if _outcome(case, "dni") is Outcome.MET and (reason := _moot(case.procedure, facts)):
        return Course(Next.REFUSE, reason)
    return Course(Next.ASK if facts.approvers else Next.VACANT)


def _outcome(case: Case, requirement: str) -> Outcome | None:
    return next((f.outcome for f in case.findings if f.requirement == requirement), None)


def _moot(procedure: Procedure, facts: Facts) -> str:
    """Why there is nothing to do: an alta for who has the account, a baja for who has none."""
    if procedure.action is Action.ALTA:
        return "already" if facts.own else ""
    return "" if facts.own else "nobody"


def moot(procedure: Procedure, facts: Facts, shown: "Record") -> str:
    """The same for a record that was asked about; nothing while its DNI is not certain."""
    certain = any(
        f["requirement"] == "dni" and f["outcome"] == Outcome.MET for f in shown["findings"]
    )
    return _moot(procedure, facts) if certain else ""


# ------------------------------------------------------------------ the record


def record(case: Case, request: Request, rules: Rules) -> Record:
    """Everything a decider is shown, as plain values (JSON), but what the directory says."""
    place = post(case)
    holder = case.holder
    return {
        "section": case.procedure.section if case.procedure else None,
        "role": case.procedure.role.id if case.procedure else None,
        "role_name": case.procedure.role.name if case.procedure else None,
        "action": case.claim.action.value if case.claim.action else None,
        "office": place.office if place else None,
        "office_name": rules.offices.name(place.office) if place else None,
        "nivel": place.nivel if place else None,
        "names": holder.apellidos_y_nombres,
        "dni": holder.dni,
        "correo": holder.correo,
        "asker": request.sender.address,
        "asker_verdict": "; también escribió ".join([request.sender.reason, *request.completed_by]),
        "completed_by": list(request.completed_by),
        "forwarded": request.forwarded,
        "previous": " · ".join(r.value for r in case.claim.previous) or None,
        "documents": [_document(d) for d in request.documents],
        "findings": [_finding(f, rules.offices) for f in case.findings],
        "closes": [],
        "signals": [],
        "shots": [asdict(s) for s in pictures.for_decider(case, request.documents)],
    }


def _document(document: Document) -> Record:
    return {
        "name": document.name,
        "sha256": document.sha256,
        "signatures": [
            {"verdict": s.verdict.value, "words": signed.words(s)} for s in document.signatures
        ],
    }


def _finding(found: Finding, offices: Offices) -> Record:
    named = found.requirement == "oficina"
    return {
        "requirement": found.requirement,
        "label": REQUIREMENTS[found.requirement].label
        if found.requirement in REQUIREMENTS
        else found.requirement,
        "outcome": found.outcome.value,
        "value": offices.full_name(found.value) if found.value and named else found.value,
        "places": list(found.places),
        "note": found.note,
        "mend": found.mend,
    }


def closes(procedure: Procedure | None, facts: Facts) -> list[Record]:
    """The accounts a yes would close: the seat's holder, or the person's own."""
    if procedure is None:
        return []
    replaced = [facts.holder] if facts.holder and procedure.replaces else []
    accounts = replaced if procedure.action is Action.ALTA else list(facts.own)
    return [
        {"id": a.id, "names": a.names, "dni": a.dni, "correo": a.correo, "opened": a.opened}
        for a in accounts
    ]


_TOLD: Mapping[str, str] = {
    "action": "qué se solicita",
    "role_name": "cargo",
    "office_name": "oficina",
    "nivel": "nivel",
    "names": "apellidos y nombres",
    "dni": "número de DNI",
    "correo": "correo electrónico",
}
"""What a person is told of a difference; all else that changed is told in general."""


def difference(before: Record, now: Record) -> list[str]:
    """What changed between two records of a case, in Spanish; empty when nothing did."""
    told = [
        f"{label}: antes «{before[field] or 'nada'}», ahora «{now[field] or 'nada'}»"
        for field, label in _TOLD.items()
        if before[field] != now[field]
    ]
    if _files(before) != _files(now):
        told.append("los documentos adjuntos")
    elif before["documents"] != now["documents"]:
        told.append("lo que se sabe de las firmas digitales")
    if [a["id"] for a in before["closes"]] != [a["id"] for a in now["closes"]]:
        closing = " y ".join(a["names"] for a in now["closes"]) or "ninguna"
        told.append(f"la cuenta que se cerrará: ahora {closing}")
    if _outcomes(before) != _outcomes(now):
        told.append("lo que se comprobó")
    return told


def _files(shown: Record) -> list[tuple[str, str]]:
    return [(d["name"], d["sha256"]) for d in shown["documents"]]


def _outcomes(shown: Record) -> list[tuple[str, str]]:
    return [(f["requirement"], f["outcome"]) for f in shown["findings"]]


def digest(shown: Record) -> str:
    """The fingerprint of a record: sha-256 over its canonical JSON (sorted keys, NFC, UTF-8).

    It is over values; where the documents show them (`shots`) changes nothing.
    """
    values = {key: value for key, value in shown.items() if key != "shots"}
    text = json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(unicodedata.normalize("NFC", text).encode()).hexdigest()


# ------------------------------------------------------------------ corrections by the decider


def correction_problem(corrections: Mapping[str, str]) -> str | None:
    """Why values typed by a decider cannot be taken, in Spanish; None when they can."""
    for field, value in corrections.items():
        if field == "dni" and not re.fullmatch(r"[0-9]{8}", value):
            return f"«{value}» no es un DNI: son 8 cifras"
        if field == "correo" and not re.fullmatch(r"[\w.%+-]+@[\w-]+(\.[\w-]+)+", value, re.ASCII):
            return f"«{value}» no es una dirección de correo"
        if field == "nombres" and not names.looks_like_name(value):
            return f"«{value}» no parece un nombre completo"
        if field == "nivel" and value not in NIVELES:
            return f"«{value}» no es un nivel: use {', '.join(NIVELES)}"
    return None


def corrected(case: Case, corrections: Mapping[str, Mapping[str, str]]) -> Case:
    """The case with what deciders gave (``value``, ``by`` whom) in place of what was read."""
    findings = (_with_value(f, corrections.get(f.requirement)) for f in case.findings)
    return Case(case.claim, case.procedure, tuple(findings))


def _with_value(found: Finding, given: Mapping[str, str] | None) -> Finding:
    if given is None:
        return found
    place = (f"corrección de {given['by']}",)
    return Finding(found.requirement, Outcome.MET, given["value"], place)


def lacking(shown: Record) -> list[str]:
    """What even a yes cannot heal: data without which no account can be opened or closed."""
    needed = {"nombres", "dni"} | ({"correo"} if _sends_credentials(shown) else set())
    needed |= {"nivel"} if shown["action"] == Action.ALTA.value else set()
    return [
        f["label"]
        for f in shown["findings"]
        if f["requirement"] in needed | {"oficina"} and f["outcome"] != Outcome.MET.value
    ]


def _sends_credentials(shown: Record) -> bool:
    return bool(shown["action"] == Action.ALTA.value)


# ------------------------------------------------------------------ the plan


def plan(shown: Record, procedure: Procedure) -> tuple[Step, ...]:
    """The steps a yes to this record means: close first, then open."""
    closing = tuple(Close(account["id"]) for account in shown["closes"])
    if procedure.action is Action.BAJA:
        return closing
    place = Post(shown["role"], shown["office"], shown["nivel"])
    opening = Open(
        names=shown["names"],
        dni=shown["dni"],
        correo=shown["correo"],
        post=place,
        seat=seat(procedure, place, shown["dni"]),
    )
    return (*closing, opening)
