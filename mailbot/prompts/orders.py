"""An approver's order by mail, without a token: what only tells is told, the rest is confirmed.

Whoever may decide may order, from the same address, proven as a decision is, in a mail that no
machine wrote. An order that changes something has no effect of its own: it makes a prompt, and its
CONFIRMO is as much as a yes has to be.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from mailbot import monthly, tell
from mailbot.desk import Visit, thread_of
from mailbot.model import Mail
from mailbot.parsers.orders import ROWS, Name, Order, Row, read_order, says_nothing
from mailbot.prompts import digest
from mailbot.prompts.changes import CHANGES, Change, Refusal
from mailbot.prompts.made import make
from mailbot.prompts.sight import state_lines
from mailbot.report import Month
from mailbot.respond import About, Thread
from mailbot.store import accounts, authenticators, letters, prompts

LIFE = timedelta(hours=24)
"""How long an order can be confirmed."""


@dataclass(frozen=True)
class Ordered:
    """An order, and the mail it stands in."""

    mail_id: int
    mail: Mail
    order: Order

    @property
    def who(self) -> str:
        """Who gave it."""
        return self.mail.sender.address

    @property
    def thread(self) -> Thread:
        """The thread to answer in."""
        return thread_of(self.mail.message_id, self.mail.references, "")


def hear_order(visit: Visit, mail_id: int, mail: Mail, *, else_help: bool) -> bool:
    """Whether a mail was an approver's order, or (`else_help`) words of theirs that are none.

    The sender must be proven as for a decision, by the mail alone: an address that is believed only
    with a token orders nothing.
    """
    sender = mail.sender
    proven = sender.authenticated and sender.whole and not mail.forwarded
    if not proven or not decides(visit, sender.address):
        return False
    found = read_order(mail)
    if found and found.whole:
        visit.note("order_heard", sender.address, mail=mail_id, detail=found.row.name.value)
        _obey(visit, Ordered(mail_id, mail, found))
        return True
    if not else_help:
        return False
    return _explain(visit, mail_id, mail, found.row if found else None)


def decides(visit: Visit, address: str) -> bool:
    """Whether an address is one that decides: configured, asked now, or of a post that decides."""
    if visit.is_registered(address) or prompts.is_asked(visit.tx, address):
        return True
    roles = {procedure.decides for procedure in visit.rules.guide.procedures.values()}
    return any(role in roles for role in accounts.roles_of(visit.tx, address))


# ------------------------------------------------------------------ what only tells


def _obey(visit: Visit, ordered: Ordered) -> None:
    row = ordered.order.row
    if row.administrators and not is_administrator(visit, ordered.who):
        _note(visit, ordered, "No se hizo nada", ("Eso solo lo ordena un administrador.",))
    elif row.name in CHANGES:
        _to_confirm(visit, ordered, CHANGES[row.name])
    else:
        _TELLS[row.name](visit, ordered)


def _pending(visit: Visit, ordered: Ordered) -> None:
    """What waits for them, if the address may be answered once more today."""
    if not visit.outbox.may_answer(ordered.who, known=True):
        return
    if not digest.put(visit, ordered.who, ordered.thread):
        _note(visit, ordered, "Nada espera su decisión", ("No tiene pedidos pendientes.",))


def _state(visit: Visit, ordered: Ordered) -> None:
    number = int(ordered.order.given["case"])
    lines = state_lines(visit, number, ordered.who)
    _note(visit, ordered, f"Estado del caso {number}", lines)


def _report(visit: Visit, ordered: Ordered) -> None:
    """The report of a month, if it has begun; to who asks alone."""
    month = _month(visit, ordered.order.given.get("month"))
    if month is None:
        _note(visit, ordered, "No hay informe", ("Ese mes no existe o todavía no empieza.",))
    elif visit.outbox.may_answer(ordered.who, known=True):
        made = monthly.of(visit, month)
        monthly.send(visit, made, (ordered.who,), f"o{ordered.mail_id}", ordered.thread)


def _month(visit: Visit, said: str | None) -> Month | None:
    if said is None:
        return monthly.last_month(visit)
    number, year = map(int, said.replace("-", "/").split("/"))
    real = 1 <= number <= 12 and year >= 2000
    return Month(year, number) if real and Month(year, number).first <= visit.now else None


def _help(visit: Visit, ordered: Ordered) -> None:
    _put_help(visit, ordered.mail_id, ordered.mail, "")


_TELLS: Mapping[Name, Callable[[Visit, Ordered], None]] = {
    Name.PENDING: _pending,
    Name.STATE: _state,
    Name.REPORT: _report,
    Name.HELP: _help,
}


def _note(visit: Visit, ordered: Ordered, title: str, lines: tuple[str, ...]) -> None:
    said = tell.Said(title, lines, ordered.thread)
    tell.note(visit, ordered.who, str(ordered.mail_id), said)


# ------------------------------------------------------------------ what is not understood


def _explain(visit: Visit, mail_id: int, mail: Mail, row: Row | None) -> bool:
    """How to say it; of words that are no order at all once a day, and nothing to thanks.

    Those of who holds a post are left to others: offices ask with the same addresses.
    """
    who = mail.sender.address
    if row is None and says_nothing(mail):
        return True
    if row is None and (_was_helped(visit, who) or not visit.is_registered(who)):
        return False
    _put_help(visit, mail_id, mail, f"Así no se entiende {row.name}." if row else _NO_ORDER)
    return True


def _was_helped(visit: Visit, who: str) -> bool:
    day_ago = visit.now - timedelta(days=1)
    return letters.written(visit.tx, day_ago, ("decider-help",), who) > 0


_NO_ORDER = "Su mensaje no dice ninguna de las palabras que este buzón entiende."


def _put_help(visit: Visit, mail_id: int, mail: Mail, problem: str) -> None:
    """The list of orders their sender may give."""
    who = mail.sender.address
    if not visit.outbox.may_answer(who, known=True):
        return
    rows = [r for r in ROWS if not r.administrators or is_administrator(visit, who)]
    context = {
        "bot_name": visit.rules.settings.bot.name,
        "problem": problem,
        "orders": [{"example": r.example, "does": r.does, "changes": r.changes} for r in rows],
    }
    about = About(mail=mail_id, thread=thread_of(mail.message_id, mail.references, ""))
    visit.outbox.put("decider-help", who, str(mail_id), context, about)


def is_administrator(visit: Visit, address: str) -> bool:
    """Whether an address is one of those the operator named as administrators."""
    return address in visit.rules.settings.administrators


# ------------------------------------------------------------------ what changes something


def _to_confirm(visit: Visit, ordered: Ordered, change: Change) -> None:
    """Show what an order would do; it is done when its giver confirms it."""
    row, who = ordered.order.row, ordered.who
    found = change.examine(visit, who, ordered.order.given)
    if isinstance(found, Refusal):
        _note(visit, ordered, "No se hizo nada", (found.why,))
        return
    if not visit.outbox.may_answer(who, known=True):
        return
    says = change.says(visit, found)
    made = make(visit, change.kind, who, {**found, "says": says}, LIFE)
    context = {
        "bot_name": visit.rules.settings.bot.name,
        "prompt": made.id,
        "order": row.name.value,
        "says": says,
        "code": wants_code(visit, who),
        "expires": made.expires_at.isoformat(),
    }
    about = About(mail=ordered.mail_id, thread=ordered.thread)
    visit.outbox.put("decider-confirm", who, str(made.id), context, about)


def wants_code(visit: Visit, address: str) -> bool:
    """Whether a confirmation wants six digits: as the hardest decision the operator has made.

    What changes who decides, or whether anything is done, must not be easier than any decision.
    """
    enrolled = authenticators.get(visit.tx, address) is not None
    return enrolled or bool(visit.rules.settings.decisions.code_for)
