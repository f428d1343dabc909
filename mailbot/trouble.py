"""What a person has to be told once, however often it is found: begun, told, ended.

The letter may have to wait with the others when it is the mail itself that does not go; what
stands is in the journal and in ``mailbot pending`` at once.
"""

from collections.abc import Mapping

import structlog

from mailbot import tell
from mailbot.desk import Desk
from mailbot.respond import About
from mailbot.store import alarms

log = structlog.get_logger()

_LOGIN_MEND = (
    "Corrija la contraseña o el secreto ([imap], [smtp] u [oauth]). Para no bloquear la cuenta se "
    "vuelve a probar recién en 6 horas, o en cuanto cambie la contraseña; o con: mailbot doctor"
)
_REFUSED_MEND = (
    "Ninguna carta se perdió: esperan en la cola. Pida a quien administra el servidor que permita "
    "al bot enviar con su dirección."
)
_SIZE_MEND = (
    "Las demás salen. Pida que suban el límite, o baje limits.mail_bytes: los documentos de un "
    "pedido van con la pregunta."
)
_EXPIRY_MEND = "Renueve el secreto antes de esa fecha y ponga la nueva en oauth.secret_expires."
WORDS: Mapping[str, tuple[str, str]] = {
    "imap-login": ("El buzón no deja entrar al bot", _LOGIN_MEND),
    "smtp-login": ("El servidor de salida no deja entrar al bot", _LOGIN_MEND),
    "smtp-refused": ("El servidor de salida no acepta las cartas del bot", _REFUSED_MEND),
    "too-big": ("Una carta pesa más de lo que admite el servidor de salida", _SIZE_MEND),
    "secret-expiring": ("El secreto de acceso al correo está por vencer", _EXPIRY_MEND),
    "disk": (
        "Queda poco espacio en el disco del bot",
        "El correo espera en el buzón, sin perderse. Libere espacio.",
    ),
}
"""Each alarm: what is amiss, and its mend."""


def sound(desk: Desk, name: str, reason: str, *, only: str = "") -> None:
    """Tell an administrator, unless the alarm stands already; `only` names one thing for good."""
    with desk.store.read() as tx:
        if not only and alarms.stands(tx, name):
            return
    with desk.store.begin() as tx:
        visit, (what, mend) = desk.at(tx), WORDS[name]
        if not only and not alarms.begin(tx, name, visit.now):
            return
        bot = visit.rules.settings.bot.name
        context = {"bot_name": bot, "what": what, "reason": reason, "mend": mend}
        ident = f"{name}.{only or f'{visit.now:%Y%m%d%H%M%S}'}"
        told = [
            visit.outbox.put("administrator-trouble", address, ident, context, About())
            for address in tell.administrators(visit)
        ]
        if any(told) or not only:
            visit.note("alarm_began", "bot", detail=f"{name} {only}".strip())
            log.error("alarm_began", what=name, reason=reason)


def end(desk: Desk, name: str) -> None:
    """Whatever was amiss is so no longer."""
    with desk.store.read() as tx:
        if not alarms.stands(tx, name):
            return
    with desk.store.begin() as tx:
        if alarms.end(tx, name):
            desk.at(tx).note("alarm_ended", "bot", detail=name)
            log.info("alarm_ended", what=name)
