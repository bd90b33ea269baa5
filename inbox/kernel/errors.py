"""The root of the exception tree, and the few errors that every noun shares.

An error knows how a transport should show it (RFC 9457): `code` is stable and machine-readable, `title` is fixed per
class, `detail` speaks of this occurrence, `extra` carries ids and figures as named members. Transports render
`as_problem()`; nobody matches on texts.
"""

from typing import Any, ClassVar


class ProsaError(Exception):
    """Base of every error that Prosa raises on purpose."""

    code: ClassVar[str] = "internal_error"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong on our side"
    retryable: ClassVar[bool] = False

    def __init__(self, detail: str = "", **extra: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.extra = extra

    def as_problem(self) -> dict[str, Any]:
        """The RFC 9457 problem object; the same over REST and as a socket acknowledgement."""
        problem: dict[str, Any] = {
            "type": f"urn:prosa:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "code": self.code,
        }
        if self.detail:
            problem["detail"] = self.detail
        if self.retryable:
            problem["retryable"] = True
        problem.update({key: _jsonable(value) for key, value in self.extra.items()})
        return problem


class BadRequest(ProsaError):
    code = "bad_request"
    status = 400
    title = "The request cannot be read"


class Unauthenticated(ProsaError):
    code = "unauthenticated"
    status = 401
    title = "Sign in first"


class Forbidden(ProsaError):
    code = "forbidden"
    status = 403
    title = "This is not allowed for your role"


class NotFound(ProsaError):
    """Also the answer for what exists but may not be seen: it gives no hint."""

    code = "not_found"
    status = 404
    title = "Not found"


class Conflict(ProsaError):
    """Somebody else was first, or the thing has moved on."""

    code = "conflict"
    status = 409
    title = "This has changed in the meantime"


class Invalid(ProsaError):
    code = "invalid"
    status = 422
    title = "Some values are not valid"


class Unavailable(ProsaError):
    """A dependency (database, Redis) does not answer; the same request may succeed later."""

    code = "unavailable"
    status = 503
    title = "Not available right now"
    retryable = True


def _jsonable(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, float, str, list, dict)):
        return value
    isoformat = getattr(value, "isoformat", None)
    return isoformat() if callable(isoformat) else str(value)
