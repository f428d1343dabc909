"""What the store knows that bears on a case: gathered for its signals, and kept for later ones'."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from mailbot.decide import Record
from mailbot.desk import Visit
from mailbot.parsers import names
from mailbot.parsers.dates import oficio_date
from mailbot.parsers.parse import Request
from mailbot.signals import Past, signals
from mailbot.store import history
from mailbot.store.tables import Account, Case, CaseStatus
from mailbot.workdays import LIMA


@dataclass(frozen=True, slots=True)
class Asked:
    """A case as it is being asked: its request and its seat."""

    request: Request
    dossier_id: int
    seat: str | None


def unusual(visit: Visit, asked: Asked, shown: Record) -> list[str]:
    """What is unusual about a case, in Spanish."""
    past = Past(
        today=visit.now.astimezone(LIMA).date(),
        first_from_sender=history.is_first_of(visit.tx, shown["asker"], asked.dossier_id),
        oficio_date=oficio_date(asked.request.pieces),
        holder_since=_since(shown),
        together=len(asked.request.claims),
    )
    return signals(_with_people(visit, asked, shown, _with_papers(visit, asked, shown, past)))


def _since(shown: Record) -> date | None:
    """Since when the account a replacement would close has been open."""
    opened = [a["opened"] for a in shown["closes"]] if shown["action"] == "alta" else []
    return date.fromisoformat(opened[0]) if opened else None


def _with_papers(visit: Visit, asked: Asked, shown: Record, past: Past) -> Past:
    documents = ((d["name"], d["sha256"]) for d in shown["documents"])
    seen = ((n, history.used_in(visit.tx, mark, asked.dossier_id)) for n, mark in documents)
    key = _oficio(shown)
    used = history.used_in(visit.tx, key, asked.dossier_id) if key else None
    return replace(past, reused=tuple((n, case) for n, case in seen if case), same_number=used)


def _with_people(visit: Visit, asked: Asked, shown: Record, past: Past) -> Past:
    dni, correo = shown["dni"], shown["correo"]
    held = history.of_person(visit.tx, dni) if dni else []
    closing = {a["id"] for a in shown["closes"]}
    sharing = history.with_address(visit.tx, correo, dni) if correo and dni else None
    return replace(
        past,
        rivals=tuple(c.id for c in _waiting(visit, asked) if c.status == CaseStatus.PENDING),
        other_posts=tuple(_post(visit, a) for a in held if a.id not in closing),
        shared_address=sharing.names if sharing and sharing.id not in closing else None,
        named_otherwise=_another_name(held, shown["names"]),
    )


def _another_name(held: Iterable[Account], asked: str | None) -> str | None:
    """The name of an account under the same DNI that cannot be the name asked for."""
    others = (
        a.names for a in held if asked and not names.compatible(a.names, asked, recognised=True)
    )
    return next(others, None)


def _waiting(visit: Visit, asked: Asked) -> list[Case]:
    return history.waiting(visit.tx, asked.seat, asked.dossier_id) if asked.seat else []


_SAME = ("action", "role", "office", "nivel", "dni", "correo", "asker")


def twins(visit: Visit, asked: Asked, shown: Record) -> list[Case]:
    """Open cases in which the same asker asked the very same thing in another mail."""
    same = [shown[field] for field in _SAME]
    return [
        case for case in _waiting(visit, asked) if [case.record[field] for field in _SAME] == same
    ]


def _post(visit: Visit, account: Account) -> str:
    role = visit.rules.guide.roles.get(account.role)
    name = role.name if role else account.role
    return f"{name}, {visit.rules.offices.name(account.office)}"


def _oficio(shown: Record) -> str | None:
    found = (f["value"] for f in shown["findings"] if f["requirement"] == "oficio")
    return history.oficio_key(shown["office"], next(found, None))


def remember(visit: Visit, case: Case) -> None:
    """Keep what a case was asked with, so that its papers are known when they come again."""
    marks = [d["sha256"] for d in case.record["documents"]]
    key = _oficio(case.record)
    history.keep_papers(visit.tx, case, [*marks, *([key] if key else [])])
