"""A person's password: changing it, and setting a new one by a link from a mail.

Invariants
- A link is good once and for half an hour; a newer one, or a password set by one, voids the others.
- A new password ends every other session; after a reset, every one: somebody else may be in.
- What is forgotten is answered the same whoever asks: the work is done after the answer.
"""

from inbox.identity import challenge_repository
from inbox.identity import repository as people
from inbox.identity.challenges import (
    ChallengeKind,
    access_challenge,
    open_challenge,
    use_challenge,
)
from inbox.identity.errors import ChallengeOver, LinkOver, WrongPassword, refuse_impersonated
from inbox.identity.repository import Person
from inbox.installation.settings import SettingsCache
from inbox.kernel.actor import Actor, ActorKind, Origin
from inbox.kernel.audit import INSTALLATION, AuditActor, AuditEntry, Doer, doer_of
from inbox.kernel.database import Database, UnitOfWork
from inbox.kernel.errors import Forbidden, Unauthenticated
from server.auth.notices import Notices
from server.auth.password_rules import check_password_rules
from server.auth.passwords import Passwords
from server.auth.refusals import Refusals, nobody
from server.auth.sessions import Sessions
from server.auth.throttle import SignInThrottle


class Credentials:
    """One per process."""

    def __init__(
        self, database: Database, *, sessions: Sessions, passwords: Passwords, throttle: SignInThrottle, notices: Notices,
        refusals: Refusals, installation: SettingsCache,
    ) -> None:  # fmt: skip
        self._database = database
        self._sessions = sessions
        self._passwords = passwords
        self._throttle = throttle
        self._notices = notices
        self._refusals = refusals
        self._installation = installation

    def check_rules(self, password: str, *, email: str, name: str) -> None:
        """As long as the installation wants it. Raises WeakPassword."""
        check_password_rules(
            password, email=email, name=name, least=self._installation.latest.password_minimum
        )

    async def confirm(self, actor: Actor, password: str) -> Person:
        """Somebody signed in shows that they know their password. Throttled and on record. Raises WrongPassword,
        TooManyAttempts, NotWhileImpersonating."""
        refuse_impersonated(actor)
        if actor.kind is not ActorKind.USER:
            raise Forbidden("this is for people")
        origin = actor.origin or Origin()
        who, place = f"confirm {actor.user_id}", origin.ip or "unknown"
        await self._throttle.admit(who, place)
        async with self._database.system() as work:
            person = await people.fetch_person(work.session, actor.user_id)
        if person is None:
            raise Unauthenticated
        if not await self._passwords.verify(person.password_hash, password):
            async with self._database.system() as work:
                work.audit(
                    AuditEntry("password.refused", "user", person.id), actor.account_id, doer=doer_of(actor)
                )
            raise WrongPassword
        await self._throttle.forget(who, place)
        return person

    async def change(self, actor: Actor, current: str, new: str) -> None:
        """Raises WrongPassword, WeakPassword, TooManyAttempts, NotWhileImpersonating."""
        person = await self.confirm(actor, current)
        self.check_rules(new, email=person.email, name=person.name)
        password_hash = await self._passwords.hash(new)
        async with self._database.system() as work:
            await self._set(work, person, password_hash)
            ended = await self._sessions.end_all(work, person.id, "password_changed", keep=actor.session_id)
            entry = AuditEntry("password.changed", "user", person.id, after={"sessions_ended": len(ended)})
            work.audit(entry, actor.account_id, doer=doer_of(actor))
            await self._notices.password_changed(work, person, actor.origin or Origin())

    async def send_reset_link(self, email: str, origin: Origin) -> None:
        """To the address, if somebody who can sign in has it. At most a few an hour."""
        if not await self._throttle.may_mail(email, origin.ip or "unknown"):
            await self._refusals.record_seldom("password.reset_refused", origin, reason="too_many_attempts")
            return
        async with self._database.system() as work:
            person = await people.fetch_person_by_email(work.session, email)
            if person is None:
                return
            await challenge_repository.void_challenges(
                work.session, person.id, ChallengeKind.PASSWORD_RESET.value, work.now()
            )
            token = await open_challenge(work, ChallengeKind.PASSWORD_RESET, person.id)
            await self._notices.password_reset(work, person, token)
            belongings = await people.fetch_belongings(work.session, person.id)
            chain = belongings[0].account_id if belongings else INSTALLATION
            work.audit(AuditEntry("password.reset_requested", "user", person.id), chain, doer=nobody(origin))

    async def reset(self, token: str, password: str, origin: Origin) -> None:
        """Raises LinkOver, WeakPassword (the link stays good)."""
        async with self._database.system() as work:
            person = await self._person_behind(work, token)
        if person is None:
            await self._refusals.record_seldom("password.reset_refused", origin, reason="link_over")
            raise LinkOver
        self.check_rules(password, email=person.email, name=person.name)
        password_hash = await self._passwords.hash(password)
        try:
            async with self._database.system() as work:
                found = await access_challenge(work, ChallengeKind.PASSWORD_RESET, token)
                await use_challenge(work, found)
                await self._set(work, person, password_hash)
                ended = await self._sessions.end_all(work, person.id, "password_reset")
                await self._record_reset(work, person, origin, len(ended))
                await self._notices.password_changed(work, person, origin)
        except ChallengeOver as error:
            await self._refusals.record_seldom("password.reset_refused", origin, reason="link_over")
            raise LinkOver from error

    async def _record_reset(self, work: UnitOfWork, person: Person, origin: Origin, ended: int) -> None:
        belongings = await people.fetch_belongings(work.session, person.id)
        work.audit(
            AuditEntry("password.reset", "user", person.id, after={"sessions_ended": ended}),
            belongings[0].account_id if belongings else INSTALLATION,
            doer=Doer(AuditActor.USER, person.id, person.name, origin=origin),
        )

    async def _person_behind(self, work: UnitOfWork, token: str) -> Person | None:
        try:
            found = await access_challenge(work, ChallengeKind.PASSWORD_RESET, token)
        except ChallengeOver:
            return None
        return await people.fetch_person(work.session, found.user_id) if found.user_id is not None else None

    async def _set(self, work: UnitOfWork, person: Person, password_hash: str) -> None:
        await people.change_password_hash(work.session, person.id, password_hash, work.now())
        await challenge_repository.void_challenges(
            work.session, person.id, ChallengeKind.PASSWORD_RESET.value, work.now()
        )
