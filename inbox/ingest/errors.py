"""How ingest fails: what Meta has to send again, and what it must never have to."""

import traceback

import asyncpg

from inbox.kernel.errors import Unavailable


class StorageUnavailable(Unavailable):
    """Nothing was committed and nothing is wrong with the webhook: answer 503, Meta repeats it (cloud-api, section 1.5)."""

    code = "storage_unavailable"
    title = "Webhooks cannot be stored right now"


class IngestFull(Unavailable):
    """More waits than this process may hold in memory. Meta's retries are the queue."""

    code = "ingest_full"
    title = "Too many webhooks wait to be stored"


class LostRace(Exception):
    """Another transaction wrote first what this one had just read as missing: roll back and read again.

    Every insert of ingest says ON CONFLICT DO NOTHING and counts; a row that is missing in the count means that the
    database has decided for somebody else.
    """


# What asyncpg tells of an error without quoting values.
_TELLING = ("sqlstate", "table_name", "column_name", "constraint_name")


class BrokenBatch(Exception):
    """Something in the batch cannot be stored, now or later. `__cause__` says what went wrong."""

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        # The driver's words may hold what a customer wrote; the kind of error does not.
        names = (type(error).__name__, *(getattr(error, name, None) for name in _TELLING))
        self.cause = " ".join(str(name) for name in names if name)
        frames = traceback.extract_tb(error.__traceback__)
        ours = [frame for frame in frames if "inbox" in frame.filename]
        self.where = f"{ours[-1].name}:{ours[-1].lineno}" if ours else ""


# SQLSTATE classes that say "this value cannot be stored": data exception, integrity violation, program limit exceeded
# (a key that is too long for an index). Repeating them cannot help. Everything else is the state of the server or of
# the schema, and time or an operator mends that. (PostgreSQL 18, appendix A.)
_POISON_CLASSES = frozenset({"22", "23", "54"})


def is_race(error: BaseException) -> bool:
    """The same transaction may succeed at once: deadlock, serialization failure, a unique key taken meanwhile."""
    return isinstance(
        error,
        (LostRace, asyncpg.DeadlockDetectedError, asyncpg.SerializationError, asyncpg.UniqueViolationError),
    )


def is_poison(error: BaseException) -> bool:
    """The content is at fault, or our code with it; another batch would have gone through."""
    if isinstance(error, asyncpg.PostgresError):
        return (error.sqlstate or "")[:2] in _POISON_CLASSES
    if isinstance(error, asyncpg.InterfaceError):
        # asyncpg's own "cannot encode this argument"; its other interface errors mean a broken connection.
        return isinstance(error, ValueError)
    return not isinstance(error, (OSError, TimeoutError, LostRace))
