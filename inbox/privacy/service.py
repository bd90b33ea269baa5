"""What may be done at the privacy desk, in one place. Campaigns ask `may_contact`."""

from inbox.privacy.consents import NewConsent, list_consents, may_contact, record_consent
from inbox.privacy.contact_export import request_contact_export
from inbox.privacy.erasing import (
    find_erasures,
    get_certificate,
    get_erasure,
    list_erasures,
    print_certificate,
    request_erasure,
)
from inbox.privacy.policy import get_policy, replace_policy
from inbox.privacy.retention import preview_retention
from inbox.privacy.reveal import reveal_phone

__all__ = [
    "NewConsent",
    "find_erasures",
    "get_certificate",
    "get_erasure",
    "get_policy",
    "list_consents",
    "list_erasures",
    "may_contact",
    "preview_retention",
    "print_certificate",
    "record_consent",
    "replace_policy",
    "request_contact_export",
    "request_erasure",
    "reveal_phone",
]
