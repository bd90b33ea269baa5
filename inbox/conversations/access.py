"""Who may see a conversation."""

from collections.abc import Collection
from uuid import UUID

from inbox.conversations import repository
from inbox.conversations.repository import ConversationRow
from inbox.kernel.actor import Actor
from inbox.kernel.database import UnitOfWork
from inbox.kernel.errors import NotFound
from inbox.kernel.permissions import Permission


async def access_conversation(
    work: UnitOfWork, actor: Actor, conversation_id: UUID, *, lock: bool = False
) -> ConversationRow:
    """Raises NotFound for a conversation that is not there or that the actor may not see, Forbidden for who does not
    work in the inbox.

    Visible: through any ticket in one of the actor's departments or assigned to them; who has all departments sees all.
    """
    actor.require(Permission.INBOX)
    conversation = await repository.fetch_visible_conversation(
        work.session,
        actor.account_id,
        conversation_id,
        user_id=actor.user_id,
        department_ids=sorted(actor.department_ids),
        sees_all=actor.sees_all_departments,
        lock=lock,
    )
    if conversation is None:
        raise NotFound(conversation_id=conversation_id)
    return conversation


async def visible_conversations(
    work: UnitOfWork, actor: Actor, conversation_ids: Collection[UUID]
) -> set[UUID]:
    """Those that `access_conversation` would answer, in one look; none for who does not work in the inbox."""
    if not actor.may(Permission.INBOX):
        return set()
    return await repository.fetch_visible_ids(
        work.session,
        actor.account_id,
        conversation_ids,
        user_id=actor.user_id,
        department_ids=sorted(actor.department_ids),
        sees_all=actor.sees_all_departments,
    )
