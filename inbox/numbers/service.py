"""Connecting WhatsApp numbers, and what Meta says about them. Secrets come in here and are never shown again."""

import secrets
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from inbox.accounts.authority import check_room
from inbox.accounts.repository import is_member_of_department
from inbox.kernel.actor import Actor
from inbox.kernel.audit import AuditEntry
from inbox.kernel.database import Database, UnitOfWork
from inbox.kernel.encryption import Vault
from inbox.kernel.errors import Conflict, Invalid, NotFound
from inbox.kernel.ids import new_id
from inbox.kernel.permissions import Permission
from inbox.numbers import repository
from inbox.numbers.events import ConnectedNumberView, NumberUpdateView, NumberView
from inbox.numbers.models import PhoneNumber, WhatsAppApp
from inbox.numbers.secrets import access_token_context, app_secret_context, verify_token_context

# 128 bits: the webhook path cannot be guessed, so strangers do not even reach the signature check.
_HOOK_KEY_BYTES = 16
_VERIFY_TOKEN_BYTES = 24


async def list_numbers(database: Database, actor: Actor) -> list[NumberView]:
    """For those who answer on them and those who run them. Raises Forbidden."""
    if not actor.may(Permission.NUMBERS_MANAGE):
        actor.require(Permission.INBOX)
    async with database.acting(actor) as work:
        return await repository.fetch_numbers(work.session, actor.account_id)


async def list_number_updates(
    database: Database, actor: Actor, number_id: UUID, *, before: UUID | None = None, limit: int = 50
) -> list[NumberUpdateView]:
    """Newest first. Raises Forbidden, NotFound."""
    actor.require(Permission.NUMBERS_MANAGE)
    async with database.acting(actor) as work:
        number = await repository.fetch_number(work.session, actor.account_id, number_id)
        if number is None:
            raise NotFound(number_id=number_id)
        return await repository.fetch_updates(work.session, actor.account_id, number, before, limit)


async def connect_number(
    database: Database,
    actor: Actor,
    vault: Vault,
    *,
    name: str,
    phone_number_id: str,
    waba_id: str,
    display_phone_number: str,
    app_secret: str,
    access_token: str,
    default_department_id: UUID,
    messages_per_second: int = 80,
) -> ConnectedNumberView:
    """Raises Forbidden, Invalid, PlanLimit, Conflict when an account of this installation already has the number."""
    actor.require(Permission.NUMBERS_MANAGE)
    async with database.acting(actor) as work:
        if not await is_member_of_department(work.session, actor.account_id, default_department_id, None):
            raise Invalid("no such department", default_department_id=default_department_id)
        await check_room(work, actor.account_id, "numbers")
        app_id, number_id, verify_token = await add_number(
            work,
            vault,
            account_id=actor.account_id,
            name=name,
            phone_number_id=phone_number_id,
            waba_id=waba_id,
            display_phone_number=display_phone_number,
            app_secret=app_secret,
            access_token=access_token,
            default_department_id=default_department_id,
            messages_per_second=messages_per_second,
        )
        number = await repository.fetch_number(work.session, actor.account_id, number_id)
        app = await work.session.get(WhatsAppApp, (actor.account_id, app_id))
        assert number is not None
        assert app is not None
        after = {"name": name, "phone_number_id": phone_number_id, "waba_id": waba_id}
        work.audit(AuditEntry("number.connected", "number", number_id, after=after))
        return ConnectedNumberView(
            number=number, webhook_path=f"/hooks/whatsapp/{app.hook_key}", verify_token=verify_token
        )


async def add_number(
    work: UnitOfWork,
    vault: Vault,
    *,
    account_id: UUID,
    name: str,
    phone_number_id: str,
    waba_id: str,
    display_phone_number: str,
    app_secret: str,
    access_token: str,
    default_department_id: UUID,
    messages_per_second: int = 80,
    graph_url: str | None = None,
    verify_token: str | None = None,
    hook_key: str | None = None,
) -> tuple[UUID, UUID, str]:
    """(app id, number id, verify token). `graph_url` only for a sandbox: over REST nobody sets where tokens are sent."""
    app_id, number_id = new_id(), new_id()
    token = verify_token or secrets.token_urlsafe(_VERIFY_TOKEN_BYTES)
    work.session.add(
        WhatsAppApp(
            account_id=account_id,
            id=app_id,
            name=name,
            hook_key=hook_key or secrets.token_urlsafe(_HOOK_KEY_BYTES),
            app_secret_sealed=vault.encrypt(app_secret.encode(), app_secret_context(app_id)),
            verify_token_sealed=vault.encrypt(token.encode(), verify_token_context(app_id)),
            graph_url=graph_url,
            created_at=work.now(),
        )
    )
    await work.session.flush()
    work.session.add(
        PhoneNumber(
            account_id=account_id,
            id=number_id,
            app_id=app_id,
            name=name,
            phone_number_id=phone_number_id,
            waba_id=waba_id,
            display_phone_number=display_phone_number,
            access_token_sealed=vault.encrypt(access_token.encode(), access_token_context(number_id)),
            default_department_id=default_department_id,
            messages_per_second=messages_per_second,
            created_at=work.now(),
        )
    )
    try:
        await work.session.flush()
    except IntegrityError as error:
        raise Conflict("this number is already connected", phone_number_id=phone_number_id) from error
    return app_id, number_id, token
