"""`prosa …` with a clock that a test can step: the offset in seconds is read from the file that the first argument names.

Postgres keeps its own clock, as a database on another machine does.
"""

import sys
from datetime import datetime, timedelta
from pathlib import Path

from inbox.kernel import clock

_offset_file = Path(sys.argv.pop(1))
_true_now = clock.utc_now


def _stepped_now() -> datetime:
    return _true_now() + timedelta(seconds=float(_offset_file.read_text() or 0))


clock.utc_now = _stepped_now  # before anything takes it as a default

from server.cli import main  # noqa: E402

main()
