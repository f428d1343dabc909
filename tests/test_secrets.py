"""Tokens, passwords and codes, by what stands in the standards they follow."""

import base64
import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from argon2 import PasswordHasher
from pydantic import SecretStr

from mailbot import second_factor, secrecy

KEY, OTHER = SecretStr("una clave de prueba"), SecretStr("otra clave de prueba")
RFC_6238 = SecretStr(base64.b32encode(b"12345678901234567890").decode())
"""The key of its appendix B."""


def mac(purpose: bytes, text: bytes, key: bytes = b"una clave de prueba") -> bytes:
    """HMAC-SHA-256 as the standard library does it."""
    return hmac.new(key, purpose + b"\0" + text, hashlib.sha256).digest()


def test_a_token_is_160_bits_of_a_keyed_hash() -> None:
    """T16: 32 signs of base32 in lower case, from the key and the nonce and nothing else."""
    made = secrecy.token(KEY, "n")
    assert base64.b32decode(made.upper()) == mac(b"token", b"n")[:20]
    assert re.fullmatch(r"[a-z2-7]{32}", made)
    assert len({secrecy.token(k, n) for k in (KEY, OTHER) for n in ("n", "m")}) == 4


def test_only_the_keyed_hash_of_a_token_is_kept() -> None:
    """T55: 64 signs of hexadecimal, another for another key, and never the token of anything."""
    assert secrecy.token_hash(KEY, "t") == mac(b"hash", b"t").hex()
    assert secrecy.token_hash(OTHER, "t") != secrecy.token_hash(KEY, "t")
    assert secrecy.token_hash(KEY, "t")[:16] != secrecy.mark(KEY, "t")


def test_what_is_issued_is_a_nonce_and_the_hash_of_its_token() -> None:
    """T16, T55: a fresh one each time; the token itself is in neither."""
    made, kept = secrecy.issued(KEY)
    assert re.fullmatch(r"[0-9a-f]{64}", made)
    assert kept == secrecy.token_hash(KEY, secrecy.token(KEY, made))
    assert secrecy.issued(KEY)[0] != made


def test_a_mark_is_the_bots_own() -> None:
    """T41: 16 signs that depend on the key and on the text."""
    assert secrecy.mark(KEY, "x") == mac(b"mark", b"x").hex()[:16]
    assert len({secrecy.mark(k, t) for k in (KEY, OTHER) for t in ("x", "y")}) == 4


def test_nonces_are_256_bits_and_do_not_come_again() -> None:
    """A thousand of them, all of 64 hexadecimal signs, all different."""
    made = [secrecy.nonce() for _ in range(1000)]
    assert all(re.fullmatch(r"[0-9a-f]{64}", nonce) for nonce in made)
    assert len(set(made)) == 1000


def test_every_password_has_the_three_kinds_of_signs() -> None:
    """Four groups of four, none that a person could take for another, all different."""
    made = [secrecy.password().get_secret_value() for _ in range(500)]
    for password in made:
        assert re.fullmatch(r"(?:[a-zA-Z0-9]{4}-){3}[a-zA-Z0-9]{4}", password)
        assert not set(password) & set("0O1lI5S2ZB8oi")
        assert re.search("[a-z]", password)
        assert re.search("[A-Z]", password)
        assert re.search("[0-9]", password)
    assert len(set(made)) == 500


def test_a_password_is_kept_as_argon2id_only() -> None:
    """T52: and the hash is of that password."""
    password = secrecy.password()
    kept = secrecy.hashed(password)
    assert kept.startswith("$argon2id$")
    assert PasswordHasher().verify(kept, password.get_secret_value())


# ------------------------------------------------------------------ the second factor


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
    ],
)
def test_the_codes_of_the_standard_are_known(seconds: int, code: str) -> None:
    """RFC 6238, appendix B, the last six figures; each gives its step of half a minute."""
    now = datetime.fromtimestamp(seconds, UTC)
    assert second_factor.step_of(RFC_6238, code, now) == seconds // 30


@pytest.mark.parametrize("steps", [-3, -2, -1, 0, 1, 2, 3])
def test_a_code_is_known_one_step_off_and_no_more(steps: int) -> None:
    """Its own step is told, not the present one: it is that step which is used up."""
    now = datetime(2026, 3, 31, 17, 0, tzinfo=UTC)
    code = pyotp.TOTP(RFC_6238.get_secret_value()).at(now + timedelta(seconds=30 * steps))
    found = second_factor.step_of(RFC_6238, code, now)
    assert found == (int(now.timestamp()) // 30 + steps if abs(steps) <= 1 else None)


def test_a_secret_is_160_bits_and_never_the_same() -> None:
    """32 signs of base32, as every app takes it."""
    made = {second_factor.new_secret().get_secret_value() for _ in range(100)}
    assert all(len(base64.b32decode(secret)) == 20 for secret in made)
    assert len(made) == 100


def test_what_the_app_is_given_says_whose_it_is() -> None:
    """The secret, the address and the bot's name; the picture is dark and light half-blocks."""
    uri = second_factor.enrolment(RFC_6238, "ana@minedu.example", "Usuarios SIAGIE")
    parsed = pyotp.parse_uri(uri)
    assert (parsed.secret, parsed.name) == (RFC_6238.get_secret_value(), "ana@minedu.example")
    assert parsed.issuer == "Usuarios SIAGIE"
    drawn = second_factor.draw(uri)
    assert len(set(drawn)) > 2
    assert len(drawn.splitlines()) > 15
