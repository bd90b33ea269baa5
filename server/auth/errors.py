"""Why somebody is not let in."""

from inbox.kernel.errors import ProsaError, Unauthenticated


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


class TooManyAttempts(ProsaError):
    """Extra member `retry_after_seconds`."""

    code = "too_many_attempts"
    status = 429
    title = "Too many failed attempts; wait a little"
    retryable = True
