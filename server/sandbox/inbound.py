"""Customers act: messages, reactions, taps, edits. Each becomes a webhook update and a bubble on the phone."""

from collections import deque
from collections.abc import Iterable
from typing import Any, Final

from server.sandbox.clock import Clock
from server.sandbox.envelope import Update
from server.sandbox.faults import MediaFaults
from server.sandbox.ids import IdMint
from server.sandbox.live import LiveFeed
from server.sandbox.media import MediaItem, MediaShelf
from server.sandbox.problems import build_status_error
from server.sandbox.state import FREE_ENTRY_SECONDS, BusinessNumber, Chat, ChatMessage, Customer, SandboxState
from server.sandbox.webhooks import Webhooks

# Types that change another bubble, or that say nothing to be shown, and do not count as a user message.
NO_BUBBLE: Final = frozenset({"reaction", "edit", "revoke", "system"})
NO_WINDOW: Final = frozenset({"edit", "revoke", "system"})
CONTACT_MISSING: Final = frozenset({"system"})


class Inbound:
    """The only way in which customers' messages come into being."""

    def __init__(
        self,
        state: SandboxState,
        clock: Clock,
        mint: IdMint,
        media: MediaShelf,
        webhooks: Webhooks,
        live: LiveFeed,
        faults: MediaFaults,
    ) -> None:
        self._state = state
        self._clock = clock
        self._mint = mint
        self._media = media
        self._webhooks = webhooks
        self._live = live
        self._faults = faults
        self.received: deque[dict[str, Any]] = deque(maxlen=10_000)

    def receive(
        self,
        number: BusinessNumber,
        customer: Customer,
        part: dict[str, Any],
        *,
        wamid: str = "",
        at: float = 0.0,
    ) -> str:
        """A customer sends `part` (`type`, the object named by it, optionally `context` and `referral`)."""
        chat = self._state.chat(number.id, customer.key)
        wamid, at = wamid or self._mint.wamid(), at or self._clock.now()
        if part["type"] in ("edit", "revoke") and not number.coexistence:
            self._apply(chat, part)
            part = build_unsupported(part["type"])
        item = self._build_item(customer, part, wamid, at)
        number.throughput.take(self._clock.now())
        if part["type"] not in NO_WINDOW:
            chat.last_inbound_at = max(chat.last_inbound_at, at)
        if part.get("referral", {}).get("source_type") in ("ad", "post"):
            chat.free_entry_until = at + FREE_ENTRY_SECONDS
        self._remember(chat, part, wamid, at)
        contact = None if part["type"] in CONTACT_MISSING else customer.as_contact()
        self.received.append({"id": wamid, "number": number.id, "customer": customer.key, "message": item})
        self._webhooks.enqueue(Update(number, "messages", item, contact))
        return wamid

    def _build_item(self, customer: Customer, part: dict[str, Any], wamid: str, at: float) -> dict[str, Any]:
        item: dict[str, Any] = {}
        if "context" in part:
            item["context"] = part["context"]
        if customer.wa_id:
            item["from"] = customer.wa_id
        item |= {"from_user_id": customer.user_id, "id": wamid, "timestamp": str(int(at))}
        return item | {key: value for key, value in part.items() if key != "context"}

    def _remember(self, chat: Chat, part: dict[str, Any], wamid: str, at: float) -> None:
        kind = part["type"]
        message = ChatMessage(
            id=wamid,
            direction="inbound",
            type=kind,
            content=part.get(kind, {}),
            at=at,
            status="pending",
            context_id=str(part.get("context", {}).get("id", "")),
        )
        if kind in NO_BUBBLE:
            self._state.messages[wamid] = (chat, message)
            self._apply(chat, part)
            return
        self._state.add_message(chat, message)
        self._show(chat, message)

    def _apply(self, chat: Chat, part: dict[str, Any]) -> None:
        """Show the effect of a reaction, edit or deletion on the bubble that it concerns."""
        kind = part["type"]
        content = part.get(kind, {})
        found = self._state.find_message(
            str(content.get("message_id") or content.get("original_message_id") or "")
        )
        if found is None:
            return
        _, message = found
        if kind == "reaction":
            message.customer_reaction = str(content.get("emoji", ""))
        elif kind == "edit":
            edited = content.get("message", {})
            message.content = edited.get(edited.get("type", "text"), message.content)
            message.edited = True
        elif kind == "revoke":
            message.deleted = True
        self._show(chat, message)

    def resume(self) -> int:
        """After a restart: put messages that were never acknowledged into webhooks again."""
        waiting = [
            (chat, message)
            for chat, message in self._state.messages.values()
            if message.direction == "inbound" and message.status == "pending"
        ]
        for chat, message in waiting:
            number, customer = (
                self._state.numbers.get(chat.number_id),
                self._state.customers.get(chat.customer_key),
            )
            if number is None or customer is None:
                continue
            part: dict[str, Any] = {"type": message.type, message.type: message.content}
            if message.context_id:
                part["context"] = {"from": number.digits, "id": message.context_id}
            item = self._build_item(customer, part, message.id, message.at)
            self._webhooks.enqueue(Update(number, "messages", item, customer.as_contact()))
        return len(waiting)

    def acknowledged(self, updates: Iterable[Update]) -> None:
        """The webhook that carried these updates was answered 200: the customer's first tick."""
        for update in updates:
            if update.kind != "messages":
                continue
            found = self._state.find_message(update.wamid)
            if found is None:
                continue
            chat, message = found
            if message.status == "pending":
                message.status = "sent"
                if message.type not in NO_BUBBLE:
                    self._show(chat, message)

    def read_by_business(self, chat: Chat, message: ChatMessage) -> None:
        """`mark read`: this message and all earlier ones of the customer."""
        for each in chat.messages:
            if each.direction == "inbound" and each.at <= message.at and each.status != "read":
                each.status = "read"
                self._show(chat, each)

    def _show(self, chat: Chat, message: ChatMessage) -> None:
        if self._live.pages:
            self._live.publish({
                "event": "message",
                "number": chat.number_id,
                "customer": chat.customer_key,
                "message": message.as_json(),
            })  # fmt: skip

    # Parts with files

    def media_part(
        self,
        number: BusinessNumber,
        kind: str,
        data: bytes,
        mime: str,
        *,
        caption: str = "",
        filename: str = "",
        voice: bool | None = None,
    ) -> dict[str, Any]:
        """A part that carries a file, with the media faults that are planned."""
        if self._faults.take("too_big"):
            error = build_status_error(131052, "Media is larger than 100 MB.")
            return {"type": "unsupported", "errors": [error], "unsupported": {"type": kind}}
        item = self._media.add(data, mime, number.id, filename=filename, inbound=True)
        self._spoil(item)
        part = self._media.as_part(item, caption=caption, voice=voice)
        if kind == "sticker":
            part["animated"] = b"ANIM" in data[:64]
        return {"type": kind, kind: part}

    def _spoil(self, item: MediaItem) -> None:
        item.gone = self._faults.take("gone")
        item.lies_about_hash = self._faults.take("wrong_hash")
        if self._faults.take("slow"):
            item.slow_seconds = self._faults.slow_seconds


def build_unsupported(kind: str) -> dict[str, Any]:
    """Polls, edits on numbers without coexistence, view-once media … all arrive like this."""
    return {"type": "unsupported", "errors": [build_status_error(131051)], "unsupported": {"type": kind}}
