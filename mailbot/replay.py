"""Past mails, read again by other rules: what would have been done, beside what was.

Nothing is sent, moved or written: mails are read from files, or from the store by who may only
read. Documents are opened by the same fenced children as ever.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from mailbot import examine, hindsight
from mailbot.check.requirements import REQUIREMENTS
from mailbot.errors import ConfigError
from mailbot.examine import Source
from mailbot.hindsight import Kind, Outcome
from mailbot.parsers.mail import Malformed, read_mail
from mailbot.parsers.parse import parse
from mailbot.report.material import REFUSALS
from mailbot.rules import Rules
from mailbot.store import Store, outcomes, schema
from mailbot.store.schools import StoredSchools

LABELS = {**{name: row.label for name, row in REQUIREMENTS.items()}, **REFUSALS}


@dataclass(frozen=True, slots=True)
class Compared:
    """One mail: its name, what was done (or one set of rules would do), what the other would."""

    name: str
    before: Outcome | None
    after: Outcome

    @property
    def differs(self) -> bool:
        """Whether it makes a difference."""
        return self.before is not None and hindsight.differ(self.before, self.after)


# ------------------------------------------------------------------ from files


def of_files(sources: Sequence[Source], before: Rules | None, after: Rules) -> Iterator[Compared]:
    """Every file by one set of rules, or by two."""
    firsts = examine.examine(sources, before) if before else iter([None] * len(sources))
    for first, second in zip(firsts, examine.examine(sources, after), strict=True):
        name = second.source.title
        yield Compared(name, _seen(first, before), _seen(second, after) or _UNREADABLE)


_UNREADABLE = Outcome(Kind.UNREADABLE)


def _seen(seen: examine.Examined | None, rules: Rules | None) -> Outcome | None:
    if seen is None or rules is None:
        return None
    if seen.parsed is None or seen.mail is None:
        return _UNREADABLE
    return hindsight.judged(seen.parsed, seen.mail, rules)


# ------------------------------------------------------------------ from the store


@contextmanager
def opened(rules: Rules) -> Iterator[Store]:
    """The store as it is: one of another version would have to be changed first."""
    settings = rules.settings
    found = schema.at(settings.database)
    if found != schema.HEAD:
        what = f"es de la versión {found}" if found else "no existe todavía"
        raise ConfigError(f"store.url: la base de datos {what}: no hay pasado que mirar.")
    store = Store(settings.database, settings.data_keys)
    try:
        yield store
    finally:
        store.close()


def numbers(store: Store, since: datetime | None) -> list[int]:
    """The mails to look back at."""
    with store.read() as tx:
        return outcomes.numbers(tx, since)


def of_store(
    store: Store, asked: Sequence[int], before: Rules | None, after: Rules
) -> Iterator[Compared | None]:
    """Every dossier once more; None for one that is no longer kept.

    Without `before`, what was done stands in its place.
    """
    schools = StoredSchools(store)
    one, other = (rules and rules.with_schools(schools) for rules in (before, after))
    for number in asked:
        with store.read() as tx:
            found = outcomes.past(tx, number)
        if found is None or other is None:
            yield None
            continue
        first = _again(found, one) if one else found.done
        yield Compared(f"correo {number}", first, _again(found, other))


def _again(found: outcomes.Past, rules: Rules) -> Outcome:
    try:
        mails = [read_mail(raw, s) for raw, s in zip(found.raws, found.senders, strict=True)]
        return hindsight.judged(parse(mails, rules), mails[-1], rules)
    except Malformed:
        return _UNREADABLE


# ------------------------------------------------------------------ showing


def shape(compared: Compared) -> dict[str, object]:
    """What ``--json`` prints for one mail."""
    return {
        "mail": compared.name,
        "differs": compared.differs,
        "before": _shape(compared.before),
        "after": _shape(compared.after),
    }


def _shape(outcome: Outcome | None) -> dict[str, object] | None:
    if outcome is None:
        return None
    steps = [
        {"procedure": s.section, "course": s.course, "why": list(s.why)} for s in outcome.steps
    ]
    return {"kind": outcome.kind.value, "steps": steps}


def row(compared: Compared) -> tuple[str, str, str]:
    """One mail as a row of a table."""
    before = hindsight.words(compared.before, LABELS) if compared.before else []
    after = hindsight.words(compared.after, LABELS)
    return (compared.name, "\n".join(before), "\n".join(after))
