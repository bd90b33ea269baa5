"""Signing in: a password, then a second factor where there is one or must be one; or a passkey alone.

Invariants
- Nobody learns from an answer, or from how long it takes, whether an address is known.
- A password that is right opens nothing by itself when a second factor is demanded: it opens a challenge, which bears five
  wrong codes, and all of a person's challenges together are throttled like passwords are.
- An attempt that failed is committed with its record before it is refused.
"""

from dataclasses import dataclass
from typing import Any, Final, Literal
from uuid import UUID

from inbox.identity import factor_repository, passkeys, second_factor
from inbox.identity import repository as people
from inbox.identity.challenge_repository import StoredChallenge
from inbox.identity.challenges import (
    LIVES,
    MOST_ATTEMPTS,
    ChallengeKind,
    access_challenge,
    attempt_challenge,
    open_challenge,
    use_challenge,
)
from inbox.identity.errors import ChallengeOver, PasskeyRefused, WrongCode
from inbox.identity.passkeys import RelyingParty
from inbox.identity.repository import Belonging, Person
from inbox.identity.second_factor import FactorRefusal, TotpSetup
from inbox.kernel.actor import Origin
from inbox.kernel.audit import AuditActor, AuditEntry, Doer
from inbox.kernel.database import Database, UnitOfWork
from inbox.kernel.encryption import Vault
from inbox.kernel.errors import ProsaError
from server.auth.errors import AccountSuspended, TooManyAttempts, WrongCredentials
from server.auth.passwords import Passwords
from server.auth.refusals import Refusals, audit_refusal
from server.auth.sessions import Sessions
from server.auth.signed_in import SignedIn
from server.auth.throttle import SignInThrottle
from server.edge.ip_allow import AddressNotAllowed, is_allowed

_NOBODY: Final = UUID(int=0)

FactorMethod = Literal["totp", "passkey", "recovery_code"]


@dataclass(frozen=True, slots=True)
class SecondFactorWanted:
    challenge: str
    methods: list[str]
    expires_in: int


@dataclass(frozen=True, slots=True)
class EnrolmentWanted:
    """The role demands a second factor and the person has none."""

    challenge: str
    expires_in: int


Outcome = SignedIn | SecondFactorWanted | EnrolmentWanted


@dataclass(frozen=True, slots=True)
class Proof:
    """What a person answers a second-factor challenge with."""

    method: FactorMethod
    code: str = ""
    assertion: dict[str, Any] | None = None


class SignIn:
    """One per process."""

    def __init__(
        self, database: Database, vault: Vault, *, sessions: Sessions, passwords: Passwords, throttle: SignInThrottle,
        refusals: Refusals, party: RelyingParty,
    ) -> None:  # fmt: skip
        self._database = database
        self._vault = vault
        self._sessions = sessions
        self._passwords = passwords
        self._throttle = throttle
        self._refusals = refusals
        self._party = party

    # ── a password ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def with_password(
        self, email: str, password: str, origin: Origin, *, device: str | None = None
    ) -> Outcome:
        """Raises WrongCredentials, TooManyAttempts, AccountSuspended, AddressNotAllowed."""
        person, belongings = await self.check_password(email, password, origin)
        async with self._database.system() as work:
            if self._passwords.needs_rehash(person.password_hash):
                rehashed = await self._passwords.hash(password)
                await people.set_password_hash(work.session, person.id, rehashed)
            result = await self._enter(work, person, belongings, origin, device)
        if isinstance(result, ProsaError):
            raise result
        return result

    async def check_password(
        self, email: str, password: str, origin: Origin
    ) -> tuple[Person, list[Belonging]]:
        """Throttled and on record. Raises WrongCredentials, TooManyAttempts."""
        place = origin.ip or "unknown"
        try:
            attempt = await self._throttle.admit(email, place)
        except TooManyAttempts:
            await self._refusals.record_seldom("sign_in.refused", origin, reason="too_many_attempts")
            raise
        async with self._database.system() as work:
            person = await people.fetch_person_by_email(work.session, email)
            # Asked for nobody too: one query less would tell that an address is unknown.
            belongings = await people.fetch_belongings(work.session, person.id if person else _NOBODY)
        matches = await self._passwords.verify(person.password_hash if person else None, password)
        if person is None or not matches or not belongings:
            await self._throttle.count_failure(email, place)
            locked = {"locked_for_seconds": attempt.locks_for_seconds} if attempt.locks_for_seconds else {}
            await self._refusals.record(
                "sign_in.refused", origin, reason="wrong_credentials",
                account_id=belongings[0].account_id if belongings else None,
                user_id=person.id if person else None, **locked,
            )  # fmt: skip
            raise WrongCredentials
        await self._throttle.forget(email, place)
        return person, belongings

    async def enter(
        self, user_id: UUID, account_id: UUID, origin: Origin, *, device: str | None = None
    ) -> Outcome:
        """Somebody whose password or invitation has just been checked, into that account. Raises WrongCredentials,
        AccountSuspended, AddressNotAllowed."""
        async with self._database.system() as work:
            person = await people.fetch_person(work.session, user_id)
            belongings = [
                found
                for found in await people.fetch_belongings(work.session, user_id)
                if found.account_id == account_id
            ]
            if person is None or not belongings:
                raise WrongCredentials
            result = await self._enter(work, person, belongings, origin, device)
        if isinstance(result, ProsaError):
            raise result
        return result

    async def _enter(
        self, work: UnitOfWork, person: Person, belongings: list[Belonging], origin: Origin, device: str | None
    ) -> Outcome | ProsaError:  # fmt: skip
        account = self._choose_account(work, person, belongings, origin)
        if isinstance(account, ProsaError):
            return account
        data = {"account_id": str(account.account_id)}
        if methods := await second_factor.methods_of(work, person.id):
            kind = ChallengeKind.SECOND_FACTOR
            challenge = await open_challenge(work, kind, person.id, data)
            return SecondFactorWanted(challenge, methods, _life(kind))
        if account.demands_second_factor or self._sessions.super_admin_must(person.is_super_admin):
            kind = ChallengeKind.ENROLMENT
            return EnrolmentWanted(await open_challenge(work, kind, person.id, data), _life(kind))
        return await self._sessions.open(
            work, person, account.account_id, origin, method="password", device=device
        )

    def _choose_account(
        self, work: UnitOfWork, person: Person, belongings: list[Belonging], origin: Origin
    ) -> Belonging | ProsaError:
        """The first that lets them in; else why the first one does not."""
        for found in belongings:
            if found.is_open and is_allowed(found.security.sign_in_networks, origin.ip):
                return found
        first = belongings[0]
        error: ProsaError = AddressNotAllowed(address=origin.ip)
        if not first.is_open:
            error = AccountSuspended(state=first.state, reason=first.state_reason)
        audit_refusal(
            work, "sign_in.refused", origin, account_id=first.account_id, user_id=person.id, reason=error.code
        )
        return error

    # ── the second factor ───────────────────────────────────────────────────────────────────────────────────────────

    async def passkey_options(self, challenge: str) -> dict[str, Any]:
        """For the passkeys of the person who waits at this challenge. Raises ChallengeOver."""
        async with self._database.system() as work:
            found = await access_challenge(work, ChallengeKind.SECOND_FACTOR, challenge)
            assert found.user_id is not None
            known = await factor_repository.fetch_passkeys(work.session, found.user_id)
        # The challenge's own token is what the authenticator signs: it is random, secret till now, and used once.
        return passkeys.authentication_options(self._party, challenge, known)

    async def with_second_factor(
        self, challenge: str, proof: Proof, origin: Origin, *, device: str | None = None
    ) -> SignedIn:
        """Raises ChallengeOver, WrongCode, PasskeyRefused, TooManyAttempts."""
        place = origin.ip or "unknown"
        async with self._database.system() as work:
            looked = await access_challenge(work, ChallengeKind.SECOND_FACTOR, challenge)
        who = f"second factor {looked.user_id}"
        await self._throttle.admit(who, place)
        async with self._database.system() as work:
            found = await attempt_challenge(work, ChallengeKind.SECOND_FACTOR, challenge)
            person = await self._person_of(work, found)
            refusal = await self._judge(work, person, proof, challenge)
            if refusal is None:
                await use_challenge(work, found)
                signed_in = await self._complete(work, person, found, origin, proof.method, device)
            else:
                self._audit_factor_refusal(work, found, origin, proof.method, refusal)
        if refusal is not None:
            await self._throttle.count_failure(who, place)
            if proof.method == "passkey":
                raise PasskeyRefused(attempts_left=MOST_ATTEMPTS - found.attempts)
            raise WrongCode(attempts_left=MOST_ATTEMPTS - found.attempts)
        await self._throttle.forget(who, place)
        return signed_in

    async def _person_of(self, work: UnitOfWork, challenge: StoredChallenge) -> Person:
        person = (
            await people.fetch_person(work.session, challenge.user_id) if challenge.user_id is not None else None
        )  # fmt: skip
        if person is None:
            raise ChallengeOver
        return person

    async def _judge(
        self, work: UnitOfWork, person: Person, proof: Proof, challenge: str
    ) -> FactorRefusal | None:
        if proof.method == "totp":
            return await second_factor.check_totp(work, self._vault, person.id, proof.code)
        if proof.method == "recovery_code":
            return await second_factor.check_recovery_code(work, person.id, proof.code)
        assertion = proof.assertion or {}
        try:
            credential_id = passkeys.credential_id_of(assertion)
        except PasskeyRefused:
            return FactorRefusal.WRONG
        passkey = await factor_repository.fetch_passkey(work.session, credential_id)
        if passkey is None or passkey.user_id != person.id:
            return FactorRefusal.WRONG
        return await second_factor.check_passkey(work, self._party, assertion, challenge, passkey)

    def _audit_factor_refusal(
        self, work: UnitOfWork, found: StoredChallenge, origin: Origin, method: str, refusal: FactorRefusal
    ) -> None:
        audit_refusal(
            work, "second_factor.refused", origin, account_id=UUID(found.data["account_id"]), user_id=found.user_id,
            method=method, reason=refusal.value,
        )  # fmt: skip

    async def _complete(
        self, work: UnitOfWork, person: Person, challenge: StoredChallenge, origin: Origin, method: str,
        device: str | None,
    ) -> SignedIn:  # fmt: skip
        """A new session, or the one that waited goes on."""
        account_id = UUID(challenge.data["account_id"])
        if (session_id := challenge.data.get("session_id")) is not None:
            return await self._sessions.proceed(work, UUID(session_id), account_id, origin)
        return await self._sessions.open(
            work, person, account_id, origin, method=f"password+{method}", device=device, second_factor_at=work.now()
        )  # fmt: skip

    # ── enrolment: the second factor is set up on the way in ────────────────────────────────────────────────────────

    async def start_enrolment(self, challenge: str) -> TotpSetup:
        """Raises ChallengeOver, SecondFactorExists."""
        async with self._database.system() as work:
            found = await access_challenge(work, ChallengeKind.ENROLMENT, challenge)
            return await second_factor.start_totp(work, self._vault, await self._person_of(work, found))

    async def confirm_enrolment(
        self, challenge: str, code: str, origin: Origin, *, device: str | None = None
    ) -> tuple[SignedIn, list[str]]:
        """Raises ChallengeOver, WrongCode, NoSecondFactor, SecondFactorExists."""
        async with self._database.system() as work:
            found = await attempt_challenge(work, ChallengeKind.ENROLMENT, challenge)
            person = await self._person_of(work, found)
            try:
                codes = await second_factor.confirm_totp(work, self._vault, person, code)
            except WrongCode:
                codes = None
                refused = True
            else:
                refused = False
                await use_challenge(work, found)
                doer = Doer(AuditActor.USER, person.id, person.name, origin=origin)
                entry = AuditEntry("second_factor.added", "user", person.id, after={"method": "totp"})
                work.audit(entry, UUID(found.data["account_id"]), doer=doer)
                signed_in = await self._complete(work, person, found, origin, "totp", device)
        if refused:
            raise WrongCode(attempts_left=MOST_ATTEMPTS - found.attempts)
        return signed_in, codes or []

    # ── a passkey alone ─────────────────────────────────────────────────────────────────────────────────────────────

    async def start_passkey(self) -> tuple[str, dict[str, Any]]:
        """The challenge, and what the browser's navigator.credentials.get wants; it offers the passkeys it has."""
        async with self._database.system() as work:
            challenge = await open_challenge(work, ChallengeKind.PASSKEY_SIGN_IN, None)
        return challenge, passkeys.authentication_options(self._party, challenge)

    async def with_passkey(
        self, challenge: str, assertion: dict[str, Any], origin: Origin, *, device: str | None = None
    ) -> SignedIn:
        """Raises ChallengeOver, PasskeyRefused, AccountSuspended, AddressNotAllowed."""
        async with self._database.system() as work:
            result = await self._with_passkey(work, challenge, assertion, origin, device)
        if isinstance(result, ProsaError):
            if isinstance(result, PasskeyRefused) and result.extra.get("is_stranger"):
                await self._refusals.record_seldom("sign_in.refused", origin, reason="unknown_passkey")
                raise PasskeyRefused
            raise result
        return result

    async def _with_passkey(
        self, work: UnitOfWork, challenge: str, assertion: dict[str, Any], origin: Origin, device: str | None
    ) -> SignedIn | ProsaError:
        found = await attempt_challenge(work, ChallengeKind.PASSKEY_SIGN_IN, challenge)
        try:
            passkey = await factor_repository.fetch_passkey(
                work.session, passkeys.credential_id_of(assertion)
            )
        except PasskeyRefused:
            passkey = None
        person = await people.fetch_person(work.session, passkey.user_id) if passkey is not None else None
        belongings = await people.fetch_belongings(work.session, person.id) if person is not None else []
        if passkey is None or person is None or not belongings:
            return PasskeyRefused(is_stranger=True)
        refusal = await second_factor.check_passkey(work, self._party, assertion, challenge, passkey)
        if refusal is not None:
            audit_refusal(
                work, "sign_in.refused", origin, account_id=belongings[0].account_id, user_id=person.id,
                reason=f"passkey_{refusal.value}",
            )  # fmt: skip
            return PasskeyRefused()
        await use_challenge(work, found)
        account = self._choose_account(work, person, belongings, origin)
        if isinstance(account, ProsaError):
            return account
        return await self._sessions.open(
            work, person, account.account_id, origin, method="passkey", device=device, second_factor_at=work.now()
        )  # fmt: skip


def _life(kind: ChallengeKind) -> int:
    return int(LIVES[kind].total_seconds())
