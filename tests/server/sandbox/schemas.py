"""Checks against the public JSON Schemas when PROSA_SAMPLES_DIR names them, against the essentials when it does not."""

import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
from jsonschema import Draft202012Validator

ESSENTIAL: dict[str, dict[str, Any]] = {
    "webhook": {
        "type": "object",
        "required": ["object", "entry"],
        "properties": {"entry": {"type": "array", "items": {"required": ["id", "changes"]}}},
    },
    "send-response": {"type": "object", "required": ["messaging_product", "contacts", "messages"]},
}


def samples() -> Path | None:
    """The folder of the public samples, if this machine has it."""
    given = os.environ.get("PROSA_SAMPLES_DIR", "")
    return Path(given) if given else None


@lru_cache
def validator(name: str) -> Draft202012Validator:
    folder = samples()
    if folder is None:
        return Draft202012Validator(ESSENTIAL[name])
    return Draft202012Validator(orjson.loads((folder / "schemas" / f"{name}.schema.json").read_bytes()))


def check_send_response(answer: dict[str, Any]) -> None:
    validator("send-response").validate(answer)


def check_webhook(payload: dict[str, Any]) -> None:
    """The schema demands `referred_product` in every quote, which Meta itself does not send: quotes are left out."""
    copy = orjson.loads(orjson.dumps(payload))
    for entry in copy["entry"]:
        for change in entry["changes"]:
            for message in change["value"].get("messages", []):
                if message["type"] not in ("interactive", "button"):
                    message.pop("context", None)
    validator("webhook").validate(copy)
