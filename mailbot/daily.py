"""The daily word to the administrators: what waits for a person, and the journal's head.

Mails set aside, letters that failed, what a restoration left unsaid, a pause that lasts.
"""

from collections.abc import Sequence
from datetime import datetime

from mailbot import pause, tell, workdays
from mailbot.desk import Visit
from mailbot.masking import masked
from mailbot.respond import About
from mailbot.store import journal, letters, mails, marks
from mailbot.store.journal import Told
from mailbot.store.tables import Letter, Mail

_HOUR = 8
_MOST = 50
_DAY = "digest_day"


def tell_administrator(visit: Visit) -> None:
    """Once a working day: what waits for a person, or that the journal has grown.

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
    told = int(marks.get(visit.tx, "digest_row") or 0)
    untold, paused = journal.named(visit.tx, tuple(UNTOLD), told), pause.since(visit)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    waits = aside or failed or untold or paused
    if not waits and not journal.grew(visit.tx, told, midnight):
        return
    head = journal.head(visit.tx)
    _put(visit, local, head=str(head), **_mails(visit, aside), **_others(failed, untold, paused))
    marks.put(visit.tx, "digest_row", str(head.count))
    if aside:
        marks.put(visit.tx, "digest_mail", str(aside[-1].id))
    if failed:
        marks.put(visit.tx, "digest_letter", str(failed[-1].id))


def _put(visit: Visit, local: datetime, **said: object) -> None:
    context = {"bot_name": visit.rules.settings.bot.name, **said}
    for address in tell.administrators(visit):
        visit.outbox.put("administrator-digest", address, f"{local:%Y%m%d}", context, About())


def _mails(visit: Visit, aside: Sequence[Mail]) -> dict[str, object]:
    return {
        "folder": visit.rules.settings.imap.set_aside,
        "mails": [_aside_row(m) for m in _known_first(visit, aside)[:_MOST]],
        "more": max(0, len(aside) - _MOST),
    }


def _others(
    failed: Sequence[Letter], untold: Sequence[Told], paused: str | None
) -> dict[str, object]:
    return {
        "letters": [_failed_row(x) for x in failed],
        "untold": [_untold_row(x) for x in untold[:_MOST]],
        "unsaid": max(0, len(untold) - _MOST),
        "paused": paused,
    }


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


UNTOLD = {
    "term_untold": "termina una encargatura",
    "silence_untold": "nadie respondió la pregunta",
    "deadline_untold": "venció el plazo de quien lo pidió",
    "challenge_untold": "nadie confirmó que el correo fuera suyo",
}
"""What a restoration took for told (see ``recovery``), by its name in the journal."""


def _untold_row(event: Told) -> dict[str, object]:
    return {
        "case": event.case,
        "mail": event.mail,
        "words": UNTOLD[event.name],
        "about": masked(event.detail),
    }
