"""SQL of second factors: the authenticator app, recovery codes, passkeys. All of it as prosa_system."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from inbox.identity.repository import plain_id


@dataclass(frozen=True, slots=True)
class StoredTotp:
    secret_sealed: bytes
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class StoredPasskey:
    id: UUID
    user_id: UUID
    credential_id: bytes
    public_key: bytes
    sign_count: int
    transports: list[str]
    name: str
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class FactorSummary:
    totp_since: datetime | None
    passkeys: int
    recovery_codes_left: int

    @property
    def is_present(self) -> bool:
        """Recovery codes alone are no factor: they stand in for one."""
        return self.totp_since is not None or self.passkeys > 0


async def fetch_summary(session: AsyncSession, user_id: UUID) -> FactorSummary:
    result = await session.execute(
        text(
            """SELECT (SELECT confirmed_at FROM totp_factors WHERE user_id = :user_id),
                (SELECT count(*) FROM passkeys WHERE user_id = :user_id),
                (SELECT count(*) FROM recovery_codes WHERE user_id = :user_id AND used_at IS NULL)"""
        ),
        {"user_id": user_id},
    )
    return FactorSummary(*result.one())


async def lock_person(session: AsyncSession, user_id: UUID) -> None:
    """Whoever adds or removes a factor does it one after the other: the last one cannot vanish twice."""
    await session.execute(text("SELECT FROM users WHERE id = :id FOR NO KEY UPDATE"), {"id": user_id})


# ── authenticator app ───────────────────────────────────────────────────────────────────────────────────────────────


async def start_totp(session: AsyncSession, user_id: UUID, secret_sealed: bytes) -> bool:
    """False when there is a confirmed one. One that was never confirmed is replaced."""
    result = await session.execute(
        text(
            """INSERT INTO totp_factors AS known (user_id, secret_sealed) VALUES (:user_id, :secret_sealed)
            ON CONFLICT (user_id) DO UPDATE SET secret_sealed = EXCLUDED.secret_sealed, last_step = 0, created_at = now()
            WHERE known.confirmed_at IS NULL RETURNING 1"""
        ),
        {"user_id": user_id, "secret_sealed": secret_sealed},
    )
    return result.one_or_none() is not None


async def fetch_totp(session: AsyncSession, user_id: UUID) -> StoredTotp | None:
    result = await session.execute(
        text("SELECT secret_sealed, confirmed_at FROM totp_factors WHERE user_id = :user_id"),
        {"user_id": user_id},
    )
    row = result.one_or_none()
    return StoredTotp(*row) if row is not None else None


async def advance_totp(session: AsyncSession, user_id: UUID, step: int) -> bool:
    """False when a code of this step, or of a later one, was taken before."""
    result = await session.execute(
        text(
            """UPDATE totp_factors SET last_step = :step
            WHERE user_id = :user_id AND last_step < :step AND confirmed_at IS NOT NULL RETURNING 1"""
        ),
        {"user_id": user_id, "step": step},
    )
    return result.one_or_none() is not None


async def confirm_totp(session: AsyncSession, user_id: UUID, step: int, at: datetime) -> bool:
    """False for the second of two."""
    result = await session.execute(
        text(
            """UPDATE totp_factors SET last_step = :step, confirmed_at = :at
            WHERE user_id = :user_id AND confirmed_at IS NULL RETURNING 1"""
        ),
        {"user_id": user_id, "step": step, "at": at},
    )
    return result.one_or_none() is not None


async def delete_totp(session: AsyncSession, user_id: UUID) -> bool:
    result = await session.execute(
        text("DELETE FROM totp_factors WHERE user_id = :user_id RETURNING confirmed_at IS NOT NULL"),
        {"user_id": user_id},
    )
    return bool(result.scalar_one_or_none())


# ── recovery codes ──────────────────────────────────────────────────────────────────────────────────────────────────


async def replace_recovery_codes(session: AsyncSession, user_id: UUID, hashes: Sequence[bytes]) -> None:
    await delete_recovery_codes(session, user_id)
    await session.execute(
        text(
            "INSERT INTO recovery_codes (user_id, code_hash) SELECT :user_id, unnest(CAST(:hashes AS bytea[]))"
        ),
        {"user_id": user_id, "hashes": list(hashes)},
    )


async def use_recovery_code(session: AsyncSession, user_id: UUID, code_hash: bytes, at: datetime) -> bool:
    result = await session.execute(
        text(
            """UPDATE recovery_codes SET used_at = :at
            WHERE user_id = :user_id AND code_hash = :code_hash AND used_at IS NULL RETURNING 1"""
        ),
        {"user_id": user_id, "code_hash": code_hash, "at": at},
    )
    return result.one_or_none() is not None


async def delete_recovery_codes(session: AsyncSession, user_id: UUID) -> None:
    await session.execute(text("DELETE FROM recovery_codes WHERE user_id = :user_id"), {"user_id": user_id})


# ── passkeys ────────────────────────────────────────────────────────────────────────────────────────────────────────

_PASSKEY = """SELECT id, user_id, credential_id, public_key, sign_count, transports, name, created_at, last_used_at
FROM passkeys"""


async def fetch_passkeys(session: AsyncSession, user_id: UUID) -> list[StoredPasskey]:
    result = await session.execute(
        text(f"{_PASSKEY} WHERE user_id = :user_id ORDER BY id"), {"user_id": user_id}
    )
    return [StoredPasskey(plain_id(row[0]), plain_id(row[1]), *row[2:]) for row in result]


async def fetch_passkey(session: AsyncSession, credential_id: bytes) -> StoredPasskey | None:
    result = await session.execute(
        text(f"{_PASSKEY} WHERE credential_id = :credential_id"), {"credential_id": credential_id}
    )
    row = result.one_or_none()
    return StoredPasskey(plain_id(row[0]), plain_id(row[1]), *row[2:]) if row is not None else None


async def insert_passkey(
    session: AsyncSession,
    *,
    passkey_id: UUID,
    user_id: UUID,
    credential_id: bytes,
    public_key: bytes,
    sign_count: int,
    transports: Sequence[str],
    name: str,
) -> bool:
    """False when somebody has this credential already."""
    result = await session.execute(
        text(
            """INSERT INTO passkeys (id, user_id, credential_id, public_key, sign_count, transports, name)
            VALUES (:id, :user_id, :credential_id, :public_key, :sign_count, CAST(:transports AS text[]), :name)
            ON CONFLICT (credential_id) DO NOTHING RETURNING 1"""
        ),
        {
            "id": passkey_id,
            "user_id": user_id,
            "credential_id": credential_id,
            "public_key": public_key,
            "sign_count": sign_count,
            "transports": list(transports),
            "name": name,
        },
    )
    return result.one_or_none() is not None


async def advance_passkey(session: AsyncSession, passkey_id: UUID, sign_count: int, at: datetime) -> bool:
    """False when the counter did not go up: two devices hold this key, or an answer is played again. Many passkeys do
    not count at all and stay at 0 (WebAuthn Level 3, section 6.1.1, read 2026-11)."""
    result = await session.execute(
        text(
            """UPDATE passkeys SET sign_count = :sign_count, last_used_at = :at
            WHERE id = :id AND (sign_count < :sign_count OR (sign_count = 0 AND :sign_count = 0)) RETURNING 1"""
        ),
        {"id": passkey_id, "sign_count": sign_count, "at": at},
    )
    return result.one_or_none() is not None


async def delete_passkey(session: AsyncSession, user_id: UUID, passkey_id: UUID) -> str | None:
    """Answers its name; None when there is none of this person's."""
    result = await session.execute(
        text("DELETE FROM passkeys WHERE id = :id AND user_id = :user_id RETURNING name"),
        {"id": passkey_id, "user_id": user_id},
    )
    name: str | None = result.scalar_one_or_none()
    return name


async def delete_passkeys(session: AsyncSession, user_id: UUID) -> None:
    await session.execute(text("DELETE FROM passkeys WHERE user_id = :user_id"), {"user_id": user_id})
