"""What became of a decision, in words: a line of a receipt. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from mailbot.decide import Record
from mailbot.parsers.reply import Verb
from mailbot.resolve.heard import Answer, Heard
from mailbot.respond import lima
from mailbot.store.tables import CaseStatus

_DONE: Mapping[Verb, Mapping[str, str]] = {
    Verb.APPROVE: {
        "alta": "aprobado y ejecutado: se creó la cuenta",
        "baja": "aprobado y ejecutado: se cerró la cuenta",
    },
    Verb.REJECT: dict.fromkeys(("alta", "baja"), "rechazado: se avisó a quien lo pidió"),
    Verb.OBSERVE: dict.fromkeys(("alta", "baja"), "observado: la oficina puede completarlo"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one decision: `number` in a digest, the case, what it is about, and how."""

    number: int | None
    case: int | None
    about: str
    words: str
    done: bool


def about(record: Record) -> str:
    """What a case is about, in a line: ``alta de QUISPE MAMANI, Rosa (Especialista …, UGEL …)``."""
    return (
        f"{record['action']} de {record['names']} ({record['role_name']}, {record['office_name']})"
    )


def receipt(heard: Heard) -> Answer | None:
    """The receipt of a decision that was carried out; a correction has its new question instead."""
    if heard.decision.verb not in _DONE:
        return None
    words = _done(heard)
    line = Line(None, heard.case.id, about(heard.case.record), words, done=True)
    title = f"[SIAGIE-{heard.case.id}] {words.partition(':')[0].capitalize()}"
    return Answer("decider-receipt", {"title": title, **lines([line])})


def lines(told: list[Line]) -> dict[str, Any]:
    """Lines as a letter keeps them."""
    return {"lines": [asdict(line) for line in told]}


def line(number: int, heard: Heard, owed: Answer | None) -> Line:
    """What became of one decision of several."""
    words, done = (_done(heard), True) if owed is None else _owed(owed)
    return Line(number, heard.case.id, about(heard.case.record), words, done=done)


def _done(heard: Heard) -> str:
    if heard.case.status == CaseStatus.APPROVED:
        return "aprobado: el directorio de cuentas lo tiene por hacer"
    return _DONE[heard.decision.verb][heard.case.record["action"]]


def _owed(owed: Answer) -> tuple[str, bool]:
    half = owed.kind == "decider-half"
    return _WORDS[owed.kind](owed.more), half


def _settled(more: Mapping[str, Any]) -> str:
    if more["state"] == "asked-anew":
        return "no se hizo: el pedido cambió; responda a la pregunta nueva"
    by = f" por {more['decided_by']}" if more["decided_by"] else ""
    at = f" el {lima(more['decided_at'])}" if more["decided_at"] else ""
    return f"no se hizo: ya {more['state_words']}{by}{at}"


_WORDS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "decider-lacking": lambda more: (
        f"no se hizo: no se pudo leer con certeza {', '.join(more['lacking'])}"
    ),
    "decider-paused": lambda more: (
        f"no se hizo: las decisiones están en pausa desde el {lima(more['since'])}"
    ),
    "decider-code": lambda more: f"no se hizo: {_lowered(more['problem'])}",
    "decider-half": lambda _: "su aprobación quedó registrada; falta la de otra persona",
    "decider-busy": lambda _: "no se hizo: otro cambio de la misma cuenta está por hacerse",
    "decider-settled": _settled,
    "decider-unclear": lambda more: f"no se hizo: {_lowered(more['problem'])}",
}


def _lowered(words: str) -> str:
    return words[:1].lower() + words[1:]
