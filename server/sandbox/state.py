"""What the sandbox remembers: numbers, customers, and the chats between them, as the phone shows them.

Directions are told from the business' side, as in Meta's documents: `inbound` comes from the customer,
`outbound` from the business.
"""

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from server.sandbox.config import SandboxConfig, SandboxNumber
from server.sandbox.ids import build_bsuid
from server.sandbox.rates import TokenBucket, build_pair_bucket

Direction = Literal["inbound", "outbound"]
Behaviour = Literal[
    "normal",
    "unknown",
    "blocked",
    "opted_out",
    "experiment",
    "unhealthy",
    "window_closed",
    "identity_changed",
]

WINDOW_SECONDS: Final = 24 * 3600.0
FREE_ENTRY_SECONDS: Final = 72 * 3600.0
# What a phone page can show of one chat, and what a benchmark of minutes at 1,000 sends/s may keep in memory.
MESSAGES_PER_CHAT: Final = 400
MESSAGES_KEPT: Final = 200_000

# Recipients that fail in a certain way without any set-up: the last digits are those of the error code.
MAGIC_RECIPIENTS: Final[dict[str, Behaviour]] = {
    "5511900131026": "unknown",
    "5511900131047": "window_closed",
    "5511900131049": "unhealthy",
    "5511900131050": "opted_out",
    "5511900130472": "experiment",
    "5511900137000": "identity_changed",
}


@dataclass(slots=True)
class Customer:
    """A person with WhatsApp. `wa_id` is empty for those who only show a username."""

    key: str
    name: str
    wa_id: str
    user_id: str
    username: str = ""
    receipts: bool = True
    behaviour: Behaviour = "normal"
    played: bool = False
    """Made or taken over by a person at the phone page: no virtual customer answers in their place."""

    def as_contact(self) -> dict[str, Any]:
        profile = {"name": self.name} if self.name else {}
        if self.username:
            profile["username"] = self.username
        contact: dict[str, Any] = {"profile": profile}
        if self.wa_id:
            contact["wa_id"] = self.wa_id
        contact["user_id"] = self.user_id
        return contact

    def as_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "name": self.name,
            "wa_id": self.wa_id,
            "user_id": self.user_id,
            "username": self.username,
            "receipts": self.receipts,
            "behaviour": self.behaviour,
            "played": self.played,
        }


@dataclass(slots=True)
class ChatMessage:
    """One bubble. `content` is the part that WhatsApp names after the type (`text`, `image`, …)."""

    id: str
    direction: Direction
    type: str
    content: Any
    at: float
    status: str
    context_id: str = ""
    business_reaction: str = ""
    customer_reaction: str = ""
    edited: bool = False
    deleted: bool = False
    error: dict[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "direction": self.direction,
            "type": self.type,
            "content": self.content,
            "at": self.at,
            "status": self.status,
            "context_id": self.context_id,
            "business_reaction": self.business_reaction,
            "customer_reaction": self.customer_reaction,
            "edited": self.edited,
            "deleted": self.deleted,
            "error": self.error,
        }


@dataclass(slots=True)
class Chat:
    """All that passed between one business number and one customer."""

    number_id: str
    customer_key: str
    messages: deque[ChatMessage] = field(default_factory=lambda: deque(maxlen=MESSAGES_PER_CHAT))
    last_inbound_at: float = 0.0
    free_entry_until: float = 0.0
    typing_until: float = 0.0
    unread: int = 0
    watchers: int = 0
    """Phone pages that have this chat open."""
    pair: TokenBucket = field(default_factory=build_pair_bucket)


@dataclass(slots=True)
class BusinessNumber:
    """A number with everything resolved and its throughput bucket."""

    id: str
    display_phone_number: str
    digits: str
    verified_name: str
    waba_id: str
    webhook_url: str
    app_secret: str
    verify_token: str
    access_token: str
    coexistence: bool
    throughput: TokenBucket
    metadata: dict[str, str]
    registered: bool = True
    pin: str = ""

    @classmethod
    def of(cls, given: SandboxNumber, config: SandboxConfig) -> "BusinessNumber":
        digits = only_digits(given.display_phone_number)
        rate = float(given.throughput_per_second)
        return cls(
            id=given.phone_number_id,
            display_phone_number=given.display_phone_number,
            digits=digits,
            verified_name=given.verified_name,
            waba_id=given.waba_id or config.waba_id,
            webhook_url=given.webhook_url or config.webhook_url,
            app_secret=given.app_secret or config.app_secret,
            verify_token=given.verify_token or config.verify_token,
            access_token=given.access_token or config.access_token,
            coexistence=given.coexistence,
            throughput=TokenBucket(rate, rate),
            metadata={"display_phone_number": digits, "phone_number_id": given.phone_number_id},
        )


def only_digits(text: str) -> str:
    return text if text.isdigit() else "".join(char for char in text if char.isdigit())


def brazilian_twin(wa_id: str) -> str:
    """The same Brazilian mobile number with or without its ninth digit; empty if there is none.

    Only numbers whose eight digits begin with 6–9 existed before the ninth digit came (Anatel, 2012–2016).
    """
    if not wa_id.startswith("55"):
        return ""
    if len(wa_id) == 13 and wa_id[4] == "9" and wa_id[5] in "6789":
        return wa_id[:4] + wa_id[5:]
    if len(wa_id) == 12 and wa_id[4] in "6789":
        return wa_id[:4] + "9" + wa_id[4:]
    return ""


class SandboxState:
    """Lookups over numbers, customers and chats. Single-threaded: only the event loop touches it."""

    def __init__(self, config: SandboxConfig) -> None:
        self.numbers = {each.phone_number_id: BusinessNumber.of(each, config) for each in config.numbers}
        self.customers: dict[str, Customer] = {}
        self.chats: dict[tuple[str, str], Chat] = {}
        self.messages: OrderedDict[str, tuple[Chat, ChatMessage]] = OrderedDict()
        self._by_user_id: dict[str, Customer] = {}

    def add_customer(self, customer: Customer) -> Customer:
        self.customers[customer.key] = customer
        self._by_user_id[customer.user_id] = customer
        return customer

    def build_customer(
        self, name: str, wa_id: str = "", *, username: str = "", user_id: str = "", played: bool = False
    ) -> Customer:
        """A customer who is not in the state yet; `key` is the wa_id, or the BSUID of those without one."""
        user_id = user_id or build_bsuid(wa_id or f"{name}:{username}")
        behaviour = MAGIC_RECIPIENTS.get(wa_id, "normal")
        return Customer(wa_id or user_id, name, wa_id, user_id, username, behaviour=behaviour, played=played)

    def customer_by_phone(self, phone: str) -> Customer | None:
        """By wa_id, also when the ninth digit is there in one of them and not in the other."""
        found = self.customers.get(phone)
        if found is None:
            twin = brazilian_twin(phone)
            found = self.customers.get(twin) if twin else None
        return found

    def customer_by_user_id(self, user_id: str) -> Customer | None:
        return self._by_user_id.get(user_id)

    def chat(self, number_id: str, customer_key: str) -> Chat:
        key = (number_id, customer_key)
        chat = self.chats.get(key)
        if chat is None:
            chat = self.chats[key] = Chat(number_id, customer_key)
        return chat

    def add_message(self, chat: Chat, message: ChatMessage) -> None:
        chat.messages.append(message)
        self.messages[message.id] = (chat, message)
        if len(self.messages) > MESSAGES_KEPT:
            self.messages.popitem(last=False)

    def find_message(self, wamid: str) -> tuple[Chat, ChatMessage] | None:
        return self.messages.get(wamid)

    def forget(self) -> None:
        """Drop customers, chats and messages; the numbers stay."""
        self.customers.clear()
        self.chats.clear()
        self.messages.clear()
        self._by_user_id.clear()
