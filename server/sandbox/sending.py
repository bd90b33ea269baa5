"""A send request, from its JSON to the answer: recipient, limits, message, statuses planned.

This is the hot path (benchmarks send more than 1,000/s): no await, no schema library, few objects.
"""

from collections import deque
from typing import Any, Final

from server.sandbox.clock import Clock
from server.sandbox.delivery import Delivery, Dispatch
from server.sandbox.faults import SendFault
from server.sandbox.ids import IdMint
from server.sandbox.live import LiveFeed
from server.sandbox.media import MediaShelf
from server.sandbox.problems import GraphProblem
from server.sandbox.state import BusinessNumber, ChatMessage, Customer, SandboxState, only_digits
from server.sandbox.templates import RenderedTemplate, Template, check_and_render
from server.sandbox.validate import check_send

# "Typing shows up to 25 s or until the next message" (typing indicators page, read 2026-08).
TYPING_SECONDS: Final = 25.0
# E.164 allows 15 digits; shorter than 8 is no full international number.
PHONE_MIN_DIGITS: Final = 8
PHONE_MAX_DIGITS: Final = 15
SENT_KEPT: Final = 50_000


class Sending:
    """What `POST /{PNID}/messages` does."""

    def __init__(
        self,
        state: SandboxState,
        clock: Clock,
        mint: IdMint,
        media: MediaShelf,
        delivery: Delivery,
        live: LiveFeed,
        templates: dict[tuple[str, str], Template],
        *,
        pair_rate_enforced: bool,
    ) -> None:
        self._state = state
        self._clock = clock
        self._mint = mint
        self._media = media
        self._delivery = delivery
        self._live = live
        self._templates = templates
        self.pair_rate_enforced = pair_rate_enforced
        self.sync_window_errors = False
        self.sent: deque[dict[str, Any]] = deque(maxlen=SENT_KEPT)

    def accept(self, number: BusinessNumber, body: dict[str, Any], fault: SendFault | None) -> dict[str, Any]:
        """Validate, accept and plan the statuses. Raises GraphProblem."""
        kind = check_send(body, lambda media_id: self._media.known(media_id, number.id))
        customer, shown = self._recipient(number, body)
        now = self._clock.now()
        if not number.throughput.take(now):
            raise GraphProblem(130429)
        chat = self._state.chat(number.id, customer.key)
        if self.pair_rate_enforced and not chat.pair.take(now):
            raise GraphProblem(131056)
        rendered = None
        if kind == "template":
            to_bsuid = "to" not in body
            rendered = check_and_render(self._templates, body["template"], to_bsuid=to_bsuid)
        elif self.sync_window_errors and not self._delivery.window_open(chat):
            raise GraphProblem(131047)
        message = ChatMessage(
            id=self._mint.wamid(),
            direction="outbound",
            type=kind,
            content=_content(kind, body, rendered),
            at=now,
            status="accepted",
            context_id=body["context"]["message_id"] if body.get("context") else "",
        )
        fail_with = fault.code if fault is not None and fault.kind == "status" else 0
        dispatch = Dispatch(
            number,
            customer,
            chat,
            message,
            body.get("biz_opaque_callback_data", ""),
            rendered.category if rendered else "",
            fail_with,
        )
        self._remember(dispatch, body)
        if fault is not None and fault.kind == "status_first":
            self._delivery.advance_now(dispatch)
        else:
            self._delivery.plan(dispatch)
        return self._answer(message.id, shown, is_template=kind == "template")

    def _recipient(self, number: BusinessNumber, body: dict[str, Any]) -> tuple[Customer, dict[str, str]]:
        """The customer and how the answer names them; `to` wins over `recipient`."""
        to, user_id = body.get("to"), body.get("recipient")
        if isinstance(to, str) and to:
            return self._by_phone(number, to)
        if not isinstance(user_id, str) or not user_id:
            raise GraphProblem(131008, "to or recipient is required")
        customer = self._state.customer_by_user_id(user_id)
        if customer is None:
            if not _looks_like_bsuid(user_id):
                raise GraphProblem(131009, "recipient is not a business-scoped user id")
            customer = self._state.add_customer(self._state.build_customer("", user_id=user_id))
        return customer, {"input": user_id, "user_id": customer.user_id}

    def _by_phone(self, number: BusinessNumber, to: str) -> tuple[Customer, dict[str, str]]:
        digits = only_digits(to)
        is_phone = PHONE_MIN_DIGITS <= len(digits) <= PHONE_MAX_DIGITS
        if not is_phone or (digits != to and any(char.isalpha() for char in to)):
            customer = self._state.customer_by_user_id(to)
            if customer is None:
                raise GraphProblem(131009, "to is not a WhatsApp phone number")
            return customer, {"input": to, "user_id": customer.user_id}
        if digits == number.digits:
            raise GraphProblem(131021)
        customer = self._state.customer_by_phone(digits)
        if customer is None:
            customer = self._state.add_customer(self._state.build_customer("", digits))
        return customer, {"input": to, "wa_id": customer.wa_id, "user_id": customer.user_id}

    def _remember(self, dispatch: Dispatch, body: dict[str, Any]) -> None:
        message, chat = dispatch.message, dispatch.chat
        self.sent.append({
            "id": message.id,
            "at": message.at,
            "phone_number_id": dispatch.number.id,
            "customer": dispatch.customer.key,
            "message": message,
            "body": body,
        })  # fmt: skip
        chat.typing_until = 0.0
        if message.type != "reaction":
            self._state.add_message(chat, message)
            return
        self._state.messages[message.id] = (chat, message)
        found = self._state.find_message(message.content["message_id"])
        if found is not None:
            found[1].business_reaction = message.content["emoji"]
            self._publish_message(found[0].number_id, found[0].customer_key, found[1])

    @staticmethod
    def _answer(wamid: str, shown: dict[str, str], *, is_template: bool) -> dict[str, Any]:
        message = {"id": wamid, "message_status": "accepted"} if is_template else {"id": wamid}
        return {"messaging_product": "whatsapp", "contacts": [shown], "messages": [message]}

    # Read and typing

    def mark_read(self, number: BusinessNumber, body: dict[str, Any]) -> ChatMessage:
        """`status: read`, with or without `typing_indicator`; typing always marks read too."""
        wamid = body.get("message_id")
        if not isinstance(wamid, str) or not wamid:
            raise GraphProblem(131008, "message_id is required")
        found = self._state.find_message(wamid)
        if found is None or found[0].number_id != number.id or found[1].direction != "inbound":
            raise GraphProblem(131009, "Message id is not one that this number received")
        chat, message = found
        typing = body.get("typing_indicator")
        if typing is not None:
            if not isinstance(typing, dict) or typing.get("type") != "text":
                raise GraphProblem(131009, "typing_indicator.type must be text")
            chat.typing_until = self._clock.now() + TYPING_SECONDS
            self._live.publish({
                "event": "typing", "number": number.id, "customer": chat.customer_key, "seconds": TYPING_SECONDS,
            })  # fmt: skip
        return message

    def _publish_message(self, number_id: str, customer_key: str, message: ChatMessage) -> None:
        if self._live.pages:
            self._live.publish(
                {
                    "event": "message",
                    "number": number_id,
                    "customer": customer_key,
                    "message": message.as_json(),
                }
            )


def _looks_like_bsuid(text: str) -> bool:
    country, dot, rest = text.partition(".")
    return bool(dot) and len(country) == 2 and country.isupper() and 0 < len(rest.removeprefix("ENT.")) <= 128


def _content(kind: str, body: dict[str, Any], rendered: RenderedTemplate | None) -> Any:
    """What the phone shows; templates are shown filled in."""
    if rendered is None:
        return body[kind]
    return {
        "name": body["template"]["name"],
        "header": rendered.header,
        "body": rendered.body,
        "footer": rendered.footer,
        "buttons": list(rendered.buttons),
    }
