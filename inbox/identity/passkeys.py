"""The two ceremonies of WebAuthn, without the database: what a browser is asked, and whether its answer holds.

User verification is required, so a passkey proves both having the device and being its owner: it is a second factor, and
also enough alone.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url, options_to_json_dict, parse_client_data_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from inbox.identity.errors import PasskeyRefused
from inbox.identity.factor_repository import StoredPasskey
from inbox.identity.repository import Person

_NAME: Final = "Prosa"
_TIMEOUT_MS: Final = 300_000  # as long as the challenge lives
_TRANSPORTS: Final = {transport.value for transport in AuthenticatorTransport}

# What a garbled answer can raise in the library, which parses before it checks.
_UNREADABLE: Final = (WebAuthnException, ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Whom a passkey is made for: a domain, and the pages that may ask for it."""

    id: str
    origins: list[str]


@dataclass(frozen=True, slots=True)
class NewPasskey:
    credential_id: bytes
    public_key: bytes
    sign_count: int
    transports: list[str]


def relying_party(base_url: str) -> RelyingParty:
    """Browsers take no IP address for a domain (WebAuthn Level 3, section 5.1.2): on this machine alone, the same
    server is called localhost."""
    url = urlsplit(base_url)
    host = url.hostname or ""
    origin = f"{url.scheme}://{url.netloc}".lower()
    if _is_loopback(host):
        place = f":{url.port}" if url.port is not None else ""
        return RelyingParty("localhost", [f"{url.scheme}://localhost{place}", origin])
    return RelyingParty(host, [origin])


def registration_options(
    party: RelyingParty, person: Person, challenge: str, known: Sequence[StoredPasskey]
) -> dict[str, Any]:
    """For navigator.credentials.create, as PublicKeyCredential.parseCreationOptionsFromJSON reads it."""
    options = generate_registration_options(
        rp_id=party.id,
        rp_name=_NAME,
        user_id=person.id.bytes,
        user_name=person.email,
        user_display_name=person.name,
        challenge=challenge_bytes(challenge),
        timeout=_TIMEOUT_MS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            require_resident_key=True,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_descriptors(known),
    )
    return options_to_json_dict(options)


def authentication_options(
    party: RelyingParty, challenge: str, known: Sequence[StoredPasskey] = ()
) -> dict[str, Any]:
    """For navigator.credentials.get. Without `known` the browser offers whatever passkeys it has for us."""
    options = generate_authentication_options(
        rp_id=party.id,
        challenge=challenge_bytes(challenge),
        timeout=_TIMEOUT_MS,
        allow_credentials=_descriptors(known),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(options)


def check_attestation(party: RelyingParty, attestation: dict[str, Any], challenge: str) -> NewPasskey:
    """Raises PasskeyRefused."""
    try:
        verified = verify_registration_response(
            credential=attestation,
            expected_challenge=challenge_bytes(challenge),
            expected_rp_id=party.id,
            expected_origin=party.origins,
            require_user_verification=True,
        )
    except _UNREADABLE as error:
        raise PasskeyRefused from error
    response = attestation.get("response")
    named = response.get("transports") if isinstance(response, dict) else None
    transports = [name for name in named if name in _TRANSPORTS] if isinstance(named, list) else []
    return NewPasskey(verified.credential_id, verified.credential_public_key, verified.sign_count, transports)


def check_assertion(
    party: RelyingParty, assertion: dict[str, Any], challenge: str, passkey: StoredPasskey
) -> int:
    """The authenticator's counter, which the caller must see go up. Raises PasskeyRefused."""
    try:
        verified = verify_authentication_response(
            credential=assertion,
            expected_challenge=challenge_bytes(challenge),
            expected_rp_id=party.id,
            expected_origin=party.origins,
            credential_public_key=passkey.public_key,
            # The database judges the counter (advance_passkey), so that of two answers at once one wins.
            credential_current_sign_count=0,
            require_user_verification=True,
        )
        handle = assertion["response"].get("userHandle")
        if handle and base64url_to_bytes(handle) != passkey.user_id.bytes:
            raise PasskeyRefused
    except _UNREADABLE as error:
        raise PasskeyRefused from error
    return verified.new_sign_count


def credential_id_of(assertion: dict[str, Any]) -> bytes:
    """Which passkey an answer speaks of. Raises PasskeyRefused."""
    try:
        return base64url_to_bytes(assertion["rawId"])
    except _UNREADABLE as error:
        raise PasskeyRefused from error


def challenge_of(attestation: dict[str, Any]) -> str:
    """Which challenge an answer speaks of: its token. Raises PasskeyRefused."""
    try:
        client_data = parse_client_data_json(base64url_to_bytes(attestation["response"]["clientDataJSON"]))
    except _UNREADABLE as error:
        raise PasskeyRefused from error
    return bytes_to_base64url(client_data.challenge)


def challenge_bytes(token: str) -> bytes:
    """A challenge's token is the challenge itself, as browsers spell it: base64url without padding."""
    return base64url_to_bytes(token)


def _descriptors(known: Sequence[StoredPasskey]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=passkey.credential_id,
            transports=[AuthenticatorTransport(name) for name in passkey.transports if name in _TRANSPORTS],
        )
        for passkey in known
    ]


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
