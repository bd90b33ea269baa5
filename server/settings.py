"""Every setting, read once from the environment (PROSA_…) and passed down. Nothing else reads the environment.

`prosa run` fills what is missing (embedded servers, generated keys); `prosa serve` and `prosa work` insist on it.
"""

import hashlib
import hmac
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import orjson
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from inbox.kernel.encryption import Vault


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

    # Behaviour
    event_retention_days: int = Field(default=7, ge=1)
    access_token_minutes: int = Field(default=15, ge=1, le=60)
    session_days: int = Field(default=30, ge=1)
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

    @cached_property
    def vault(self) -> Vault:
        return Vault(
            [bytes.fromhex(key) for key in self.encryption_keys.get_secret_value().split(",") if key]
        )

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
