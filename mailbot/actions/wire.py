"""Talking to an LDAP server: in bounded time, over TLS, each answer understood. The home of ldap3.

What a server refuses for good is ``Denied``, in words that name the setting to look at; all else
that goes wrong is ``Unreachable``: nobody knows what came of it, or it may go better later.
"""

import re
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil
from typing import Any, NoReturn
from urllib.parse import SplitResult, urlsplit

from ldap3 import (
    BASE,
    MODIFY_ADD,
    MODIFY_DELETE,
    MODIFY_REPLACE,
    NONE,
    SUBTREE,
    SYNC,
    Connection,
    Server,
    Tls,
)
from ldap3.core.exceptions import LDAPException
from ldap3.utils.conv import escape_filter_chars
from ldap3.utils.dn import escape_rdn
from pydantic import SecretStr

from mailbot import patience
from mailbot.actions.directory import Denied
from mailbot.config import LOOPBACK
from mailbot.errors import ConfigError, Refused, Unreachable
from mailbot.sections import Ldap

Change = list[tuple[str, list[Any]]]
"""What to do with the values of one attribute."""

_VARIABLE = "MAILBOT_DIRECTORY__LDAP__PASSWORD"
_PAGE = 500
_PAGED = "1.2.840.113556.1.4.319"  # RFC 2696

# Result codes (RFC 4511, 4.1.9)
OK, NO_SUCH_ATTRIBUTE, VALUE_EXISTS, ENTRY_EXISTS = 0, 16, 20, 68
_CONSTRAINT, _NO_SUCH_OBJECT, _WRONG_LOGIN, _UNWILLING = 19, 32, 49, 53
CHANGED = "la cuenta cambió en el directorio mientras tanto ({said})"
_DENIED: Mapping[int, str] = {
    NO_SUCH_ATTRIBUTE: CHANGED,
    VALUE_EXISTS: CHANGED,
    17: "el directorio no conoce un atributo de la configuración ({said}): revise "
    "directory.ldap.attributes o cargue su esquema",
    21: "el directorio no admite un valor ({said}): revise directory.ldap.attributes",
    _CONSTRAINT: "el directorio no admite un valor ({said})",
    _NO_SUCH_OBJECT: "no existe en el directorio {about}: revise directory.ldap ({said})",
    34: "el directorio no admite un nombre ({said}): revise directory.ldap.base y los grupos",
    50: "la cuenta del bot no tiene permiso en el directorio ({said}): déselo a "
    "directory.ldap.bind_dn",
    64: "el directorio no admite ese nombre de entrada ({said}): revise directory.ldap."
    "attributes.rdn",
    65: "el esquema del directorio no admite la cuenta ({said}): revise directory.ldap.attributes",
}
_POLICY = (
    "la política de contraseñas del directorio no acepta las que hace el bot (19 signos con "
    "mayúsculas, minúsculas, cifras y guiones): ajústela para estas cuentas ({said})"
)
_READ_ONLY = re.compile("restricted|read.?only", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """An entry: its name, and its values by attribute in lower case."""

    dn: str
    values: dict[str, list[str]]

    def of(self, name: str) -> list[str]:
        """The values of an attribute."""
        return self.values.get(name.lower(), [])


def replaced(values: Sequence[object]) -> Change:
    """These values and no others; none: the attribute goes."""
    return [(MODIFY_REPLACE, list(values))]


def added(value: str) -> Change:
    """One value more."""
    return [(MODIFY_ADD, [value])]


def deleted(value: str) -> Change:
    """One value less."""
    return [(MODIFY_DELETE, [value])]


def expected(values: Sequence[str]) -> Change:
    """These values are there, or nothing of the whole request is done."""
    return instead(values, values)


def instead(before: Sequence[str], after: Sequence[str]) -> Change:
    """Values in place of those that are there, or nothing of the whole request is done."""
    return [(MODIFY_DELETE, list(before)), (MODIFY_ADD, list(after))]


def equals(name: str, value: str) -> str:
    """The filter of one value, whatever signs are in it (RFC 4515)."""
    return f"({name}={escape_filter_chars(value)})"


def under(base: str, name: str, value: str) -> str:
    """The DN of an entry under another, whatever signs are in its name (RFC 4514)."""
    return f"{name}={escape_rdn(value)},{base}"


class _Verified(Tls):  # type: ignore[misc]
    """TLS with the server's name verified by the standard library, before anything is said."""

    def wrap_socket(self, connection: Connection, do_handshake: bool = False) -> None:  # noqa: FBT001, FBT002  ldap3's own
        """Put TLS around a connection's socket."""
        context = ssl.create_default_context(cafile=self.ca_certs_file)
        connection.socket = context.wrap_socket(
            connection.socket,
            server_hostname=connection.server.host,
            do_handshake_on_connect=do_handshake,
        )


class Wire:
    """A connection to the server, made when it is first needed."""

    def __init__(self, settings: Ldap) -> None:
        self.settings = settings
        self._open: Connection | None = None

    def close(self) -> None:
        """Hang up."""
        if self._open is not None:
            _hang_up(self._open)
            self._open = None

    # ---------------------------------------------------------- what is asked

    def search(self, words: str, attributes: Sequence[str]) -> list[Found]:
        """The entries under the base that a filter finds, page by page."""
        found: list[Found] = []
        cookie: bytes | None = None
        while cookie is None or cookie:
            result, rows = self._ask(
                lambda wire: wire.search(
                    self.settings.base,
                    words,
                    SUBTREE,
                    attributes=attributes,
                    paged_size=_PAGE,
                    paged_cookie=cookie,  # noqa: B023  asked at once
                )
            )
            self._expect(result, about=self.settings.base)
            found += [_found(row) for row in rows if row["type"] == "searchResEntry"]
            cookie = _cookie(result)
        return found

    def read(self, dn: str, attribute: str) -> list[str] | None:
        """The values of one attribute of one entry; None where there is none, or it is hidden."""
        result, rows = self._ask(
            lambda wire: wire.search(dn, "(objectClass=*)", BASE, attributes=[attribute])
        )
        if result["result"] != OK or not rows:
            return None
        return _found(rows[0]).of(attribute)

    def add(self, dn: str, classes: Sequence[str], values: Mapping[str, Sequence[object]]) -> bool:
        """Add an entry; False when there is one of that name."""
        result, _ = self._ask(lambda wire: wire.add(dn, list(classes), dict(values)))
        self._expect(result, besides=(ENTRY_EXISTS,), password=True, about=self.settings.base)
        return bool(result["result"] == OK)

    def remove(self, dn: str) -> None:
        """Take an entry away."""
        result, _ = self._ask(lambda wire: wire.delete(dn))
        self._expect(result, besides=(_NO_SUCH_OBJECT,), about=dn)

    def modify(
        self, dn: str, changes: Mapping[str, Change], *besides: int, password: bool = False
    ) -> None:
        """Change an entry, wholly or not at all; `besides` are codes that are as good as done."""
        result, _ = self._ask(lambda wire: wire.modify(dn, dict(changes)))
        self._expect(result, besides=besides, password=password, about=dn)

    def set_password(self, dn: str, password: SecretStr) -> None:
        """Have the server set a password, hashed as it is set up to (RFC 3062)."""
        secret = password.get_secret_value()
        result, _ = self._ask(lambda wire: wire.extend.standard.modify_password(dn, None, secret))
        self._expect(result, password=True, about=dn)

    def lets_in(self, dn: str, password: SecretStr) -> bool:
        """Whether somebody could log in."""
        wire = self._connected(dn, password)
        _hang_up(wire)
        return bool(wire.result["result"] == OK)

    # ---------------------------------------------------------- how

    def _ask(self, work: Callable[[Connection], object]) -> tuple[dict[str, Any], Any]:
        """Ask one thing, in bounded time; Unreachable when nobody knows what came of it."""
        if self._open is None:
            self._open = self._logged_in()
        wire = self._open
        try:
            with patience.bounded(patience.hang_up(wire.socket), self.settings.timeout_seconds):
                work(wire)
        except (LDAPException, OSError) as error:
            self.close()
            raise self._lost(error) from None
        return wire.result, wire.response

    def _lost(self, error: Exception) -> Exception:
        words = str(error).strip().split("\n")[0][:200] or type(error).__name__
        return patience.Stopped() if patience.over() else Unreachable(f"{self._name}: {words}")

    def _logged_in(self) -> Connection:
        if self.settings.password is None:
            raise ConfigError(f"directory.ldap: falta la contraseña: defina {_VARIABLE}.")
        wire = self._connected(self.settings.bind_dn, self.settings.password)
        code = wire.result["result"]
        if code != OK:
            _hang_up(wire)
        if code == _WRONG_LOGIN:
            raise Refused(
                f"{self._name}: no se pudo entrar como {self.settings.bind_dn}: revise "
                f"directory.ldap.bind_dn y {_VARIABLE}"
            )
        self._expect(wire.result, about=self.settings.bind_dn)
        return wire

    def _connected(self, dn: str, password: SecretStr) -> Connection:
        """A connection on which somebody has tried to log in, over TLS."""
        wire = Connection(
            self._server,
            dn,
            password.get_secret_value(),
            client_strategy=SYNC,
            receive_timeout=ceil(self.settings.timeout_seconds),  # a whole number, or it fails
            auto_referrals=False,
        )
        try:
            wire.open()
            if self._url.scheme == "ldap" and self.settings.starttls:
                wire.start_tls()
            wire.bind()
        except (LDAPException, OSError) as error:
            _hang_up(wire)
            raise self._lost(error) from None
        return wire

    @property
    def _name(self) -> str:
        return f"LDAP {self.settings.url}"

    @cached_property
    def _url(self) -> SplitResult:
        url = urlsplit(self.settings.url)
        if url.scheme not in ("ldap", "ldaps") or not url.hostname:
            raise ConfigError("directory.ldap.url: se espera ldaps://servidor o ldap://servidor.")
        if url.scheme == "ldap" and not self.settings.starttls and url.hostname not in LOOPBACK:
            raise ConfigError(
                "directory.ldap.starttls: sin TLS solo se admite un directorio de esta misma "
                "máquina."
            )
        if not self.settings.base:
            raise ConfigError("directory.ldap.base: falta el lugar de las cuentas (un DN).")
        return url

    @cached_property
    def _server(self) -> Server:
        secure = self._url.scheme == "ldaps"
        cafile = self.settings.cafile
        return Server(
            self._url.hostname,
            self._url.port or (636 if secure else 389),
            use_ssl=secure,
            tls=_Verified(ca_certs_file=str(cafile) if cafile else None),
            get_info=NONE,
            connect_timeout=self.settings.timeout_seconds,
        )

    def _expect(
        self,
        result: Mapping[str, Any],
        *,
        about: str,
        besides: Sequence[int] = (),
        password: bool = False,
    ) -> None:
        """Nothing when a request succeeded; else what its code means."""
        code = result["result"]
        if code != OK and code not in besides:
            self._raise(code, _said(result), about, password=password)

    def _raise(self, code: int, said: str, about: str, *, password: bool) -> NoReturn:
        if password and code in (_CONSTRAINT, _UNWILLING) and not _READ_ONLY.search(said):
            raise Denied(_POLICY.format(said=said))
        if code in _DENIED:
            raise Denied(_DENIED[code].format(said=said, about=about))
        raise Unreachable(f"{self._name}: no lo hizo ({said})")


def _hang_up(wire: Connection) -> None:
    """Close a connection, also one that did not get as far as being open."""
    left = wire.socket
    wire.strategy.close()
    if left is not None:
        left.close()


def _found(row: Mapping[str, Any]) -> Found:
    raw = row["raw_attributes"]
    values = {k.lower(): [v.decode("utf-8", "replace") for v in vs] for k, vs in raw.items()}
    return Found(str(row["dn"]), values)


def _cookie(result: Mapping[str, Any]) -> bytes:
    """Where the next page begins; empty after the last."""
    control = (result.get("controls") or {}).get(_PAGED)
    return bytes(control["value"]["cookie"] or b"") if control else b""


def _said(result: Mapping[str, Any]) -> str:
    words = str(result.get("message") or "").strip().replace("\x00", "")
    return f"{result['description']}: {words}" if words else str(result["description"])
