"""What Meta accepts in a send request, checked by hand because the send route must be fast.

Each `check_…` raises GraphProblem with the code of Meta's table: 131008 for what is missing, 131009 for a
bad value, 100 for an unknown parameter. Limits: cloud-api documentation and OpenAPI v23.0, read 2026-11;
where they disagree the stricter one is used, so that what passes here passes there.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from server.sandbox.fields import (
    MediaKnown,
    check_media_object,
    length_utf16,
    may_text,
    need,
    need_object,
    need_text,
)
from server.sandbox.problems import GraphProblem
from server.sandbox.validate_interactive import check_interactive_object

TEXT_MAX: Final = 4096
CAPTION_MAX: Final = 1024
OPAQUE_DATA_MAX: Final = 512
CONTACTS_MAX: Final = 257
FILENAME_MAX: Final = 240

CAPTIONED: Final = frozenset({"image", "video", "document"})
MEDIA_TYPES: Final = CAPTIONED | {"audio", "sticker"}


def check_send(body: Mapping[str, Any], media_known: MediaKnown) -> str:
    """Check a whole send request except its recipient and template; returns its type."""
    if body.get("messaging_product") != "whatsapp":
        raise GraphProblem(100, "The parameter messaging_product is required and must be whatsapp")
    if body.get("recipient_type", "individual") != "individual":
        raise GraphProblem(131009, "recipient_type must be individual; this sandbox has no groups")
    kind = body.get("type", "text")
    check = CHECKS.get(kind) if isinstance(kind, str) else None
    if check is None:
        raise GraphProblem(100, f"Param type must be one of {{{', '.join(sorted(CHECKS))}}} - got {kind!r}.")
    may_text(body, "biz_opaque_callback_data", OPAQUE_DATA_MAX, "message")
    check_context(body, kind)
    check(body, media_known)
    return str(kind)


def check_context(body: Mapping[str, Any], kind: str) -> None:
    context = body.get("context")
    if context is None:
        return
    if kind == "reaction":
        raise GraphProblem(131009, "A reaction cannot have a context")
    if not isinstance(context, dict):
        raise GraphProblem(131009, "context must be an object")
    need_text(context, "message_id", 512, "context")


def check_text(body: Mapping[str, Any], _: MediaKnown) -> None:
    text = need_object(body, "text")
    need_text(text, "body", TEXT_MAX, "text")
    if not isinstance(text.get("preview_url", False), bool):
        raise GraphProblem(131009, "text.preview_url must be a boolean")


def check_media(kind: str) -> Callable[[Mapping[str, Any], MediaKnown], None]:
    def check(body: Mapping[str, Any], media_known: MediaKnown) -> None:
        media = need_object(body, kind)
        check_media_object(media, kind, media_known)
        if kind in CAPTIONED:
            may_text(media, "caption", CAPTION_MAX, kind)
        elif "caption" in media:
            raise GraphProblem(100, f"{kind} cannot have a caption")
        if kind == "document":
            may_text(media, "filename", FILENAME_MAX, kind)
        elif "filename" in media:
            raise GraphProblem(100, f"{kind} cannot have a filename")
        if kind == "audio" and not isinstance(media.get("voice", False), bool):
            raise GraphProblem(131009, "audio.voice must be a boolean")

    return check


def check_location(body: Mapping[str, Any], _: MediaKnown) -> None:
    location = need_object(body, "location")
    for key, limit in (("latitude", 90), ("longitude", 180)):
        value = need(location, key, "location")
        try:
            inside = not isinstance(value, bool) and abs(float(value)) <= limit
        except (TypeError, ValueError):
            inside = False
        if not inside:
            raise GraphProblem(131009, f"location.{key} must be a number from -{limit} to {limit}")
    may_text(location, "name", 1000, "location")
    may_text(location, "address", 1000, "location")


CONTACT_PARTS: Final = {"addresses", "birthday", "emails", "name", "org", "phones", "urls"}


def check_contacts(body: Mapping[str, Any], _: MediaKnown) -> None:
    contacts = need(body, "contacts")
    if not isinstance(contacts, list) or not 1 <= len(contacts) <= CONTACTS_MAX:
        raise GraphProblem(131009, f"contacts must hold 1 to {CONTACTS_MAX} items")
    for contact in contacts:
        if not isinstance(contact, dict) or not contact.keys() <= CONTACT_PARTS:
            raise GraphProblem(100, "contacts holds an unknown key")
        name = need_object(contact, "name", "contacts")
        need_text(name, "formatted_name", 1000, "contacts.name")
        if not any(name.get(part) for part in ("first_name", "last_name", "middle_name", "suffix", "prefix")):
            raise GraphProblem(131008, "contacts.name needs one more part than formatted_name")
        for phone in contact.get("phones") or ():
            if not isinstance(phone, dict) or not isinstance(phone.get("phone"), str):
                raise GraphProblem(131009, "contacts.phones.phone must be a string")


def check_reaction(body: Mapping[str, Any], _: MediaKnown) -> None:
    reaction = need_object(body, "reaction")
    need_text(reaction, "message_id", 512, "reaction")
    emoji = need(reaction, "emoji", "reaction")
    # The longest family emoji with skin tones is 25 UTF-16 units.
    if not isinstance(emoji, str) or (emoji.isascii() and emoji) or length_utf16(emoji) > 32:
        raise GraphProblem(131009, "reaction.emoji must be one emoji or empty")


def check_interactive(body: Mapping[str, Any], media_known: MediaKnown) -> None:
    check_interactive_object(need_object(body, "interactive"), media_known)


def check_template(body: Mapping[str, Any], _: MediaKnown) -> None:
    template = need_object(body, "template")
    need_text(template, "name", 512, "template")
    language = need_object(template, "language", "template")
    need_text(language, "code", 16, "template.language")
    components = template.get("components", [])
    if not isinstance(components, list) or not all(isinstance(each, dict) for each in components):
        raise GraphProblem(131009, "template.components must be a list of objects")


CHECKS: Final[dict[str, Callable[[Mapping[str, Any], MediaKnown], None]]] = {
    "text": check_text,
    **{kind: check_media(kind) for kind in sorted(MEDIA_TYPES)},
    "location": check_location,
    "contacts": check_contacts,
    "reaction": check_reaction,
    "interactive": check_interactive,
    "template": check_template,
}
