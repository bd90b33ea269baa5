"""Every setting, read once from the environment (PROSA_…) and passed down. Nothing else reads the environment.

`prosa run` fills what is missing (embedded servers, generated keys); `prosa serve` and `prosa work` insist on it.
"""

import hashlib
import hmac
from functools import cached_property
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

import orjson
from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from inbox.kernel.encryption import Vault
from inbox.mail.mail_server import MailServer, parse_mail_server
from server.edge.client_address import IpNetwork, parse_networks


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="PROSA_", extra="ignore")

    # Where things are
    host: str = "127.0.0.1"
    port: int = 8500
    public_url: str = ""
    """How browsers reach us; empty: http://host:port."""
    data_dir: Path = Path("data")
    """Keys, the embedded servers' files and stored media."""

    # Facts and hints
    database_url: str = ""
    """The owner's URL: migrations. The two roles are reached at the same place with derived passwords."""
    app_database_url: str = ""
    """prosa_app; empty: derived from database_url."""
    system_database_url: str = ""
    """prosa_system; empty: derived from database_url."""
    redis_url: str = ""

    # Secrets
    secret_key: SecretStr = SecretStr("")
    """Signs tokens, derives the roles' passwords. At least 32 characters."""
    encryption_keys: SecretStr = SecretStr("")
    """Hex keys of 32 bytes each, comma-separated, newest first: seals stored secrets."""

    # Files
    media_url: str = ""
    """Where media is stored (file:///… or s3://…); empty: data_dir/media."""
    media_hosts: str = "lookaside.fbsbx.com,mmg.whatsapp.net"
    """Hosts that media may be downloaded from with the number's token (cloud-api, section 0)."""
    max_upload_bytes: int = 100 * 1024 * 1024
    """The largest document that WhatsApp takes (cloud-api, section 4)."""

    # The edge
    trusted_proxies: str = ""
    """Networks (CIDR, comma-separated) of the proxies in front of us: only their word on who the client is counts."""
    forwarded_header: Literal["x-forwarded-for", "forwarded"] = "x-forwarded-for"
    """The header that those proxies set; the other is ignored, for clients may write it."""
    hook_networks: str = ""
    """Networks from which webhooks are taken; empty: from everywhere (they are signed)."""
    rate_limit_factor: float = Field(default=1.0, gt=0, le=1000)
    """All rate limits of accounts/plans times this: for load tests, or a machine that bears more or less."""
    outbound_hosts: str = ""
    """Hosts (host or host:port) that users may make us call although they are inside, for development; empty: none."""
    outbound_ports: str = "80,443,8080,8443"
    """Ports that users may make us call."""

    # Mail
    smtp_url: SecretStr = SecretStr("")
    """smtp://user:password@host:587 (STARTTLS), smtps://host:465, or smtp://host:25?tls=never; empty: mails wait."""
    mail_from: str = "Prosa <prosa@localhost>"
    """Who mails come from; an address that the mail server may send for."""

    # Behaviour
    event_retention_days: int = Field(default=7, ge=1)
    access_token_minutes: int = Field(default=15, ge=1, le=60)
    session_days: int = Field(default=30, ge=1)
    super_admin_second_factor: bool = True
    """Super admins must have a second factor. `prosa run` does without, so that its demo can be tried at once."""
    secure_cookies: bool = False
    """True behind https; `prosa serve` sets it when public_url is https."""
    log_level: str = "INFO"
    log_json: bool = False
    hook_max_bytes: int = 4 * 1024 * 1024
    """Meta's batches are up to 3 MB (cloud-api, section 1.2); one more for safety."""
    relay_gap_wait_ms: int = 25
    """How long the relay waits for a missing seq before it reads the log."""
    conflation_ms: int = 100
    replay_limit: int = 5000
    """A cursor further behind than this gets resync_required: refetching is cheaper."""

    @field_validator("smtp_url")
    @classmethod
    def _is_mail_server(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value():
            parse_mail_server(value.get_secret_value())
        return value

    @cached_property
    def vault(self) -> Vault:
        return Vault(
            [bytes.fromhex(key) for key in self.encryption_keys.get_secret_value().split(",") if key]
        )

    @field_validator("trusted_proxies", "hook_networks")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        parse_networks(split_list(value))
        return value

    @field_validator("outbound_ports")
    @classmethod
    def _are_ports(cls, value: str) -> str:
        if not all(0 < int(port) < 65536 for port in split_list(value)):
            raise ValueError("ports are numbers from 1 to 65535")
        return value

    @property
    def trusted_networks(self) -> tuple[IpNetwork, ...]:
        return parse_networks(split_list(self.trusted_proxies))

    @property
    def webhook_networks(self) -> tuple[IpNetwork, ...]:
        return parse_networks(split_list(self.hook_networks))

    @property
    def mail_server(self) -> MailServer | None:
        url = self.smtp_url.get_secret_value()
        return parse_mail_server(url) if url else None

    @property
    def inside_hosts(self) -> frozenset[str]:
        return frozenset(host.lower() for host in split_list(self.outbound_hosts))

    @property
    def callable_ports(self) -> frozenset[int]:
        return frozenset(int(port) for port in split_list(self.outbound_ports))

    @property
    def base_url(self) -> str:
        return self.public_url.rstrip("/") or self.base_url_local

    @property
    def base_url_local(self) -> str:
        """How this machine reaches us, whatever the public address is."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104 - compared, not bound
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def resolved_app_database_url(self) -> str:
        return self.app_database_url or self._role_url("prosa_app")

    @property
    def resolved_system_database_url(self) -> str:
        return self.system_database_url or self._role_url("prosa_system")

    @property
    def resolved_media_url(self) -> str:
        return self.media_url or (self.data_dir / "media").absolute().as_uri()

    @property
    def audit_key(self) -> bytes:
        """Authenticates the audit log (kernel/audit); derived, and nowhere in the database."""
        return hmac.new(self.secret_key.get_secret_value().encode(), b"audit log", hashlib.sha256).digest()

    def role_password(self, role: str) -> str:
        """Derived, so that one secret suffices; `prosa migrate` gives it to the role."""
        return hmac.new(
            self.secret_key.get_secret_value().encode(), f"database role {role}".encode(), hashlib.sha256
        ).hexdigest()

    def as_json(self) -> bytes:
        """Everything, secrets too: for a child's standard input, never for a log."""
        values = self.model_dump(mode="python", exclude_defaults=True)
        plain = {
            name: value.get_secret_value() if isinstance(value, SecretStr) else value
            for name, value in values.items()
        }
        return orjson.dumps(plain, default=str)

    def _role_url(self, role: str) -> str:
        url = urlsplit(self.database_url)
        place = url.netloc.rpartition("@")[2]
        return urlunsplit(url._replace(netloc=f"{role}:{self.role_password(role)}@{place}"))


def split_list(value: str) -> list[str]:
    """A comma-separated setting."""
    return [part.strip() for part in value.split(",") if part.strip()]
