"""What operators do over the socket: parse the payload, call one function of the domain, answer its result.

The acknowledgement is the result model of `protocol.COMMANDS`, or the RFC 9457 problem that REST would answer. Commands of
one socket run one after the other, in the order they were sent.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import orjson
import structlog
from pydantic import BaseModel, ValidationError

from inbox.accounts.service import set_availability as change_availability
from inbox.conversations import service as conversations
from inbox.conversations.drafts import parse_draft
from inbox.kernel.audience import conversation_room
from inbox.kernel.database import Database
from inbox.kernel.errors import Conflict, Invalid, ProsaError, Unavailable
from inbox.tickets import service as tickets
from realtime import protocol as p
from realtime.ephemeral import Ephemeral
from realtime.errors import DATABASE_UNREACHABLE, TooManyCommands, UnknownCommand
from realtime.metrics import COMMANDS as TIMINGS
from realtime.screens import Screens
from realtime.sockets import LiveSocket
from realtime.trips import Trips

log = structlog.get_logger()

# Nobody types or clicks that fast; a client that loops is told so. Opening a page sends a burst.
_COMMANDS_PER_SECOND = 20.0
_BURST_COMMANDS = 100.0
# Conversations that one socket may have open: tabs beside each other, as ConnectAuth allows.
_OPEN_CONVERSATIONS = 20


@dataclass(frozen=True)
class Surroundings:
    """What commands reach beside the socket that sent them."""

    database: Database
    screens: Screens
    ephemeral: Ephemeral
    refresh_token: Callable[[LiveSocket, str], Awaitable[None]]
    trips: Trips


Payload = TypeVar("Payload", bound=BaseModel)
Handler = Callable[[Surroundings, LiveSocket, Any], Awaitable[BaseModel]]


async def run_command(around: Surroundings, socket: LiveSocket, name: str, payload: Any) -> Any:
    """The acknowledgement of one command, JSON-able. Never raises but for cancellation."""
    started = time.perf_counter()
    outcome = "ok"
    try:
        _spend_allowance(socket)
        if name not in HANDLERS:
            raise UnknownCommand(command=name[:64])
        request = parse_payload(p.COMMANDS[name][0], payload)
        result = await HANDLERS[name](around, socket, request)
        return orjson.Fragment(result.model_dump_json())
    except ProsaError as error:
        outcome = error.code
        return error.as_problem()
    except DATABASE_UNREACHABLE as error:
        outcome = Unavailable.code
        log.warning("command.database_unreachable", command=name[:64], error=type(error).__name__)
        return Unavailable().as_problem()
    except Exception:
        outcome = ProsaError.code
        log.exception("command.failed", command=name[:64], user_id=str(socket.actor.user_id))
        return ProsaError().as_problem()
    finally:
        known = name if name in HANDLERS else "unknown"
        TIMINGS.labels(known, outcome).observe(time.perf_counter() - started)


def parse_payload(model: type[Payload], payload: Any) -> Payload:
    """Raises Invalid with one entry per wrong field, without repeating what was sent."""
    try:
        return model.model_validate_json(orjson.dumps(payload))
    except TypeError as error:
        raise Invalid("binary attachments are not taken") from error
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        errors = [
            {"field": ".".join(map(str, e["loc"])), "code": e["type"], "message": e["msg"]} for e in found
        ]
        raise Invalid(errors=errors) from error


def _spend_allowance(socket: LiveSocket) -> None:
    """A token bucket. Raises TooManyCommands."""
    now = asyncio.get_running_loop().time()
    refill = (now - socket.allowance_at) * _COMMANDS_PER_SECOND
    socket.allowance = min(_BURST_COMMANDS, socket.allowance + refill)
    socket.allowance_at = now
    if socket.allowance < 1:
        raise TooManyCommands
    socket.allowance -= 1


# ── messages ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def send_message(around: Surroundings, socket: LiveSocket, sent: p.SendMessage) -> p.MessageResult:
    message = await conversations.queue_message(
        around.database, socket.actor, client_message_id=sent.client_message_id,
        conversation_id=sent.conversation_id, content=parse_draft(sent.content.model_dump(mode="json")),
        reply_to_message_id=sent.reply_to_message_id,
    )  # fmt: skip
    return p.MessageResult(message=message)


async def retry_message(around: Surroundings, socket: LiveSocket, sent: p.RetryMessage) -> p.MessageResult:
    message = await conversations.retry_message(
        around.database, socket.actor, sent.message_id, sent.even_if_unconfirmed
    )
    return p.MessageResult(message=message)


# ── conversations ───────────────────────────────────────────────────────────────────────────────────────────────────


async def open_conversation(
    around: Surroundings, socket: LiveSocket, sent: p.OpenConversation
) -> p.OpenedConversation:
    conversation_id = sent.conversation_id
    if conversation_id not in socket.opened and len(socket.opened) >= _OPEN_CONVERSATIONS:
        raise Conflict("too many conversations are open on this socket", limit=_OPEN_CONVERSATIONS)
    seq = await around.screens.open(socket, conversation_id)
    viewing = around.screens.viewing(socket, conversation_id)
    return p.OpenedConversation(conversation_id=conversation_id, seq=seq, viewing_user_ids=viewing)


async def leave_conversation(around: Surroundings, socket: LiveSocket, sent: p.LeaveConversation) -> p.Done:
    around.screens.leave(socket, sent.conversation_id)
    return p.Done()


async def mark_read(around: Surroundings, socket: LiveSocket, sent: p.MarkRead) -> p.Done:
    await conversations.mark_read(around.database, socket.actor, sent.conversation_id)
    return p.Done()


async def typing(around: Surroundings, socket: LiveSocket, sent: p.ShowTyping) -> p.Done:
    conversation_id, user_id = sent.conversation_id, socket.actor.user_id
    if conversation_id not in socket.opened:
        raise Conflict("open the conversation first", conversation_id=conversation_id)
    shown = p.TypingShown(conversation_id=conversation_id, user_id=user_id, typing=sent.typing)
    rooms = [conversation_room(conversation_id)]
    around.ephemeral.tell(socket.account_id, rooms, "typing", shown, except_user=user_id)
    await conversations.show_typing(around.database, socket.actor, sent.conversation_id, sent.typing)
    return p.Done()


# ── tickets ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def accept_ticket(around: Surroundings, socket: LiveSocket, sent: p.AcceptTicket) -> p.TicketResult:
    return p.TicketResult(ticket=await tickets.accept_ticket(around.database, socket.actor, sent.ticket_id))


async def transfer_ticket(around: Surroundings, socket: LiveSocket, sent: p.TransferTicket) -> p.TicketResult:
    ticket = await tickets.transfer_ticket(
        around.database, socket.actor, sent.ticket_id,
        department_id=sent.department_id, assignee_id=sent.assignee_id, note=sent.note,
    )  # fmt: skip
    return p.TicketResult(ticket=ticket)


async def return_ticket_to_queue(
    around: Surroundings, socket: LiveSocket, sent: p.ReturnTicketToQueue
) -> p.TicketResult:
    return p.TicketResult(
        ticket=await tickets.return_ticket_to_queue(around.database, socket.actor, sent.ticket_id)
    )


async def close_ticket(around: Surroundings, socket: LiveSocket, sent: p.CloseTicket) -> p.TicketResult:
    return p.TicketResult(
        ticket=await tickets.close_ticket(around.database, socket.actor, sent.ticket_id, reason=sent.reason)
    )


async def reopen_ticket(around: Surroundings, socket: LiveSocket, sent: p.ReopenTicket) -> p.TicketResult:
    return p.TicketResult(ticket=await tickets.reopen_ticket(around.database, socket.actor, sent.ticket_id))


# ── oneself ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def set_availability(
    around: Surroundings, socket: LiveSocket, sent: p.SetAvailability
) -> p.MemberResult:
    member = await change_availability(
        around.database, socket.actor, availability=sent.availability, pause_reason=sent.pause_reason
    )
    return p.MemberResult(member=member)


async def refresh_token(around: Surroundings, socket: LiveSocket, sent: p.RefreshToken) -> p.Done:
    await around.refresh_token(socket, sent.token)
    return p.Done()


async def seen(around: Surroundings, socket: LiveSocket, sent: p.Seen) -> p.Done:
    socket.receipts.confirm(sent.items, socket.pushed)
    for painted in sent.painted:
        around.trips.paint(socket, painted.message_id, painted.after_ms, sent.round_trip_ms)
    return p.Done()


HANDLERS: dict[str, Handler] = {
    "send_message": send_message,
    "retry_message": retry_message,
    "open_conversation": open_conversation,
    "leave_conversation": leave_conversation,
    "mark_read": mark_read,
    "typing": typing,
    "accept_ticket": accept_ticket,
    "transfer_ticket": transfer_ticket,
    "return_ticket_to_queue": return_ticket_to_queue,
    "close_ticket": close_ticket,
    "reopen_ticket": reopen_ticket,
    "set_availability": set_availability,
    "refresh_token": refresh_token,
    "seen": seen,
}
"""One for every name of `protocol.COMMANDS`."""
