"""`prosa run`: everything on one machine with one command.

Embedded servers (unless URLs are given), migrations, a demo account, then three children: serve, work and the sandbox.
Data survives a restart; a second supervisor on the same folder is refused.
"""

import asyncio
import contextlib
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
import structlog
from pydantic import SecretStr, TypeAdapter

from inbox.kernel.errors import ProsaError, Unavailable
from server.datadir import DataFolder
from server.embedded import EmbeddedPostgres, EmbeddedValkey, free_port
from server.sandbox.config import SandboxConfig
from server.settings import Settings
from server.supervisor import Child, watch_embedded

if TYPE_CHECKING:
    from server.demo import DemoAccount

log = structlog.get_logger(__name__)


class PortBusy(ProsaError):
    code = "port_busy"
    title = "The port is in use"


class RedisUnreachable(Unavailable):
    code = "redis_unreachable"
    title = "Redis cannot be reached"


@dataclass(frozen=True)
class RunOptions:
    json: bool = False
    customers: bool = True
    customers_per_minute: float = 12.0
    seed: int = 1


@dataclass
class Installation:
    """What is running, for the greeting and for the JSON line."""

    settings: Settings
    demo: "DemoAccount"
    sandbox_port: int
    has_mailbox: bool
    """False when PROSA_SMTP_URL names a real mail server."""
    postgres: EmbeddedPostgres | None
    valkey: EmbeddedValkey | None
    children: dict[str, Child]

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.sandbox_port}"

    @property
    def mailbox_url(self) -> str | None:
        return f"{self.sandbox_url}/mailbox" if self.has_mailbox else None

    def pids(self) -> dict[str, int | None]:
        return {
            "postgres": self.postgres.process.pid if self.postgres and self.postgres.process else None,
            "redis": self.valkey.process.pid if self.valkey and self.valkey.process else None,
            **{name: child.process.pid if child.process else None for name, child in self.children.items()},
        }

    def as_json(self) -> bytes:
        """DESIGN section 11: one line for scripts and integrators."""
        return orjson.dumps(
            {
                "url": self.settings.base_url,
                "database_url": self.settings.database_url,
                "app_database_url": self.settings.resolved_app_database_url,
                "redis_url": self.settings.redis_url,
                "sandbox_url": self.sandbox_url,
                "mailbox_url": self.mailbox_url,
                "webhook_url": f"{self.settings.base_url}/hooks/whatsapp/{self.demo.hook_key}",
                "app_secret": self.demo.app_secret,
                "verify_token": self.demo.verify_token,
                "waba_id": self.demo.waba_id,
                "phone_number_id": self.demo.phone_number_id,
                "display_phone_number": self.demo.display_phone_number,
                "users": [user.model_dump() for user in self.demo.users],
                "pids": self.pids(),
            }
        )


async def run(settings: Settings, options: RunOptions) -> None:
    """Runs until SIGINT or SIGTERM, then ends every child. Raises ProsaError for whatever prevents a start."""
    started = time.monotonic()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    _require_free(settings.host, settings.port)
    folder = DataFolder.open(settings.data_dir)
    try:
        async with _installation(settings, folder, options) as installation:
            if options.json:
                sys.stdout.write(installation.as_json().decode() + "\n")
                sys.stdout.flush()
            else:
                _greet(installation, time.monotonic() - started)
            await stop.wait()
            if not options.json:
                sys.stdout.write("\nEncerrando… · Stopping…\n")
    finally:
        folder.close()


@contextlib.asynccontextmanager
async def _installation(
    given: Settings, folder: DataFolder, options: RunOptions
) -> AsyncIterator[Installation]:
    # The inner stack is left first: children end while their database is still there.
    async with contextlib.AsyncExitStack() as servers, contextlib.AsyncExitStack() as children:
        serve, sandbox, work = (_child(name, folder.path) for name in ("serve", "sandbox", "work"))
        for child in (serve, sandbox):  # they import while the database starts
            await child.start()
            children.push_async_callback(child.stop)
        postgres, valkey, settings = await _servers(given, folder, servers)
        sandbox_port = free_port()
        demo = await _prepare_database(settings, sandbox_port)
        has_mailbox = not settings.smtp_url.get_secret_value()
        smtp_port = free_port() if has_mailbox else None
        if has_mailbox:
            settings = settings.model_copy(update={"smtp_url": SecretStr(f"smtp://127.0.0.1:{smtp_port}")})
        config = _sandbox_config(settings, demo, sandbox_port, smtp_port, folder.path, options)
        await serve.tell(settings.as_json(), ready_url=f"{settings.base_url_local}/readyz")
        await serve.ready()
        # The sandbox verifies the webhook at its start, so serve comes first; nobody waits for the worker.
        await sandbox.tell(
            TypeAdapter(SandboxConfig).dump_json(config), ready_url=f"{config.base_url}/sandbox/health"
        )
        await work.start()
        children.push_async_callback(work.stop)
        await work.tell(settings.as_json())
        await sandbox.ready()
        yield Installation(
            settings,
            demo,
            sandbox_port,
            has_mailbox,
            postgres,
            valkey,
            {"serve": serve, "work": work, "sandbox": sandbox},
        )


async def _prepare_database(settings: Settings, sandbox_port: int) -> "DemoAccount":
    # Imported here, when the children have been started: this takes as long as the database's start.
    from server.demo import ensure_demo
    from server.migrate import migrate

    await asyncio.to_thread(migrate, settings)
    return await ensure_demo(settings, sandbox_url=f"http://127.0.0.1:{sandbox_port}")


async def _servers(
    given: Settings, folder: DataFolder, stack: contextlib.AsyncExitStack
) -> tuple[EmbeddedPostgres | None, EmbeddedValkey | None, Settings]:
    """The embedded servers that no URL replaces, and the settings completed with them and with the folder's keys."""
    postgres = (
        None
        if given.database_url
        else EmbeddedPostgres(folder.path / "postgres", folder.keys.postgres_password)
    )
    valkey = (
        None if given.redis_url else EmbeddedValkey(folder.path / "redis.log", folder.keys.redis_password)
    )
    async with asyncio.TaskGroup() as group:
        for server in (postgres, valkey):
            if server is not None:
                stack.push_async_callback(asyncio.to_thread, server.stop)
                group.create_task(asyncio.to_thread(server.start))
    for server, name in ((postgres, "postgres"), (valkey, "redis")):
        if server is not None:
            watcher = asyncio.create_task(watch_embedded(server, name), name=f"watch {name}")
            stack.callback(watcher.cancel)
    settings = given.model_copy(
        update={
            "data_dir": folder.path,
            "database_url": postgres.url if postgres else given.database_url,
            "redis_url": valkey.url if valkey else given.redis_url,
            "secret_key": given.secret_key
            if given.secret_key.get_secret_value()
            else SecretStr(folder.keys.secret_key),
            "encryption_keys": given.encryption_keys
            if given.encryption_keys.get_secret_value()
            else SecretStr(folder.keys.encryption_keys),
            # On one's own machine the printed super admin is tried out; who says otherwise is heard.
            "super_admin_second_factor": given.super_admin_second_factor
            and "super_admin_second_factor" in given.model_fields_set,
        }
    )
    if valkey is None:
        await _require_redis(settings.redis_url)
    return postgres, valkey, settings


def _sandbox_config(
    settings: Settings,
    demo: "DemoAccount",
    port: int,
    smtp_port: int | None,
    folder: Path,
    options: RunOptions,
) -> SandboxConfig:
    return SandboxConfig(
        port=port,
        webhook_url=f"{settings.base_url_local}/hooks/whatsapp/{demo.hook_key}",
        app_secret=demo.app_secret,
        verify_token=demo.verify_token,
        access_token=demo.access_token,
        waba_id=demo.waba_id,
        phone_number_id=demo.phone_number_id,
        display_phone_number=demo.display_phone_number,
        seed=options.seed,
        customers_per_minute=options.customers_per_minute if options.customers else 0.0,
        data_dir=folder / "sandbox",
        smtp_port=smtp_port,
    )


def _child(name: str, folder: Path) -> Child:
    logs = folder / "logs"
    logs.mkdir(exist_ok=True)
    return Child(name, [name], logs / f"{name}.log")


def _require_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortBusy(
                f"{host}:{port} cannot be used ({os.strerror(error.errno or 0)}); choose another with --port"
            ) from error


async def _require_redis(url: str) -> None:
    import redis.asyncio

    client = redis.asyncio.Redis.from_url(url, socket_connect_timeout=5)
    try:
        await client.ping()
    except (redis.RedisError, OSError) as error:
        raise RedisUnreachable(f"PROSA_REDIS_URL: {error}") from error
    finally:
        await client.aclose()


def _greet(installation: Installation, seconds: float) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    url = installation.settings.base_url
    console.print(
        f"\n[bold]Prosa[/bold] está no ar · is up: [bold link={url}]{url}[/]  [dim]({seconds:.1f} s)[/dim]"
    )
    console.print(f"Telefone de um cliente · a customer's phone: [link]{installation.sandbox_url}/phone[/]")
    if installation.mailbox_url:
        console.print(
            f"E-mails (convites, senhas) · mail (invitations, passwords): [link]{installation.mailbox_url}[/]"
        )
    console.print(f"API: {url}/api/docs   Logs: {installation.settings.data_dir / 'logs'}\n")
    table = Table(box=None, padding=(0, 3, 0, 0), header_style="dim")
    for heading in ("papel · role", "e-mail", "senha · password"):
        table.add_column(heading)
    for user in installation.demo.users:
        table.add_row(user.role, user.email, user.password)
    console.print(table)
    console.print("\n[dim]Ctrl-C encerra tudo · stops everything[/dim]")
