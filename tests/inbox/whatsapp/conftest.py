"""Public webhook samples and Graph's schemas, read from PROSA_SAMPLES_DIR; payloads of our own when it is not set."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# A machine under load is no failure: examples may take as long as they take.
settings.register_profile("prosa", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("prosa")

_METADATA = {"display_phone_number": "15550001111", "phone_number_id": "106000000000001"}


def samples_dir() -> Path | None:
    folder = os.environ.get("PROSA_SAMPLES_DIR")
    return Path(folder) if folder else None


def webhook(value: Any, field: str = "messages", **entry: Any) -> dict[str, Any]:
    """One change of one entry; `metadata` is added to an object that has none."""
    if isinstance(value, dict):
        value = {"messaging_product": "whatsapp", "metadata": _METADATA, **value}
    change = {"field": field, "value": value}
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "419000000000001", **entry, "changes": [change]}],
    }


_OWN = {
    "own-text": webhook(
        {
            "contacts": [{"profile": {"name": "Ana"}, "wa_id": "5511999990001"}],
            "messages": [
                {
                    "from": "5511999990001",
                    "id": "wamid.A",
                    "timestamp": "1763900000",
                    "type": "text",
                    "text": {"body": "Oi"},
                }
            ],
        }
    ),
    "own-status": webhook({"statuses": [{"id": "wamid.B", "status": "read", "timestamp": "1763900000"}]}),
    "own-template": webhook({"event": "APPROVED"}, field="message_template_status_update", time=1763900000),
}


def _samples() -> dict[str, Any]:
    folder = samples_dir()
    if folder is None:
        return _OWN
    return {
        path.stem: json.loads(path.read_text("utf-8")) for path in sorted((folder / "samples").glob("*.json"))
    }


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "sample" in metafunc.fixturenames:
        samples = _samples()
        metafunc.parametrize("sample", list(samples.values()), ids=list(samples))


@pytest.fixture(scope="session")
def send_schema() -> dict[str, Any]:
    """The JSON Schema of send bodies, made from Meta's OpenAPI file."""
    folder = samples_dir()
    if folder is None:
        pytest.skip("PROSA_SAMPLES_DIR is not set: bodies are not compared with Meta's schema")
    loaded: dict[str, Any] = json.loads((folder / "schemas" / "send-message.schema.json").read_text("utf-8"))
    return loaded
