"""Who is told what, and when: every letter about a case is put into the outbox here."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mailbot import oficio, pictures
from mailbot.actions.directory import is_by_hand
from mailbot.decide import Record
from mailbot.desk import Visit, letter_context, thread_of
from mailbot.parsers.mail import read_mail
from mailbot.procedures import ADMINISTRATORS, Procedure
from mailbot.respond import KINDS, About, Thread
from mailbot.store import accounts, authenticators, mails, orders
from mailbot.store.tables import Case, CaseStatus, Letter, Prompt, PromptKind, Question

# ------------------------------------------------------------------ the asker


def asker_thread(visit: Visit, case: Case) -> Thread:
    """The thread of the asker's last mail in the dossier."""
    last = mails.of_dossier(visit.tx, case.dossier_id)[-1]
    mail = read_mail(last.raw or b"")
    return thread_of(mail.message_id, mail.references, mail.subject)


def asker(visit: Visit, case: Case, kind: str, ident: str = "", **more: Any) -> None:  # noqa: ANN401  JSON
    """A letter to the asker about one case, in the thread of their last mail."""
    context = letter_context(case, visit.rules.settings.bot.name, **more)
    about = About(case=case.id, mail=case.dossier_id, thread=asker_thread(visit, case))
    name = f"{case.id}.{ident}" if ident else str(case.id)
    visit.outbox.put(kind, case.asker, name, context, about)


def observed(visit: Visit, cases: Sequence[Case], taken: Sequence[Case], ident: str) -> None:
    """Everything that some cases of a mail lack, in one letter; it also names those that wait."""
    due = (cases[0].due_at or visit.now).isoformat()
    shown = {"due": due, "cases": [_observed(case) for case in cases]}
    shown["taken"] = [_taken(visit, case) for case in taken]
    shown["models"] = list(_models(visit, cases))
    _about_several(visit, "asker-observed", (*cases, *taken), ident, shown)


def _models(visit: Visit, cases: Sequence[Case]) -> Iterator[Record]:
    """The papers some cases lack, to be completed and signed by who asks."""
    for case in cases:
        given = oficio.wanted(case.record, visit.rules.guide)
        if given is not None:
            yield {"name": f"{given['where']}-modelo-SIAGIE-{case.id}.docx", "given": given}


def received(visit: Visit, cases: Sequence[Case], ident: str) -> None:
    """That everything is there and a person will decide: the cases of a mail, in one letter."""
    shown = {"taken": [_taken(visit, case) for case in cases]}
    _about_several(visit, "asker-received", cases, ident, shown)


def _about_several(
    visit: Visit, kind: str, cases: Sequence[Case], ident: str, shown: Record
) -> None:
    """A letter to the asker about several cases of one dossier."""
    first = cases[0]
    numbers = "[" + ", ".join(f"SIAGIE-{case.id}" for case in cases) + "]"
    context = {"bot_name": visit.rules.settings.bot.name, "numbers": numbers, **shown}
    about = About(case=first.id, mail=first.dossier_id, thread=asker_thread(visit, first))
    visit.outbox.put(kind, first.asker, ident, context, about)


_ACTIONS: Mapping[str | None, str] = {"alta": "Alta", "baja": "Baja"}


def _taken(visit: Visit, case: Case) -> Record:
    """A case that waits for a decision, as its asker is told; `tells` who hears when it is done."""
    shown = case.record
    notices = visit.rules.guide.procedures[shown["section"]].notices
    return {
        "number": case.id,
        "action_words": _ACTIONS[shown["action"]],
        "role_name": shown["role_name"],
        "names": shown["names"],
        "office_name": shown["office_name"],
        "section": shown["section"],
        "tells": "asker" if "asker" in notices else "holder" if "holder" in notices else "",
    }


def _observed(case: Case) -> Record:
    shown = case.record
    return {
        "action_words": _ACTIONS.get(shown["action"], "Solicitud"),
        "role_name": shown["role_name"],
        "names": shown["names"],
        "section": shown["section"],
        "said": case.reason,
        "mend": [f for f in shown["findings"] if f["mend"]],
    }


# ------------------------------------------------------------------ the decider


def question(visit: Visit, case: Case, asked: Question, changes: Sequence[str] = ()) -> None:
    """The question itself, to one approver; `changes` since they were last asked."""
    offices = visit.rules.offices.of_address(case.asker)
    context = letter_context(
        case,
        visit.rules.settings.bot.name,
        asker_name=offices[0].name if offices else case.asker,
        changes=list(changes),
        **wanted(visit, case, asked.approver),
        expires=asked.expires_at.isoformat(),
        sights=pictures.as_json(pictures.sights(pictures.from_record(case.record))),
    )
    about = About(case=case.id, mail=case.dossier_id, question=asked.id)
    visit.outbox.put("decider-question", asked.approver, str(asked.id), context, about)


def wanted(visit: Visit, case: Case, approver: str) -> dict[str, bool]:
    """What a yes to a case needs besides the word: a code, a second person."""
    rules = visit.rules.settings.decisions
    enrolled = authenticators.get(visit.tx, approver) is not None
    return {
        "code": enrolled or case.section in rules.code_for,
        "pair": case.section in rules.two_approvers_for,
    }


def reminder(visit: Visit, case: Case, asked: Question) -> None:
    """The same question once more, under the same token."""
    context = letter_context(
        case,
        visit.rules.settings.bot.name,
        asked=asked.created_at.isoformat(),
        expires=asked.expires_at.isoformat(),
        **wanted(visit, case, asked.approver),
    )
    about = About(case=case.id, mail=case.dossier_id, question=asked.id)
    visit.outbox.put("decider-reminder", asked.approver, str(asked.id), context, about)


def credentials(  # noqa: PLR0913  who, of what, to whom, and how often
    visit: Visit,
    case: Case,
    procedure: Procedure,
    account_id: int,
    decider: str,
    *,
    again: int = 0,
) -> None:
    """Queue the credentials: to the holder, or to the decider who hands them over."""
    correo = case.record["correo"]
    if not correo and procedure.credentials != "holder-or-decider":
        return
    to, reader = (correo, "holder") if correo else (decider, "decider")
    more: Record = {}
    kind = f"{reader}-credentials"
    if is_by_hand(visit.rules.settings):
        kind, more = f"{reader}-account", _typed(visit, case, account_id)
    context = letter_context(case, visit.rules.settings.bot.name, **more)
    about = About(case=case.id, account=account_id)
    ident = f"{account_id}.again{again}" if again else str(account_id)
    visit.outbox.put(kind, to, ident, context, about)


def _typed(visit: Visit, case: Case, account_id: int) -> Record:
    """What the holder of an account in SIAGIE is told; a password stands in its report alone."""
    item = orders.typed_for(visit.tx, account_id)
    where: Record = {}
    if item:
        where = {"report_mail": item.report_id, "item": item.id, "item_number": item.number}
    return {
        "typed": item is not None,
        "username": accounts.get(visit.tx, account_id).username,
        "worker": visit.rules.settings.directory.workorder.worker(case.record["role"]),
        **where,
    }


STATE_WORDS: Mapping[str, str] = {
    CaseStatus.DONE: "fue aprobado y ejecutado",
    CaseStatus.APPROVED: "fue aprobado",
    CaseStatus.REJECTED: "fue rechazado",
    CaseStatus.OBSERVED: "fue observado y espera a la oficina que lo envió",
    CaseStatus.EXPIRED: "venció sin que lo completaran",
    CaseStatus.WITHDRAWN: "fue retirado",
}


def state_of(case: Case) -> dict[str, Any]:
    """What became of a case, for who comes too late."""
    anew = case.status == CaseStatus.PENDING
    return {
        "state": "asked-anew" if anew else str(case.status),
        "state_words": STATE_WORDS.get(case.status, ""),
        "decided_by": case.decided_by,
        "decided_at": case.decided_at.isoformat() if case.decided_at else None,
    }


# ------------------------------------------------------------------ everybody, once it is done


def everybody(
    visit: Visit, case: Case, procedure: Procedure, opened: int | None, decider: str
) -> None:
    """The notices the guide orders for a procedure, no others."""
    if "holder" in procedure.notices and opened is not None:
        credentials(visit, case, procedure, opened, decider)
    if "asker" in procedure.notices and not _knows_already(case, procedure):
        apart = is_by_hand(visit.rules.settings)
        asker(visit, case, "asker-opened" if opened else "asker-closed", apart=apart)
    if "displaced" in procedure.notices:
        _displaced(visit, case)


def _knows_already(case: Case, procedure: Procedure) -> bool:
    """Whether the asker is the holder, whose credentials say it all."""
    return "holder" in procedure.notices and case.record["correo"] == case.asker


def _displaced(visit: Visit, case: Case) -> None:
    for account in case.record["closes"]:
        if account["correo"]:
            context = letter_context(case, visit.rules.settings.bot.name)
            about = About(case=case.id, account=account["id"])
            ident = str(account["id"])
            visit.outbox.put("displaced-closed", account["correo"], ident, context, about)


# ------------------------------------------------------------------ the administrators


def administrators(visit: Visit) -> tuple[str, ...]:
    """Whom the bot tells what only a person can mend: the first administrator configured."""
    approvers = visit.rules.settings.approvers
    listed = [a for name in reversed(ADMINISTRATORS) for a in approvers.get(name, ())]
    return tuple(listed[:1])


def alert(visit: Visit, case: Case, what: str, ident: str, who: str) -> None:
    """Something is amiss: a token ``leaked`` to somebody, or a question was ``locked``."""
    context = letter_context(case, visit.rules.settings.bot.name, what=what, who=who)
    about = About(case=case.id)
    for address in administrators(visit):
        visit.outbox.put("administrator-alert", address, f"{what}.{ident}", context, about)


def misused(visit: Visit, prompt: Prompt, what: str, who: str) -> None:
    """The same of a digest or an order of an approver's."""
    context = {
        "bot_name": visit.rules.settings.bot.name,
        "what": what,
        "who": who,
        "approver": prompt.approver,
        "digest": prompt.kind == PromptKind.DIGEST,
    }
    for address in administrators(visit):
        ident = f"{what}.{prompt.id}"
        visit.outbox.put("administrator-misused", address, ident, context, About())


@dataclass(frozen=True, slots=True)
class Said:
    """A short answer in words: its title, its paragraphs, the thread it stands in."""

    title: str
    paragraphs: tuple[str, ...]
    thread: Thread


def note(visit: Visit, to: str, ident: str, said: Said) -> None:
    """A short answer to an approver, if the address may be answered once more today."""
    if not visit.outbox.may_answer(to, known=True):
        return
    name = visit.rules.settings.bot.name
    context = {"bot_name": name, "title": said.title, "paragraphs": list(said.paragraphs)}
    visit.outbox.put("decider-note", to, ident, context, About(thread=said.thread))


def returned(visit: Visit, case: Case, letter: Letter, why: str) -> None:
    """The credentials of a case did not arrive."""
    name = visit.rules.settings.bot.name
    typed = KINDS[letter.kind].typed
    context = letter_context(case, name, address=letter.recipient, why=why, typed=typed)
    about = About(case=case.id, account=letter.account_id)
    for address in administrators(visit):
        ident = f"{letter.id}.{letter.attempts}"
        visit.outbox.put("administrator-returned", address, ident, context, about)


def vacant(visit: Visit, case: Case) -> None:
    """Nobody holds the post that decides a case."""
    procedure = visit.rules.guide.procedures[case.section or ""]
    role = visit.rules.guide.roles.get(procedure.decides)
    words = role.name if role else procedure.decides
    context = letter_context(case, visit.rules.settings.bot.name, decider=words)
    about = About(case=case.id, mail=case.dossier_id)
    ident = f"{case.id}.{case.revision}"
    for address in administrators(visit):
        visit.outbox.put("administrator-vacant", address, ident, context, about)


def change(visit: Visit, case: Case, ident: str, **about: Any) -> None:  # noqa: ANN401  JSON
    """The directory did not do what was approved: `step` and `why`, and whose account goes."""
    context = letter_context(case, visit.rules.settings.bot.name, **about)
    for address in administrators(visit):
        visit.outbox.put("administrator-change", address, ident, context, About(case=case.id))
