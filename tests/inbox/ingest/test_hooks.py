"""The endpoint: who may post, what is answered, and that 200 means committed."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import orjson
import pytest

from inbox.ingest import batcher
from inbox.ingest.apps import AppDirectory
from inbox.ingest.replay import replay
from inbox.ingest.service import Ingest
from inbox.ingest.store import Store
from inbox.whatsapp.signature import sign
from server.settings import Settings
from tests.conftest import SeededAccount, seed_account
from tests.inbox.ingest.webhooks import (
    Hook,
    change,
    document,
    escaped,
    hook_client,
    message,
    new_wamid,
    status,
    text,
)


def body_of(hook: Hook, *messages: dict[str, object]) -> bytes:
    return escaped(document(change(hook.seed.number.phone_number_id, messages=list(messages))))


async def test_the_handshake_answers_the_challenge_verbatim(hook: Hook) -> None:
    params = {
        "hub.mode": "subscribe",
        "hub.challenge": "1158201444",
        "hub.verify_token": hook.seed.app.verify_token,
    }
    response = await hook.client.get(f"/hooks/whatsapp/{hook.seed.app.hook_key}", params=params)
    assert (response.status_code, response.text) == (200, "1158201444")
    assert response.headers["content-type"].startswith("text/plain")
    for wrong in ({"hub.verify_token": "x"}, {"hub.mode": "unsubscribe"}, {"hub.challenge": ""}):
        response = await hook.client.get(f"/hooks/whatsapp/{hook.seed.app.hook_key}", params=params | wrong)
        assert response.status_code == 403


async def test_refusals_store_nothing(hook: Hook) -> None:
    body = body_of(hook, text())
    assert (await hook.post(body, signature=None)).status_code == 401
    assert (await hook.post(body, signature="sha256=" + 64 * "0")).status_code == 403
    assert (await hook.post(body + b" ", signature=sign(body, hook.seed.app.app_secret))).status_code == 403
    assert (await hook.post(body, path="nobody")).status_code == 404
    assert (await hook.post(b"{not json")).status_code == 400
    assert (await hook.client.put(f"/hooks/whatsapp/{hook.seed.app.hook_key}")).status_code == 405
    assert await hook.messages() == []


async def test_another_accounts_secret_does_not_open_this_path(hook: Hook, settings: Settings) -> None:
    other = await asyncio.to_thread(seed_account, settings)
    body = body_of(hook, text())
    assert (await hook.post(body, signature=sign(body, other.app.app_secret))).status_code == 403


@pytest.fixture
async def small_hook(ingest: Ingest, seed: SeededAccount, owner_pool: asyncpg.Pool) -> AsyncIterator[Hook]:
    async with hook_client(ingest, max_bytes=1_000) as client:
        yield Hook(client, seed, owner_pool)


async def test_a_body_beyond_the_limit_is_413_with_and_without_a_length(small_hook: Hook) -> None:
    body = body_of(small_hook, text("x" * 2_000))
    assert (await small_hook.post(body)).status_code == 413

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 100):
            yield body[start : start + 100]

    headers = {"X-Hub-Signature-256": sign(body, small_hook.seed.app.app_secret)}
    response = await small_hook.client.post(
        f"/hooks/whatsapp/{small_hook.seed.app.hook_key}", content=chunks(), headers=headers
    )
    assert response.status_code == 413
    assert "content-length" not in response.request.headers


async def test_metas_escapes_are_signed_as_they_arrive(hook: Hook) -> None:
    body = body_of(hook, text("Olá 😀 ana@ex.com http://x")).replace(b"@", b"\\u0040")
    assert b"\\u00e1" in body
    assert (await hook.post(body)).status_code == 200
    assert orjson.loads((await hook.messages())[0]["content"]) == {"body": "Olá 😀 ana@ex.com http://x"}


async def test_a_rotated_secret_and_a_new_number_are_known_at_once(
    hook: Hook, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.ingest.apps._RELOAD_EVERY_SECONDS", 0.0)
    await hook.send(text())
    app, number = hook.seed.app, hook.seed.number
    sealed = settings.vault.encrypt(b"new secret", f"whatsapp_apps.app_secret:{app.id}")
    await hook.pool.execute(
        "UPDATE whatsapp_apps SET previous_app_secret_sealed = app_secret_sealed, app_secret_sealed = $2 WHERE id = $1",
        app.id,
        sealed,
    )
    body = body_of(hook, text())
    assert (await hook.post(body, signature=sign(body, b"new secret"))).status_code == 200
    assert (await hook.post(body_of(hook, text()))).status_code == 200
    await hook.pool.execute(
        "INSERT INTO phone_numbers SELECT account_id, gen_random_uuid(), app_id, 'Dois', phone_number_id || '9', waba_id, display_phone_number,"
        " access_token_sealed, default_department_id FROM phone_numbers WHERE account_id = $1", hook.seed.account_id,
    )  # fmt: skip
    response = await hook.post(escaped(document(change(number.phone_number_id + "9", messages=[text()]))))
    assert response.status_code == 200
    assert len(await hook.messages()) == 4
    assert await hook.value("SELECT count(*) FROM dead_webhooks WHERE account_id = $1") == 0


async def test_what_is_no_whatsapp_webhook_is_parked_once_and_answered_200(hook: Hook) -> None:
    for _ in range(3):
        assert (await hook.post(b'{"object":"page","entry":[]}')).status_code == 200
    parked = await hook.row("SELECT * FROM dead_webhooks WHERE account_id = $1")
    assert (parked["reason"], parked["body"]) == ("unparsed", b'{"object":"page","entry":[]}')


async def test_items_of_an_unknown_number_are_parked_and_the_others_stored(
    hook: Hook, settings: Settings
) -> None:
    other = await asyncio.to_thread(seed_account, settings)
    body = escaped(
        document(
            change(hook.seed.number.phone_number_id, messages=[text("meu")]),
            change(
                other.number.phone_number_id,
                messages=[text("de outra conta")],
                statuses=[status("wamid.Z", "sent")],
            ),
        )
    )
    assert (await hook.post(body)).status_code == 200
    assert (await hook.post(body)).status_code == 200
    assert len(await hook.messages()) == 1
    assert (
        await hook.pool.fetchval("SELECT count(*) FROM messages WHERE account_id = $1", other.account_id) == 0
    )
    parked = await hook.row("SELECT * FROM dead_webhooks WHERE account_id = $1")
    assert (parked["reason"], parked["detail"], parked["body"]) == (
        "unknown_number",
        other.number.phone_number_id,
        body,
    )


async def test_a_poison_message_is_parked_and_costs_nobody_else(hook: Hook) -> None:
    poison = text(
        "veneno", wamid="wamid." + "".join(f"{n:x}" for n in range(9_000))
    )  # longer than an index row may be
    bodies = [body_of(hook, text("a"), poison, text("b")), *(body_of(hook, text(str(n))) for n in range(5))]
    for _ in range(2):
        answers = await asyncio.gather(*(hook.post(body) for body in bodies))
        assert {a.status_code for a in answers} == {200}
    contents = {orjson.loads(m["content"])["body"] for m in await hook.messages()}
    assert contents == {"a", "b", "0", "1", "2", "3", "4"}
    parked = await hook.row("SELECT * FROM dead_webhooks WHERE account_id = $1")
    assert (parked["reason"], parked["body"]) == ("poison", bodies[0])
    assert orjson.loads(parked["item"])["text"] == {"body": "veneno"}
    assert "veneno" not in parked["detail"]


async def test_replay_stores_what_was_parked(hook: Hook, settings: Settings) -> None:
    body = escaped(document(change("10600777", messages=[text("cedo demais")])))
    assert (await hook.post(body)).status_code == 200
    async with asyncpg.create_pool(settings.resolved_system_database_url, min_size=1, max_size=2) as pool:
        row = await hook.row("SELECT * FROM dead_webhooks WHERE account_id = $1")
        report = await replay(pool, id_=row["id"])
        assert (report.replayed, report.still_parked) == (0, 1)
        await hook.pool.execute(
            "UPDATE phone_numbers SET phone_number_id = '10600777' WHERE account_id = $1",
            hook.seed.account_id,
        )
        report = await replay(pool, reason="unknown_number", id_=row["id"])
        assert (report.replayed, report.still_parked) == (1, 0)
        assert (await replay(pool, id_=row["id"])).replayed == 0
    assert orjson.loads((await hook.messages())[0]["content"]) == {"body": "cedo demais"}


async def test_account_news_are_kept_once(hook: Hook) -> None:
    news = {"field": "account_update", "value": {"event": "VERIFIED_ACCOUNT", "x": 1}}
    reordered = {"value": {"x": 1, "event": "VERIFIED_ACCOUNT"}, "field": "account_update"}
    for one in (news, news, reordered):
        assert (await hook.post(escaped(document(one)))).status_code == 200
    row = await hook.row("SELECT * FROM number_updates WHERE account_id = $1")
    assert (row["field"], orjson.loads(row["value"])["event"]) == ("account_update", "VERIFIED_ACCOUNT")


async def test_a_number_is_marked_alive(hook: Hook) -> None:
    await hook.send(text())
    assert await hook.value("SELECT last_webhook_at FROM phone_numbers WHERE account_id = $1") is not None


async def test_a_storage_failure_is_503_and_the_repeated_post_is_stored(
    settings: Settings, seed: SeededAccount, owner_pool: asyncpg.Pool
) -> None:
    ingest = Ingest(settings.resolved_system_database_url, settings.vault)
    await ingest.start()
    async with hook_client(ingest) as client:
        hook = Hook(client, seed, owner_pool)
        await hook.send(text("antes"))
        body = body_of(hook, text("durante"))
        async with owner_pool.acquire() as connection:
            await connection.execute("ALTER ROLE prosa_system NOLOGIN")
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'prosa ingest' AND datname = current_database()"
            )
            refused = await hook.post(body)
            await connection.execute("ALTER ROLE prosa_system LOGIN")
        assert refused.status_code == 503
        assert refused.headers["retry-after"]
        assert len(await hook.messages()) == 1
        assert (await hook.post(body)).status_code == 200
        assert [orjson.loads(m["content"])["body"] for m in await hook.messages()] == ["antes", "durante"]
    await ingest.stop()


async def test_a_connection_cut_in_the_middle_is_retried_without_loss(hook: Hook) -> None:
    await hook.send(text("a"))
    await hook.pool.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'prosa ingest' AND datname = current_database()"
    )
    await hook.send(text("b"))
    assert len(await hook.messages()) == 2


async def test_a_full_process_refuses_and_a_stopping_one_flushes(
    settings: Settings, seed: SeededAccount, owner_pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest = Ingest(settings.resolved_system_database_url, settings.vault)
    await ingest.start()
    async with hook_client(ingest) as client:
        hook = Hook(client, seed, owner_pool)
        await hook.send(text("primeiro"))
        monkeypatch.setattr(batcher, "WAITING_ITEMS", 0)
        assert (await hook.post(body_of(hook, text("cheio")))).status_code == 503
        monkeypatch.undo()
        app = await ingest.apps.find(seed.app.hook_key)
        assert app is not None
        waiting = [asyncio.ensure_future(ingest.receive(app, body_of(hook, text(str(n))))) for n in range(20)]
        await asyncio.sleep(0)
        await ingest.stop()
        await asyncio.gather(*waiting)
        assert len(await hook.messages()) == 21
        assert (await hook.post(body_of(hook, text("tarde")))).status_code == 503


def test_the_directory_and_the_store_need_no_connection_to_be_made(settings: Settings) -> None:
    assert AppDirectory(settings.vault).cached("x") is None
    assert Store.__init__ is not None
    assert message({"type": "text"})["id"] != new_wamid()
