"""What a database put back from a copy may not know, as tables and as JSON."""

from collections.abc import Sequence
from typing import Any

from mailbot.daily import UNTOLD
from mailbot.masking import masked
from mailbot.recovery import Difference, Untold
from mailbot.tongue import _, retold

Rows = Sequence[tuple[str, ...]]


def headline(found: Difference) -> str:
    """Why nothing is done, and how much came after."""
    words = _("La base de datos {reason}.").format(reason=retold(found.reason))
    if found.lost is None:
        return words
    return words + _(" Filas de la bitácora posteriores: {count}.").format(count=found.lost)


def tables(found: Difference) -> list[tuple[str, Rows, str]]:
    """Title, rows and what to say when there are none."""
    went = found.underway
    letters = [(str(x.id), x.kind, masked(x.recipient), str(x.case_id or "")) for x in went.letters]
    mails = [(str(x.id), f"{x.received_at:%Y-%m-%d %H:%M}") for x in went.mails]
    cases = [(str(x.id), str(x.status), str(x.section or "")) for x in went.cases]
    untold = [_notice(x) for x in found.untold]
    handled = [(x.folder, x.date, x.sender, x.subject) for x in found.handled]
    unread = found.unread and _("No se pudo mirar el buzón: {reason}").format(
        reason=retold(found.unread)
    )
    return [
        (
            "Cartas que quizá ya salieron (no se enviarán)",
            [("Carta", "Cuál", "Para", "Caso"), *letters],
            "Ninguna carta estaba por salir.",
        ),
        (
            "Correos que quizá ya se atendieron (quedarán apartados)",
            [("Correo", "Llegó"), *mails],
            "Ningún correo estaba por leerse.",
        ),
        (
            "Casos abiertos que quizá ya se decidieron",
            [("Caso", "Estado", "§"), *cases],
            "Ningún caso estaba abierto.",
        ),
        (
            "Avisos que quizá ya se dieron (no se darán)",
            [("Aviso", "Caso", "Correo", "Cuál"), *untold],
            "Ningún aviso estaba por darse.",
        ),
        (
            "Correos atendidos que la base no conoce",
            [("Carpeta", "Fecha", "De", "Asunto"), *handled],
            unread or "El buzón no muestra correos atendidos que la base no conozca.",
        ),
    ]


def _notice(one: Untold) -> tuple[str, ...]:
    """A notice that is taken for given, its person masked."""
    return (
        retold(UNTOLD[one.event]),
        str(one.case or ""),
        str(one.mail or ""),
        retold(masked(one.about)),
    )


def shape(found: Difference) -> dict[str, Any]:
    """The same, for other programs."""
    went = found.underway
    return {
        "reason": found.reason,
        "copied": found.made,
        "lost": found.lost,
        "letters": [x.id for x in went.letters],
        "mails": [x.id for x in went.mails],
        "cases": [x.id for x in went.cases],
        "untold": [
            {"what": x.event, "case": x.case, "mail": x.mail, "about": masked(x.about)}
            for x in found.untold
        ],
        "handled": [{"folder": x.folder, "date": x.date, "from": x.sender} for x in found.handled],
        "mailbox": found.unread,
    }
