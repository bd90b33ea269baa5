"""How an API key is made and recognised.

`prosa_` + eight characters that people know it by + `_` + 43 of secret (256 bits, base64url). The whole is hashed with
SHA-256: a secret of 256 random bits needs no slow hash, and nobody who reads the database can use one. The beginning is
fixed, so that scanners find keys that were published by mistake.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass
from typing import Final

KEY_BEGINNING: Final = "prosa_"

_SECRET_BYTES: Final = 32
_PREFIX_CHARACTERS: Final = 8
# No 0, O, 1, l: people read prefixes to each other.
_PREFIX_ALPHABET: Final = "23456789abcdefghijkmnpqrstuvwxyz"
_KEY: Final = re.compile(rf"{KEY_BEGINNING}[a-z0-9]{{{_PREFIX_CHARACTERS}}}_[A-Za-z0-9_-]{{43}}")


@dataclass(frozen=True, slots=True)
class NewKey:
    key: str
    prefix: str
    key_hash: bytes

    def __repr__(self) -> str:
        return f"NewKey({self.prefix})"


def make_key() -> NewKey:
    prefix = KEY_BEGINNING + "".join(secrets.choice(_PREFIX_ALPHABET) for _ in range(_PREFIX_CHARACTERS))
    key = f"{prefix}_{secrets.token_urlsafe(_SECRET_BYTES)}"
    return NewKey(key, prefix, hash_key(key))


def is_api_key(credential: str) -> bool:
    """Whether it wants to be one: access tokens never begin so."""
    return credential.startswith(KEY_BEGINNING)


def parse_key(credential: str) -> bytes | None:
    """Its hash; None when it cannot be one of ours."""
    return hash_key(credential) if _KEY.fullmatch(credential) else None


def hash_key(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
