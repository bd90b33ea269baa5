"""How fast REST may queue messages for one number: by the account's plan (accounts/plans), before anything is stored.

Sending itself is paced by the outbox; this keeps a program that loops from queueing for hours ahead of people.
"""

from uuid import UUID

from fastapi import Depends, Request

from inbox.conversations.access import access_conversation
from server.api.dependencies import CurrentActor, CurrentDatabase
from server.edge.admission import Admission


async def require_send_allowance(
    conversation_id: UUID, request: Request, database: CurrentDatabase, actor: CurrentActor
) -> None:
    """Raises RateLimited, and what `access_conversation` raises: who may not see it uses up nothing."""
    async with database.acting(actor) as work:
        conversation = await access_conversation(work, actor, conversation_id)
    admission: Admission = request.app.state.admission
    await admission.admit_sends(request.scope, actor, conversation.number_id)


LIMITED_PER_NUMBER = [Depends(require_send_allowance)]
