"""Who runs the installation. Every function of this folder wants a `SuperAdmin`, and only `access_super_admin` makes one."""

from dataclasses import dataclass
from uuid import UUID

from inbox.identity.repository import fetch_person
from inbox.kernel.actor import Actor, ActorKind, Role
from inbox.kernel.audit import Doer, doer_of
from inbox.kernel.database import Database
from inbox.kernel.errors import NotFound
from inbox.kernel.permissions import ALL_PERMISSIONS


@dataclass(frozen=True, slots=True)
class SuperAdmin:
    """Somebody who was a super admin when this request began."""

    actor: Actor
    """In whatever account they are signed in to."""

    @property
    def user_id(self) -> UUID:
        return self.actor.user_id

    @property
    def doer(self) -> Doer:
        return doer_of(self.actor)

    def within(self, account_id: UUID) -> Actor:
        """As an actor of another account, with every permission there."""
        return Actor(
            account_id=account_id,
            user_id=self.actor.user_id,
            role=Role.ADMIN,
            session_id=self.actor.session_id,
            name=self.actor.name,
            locale=self.actor.locale,
            permissions=ALL_PERMISSIONS,
            origin=self.actor.origin,
        )


async def access_super_admin(database: Database, actor: Actor) -> SuperAdmin:
    """Raises NotFound for everybody else: keys, people, and super admins while they are signed in as somebody."""
    if actor.kind is not ActorKind.USER or actor.impersonator_id is not None:
        raise NotFound
    async with database.system() as work:
        person = await fetch_person(work.session, actor.user_id)
    if person is None or not person.is_super_admin:
        raise NotFound
    return SuperAdmin(actor)
