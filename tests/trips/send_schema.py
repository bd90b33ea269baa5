"""Whether Meta would take a body: its public JSON Schema when PROSA_SAMPLES_DIR names it, else the essentials."""

import os
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from jsonschema import Draft202012Validator

# What every send body has (cloud-api, section 3.1), for machines without the public schema.
_ESSENTIALS: dict[str, Any] = {
    "type": "object",
    "required": ["messaging_product", "recipient_type", "type"],
    "properties": {
        "messaging_product": {"const": "whatsapp"},
        "recipient_type": {"const": "individual"},
        "biz_opaque_callback_data": {"type": "string", "maxLength": 512},
    },
    "anyOf": [{"required": ["to"]}, {"required": ["recipient"]}],
}


def check_send_body(body: dict[str, Any]) -> None:
    """Raises jsonschema's ValidationError."""
    _validator().validate(body)
    assert body["type"] in body, "the object that the type names is missing"


@cache
def _validator() -> Draft202012Validator:
    folder = os.environ.get("PROSA_SAMPLES_DIR")
    if not folder:
        print("PROSA_SAMPLES_DIR is not set: bodies are held against the essentials only")  # noqa: T201
        return Draft202012Validator(_ESSENTIALS)
    file = Path(folder) / "schemas" / "send-message.schema.json"
    return Draft202012Validator(orjson.loads(file.read_bytes()))
