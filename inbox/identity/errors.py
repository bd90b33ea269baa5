"""Why a proof of identity is not taken."""

from inbox.kernel.actor import Actor
from inbox.kernel.errors import Conflict, Forbidden, Invalid, ProsaError, Unauthenticated


class ChallengeOver(Unauthenticated):
    """Unknown, used, too old, or tried too often: start again."""

    code = "challenge_over"
    title = "This step is over; start again"


class WrongCode(Unauthenticated):
    """Extra member `attempts_left`, where they are counted."""

    code = "wrong_code"
    title = "The code is wrong or was used before"


class PasskeyRefused(Unauthenticated):
    code = "passkey_refused"
    title = "This passkey was not accepted"


class LinkOver(ProsaError):
    """A link from a mail that was used, replaced, or is too old."""

    code = "link_over"
    status = 410
    title = "This link is no longer valid; ask for a new one"


class WeakPassword(Invalid):
    """Extra member `rule`: too_short, too_long, common, personal."""

    code = "weak_password"
    title = "This password is too easy to guess"


class WrongPassword(Forbidden):
    """Somebody signed in who confirms with their password. Not 401: their session is good."""

    code = "wrong_password"
    title = "The password is wrong"


class SecondFactorExists(Conflict):
    code = "second_factor_exists"
    title = "There is an authenticator app already; remove it first"


class SecondFactorMandatory(Conflict):
    """The last second factor of somebody whose role must have one."""

    code = "second_factor_mandatory"
    title = "Your role must have a second factor; set up another one first"


class NoSecondFactor(Conflict):
    code = "no_second_factor"
    title = "Set up a second factor first"


class TooManyPasskeys(Conflict):
    code = "too_many_passkeys"
    title = "There are too many passkeys already; remove one first"


class NotWhileImpersonating(Forbidden):
    code = "not_while_impersonating"
    title = "This cannot be done while signed in as somebody else"


def refuse_impersonated(actor: Actor) -> None:
    """For what is a person's own: password, second factor, keys. Raises NotWhileImpersonating."""
    if actor.impersonator_id is not None:
        raise NotWhileImpersonating
