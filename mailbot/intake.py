"""A request becomes cases: observed, refused, or asked of the person who decides.

Also the second visit of a request: what was missing arrives, and the case is held against the
guide anew, with everything the dossier holds by now.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from mailbot import decide, recall, secrecy, tell
from mailbot.check import Case as Checked
from mailbot.check import check
from mailbot.decide import Course, Facts, Next, Record
from mailbot.desk import Visit
from mailbot.model import Approver, Post
from mailbot.parsers import names
from mailbot.parsers.parse import Request
from mailbot.respond import key
from mailbot.store import cases
from mailbot.store.tables import UNDECIDED, Case, CaseStatus, Question


@dataclass
class Dossier:
    """A request mail with those that completed it, as one visit sees it."""

    id: int
    mail_id: int
    request: Request
    observed: list[Case] = field(default_factory=list)
    taken: list[Case] = field(default_factory=list)


def receive(visit: Visit, dossier: Dossier) -> None:
    """Make or renew the cases of a dossier and put the letters that follow into the outbox."""
    known = cases.of_dossier(visit.tx, dossier.id)
    for checked in check(dossier.request, visit.rules):
        row = _match(known, checked)
        if row is None or row.status in UNDECIDED:
            _place(visit, dossier, checked, row)
    _tell_asker(visit, dossier)


def _match(rows: Sequence[Case], checked: Checked) -> Case | None:
    """The case a claim made before, if it did: same person, same action; an open one first."""
    action = checked.claim.action.value if checked.claim.action else None
    ordered = sorted(rows, key=lambda row: row.status not in UNDECIDED)
    same = [r for r in ordered if action is None or r.record["action"] in (action, None)]
    return next((r for r in same if _same_person(r, checked)), None)


def _same_person(row: Case, checked: Checked) -> bool:
    holder = checked.holder
    if holder.dni and row.dni:
        return holder.dni == row.dni
    if holder.apellidos_y_nombres and row.names:
        return names.compatible(holder.apellidos_y_nombres, row.names, recognised=True)
    return (
        row.status in UNDECIDED
    )  # nothing is known of one of them: the open case is being completed


def _place(visit: Visit, dossier: Dossier, checked: Checked, row: Case | None) -> None:
    """Write a case as it is now and set it on its course, unless nothing has changed."""
    checked = _with_corrections(checked, row)
    facts, shown, asked = _as_shown(visit, dossier, checked)
    if row is not None and row.digest == decide.digest(shown):
        return
    known = row is not None and cases.rounds(visit.tx, row.id, row.revision) > 0
    changes = decide.difference(row.record, shown) if row is not None and known else []
    twins = recall.twins(visit, asked, shown)
    written = _write(visit, dossier, row, shown)
    written.seat = asked.seat
    recall.remember(visit, written)
    way = Way(facts, decide.course(checked, facts, visit.rules), tuple(changes))
    set_on_course(visit, written, _beside_twins(visit, way, written, twins), dossier)


def _as_shown(
    visit: Visit, dossier: Dossier, checked: Checked
) -> tuple[Facts, Record, recall.Asked]:
    """What the directory says of a case, the record a decider would be shown, and what is asked."""
    place = decide.post(checked)
    shown = decide.record(checked, dossier.request, visit.rules)
    facts = visit.facts(checked.procedure, place, shown)
    shown = {**shown, "closes": decide.closes(checked.procedure, facts)}
    asked = recall.Asked(dossier.request, dossier.id, _seat(checked, place, shown))
    return facts, {**shown, "signals": recall.unusual(visit, asked, shown)}, asked


def _with_corrections(checked: Checked, row: Case | None) -> Checked:
    return decide.corrected(checked, row.corrections) if row else checked


def _seat(checked: Checked, place: Post | None, shown: Record) -> str | None:
    if checked.procedure is None or place is None:
        return None
    return decide.seat(checked.procedure, place, shown["dni"] or "")


def _write(visit: Visit, dossier: Dossier, row: Case | None, shown: Record) -> Case:
    if row is None:
        row = Case(
            dossier_id=dossier.id,
            status=CaseStatus.OBSERVED,
            revision=0,
            asker=dossier.request.sender.address,
            corrections={},
            created_at=visit.now,
        )
        visit.tx.add(row)
    row.revision += 1
    row.section, row.dni, row.names = shown["section"], shown["dni"], shown["names"]
    row.record, row.digest, row.updated_at = shown, decide.digest(shown), visit.now
    visit.tx.flush()
    visit.note("case_read", "bot", case=row.id, mail=dossier.mail_id, detail=f"rev {row.revision}")
    return row


@dataclass(frozen=True, slots=True)
class Way:
    """Where a case goes, what the directory says of it, what changed since it was shown."""

    facts: Facts
    course: Course
    changes: tuple[str, ...] = ()
    twin: int | None = None


def _beside_twins(visit: Visit, way: Way, row: Case, twins: Sequence[Case]) -> Way:
    """The same thing asked again: one that waits for the asker gives way, one asked about stays."""
    for twin in twins:
        if twin.status == CaseStatus.OBSERVED:
            twin.status, twin.reason = CaseStatus.WITHDRAWN, f"lo reemplaza el caso {row.id}"
            visit.note("case_withdrawn", "bot", case=twin.id, detail=twin.reason)
    decided = (CaseStatus.PENDING, CaseStatus.APPROVED)  # or about to be
    asked = next((twin for twin in twins if twin.status in decided), None)
    if asked is None or way.course.next is not Next.ASK:
        return way
    return replace(way, course=Course(Next.REFUSE, "waiting"), twin=asked.id)


def set_on_course(visit: Visit, row: Case, way: Way, dossier: Dossier) -> None:
    """Do what comes next for a case that was just written."""
    cases.supersede(visit.tx, row.id)
    match way.course.next:
        case Next.OBSERVE:
            row.status, row.reason = CaseStatus.OBSERVED, None
            row.due_at, row.reminded_at = visit.deadline(), None
            dossier.observed.append(row)
        case Next.REFUSE:
            refuse(visit, row, way.course.reason, way.twin)
        case Next.ASK:
            ask(visit, row, way.facts.approvers, way.changes)
            dossier.taken.append(row)
        case Next.VACANT:
            leave_vacant(visit, row)
            dossier.taken.append(row)


# ------------------------------------------------------------------ what follows


def _tell_asker(visit: Visit, dossier: Dossier) -> None:
    """One letter for a mail, if its sender may be answered: what is missing, what waits."""
    observed, taken = dossier.observed, dossier.taken
    told = [*observed, *taken]
    if not told or not visit.may_answer(told[0].asker):
        return
    ident = f"{dossier.id}.{dossier.mail_id}"
    if observed:
        tell.observed(visit, observed, taken, ident)
    elif visit.rules.settings.policy.acknowledge:
        tell.received(visit, taken, ident)


def refuse(visit: Visit, row: Case, reason: str, twin: int | None = None) -> None:
    """End a case that the guide, the register or this mailbox rules out, and say so."""
    row.status, row.reason, row.updated_at = CaseStatus.REJECTED, reason, visit.now
    visit.note("case_refused", "bot", case=row.id, detail=reason)
    if visit.knows(row.asker) or visit.outbox.may_answer(row.asker):
        elsewhere = visit.rules.settings.serves.elsewhere
        tell.asker(visit, row, "asker-refused", reason=reason, elsewhere=elsewhere, twin=twin)


def ask(
    visit: Visit, row: Case, approvers: Sequence[Approver], changes: Sequence[str] = ()
) -> None:
    """Ask everybody who may decide, each with a token of their own; `changes` since last asked."""
    row.status, row.due_at = CaseStatus.PENDING, None
    number = cases.rounds(visit.tx, row.id, row.revision) + 1
    for approver in approvers:
        question = _question(visit, row, approver.address, number)
        visit.tx.add(question)
        visit.tx.flush()
        visit.note("question_asked", "bot", case=row.id, detail=f"to {question.approver}")
        tell.question(visit, row, question, changes)


def _question(visit: Visit, row: Case, approver: str, number: int) -> Question:
    settings = visit.rules.settings
    nonce, token_hash = secrecy.issued(key(settings))
    return Question(
        case_id=row.id,
        revision=row.revision,
        round=number,
        approver=approver,
        nonce=nonce,
        token_hash=token_hash,
        digest=row.digest,
        created_at=visit.now,
        expires_at=visit.now + timedelta(hours=settings.policy.question_hours),
    )


def leave_vacant(visit: Visit, row: Case) -> None:
    """Nobody holds the post that decides: the administrators are told, the case waits."""
    row.status, row.due_at = CaseStatus.PENDING, None
    visit.note("decider_vacant", "bot", case=row.id)
    tell.vacant(visit, row)
