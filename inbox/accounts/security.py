"""An account's security policy: second factor per role, allow lists of networks, web pages that may call the API.

Invariants
- A policy that would lock out the address it is set from is refused: nobody saws off the branch they sit on.
- Compare-and-set on the account's version; on record; in force with the next request everywhere (a nudge empties what
  processes remember, and open sockets are looked at again by the caller of `change_security_policy`).
"""

from collections.abc import Callable, Sequence
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.engine import RowMapping

from inbox.accounts import account_repository, security_repository
from inbox.accounts.errors import PolicyChanged
from inbox.accounts.policies import SecurityPolicy
from inbox.kernel.actor import Actor, ActorKind
from inbox.kernel.audit import AuditEntry
from inbox.kernel.database import Database, UnitOfWork
from inbox.kernel.errors import Invalid, NotFound
from inbox.kernel.permissions import BUILT_IN_ROLES, Permission

POLICY_TOPIC: Final = "account_policies"
"""Nudged after a change: whoever remembers policies forgets them."""

IsAllowed = Callable[[Sequence[str], str | None], bool]
"""(networks, address) → whether the address is in one of them; of the edge, for addresses are a transport's matter."""


class LockedOutByPolicy(Invalid):
    """Extra members `field` and `address`."""

    code = "would_lock_you_out"
    title = "With this list you could not get in yourself"


class UnknownPolicyRole(Invalid):
    code = "unknown_role"
    title = "There is no such role"


class SecurityPolicyView(BaseModel):
    model_config = ConfigDict(extra="forbid")

    policy: SecurityPolicy
    version: int
    """Of the account; send it back with a change."""
    your_address: str | None
    """As this installation sees it: what must be in the lists."""


class SecurityPolicyChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    policy: SecurityPolicy
    version: int = Field(ge=1)


async def access_security_policy(database: Database, actor: Actor) -> SecurityPolicyView:
    """Raises Forbidden."""
    actor.require(Permission.SECURITY_MANAGE)
    async with database.acting(actor) as work:
        return _view(await _fetch(work, actor.account_id), actor)


async def change_security_policy(
    database: Database, actor: Actor, change: SecurityPolicyChange, is_allowed: IsAllowed
) -> tuple[SecurityPolicyView, list[UUID]]:
    """The policy as it is now, and whose sockets to look at again (nobody's when nothing changed).

    Raises Forbidden, LockedOutByPolicy, PolicyChanged, UnknownPolicyRole.
    """
    actor.require(Permission.SECURITY_MANAGE)
    policy = change.policy
    _refuse_lock_out(policy, actor, is_allowed)
    async with database.acting(actor) as work:
        await _require_known_roles(work, actor.account_id, policy.second_factor_roles)
        before = await _fetch(work, actor.account_id)
        old, new = _plain(SecurityPolicy.model_validate(before["security"])), _plain(policy)
        changed = [name for name in new if new[name] != old[name]]
        if not changed:
            if before["version"] != change.version:
                raise PolicyChanged(version=before["version"])
            return _view(before, actor), []
        if not await account_repository.update_settings(
            work.session, actor.account_id, change.version, {"security": new}
        ):
            raise PolicyChanged(version=before["version"])
        work.audit(
            AuditEntry(
                "security_policy.changed",
                "account",
                actor.account_id,
                {name: old[name] for name in changed},
                {name: new[name] for name in changed},
            )
        )
        members = await security_repository.fetch_member_ids(work.session, actor.account_id)
        after = await _fetch(work, actor.account_id)

        async def tell_processes() -> None:
            if database.publisher is not None:
                await database.publisher.nudge(POLICY_TOPIC)

        work.after_commit(tell_processes)
    return _view(after, actor), members


def _refuse_lock_out(policy: SecurityPolicy, actor: Actor, is_allowed: IsAllowed) -> None:
    """A super admin who stands in for somebody is bound by no list (edge/admission): they are how one gets back in."""
    if actor.impersonator_id is not None:
        return
    address = actor.origin.ip if actor.origin is not None else None
    field = "api_networks" if actor.kind is ActorKind.API_KEY else "sign_in_networks"
    if not is_allowed(getattr(policy, field), address):
        raise LockedOutByPolicy(field=f"policy.{field}", address=address)


async def _require_known_roles(work: UnitOfWork, account_id: UUID, roles: Sequence[str]) -> None:
    custom = [role for role in roles if role not in BUILT_IN_ROLES]
    known = await security_repository.fetch_role_ids(work.session, account_id) if custom else set()
    unknown = [role for role in custom if role not in known]
    if unknown:
        raise UnknownPolicyRole(field="policy.second_factor_roles", roles=unknown)


async def _fetch(work: UnitOfWork, account_id: UUID) -> RowMapping:
    row = await security_repository.fetch_security(work.session, account_id)
    if row is None:
        raise NotFound(account_id=account_id)
    return row


def _plain(policy: SecurityPolicy) -> dict[str, Any]:
    """Lists without repetitions, in a fixed order, so that the same policy is the same."""
    return {name: sorted(set(values)) for name, values in policy.model_dump(mode="json").items()}


def _view(row: RowMapping, actor: Actor) -> SecurityPolicyView:
    return SecurityPolicyView(
        policy=SecurityPolicy.model_validate(row["security"]),
        version=row["version"],
        your_address=actor.origin.ip if actor.origin is not None else None,
    )
