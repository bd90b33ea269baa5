"""A row as its readers need it, whichever driver fetched it."""

from typing import Any, Protocol


class Row(Protocol):
    """What asyncpg's Record, SQLAlchemy's RowMapping and a plain dict have in common."""

    def __getitem__(self, key: str, /) -> Any: ...
