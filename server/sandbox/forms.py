"""Friendly forms of customers' messages, shared by the control API and the phone page."""

import asyncio
from collections.abc import Callable
from typing import Any

from server.sandbox.customers.parts import build_card, build_interactive_reply
from server.sandbox.inbound import build_unsupported
from server.sandbox.pictures import build_document, build_photo, build_sticker
from server.sandbox.sandbox import Sandbox
from server.sandbox.state import BusinessNumber, Customer, SandboxState, only_digits
from server.sandbox.voices import build_voice_note


class FormError(Exception):
    """The caller asked for something that cannot be built; the text says what."""


def find_or_create_customer(state: SandboxState, asked: dict[str, Any]) -> Customer:
    """`from` is a phone number, a BSUID or a username; unknown people come into being with `name`."""
    identity = str(asked.get("from", "")).strip()
    if not identity:
        raise FormError("from is needed: a phone number, a BSUID or a username")
    known = (
        state.customers.get(identity)
        or state.customer_by_user_id(identity)
        or next(
            (each for each in state.customers.values() if each.username and each.username == identity), None
        )
    )
    if known is not None:
        if asked.get("name") and not known.name:
            known.name = str(asked["name"])
        return known
    digits = only_digits(identity)
    is_phone = len(digits) >= 8 and not any(char.isalpha() for char in identity)
    name = str(asked.get("name") or "")
    if is_phone:
        return state.customers.get(digits) or state.add_customer(
            state.build_customer(name, digits, username=str(asked.get("username") or ""))
        )
    if len(identity) > 3 and identity[2] == "." and identity[:2].isupper():
        return state.add_customer(
            state.build_customer(name, user_id=identity, username=str(asked.get("username") or ""))
        )
    return state.add_customer(state.build_customer(name or identity, username=identity))


async def build_part(sandbox: Sandbox, number: BusinessNumber, asked: dict[str, Any]) -> dict[str, Any]:
    """The message part that a form asks for."""
    part = await _build_form(sandbox, number, asked)
    if asked.get("reply_to"):
        part["context"] = {"from": number.digits, "id": str(asked["reply_to"])}
    if isinstance(asked.get("context"), dict):
        part["context"] = asked["context"]
    if isinstance(asked.get("referral"), dict):
        part["referral"] = asked["referral"]
    return part


async def _build_form(sandbox: Sandbox, number: BusinessNumber, asked: dict[str, Any]) -> dict[str, Any]:
    raw = asked.get("message")
    if raw is not None:
        if not isinstance(raw, dict) or not isinstance(raw.get("type"), str):
            raise FormError("message must be an object with a type")
        return dict(raw)
    for name, build in PLAIN_FORMS.items():
        if name in asked:
            return build(asked[name], number)
    for kind in ("image", "voice", "document", "sticker", "media"):
        if kind in asked:
            return await _build_file(sandbox, number, kind, asked)
    raise FormError(
        "no known form: text, image, voice, document, sticker, location, contact, reaction, …, message"
    )


async def _build_file(
    sandbox: Sandbox, number: BusinessNumber, kind: str, asked: dict[str, Any]
) -> dict[str, Any]:
    value, caption = asked[kind], str(asked.get("caption") or "")
    make = sandbox.inbound.media_part
    if kind == "image":
        subject = value if isinstance(value, str) else "sofa"
        data = await asyncio.to_thread(build_photo, subject, int(asked.get("variant", 0)))
        return make(number, "image", data, "image/jpeg", caption=caption)
    if kind == "voice":
        data = await asyncio.to_thread(build_voice_note, float(value), int(asked.get("variant", 0)))
        return make(number, "audio", data, "audio/ogg; codecs=opus", voice=True)
    if kind == "document":
        title = value if isinstance(value, str) else "Documento"
        data = await asyncio.to_thread(build_document, title, ("Casa Prosa", "Documento de exemplo"))
        return make(number, "document", data, "application/pdf", filename=f"{title}.pdf", caption=caption)
    if kind == "sticker":
        data = await asyncio.to_thread(build_sticker, value if isinstance(value, str) else "feliz")
        return make(number, "sticker", data, "image/webp")
    raise FormError(f"{kind} cannot be built here")


def _text(value: Any, _: BusinessNumber) -> dict[str, Any]:
    return {"type": "text", "text": {"body": str(value)}}


def _location(value: Any, _: BusinessNumber) -> dict[str, Any]:
    given = value if isinstance(value, dict) else {}
    place = {"latitude": -23.5891, "longitude": -46.6345} | given
    return {"type": "location", "location": place}


def _contact(value: Any, _: BusinessNumber) -> dict[str, Any]:
    return build_card(str(value["name"]), str(value["phone"]))


def _reaction(value: Any, _: BusinessNumber) -> dict[str, Any]:
    reaction = {"message_id": str(value["message_id"])}
    # A removal has no emoji at all (messages webhook reference, read 2026-08).
    if value.get("emoji"):
        reaction["emoji"] = str(value["emoji"])
    return {"type": "reaction", "reaction": reaction}


def _button(value: Any, number: BusinessNumber) -> dict[str, Any]:
    part: dict[str, Any] = {"type": "button", "button": {"payload": value["payload"], "text": value["text"]}}
    return part | _tapped(value, number)


def _reply(kind: str) -> Callable[[Any, BusinessNumber], dict[str, Any]]:
    def build(value: Any, number: BusinessNumber) -> dict[str, Any]:
        return build_interactive_reply(kind, value) | _tapped(value, number)

    return build


def _tapped(value: Any, number: BusinessNumber) -> dict[str, Any]:
    """Taps quote the message that held the button."""
    return (
        {"context": {"from": number.digits, "id": str(value["message_id"])}}
        if value.get("message_id")
        else {}
    )


def _edit(value: Any, _: BusinessNumber) -> dict[str, Any]:
    message = {"context": {"id": "M0"}, "type": "text", "text": {"body": str(value["text"])}}
    return {"type": "edit", "edit": {"original_message_id": str(value["message_id"]), "message": message}}


def _revoke(value: Any, _: BusinessNumber) -> dict[str, Any]:
    return {"type": "revoke", "revoke": {"original_message_id": str(value)}}


def _order(value: Any, _: BusinessNumber) -> dict[str, Any]:
    return {"type": "order", "order": value}


PLAIN_FORMS: dict[str, Callable[[Any, BusinessNumber], dict[str, Any]]] = {
    "text": _text,
    "location": _location,
    "contact": _contact,
    "reaction": _reaction,
    "button": _button,
    "button_reply": _reply("button_reply"),
    "list_reply": _reply("list_reply"),
    "edit": _edit,
    "revoke": _revoke,
    "order": _order,
    "unsupported": lambda value, _: build_unsupported(str(value)),
}
