"""One run of chaos: an installation under faults, people and customers who go on, and at the end the books are compared.

`python -m tests.chaos.run --seconds 600 --seed 7` prints the report and exits with 1 when a promise was broken.
"""

import argparse
import asyncio
import contextlib
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import socketio
from rich.console import Console
from rich.table import Table

from inbox.kernel.actor import Actor
from server.auth.tokens import Tokens
from tests.chaos.customers import Customers, writing_customers
from tests.chaos.faults import Faults
from tests.chaos.installation import Installation, running_installation, system_dsn
from tests.chaos.operator import Operator, Unreachable
from tests.chaos.sessions import open_session
from tests.conftest import SeededAccount, seed_account

_QUIET_SECONDS = 90.0


@dataclass(frozen=True)
class Plan:
    seconds: float = 40.0
    seed: int = 20261123
    customers: int = 12
    messages_per_second: float = 8.0
    crowd: int = 20
    """Sockets that only listen, and come back all at once."""
    longest_pause_seconds: float = 4.0


@dataclass
class Report:
    plan: Plan
    faults: Counter[str] = field(default_factory=Counter)
    figures: dict[str, int] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    """Promises that were not kept, in words."""
    has_nginx: bool = False

    def show(self, console: Console) -> None:
        for title, rows in (("Faults injected", self.faults), ("Counted", self.figures)):
            table = Table(title=title, title_justify="left")
            table.add_column("what")
            table.add_column("times", justify="right")
            for name, count in sorted(rows.items()):
                table.add_row(name, str(count))
            console.print(table)
        console.print(
            f"seed {self.plan.seed}, {self.plan.seconds:.0f} s, {'nginx' if self.has_nginx else 'own balancer'} in front"
        )
        for line in self.broken:
            console.print(f"[red]broken:[/red] {line}", highlight=False)
        console.print("every promise was kept" if not self.broken else f"{len(self.broken)} promises broken")


async def run_chaos(plan: Plan) -> Report:
    luck = random.Random(plan.seed)
    report = Report(plan)
    async with running_installation() as whole:
        report.has_nginx = whole.has_nginx
        account = await asyncio.to_thread(seed_account, whole.settings)
        async with (
            writing_customers(account, whole.front_url, luck, customers=plan.customers) as customers,
            asyncpg.create_pool(system_dsn(whole.settings), min_size=0, max_size=2) as pool,
        ):
            await pool.execute(
                "UPDATE whatsapp_apps SET graph_url = $2 WHERE account_id = $1",
                account.account_id,
                f"http://127.0.0.1:{customers.link.port}",
            )
            operators = await _hire(whole, account, luck)
            crowd = _Crowd(whole.browser_url, await _token(whole, account.supervisor), plan.crowd)
            connected = [asyncio.create_task(operator.stay_connected()) for operator in operators]
            try:
                await _storm(plan, whole, customers, operators, crowd, luck, report)
                await _until_quiet(pool, account, customers, report)
                await _compare(pool, account, customers, operators, crowd, report)
            finally:
                for task in connected:
                    task.cancel()
                await asyncio.gather(*connected, return_exceptions=True)
                await asyncio.gather(*(operator.close() for operator in operators), crowd.close())
    return report


async def _hire(whole: Installation, account: SeededAccount, luck: random.Random) -> list[Operator]:
    people = (account.ana, account.bruno, account.supervisor)
    return [
        Operator(actor, await _token(whole, actor), whole.browser_url, random.Random(luck.random()))
        for actor in people
    ]


async def _token(whole: Installation, actor: Actor) -> str:
    settings = whole.settings.model_copy(update={"access_token_minutes": 60})
    session_id = await open_session(settings, actor)
    return (
        Tokens(settings)
        .issue(user_id=actor.user_id, account_id=actor.account_id, session_id=session_id)
        .token
    )


async def _storm(
    plan: Plan, whole: Installation, customers: Customers, operators: list[Operator], crowd: "_Crowd",
    luck: random.Random, report: Report,
) -> None:  # fmt: skip
    deadline = time.monotonic() + plan.seconds

    def is_over() -> bool:
        return time.monotonic() > deadline

    faults = Faults(
        whole,
        customers.link,
        operators,
        random.Random(luck.random()),
        plan.longest_pause_seconds,
        crowd.come_back,
    )
    await crowd.come()
    async with asyncio.TaskGroup() as storm:
        storm.create_task(customers.write(is_over, plan.messages_per_second))
        storm.create_task(customers.trouble(is_over))
        for operator in operators:
            storm.create_task(operator.work(is_over))
        storm.create_task(faults.inject(is_over))
    await faults.mend()
    await asyncio.gather(*(node.until_ready() for node in whole.nodes))
    report.faults = faults.happened


# ── the crowd ───────────────────────────────────────────────────────────────────────────────────────────────────────


class _Crowd:
    """Sockets of one supervisor in many tabs; each counts what it hears and whether it ascends."""

    def __init__(self, url: str, token: str, size: int) -> None:
        self._url, self._token, self.size = url, token, size
        self.cursors: list[int | None] = [None] * size
        self.out_of_order = 0
        self._clients: list[socketio.AsyncClient | None] = [None] * size

    async def come(self) -> None:
        await asyncio.gather(*(self._connect(n) for n in range(self.size)))

    async def come_back(self) -> None:
        """All at once."""
        await self.close()
        await self.come()

    async def _connect(self, n: int) -> None:
        client = self._clients[n] = socketio.AsyncClient(reconnection=False)

        async def take(items: list[dict[str, Any]]) -> None:
            for item in items:
                self.out_of_order += self.cursors[n] is not None and item["seq"] <= (self.cursors[n] or 0)
                self.cursors[n] = item["seq"]

        async def take_ready(ready: dict[str, Any]) -> None:
            self.cursors[n] = max(ready["seq"], self.cursors[n] or 0) if ready["resumed"] else ready["seq"]

        client.on("events", take)
        client.on("ready", take_ready)
        auth = {"token": self._token, "cursor": self.cursors[n]}
        with contextlib.suppress(socketio.exceptions.SocketIOError, OSError, TimeoutError):
            await asyncio.wait_for(
                client.connect(self._url, auth=auth, transports=["websocket"], wait_timeout=5), 10
            )

    async def close(self) -> None:
        async def end(client: socketio.AsyncClient) -> None:
            with contextlib.suppress(Exception):
                await asyncio.wait_for(client.eio.disconnect(abort=True), 2)

        await asyncio.gather(*(end(client) for client in self._clients if client is not None))


# ── the books ───────────────────────────────────────────────────────────────────────────────────────────────────────

_UNDER_WAY_SQL = """
SELECT (SELECT count(*) FROM outbox WHERE account_id = $1)
     + (SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing' AND args->>'account_id' = $1::text) AS under_way,
       (SELECT seq FROM event_counters WHERE account_id = $1) AS seq
"""


async def _until_quiet(
    pool: asyncpg.Pool, account: SeededAccount, customers: Customers, report: Report
) -> None:
    """Everything that was on its way has arrived."""
    deadline = time.monotonic() + _QUIET_SECONDS
    before, since = (-1, -1), time.monotonic()
    while time.monotonic() < deadline:
        row = (await pool.fetch(_UNDER_WAY_SQL, account.account_id))[0]
        now = (row["seq"], row["under_way"])
        if now != before or row["under_way"] or not customers.sandbox.statistics()["idle"]:
            before, since = now, time.monotonic()
        elif time.monotonic() - since > 3:
            return
        await asyncio.sleep(0.2)
    report.broken.append(f"it does not become quiet in {_QUIET_SECONDS:.0f} s: outbox and jobs {before[1]}")


async def _compare(
    pool: asyncpg.Pool, account: SeededAccount, customers: Customers, operators: list[Operator], crowd: _Crowd,
    report: Report,
) -> None:  # fmt: skip
    await _compare_inbound(pool, account, customers, report)
    await _compare_log(pool, account, report)
    await _compare_outbound(pool, account, customers, operators, report)
    await _compare_screens(operators, report)
    evidence = [operator.evidence for operator in operators]
    report.figures |= {
        "operators' connections": sum(e.connections for e in evidence),
        "of these resumed by cursor": sum(e.resumes for e in evidence),
        "events given to operators": sum(e.items for e in evidence),
        "out of order at a socket": sum(e.out_of_order for e in evidence) + crowd.out_of_order,
    }
    if report.figures["out of order at a socket"]:
        report.broken.append("a socket was given a seq that was not above its last one")
    for one in evidence:
        report.broken += [f"surprising answer: {surprise}" for surprise in one.surprises[:5]]


async def _compare_inbound(
    pool: asyncpg.Pool, account: SeededAccount, customers: Customers, report: Report
) -> None:
    """Acknowledged = stored, once."""
    stored = Counter(
        row["wamid"]
        for row in await pool.fetch(
            "SELECT wamid FROM messages WHERE account_id = $1 AND direction = 'in'", account.account_id
        )
    )
    parked = await pool.fetchval(
        "SELECT count(*) FROM dead_webhooks WHERE account_id = $1", account.account_id
    )
    lost = [wamid for wamid in customers.written if wamid not in stored]
    twice = [wamid for wamid, count in stored.items() if count > 1]
    report.figures |= {
        "messages of customers": len(customers.written),
        "lost": len(lost),
        "stored twice": len(twice),
        "parked (poison)": parked,
    }
    if lost:
        report.broken.append(f"{len(lost)} messages of customers are lost: {lost[:3]}")
    if twice:
        report.broken.append(f"{len(twice)} messages are stored twice")


async def _compare_log(pool: asyncpg.Pool, account: SeededAccount, report: Report) -> None:
    """Dense, and one message_created for every message."""
    row, *_ = await pool.fetch(
        """SELECT count(*) AS events, count(DISTINCT seq) AS numbers, coalesce(min(seq), 1) AS first, max(seq) AS last,
               (SELECT seq FROM event_counters WHERE account_id = $1) AS counter
        FROM events WHERE account_id = $1""",
        account.account_id,
    )
    told, *_ = await pool.fetch(
        """WITH told AS (SELECT payload->'message'->>'id' AS id, count(*) AS times FROM events
                         WHERE account_id = $1 AND type = 'message_created' GROUP BY 1)
        SELECT count(*) FILTER (WHERE t.id IS NULL) AS untold, count(*) FILTER (WHERE t.times > 1) AS twice
        FROM messages m LEFT JOIN told t ON t.id = m.id::text WHERE m.account_id = $1""",
        account.account_id,
    )
    report.figures |= {"events in the log": row["events"], "messages without their event": told["untold"]}
    if not row["events"] == row["numbers"] == row["last"] == row["counter"] or row["first"] != 1:
        report.broken.append(f"the log is not dense: {dict(row)}")
    if told["untold"] or told["twice"]:
        report.broken.append(
            f"message_created is missing for {told['untold']} messages, doubled for {told['twice']}"
        )


async def _compare_outbound(
    pool: asyncpg.Pool,
    account: SeededAccount,
    customers: Customers,
    operators: list[Operator],
    report: Report,
) -> None:
    """Each intent: one message, at Meta at most once, in the order of its conversation."""
    rows = await pool.fetch(
        "SELECT id, client_message_id, conversation_id, status, wamid, error::text FROM messages"
        " WHERE account_id = $1 AND direction = 'out' ORDER BY id",
        account.account_id,
    )
    by_client = Counter(str(row["client_message_id"]) for row in rows)
    intents = [intent for operator in operators for intent in operator.intents]
    lost = [i for i in intents if i.is_acknowledged and not by_client[str(i.client_message_id)]]
    twice = [i for i in intents if by_client[str(i.client_message_id)] > 1]
    answer = await customers.meta.get("/sandbox/sent", params={"limit": 1000})
    sent = answer.json()["sent"]
    at_meta = Counter(one["body"].get("biz_opaque_callback_data") for one in sent)
    doubled = [data for data, count in at_meta.items() if count > 1]
    stuck = [dict(row) for row in rows if row["status"] in ("queued", "sending", "unconfirmed")]
    report.figures |= {
        "messages of operators": len(intents),
        "of these acknowledged": sum(intent.is_acknowledged for intent in intents),
        "of these repeated with the same id": sum(intent.attempts > 1 for intent in intents),
        "acknowledged and lost": len(lost),
        "sent to Meta": len(sent),
        "sent to Meta twice": len(doubled),
        "still unconfirmed": sum(row["status"] == "unconfirmed" for row in stuck),
        "failed": sum(row["status"] == "failed" for row in rows),
    }
    if lost:
        report.broken.append(f"{len(lost)} acknowledged messages of operators are lost")
    if twice or doubled:
        report.broken.append(
            f"{len(twice)} messages stored twice, {len(doubled)} at Meta twice: {doubled[:3]}"
        )
    # A message that Meta never got and never spoke of stays unconfirmed until the operator decides: that is the promise.
    never_came = [
        row for row in stuck if row["status"] != "unconfirmed" or str(row["id"]) in _ids_at_meta(sent)
    ]
    if never_came:
        report.broken.append(f"{len(never_came)} messages are stuck: {never_came[:3]}")
    report.broken += _out_of_order(rows, sent)


def _ids_at_meta(sent: list[dict[str, Any]]) -> set[str]:
    return {str(one["body"].get("biz_opaque_callback_data", "")) for one in sent}


def _out_of_order(rows: list[Any], sent: list[dict[str, Any]]) -> list[str]:
    """Conversations whose messages Meta took in another order than they were written."""
    place = {str(one["body"].get("biz_opaque_callback_data")): n for n, one in enumerate(sent)}
    last: dict[Any, int] = {}
    wrong = []
    for row in rows:  # ids ascend with time within a process; equal millisecond: no promise
        at = next((n for data, n in place.items() if str(row["id"]) in data), None)
        if at is None:
            continue
        if at < last.get(row["conversation_id"], -1):
            wrong.append(f"conversation {row['conversation_id']}: {row['id']} left after a later one")
        last[row["conversation_id"]] = max(at, last.get(row["conversation_id"], -1))
    return wrong


async def _compare_screens(operators: list[Operator], report: Report) -> None:
    """Each screen that was kept by events equals a fresh load."""
    unequal = []
    for operator in operators:
        differences = ["it does not come back"]
        for _ in range(60):  # what is on its way comes; what was lost never does
            with contextlib.suppress(Unreachable, TimeoutError):
                await asyncio.wait_for(operator.is_live.wait(), 10)
                differences = await operator.differences()
                if not differences:
                    break
            await asyncio.sleep(0.25)
        unequal += differences
    report.figures["unequal screens"] = len(unequal)
    report.broken += [f"unequal screen: {line}" for line in unequal]


def main() -> None:
    parser = argparse.ArgumentParser(description="Faults, and whether every promise was kept.")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--crowd", type=int, default=200)
    parser.add_argument("--pause", type=float, default=30.0, help="longest pause of Redis, seconds")
    asked = parser.parse_args()
    report = asyncio.run(
        run_chaos(Plan(asked.seconds, asked.seed, crowd=asked.crowd, longest_pause_seconds=asked.pause))
    )
    report.show(Console(width=110))
    sys.exit(1 if report.broken else 0)


if __name__ == "__main__":
    main()
