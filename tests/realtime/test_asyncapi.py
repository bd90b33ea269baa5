"""The documents are complete and hold together."""

from collections.abc import Iterator
from typing import Any

import pytest

from realtime.asyncapi import build_asyncapi, schema_for_web
from realtime.protocol import COMMANDS, EPHEMERAL_EVENTS, EVENT_TYPES


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


@pytest.mark.parametrize("document", [schema_for_web(), build_asyncapi()], ids=["web", "asyncapi"])
def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    for reference in set(references(document)):
        node: Any = document
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]


def test_the_maps_for_web_name_everything_on_the_wire() -> None:
    schemas = schema_for_web()["components"]["schemas"]
    assert schemas["EventMap"]["properties"].keys() == EVENT_TYPES.keys()
    assert schemas["EphemeralMap"]["properties"].keys() == EPHEMERAL_EVENTS.keys()
    assert schemas["CommandMap"]["properties"].keys() == COMMANDS.keys()
    assert schemas["CommandMap"]["properties"]["send_message"]["properties"] == {
        "payload": {"$ref": "#/components/schemas/SendMessage"},
        "result": {"$ref": "#/components/schemas/MessageResult"},
    }


def test_what_we_send_always_has_all_its_fields() -> None:
    schemas = schema_for_web()["components"]["schemas"]
    for name in ("Ready", "MessageView", "TicketView", "LogItem"):
        assert set(schemas[name]["required"]) == schemas[name]["properties"].keys()
