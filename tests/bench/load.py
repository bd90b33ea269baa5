"""A load generator that costs little: raw sockets, keep-alive, bodies signed before the clock starts.

A program of its own (`python -m tests.bench.load`), so that it shares no interpreter with what it measures. Reads one
JSON object of `LoadPlan` on standard input, writes one `LoadResult` on standard output.
"""

import asyncio
import json
import random
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any, cast

import uvloop

from inbox.whatsapp.signature import sign


@dataclass
class LoadPlan:
    port: int
    path: str
    secret: str
    phone_number_id: str
    count: int
    first: int = 0
    """Numbers the messages; runs that must not repeat each other begin at different ones."""
    connections: int = 64
    contacts: int = 5_000
    messages_per_post: int = 1
    in_turn: bool = False
    """Contacts one after the other instead of at random: for a first run that makes them all."""
    statuses_of: list[str] = field(default_factory=list)
    """wamids: post 3 statuses for each, shuffled, instead of messages."""


@dataclass
class LoadResult:
    answers: dict[str, int]
    seconds: float
    p50_ms: float
    p99_ms: float


_NAMES = ("Ana Souza", "João Conceição", "Beatriz Lima", "Zé da Farmácia", "Márcia Araújo")
_WORDS = (
    "Oi, tudo bem?",
    "Qual o horário de vocês?",
    "Obrigado! 😀",
    "Quero saber do pedido 4512",
    "Vocês entregam em Santo André?",
)


def make_requests(plan: LoadPlan) -> list[bytes]:
    values = _status_values(plan) if plan.statuses_of else _message_values(plan)
    return [_request(plan, value) for value in values]


def _message_values(plan: LoadPlan) -> list[dict[str, Any]]:
    chosen = random.Random(plan.first)
    values = []
    for post in range(plan.count):
        messages, contacts = [], {}
        for part in range(plan.messages_per_post):
            number = plan.first + post * plan.messages_per_post + part
            who = number % plan.contacts if plan.in_turn else chosen.randrange(plan.contacts)
            wa_id, bsuid = f"55119{who:08}", f"BR.{10**15 + who}"
            contacts[wa_id] = {
                "profile": {"name": _NAMES[who % len(_NAMES)]},
                "wa_id": wa_id,
                "user_id": bsuid,
            }
            messages.append(
                {
                    "from": wa_id,
                    "from_user_id": bsuid,
                    "id": f"wamid.HBgNNTUxMTk5OTk5MDAwMRUCABIYFjNFQjBC{number:012}",
                    "timestamp": str(1_790_000_000 + number // 100),
                    "type": "text",
                    "text": {"body": f"{_WORDS[number % len(_WORDS)]} {number}"},
                }
            )
        values.append({"contacts": list(contacts.values()), "messages": messages})
    return values


def _status_values(plan: LoadPlan) -> list[dict[str, Any]]:
    statuses = [
        {
            "id": wamid,
            "status": name,
            "timestamp": str(1_790_000_000 + index),
            "recipient_id": "5511900000001",
            "pricing": {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "service"},
        }
        for wamid in plan.statuses_of
        for index, name in enumerate(("sent", "delivered", "read"))
    ]
    random.Random(plan.first).shuffle(statuses)
    return [{"statuses": [status]} for status in statuses]


def _request(plan: LoadPlan, value: dict[str, Any]) -> bytes:
    metadata = {"display_phone_number": "551130000000", "phone_number_id": plan.phone_number_id}
    change = {"field": "messages", "value": {"messaging_product": "whatsapp", "metadata": metadata, **value}}
    document = {
        "object": "whatsapp_business_account",
        "entry": [{"id": "419000000000001", "changes": [change]}],
    }
    body = json.dumps(document, separators=(",", ":")).replace("/", "\\/").encode()  # escaped as Meta does
    head = (
        f"POST {plan.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"X-Hub-Signature-256: {sign(body, plan.secret.encode())}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class _Connection(asyncio.Protocol):
    """Sends the next request when the last one is answered."""

    def __init__(
        self, requests: "list[bytes]", answers: Counter[str], times: list[float], done: asyncio.Event
    ) -> None:
        self._requests = requests
        self._answers = answers
        self._times = times
        self._done = done
        self._transport: asyncio.Transport | None = None
        self._sent_at = 0.0
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def next(self) -> None:
        assert self._transport is not None
        if not self._requests:
            self._transport.close()
            return
        self._sent_at = time.perf_counter()
        self._transport.write(self._requests.pop())

    def data_received(self, data: bytes) -> None:
        # An answer is one small segment; only error bodies could come in two.
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not found:
            return
        length = next(
            (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
        )
        if len(body) < length:
            return
        self._received = b""
        self._times.append(time.perf_counter() - self._sent_at)
        self._answers[head[9:12].decode()] += 1
        self.next()

    def connection_lost(self, exc: Exception | None) -> None:
        self._done.set()


async def drive(plan: LoadPlan) -> LoadResult:
    requests = make_requests(plan)
    requests.reverse()  # taken from the end
    answers: Counter[str] = Counter()
    times: list[float] = []
    loop = asyncio.get_running_loop()
    closed = [asyncio.Event() for _ in range(plan.connections)]
    connections: list[_Connection] = []
    for done in closed:
        connection = _Connection(requests, answers, times, done)
        await loop.create_connection(partial(_same, connection), "127.0.0.1", plan.port)
        connections.append(connection)
    started = time.perf_counter()
    for connection in connections:
        connection.next()
    for done in closed:
        await done.wait()
    seconds = time.perf_counter() - started
    times.sort()
    return LoadResult(
        dict(answers), seconds, 1000 * times[len(times) // 2], 1000 * times[int(len(times) * 0.99)]
    )


def _same(connection: _Connection) -> _Connection:
    return connection


def main() -> None:
    plan = LoadPlan(**json.loads(sys.stdin.read()))
    result = uvloop.run(drive(plan))
    sys.stdout.write(json.dumps(asdict(result)))


if __name__ == "__main__":
    main()
