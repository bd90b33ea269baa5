"""What can go wrong on a socket beside the domain's own errors."""

import asyncpg
import sqlalchemy.exc

from inbox.kernel.errors import ProsaError

DATABASE_UNREACHABLE = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    sqlalchemy.exc.InterfaceError,
    sqlalchemy.exc.OperationalError,
    sqlalchemy.exc.TimeoutError,
)
"""What the drivers raise while Postgres is away, restarting or full: the same request may succeed later."""


class TooManyCommands(ProsaError):
    code = "rate_limited"
    status = 429
    title = "Too many requests from this connection"
    retryable = True


class UnknownCommand(ProsaError):
    code = "unknown_command"
    status = 400
    title = "There is no such command"
