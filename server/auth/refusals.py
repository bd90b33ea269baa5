"""Refusals on record. Written in a transaction of their own: what was refused has none.

Invariants
- What a stranger can cause without limit (forged tokens, throttled sign-ins, requests from other sites) is recorded at most
  once a minute per kind and address: nobody fills the audit log from outside.
- It stands in the account's chain when the account is known for sure, else in the installation's.
"""

from typing import Any, Final
from uuid import UUID

from inbox.kernel.actor import Origin
from inbox.kernel.audit import INSTALLATION, AuditActor, AuditEntry, Doer
from inbox.kernel.database import Database, UnitOfWork
from server.auth.throttle import SignInThrottle

_EVERY_SECONDS: Final = 60


def nobody(origin: Origin) -> Doer:
    """Somebody who has not shown who they are."""
    return Doer(AuditActor.ANONYMOUS, origin=origin)


def audit_refusal(
    work: UnitOfWork, action: str, origin: Origin, *, account_id: UUID | None, user_id: UUID | None = None, **after: Any
) -> None:  # fmt: skip
    """Within a unit of work that is going to be committed."""
    entry = AuditEntry(
        action, "user" if user_id is not None else "", user_id or "", after={key: str(value) for key, value in after.items()}
    )  # fmt: skip
    work.audit(entry, account_id or INSTALLATION, doer=nobody(origin))


class Refusals:
    """One per process."""

    def __init__(self, database: Database, throttle: SignInThrottle) -> None:
        self._database = database
        self._throttle = throttle

    async def record(
        self, action: str, origin: Origin, *, account_id: UUID | None = None, user_id: UUID | None = None, **after: Any
    ) -> None:  # fmt: skip
        """For what is bounded already, by a throttle or by attempts that are counted."""
        async with self._database.system() as work:
            audit_refusal(work, action, origin, account_id=account_id, user_id=user_id, **after)

    async def record_seldom(
        self, action: str, origin: Origin, *, account_id: UUID | None = None, user_id: UUID | None = None, **after: Any
    ) -> None:  # fmt: skip
        """For what has no bound: once a minute per kind and address."""
        if await self._throttle.is_first(action, origin.ip or "unknown", seconds=_EVERY_SECONDS):
            await self.record(action, origin, account_id=account_id, user_id=user_id, **after)
