"""Every error as application/problem+json (RFC 9457), whoever raised it: our own, validation, routing, the database."""

from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException

from inbox.kernel.errors import Invalid, ProsaError, Unavailable
from realtime.protocol import Problem

log = structlog.get_logger(__name__)

PROBLEM_MEDIA_TYPE = "application/problem+json"

PROBLEM_RESPONSES: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "What went wrong (RFC 9457); programs match on `code`.",
        "model": Problem,
        "content": {PROBLEM_MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}
"""For OpenAPI: all that is not a success."""

# When a database that restarts is worth another try.
_RETRY_AFTER_SECONDS = 2

# Class 22 of SQLSTATE: the statement is right, a value in it is not.
_DATA_EXCEPTION = "22"


def problem_response(error: ProsaError) -> JSONResponse:
    headers: dict[str, str] = {}
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    retry_after = error.extra.get("retry_after_seconds")
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    return _response(error.as_problem(), headers)


def install_problem_handlers(api: FastAPI) -> None:
    api.add_exception_handler(ProsaError, _show_own)
    api.add_exception_handler(RequestValidationError, _show_validation)
    api.add_exception_handler(HTTPException, show_http)
    for unreachable in (OperationalError, InterfaceError, PoolTimeoutError, ConnectionError, TimeoutError):
        api.add_exception_handler(unreachable, _show_unreachable)
    api.add_exception_handler(DBAPIError, _show_refused_value)
    api.add_exception_handler(Exception, _show_unexpected)


async def _show_own(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ProsaError)
    if error.status >= 500:
        log.error("request_failed", code=error.code, path=request.url.path, exc_info=error)
    return problem_response(error)


async def _show_validation(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    # Never the values: they may be passwords or messages.
    errors = [
        {"field": _field(item["loc"]), "code": item["type"], "message": item["msg"]}
        for item in error.errors()
    ]
    return problem_response(Invalid(errors=errors))


def _field(location: Sequence[object]) -> str:
    """Where in the body; parameters keep their place (`query.limit`)."""
    parts = location[1:] if len(location) > 1 and location[0] == "body" else location
    return ".".join(map(str, parts))


async def show_http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    code, title = _HTTP_PROBLEMS.get(error.status_code, ("http_error", str(error.detail)))
    problem = {
        "type": f"urn:prosa:problem:{code}",
        "title": title,
        "status": error.status_code,
        "code": code,
    }
    return _response(problem, error.headers or {})


async def _show_unreachable(request: Request, error: Exception) -> JSONResponse:
    log.warning("database_unreachable", path=request.url.path, error=type(error).__name__)
    return problem_response(Unavailable(retry_after_seconds=_RETRY_AFTER_SECONDS))


async def _show_refused_value(request: Request, error: Exception) -> JSONResponse:
    """What no column can hold (NUL in a text, a year beyond the calendar) is the caller's mistake, wherever it came in."""
    assert isinstance(error, DBAPIError)
    sqlstate = str(getattr(error.orig, "sqlstate", None) or "")
    if not sqlstate.startswith(_DATA_EXCEPTION):
        raise error
    # Never the message: it repeats the value.
    log.warning("value_refused_by_database", path=request.url.path, sqlstate=sqlstate)
    return problem_response(Invalid("some value holds what cannot be stored"))


async def _show_unexpected(_: Request, _error: Exception) -> JSONResponse:
    """The server logs the traceback after this answer (Starlette raises the error again)."""
    return problem_response(ProsaError())


def _response(problem: dict[str, Any], headers: Mapping[str, str]) -> JSONResponse:
    return JSONResponse(
        problem, status_code=problem["status"], headers=dict(headers), media_type=PROBLEM_MEDIA_TYPE
    )


_HTTP_PROBLEMS = {
    400: ("bad_request", "The request cannot be read"),
    404: ("not_found", "Not found"),
    405: ("method_not_allowed", "This address does not take that method"),
    413: ("too_large", "The request is too large"),
}
