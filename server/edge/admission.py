"""Whether somebody who is recognised may do this now, from here, through that page: the account's own rules.

Asked with every request that has an actor (server/api/dependencies), with every file and with every socket.

Invariants
- An account's networks hold for open sessions too, not only for signing in: its list as of now is asked each time.
- A super admin who stands in for somebody is bound by no list of networks: they are how a locked-out company gets back in.
  The audit log has them.
- What is remembered of an account is dropped with every nudge of `POLICY_TOPIC`, and after some seconds anyhow.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from starlette.types import Scope

from inbox.accounts.plans import Plan, plan_of
from inbox.accounts.policies import SecurityPolicy
from inbox.accounts.request_tally import RequestTally
from inbox.accounts.security_repository import fetch_all_origins, fetch_security
from inbox.kernel.actor import Actor, ActorKind
from inbox.kernel.database import Database
from inbox.kernel.errors import NotFound
from server.edge.client_address import client_address
from server.edge.cors import ADMITTED_ORIGIN, OriginNotAllowed, foreign_origin
from server.edge.ip_allow import require_allowed
from server.edge.limiter import Limiter, Quota
from server.edge.rate_limits import note_standing

# Changes arrive by a nudge within milliseconds; this heals a lost one.
_FRESH_SECONDS: Final = 10.0
# Accounts that one process serves within some seconds; beyond it all are forgotten and read again.
_MOST_REMEMBERED: Final = 10_000


@dataclass(frozen=True, slots=True)
class AccountRules:
    security: SecurityPolicy
    plan: Plan


class Admission:
    """One per process."""

    def __init__(
        self,
        database: Database,
        limiter: Limiter,
        *,
        public_url: str = "",
        tally: RequestTally | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._limiter = limiter
        self._public_url = public_url
        self._tally = tally
        self._clock = clock
        self._rules: dict[UUID, tuple[float, AccountRules]] = {}
        self._origins: tuple[float, frozenset[str]] = (float("-inf"), frozenset())
        self._generation = 0

    async def admit(self, scope: Scope, actor: Actor) -> None:
        """Raises AddressNotAllowed, OriginNotAllowed, RateLimited. The only place that asks for the networks of a session that
        is open already. Notes for the answer which page may read it and how the
        caller's limits stand."""
        rules = await self.rules_of(actor.account_id)
        address = client_address(scope)
        self.require_network(rules, actor, str(address) if address is not None else None)
        if (origin := foreign_origin(scope, self._public_url)) is not None:
            if origin not in rules.security.allowed_origins:
                raise OriginNotAllowed(origin=origin[:200])
            scope.setdefault("state", {})[ADMITTED_ORIGIN] = origin
        standing = await self._limiter.require(_quota(actor, rules.plan), _who(actor))
        note_standing(scope, standing)
        if self._tally is not None and actor.kind is ActorKind.API_KEY:
            self._tally.count(actor.account_id)

    async def admit_socket(self, actor: Actor, address: str | None) -> None:
        """Raises AddressNotAllowed. What a socket asks has its own allowance."""
        self.require_network(await self.rules_of(actor.account_id), actor, address)

    async def admit_sends(self, scope: Scope, actor: Actor, number_id: UUID, *, count: int = 1) -> None:
        """Before REST queues messages for a number. Raises RateLimited."""
        plan = (await self.rules_of(actor.account_id)).plan
        quota = Quota("number", plan.number_sends_per_minute)
        note_standing(scope, await self._limiter.require(quota, str(number_id), cost=count))

    def require_network(self, rules: AccountRules, actor: Actor, address: str | None) -> None:
        """Raises AddressNotAllowed."""
        if actor.impersonator_id is not None:
            return
        security = rules.security
        is_key = actor.kind is ActorKind.API_KEY
        require_allowed(security.api_networks if is_key else security.sign_in_networks, address)

    async def rules_of(self, account_id: UUID) -> AccountRules:
        """Raises NotFound for an account that is gone."""
        stale_at, rules = self._rules.get(account_id, (float("-inf"), None))
        if rules is not None and self._clock() < stale_at:
            return rules
        generation = self._generation
        async with self._database.system() as work:
            row = await fetch_security(work.session, account_id)
        if row is None:
            raise NotFound(account_id=account_id)
        rules = AccountRules(SecurityPolicy.model_validate(row["security"]), plan_of(row["plan"]))
        if generation == self._generation:  # else it may have been read before the change that made us forget
            if len(self._rules) >= _MOST_REMEMBERED:
                self._rules.clear()
            self._rules[account_id] = (self._clock() + _FRESH_SECONDS, rules)
        return rules

    async def known_origins(self) -> frozenset[str]:
        """What any account lists."""
        stale_at, origins = self._origins
        if self._clock() < stale_at:
            return origins
        generation = self._generation
        async with self._database.system() as work:
            origins = await fetch_all_origins(work.session)
        if generation == self._generation:
            self._origins = (self._clock() + _FRESH_SECONDS, origins)
        return origins

    def forget(self) -> None:
        """Reads everything anew from now on."""
        self._generation += 1
        self._rules.clear()
        self._origins = (float("-inf"), frozenset())


def _quota(actor: Actor, plan: Plan) -> Quota:
    if actor.kind is ActorKind.API_KEY:
        return Quota("key", plan.key_requests_per_minute)
    return Quota("user", plan.user_requests_per_minute)


def _who(actor: Actor) -> str:
    """A super admin who stands in for somebody does not use up their requests."""
    return str(actor.impersonator_id or actor.user_id)
