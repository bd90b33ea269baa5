"""One webhook document in, everything that it says out. Pure and total: no JSON value makes it raise.

It walks every entry, change, message and status, since a POST holds up to 1,000 of them from several numbers and WABAs
(Cloud API, webhooks overview, read 2026-11). Nothing is dropped: what is neither message, status nor echo becomes an
`AccountUpdate` with its raw value, and what nothing identifies becomes `Unparsed`. People are matched by their ids,
never by position. Duplicates inside one POST stay duplicates: ingest stores a wamid once.

Hot path: one text message costs a few microseconds, so types are tested with `type(x) is`, and classes are slotted.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from inbox.whatsapp.content import counts_for_window, parse_content, parse_errors
from inbox.whatsapp.payloads import (
    AccountUpdate,
    EchoMessage,
    Edit,
    Effect,
    IdentityChange,
    InboundMessage,
    Json,
    JsonObject,
    MessageContext,
    MetaError,
    ParsedWebhook,
    Reaction,
    Revoke,
    Sender,
    StatusRecipient,
    StatusUpdate,
    Unparsed,
)
from inbox.whatsapp.people import NOBODY, People, identify, parse_people
from inbox.whatsapp.scalars import json_array, json_object, moment, person_ids, text, texts

_OBJECT = "whatsapp_business_account"
# What a value says about itself; anything else in a value without messages or statuses is news to keep.
_ITEM_KEYS = frozenset({"messages", "statuses", "message_echoes"})
_ENVELOPE_KEYS = _ITEM_KEYS | {"messaging_product", "metadata", "contacts"}
_EFFECT_KINDS = frozenset({"reaction", "edit", "revoke", "system"})
_NUMBER_CHANGES = frozenset({"user_changed_number", "customer_changed_number"})


@dataclass(slots=True)
class _Origin:
    """Where an item was found."""

    phone_number_id: str
    waba_id: str
    field: str
    at: datetime | None
    standby: bool = False
    historic: bool = False


def parse_webhook(document: object) -> ParsedWebhook:
    """Everything that the document holds, in its order, per list."""
    parsed = ParsedWebhook([], [], [], [], [])
    if type(document) is not dict:
        parsed.unparsed.append(Unparsed("the document is not an object", document))
        return parsed
    entries = document.get("entry")
    if document.get("object", _OBJECT) != _OBJECT or type(entries) is not list:
        parsed.unparsed.append(Unparsed("not a WhatsApp webhook", document))
        return parsed
    for entry in entries:
        changes = entry.get("changes") if type(entry) is dict else None
        if type(changes) is not list:
            parsed.unparsed.append(Unparsed("an entry without changes", entry))
            continue
        waba_id = text(entry.get("id")) or ""
        at = moment(entry["time"]) if "time" in entry else None
        for change in changes:
            _take_change(parsed, change, waba_id, at)
    return parsed


def _take_change(parsed: ParsedWebhook, change: Json, waba_id: str, at: datetime | None) -> None:
    if type(change) is not dict:
        parsed.unparsed.append(Unparsed("a change that is not an object", change, waba_id=waba_id))
        return
    value = change.get("value")
    field = text(change.get("field")) or ""
    if type(value) is not dict:
        if field in ("", "messages"):
            parsed.unparsed.append(Unparsed("a change without a value object", change, field, waba_id))
        else:
            parsed.account_updates.append(AccountUpdate(field, waba_id, None, value, at))
        return
    metadata = value.get("metadata")
    phone_number_id = (text(metadata.get("phone_number_id")) or "") if type(metadata) is dict else ""
    origin = _Origin(phone_number_id, waba_id, field, at)
    if field == "messages":
        _take_value(parsed, origin, value)
    elif field == "history":
        origin.historic = True
        _take_history(parsed, origin, value)
    elif field in ("smb_message_echoes", "message_echoes"):
        _take_value(parsed, origin, value)
    elif field == "standby":
        # Documented inside `standby`; its neighbours keep their meaning.
        inner = {**value, **json_object(value.get("standby"))}
        inner.pop("standby", None)
        origin.standby = True
        _take_value(parsed, origin, inner)
    elif field:
        parsed.account_updates.append(_account_update(origin, value))
    elif value.keys() & {"messages", "statuses", "message_echoes"}:
        _take_value(parsed, origin, value)
    else:
        parsed.unparsed.append(
            Unparsed("a change without a field", change, waba_id=waba_id, phone_number_id=phone_number_id)
        )


def _account_update(origin: _Origin, value: JsonObject) -> AccountUpdate:
    phone_number_id = origin.phone_number_id or text(
        json_object(value.get("phone_number_settings")).get("phone_number_id")
    )
    return AccountUpdate(origin.field, origin.waba_id, phone_number_id or None, value, origin.at)


def _take_value(parsed: ParsedWebhook, origin: _Origin, value: JsonObject) -> None:
    """Messages, statuses and echoes of one value; its own errors and hand-over summary are kept beside them."""
    contacts = value.get("contacts")
    people = parse_people(contacts) if contacts else {}
    errors = parse_errors(value["errors"]) if "errors" in value else ()
    found = explained = False
    if "messages" in value:
        for message in _items(parsed, origin, value, "messages"):
            found = True
            explained |= _take_message(parsed, origin, message, people, errors)
    if "statuses" in value:
        for status in _items(parsed, origin, value, "statuses"):
            found = True
            _take_status(parsed, origin, status, people)
    if "message_echoes" in value:
        for echo in _items(parsed, origin, value, "message_echoes"):
            found = True
            _take_echo(parsed, origin, echo, people)
    if found:
        news = (bool(errors) and not explained) or "conversation_context" in value
    else:
        news = any(item not in ([], {}, None) for key, item in value.items() if key not in _ENVELOPE_KEYS)
    if news:
        rest = {key: item for key, item in value.items() if key not in _ITEM_KEYS}
        parsed.account_updates.append(_account_update(origin, rest))


def _items(parsed: ParsedWebhook, origin: _Origin, value: JsonObject, key: str) -> list[Json]:
    items = value[key]
    if type(items) is list:
        return items
    if items is not None:
        parsed.unparsed.append(_unparsed(f"{key} is not an array", origin, items))
    return []


def _unparsed(reason: str, origin: _Origin, raw: Json) -> Unparsed:
    return Unparsed(reason, raw, origin.field, origin.waba_id, origin.phone_number_id)


# ── messages ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _take_message(
    parsed: ParsedWebhook, origin: _Origin, message: Json, people: People, value_errors: tuple[MetaError, ...]
) -> bool:
    """Whether the value's own errors turned out to explain this message."""
    if type(message) is not dict:
        parsed.unparsed.append(_unparsed("a message that is not an object", origin, message))
        return False
    wamid = text(message.get("id"))
    if wamid is None:
        parsed.unparsed.append(_unparsed("a message without an id", origin, message))
        return False
    get = message.get
    sender = identify(get("from"), get("from_user_id"), get("from_parent_user_id"), people)
    group_id = text(message["group_id"]) if "group_id" in message else None
    if sender is NOBODY and group_id is None:
        parsed.unparsed.append(_unparsed("a message without a sender", origin, message))
        return False
    errors = parse_errors(message["errors"]) if "errors" in message else ()
    kind, content = parse_content(message, errors or value_errors)
    explained = bool(value_errors) and kind == "unsupported" and not errors
    parsed.messages.append(
        InboundMessage(
            origin.phone_number_id,
            origin.waba_id,
            wamid,
            moment(get("timestamp")),
            sender,
            kind,
            content,
            not origin.historic and counts_for_window(kind, content),
            message,
            group_id,
            _context(message["context"]) if "context" in message else None,
            (json_object(message["referral"]) or None) if "referral" in message else None,
            value_errors if explained else errors,
            _effect(kind, content, message, sender) if kind in _EFFECT_KINDS else None,
            origin.standby,
            origin.historic,
            _history_status(message) if origin.historic else None,
        )
    )
    return explained


def _context(value: Json) -> MessageContext | None:
    if type(value) is not dict:
        return None
    wa_id, bsuid = person_ids(value.get("from"))
    product = json_object(value.get("referred_product"))
    return MessageContext(
        text(value.get("id")),
        wa_id or bsuid,
        value.get("forwarded") is True,
        value.get("frequently_forwarded") is True,
        {
            **texts(product, "catalog_id"),
            "product_id": text(product.get("product_retailer_id")) or "",
        }
        if product
        else None,
    )


def _effect(kind: str, content: JsonObject, message: JsonObject, sender: Sender) -> Effect | None:
    if kind == "reaction":
        return Reaction(content["target_wamid"], content["emoji"])
    if kind == "edit":
        return Edit(content["target_wamid"], content["kind"], content["content"])
    if kind == "revoke":
        return Revoke(content["target_wamid"])
    return _identity_change(content["type"], message, sender)


def _identity_change(change: str, message: JsonObject, sender: Sender) -> IdentityChange | None:
    """`from` names the person as they were before; `system` names them as they are now."""
    system = json_object(message.get("system"))
    new_bsuid = text(system.get("user_id"))
    previous = text(system.get("previous_user_id"))
    old_bsuid = previous or (sender.bsuid if sender.bsuid != new_bsuid else None)
    if change in _NUMBER_CHANGES:
        new_wa_id, bsuid_in_wa_id = person_ids(system.get("wa_id") or system.get("new_wa_id"))
        old_wa_id = sender.wa_id or person_ids(system.get("customer"))[0]
        return IdentityChange(
            "user_changed_number",
            old_wa_id if old_wa_id != new_wa_id else None,
            new_wa_id,
            old_bsuid,
            new_bsuid or bsuid_in_wa_id,
        )
    if change == "user_changed_user_id":
        return IdentityChange(change, sender.wa_id, sender.wa_id, old_bsuid, new_bsuid)
    return None


# ── statuses ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _take_status(parsed: ParsedWebhook, origin: _Origin, status: Json, people: People) -> None:
    wamid = text(status.get("id")) if type(status) is dict else None
    name = text(status.get("status")) if type(status) is dict else None
    if wamid is None or name is None:
        parsed.unparsed.append(_unparsed("a status without an id or a name", origin, status))
        return
    pricing = status.get("pricing")
    parsed.statuses.append(
        StatusUpdate(
            origin.phone_number_id,
            origin.waba_id,
            wamid,
            name,
            moment(status.get("timestamp")),
            _status_recipient(status, people),
            parse_errors(status.get("errors")),
            pricing if type(pricing) is dict else None,
            text(status.get("biz_opaque_callback_data")),
            status,
        )
    )


def _status_recipient(status: JsonObject, people: People) -> StatusRecipient:
    get = status.get
    # Both spellings of the parent's key are printed by Meta, and both of the participant's.
    parent = get("recipient_parent_user_id") or get("parent_recipient_user_id")
    if get("recipient_type") == "group":
        participant, bsuid = person_ids(get("recipient_participant_id") or get("participant_recipient_id"))
        return StatusRecipient(
            group_id=text(get("recipient_id")),
            participant_wa_id=participant,
            participant_bsuid=text(get("recipient_participant_user_id")) or bsuid,
        )
    person = identify(get("recipient_id"), get("recipient_user_id"), parent, people)
    return StatusRecipient(person.wa_id, person.bsuid, person.parent_bsuid)


# ── echoes and history ──────────────────────────────────────────────────────────────────────────────────────────────


def _take_echo(parsed: ParsedWebhook, origin: _Origin, echo: Json, people: People) -> None:
    wamid = text(echo.get("id")) if type(echo) is dict else None
    if wamid is None:
        parsed.unparsed.append(_unparsed("an echo without an id", origin, echo))
        return
    # Meta's agent echoes the send body inside `message`; the Business app echoes a message like any other.
    sent = echo.get("message")
    body = sent if type(sent) is dict else echo
    to, group_id = body.get("to", echo.get("to")), text(echo.get("group_id"))
    if body.get("recipient_type") == "group":
        to, group_id = None, text(to)
    user_id = echo.get("to_user_id") or body.get("recipient")
    recipient = identify(to, user_id, echo.get("to_parent_user_id"), people) if not group_id else NOBODY
    if recipient is NOBODY and group_id is None:
        parsed.unparsed.append(_unparsed("an echo without a recipient", origin, echo))
        return
    kind, content = (
        _sent_content(body) if body is sent else parse_content(echo, parse_errors(echo.get("errors")))
    )
    parsed.echoes.append(
        EchoMessage(
            origin.phone_number_id,
            origin.waba_id,
            wamid,
            moment(echo.get("timestamp")),
            recipient,
            kind,
            content,
            echo,
            group_id,
            _context(echo["context"]) if "context" in echo else _sent_context(body),
            _effect(kind, content, echo, recipient) if kind in _EFFECT_KINDS else None,
            origin.standby,
            origin.historic,
            _history_status(echo) if origin.historic else None,
        )
    )


def _sent_content(body: JsonObject) -> tuple[str, JsonObject]:
    """What Meta's agent sent, in the shape of a send body: prompts and templates differ from what users send."""
    kind = text(body.get("type")) or "text"
    if kind in ("interactive", "template"):
        return kind, {"sent": json_object(body.get(kind))}
    return parse_content({**body, "type": kind})


def _sent_context(body: JsonObject) -> MessageContext | None:
    wamid = text(json_object(body.get("context")).get("message_id"))
    return MessageContext(wamid) if wamid is not None else None


def _history_status(message: JsonObject) -> str | None:
    return text(json_object(message.get("history_context")).get("status"))


def _take_history(parsed: ParsedWebhook, origin: _Origin, value: JsonObject) -> None:
    """A chunk of a coexistence sync: both directions mixed, in any order. Its progress and refusals are kept raw."""
    business = person_ids(json_object(value.get("metadata")).get("display_phone_number"))[0]
    people = parse_people(value.get("contacts"))
    # The media of placeholders follow in `messages`, outside any thread, under the wamid of the placeholder.
    loose = _items(parsed, origin, value, "messages") if "messages" in value else []
    for thread_id, message in [*_threads(value.get("history")), *((None, message) for message in loose)]:
        author = person_ids(json_object(message).get("from"))[0]
        ours = type(message) is dict and (
            author == business if author is not None and business is not None else "to" in message
        )
        if ours:
            _take_echo(parsed, origin, {"to": thread_id, **message} if thread_id else message, people)
        else:
            _take_message(parsed, origin, message, people, ())
    rest = {key: item for key, item in value.items() if key not in ("messages", "contacts")}
    rest["history"] = [_without_threads(chunk) for chunk in json_array(value.get("history"))]
    if rest["history"] or type(value.get("history", [])) is not list:
        parsed.account_updates.append(_account_update(origin, rest))


def _without_threads(chunk: Json) -> Json:
    return {key: item for key, item in chunk.items() if key != "threads"} if type(chunk) is dict else chunk


def _threads(history: Json) -> Iterator[tuple[str | None, Json]]:
    """(the customer's phone, message) of every message of every thread."""
    for chunk in json_array(history):
        for thread in json_array(json_object(chunk).get("threads")):
            thread_id = text(json_object(thread).get("id"))
            for message in json_array(json_object(thread).get("messages")):
                yield thread_id, message
