"""The second factor: six digits of an authenticator app (TOTP, RFC 6238).

The home of pyotp and segno.
"""

from datetime import datetime
from io import StringIO

import pyotp
import segno
from pydantic import SecretStr

_STEPS = (0, -1, 1)
"""The present code, the last and the next: clocks differ by some seconds."""


def new_secret() -> SecretStr:
    """A fresh secret of 160 bits, as apps take it (base32)."""
    return SecretStr(pyotp.random_base32())


def step_of(secret: SecretStr, code: str, now: datetime) -> int | None:
    """The time step whose code this is; None for a wrong one. A step must be used only once."""
    totp = pyotp.TOTP(secret.get_secret_value())
    present = totp.timecode(now)
    for step in (present + offset for offset in _STEPS):
        if pyotp.utils.strings_equal(totp.generate_otp(step), code):
            return step
    return None


def enrolment(secret: SecretStr, address: str, issuer: str) -> str:
    """What an app takes a secret from (otpauth://…): secret itself, to be shown once."""
    totp = pyotp.TOTP(secret.get_secret_value())
    return totp.provisioning_uri(name=address, issuer_name=issuer)


def draw(uri: str) -> str:
    """A QR code for a terminal, two modules to a character."""
    out = StringIO()
    segno.make(uri, micro=False).terminal(out, compact=True)
    return out.getvalue()
