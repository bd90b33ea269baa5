"""What went wrong with a call to Graph, and what to do about it.

Three ends of a send must never be mixed up: Graph answered with an error (`GraphError`: decide by its code), the request
surely never reached Graph (`NotSent`: repeat it), or nobody knows (`AmbiguousSend`: repeating may deliver twice, because
Graph has no idempotency key; only the callback data of a status webhook tells).
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from inbox.kernel.errors import ProsaError
from inbox.whatsapp.graph_codes import CODES, MEANINGS, RANGES, Handling, Meaning


class GraphError(ProsaError):
    """Graph answered with its error object."""

    code = "graph_error"
    status = 502
    title = "WhatsApp refused the request"

    def __init__(
        self,
        graph_code: int,
        graph_title: str = "",
        *,
        graph_subcode: int | None = None,
        http_status: int = 400,
        details: str = "",
        fbtrace_id: str | None = None,
        is_transient: bool = False,
    ) -> None:
        super().__init__(
            details or graph_title,
            graph_code=graph_code,
            graph_subcode=graph_subcode,
            fbtrace_id=fbtrace_id,
        )
        self.graph_code = graph_code
        self.graph_subcode = graph_subcode
        self.graph_title = graph_title
        self.http_status = http_status
        self.details = details
        self.fbtrace_id = fbtrace_id
        self.is_transient = is_transient


class GraphUnreachable(ProsaError):
    """A call that changes nothing at Meta (or may be repeated) got no usable answer."""

    code = "graph_unreachable"
    status = 502
    title = "WhatsApp does not answer"
    retryable = True


class NotSent(GraphUnreachable):
    """The request never left: no address, no connection, no connection free. Sending it again is safe."""

    code = "not_sent"
    title = "WhatsApp cannot be reached"


class AmbiguousSend(ProsaError):
    """The request left, and no usable answer came: the message may have gone out. Never send it again blindly."""

    code = "ambiguous_send"
    status = 502
    title = "WhatsApp did not say whether the message was sent"


class MediaUrlExpired(ProsaError):
    """The file's address is used up (they live 5 minutes): look the media id up again."""

    code = "media_url_expired"
    status = 502
    title = "The address of the file has expired"
    retryable = True


class MediaTooLarge(ProsaError):
    """The file is larger than the caller accepts."""

    code = "media_too_large"
    status = 413
    title = "The file is too large"


class MediaHostRefused(ProsaError):
    """The address of the file points to a host that files of WhatsApp do not come from. Nothing was asked of it."""

    code = "media_host_refused"
    status = 502
    title = "The file is on an unknown host"


class Action(StrEnum):
    RETRY = "retry"
    GIVE_UP = "give_up"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Decision:
    action: Action
    meaning: str
    """Key of `graph_codes.MEANINGS`."""
    handling: Handling
    """Why: the pacer lowers its rate on `SOON`, holds the contact on `PAIR`."""
    delay_seconds: float | None = None
    """Until the next try; only with `RETRY`."""
    needs_template: bool = False
    alarm: bool = False


@dataclass(frozen=True, slots=True)
class _Backoff:
    base_seconds: float
    factor: float
    cap_seconds: float
    tries: int


_BACKOFFS: dict[Handling, _Backoff] = {
    # The bucket of a number refills within a second (80 messages/s by default).
    Handling.SOON: _Backoff(base_seconds=1, factor=2, cap_seconds=30, tries=10),
    # 4^n seconds, n from 0 (Cloud API, throughput, read 2026-11); 6 tries span 341 s, more than the 270 s that a burst
    # of 45 messages costs.
    Handling.PAIR: _Backoff(base_seconds=1, factor=4, cap_seconds=256, tries=6),
    # An upgrade takes a minute at most.
    Handling.AFTER_A_MINUTE: _Backoff(base_seconds=60, factor=1, cap_seconds=60, tries=5),
    # Quotas count an hour; 8 tries span 60 minutes.
    Handling.MINUTES: _Backoff(base_seconds=60, factor=2, cap_seconds=900, tries=8),
}
# Subcodes of seven digits name a cause of their own; small ones (33 under 100) only repeat the code.
_FIRST_TELLING_SUBCODE = 2_000_000
# Spreads those that failed together over a quarter of the pause.
_JITTER = 0.25


def meaning_key(graph_code: int | None, subcode: int | None = None) -> str:
    """The key of `MEANINGS` for a code; the subcode counts when it says more. "unknown" for what the table lacks."""
    telling_subcode = subcode if subcode is not None and subcode >= _FIRST_TELLING_SUBCODE else None
    for number in (telling_subcode, graph_code):
        if number is not None and (key := _look_up(number)) is not None:
            return key
    return "unknown"


def _look_up(number: int) -> str | None:
    return CODES.get(number) or next((key for codes, key in RANGES if number in codes), None)


def can_retry(graph_code: int | None) -> bool:
    """Whether an operator's retry button makes sense for a message that failed with this code."""
    return MEANINGS[meaning_key(graph_code)].manual_retry


def reason(graph_code: int | None, locale: str) -> str:
    """Why a message failed, for the operator, in `pt-BR` (default for any Portuguese) or English."""
    return _in_locale(MEANINGS[meaning_key(graph_code)], locale)


def reasons(graph_code: int | None) -> dict[str, str]:
    """The same in every locale that we speak."""
    meaning = MEANINGS[meaning_key(graph_code)]
    return {locale: _in_locale(meaning, locale) for locale in ("pt-BR", "en")}


def _in_locale(meaning: Meaning, locale: str) -> str:
    return meaning.pt_br if locale.lower().startswith("pt") else meaning.en


def decide(error: GraphError, attempt: int, *, random_unit: Callable[[], float] = random.random) -> Decision:
    """What to do after try number `attempt` (from 1) of a send was answered with `error`."""
    key = meaning_key(error.graph_code, error.graph_subcode)
    meaning = MEANINGS[key]
    handling = meaning.handling
    if key == "unknown" and error.http_status >= 500:
        # A failure inside Meta that the table does not know: nobody can say what had happened before it.
        handling = Handling.AMBIGUOUS
    backoff = _BACKOFFS.get(handling)
    if handling is Handling.AMBIGUOUS:
        action = Action.AMBIGUOUS
    elif backoff is not None and attempt < backoff.tries:
        action = Action.RETRY
    else:
        action = Action.GIVE_UP
    delay_seconds = None
    if backoff is not None and action is Action.RETRY:
        delay_seconds = _delay_seconds(backoff, attempt, random_unit())
    return Decision(action, key, handling, delay_seconds, meaning.needs_template, meaning.alarm)


def _delay_seconds(backoff: _Backoff, attempt: int, unit: float) -> float:
    pause = min(backoff.cap_seconds, backoff.base_seconds * backoff.factor ** (max(1, attempt) - 1))
    return pause * (1 + _JITTER * unit)
