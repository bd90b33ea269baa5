"""The first standing property: old state + events = fresh fetch, for everybody, whatever happened meanwhile.

Random histories: customers write, operators and a supervisor work, sockets drop and come back with their cursor. When all
is quiet, each screen that was kept by events alone equals what REST shows this person now. Each socket heard strictly
ascending seqs, nothing twice, nothing left out, and nothing of a department that its user may not see.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, Phase, given, note
from hypothesis import settings as bounded
from hypothesis import strategies as st
from pydantic import TypeAdapter

from inbox.accounts.events import MemberView
from inbox.conversations.events import MessageView
from inbox.kernel.audience import conversation_room, standing_rooms
from inbox.tickets.events import TicketView
from realtime.protocol import CONFLATED_TYPES
from server.sandbox.config import StatusTiming
from server.settings import Settings
from tests.trips.live_app import LiveSocket, Person, Prosa, Shop, eventually, running_prosa
from tests.trips.screen import LISTS, Screen

# Each history takes two or three seconds of real time; shrinking would take minutes and follow the timing, not the
# history. Every run draws others, and `make chaos` plays them for as long as one likes.
_EXAMPLES = 5
# A late status webhook may still be on its way when everything looks quiet; on a busy machine it takes its time.
_ON_ITS_WAY_SECONDS = 10.0
_CONFLATION_MS = 30
_PHASES = (Phase.explicit, Phase.generate)

_CUSTOMERS = ("5511987650001", "5521987650002", "558187650003")
_TICKETS = TypeAdapter(list[TicketView])
_MEMBERS = TypeAdapter(list[MemberView])
_MESSAGES = TypeAdapter(list[MessageView])

# What a person may be told; anything else would be a fault of ours.
_EXPECTED_PROBLEMS = frozenset({
    "not_found", "forbidden", "already_accepted", "conflict", "ticket_closed", "ticket_open", "not_retryable",
    "message_not_sent_yet", "window_closed",
})  # fmt: skip


@pytest.fixture(scope="module")
async def prosa(settings: Settings) -> AsyncIterator[Prosa]:
    # A narrower window than in production: every step waits for it.
    async with running_prosa(settings.model_copy(update={"conflation_ms": _CONFLATION_MS})) as running:
        yield running


# ── histories ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Action:
    name: str
    who: int
    """Which of the three users."""
    contact: int
    pick: int
    """Which of the things that the action may apply to."""
    awaited: bool
    """Everybody sees what came of it before the next one; otherwise the next action begins while this one runs."""


_NAMES = (
    ["text"] * 5 + ["picture", "react_to_us", "edit", "delete", "quote", "repeat", "rename"]
    + ["accept"] * 3 + ["send"] * 4 + ["reply", "react", "retry", "fail", "refuse"]
    + ["transfer"] * 3 + ["return", "close", "close", "reopen", "mark_read", "availability"]
    + ["open"] * 3 + ["leave", "drop", "cut", "cut", "come", "come", "come"]
)  # fmt: skip

_ACTIONS = st.builds(
    Action,
    name=st.sampled_from(_NAMES),
    who=st.integers(0, 2),
    contact=st.integers(0, 2),
    pick=st.integers(0, 5),
    awaited=st.booleans(),
)


@dataclass(frozen=True)
class Weather:
    """How Meta delivers."""

    repeats: bool
    shuffles: bool
    slowly: bool
    reopens: bool
    """A customer who writes again finds the last ticket; otherwise a new one opens."""


_WEATHERS = st.builds(
    Weather, repeats=st.booleans(), shuffles=st.booleans(), slowly=st.booleans(), reopens=st.booleans()
)


@given(history=st.lists(_ACTIONS, min_size=10, max_size=30), weather=_WEATHERS)
@bounded(
    max_examples=_EXAMPLES,
    deadline=None,
    phases=_PHASES,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
async def test_state_kept_by_events_equals_a_fresh_fetch(
    prosa: Prosa, history: list[Action], weather: Weather
) -> None:
    timing = StatusTiming.instant()
    if weather.slowly:
        timing = StatusTiming((0.0, 0.05), (0.0, 0.1), (0.0, 0.1), (0.0, 0.1), out_of_order_share=0.7)
    async with prosa.open_shop(timing=timing) as shop:
        if weather.repeats:
            await shop.control(
                "webhooks", duplicate_share=0.3, duplicate_parallel_share=0.3, duplicate_inside_share=0.3
            )
        if weather.shuffles:
            await shop.control("webhooks", shuffle=True, shuffle_spread_seconds=0.1)
        if not weather.reopens:
            await shop.rows("UPDATE phone_numbers SET reopen_within_hours = 0 WHERE account_id = $1")
        account = shop.account
        desks = [
            Desk(shop, await shop.sign_in(actor))
            for actor in (account.ana, account.bruno, account.supervisor)
        ]
        await asyncio.gather(*(desk.come() for desk in desks))
        await _play(shop, desks, history)
        await asyncio.gather(*(desk.come() for desk in desks))
        await shop.until_quiet()
        log = await _read_log(shop)
        for desk in desks:
            note(f"{desk.person.actor.name} looks at {desk.screen.open_id}")
            await desk.check(log)


# ── histories that once broke it ────────────────────────────────────────────────────────────────────────────────────


async def test_what_a_message_shows_of_another_stays_true(prosa: Prosa) -> None:
    """A quote whose original is edited, deleted, or arrives after it; an edit and a deletion of what never came."""
    customer = _CUSTOMERS[0]
    async with prosa.open_shop() as shop:
        ana = Desk(shop, await shop.sign_in(shop.account.ana))
        await ana.come()
        first = await shop.inbound(customer, text="Um")
        await _settle(shop, [ana])
        await ana.work(Action("open", 0, 0, 0, awaited=True))
        await shop.inbound(customer, text="Dois", reply_to=first)
        await shop.inbound(customer, text="Três", reply_to="wamid.LATE")
        await _settle(shop, [ana])

        await shop.inbound(customer, edit={"message_id": first, "text": "Um!"})
        await shop.inbound(customer, text="Antes", wamid="wamid.LATE", age_seconds=60)
        await shop.inbound(customer, edit={"message_id": "wamid.UNKNOWN", "text": "Quatro"})
        await shop.inbound(customer, revoke="wamid.GONE")
        await ana.check_when_quiet()
        quoted = [m.context.quoted.preview for m in ana.screen.history() if m.context and m.context.quoted]
        assert sorted(quoted) == ["Antes", "Um!"]

        await shop.inbound(customer, revoke=first)
        await ana.check_when_quiet()
        quoted = [m.context.quoted.preview for m in ana.screen.history() if m.context and m.context.quoted]
        assert sorted(quoted) == ["", "Antes"]


async def test_a_closed_ticket_shows_nothing_that_changes_behind_its_back(prosa: Prosa) -> None:
    customer = _CUSTOMERS[0]
    async with prosa.open_shop() as shop:
        await shop.rows("UPDATE phone_numbers SET reopen_within_hours = 0 WHERE account_id = $1")
        ana = Desk(shop, await shop.sign_in(shop.account.ana))
        await ana.come()
        await shop.inbound(customer, text="Oi", age_seconds=60)
        await _settle(shop, [ana])
        await ana.work(Action("close", 0, 0, 0, awaited=True))
        await shop.inbound(customer, text="De novo")
        await ana.check_when_quiet()
        assert [len(ana.screen.tickets_of(name)) for name in ("closed", "queue")] == [1, 1]


# ── playing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def _play(shop: Shop, desks: list["Desk"], history: list[Action]) -> None:
    """Everybody has written once and each of us looks at somebody; then the history."""
    await asyncio.gather(*(_write(shop, customer, 0) for customer in _CUSTOMERS))
    await _settle(shop, desks)
    for who, desk in enumerate(desks):
        await desk.work(Action("open", who, who, 0, awaited=True))
    running: list[asyncio.Task[None]] = []
    for action in history:
        running.append(asyncio.create_task(_perform(shop, desks[action.who], action)))
        if action.awaited:
            await asyncio.gather(*running)
            await _settle(shop, desks)
    await asyncio.gather(*running)


async def _settle(shop: Shop, desks: list["Desk"]) -> None:
    await eventually(lambda: shop.sandbox.webhooks.pending == 0, "every webhook answered")
    for desk in desks:
        await desk.hear_out()


async def _perform(shop: Shop, desk: "Desk", action: Action) -> None:
    if action.name in _CUSTOMERS_DO:
        await _CUSTOMERS_DO[action.name](shop, _CUSTOMERS[action.contact], action.pick)
    elif action.name in ("fail", "refuse"):
        kind = "status" if action.name == "fail" else "error"
        await shop.control("faults", kind=kind, code=131026)
    else:
        async with desk.turn:
            await desk.work(action)


# ── customers ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _chat(shop: Shop, customer: str) -> list[Any]:
    chat = shop.sandbox.state.chats.get((shop.account.number.phone_number_id, customer))
    return [] if chat is None else list(chat.messages)


async def _answerable(shop: Shop, customer: str) -> list[str]:
    """What a customer can refer to: their own, and ours once it is on their phone, which is after Meta took it from us."""
    own = [m.id for m in _chat(shop, customer) if m.direction == "inbound"]
    rows = await shop.rows(
        "SELECT wamid FROM messages WHERE account_id = $1 AND direction = 'out' AND wamid <> ''"
    )
    ours = {row["wamid"] for row in rows}
    return [m.id for m in _chat(shop, customer) if m.id in ours or m.id in own]


async def _write(shop: Shop, customer: str, pick: int) -> None:
    await shop.inbound(customer, text=f"Mensagem {pick}", name=f"Cliente {customer[-1]}")


async def _rename(shop: Shop, customer: str, pick: int) -> None:
    """They call themselves otherwise, and the next message says so."""
    await shop.inbound(customer, text="Sou eu", name=f"Cliente {customer[-1]} {'abc'[pick % 3]}")


async def _show_picture(shop: Shop, customer: str, pick: int) -> None:
    await shop.inbound(customer, image="vaso", caption="olha" if pick % 2 else "")


async def _react(shop: Shop, customer: str, pick: int) -> None:
    if wamids := await _answerable(shop, customer):
        target = wamids[-1 - pick % len(wamids)]
        await shop.inbound(customer, reaction={"message_id": target, "emoji": ("👍", "❤️", "")[pick % 3]})


async def _edit(shop: Shop, customer: str, pick: int) -> None:
    if own := [m.id for m in _chat(shop, customer) if m.direction == "inbound" and m.type == "text"]:
        target = own[-1 - pick % len(own)]
        await shop.inbound(customer, edit={"message_id": target, "text": f"Corrigido {pick}"})


async def _delete(shop: Shop, customer: str, pick: int) -> None:
    if own := [m.id for m in _chat(shop, customer) if m.direction == "inbound"]:
        await shop.inbound(customer, revoke=own[-1 - pick % len(own)])


async def _quote(shop: Shop, customer: str, pick: int) -> None:
    if wamids := await _answerable(shop, customer):
        await shop.inbound(customer, text="Sobre isso", reply_to=wamids[-1 - pick % len(wamids)])


async def _repeat(shop: Shop, customer: str, pick: int) -> None:
    """Meta sends a message again, long after it was answered."""
    if own := [m for m in _chat(shop, customer) if m.direction == "inbound" and m.type == "text"]:
        message = own[-1 - pick % len(own)]
        await shop.inbound(customer, text="Mensagem", wamid=message.id, age_seconds=1)


_CUSTOMERS_DO = {
    "text": _write,
    "picture": _show_picture,
    "react_to_us": _react,
    "edit": _edit,
    "delete": _delete,
    "quote": _quote,
    "repeat": _repeat,
    "rename": _rename,
}


# ── people at work ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Heard:
    """What one socket heard."""

    live: LiveSocket
    cursor: int | None
    opened: dict[UUID, int] = field(default_factory=dict)


class Desk:
    """A person, their screen, and the sockets that keep it true one after the other."""

    def __init__(self, shop: Shop, person: Person) -> None:
        self.person = person
        self.screen = Screen(person.actor)
        self.turn = asyncio.Lock()
        """People do one thing after the other."""
        self.heard: list[Heard] = []
        self._shop = shop
        self._live: LiveSocket | None = None
        self._cursor: int | None = None
        self._opened_at = 0

    # ── coming and going ────────────────────────────────────────────────────────────────────────────────────────────

    async def come(self) -> None:
        if self._live is not None:
            return
        if self.screen.open_id is not None and self.screen.messages is None:
            self.screen.close()
        opened = [str(self.screen.open_id)] if self.screen.open_id else []
        live = LiveSocket(
            self.person.url,
            token=self.person.token,
            cursor=self._cursor,
            open_conversation_ids=opened,
        )
        live.on_item = self.screen.take
        self.person.sockets.append(live)
        self.heard.append(Heard(live, self._cursor))
        await live.connect()
        self._live = live
        assert live.ready is not None
        is_first = self._cursor is None
        assert live.ready["resumed"] is not is_first, live.told
        self._cursor = live.cursor
        if is_first:
            await self._fetch_lists()
        elif opened != live.ready["open_conversation_ids"]:
            self.screen.close()

    async def go(self, *, politely: bool) -> None:
        if self._live is not None:
            live, self._live = self._live, None
            await live.close(politely=politely)
            self._cursor = live.cursor

    async def hear_out(self) -> None:
        """Returns when this person has heard what the log holds for them now, opened conversations apart."""
        if (live := self._live) is not None:
            rows = await self._shop.rows(
                "SELECT coalesce(max(seq), 0) AS seq FROM events WHERE account_id = $1 AND audience && $2::text[]",
                list(standing_rooms(self.person.actor)),
            )
            last = rows[0]["seq"]
            await live.until(lambda: live.cursor >= last, f"seq {last}")

    async def _catch_up(self, log: list[Any]) -> None:
        """Returns when everything that this person may hear of the log has been heard."""
        live = self._live
        assert live is not None
        while self.screen.in_doubt:
            await self._open(self.screen.open_id)
        rooms = standing_rooms(self.person.actor)
        opened = conversation_room(self.screen.open_id) if self.screen.open_id else ""
        last = max(
            (
                row["seq"]
                for row in log
                if not rooms.isdisjoint(row["audience"])
                or (opened in row["audience"] and row["seq"] > self._opened_at)
            ),
            default=0,
        )
        await live.until(lambda: live.cursor >= last, f"seq {last}")

    async def _fetch_lists(self) -> None:
        for name in LISTS:
            page = await self.person.get("/tickets", view=name, limit=100)
            for ticket in _TICKETS.validate_python(page["items"]):
                self.screen.take_ticket(ticket)
        for member in _MEMBERS.validate_python(await self.person.get("/members")):
            self.screen.members.setdefault(member.id, member)

    # ── work ────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def work(self, action: Action) -> None:
        match action.name:
            case "drop":
                await self.go(politely=True)
            case "cut":
                await self.go(politely=False)
            case "come":
                await self.come()
            case "leave":
                await self._leave()
            case "availability":
                await self._set_availability(action)
            case _:
                await self._work_on_ticket(action)
        if self._live is not None and self.screen.in_doubt:
            await self._open(self.screen.open_id)

    async def _work_on_ticket(self, action: Action) -> None:
        phone = _CUSTOMERS[action.contact]
        tickets = [t for t in self.screen.tickets.values() if (t.contact.wa_id or "").endswith(phone[-4:])]
        tickets = [ticket for ticket in tickets if self.screen.lists(ticket)]
        if not tickets:
            return
        tickets.sort(key=lambda t: (t.closed_at is None, t.created_at, t.id))
        ticket = tickets[-1 if action.pick else 0]
        match action.name:
            case "open":
                if self._live is not None:
                    await self._open(ticket.conversation_id)
            case "send" | "reply" | "react":
                await self._send(action, ticket)
            case "retry":
                await self._retry(ticket)
            case "mark_read":
                await self._ask("mark_read", f"/conversations/{ticket.conversation_id}/read",
                                conversation_id=str(ticket.conversation_id))  # fmt: skip
            case "transfer":
                await self._transfer(action, ticket)
            case _:
                command = {"return": "return_ticket_to_queue"}.get(action.name, f"{action.name}_ticket")
                step = {"return": "return-to-queue"}.get(action.name, action.name)
                await self._ask(command, f"/tickets/{ticket.id}/{step}", ticket_id=str(ticket.id))

    async def _open(self, conversation_id: UUID | None) -> None:
        live = self._live
        assert live is not None
        assert conversation_id is not None
        if self.screen.open_id not in (None, conversation_id):
            await self._leave()
        self.screen.open(conversation_id)
        opened = await live.command("open_conversation", conversation_id=str(conversation_id))
        if "code" in opened:
            assert opened["code"] == "not_found", opened
            self.screen.close()
            return
        self._opened_at = opened["seq"]
        found = await self.person.rest.get(
            f"/api/v1/conversations/{conversation_id}/messages", params={"limit": 100}
        )
        if found.status_code == 404:  # it has just gone
            self.screen.close()
            return
        page = found.json()
        self.screen.fill(_MESSAGES.validate_python(page["items"]), page["seq"])
        header = await self.person.rest.get(f"/api/v1/conversations/{conversation_id}")
        if header.status_code == 404:
            self.screen.close()
            return
        for ticket in _TICKETS.validate_python(header.json()["tickets"]):
            self.screen.take_ticket(ticket)

    async def _leave(self) -> None:
        if self.screen.open_id is not None and self._live is not None:
            await self._live.command("leave_conversation", conversation_id=str(self.screen.open_id))
        self.screen.close()

    async def _send(self, action: Action, ticket: TicketView) -> None:
        conversation_id = str(ticket.conversation_id)
        content: dict[str, Any] = {"kind": "text", "body": f"Resposta {action.pick}"}
        values: dict[str, Any] = {"client_message_id": str(uuid4())}
        if action.name != "send":
            known = self.screen.history() if self.screen.open_id == ticket.conversation_id else []
            if not known:
                return
            target = str(known[-1 - action.pick % len(known)].id)
            if action.name == "reply":
                values["reply_to_message_id"] = target
            else:
                content = {"kind": "reaction", "message_id": target, "emoji": ("🙏", "")[action.pick % 2]}
        path = f"/conversations/{conversation_id}/messages"
        await self._ask("send_message", path, conversation_id=conversation_id, content=content, **values)

    async def _retry(self, ticket: TicketView) -> None:
        failed = [m for m in self.screen.history() if m.status == "failed"]
        if failed:
            path = f"/conversations/{failed[0].conversation_id}/messages/{failed[0].id}/retry"
            await self._ask("retry_message", path, message_id=str(failed[0].id))

    async def _transfer(self, action: Action, ticket: TicketView) -> None:
        account = self._shop.account
        name = ("vendas", "suporte")[action.pick % 2]
        values: dict[str, Any] = {"department_id": str(account.departments[name])}
        if action.pick >= 3:
            values["assignee_id"] = str((account.ana if name == "vendas" else account.bruno).user_id)
        await self._ask(
            "transfer_ticket", f"/tickets/{ticket.id}/transfer", ticket_id=str(ticket.id), **values
        )

    async def _set_availability(self, action: Action) -> None:
        availability = ("online", "paused", "offline")[action.pick % 3]
        if self._live is not None:
            answer = await self._live.command("set_availability", availability=availability)
        else:
            found = await self.person.rest.put("/api/v1/me/availability", json={"availability": availability})
            answer = found.json()
        assert answer.get("code") is None, answer

    async def _ask(self, command: str, path: str, **values: Any) -> None:
        """Over the socket; over REST while it is down."""
        if self._live is not None:
            answer = await self._live.command(command, **values)
        else:
            for name in ("ticket_id", "conversation_id", "message_id"):
                values.pop(name, None)
            found = await self.person.rest.post(f"/api/v1{path}", json=values)
            answer = found.json() if found.content else {}
        assert answer.get("code") is None or answer["code"] in _EXPECTED_PROBLEMS, answer

    # ── the property ────────────────────────────────────────────────────────────────────────────────────────────────

    async def check_when_quiet(self) -> None:
        await self._shop.until_quiet()
        await self.check(await _read_log(self._shop))

    async def check(self, log: list[Any]) -> None:
        """Raises when the screen does not become what REST gives: what is on its way comes, what was lost never does."""
        deadline = asyncio.get_running_loop().time() + _ON_ITS_WAY_SECONDS
        while True:
            await self._catch_up(log)
            try:
                await self._check_screen()
                break
            except AssertionError:
                if asyncio.get_running_loop().time() > deadline:
                    raise
            await self._shop.until_quiet()
            log = await _read_log(self._shop)
        self._check_heard(log)

    async def _check_screen(self) -> None:
        who = self.person.actor.name
        for name in LISTS:
            page = await self.person.get("/tickets", view=name, limit=100)
            shown, fresh = self.screen.tickets_of(name), _TICKETS.validate_python(page["items"])
            assert _as_told(shown, fresh) == _as_told(fresh, fresh), f"{who}: {name}"
            assert self.screen.counts().model_dump() == page["counts"], f"{who}: counts"
        members = _MEMBERS.validate_python(await self.person.get("/members"))
        assert self.screen.members == {member.id: member for member in members}, who
        if self.screen.open_id is not None:
            found = await self.person.messages(str(self.screen.open_id))
            assert self.screen.history() == _MESSAGES.validate_python(found), f"{who}: conversation"
            header = await self.person.get(f"/conversations/{self.screen.open_id}")
            tickets = sorted(_TICKETS.validate_python(header["tickets"]), key=lambda t: t.id, reverse=True)
            shown = self.screen.tickets_of_open()
            assert _as_told(shown, tickets) == _as_told(tickets, tickets), (
                f"{who}: tickets of the conversation"
            )

    def _check_heard(self, log: list[Any]) -> None:
        """Ascending, nothing twice, nothing missing, nothing foreign."""
        rooms = standing_rooms(self.person.actor)
        by_seq = {row["seq"]: row for row in log}
        heard: set[int] = set()
        for one in self.heard:
            seqs = [item["seq"] for item in one.live.items]
            assert seqs == sorted(set(seqs)), "not ascending"
            assert one.cursor is None or not seqs or seqs[0] > one.cursor, "a cursor was passed over"
            assert heard.isdisjoint(seqs), "twice"
            heard.update(seqs)
            assert one.live.ready is not None
            for seq in seqs:
                audience = by_seq[seq]["audience"]
                if rooms.isdisjoint(audience):
                    # Through an open conversation: seen then, or by whoever sees the conversation when it is replayed.
                    seen_at = max(seq, one.live.ready["seq"])
                    assert self._may_see(log, by_seq[seq], seen_at), f"foreign: {by_seq[seq]}"
        first = self.heard[0].live.ready
        assert first is not None
        missing = {
            row["seq"]
            for row in log
            if row["seq"] > first["seq"]
            and row["type"] not in CONFLATED_TYPES
            and not rooms.isdisjoint(row["audience"])
        } - heard
        assert not missing, [dict(by_seq[seq]) for seq in sorted(missing)]

    def _may_see(self, log: list[Any], row: Any, seq: int) -> bool:
        """Whether the conversation of a message event was in this person's sight at `seq`."""
        room = next(room for room in row["audience"] if room.startswith("conversation:"))
        tickets: dict[str, Any] = {}
        for earlier in log:
            if earlier["seq"] <= seq and earlier["type"] == "ticket_updated":
                ticket = earlier["payload"]["ticket"]
                if conversation_room(ticket["conversation_id"]) == room:
                    tickets[ticket["id"]] = ticket
        actor = self.person.actor
        return any(
            actor.may_see_department(UUID(ticket["department_id"]))
            or ticket["assignee_id"] == str(actor.user_id)
            for ticket in tickets.values()
        )


def _as_told(tickets: list[TicketView], fresh: list[TicketView]) -> list[TicketView]:
    """Without the versions of closed ones: a new name moves them on, and contact_updated tells of it for all rows at once."""
    assert all(a.version <= b.version for a, b in zip(tickets, fresh, strict=False))
    return [
        ticket if ticket.closed_at is None else ticket.model_copy(update={"version": 0}) for ticket in tickets
    ]


async def _read_log(shop: Shop) -> list[Any]:
    rows = await shop.rows(
        "SELECT seq, type, audience, payload::text AS payload FROM events WHERE account_id = $1 ORDER BY seq"
    )
    parse = TypeAdapter(dict[str, Any]).validate_json
    return [{**dict(row), "payload": parse(row["payload"])} for row in rows]
