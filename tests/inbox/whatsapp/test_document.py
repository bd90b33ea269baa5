"""Bytes to document: what strict decoders or Postgres would refuse is mended, what is no JSON is refused."""

import contextlib

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.whatsapp.document import MalformedBody, load_document


def test_half_an_emoji_does_not_cost_the_whole_post() -> None:
    assert load_document(rb'{"a":"Ana \ud83d","b":"\ude00 x","c":"\ud83d\ude00"}') == {
        "a": "Ana �",
        "b": "� x",
        "c": "😀",
    }


def test_nul_is_replaced_but_an_escaped_backslash_is_not_an_escape() -> None:
    assert load_document(rb'["a\u0000b", "\\u0000", "\\\u0000"]') == ["a�b", r"\u0000", "\\�"]


def test_bytes_that_are_no_utf8_are_replaced() -> None:
    assert load_document(b'"a\xff"') == "a�"


@pytest.mark.parametrize("body", [b"", b"{", b"nan", b"[1", b'"\\x"', b"\x00"])
def test_what_is_no_json_is_400(body: bytes) -> None:
    with pytest.raises(MalformedBody) as caught:
        load_document(body)
    assert caught.value.status == 400


@given(st.recursive(st.text() | st.integers(0, 10), lambda inner: st.lists(inner), max_leaves=5))
def test_documents_without_nul_come_back_as_they_are(value: object) -> None:
    body = orjson.dumps(value)
    if b"\\u0000" not in body:
        assert load_document(body) == value


@given(st.binary())
def test_any_bytes_give_a_document_or_malformed(body: bytes) -> None:
    with contextlib.suppress(MalformedBody):
        load_document(body)
