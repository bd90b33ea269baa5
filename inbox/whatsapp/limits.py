"""Text of limited length in messages that we send.

Meta counts characters without saying which; UTF-16 units are the larger count (an emoji is two), so they are counted
(Cloud API, message reference, read 2026-11).
"""

from typing import Annotated, TypeAlias

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError


def utf16_length(value: str) -> int:
    return len(value.encode("utf-16-le", "surrogatepass")) // 2


def limited(maximum: int, *, minimum: int = 1) -> AfterValidator:
    """Between `minimum` and `maximum` UTF-16 units, not blank when anything is required, no NUL."""

    def check(value: str) -> str:
        length = utf16_length(value)
        if length > maximum:
            raise PydanticCustomError(
                "text_too_long",
                "at most {limit} characters, not {length}",
                {"limit": maximum, "length": length},
            )
        if minimum and not value.strip():
            raise PydanticCustomError("text_blank", "must not be blank", {"limit": minimum})
        if "\x00" in value:
            raise PydanticCustomError("text_forbidden_character", "must not contain NUL")
        return value

    return AfterValidator(check)


# The lengths of Cloud API's message reference (read 2026-11); where documentation and OpenAPI v23.0 differ, the smaller.
Body: TypeAlias = Annotated[str, limited(4096)]
Caption: TypeAlias = Annotated[str, limited(1024)]
InteractiveBody: TypeAlias = Annotated[str, limited(1024)]
HeaderText: TypeAlias = Annotated[str, limited(60)]
FooterText: TypeAlias = Annotated[str, limited(60)]
ButtonTitle: TypeAlias = Annotated[str, limited(20)]
ReplyId: TypeAlias = Annotated[str, limited(256)]
RowId: TypeAlias = Annotated[str, limited(200)]
RowTitle: TypeAlias = Annotated[str, limited(24)]
RowDescription: TypeAlias = Annotated[str, limited(72)]
FlowButton: TypeAlias = Annotated[str, limited(30)]
CouponCode: TypeAlias = Annotated[str, limited(20)]
Wamid: TypeAlias = Annotated[str, limited(512)]
"""Meta's are up to about 128 characters and opaque; ours keeps a column sane."""
Line: TypeAlias = Annotated[str, limited(1000)]
"""Meta prints no limit (names, addresses, ids); ours keeps a bubble drawable."""

MAX_BUTTONS = 3
MAX_SECTIONS = 10
MAX_ROWS_IN_LIST = 10
# 257 in the documentation, 5 in OpenAPI v23.0.
MAX_CONTACTS = 5
MAX_CALLBACK_DATA = 512
# An emoji of several people, skin tones and joiners is 35 units; more is text, which Meta refuses.
MAX_EMOJI = 40


def _check_web_address(value: str) -> str:
    scheme, separator, rest = value.partition("://")
    if (
        scheme.lower() not in ("http", "https")
        or not separator
        or not rest
        or any(c.isspace() for c in value)
    ):
        raise PydanticCustomError("not_a_web_address", "must be an http(s) address")
    return value


WebAddress: TypeAlias = Annotated[str, limited(2000), AfterValidator(_check_web_address)]
"""2,000: what templates' URL buttons take; for prompts Meta prints none."""
