"""One sandbox: its parts, wired, with a start and a stop."""

import asyncio
import time
from typing import Any, Final

import structlog

from server.sandbox import snapshot
from server.sandbox.clock import Agenda, Clock
from server.sandbox.config import SandboxConfig
from server.sandbox.customers.engine import CustomerEngine
from server.sandbox.delivery import Delivery
from server.sandbox.envelope import Update
from server.sandbox.faults import MediaFaults, SendFaults
from server.sandbox.graph import Gate, MessagesEndpoint, RequestLog
from server.sandbox.graph_objects import GraphObjects
from server.sandbox.ids import IdMint
from server.sandbox.inbound import Inbound
from server.sandbox.live import LiveFeed
from server.sandbox.mailbox import Mailbox
from server.sandbox.media import MediaShelf
from server.sandbox.sending import Sending
from server.sandbox.state import SandboxState
from server.sandbox.templates import build_templates
from server.sandbox.webhooks import Webhooks

log = structlog.get_logger(__name__)

# `prosa run` starts sandbox and product together: the handshake is repeated until the product listens.
HANDSHAKE_TRIES: Final = 60
HANDSHAKE_GAP_SECONDS: Final = 1.0


class Sandbox:
    """Composition and life. Everything public is reached through the attributes."""

    def __init__(self, config: SandboxConfig, clock: Clock | None = None) -> None:
        self.config = config
        self.clock = clock or Clock()
        self.agenda = Agenda()
        nonce = str(config.seed) if config.deterministic_ids else f"{config.seed}:{time.time_ns()}"
        self.mint = IdMint(nonce)
        self.state = SandboxState(config)
        self.live = LiveFeed()
        self.send_faults = SendFaults()
        self.media_faults = MediaFaults()
        self.templates = build_templates()
        self.verified: dict[str, bool] = {}
        media_base = config.media_base_url.rstrip("/") or config.base_url
        folder = config.data_dir / "media" if config.data_dir else None
        self.media = MediaShelf(self.clock, self.mint, media_base, config.app_secret, folder)
        self.webhooks = Webhooks(config.webhooks, self.agenda, config.seed, self._acknowledged)
        self.delivery = Delivery(
            self.clock,
            self.agenda,
            self.webhooks,
            self.live,
            seed=config.seed,
            timing=config.timing,
            window_policy=config.window_policy,
            webhook_version=config.webhook_version,
        )
        self.inbound = Inbound(
            self.state, self.clock, self.mint, self.media, self.webhooks, self.live, self.media_faults
        )
        self.sending = Sending(
            self.state,
            self.clock,
            self.mint,
            self.media,
            self.delivery,
            self.live,
            self.templates,
            pair_rate_enforced=config.pair_rate_enforced,
        )
        self.engine = CustomerEngine(
            self.state, self.inbound, self.agenda, self.clock, seed=config.seed, pace=config.customer_pace
        )
        self.delivery.on_delivered = self.engine.on_delivered
        self.requests = RequestLog(self.clock)
        self.gate = Gate(self.state, self.clock, config.access_token)
        self.messages = MessagesEndpoint(
            self.gate, self.mint, self.requests, self.sending, self.inbound, self.send_faults, self.state
        )
        self.objects = GraphObjects(
            self.state, self.gate, self.media, self.webhooks, self.templates, config.waba_id
        )
        self.mailbox = Mailbox(config.data_dir / "mails" if config.data_dir else None)
        self._tasks: list[asyncio.Task[None]] = []

    def _acknowledged(self, updates: list[Update]) -> None:
        self.inbound.acknowledged(updates)

    async def start(self) -> None:
        if self.config.data_dir is not None:
            await asyncio.to_thread(snapshot.load, self.config.data_dir, self.state, self.media)
        await self.webhooks.start()
        if self.config.smtp_port is not None:
            await self.mailbox.start(self.config.host, self.config.smtp_port)
        self.inbound.resume()
        loop = asyncio.get_running_loop()
        if self.config.handshake_at_start:
            self._tasks.append(loop.create_task(self._shake_hands()))
        if self.config.data_dir is not None:
            self._tasks.append(loop.create_task(self._save_forever()))
        self.engine.set_rate(self.config.customers_per_minute)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.engine.stop()
        self.agenda.clear()
        self.live.close()
        await self.mailbox.stop()
        await self.webhooks.stop()
        await self._save()

    def forget(self) -> None:
        """Back to a fresh sandbox: customers, chats, faults, logs, statistics; settings return to the start's."""
        self.engine.forget()
        self.agenda.clear()
        self.webhooks.forget()
        self.webhooks.policy = self.config.webhooks
        self.delivery.timing = self.config.timing
        self.delivery.window_policy = self.config.window_policy
        self.delivery.forget()
        self.sending.sent.clear()
        self.sending.pair_rate_enforced = self.config.pair_rate_enforced
        self.sending.sync_window_errors = False
        self.send_faults.clear()
        self.media_faults.clear()
        self.media.forget()
        self.state.forget()
        self.inbound.received.clear()
        self.requests.rows.clear()
        self.live.publish({"event": "reset"})
        self.engine.set_rate(self.config.customers_per_minute)

    async def _shake_hands(self) -> None:
        """Verify each callback as Meta does when it is registered."""
        callbacks = {
            each.webhook_url: each.verify_token for each in self.state.numbers.values() if each.webhook_url
        }
        for _ in range(HANDSHAKE_TRIES):
            for url, token in callbacks.items():
                if not self.verified.get(url):
                    self.verified[url] = await self.webhooks.verify(url, token)
            if all(self.verified.get(url) for url in callbacks):
                log.info("sandbox_webhook_verified", callbacks=len(callbacks))
                return
            await asyncio.sleep(HANDSHAKE_GAP_SECONDS)
        log.warning("sandbox_webhook_not_verified", callbacks=len(callbacks))

    async def _save_forever(self) -> None:
        while True:
            await asyncio.sleep(snapshot.SAVE_EVERY_SECONDS)
            await self._save()

    async def _save(self) -> None:
        if self.config.data_dir is None:
            return
        data = snapshot.build_snapshot(self.state, self.media)
        try:
            await asyncio.to_thread(snapshot.save, self.config.data_dir, data)
        except OSError as error:
            log.warning("sandbox_snapshot_not_saved", reason=error.strerror)

    def statistics(self) -> dict[str, Any]:
        """Counters for people and tests; `idle` is true when nothing more will happen by itself."""
        seconds = sorted(self.messages.seconds)
        return {
            "idle": self.webhooks.pending == 0 and len(self.agenda) == 0,
            "pending_updates": self.webhooks.pending,
            "planned": len(self.agenda),
            "sent": len(self.sending.sent),
            "received": len(self.inbound.received),
            "customers": len(self.state.customers),
            "conversations_started": self.engine.started,
            "conversations_running": self.engine.active,
            "customers_per_minute": self.engine.per_minute,
            "send_median_ms": round(seconds[len(seconds) // 2] * 1000, 3) if seconds else 0.0,
            "receiver": self.webhooks.statistics.as_json(),
            "verified": all(self.verified.values()) if self.verified else False,
        }
