"""The leaves of a webhook: text, numbers, moments, digests. Total: any JSON value in, a clean value or None out.

Meta's documentation and Meta's webhooks disagree about strings and numbers (`quantity: "2"`, a participant's `wa_id`
as an integer), so every leaf accepts both.
"""

import binascii
import math
from datetime import UTC, datetime
from typing import Any

from inbox.whatsapp.phone import is_bsuid

# WhatsApp was founded in 2009; a number outside 2009-01-01 … 2100-01-01 is no moment in seconds.
_EARLIEST_SECONDS = 1_230_768_000
_LATEST_SECONDS = 4_102_444_800
# SHA-256 gives 32 bytes: 64 hexadecimal digits, or 44 characters of base64.
_DIGEST_BYTES = 32
_HEX_DIGEST_LENGTH = 64
# What people and libraries put between the digits of a phone number.
_PHONE_PUNCTUATION = str.maketrans("", "", "+-(). \u00a0")
_URL_SAFE_BASE64 = str.maketrans("-_", "+/")


def text(value: object) -> str | None:
    """A non-empty string; integers become their digits."""
    if type(value) is str:
        return value or None
    if type(value) is int:
        # 4,300 digits is where Python refuses to print; no id comes near.
        return str(value) if value.bit_length() < 1024 else None
    return None


def number(value: object) -> float | None:
    """A finite number; numeric strings count."""
    if type(value) is int or type(value) is float or type(value) is str:
        try:
            result = float(value)
        except (ValueError, OverflowError):
            return None
        return result if math.isfinite(result) else None
    return None


def integer(value: object) -> int | None:
    result = number(value)
    return int(result) if result is not None and result.is_integer() else None


def moment(value: object) -> datetime | None:
    """Meta's seconds, printed as string or integer, as an aware datetime; None when they are no plausible moment."""
    if type(value) is str:
        # The seconds of this century have 10 digits; int() alone would accept "1_0" and 4,000 digits.
        if len(value) != 10 or not value.isdecimal():
            return None
        seconds: int | float = int(value)
    elif type(value) is int or type(value) is float:
        seconds = value
    else:
        return None
    if _EARLIEST_SECONDS <= seconds < _LATEST_SECONDS:
        return datetime.fromtimestamp(seconds, UTC)
    return None


def digest_hex(value: object) -> str | None:
    """The hexadecimal SHA-256 from base64 (webhooks) or hexadecimal (media lookup)."""
    if type(value) is not str:
        return None
    try:
        if len(value) == _HEX_DIGEST_LENGTH:
            return bytes.fromhex(value).hex()
        digest = binascii.a2b_base64(value.translate(_URL_SAFE_BASE64))
    except ValueError:
        return None
    return digest.hex() if len(digest) == _DIGEST_BYTES else None


def person_ids(value: object) -> tuple[str | None, str | None]:
    """(wa_id, bsuid) from a field that should hold a phone number but may hold a BSUID, or rubbish."""
    plain = text(value)
    if plain is None:
        return None, None
    if plain.isascii() and plain.isdigit():
        return plain, None
    if is_bsuid(plain):
        return None, plain
    digits = plain.translate(_PHONE_PUNCTUATION)
    return (digits, None) if digits.isascii() and digits.isdigit() else (None, None)


def json_object(value: object) -> dict[str, Any]:
    """`value` when it is an object, else an empty one."""
    return value if type(value) is dict else {}


def json_array(value: object) -> list[Any]:
    """`value` when it is an array, else an empty one."""
    return value if type(value) is list else []


def texts(source: dict[str, Any], *names: str) -> dict[str, str]:
    """Those of `names` that hold text."""
    return {name: found for name in names if (found := text(source.get(name))) is not None}
