"""A signed-in session without the ceremony."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from inbox.identity.session_repository import insert_session
from inbox.kernel.actor import Actor
from inbox.kernel.database import Database
from inbox.kernel.ids import new_id
from server.settings import Settings


async def open_session(settings: Settings, actor: Actor) -> UUID:
    session_id = new_id()
    database = Database(
        settings.resolved_app_database_url,
        settings.resolved_system_database_url,
        audit_key=settings.audit_key,
    )
    try:
        async with database.system() as work:
            await insert_session(
                work.session, session_id=session_id, user_id=actor.user_id, account_id=actor.account_id,
                token_hash=session_id.bytes, expires_at=datetime.now(UTC) + timedelta(days=1),
                user_agent="chaos", ip="127.0.0.1",
            )  # fmt: skip
    finally:
        await database.close()
    return session_id
