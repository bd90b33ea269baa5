"""Where mails are handed over, as one address.

`smtp://user:password@host:587` turns on TLS by STARTTLS and refuses to go on without (only a server on this machine may
do without); `smtps://host:465` is TLS from the first byte; `smtp://host:25?tls=never` is for a relay in the same network.
"""

import ipaddress
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import parse_qs, unquote, urlsplit

Tls = Literal["from_start", "required", "when_offered", "never"]

# RFC 6409 (submission) and RFC 8314 (submission over TLS).
_PORTS: Final = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class MailServer:
    host: str
    port: int
    tls: Tls
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return f"MailServer({self.host}:{self.port}, {self.tls})"


def parse_mail_server(url: str) -> MailServer:
    """Raises ValueError with what is wrong; never with the password."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("an SMTP address looks like smtp://user:password@host:587 or smtps://host:465")
    try:
        port = parts.port or _PORTS[parts.scheme]
    except ValueError as error:
        raise ValueError("the SMTP address has no valid port") from error
    wanted = parse_qs(parts.query).get("tls", [""])[-1]
    if wanted not in ("", "never", "required"):
        raise ValueError("tls= is `required` or `never`")
    tls: Tls = "when_offered" if _is_here(parts.hostname) else "required"
    if parts.scheme == "smtps":
        tls = "from_start"
    elif wanted in ("never", "required"):
        tls = "never" if wanted == "never" else "required"
    return MailServer(parts.hostname, port, tls, unquote(parts.username or ""), unquote(parts.password or ""))


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
