"""SQL of the privacy desk: consents, policies, looks at numbers, the ledger of erasures. What an erasure reaches is in
`trace_repository.py` and `leftover_repository.py`, what retention reaches in `expiry_repository.py`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from inbox.accounts.policies import PrivacyPolicy
from inbox.kernel.rows import Row
from inbox.privacy.subjects import Subject, build_subject
from inbox.privacy.views import ConsentView, ErasureView

# ── contacts ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A contact as this desk needs it."""

    id: UUID
    name: str
    profile_name: str
    username: str | None
    wa_id: str | None
    bsuid: str | None
    fields: dict[str, Any]
    tags: list[str]
    created_at: datetime
    updated_at: datetime
    erased_at: datetime | None
    identities: list[tuple[str, str]]

    @property
    def subject(self) -> Subject:
        return build_subject(self.wa_id, self.bsuid, self.username, self.identities)

    @property
    def shown_name(self) -> str:
        """What lists call them, phone numbers and ids apart."""
        return self.name or self.profile_name or self.username or ""


async def fetch_contact(
    session: AsyncSession, account_id: UUID, contact_id: UUID, *, lock: bool = False
) -> ContactRow | None:
    keys = {"account_id": account_id, "contact_id": contact_id}
    result = await session.execute(
        text(
            f"""SELECT id, name, profile_name, username, wa_id, bsuid, fields, tags, created_at, updated_at, erased_at
            FROM contacts WHERE account_id = :account_id AND id = :contact_id {"FOR NO KEY UPDATE" if lock else ""}"""
        ),
        keys,
    )
    row = result.mappings().one_or_none()
    if row is None:
        return None
    identities = await session.execute(
        text(
            """SELECT kind, value FROM contact_identities
            WHERE account_id = :account_id AND contact_id = :contact_id ORDER BY kind DESC, created_at"""
        ),
        keys,
    )
    return ContactRow(**row, identities=[(kind, value) for kind, value in identities])


# ── consents ────────────────────────────────────────────────────────────────────────────────────────────────────────

_CONSENT_SELECT = """
SELECT c.id, c.purpose, c.granted, c.legal_basis, c.source, c.evidence, c.recorded_by, c.at, c.recorded_at,
       coalesce((SELECT u.name FROM users u WHERE u.id = c.recorded_by),
                (SELECT k.name FROM api_keys k WHERE k.account_id = c.account_id AND k.id = c.recorded_by), '')
       AS recorded_by_name
FROM consents c WHERE c.account_id = :account_id AND c.contact_id = :contact_id
ORDER BY c.at DESC, c.id DESC
"""


async def fetch_consents(session: AsyncSession, account_id: UUID, contact_id: UUID) -> list[ConsentView]:
    """Newest first."""
    result = await session.execute(
        text(_CONSENT_SELECT), {"account_id": account_id, "contact_id": contact_id}
    )
    return [ConsentView(**row) for row in result.mappings()]


async def fetch_consent_state(
    session: AsyncSession, account_id: UUID, contact_id: UUID, purpose: str
) -> tuple[bool, bool | None]:
    """Whether the contact is there (and not erased), and what the newest entry of the purpose says."""
    result = await session.execute(
        text(
            """SELECT (SELECT n.granted FROM consents n
                WHERE n.account_id = c.account_id AND n.contact_id = c.id AND n.purpose = :purpose
                ORDER BY n.at DESC, n.id DESC LIMIT 1)
            FROM contacts c WHERE c.account_id = :account_id AND c.id = :contact_id AND c.erased_at IS NULL"""
        ),
        {"account_id": account_id, "contact_id": contact_id, "purpose": purpose},
    )
    row = result.one_or_none()
    return row is not None, row[0] if row is not None else None


# ── looks at numbers ────────────────────────────────────────────────────────────────────────────────────────────────


async def lock_reveals(session: AsyncSession, user_id: UUID) -> None:
    """One look at a time per person, so that two at once cannot both be the last that is allowed."""
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": f"reveal:{user_id}"}
    )


async def fetch_reveals(
    session: AsyncSession, account_id: UUID, user_id: UUID, action: str, since: datetime
) -> list[datetime]:
    """When this person looked since then, oldest first. The record itself is what is counted."""
    result = await session.execute(
        text(
            """SELECT at FROM audit_log
            WHERE account_id = :account_id AND at > :since AND actor_id = :user_id AND action = :action ORDER BY at"""
        ),
        {"account_id": account_id, "user_id": user_id, "action": action, "since": since},
    )
    return list(result.scalars())


# ── policies ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def fetch_policy(session: AsyncSession, account_id: UUID) -> tuple[PrivacyPolicy, int]:
    result = await session.execute(
        text("SELECT privacy, version FROM accounts WHERE account_id = :account_id"),
        {"account_id": account_id},
    )
    stored, version = result.one()
    return PrivacyPolicy.model_validate(stored), version


async def replace_policy(
    session: AsyncSession, account_id: UUID, policy: PrivacyPolicy, version: int
) -> int | None:
    """Compare-and-set; the new version, None when the account has moved on."""
    result = await session.execute(
        text(
            """UPDATE accounts SET privacy = CAST(CAST(:privacy AS text) AS jsonb), version = version + 1
            WHERE account_id = :account_id AND version = :version RETURNING version"""
        ),
        {"account_id": account_id, "privacy": policy.model_dump_json(), "version": version},
    )
    new: int | None = result.scalar_one_or_none()
    return new


async def fetch_account(session: AsyncSession, account_id: UUID) -> tuple[str, str, str]:
    """Name, locale, time zone."""
    result = await session.execute(
        text("SELECT name, locale, time_zone FROM accounts WHERE account_id = :account_id"),
        {"account_id": account_id},
    )
    row = result.one()
    return row[0], row[1], row[2]


# ── the ledger of erasures ──────────────────────────────────────────────────────────────────────────────────────────

_ERASURE_SELECT = """
SELECT e.id, e.contact_id, e.reason, e.requested_by, e.requested_at, e.state, e.done_at, e.removed, e.certificate,
       coalesce((SELECT u.name FROM users u WHERE u.id = e.requested_by),
                (SELECT k.name FROM api_keys k WHERE k.account_id = e.account_id AND k.id = e.requested_by), '')
       AS requested_by_name
FROM erasures e WHERE e.account_id = :account_id
"""


def erasure_view(row: Row) -> ErasureView:
    return ErasureView(
        id=row["id"],
        contact_id=row["contact_id"],
        reason=row["reason"],
        requested_by=row["requested_by"],
        requested_by_name=row["requested_by_name"],
        requested_at=row["requested_at"],
        state=row["state"],
        done_at=row["done_at"],
        removed=row["removed"],
    )


async def insert_erasure(
    session: AsyncSession, *, account_id: UUID, erasure_id: UUID, contact_id: UUID, hashes: Sequence[str], reason: str,
    requested_by: UUID | None, at: datetime,
) -> bool:  # fmt: skip
    """False: the contact has one already."""
    result = await session.execute(
        text(
            """INSERT INTO erasures (account_id, id, contact_id, subject_hashes, reason, requested_by, requested_at)
            VALUES (:account_id, :id, :contact_id, :hashes, :reason, :requested_by, :at)
            ON CONFLICT (account_id, contact_id) DO NOTHING RETURNING id"""
        ),
        {"account_id": account_id, "id": erasure_id, "contact_id": contact_id, "hashes": list(hashes),
         "reason": reason, "requested_by": requested_by, "at": at},
    )  # fmt: skip
    return result.one_or_none() is not None


async def fetch_erasure(session: AsyncSession, account_id: UUID, erasure_id: UUID) -> ErasureView | None:
    rows = await _fetch_erasures(session, account_id, "AND e.id = :id", {"id": erasure_id})
    return rows[0] if rows else None


async def fetch_erasure_of(session: AsyncSession, account_id: UUID, contact_id: UUID) -> ErasureView | None:
    rows = await _fetch_erasures(session, account_id, "AND e.contact_id = :id", {"id": contact_id})
    return rows[0] if rows else None


async def fetch_erasures_by_hash(session: AsyncSession, account_id: UUID, hash_: str) -> list[ErasureView]:
    return await _fetch_erasures(
        session, account_id, "AND :hash = ANY(e.subject_hashes) ORDER BY e.requested_at DESC", {"hash": hash_}
    )


async def fetch_erasure_page(
    session: AsyncSession, account_id: UUID, before: tuple[datetime, UUID] | None, limit: int
) -> list[ErasureView]:
    """Newest first."""
    older = "AND (e.requested_at, e.id) < (:at, :id)" if before else ""
    values: dict[str, Any] = {"limit": limit}
    if before:
        values |= {"at": before[0], "id": before[1]}
    return await _fetch_erasures(
        session, account_id, f"{older} ORDER BY e.requested_at DESC, e.id DESC LIMIT :limit", values
    )


async def _fetch_erasures(
    session: AsyncSession, account_id: UUID, rest: str, values: dict[str, Any]
) -> list[ErasureView]:
    result = await session.execute(text(f"{_ERASURE_SELECT} {rest}"), {"account_id": account_id, **values})
    return [erasure_view(row) for row in result.mappings()]


async def fetch_certificate(
    session: AsyncSession, account_id: UUID, erasure_id: UUID
) -> tuple[dict[str, Any] | None] | None:
    """None: no such erasure; (None,): it runs."""
    result = await session.execute(
        text("SELECT certificate FROM erasures WHERE account_id = :account_id AND id = :id"),
        {"account_id": account_id, "id": erasure_id},
    )
    row = result.one_or_none()
    return (row[0],) if row is not None else None


# ── the job's side of the ledger (prosa_system) ─────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ErasureRow:
    id: UUID
    contact_id: UUID
    subject_hashes: list[str]
    names_sealed: bytes | None
    state: str
    removed: dict[str, int]


async def lock_erasure(session: AsyncSession, account_id: UUID, erasure_id: UUID) -> ErasureRow | None:
    result = await session.execute(
        text(
            """SELECT id, contact_id, subject_hashes, names_sealed, state, removed
            FROM erasures WHERE account_id = :account_id AND id = :id FOR UPDATE"""
        ),
        {"account_id": account_id, "id": erasure_id},
    )
    row = result.one_or_none()
    if row is None:
        return None
    id_, contact_id, *rest = row
    return ErasureRow(UUID(int=id_.int), UUID(int=contact_id.int), *rest)


async def begin_erasure(
    session: AsyncSession, account_id: UUID, erasure_id: UUID, *, hashes: Sequence[str], names_sealed: bytes
) -> None:  # fmt: skip
    await session.execute(
        text(
            """UPDATE erasures SET subject_hashes = :hashes, names_sealed = :names, state = 'pending'
            WHERE account_id = :account_id AND id = :id"""
        ),
        {"account_id": account_id, "id": erasure_id, "hashes": list(hashes), "names": names_sealed},
    )


async def add_removed(
    session: AsyncSession, account_id: UUID, erasure_id: UUID, counts: dict[str, int]
) -> None:
    """Adds to what was removed so far, in the transaction that removed it: a resumed erasure counts nothing twice."""
    if not counts:
        return
    await session.execute(
        text(
            """UPDATE erasures e SET removed = e.removed || (
                SELECT jsonb_object_agg(key, value::text::bigint + coalesce((e.removed->>key)::bigint, 0))
                FROM jsonb_each(CAST(CAST(:counts AS text) AS jsonb)))
            WHERE account_id = :account_id AND id = :id"""
        ),
        {"account_id": account_id, "id": erasure_id, "counts": orjson.dumps(counts).decode()},
    )


async def finish_erasure(
    session: AsyncSession, account_id: UUID, erasure_id: UUID, certificate: dict[str, Any], at: datetime
) -> None:
    await session.execute(
        text(
            """UPDATE erasures SET state = 'done', done_at = :at, names_sealed = NULL,
                   certificate = CAST(CAST(:certificate AS text) AS jsonb)
            WHERE account_id = :account_id AND id = :id AND state <> 'done'"""
        ),
        {
            "account_id": account_id,
            "id": erasure_id,
            "at": at,
            "certificate": orjson.dumps(certificate).decode(),
        },
    )


async def fail_erasure(session: AsyncSession, account_id: UUID, erasure_id: UUID) -> None:
    await session.execute(
        text(
            """UPDATE erasures SET state = 'failed'
            WHERE account_id = :account_id AND id = :id AND state = 'pending'"""
        ),
        {"account_id": account_id, "id": erasure_id},
    )
