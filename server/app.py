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
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route

from inbox.ingest.service import Ingest
from realtime.asyncapi import build_asyncapi
from realtime.gateway import build_gateway
from realtime.sockets import AuthenticatedActor
from server import hooks
from server.api import build_api, close_api
from server.api.media import media_routes
from server.auth.actors import load_actor
from server.context import Context, build_context
from server.garbage import settle_garbage_collector
from server.graceful import before_shutdown
from server.settings import Settings
from server.web_app import build_web_app

log = structlog.get_logger(__name__)


def create_app() -> Starlette:
    """For uvicorn: settings from the environment."""
    return build_app(build_context(Settings()))


def build_app(context: Context) -> Starlette:
    """Only constructs; the lifespan connects."""
    settings = context.settings
    ingest = Ingest(settings.resolved_system_database_url, context.vault, context.publisher)
    api = build_api(context)

    async def authenticate(token: str) -> AuthenticatedActor:
        claims = context.tokens.actor_from(token)
        return AuthenticatedActor(await load_actor(context.database, claims), claims.expires_at)

    gateway = build_gateway(
        settings=settings, database=context.database, pool=context.pool, redis_url=settings.redis_url,
        authenticate=authenticate, publisher=context.publisher,
    )  # fmt: skip

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with context.opened():
            await ingest.start()
            await gateway.start()
            settle_garbage_collector()
            try:
                with before_shutdown(gateway.stop):
                    yield
            finally:
                await gateway.stop()  # again when no signal came; idempotent
                await ingest.stop()
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

    return Starlette(
        lifespan=lifespan,
        middleware=[Middleware(hooks.WebhookGate, ingest=ingest, max_bytes=settings.hook_max_bytes)],
        routes=[
            Mount("/socket.io", gateway.asgi_app),
            *media_routes(context),
            Route("/api/asyncapi.json", asyncapi),
            Mount("/api", api),
            Route("/metrics", _metrics),
            Route("/healthz", _is_alive),
            Route("/readyz", is_ready),
            Mount("/", build_web_app()),
        ],
    )


async def _metrics(_: Request) -> Response:
    """For the inside network: nginx does not pass it on."""
    return Response(generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})


async def _is_alive(_: Request) -> Response:
    return PlainTextResponse("alive\n")
