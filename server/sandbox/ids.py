"""Identifiers in the shapes that WhatsApp uses. Receivers must treat them as opaque."""

import base64
import hashlib
import itertools


class IdMint:
    """Makes ids that never repeat: each is a hash of (nonce, kind, counter)."""

    def __init__(self, nonce: str) -> None:
        self._nonce = nonce
        self._counter = itertools.count(1)

    def _digest(self, kind: str, size: int) -> bytes:
        return hashlib.blake2b(
            f"{self._nonce}:{kind}:{next(self._counter)}".encode(), digest_size=size
        ).digest()

    def wamid(self) -> str:
        return "wamid." + base64.b64encode(self._digest("message", 36)).decode()

    def media_id(self) -> str:
        return str(10**15 + int.from_bytes(self._digest("media", 8)) % (9 * 10**15))

    def trace(self) -> str:
        """The `fbtrace_id` of an error."""
        return "A" + base64.urlsafe_b64encode(self._digest("trace", 15)).decode()


def build_bsuid(identity: str, country: str = "BR") -> str:
    """A business-scoped user id: country, dot, up to 128 alphanumerics (BSUID page, read 2026-09).

    It depends on who the person is and on nothing else: a sandbox that restarts without its data must not
    give one person's id to another, because the product remembers.
    """
    digest = hashlib.blake2b(identity.encode(), digest_size=8).digest()
    return f"{country}.{10**19 + int.from_bytes(digest) % (9 * 10**19)}"
