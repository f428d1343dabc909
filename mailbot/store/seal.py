"""Encryption at rest: column types that seal what they store. The home of cryptography.

A keyring holds several keys; the first seals, all open. What is *sealed* is AES-256-GCM under a
random nonce. What has to be found by equality (a DNI, an address, a seat) is *veiled*: AES-SIV,
the same text giving the same value, under a random key of the database's own, which lies sealed
in the table of marks. Both are bound to their column's purpose, so that no value can be moved to
another column.

The tables do not know their store: a keyring is laid beside the dialect of its engine.
"""

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr
from sqlalchemy import Dialect, LargeBinary, Text, TypeDecorator

from mailbot.errors import ConfigError

SHORTEST_KEY = 32
_SEALED = b"m1:"
_VEILED = "d1:"
_ID, _NONCE = 8, 12
LOST = (
    "MAILBOT_DATA_KEY: los datos de esta base están cifrados con una clave que no figura entre las "
    "dadas (huella {id}). Añádala a MAILBOT_DATA_KEY, detrás de la nueva y separada por una coma; "
    "si nunca definió esa variable, la clave es el MAILBOT_SECRET con que se creó la base. Sin "
    "ella los datos no se pueden recuperar."
)
ABSENT = (
    "MAILBOT_DATA_KEY: falta la clave con que se cifran los datos personales. La escribe mailbot "
    "init en mailbot.env; si ya lo ejecutó, indique su carpeta con --config o MAILBOT_CONFIG. Si "
    "prefiere el entorno, defina en él MAILBOT_DATA_KEY "
    "(o al menos MAILBOT_SECRET, de la que se deriva): 32 caracteres o más; por "
    "ejemplo, la que da: python3 -c 'import secrets; print(secrets.token_hex(32))'"
)


class Unsealed(ConfigError):
    """A value that was not written by this program, or was changed since."""

    def __init__(self, purpose: str, what: str) -> None:
        super().__init__(
            f"store.url: un valor de {purpose} {what}: alguien trabajó en la base de datos por "
            "fuera del programa. Restaure una copia y vea qué cambió."
        )


def _derive(key: SecretStr, purpose: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, None, b"mailbot " + purpose).derive(
        key.get_secret_value().encode()
    )


@dataclass
class Keyring:
    """The keys that seal (the first) and open (all), by their fingerprints."""

    keys: Sequence[SecretStr]
    veil: bytes = b""
    _ciphers: dict[bytes, AESGCM] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Derive the working keys; ConfigError when there is none, or a short one."""
        if not self.keys or any(len(k.get_secret_value()) < SHORTEST_KEY for k in self.keys):
            raise ConfigError(ABSENT)
        for key in reversed(self.keys):
            ident = _derive(key, b"key id", _ID // 2).hex().encode()
            self._ciphers[ident] = AESGCM(_derive(key, b"data key", 32))
            self._writes = ident

    @property
    def prefix(self) -> bytes:
        """What a value sealed with the first key begins with."""
        return _SEALED + self._writes + b":"

    def seal(self, data: bytes, purpose: str) -> bytes:
        """Encrypt with the first key."""
        nonce = os.urandom(_NONCE)
        return (
            self.prefix + nonce + self._ciphers[self._writes].encrypt(nonce, data, purpose.encode())
        )

    def open(self, sealed: bytes, purpose: str) -> bytes:
        """Decrypt; ConfigError when no key fits, Unsealed when it is no value of ours."""
        if not sealed.startswith(_SEALED):
            raise Unsealed(purpose, "no está cifrado")
        ident, rest = sealed[3 : 3 + _ID], sealed[4 + _ID :]
        if ident not in self._ciphers:
            raise ConfigError(LOST.format(id=ident.decode("ascii", "replace")))
        try:
            cipher = self._ciphers[ident]
            return cipher.decrypt(rest[:_NONCE], rest[_NONCE:], purpose.encode())
        except InvalidTag:
            raise Unsealed(purpose, "se cambió") from None

    def seal_text(self, text: str, purpose: str) -> str:
        """Encrypt a text as text."""
        sealed = self.seal(text.encode(), purpose)
        head = len(self.prefix)
        return sealed[:head].decode() + base64.urlsafe_b64encode(sealed[head:]).decode()

    def open_text(self, sealed: str, purpose: str) -> str:
        """Decrypt what `seal_text` made."""
        head = len(self.prefix)
        if not sealed.isascii() or len(sealed) < head:
            raise Unsealed(purpose, "no está cifrado")
        try:
            rest = base64.urlsafe_b64decode(sealed[head:])
        except ValueError:
            raise Unsealed(purpose, "se cambió") from None
        return self.open(sealed[:head].encode() + rest, purpose).decode()

    def pseudonym(self, text: str) -> str:
        """A name that stands for a person in the journal: the same text, the same name."""
        made = hmac.new(self.veil, b"pseudonym\0" + text.strip().lower().encode(), hashlib.sha256)
        return "p:" + made.hexdigest()[:20]

    def vouch(self, text: str) -> str:
        """A mark that only the holder of the key can put behind a text."""
        return hmac.new(self.veil, b"vouch\0" + text.encode(), hashlib.sha256).hexdigest()


_rings: WeakKeyDictionary[Dialect, Keyring] = WeakKeyDictionary()


def lay(dialect: Dialect, ring: Keyring) -> None:
    """Have the columns of an engine use a keyring."""
    _rings[dialect] = ring


def ring_of(dialect: Dialect) -> Keyring:
    """The keyring of an engine."""
    return _rings[dialect]


class SealedBytes(TypeDecorator[bytes]):
    """Bytes, encrypted."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Seal."""
        return None if value is None else ring_of(dialect).seal(value, self.purpose)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Open."""
        return None if value is None else ring_of(dialect).open(bytes(value), self.purpose)


class SealedText(TypeDecorator[str]):
    """A text, encrypted; the empty text stays empty: that is what a purge leaves."""

    impl = Text
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Seal."""
        return ring_of(dialect).seal_text(value, self.purpose) if value else value

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Open."""
        return ring_of(dialect).open_text(value, self.purpose) if value else value


class SealedJson(TypeDecorator[Any]):
    """A JSON value, encrypted."""

    impl = Text
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ANN401  JSON
        """Seal."""
        text = json.dumps(value, ensure_ascii=False)
        return None if value is None else ring_of(dialect).seal_text(text, self.purpose)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ANN401  JSON
        """Open."""
        return (
            None if value is None else json.loads(ring_of(dialect).open_text(value, self.purpose))
        )


class Veiled(TypeDecorator[str]):
    """A text, encrypted so that equal texts are equal: found by ``==`` and ``in``, never by order.

    Columns of one purpose can be compared with each other.
    """

    impl = Text
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Veil; the empty text stays empty."""
        if not value:
            return value
        cipher = AESSIV(ring_of(dialect).veil)
        made = cipher.encrypt(value.encode(), [self.purpose.encode()])
        return _VEILED + base64.urlsafe_b64encode(made).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Unveil."""
        if not value:
            return value
        if not value.startswith(_VEILED):
            raise Unsealed(self.purpose, "no está cifrado")
        try:
            made = base64.urlsafe_b64decode(value[len(_VEILED) :])
            return AESSIV(ring_of(dialect).veil).decrypt(made, [self.purpose.encode()]).decode()
        except (InvalidTag, ValueError):
            raise Unsealed(self.purpose, "se cambió") from None


VEIL_BYTES = 64


def new_veil() -> bytes:
    """A fresh key to veil with, for one database."""
    return AESSIV.generate_key(VEIL_BYTES * 8)
