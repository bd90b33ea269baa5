"""How a try to send ended, and the decision from what Graph or the network said. Pure.

Four ends, never mixed up: accepted, to be tried again (surely not sent), failed for good, unconfirmed (nobody knows).
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from inbox.conversations.events import MessageError
from inbox.outbox.contacts import Recipient
from inbox.whatsapp.graph_codes import MEANINGS
from inbox.whatsapp.graph_errors import Action, Decision, GraphError, decide

# Meta unreachable: 1, 2, 4 … 60 s; 40 tries are about 35 minutes, longer than most outages of a line, and short enough
# that an operator hears of it within the hour.
_UNREACHABLE_LONGEST_SECONDS = 60.0
_UNREACHABLE_TRIES = 40


@dataclass(frozen=True, slots=True)
class Accepted:
    message_id: UUID
    wamid: str
    learnt: Recipient | None = None
    """How WhatsApp names the recipient, when that is news."""


@dataclass(frozen=True, slots=True)
class TryAgain:
    message_id: UUID
    delay: timedelta


@dataclass(frozen=True, slots=True)
class Failed:
    message_id: UUID
    error: MessageError


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    message_id: UUID


Outcome = Accepted | TryAgain | Failed | Unconfirmed


def refused(
    message_id: UUID, error: GraphError, attempt: int
) -> tuple[TryAgain | Failed | Unconfirmed, Decision]:
    """What Graph's error means for the message, and the decision for whoever paces the number."""
    decision = decide(error, attempt)
    if decision.action is Action.RETRY:
        return TryAgain(message_id, timedelta(seconds=decision.delay_seconds or 0.0)), decision
    if decision.action is Action.AMBIGUOUS:
        return Unconfirmed(message_id), decision
    return Failed(message_id, _graph_error(error, decision)), decision


def unreachable(
    message_id: UUID, attempt: int, *, random_unit: Callable[[], float] = random.random
) -> TryAgain | Failed:
    """The request never left. Tried for half an hour, then the operator decides."""
    if attempt >= _UNREACHABLE_TRIES:
        return Failed(message_id, _own_error("unreachable"))
    ceiling = min(_UNREACHABLE_LONGEST_SECONDS, 2.0 ** min(attempt - 1, 16))
    return TryAgain(message_id, timedelta(seconds=ceiling * (0.5 + random_unit() / 2)))


def unsendable(message_id: UUID, details: str) -> Failed:
    """Our own content does not make a message: a bug or a limit that changed. Trying again cannot help."""
    return Failed(message_id, _own_error("unsendable", details, can_retry_=False))


def file_unusable(message_id: UUID, reason_key: str, reason: dict[str, str]) -> Failed:
    """A file of the message cannot be sent (inbox/media/errors)."""
    return Failed(
        message_id,
        MessageError(
            code=None,
            title=reason["en"],
            details="",
            reason_key=reason_key,
            reason=reason,
            can_retry=False,
        ),
    )


def upload_failed(message_id: UUID) -> Failed:
    """A file did not get to Meta, however often it was tried. The message was not sent."""
    return Failed(message_id, _own_error("upload_failed"))


def unconfirmed_error() -> MessageError:
    """Shown beside an unconfirmed message; the operator may send it again all the same."""
    return _own_error("unconfirmed")


def _graph_error(error: GraphError, decision: Decision) -> MessageError:
    meaning = MEANINGS[decision.meaning]
    return MessageError(
        code=error.graph_code,
        title=error.graph_title,
        details=error.details,
        reason_key=decision.meaning,
        reason={"pt-BR": meaning.pt_br, "en": meaning.en},
        can_retry=meaning.manual_retry,
    )


def _own_error(reason_key: str, details: str = "", *, can_retry_: bool = True) -> MessageError:
    reason = _OWN_REASONS[reason_key]
    return MessageError(
        code=None,
        title=reason["en"],
        details=details,
        reason_key=reason_key,
        reason=reason,
        can_retry=can_retry_,
    )


_OWN_REASONS: dict[str, dict[str, str]] = {
    "unreachable": {
        "pt-BR": "Não foi possível conectar ao WhatsApp. A mensagem não foi enviada.",
        "en": "WhatsApp could not be reached. The message was not sent.",
    },
    "upload_failed": {
        "pt-BR": "Não foi possível enviar o arquivo ao WhatsApp. A mensagem não foi enviada.",
        "en": "The file could not be brought to WhatsApp. The message was not sent.",
    },
    "unsendable": {
        "pt-BR": "O WhatsApp não aceitaria esta mensagem. Ela não foi enviada.",
        "en": "WhatsApp would not accept this message. It was not sent.",
    },
    "unconfirmed": {
        "pt-BR": "O WhatsApp não confirmou o envio. A mensagem pode ter chegado; reenviar pode duplicá-la.",
        "en": "WhatsApp did not confirm the send. The message may have arrived; sending again may duplicate it.",
    },
}
