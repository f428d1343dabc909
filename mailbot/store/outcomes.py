"""What was done with mails that were read before, from the journal: for who looks back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from mailbot.hindsight import Kind, Outcome, Step
from mailbot.model import Sender
from mailbot.store import Tx, mails, verdicts
from mailbot.store.tables import Case, Event, Mail, MailStatus

_AFTER: Mapping[str, str] = {
    "question_asked": "ask",
    "decider_vacant": "ask",
    "case_refused": "refuse",
}
_SKIPPED = ("own",)
_FACTS = ("already", "nobody", "waiting")
"""Refusals that rest on the directory, or on another mail: no rules can be held against them."""


@dataclass(frozen=True, slots=True)
class Past:
    """A mail, or a dossier as its last mail left it: the raw mails in order, and what was done."""

    mail: int
    received: datetime
    raws: tuple[bytes, ...]
    senders: tuple[Sender, ...]
    done: Outcome


def numbers(tx: Tx, since: datetime | None = None) -> list[int]:
    """The mails that can be looked back at: handled, kept, the first of their dossier."""
    rows = select(Mail.id).where(
        Mail.status != MailStatus.NEW, Mail.raw.is_not(None), Mail.kind.not_in(_SKIPPED)
    )
    rows = rows.where((Mail.dossier_id.is_(None)) | (Mail.dossier_id == Mail.id))
    if since is not None:
        rows = rows.where(Mail.received_at >= since)
    return list(tx.scalars(rows.order_by(Mail.id)))


def past(tx: Tx, number: int) -> Past | None:
    """A mail with those that completed it; None when some of it is no longer kept."""
    row = tx.get_one(Mail, number)
    rows = mails.of_dossier(tx, number) if row.dossier_id else [row]
    found = [(r.raw, _sender(tx, r)) for r in rows if r.raw]
    if len(found) != len(rows):
        return None
    raws, senders = zip(*found, strict=True)
    return Past(number, row.received_at, raws, senders, done(tx, row))


def _sender(tx: Tx, row: Mail) -> Sender:
    """Who a mail came from, as it was taken then, an operator's word included."""
    before = Sender(row.sender or "", authenticated=bool(row.authenticated), reason="")
    sender = verdicts.of_mail(tx, row.id) or before
    if row.vouched_by is None:
        return sender
    return Sender(sender.address or row.vouched_by, authenticated=True, reason="")


def done(tx: Tx, row: Mail) -> Outcome:
    """What was done with a mail, and in its dossier since."""
    if row.dossier_id is None:
        return Outcome(_kind(row), detailed=False)
    steps = tuple(sorted(_steps(tx, row.id)))
    return Outcome(Kind.REQUEST, steps, detailed=False)


def _kind(row: Mail) -> Kind:
    known = {kind.value for kind in Kind}
    return Kind(row.kind) if row.kind in known else Kind.UNREADABLE


def _steps(tx: Tx, dossier: int) -> Iterator[Step]:
    for case in tx.scalars(select(Case).where(Case.dossier_id == dossier)):
        course, why = _course(tx, case.id)
        lacking = tuple(sorted({f["requirement"] for f in case.record["findings"] if f["mend"]}))
        yield Step(case.section or "?", course, lacking if course == "observe" else why)


def _course(tx: Tx, case_id: int) -> tuple[str, tuple[str, ...]]:
    """What followed the last reading of a case: it is noted at the same moment, or nothing is."""
    events = list(tx.scalars(select(Event).where(Event.case_id == case_id).order_by(Event.id)))
    read = max((e.id for e in events if e.name == "case_read"), default=0)
    at = next((e.at for e in events if e.id == read), None)
    after = [e for e in events if e.id > read and e.at == at and e.name in _AFTER]
    if not after:
        return "observe", ()
    if after[0].detail in _FACTS:
        return "ask", ()
    refused = after[0].name == "case_refused"
    return _AFTER[after[0].name], (after[0].detail or "",) if refused else ()
