"""/v1/contacts: what people change about a customer."""

from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from inbox.contacts import service
from inbox.contacts.events import ContactView
from server.api.dependencies import CurrentActor, CurrentDatabase

router = APIRouter(prefix="/v1/contacts", tags=["contacts"])


class ContactBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=120)
    """Empty: show the customer's own name again."""


@router.patch("/{contact_id}")
async def rename_contact(
    contact_id: UUID, body: ContactBody, database: CurrentDatabase, actor: CurrentActor
) -> ContactView:
    return await service.rename_contact(database, actor, contact_id, name=body.name)
