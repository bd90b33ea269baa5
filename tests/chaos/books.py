"""The books after a storm: what was acknowledged, stored, numbered, shown and sent must be the same, once and in order."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from realtime.log_item import item_from_row
from tests.chaos.crowd import Crowd
from tests.chaos.customers import Customers
from tests.chaos.operator import Intent, Operator, Unreachable
from tests.chaos.posts import Poster
from tests.chaos.report import Report
from tests.conftest import SeededAccount

# What is on its way comes within moments, and behind a connection that died unnoticed after Engine.IO's ping interval and
# time-out, 45 s; what was lost never does.
_SHOWN_SECONDS = 55.0


@dataclass(frozen=True)
class Books:
    pool: asyncpg.Pool
    account: SeededAccount
    customers: Customers
    poster: Poster
    operators: list[Operator]
    crowd: Crowd
    report: Report

    async def rows(self, sql: str) -> list[Any]:
        found: list[Any] = await self.pool.fetch(sql, self.account.account_id)
        return found

    async def compare(self) -> None:
        """After everything that was parked has been replayed."""
        await self._compare_inbound()
        await self._compare_log()
        await self._compare_outbound()
        await self._compare_screens()
        for operator in self.operators:
            self.report.broken += [f"surprising answer: {line}" for line in operator.evidence.surprises[:5]]

    # ── in ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _compare_inbound(self) -> None:
        """Acknowledged = stored = numbered = shown, each once."""
        posts = self.poster.posts
        unanswered = sum(not post.is_acknowledged for post in posts)
        if unanswered:
            self.report.broken.append(f"{unanswered} POSTs were never answered 200")
        acknowledged = [*self.customers.written, *(w for p in posts for w in (*p.good, *p.refused))]
        rows = await self.rows(
            """SELECT m.wamid, m.id::text, array_agg(e.seq) FILTER (WHERE e.seq IS NOT NULL) AS seqs
            FROM messages m LEFT JOIN events e ON e.account_id = m.account_id AND e.type = 'message_created'
              AND e.payload->'message'->>'id' = m.id::text
            WHERE m.account_id = $1 AND m.direction = 'in' GROUP BY m.id, m.wamid"""
        )
        stored = Counter(row["wamid"] for row in rows)
        seqs = {row["wamid"]: row["seqs"] or [] for row in rows}
        lost = [wamid for wamid in acknowledged if wamid not in stored]
        numbered = [wamid for wamid in acknowledged if len(seqs.get(wamid, [])) == 1]
        owed, never_shown = await self._owed_to_the_crowd(seqs, acknowledged)
        unheard = await self.crowd.missing(owed, _SHOWN_SECONDS)
        never_shown = [wamid for wamid in never_shown if not self.crowd.hearers(seqs[wamid][0])]
        self.report.figures |= {
            "customers' messages received (answered 200)": len(acknowledged),
            "… stored": sum(wamid in stored for wamid in acknowledged),
            "… numbered in the log": len(numbered),
            "… shown to every socket that may see them": len(numbered) - len(never_shown),
        }
        self.report.breaks("lost", len(lost), f"customers' messages that were acknowledged: {lost[:3]}")
        self.report.breaks(
            "duplicated", sum(stored.values()) - len(stored), "customers' messages in the table"
        )
        self.report.breaks(
            "lost", unheard, f"deliveries to sockets that had the conversation open: {self._unheard(owed)}"
        )
        self.report.breaks("lost", len(never_shown), f"messages that no socket was shown: {never_shown[:3]}")
        self._count_crowd(owed)

    async def _owed_to_the_crowd(
        self, seqs: dict[str, list[int]], acknowledged: list[str]
    ) -> tuple[set[int], list[str]]:
        """The exact events that each of its sockets may see, and the messages among which some may be unseen."""
        rows = await self.rows("SELECT seq, type, audience, at, payload FROM events WHERE account_id = $1")
        items = [item_from_row(row) for row in rows]
        owed = {
            item.seq for item in items if item.key is None and not self.crowd.rooms.isdisjoint(item.audience)
        }
        return owed, [wamid for wamid in acknowledged if seqs.get(wamid)]

    def _unheard(self, owed: set[int]) -> list[str]:
        """For whoever looks for the cause: seqs by socket, where its cursor stands and how often it came."""
        lines = []
        for n, watcher in enumerate(self.crowd.watchers):
            if seqs := self.crowd.unheard(watcher, owed):
                lines.append(
                    f"socket {n} ({watcher.connections} connections, cursor {watcher.cursor}): {seqs[:8]}"
                )
        return lines[:4]

    def _count_crowd(self, owed: set[int]) -> None:
        watchers = self.crowd.watchers
        evidence = [operator.evidence for operator in self.operators]
        disorder = sum(w.out_of_order for w in watchers) + sum(e.out_of_order for e in evidence)
        self.report.figures |= {
            "sockets that only listen": len(watchers),
            "… their connections": sum(watcher.connections for watcher in watchers),
            "… their fresh starts (not by cursor)": sum(watcher.fresh_starts for watcher in watchers),
            "… events owed to each": len(owed),
            "… events given to them": sum(len(watcher.heard) for watcher in watchers),
            "operators' connections": sum(e.connections for e in evidence),
            "… resumed by cursor": sum(e.resumes for e in evidence),
            "… events given to them ": sum(e.items for e in evidence),
        }
        self.report.breaks(
            "out of order", disorder, "a socket was given a seq that was not above its last one"
        )
        self.report.breaks("duplicated", sum(watcher.twice for watcher in watchers), "events at a socket")

    # ── the log ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _compare_log(self) -> None:
        """Dense, and one message_created for every message."""
        (row,) = await self.rows(
            """SELECT count(*) AS events, count(DISTINCT seq) AS numbers, coalesce(min(seq), 1) AS first,
                   max(seq) AS last, (SELECT seq FROM event_counters WHERE account_id = $1) AS counter
            FROM events WHERE account_id = $1"""
        )
        (told,) = await self.rows(
            """WITH told AS (SELECT payload->'message'->>'id' AS id, count(*) AS times FROM events
                             WHERE account_id = $1 AND type = 'message_created' GROUP BY 1)
            SELECT count(*) FILTER (WHERE t.id IS NULL) AS untold, count(*) FILTER (WHERE t.times > 1) AS twice
            FROM messages m LEFT JOIN told t ON t.id = m.id::text WHERE m.account_id = $1"""
        )
        self.report.figures |= {"events in the log": row["events"]}
        if not row["events"] == row["numbers"] == row["last"] == row["counter"] or row["first"] != 1:
            self.report.broken.append(f"the log is not dense: {dict(row)}")
        self.report.breaks("lost", told["untold"], "messages without their event")
        self.report.breaks("duplicated", told["twice"], "messages with more than one event")

    # ── out ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _compare_outbound(self) -> None:
        """Each intent: one message, at Meta at most once, in the order of its conversation."""
        rows = await self.rows(
            "SELECT id, client_message_id, conversation_id, status FROM messages"
            " WHERE account_id = $1 AND direction = 'out'"
        )
        by_client = Counter(str(row["client_message_id"]) for row in rows)
        intents = [intent for operator in self.operators for intent in operator.intents]
        lost = [i for i in intents if i.is_acknowledged and not by_client[str(i.client_message_id)]]
        twice = [i for i in intents if by_client[str(i.client_message_id)] > 1]
        at_meta = [
            str(one["body"].get("biz_opaque_callback_data")) for one in self.customers.sandbox.sending.sent
        ]
        doubled = [data for data, count in Counter(at_meta).items() if count > 1]
        stuck = [row for row in rows if row["status"] in ("queued", "sending", "unconfirmed")]
        self.report.figures |= {
            "operators' messages (intents)": len(intents),
            "… acknowledged": sum(intent.is_acknowledged for intent in intents),
            "… repeated with the same id": sum(intent.attempts > 1 for intent in intents),
            "… sent to Meta": len(at_meta),
            "… still unconfirmed": sum(row["status"] == "unconfirmed" for row in stuck),
            "… failed": sum(row["status"] == "failed" for row in rows),
        }
        self.report.breaks("lost", len(lost), "operators' messages that were acknowledged")
        self.report.breaks("duplicated", len(twice), "operators' messages in the table")
        self.report.breaks("duplicated", len(doubled), f"messages at Meta: {doubled[:3]}")
        # A message that Meta never got and never spoke of stays unconfirmed until the operator decides: that is the promise.
        came = set(at_meta)
        for_ever = [r for r in stuck if r["status"] != "unconfirmed" or str(r["id"]) in came]
        if for_ever:
            self.report.broken.append(
                f"{len(for_ever)} messages are stuck: {[dict(r) for r in for_ever[:3]]}"
            )
        wrong = list(_overtaken(self.operators, at_meta))
        self.report.breaks("out of order", len(wrong), f"messages at Meta before an earlier one: {wrong[:3]}")

    # ── screens ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _compare_screens(self) -> None:
        """Each screen that was kept by events equals a fresh load."""
        unequal = []
        for operator in self.operators:
            unequal += await _differences(operator)
        self.report.breaks("unequal screens", len(unequal), "; ".join(unequal[:3]))

    # ── poison ──────────────────────────────────────────────────────────────────────────────────────────────────────

    async def compare_parked(self) -> None:
        """Before the replay: each part that cannot be stored is parked once, with the raw body; its neighbours are stored."""
        rows = await self.rows(
            "SELECT reason, body, item->>'id' AS wamid FROM dead_webhooks WHERE account_id = $1"
        )
        stored = {row["wamid"] for row in await self.rows("SELECT wamid FROM messages WHERE account_id = $1")}
        parked = Counter((row["reason"], row["wamid"], bytes(row["body"])) for row in rows)
        wanted = [
            *(("poison", w, post) for post in self.poster.posts for w in (*post.refused, *post.unstorable)),
            # Of another number nothing is looked into: what is parked is the whole change.
            *(("unknown_number", None, post) for post in self.poster.posts if post.strangers),
        ]
        wrong = [(reason, w and w[:40]) for reason, w, post in wanted if parked[reason, w, post.body] != 1]
        here = [wamid[:40] for _, wamid, _ in wanted if wamid and wamid in stored]
        beside = [w for _, _, post in wanted for w in post.good if w not in stored]
        self.report.figures |= {
            "parts that could not be stored": len(wanted),
            "… parked once, with their raw body": len(wanted) - len(wrong),
        }
        self.report.breaks(
            "lost", len(wrong), f"parts that could not be stored and are not parked once: {wrong[:3]}"
        )
        self.report.breaks("lost", len(beside), f"good neighbours of poison: {beside[:3]}")
        if here:
            self.report.broken.append(f"poison that was stored all the same: {here[:3]}")

    async def compare_replayed(self) -> None:
        """After it: what the database takes by now is stored, and marked so; the rest is still parked."""
        rows = await self.rows(
            "SELECT item->>'id' AS wamid, replayed_at FROM dead_webhooks WHERE account_id = $1 AND reason = 'poison'"
        )
        replayed = {row["wamid"] for row in rows if row["replayed_at"] is not None}
        refused = [wamid for post in self.poster.posts for wamid in post.refused]
        unstorable = [wamid for post in self.poster.posts for wamid in post.unstorable]
        missing = [wamid for wamid in refused if wamid not in replayed]
        self.report.figures |= {"… stored by a replay later": len(refused) - len(missing)}
        self.report.breaks("lost", len(missing), f"parked parts that the replay did not store: {missing[:3]}")
        if replayed.intersection(unstorable):
            self.report.broken.append("a part that cannot be stored is marked as replayed")


def _overtaken(operators: Iterable[Operator], at_meta: list[str]) -> Iterable[str]:
    """Messages of one operator in one conversation that Meta got before one that was acknowledged earlier."""
    place = {data: n for n, data in reversed(list(enumerate(at_meta)))}
    for operator in operators:
        last: dict[UUID, tuple[int, Intent]] = {}
        for intent in (
            operator.intents
        ):  # in the order in which they were wanted: one after the other's acknowledgement
            at = place.get(str(intent.message_id))
            if at is None:
                continue
            before = last.get(intent.conversation_id)
            if before is not None and at < before[0]:
                yield f"{intent.message_id} before {before[1].message_id}"
            else:
                last[intent.conversation_id] = at, intent


async def _differences(operator: Operator) -> list[str]:
    differences = [f"{operator.actor.name} does not come back"]
    for _ in range(60):
        with contextlib.suppress(Unreachable, TimeoutError):
            await asyncio.wait_for(operator.is_live.wait(), 10)
            differences = await operator.differences()
            if not differences:
                break
        await asyncio.sleep(0.25)
    return differences
