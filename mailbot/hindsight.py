"""What was done, or would be done, with a mail: in a form that can be compared. Pure.

What only the directory of accounts can tell (who holds a post, whether somebody has an account
already) is left open here: a rule that needs it is taken not to stand in the way.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from mailbot import decide
from mailbot.check import Case, check
from mailbot.decide import Facts, Next
from mailbot.model import Account, Action, Mail, Post
from mailbot.parsers.parse import Automatic, Parsed, Reply, Request
from mailbot.rules import Rules


class Kind(StrEnum):
    """What a mail is taken for."""

    REQUEST = "request"
    REPLY = "reply"
    AUTOMATIC = "automatic"
    UNRELATED = "unrelated"
    INQUIRY = "inquiry"
    UNPROVEN = "unproven"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """What happens to one person's case; `why` is what it lacks, or the reason of a refusal."""

    section: str
    course: str
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a mail is, and the steps it leads to, in order; `detailed` when the whys are known."""

    kind: Kind
    steps: tuple[Step, ...] = ()
    detailed: bool = True


_NOBODY = Account(0, "", "", "", None, Post("", ""), "")


def judged(parsed: Parsed, mail: Mail, rules: Rules) -> Outcome:
    """What some rules make of a mail that was read by them."""
    match parsed:
        case Reply():
            return Outcome(Kind.REPLY)
        case Automatic():
            return Outcome(Kind.AUTOMATIC)
        case _ if not mail.sender.authenticated:
            return Outcome(Kind.UNPROVEN)
        case Request():
            return Outcome(Kind.REQUEST, _ordered(_step(c, rules) for c in check(parsed, rules)))
    return Outcome(Kind.INQUIRY if parsed.asks_state else Kind.UNRELATED)


def _ordered(steps: Iterable[Step]) -> tuple[Step, ...]:
    return tuple(sorted(steps))


def _step(case: Case, rules: Rules) -> Step:
    baja = case.procedure is not None and case.procedure.action is Action.BAJA
    course = decide.course(case, Facts(own=(_NOBODY,) if baja else ()), rules)
    section = case.procedure.section if case.procedure else "?"
    match course.next:
        case Next.OBSERVE:
            lacking = (f.requirement for f in case.findings if f.mend)
            return Step(section, "observe", tuple(sorted(set(lacking))))
        case Next.REFUSE:
            return Step(section, "refuse", (course.reason,))
        case Next.ASK | Next.VACANT:
            return Step(section, "ask", ())


def differ(one: Outcome, other: Outcome) -> bool:
    """Whether two outcomes differ, as far as both are known."""
    if one.kind != other.kind:
        return True
    if one.detailed and other.detailed:
        return one.steps != other.steps
    return _bare(one) != _bare(other)


def _bare(outcome: Outcome) -> list[tuple[str, str]]:
    return sorted((step.section, step.course) for step in outcome.steps)


# ------------------------------------------------------------------ in words

KINDS: Mapping[Kind, str] = {
    Kind.REQUEST: "no cambia nada",
    Kind.REPLY: "respuesta de quien decide",
    Kind.AUTOMATIC: "automático: no se contesta",
    Kind.UNRELATED: "no pide un usuario: se le dice a dónde acudir",
    Kind.INQUIRY: "pregunta cómo va lo suyo: se le contesta",
    Kind.UNPROVEN: "remitente sin comprobar: se aparta",
    Kind.UNREADABLE: "no se puede leer: se aparta",
}
_COURSES: Mapping[str, str] = {
    "ask": "se pregunta a quien decide",
    "observe": "se observa",
    "refuse": "se rechaza por regla",
}


def words(outcome: Outcome, labels: Mapping[str, str]) -> list[str]:
    """An outcome as people read it, a line for each person; `labels` name the requirements."""
    if not outcome.steps:
        return [KINDS[outcome.kind]]
    return [_line(step, labels) for step in outcome.steps]


def _line(step: Step, labels: Mapping[str, str]) -> str:
    why = ", ".join(labels.get(code, code) for code in step.why)
    section = f"V.{step.section}" if step.section != "?" else "sin procedimiento"
    return f"{section}: {_COURSES[step.course]}{f' ({why})' if why else ''}"
