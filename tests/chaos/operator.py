"""Somebody who works through every fault: a browser's rules (cursor, resume, apply, repeat with the same id) without a browser.

What it notes is evidence: every seq that it was given, every intent that it had, whether it was acknowledged.
"""

import asyncio
import contextlib
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import socketio
import socketio.exceptions
from pydantic import TypeAdapter

from inbox.accounts.events import MemberView
from inbox.conversations.events import MessageView
from inbox.kernel.actor import Actor
from inbox.kernel.ids import new_id
from inbox.tickets.events import TicketView
from tests.trips.screen import LISTS, Screen

_TICKETS = TypeAdapter(list[TicketView])
_MEMBERS = TypeAdapter(list[MemberView])
_MESSAGES = TypeAdapter(list[MessageView])

_ANSWER_SECONDS = 4.0
_CONNECT_SECONDS = 5.0
_PAGE = 100

# What an operator may be told in the ordinary course of things.
ORDINARY = frozenset({
    "not_found", "forbidden", "already_accepted", "conflict", "ticket_closed", "ticket_open", "not_retryable",
    "message_not_sent_yet", "window_closed",
})  # fmt: skip


class Unreachable(Exception):
    """No answer, or one that says: try again."""


@dataclass
class Intent:
    """One message that an operator wanted to send, once."""

    client_message_id: UUID
    conversation_id: UUID
    is_acknowledged: bool = False
    message_id: UUID | None = None
    attempts: int = 0


@dataclass
class Evidence:
    out_of_order: int = 0
    twice: int = 0
    resumes: int = 0
    resyncs: int = 0
    connections: int = 0
    items: int = 0
    surprises: list[str] = field(default_factory=list)
    """Answers that nobody should get."""


class Operator:
    def __init__(self, actor: Actor, token: str, url: str, luck: random.Random) -> None:
        self.actor = actor
        self.screen = Screen(actor)
        self.evidence = Evidence()
        self.intents: list[Intent] = []
        self.cursor: int | None = None
        self.is_live = asyncio.Event()
        self._token = token
        self._url = url
        self._luck = luck
        self._client: socketio.AsyncClient | None = None
        self._ended = asyncio.Event()
        self._ready = asyncio.Event()
        self._rest = httpx.AsyncClient(
            base_url=url, headers={"Authorization": f"Bearer {token}"}, verify=False, timeout=_ANSWER_SECONDS
        )
        self._is_resumed = False
        self._still_open: list[str] = []

    async def close(self) -> None:
        await self.hang_up()
        await self._rest.aclose()

    # ── staying connected ───────────────────────────────────────────────────────────────────────────────────────────

    async def stay_connected(self) -> None:
        """Runs until cancelled: connects, waits for the end, connects again with the cursor."""
        try:
            while True:
                try:
                    await self._connect()
                    self.is_live.set()
                    await self._ended.wait()
                except (
                    Unreachable,
                    socketio.exceptions.SocketIOError,
                    httpx.HTTPError,
                    OSError,
                    TimeoutError,
                ):
                    pass
                finally:
                    self.is_live.clear()
                    await self.hang_up()
                await asyncio.sleep(self._luck.uniform(0.05, 0.4))
        finally:
            await self.hang_up()

    async def hang_up(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(Exception):
                await asyncio.wait_for(client.disconnect(), 2)
            with contextlib.suppress(Exception):
                await asyncio.wait_for(client.eio.disconnect(abort=True), 2)

    async def _connect(self) -> None:
        self._ended.clear()
        self._ready.clear()
        client = self._client = socketio.AsyncClient(reconnection=False)
        client.on("events", self._take_events)
        client.on("ready", self._take_ready)
        client.on("resync_required", self._take_resync)
        client.on("reconnect", lambda *_: self._ended.set())
        client.on("disconnect", lambda *_: self._ended.set())
        opened = [str(self.screen.open_id)] if self.screen.open_id else []
        auth = {"token": self._token, "cursor": self.cursor, "open_conversation_ids": opened}
        await asyncio.wait_for(
            client.connect(self._url, auth=auth, transports=["websocket"], wait_timeout=_CONNECT_SECONDS),
            _CONNECT_SECONDS + 1,
        )
        await asyncio.wait_for(self._ready.wait(), _CONNECT_SECONDS)
        self.evidence.connections += 1
        was_loading = self.screen.open_id is not None and self.screen.messages is None
        if self._is_resumed and opened == self._still_open and not was_loading:
            self.evidence.resumes += 1
        else:
            await self._fetch_everything()

    async def _fetch_everything(self) -> None:
        self.evidence.resyncs += self.evidence.connections > 1 and not self._is_resumed
        if not self._is_resumed:
            await self._fetch_lists()
        if self.screen.open_id is not None:
            await self.open(self.screen.open_id)

    async def _take_events(self, items: list[dict[str, Any]]) -> None:
        for item in items:
            self.evidence.items += 1
            if self.cursor is not None and item["seq"] <= self.cursor:
                self.evidence.out_of_order += 1
            self.cursor = item["seq"]
            self.screen.take(item)
        if self.screen.in_doubt:
            self._ended.set()  # the simplest way to ask again: come back

    async def _take_ready(self, ready: dict[str, Any]) -> None:
        self.cursor = max(ready["seq"], self.cursor or 0) if ready["resumed"] else ready["seq"]
        self._is_resumed = ready["resumed"]
        self._still_open = ready["open_conversation_ids"]
        self._ready.set()

    async def _take_resync(self, _: Any) -> None:
        """A fresh start: old copies may be of tickets that have left our sight."""
        self.cursor = None
        kept = self.screen.open_id
        self.screen = Screen(self.actor)
        self.screen.open_id = kept

    # ── asking ──────────────────────────────────────────────────────────────────────────────────────────────────────

    async def command(self, name: str, **payload: Any) -> dict[str, Any]:
        """The acknowledgement. Raises Unreachable."""
        client = self._client
        if client is None or not self.is_live.is_set():
            raise Unreachable
        try:
            answer: dict[str, Any] = await asyncio.wait_for(
                client.call(name, payload, timeout=_ANSWER_SECONDS), _ANSWER_SECONDS + 1
            )
        except (socketio.exceptions.SocketIOError, TimeoutError, OSError) as error:
            raise Unreachable from error
        return self._judged(name, answer)

    async def get(self, path: str, **query: Any) -> Any:
        try:
            answer = await self._rest.get(f"/api/v1{path}", params=query)
        except httpx.HTTPError as error:
            raise Unreachable from error
        if answer.status_code >= 500:
            raise Unreachable(answer.text)
        return answer.json()

    def _judged(self, name: str, answer: Any) -> dict[str, Any]:
        if not isinstance(answer, dict):
            raise Unreachable
        code = answer.get("code") if "status" in answer and "title" in answer else None
        if code is not None and (
            answer.get("retryable") or answer["status"] >= 500 or code == "too_many_commands"
        ):
            raise Unreachable(code)
        if code is not None and code not in ORDINARY:
            self.evidence.surprises.append(f"{name}: {answer}")
        return answer

    async def _fetch_lists(self) -> None:
        for name in LISTS:
            cursor = None
            while True:
                query = {"view": name, "limit": _PAGE} | ({"cursor": cursor} if cursor else {})
                page = await self.get("/tickets", **query)
                for ticket in _TICKETS.validate_python(page["items"]):
                    self.screen.take_ticket(ticket)
                if not (cursor := page["next_cursor"]):
                    break
        for member in _MEMBERS.validate_python(await self.get("/members")):
            self.screen.members.setdefault(member.id, member)

    # ── working ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def open(self, conversation_id: UUID) -> None:
        """Raises Unreachable; the screen shows nothing then, or what it showed."""
        self.screen.open(conversation_id)
        client = self._client
        assert client is not None
        try:
            opened = await client.call(
                "open_conversation", {"conversation_id": str(conversation_id)}, timeout=_ANSWER_SECONDS
            )
        except (socketio.exceptions.SocketIOError, TimeoutError, OSError) as error:
            self._ended.set()
            raise Unreachable from error
        if "seq" not in opened:
            self.screen.close()
            return
        try:
            messages, seq = await self.history(conversation_id)
        except Unreachable:
            self._ended.set()
            raise
        if messages is None:
            self.screen.close()
        else:
            self.screen.fill(messages, seq)

    async def history(self, conversation_id: UUID) -> tuple[list[MessageView] | None, int]:
        """All of it, and where the log stood when the newest page was read."""
        found: list[MessageView] = []
        seq, before = 0, None
        while True:
            query = {"limit": _PAGE} | ({"before": before} if before else {})
            page = await self.get(f"/conversations/{conversation_id}/messages", **query)
            if "items" not in page:
                return None, 0
            seq = seq or page["seq"]
            found = _MESSAGES.validate_python(page["items"]) + found
            if not (before := page["next_before"]):
                return found, seq

    async def leave(self) -> None:
        if self.screen.open_id is not None:
            conversation_id = self.screen.open_id
            self.screen.close()
            with contextlib.suppress(Unreachable):
                await self.command("leave_conversation", conversation_id=str(conversation_id))

    async def send(self, conversation_id: UUID, body: str, *, until: Callable[[], bool]) -> Intent:
        """Repeats with the same id until it is acknowledged or refused, as the browser's outbox does."""
        intent = Intent(new_id(), conversation_id)
        self.intents.append(intent)
        while not until():
            intent.attempts += 1
            try:
                answer = await self.command(
                    "send_message",
                    client_message_id=str(intent.client_message_id),
                    conversation_id=str(conversation_id),
                    content={"kind": "text", "body": body},
                )
            except Unreachable:
                await asyncio.sleep(self._luck.uniform(0.1, 0.4))
                continue
            if "message" in answer:
                intent.is_acknowledged = True
                intent.message_id = UUID(answer["message"]["id"])
            return intent
        return intent

    async def work(self, until: Callable[[], bool]) -> None:
        """Does one thing after the other."""
        while not until():
            await asyncio.sleep(self._luck.uniform(0.02, 0.15))
            with contextlib.suppress(Unreachable):
                await self._do_something(until)

    async def _do_something(self, until: Callable[[], bool]) -> None:
        tickets = sorted(self.screen.tickets_of("all"), key=lambda t: t.id)
        if not tickets or not self.is_live.is_set():
            return
        ticket = self._luck.choice(tickets)
        match self._luck.choices(
            ("send", "open", "accept", "mark_read", "transfer", "return", "close", "leave"),
            (8, 3, 3, 2, 1, 1, 0.5, 0.5),
        )[0]:
            case "send":
                await self.send(ticket.conversation_id, f"Resposta {len(self.intents)}", until=until)
            case "open":
                await self.open(ticket.conversation_id)
            case "leave":
                await self.leave()
            case "mark_read":
                await self.command("mark_read", conversation_id=str(ticket.conversation_id))
            case "transfer":
                departments = sorted({t.department_id for t in tickets})
                await self.command(
                    "transfer_ticket",
                    ticket_id=str(ticket.id),
                    department_id=str(self._luck.choice(departments)),
                )
            case other:
                command = {"return": "return_ticket_to_queue"}.get(other, f"{other}_ticket")
                await self.command(command, ticket_id=str(ticket.id))

    # ── in the end ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def differences(self) -> list[str]:
        """What is not on the screen as a fresh load would show it. Raises Unreachable."""
        found = []
        who = self.actor.name
        for name in LISTS:
            items: list[TicketView] = []
            cursor = None
            while True:
                query = {"view": name, "limit": _PAGE} | ({"cursor": cursor} if cursor else {})
                page = await self.get("/tickets", **query)
                items += _TICKETS.validate_python(page["items"])
                if not (cursor := page["next_cursor"]):
                    break
            shown = self.screen.tickets_of(name)
            if shown != items:
                found.append(f"{who}: list {name}: {_first_difference(shown, items)}")
            if self.screen.counts().model_dump() != page["counts"]:
                found.append(f"{who}: counts {self.screen.counts()} ≠ {page['counts']}")
        if self.screen.open_id is not None:
            fresh, _ = await self.history(self.screen.open_id)
            if self.screen.history() != (fresh or []):
                found.append(f"{who}: conversation: {_first_difference(self.screen.history(), fresh or [])}")
        return found


def _first_difference(shown: list[Any], fresh: list[Any]) -> str:
    ids = [view.id for view in shown], [view.id for view in fresh]
    if set(ids[0]) != set(ids[1]):
        return f"{len(shown)} shown, {len(fresh)} fresh; only shown {set(ids[0]) - set(ids[1])}, only fresh {set(ids[1]) - set(ids[0])}"
    for one, other in zip(shown, fresh, strict=True):
        if one != other:
            a, b = one.model_dump(), other.model_dump()
            return (
                str({k: (a[k], b.get(k)) for k in a if a[k] != b.get(k)}) if one.id == other.id else "order"
            )
    return "?"
