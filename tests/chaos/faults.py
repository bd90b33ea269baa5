"""What happens to an installation: each fault takes its time and is mended at its end."""

import asyncio
import os
import signal
import subprocess
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field

from tests.chaos.clock import SteppedClock
from tests.chaos.installation import Installation, Node
from tests.chaos.link import Link
from tests.chaos.plan import SERVER_FAULTS, WIRE_FAULTS, Fault, Plan, faults_of

_IMMEDIATE_SECONDS = 15.0


@dataclass
class Faults:
    """Injects the plan's faults, those of servers beside those of wires and clocks, and counts them."""

    plan: Plan
    installation: Installation
    meta_links: Sequence[Link]
    """The wire of the workers to Meta."""
    crowd: Callable[[], Awaitable[None]]
    """Drops and brings back all of a crowd of sockets at once."""
    happened: Counter[str] = field(default_factory=Counter)

    async def inject(self, until: Callable[[], bool]) -> None:
        async with asyncio.TaskGroup() as both:
            both.create_task(self._go_through(faults_of(SERVER_FAULTS, self.plan), until))
            both.create_task(self._go_through(faults_of(WIRE_FAULTS, self.plan), until))

    async def _go_through(self, faults: Iterator[Fault], until: Callable[[], bool]) -> None:
        for fault in faults:
            if until():
                return
            if not self._can(fault):
                continue
            self.happened[fault.kind] += 1
            await self._commit(fault)
            await asyncio.sleep(fault.rest_seconds)

    def _can(self, fault: Fault) -> bool:
        return fault.kind != "step the clock of postgres" or self.installation.clock.shim is not None

    async def _commit(self, fault: Fault) -> None:
        how, _, what = fault.kind.partition(" ")
        match how:
            case "kill":
                await self._kill(fault)
            case "restart":
                await self._restart_postgres(immediately="immediate" in what)
            case "pause":
                await self._pause_redis(fault.seconds)
            case "cut" | "stall":
                await self._break_wire(fault, what)
            case "step":
                await self._step_clock(fault)
            case "reset":
                self.installation.links_of("browser–front")[0].reset()
            case "crowd":
                await self.crowd()
            case _:
                raise ValueError(fault.kind)

    async def mend(self) -> None:
        """Everything runs and flows again, clocks are right."""
        for link in (*self.installation.all_links, *self.meta_links):
            link.mend()
        for clock in self.installation.clocks:
            clock.step(0)

    # ── deaths ──────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _kill(self, fault: Fault) -> None:
        whole = self.installation
        match fault.kind.rpartition(" ")[2]:
            case "serve":
                await self._kill_node(whole.serves[fault.pick(len(whole.serves))], fault.seconds)
            case "work":
                await self._kill_node(whole.works[fault.pick(len(whole.works))], fault.seconds)
            case "redis":
                await asyncio.to_thread(whole.valkey.kill)
                await asyncio.sleep(fault.seconds)
                await asyncio.to_thread(whole.valkey.start)
            case _:
                await asyncio.to_thread(whole.postgres.kill)
                await asyncio.sleep(fault.seconds)
                await asyncio.to_thread(whole.postgres.start)

    async def _kill_node(self, node: Node, away_seconds: float) -> None:
        await node.kill()
        await asyncio.sleep(away_seconds)
        await node.start()
        await node.until_ready()

    async def _restart_postgres(self, *, immediately: bool) -> None:
        postgres = self.installation.postgres
        if immediately:
            await asyncio.to_thread(_stop_immediately, postgres.process)
        else:
            await asyncio.to_thread(postgres.stop)
        await asyncio.to_thread(postgres.start)

    # ── pauses, cuts, clocks ────────────────────────────────────────────────────────────────────────────────────────

    async def _pause_redis(self, seconds: float) -> None:
        process = self.installation.valkey.process
        assert process is not None
        os.kill(process.pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(seconds)
        finally:
            os.kill(process.pid, signal.SIGCONT)

    async def _break_wire(self, fault: Fault, pair: str) -> None:
        links = self.meta_links if pair == "work–meta" else self.installation.links_of(pair)
        link = links[fault.pick(len(links))]
        if fault.kind.startswith("cut"):
            link.cut()
        else:
            link.stall()
        await asyncio.sleep(fault.seconds)
        link.mend()

    async def _step_clock(self, fault: Fault) -> None:
        clocks = self._clocks_of(fault.kind)
        clock = clocks[fault.pick(len(clocks))]
        clock.step(fault.step_seconds)
        await asyncio.sleep(fault.seconds)
        clock.step(0)

    def _clocks_of(self, kind: str) -> list[SteppedClock]:
        whole = self.installation
        if kind.endswith("postgres"):
            return [whole.clock]
        return [node.clock for node in (whole.serves if kind.endswith("serve") else whole.works)]


def _stop_immediately(process: "subprocess.Popen[bytes] | None") -> None:
    """Without a checkpoint and without a word to anybody: it recovers when it starts again."""
    assert process is not None
    process.send_signal(signal.SIGQUIT)
    process.wait(_IMMEDIATE_SECONDS)
