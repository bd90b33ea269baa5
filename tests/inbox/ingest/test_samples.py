"""Public samples of real webhooks, each posted with a correct signature. Read from PROSA_SAMPLES_DIR, else our own stand in."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from inbox.whatsapp.parse import parse_webhook
from inbox.whatsapp.payloads import EchoMessage, InboundMessage
from tests.inbox.ingest.webhooks import Hook, change, document, message, status, text

_FOLDER = os.environ.get("PROSA_SAMPLES_DIR")


def _samples() -> dict[str, Any]:
    if _FOLDER:
        files = sorted(Path(_FOLDER).rglob("samples/*.json"))
        assert files, f"PROSA_SAMPLES_DIR={_FOLDER} holds no samples/*.json"
        return {file.stem: json.loads(file.read_text()) for file in files}
    return {
        "own text": document(change("1", messages=[text()])),
        "own image": document(change("1", messages=[message({"type": "image", "image": {"id": "9"}})])),
        "own statuses": document(
            change("1", statuses=[status("wamid.X", "sent"), status("wamid.X", "read")])
        ),
        "own template news": document(
            {"field": "message_template_status_update", "value": {"event": "APPROVED"}}
        ),
        "own rubbish": {"object": "page", "entry": []},
    }


_SAMPLES = _samples()


@pytest.mark.parametrize("name", _SAMPLES)
async def test_a_sample_is_answered_200_and_nothing_of_it_is_lost(hook: Hook, name: str) -> None:
    sample = _with_number(_SAMPLES[name], hook.seed.number.phone_number_id)
    for _ in range(2):
        response = await hook.post(json.dumps(sample).encode())
        assert response.status_code == 200, response.text
    parsed = parse_webhook(sample)
    said: list[InboundMessage | EchoMessage] = [*parsed.messages, *parsed.echoes]
    private = [m for m in said if m.group_id is None]
    bubbles = {m.wamid for m in private if m.effect is None or m.kind == "system"}
    stored = {m["wamid"] for m in await hook.messages() if m["raw"] is None or "awaiting" not in m["raw"]}
    assert stored == bubbles
    statuses = {(s.wamid, s.status) for s in parsed.statuses}
    rows = await hook.rows("SELECT wamid, status FROM message_statuses WHERE account_id = $1")
    assert {(r["wamid"], r["status"]) for r in rows} == statuses
    updates = await hook.value("SELECT count(*) FROM number_updates WHERE account_id = $1")
    assert updates == len(
        {json.dumps([u.waba_id, u.field, str(u.at), u.value], sort_keys=True) for u in parsed.account_updates}
    )
    parked = await hook.rows("SELECT reason FROM dead_webhooks WHERE account_id = $1")
    assert len(parked) == len(parsed.unparsed) + len([m for m in said if m.group_id is not None])
    assert {p["reason"] for p in parked} <= {"unparsed"}


def test_the_public_samples_were_used() -> None:
    if not _FOLDER:
        pytest.skip("PROSA_SAMPLES_DIR is not set: ran on our own payloads only")
    assert len(_SAMPLES) > 40


def _with_number(node: Any, phone_number_id: str) -> Any:
    """The same webhook, for a number of this account."""
    if isinstance(node, dict):
        return {
            key: phone_number_id if key == "phone_number_id" else _with_number(value, phone_number_id)
            for key, value in node.items()
        }
    if isinstance(node, list):
        return [_with_number(item, phone_number_id) for item in node]
    return node
