"""What a change of a file tells the outside: a new view of its message. The view itself is `MediaView`."""

from uuid import UUID

from inbox.conversations.events import MediaView, message_updated
from inbox.conversations.repository import fetch_message
from inbox.kernel.database import UnitOfWork
from inbox.media.models import Media
from inbox.media.repository import fetch_ticket_assignee


def media_view(media: Media) -> MediaView:
    return MediaView.model_validate(
        {
            "id": media.id,
            "state": media.state,
            "mime_type": media.mime_type,
            "file_name": media.file_name,
            "size": media.size,
            "width": media.width,
            "height": media.height,
            "duration_ms": media.duration_ms,
        }
    )


async def record_message_updated(work: UnitOfWork, account_id: UUID, message_id: UUID) -> None:
    """Call it after the message's version has grown."""
    message = await fetch_message(work.session, account_id, message_id)
    if message is not None:
        assignee_id = await fetch_ticket_assignee(work.session, account_id, message_id)
        work.record(message_updated(message, assignee_id), account_id)
