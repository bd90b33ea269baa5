"""What happens to an installation: each fault takes its time and is mended at its end."""

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from tests.chaos.installation import Installation, Node
from tests.chaos.link import Link
from tests.chaos.operator import Operator


@dataclass
class Faults:
    """Injects faults drawn from a seed, one or two at a time, and counts them."""

    installation: Installation
    meta_link: Link
    """The wire of the workers to Meta."""
    operators: list[Operator]
    luck: random.Random
    longest_seconds: float
    """How long Redis is paused at most; everything else is shorter."""
    crowd: Callable[[], Awaitable[None]]
    """Drops and brings back all of a crowd of sockets at once."""
    happened: Counter[str] = field(default_factory=Counter)

    async def inject(self, until: Callable[[], bool]) -> None:
        deck: list[str] = []
        while not until():
            if not deck:  # every kind once, then all again in another order
                deck = sorted(_KINDS)
                self.luck.shuffle(deck)
            name = deck.pop()
            self.happened[name] += 1
            await _KINDS[name](self)
            await asyncio.sleep(self.luck.uniform(0.3, 1.5))

    async def mend(self) -> None:
        """Everything runs and flows again, clocks are right."""
        for link in self._links():
            link.mend()
        for node in self.installation.nodes:
            node.step_clock(0)

    def _links(self) -> list[Link]:
        assert self.installation.front is not None
        return [
            *(link for node in self.installation.nodes for link in node.links.values()),
            self.installation.front,
            self.meta_link,
        ]

    # ── deaths ──────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _kill_node(self, node: Node) -> None:
        await node.kill()
        await asyncio.sleep(self.luck.uniform(0, 2))
        await node.start()
        await node.until_ready()

    async def kill_serve(self) -> None:
        await self._kill_node(self.luck.choice(self.installation.serves))

    async def kill_work(self) -> None:
        await self._kill_node(self.luck.choice(self.installation.works))

    async def kill_redis(self) -> None:
        await asyncio.to_thread(self.installation.valkey.kill)
        await asyncio.sleep(self.luck.uniform(0, 2))
        await asyncio.to_thread(self.installation.valkey.start)

    async def kill_postgres(self) -> None:
        await asyncio.to_thread(self.installation.postgres.kill)
        await asyncio.sleep(self.luck.uniform(0, 1))
        await asyncio.to_thread(self.installation.postgres.start)

    async def restart_postgres(self) -> None:
        await asyncio.to_thread(self.installation.postgres.stop)
        await asyncio.to_thread(self.installation.postgres.start)

    # ── pauses and cuts ─────────────────────────────────────────────────────────────────────────────────────────────

    async def pause_redis(self) -> None:
        process = self.installation.valkey.process
        assert process is not None
        os.kill(process.pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(self.luck.uniform(1, self.longest_seconds))
        finally:
            os.kill(process.pid, signal.SIGCONT)

    async def cut_a_wire(self) -> None:
        link = self.luck.choice(self._links())
        link.cut()
        await asyncio.sleep(self.luck.uniform(0.2, 4))
        link.mend()

    async def stall_a_wire(self) -> None:
        link = self.luck.choice(self._links())
        link.stall()
        await asyncio.sleep(self.luck.uniform(0.2, 4))
        link.mend()

    async def reset_browsers(self) -> None:
        assert self.installation.front is not None
        self.installation.front.reset()

    async def crowd_reconnects(self) -> None:
        await self.crowd()

    async def step_clock(self) -> None:
        node = self.luck.choice(self.installation.nodes)
        node.step_clock(self.luck.choice((-3600.0, -30.0, 30.0, 600.0)))
        await asyncio.sleep(self.luck.uniform(1, 3))
        node.step_clock(0)


_KINDS: dict[str, Callable[[Faults], Awaitable[None]]] = {
    "kill -9 serve": Faults.kill_serve,
    "kill -9 work": Faults.kill_work,
    "kill -9 redis": Faults.kill_redis,
    "kill -9 postgres": Faults.kill_postgres,
    "restart postgres": Faults.restart_postgres,
    "pause redis": Faults.pause_redis,
    "cut a wire": Faults.cut_a_wire,
    "stall a wire": Faults.stall_a_wire,
    "reset all browsers": Faults.reset_browsers,
    "crowd reconnects at once": Faults.crowd_reconnects,
    "step a clock": Faults.step_clock,
}
