"""What a browser's user agent says about the device, for people who look at their sessions."""

from dataclasses import dataclass
from functools import lru_cache

from ua_parser import parse


@dataclass(frozen=True, slots=True)
class Device:
    device: str
    """Its make or model where the browser tells; empty for most computers."""
    browser: str
    os: str

    @property
    def label(self) -> str:
        """Chrome 142, Windows."""
        return ", ".join(part for part in (self.browser, self.os, self.device) if part)


# Parsing takes up to some milliseconds: hundreds of patterns are tried.
@lru_cache(maxsize=2048)
def parse_device(user_agent: str) -> Device:
    """Empty strings for what cannot be told."""
    found = parse(user_agent)
    browser, system, device = found.user_agent, found.os, found.device
    model = " ".join(filter(None, (device.brand, device.model))) if device else ""
    return Device(
        device=model or (device.family if device and device.family != "Other" else ""),
        browser=_versioned(browser.family, browser.major) if browser else "",
        os=_versioned(system.family, system.major) if system else "",
    )


def _versioned(name: str, version: str | None) -> str:
    return f"{name} {version}" if version else name
