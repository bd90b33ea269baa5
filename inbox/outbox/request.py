"""From a claimed message to the body that goes to Graph. Pure."""

from inbox.outbox.claim import Claimed
from inbox.whatsapp.outgoing import OutgoingAudio, OutgoingDocument, OutgoingMessage, Recipient, build_body
from inbox.whatsapp.payloads import JsonObject
from inbox.whatsapp.sendable import InvalidOutgoing

_VOICE_MIME_TYPE = "audio/ogg"


def build_request(item: Claimed) -> JsonObject:
    """Raises InvalidOutgoing for what can never be sent."""
    if item.message is None:
        raise InvalidOutgoing(item.invalid)
    return build_body(
        _fitted(item.message, item),
        to=Recipient(wa_id=item.wa_id, bsuid=item.bsuid),
        # Comes back in every status: ingest finds the message by it when the answer to this request is lost.
        callback_data=str(item.message_id),
        reply_to_wamid=item.quoted_wamid if item.message.kind != "reaction" else None,
        meta_media_ids={
            media.id: media.meta_media_id for media in item.media.values() if media.meta_media_id
        },
    )


def _fitted(message: OutgoingMessage, item: Claimed) -> OutgoingMessage:
    """A voice note must be OGG/OPUS (cloud-api, section 3.1), a document wants a name."""
    if isinstance(message, OutgoingAudio) and message.voice:
        file = item.media.get(message.media_id)
        if file is not None and file.mime_type.partition(";")[0] != _VOICE_MIME_TYPE:
            return message.model_copy(update={"voice": False})
    if isinstance(message, OutgoingDocument) and message.file_name is None:
        file = item.media.get(message.media_id)
        if file is not None and file.file_name:
            return message.model_copy(update={"file_name": file.file_name})
    return message
