"""An order is confirmed: everything is asked once more, and then it is done, once."""

from mailbot import tell
from mailbot.desk import Visit, thread_of
from mailbot.model import Mail
from mailbot.parsers.orders import BY_NAME, confirms
from mailbot.prompts.changes import BY_KIND, CHANGES, Refusal
from mailbot.prompts.orders import decides, is_administrator, wants_code
from mailbot.resolve.codes import Try, problem_with
from mailbot.store import prompts
from mailbot.store.tables import Prompt


def confirm(visit: Visit, prompt: Prompt, mail_id: int, mail: Mail) -> None:
    """Carry an order out, if its answer confirms it; say what was done, or why nothing was."""
    title, words = _confirmed(visit, prompt, mail_id, mail)
    thread = thread_of(mail.message_id, mail.references, "")
    said = tell.Said(title, (words,), thread)
    tell.note(visit, prompt.approver, f"{prompt.id}.{mail_id}", said)


_NOT = "No se hizo nada"
_UNCLEAR = "Para que se haga, responda a ese correo con una sola palabra: la que dice el botón."
_NO_MORE = "La orden ya no puede cumplirse: las cosas cambiaron, o usted ya no puede darla."


def _confirmed(visit: Visit, prompt: Prompt, mail_id: int, mail: Mail) -> tuple[str, str]:
    yes, code = confirms(mail)
    if not yes:
        return _NOT, _UNCLEAR
    if not _still_so(visit, prompt):
        return _NOT, _NO_MORE
    wanted = wants_code(visit, prompt.approver)
    if problem := problem_with(visit, Try(prompt, code, mail_id), wanted=wanted):
        return _NOT, f"{problem}."
    if not prompts.claim(visit.tx, prompt.id, mail_id, visit.now):
        return _NOT, "La orden ya se cumplió."
    visit.note("order_confirmed", prompt.approver, mail=mail_id, detail=prompt.kind)
    change = CHANGES[BY_KIND[prompt.kind]]
    return "Hecho", change.do(visit, prompt.approver, prompt.content)


def _still_so(visit: Visit, prompt: Prompt) -> bool:
    """Whether their giver may still order it, and it would do what was shown."""
    name = BY_KIND[prompt.kind]
    if BY_NAME[name].administrators and not is_administrator(visit, prompt.approver):
        return False
    change = CHANGES[name]
    found = change.examine(visit, prompt.approver, prompt.content)
    if isinstance(found, Refusal) or not decides(visit, prompt.approver):
        return False
    return {**found, "says": change.says(visit, found)} == prompt.content
