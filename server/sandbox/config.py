"""What a sandbox is told when it starts. Everything here is data; nothing is read from outside."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Range = tuple[float, float]
"""Seconds: lowest and highest of a uniform draw."""

WindowPolicy = Literal["known", "strict", "off"]
"""How the 24-hour window is enforced.

`known`: only for customers of whom the sandbox has seen a message (the product may hold conversations
that were seeded or written before this sandbox existed). `strict`: as Meta does, no message means no
window. `off`: never.
"""


@dataclass(frozen=True, slots=True)
class StatusTiming:
    """When the statuses of an accepted message go out, counted from the acceptance."""

    sent: Range = (0.1, 0.4)
    delivered: Range = (0.5, 1.6)
    read: Range = (2.5, 20.0)
    played: Range = (2.0, 8.0)
    skip_delivered_share: float = 0.0
    """Share of read messages whose `delivered` never comes (seen when the chat is open)."""
    out_of_order_share: float = 0.0
    """Share of messages whose statuses are sent in a random order."""

    @classmethod
    def instant(cls) -> "StatusTiming":
        """Everything on the next turn of the event loop: for tests."""
        now = (0.0, 0.0)
        return cls(sent=now, delivered=now, read=now, played=now)


# Meta publishes no schedule, only "immediately, then with growing gaps", for up to 7 days
# (webhooks overview, read 2026-08). The last gap repeats until the horizon.
RETRY_GAPS_SECONDS: tuple[float, ...] = (0.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3_600.0, 14_400.0, 43_200.0)
SEVEN_DAYS_SECONDS = 7 * 86_400.0


@dataclass(frozen=True, slots=True)
class WebhookPolicy:
    """How updates become POSTs, and which faults they suffer. Changed live by `POST /sandbox/webhooks`."""

    batch_max: int = 100
    """Updates per POST, at most. Meta: up to 1,000 (webhooks overview, read 2026-08)."""
    min_gap_seconds: float = 0.01
    """Least time between two POSTs: an idle sandbox posts at once, a busy one fills its batches."""
    concurrency: int = 8
    """POSTs in flight per destination."""
    layout: Literal["grouped", "spread", "mixed"] = "grouped"
    """One change per number and kind; one change per update; or a random mixture with random key order."""
    timeout_seconds: float = 20.0
    """Not published for WhatsApp; integrators report 20 s."""
    retry_gaps_seconds: tuple[float, ...] = RETRY_GAPS_SECONDS
    give_up_after_seconds: float = SEVEN_DAYS_SECONDS
    time_scale: float = 1.0
    """Multiplies gaps and horizon: 0.001 plays seven days in ten minutes."""
    delay_seconds: float = 0.0
    """Every POST waits this long first."""
    shuffle: bool = False
    """Updates leave in random order within and across POSTs."""
    shuffle_spread_seconds: float = 0.25
    duplicate_share: float = 0.0
    """Share of POSTs sent twice, one after the other."""
    duplicate_parallel_share: float = 0.0
    """Share of POSTs sent twice at the same moment on two connections."""
    duplicate_inside_share: float = 0.0
    """Share of updates that occur twice in one POST."""


@dataclass(frozen=True, slots=True)
class SandboxNumber:
    """A business number. Empty fields are taken from the sandbox's own."""

    phone_number_id: str
    display_phone_number: str
    verified_name: str = "Casa Prosa"
    throughput_per_second: int = 80
    """Meta's default; numbers with high volume get 1,000 (throughput page, read 2026-08)."""
    waba_id: str = ""
    webhook_url: str = ""
    app_secret: str = ""
    verify_token: str = ""
    access_token: str = ""
    coexistence: bool = True
    """Only numbers that also live in the Business app report edits and deletions; others say `unsupported`."""


@dataclass(frozen=True, slots=True)
class SandboxConfig:
    """All of one sandbox. `phone_number_id` names its first number; `more_numbers` adds others."""

    webhook_url: str
    app_secret: str
    verify_token: str
    access_token: str
    host: str = "127.0.0.1"
    port: int = 8790
    waba_id: str = "419000000000001"
    phone_number_id: str = "106000000000001"
    display_phone_number: str = "+55 11 3900-0001"
    verified_name: str = "Casa Prosa"
    throughput_per_second: int = 80
    more_numbers: tuple[SandboxNumber, ...] = ()
    seed: int = 1
    customers_per_minute: float = 0.0
    """Conversations that virtual customers begin per minute; 0 is silence."""
    customer_pace: float = 1.0
    """Multiplies every delay of the virtual customers; 0 answers at once."""
    data_dir: Path | None = None
    """Where chats and media are kept, so that the phone page survives a restart; None keeps nothing."""
    smtp_port: int | None = None
    """Where mails for the mailbox page are taken, on `host`; None: no mailbox, 0: any free port."""
    public_url: str = ""
    media_base_url: str = ""
    """Prefix of media addresses, as Meta serves bytes from another host; empty means `public_url`."""
    timing: StatusTiming = field(default_factory=StatusTiming)
    webhooks: WebhookPolicy = field(default_factory=WebhookPolicy)
    window_policy: WindowPolicy = "known"
    pair_rate_enforced: bool = True
    handshake_at_start: bool = True
    webhook_version: int = 26
    """The app's webhook version. Up to 23 statuses carry `conversation` (changelog, read 2026-09)."""
    deterministic_ids: bool = False
    """Wamids depend on the seed alone. Only for tests: after a restart the product would see old ids again."""

    @property
    def base_url(self) -> str:
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"

    @property
    def numbers(self) -> tuple[SandboxNumber, ...]:
        first = SandboxNumber(
            phone_number_id=self.phone_number_id,
            display_phone_number=self.display_phone_number,
            verified_name=self.verified_name,
            throughput_per_second=self.throughput_per_second,
        )
        return (first, *self.more_numbers)
