"""A decider's reply becomes what it says, if everything about it holds — or a short answer.

In order: the token belongs to a question; the mail comes from that approver's address, proven; the
words are understood; the case still waits; what would be done is exactly what was shown; the second
factor, where one is wanted. Only then the question is used up, the steps are taken and the letters
written, in one transaction.

``heard``   a reply that may be listened to, and the short answers to it
``said``    what can be said besides yes: correct, observe, reject
``approve`` the yes
``anew``    asking anew what has changed
``codes``   the second factor
``outcome`` what became of a decision, in words
"""

from collections.abc import Callable, Mapping

from mailbot import tell
from mailbot.desk import Visit
from mailbot.model import Mail
from mailbot.parsers.parse import Reply
from mailbot.parsers.reply import UNCLEAR, Verb
from mailbot.resolve import outcome
from mailbot.resolve.anew import ask_again, reissue
from mailbot.resolve.approve import approve
from mailbot.resolve.heard import Answer, Heard, answer, settled
from mailbot.resolve.said import correct, observe, reject, unclear
from mailbot.store import cases
from mailbot.store.tables import Case, Question, QuestionStatus

__all__ = ["answered_without_token", "ask_again", "decided", "resolve"]

REFUSED = "respuesta con un código que no le corresponde a quien la envía"

_SAID: Mapping[Verb, Callable[[Visit, Heard], Answer | None]] = {
    Verb.APPROVE: approve,
    Verb.REJECT: reject,
    Verb.OBSERVE: observe,
    Verb.CORRECT: correct,
    Verb.UNCLEAR: unclear,
}


def resolve(visit: Visit, mail_id: int, reply: Reply) -> str | None:
    """Act on a reply; a reason in Spanish when a person has to look at the mail instead."""
    question = cases.question(visit.tx, visit.hash_of(reply.token))
    if question is None or reply.mail.sender.address != question.approver:
        visit.note("reply_refused", reply.mail.sender.address or "?", mail=mail_id)
        if question is not None:
            _token_leaked(visit, question, reply.mail)
        return REFUSED
    case = visit.tx.get_one(Case, question.case_id)
    heard = Heard(mail_id, reply.mail, question, case, reply.decision)
    if not reply.mail.sender.may_decide:
        answer(visit, heard, Answer("decider-unproven", {"reason": reply.mail.sender.reason}))
        return f"respuesta sin comprobar: {reply.mail.sender.reason}"
    _hear(visit, heard)
    return None


def _token_leaked(visit: Visit, question: Question, mail: Mail) -> None:
    """Somebody else holds a live token: it dies, people are told, the right one gets another."""
    case = visit.tx.get_one(Case, question.case_id)
    if not Heard(0, mail, question, case, UNCLEAR).still_asked(visit.now):
        return
    question.status = QuestionStatus.REVOKED
    visit.note("token_revoked", "bot", case=case.id, detail=question.approver)
    tell.alert(visit, case, "leaked", str(question.id), who=mail.sender.named)
    reissue(visit, case, question.approver)


def answered_without_token(visit: Visit, mail_id: int, mail: Mail) -> bool:
    """A proven approver answers a question of ours, and the token got lost on the way: say so."""
    question = cases.question_written(visit.tx, mail.references)
    if question is None or not mail.sender.authenticated:
        return False
    if mail.sender.address != question.approver:
        return False
    case = visit.tx.get_one(Case, question.case_id)
    heard = Heard(mail_id, mail, question, case, UNCLEAR)
    if heard.still_asked(visit.now):
        lost = "Llegó sin el código: responda sin cambiar el destinatario"
        answer(visit, heard, unclear(visit, heard, lost))
    else:
        answer(visit, heard, settled(visit, heard))
    return True


def _hear(visit: Visit, heard: Heard) -> None:
    visit.note(
        "reply_heard",
        heard.question.approver,
        case=heard.case.id,
        mail=heard.mail_id,
        detail=heard.decision.verb.value,
    )
    owed = decided(visit, heard)
    if owed is None and visit.rules.settings.policy.receipts:
        owed = outcome.receipt(heard)
    if owed is not None:
        answer(visit, heard, owed)


def decided(visit: Visit, heard: Heard) -> Answer | None:
    """Do what a decision says, if it is still asked; the short answer that is owed, if one is."""
    if not heard.still_asked(visit.now):
        return settled(visit, heard)
    if heard.is_to_another:
        return unclear(visit, heard, "Nombra otro caso, o pide otra cosa que la que se le preguntó")
    return _SAID[heard.decision.verb](visit, heard)
