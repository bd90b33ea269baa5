"""Webhook in, our shapes out: every kind, identity, batching, and the edge cases that Meta really sends."""

import hashlib
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import pytest

from inbox.whatsapp.parse import parse_webhook
from inbox.whatsapp.payloads import (
    Edit,
    IdentityChange,
    InboundMessage,
    MessageContext,
    Reaction,
    Revoke,
    Sender,
    StatusRecipient,
)
from tests.inbox.whatsapp.conftest import webhook

ANA = {"profile": {"name": "Ana"}, "wa_id": "5511999990001"}
BSUID = "BR.10987654321098765432"
DIGEST = hashlib.sha256(b"file").digest()
SHA_HEX, SHA_B64 = DIGEST.hex(), b64encode(DIGEST).decode()


def value_with(field: str = "messages", **value: Any) -> dict[str, Any]:
    return webhook(value, field=field)


def message(**keys: Any) -> dict[str, Any]:
    return {"from": "5511999990001", "id": "wamid.1", "timestamp": "1763900000", **keys}


def parse_one(item: dict[str, Any], **value: Any) -> InboundMessage:
    parsed = parse_webhook(value_with(**{"contacts": [ANA], "messages": [item], **value}))
    assert (parsed.unparsed, parsed.echoes, parsed.statuses) == ([], [], [])
    [only] = parsed.messages
    return only


CASES: list[tuple[str, dict[str, Any], str, dict[str, Any]]] = [
    ("text", {"type": "text", "text": {"body": "Oi\u202e 😀"}}, "text", {"body": "Oi\u202e 😀"}),
    ("text without type", {"text": {"body": "Oi"}}, "text", {"body": "Oi"}),
    (
        "image",
        {"type": "image", "image": {"id": "9", "mime_type": "image/jpeg", "sha256": SHA_B64, "caption": "c", "url": "u"}},
        "image",
        {"media": {"meta_id": "9", "mime_type": "image/jpeg", "sha256": SHA_HEX, "url": "u"}, "caption": "c"},
    ),
    (
        "document with a hexadecimal digest",
        {"type": "document", "document": {"id": 9, "sha256": SHA_HEX.upper(), "filename": "nota.pdf"}},
        "document",
        {"media": {"meta_id": "9", "sha256": SHA_HEX, "file_name": "nota.pdf"}},
    ),
    (
        "audio",
        {"type": "audio", "audio": {"id": "9", "voice": True, "sha256": "rubbish"}},
        "audio",
        {"media": {"meta_id": "9", "voice": True}},
    ),
    ("voice (legacy)", {"type": "voice", "voice": {"id": "9"}}, "audio", {"media": {"meta_id": "9", "voice": True}}),
    ("video", {"type": "video", "video": {"id": "9"}}, "video", {"media": {"meta_id": "9"}}),
    (
        "sticker",
        {"type": "sticker", "sticker": {"id": "9", "animated": False}},
        "sticker",
        {"media": {"meta_id": "9", "animated": False}},
    ),
    (
        "location",
        {"type": "location", "location": {"latitude": "-23.5", "longitude": -46, "name": "Loja"}},
        "location",
        {"latitude": -23.5, "longitude": -46.0, "name": "Loja"},
    ),
    (
        "contacts",
        {
            "type": "contacts",
            "contacts": [
                {
                    "name": {"formatted_name": "Bia Lima", "first_name": "Bia"},
                    "phones": [{"phone": "+55 11 9999-0002", "wa_id": "551199990002", "type": "MOBILE"}, {"wa_id": 5}],
                    "emails": [{"email": "b@x.br", "type": "WORK"}],
                    "urls": [{"url": "https://x.br"}],
                    "org": {"company": "Loja"},
                    "birthday": "1990-01-02",
                    "vcard": "BEGIN:VCARD",
                    "origin": "other",
                }
            ],
        },
        "contacts",
        {
            "contacts": [
                {
                    "name": "Bia Lima",
                    "first_name": "Bia",
                    "phones": [
                        {"phone": "+55 11 9999-0002", "wa_id": "551199990002", "type": "MOBILE"},
                        {"phone": "+5", "wa_id": "5"},
                    ],
                    "emails": [{"value": "b@x.br", "type": "WORK"}],
                    "urls": [{"value": "https://x.br"}],
                    "org": {"company": "Loja"},
                    "birthday": "1990-01-02",
                    "origin": "other",
                }
            ]
        },
    ),
    (
        "reaction",
        {"type": "reaction", "reaction": {"message_id": "wamid.X", "emoji": "❤️"}},
        "reaction",
        {"target_wamid": "wamid.X", "emoji": "❤️"},
    ),
    (
        "reaction removed, emoji absent",
        {"type": "reaction", "reaction": {"message_id": "wamid.X"}},
        "reaction",
        {"target_wamid": "wamid.X", "emoji": None},
    ),
    (
        "reaction removed, emoji empty",
        {"type": "reaction", "reaction": {"message_id": "wamid.X", "emoji": ""}},
        "reaction",
        {"target_wamid": "wamid.X", "emoji": None},
    ),
    (
        "button",
        {"type": "button", "button": {"payload": "OK", "text": "Confirmar"}},
        "button",
        {"text": "Confirmar", "payload": "OK"},
    ),
    (
        "button reply",
        {"type": "interactive", "interactive": {"type": "button_reply", "button_reply": {"id": "y", "title": "Sim"}}},
        "interactive",
        {"type": "button_reply", "id": "y", "title": "Sim"},
    ),
    (
        "list reply without a type",
        {"type": "interactive", "interactive": {"list_reply": {"id": "r", "title": "Um", "description": "d"}}},
        "interactive",
        {"type": "list_reply", "id": "r", "title": "Um", "description": "d"},
    ),
    (
        "flow answer",
        {
            "type": "interactive",
            "interactive": {
                "type": "nfm_reply",
                "nfm_reply": {"name": "flow", "body": "Sent", "response_json": '{"nome":"Ana"}'},
            },
        },
        "interactive",
        {"type": "nfm_reply", "name": "flow", "body": "Sent", "response": {"nome": "Ana"}},
    ),
    (
        "flow answer that is a string in a string",
        {"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {"response_json": '"\\"x\\""'}}},
        "interactive",
        {"type": "nfm_reply", "response": '"x"'},
    ),
    (
        "flow answer that is no JSON",
        {"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {"response_json": "{oi"}}},
        "interactive",
        {"type": "nfm_reply", "response": "{oi"},
    ),
    (
        "call permission",
        {
            "type": "interactive",
            "interactive": {
                "type": "call_permission_reply",
                "call_permission_reply": {
                    "response": "accept",
                    "is_permanent": False,
                    "expiration_timestamp": "1764500000",
                },
            },
        },
        "interactive",
        {"type": "call_permission_reply", "response": "accept", "is_permanent": False, "expires_at": 1764500000},
    ),
    (
        "interactive of the future",
        {"type": "interactive", "interactive": {"type": "new_reply", "new_reply": {"a": 1}}},
        "interactive",
        {"type": "new_reply", "data": {"a": 1}},
    ),
    (
        "order",
        {
            "type": "order",
            "order": {
                "catalog_id": "1",
                "text": "",
                "product_items": [
                    {"product_retailer_id": "SKU1", "quantity": "2", "item_price": 30.5, "currency": "BRL"}
                ],
            },
        },
        "order",
        {
            "catalog_id": "1",
            "items": [{"product_id": "SKU1", "quantity": 2.0, "price": 30.5, "currency": "BRL"}],
        },
    ),
    (
        "identity check",
        {
            "type": "system",
            "system": {"type": "customer_identity_changed", "body": "…"},
            "identity": {"acknowledged": True, "hash": "k1"},
        },
        "system",
        {
            "type": "customer_identity_changed",
            "body": "…",
            "identity": {"acknowledged": True, "hash": "k1"},
        },
    ),
    ("request_welcome", {"type": "request_welcome"}, "request_welcome", {}),
    (
        "unsupported",
        {
            "type": "unsupported",
            "errors": [{"code": 131051, "title": "T", "message": "T", "error_data": {"details": "D"}}],
            "unsupported": {"type": "poll_creation"},
        },
        "unsupported",
        {"original_type": "poll_creation", "error": {"code": 131051, "title": "T", "details": "D"}},
    ),
    ("unknown (older)", {"type": "unknown"}, "unsupported", {"original_type": "unknown"}),
    ("kind of the future", {"type": "hologram", "hologram": {"id": 1}}, "unsupported", {"original_type": "hologram"}),
    ("type without its object", {"type": "image"}, "unsupported", {"original_type": "image"}),
    ("type that is no text", {"type": ["text"]}, "unsupported", {"original_type": "unknown"}),
    (
        "edit",
        {
            "type": "edit",
            "edit": {
                "original_message_id": "wamid.OLD",
                "message": {"context": {"id": "M0"}, "type": "text", "text": {"body": "novo"}},
            },
        },
        "edit",
        {"target_wamid": "wamid.OLD", "kind": "text", "content": {"body": "novo"}},
    ),
    (
        "revoke",
        {"type": "revoke", "revoke": {"original_message_id": "wamid.OLD"}},
        "revoke",
        {"target_wamid": "wamid.OLD"},
    ),
]  # fmt: skip
EVERY_KIND = [value_with(contacts=[ANA], messages=[message(**keys)]) for _, keys, _, _ in CASES]
EVERY_STATUS = [
    value_with(
        statuses=[
            {
                "id": "wamid.OUT",
                "status": "failed",
                "timestamp": "1763900012",
                "recipient_id": "5511999990001",
                "errors": [
                    {"code": 131047, "title": "Re-engagement message", "error_data": {"details": "D"}}
                ],
                "pricing": {"category": "service"},
            }
        ]
    )
]


@pytest.mark.parametrize(
    ("keys", "kind", "content"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_each_kind_becomes_our_content(keys: dict[str, Any], kind: str, content: dict[str, Any]) -> None:
    raw = message(**keys)
    parsed = parse_one(raw)
    assert (parsed.kind, parsed.content) == (kind, content)
    assert parsed.raw is raw
    assert parsed.sender == Sender("5511999990001", profile_name="Ana")
    assert parsed.at == datetime.fromtimestamp(1763900000, UTC)
    assert (parsed.phone_number_id, parsed.waba_id) == ("106000000000001", "419000000000001")


SILENT = {"identity check", "request_welcome", "edit", "revoke"}


@pytest.mark.parametrize(("name", "keys"), [case[:2] for case in CASES], ids=[case[0] for case in CASES])
def test_only_what_the_customer_says_opens_the_window(name: str, keys: dict[str, Any]) -> None:
    assert parse_one(message(**keys)).counts_for_window is (name not in SILENT)


def test_an_unsupported_edit_does_not_open_the_window() -> None:
    assert not parse_one(message(type="unsupported", unsupported={"type": "edit"})).counts_for_window


def test_effects_name_their_target() -> None:
    reaction = parse_one(message(type="reaction", reaction={"message_id": "wamid.X", "emoji": "👍"}))
    assert reaction.effect == Reaction("wamid.X", "👍")
    edit = {"original_message_id": "wamid.X", "message": {"type": "text", "text": {"body": "b"}}}
    assert parse_one(message(type="edit", edit=edit)).effect == Edit("wamid.X", "text", {"body": "b"})
    revoke = parse_one(message(type="revoke", revoke={"original_message_id": "wamid.X"}))
    assert revoke.effect == Revoke("wamid.X")
    assert parse_one(message(type="text", text={"body": "b"})).effect is None


# ── identity ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_people_are_matched_by_id_and_never_by_position() -> None:
    bia = {"profile": {"name": "Bia"}, "wa_id": "5511999990002"}
    assert (
        parse_one(message(type="text", text={"body": "a"}), contacts=[bia, ANA]).sender.profile_name == "Ana"
    )
    assert parse_one(message(type="text", text={"body": "a"}), contacts=[bia]).sender == Sender(
        "5511999990001"
    )


def test_a_user_without_a_number_is_known_by_bsuid() -> None:
    contact = {
        "profile": {"name": "Ana", "username": "anasouza"},
        "user_id": BSUID,
        "parent_user_id": "BR.ENT.2",
        "identity_key_hash": "k",
    }
    item = message(type="text", text={"body": "a"}, from_user_id=BSUID)
    for missing in ({"from": ""}, {"from": None}):
        sender = parse_one({**item, **missing}, contacts=[contact]).sender
        assert sender == Sender(None, BSUID, "BR.ENT.2", "Ana", "anasouza", "k")


def test_a_bsuid_where_a_number_belongs_is_recognised() -> None:
    item = {**message(type="text", text={"body": "a"}), "from": BSUID}
    assert parse_one(item, contacts=[]).sender == Sender(None, BSUID)
    contact = {"wa_id": BSUID, "profile": {"name": "Ana"}}
    assert parse_one(item, contacts=[contact]).sender == Sender(None, BSUID, profile_name="Ana")


def test_contacts_complete_the_ids_of_a_message() -> None:
    contact = {**ANA, "user_id": BSUID}
    item = message(type="text", text={"body": "a"})
    assert parse_one(item, contacts=[contact]).sender == Sender("5511999990001", BSUID, profile_name="Ana")
    by_bsuid = {**item, "from": BSUID}
    assert parse_one(by_bsuid, contacts=[contact]).sender.wa_id == "5511999990001"
    own_bsuid = {**item, "from_user_id": "BR.2", "from_parent_user_id": "BR.ENT.2"}
    sender = parse_one(own_bsuid, contacts=[contact]).sender
    assert (sender.bsuid, sender.parent_bsuid) == ("BR.2", "BR.ENT.2")


def test_numbers_and_punctuation_in_ids_are_understood() -> None:
    item = {**message(type="text", text={"body": "a"}), "from": 5511999990001}
    assert parse_one(item).sender == Sender("5511999990001", profile_name="Ana")
    item["from"] = "+55 (11) 99999-0001"
    assert parse_one(item, contacts=[]).sender == Sender("5511999990001")


def test_a_message_that_names_nobody_belongs_to_the_only_person_or_is_parked() -> None:
    item = message(type="text", text={"body": "a"})
    del item["from"]
    assert parse_one(item).sender.profile_name == "Ana"
    parsed = parse_webhook(value_with(messages=[item], contacts=[ANA, {"wa_id": "5511999990002"}]))
    assert [found.raw for found in parsed.unparsed] == [item]
    assert parsed.messages == []


def test_a_changed_number_names_both_identities() -> None:
    raw = message(
        type="system",
        from_user_id="BR.1",
        system={"type": "user_changed_number", "body": "…", "wa_id": "5511999990009", "user_id": "BR.2"},
    )
    parsed = parse_one(raw, contacts=[])
    assert parsed.effect == IdentityChange(
        "user_changed_number", "5511999990001", "5511999990009", "BR.1", "BR.2"
    )
    assert not parsed.counts_for_window


def test_the_old_spelling_of_a_changed_number_is_understood() -> None:
    raw = message(type="system", system={"type": "customer_changed_number", "new_wa_id": "5511999990009"})
    assert parse_one(raw, contacts=[]).effect == IdentityChange(
        "user_changed_number", "5511999990001", "5511999990009", None, None
    )


def test_a_changed_bsuid_names_both() -> None:
    raw = message(
        type="system",
        from_user_id="BR.2",
        system={"type": "user_changed_user_id", "user_id": "BR.2", "previous_user_id": "BR.1"},
    )
    assert parse_one(raw, contacts=[]).effect == IdentityChange(
        "user_changed_user_id", "5511999990001", "5511999990001", "BR.1", "BR.2"
    )


def test_an_identity_check_re_keys_nobody() -> None:
    raw = message(type="system", system={"type": "customer_identity_changed"})
    assert parse_one(raw, contacts=[]).effect is None


# ── parts ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("raw", "context"),
    [
        ({"from": "15550001111", "id": "wamid.O"}, MessageContext("wamid.O", "15550001111")),
        ({"forwarded": True}, MessageContext(forwarded=True)),
        ({"frequently_forwarded": True}, MessageContext(frequently_forwarded=True)),
        (
            {"id": "wamid.P", "referred_product": {"catalog_id": "1", "product_retailer_id": "SKU1"}},
            MessageContext("wamid.P", product={"catalog_id": "1", "product_id": "SKU1"}),
        ),
        (None, None),
    ],
)
def test_context(raw: Any, context: MessageContext | None) -> None:
    assert parse_one(message(type="text", text={"body": "a"}, context=raw)).context == context


def test_the_referral_is_kept_verbatim() -> None:
    referral = {"source_type": "ad", "ctwa_clid": "Aff", "welcome_message": {"text": "Oi"}, "new": 1}
    assert parse_one(message(type="text", text={"body": "a"}, referral=referral)).referral == referral


def test_group_messages_carry_group_and_participant() -> None:
    parsed = parse_one(message(type="text", text={"body": "a"}, group_id="G1"))
    assert (parsed.group_id, parsed.sender.profile_name) == ("G1", "Ana")


@pytest.mark.parametrize(
    "timestamp", ["", "soon", "-1", "1e9", None, 17, 10**30, float("nan"), "9" * 5000, True]
)
def test_an_unreadable_timestamp_costs_only_the_time(timestamp: Any) -> None:
    raw = message(type="text", text={"body": "a"}, timestamp=timestamp)
    parsed = parse_one(raw)
    assert parsed.at is None
    assert parsed.raw is raw


def test_errors_of_the_value_explain_a_message_that_could_not_be_shown() -> None:
    errors = [{"code": 131000, "title": "Something went wrong", "error_data": "told as text"}]
    parsed = parse_webhook(value_with(contacts=[ANA], messages=[message(type="interactive")], errors=errors))
    [only] = parsed.messages
    assert only.content == {
        "original_type": "interactive",
        "error": {"code": 131000, "title": "Something went wrong", "details": "told as text"},
    }
    assert only.errors[0].code == 131000
    assert parsed.account_updates == []


# ── batches ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_entry_change_message_and_status_is_walked() -> None:
    one = value_with(
        contacts=[ANA],
        messages=[message(id=f"wamid.{n}", type="text", text={"body": str(n)}) for n in range(50)],
        statuses=[{"id": f"wamid.S{n}", "status": "sent", "timestamp": "1763900000"} for n in range(50)],
    )
    account = webhook({"event": "X"}, field="account_update")["entry"][0]
    document = {
        "object": "whatsapp_business_account",
        "entry": [
            {"id": "A", "changes": [*one["entry"][0]["changes"], *account["changes"]]},
            {"id": "B", "changes": one["entry"][0]["changes"] * 2},
        ],
    }
    parsed = parse_webhook(document)
    assert (len(parsed.messages), len(parsed.statuses), len(parsed.account_updates)) == (150, 150, 1)
    assert {item.waba_id for item in parsed.messages} == {"A", "B"}


def test_the_same_wamid_twice_in_one_post_stays_twice() -> None:
    item = message(type="text", text={"body": "a"})
    assert len(parse_webhook(value_with(contacts=[ANA], messages=[item, item])).messages) == 2


def test_one_broken_item_does_not_touch_its_neighbours() -> None:
    good = message(type="text", text={"body": "a"})
    broken: list[Any] = [None, 7, {"type": "text"}, {"id": "wamid.9"}]
    parsed = parse_webhook(value_with(messages=[*broken, good], statuses=[{"id": "x"}, None]))
    assert [item.wamid for item in parsed.messages] == ["wamid.1"]
    assert [item.raw for item in parsed.unparsed] == [*broken, {"id": "x"}, None]
    assert all(item.phone_number_id == "106000000000001" for item in parsed.unparsed)


@pytest.mark.parametrize(
    "document",
    [
        None,
        1,
        "x",
        [],
        {},
        {"object": "page", "entry": []},
        {"entry": {}},
        {"entry": [3]},
        {"entry": [{"id": "1"}]},
    ],
)
def test_foreign_documents_are_kept_raw(document: Any) -> None:
    parsed = parse_webhook(document)
    assert len(parsed.unparsed) == 1
    assert [parsed.messages, parsed.statuses, parsed.account_updates, parsed.echoes] == [[]] * 4


def test_empty_arrays_say_nothing() -> None:
    for empty in (value_with(messages=[], statuses=[], contacts=[], errors=[]), value_with()):
        parsed = parse_webhook(empty)
        assert [parsed.messages, parsed.statuses, parsed.account_updates, parsed.unparsed] == [[]] * 4


# ── statuses ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_status_carries_price_callback_and_recipient() -> None:
    raw = {
        "id": "wamid.OUT",
        "status": "delivered",
        "timestamp": "1763900010",
        "recipient_id": "551199990001",
        "recipient_user_id": BSUID,
        "parent_recipient_user_id": "BR.ENT.2",
        "biz_opaque_callback_data": "prosa:1",
        "pricing": {"billable": True, "type": "regular"},
    }
    [status] = parse_webhook(value_with(statuses=[raw])).statuses
    assert (status.wamid, status.status, status.callback_data) == ("wamid.OUT", "delivered", "prosa:1")
    assert status.recipient == StatusRecipient("551199990001", BSUID, "BR.ENT.2")
    assert status.pricing == raw["pricing"]
    assert status.at == datetime.fromtimestamp(1763900010, UTC)


def test_contacts_complete_the_recipient_of_a_status() -> None:
    raw = {"id": "w", "status": "sent", "timestamp": "1763900010", "recipient_id": "5511999990001"}
    [status] = parse_webhook(value_with(statuses=[raw], contacts=[{**ANA, "user_id": BSUID}])).statuses
    assert status.recipient == StatusRecipient("5511999990001", BSUID)


def test_a_failed_status_explains_itself_even_when_half_the_error_is_missing() -> None:
    raw = {"id": "w", "status": "failed", "errors": [{"code": "131026"}, "x", {"message": "M"}]}
    [status] = parse_webhook(value_with(statuses=[raw])).statuses
    assert [(e.code, e.title, e.details) for e in status.errors] == [(131026, "", ""), (None, "M", "M")]


def test_group_statuses_tell_participants_apart() -> None:
    base = {"id": "w", "status": "read", "recipient_type": "group", "recipient_id": "G1"}
    raws = [
        {**base, "recipient_participant_id": 5511999990001},
        {**base, "participant_recipient_id": "5511999990002", "recipient_participant_user_id": BSUID},
    ]
    one, two = parse_webhook(value_with(statuses=raws)).statuses
    assert one.recipient == StatusRecipient(group_id="G1", participant_wa_id="5511999990001")
    assert (one.recipient.key(), two.recipient.key()) == ("5511999990001", BSUID)


def test_an_unknown_status_is_kept() -> None:
    [status] = parse_webhook(value_with(statuses=[{"id": "w", "status": "warning"}])).statuses
    assert status.status == "warning"


# ── everything else ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_account_fields_are_kept_raw_with_time_and_number() -> None:
    value = {"event": "PAUSED", "message_template_id": 700000000000001}
    [update] = parse_webhook(
        webhook(value, field="message_template_status_update", time=1763900000)
    ).account_updates
    assert (update.field, update.waba_id) == ("message_template_status_update", "419000000000001")
    assert update.value["message_template_id"] == 700000000000001
    assert update.at == datetime.fromtimestamp(1763900000, UTC)
    [calls] = parse_webhook(value_with(field="calls", calls=[{"id": "wacid"}])).account_updates
    assert calls.phone_number_id == "106000000000001"


def test_app_errors_without_messages_are_kept() -> None:
    [update] = parse_webhook(value_with(errors=[{"code": 130429}])).account_updates
    assert (update.field, update.value["errors"]) == ("messages", [{"code": 130429}])


def test_a_hand_over_summary_beside_messages_is_kept() -> None:
    summary = {"type": "summary", "summary": {"text": "…"}}
    parsed = parse_webhook(
        value_with(
            contacts=[ANA], messages=[message(type="text", text={"body": "a"})], conversation_context=summary
        )
    )
    assert len(parsed.messages) == 1
    assert parsed.account_updates[0].value["conversation_context"] == summary


def test_messages_of_the_phone_app_are_echoes() -> None:
    echo = {
        "from": "15550001111",
        "to": "5511999990001",
        "to_user_id": BSUID,
        "id": "wamid.E",
        "timestamp": "1763900000",
        "type": "text",
        "text": {"body": "do celular"},
    }
    revoke = {**echo, "id": "wamid.E2", "type": "revoke", "revoke": {"original_message_id": "wamid.E"}}
    parsed = parse_webhook(value_with(field="smb_message_echoes", message_echoes=[echo, revoke, {"id": "w"}]))
    first, second = parsed.echoes
    assert (first.recipient, first.content) == (Sender("5511999990001", BSUID), {"body": "do celular"})
    assert second.effect == Revoke("wamid.E")
    assert [item.raw for item in parsed.unparsed] == [{"id": "w"}]


def test_standby_copies_are_marked() -> None:
    inner = {"contacts": [ANA], "messages": [message(type="text", text={"body": "a"})]}
    [only] = parse_webhook(value_with(field="standby", standby=inner)).messages
    assert only.standby
    assert only.sender.profile_name == "Ana"


@pytest.mark.parametrize(
    ("sent", "kind", "content"),
    [
        ({"type": "text", "text": {"body": "Olá"}}, "text", {"body": "Olá"}),
        ({"text": {"body": "Olá"}}, "text", {"body": "Olá"}),
        (
            {"type": "interactive", "interactive": {"type": "button"}},
            "interactive",
            {"sent": {"type": "button"}},
        ),
        ({"type": "template", "template": {"name": "t"}}, "template", {"sent": {"name": "t"}}),
    ],
)
def test_messages_of_metas_agent_are_echoes(sent: dict[str, Any], kind: str, content: dict[str, Any]) -> None:
    body = {
        "messaging_product": "whatsapp",
        "to": "5511999990001",
        "context": {"message_id": "wamid.Q"},
        **sent,
    }
    echo = {"id": "wamid.E", "timestamp": "1763900000", "message": body}
    [only] = parse_webhook(value_with(field="standby", standby={"message_echoes": [echo]})).echoes
    assert (only.kind, only.content, only.recipient.wa_id) == (kind, content, "5511999990001")
    assert only.standby
    assert only.context == MessageContext("wamid.Q")


def test_history_is_parsed_in_both_directions() -> None:
    theirs = {**message(type="text", text={"body": "a"}), "history_context": {"status": "READ"}}
    ours = {
        "from": "15550001111",
        "id": "wamid.2",
        "timestamp": "1763900000",
        "type": "media_placeholder",
        "history_context": {"status": "DELIVERED"},
    }
    chunk = {
        "metadata": {"phase": 1, "chunk_order": 3, "progress": 40},
        "threads": [{"id": "5511999990001", "messages": [theirs, ours]}, {"id": "x", "messages": [None]}],
    }
    parsed = parse_webhook(value_with(field="history", history=[chunk]))
    [inbound], [echo] = parsed.messages, parsed.echoes
    assert (inbound.historic, inbound.history_status, inbound.counts_for_window) == (True, "READ", False)
    assert (echo.historic, echo.history_status, echo.recipient.wa_id) == (True, "DELIVERED", "5511999990001")
    assert echo.content == {"original_type": "media_placeholder"}
    assert [item.raw for item in parsed.unparsed] == [None]
    assert parsed.account_updates[0].value["history"] == [{"metadata": chunk["metadata"]}]


def test_a_declined_history_is_kept() -> None:
    declined = [{"errors": [{"code": 2593109}]}]
    [update] = parse_webhook(value_with(field="history", history=declined)).account_updates
    assert update.value["history"] == declined


def test_the_media_of_history_come_as_messages() -> None:
    item = message(type="image", image={"id": "9"})
    [only] = parse_webhook(value_with(field="history", contacts=[ANA], messages=[item])).messages
    assert (only.historic, only.kind) == (True, "image")


def test_a_change_without_a_field_is_read_by_its_keys() -> None:
    document = value_with(contacts=[ANA], messages=[message(type="text", text={"body": "a"})])
    del document["entry"][0]["changes"][0]["field"]
    assert len(parse_webhook(document).messages) == 1
