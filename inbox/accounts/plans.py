"""What each plan allows, in one place. `accounts.plan` names one; an unknown name is the smallest, never no limit.

Rates are requests a minute over REST. The live socket has its own allowance (realtime/commands), sending to WhatsApp its
own pacing (inbox/outbox): here it is only limited how fast somebody may ask.
"""

from dataclasses import dataclass
from typing import Final

_MB: Final = 1024 * 1024
_GB: Final = 1024 * _MB


@dataclass(frozen=True, slots=True)
class Plan:
    name: str
    user_requests_per_minute: int
    """A person who clicks fast makes about 60 requests a minute, a page full of pictures some hundreds at once."""
    key_requests_per_minute: int
    """Of one API key."""
    number_sends_per_minute: int
    """Messages that REST may queue for one number: WhatsApp itself takes 80 a second by default (cloud-api, section 2)."""
    members: int
    numbers: int
    departments: int
    api_keys: int
    roles: int
    """Custom ones."""
    upload_bytes: int
    """One file."""
    storage_bytes: int


STANDARD: Final = Plan(
    name="standard",
    user_requests_per_minute=600,
    key_requests_per_minute=600,
    number_sends_per_minute=1_200,
    members=50,
    numbers=5,
    departments=30,
    api_keys=10,
    roles=20,
    upload_bytes=100 * _MB,
    storage_bytes=50 * _GB,
)

BUSINESS: Final = Plan(
    name="business",
    user_requests_per_minute=1_200,
    key_requests_per_minute=3_000,
    # A number at its default throughput of 80 a second, for a whole minute.
    number_sends_per_minute=4_800,
    members=500,
    numbers=50,
    departments=200,
    api_keys=50,
    roles=100,
    upload_bytes=100 * _MB,
    storage_bytes=1_000 * _GB,
)

PLANS: Final[dict[str, Plan]] = {plan.name: plan for plan in (STANDARD, BUSINESS)}

# ── of the installation, for no account is known yet ────────────────────────────────────────────────────────────────

ADDRESS_REQUESTS_PER_MINUTE: Final = 6_000
"""From one address in all. A company's office shares one: 200 people at 30 requests a minute."""
ANONYMOUS_REQUESTS_PER_MINUTE: Final = 300
"""From one address without a credential: sign-in, links of invitations. 200 people sign in within a minute of nine o'clock."""


def plan_of(name: str) -> Plan:
    return PLANS.get(name, STANDARD)
