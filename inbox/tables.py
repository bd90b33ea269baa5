"""Every table of the domain, imported once: SQLModel resolves foreign keys by name, so all must be known together."""

from inbox.accounts import models as accounts
from inbox.contacts import models as contacts
from inbox.conversations import models as conversations
from inbox.media import models as media
from inbox.numbers import models as numbers
from inbox.outbox import models as outbox
from inbox.tickets import models as tickets

__all__ = ["accounts", "contacts", "conversations", "media", "numbers", "outbox", "tickets"]
