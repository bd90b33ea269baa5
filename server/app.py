"""The ASGI application as a table of contents."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import asyncpg
import orjson
import structlog
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from inbox.accounts.request_tally import RequestTally
from inbox.accounts.security import POLICY_TOPIC
from inbox.ingest.service import Ingest
from inbox.installation.settings import SETTINGS_TOPIC, SettingsCache
from inbox.kernel.actor import Origin
from realtime.asyncapi import build_asyncapi
from realtime.background import Background
from realtime.bus import Bus
from realtime.gateway import build_gateway
from realtime.sockets import AuthenticatedActor
from server import hooks
from server.api import build_api, close_api
from server.api.media import media_routes
from server.api.problems import show_http
from server.auth.gate import Gate
from server.context import Context, build_context
from server.edge.admission import Admission
from server.edge.client_address import ClientAddress
from server.edge.cors import Cors
from server.edge.ip_allow import HookNetworks
from server.edge.rate_limits import RateLimits
from server.edge.request_id import RequestId
from server.edge.security_headers import SecurityHeaders
from server.garbage import settle_garbage_collector
from server.graceful import before_shutdown
from server.logs import configure_logs
from server.settings import Settings
from server.system_log import SystemLogWriter
from server.web_app import build_web_app

log = structlog.get_logger(__name__)


def create_app() -> ASGIApp:
    """For uvicorn with several processes: each reads its settings from the environment, and has its own log."""
    settings = Settings()
    configure_logs(settings.log_level, as_json=settings.log_json)
    return build_app(build_context(settings))


def build_app(context: Context) -> ASGIApp:
    """Only constructs; the lifespan connects."""
    settings = context.settings
    bus = Bus(settings.redis_url)
    ingest = Ingest(settings.resolved_system_database_url, context.vault, context.publisher)
    api = build_api(context)
    admission: Admission = api.state.admission
    installation: SettingsCache = api.state.installation_settings
    gate: Gate = api.state.gate
    tally: RequestTally = api.state.request_tally

    async def authenticate(token: str, origin: Origin) -> AuthenticatedActor:
        authenticated = await gate.authenticate_socket(token, origin)
        await admission.admit_socket(authenticated.actor, origin.ip)
        return authenticated

    gateway = build_gateway(
        settings=settings, database=context.database, pool=context.pool, redis_url=settings.redis_url,
        authenticate=authenticate, publisher=context.publisher, bus=bus, observer=context.observer,
    )  # fmt: skip

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        background = Background()
        async with context.opened(), SystemLogWriter(context.database, "serve").running():
            await bus.start()
            background.start_loop("installation.settings", installation.keep_fresh)
            background.start_loop(
                "installation.nudges", lambda: bus.subscribe_nudges(SETTINGS_TOPIC, installation.invalidate)
            )
            background.start_loop(
                "edge.policies", lambda: bus.subscribe_nudges(POLICY_TOPIC, admission.forget)
            )
            background.start_loop("proof.report", lambda: context.observer.run(context.pool))
            background.start_loop("usage.api_requests", tally.keep_written)
            await ingest.start()
            await gateway.start()
            settle_garbage_collector()
            try:
                with before_shutdown(gateway.stop):
                    yield
            finally:
                await gateway.stop()  # again when no signal came; idempotent
                await ingest.stop()
                await background.stop()
                await context.publisher.drained()
                await context.observer.report(context.pool)
                await bus.stop()
                await close_api(api)

    async def is_ready(_: Request) -> Response:
        try:
            async with context.database.system() as work:
                await work.session.execute(text("SELECT 1"))
        except (SQLAlchemyError, OSError, asyncpg.PostgresError) as error:
            log.warning("not_ready", error=type(error).__name__)
            return PlainTextResponse("the database does not answer\n", 503)
        return PlainTextResponse("ready\n")

    document = orjson.dumps(build_asyncapi(urlsplit(settings.base_url).netloc))

    async def asyncapi(_: Request) -> Response:
        return Response(document, media_type="application/json")

    app = Starlette(
        lifespan=lifespan,
        # Addresses that no mount takes (a line break in them): a problem as everywhere.
        exception_handlers={HTTPException: show_http},
        middleware=[
            Middleware(RequestId),
            Middleware(SecurityHeaders),
            Middleware(Cors, known_origins=admission.known_origins, public_url=settings.public_url),
            Middleware(RateLimits, limiter=api.state.limiter),
        ],
        routes=[
            Mount("/socket.io", gateway.asgi_app),
            *media_routes(context, gate, admission.admit),
            Route("/api/asyncapi.json", asyncapi),
            Mount("/api", api),
            Route("/metrics", _metrics),
            Route("/healthz", _is_alive),
            Route("/readyz", is_ready),
            Mount("/", build_web_app()),
        ],
    )
    return _edge(settings, ingest, app)


def _edge(settings: Settings, ingest: Ingest, app: ASGIApp) -> ASGIApp:
    """What is passed before the framework. Webhooks, the hottest route, pass only what an allow list needs, and nothing
    without one."""

    def with_webhooks(inner: ASGIApp) -> ASGIApp:
        return hooks.WebhookGate(inner, ingest, max_bytes=settings.hook_max_bytes)

    def with_client(inner: ASGIApp) -> ASGIApp:
        return ClientAddress(inner, trusted=settings.trusted_networks, header=settings.forwarded_header)

    if settings.webhook_networks:
        return with_client(HookNetworks(with_webhooks(app), networks=settings.webhook_networks))
    return with_webhooks(with_client(app))


async def _metrics(_: Request) -> Response:
    """For the inside network: nginx does not pass it on."""
    return Response(generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})


async def _is_alive(_: Request) -> Response:
    return PlainTextResponse("alive\n")
