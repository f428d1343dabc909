"""What an approver is shown besides a question, and the mail in which they order something.

A *prompt* is a digest of what waits for them, or an order of theirs that has to be confirmed. Its
answer is trusted as a decision is: the token, the approver's address, proven, in time, and words of
their own. Once, where it changes something; a digest can be answered for as long as it holds, for
each of its items is used up alone.

``digest``    what waits, in one letter
``batch``     the answer to it
``orders``    what can be ordered by mail, and the short answers
``confirmed`` an order is carried out
``made``      how a prompt is made
"""

from mailbot import tell
from mailbot.desk import Visit, thread_of
from mailbot.parsers.parse import Reply
from mailbot.prompts import batch, confirmed
from mailbot.prompts.made import fingerprint
from mailbot.prompts.orders import hear_order
from mailbot.store import prompts
from mailbot.store.tables import Prompt, PromptKind, QuestionStatus

__all__ = ["answers", "hear", "hear_order"]

REFUSED = "respuesta con el código de otra persona"


def answers(visit: Visit, reply: Reply) -> bool:
    """Whether a reply's token belongs to a prompt."""
    return _of(visit, reply) is not None


def _of(visit: Visit, reply: Reply) -> Prompt | None:
    return prompts.by_token(visit.tx, visit.hash_of(reply.token))


def hear(visit: Visit, mail_id: int, reply: Reply) -> str | None:
    """Act on the answer to a prompt; a reason in Spanish when a person has to look instead."""
    prompt, sender = _of(visit, reply), reply.mail.sender
    if prompt is None or sender.address != prompt.approver:
        visit.note("reply_refused", sender.address or "?", mail=mail_id)
        if prompt is not None:
            _leaked(visit, prompt, sender.named)
        return REFUSED
    if not sender.may_decide:
        return f"respuesta sin comprobar: {sender.reason}"
    if not _holds(visit, prompt):
        _late(visit, prompt, mail_id, reply)
    elif prompt.kind == PromptKind.DIGEST:
        batch.decide(visit, prompt, mail_id, reply.mail)
    else:
        confirmed.confirm(visit, prompt, mail_id, reply.mail)
    return None


def _holds(visit: Visit, prompt: Prompt) -> bool:
    """Whether a prompt can still be answered, and says what it said when it was made."""
    whole = fingerprint(prompt.content) == prompt.digest
    return whole and prompt.status == QuestionStatus.OPEN and prompt.expires_at > visit.now


def _leaked(visit: Visit, prompt: Prompt, who: str) -> None:
    """Somebody else holds a live token: it dies, and people are told."""
    if _holds(visit, prompt):
        prompt.status = QuestionStatus.REVOKED
        visit.note("token_revoked", "bot", detail=prompt.approver)
        tell.misused(visit, prompt, "leaked", who)


def _late(visit: Visit, prompt: Prompt, mail_id: int, reply: Reply) -> None:
    thread = thread_of(reply.mail.message_id, reply.mail.references, "")
    digest = prompt.kind == PromptKind.DIGEST
    again = "PENDIENTES y recibirá otro resumen" if digest else "la orden otra vez"
    said = tell.Said(
        "Su respuesta llegó tarde",
        (
            "Respondió a un correo que ya no vale, y no se hizo nada.",
            f"Escriba a este buzón {again}.",
        ),
        thread,
    )
    tell.note(visit, prompt.approver, f"{prompt.id}.{mail_id}", said)
