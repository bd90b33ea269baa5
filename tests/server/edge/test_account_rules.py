"""An account's own rules over the whole application: networks, origins, rates; for open sessions and sockets too.

The test plays the trusted proxy: it says in X-Forwarded-For where a caller comes from.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
import socketio

from inbox.accounts import plans
from server.settings import Settings
from tests.conftest import SeededAccount
from tests.trips.live_app import Person, Prosa, Shop, eventually, running_prosa

_OFFICE = "203.0.113.7"
_HOME = "198.51.100.9"
_CRM = "https://crm.example.com"
_PATH = "/api/v1/account/security-policy"


@pytest.fixture(scope="module")
async def prosa(settings: Settings) -> AsyncIterator[Prosa]:
    async with running_prosa(settings.model_copy(update={"trusted_proxies": "127.0.0.0/8"})) as running:
        yield running


@pytest.fixture
async def shop(prosa: Prosa) -> AsyncIterator[Shop]:
    async with prosa.open_shop() as shop:
        yield shop


@pytest.fixture
async def alice(shop: Shop) -> Person:
    return await shop.sign_in(shop.account.admin)


@pytest.fixture
async def ana(shop: Shop) -> Person:
    return await shop.sign_in(shop.account.ana)


@pytest.fixture
def small_plan(monkeypatch: pytest.MonkeyPatch) -> plans.Plan:
    plan = replace(
        plans.STANDARD,
        name="small",
        user_requests_per_minute=5,
        key_requests_per_minute=3,
        number_sends_per_minute=2,
    )
    monkeypatch.setitem(plans.PLANS, "small", plan)
    return plan


async def ask(
    person: Person, path: str = "/api/v1/me", address: str = _OFFICE, **headers: str
) -> httpx.Response:
    return await person.rest.get(path, headers={"X-Forwarded-For": address, **headers})


async def settle(person: Person, address: str = _OFFICE, **policy: Any) -> httpx.Response:
    """Puts a policy, from the address."""
    now = (await ask(person, _PATH, address)).json()
    body = {"policy": now["policy"] | policy, "version": now["version"]}
    return await person.rest.put(_PATH, json=body, headers={"X-Forwarded-For": address})


def problem(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


# ── the policy itself ───────────────────────────────────────────────────────────────────────────────────────────────


async def test_policy_is_read_changed_and_on_record(shop: Shop, alice: Person) -> None:
    before = (await ask(alice, _PATH)).json()
    assert before["policy"]["sign_in_networks"] == []
    assert before["your_address"] == _OFFICE
    answer = await settle(
        alice, sign_in_networks=["203.0.113.0/24", "2001:db8::/32"], second_factor_roles=["admin"]
    )
    assert answer.status_code == 200, answer.text
    after = answer.json()
    assert after["version"] == before["version"] + 1
    assert after == (await ask(alice, _PATH)).json()
    rows = await shop.rows(
        "SELECT before, after, ip::text, actor_id FROM audit_log WHERE account_id = $1 AND action = 'security_policy.changed'"
    )
    assert [(row["ip"], row["actor_id"]) for row in rows] == [(f"{_OFFICE}/32", shop.account.admin.user_id)]
    assert "allowed_origins" not in str(rows[0]["after"])  # unchanged


async def test_the_same_policy_again_changes_nothing(shop: Shop, alice: Person) -> None:
    first = await settle(alice, allowed_origins=[_CRM, "https://a.example.com"])
    again = await settle(alice, allowed_origins=["https://a.example.com/", _CRM, _CRM])
    assert again.json() == first.json()
    rows = await shop.rows(
        "SELECT 1 FROM audit_log WHERE account_id = $1 AND action = 'security_policy.changed'"
    )
    assert len(rows) == 1


async def test_of_two_who_save_the_second_is_told(alice: Person) -> None:
    now = (await ask(alice, _PATH)).json()
    bodies = [
        {"policy": {"allowed_origins": [f"https://{n}.example.com"]}, "version": now["version"]} for n in "ab"
    ]
    answers = await asyncio.gather(*(alice.rest.put(_PATH, json=body) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert problem(refused) == (409, "policy_changed")


@pytest.mark.parametrize(
    ("policy", "status", "code"),
    [
        ({"sign_in_networks": ["10.0.0.0/8"]}, 422, "would_lock_you_out"),
        ({"sign_in_networks": ["203.0.113.7/24"]}, 422, "invalid"),
        ({"sign_in_networks": ["everywhere"]}, 422, "invalid"),
        ({"allowed_origins": ["*"]}, 422, "invalid"),
        ({"allowed_origins": ["https://a.example.com/path"]}, 422, "invalid"),
        ({"allowed_origins": ["javascript:alert(1)"]}, 422, "invalid"),
        ({"second_factor_roles": ["emperor"]}, 422, "unknown_role"),
        ({"second_factor_roles": [str(uuid4())]}, 422, "unknown_role"),
        ({"unknown": []}, 422, "invalid"),
    ],
)
async def test_policies_that_cannot_be_meant_are_refused(
    alice: Person, policy: dict[str, Any], status: int, code: str
) -> None:
    assert problem(await settle(alice, **policy)) == (status, code)
    assert (await ask(alice, _PATH)).json()["policy"] == {
        "second_factor_roles": [], "sign_in_networks": [], "api_networks": [], "allowed_origins": [],
    }  # fmt: skip


async def test_only_who_manages_security_sees_or_changes_it(ana: Person) -> None:
    assert problem(await ask(ana, _PATH)) == (403, "forbidden")
    body = {"policy": {}, "version": 1}
    assert problem(await ana.rest.put(_PATH, json=body)) == (403, "forbidden")


# ── networks ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_open_sessions_from_elsewhere_end_with_the_change(alice: Person, ana: Person) -> None:
    assert (await ask(ana, address=_HOME)).status_code == 200
    assert (await settle(alice, sign_in_networks=[f"{_OFFICE}/32"])).status_code == 200
    refused = await ask(ana, address=_HOME)
    assert problem(refused) == (403, "address_not_allowed")
    assert refused.json()["address"] == _HOME
    assert (await ask(ana, address=_OFFICE)).status_code == 200
    assert (await settle(alice, sign_in_networks=[])).status_code == 200
    assert (await ask(ana, address=_HOME)).status_code == 200


async def test_a_client_cannot_write_itself_into_the_list(alice: Person, ana: Person) -> None:
    assert (await settle(alice, sign_in_networks=[f"{_OFFICE}/32"])).status_code == 200
    for spoofed in (f"{_OFFICE}, {_HOME}", f"{_OFFICE}, 127.0.0.1, {_HOME}, 127.0.0.1"):
        assert problem(await ask(ana, address=spoofed)) == (403, "address_not_allowed")


async def test_open_sockets_from_elsewhere_are_cut_with_the_change(
    shop: Shop, alice: Person, ana: Person
) -> None:
    office, home = [await open_socket(shop, ana, address) for address in (_OFFICE, _HOME)]
    try:
        assert (await settle(alice, sign_in_networks=[f"{_OFFICE}/32"])).status_code == 200
        await eventually(lambda: not home.connected, "the socket from elsewhere is cut")
        assert office.connected
        with pytest.raises(socketio.exceptions.ConnectionError):
            await open_socket(shop, ana, _HOME)
    finally:
        await office.disconnect()
        await home.disconnect()


async def open_socket(shop: Shop, person: Person, address: str) -> socketio.AsyncClient:
    client = socketio.AsyncClient(reconnection=False)
    ready = asyncio.Event()
    client.on("ready", lambda _: ready.set())
    await client.connect(
        shop.url, auth={"token": person.token}, transports=["websocket"], headers={"X-Forwarded-For": address}
    )
    async with asyncio.timeout(20):
        await ready.wait()
    return client


# ── origins ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def preflight(shop: Shop, origin: str, method: str = "POST") -> httpx.Response:
    headers = {"Origin": origin, "Access-Control-Request-Method": method,
               "Access-Control-Request-Headers": "authorization,content-type"}  # fmt: skip
    async with httpx.AsyncClient(base_url=shop.url) as client:
        return await client.options("/api/v1/contacts", headers=headers)


async def test_pages_of_listed_origins_may_call_with_a_token(shop: Shop, alice: Person, ana: Person) -> None:
    page = "https://shop.example.com"  # listed by no account of another test
    assert problem(await preflight(shop, page)) == (403, "origin_not_allowed")
    assert (await settle(alice, allowed_origins=[page])).status_code == 200
    answer = await preflight(shop, page)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == page
    assert "authorization" in answer.headers["access-control-allow-headers"]
    called = await ask(ana, Origin=page)
    assert called.status_code == 200
    assert called.headers["access-control-allow-origin"] == page
    assert called.headers["vary"] == "Origin"
    for headers in (answer.headers, called.headers):
        assert "access-control-allow-credentials" not in headers


async def test_an_origin_that_another_account_lists_is_not_ones_own(
    prosa: Prosa, alice: Person, ana: Person
) -> None:
    assert (await settle(alice, allowed_origins=[_CRM])).status_code == 200
    async with prosa.open_shop() as other:
        stranger = await other.sign_in(other.account.ana)
        assert (await preflight(other, _CRM)).status_code == 204  # no caller is known yet
        refused = await ask(stranger, Origin=_CRM)
        assert problem(refused) == (403, "origin_not_allowed")
        assert "access-control-allow-origin" not in refused.headers
        assert (await ask(ana, Origin=_CRM)).status_code == 200


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "https://crm.example.com.evil.example", "http://crm.example.com"],
)
async def test_pages_of_other_origins_may_not(shop: Shop, alice: Person, ana: Person, origin: str) -> None:
    assert (await settle(alice, allowed_origins=[_CRM])).status_code == 200
    assert problem(await preflight(shop, origin)) == (403, "origin_not_allowed")
    refused = await ask(ana, Origin=origin)
    assert problem(refused) == (403, "origin_not_allowed")
    assert "access-control-allow-origin" not in refused.headers


async def test_our_own_pages_and_programs_need_no_list(shop: Shop, ana: Person) -> None:
    assert (await ask(ana, Origin=shop.url)).status_code == 200
    assert "access-control-allow-origin" not in (await ask(ana)).headers


async def test_a_listed_page_learns_that_its_token_is_over(shop: Shop, alice: Person) -> None:
    assert (await settle(alice, allowed_origins=[_CRM])).status_code == 200
    async with httpx.AsyncClient(base_url=shop.url) as client:
        for origin, readable in ((_CRM, True), ("https://evil.example", False)):
            headers = {"Origin": origin, "Authorization": "Bearer over"}
            answer = await client.get("/api/v1/me", headers=headers)
            assert problem(answer) == (401, "unauthenticated")
            assert ("access-control-allow-origin" in answer.headers) is readable


# ── rates ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def set_plan(settings: Settings, account: SeededAccount, plan: str) -> None:
    with psycopg.connect(settings.database_url) as connection:
        connection.execute("UPDATE accounts SET plan = %s WHERE account_id = %s", (plan, account.account_id))


async def test_a_person_may_ask_as_often_as_the_plan_says(
    settings: Settings, shop: Shop, ana: Person, alice: Person, small_plan: plans.Plan
) -> None:
    set_plan(settings, shop.account, "small")
    answers = [await ask(ana) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert problem(answers[-1]) == (429, "rate_limited")
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert answers[0].headers["ratelimit-policy"] == '"address";q=6000;w=60, "user";q=5;w=60'
    assert '"user";r=4;t=' in answers[0].headers["ratelimit"]
    assert (await ask(alice)).status_code == 200  # another person of the same office


async def test_rest_queues_for_a_number_as_fast_as_the_plan_says(
    settings: Settings, shop: Shop, small_plan: plans.Plan
) -> None:
    set_plan(settings, shop.account, "small")
    bruno, ana = [await shop.sign_in(actor) for actor in (shop.account.bruno, shop.account.ana)]
    await shop.inbound("5511987650009", text="oi")
    await eventually(lambda: has_conversation(shop), "the conversation is there")
    conversation_id = (await shop.rows("SELECT id FROM conversations WHERE account_id = $1"))[0]["id"]
    path = f"/api/v1/conversations/{conversation_id}/messages"

    async def send(person: Person) -> httpx.Response:
        content = {"kind": "text", "body": "olá"}
        return await person.rest.post(path, json={"client_message_id": str(uuid4()), "content": content})

    assert problem(await send(bruno)) == (404, "not_found")  # who may not see it uses up nothing
    answers = [await send(ana) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert '"number";q=2;w=60' in answers[0].headers["ratelimit-policy"]


async def has_conversation(shop: Shop) -> bool:
    return bool(await shop.rows("SELECT 1 FROM conversations WHERE account_id = $1"))


# ── what the whole stack answers ────────────────────────────────────────────────────────────────────────────────────


async def test_every_answer_has_an_id_and_is_hardened_but_webhooks_take_the_short_way(
    shop: Shop, ana: Person
) -> None:
    async with httpx.AsyncClient(base_url=shop.url) as client:
        paths = ("/", "/api/docs", "/api/openapi.json", "/api/v1/nothing", "/media/1", "/healthz", "/metrics")
        for path in paths:
            answer = await client.get(path)
            assert len(answer.headers.get_list("x-request-id")) == 1, path
            assert len(answer.headers.get_list("content-security-policy")) == 1, path
            assert answer.headers["x-content-type-options"] == "nosniff"
        hook = await client.post("/hooks/whatsapp/unknown", content=b"{}")
        assert hook.status_code == 404
        assert "x-request-id" not in hook.headers
        told = await client.get("/healthz", headers={"X-Request-Id": "from-the-proxy-1"})
        assert told.headers["x-request-id"] == "from-the-proxy-1"
        https = await client.get("/healthz", headers={"X-Forwarded-For": _HOME, "X-Forwarded-Proto": "https"})
        assert "strict-transport-security" in https.headers
