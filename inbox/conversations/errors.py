"""What may stand in the way of a message."""

from inbox.kernel.errors import Conflict, Invalid, ProsaError


class WindowClosed(ProsaError):
    """Outside the customer service window only templates go out (Cloud API, read 2026-11).

    Extra member `window_expires_at`: when it closed; null when the customer has never written.
    """

    code = "window_closed"
    status = 409
    title = "The 24-hour window of this conversation is closed"


class ContactIsErased(Conflict):
    """A person who was erased writes again as a new contact; nobody writes to the old one."""

    code = "contact_erased"
    title = "This contact has been erased"


class MessageIdTaken(Conflict):
    code = "client_message_id_taken"
    title = "Another message has this client_message_id"


class NotRetryable(Conflict):
    """Only what failed, or what nobody knows about, can be sent again."""

    code = "not_retryable"
    title = "This message cannot be sent again"


class MediaMissing(Invalid):
    """The file was not uploaded by this person, or is not stored."""

    code = "media_missing"
    title = "There is no such file to send"


class MessageNotSentYet(Conflict):
    """WhatsApp has not named the message yet, so that nothing can refer to it."""

    code = "message_not_sent_yet"
    title = "That message has not reached WhatsApp yet"
    retryable = True
