"""Takes warnings and errors out of the log for the system log (server/system_log writes them).

Invariants
- Logging never waits and never fails because of this: the tap puts an entry into a bounded queue, drops the oldest when it is
  full, and counts what it dropped.
- What is kept holds no secrets: only plain fields, without those whose names speak of secrets or people, with addresses and
  long digits masked; of an exception its type and where it was raised, never its text (a database's error quotes the row).
- It never feeds itself: what is logged while entries are being written (`IS_WRITING`) is not kept.
"""

import contextlib
import re
import sys
import threading
import traceback
from collections import deque
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final

from structlog.typing import EventDict, WrappedLogger

from inbox.installation.log_entry import NewLogEntry
from inbox.kernel.ids import new_id

_LEVELS: Final = frozenset({"warning", "error", "critical"})
# A process that logs more than this while the database is away has one trouble, told a thousand times.
_WAITING: Final = 2_000

_FIELDS: Final = 30
_CHARACTERS: Final = 500
_FRAMES: Final = 12
_SECRET_NAME: Final = re.compile(
    r"token|secret|passw|authori[sz]ation|cookie|credential|signature|seed|(^|_)key|phone|wa_id|email|address|recipient"
    r"|body|text|content|caption|(^|_)name$",
    re.IGNORECASE,
)
# Telephone numbers and WhatsApp ids; the digits of a UUID stand between hyphens or letters.
_LONG_DIGITS: Final = re.compile(r"(?<![0-9A-Fa-f-])\+?[0-9]{8,}(?![0-9A-Fa-f-])")
_ADDRESS: Final = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+")
# Bearer tokens, keys, JWTs: no word of a language is that long, and no UUID.
_LONG_WORD: Final = re.compile(r"[A-Za-z0-9_.+=-]{41,}")
_INTERNAL: Final = frozenset({"event", "level", "timestamp", "exc_info", "stack_info", "exception", "stack"})

IS_WRITING: Final[ContextVar[bool]] = ContextVar("system_log_is_writing", default=False)
"""Set by the writer around its own work."""


class SystemLogTap:
    """A processor of structlog that passes everything on, and keeps what is a warning or worse. Thread-safe."""

    def __init__(self) -> None:
        self._waiting: deque[NewLogEntry] = deque()
        self._lock = threading.Lock()
        self._is_on = False
        self.dropped = 0

    def turn_on(self) -> None:
        """Nothing is kept before: commands that never write would only gather."""
        self._is_on = True

    def __call__(self, _logger: WrappedLogger, _method: str, event_dict: EventDict) -> EventDict:
        if self._is_on and event_dict.get("level") in _LEVELS and not IS_WRITING.get():
            with contextlib.suppress(Exception):  # a field that cannot be read must not stop the log
                self._keep(_entry(event_dict))
        return event_dict

    @property
    def has_entries(self) -> bool:
        return bool(self._waiting)

    def take(self, most: int) -> list[NewLogEntry]:
        with self._lock:
            return [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]

    def put_back(self, entries: list[NewLogEntry]) -> None:
        """They could not be written; the newest are kept when there is no room for all."""
        with self._lock:
            room = max(0, _WAITING - len(self._waiting))
            kept = entries[len(entries) - room :] if room < len(entries) else entries
            self.dropped += len(entries) - len(kept)
            self._waiting.extendleft(reversed(kept))

    def _keep(self, entry: NewLogEntry) -> None:
        with self._lock:
            if len(self._waiting) >= _WAITING:
                self._waiting.popleft()
                self.dropped += 1
            self._waiting.append(entry)


TAP: Final = SystemLogTap()
"""Of this process: logging is configured once for all of it."""


def _entry(event_dict: EventDict) -> NewLogEntry:
    fields: dict[str, Any] = {}
    for name, value in event_dict.items():
        if name in _INTERNAL or name.startswith("_") or len(fields) >= _FIELDS:
            continue
        fields[name] = "…" if _SECRET_NAME.search(name) else _plain(value)
    fields |= _exception(event_dict.get("exc_info"))
    event = _masked(str(event_dict.get("event", "")))
    return NewLogEntry(new_id(), datetime.now(UTC), str(event_dict["level"]), event, "", fields)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (bool, float)):
        return value
    if isinstance(value, int):
        return value if abs(value) < 10**8 else _masked(str(value))
    if isinstance(value, Mapping):
        return {
            str(name)[:80]: "…" if _SECRET_NAME.search(str(name)) else _plain(inner)
            for name, inner in list(value.items())[:_FIELDS]
        }
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(inner) for inner in list(value)[:_FIELDS]]
    return _masked(str(value))


def _masked(value: str) -> str:
    value = value.replace("\x00", "")[: _CHARACTERS * 4]
    for pattern in (_ADDRESS, _LONG_WORD, _LONG_DIGITS):
        value = pattern.sub("…", value)
    return value[:_CHARACTERS]


def _exception(exc_info: Any) -> dict[str, Any]:
    """Its type and the innermost frames. structlog gives True (the one being handled), an exception or a triple."""
    if not exc_info:
        return {}
    if exc_info is True:
        error = sys.exc_info()[1]
    elif isinstance(exc_info, tuple):
        error = exc_info[1]
    else:
        error = exc_info
    if not isinstance(error, BaseException):
        return {}
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    # From the room on: where this machine has installed us is nobody's business.
    trace = [f"{'/'.join(frame.filename.split('/')[-3:])}:{frame.lineno} {frame.name}" for frame in frames]
    return {"error_type": type(error).__name__, "trace": trace}
