"""The daily comparison of a shadow: what it would have done, and whether people have answered."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import select

from mailbot import hindsight, shadow, workdays
from mailbot.decide import Record
from mailbot.desk import Desk, Visit
from mailbot.errors import ConfigError
from mailbot.mailbox import Mailbox
from mailbot.masking import masked
from mailbot.replay import LABELS
from mailbot.respond import About
from mailbot.store import marks, outcomes
from mailbot.store.tables import Mail, MailStatus

log = structlog.get_logger()

_HOUR = 8
_MOST = 60
_MODE, _DAY, _LAST = "mode", "shadow_day", "shadow_mail"


def claim(desk: Desk) -> None:
    """Make sure that a shadow's database is a shadow's alone; ConfigError when it is not."""
    wanted = shadow.on(desk.rules.settings)
    if wanted:
        log.warning("shadow_mode", words=shadow.WORDS)
    with desk.store.read() as tx:
        known = marks.get(tx, _MODE) is not None
        used = tx.scalar(select(Mail.id).limit(1)) is not None
    if known and not wanted:
        raise ConfigError(
            "store.url: esta base de datos es de una sombra: sus casos nunca se preguntaron. Para "
            "trabajar de verdad indique otra, vacía."
        )
    if wanted and used and not known:
        raise ConfigError(
            "store.url: esta base de datos ya trabajó de verdad; una sombra necesita otra, vacía."
        )
    if wanted and not known:
        with desk.store.begin() as tx:
            marks.put(tx, _MODE, "shadow")


# ------------------------------------------------------------------ once a day


@dataclass(frozen=True, slots=True)
class _Seen:
    """A mail as the mailbox shows it now."""

    mail: Mail
    answered: bool
    there: bool


def compare(desk: Desk, mailbox: Mailbox) -> int:
    """On a working day's morning: what came since the last time; how many letters were written."""
    with desk.store.read() as tx:
        visit = desk.at(tx)
        due = _today(visit) not in (None, marks.get(tx, _DAY))
        rows = _since_last(visit) if due else None
    if rows is None:
        return 0
    seen = _looked_at(mailbox, rows)
    with desk.store.begin() as tx:
        return _write(desk.at(tx), seen)


def _today(visit: Visit) -> str | None:
    """The day, once its comparison may be sent."""
    day = workdays.begun(visit.now, _HOUR, visit.rules.settings.policy.holidays)
    return day.isoformat() if day else None


def skip(visit: Visit) -> None:
    """Take today's comparison for sent, if its time has come."""
    if shadow.on(visit.rules.settings) and (today := _today(visit)):
        marks.put(visit.tx, _DAY, today)


def _since_last(visit: Visit) -> list[Mail]:
    """The mails since the last one told, up to the first that still waits to be read."""
    last = int(marks.get(visit.tx, _LAST) or 0)
    rows = visit.tx.scalars(select(Mail).where(Mail.id > last).order_by(Mail.id))
    return list(itertools.takewhile(lambda row: row.status != MailStatus.NEW, rows))


def _looked_at(mailbox: Mailbox, rows: Sequence[Mail]) -> list[_Seen]:
    uids = [row.uid for row in rows if row.uidvalidity == mailbox.uidvalidity]
    there, answered = mailbox.present(uids), mailbox.answered(uids)
    return [_Seen(row, row.uid in answered, row.uid in there) for row in rows]


def _write(visit: Visit, seen: Sequence[_Seen]) -> int:
    """The letters, and where the next begin."""
    local = visit.now.astimezone(workdays.LIMA)
    marks.put(visit.tx, _DAY, local.date().isoformat())
    if not seen:
        return 0
    marks.put(visit.tx, _LAST, str(seen[-1].mail.id))
    context = {
        "bot_name": visit.rules.settings.bot.name,
        "mails": [_told(visit, one) for one in seen[:_MOST]],
        "more": max(0, len(seen) - _MOST),
    }
    readers = shadow.readers(visit.rules.settings)
    for number, address in enumerate(readers):
        visit.outbox.put(shadow.KIND, address, f"{local:%Y%m%d}.{number}", context, About())
    return len(readers)


def _told(visit: Visit, one: _Seen) -> Record:
    """A mail in a few lines; nobody's name or whole address."""
    outcome = outcomes.done(visit.tx, one.mail)
    return {
        "id": one.mail.id,
        "received": one.mail.received_at.isoformat(),
        "sender": _sender(visit, one.mail),
        "would": hindsight.words(outcome, LABELS),
        "people": _people(one),
    }


def _sender(visit: Visit, mail: Mail) -> str:
    offices = visit.rules.offices.of_address(mail.sender or "")
    return offices[0].name if offices else masked(mail.sender or "") or "remitente desconocido"


def _people(one: _Seen) -> str:
    if one.answered:
        return "una persona ya lo contestó"
    return "nadie lo ha contestado" if one.there else "ya no está en la bandeja de entrada"
