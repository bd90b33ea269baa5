"""What a webhook says, in our own shapes.

Two families live here. The slotted classes are what `parse_webhook` makes: plain, mutable for speed (a frozen dataclass
with 18 fields costs 3.2 µs to make, a slotted one 0.6; measured 2026-11), and to be treated as read-only. The TypedDicts
named `…Content` describe `content`, the JSON that is stored with a message and drawn by the web app; the message's
`kind` says which of them it is. Keys that are absent were absent in the webhook.

Invariants: an id is never empty, it is a string or None; `wa_id` is digits only, a BSUID never sits in it; times are
aware UTC; `raw` is what Meta sent, untouched.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, NotRequired, TypeAlias, TypedDict

Json: TypeAlias = Any
"""A JSON value. `Any`, because the type checker has no cheap recursive JSON type that can be indexed."""

JsonObject: TypeAlias = dict[str, Any]


# ── people ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class Sender(NamedTuple):
    """A WhatsApp user as one webhook shows them; at least one of `wa_id` and `bsuid` outside group events."""

    wa_id: str | None = None
    """Digits as Meta spells them; compare through `phone.canonical_phone`."""
    bsuid: str | None = None
    """Business-scoped user id: the first key of identity, `wa_id` the second."""
    parent_bsuid: str | None = None
    profile_name: str | None = None
    username: str | None = None
    identity_key_hash: str | None = None


class StatusRecipient(NamedTuple):
    """Whom a status is about. Match statuses by wamid, never by these: the spelling of a number may differ."""

    wa_id: str | None = None
    bsuid: str | None = None
    parent_bsuid: str | None = None
    group_id: str | None = None
    participant_wa_id: str | None = None
    participant_bsuid: str | None = None

    def key(self) -> str:
        """Tells the copies of one group status apart; empty outside groups, where a wamid has one recipient."""
        return self.participant_bsuid or self.participant_wa_id or ""


# ── parts of a message ──────────────────────────────────────────────────────────────────────────────────────────────


class MetaError(NamedTuple):
    """An error object of a message, a status or a whole value. `graph_errors` explains the codes."""

    code: int | None
    title: str
    details: str
    """Meta's longest explanation: `error_data.details`, else `message`."""
    href: str | None = None


class MessageContext(NamedTuple):
    """What a message refers to."""

    wamid: str | None = None
    """The quoted message, or the one whose button was tapped. Perhaps unknown to us, or older than Prosa."""
    author: str | None = None
    """Who wrote the quoted message: digits, or a BSUID."""
    forwarded: bool = False
    frequently_forwarded: bool = False
    product: JsonObject | None = None
    """`{"catalog_id", "product_id"}` of a product inquiry."""


class Reaction(NamedTuple):
    """Effect: `emoji` on `target_wamid`; None takes the reaction back. Not a bubble of its own."""

    target_wamid: str
    emoji: str | None


class Edit(NamedTuple):
    """Effect: `target_wamid` now says this. The old version is kept by whoever applies it."""

    target_wamid: str
    kind: str
    content: JsonObject


class Revoke(NamedTuple):
    """Effect: the author deleted `target_wamid` for everyone."""

    target_wamid: str


class IdentityChange(NamedTuple):
    """Effect: the same person is known under other ids from now on. A None side is not told by the webhook."""

    type: str
    """`user_changed_number` or `user_changed_user_id`."""
    old_wa_id: str | None
    new_wa_id: str | None
    old_bsuid: str | None
    new_bsuid: str | None


Effect: TypeAlias = Reaction | Edit | Revoke | IdentityChange


# ── what one webhook holds ──────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class InboundMessage:
    """One message of a customer. The same wamid may occur twice in one POST and in several: ingest stores it once."""

    phone_number_id: str
    """Empty when the webhook does not name a number (then no account can be found for it)."""
    waba_id: str
    wamid: str
    at: datetime | None
    """Meta's moment; None when it is unreadable."""
    sender: Sender
    kind: str
    content: JsonObject
    counts_for_window: bool
    """Opens or refreshes the customer service window of 24 hours, from `at`."""
    raw: JsonObject
    group_id: str | None = None
    context: MessageContext | None = None
    referral: JsonObject | None = None
    """The ad or post that brought the customer: Meta's keys, verbatim (`ReferralContent`)."""
    errors: tuple[MetaError, ...] = ()
    effect: Effect | None = None
    standby: bool = False
    """A copy while another owner (Meta Business Agent) holds the thread."""
    historic: bool = False
    """From a coexistence history sync: no unread count, no notification, no window."""
    history_status: str | None = None


@dataclass(slots=True)
class EchoMessage:
    """One message that left this number without us: by the Business app ("phone") or by Meta's agent."""

    phone_number_id: str
    waba_id: str
    wamid: str
    at: datetime | None
    recipient: Sender
    kind: str
    content: JsonObject
    raw: JsonObject
    group_id: str | None = None
    context: MessageContext | None = None
    effect: Effect | None = None
    standby: bool = False
    historic: bool = False
    history_status: str | None = None


@dataclass(slots=True)
class StatusUpdate:
    """One tick of an outgoing message. Comes repeated, reordered, and before the send response."""

    phone_number_id: str
    waba_id: str
    wamid: str
    status: str
    """sent, delivered, read, played, failed; open: others are kept as they come."""
    at: datetime | None
    recipient: StatusRecipient
    errors: tuple[MetaError, ...]
    pricing: JsonObject | None
    """Verbatim; the rules of 2026-10 charge service messages too."""
    callback_data: str | None
    """Our `biz_opaque_callback_data`: names the message even when the send response was lost."""
    raw: JsonObject


@dataclass(slots=True)
class AccountUpdate:
    """Everything that is neither a message nor a status: kept raw. Dispatch on keys as well as on `field`, since
    Meta prints some values under another field."""

    field: str
    waba_id: str
    """`entry.id`; for partner events of `account_update` a business portfolio id."""
    phone_number_id: str | None
    value: Json
    at: datetime | None
    """`entry.time`; only on account-level fields."""


@dataclass(slots=True)
class Unparsed:
    """A piece that nothing identifies: kept raw with the reason, to be parked."""

    reason: str
    raw: Json
    field: str = ""
    waba_id: str = ""
    phone_number_id: str = ""


@dataclass(slots=True)
class ParsedWebhook:
    messages: list[InboundMessage]
    statuses: list[StatusUpdate]
    account_updates: list[AccountUpdate]
    echoes: list[EchoMessage]
    unparsed: list[Unparsed]


# ── content, by kind ────────────────────────────────────────────────────────────────────────────────────────────────


class TextContent(TypedDict):
    """text"""

    body: str


class MediaReference(TypedDict):
    """A file on Meta's side: its id lives 7 days, its url 5 minutes."""

    meta_id: str
    mime_type: NotRequired[str]
    sha256: NotRequired[str]
    """Hexadecimal digest of the file (webhooks print base64)."""
    file_name: NotRequired[str]
    voice: NotRequired[bool]
    animated: NotRequired[bool]
    url: NotRequired[str]


class MediaContent(TypedDict):
    """image, video, audio, document, sticker"""

    media: MediaReference
    caption: NotRequired[str]


class LocationContent(TypedDict):
    """location"""

    latitude: float
    longitude: float
    name: NotRequired[str]
    address: NotRequired[str]
    url: NotRequired[str]


class CardPhone(TypedDict):
    phone: str
    wa_id: NotRequired[str]
    type: NotRequired[str]


class CardEntry(TypedDict):
    """An e-mail address or a web address of a contact card."""

    value: str
    type: NotRequired[str]


class ContactCard(TypedDict):
    name: str
    first_name: NotRequired[str]
    last_name: NotRequired[str]
    phones: list[CardPhone]
    emails: NotRequired[list[CardEntry]]
    urls: NotRequired[list[CardEntry]]
    addresses: NotRequired[list[JsonObject]]
    org: NotRequired[JsonObject]
    """`{"company"?, "department"?, "title"?}`"""
    birthday: NotRequired[str]
    origin: NotRequired[str]
    """`contact_request`: the customer answered a request for their number."""


class ContactsContent(TypedDict):
    """contacts"""

    contacts: list[ContactCard]


class ReactionContent(TypedDict):
    """reaction"""

    target_wamid: str
    emoji: str | None


class ButtonContent(TypedDict):
    """button: a quick reply of a template was tapped"""

    text: str
    payload: NotRequired[str]


class InteractiveContent(TypedDict):
    """interactive: an answer to an interactive message.

    `button_reply`, `list_reply`: id, title, description. `nfm_reply`: name, body, response (what the Flow gave: any JSON
    value, or the raw string when it is none). `call_permission_reply`: response, is_permanent, expires_at (seconds).
    Any other type: data, as Meta sent it.
    """

    type: str
    id: NotRequired[str]
    title: NotRequired[str]
    description: NotRequired[str]
    name: NotRequired[str]
    body: NotRequired[str]
    response: NotRequired[Json]
    is_permanent: NotRequired[bool]
    expires_at: NotRequired[int]
    data: NotRequired[Json]


class OrderItem(TypedDict):
    product_id: str
    quantity: float
    price: float | None
    currency: str


class OrderContent(TypedDict):
    """order"""

    items: list[OrderItem]
    catalog_id: NotRequired[str]
    text: NotRequired[str]


class SystemContent(TypedDict):
    """system: said by WhatsApp, not by the customer"""

    type: str
    body: NotRequired[str]
    wa_id: NotRequired[str]
    identity: NotRequired[JsonObject]


class EditContent(TypedDict):
    """edit"""

    target_wamid: str
    kind: str
    content: JsonObject


class RevokeContent(TypedDict):
    """revoke"""

    target_wamid: str


class RequestWelcomeContent(TypedDict):
    """request_welcome: the customer opened the chat for the first time; says nothing"""


class ContentError(TypedDict):
    code: int | None
    title: str
    details: str


class UnsupportedContent(TypedDict):
    """unsupported: a placeholder; `original_type` is what the customer sent (poll_creation, gif, …)"""

    original_type: str
    error: NotRequired[ContentError]


class AgentMessageContent(TypedDict):
    """interactive, template in echoes of Meta's agent: its send body"""

    sent: JsonObject


Content: TypeAlias = (
    TextContent
    | MediaContent
    | LocationContent
    | ContactsContent
    | ReactionContent
    | ButtonContent
    | InteractiveContent
    | OrderContent
    | SystemContent
    | EditContent
    | RevokeContent
    | RequestWelcomeContent
    | UnsupportedContent
    | AgentMessageContent
)

KINDS: frozenset[str] = frozenset(
    {
        "text", "image", "video", "audio", "document", "sticker", "location", "contacts", "reaction", "button",
        "interactive", "order", "system", "edit", "revoke", "request_welcome", "template", "unsupported",
    }
)  # fmt: skip
"""Every `kind` that parsing can give; `template` only in echoes."""

MEDIA_KINDS: frozenset[str] = frozenset({"image", "video", "audio", "document", "sticker"})


class ReferralContent(TypedDict):
    """`InboundMessage.referral`: an ad or a post (Meta's keys; all of them may be missing)."""

    source_url: NotRequired[str]
    source_id: NotRequired[str]
    source_type: NotRequired[str]
    headline: NotRequired[str]
    body: NotRequired[str]
    media_type: NotRequired[str]
    image_url: NotRequired[str]
    video_url: NotRequired[str]
    thumbnail_url: NotRequired[str]
    ctwa_clid: NotRequired[str]
    welcome_message: NotRequired[JsonObject]
