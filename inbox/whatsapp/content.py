"""From the type object of a message to our `content`, one small function a kind.

Pure and total. A function returns None when its object is missing or says nothing; the message then becomes
`unsupported` with the error that Meta gave, and its raw form is kept. Message kinds: Cloud API, webhooks of field
`messages`, read 2026-11.
"""

from collections.abc import Callable
from typing import Any

import orjson

from inbox.whatsapp.payloads import ContentError, JsonObject, MetaError
from inbox.whatsapp.scalars import (
    digest_hex,
    integer,
    json_array,
    json_object,
    number,
    person_ids,
    text,
    texts,
)

Parsed = tuple[str, JsonObject]

# A flow's answer is a form; a longer string is kept as it is instead of being parsed on the hot path.
_NFM_RESPONSE_LIMIT = 64 * 1024

# Sent by a user's app, but no user message: they do not open the 24-hour window (Cloud API, customer service windows;
# not stated outright by Meta, so on the safe side).
_SILENT_ORIGINS = frozenset({"edit", "revoke", "pin", "keep_in_chat", "poll_update"})
_SILENT_KINDS = frozenset({"system", "edit", "revoke", "request_welcome"})


def parse_content(message: JsonObject, errors: tuple[MetaError, ...] = ()) -> Parsed:
    """(kind, content) of one message object of a webhook."""
    kind = text(message.get("type")) or _guess_type(message)
    parse = _PARSERS.get(kind)
    parsed = parse(message) if parse else None
    return parsed if parsed is not None else _unsupported(kind, message, errors)


def counts_for_window(kind: str, content: JsonObject) -> bool:
    """Whether a message of a customer opens or refreshes the customer service window."""
    if kind in _SILENT_KINDS:
        return False
    return kind != "unsupported" or content["original_type"] not in _SILENT_ORIGINS


def parse_error(value: object) -> MetaError | None:
    """One error object. `message` repeats `title`; `error_data` may be missing, or a string."""
    if type(value) is not dict:
        return None
    data = value.get("error_data")
    details = text(json_object(data).get("details")) or text(data) or text(value.get("message")) or ""
    return MetaError(
        integer(value.get("code")),
        text(value.get("title")) or text(value.get("message")) or "",
        details,
        text(value.get("href")),
    )


def parse_errors(value: object) -> tuple[MetaError, ...]:
    if not value:
        return ()
    return tuple(error for item in json_array(value) if (error := parse_error(item)) is not None)


def _guess_type(message: JsonObject) -> str:
    """The type of a message that does not name it: the key of the only type object that it has."""
    return next((kind for kind in _PARSERS if kind in message), "unknown")


def _unsupported(kind: str, message: JsonObject, errors: tuple[MetaError, ...]) -> Parsed:
    original = kind
    if kind in ("unsupported", "unknown"):
        original = text(json_object(message.get("unsupported")).get("type")) or kind
    content: JsonObject = {"original_type": original}
    if errors:
        first = errors[0]
        content["error"] = ContentError(code=first.code, title=first.title, details=first.details)
    return "unsupported", content


def _text(message: JsonObject) -> Parsed | None:
    source = message.get("text")
    body = source.get("body") if type(source) is dict else None
    if type(body) is not str:
        body = text(body)
    return ("text", {"body": body}) if body is not None else None


def _media(kind: str, key: str | None = None) -> Callable[[JsonObject], Parsed | None]:
    def parse(message: JsonObject) -> Parsed | None:
        source = json_object(message.get(key or kind))
        meta_id = text(source.get("id"))
        if meta_id is None:
            return None
        media: JsonObject = {"meta_id": meta_id, **texts(source, "mime_type", "url")}
        if (digest := digest_hex(source.get("sha256"))) is not None:
            media["sha256"] = digest
        if (file_name := text(source.get("filename"))) is not None:
            media["file_name"] = file_name
        for flag in ("voice", "animated"):
            if type(source.get(flag)) is bool:
                media[flag] = source[flag]
        # The legacy type "voice" says by its name what "audio" says by a flag.
        if key == "voice":
            media["voice"] = True
        return kind, {"media": media, **texts(source, "caption")}

    return parse


def _location(message: JsonObject) -> Parsed | None:
    source = json_object(message.get("location"))
    latitude, longitude = number(source.get("latitude")), number(source.get("longitude"))
    if latitude is None or longitude is None:
        return None
    return "location", {
        "latitude": latitude,
        "longitude": longitude,
        **texts(source, "name", "address", "url"),
    }


def _contacts(message: JsonObject) -> Parsed | None:
    cards = [_card(item) for item in json_array(message.get("contacts")) if type(item) is dict]
    return ("contacts", {"contacts": cards}) if cards else None


def _card(source: JsonObject) -> JsonObject:
    name = json_object(source.get("name"))
    parts = texts(name, "first_name", "last_name")
    org = texts(json_object(source.get("org")), "company", "department", "title")
    card: JsonObject = {
        "name": text(name.get("formatted_name")) or " ".join(parts.values()) or org.get("company", ""),
        **parts,
        "phones": [_card_phone(item) for item in json_array(source.get("phones")) if type(item) is dict],
        **texts(source, "birthday", "origin"),
    }
    for key, value_key in (("emails", "email"), ("urls", "url")):
        entries = [
            {"value": found, **texts(item, "type")}
            for item in json_array(source.get(key))
            if type(item) is dict and (found := text(item.get(value_key))) is not None
        ]
        if entries:
            card[key] = entries
    if addresses := [item for item in json_array(source.get("addresses")) if type(item) is dict]:
        card["addresses"] = addresses
    if org:
        card["org"] = org
    return card


def _card_phone(source: JsonObject) -> JsonObject:
    wa_id = person_ids(source.get("wa_id"))[0]
    phone: JsonObject = {"phone": text(source.get("phone")) or (f"+{wa_id}" if wa_id else "")}
    if wa_id is not None:
        phone["wa_id"] = wa_id
    phone.update(texts(source, "type"))
    return phone


def _reaction(message: JsonObject) -> Parsed | None:
    source = json_object(message.get("reaction"))
    target = text(source.get("message_id"))
    # A removal comes without emoji (documentation) or with an empty one (seen).
    return (
        ("reaction", {"target_wamid": target, "emoji": text(source.get("emoji"))})
        if target is not None
        else None
    )


def _button(message: JsonObject) -> Parsed | None:
    source = json_object(message.get("button"))
    content = texts(source, "text", "payload")
    if not content:
        return None
    content.setdefault("text", content.get("payload", ""))
    return "button", content


def _interactive(message: JsonObject) -> Parsed | None:
    source = json_object(message.get("interactive"))
    kind = text(source.get("type")) or next((key for key, item in source.items() if type(item) is dict), None)
    if kind is None:
        return None
    answer = source.get(kind)
    reply = json_object(answer)
    if kind in ("button_reply", "list_reply"):
        content: JsonObject = texts(reply, "id", "title", "description")
    elif kind == "nfm_reply":
        content = {**texts(reply, "name", "body"), "response": _nfm_response(reply.get("response_json"))}
    elif kind == "call_permission_reply":
        content = {**texts(reply, "response")}
        if type(reply.get("is_permanent")) is bool:
            content["is_permanent"] = reply["is_permanent"]
        if (expires_at := integer(reply.get("expiration_timestamp"))) is not None:
            content["expires_at"] = expires_at
    else:
        content = {"data": answer}
    return "interactive", {"type": kind, **content}


def _nfm_response(value: object) -> Any:
    """`response_json` is a string of JSON, which need not be an object; what is no JSON stays the string it is."""
    if type(value) is not str or len(value) > _NFM_RESPONSE_LIMIT:
        return value
    try:
        return orjson.loads(value)
    except ValueError:
        return value


def _order(message: JsonObject) -> Parsed | None:
    source = json_object(message.get("order"))
    items = [
        {
            "product_id": text(item.get("product_retailer_id")) or "",
            "quantity": number(item.get("quantity")) or 0,
            "price": number(item.get("item_price")),
            "currency": text(item.get("currency")) or "",
        }
        for item in json_array(source.get("product_items"))
        if type(item) is dict
    ]
    content = {"items": items, **texts(source, "catalog_id", "text")}
    return ("order", content) if source else None


def _system(message: JsonObject) -> Parsed | None:
    source = json_object(message.get("system"))
    if not source:
        return None
    content: JsonObject = {"type": text(source.get("type")) or "unknown", **texts(source, "body")}
    wa_id = person_ids(source.get("wa_id"))[0] or person_ids(source.get("new_wa_id"))[0]
    if wa_id is not None:
        content["wa_id"] = wa_id
    if type(message.get("identity")) is dict:
        content["identity"] = message["identity"]
    return "system", content


def _edit(message: JsonObject) -> Parsed | None:
    source = json_object(message.get("edit"))
    target = text(source.get("original_message_id"))
    new = source.get("message")
    # An edit of an edit does not exist; refusing it also bounds the recursion.
    if target is None or type(new) is not dict or "edit" in new:
        return None
    kind, content = parse_content(new, parse_errors(new.get("errors")))
    return "edit", {"target_wamid": target, "kind": kind, "content": content}


def _revoke(message: JsonObject) -> Parsed | None:
    target = text(json_object(message.get("revoke")).get("original_message_id"))
    return ("revoke", {"target_wamid": target}) if target is not None else None


def _request_welcome(_message: JsonObject) -> Parsed | None:
    return "request_welcome", {}


_PARSERS: dict[str, Callable[[JsonObject], Parsed | None]] = {
    "text": _text,
    "image": _media("image"),
    "video": _media("video"),
    "audio": _media("audio"),
    "voice": _media("audio", "voice"),
    "document": _media("document"),
    "sticker": _media("sticker"),
    "location": _location,
    "contacts": _contacts,
    "reaction": _reaction,
    "button": _button,
    "interactive": _interactive,
    "order": _order,
    "system": _system,
    "edit": _edit,
    "revoke": _revoke,
    "request_welcome": _request_welcome,
}
