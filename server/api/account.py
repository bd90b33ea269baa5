"""/v1/account: the account's settings, logo, usage, closing. GET /media/logo/{name}: its logo, for its own people."""

from typing import Annotated

from fastapi import APIRouter, File, Request, UploadFile
from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints

from inbox.accounts import lifecycle, settings, usage
from inbox.accounts.branding import MOST_LOGO_BYTES
from inbox.accounts.settings import AccountChanges, AccountView
from inbox.accounts.usage import UsageView
from inbox.exports.service import request_export
from inbox.exports.views import ExportKind, ExportView
from server.api.dependencies import CurrentActor, CurrentContext, CurrentCredentials, CurrentDatabase

router = APIRouter(prefix="/v1/account", tags=["account"])

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]


class CloseAccountBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Reason
    password: SecretStr = Field(min_length=1, max_length=1000)
    """Of whoever closes it."""


@router.get("")
async def get_account(database: CurrentDatabase, actor: CurrentActor) -> AccountView:
    return await settings.access_account(database, actor)


@router.patch("")
async def change_account(body: AccountChanges, database: CurrentDatabase, actor: CurrentActor) -> AccountView:
    return await settings.change_account(database, actor, body)


@router.put("/logo")
async def put_logo(
    context: CurrentContext, actor: CurrentActor, file: Annotated[UploadFile, File()]
) -> AccountView:
    """PNG, JPEG or WebP, at most 1 MB; it is made small and gets a new address."""
    content = await file.read(MOST_LOGO_BYTES + 1)
    return await settings.put_logo(context.database, actor, context.media_store, content)


@router.delete("/logo")
async def remove_logo(context: CurrentContext, actor: CurrentActor) -> AccountView:
    return await settings.remove_logo(context.database, actor, context.media_store)


@router.get("/usage")
async def get_usage(database: CurrentDatabase, actor: CurrentActor) -> UsageView:
    """People, numbers, messages of 30 days, tickets, outbox, storage; with the plan's limits."""
    return await usage.read_usage(database, actor)


@router.post("/export", status_code=202)
async def export_account(database: CurrentDatabase, actor: CurrentActor) -> ExportView:
    """Everything of the account in one zip file; see /v1/exports."""
    async with database.acting(actor) as work:
        return await request_export(work, actor, kind=ExportKind.ACCOUNT)


@router.post("/close")
async def close_account(
    body: CloseAccountBody,
    request: Request,
    context: CurrentContext,
    credentials: CurrentCredentials,
    actor: CurrentActor,
) -> AccountView:
    """It stops sending, its export is made, and in 30 days it is erased; until then it can be taken back."""
    await credentials.confirm(actor, body.password.get_secret_value())
    await lifecycle.close_account(context.database, context.mailer, actor, by="account", reason=body.reason)
    request.app.state.announce_account_change(actor.account_id)
    return await settings.access_account(context.database, actor)


@router.post("/close/cancel")
async def cancel_account_closing(
    request: Request, database: CurrentDatabase, actor: CurrentActor
) -> AccountView:
    await lifecycle.cancel_closing(database, actor)
    request.app.state.announce_account_change(actor.account_id)
    return await settings.access_account(database, actor)
