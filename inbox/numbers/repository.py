"""SQL of numbers and of what Meta says about them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from inbox.numbers.events import NumberUpdateView, NumberView

_NUMBER_SELECT = """
SELECT n.id, n.name, n.phone_number_id, n.waba_id, n.display_phone_number, n.default_department_id,
       n.messages_per_second, n.last_webhook_at, n.version
FROM phone_numbers n WHERE n.account_id = :account_id
"""


@dataclass(frozen=True, slots=True)
class Routing:
    """What a number says about tickets that it opens."""

    default_department_id: UUID
    reopen_within_hours: int


async def fetch_numbers(session: AsyncSession, account_id: UUID) -> list[NumberView]:
    result = await session.execute(
        text(f"{_NUMBER_SELECT} ORDER BY n.name, n.id"), {"account_id": account_id}
    )
    return [NumberView(**row) for row in result.mappings()]


async def fetch_number(session: AsyncSession, account_id: UUID, number_id: UUID) -> NumberView | None:
    result = await session.execute(
        text(f"{_NUMBER_SELECT} AND n.id = :number_id"), {"account_id": account_id, "number_id": number_id}
    )
    row = result.mappings().one_or_none()
    return NumberView(**row) if row is not None else None


async def fetch_routing(session: AsyncSession, account_id: UUID, number_id: UUID) -> Routing:
    result = await session.execute(
        text(
            """SELECT default_department_id, reopen_within_hours FROM phone_numbers
            WHERE account_id = :account_id AND id = :number_id"""
        ),
        {"account_id": account_id, "number_id": number_id},
    )
    return Routing(*result.one())


async def fetch_sends_receipts(session: AsyncSession, account_id: UUID, number_id: UUID) -> bool:
    result = await session.execute(
        text(
            "SELECT send_read_receipts FROM phone_numbers WHERE account_id = :account_id AND id = :number_id"
        ),
        {"account_id": account_id, "number_id": number_id},
    )
    return bool(result.scalar_one())


async def fetch_updates(
    session: AsyncSession, account_id: UUID, number: NumberView, before: UUID | None, limit: int
) -> list[NumberUpdateView]:
    """Newest first: those of the number, and those of its whole WhatsApp Business account."""
    parameters: dict[str, Any] = {
        "account_id": account_id,
        "waba_id": number.waba_id,
        "phone_number_id": number.phone_number_id,
        "limit": limit,
    }
    if before is not None:
        parameters["before"] = before
    result = await session.execute(
        text(
            f"""SELECT id, field, value, phone_number_id, at, received_at FROM number_updates
            WHERE account_id = :account_id AND waba_id = :waba_id
              AND (phone_number_id IS NULL OR phone_number_id = :phone_number_id)
              {"AND id < :before" if before is not None else ""}
            ORDER BY id DESC LIMIT :limit"""
        ),
        parameters,
    )
    return [
        NumberUpdateView(
            id=row.id,
            field=row.field,
            value=orjson.loads(row.value) if isinstance(row.value, str) else row.value,
            whole_account=row.phone_number_id is None,
            at=row.at,
            received_at=row.received_at,
        )
        for row in result
    ]
