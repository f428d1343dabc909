"""Keys of the tests' own, and mails signed with them."""

import base64
from dataclasses import dataclass
from functools import lru_cache

import dkim
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from nacl.signing import SigningKey

SELECTOR = "prueba"
ALL = (
    *("from", "to", "subject", "date", "message-id", "mime-version", "content-type"),
    *("content-transfer-encoding", "reply-to", "cc", "in-reply-to", "references"),
)
"""What a careful server signs; each counted as often as it is there, and absent ones too."""


@dataclass(frozen=True)
class Key:
    """A key, as dkimpy takes it and as the DNS publishes it."""

    private: bytes
    record: str
    algorithm: bytes = b"rsa-sha256"


@lru_cache
def rsa_key(bits: int = 2048) -> Key:
    """An RSA key."""
    made = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    pem = made.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    der = made.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return Key(pem, f"v=DKIM1; k=rsa; p={base64.b64encode(der).decode()}")


@lru_cache
def ed25519_key() -> Key:
    """An Ed25519 key (RFC 8463)."""
    made = SigningKey.generate()
    public = base64.b64encode(bytes(made.verify_key)).decode()
    return Key(base64.b64encode(bytes(made)), f"v=DKIM1; k=ed25519; p={public}", b"ed25519-sha256")


def sign(
    raw: bytes,
    domain: str,
    *,
    key: Key | None = None,
    fields: tuple[str, ...] = ALL,
    length: bool = False,
) -> bytes:
    """A mail below the signature of a domain."""
    key = key or rsa_key()
    made = dkim.sign(
        raw,
        SELECTOR.encode(),
        domain.encode(),
        key.private,
        include_headers=[name.encode() for name in fields],
        length=length,
        canonicalize=(b"relaxed", b"relaxed"),
        signature_algorithm=key.algorithm,
    )
    return bytes(made) + raw


def at(domain: str) -> str:
    """The name under which a domain publishes its key."""
    return f"{SELECTOR}._domainkey.{domain}"
