"""What happened in two months, without anybody's name: for the monthly report."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from mailbot.report.material import (
    About,
    Decided,
    Happened,
    Material,
    Month,
    Observed,
    Opened,
)
from mailbot.store import Tx
from mailbot.store.tables import Account, Case, Event, Letter, Mail, Question

_NAMES = ("case_done", "case_rejected", "case_refused", "case_expired")
_OBSERVATION = "asker-observed"
SAID = "Lo observó quien decide"

Used = Callable[[int], bool | None]


def tally(tx: Tx, month: Month, used: Used = lambda _account: None) -> Material:
    """Everything a month's report and its comparison need; `used` says if an account was used."""
    span = (month.before.first, month.end)
    return Material(
        received=_received(tx, span),
        happened=_happened(tx, span),
        decided=_decided(tx, span),
        observed=_observed(tx, span),
        opened=_opened(tx, span, used),
        replaced=_replaced(tx, span),
    )


Span = tuple[datetime, datetime]


def _received(tx: Tx, span: Span) -> tuple[datetime, ...]:
    rows = select(Case.created_at).where(Case.created_at >= span[0], Case.created_at < span[1])
    return tuple(tx.scalars(rows))


def _happened(tx: Tx, span: Span) -> tuple[Happened, ...]:
    rows = (
        select(Event.at, Event.name, Event.detail, Case.record)
        .join(Case, Case.id == Event.case_id)
        .where(Event.at >= span[0], Event.at < span[1], Event.name.in_(_NAMES))
        .order_by(Event.id)
    )
    return tuple(
        Happened(at, name, detail or "", _about(r)) for at, name, detail, r in tx.execute(rows)
    )


def _about(record: Mapping[str, Any]) -> About:
    return About(record.get("role"), record.get("action"), record.get("office"))


def _decided(tx: Tx, span: Span) -> tuple[Decided, ...]:
    """Each decision with the first question about the case as it stood then."""
    asked = (
        select(Question.case_id, Question.revision, func.min(Question.created_at).label("at"))
        .group_by(Question.case_id, Question.revision)
        .subquery()
    )
    rows = (
        select(Mail.received_at, asked.c.at, Case.decided_at)
        .join(Mail, Mail.id == Case.dossier_id)
        .outerjoin(asked, (asked.c.case_id == Case.id) & (asked.c.revision == Case.revision))
        .where(Case.decided_at >= span[0], Case.decided_at < span[1])
        .order_by(Case.id)
    )
    return tuple(Decided(received, at, done) for received, at, done in tx.execute(rows) if done)


def _observed(tx: Tx, span: Span) -> tuple[Observed, ...]:
    """What each letter said was missing, case by case, while letters are kept."""
    rows = (
        select(Letter.created_at, Letter.context)
        .where(Letter.kind == _OBSERVATION)
        .where(Letter.created_at >= span[0], Letter.created_at < span[1])
        .order_by(Letter.id)
    )
    return tuple(
        Observed(at, reasons)
        for at, context in tx.execute(rows)
        for reasons in (map(_reasons, context["cases"]) if "cases" in context else (None,))
    )


def _reasons(case: Mapping[str, Any]) -> tuple[str, ...]:
    lacking = tuple(dict.fromkeys(f["label"] for f in case["mend"]))
    return (*lacking, SAID) if case["said"] else lacking


def _opened(tx: Tx, span: Span, used: Used) -> tuple[Opened, ...]:
    rows = (
        select(Account.id, Account.opened_at)
        .where(Account.opened_by.is_not(None))
        .where(Account.opened_at >= span[0], Account.opened_at < span[1])
    )
    return tuple(Opened(at, used(number)) for number, at in tx.execute(rows))


def _replaced(tx: Tx, span: Span) -> tuple[datetime, ...]:
    """When accounts were closed because another person took the post."""
    opened = select(Account.opened_by).where(Account.opened_by.is_not(None))
    rows = select(Account.closed_at).where(
        Account.closed_at >= span[0], Account.closed_at < span[1], Account.closed_by.in_(opened)
    )
    return tuple(at for at in tx.scalars(rows) if at)
