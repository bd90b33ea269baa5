"""The second factors of somebody who is signed in: each change on record in the account they are in."""

from typing import Any
from uuid import UUID

from inbox.identity import factor_repository, passkeys, second_factor
from inbox.identity import repository as people
from inbox.identity.challenges import ChallengeKind, attempt_challenge, open_challenge, use_challenge
from inbox.identity.errors import ChallengeOver, refuse_impersonated
from inbox.identity.factor_repository import FactorSummary, StoredPasskey
from inbox.identity.passkeys import RelyingParty
from inbox.identity.repository import Person
from inbox.identity.second_factor import TotpSetup
from inbox.identity.session_repository import enter_account_in_session
from inbox.kernel.actor import Actor
from inbox.kernel.audit import AuditEntry, doer_of
from inbox.kernel.database import Database, UnitOfWork
from inbox.kernel.encryption import Vault
from inbox.kernel.errors import Unauthenticated
from server.auth.credentials import Credentials
from server.auth.sessions import Sessions


class Factors:
    """One per process."""

    def __init__(
        self, database: Database, vault: Vault, *, sessions: Sessions, credentials: Credentials, party: RelyingParty
    ) -> None:  # fmt: skip
        self._database = database
        self._vault = vault
        self._sessions = sessions
        self._credentials = credentials
        self._party = party

    async def summary(self, actor: Actor) -> tuple[FactorSummary, bool]:
        """What there is, and whether there must be something."""
        async with self._database.system() as work:
            summary = await factor_repository.fetch_summary(work.session, actor.user_id)
            return summary, await self._is_mandatory(work, actor)

    async def start_totp(self, actor: Actor) -> TotpSetup:
        """Raises SecondFactorExists, NotWhileImpersonating."""
        refuse_impersonated(actor)
        async with self._database.system() as work:
            return await second_factor.start_totp(work, self._vault, await self._person(work, actor))

    async def confirm_totp(self, actor: Actor, code: str) -> list[str]:
        """Answers recovery codes, if there were none. Raises NoSecondFactor, SecondFactorExists, WrongCode."""
        refuse_impersonated(actor)
        async with self._database.system() as work:
            person = await self._person(work, actor)
            codes = await second_factor.confirm_totp(work, self._vault, person, code)
            await self._proven_here(work, actor)
            self._audit(work, actor, "second_factor.added", method="totp")
        return codes or []

    async def remove_totp(self, actor: Actor, password: str) -> None:
        """Raises WrongPassword, NotFound, SecondFactorMandatory."""
        await self._credentials.confirm(actor, password)
        async with self._database.system() as work:
            is_mandatory = await self._is_mandatory(work, actor)
            await second_factor.remove_totp(work, actor.user_id, is_mandatory=is_mandatory)
            self._audit(work, actor, "second_factor.removed", method="totp")

    async def renew_recovery_codes(self, actor: Actor) -> list[str]:
        """Raises NoSecondFactor."""
        refuse_impersonated(actor)
        async with self._database.system() as work:
            codes = await second_factor.renew_recovery_codes(work, actor.user_id)
            self._audit(work, actor, "second_factor.codes_renewed")
        return codes

    async def list_passkeys(self, actor: Actor) -> list[StoredPasskey]:
        async with self._database.system() as work:
            return await factor_repository.fetch_passkeys(work.session, actor.user_id)

    async def start_passkey(self, actor: Actor) -> dict[str, Any]:
        """What navigator.credentials.create wants."""
        refuse_impersonated(actor)
        async with self._database.system() as work:
            person = await self._person(work, actor)
            known = await factor_repository.fetch_passkeys(work.session, actor.user_id)
            challenge = await open_challenge(work, ChallengeKind.PASSKEY_REGISTER, actor.user_id)
        return passkeys.registration_options(self._party, person, challenge, known)

    async def add_passkey(
        self, actor: Actor, name: str, attestation: dict[str, Any]
    ) -> tuple[StoredPasskey, list[str]]:
        """The passkey, and recovery codes if there were none. Raises ChallengeOver, PasskeyRefused, TooManyPasskeys."""
        refuse_impersonated(actor)
        challenge = passkeys.challenge_of(attestation)
        async with self._database.system() as work:
            found = await attempt_challenge(work, ChallengeKind.PASSKEY_REGISTER, challenge)
            if found.user_id != actor.user_id:
                raise ChallengeOver
            await use_challenge(work, found)
            passkey, codes = await second_factor.add_passkey(
                work, await self._person(work, actor), party=self._party, attestation=attestation, challenge=challenge,
                name=name,
            )  # fmt: skip
            await self._proven_here(work, actor)
            self._audit(work, actor, "second_factor.added", method="passkey", name=name)
        return passkey, codes or []

    async def remove_passkey(self, actor: Actor, passkey_id: UUID) -> None:
        """Raises NotFound, SecondFactorMandatory."""
        refuse_impersonated(actor)
        async with self._database.system() as work:
            is_mandatory = await self._is_mandatory(work, actor)
            name = await second_factor.remove_passkey(
                work, actor.user_id, passkey_id, is_mandatory=is_mandatory
            )
            self._audit(work, actor, "second_factor.removed", method="passkey", name=name)

    async def _person(self, work: UnitOfWork, actor: Actor) -> Person:
        person = await people.fetch_person(work.session, actor.user_id)
        if person is None:
            raise Unauthenticated
        return person

    async def _is_mandatory(self, work: UnitOfWork, actor: Actor) -> bool:
        """In any of their accounts: a factor is the person's, not the account's."""
        person = await self._person(work, actor)
        belongings = await people.fetch_belongings(work.session, actor.user_id)
        return any(found.demands_second_factor for found in belongings) or self._sessions.super_admin_must(
            person.is_super_admin
        )

    async def _proven_here(self, work: UnitOfWork, actor: Actor) -> None:
        """Setting one up is proving it: the session goes on without being asked again."""
        if actor.session_id is not None:
            await enter_account_in_session(work.session, actor.session_id, actor.account_id, work.now())

    def _audit(self, work: UnitOfWork, actor: Actor, action: str, **after: str) -> None:
        work.audit(
            AuditEntry(action, "user", actor.user_id, after=after or None),
            actor.account_id,
            doer=doer_of(actor),
        )
