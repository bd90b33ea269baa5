"""A message in one short line."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.conversations.preview import PREVIEW_CHARACTERS, preview_text

_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
_KEYS = ["body", "caption", "contacts", "title", "name", "address", "text", "emoji"]


@pytest.mark.parametrize(
    ("kind", "content", "shown"),
    [
        ("text", {"body": "Oi,\n tudo  bem?"}, "Oi, tudo bem?"),
        ("text", {"body": "a" * 300}, "a" * 119 + "…"),
        ("image", {"caption": "Olha só"}, "Olha só"),
        ("image", {}, ""),
        ("audio", {"voice": True}, ""),
        ("location", {"latitude": 1, "longitude": 2, "address": "Rua A"}, "Rua A"),
        ("contacts", {"contacts": [{"name": "Bia"}, {"name": {"formatted_name": "Caio"}}]}, "Bia, Caio"),
        ("interactive", {"type": "button_reply", "title": "Pix"}, "Pix"),
        ("interactive", {"type": "button", "body": {"text": "Escolha"}}, "Escolha"),
        ("unsupported", {"original_type": "poll_creation"}, ""),
        ("contacts", {"contacts": 5}, ""),
        ("what comes next year", {"body": "x"}, ""),
    ],
)
def test_the_words_of_each_kind_are_shown(kind: str, content: dict[str, Any], shown: str) -> None:
    assert preview_text(kind, content) == shown


@given(
    st.sampled_from(["text", "image", "contacts", "interactive", "location", "template", "order", "new"]),
    st.dictionaries(st.sampled_from(_KEYS), _JSON),
)
def test_any_content_has_a_preview_of_one_short_line(kind: str, content: dict[str, Any]) -> None:
    line = preview_text(kind, content)
    assert len(line) <= PREVIEW_CHARACTERS
    assert "\n" not in line
