"""The form of refresh tokens: whose they are is written in them and authenticated.

So a token of any generation is recognised for what it is: the current one, or one that was replaced and comes back, which
means that two hold the same family. A forged one cannot end anybody's session.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from typing import Final
from uuid import UUID

_ID_BYTES: Final = 16
_SECRET_BYTES: Final = 32
_MAC_BYTES: Final = 16  # 128 bits: nobody tries them against a server


class RefreshTokens:
    def __init__(self, secret_key: str) -> None:
        self._key = hmac.new(secret_key.encode(), b"refresh tokens", hashlib.sha256).digest()

    def issue(self, session_id: UUID) -> str:
        body = session_id.bytes + secrets.token_bytes(_SECRET_BYTES)
        return base64.urlsafe_b64encode(body + self._mac(body)).decode().rstrip("=")

    def session_of(self, token: str) -> UUID | None:
        """None for what we never issued."""
        try:
            raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except (ValueError, binascii.Error):
            return None
        body, mac = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
        if len(body) != _ID_BYTES + _SECRET_BYTES or not hmac.compare_digest(mac, self._mac(body)):
            return None
        return UUID(bytes=body[:_ID_BYTES])

    def _mac(self, body: bytes) -> bytes:
        return hmac.new(self._key, body, hashlib.sha256).digest()[:_MAC_BYTES]


def token_hash(token: str) -> bytes:
    # Plain SHA-256 is enough for 256 random bits: there is nothing to guess.
    return hashlib.sha256(token.encode()).digest()
