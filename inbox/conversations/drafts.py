"""What a person wants to send, as REST and the socket receive it.

It is an outgoing message whose references are ours: a reaction names our message, a file our upload. `parse_draft` is
the one way from the wire to `queue_message`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from inbox.kernel.errors import Invalid
from inbox.whatsapp.outgoing import OutgoingMessage, parse_outgoing


@dataclass(frozen=True, slots=True)
class ReactionDraft:
    """An emoji on one of our messages; empty takes it back."""

    message_id: UUID
    emoji: str


Draft: TypeAlias = OutgoingMessage | ReactionDraft

# One shape on the wire serves all files; what does not belong to a kind is dropped when it says nothing.
_ONLY_AUDIO = "voice"


def parse_draft(content: Mapping[str, Any]) -> Draft:
    """Raises InvalidOutgoing (inbox/whatsapp) or Invalid, naming what is wrong."""
    given = {key: value for key, value in content.items() if value is not None}
    if given.get("kind") == "reaction" and "message_id" in given:
        try:
            message_id = UUID(str(given["message_id"]))
        except ValueError as error:
            raise Invalid("message_id is no id") from error
        return ReactionDraft(message_id, str(given.get("emoji", "")))
    if given.get("kind") != "audio" and not given.get(_ONLY_AUDIO, True):
        del given[_ONLY_AUDIO]
    return parse_outgoing(given)
