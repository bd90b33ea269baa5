"""Reading fields of a request: each function returns a checked value or raises the fitting GraphProblem."""

from collections.abc import Callable, Mapping
from typing import Any

from server.sandbox.problems import GraphProblem

MediaKnown = Callable[[str], bool]
"""Whether a media id belongs to the sending number."""


def length_utf16(text: str) -> int:
    """Length as phones count it: an emoji outside the basic plane counts twice."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def need(mapping: Mapping[str, Any], key: str, where: str = "") -> Any:
    """The value of a required key."""
    value = mapping.get(key)
    if value is None:
        raise GraphProblem(131008, f"{where + '.' if where else ''}{key} is required")
    return value


def need_object(mapping: Mapping[str, Any], key: str, where: str = "") -> dict[str, Any]:
    value = need(mapping, key, where)
    if not isinstance(value, dict):
        raise GraphProblem(131009, f"{where + '.' if where else ''}{key} must be an object")
    return value


def need_list(mapping: Mapping[str, Any], key: str, lowest: int, highest: int, where: str) -> list[Any]:
    value = need(mapping, key, where)
    if not isinstance(value, list) or not lowest <= len(value) <= highest:
        raise GraphProblem(131009, f"{where}.{key} must hold {lowest} to {highest} items")
    return value


def need_text(mapping: Mapping[str, Any], key: str, highest: int, where: str) -> str:
    """A required string of 1 to `highest` characters that is not blank."""
    value = need(mapping, key, where)
    if not isinstance(value, str) or not value.strip():
        raise GraphProblem(131009, f"{where}.{key} must be a non-empty string")
    if length_utf16(value) > highest:
        raise GraphProblem(131009, f"{where}.{key} is longer than {highest} characters")
    return value


def may_text(mapping: Mapping[str, Any], key: str, highest: int, where: str) -> None:
    """An optional string of at most `highest` characters."""
    value = mapping.get(key)
    if value is None:
        return
    if not isinstance(value, str) or length_utf16(value) > highest:
        raise GraphProblem(131009, f"{where}.{key} must be a string of at most {highest} characters")


def check_media_object(media: Mapping[str, Any], where: str, media_known: MediaKnown) -> None:
    """`id` or `link`, one of them."""
    media_id, link = media.get("id"), media.get("link")
    if (media_id is None) == (link is None):
        raise GraphProblem(131008, f"{where} needs either id or link")
    if media_id is not None and not (isinstance(media_id, str) and media_known(media_id)):
        raise GraphProblem(131009, f"{where}.id is not a media object of this phone number")
    if link is not None and not (isinstance(link, str) and link.startswith(("https://", "http://"))):
        raise GraphProblem(131009, f"{where}.link must be an HTTP or HTTPS address")
