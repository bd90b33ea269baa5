"""Every table of the domain, imported once: SQLModel resolves foreign keys by name, so all must be known together."""

from inbox.accounts import models as accounts
from inbox.api_keys import models as api_keys
from inbox.audit import models as audit
from inbox.contacts import models as contacts
from inbox.conversations import models as conversations
from inbox.exports import models as exports
from inbox.identity import models as identity
from inbox.installation import models as installation
from inbox.mail import models as mail
from inbox.media import models as media
from inbox.numbers import models as numbers
from inbox.outbox import models as outbox
from inbox.privacy import models as privacy
from inbox.proof import models as proof
from inbox.tickets import models as tickets

__all__ = [
    "accounts",
    "api_keys",
    "audit",
    "contacts",
    "conversations",
    "exports",
    "identity",
    "installation",
    "mail",
    "media",
    "numbers",
    "outbox",
    "privacy",
    "proof",
    "tickets",
]
