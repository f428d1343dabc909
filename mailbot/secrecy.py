"""Tokens and passwords: made, hashed, never kept. The home of argon2.

A token proves that its bearer received one question. It is derived from the bot's key and a nonce,
so that a letter sent twice says the same, and only its keyed hash is stored. A password exists
between its making and the letter that carries it.
"""

import base64
import hashlib
import hmac
import secrets

from argon2 import PasswordHasher
from pydantic import SecretStr

TOKEN_BYTES = 20
_ALPHABET = "abcdefghjkmnpqrstuvwxyzACDEFGHJKLMNPQRTUVWXY34679"
"""No sign that a person could take for another (0/O, 1/l/I, 5/S, 2/Z, 8/B)."""


def nonce() -> str:
    """A fresh random value, for one question."""
    return secrets.token_hex(32)


def token(key: SecretStr, nonce_: str) -> str:
    """The token of a nonce: 160 bits as 32 signs of lower-case base32 (RFC 4648)."""
    made = _mac(key, "token", nonce_)[:TOKEN_BYTES]
    return base64.b32encode(made).decode().lower()


def token_hash(key: SecretStr, token_: str) -> str:
    """What is stored of a token."""
    return _mac(key, "hash", token_).hex()


def issued(key: SecretStr) -> tuple[str, str]:
    """A fresh nonce, and what is stored of its token."""
    made = nonce()
    return made, token_hash(key, token(key, made))


def mark(key: SecretStr, text: str) -> str:
    """16 signs that only the bot can put behind a text: for its Message-IDs."""
    return _mac(key, "mark", text).hex()[:16]


def _mac(key: SecretStr, purpose: str, text: str) -> bytes:
    message = f"{purpose}\0{text}".encode()
    return hmac.new(key.get_secret_value().encode(), message, hashlib.sha256).digest()


def password() -> SecretStr:
    """A temporary password: four groups of four signs with all three classes, about 88 bits."""
    while True:
        signs = "".join(secrets.choice(_ALPHABET) for _ in range(16))
        if all(any(test(c) for c in signs) for test in (str.islower, str.isupper, str.isdigit)):
            return SecretStr("-".join(signs[n : n + 4] for n in range(0, 16, 4)))


def hashed(secret: SecretStr) -> str:
    """What is stored of a password (argon2id)."""
    return PasswordHasher().hash(secret.get_secret_value())
