"""Webhook → socket: from the first byte of a webhook's POST to its event on an operator's socket.

A whole `prosa run` (one serve process), 200 operators in ten departments of twenty, ten numbers, 300 text messages a second
from 5,000 customers, one message a webhook. All of them have written before but one in twenty messages, which is from
somebody new: contact, conversation and ticket are made with it. Every message reaches the twenty operators of its
department; the latency of every one of these deliveries counts. The clients share the two cores with everything else.

Three rounds on one installation, and the row is the middle one: a shared machine's pace changes from one half minute to
the next by more than a change to the code does. All three are in the detail.
"""

import asyncio
import os
import re
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import orjson

from inbox.kernel.ids import new_id
from inbox.whatsapp.signature import sign
from server.auth.tokens import Tokens
from server.datadir import Keys
from server.settings import Settings
from tests.bench.rows import Row
from tests.e2e.installation import Running, running_prosa

_OPERATORS = 200
_DEPARTMENTS = 10
_CUSTOMERS = 5_000
_RATE_PER_SECOND = 300
_NEW_ONE_IN = 20
_ROUNDS = 3
_SECONDS = 20
_QUICK_SECONDS = 5
_WARM_UP_SECONDS = 2
# So fast the customers of the warm-up introduce themselves; nothing is measured yet.
_FIRST_RATE_PER_SECOND = 500
_CONNECTIONS = 32
_DRAIN_SECONDS = 3
_STAMP = re.compile(rb"t=(\d+)(n?)\.")


async def run(*, quick: bool) -> list[Row]:
    seconds = _QUICK_SECONDS if quick else _SECONDS
    with tempfile.TemporaryDirectory(prefix="prosa-bench-") as folder:
        os.chmod(folder, 0o711)
        async with running_prosa(Path(folder) / "data", "--no-customers") as prosa:
            people, numbers = await _populate(prosa)
            sockets = await _connect(prosa, people)
            customers = _Customers(numbers)
            await _post_messages(
                prosa, [customers.known() for _ in range(_CUSTOMERS)], _FIRST_RATE_PER_SECOND
            )
            await _post_messages(
                prosa, customers.mixed(_RATE_PER_SECOND * _WARM_UP_SECONDS), _RATE_PER_SECOND
            )
            rounds = []
            for _ in range(1 if quick else _ROUNDS):
                await asyncio.sleep(1)
                rounds.append(await _round(prosa, sockets, customers.mixed(_RATE_PER_SECOND * seconds)))
            for socket in sockets:
                socket.transport.close()
    rounds.sort(key=lambda measured: measured.p99_ms)
    middle = rounds[len(rounds) // 2]
    detail = {
        "rounds_p99_ms": [measured.p99_ms for measured in rounds],
        "messages": sum(measured.messages for measured in rounds),
        "deliveries": sum(measured.deliveries for measured in rounds),
        "expected_deliveries": sum(measured.messages for measured in rounds) * (_OPERATORS // _DEPARTMENTS),
        "p50_ms": middle.p50_ms,
        "max_ms": max(measured.max_ms for measured in rounds),
        "new_customers_one_in": _NEW_ONE_IN,
        "new_customers_p99_ms": middle.new_customers_p99_ms,
        "operators": _OPERATORS,
        "departments": _DEPARTMENTS,
        "messages_per_second": _RATE_PER_SECOND,
    }
    return [Row("webhook_to_socket_p99_ms", middle.p99_ms, "ms", "≤ 50", detail)]


@dataclass(frozen=True)
class _Round:
    messages: int
    deliveries: int
    p50_ms: float
    p99_ms: float
    max_ms: float
    new_customers_p99_ms: float


async def _round(prosa: Running, sockets: list["_Socket"], writers: list["_Writer"]) -> _Round:
    for socket in sockets:
        socket.latencies.clear()
        socket.latencies_of_new.clear()
    messages = await _post_messages(prosa, writers, _RATE_PER_SECOND)
    await asyncio.sleep(_DRAIN_SECONDS)
    of_new = sorted(latency for socket in sockets for latency in socket.latencies_of_new)
    latencies = sorted(of_new + [latency for socket in sockets for latency in socket.latencies])
    return _Round(
        messages,
        len(latencies),
        p50_ms=_quantile(latencies, 0.5),
        p99_ms=_quantile(latencies, 0.99),
        max_ms=round(latencies[-1], 2),
        new_customers_p99_ms=_quantile(of_new, 0.99),
    )


def _quantile(values: list[float], share: float) -> float:
    return round(values[int(len(values) * share)], 2)


@dataclass
class _Number:
    phone_number_id: str
    waba_id: str
    display: str


async def _populate(prosa: Running) -> tuple[list[str], list[_Number]]:
    """Operators with a session and a token each, and a number per department, beside the demo's own."""
    keys = Keys.model_validate_json((prosa.data_dir / "keys.json").read_bytes())
    tokens = Tokens(Settings(secret_key=keys.secret_key, access_token_minutes=60))
    database = await asyncpg.connect(prosa.told["database_url"])
    row = await database.fetchrow(
        "SELECT account_id, app_id FROM phone_numbers WHERE phone_number_id = $1",
        prosa.told["phone_number_id"],
    )
    assert row is not None
    account_id, app_id = row
    departments = [new_id() for _ in range(_DEPARTMENTS)]
    numbers = [
        _Number(f"20600000000{n:02}", prosa.told["waba_id"], f"551140000{n:03}") for n in range(_DEPARTMENTS)
    ]
    async with database.transaction():
        for n, (department_id, number) in enumerate(zip(departments, numbers, strict=True)):
            await database.execute(
                "INSERT INTO departments (account_id, id, name) VALUES ($1, $2, $3)",
                account_id,
                department_id,
                f"Setor {n}",
            )
            await database.execute(
                """INSERT INTO phone_numbers (account_id, id, app_id, name, phone_number_id, waba_id, display_phone_number,
                access_token_sealed, default_department_id) VALUES ($1, $2, $3, $4, $5, $6, $7, 'unused', $8)""",
                account_id, new_id(), app_id, f"Número {n}", number.phone_number_id, number.waba_id, number.display, department_id,
            )  # fmt: skip
        issued = [
            await _add_operator(database, tokens, account_id, departments[n % _DEPARTMENTS], n)
            for n in range(_OPERATORS)
        ]
    await database.close()
    return issued, numbers


async def _add_operator(
    database: asyncpg.Connection, tokens: Tokens, account_id: UUID, department_id: UUID, n: int
) -> str:
    user_id, session_id = new_id(), new_id()
    await database.execute(
        "INSERT INTO users (id, email, name, password_hash) VALUES ($1, $2, $3, 'unusable')",
        user_id, f"bench-{n}@example.com", f"Operador {n}",
    )  # fmt: skip
    await database.execute(
        "INSERT INTO memberships (account_id, user_id, role, availability) VALUES ($1, $2, 'operator', 'online')",
        account_id, user_id,
    )  # fmt: skip
    await database.execute(
        "INSERT INTO membership_departments VALUES ($1, $2, $3)", account_id, user_id, department_id
    )
    await database.execute(
        "INSERT INTO sessions (id, user_id, current_account_id, token_hash, expires_at) VALUES ($1, $2, $3, $4, $5)",
        session_id, user_id, account_id, session_id.bytes, datetime.now(UTC) + timedelta(hours=1),
    )  # fmt: skip
    return tokens.issue(user_id=user_id, account_id=account_id, session_id=session_id).token


class _Socket(asyncio.Protocol):
    """A Socket.IO client reduced to what is measured: it signs in, answers pings, and notes when stamps arrive."""

    def __init__(self, host: str, token: str) -> None:
        self._host = host
        self._token = token
        self._buffer = b""
        self._upgraded = False
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.latencies: list[float] = []
        self.latencies_of_new: list[float] = []
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(
            f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {self._host}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        now = time.time_ns()
        self._buffer += data
        if not self._upgraded:
            head, mark, rest = self._buffer.partition(b"\r\n\r\n")
            if not mark:
                return
            if b" 101 " not in head:
                self.ready.set_exception(RuntimeError(head.decode(errors="replace")))
                return
            self._upgraded, self._buffer = True, rest
        while (frame := self._next_frame()) is not None:
            self._accept(frame, now)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ready.done():
            self.ready.set_exception(exc or ConnectionResetError("closed before it was ready"))

    def _next_frame(self) -> bytes | None:
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        length, start = buffer[1] & 0x7F, 2
        if length == 126:
            length, start = int.from_bytes(buffer[2:4]), 4
        elif length == 127:
            length, start = int.from_bytes(buffer[2:10]), 10
        if len(buffer) < start + length:
            return None
        self._buffer = buffer[start + length :]
        return buffer[start : start + length]

    def _accept(self, frame: bytes, now: int) -> None:
        if frame.startswith(b'42["events"'):
            for stamp, is_new in _STAMP.findall(frame):
                (self.latencies_of_new if is_new else self.latencies).append((now - int(stamp)) / 1e6)
        elif frame.startswith(b"0"):
            self._write(b"40" + orjson.dumps({"token": self._token}))
        elif frame == b"2":
            self._write(b"3")
        elif frame.startswith(b'42["ready"') and not self.ready.done():
            self.ready.set_result(None)
        elif frame.startswith(b"44") and not self.ready.done():
            self.ready.set_exception(RuntimeError(frame.decode()))

    def _write(self, text: bytes) -> None:
        # Masked with zeros: allowed, and the text stays readable.
        size = len(text)
        head = bytes((0x81, 0x80 | size)) if size < 126 else b"\x81\xfe" + size.to_bytes(2)
        self.transport.write(head + b"\0\0\0\0" + text)


async def _connect(prosa: Running, tokens: list[str]) -> list[_Socket]:
    host, port = prosa.url.removeprefix("http://").split(":")
    loop = asyncio.get_running_loop()
    sockets: list[_Socket] = []
    for start in range(0, len(tokens), 20):
        group = [_Socket(f"{host}:{port}", token) for token in tokens[start : start + 20]]
        for socket in group:
            await loop.create_connection(lambda socket=socket: socket, host, int(port))  # type: ignore[misc]
        async with asyncio.timeout(30):
            await asyncio.gather(*(socket.ready for socket in group))
        sockets += group
    return sockets


class _Customers:
    """Who writes next, and to which number: each has their own."""

    def __init__(self, numbers: list[_Number]) -> None:
        self._numbers = numbers
        self._turn = 0
        self._new = 0

    def known(self) -> "_Writer":
        """One of the 5,000, in turn."""
        number = self._turn % _CUSTOMERS
        self._turn += 1
        return _Writer(self._numbers[number % len(self._numbers)], number, "")

    def mixed(self, count: int) -> "list[_Writer]":
        return [self._somebody_new() if n % _NEW_ONE_IN == 0 else self.known() for n in range(count)]

    def _somebody_new(self) -> "_Writer":
        self._new += 1
        return _Writer(self._numbers[self._new % len(self._numbers)], _CUSTOMERS + self._new, "n")


@dataclass(frozen=True)
class _Writer:
    number: _Number
    customer: int
    mark: str
    """Goes behind the stamp."""

    def webhook(self) -> bytes:
        number = self.number
        customer = f"55119{90000000 + self.customer}"
        now = time.time_ns()
        return orjson.dumps(
            {
                "object": "whatsapp_business_account",
                "entry": [{"id": number.waba_id, "changes": [{"field": "messages", "value": {
                    "messaging_product": "whatsapp",
                    "metadata": {"display_phone_number": number.display, "phone_number_id": number.phone_number_id},
                    "contacts": [{"profile": {"name": f"Cliente {self.customer}"}, "wa_id": customer}],
                    "messages": [{"from": customer, "id": f"wamid.{new_id().hex}", "timestamp": str(now // 10**9),
                                  "type": "text", "text": {"body": f"t={now}{self.mark}. Bom dia, o pedido já saiu?"}}],
                }}]}],
            }
        )  # fmt: skip


async def _post_messages(prosa: Running, writers: list[_Writer], rate_per_second: int) -> int:
    """Posts at the rate over kept connections; how many. Raises when an answer is not 200."""
    path = prosa.told["webhook_url"].removeprefix(prosa.url)
    host, port = prosa.url.removeprefix("http://").split(":")
    secret = prosa.told["app_secret"].encode()
    idle: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
    for _ in range(_CONNECTIONS):
        idle.put_nowait(await asyncio.open_connection(host, int(port)))

    async def post(customer: _Writer) -> None:
        reader, writer = await idle.get()
        body = customer.webhook()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            f"X-Hub-Signature-256: {sign(body, secret)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in answer.split(b"\r\n", 1)[0]:
            raise RuntimeError(answer.decode(errors="replace"))
        idle.put_nowait((reader, writer))

    started = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for n, customer in enumerate(writers):
            if (early := started + n / rate_per_second - time.perf_counter()) > 0:
                await asyncio.sleep(early)
            group.create_task(post(customer))
    while not idle.empty():
        idle.get_nowait()[1].close()
    return len(writers)
