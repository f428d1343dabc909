"""What an error of the network means, in Spanish, and which settings are worth another look. Pure.

The rows are read from top to bottom; the first that fits says it.
"""

import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass

from mailbot.errors import Unreachable


@dataclass(frozen=True, slots=True)
class Meaning:
    """A kind of error, its words, and the last parts of the keys that may be wrong."""

    kind: type[BaseException]
    sign: str  # a regular expression found in its text; empty: any
    words: str
    keys: tuple[str, ...]


_ADDRESS = ("host", "port")
_ROWS = (
    Meaning(
        Unreachable,
        "^OAuth ",
        "no se obtuvo el permiso (token)",
        ("client_id", "client_secret", "refresh_token", "token_url", "scope"),
    ),
    Meaning(
        Unreachable, "no se pudo entrar", "usuario o contraseña equivocados", ("user", "password")
    ),
    Meaning(
        ssl.SSLCertVerificationError,
        r"(?i)hostname mismatch|not valid for|IP address mismatch",
        "el certificado es de otro servidor: revise el nombre del servidor",
        ("host",),
    ),
    Meaning(
        ssl.SSLCertVerificationError,
        "(?i)expired",
        "el certificado del servidor está vencido: debe renovarlo quien lo administra",
        ("host",),
    ),
    Meaning(
        ssl.SSLCertVerificationError,
        "",
        "el certificado no lo firma ninguna autoridad conocida; si lo firma su propia "
        "institución, indique el archivo de esa autoridad (cafile)",
        ("host", "cafile"),
    ),
    Meaning(
        ssl.SSLError,
        "NO_CERTIFICATE|NO_START_LINE",
        "el archivo de la autoridad (cafile) no es un certificado PEM",
        ("cafile",),
    ),
    Meaning(
        ssl.SSLError,
        "",
        "en ese puerto no se habla con cifrado desde el comienzo: pruebe starttls, u otro puerto",
        ("tls", "port"),
    ),
    Meaning(FileNotFoundError, "", "no existe el archivo de la autoridad (cafile)", ("cafile",)),
    Meaning(socket.gaierror, "", "no existe un servidor con ese nombre, o falla el DNS", ("host",)),
    Meaning(ConnectionRefusedError, "", "nadie atiende en ese puerto", _ADDRESS),
    Meaning(
        TimeoutError,
        "",
        "no contestó a tiempo: otro puerto, otro cifrado, o un cortafuegos en el camino",
        ("host", "port", "tls"),
    ),
    Meaning(smtplib.SMTPNotSupportedError, "", "no ofrece eso en ese puerto", ("tls", "port")),
    Meaning(
        smtplib.SMTPServerDisconnected,
        "",
        "cortó la conexión: el puerto o el cifrado son otros",
        ("tls", "port"),
    ),
    Meaning(smtplib.SMTPResponseException, "", "el servidor lo rechazó", ("tls", "port", "user")),
    Meaning(OSError, "", "no se pudo conectar", ("host", "port", "tls")),
)


def meaning(error: BaseException) -> Meaning | None:
    """The row for an error or for what caused it; None when no row fits."""
    causes = list(_causes(error))
    for row in _ROWS:
        if any(isinstance(c, row.kind) and re.search(row.sign, str(c)) for c in causes):
            return row
    return None


def in_words(error: BaseException) -> str:
    """The error's own words, led by what they mean."""
    found = meaning(error)
    return f"{found.words} ({error})" if found and found.words not in str(error) else str(error)


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__
