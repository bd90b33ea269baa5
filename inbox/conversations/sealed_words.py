"""Sealed words, opened for whoever may read them: messages and list rows, as views and as events of the log.

Rows, views inside a transaction and the event log carry what is sealed as it is stored; it is opened once, where it
leaves the domain: in `inbox/contacts/masking` for what services answer, in `realtime/log_item` for live events and replays. Keys come
from the process's ring (kernel/content_seal), so nothing here waits.

Invariant: what does not open is shown as `unreadable`, a kind of its own; it never raises.
"""

from collections.abc import Mapping
from typing import Any, Final

import orjson

from inbox.conversations.events import MessageView
from inbox.conversations.preview import preview_text
from inbox.kernel.content_seal import (
    KEYRING,
    ContentKey,
    is_sealed_words,
    quote_mark,
    quoted_text,
    sealed_text,
)
from inbox.tickets.events import TicketView

UNREADABLE_KIND: Final = "unreadable"
"""`kind` of a message whose words cannot be opened: its key is gone, or the row was tampered with."""

CONTENT: Final = "content"
PREVIEW: Final = "preview"
REFERRAL: Final = "referral"
RAW: Final = "raw"
EMOJI: Final = "emoji"

PLAIN_CONTENT: Final = ("original_type", "media_id", "voice", "animated")
"""What is no word: the kind of WhatsApp's that we do not know, which SQL reads (ingest/sql), and what says how to show a file."""
PLAIN_RAW: Final = ("awaiting",)

MESSAGE_EVENTS: Final = frozenset({"message_created", "message_updated"})

_BETWEEN: Final = "\x01"
"""Between a sealed emoji and the wamid that it is bound to, in views: the message does not name its wamid there."""

Data = Mapping[str, Any]


# ── sealing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def seal_content(key: ContentKey | None, message_id: object, content: Data) -> dict[str, Any]:
    """`messages.content` and `message_versions.content`. Without a key the content as it is; so do the others here."""
    return dict(content) if key is None else key.seal_object(content, CONTENT, message_id, PLAIN_CONTENT)


def seal_preview(key: ContentKey | None, message_id: object, words: str) -> str:
    """The words of `tickets.preview`."""
    return words if key is None else key.seal_words(words, PREVIEW, message_id)


def seal_emoji(key: ContentKey | None, target_wamid: str, emoji: str) -> str:
    """`reactions.emoji`: a reaction may come before its message, so it is bound to the wamid."""
    return emoji if key is None else key.seal_words(emoji, EMOJI, target_wamid)


def seal_event(key: ContentKey, type_: str, data: Data, wamids: Mapping[str, str]) -> Data:
    """A logged event that was written before its account sealed anything; itself when it holds no words.

    `wamids`: by message id, of those with reactions. Raises KeyError or TypeError for what is no event of ours.
    """
    if type_ == "ticket_updated":
        ticket = data["ticket"]
        preview = ticket["preview"]
        words = preview.get("text", "")
        if not words or is_sealed_words(words):
            return data
        sealed = {**preview, "text": seal_preview(key, preview["message_id"], words)}
        return {**data, "ticket": {**ticket, "preview": sealed}}
    if type_ not in MESSAGE_EVENTS:
        return data
    message = _sealed_message(key, data["message"], wamids)
    return data if message == data["message"] else {**data, "message": message}


def _sealed_message(key: ContentKey, message: Data, wamids: Mapping[str, str]) -> Data:
    id_ = message["id"]
    sealed = dict(message)
    if sealed_text(message["content"]) is None:
        sealed["content"] = seal_content(key, id_, message["content"])
    if message["referral"] and sealed_text(message["referral"]) is None:
        sealed["referral"] = key.seal_object(message["referral"], REFERRAL, id_)
    quoted = (message["context"] or {}).get("quoted")
    if quoted and _words_text(quoted["preview"]) is None and quoted_text(quoted["preview"]) is None:
        words = seal_preview(key, quoted["message_id"], quoted["preview"])
        sealed["context"] = {**message["context"], "quoted": {**quoted, "preview": words}}
    sealed["reactions"] = [
        {**r, "emoji": shown_emoji(seal_emoji(key, wamids[id_], r["emoji"]), wamids[id_])}
        if r["emoji"] and not is_sealed_words(r["emoji"])
        else r
        for r in message["reactions"]
    ]
    return sealed


# ── as views carry it ───────────────────────────────────────────────────────────────────────────────────────────────


def shown_emoji(emoji: str, target_wamid: str) -> str:
    """How a stored emoji stands in a view that is not open yet."""
    return f"{emoji}{_BETWEEN}{target_wamid}" if is_sealed_words(emoji) else emoji


def shown_quote(kind: str, content: Data) -> str:
    """The words of a quoted message in a view that is not open yet."""
    sealed = sealed_text(content)
    return preview_text(kind, content) if sealed is None else quote_mark(sealed)


# ── opening ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def open_content(message_id: object, content: Data) -> dict[str, Any] | None:
    return KEYRING.open_object(content, CONTENT, message_id)


def open_emoji(target_wamid: str, emoji: str) -> str | None:
    return KEYRING.open_words(emoji, EMOJI, target_wamid)


def open_message_data(message: Data) -> Data:
    """A MessageView."""
    if not has_sealed_words(message):
        return message
    opened = dict(message)
    content = open_content(message["id"], message["content"])
    if content is None:
        opened |= {"kind": UNREADABLE_KIND, "content": {}}
    else:
        opened["content"] = content
    if message["referral"]:
        opened["referral"] = KEYRING.open_object(message["referral"], REFERRAL, message["id"])
    if message["context"] and message["context"]["quoted"]:
        opened["context"] = {**message["context"], "quoted": _open_quoted(message["context"]["quoted"])}
    opened["reactions"] = [r for r in map(_open_reaction, message["reactions"]) if r["emoji"]]
    return opened


def open_ticket_data(ticket: Data) -> Data:
    """A TicketView."""
    preview = ticket["preview"]
    if not is_sealed_words(preview.get("text", "")):
        return ticket
    words = KEYRING.open_words(preview["text"], PREVIEW, preview["message_id"])
    shown = {"text": words} if words is not None else {"text": "", "kind": UNREADABLE_KIND}
    return {**ticket, "preview": {**preview, **shown}}


def open_message(message: MessageView) -> MessageView:
    if not _holds_seal(message):
        return message
    return MessageView.model_validate(open_message_data(message.model_dump()))


def open_ticket(ticket: TicketView) -> TicketView:
    if not is_sealed_words(ticket.preview.text):
        return ticket
    return TicketView.model_validate(open_ticket_data(ticket.model_dump()))


def open_event(type_: str, data: Any) -> Any:
    """The data of a logged event. What is not shaped as it should be is left as it is: others judge that."""
    try:
        if type_ in MESSAGE_EVENTS:
            message = open_message_data(data["message"])
            return data if message is data["message"] else {**data, "message": message}
        if type_ == "ticket_updated":
            ticket = open_ticket_data(data["ticket"])
            return data if ticket is data["ticket"] else {**data, "ticket": ticket}
    except (KeyError, TypeError, AttributeError):
        pass
    return data


def sealed_texts(type_: str, data: Any) -> list[str]:
    """The sealed texts of a logged event that name keys: a reader that lacks one loads it first."""
    try:
        if type_ == "ticket_updated":
            text = _words_text(data["ticket"]["preview"].get("text", ""))
            return [text] if text is not None else []
        if type_ in MESSAGE_EVENTS:
            return [text for text in _texts(data["message"]) if text is not None]
    except (KeyError, TypeError, AttributeError):
        pass
    return []


def has_sealed_words(message: Data) -> bool:
    """Whether anything in a MessageView is sealed."""
    return any(text is not None for text in _texts(message))


def _texts(message: Data) -> list[str | None]:
    quoted = (message["context"] or {}).get("quoted")
    return [
        sealed_text(message["content"]),
        sealed_text(message["referral"]) if message["referral"] else None,
        (quoted_text(quoted["preview"]) or _words_text(quoted["preview"])) if quoted else None,
        *(_words_text(reaction["emoji"]) for reaction in message["reactions"]),
    ]


def _holds_seal(message: MessageView) -> bool:
    quoted = message.context.quoted if message.context is not None else None
    return (
        sealed_text(message.content) is not None
        or sealed_text(message.referral) is not None
        or (quoted is not None and quoted_text(quoted.preview) is not None)
        or any(is_sealed_words(reaction.emoji) for reaction in message.reactions)
    )


def _words_text(words: str) -> str | None:
    return words.partition(":")[2] if is_sealed_words(words) else None


def _open_quoted(quoted: Data) -> Data:
    preview = quoted["preview"]
    sealed = quoted_text(preview)
    if sealed is None:
        words = KEYRING.open_words(preview, PREVIEW, quoted["message_id"])
    else:
        opened = KEYRING.open(sealed, CONTENT, quoted["message_id"])
        words = None if opened is None else preview_text(quoted["kind"], orjson.loads(opened))
    return {
        **quoted,
        **({"preview": words} if words is not None else {"kind": UNREADABLE_KIND, "preview": ""}),
    }


def _open_reaction(reaction: Data) -> Data:
    """One that does not open is left out: without its emoji it says nothing."""
    emoji = reaction["emoji"]
    if not is_sealed_words(emoji):
        return reaction
    sealed, _, wamid = emoji[1:].partition(_BETWEEN)
    return {**reaction, "emoji": open_emoji(wamid, f"{emoji[0]}{sealed}") or ""}
