"""The orders that change something, as rows: may it be, what it says, and how it is done.

`examine` is asked twice: when the order comes, and again when it is confirmed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from mailbot import deputies, pause
from mailbot.actions.directory import is_by_hand
from mailbot.addresses import mailbox
from mailbot.desk import Visit
from mailbot.masking import masked
from mailbot.parsers.orders import Name
from mailbot.prompts.sight import may_decide, seen
from mailbot.resolve.outcome import about
from mailbot.respond import fecha, lima
from mailbot.store import accounts
from mailbot.store.tables import Case, PromptKind
from mailbot.undelivered import NOT_OURS, resend
from mailbot.workdays import LIMA

LONGEST = timedelta(days=92)
"""How long somebody may decide in another's place; then they are named again."""

Given = Mapping[str, str]
Found = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an order cannot be, in Spanish."""

    why: str


@dataclass(frozen=True, slots=True)
class Change:
    """One order: the facts it rests on or why it cannot be, what it would do, and the doing."""

    kind: PromptKind
    examine: Callable[[Visit, str, Given], Found | Refusal]
    says: Callable[[Visit, Found], list[str]]
    do: Callable[[Visit, str, Found], str]


# ------------------------------------------------------------------ DELEGAR


def _may_delegate(visit: Visit, who: str, given: Given) -> Found | Refusal:
    deputy, day = given["who"].lower(), _day(given["day"])
    today = visit.now.astimezone(LIMA).date()
    if deputy not in visit.rules.settings.administrators:
        return Refusal(f"{deputy} no está registrado entre quienes deciden: solo a ellos.")
    if mailbox(deputy) == mailbox(who):
        return Refusal("No puede delegar en usted mismo.")
    if day is None or not today <= day <= today + LONGEST:
        return Refusal(f"La fecha debe ser desde hoy y hasta dentro de {LONGEST.days} días.")
    return {"who": deputy, "day": given["day"], "date": day.isoformat()}


def _day(text: str) -> date | None:
    """A day as people write it: ``31/12/2026``."""
    day, month, year = (int(part) for part in text.replace("-", "/").replace(".", "/").split("/"))
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _delegation(_visit: Visit, found: Found) -> list[str]:
    return [
        f"{found['who']} decidirá también lo que a usted se le pregunta.",
        f"Vale hasta el {fecha(found['date'])}, inclusive; usted puede seguir decidiendo.",
        "No vale para lo que deciden dos personas, ni para lo que esa persona misma pidió.",
        "Reemplaza a cualquier otra persona en quien haya delegado antes.",
    ]


def _delegate(visit: Visit, who: str, found: Found) -> str:
    end = datetime.combine(date.fromisoformat(found["date"]), time(23, 59), LIMA)
    deputies.name(visit, who, found["who"], end.astimezone(UTC), deputies.DELEGATED)
    return f"{found['who']} decide también en su lugar hasta el {fecha(found['date'])}."


# ------------------------------------------------------------------ PAUSA, REANUDAR


def _may_pause(visit: Visit, _who: str, _given: Given) -> Found | Refusal:
    since = pause.since(visit)
    return Refusal(f"Ya están en pausa desde el {lima(since)}.") if since else {}


_SENT_ORDERS = "Las órdenes de trabajo que ya se enviaron no se retiran: avise por teléfono."


def _pausing(visit: Visit, _found: Found) -> list[str]:
    by_hand = is_by_hand(visit.rules.settings)
    return [
        "Ninguna cuenta se creará ni se cerrará, la apruebe quien la apruebe.",
        "Lo que ya se aprobó y el directorio de cuentas no terminó de hacer también espera.",
        "Los pedidos se siguen recibiendo y preguntando; rechazar y observar sigue valiendo.",
        *([_SENT_ORDERS] if by_hand else []),
        "Vale hasta que un administrador ordene REANUDAR.",
    ]


def _pause(visit: Visit, _who: str, _found: Found) -> str:
    pause.begin(visit)
    return "Las decisiones quedaron en pausa. Para terminarla escriba a este buzón: REANUDAR."


def _may_resume(visit: Visit, _who: str, _given: Given) -> Found | Refusal:
    since = pause.since(visit)
    return {"since": since} if since else Refusal("Las decisiones no están en pausa.")


def _resuming(_visit: Visit, found: Found) -> list[str]:
    return [
        f"Las decisiones, en pausa desde el {lima(found['since'])}, se ejecutarán otra vez.",
        "Lo que se respondió durante la pausa no se ejecuta solo: cada quien responde de nuevo.",
    ]


def _resume(visit: Visit, _who: str, _found: Found) -> str:
    pause.end(visit)
    return "Las decisiones se ejecutan otra vez."


# ------------------------------------------------------------------ REENVIAR


def _may_resend(visit: Visit, who: str, given: Given) -> Found | Refusal:
    case = seen(visit, int(given["case"]), who)
    account = accounts.opened_by(visit.tx, case.id) if case else None
    if case is None or not may_decide(visit, case, who):
        return Refusal(f"No hay un caso {given['case']} cuyas credenciales pueda reenviar.")
    if not case.record["correo"] and not may_decide(visit, case, case.decided_by or ""):
        return Refusal(f"Quien entregó las credenciales del caso {case.id} ya no decide sobre él.")
    if is_by_hand(visit.rules.settings):
        return Refusal(f"{NOT_OURS[:1].upper()}{NOT_OURS[1:]}.")
    if account is None:
        return Refusal(f"El caso {case.id} no creó ninguna cuenta que siga activa.")
    return {"case": given["case"], "account": account, "correo": case.record["correo"]}


def _resending(visit: Visit, found: Found) -> list[str]:
    case = visit.tx.get_one(Case, int(found["case"]))
    to = masked(found["correo"]) if found["correo"] else "quien decidió el caso, que las entrega"
    return [
        f"Caso {case.id}: {about(case.record)}.",
        f"Se enviará otra contraseña temporal a {to}, como se aprobó en el pedido.",
        "La contraseña anterior dejará de valer.",
    ]


def _resend(visit: Visit, who: str, found: Found) -> str:
    case = visit.tx.get_one(Case, int(found["case"]))
    if problem := resend(visit, case, who):
        return f"No se envió: {problem}."
    return f"Saldrá otra contraseña para el caso {case.id}; la anterior deja de valer."


CHANGES: Mapping[Name, Change] = {
    Name.DELEGATE: Change(PromptKind.DELEGATE, _may_delegate, _delegation, _delegate),
    Name.PAUSE: Change(PromptKind.PAUSE, _may_pause, _pausing, _pause),
    Name.RESUME: Change(PromptKind.RESUME, _may_resume, _resuming, _resume),
    Name.RESEND: Change(PromptKind.RESEND, _may_resend, _resending, _resend),
}
BY_KIND: Mapping[str, Name] = {change.kind: name for name, change in CHANGES.items()}
