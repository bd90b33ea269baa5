"""What an account has settled about security and privacy: the typed content of `accounts.security` and `accounts.privacy`."""

from ipaddress import ip_network
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _network(value: str) -> str:
    """Canonical: 203.0.113.7 is 203.0.113.7/32. Raises ValueError for what is no address or has host bits set."""
    return str(ip_network(value.strip()))


def _origin(value: str) -> str:
    scheme, separator, host = value.strip().rstrip("/").partition("://")
    if not separator or scheme not in ("https", "http") or not host or "/" in host or "@" in host:
        raise ValueError("an origin is a scheme and a host: https://crm.example.com")
    return f"{scheme}://{host}".lower()


Network = Annotated[str, AfterValidator(_network)]
WebOrigin = Annotated[str, AfterValidator(_origin)]


class SecurityPolicy(BaseModel):
    model_config = ConfigDict(extra="forbid")

    second_factor_roles: list[str] = Field(default_factory=list, max_length=50)
    """Built-in role names, or ids of custom roles, whose members must have a second factor."""
    sign_in_networks: list[Network] = Field(default_factory=list, max_length=200)
    """From where people may sign in and work; empty: from everywhere."""
    api_networks: list[Network] = Field(default_factory=list, max_length=200)
    """From where API keys are taken; empty: from everywhere."""
    allowed_origins: list[WebOrigin] = Field(default_factory=list, max_length=50)
    """Web pages of other origins that may call the API from a browser (CORS)."""


FieldName = Annotated[str, Field(min_length=1, max_length=80)]


class RetentionPolicy(BaseModel):
    """Days after which a kind of data goes; None keeps it. Of files and messages counted from the closing of their ticket,
    of contacts and fields from the last message."""

    model_config = ConfigDict(extra="forbid")

    media_days: int | None = Field(default=None, ge=7, le=3650)
    messages_days: int | None = Field(default=None, ge=7, le=3650)
    contacts_days: int | None = Field(default=None, ge=30, le=3650)
    """Contacts without any message for so long are erased."""
    contact_fields_days: dict[FieldName, Annotated[int, Field(ge=1, le=3650)]] = Field(
        default_factory=dict, max_length=50
    )
    """By field of the contact (`contacts.fields` key, or `username`, `profile_name`): emptied after so many days."""


class PrivacyPolicy(BaseModel):
    model_config = ConfigDict(extra="forbid")

    mask_phones: bool = False
    """Telephone numbers are shown as +55 11 9••••-••01 to those without the permission contacts.phones."""
    retention: RetentionPolicy = Field(default_factory=RetentionPolicy)
    encrypt_content: bool = False
    """What customers and operators write is sealed at rest (docs/adr/0014); the database cannot search it then."""
