"""What `mailbot init` asks, as rows: the key that the answer is for, and the words. Pure data."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What an answer is made of."""

    TEXT = "text"
    ADDRESS = "address"
    ADDRESSES = "addresses"  # separated by commas
    PORT = "port"
    CHOICE = "choice"
    HIDDEN = "hidden"  # not shown while typed, never in mailbot.toml
    FILE = "file"


TENANT = "tenant"
"""An answer that is no setting: it only completes others."""

TLS = ("implicit", "starttls")
AUTH = "imap.auth"


@dataclass(frozen=True, slots=True)
class Question:
    """One question. Its answer is offered from `like` or `usual`; see each field."""

    key: str
    words: str
    kind: Kind = Kind.TEXT
    like: str = ""  # the key whose answer is offered, or taken when nobody asks
    usual: str = ""
    only: str = ""  # the login that it is about
    optional: bool = False  # may stay empty
    later: bool = False  # asked only when a server said that this is wrong
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chapter:
    """Questions that belong together, and what is tried once they are answered."""

    title: str
    questions: tuple[Question, ...]
    trial: str = ""
    only: str = ""


CHAPTERS = (
    Chapter(
        "El buzón del bot",
        (
            Question("bot.address", "Dirección del bot", Kind.ADDRESS),
            Question("bot.name", "Nombre con que firma", usual="Usuarios SIAGIE"),
            Question(AUTH, "Cómo entra al buzón", Kind.CHOICE),
        ),
    ),
    Chapter(
        "El permiso para entrar (OAuth)",
        (
            Question(TENANT, "Id. de directorio (inquilino) de Microsoft Entra"),
            Question("oauth.token_url", "Dirección que da los permisos (token_url)"),
            Question("oauth.client_id", "Id. de aplicación (client_id)"),
            Question("oauth.scope", "Alcance (scope)"),
            Question("oauth.client_secret", "Secreto de la aplicación", Kind.HIDDEN),
            Question(
                "oauth.refresh_token",
                "Token de renovación; vacío si no lo usa",
                Kind.HIDDEN,
                optional=True,
            ),
        ),
        trial="oauth",
        only="xoauth2",
    ),
    Chapter(
        "Recibir (IMAP)",
        (
            Question("imap.user", "Usuario", like="bot.address"),
            Question("imap.password", "Contraseña", Kind.HIDDEN, only="password"),
            Question("imap.host", "Servidor"),
            Question("imap.tls", "Cifrado", Kind.CHOICE, usual="implicit", choices=TLS),
            Question("imap.port", "Puerto", Kind.PORT),
            Question(
                "imap.cafile",
                "Archivo de la autoridad que firma el certificado (PEM)",
                Kind.FILE,
                optional=True,
                later=True,
            ),
        ),
        trial="imap",
    ),
    Chapter(
        "Enviar (SMTP)",
        (
            Question("smtp.user", "Usuario", like="imap.user", later=True),
            Question(
                "smtp.auth",
                "Cómo entra",
                Kind.CHOICE,
                like=AUTH,
                later=True,
                choices=("password", "xoauth2", "none"),
            ),
            Question("smtp.password", "Contraseña", Kind.HIDDEN, only="password", later=True),
            Question("smtp.host", "Servidor", like="imap.host"),
            Question("smtp.tls", "Cifrado", Kind.CHOICE, usual="starttls", choices=TLS),
            Question("smtp.port", "Puerto", Kind.PORT),
            Question(
                "smtp.cafile",
                "Archivo de la autoridad que firma el certificado (PEM)",
                Kind.FILE,
                like="imap.cafile",
                optional=True,
                later=True,
            ),
        ),
        trial="smtp",
    ),
    Chapter(
        "A quién se cree",
        (
            Question(
                "trust.authserv_id",
                "Nombre con que su servidor firma Authentication-Results; vacío si no lo sabe",
                optional=True,
            ),
        ),
    ),
    Chapter(
        "Quién decide",
        (
            Question(
                "approvers.administrador-minedu",
                "Administrador SIAGIE MINEDU (decide V.1); varias direcciones, con comas",
                Kind.ADDRESSES,
            ),
            Question(
                "approvers.administrador-ue",
                "Administrador SIAGIE UE (decide V.2 a V.7); varias direcciones, con comas",
                Kind.ADDRESSES,
            ),
        ),
    ),
    Chapter(
        "Quién pide las cuentas del propio MINEDU (vacío si este buzón no las atiende)",
        (
            Question(
                "askers.coordinador-siagie",
                "Coordinador SIAGIE (pide V.1)",
                Kind.ADDRESSES,
                optional=True,
            ),
            Question("askers.usau-otic", "USAU – OTIC (pide V.2)", Kind.ADDRESSES, optional=True),
        ),
    ),
)

PORTS = {
    ("imap", "implicit"): 993,
    ("imap", "starttls"): 143,
    ("smtp", "implicit"): 465,
    ("smtp", "starttls"): 587,
}
"""Where servers usually listen: offered, not taken for granted."""
