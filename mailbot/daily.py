"""The daily word to the administrators: what was set aside, what failed, the journal's head."""

from collections.abc import Sequence
from datetime import datetime

from mailbot import tell, workdays
from mailbot.desk import Visit
from mailbot.masking import masked
from mailbot.respond import About
from mailbot.store import journal, letters, mails, marks
from mailbot.store.tables import Letter, Mail

_HOUR = 8
_MOST = 50
_DAY = "digest_day"


def tell_administrator(visit: Visit) -> None:
    """Once a working day: mails set aside, letters that failed, that the journal has grown.

    It carries the journal's head, so that whoever holds yesterday's notices a journal cut short
    or put back; and nobody's whole address.
    """
    if skip(visit):
        _digest(visit, visit.now.astimezone(workdays.LIMA))


def skip(visit: Visit) -> bool:
    """Take today's word for told; whether its time had come and it was not."""
    today = workdays.begun(visit.now, _HOUR, visit.rules.settings.policy.holidays)
    return today is not None and marks.turn(visit.tx, _DAY, today.isoformat())


def _digest(visit: Visit, local: datetime) -> None:
    aside = mails.set_aside_since(visit.tx, int(marks.get(visit.tx, "digest_mail") or 0))
    failed_before = int(marks.get(visit.tx, "digest_letter") or 0)
    failed = [x for x in letters.troubled(visit.tx) if x.id > failed_before][:_MOST]
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    told = int(marks.get(visit.tx, "digest_row") or 0)
    if not aside and not failed and not journal.grew(visit.tx, told, midnight):
        return
    head = journal.head(visit.tx)
    context = {
        "head": str(head),
        "bot_name": visit.rules.settings.bot.name,
        "folder": visit.rules.settings.imap.set_aside,
        "mails": [_aside_row(m) for m in _known_first(visit, aside)[:_MOST]],
        "more": max(0, len(aside) - _MOST),
        "letters": [_failed_row(x) for x in failed],
    }
    for address in tell.administrators(visit):
        visit.outbox.put("administrator-digest", address, f"{local:%Y%m%d}", context, About())
    marks.put(visit.tx, "digest_row", str(head.count))
    if aside:
        marks.put(visit.tx, "digest_mail", str(aside[-1].id))
    if failed:
        marks.put(visit.tx, "digest_letter", str(failed[-1].id))


def _known_first(visit: Visit, aside: Sequence[Mail]) -> list[Mail]:
    """Mails in order, those under a registered address first: a flood of others hides none."""
    return sorted(aside, key=lambda mail: not visit.knows(mail.sender or ""))


def _aside_row(mail: Mail) -> dict[str, object]:
    return {
        "id": mail.id,
        "received": mail.received_at.isoformat(),
        "sender": masked(mail.sender or ""),
        "reason": masked(mail.reason or ""),
    }


def _failed_row(letter: Letter) -> dict[str, object]:
    return {
        "id": letter.id,
        "kind": letter.kind,
        "recipient": masked(letter.recipient),
        "error": masked(letter.error or ""),
    }
