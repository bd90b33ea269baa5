"""SQL of contacts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from inbox.contacts.events import ContactView
from inbox.kernel.rows import Row
from inbox.whatsapp.phone import canonical_phone, format_phone

CONTACT_VIEW_COLUMNS = """c.id AS contact_id, c.name AS contact_name, c.profile_name AS contact_profile_name,
       c.username AS contact_username, c.wa_id AS contact_wa_id, c.bsuid AS contact_bsuid"""
"""What `contact_view` reads, of a `contacts c`."""

CONTACT_MATCHES = """prosa_fold(c.name || ' ' || c.profile_name || ' ' || coalesce(c.wa_id, ''))
    LIKE (SELECT prosa_fold(:pattern))"""
"""Whether a `contacts c` matches `search_pattern`; for rows that are at hand: the index wants it spelled as below."""
NAME_MATCHES = """(prosa_fold(c.name) LIKE (SELECT prosa_fold(:pattern))
    OR prosa_fold(c.profile_name) LIKE (SELECT prosa_fold(:pattern)))"""
"""The same for who sees telephone numbers masked."""

# How many contacts a search looks at: more than anybody pages through, few enough for one short query.
_SEARCH_LIMIT = 300
# How many the index of names may give before it is enough: whoever is sought for under a name that more people bear is
# found by `tickets.listing.newest_matches`, or by another word.
_GATHERED = 1_000
_TRIGRAM = 3
# Area code and a landline's number.
_SHORTEST_WHOLE_PHONE = 10


def contact_view(row: Row) -> ContactView:
    wa_id = row["contact_wa_id"]
    phone = format_phone(wa_id) if wa_id else None
    names = (
        row["contact_name"],
        row["contact_profile_name"],
        row["contact_username"],
        phone,
        row["contact_bsuid"],
    )
    return ContactView(
        id=row["contact_id"],
        name=next((name for name in names if name), ""),
        profile_name=row["contact_profile_name"],
        username=row["contact_username"],
        phone=phone,
        wa_id=wa_id,
    )


async def fetch_contact(session: AsyncSession, account_id: UUID, contact_id: UUID) -> ContactView | None:
    statement = text(
        f"SELECT {CONTACT_VIEW_COLUMNS} FROM contacts c WHERE c.account_id = :account_id AND c.id = :contact_id"
    )
    result = await session.execute(statement, {"account_id": account_id, "contact_id": contact_id})
    row = result.mappings().one_or_none()
    return contact_view(row) if row is not None else None


async def is_visible(
    session: AsyncSession,
    account_id: UUID,
    contact_id: UUID,
    *,
    user_id: UUID,
    department_ids: Sequence[UUID],
    sees_all: bool,
) -> bool:
    """Somebody sees a contact through any ticket that they see."""
    result = await session.execute(
        text(
            """SELECT EXISTS (SELECT FROM contacts c WHERE c.account_id = :account_id AND c.id = :contact_id AND (
                :sees_all OR EXISTS (
                    SELECT FROM conversations v
                    JOIN tickets t ON t.account_id = v.account_id AND t.conversation_id = v.id
                    WHERE v.account_id = c.account_id AND v.contact_id = c.id
                      AND (t.department_id = ANY(:department_ids) OR t.assignee_id = :user_id))))"""
        ),
        {
            "account_id": account_id,
            "contact_id": contact_id,
            "user_id": user_id,
            "department_ids": list(department_ids),
            "sees_all": sees_all,
        },
    )
    return bool(result.scalar_one())


@dataclass(frozen=True, slots=True)
class ContactReach:
    """Where copies of a contact are shown."""

    department_ids: frozenset[UUID]
    assignee_ids: frozenset[UUID]
    """Of open tickets."""
    conversation_ids: frozenset[UUID]


async def fetch_reach(session: AsyncSession, account_id: UUID, contact_id: UUID) -> ContactReach:
    """Departments are few, though tickets may be many."""
    result = await session.execute(
        text(
            """SELECT array_agg(DISTINCT t.department_id) FILTER (WHERE t.department_id IS NOT NULL),
                   array_agg(DISTINCT t.assignee_id) FILTER (WHERE t.assignee_id IS NOT NULL AND t.closed_at IS NULL),
                   array_agg(DISTINCT v.id)
            FROM conversations v LEFT JOIN tickets t ON t.account_id = v.account_id AND t.conversation_id = v.id
            WHERE v.account_id = :account_id AND v.contact_id = :contact_id"""
        ),
        {"account_id": account_id, "contact_id": contact_id},
    )
    return ContactReach(*(frozenset(found or ()) for found in result.one()))


async def set_name(
    session: AsyncSession, account_id: UUID, contact_id: UUID, name: str, at: datetime
) -> None:
    await session.execute(
        text(
            """UPDATE contacts SET name = :name, version = version + 1, updated_at = :at
            WHERE account_id = :account_id AND id = :contact_id"""
        ),
        {"account_id": account_id, "contact_id": contact_id, "name": name, "at": at},
    )


async def search_conversation_ids(
    session: AsyncSession, account_id: UUID, query: str, *, by_whole_phone: bool = False
) -> list[UUID]:
    """Conversations whose contact matches; of many, those that spoke last. `by_whole_phone`: names anyhow, telephone
    numbers only when all of it is given.

    Runs as prosa_system: LIKE is not leakproof, so under row-level security Postgres may not use the trigram index and
    reads every contact (EXPLAIN on Postgres 18, 2026-11). Gives ids only; whoever reads them is checked again.
    """
    if by_whole_phone:
        return await _search_masked(session, account_id, query)
    result = await session.execute(
        text(
            f"""WITH c AS MATERIALIZED (
                SELECT c.id FROM contacts c WHERE c.account_id = :account_id
                  AND prosa_fold(c.name || ' ' || c.profile_name || ' ' || coalesce(c.wa_id, '')) LIKE prosa_fold(:pattern)
                LIMIT {_GATHERED})
            SELECT v.id FROM c JOIN conversations v ON v.account_id = :account_id AND v.contact_id = c.id
            ORDER BY v.last_message_at DESC NULLS LAST LIMIT :limit"""
        ),
        {"account_id": account_id, "pattern": search_pattern(query), "limit": _SEARCH_LIMIT},
    )
    return list(result.scalars())


async def _search_masked(session: AsyncSession, account_id: UUID, query: str) -> list[UUID]:
    """Without letters it is a number, and must be a whole one; with them it is a name, and each name is looked at by
    itself: across their border, and in names without letters, numbers could be felt for."""
    if not any(map(str.isalpha, query)):
        condition = """EXISTS (SELECT FROM contact_identities i WHERE i.account_id = c.account_id AND i.contact_id = c.id
            AND i.kind = 'phone' AND i.value = ANY(:wanted))"""
        wanted: object = whole_phones(query)
    else:
        condition = """prosa_fold(c.name || ' ' || c.profile_name || ' ' || coalesce(c.wa_id, '')) LIKE prosa_fold(:wanted)
            AND (prosa_fold(c.name) LIKE prosa_fold(:wanted) OR prosa_fold(c.profile_name) LIKE prosa_fold(:wanted))"""
        wanted = search_pattern(query)
    result = await session.execute(
        text(
            f"""WITH c AS MATERIALIZED (
                SELECT c.id FROM contacts c WHERE c.account_id = :account_id AND {condition} LIMIT {_GATHERED})
            SELECT v.id FROM c JOIN conversations v ON v.account_id = :account_id AND v.contact_id = c.id
            ORDER BY v.last_message_at DESC NULLS LAST LIMIT :limit"""
        ),
        {"account_id": account_id, "wanted": wanted, "limit": _SEARCH_LIMIT},
    )
    return list(result.scalars())


def is_sought_by_newest(query: str, *, by_whole_phone: bool) -> bool:
    """Whether the newest tickets are looked at first: for names, and for what is too short for an index."""
    if any(map(str.isalpha, query)):
        return True
    return not by_whole_phone and is_too_short(query)


def is_too_short(query: str) -> bool:
    """An index of trigrams cannot find it: every contact of the installation would be read."""
    return sum(map(str.isalnum, query)) < _TRIGRAM


def whole_phones(query: str) -> list[str]:
    """The canonical numbers that a typed one may be: as it stands, and, when it is as long as a Brazilian one without
    its country, with it. Empty for what is too short to be whole."""
    digits = "".join(filter(str.isdigit, query))
    if len(digits) < _SHORTEST_WHOLE_PHONE:
        return []
    with_country = [f"55{digits}"] if len(digits) in (10, 11) else []
    return [canonical_phone(found) for found in (digits, *with_country)]


def search_pattern(query: str) -> str:
    """`query` anywhere, its wildcards taken literally; a phone number however it is punctuated."""
    digits = "".join(character for character in query if character.isdigit())
    is_phone = len(digits) >= 4 and not any(
        character.isalpha() for character in query
    )  # 4: an ending one remembers
    wanted = digits if is_phone else query.strip()
    escaped = wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
