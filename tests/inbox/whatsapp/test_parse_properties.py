"""The parser is total: any JSON value, and any damage to a real webhook, gives a result and loses nothing."""

import copy
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from inbox.whatsapp.parse import parse_webhook
from inbox.whatsapp.payloads import KINDS, ParsedWebhook
from tests.inbox.whatsapp.test_parse import EVERY_KIND, EVERY_STATUS, value_with

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
NAMES = st.sampled_from(
    [
        "object", "entry", "changes", "field", "value", "messages", "statuses", "contacts", "errors", "id", "from",
        "type", "text", "body", "timestamp", "metadata", "phone_number_id", "system", "edit", "message", "history",
        "threads", "standby", "message_echoes", "to", "wa_id", "user_id", "from_user_id", "status", "context",
        "whatsapp_business_account", "interactive", "reaction", "button", "profile", "recipient_id", "time",
    ]
)  # fmt: skip
ANYTHING = st.recursive(
    SCALARS | NAMES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.text(max_size=5), inner, max_size=5)
    ),
    max_leaves=25,
)
FIELDS = st.sampled_from(
    ["messages", "history", "standby", "smb_message_echoes", "calls", "account_update", ""]
)


def _check(parsed: ParsedWebhook) -> None:
    for message in parsed.messages:
        assert message.wamid
        assert message.kind in KINDS
        assert message.sender.wa_id or message.sender.bsuid or message.group_id
        assert message.sender.wa_id is None or message.sender.wa_id.isdigit()
        assert message.at is None or message.at.tzinfo is not None
        orjson.dumps(message.content, option=orjson.OPT_NON_STR_KEYS, default=str)
    for status in parsed.statuses:
        assert status.wamid
        assert status.status
    for echo in parsed.echoes:
        assert echo.wamid
        assert echo.kind in KINDS or echo.kind == "template"


@given(ANYTHING)
def test_any_value_is_parsed(document: object) -> None:
    _check(parse_webhook(document))


@given(ANYTHING, FIELDS)
def test_any_value_of_any_field_is_parsed(value: object, field: str) -> None:
    change = {"field": field, "value": value}
    _check(
        parse_webhook({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]})
    )


@given(st.lists(ANYTHING, max_size=6), st.lists(ANYTHING, max_size=6), st.lists(ANYTHING, max_size=3))
def test_every_message_and_status_comes_out_somewhere(
    messages: list[Any], statuses: list[Any], contacts: list[Any]
) -> None:
    parsed = parse_webhook(value_with(contacts=contacts, messages=messages, statuses=statuses))
    _check(parsed)
    found = [message.raw for message in parsed.messages]
    found += [status.raw for status in parsed.statuses]
    found += [item.raw for item in parsed.unparsed]
    assert len(found) == len(messages) + len(statuses)
    for item in [*messages, *statuses]:
        assert any(item is raw for raw in found)


def _places(value: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        found.append((value, key))
        found.extend(_places(inner))
    return found


@settings(max_examples=300)
@given(st.sampled_from(EVERY_KIND + EVERY_STATUS), st.data())
def test_a_damaged_webhook_is_parsed(original: dict[str, Any], data: st.DataObject) -> None:
    document = copy.deepcopy(original)
    for _ in range(data.draw(st.integers(1, 3))):
        places = _places(document)
        if not places:
            break
        holder, key = places[data.draw(st.integers(0, len(places) - 1))]
        if isinstance(holder, dict) and data.draw(st.booleans()):
            del holder[key]
        else:
            holder[key] = data.draw(ANYTHING)
    _check(parse_webhook(document))
