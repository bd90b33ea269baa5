"""What a person or a key may do: the names that roles are made of and that access rules ask for.

A permission is asked for by the domain function that does the thing, never by a transport. Departments are the other
half: they say on which tickets.
"""

from enum import StrEnum
from typing import Final


class Permission(StrEnum):
    """Stored in `roles.permissions` and `api_keys.scopes`: a name is never reused for something else."""

    INBOX = "inbox"
    """The live inbox: tickets, conversations and files of one's departments; accept, answer, close."""
    TICKETS_SUPERVISE = "tickets.supervise"
    """Act on other people's tickets in one's departments: transfer, return, close."""
    DEPARTMENTS_ALL = "departments.all"
    """Every department counts as one's own."""
    CONTACTS_EDIT = "contacts.edit"
    CONTACTS_PHONES = "contacts.phones"
    """Sees telephone numbers whole where the account masks them."""
    CONTACTS_REVEAL = "contacts.reveal"
    """May look at one masked telephone number; each look is on record."""
    NUMBERS_MANAGE = "numbers.manage"
    PEOPLE_MANAGE = "people.manage"
    """Invite, change, remove people; end their sessions, reset their second factor."""
    ROLES_MANAGE = "roles.manage"
    DEPARTMENTS_MANAGE = "departments.manage"
    ACCOUNT_MANAGE = "account.manage"
    """Name, logo, hours; close the account."""
    SECURITY_MANAGE = "security.manage"
    """Second factor per role, allow lists, origins."""
    API_KEYS_MANAGE = "api_keys.manage"
    AUDIT_VIEW = "audit.view"
    PRIVACY_MANAGE = "privacy.manage"
    """The LGPD desk: consent, export, erasure, retention."""
    REPORTS_VIEW = "reports.view"


ALL_PERMISSIONS: Final = frozenset(Permission)

_OPERATOR: Final = frozenset({Permission.INBOX, Permission.CONTACTS_EDIT, Permission.CONTACTS_REVEAL})
_SUPERVISOR: Final = _OPERATOR | {
    Permission.TICKETS_SUPERVISE,
    Permission.CONTACTS_PHONES,
    Permission.REPORTS_VIEW,
}

BUILT_IN_ROLES: Final[dict[str, frozenset[Permission]]] = {
    "admin": ALL_PERMISSIONS,
    "supervisor": frozenset(_SUPERVISOR),
    "operator": _OPERATOR,
    "client": frozenset({Permission.REPORTS_VIEW}),
}
"""By `memberships.role`; a role 'custom' has its own list in `roles`."""


def known_permissions(names: list[str]) -> frozenset[Permission]:
    """Those names that this version knows: a permission that was removed from the code grants nothing."""
    return frozenset(Permission(name) for name in names if name in _NAMES)


_NAMES: Final = frozenset(permission.value for permission in Permission)
