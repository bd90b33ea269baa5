"""Messages that quote one which has just changed, or has just come: they show it, so their copies are older from now on."""

from collections.abc import Sequence
from uuid import UUID

from inbox.ingest import sql
from inbox.ingest.connection import Connection
from inbox.ingest.journal import Journal
from inbox.ingest.rows import read_views
from inbox.kernel.audience import message_audience


async def tell_of_quotes(
    connection: Connection, quoted: Sequence[tuple[UUID, UUID]], journal: Journal
) -> None:
    """`quoted`: (account, message), edited, deleted, or stored after a message that quotes it."""
    if not quoted:
        return
    rows = await connection.fetch(sql.BUMP_QUOTES, [key[0] for key in quoted], [key[1] for key in quoted])
    if not rows:
        return
    views = await read_views(connection, [(row["account_id"], row["id"]) for row in rows])
    for row in rows:
        audience = message_audience(row["conversation_id"], row["assignee_id"])
        journal.add(row["account_id"], "message_updated", " ".join(audience), {"message": views[row["id"]]})
