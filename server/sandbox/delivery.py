"""From an accepted send to its statuses: who gets it, what fails, when the ticks come, what it costs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from server.sandbox.clock import Agenda, Clock
from server.sandbox.config import Range, StatusTiming, WindowPolicy
from server.sandbox.envelope import Update
from server.sandbox.live import LiveFeed
from server.sandbox.luck import build_luck
from server.sandbox.problems import build_status_error
from server.sandbox.state import WINDOW_SECONDS, Behaviour, BusinessNumber, Chat, ChatMessage, Customer
from server.sandbox.webhooks import Webhooks

# From this moment service messages and utility templates inside the window are charged
# (announced 2026-07-01, pricing page updated 2026-08-25).
SERVICE_CHARGED_SINCE: Final = datetime(2026, 10, 1, tzinfo=UTC).timestamp()
# Up to this webhook version statuses carry `conversation` (changelog, read 2026-09).
LAST_VERSION_WITH_CONVERSATION: Final = 23
# At a phone page ticks should be seen to move, without waiting.
PLAYED_TIMING: Final = StatusTiming(sent=(0.05, 0.15), delivered=(0.25, 0.6), read=(0.0, 0.0))

# Progress of an outbound message; a bubble never goes back.
RANK: Final = {"accepted": 0, "sent": 1, "delivered": 2, "read": 3, "played": 4, "failed": 5}

FAILURES: Final[dict[Behaviour, int]] = {
    "unknown": 131026,
    "blocked": 131026,
    "window_closed": 131047,
    "identity_changed": 137000,
}
MARKETING_FAILURES: Final[dict[Behaviour, int]] = {
    "opted_out": 131050,
    "experiment": 130472,
    "unhealthy": 131049,
}


@dataclass(frozen=True, slots=True)
class Dispatch:
    """An accepted message on its way to one customer."""

    number: BusinessNumber
    customer: Customer
    chat: Chat
    message: ChatMessage
    opaque: str
    template_category: str
    """Empty for anything but a template."""
    fail_with: int = 0


class Delivery:
    """Plans and emits statuses."""

    def __init__(
        self,
        clock: Clock,
        agenda: Agenda,
        webhooks: Webhooks,
        live: LiveFeed,
        *,
        seed: int,
        timing: StatusTiming,
        window_policy: WindowPolicy,
        webhook_version: int,
    ) -> None:
        self.timing = timing
        self.window_policy = window_policy
        self.on_delivered: Callable[[Dispatch], None] = lambda _: None
        self._clock = clock
        self._agenda = agenda
        self._webhooks = webhooks
        self._live = live
        self._rng = build_luck(seed, "delivery")
        self._webhook_version = webhook_version
        self._unread: dict[tuple[str, str], list[Dispatch]] = {}

    def failure_of(self, dispatch: Dispatch) -> int:
        """The code with which this message will fail, 0 if it arrives."""
        behaviour = dispatch.customer.behaviour
        if dispatch.fail_with:
            return dispatch.fail_with
        if behaviour in FAILURES and not (behaviour == "window_closed" and dispatch.template_category):
            return FAILURES[behaviour]
        if dispatch.template_category == "marketing" and behaviour in MARKETING_FAILURES:
            return MARKETING_FAILURES[behaviour]
        if not dispatch.template_category and not self.window_open(dispatch.chat):
            return 131047
        return 0

    def window_open(self, chat: Chat) -> bool:
        if self.window_policy == "off":
            return True
        if not chat.last_inbound_at:
            return self.window_policy == "known"
        return self._clock.now() - chat.last_inbound_at < WINDOW_SECONDS

    def plan(self, dispatch: Dispatch) -> None:
        """Schedule every status of an accepted message."""
        timing = PLAYED_TIMING if dispatch.chat.watchers else self.timing
        code = self.failure_of(dispatch)
        if code:
            self._later(timing.sent, lambda: self._fail(dispatch, code))
            return
        draws = [self._draw(timing.sent)]
        if dispatch.message.type == "reaction":
            self._agenda.after(draws[0], lambda: self._advance(dispatch, "sent"))
            return
        steps = ["sent"]
        reads = dispatch.customer.receipts and not dispatch.customer.played and not dispatch.chat.watchers
        if not (reads and self._happens(timing.skip_delivered_share)):
            steps.append("delivered")
            draws.append(max(draws[0], self._draw(timing.delivered)))
        if reads:
            steps.append("read")
            draws.append(max(draws[-1], self._draw(timing.read)))
            if dispatch.message.type == "audio":
                steps.append("played")
                draws.append(draws[-1] + self._draw(timing.played))
        elif dispatch.customer.played or dispatch.chat.watchers:
            self._unread.setdefault((dispatch.chat.number_id, dispatch.chat.customer_key), []).append(
                dispatch
            )
        if self._happens(timing.out_of_order_share):
            self._rng.shuffle(steps)
        for wait, step in zip(draws, steps, strict=True):
            self._agenda.after(wait, partial(self._advance, dispatch, step))

    def advance_now(self, dispatch: Dispatch) -> None:
        """Emit `sent` and `delivered` at once: statuses that overtake the HTTP answer."""
        code = self.failure_of(dispatch)
        if code:
            self._fail(dispatch, code)
            return
        self._advance(dispatch, "sent")
        self._advance(dispatch, "delivered")

    def read_by_person(self, number_id: str, customer: Customer) -> int:
        """Somebody at the phone page looks at the chat: everything that arrived is read."""
        waiting = self._unread.pop((number_id, customer.key), [])
        kept = [each for each in waiting if each.message.status != "delivered"]
        if kept:
            self._unread[(number_id, customer.key)] = kept
        done = [each for each in waiting if each.message.status == "delivered"]
        if customer.receipts:
            for dispatch in done:
                self._advance(dispatch, "read")
        return len(done)

    def forget(self) -> None:
        self._unread.clear()

    # Statuses

    def _advance(self, dispatch: Dispatch, status: str) -> None:
        message = dispatch.message
        first_receipt = status in ("delivered", "read") and RANK[message.status] < RANK["delivered"]
        item: dict[str, Any] = {"id": message.id, "status": status, "timestamp": self._clock.stamp()}
        self._add_recipient(item, dispatch)
        if status == "sent" or first_receipt:
            item["pricing"] = self._pricing(dispatch)
            self._add_conversation(item, dispatch)
        self._emit(dispatch, item, dispatch.customer.as_contact())
        if RANK[status] > RANK[message.status]:
            message.status = status
        if first_receipt:
            self._show(dispatch)
            self.on_delivered(dispatch)

    def _fail(self, dispatch: Dispatch, code: int) -> None:
        message = dispatch.message
        message.status = "failed"
        message.error = build_status_error(code)
        item: dict[str, Any] = {"id": message.id, "status": "failed", "timestamp": self._clock.stamp()}
        # `recipient_user_id` is absent on `failed` for a message sent to a phone number.
        if dispatch.customer.wa_id:
            item["recipient_id"] = dispatch.customer.wa_id
        else:
            item["recipient_user_id"] = dispatch.customer.user_id
        item["errors"] = [message.error]
        self._emit(dispatch, item, None)

    def _add_recipient(self, item: dict[str, Any], dispatch: Dispatch) -> None:
        if dispatch.customer.wa_id:
            item["recipient_id"] = dispatch.customer.wa_id
        item["recipient_user_id"] = dispatch.customer.user_id

    def _emit(self, dispatch: Dispatch, item: dict[str, Any], contact: dict[str, Any] | None) -> None:
        if dispatch.opaque:
            item["biz_opaque_callback_data"] = dispatch.opaque
        self._webhooks.enqueue(Update(dispatch.number, "statuses", item, contact))

    def _pricing(self, dispatch: Dispatch) -> dict[str, Any]:
        now = self._clock.now()
        category = dispatch.template_category or "service"
        kind = "regular"
        if now < dispatch.chat.free_entry_until:
            kind, category = "free_entry_point", "referral_conversion"
        elif (
            now < SERVICE_CHARGED_SINCE and category in ("service", "utility") and self._inside(dispatch.chat)
        ):
            kind = "free_customer_service"
        return {"billable": kind == "regular", "pricing_model": "PMP", "type": kind, "category": category}

    def _inside(self, chat: Chat) -> bool:
        return self._clock.now() - chat.last_inbound_at < WINDOW_SECONDS

    def _add_conversation(self, item: dict[str, Any], dispatch: Dispatch) -> None:
        free_entry = self._clock.now() < dispatch.chat.free_entry_until
        if self._webhook_version > LAST_VERSION_WITH_CONVERSATION and not free_entry:
            return
        conversation: dict[str, Any] = {
            "id": dispatch.message.id[-32:].lower(),
            "origin": {"type": item["pricing"]["category"]},
        }
        if item["status"] == "sent":
            expires = dispatch.chat.free_entry_until or self._clock.now() + WINDOW_SECONDS
            conversation["expiration_timestamp"] = str(int(expires))
        item["conversation"] = conversation

    # Help

    def _show(self, dispatch: Dispatch) -> None:
        if self._live.pages:
            chat = dispatch.chat
            self._live.publish({
                "event": "message",
                "number": chat.number_id,
                "customer": chat.customer_key,
                "message": dispatch.message.as_json(),
            })  # fmt: skip

    def _happens(self, share: float) -> bool:
        return share > 0 and self._rng.random() < share

    def _draw(self, span: Range) -> float:
        return span[0] if span[0] == span[1] else self._rng.uniform(*span)

    def _later(self, span: Range, action: Callable[[], None]) -> None:
        self._agenda.after(self._draw(span), action)
