"""A reply that may be listened to, and the short answers to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mailbot import tell
from mailbot.desk import Visit, letter_context, thread_of
from mailbot.model import Action, Mail
from mailbot.parsers.reply import Decision
from mailbot.respond import KINDS, About, Thread
from mailbot.store import cases
from mailbot.store.tables import Case, CaseStatus, Question, QuestionStatus


@dataclass(frozen=True)
class Heard:
    """A reply whose token and sender hold: the question, the case, and what was said.

    `code_given`: it is one of several decisions of a mail whose code was right.
    """

    mail_id: int
    mail: Mail
    question: Question
    case: Case
    decision: Decision
    code_given: bool = False

    @property
    def thread(self) -> Thread:
        """The thread to answer the approver in."""
        return thread_of(self.mail.message_id, self.mail.references, "")

    @property
    def is_to_another(self) -> bool:
        """Whether a yes says it is to another case, or to a baja where an alta is asked about."""
        acts = self.decision.named & {*Action}
        other_act = bool(acts) and self.case.record["action"] not in acts
        return other_act or not self.decision.named - acts <= {str(self.case.id)}

    def still_asked(self, now: datetime) -> bool:
        """Whether the question is the one the case waits on, open and in time."""
        question, case = self.question, self.case
        current = question.status == QuestionStatus.OPEN and question.expires_at > now
        return current and case.status == CaseStatus.PENDING and question.revision == case.revision


@dataclass(frozen=True)
class Answer:
    """A short answer that is owed to the approver: the kind of letter, and what is new in it."""

    kind: str
    more: Mapping[str, Any] = field(default_factory=dict)


def answer(visit: Visit, heard: Heard, owed: Answer) -> None:
    """Put a short answer to the approver, if the address may be answered once more today.

    A receipt is not counted: what was done is done once, and those who decide much stay told.
    """
    approver = heard.question.approver
    if KINDS[owed.kind].counted and not visit.outbox.may_answer(approver, known=True):
        return
    said = {"recipient": approver, **tell.wanted(visit, heard.case, approver), **owed.more}
    context = letter_context(heard.case, visit.rules.settings.bot.name, **said)
    about = About(heard.case.id, heard.mail_id, heard.question.id, thread=heard.thread)
    ident = f"{heard.question.id}.{heard.mail_id}"
    visit.outbox.put(owed.kind, approver, ident, context, about)


def settled(visit: Visit, heard: Heard) -> Answer:
    """Too late: what became of the case."""
    expired = heard.question.expires_at <= visit.now
    return Answer("decider-settled", {"expired": expired, **tell.state_of(heard.case)})


def settle(visit: Visit, heard: Heard, status: CaseStatus) -> bool:
    """Use the question up and end the case's wait: the first who comes wins."""
    case = heard.case
    if not cases.claim(visit.tx, heard.question.id, case.digest, heard.mail_id, visit.now):
        return False
    return end_wait(visit, heard, status)


def end_wait(visit: Visit, heard: Heard, status: CaseStatus) -> bool:
    """End the wait of a case whose question was used up just now."""
    case = heard.case
    if not cases.move(visit.tx, case, status, visit.now, reason=heard.decision.text or None):
        return False
    cases.supersede(visit.tx, case.id)
    case.decided_by, case.decided_at = heard.question.approver, visit.now
    visit.note(f"case_{status.value}", heard.question.approver, case=case.id, mail=heard.mail_id)
    return True
