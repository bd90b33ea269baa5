"""Proof that a webhook comes from Meta: the HMAC over the raw body, and the subscription handshake.

Meta signs the escaped form that it sends (`\\u00e1`, `\\/`, `\\u0040`), so the bytes that arrived are hashed as they are;
a body that was parsed and written again no longer matches. Nothing is signed about time: a captured body can be
replayed for ever, and only idempotent ingest protects from that.
(Cloud API, webhooks "Validate payloads", read 2026-11.)
"""

import hmac
from collections.abc import Mapping, Sequence

from inbox.kernel.errors import ProsaError

_PREFIX = "sha256="
# "sha256=" and the 64 hexadecimal digits of a SHA-256.
_HEADER_LENGTH = len(_PREFIX) + 64


class MissingSignature(ProsaError):
    """No X-Hub-Signature-256 header. Meta counts it as a failed delivery and retries."""

    code = "missing_signature"
    status = 401
    title = "The request carries no signature"


class WrongSignature(ProsaError):
    """The header does not match the body under any of the app's secrets."""

    code = "wrong_signature"
    status = 403
    title = "The signature does not match the body"


class HandshakeRefused(ProsaError):
    """The subscription request names another mode or another verify token."""

    code = "handshake_refused"
    status = 403
    title = "The verification request was refused"


def sign(body: bytes, secret: bytes) -> str:
    """The value of X-Hub-Signature-256 for these exact bytes."""
    return _PREFIX + hmac.digest(secret, body, "sha256").hex()


def verify_signature(body: bytes, header: str | None, secrets: Sequence[bytes]) -> None:
    """Returns when one of `secrets` signed `body`; raises `MissingSignature` or `WrongSignature` otherwise.

    Several secrets are valid during a rotation (old and new) or when several apps subscribe to one WABA. Each is
    compared in constant time.
    """
    if not header:
        raise MissingSignature
    # Attackers may send any latin-1 characters; compare_digest accepts only ASCII strings.
    given = header.strip().lower().encode("utf-8", "replace")
    if len(given) != _HEADER_LENGTH:
        raise WrongSignature
    matches = False
    for secret in secrets:
        # An empty secret would accept what anybody can sign.
        if secret and hmac.compare_digest(given, sign(body, secret).encode("ascii")):
            matches = True
    if not matches:
        raise WrongSignature


def verify_handshake(params: Mapping[str, str], verify_token: str) -> str:
    """The challenge to answer with, verbatim, as text/plain; raises `HandshakeRefused`.

    Meta asks when a callback is registered or changed and may repeat it at any time.
    """
    challenge = params.get("hub.challenge")
    token = params.get("hub.verify_token", "")
    if params.get("hub.mode") != "subscribe" or not challenge or not verify_token:
        raise HandshakeRefused
    if not hmac.compare_digest(token.encode("utf-8", "replace"), verify_token.encode("utf-8", "replace")):
        raise HandshakeRefused
    return challenge
