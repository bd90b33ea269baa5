"""The place of a row in a list ordered by (time, id), as an opaque string: keyset paging, stable under inserts."""

import base64
import binascii
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query

from inbox.kernel.errors import Invalid

Place = tuple[datetime, UUID]


def write_cursor(place: Place | None) -> str | None:
    if place is None:
        return None
    at, id_ = place
    return base64.urlsafe_b64encode(f"{at.isoformat()} {id_.hex}".encode()).decode().rstrip("=")


def read_cursor(cursor: str | None) -> Place | None:
    """Raises Invalid for what `write_cursor` did not write."""
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        at, _, id_ = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii").rpartition(" ")
        place = datetime.fromisoformat(at), UUID(id_)
    except (ValueError, binascii.Error) as error:
        raise Invalid("not a cursor of this list") from error
    if place[0].tzinfo is None:
        raise Invalid("not a cursor of this list")
    return place


# A screen shows about 15 rows; 100 serve somebody who reads everything.
PageLimit = Annotated[int, Query(ge=1, le=100)]
CursorText = Annotated[str | None, Query(max_length=200)]
