"""The audit log: who did what, on what, from where. Append-only, and each entry is authenticated over the one before it.

Invariants
- An entry is written in the transaction of the change it tells of, so there is neither a change without its entry nor an
  entry without its change. Refusals are written in a transaction of their own.
- `mac` is HMAC-SHA256 over the account, the entry's fields and the entry before it, with a key that the database does
  not have: who can write tables cannot forge an entry, and changing, removing or moving one breaks the chain.
- `audit_chains` holds the chain's head. It is locked from the append to COMMIT, as the event log's counter is.
- What is authenticated is what can be read back: numbers, addresses and texts are brought to the one form in which
  jsonb, inet and text give them back, before the mac is computed (`_as_stored`, `stored_ip`).
- Entries hold no secrets, no message text and no customer's personal data: customers are named by id, so that erasing
  one leaves the chain whole.
"""

import hashlib
import hmac
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from inbox.kernel.actor import Actor, Origin

INSTALLATION = UUID(int=0)
"""The chain of what concerns no account: unknown addresses that sign in, super admins' settings."""

ACCOUNT_IDS: Final = "account_ids"
"""In `after` of the installation's entries about people: the companies concerned."""


# orjson's own range; jsonb's numbers have none.
_LEAST_INTEGER: Final = -(2**63)
_FIRST_TOO_BIG: Final = 2**63
# Deeper than any change that somebody describes.
_DEEPEST: Final = 50


class AuditActor(StrEnum):
    USER = "user"
    API_KEY = "api_key"
    SYSTEM = "system"
    ANONYMOUS = "anonymous"
    """Nobody is signed in: refused sign-ins, links that were opened."""


@dataclass(frozen=True, slots=True)
class Doer:
    """Who an entry says it was."""

    kind: AuditActor
    id: UUID | None = None
    name: str = ""
    impersonator_id: UUID | None = None
    origin: Origin = field(default_factory=Origin)


SYSTEM_DOER = Doer(AuditActor.SYSTEM)


def doer_of(actor: Actor) -> Doer:
    return Doer(
        AuditActor(actor.kind.value),
        actor.user_id,
        actor.name,
        actor.impersonator_id,
        actor.origin or Origin(),
    )


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """`before` and `after` hold the changed fields only, JSON-able, without secrets."""

    action: str
    """noun.verb in the past: member.role_changed."""
    target_kind: str = ""
    target_id: UUID | str = ""
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class RecordedEntry:
    """As stored and as authenticated."""

    account_id: UUID
    seq: int
    at: datetime
    actor_kind: str
    actor_id: UUID | None
    actor_name: str
    impersonator_id: UUID | None
    action: str
    target_kind: str
    target_id: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    ip: str | None
    user_agent: str
    request_id: str | None


def entry_mac(key: bytes, previous: bytes, entry: RecordedEntry) -> bytes:
    """What authenticates `entry` after the one whose mac is `previous` (empty for the first)."""
    fields = {name: _plain(getattr(entry, name)) for name in RecordedEntry.__slots__}
    return hmac.new(
        key, previous + orjson.dumps(fields, option=orjson.OPT_SORT_KEYS), hashlib.sha256
    ).digest()


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return int(value.timestamp() * 1_000_000)
    return value


async def append_audit(
    session: AsyncSession,
    key: bytes,
    account_id: UUID,
    entries: Sequence[tuple[Doer, AuditEntry]],
    at: datetime,
) -> None:
    """Writes the entries at the end of the account's chain. Late in a transaction: the chain stays locked until COMMIT."""
    locked = await session.execute(
        text(
            """INSERT INTO audit_chains (account_id) VALUES (:account_id)
            ON CONFLICT (account_id) DO UPDATE SET account_id = EXCLUDED.account_id RETURNING seq, mac"""
        ),
        {"account_id": account_id},
    )
    seq, mac = locked.one()
    rows = []
    for doer, entry in entries:
        seq += 1
        recorded = RecordedEntry(
            account_id=account_id, seq=seq, at=at, actor_kind=doer.kind.value, actor_id=doer.id,
            actor_name=_stored_text(doer.name), impersonator_id=doer.impersonator_id, action=_stored_text(entry.action),
            target_kind=_stored_text(entry.target_kind), target_id=_stored_text(str(entry.target_id)),
            before=_jsonable(entry.before), after=_jsonable(entry.after), ip=stored_ip(doer.origin.ip),
            user_agent=_stored_text(doer.origin.user_agent)[:400],
            request_id=_stored_text(doer.origin.request_id) if doer.origin.request_id is not None else None,
        )  # fmt: skip
        mac = entry_mac(key, mac, recorded)
        rows.append({name: getattr(recorded, name) for name in RecordedEntry.__slots__} | {"mac": mac})
    for row in rows:
        row["before"], row["after"] = _json_text(row["before"]), _json_text(row["after"])
    await session.execute(text(_INSERT_SQL), rows)
    await session.execute(
        text("UPDATE audit_chains SET seq = :seq, mac = :mac WHERE account_id = :account_id"),
        {"account_id": account_id, "seq": seq, "mac": mac},
    )


def stored_ip(value: object) -> str | None:
    """The one form of an address: v4 for what is v4 in v6's clothes, without zone; None for what is no address."""
    try:
        address: IPv4Address | IPv6Address = ip_address(str(value).partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return str(address)


def _jsonable(value: dict[str, Any] | None) -> dict[str, Any] | None:
    """As it will be read back, so that the mac can be computed again."""
    plain: dict[str, Any] | None = _as_stored(value)
    return plain


def _as_stored(value: Any, depth: int = 0) -> Any:
    """What jsonb gives back for `value`: numbers without a form of their own (1e16 is 10000000000000000, -0.0 is 0), texts
    without NUL and half characters, everything else as text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _stored_text(value)
    if isinstance(value, int):
        return int(value) if _LEAST_INTEGER <= value < _FIRST_TOO_BIG else str(value)
    if isinstance(value, float):
        return _stored_number(value)
    if depth >= _DEEPEST:
        return _stored_text(str(value))
    if isinstance(value, dict):
        return {_stored_text(str(key)): _as_stored(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_as_stored(item, depth + 1) for item in value]
    if isinstance(value, set | frozenset):
        return sorted((_as_stored(item, depth + 1) for item in value), key=str)
    if isinstance(value, datetime):
        return value.isoformat()
    return _stored_text(str(value))


def _stored_number(value: float) -> int | float | str:
    if not math.isfinite(value):
        return str(value)
    if value.is_integer() and _LEAST_INTEGER <= value < _FIRST_TOO_BIG:
        return int(value)
    # Beyond integers jsonb writes out every digit, which no reader takes as the same number.
    return value if abs(value) < _FIRST_TOO_BIG else repr(value)


def _stored_text(value: str) -> str:
    """Without what Postgres refuses: NUL, and halves of characters beyond the first plane."""
    return value.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")


def _json_text(value: dict[str, Any] | None) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


_INSERT_SQL = """
INSERT INTO audit_log (account_id, seq, at, actor_kind, actor_id, actor_name, impersonator_id, action, target_kind,
                       target_id, before, after, ip, user_agent, request_id, mac)
VALUES (:account_id, :seq, :at, :actor_kind, :actor_id, :actor_name, :impersonator_id, :action, :target_kind,
        :target_id, CAST(CAST(:before AS text) AS jsonb), CAST(CAST(:after AS text) AS jsonb),
        CAST(CAST(:ip AS text) AS inet), :user_agent, :request_id, :mac)
"""
