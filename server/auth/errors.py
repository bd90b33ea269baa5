"""Why somebody is not let in."""

from inbox.kernel.errors import Forbidden, ProsaError, Unauthenticated


class WrongCredentials(Unauthenticated):
    """The same for an unknown address, a wrong password and a person without an account: it gives no hint."""

    code = "wrong_credentials"
    title = "E-mail address or password is wrong"


class SessionOver(Unauthenticated):
    code = "session_over"
    title = "This session is over; sign in again"


class TokenExpired(Unauthenticated):
    code = "token_expired"
    title = "The access token has expired; refresh it"


class SecondFactorRequired(Unauthenticated):
    """A session that was opened without one goes on after it. Extra members as in SignInOutcome: `outcome` (second_factor
    or enrolment_required), `challenge`, `methods`, `expires_in`."""

    code = "second_factor_required"
    title = "Your role needs a second factor"


class AccountSuspended(Forbidden):
    """Extra members `state` (suspended, closed) and `reason`."""

    code = "account_suspended"
    title = "This account is suspended"


class ForeignRequest(Forbidden):
    """A request that a browser sent for another site (CSRF)."""

    code = "foreign_request"
    title = "This request did not come from this site"


class TooManyAttempts(ProsaError):
    """Extra member `retry_after_seconds`."""

    code = "too_many_attempts"
    status = 429
    title = "Too many failed attempts; wait a little"
    retryable = True
