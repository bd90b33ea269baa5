"""REST under /api: one file per resource; a handler authenticates, parses, calls one inbox function and renders.

`build_api` makes the application that is mounted at /api; `media_routes` are the files beside it.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from inbox.accounts.request_tally import RequestTally
from realtime.ephemeral import announce_access_change, announce_account_change
from server.api import (
    accept_invitation,
    account,
    api_keys,
    audit,
    auth,
    contacts,
    conversations,
    departments,
    exports,
    installation,
    installation_health,
    invitations,
    me,
    media,
    members,
    messages,
    numbers,
    passwords,
    privacy,
    proof,
    reader,
    roles,
    second_factor,
    security,
    tickets,
)
from server.api.body_limit import BodyLimit
from server.api.dependencies import ApiContext
from server.api.methods import KnownMethods
from server.api.problems import PROBLEM_RESPONSES, install_problem_handlers
from server.auth.gate import Gate, build_gate
from server.edge.admission import Admission
from server.edge.limiter import Limiter

_DESCRIPTION = """
Everything that Prosa's own screens do over REST. Live updates come over Socket.IO, described at `/api/asyncapi.json`.

Sign in with `POST /v1/auth/sign-in` and send the access token as `Authorization: Bearer …`. Errors are
`application/problem+json` (RFC 9457); match on `code`. Times are ISO 8601 in UTC. Lists are paged by opaque cursors.
"""

_RESOURCES = (
    auth,
    passwords,
    accept_invitation,
    me,
    second_factor,
    members,
    roles,
    departments,
    invitations,
    numbers,
    contacts,
    tickets,
    conversations,
    messages,
    media,
    api_keys,
    audit,
    exports,
    security,
    account,
    installation,
    installation_health,
    privacy,
    proof,
)

# The longest message is 4,096 characters; a list with sections a few kB. A megabyte leaves no wish open.
_MAX_BODY_BYTES = 1024 * 1024
# Boundaries and headers of a multipart form around the file.
_FORM_BYTES = 64 * 1024


def build_api(context: ApiContext) -> FastAPI:
    """Only constructs. Whoever mounts it closes it with `close_api`: a mounted application's own lifespan never runs."""
    api = _Api(
        title="Prosa",
        version="1",
        description=_DESCRIPTION,
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        responses=PROBLEM_RESPONSES,
        generate_unique_id_function=_operation_id,
        redirect_slashes=False,
        lifespan=_lifespan,
    )
    api.state.context = context
    api.state.gate = build_gate(context)
    api.state.limiter = Limiter(context.settings.redis_url, factor=context.settings.rate_limit_factor)
    api.state.request_tally = RequestTally(context.database)
    api.state.admission = Admission(
        context.database, api.state.limiter, public_url=context.settings.public_url, tally=api.state.request_tally
    )  # fmt: skip
    api.state.announce_access_change = partial(announce_access_change, context.publisher)
    api.state.announce_account_change = partial(announce_account_change, context.publisher)
    api.state.installation_settings = api.state.gate.installation
    for resource in _RESOURCES:
        api.include_router(resource.router)
    api.include_router(reader.router)
    install_problem_handlers(api)
    api.add_middleware(
        BodyLimit,
        most_bytes=_MAX_BODY_BYTES,
        uploads_under=media.router.prefix,
        most_upload_bytes=context.settings.max_upload_bytes + _FORM_BYTES,
    )
    routers = (*(resource.router for resource in _RESOURCES), reader.router)
    api.add_middleware(KnownMethods, routes=[route for router in routers for route in router.routes])
    return api


async def close_api(api: FastAPI) -> None:
    """Gives back what the handlers opened along the way, and writes down what they counted."""
    tally: RequestTally = api.state.request_tally
    await tally.flush()
    gate: Gate = api.state.gate
    await gate.close()
    limiter: Limiter = api.state.limiter
    await limiter.close()


class _Api(FastAPI):
    """Describes errors as what they are: problems only, never plain JSON."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            for methods in super().openapi()["paths"].values():
                for operation in methods.values():
                    operation["responses"]["default"]["content"].pop("application/json", None)
        assert self.openapi_schema is not None
        return self.openapi_schema


@asynccontextmanager
async def _lifespan(api: FastAPI) -> AsyncIterator[None]:
    yield
    await close_api(api)


def _operation_id(route: APIRoute) -> str:
    """The handler's name: what a generated client calls its method."""
    return route.name
