"""What happened in a span of time, and what it touched: for the report of an incident."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select

from mailbot.store import Tx, journal
from mailbot.store.journal import Told
from mailbot.store.tables import Account, Case, Letter, Mail

__all__ = ["Account", "Case", "Letter", "Scope", "Told", "Touched", "touched"]


@dataclass(frozen=True, slots=True)
class Scope:
    """What a report is about: a span (its end left out), perhaps one case, mail or address."""

    since: datetime
    until: datetime
    case: int | None = None
    mail: int | None = None
    address: str | None = None

    def __str__(self) -> str:
        parts = (f"caso {self.case}", f"correo {self.mail}", self.address or "")
        kept = (self.case, self.mail, self.address)
        named = [part for part, value in zip(parts, kept, strict=True) if value is not None]
        return " ".join([f"{self.since:%Y-%m-%dT%H:%M}/{self.until:%Y-%m-%dT%H:%M}", *named])

    @property
    def narrow(self) -> bool:
        """Whether it is about one thing only."""
        return any(x is not None for x in (self.case, self.mail, self.address))


@dataclass(frozen=True, slots=True)
class Touched:
    """The cases, accounts, letters and events an incident touches."""

    cases: Sequence[Case]
    accounts: Sequence[Account]
    letters: Sequence[Letter]
    events: Sequence[Told]


def touched(tx: Tx, scope: Scope) -> Touched:
    """Everything in the span that has to do with what the scope names."""
    events = journal.between(tx, scope.since, scope.until)
    named = _named(tx, scope)
    ids = named if scope.narrow else {e.case for e in events if e.case is not None}
    letters = [x for x in _letters(tx, scope) if not scope.narrow or _of_letter(scope, x, ids)]
    if not scope.narrow:
        ids |= {x.case_id for x in letters if x.case_id is not None}
    found = [e for e in events if not scope.narrow or _of_event(scope, e, ids)]
    cases = list(tx.scalars(select(Case).where(Case.id.in_(ids)).order_by(Case.id)))
    return Touched(cases, _accounts(tx, scope, ids), letters, found)


def _named(tx: Tx, scope: Scope) -> set[int]:
    """The cases a scope names: by number, by a mail of their dossier, by an address."""
    found = {scope.case} if scope.case is not None else set()
    if scope.mail is not None:
        mail = tx.get(Mail, scope.mail)
        dossier = mail.dossier_id or mail.id if mail else 0
        found |= set(tx.scalars(select(Case.id).where(Case.dossier_id == dossier)))
    if scope.address is not None:
        found |= _of_address(tx, scope.address)
    return found


def _of_address(tx: Tx, address: str) -> set[int]:
    """The cases an address asked for, decided, was written about, or opened an account by."""
    rows = select(Case.id).where(or_(Case.asker == address, Case.decided_by == address))
    written = select(Letter.case_id).where(Letter.recipient == address)
    held = select(Account.opened_by).where(Account.correo == address)
    return {x for query in (rows, written, held) for x in tx.scalars(query) if x is not None}


def _letters(tx: Tx, scope: Scope) -> Sequence[Letter]:
    """The letters written or sent in the span."""
    span: ColumnElement[bool] = or_(
        Letter.created_at.between(scope.since, scope.until),
        Letter.sent_at.between(scope.since, scope.until),
    )
    return list(tx.scalars(select(Letter).where(span).order_by(Letter.id)))


def _of_letter(scope: Scope, letter: Letter, cases: set[int]) -> bool:
    mine = letter.mail_id is not None and letter.mail_id == scope.mail
    about = {letter.case_id, *_listed(letter)}
    return bool(about & cases) or letter.recipient == scope.address or mine


def _listed(letter: Letter) -> set[int]:
    """The cases a letter tells of beside its own: a digest's, a receipt's."""
    rows = (*letter.context.get("items", ()), *letter.context.get("lines", ()))
    return {row["case"] for row in rows if row["case"] is not None}


def _of_event(scope: Scope, event: Told, cases: set[int]) -> bool:
    mine = event.mail is not None and event.mail == scope.mail
    theirs = scope.address is not None and scope.address in (event.actor, *event.detail.split())
    return event.case in cases or mine or theirs


def _accounts(tx: Tx, scope: Scope, cases: set[int]) -> Sequence[Account]:
    """The accounts the cases opened or closed, and those opened or closed in the span."""
    by_case = or_(Account.opened_by.in_(cases), Account.closed_by.in_(cases))
    span = or_(
        Account.opened_at.between(scope.since, scope.until),
        Account.closed_at.between(scope.since, scope.until),
    )
    rows = select(Account).where(by_case if scope.narrow else or_(by_case, span))
    return list(tx.scalars(rows.order_by(Account.id)))
