"""/v1/proof: that nothing is lost between a webhook and a screen, in numbers; and how one message travelled."""

from uuid import UUID

from fastapi import APIRouter

from inbox.proof import service
from inbox.proof.views import MessageTripView, ProofView
from server.api.dependencies import CurrentActor, CurrentDatabase

router = APIRouter(prefix="/v1", tags=["proof"])


@router.get("/proof")
async def get_proof(database: CurrentDatabase, actor: CurrentActor) -> ProofView:
    """Received, stored, numbered, published, pushed, acknowledged: today and over seven days, as equations with their gaps;
    p50 and p99 of each leg; the last hour by minute. Needs `audit.view`."""
    return await service.read_proof(database, actor)


@router.get("/conversations/{conversation_id}/messages/{message_id}/trip")
async def get_message_trip(
    conversation_id: UUID, message_id: UUID, database: CurrentDatabase, actor: CurrentActor
) -> MessageTripView:
    """When it was received, stored, pushed to its first screen and painted there. Kept for seven days."""
    return await service.read_trip(database, actor, conversation_id, message_id)
