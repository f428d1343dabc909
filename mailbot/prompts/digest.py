"""What waits for an approver, in one letter, numbered: one reply decides many.

Each item is bound by the fingerprint of exactly what was shown of it. What cannot be decided on a
few lines (a doubt, something unusual, a broken signature, words of others than the asker's) is
listed and leads to its own question.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from mailbot import pause, workdays
from mailbot.decide import Record
from mailbot.desk import Visit, letter_context
from mailbot.prompts.made import fingerprint, make
from mailbot.prompts.sight import may_decide
from mailbot.respond import About, Thread
from mailbot.store import authenticators, marks, prompts
from mailbot.store.tables import Case, PromptKind, Question

_ALONE = Thread()
MOST = 50
"""Items of one digest: the others wait for the next."""
_SHOWN = (
    "section",
    "action",
    "role_name",
    "office_name",
    "nivel",
    "names",
    "dni",
    "correo",
    "asker",
)


def item(number: int, question: Question, case: Case) -> Record:
    """One item as it is shown."""
    record = case.record
    return {
        "number": number,
        "case": case.id,
        "asked": question.created_at.isoformat(),
        **{name: record[name] for name in _SHOWN},
        "closes": [{"names": a["names"], "dni": a["dni"]} for a in record["closes"]],
        "own": own_question(case),
    }


def own_question(case: Case) -> str:
    """Why a case cannot be decided on a few lines, in Spanish; nothing when it can."""
    said = letter_context(case, "")
    doubts = [f["label"] for f in said["unmet"]]
    reasons = [f"hay que revisar {', '.join(doubts)}"] if doubts else []
    reasons += ["una firma digital no es válida"] if said["broken_signatures"] else []
    reasons += ["hay algo que llama la atención"] if said["signals"] else []
    reasons += ["trae una corrección de quien decide"] if case.corrections else []
    reasons += ["reenvía el pedido de otra persona"] if said["forwarded"] else []
    reasons += ["escribió más de una dirección"] if case.record.get("completed_by") else []
    return " y ".join(reasons)


def bound(question: Question, shown: Record) -> dict[str, Any]:
    """What an answer to an item is held against: its question, and what was shown of it."""
    values = {**shown, "number": 0, "question": question.id, "record": question.digest}
    return {"question": question.id, "shown": fingerprint(values)}


def put(visit: Visit, approver: str, thread: Thread = _ALONE) -> bool:
    """Put a digest of what waits for an approver now; False when nothing does.

    What they were asked and may not decide any more is not shown to them.
    """
    asked = prompts.asked(visit.tx, approver, visit.now)
    waiting = [(q, case) for q, case in asked if may_decide(visit, case, approver)]
    if not waiting:
        return False
    listed = [(q, item(n, q, c)) for n, (q, c) in enumerate(waiting[:MOST], start=1)]
    content = {"items": {str(shown["number"]): bound(q, shown) for q, shown in listed}}
    life = timedelta(hours=visit.rules.settings.policy.question_hours)
    made = make(visit, PromptKind.DIGEST, approver, content, life)
    context = {
        "bot_name": visit.rules.settings.bot.name,
        "prompt": made.id,
        "items": [shown for _, shown in listed],
        "more": len(waiting) - len(listed),
        "code": _code(visit, approver, [case for _, case in waiting]),
        "paused": pause.since(visit),
        "expires": made.expires_at.isoformat(),
    }
    visit.note("digest_shown", "bot", detail=f"{made.id} to {approver}")
    return visit.outbox.put("decider-digest", approver, str(made.id), context, About(thread=thread))


def _code(visit: Visit, approver: str, waiting: Sequence[Case]) -> bool:
    wanted = visit.rules.settings.decisions.code_for
    enrolled = authenticators.get(visit.tx, approver) is not None
    return enrolled or any(case.section in wanted for case in waiting)


# ------------------------------------------------------------------ at set hours


def send_due(visit: Visit) -> None:
    """At each set hour of a working day, a digest to whom something has waited for since before."""
    if since := skip(visit):
        for approver in prompts.with_questions(visit.tx, since):
            put(visit, approver)


def skip(visit: Visit) -> datetime | None:
    """Take the digests of the last set hour for sent: that hour, when they were not."""
    local = visit.now.astimezone(workdays.LIMA)
    policy, hours = visit.rules.settings.policy, visit.rules.settings.schedule.digest_hours
    past = [hour for hour in hours if hour <= local.hour]
    if not past or not workdays.is_working(local.date(), policy.holidays):
        return None
    since = local.replace(hour=max(past), minute=0, second=0, microsecond=0)
    return since if marks.turn(visit.tx, _KEY, f"{since:%Y%m%d.%H}") else None


_KEY = "approvers_digest"
