"""Two serve and two work processes, Postgres, Valkey, nginx in front: every one can die, every wire between two can be cut,
and everybody's clock but Redis' can be stepped (which keeps no time of ours)."""

import asyncio
import contextlib
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import httpx

from inbox.kernel.database import driver_dsn
from server.embedded import EmbeddedPostgres, EmbeddedValkey, die_with_parent, free_port
from server.migrate import migrate
from server.settings import Settings
from tests.chaos.clock import SteppedClock
from tests.chaos.link import Link
from tests.conftest import make_settings

_START_SECONDS = 60.0
_STOP_SECONDS = 25.0


@dataclass
class Node:
    """One process of Prosa, with wires of its own to the database and to Redis."""

    name: str
    arguments: list[str]
    environment: dict[str, str]
    log: IO[bytes]
    clock: SteppedClock
    links: dict[str, Link]
    ready_url: str | None = None
    process: asyncio.subprocess.Process | None = None
    deaths: int = 0

    async def start(self) -> None:
        program = ["server.cli"] if self.clock.shim else ["tests.chaos.node", str(self.clock.file)]
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", *program, *self.arguments,
            env={**os.environ, **self.environment, **self.clock.environment}, stdin=asyncio.subprocess.DEVNULL, stdout=self.log,
            stderr=self.log, start_new_session=True, preexec_fn=die_with_parent(signal.SIGTERM),
        )  # fmt: skip

    async def until_ready(self) -> None:
        if self.ready_url is None:
            return
        async with httpx.AsyncClient(timeout=2, verify=False) as client, asyncio.timeout(_START_SECONDS):
            while True:
                with contextlib.suppress(httpx.HTTPError):
                    if (await client.get(self.ready_url)).status_code == 200:
                        return
                await asyncio.sleep(0.1)

    async def kill(self) -> None:
        """-9."""
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()
        self.deaths += 1

    async def stop(self) -> None:
        if self.process is None or self.process.returncode is not None:
            return
        self.process.terminate()
        try:
            await asyncio.wait_for(self.process.wait(), _STOP_SECONDS)
        except TimeoutError:
            await self.kill()


@dataclass
class Installation:
    settings: Settings
    """Straight to the servers, over no wire that is cut."""
    folder: Path
    postgres: EmbeddedPostgres
    valkey: EmbeddedValkey
    clock: SteppedClock
    """Of Postgres."""
    logs: Path
    serves: list[Node] = field(default_factory=list)
    works: list[Node] = field(default_factory=list)
    fronts: dict[str, Link] = field(default_factory=dict)
    """The wires of browsers and of Meta to the front: nginx, or a plain balancer where nginx is not installed."""
    has_nginx: bool = False

    @property
    def nodes(self) -> list[Node]:
        return [*self.serves, *self.works]

    @property
    def clocks(self) -> list[SteppedClock]:
        return [self.clock, *(node.clock for node in self.nodes)]

    @property
    def all_links(self) -> list[Link]:
        return [*self.fronts.values(), *(link for node in self.nodes for link in node.links.values())]

    @property
    def browser_port(self) -> int:
        return self.fronts["browser–front"].port

    @property
    def browser_url(self) -> str:
        return f"http://127.0.0.1:{self.browser_port}"

    @property
    def meta_url(self) -> str:
        """Where Meta posts webhooks."""
        return f"http://127.0.0.1:{self.fronts['meta–front'].port}"

    def links_of(self, pair: str) -> Sequence[Link]:
        """The wires between two kinds of processes, by the name of tests/chaos/plan."""
        if pair in self.fronts:
            return [self.fronts[pair]]
        return [node.links[pair] for node in self.nodes if pair in node.links]


@contextlib.asynccontextmanager
async def running_installation(
    serves: int = 2, works: int = 2, *, logs: Path | None = None
) -> AsyncIterator[Installation]:
    """`logs`: where the processes' logs are kept; else they go with the rest of the folder."""
    with tempfile.TemporaryDirectory(prefix="prosa-chaos-") as name:
        folder = Path(name)
        os.chmod(folder, 0o711)
        clock = SteppedClock.make(folder, "postgres")
        postgres = EmbeddedPostgres(folder / "pg" / "data", "chaos", environment=clock.environment)
        valkey = EmbeddedValkey(folder / "valkey.log", "chaos")
        async with contextlib.AsyncExitStack() as stack:
            await asyncio.to_thread(postgres.start)
            stack.callback(postgres.stop)
            await asyncio.to_thread(valkey.start)
            stack.callback(valkey.stop)
            settings = make_settings(postgres, "prosa", valkey.url, folder)
            await asyncio.to_thread(migrate, settings)
            whole = Installation(settings, folder, postgres, valkey, clock, logs or folder)
            for n in range(serves):
                whole.serves.append(await _build_node(whole, f"serve-{n}", stack))
            for n in range(works):
                whole.works.append(await _build_node(whole, f"work-{n}", stack))
            for node in whole.nodes:
                await node.start()
                stack.push_async_callback(node.stop)
            await asyncio.gather(*(node.until_ready() for node in whole.nodes))
            await _put_nginx_in_front(whole, stack)
            yield whole


async def _build_node(whole: Installation, name: str, stack: contextlib.AsyncExitStack) -> Node:
    kind = name.partition("-")[0]
    links: dict[str, Link] = {}

    async def wire(far: str, port: int, near: str = kind) -> Link:
        link = links[f"{near}–{far}"] = await Link(f"{near}–{far}", port).open()
        stack.push_async_callback(link.close)
        return link

    settings = whole.settings
    environment = {
        "PROSA_DATABASE_URL": _through(settings.database_url, await wire("postgres", whole.postgres.port)),
        "PROSA_REDIS_URL": _through(settings.redis_url, await wire("redis", whole.valkey.port)),
        "PROSA_SECRET_KEY": settings.secret_key.get_secret_value(),
        "PROSA_ENCRYPTION_KEYS": settings.encryption_keys.get_secret_value(),
        "PROSA_DATA_DIR": str(whole.folder),
        "PROSA_LOG_LEVEL": "INFO",
        # All the people of a run share one address, and come back at once again and again.
        "PROSA_RATE_LIMIT_FACTOR": "100",
    }
    log = (whole.logs / f"{name}.log").open("ab")
    stack.callback(log.close)
    clock = SteppedClock.make(whole.folder, name)
    if kind == "work":
        return Node(name, ["work"], environment, log, clock, links)
    port = free_port()
    environment["PROSA_PORT"] = str(port)
    await wire("serve", port, near="front")
    ready_url = f"http://127.0.0.1:{port}/readyz"
    return Node(name, ["serve", "--port", str(port)], environment, log, clock, links, ready_url)


def _through(url: str, link: Link) -> str:
    place, _, port_and_rest = url.rpartition("@127.0.0.1:")
    _, slash, rest = port_and_rest.partition("/")
    return f"{place}@127.0.0.1:{link.port}{slash}{rest}"


_NGINX = """
daemon off;
worker_processes 1;
error_log {folder}/nginx.log warn;
pid {folder}/nginx.pid;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path {folder}/nginx-body;
    proxy_temp_path {folder}/nginx-proxy;
    fastcgi_temp_path {folder}/nginx-fastcgi;
    uwsgi_temp_path {folder}/nginx-uwsgi;
    scgi_temp_path {folder}/nginx-scgi;
    upstream prosa {{ {servers} }}
    map $http_upgrade $connection_upgrade {{ default upgrade; '' close; }}
    server {{
        listen 127.0.0.1:{port};
        client_max_body_size 100m;
        location / {{
            proxy_pass http://prosa;
            proxy_http_version 1.1;
            proxy_set_header Host $host;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
            proxy_connect_timeout 2s;
            proxy_read_timeout 60s;
            proxy_next_upstream error timeout;
        }}
    }}
}}
"""


async def _put_nginx_in_front(whole: Installation, stack: contextlib.AsyncExitStack) -> None:
    ports = [node.links["front–serve"].port for node in whole.serves]
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        balancer = await Link("front", *ports).open()
        stack.push_async_callback(balancer.close)
        port = balancer.port
    else:
        port = free_port()
        servers = " ".join(f"server 127.0.0.1:{p} max_fails=1 fail_timeout=1s;" for p in ports)
        configuration = whole.folder / "nginx.conf"
        configuration.write_text(_NGINX.format(folder=whole.folder, servers=servers, port=port))
        process = await asyncio.create_subprocess_exec(
            program, "-c", str(configuration), "-e", str(whole.folder / "nginx.log"),
            start_new_session=True, preexec_fn=die_with_parent(signal.SIGTERM),
        )  # fmt: skip

        async def stop() -> None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.wait()

        stack.push_async_callback(stop)
        whole.has_nginx = True
    for pair in ("browser–front", "meta–front"):
        whole.fronts[pair] = await Link(pair, port).open()
        stack.push_async_callback(whole.fronts[pair].close)


def system_dsn(settings: Settings) -> str:
    return driver_dsn(settings.resolved_system_database_url)
