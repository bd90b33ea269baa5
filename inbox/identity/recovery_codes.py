"""Recovery codes: ten, each good once, for when the telephone is lost. Shown once; kept as hashes."""

import hashlib
import secrets
from typing import Final
from uuid import UUID

COUNT: Final = 10

# Crockford's base32 without u: nothing that reads like another letter or digit. 16 of them are 80 bits, which plain
# SHA-256 keeps: nobody tries 2^80.
_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_CHARACTERS: Final = 16
_GROUP: Final = 4
_READ_AS: Final = str.maketrans({"o": "0", "i": "1", "l": "1"})


def new_codes() -> list[str]:
    return [_grouped("".join(secrets.choice(_ALPHABET) for _ in range(_CHARACTERS))) for _ in range(COUNT)]


def code_hash(user_id: UUID, code: str) -> bytes:
    """However it was typed: capitals, spaces and hyphens are the reader's."""
    plain = "".join(c for c in code.lower().translate(_READ_AS) if c in _ALPHABET)
    return hashlib.sha256(user_id.bytes + plain.encode()).digest()


def _grouped(code: str) -> str:
    return "-".join(code[n : n + _GROUP] for n in range(0, _CHARACTERS, _GROUP))
