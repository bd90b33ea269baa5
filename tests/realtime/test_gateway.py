"""Coming in, hearing, resuming, being sent away: through a real WebSocket."""

import asyncio
import random
from datetime import timedelta
from uuid import UUID

import aiohttp
import orjson
import pytest
import socketio.exceptions

from inbox.kernel.audience import ADMINS, EVERYONE, conversation_room, department_room, user_room
from inbox.kernel.event_log import NewEvent
from inbox.kernel.ids import new_id
from realtime.bus import ephemeral_channel
from realtime.ephemeral import announce_access_change
from realtime.wire import DirectWebSocket
from server.settings import Settings
from tests.conftest import SeededAccount, seed_account
from tests.realtime.conftest import Live, eventually, running_gateway


def note(*audience: str, n: int = 0) -> NewEvent:
    """An exact event; its shape does not matter to this room."""
    return NewEvent("message_created", list(audience), {"n": n})


async def test_a_socket_hears_what_its_user_may_hear_and_nothing_else(
    live: Live, seed: SeededAccount
) -> None:
    ana = await live.connect(seed.ana)
    vendas, suporte = (department_room(seed.departments[name]) for name in ("vendas", "suporte"))
    await live.log(
        seed.account_id,
        note(vendas),
        note(suporte),
        note(ADMINS),
        note(user_room(seed.bruno.user_id)),
        note(conversation_room(new_id())),
        note(user_room(seed.ana.user_id), suporte),
        note(EVERYONE),
    )
    await ana.until(lambda: len(ana.items) >= 3)
    assert ana.seqs == [1, 6, 7]


async def test_another_account_hears_nothing(live: Live, seed: SeededAccount, settings: Settings) -> None:
    other = seed_account(settings)
    stranger, ana = await live.connect(other.admin), await live.connect(seed.ana)
    await live.log(seed.account_id, note(EVERYONE))
    await live.log(other.account_id, note(EVERYONE, n=2))
    await asyncio.gather(
        ana.until(lambda: len(ana.items) == 1), stranger.until(lambda: len(stranger.items) == 1)
    )
    assert (ana.items[0]["data"]["n"], stranger.items[0]["data"]["n"]) == (0, 2)


async def test_a_bad_token_is_refused_with_a_problem(live: Live, seed: SeededAccount) -> None:
    client = live.client(seed.ana, token="nobody's")
    with pytest.raises(socketio.exceptions.ConnectionError):
        await client.dial()
    assert client.refusal["data"]["code"] == "unauthenticated"
    assert client.refusal["data"]["status"] == 401


async def test_an_unreadable_auth_is_refused_with_a_problem(live: Live, seed: SeededAccount) -> None:
    client = live.client(seed.ana, cursor="seven", colour="red")
    with pytest.raises(socketio.exceptions.ConnectionError):
        await client.dial()
    assert {error["field"] for error in client.refusal["data"]["errors"]} == {"cursor", "colour"}


async def test_replay_brings_exactly_what_was_missed(live: Live, seed: SeededAccount) -> None:
    first = await live.connect(seed.ana)
    vendas, suporte = (department_room(seed.departments[name]) for name in ("vendas", "suporte"))
    await live.log(seed.account_id, note(vendas, n=1))
    await first.until(lambda: len(first.items) == 1)
    cursor = first.cursor
    await first.close()
    await live.log(seed.account_id, *(note(vendas if n % 2 else suporte, n=n) for n in range(2, 12)))
    second = await live.connect(seed.ana, cursor=cursor)
    await live.log(seed.account_id, note(vendas, n=12))
    await second.until(lambda: bool(second.items) and second.items[-1]["data"]["n"] == 12)
    assert [item["data"]["n"] for item in second.items] == [3, 5, 7, 9, 11, 12]
    assert second.last("ready")["resumed"] is True


async def test_replay_of_conflated_items_brings_the_latest_of_each_ticket(
    live: Live, seed: SeededAccount
) -> None:
    vendas = department_room(seed.departments["vendas"])
    ids = [str(new_id()), str(new_id())]
    await live.log(
        seed.account_id,
        *(NewEvent("ticket_updated", [vendas], {"ticket": {"id": ids[n % 2], "n": n}}) for n in range(10)),
        note(vendas),
    )
    ana = await live.connect(seed.ana, cursor=0)
    assert ana.seqs == [9, 10, 11]


async def test_a_resuming_socket_under_traffic_misses_nothing_and_hears_nothing_twice(
    live: Live, seed: SeededAccount
) -> None:
    room = department_room(seed.departments["vendas"])
    done = asyncio.Event()

    async def write() -> None:
        for n in range(300):
            await live.log(seed.account_id, note(room, n=n))
        done.set()

    writing = asyncio.create_task(write())
    heard: list[int] = []
    cursor = 0
    while not done.is_set() or not heard or heard[-1] < 300:
        client = await live.connect(seed.ana, cursor=cursor)
        await asyncio.sleep(random.random() * 0.05)
        await client.close()
        heard += client.seqs
        cursor = max(client.cursor, cursor)
    await writing
    assert heard == list(range(1, 301))


async def test_two_hundred_sockets_reconnect_at_once(live: Live, seed: SeededAccount) -> None:
    room = department_room(seed.departments["vendas"])
    await live.log(seed.account_id, *(note(room, n=n) for n in range(50)))
    clients = await asyncio.gather(*(live.connect(seed.ana, cursor=20) for _ in range(200)))
    await live.log(seed.account_id, note(room))
    await asyncio.gather(*(c.until(lambda c=c: c.cursor == 51) for c in clients))  # type: ignore[misc]
    assert all(client.seqs == list(range(21, 52)) for client in clients)


@pytest.mark.parametrize(("cursor", "reason"), [(10_000, "unknown_cursor"), (0, "too_far")])
async def test_a_cursor_that_cannot_be_served_asks_for_a_resync(
    settings: Settings, redis_url: str, seed: SeededAccount, cursor: int, reason: str
) -> None:
    tight = settings.model_copy(update={"replay_limit": 5})
    async with running_gateway(tight, redis_url) as live:
        await live.log(seed.account_id, *(note(EVERYONE, n=n) for n in range(6)))
        ana = await live.connect(seed.ana, cursor=cursor)
        assert ana.last("resync_required") == {"reason": reason}
        assert (ana.last("ready")["resumed"], ana.last("ready")["seq"]) == (False, 6)
        await live.log(seed.account_id, note(EVERYONE))
        await ana.until(lambda: ana.seqs == [7])


async def test_a_cursor_before_what_the_log_keeps_asks_for_a_resync(live: Live, seed: SeededAccount) -> None:
    await live.log(seed.account_id, *(note(EVERYONE, n=n) for n in range(6)))
    await live.pool.execute("DELETE FROM events WHERE account_id = $1 AND seq <= 3", seed.account_id)
    too_old = await live.connect(seed.ana, cursor=2)
    just_kept = await live.connect(seed.ana, cursor=3)
    assert too_old.last("resync_required") == {"reason": "too_old"}
    assert just_kept.seqs == [4, 5, 6]


async def test_an_expired_token_ends_the_socket(live: Live, seed: SeededAccount) -> None:
    token = live.tokens.issue(seed.ana, lasts=timedelta(seconds=0.3))
    ana = await live.connect(seed.ana, token=token)
    await ana.until(lambda: not ana.connected)
    assert ana.last("signed_out") == {"reason": "token_expired"}


async def test_a_younger_token_keeps_the_socket(live: Live, seed: SeededAccount) -> None:
    ana = await live.connect(seed.ana, token=live.tokens.issue(seed.ana, lasts=timedelta(seconds=1.0)))
    assert await ana.command("refresh_token", {"token": live.tokens.issue(seed.ana)}) == {}
    assert (await ana.command("refresh_token", {"token": live.tokens.issue(seed.bruno)}))[
        "code"
    ] == "forbidden"
    await asyncio.sleep(2.2)  # past the first token's end and the next sweep: nothing is meant to happen
    assert ana.connected


async def test_a_new_department_is_heard_after_the_member_changed(live: Live, seed: SeededAccount) -> None:
    ana, bruno = (
        await live.connect(seed.ana, token=live.tokens.issue(seed.ana, name="ana")),
        await live.connect(seed.bruno),
    )
    suporte = seed.departments["suporte"]
    moved = type(seed.ana)(seed.account_id, seed.ana.user_id, seed.ana.role, frozenset({suporte}))
    live.tokens.issue(moved, name="ana")
    member = {"id": str(moved.user_id), "role": "operator", "department_ids": [str(suporte)]}
    await live.log(seed.account_id, NewEvent("member_updated", [EVERYONE], {"member": member}))
    await ana.until(lambda: ana.last("resync_required") == {"reason": "access_changed"})
    vendas_room, suporte_room = (department_room(seed.departments[name]) for name in ("vendas", "suporte"))
    await live.log(seed.account_id, note(vendas_room, n=1), note(suporte_room, n=2))
    await ana.until(lambda: ana.items[-1]["data"].get("n") == 2)
    assert [item["seq"] for item in ana.items] == [1, 3]
    assert bruno.last("resync_required") is None


async def test_a_revoked_session_ends_on_every_process(live: Live, seed: SeededAccount) -> None:
    ana = await live.connect(seed.ana, token=live.tokens.issue(seed.ana, name="gone"))
    await eventually(lambda: live.gateway._bus.is_live(ephemeral_channel(seed.account_id)))
    del live.tokens.known["gone"]
    announce_access_change(live.publisher, seed.account_id, seed.ana.user_id)
    await ana.until(lambda: not ana.connected)
    assert ana.last("signed_out") == {"reason": "signed_out"}


async def test_a_graceful_stop_sends_everybody_elsewhere(
    settings: Settings, redis_url: str, seed: SeededAccount
) -> None:
    async with running_gateway(settings, redis_url) as live:
        ana = await live.connect(seed.ana)
        await live.gateway.stop()
        await ana.until(lambda: not ana.connected)
        assert 0 < ana.last("reconnect")["after_ms"] <= 3000
        late = live.client(seed.bruno)
        with pytest.raises(socketio.exceptions.ConnectionError):
            await late.dial()
        assert late.refusal["data"]["code"] == "unavailable"


async def test_presence_is_told_and_listed(live: Live, seed: SeededAccount) -> None:
    ana = await live.connect(seed.ana)
    bruno = await live.connect(seed.bruno)
    await ana.until(
        lambda: ("presence", {"user_id": str(seed.bruno.user_id), "connected": True}) in ana.heard
    )
    connected = set(map(UUID, bruno.last("ready")["connected_user_ids"]))
    assert connected == {seed.ana.user_id, seed.bruno.user_id}


async def test_unknown_bad_and_too_many_commands_are_problems(live: Live, seed: SeededAccount) -> None:
    ana = await live.connect(seed.ana)
    assert (await ana.command("fly", {}))["code"] == "unknown_command"
    invalid = await ana.command("accept_ticket", {"ticket_id": "no id", "extra": 1})
    assert (invalid["code"], {e["field"] for e in invalid["errors"]}) == ("invalid", {"ticket_id", "extra"})
    answers = await asyncio.gather(*(ana.command("fly", {}) for _ in range(400)))
    codes = {answer["code"] for answer in answers}
    assert codes == {"unknown_command", "rate_limited"}


async def test_the_direct_path_is_used_and_stock_websockets_work_too(
    settings: Settings, redis_url: str, seed: SeededAccount
) -> None:
    for ws, direct in ((DirectWebSocket, True), ("websockets-sansio", False), ("wsproto", False)):
        async with running_gateway(settings, redis_url, ws=ws) as live:
            cursor = await live.pool.fetchval(
                "SELECT seq FROM event_counters WHERE account_id = $1", seed.account_id
            )
            ana = await live.connect(seed.ana, cursor=cursor)
            assert [s.queue.is_direct for s in live.gateway._sockets.values()] == [direct]
            await live.log(seed.account_id, *(note(EVERYONE, n=n) for n in range(20)))
            await ana.until(lambda: len(ana.items) == 20)  # noqa: B023
            assert ana.seqs == list(range(cursor + 1, cursor + 21))


async def test_a_browser_of_another_site_is_refused(live: Live, seed: SeededAccount) -> None:
    client = live.client(seed.ana)
    with pytest.raises(socketio.exceptions.ConnectionError):
        await client.socket.connect(
            live.url, headers={"Origin": "https://evil.example"}, auth=client._auth, transports=["websocket"]
        )
    await client.socket.connect(
        live.url, headers={"Origin": live.url}, auth=client._auth, transports=["websocket"]
    )


async def test_a_connection_that_never_signs_in_is_dropped(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("realtime.gateway._SIGN_IN_SECONDS", 0.1)
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{live.url}/socket.io/?EIO=4&transport=websocket") as ws,
        asyncio.timeout(10),
    ):
        async for _ in ws:
            pass
        assert ws.closed


async def test_a_replay_larger_than_the_write_buffer_arrives_whole(live: Live, seed: SeededAccount) -> None:
    big = NewEvent("message_created", [EVERYONE], {"body": "x" * 5_000})
    await live.log(seed.account_id, *[big] * 1_000)
    ana = await live.connect(seed.ana, cursor=0)
    assert ana.seqs == list(range(1, 1_001))


async def test_a_socket_that_reads_too_slowly_is_cut_and_resumes(live: Live, seed: SeededAccount) -> None:
    ana = await live.connect(seed.ana)
    slow = await SlowReader.connect(live, live.tokens.issue(seed.ana))
    big = NewEvent("message_created", [EVERYONE], {"body": "x" * 100_000})
    for _ in range(80):  # 8 MB: more than the buffers of both kernels and ours
        await live.log(seed.account_id, big)
    await eventually(lambda: len(live.gateway._sockets) == 1)
    await ana.until(lambda: len(ana.items) == 80)
    await slow.close()
    again = await live.connect(seed.ana, cursor=70)
    assert again.seqs == list(range(71, 81))


class SlowReader:
    """A WebSocket that signs in and then reads nothing."""

    def __init__(self, session: aiohttp.ClientSession, ws: "aiohttp.ClientWebSocketResponse") -> None:
        self._session = session
        self._ws = ws

    @classmethod
    async def connect(cls, live: Live, token: str) -> "SlowReader":
        session = aiohttp.ClientSession()
        ws = await session.ws_connect(f"{live.url}/socket.io/?EIO=4&transport=websocket", max_msg_size=0)
        await ws.receive_str()
        await ws.send_str("40" + orjson.dumps({"token": token}).decode())
        while not (await ws.receive_str()).startswith('42["ready"'):
            pass
        transport = ws.get_extra_info("socket")
        assert transport is not None
        assert ws._reader is not None
        ws._reader._protocol.pause_reading()  # there is no public way to be slow
        return cls(session, ws)

    async def close(self) -> None:
        await self._session.close()
