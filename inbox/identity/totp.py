"""Time-based one-time passwords (RFC 6238) as authenticator apps make them: SHA-1, 6 digits, 30 seconds.

Pure: what is stored, and that a code is good once, is second_factor.py's.
"""

import hmac
from datetime import datetime
from io import BytesIO
from typing import Final

import pyotp
import segno

_STEP_SECONDS: Final = 30  # RFC 6238, section 5.2: recommended, and the only one that all apps know
_DRIFT_STEPS: Final = (
    1  # RFC 6238, section 5.2: at most one step back for the network; one ahead for a clock that is fast
)
_ISSUER: Final = "Prosa"
_SEED_CHARACTERS: Final = 32  # 160 bits of base32: RFC 4226, section 4, R6 recommends them


def new_seed() -> str:
    """Base32, as people may have to type it."""
    return pyotp.random_base32(_SEED_CHARACTERS)


def matching_step(seed: str, code: str, at: datetime) -> int | None:
    """The step whose code this is, of those that are good now."""
    digits = code.replace(" ", "")
    if not (digits.isascii() and digits.isdigit()):
        return None
    totp = pyotp.TOTP(seed, interval=_STEP_SECONDS)
    now = int(at.timestamp()) // _STEP_SECONDS
    found = None
    for step in range(now - _DRIFT_STEPS, now + _DRIFT_STEPS + 1):
        # All are compared, each in constant time: how long it takes tells nothing.
        if hmac.compare_digest(totp.generate_otp(step), digits):
            found = step
    return found


def provisioning_uri(seed: str, email: str) -> str:
    return pyotp.TOTP(seed, interval=_STEP_SECONDS).provisioning_uri(name=email, issuer_name=_ISSUER)


def qr_svg(text: str) -> str:
    """Dark on light whatever the page's colours: some readers take nothing else."""
    buffer = BytesIO()
    segno.make(text, micro=False, error="m").save(
        buffer, kind="svg", scale=4, border=4, xmldecl=False, dark="#000", light="#fff", omitsize=True
    )
    return buffer.getvalue().decode().strip()
