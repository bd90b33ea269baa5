"""`prosa …` with a clock that a test can step where no library can be put under a process (tests/chaos/clock.py).

The offset in microseconds is read from the file that the first argument names.
"""

import sys
from datetime import datetime, timedelta
from pathlib import Path

from inbox.kernel import clock

_offset_file = Path(sys.argv.pop(1))
_true_now = clock.utc_now


def _stepped_now() -> datetime:
    offset = int.from_bytes(_offset_file.read_bytes(), "little", signed=True)
    return _true_now() + timedelta(microseconds=offset)


clock.utc_now = _stepped_now  # before anything takes it as a default

from server.cli import main  # noqa: E402

main()
