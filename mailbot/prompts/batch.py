"""The answer to a digest: each decision goes the way of an answer to its own question.

What is particular here: an item must still be what was shown, two lines must not say different
things of it, and the six digits stand once for all. Nothing a single answer could not do is done.
"""

from dataclasses import dataclass
from typing import Any

from mailbot import resolve, tell
from mailbot.desk import Visit, thread_of
from mailbot.model import Mail
from mailbot.parsers.batch import Batch, read_batch
from mailbot.parsers.reply import Decision, Verb
from mailbot.prompts.digest import bound, item, own_question
from mailbot.resolve import outcome
from mailbot.resolve.codes import Try, problem_with
from mailbot.resolve.heard import Heard
from mailbot.resolve.outcome import Line
from mailbot.respond import About, Thread
from mailbot.store import authenticators
from mailbot.store.tables import Case, Prompt, Question

_HOW = (
    "Responda otra vez al resumen, una decisión por línea: la palabra, los números y, si rechaza u "
    "observa, el motivo en la misma línea."
)


@dataclass(frozen=True)
class _Answer:
    """An answer to a digest; `refusal` is why its code does not do, `given` that it does."""

    prompt: Prompt
    mail_id: int
    mail: Mail
    said: Batch
    refusal: str = ""
    given: bool = False


def decide(visit: Visit, prompt: Prompt, mail_id: int, mail: Mail) -> None:
    """Do what an answer decides, item by item; one receipt tells what became of each."""
    said = read_batch(mail)
    thread = thread_of(mail.message_id, mail.references, "")
    if said.problem:
        title, words = "No se entendió su respuesta", f"{said.problem}. No se hizo nada."
        said_ = tell.Said(title, (words, _HOW), thread)
        tell.note(visit, prompt.approver, f"{prompt.id}.{mail_id}", said_)
        return
    answer = _with_code(visit, _Answer(prompt, mail_id, mail, said))
    told = [_one(visit, answer, number, decision) for number, decision in said.decisions]
    _tell(visit, prompt, mail_id, told, thread)


def _tell(visit: Visit, prompt: Prompt, mail_id: int, told: list[Line], thread: Thread) -> None:
    """The receipt; where nothing was done a short answer, of which there are only so many a day."""
    ident = f"{prompt.id}.{mail_id}"
    if not any(line.done for line in told):
        words = tuple(f"{line.number}: {line.words}." for line in told)
        said = tell.Said("No se hizo nada con su respuesta", words, thread)
        tell.note(visit, prompt.approver, ident, said)
        return
    title = "[SIAGIE] Lo que se hizo con su respuesta"
    context = {"bot_name": visit.rules.settings.bot.name, "title": title, **outcome.lines(told)}
    about = About(thread=thread)
    visit.outbox.put("decider-receipt", prompt.approver, ident, context, about)


def _with_code(visit: Visit, answer: _Answer) -> _Answer:
    """The answer with its code checked once for every yes in it."""
    prompt, said = answer.prompt, answer.said
    yes = any(d.verb is Verb.APPROVE for n, d in said.decisions if n not in said.conflicts)
    if not yes or authenticators.get(visit.tx, prompt.approver) is None:
        return answer
    refusal = problem_with(visit, Try(prompt, said.code, answer.mail_id), wanted=True)
    return _Answer(prompt, answer.mail_id, answer.mail, said, refusal, given=not refusal)


def _one(visit: Visit, answer: _Answer, number: int, decision: Decision) -> Line:
    """What became of one item."""
    kept = answer.prompt.content["items"].get(str(number))
    if kept is None:
        return Line(number, None, "", "no se hizo: el resumen no tiene ese número", done=False)
    question = visit.tx.get_one(Question, kept["question"])
    case = visit.tx.get_one(Case, question.case_id)
    heard = Heard(answer.mail_id, answer.mail, question, case, decision, answer.given)
    if why := _hindrance(visit, answer, kept, number, heard):
        about = outcome.about(case.record)
        return Line(number, case.id, about, f"no se hizo: {why}", done=False)
    detail = f"{decision.verb.value} {answer.prompt.id}.{number}"
    who, mail_id = answer.prompt.approver, answer.mail_id
    visit.note("reply_heard", who, case=case.id, mail=mail_id, detail=detail)
    return outcome.line(number, heard, resolve.decided(visit, heard))


def _hindrance(
    visit: Visit, answer: _Answer, kept: dict[str, Any], number: int, heard: Heard
) -> str:
    """Why an item cannot be decided here, in Spanish; nothing when it can, or was already."""
    if number in answer.said.conflicts:
        return "dos líneas de su respuesta dicen cosas distintas"
    if not heard.still_asked(visit.now):
        return ""  # what became of it is told as to a single answer
    if bound(heard.question, item(number, heard.question, heard.case)) != kept:
        return "cambió después del resumen; responda a su propia pregunta"
    if why := own_question(heard.case):
        return f"se decide en su propia pregunta, porque {why}"
    refused = answer.refusal if heard.decision.verb is Verb.APPROVE else ""
    return refused[:1].lower() + refused[1:]
