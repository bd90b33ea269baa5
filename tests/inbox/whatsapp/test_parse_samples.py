"""Every public sample: as many items come out as a walk that knows nothing of the parser counts."""

from typing import Any

import orjson
import pytest

from inbox.whatsapp.parse import parse_webhook
from inbox.whatsapp.payloads import KINDS, MEDIA_KINDS
from tests.inbox.whatsapp.conftest import samples_dir


def test_public_samples_are_there() -> None:
    if samples_dir() is None:
        pytest.skip("PROSA_SAMPLES_DIR is not set: the parser ran on payloads of our own only")


def _count(sample: dict[str, Any]) -> tuple[int, int, int]:
    """(messages, statuses, other changes)."""
    messages = statuses = others = 0
    for entry in sample["entry"]:
        for change in entry["changes"]:
            value = change["value"]
            messages += len(value.get("messages", []))
            if change["field"] == "messages":
                statuses += len(value.get("statuses", []))
            else:
                others += 1
    return messages, statuses, others


def test_nothing_is_lost(sample: dict[str, Any]) -> None:
    parsed = parse_webhook(sample)
    assert (len(parsed.messages), len(parsed.statuses), len(parsed.account_updates)) == _count(sample)
    assert parsed.unparsed == []
    assert parsed.echoes == []


def test_items_are_complete(sample: dict[str, Any]) -> None:
    parsed = parse_webhook(sample)
    for message in parsed.messages:
        assert message.wamid == message.raw["id"]
        assert message.sender.wa_id == message.raw["from"]
        assert message.at is not None
        assert int(message.at.timestamp()) == int(message.raw["timestamp"])
        assert message.phone_number_id
        assert message.waba_id
        assert message.kind in KINDS
        orjson.dumps(message.content)
        if message.kind in MEDIA_KINDS:
            assert message.content["media"]["meta_id"] == message.raw[message.kind]["id"]
    for status in parsed.statuses:
        assert status.status == status.raw["status"]
        assert status.recipient.wa_id == status.raw.get("recipient_id")
        assert len(status.errors) == len(status.raw.get("errors", []))
        assert status.pricing == status.raw.get("pricing")


def test_what_samples_say_is_understood(sample: dict[str, Any]) -> None:
    """A message with a type object that we know never ends as unsupported."""
    for message in parse_webhook(sample).messages:
        declared = message.raw.get("type")
        expected = declared or next(key for key in ("location", "text") if key in message.raw)
        assert message.kind == expected
