"""The browser of the end-to-end tests: a Chromium or Chrome that is there, else one is installed.

`python -m tests.e2e.browser` makes sure that there is one; `make test` runs it first.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")

# No sandbox: tests run as root in containers. The others keep Chromium from calling its maker.
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def find_browser() -> str | None:
    """A path for Playwright's `executable_path`; PROSA_CHROMIUM names one explicitly."""
    if named := os.environ.get("PROSA_CHROMIUM"):
        return named
    for name in _NAMES:
        if path := shutil.which(name):
            return path
    if _MAC.exists():
        return str(_MAC)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    return str(own) if own.exists() else None


def install_browser() -> None:
    """Debian's package when we may install packages, else Playwright's own download."""
    if shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=True, stdout=subprocess.DEVNULL)
    else:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


def main() -> None:
    if find_browser() is None:
        install_browser()
    if find_browser() is None:
        sys.exit("The end-to-end tests need Chromium or Chrome: install one, or name it in PROSA_CHROMIUM")


if __name__ == "__main__":
    main()
