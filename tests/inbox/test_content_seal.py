"""Sealed words: they open where they belong and nowhere else."""

import os
from uuid import UUID

import orjson
import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from inbox.conversations import sealed_words as words
from inbox.kernel.content_seal import (
    KEYRING,
    UNREADABLE,
    ContentKey,
    Keyring,
    is_sealed_body,
    is_sealed_words,
    sealed_text,
)
from inbox.kernel.database import Database
from inbox.kernel.encryption import Vault
from inbox.kernel.ids import new_id
from realtime.log_item import item_from_hint, item_from_row
from server.settings import Settings
from tests.conftest import SeededAccount
from tests.inbox.sealing import destroy_keys, learn, start_sealing

ACCOUNT, KEY, MESSAGE, OTHER = new_id(), new_id(), new_id(), new_id()
# The machine may be busy; nothing here is about speed.
_unhurried = hypothesis_settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
_key = ContentKey(ACCOUNT, KEY, bytes(range(32)))
_json = st.dictionaries(
    st.text(max_size=8),
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(), st.lists, max_leaves=5
    ),
    max_size=5,
)


def _open(key: ContentKey, value: dict[str, object], purpose: str, row: UUID) -> object:
    sealed = sealed_text(value)
    assert sealed is not None
    return orjson.loads(key.open(sealed, purpose, row))


@_unhurried
@given(value=_json.filter(bool))
def test_what_was_sealed_opens_to_the_same(value: dict[str, object]) -> None:
    sealed = _key.seal_object(value, "content", MESSAGE)
    assert set(sealed) == {"sealed"}
    assert _open(_key, sealed, "content", MESSAGE) == value


@_unhurried
@given(body=st.binary(min_size=1), row=st.uuids(), purpose=st.sampled_from(["content", "preview", "body"]))
def test_a_seal_opens_only_in_its_own_place(body: bytes, row: UUID, purpose: str) -> None:
    sealed = _key.seal(body, purpose, row)
    assert _key.open(sealed, purpose, row) == body
    stranger = ContentKey(new_id(), KEY, bytes(range(32)))
    for key, other_purpose, other_row in (
        (_key, purpose, MESSAGE),
        (_key, "raw", row),
        (stranger, purpose, row),
        (ContentKey(ACCOUNT, KEY, os.urandom(32)), purpose, row),
    ):
        with pytest.raises(InvalidTag):
            key.open(sealed, other_purpose, other_row)


@_unhurried
@given(body=st.binary(), flipped=st.integers(0, 10_000))
def test_a_changed_seal_does_not_open(body: bytes, flipped: int) -> None:
    sealed = _key.seal(body, "content", MESSAGE)
    head, blob = sealed[:33], bytearray(sealed[33:].encode())
    place = flipped % (len(blob) - 4)
    blob[place] = ord("A") if blob[place] != ord("A") else ord("B")
    with pytest.raises((InvalidTag, ValueError)):
        _key.open(head + blob.decode(), "content", MESSAGE)


def test_the_same_words_of_the_same_message_seal_to_the_same_text_and_others_to_others() -> None:
    assert _key.seal(b"oi", "content", MESSAGE) == _key.seal(b"oi", "content", MESSAGE)
    assert _key.seal(b"oi", "content", MESSAGE) != _key.seal(b"oi", "content", OTHER)
    assert _key.seal(b"oi", "content", MESSAGE)[33:49] != _key.seal(b"oj", "content", MESSAGE)[33:49]


def test_what_sql_reads_stays_plain_and_what_has_no_words_is_left_alone() -> None:
    unknown = {"original_type": "hologram", "text": "segredo"}
    sealed = words.seal_content(_key, MESSAGE, unknown)
    assert sealed["original_type"] == "hologram"
    assert "segredo" not in orjson.dumps(sealed).decode()
    for plain in ({}, {"original_type": "revoke"}):
        assert words.seal_content(_key, MESSAGE, plain) == plain
    assert words.seal_preview(_key, MESSAGE, "") == ""
    assert words.seal_emoji(_key, "wamid.1", "") == ""


def test_a_body_is_told_from_json() -> None:
    body = b'{"object": "whatsapp_business_account"}'
    sealed = _key.seal_body(body, MESSAGE)
    assert is_sealed_body(sealed)
    assert not is_sealed_body(body)
    assert Keyring().open_body(body, MESSAGE) == body


def test_without_a_vault_nothing_is_sealed_and_nothing_opens() -> None:
    ring = Keyring()
    before = UNREADABLE.labels("content")._value.get()
    assert ring.sealing(ACCOUNT) is None
    assert ring.open_object({"sealed": _key.seal(b"{}", "content", MESSAGE)}, "content", MESSAGE) is None
    assert ring.open_words("\x01sealed:nonsense", "preview", MESSAGE) is None
    assert ring.open_words("palavras", "preview", MESSAGE) == "palavras"
    assert UNREADABLE.labels("content")._value.get() == before + 1


async def test_a_key_seals_once_every_process_has_had_time_to_learn_of_it(
    settings: Settings, database: Database, seed: SeededAccount
) -> None:
    await start_sealing(settings, database, seed)
    assert KEYRING.sealing(seed.account_id) is not None
    young = Keyring()
    young.use(settings.vault)
    async with database.system() as work:
        await work.session.connection()
        driver = await work.session.connection()
        await driver.exec_driver_sql(
            "UPDATE content_keys SET created_at = now() WHERE account_id = $1", (seed.account_id,)
        )
        await young.load(work.session, [seed.account_id])
    assert young.sealing(seed.account_id) is None
    current = KEYRING.sealing(seed.account_id)
    assert current is not None
    assert young.knows(current.seal(b"oi", "content", MESSAGE)), "it opens before it seals"


async def test_a_key_that_does_not_open_lets_nothing_be_stored_plainly(
    settings: Settings, database: Database, seed: SeededAccount
) -> None:
    await start_sealing(settings, database, seed)
    ring = Keyring()
    ring.use(Vault([b"x" * 32]))
    async with database.system() as work:
        await ring.load(work.session, [seed.account_id])
    with pytest.raises(Exception, match="cannot be opened"):
        ring.sealing(seed.account_id)


# ── events ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _event(key: ContentKey) -> dict[str, object]:
    message = {
        "id": str(MESSAGE), "kind": "text", "content": words.seal_content(key, MESSAGE, {"body": "berimbau"}),
        "referral": key.seal_object({"headline": "anúncio"}, words.REFERRAL, MESSAGE),
        "context": {"quoted": {
            "message_id": str(OTHER), "kind": "text",
            "preview": words.shown_quote("text", words.seal_content(key, OTHER, {"body": "antes"}))}},
        "reactions": [
            {"reactor": "contact", "emoji": words.shown_emoji(words.seal_emoji(key, "wamid.1", "🌻"), "wamid.1")}],
    }  # fmt: skip
    return {"message": message}


async def test_an_event_is_opened_once_and_says_so_when_it_cannot_be(
    settings: Settings, database: Database, seed: SeededAccount
) -> None:
    await start_sealing(settings, database, seed)
    key = KEYRING.sealing(seed.account_id)
    assert key is not None
    data = _event(key)
    hint = {"seq": 1, "type": "message_created", "audience": [], "at": "2026-11-23T00:00:00Z", "data": data}
    opened = item_from_hint(hint).data["message"]
    assert (opened["content"], opened["referral"]) == ({"body": "berimbau"}, {"headline": "anúncio"})
    assert opened["context"]["quoted"]["preview"] == "antes"
    assert opened["reactions"] == [{"reactor": "contact", "emoji": "🌻"}]

    destroy_keys(settings, seed)
    await learn(database, seed)
    with pytest.raises(KeyError):
        item_from_hint(hint)  # the feed reads the log then
    unreadable = item_from_row({**hint, "payload": orjson.dumps(data)}).data["message"]
    assert (unreadable["kind"], unreadable["content"], unreadable["referral"]) == ("unreadable", {}, None)
    assert unreadable["context"]["quoted"] == {"message_id": str(OTHER), "kind": "unreadable", "preview": ""}
    assert unreadable["reactions"] == []
    assert b"sealed" not in item_from_row({**hint, "payload": orjson.dumps(data)}).json


def test_a_logged_event_from_before_is_sealed_as_it_is_opened() -> None:
    plain = {
        "id": str(MESSAGE), "kind": "text", "content": {"body": "berimbau"}, "referral": {"headline": "anúncio"},
        "context": {"quoted": {"message_id": str(OTHER), "kind": "text", "preview": "antes"}},
        "reactions": [{"reactor": "contact", "emoji": "🌻"}],
    }  # fmt: skip
    data = {"message": plain}
    sealed = words.seal_event(_key, "message_updated", data, {str(MESSAGE): "wamid.1"})
    text = orjson.dumps(sealed).decode()
    assert not [word for word in ("berimbau", "anúncio", "antes", "🌻") if word in text]
    assert words.seal_event(_key, "message_updated", sealed, {str(MESSAGE): "wamid.1"}) == sealed
    KEYRING._keys[KEY.hex] = _key
    try:
        assert words.open_event("message_updated", sealed) == data
    finally:
        del KEYRING._keys[KEY.hex]
    ticket = {"ticket": {"preview": {"message_id": str(MESSAGE), "kind": "text", "text": "berimbau"}}}
    assert is_sealed_words(words.seal_event(_key, "ticket_updated", ticket, {})["ticket"]["preview"]["text"])
