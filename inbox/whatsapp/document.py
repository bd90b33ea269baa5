"""From the raw bytes of a webhook to its JSON document.

Meta cuts profile names and previews by UTF-16 unit now and then, which leaves half an emoji: valid JSON grammar, but no
Unicode, so strict decoders refuse the whole POST of up to 1,000 updates, and Meta would repeat it for days. A NUL is
valid Unicode but Postgres stores it neither in text nor in jsonb. Both are mended to U+FFFD before anything else looks.
"""

import re

import orjson

from inbox.kernel.errors import ProsaError

_NUL = b"\\u0000"
# One JSON escape at a time, so that an escaped backslash before "u0000" is not taken for an escape.
_ESCAPE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u([0-9a-fA-F]{4})|\\.", re.DOTALL
)
_REPLACEMENT = rb"\ufffd"


class MalformedBody(ProsaError):
    """Not JSON, even after mending."""

    code = "malformed_body"
    status = 400
    title = "The body is not valid JSON"


def load_document(body: bytes) -> object:
    """The document, without NUL characters and without halves of surrogate pairs; raises `MalformedBody`."""
    try:
        if _NUL not in body:
            return orjson.loads(body)
        return orjson.loads(_mended(body))
    except ValueError:
        pass
    try:
        return orjson.loads(_mended(body.decode("utf-8", "replace").encode("utf-8")))
    except ValueError as error:
        raise MalformedBody from error


def _mended(body: bytes) -> bytes:
    return _ESCAPE.sub(_mended_escape, body)


def _mended_escape(escape: re.Match[bytes]) -> bytes:
    if escape[1] is not None:
        unit = int(escape[1], 16)
        if unit == 0 or 0xD800 <= unit <= 0xDFFF:
            return _REPLACEMENT
    return escape[0]
