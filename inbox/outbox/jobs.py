"""What the customer sees of a reader: blue ticks and "typing…", as durable jobs.

Both lose their meaning quickly, so they give up early: a late receipt is done by the next one, late typing is a lie.
"""

from datetime import datetime
from uuid import UUID

import procrastinate
import structlog

from inbox.kernel.clock import Clock, utc_now
from inbox.kernel.job_worker import Backoff
from inbox.outbox.targets import Targets
from inbox.whatsapp.client import GraphClient
from inbox.whatsapp.graph_errors import GraphError, GraphUnreachable

log = structlog.get_logger(__name__)

QUEUE = "whatsapp"
# 2 s … 5 min, about an hour in all: WhatsApp takes a receipt for 30 days, people look at ticks for minutes.
_READ_RETRY = Backoff(first_seconds=2, longest_seconds=300, attempts=18)


def receipt_jobs(targets: Targets, client: GraphClient, *, now: Clock = utc_now) -> procrastinate.Blueprint:
    """Tasks `whatsapp.mark_read` and `whatsapp.typing`."""
    blueprint = procrastinate.Blueprint()

    @blueprint.task(name="whatsapp.mark_read", queue=QUEUE, retry=_READ_RETRY)
    async def mark_read(account_id: str, number_id: str, wamid: str) -> None:
        target = await targets.target(UUID(account_id), UUID(number_id))
        if not target.send_read_receipts:
            return
        try:
            await client.mark_read(target.graph, wamid)
        except GraphError as error:
            # The message is older than 30 days, deleted, or the token is wrong: the next reading tries again.
            log.info("read_receipt_refused", number_id=number_id, code=error.graph_code)

    @blueprint.task(name="whatsapp.typing", queue=QUEUE)
    async def show_typing(account_id: str, number_id: str, wamid: str, expires_at: str) -> None:
        if now() >= datetime.fromisoformat(expires_at):
            return
        target = await targets.target(UUID(account_id), UUID(number_id))
        if not target.send_read_receipts:
            return  # Graph has no typing without a read receipt (cloud-api, section 3.2)
        try:
            await client.show_typing(target.graph, wamid)
        except (GraphError, GraphUnreachable) as error:
            log.info("typing_not_shown", number_id=number_id, error=type(error).__name__)

    return blueprint
