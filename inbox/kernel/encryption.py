"""Secrets at rest: AES-256-GCM with a key id, so that keys can be rotated and none is ever in the database.

Stored form: one version byte, four bytes of key id, twelve bytes of nonce, ciphertext with its tag. The context (for
example the column and the row's id) is authenticated, so a ciphertext moved to another row does not open.
"""

import hashlib
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from inbox.kernel.errors import ProsaError

_VERSION = 1
_KEY_ID_BYTES = 4
_NONCE_BYTES = 12  # NIST SP 800-38D, section 8.2: 96-bit nonces for GCM
_HEADER_BYTES = 1 + _KEY_ID_BYTES + _NONCE_BYTES


class CannotDecrypt(ProsaError):
    code = "cannot_decrypt"
    title = "A stored secret cannot be opened with the configured keys"


class Vault:
    """Encrypts with the first key, decrypts with any of them.

    Keys are 32 bytes each; the newest comes first.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys or any(len(key) != 32 for key in keys):
            raise ValueError("Vault needs at least one key, and every key has 32 bytes")
        self._ciphers = {_key_id(key): AESGCM(key) for key in keys}
        self._current = _key_id(keys[0])

    @property
    def current_prefix(self) -> bytes:
        """How everything begins that was sealed with the newest key; what begins otherwise waits for `prosa rotate-keys`."""
        return bytes([_VERSION]) + self._current

    def encrypt(self, plaintext: bytes, context: str) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._ciphers[self._current].encrypt(nonce, plaintext, context.encode())
        return bytes([_VERSION]) + self._current + nonce + sealed

    def decrypt(self, stored: bytes, context: str) -> bytes:
        """Raises CannotDecrypt for an unknown key, a changed ciphertext or another context."""
        key_id, nonce = stored[1 : 1 + _KEY_ID_BYTES], stored[1 + _KEY_ID_BYTES : _HEADER_BYTES]
        cipher = self._ciphers.get(key_id)
        if stored[:1] != bytes([_VERSION]) or cipher is None:
            raise CannotDecrypt(context=context)
        try:
            return cipher.decrypt(nonce, stored[_HEADER_BYTES:], context.encode())
        except InvalidTag as error:
            raise CannotDecrypt(context=context) from error


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"prosa key id" + key).digest()[:_KEY_ID_BYTES]
