"""Log items as sockets see them whose users may not see telephone numbers whole.

Invariant: the plain item is encoded once, and once more masked only when a masked socket is there; what holds no number is
the same item to both.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import structlog

from inbox.contacts.masking import mask_contact_data, mask_message_data, mask_ticket_data

log = structlog.get_logger()

Data = dict[str, Any]


def _within(key: str, mask: Callable[[Mapping[str, Any]], Data]) -> Callable[[Data], Data]:
    return lambda data: {**data, key: mask(data[key])}


MASKED_TYPES: Final[dict[str, Callable[[Data], Data]]] = {
    "ticket_updated": _within("ticket", mask_ticket_data),
    "message_created": _within("message", mask_message_data),
    "message_updated": _within("message", mask_message_data),
    "contact_updated": _within("contact", mask_contact_data),
}
"""Every event type that carries a customer or their messages (a test walks the protocol's models)."""


def mask_event(type_: str, data: Data) -> Data:
    """`data` of one of MASKED_TYPES. What cannot be read as it should be is withheld: better nothing than a number."""
    try:
        return MASKED_TYPES[type_](data)
    except (KeyError, TypeError, AttributeError):
        log.exception("masking.unreadable_event", type=type_)
        return {}
