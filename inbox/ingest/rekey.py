"""A customer changed number or user id: the same contact answers to the new ids.

The old phone number is released, since it may be given to somebody else; the old BSUID stays, since it never is, and
late webhooks still carry it (cloud-api, section 2.10). A new id that already names another contact stays theirs.
"""

from collections.abc import Sequence
from uuid import UUID

import structlog

from inbox.ingest import metrics, sql
from inbox.ingest.arrivals import Arrival, canonical_or_none
from inbox.ingest.connection import Connection
from inbox.whatsapp.payloads import IdentityChange

log = structlog.get_logger(__name__)


async def rekey(connection: Connection, arrivals: Sequence[Arrival]) -> None:
    """Runs before anybody is looked up, so that what follows in the same batch finds the contact by the new ids."""
    for arrival in arrivals:
        change = arrival.effect
        if isinstance(change, IdentityChange):
            await _apply(connection, arrival, change)


async def _apply(connection: Connection, arrival: Arrival, change: IdentityChange) -> None:
    account_id = arrival.account_id
    old_phone = canonical_or_none(change.old_wa_id)
    row = await connection.fetchrow(
        sql.WHO_CHANGED, account_id, arrival.message.wamid, change.old_bsuid, old_phone
    )
    if row is None:
        return
    contact_id: UUID = row["contact_id"]
    new_phone = canonical_or_none(change.new_wa_id)
    if old_phone is not None and new_phone not in (None, old_phone):
        await connection.execute(sql.RELEASE_PHONE, account_id, old_phone, contact_id)
    for kind, value in (("bsuid", change.new_bsuid), ("phone", new_phone)):
        if value is None:
            continue
        owner_id = await connection.fetchval(sql.ADD_IDENTITY, account_id, kind, value, contact_id)
        if owner_id != contact_id:
            metrics.IDENTITY_CONFLICTS.inc()
            log.warning(
                "identity_conflict", account_id=account_id, contact_id=owner_id, changed_contact_id=contact_id
            )
