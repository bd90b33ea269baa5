"""From an API key to the Actor it works as: its scopes and departments as they are now.

A key is looked up on every use, so revoking one, suspending its account or shortening its scopes holds from the next
request on. Refusals of keys that exist are on record, but not every one: a program that goes on with a dead key would
fill the log.
"""

import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

import structlog

from inbox.accounts.policies import PrivacyPolicy, SecurityPolicy
from inbox.api_keys.keys import KEY_BEGINNING, is_api_key, parse_key
from inbox.api_keys.repository import PresentedKey, fetch_presented_key, touch_api_key
from inbox.kernel.actor import Actor, ActorKind, Origin, Role
from inbox.kernel.audit import AuditActor, AuditEntry, Doer, stored_ip
from inbox.kernel.database import Database
from inbox.kernel.errors import Forbidden, ProsaError, Unauthenticated
from inbox.kernel.permissions import Permission, known_permissions
from server.auth.errors import AccountSuspended
from server.edge.ip_allow import AddressNotAllowed, require_allowed

__all__ = ["KEY_BEGINNING", "ApiKeyRefused", "KeyActor", "is_api_key", "load_key_actor", "load_socket_key"]

log = structlog.get_logger(__name__)

# "Last used" is for people who wonder whether a key is still in use; a write per request would cost more than the request.
_NOTED_EVERY: Final = timedelta(minutes=1)
# A socket shows its key again after so long, should the hint that the key was changed ever be lost.
_SOCKET_LIFE: Final = timedelta(hours=1)
_RECORDED_EVERY_SECONDS: Final = 300.0
_MOST_REMEMBERED: Final = 1000


class ApiKeyRefused(Unauthenticated):
    """The same for a key that never was, was revoked, or has expired."""

    code = "api_key_refused"
    title = "This API key is not valid"


class KeyNeedsInbox(Forbidden):
    code = "api_key_without_inbox"
    title = "The live socket needs an API key with the scope inbox"


class KeyContext(Protocol):
    """What of server/context.py is needed."""

    @property
    def database(self) -> Database: ...


@dataclass(frozen=True, slots=True)
class KeyActor:
    actor: Actor
    expires_at: datetime
    """When it must be looked at again."""


async def load_key_actor(context: KeyContext, key: str, origin: Origin) -> Actor:
    """Raises ApiKeyRefused, AccountSuspended, AddressNotAllowed."""
    return (await _load(context.database, key, origin)).actor


async def load_socket_key(context: KeyContext, key: str, origin: Origin) -> KeyActor:
    """For the live socket. Raises KeyNeedsInbox too."""
    found = await _load(context.database, key, origin)
    if not found.actor.may(Permission.INBOX):
        raise KeyNeedsInbox
    return found


async def _load(database: Database, key: str, origin: Origin) -> KeyActor:
    key_hash = parse_key(key)
    if key_hash is None:
        raise ApiKeyRefused
    async with database.system() as work:
        presented = await fetch_presented_key(work.session, key_hash)
        now = work.now()
        refusal = _refusal(presented, origin, now)
        if presented is not None and refusal is None and _is_due(presented.last_used_at, now):
            await touch_api_key(
                work.session, presented.account_id, presented.id, stored_ip(origin.ip), now, now - _NOTED_EVERY
            )  # fmt: skip
    if presented is None:
        log.warning("api_key_unknown")
        raise ApiKeyRefused
    if refusal is not None:
        reason, error = refusal
        await _record_refusal(database, presented, reason, origin)
        raise error
    until = now + _SOCKET_LIFE
    return KeyActor(_actor(presented, origin), min(until, presented.expires_at or until))


def _refusal(presented: PresentedKey | None, origin: Origin, now: datetime) -> tuple[str, ProsaError] | None:
    if presented is None:
        return None
    if presented.revoked_at is not None:
        return "revoked", ApiKeyRefused()
    if presented.expires_at is not None and presented.expires_at <= now:
        return "expired", ApiKeyRefused()
    if presented.is_previous and (
        presented.previous_expires_at is None or presented.previous_expires_at <= now
    ):
        return "rotated", ApiKeyRefused()
    if presented.account_state in ("suspended", "closed"):
        return "account_" + presented.account_state, AccountSuspended(
            state=presented.account_state, reason=presented.account_state_reason
        )
    try:
        require_allowed(SecurityPolicy.model_validate(presented.security).api_networks, origin.ip)
    except AddressNotAllowed as error:
        return "address", error
    return None


def _actor(presented: PresentedKey, origin: Origin) -> Actor:
    scopes = known_permissions(presented.scopes)
    masks = PrivacyPolicy.model_validate(presented.privacy).mask_phones
    return Actor(
        account_id=presented.account_id,
        user_id=presented.id,
        role=Role.CUSTOM,
        department_ids=frozenset(presented.department_ids),
        name=presented.name,
        locale=presented.account_locale,
        permissions=scopes,
        kind=ActorKind.API_KEY,
        origin=origin,
        masks_phones=masks and Permission.CONTACTS_PHONES not in scopes,
    )


def _is_due(last_used_at: datetime | None, now: datetime) -> bool:
    return last_used_at is None or last_used_at < now - _NOTED_EVERY


# When this process last put a refusal on record, by key and reason; the oldest are forgotten.
_recorded: OrderedDict[tuple[UUID, str], float] = OrderedDict()


async def _record_refusal(database: Database, presented: PresentedKey, reason: str, origin: Origin) -> None:
    seen = (presented.id, reason)
    now = time.monotonic()
    if now - _recorded.get(seen, float("-inf")) < _RECORDED_EVERY_SECONDS:
        return
    _recorded[seen] = now
    _recorded.move_to_end(seen)
    while len(_recorded) > _MOST_REMEMBERED:
        _recorded.popitem(last=False)
    log.warning("api_key_refused", api_key_id=str(presented.id), reason=reason)
    async with database.system(presented.account_id) as work:
        work.audit(
            AuditEntry("api_key.refused", "api_key", presented.id, after={"reason": reason}),
            doer=Doer(AuditActor.API_KEY, presented.id, presented.name, origin=origin),
        )
