"""The first line of an approver's mail → an order of theirs. Pure.

The orders are rows: the words, what they do, who may, whether they change anything. What changes
something is never done at once: it is shown, and done when the approver confirms it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from mailbot.model import Mail
from mailbot.parsers import nameplate
from mailbot.parsers.reply import names_of, take_code
from mailbot.parsers.spoken import spoken
from mailbot.parsers.text import fold


class Name(StrEnum):
    """What an approver can order, as they write it."""

    PENDING = "PENDIENTES"
    STATE = "ESTADO"
    DELEGATE = "DELEGAR"
    PAUSE = "PAUSA"
    RESUME = "REANUDAR"
    RESEND = "REENVIAR"
    REPORT = "REPORTE"
    HELP = "AYUDA"


@dataclass(frozen=True, slots=True)
class Row:
    """One order: how its first word begins, its whole line, an example, what it does.

    `changes`: it has to be confirmed as a decision is. `administrators`: no other approver may.
    """

    name: Name
    opens: str
    line: str
    example: str
    does: str
    changes: bool = False
    administrators: bool = False


_CASE = r"(?:(?:del? )?(?:el )?(?:caso|pedido|expediente)\s*)?(?:n(?:ro|um|umero)?[°º.]*\s*)?"
_NUMBER = rf"{_CASE}(?:siagie[ -]*)?(?P<case>[0-9]{{1,9}})"
_DAY = r"(?P<day>[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{4})"
_WHO = r"(?P<who>[\w.%+-]+@[\w.-]+)"
ROWS = (
    Row(
        Name.PENDING,
        r"pendientes?",
        r"(?:mis )?pendientes?",
        "PENDIENTES",
        "lo que espera su decisión, numerado, para responder de una vez",
    ),
    Row(Name.STATE, r"estado", rf"estado {_NUMBER}", "ESTADO 12", "cómo va un caso"),
    Row(
        Name.DELEGATE,
        r"delegar|delego",
        rf"(?:delegar|delego) (?:en |a )?{_WHO} hasta (?:el )?{_DAY}",
        "DELEGAR a otra.persona@minedu.gob.pe hasta 31/12/2026",
        "otra persona registrada decide también en su lugar hasta el fin de ese día",
        changes=True,
    ),
    Row(
        Name.PAUSE,
        r"pausa|pausar",
        r"pausa|pausar",
        "PAUSA",
        "ninguna cuenta se crea ni se cierra hasta que se reanude",
        changes=True,
        administrators=True,
    ),
    Row(
        Name.RESUME,
        r"reanudar|reanuda",
        r"reanudar|reanuda",
        "REANUDAR",
        "las decisiones se ejecutan otra vez",
        changes=True,
        administrators=True,
    ),
    Row(
        Name.RESEND,
        r"reenviar|reenvio",
        rf"(?:reenviar|reenvio) (?:las |de )*credenciales {_NUMBER}",
        "REENVIAR credenciales 12",
        "otra contraseña para la persona de ese caso, al mismo correo; la anterior deja de valer",
        changes=True,
    ),
    Row(
        Name.REPORT,
        r"reporte|informe",
        r"(?:reporte|informe)(?: (?:de )?(?P<month>[0-9]{1,2}[/-][0-9]{4}))?",
        "REPORTE 10/2026",
        "el informe de ese mes; sin mes, el del último que terminó",
        administrators=True,
    ),
    Row(Name.HELP, r"ayuda", r"ayuda", "AYUDA", "esta lista"),
)
BY_NAME: Mapping[Name, Row] = {row.name: row for row in ROWS}


@dataclass(frozen=True, slots=True)
class Order:
    """An order; `given` holds case, who, day or month.

    Not `whole`: its first word alone is understood.
    """

    row: Row
    given: Mapping[str, str] = field(default_factory=dict)
    whole: bool = True


def read_order(mail: Mail) -> Order | None:
    """What a mail's first own line orders; None when it does not begin with an order's word."""
    lines = _own_lines(mail)
    return order(lines[0]) if lines else None


def _own_lines(mail: Mail) -> list[str]:
    """The lines of a mail's own words, from the first that is no greeting.

    None, when they may not be all there.
    """
    return [] if mail.patchy else spoken("\n\n".join(mail.own))


def order(line: str) -> Order | None:
    """What a line orders.

    >>> order("Estado del caso N° 12").given, order("estado civil").whole
    ({'case': '12'}, False)
    """
    said = " ".join(fold(line).replace(",", " ").split()).strip(" .:;!*\"'")
    for row in ROWS:
        if match := re.fullmatch(row.line, said):
            return Order(row, {k: v for k, v in match.groupdict().items() if v})
    first = said.partition(" ")[0]
    begun = [row for row in ROWS if re.fullmatch(row.opens, first)]
    return Order(begun[0], whole=False) if begun else None


# ------------------------------------------------------------------ the confirmation

_CONFIRMS = frozenset({("confirmo",), ("si", "confirmo"), ("confirmo", "codigo")})


def confirms(mail: Mail) -> tuple[bool, str | None]:
    """Whether a mail's own words confirm and say nothing else, and the six digits beside them."""
    lines = _own_lines(mail)
    code, left = take_code(lines)
    if not left:
        return False, None
    said = re.findall(r"[^\W_]+|[?¿]", fold(left[0]))
    words = tuple(word for word in said if not word.isdigit())
    digits = "".join(word for word in said if word.isdigit())
    return words in _CONFIRMS and digits in ("", code) and nameplate.says_nothing(
        left[1:], names_of(mail)
    ), code


def says_nothing(mail: Mail) -> bool:
    """Whether a mail's own words are thanks and a signature and nothing else; an answer's, none.

    Without any, a mail that begins a thread may say all it has to in its subject or its papers.
    """
    lines = _own_lines(mail)
    empty = not lines and not mail.references
    if mail.patchy or mail.attachments or empty:
        return False
    return nameplate.says_nothing(lines, names_of(mail))
