"""What the load generator talks to: the bare floor, and the real webhook route. One uvicorn process each."""

import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from inbox.ingest.service import Ingest
from realtime.bus import RedisPublisher
from server.garbage import settle_garbage_collector
from server.hooks import WebhookGate
from server.settings import Settings

_FLOOR_SECRET = b"floor"


async def check_and_parse(request: Request) -> Response:
    """The least that any webhook route does: no storage, no meaning."""
    body = await request.body()
    hmac.new(_FLOOR_SECRET, body, hashlib.sha256).hexdigest()
    orjson.loads(body)
    return Response(b"ok")


def create_floor() -> Starlette:
    return Starlette(routes=[Route("/floor", check_and_parse, methods=["POST"])])


def create_ingest() -> ASGIApp:
    """The webhook route as server/app.py has it."""
    settings = Settings()
    publisher = RedisPublisher(settings.redis_url)
    ingest = Ingest(settings.resolved_system_database_url, settings.vault, publisher)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await ingest.start()
        settle_garbage_collector()
        yield
        await ingest.stop()
        await publisher.close()

    return WebhookGate(Starlette(lifespan=lifespan), ingest, max_bytes=settings.hook_max_bytes)
