"""Whom a search means: contacts by the words of their names, by telephone number, and by any part of both.

A name is found by its words in any order, the last one as far as it is typed; when nobody's words begin so, by what stands
anywhere in names and numbers. An index answers each: words of names (`contacts_names`, 7 MB and 8 ms for a million
contacts, where trigrams take 68 MB and 40 ms; Postgres 18, 2026-11), then trigrams (`contacts_search`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from inbox.whatsapp.phone import canonical_phone

# The index of trigrams wants it spelled exactly so.
_TEXT = "prosa_fold(c.name || ' ' || c.profile_name || ' ' || coalesce(c.wa_id, ''))"
_FOLDED = "ALL (ARRAY(SELECT prosa_fold(pattern) FROM unnest(CAST(:patterns AS text[])) pattern))"

CONTACT_MATCHES = f"{_TEXT} LIKE {_FOLDED}"
"""Whether a `contacts c` matches `search_patterns`; for rows that are at hand."""
NAME_MATCHES = f"(prosa_fold(c.name) LIKE {_FOLDED} OR prosa_fold(c.profile_name) LIKE {_FOLDED})"
"""The same for who sees telephone numbers masked. Each name by itself: across their border, and in names without letters,
numbers could be felt for."""

# How many contacts an index may give before it is enough: more than anybody pages through, few enough for one short query.
_GATHERED = 300
# Of more than that, these many of no order are taken: whoever is sought for under such a name is found by
# `tickets.listing.newest_matches`, or by another word.
_OF_MANY = 100
# Each costs a condition; nobody has more names.
_WORDS = 8
_TRIGRAM = 3
# Area code and a landline's number.
_SHORTEST_WHOLE_PHONE = 10

_HAS_WORDS = (
    "prosa_words(c.account_id, c.name || ' ' || c.profile_name) @@ prosa_words_query(:account_id, :query)"
)
_HAS_PHONE = """EXISTS (SELECT FROM contact_identities i WHERE i.account_id = c.account_id AND i.contact_id = c.id
    AND i.kind = 'phone' AND i.value = ANY(:phones))"""


@dataclass(frozen=True, slots=True)
class FoundConversations:
    conversation_ids: Sequence[UUID]
    is_whole: bool
    """Nobody else matches."""


async def search_conversations(
    session: AsyncSession, account_id: UUID, query: str, *, by_whole_phone: bool = False
) -> FoundConversations:
    """Conversations whose contact matches. `by_whole_phone`: names anyhow, telephone numbers only when all of it is given.

    Runs as prosa_system: LIKE is not leakproof, so under row-level security Postgres may not use the trigram index and
    reads every contact (EXPLAIN on Postgres 18, 2026-11). Gives ids only; whoever reads them is checked again.
    """
    has_letters = any(map(str.isalpha, query))
    if by_whole_phone and not has_letters:
        return await _gather(session, account_id, _HAS_PHONE, phones=whole_phones(query))
    if is_too_short(query):
        return FoundConversations((), is_whole=False)
    patterns = search_patterns(query)
    masked = f" AND {NAME_MATCHES}" if by_whole_phone else ""
    if has_letters:
        named = {"query": query} | ({"patterns": patterns} if masked else {})
        found = await _gather(session, account_id, _HAS_WORDS + masked, **named)
        if found.conversation_ids or not found.is_whole:
            return found
    # One condition for each: LIKE ALL cannot use an index.
    anywhere = " AND ".join(f"{_TEXT} LIKE prosa_fold(:part_{place})" for place in range(len(patterns)))
    parts = {f"part_{place}": pattern for place, pattern in enumerate(patterns)}
    return await _gather(
        session, account_id, anywhere + masked, **parts, **({"patterns": patterns} if masked else {})
    )


async def _gather(
    session: AsyncSession, account_id: UUID, condition: str, **parameters: Any
) -> FoundConversations:
    result = await session.execute(
        text(
            f"""WITH c AS MATERIALIZED (
                SELECT c.id FROM contacts c WHERE c.account_id = :account_id AND {condition} LIMIT {_GATHERED}),
            total AS (SELECT count(*) AS gathered FROM c)
            SELECT total.gathered, ARRAY(
                SELECT v.id FROM (SELECT id FROM c LIMIT CASE WHEN total.gathered < {_GATHERED} THEN {_GATHERED} ELSE {_OF_MANY} END) c
                JOIN conversations v ON v.account_id = :account_id AND v.contact_id = c.id) AS ids
            FROM total"""  # noqa: S608 - our own conditions
        ),
        {"account_id": account_id, **parameters},
    )
    row = result.one()
    return FoundConversations(row.ids, is_whole=row.gathered < _GATHERED)


def is_too_short(query: str) -> bool:
    """An index cannot find it: every contact of the installation, or of that beginning, would be read."""
    return sum(map(str.isalnum, query)) < _TRIGRAM


def whole_phones(query: str) -> list[str]:
    """The canonical numbers that a typed one may be: as it stands, and, when it is as long as a Brazilian one without
    its country, with it. Empty for what is too short to be whole."""
    digits = "".join(filter(str.isdigit, query))
    if len(digits) < _SHORTEST_WHOLE_PHONE:
        return []
    with_country = [f"55{digits}"] if len(digits) in (10, 11) else []
    return [canonical_phone(found) for found in (digits, *with_country)]


def search_patterns(query: str) -> list[str]:
    """LIKE patterns that all must match: each word of `query` anywhere, its wildcards taken literally; a phone number however
    it is punctuated."""
    digits = "".join(character for character in query if character.isdigit())
    is_phone = len(digits) >= 4 and not any(
        character.isalpha() for character in query
    )  # 4: an ending one remembers
    return [f"%{_escape(word)}%" for word in ([digits] if is_phone else query.split()[:_WORDS])]


def _escape(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
