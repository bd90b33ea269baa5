"""Message parts as phones put them into webhooks: text, reactions, cards, taps on buttons and rows."""

import random
from typing import Any

from server.sandbox.delivery import Dispatch


def build_text(body: str) -> dict[str, Any]:
    return {"type": "text", "text": {"body": body}}


def build_reaction(wamid: str, emoji: str) -> dict[str, Any]:
    return {"type": "reaction", "reaction": {"message_id": wamid, "emoji": emoji}}


def build_card(name: str, phone: str) -> dict[str, Any]:
    """A shared contact, as phones send it."""
    first, _, last = name.partition(" ")
    digits = "".join(char for char in phone if char.isdigit())
    parts = {"formatted_name": name, "first_name": first}
    if last:
        parts["last_name"] = last
    return {
        "type": "contacts",
        "contacts": [
            {
                "name": parts,
                "phones": [{"phone": phone, "wa_id": digits, "type": "MOBILE"}],
                "origin": "other",
            }
        ],
    }


def build_ad_referral(rng: random.Random) -> dict[str, Any]:
    return {
        "source_url": f"https://fb.me/{rng.randrange(10**9):x}",
        "source_id": str(rng.randrange(10**14, 10**15)),
        "source_type": "ad",
        "headline": "Luminárias com até 30% off",
        "body": "Só até domingo na Casa Prosa",
        "media_type": "image",
        "image_url": "https://scontent.example/luminaria.jpg",
        "ctwa_clid": f"Aff{rng.randrange(10**15):x}",
        "welcome_message": {"text": "Oi! Posso ajudar?"},
    }


def build_tap(dispatch: Dispatch, rng: random.Random) -> dict[str, Any] | None:
    """The tap on a button or row of an interactive message or template; None if it has none."""
    message = dispatch.message
    context = {"context": {"from": dispatch.number.digits, "id": message.id}}
    content = message.content
    if message.type == "template":
        buttons = [each for each in content["buttons"] if each.get("type") == "QUICK_REPLY"]
        if not buttons:
            return None
        button = rng.choice(buttons)
        return {"type": "button", "button": {"payload": button["payload"], "text": button["text"]}} | context
    if message.type != "interactive":
        return None
    action = content.get("action", {})
    if content["type"] == "button":
        reply = rng.choice(action["buttons"])["reply"]
        return build_interactive_reply("button_reply", reply) | context
    if content["type"] == "list":
        row = rng.choice([row for section in action["sections"] for row in section["rows"]])
        return build_interactive_reply("list_reply", row) | context
    return None


def build_interactive_reply(kind: str, chosen: dict[str, Any]) -> dict[str, Any]:
    """`kind`: button_reply or list_reply."""
    reply = {"id": chosen["id"], "title": chosen["title"]}
    if kind == "list_reply" and chosen.get("description"):
        reply["description"] = chosen["description"]
    return {"type": "interactive", "interactive": {"type": kind, kind: reply}}
