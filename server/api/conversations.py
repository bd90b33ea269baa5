"""/v1/conversations: a conversation's header, and marking it read."""

from uuid import UUID

from fastapi import APIRouter

from inbox.conversations import service
from inbox.conversations.service import ConversationView
from server.api.dependencies import CurrentActor, CurrentDatabase

router = APIRouter(prefix="/v1/conversations", tags=["conversations"])


@router.get("/{conversation_id}")
async def get_conversation(
    conversation_id: UUID, database: CurrentDatabase, actor: CurrentActor
) -> ConversationView:
    return await service.get_conversation(database, actor, conversation_id)


@router.post("/{conversation_id}/read", status_code=204)
async def mark_conversation_read(
    conversation_id: UUID, database: CurrentDatabase, actor: CurrentActor
) -> None:
    """Only the assignee's reading counts; for others it does nothing."""
    await service.mark_read(database, actor, conversation_id)
