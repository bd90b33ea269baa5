"""What all models of outgoing messages share: strictness, media ids, and the error for what cannot be sent."""

from collections.abc import Mapping
from typing import Any, TypeAlias
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError

from inbox.kernel.errors import ProsaError

MediaIds: TypeAlias = Mapping[UUID, str]
"""Our media id → the id that Meta gave for the sending number."""


class InvalidOutgoing(ProsaError):
    """A message breaks a limit of WhatsApp. `extra["errors"]` lists `{"field", "code", "message", "limit"?}`."""

    code = "invalid_outgoing"
    status = 422
    title = "WhatsApp would not accept this message"


class MediaNotUploaded(ProsaError):
    """A file of the message has no id at Meta yet: upload it first."""

    code = "media_not_uploaded"
    status = 409
    title = "The file is not on WhatsApp yet"


class Sendable(BaseModel):
    """Part of an outgoing message. Unknown keys are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def meta_id(media_id: UUID, media: MediaIds) -> str:
    try:
        return media[media_id]
    except KeyError:
        raise MediaNotUploaded(media_id=media_id) from None


def present(**values: Any) -> dict[str, Any]:
    """The values that are not None."""
    return {key: value for key, value in values.items() if value is not None}


def invalid(field: str, code: str, message: str, limit: int | None = None) -> InvalidOutgoing:
    entry = present(field=field, code=code, message=message, limit=limit)
    return InvalidOutgoing(f"{field}: {message}", errors=[entry])


def invalid_from(error: ValidationError, value: object) -> InvalidOutgoing:
    """pydantic's findings about `value` as ours."""
    entries: list[dict[str, Any]] = []
    for found in error.errors(include_url=False, include_input=False):
        context = found.get("ctx", {})
        limit = next((context[key] for key in ("limit", "max_length", "le", "ge") if key in context), None)
        entries.append(
            present(
                field=_field(value, found["loc"], missing=found["type"] == "missing")
                or str(context.get("field", "kind")),
                code=found["type"],
                message=found["msg"],
                limit=limit if isinstance(limit, int | float) else None,
            )
        )
    first = entries[0]
    return InvalidOutgoing(f"{first['field']}: {first['message']}", errors=entries)


def _field(value: Any, location: tuple[int | str, ...], *, missing: bool) -> str:
    """The path to a field as the sender wrote it: pydantic's, without the tags of unions that it puts between."""
    path: list[str] = []
    for part in location[:-1] if missing else location:
        is_key = isinstance(value, dict) and part in value
        is_index = isinstance(value, list) and isinstance(part, int) and part < len(value)
        if is_key or is_index:
            path.append(str(part))
            value = value[part]
    if missing:
        path.append(str(location[-1]))
    return ".".join(path)
