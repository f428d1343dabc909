"""The report of an incident: whose data, which accounts, which letters to whom, who decided what.

The authority has to be told within 48 hours (DS 016-2024-JUS): the report is one command, in words
that can be sent as they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from mailbot.desk import Desk
from mailbot.respond import Secrets, render
from mailbot.store import touched
from mailbot.store.touched import Scope
from mailbot.workdays import LIMA

__all__ = ["Report", "Scope", "report", "tables", "write"]

Row = dict[str, Any]

_STATES = {"prepared": "por abrir", "active": "activa", "closed": "cerrada"}
LETTER_STATES = {
    "queued": "en cola",
    "sending": "enviándose",
    "sent": "enviada",
    "uncertain": "no se sabe si salió",
    "failed": "no se pudo enviar",
    "bounced": "devuelta",
    "withheld": "retenida (modo sombra)",
}
WHAT = {
    "case_read": "se leyó el pedido",
    "case_refused": "se rechazó por regla",
    "case_observed": "observó el pedido",
    "case_approved": "aprobó",
    "case_rejected": "rechazó",
    "case_done": "se ejecutó lo aprobado",
    "case_expired": "venció el plazo",
    "change_stuck": "el directorio no hizo lo aprobado",
    "change_insisted": "pidió intentar otra vez lo aprobado",
    "question_asked": "se preguntó a quien decide",
    "question_expired": "venció la pregunta",
    "reply_heard": "respondió",
    "reply_refused": "respuesta que no correspondía a quien la envió",
    "decider_vacant": "nadie ocupa el cargo que decide",
    "mail_set_aside": "se apartó un correo",
    "mail_retried": "se retomó un correo apartado",
    "mail_vouched": "se dio por bueno el remitente de un correo",
    "letter_sent": "salió una carta",
    "letter_uncertain": "no se supo si una carta salió",
    "letter_undelivered": "una carta no llegó",
    "credentials_again": "pidió enviar otra vez el usuario",
    "case_half_approved": "aprobó; falta otra persona",
    "case_withdrawn": "se retiró el pedido",
    "code_wrong": "dio un código equivocado",
    "token_revoked": "se anuló un código de respuesta",
    "digest_shown": "se envió un resumen de lo pendiente",
    "order_heard": "dio una orden por correo",
    "order_confirmed": "confirmó una orden",
    "deputy_named": "otra persona pasó a decidir también en su lugar",
    "deputy_ended": "terminó una suplencia",
    "approver_away": "su correo respondió que está ausente",
    "question_escalated": "no respondió: se avisó a otros",
    "term_warned": "se avisó del fin de una encargatura",
    "work_written": "se pidió a una persona hacer lo aprobado",
    "work_heard": "respondió a una orden de trabajo",
    "work_refused": "respuesta a una orden de trabajo que no correspondía a quien la envió",
    "work_revoked": "se anuló una orden de trabajo",
    "work_expired": "nadie respondió a tiempo una orden de trabajo",
    "accounts_imported": "registró cuentas que ya existían",
    "account_adopted": "tomó en el registro lo que decía el directorio",
    "account_repaired": "dejó el directorio como decía el registro",
    "challenge_sent": "se pidió a la oficina confirmar un correo",
    "challenge_capped": "no se pidió confirmar: demasiadas consultas en el día",
    "challenge_confirmed": "confirmó que un correo es suyo",
    "challenge_denied": "dijo que un correo no es suyo",
    "challenge_expired": "nadie confirmó un correo a tiempo",
    "challenge_refused": "quiso confirmar quien no debía",
    "approver_enrolled": "se registró un segundo factor",
    "approver_reset": "se quitó un segundo factor",
    "case_seen": "consultó un caso",
    "accounts_seen": "consultó las cuentas",
    "pending_seen": "consultó lo pendiente",
    "exported": "exportó los datos de una persona",
    "incident_reported": "pidió un informe de incidente",
    "purged": "se borraron datos vencidos",
    "keys_rotated": "se cambiaron las claves",
    "database_held": "puso el bot en espera: la base se restauró",
    "database_resumed": "confirmó seguir después de restaurar la base",
    "term_untold": "se dio por avisado, al restaurar la base, el fin de una encargatura",
    "silence_untold": "se dio por avisado, al restaurar la base, que nadie respondía",
    "deadline_untold": "se dio por avisado, al restaurar la base, un plazo vencido",
    "challenge_untold": "se dio por avisado, al restaurar la base, que nadie confirmó un correo",
    "database_moved": "trasladó la base de datos a otra",
}


@dataclass(frozen=True, slots=True)
class Report:
    """What an incident touches, as plain rows (JSON)."""

    shape: Row


def report(desk: Desk, scope: Scope) -> Report:
    """Gather what a scope touches."""
    with desk.store.read() as tx:
        found = touched.touched(tx, scope)
        shape: Row = {
            "since": scope.since.isoformat(),
            "until": scope.until.isoformat(),
            "made": desk.clock().isoformat(),
            "bot": desk.rules.settings.bot.address,
            "persons": _persons(found),
            "accounts": [_account(desk, a) for a in found.accounts],
            "letters": [_letter(x) for x in found.letters],
            "events": [_event(e) for e in found.events],
        }
    return Report(shape)


def _persons(found: touched.Touched) -> list[Row]:
    """Each person once, with the cases and the first time their data came."""
    rows: dict[str, Row] = {}
    for case in found.cases:
        own = (case.dni, case.names, case.record.get("correo"))
        closed = [(a["dni"], a["names"], a["correo"]) for a in case.record.get("closes") or []]
        for person in (own, *closed):
            _add(rows, person, f"caso {case.id}", case.created_at)
    for account in found.accounts:
        person = (account.dni, account.names, account.correo)
        _add(rows, person, f"cuenta {account.id}", account.opened_at)
    return list(rows.values())


def _add(rows: dict[str, Row], person: Sequence[str | None], where: str, at: datetime) -> None:
    dni, names, correo = person
    if not (dni or names):
        return
    known = rows.setdefault(
        dni or names or "",
        {"dni": dni, "names": names, "correo": correo, "where": [], "since": at.isoformat()},
    )
    known["where"].append(where)
    known["since"] = min(known["since"], at.isoformat())


def _account(desk: Desk, row: touched.Account) -> Row:
    role = desk.rules.guide.roles.get(row.role)
    return {
        "account": row.id,
        "dni": row.dni,
        "names": row.names,
        "role": role.name if role else row.role,
        "office": desk.rules.offices.name(row.office),
        "status": _STATES[row.status],
        "opened": row.opened_at.isoformat(),
        "closed": row.closed_at.isoformat() if row.closed_at else None,
        "opened_by": row.opened_by,
        "closed_by": row.closed_by,
    }


def _letter(row: touched.Letter) -> Row:
    return {
        "letter": row.id,
        "kind": row.kind,
        "to": row.recipient,
        "case": row.case_id,
        "status": LETTER_STATES[row.status],
        "sent": row.sent_at.isoformat() if row.sent_at else None,
    }


def _event(row: touched.Told) -> Row:
    return {
        "row": row.id,
        "at": row.at.isoformat(),
        "name": row.name,
        "what": WHAT.get(row.name, row.name),
        "actor": row.actor,
        "case": row.case,
        "mail": row.mail,
        "mail_sha256": row.mail_sha256,
        "detail": row.detail,
    }


# ------------------------------------------------------------------ showing


def tables(made: Report) -> list[tuple[str, list[tuple[str, ...]]]]:
    """The report as titled tables, each with its heading first."""
    shape = made.shape
    return [
        ("Personas", [_PERSON, *(_person_row(p) for p in shape["persons"])]),
        ("Cuentas", [_ACCOUNT, *(_account_row(a) for a in shape["accounts"])]),
        ("Cartas", [_LETTER, *(_letter_row(x) for x in shape["letters"])]),
        ("Hechos", [_EVENT, *(_event_row(e) for e in shape["events"])]),
    ]


_PERSON = ("DNI", "Persona", "Correo", "Dónde", "Desde")
_ACCOUNT = ("Cuenta", "DNI", "Persona", "Cargo", "Oficina", "Estado", "Abierta", "Cerrada")
_LETTER = ("Carta", "Cuál", "Para", "Caso", "Estado", "Salió")
_EVENT = ("Fila", "Cuándo", "Qué", "Quién", "Caso", "Correo", "Huella del correo")


def _person_row(p: Row) -> tuple[str, ...]:
    where = ", ".join(p["where"])
    return (p["dni"] or "?", p["names"] or "?", p["correo"] or "", where, _moment(p["since"]))


def _account_row(a: Row) -> tuple[str, ...]:
    plain = (str(a[k]) for k in ("account", "dni", "names", "role", "office", "status"))
    return (*plain, _moment(a["opened"]), _moment(a["closed"]))


def _letter_row(x: Row) -> tuple[str, ...]:
    case = str(x["case"] or "")
    return (str(x["letter"]), x["kind"], x["to"], case, x["status"], _moment(x["sent"]))


def _event_row(e: Row) -> tuple[str, ...]:
    what = f"{e['what']} ({e['detail']})" if e["detail"] else e["what"]
    ids = (str(e["case"] or ""), str(e["mail"] or ""), e["mail_sha256"] or "")
    return (str(e["row"]), _moment(e["at"]), what, e["actor"], *ids)


def _moment(text: str | None) -> str:
    return f"{datetime.fromisoformat(text).astimezone(LIMA):%d/%m/%Y %H:%M}" if text else ""


def write(made: Report, folder: Path) -> tuple[Path, Path]:
    """The report as a text and as an HTML page that needs nothing else."""
    context = {**made.shape, "tables": tables(made)}
    subject, text, html = render("_incident", context, Secrets())
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    files = (folder / "informe-incidente.txt", folder / "informe-incidente.html")
    files[0].write_text(f"{subject}\n\n{text}", encoding="utf-8")
    files[1].write_text(html, encoding="utf-8")
    return files
