"""SQL of the installation: across all accounts, as prosa_system."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from inbox.installation.log_entry import NewLogEntry

# Any number that nothing else locks; Postgres' advisory locks are per database.
_SETTINGS_LOCK = 7_260_731

# ── accounts ────────────────────────────────────────────────────────────────────────────────────────────────────────

# What tells at a glance whether an account works. Each is one look into an index that begins with account_id.
_HEALTH = """
    (SELECT count(*) FROM memberships m JOIN users u ON u.id = m.user_id AND u.disabled_at IS NULL
     WHERE m.account_id = a.account_id) AS members,
    (SELECT count(*) FROM memberships m JOIN users u ON u.id = m.user_id AND u.disabled_at IS NULL
     WHERE m.account_id = a.account_id AND m.role = 'admin') AS admins,
    (SELECT count(*) FROM phone_numbers n WHERE n.account_id = a.account_id) AS numbers,
    ARRAY(SELECT n.last_webhook_at FROM phone_numbers n WHERE n.account_id = a.account_id) AS webhooks_at,
    (SELECT max(n.last_webhook_at) FROM phone_numbers n WHERE n.account_id = a.account_id) AS last_inbound_at,
    (SELECT count(*) FROM (SELECT FROM dead_webhooks w WHERE w.account_id = a.account_id AND w.id > :parked_since
                           AND w.replayed_at IS NULL LIMIT :most) parked) AS parked_webhooks,
    (SELECT o.created_at FROM outbox o WHERE o.account_id = a.account_id ORDER BY o.message_id LIMIT 1)
        AS outbox_oldest_at
"""
_ACCOUNT = """
    a.account_id AS id, a.name, a.slug, a.state, a.state_reason, a.state_since, a.closing_by, a.erase_after, a.erased_at,
    a.plan, a.locale, a.time_zone, a.created_at
"""


async def fetch_accounts(
    session: AsyncSession, *, q: str, state: str | None, before: tuple[datetime, UUID] | None, limit: int,
    parked_since: UUID, most: int,
) -> Sequence[RowMapping]:  # fmt: skip
    """Newest first; a page's health is looked up for its rows only."""
    at, id_ = before or (None, None)
    result = await session.execute(
        text(
            f"""SELECT {_ACCOUNT}, {_HEALTH} FROM (
                SELECT * FROM accounts
                WHERE (:pattern = '' OR prosa_fold(name || ' ' || slug) LIKE prosa_fold(:pattern)
                       OR account_id::text = :exact)
                  AND (CAST(:state AS text) IS NULL OR state = :state)
                  AND (CAST(:at AS timestamptz) IS NULL OR (created_at, account_id) < (:at, CAST(:id AS uuid)))
                ORDER BY created_at DESC, account_id DESC LIMIT :limit
            ) a ORDER BY a.created_at DESC, a.account_id DESC"""
        ),
        {"pattern": like_pattern(q), "exact": q.lower(), "state": state, "at": at, "id": id_, "limit": limit,
         "parked_since": parked_since, "most": most},
    )  # fmt: skip
    return result.mappings().all()


async def fetch_account(
    session: AsyncSession, account_id: UUID, *, parked_since: UUID, most: int
) -> RowMapping | None:
    result = await session.execute(
        text(f"SELECT {_ACCOUNT}, {_HEALTH} FROM accounts a WHERE a.account_id = :account_id"),
        {"account_id": account_id, "parked_since": parked_since, "most": most},
    )
    return result.mappings().one_or_none()


async def set_plan(session: AsyncSession, account_id: UUID, plan: str) -> str | None:
    """Answers the plan before; None without such an account."""
    result = await session.execute(
        text(
            """WITH before AS (SELECT plan FROM accounts WHERE account_id = :account_id FOR NO KEY UPDATE)
            UPDATE accounts SET plan = :plan FROM before WHERE account_id = :account_id RETURNING before.plan"""
        ),
        {"account_id": account_id, "plan": plan},
    )
    before: str | None = result.scalar_one_or_none()
    return before


# ── people ──────────────────────────────────────────────────────────────────────────────────────────────────────────

_PERSON = """
SELECT u.id, u.name, u.email, u.locale, u.created_at, u.disabled_at, u.is_super_admin,
    (SELECT max(s.last_seen_at) FROM sessions s WHERE s.user_id = u.id AND s.impersonator_id IS NULL) AS last_seen_at,
    EXISTS (SELECT FROM totp_factors f WHERE f.user_id = u.id AND f.confirmed_at IS NOT NULL)
        OR EXISTS (SELECT FROM passkeys k WHERE k.user_id = u.id) AS second_factor,
    coalesce((SELECT jsonb_agg(jsonb_build_object('id', a.account_id, 'name', a.name, 'state', a.state, 'role', m.role)
                               ORDER BY a.name, a.account_id)
              FROM memberships m JOIN accounts a ON a.account_id = m.account_id WHERE m.user_id = u.id), '[]') AS accounts
FROM users u
"""


async def fetch_people(
    session: AsyncSession,
    *,
    q: str,
    account_id: UUID | None,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[RowMapping]:
    at, id_ = before or (None, None)
    result = await session.execute(
        text(
            f"""{_PERSON} WHERE (:pattern = '' OR prosa_fold(u.name || ' ' || u.email) LIKE prosa_fold(:pattern))
                AND (CAST(:account_id AS uuid) IS NULL OR EXISTS (
                    SELECT FROM memberships m WHERE m.account_id = :account_id AND m.user_id = u.id))
                AND (CAST(:at AS timestamptz) IS NULL OR (u.created_at, u.id) < (:at, CAST(:id AS uuid)))
            ORDER BY u.created_at DESC, u.id DESC LIMIT :limit"""
        ),
        {"pattern": like_pattern(q), "account_id": account_id, "at": at, "id": id_, "limit": limit},
    )
    return result.mappings().all()


async def fetch_person(session: AsyncSession, user_id: UUID) -> RowMapping | None:
    result = await session.execute(text(f"{_PERSON} WHERE u.id = :user_id"), {"user_id": user_id})
    return result.mappings().one_or_none()


async def fetch_account_ids_of(session: AsyncSession, user_id: UUID) -> list[UUID]:
    """In ascending order: the order in which accounts are locked."""
    result = await session.execute(
        text("SELECT account_id FROM memberships WHERE user_id = :user_id ORDER BY account_id"),
        {"user_id": user_id},
    )
    return [UUID(int=found.int) for found in result.scalars()]


async def lock_super_admins(session: AsyncSession) -> None:
    await session.execute(text("SELECT id FROM users WHERE is_super_admin ORDER BY id FOR NO KEY UPDATE"))


async def count_super_admins(session: AsyncSession, *, except_id: UUID) -> int:
    """Those who can sign in."""
    result = await session.execute(
        text("SELECT count(*) FROM users WHERE is_super_admin AND disabled_at IS NULL AND id <> :except_id"),
        {"except_id": except_id},
    )
    count: int = result.scalar_one()
    return count


async def set_disabled(session: AsyncSession, user_id: UUID, at: datetime | None) -> bool:
    """False when it already is so, or there is nobody of this id."""
    result = await session.execute(
        text(
            """UPDATE users SET disabled_at = CAST(:at AS timestamptz) WHERE id = :user_id
              AND (disabled_at IS NULL) <> (CAST(:at AS timestamptz) IS NULL) RETURNING id"""
        ),
        {"user_id": user_id, "at": at},
    )
    return result.one_or_none() is not None


async def make_super_admin(session: AsyncSession, user_id: UUID) -> None:
    await session.execute(
        text("UPDATE users SET is_super_admin = true WHERE id = :user_id"), {"user_id": user_id}
    )


# ── settings ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def lock_settings(session: AsyncSession) -> None:
    """Until the end of the transaction."""
    await session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _SETTINGS_LOCK})


async def fetch_settings(session: AsyncSession) -> dict[str, Any]:
    result = await session.execute(text("SELECT name, value -> 'value' FROM installation_settings"))
    return {row[0]: row[1] for row in result}


async def put_setting(
    session: AsyncSession, name: str, value: dict[str, Any] | None, user_id: UUID, at: datetime
) -> None:
    """None removes the row. `value` is wrapped in an object, so that JSON's null is a value like others."""
    if value is None:
        await session.execute(text("DELETE FROM installation_settings WHERE name = :name"), {"name": name})
        return
    await session.execute(
        text(
            """INSERT INTO installation_settings (name, value, updated_by, updated_at)
            VALUES (:name, CAST(CAST(:value AS text) AS jsonb), :user_id, :at)
            ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value, updated_by = EXCLUDED.updated_by,
                                             updated_at = EXCLUDED.updated_at"""
        ),
        {"name": name, "value": orjson.dumps(value).decode(), "user_id": user_id, "at": at},
    )


# ── the system log ──────────────────────────────────────────────────────────────────────────────────────────────────


async def insert_log_entries(session: AsyncSession, entries: Sequence[NewLogEntry]) -> None:
    """An entry that is there already (its batch was written, and the answer lost) is left alone."""
    await session.execute(
        text(
            """INSERT INTO system_log (id, at, level, event, process, fields)
            VALUES (:id, :at, :level, :event, :process, CAST(CAST(:fields AS text) AS jsonb)) ON CONFLICT DO NOTHING"""
        ),
        [
            {
                "id": entry.id,
                "at": entry.at,
                "level": entry.level,
                "event": entry.event,
                "process": entry.process,
                "fields": orjson.dumps(entry.fields, default=str).decode(),
            }
            for entry in entries
        ],
    )


async def fetch_log_entries(
    session: AsyncSession, *, levels: Sequence[str], q: str, since: datetime | None,
    before: tuple[datetime, UUID] | None, limit: int,
) -> Sequence[RowMapping]:  # fmt: skip
    at, id_ = before or (None, None)
    result = await session.execute(
        text(
            """SELECT id, at, level, event, process, fields FROM system_log
            WHERE level = ANY(:levels)
              AND (:pattern = '' OR prosa_fold(event || ' ' || process || ' ' || fields::text) LIKE prosa_fold(:pattern))
              AND (CAST(:since AS timestamptz) IS NULL OR at >= :since)
              AND (CAST(:at AS timestamptz) IS NULL OR (at, id) < (:at, CAST(:id AS uuid)))
            ORDER BY at DESC, id DESC LIMIT :limit"""
        ),
        {
            "levels": list(levels),
            "pattern": like_pattern(q),
            "since": since,
            "at": at,
            "id": id_,
            "limit": limit,
        },
    )
    return result.mappings().all()


async def delete_log_entries(session: AsyncSession, before: datetime) -> int:
    result = await session.execute(
        text(
            """WITH gone AS (DELETE FROM system_log WHERE at < :before RETURNING 1) SELECT count(*) FROM gone"""
        ),
        {"before": before},
    )
    count: int = result.scalar_one()
    return count


def like_pattern(wanted: str) -> str:
    """Contains `wanted`; empty for everything."""
    escaped = wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%" if escaped else ""
