"""SQL that reads the audit log. Nothing here writes: entries come from inbox/kernel/audit alone."""

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from inbox.audit.views import AuditFilters
from inbox.kernel.audit import RecordedEntry, stored_ip
from inbox.kernel.rows import Row

_COLUMNS: Final = ", ".join(RecordedEntry.__slots__)

_PAGE = f"""
SELECT {_COLUMNS} FROM audit_log
WHERE account_id = :account_id AND seq < :below
  AND (CAST(:actor_id AS uuid) IS NULL OR actor_id = :actor_id OR impersonator_id = :actor_id)
  AND (:action = '' OR action = :action OR (right(:action, 1) = '.' AND starts_with(action, :action)))
  AND (:target_kind = '' OR target_kind = :target_kind)
  AND (:target_id = '' OR target_id = :target_id)
  AND (CAST(:since AS timestamptz) IS NULL OR at >= :since)
  AND (CAST(:until AS timestamptz) IS NULL OR at < :until)
  AND (:q = '' OR strpos(lower(concat_ws(' ', action, actor_name, target_kind, target_id, host(ip), before::text,
                                         after::text)), :q) > 0)
ORDER BY seq DESC LIMIT :limit
"""

# By what entries name as `target_kind`: where a name of today can be looked up. Customers are not among them: who may
# read the audit log may not know them.
_NAMES: Final[dict[str, str]] = {
    "member": "SELECT id, name FROM users WHERE id = ANY(:ids)",
    "user": "SELECT id, name FROM users WHERE id = ANY(:ids)",
    "department": "SELECT id, name FROM departments WHERE account_id = :account_id AND id = ANY(:ids)",
    "role": "SELECT id, name FROM roles WHERE account_id = :account_id AND id = ANY(:ids)",
    "api_key": "SELECT id, name FROM api_keys WHERE account_id = :account_id AND id = ANY(:ids)",
    "number": "SELECT id, name FROM phone_numbers WHERE account_id = :account_id AND id = ANY(:ids)",
    "invitation": "SELECT id, email FROM invitations WHERE account_id = :account_id AND id = ANY(:ids)",
    "export": "SELECT id, file_name FROM exports WHERE account_id = :account_id AND id = ANY(:ids)",
    "account": "SELECT account_id, name FROM accounts WHERE account_id = ANY(:ids)",
}
NAMED_KINDS: Final = frozenset(_NAMES)


def recorded_entry(row: Row) -> RecordedEntry:
    values: dict[str, Any] = {name: row[name] for name in RecordedEntry.__slots__}
    values["ip"] = stored_ip(values["ip"]) if values["ip"] is not None else None
    return RecordedEntry(**values)


async def fetch_page(
    session: AsyncSession, account_id: UUID, filters: AuditFilters, *, below: int, limit: int
) -> list[RecordedEntry]:
    """Newest first, of those with a smaller seq than `below`."""
    result = await session.execute(
        text(_PAGE),
        {
            "account_id": account_id,
            "below": below,
            "limit": limit,
            "actor_id": filters.actor_id,
            "action": filters.action,
            "target_kind": filters.target_kind,
            "target_id": filters.target_id,
            "since": filters.since,
            "until": filters.until,
            "q": filters.q.strip().lower(),
        },
    )
    return [recorded_entry(row) for row in result.mappings()]


async def fetch_names(
    session: AsyncSession, account_id: UUID, kind: str, ids: Iterable[UUID]
) -> dict[UUID, str]:
    """What they are called today, as far as the session's role may see them."""
    result = await session.execute(text(_NAMES[kind]), {"account_id": account_id, "ids": list(ids)})
    return {UUID(int=id_.int): name for id_, name in result.all()}


# ── verification ────────────────────────────────────────────────────────────────────────────────────────────────────


async def fetch_chains(session: AsyncSession) -> list[UUID]:
    """Every account with a head or with entries, also those that no longer exist."""
    # From one account to the next along the index, instead of reading every entry.
    result = await session.execute(
        text(
            """WITH RECURSIVE written AS (
                (SELECT account_id FROM audit_log ORDER BY account_id LIMIT 1)
                UNION ALL
                SELECT (SELECT l.account_id FROM audit_log l WHERE l.account_id > w.account_id
                        ORDER BY l.account_id LIMIT 1)
                FROM written w WHERE w.account_id IS NOT NULL)
            SELECT account_id FROM written WHERE account_id IS NOT NULL
            UNION SELECT account_id FROM audit_chains ORDER BY 1"""
        )
    )
    return [UUID(int=found.int) for found in result.scalars()]


async def fetch_head(session: AsyncSession, account_id: UUID) -> tuple[int, bytes]:
    """(0, empty) of a chain that has none."""
    result = await session.execute(
        text("SELECT seq, mac FROM audit_chains WHERE account_id = :account_id"), {"account_id": account_id}
    )
    row = result.one_or_none()
    return (row.seq, bytes(row.mac)) if row is not None else (0, b"")


async def fetch_newest_seq(session: AsyncSession, account_id: UUID) -> int:
    result = await session.execute(
        text("SELECT coalesce(max(seq), 0) FROM audit_log WHERE account_id = :account_id"),
        {"account_id": account_id},
    )
    seq: int = result.scalar_one()
    return seq


async def fetch_links(
    session: AsyncSession, account_id: UUID, *, after: int, limit: int
) -> list[tuple[RecordedEntry, bytes]]:
    """Entries with their macs, ascending."""
    result = await session.execute(
        text(
            f"""SELECT {_COLUMNS}, mac FROM audit_log WHERE account_id = :account_id AND seq > :after
            ORDER BY seq LIMIT :limit"""
        ),
        {"account_id": account_id, "after": after, "limit": limit},
    )
    return [(recorded_entry(row), bytes(row["mac"])) for row in result.mappings()]
