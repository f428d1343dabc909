"""After a database was put back from a copy.

Nothing is fetched, sent or executed before an operator has seen what differs and said so.
"""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from typing import Concatenate, ParamSpec, TypeVar

import structlog
from sqlalchemy import select

from mailbot import comparison, daily, monthly, terms, trust, urge
from mailbot.desk import Desk, Visit
from mailbot.errors import Held, Unreachable
from mailbot.mailbox import open_mailbox
from mailbot.masking import masked
from mailbot.prompts import digest
from mailbot.store import Store, cases, challenges, epoch, journal, pulse, underway
from mailbot.store.tables import Account, Mail
from mailbot.store.underway import Underway

log = structlog.get_logger()

Done = TypeVar("Done")
More = ParamSpec("More")


@dataclass(frozen=True, slots=True)
class Handled:
    """A mail the server shows as handled and the database does not know."""

    folder: str
    date: str
    sender: str
    subject: str


@dataclass(frozen=True, slots=True)
class Untold:
    """Something that time alone would tell of now, and that nothing tells of later.

    `event` is what the journal calls it; `about` says more, where the number alone says little.
    """

    event: str
    case: int | None = None
    mail: int | None = None
    about: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """What an operator has to know before the bot goes on.

    `lost` is how many rows of the journal came after the copy, `reason` why nothing is done,
    `unread` why the mailbox could not be looked into, `untold` what was due at the moment `seen`.
    """

    seen: datetime
    reason: str
    made: datetime | None
    lost: int | None
    underway: Underway
    untold: Sequence[Untold]
    handled: Sequence[Handled]
    unread: str | None


def require(store: Store) -> None:
    """Held while nothing may be done."""
    if reason := epoch.doubt(store):
        raise Held(
            f"La base de datos {reason}. No se lee, envía ni ejecuta nada: vea qué difiere y "
            "confirme con: mailbot resume"
        )


def watched(
    work: Callable[Concatenate[Desk, More], Done],
) -> Callable[Concatenate[Desk, More], Done]:
    """Do some work only on the database that worked here last, and note how far it came."""

    @functools.wraps(work)
    def guarded(desk: Desk, /, *more: More.args, **named: More.kwargs) -> Done:
        require(desk.store)
        try:
            return work(desk, *more, **named)
        finally:
            epoch.note(desk.store)

    return guarded


# ------------------------------------------------------------------ what differs


def difference(desk: Desk) -> Difference | None:
    """What an operator is shown; None when there is no doubt."""
    reason, told = epoch.doubt(desk.store), epoch.noted(desk.store)
    if reason is None:
        return None
    with desk.store.read() as tx:
        made, end, found = epoch.copied(tx), journal.head(tx), underway.found(tx)
        visit = desk.at(tx)
        untold = _untold(visit)
    lost = max(told.count - end.count, 0) if told else None
    try:
        handled, unread = _handled(desk, made), None
    except Unreachable as error:
        handled, unread = [], str(error)
    return Difference(visit.now, reason, made, lost, found, untold, handled, unread)


def _untold(visit: Visit) -> list[Untold]:
    """What is due now. It may have been told since the copy, so that nobody is told of it again."""
    ending = (account for account, _, _ in terms.due(visit))
    observed = cases.overdue(visit.tx, visit.now)
    asked = challenges.overdue(visit.tx, visit.now)
    return [
        *(Untold("term_untold", a.opened_by, about=_account(a)) for a in ending),
        *(Untold("silence_untold", q.case_id, about=q.approver) for q in urge.late(visit)),
        *(Untold("deadline_untold", case.id) for case in observed),
        *(Untold("challenge_untold", mail=made.mail_id) for made in asked),
    ]


def _account(account: Account) -> str:
    return f"cuenta {account.id}: {account.ends_on:%d/%m/%Y}"


def _handled(desk: Desk, made: datetime | None) -> list[Handled]:
    """The mails moved out of the inbox since the copy that the database does not know."""
    since = (made or desk.clock() - timedelta(days=30)) - timedelta(days=1)
    found: list[Handled] = []
    with open_mailbox(desk.rules.settings) as mailbox:
        for folder in (mailbox.settings.processed, mailbox.settings.set_aside):
            for head in mailbox.heads(folder, since):
                message = message_from_bytes(head, policy=policy.compat32)
                if not _known(desk, str(message["Message-ID"] or "").strip()):
                    sender = masked(trust.unverified(head).address)  # libraries recurse over some
                    date, subject = (
                        masked(str(message[n] or ""))[:60] for n in ("Date", "Subject")
                    )
                    found.append(Handled(folder, date, sender, subject))
    return found


def _known(desk: Desk, message_id: str) -> bool:
    with desk.store.read() as tx:
        return tx.scalar(select(Mail.id).where(Mail.message_id == message_id).limit(1)) is not None


# ------------------------------------------------------------------ going on


def resume(desk: Desk, operator: str, seen: datetime | None = None) -> None:
    """Go on: what was under way waits for a person, and nothing of it goes on by itself.

    `seen` is the moment of the difference that was shown: what fell due after it nobody has told,
    and it is told as always.
    """
    with desk.store.begin() as tx:
        visit = desk.at(tx)
        shown = replace(visit, now=seen or visit.now)
        found = underway.found(tx)
        for one in _untold(shown):
            visit.note(one.event, "bot", case=one.case, mail=one.mail, detail=one.about or None)
        underway.settle(tx, shown.now)
        for skip in _AT_SET_TIMES:
            skip(shown)
        epoch.over(tx)
        counts = (
            f"{len(found.letters)} cartas, {len(found.mails)} correos, {len(found.cases)} casos"
        )
        visit.note("database_resumed", operator, detail=counts)
    epoch.note(desk.store)
    log.warning("database_resumed", letters=len(found.letters), mails=len(found.mails))


def _beats_are_over(visit: Visit) -> None:
    """The letters to ourselves that the copy waits for came since, and were deleted."""
    heart = pulse.heartbeat(visit.tx)
    pulse.keep_heartbeat(visit.tx, replace(heart, pending=(), sent=None))


_AT_SET_TIMES: Sequence[Callable[[Visit], object]] = (
    *(daily.skip, digest.skip, monthly.skip, comparison.skip, terms.skip, urge.skip),
    _beats_are_over,
)
"""What time alone would tell at once: it may have been told since. The next goes at its time.

What would vanish by it is written down before (see `_untold`); summaries hold it the next time.
"""


def hold(desk: Desk, operator: str) -> None:
    """Treat the database as put back: for one that was restored by other means."""
    with desk.store.begin() as tx:
        epoch.hold(tx, desk.clock())
        desk.at(tx).note("database_held", operator)
