"""/v1/numbers: WhatsApp numbers. Secrets go in and never come out."""

from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from inbox.numbers import service
from inbox.numbers.events import ConnectedNumberView, NumberUpdateView, NumberView
from server.api.cursors import PageLimit
from server.api.dependencies import CurrentActor, CurrentContext, CurrentDatabase

router = APIRouter(prefix="/v1/numbers", tags=["numbers"])


class ConnectNumberBody(BaseModel):
    """What Meta shows in the app's WhatsApp settings."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=80)
    """For your people: "Vendas", "Matriz"."""
    phone_number_id: str = Field(pattern=r"^[0-9]{5,32}$")
    waba_id: str = Field(pattern=r"^[0-9]{5,32}$")
    display_phone_number: str = Field(min_length=5, max_length=32)
    app_secret: SecretStr = Field(min_length=8, max_length=200)
    access_token: SecretStr = Field(min_length=8, max_length=2000)
    default_department_id: UUID
    messages_per_second: int = Field(default=80, ge=1, le=1000)
    """The number's throughput at Meta: 80 unless Meta raised it."""


@router.get("")
async def list_numbers(database: CurrentDatabase, actor: CurrentActor) -> list[NumberView]:
    return await service.list_numbers(database, actor)


@router.post("", status_code=201)
async def connect_number(
    body: ConnectNumberBody, context: CurrentContext, actor: CurrentActor
) -> ConnectedNumberView:
    """Enter the webhook address and the verify token of the answer at Meta; they are shown once."""
    return await service.connect_number(
        context.database,
        actor,
        context.vault,
        name=body.name,
        phone_number_id=body.phone_number_id,
        waba_id=body.waba_id,
        display_phone_number=body.display_phone_number,
        app_secret=body.app_secret.get_secret_value(),
        access_token=body.access_token.get_secret_value(),
        default_department_id=body.default_department_id,
        messages_per_second=body.messages_per_second,
    )


@router.get("/{number_id}/updates")
async def list_number_updates(
    number_id: UUID,
    database: CurrentDatabase,
    actor: CurrentActor,
    before: UUID | None = None,
    limit: PageLimit = 50,
) -> list[NumberUpdateView]:
    """Newest first; the next page is `before` the last id."""
    return await service.list_number_updates(database, actor, number_id, before=before, limit=limit)
