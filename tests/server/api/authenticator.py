"""A passkey in software: makes ES256 keys and signs what a browser would have it sign (WebAuthn Level 3, section 6)."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import encode_cbor

_USER_PRESENT, _USER_VERIFIED, _HAS_CREDENTIAL = 0x01, 0x04, 0x40


@dataclass
class SoftAuthenticator:
    """One credential. `counts` False: its counter stays at 0, as that of synced passkeys does."""

    origin: str
    rp_id: str
    counts: bool = True
    sign_count: int = 0
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    user_handle: bytes = b""
    verifies_user: bool = True

    def __post_init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """What navigator.credentials.create(options).toJSON() gives."""
        self.user_handle = _decoded(options["user"]["id"])
        client_data = self._client_data("webauthn.create", options["challenge"])
        credential = (
            bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + self._public_key()
        )
        auth_data = self._auth_data(_HAS_CREDENTIAL) + credential
        attestation = encode_cbor({"fmt": "none", "attStmt": {}, "authData": auth_data})
        response = {
            "clientDataJSON": _encoded(client_data),
            "attestationObject": _encoded(attestation),
            "transports": ["internal", "hybrid"],
        }
        return self._credential(response)

    def get(self, options: dict[str, Any], *, challenge: str | None = None) -> dict[str, Any]:
        """What navigator.credentials.get(options).toJSON() gives."""
        if self.counts:
            self.sign_count += 1
        client_data = self._client_data("webauthn.get", challenge or options["challenge"])
        auth_data = self._auth_data(0)
        signed = auth_data + hashlib.sha256(client_data).digest()
        response = {
            "clientDataJSON": _encoded(client_data),
            "authenticatorData": _encoded(auth_data),
            "signature": _encoded(self._key.sign(signed, ec.ECDSA(hashes.SHA256()))),
            "userHandle": _encoded(self.user_handle),
        }
        return self._credential(response)

    def _credential(self, response: dict[str, Any]) -> dict[str, Any]:
        id_ = _encoded(self.credential_id)
        return {
            "id": id_,
            "rawId": id_,
            "type": "public-key",
            "response": response,
            "clientExtensionResults": {},
        }

    def _client_data(self, type_: str, challenge: str) -> bytes:
        return json.dumps(
            {"type": type_, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        ).encode()

    def _auth_data(self, flags: int) -> bytes:
        flags |= _USER_PRESENT | (_USER_VERIFIED if self.verifies_user else 0)
        return (
            hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + self.sign_count.to_bytes(4, "big")
        )

    def _public_key(self) -> bytes:
        """COSE (RFC 9053, section 7.1.1): EC2, ES256, P-256."""
        numbers = self._key.public_key().public_numbers()
        key = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        encoded: bytes = encode_cbor(key)
        return encoded


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
