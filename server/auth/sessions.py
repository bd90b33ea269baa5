"""Browser sessions: opening, refreshing, switching account, ending; a super admin's sessions as somebody else.

Invariants
- The refresh token is random, kept as a hash, and replaced at every use.
- The token just replaced is taken for 30 s more, without a new one: two tabs that wake together both go on, and the
  browser keeps the newer cookie. Used later, or older than that, it was stolen, from us or from the thief: the session ends
  for both, at once, on record, and its person gets a mail.
- What is refused after something was written is answered, not raised, inside the unit of work: the record must stand.
"""

import secrets
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog

from inbox.identity import repository as people
from inbox.identity import second_factor
from inbox.identity import session_repository as repository
from inbox.identity.challenges import LIVES, ChallengeKind, open_challenge
from inbox.identity.repository import Person
from inbox.identity.session_repository import EndedSession, SessionMember, StoredSession
from inbox.installation.settings import SettingsCache
from inbox.kernel.actor import Actor, Origin
from inbox.kernel.audit import ACCOUNT_IDS, INSTALLATION, AuditActor, AuditEntry, Doer, doer_of
from inbox.kernel.database import Database, UnitOfWork
from inbox.kernel.errors import Forbidden, NotFound, ProsaError
from inbox.kernel.ids import new_id
from server.auth.actors import load_member, refuse_closed
from server.auth.errors import SecondFactorRequired, SessionOver
from server.auth.notices import Notices
from server.auth.refresh_tokens import RefreshTokens, token_hash
from server.auth.refusals import Refusals, audit_refusal
from server.auth.signed_in import SessionDetails, SignedIn, fetch_details
from server.auth.tokens import Claims, Tokens
from server.edge.ip_allow import require_allowed
from server.settings import Settings

log = structlog.get_logger(__name__)

_RACE: Final = timedelta(seconds=30)
_DEVICE_BYTES: Final = 32
# Long enough to look at what somebody reports; it does not grow by use.
_IMPERSONATION_LIFE: Final = timedelta(hours=1)

Announce = Callable[[UUID, UUID], None]
"""Tells every process to look again who somebody is: (account, user)."""


class Sessions:
    """One per process."""

    def __init__(
        self,
        database: Database,
        tokens: Tokens,
        settings: Settings,
        *,
        notices: Notices,
        refusals: Refusals,
        announce: Announce,
        installation: SettingsCache,
    ) -> None:
        self._database = database
        self._tokens = tokens
        self._refresh_tokens = RefreshTokens(settings.secret_key.get_secret_value())
        self._notices = notices
        self._refusals = refusals
        self._announce = announce
        self._installation = installation
        self._days = settings.session_days
        self._super_admins_need_second_factor = settings.super_admin_second_factor

    @property
    def _life(self) -> timedelta:
        """Of a session that nobody uses."""
        return timedelta(days=self._installation.latest.session_days or self._days)

    # ── opening ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def open(
        self,
        work: UnitOfWork,
        person: Person,
        account_id: UUID,
        origin: Origin,
        *,
        method: str,
        device: str | None,
        second_factor_at: datetime | None = None,
    ) -> SignedIn:
        """A new session of somebody who has proven who they are. Raises SessionOver when they have left the account."""
        session_id = new_id()
        refresh_token = self._refresh_tokens.issue(session_id)
        device = device or secrets.token_urlsafe(_DEVICE_BYTES)
        device_hash = token_hash(device)
        if not await repository.is_known_device(work.session, person.id, device_hash):
            await self._notices.new_sign_in(work, person, origin)
        await repository.insert_session(
            work.session,
            session_id=session_id,
            user_id=person.id,
            account_id=account_id,
            token_hash=token_hash(refresh_token),
            expires_at=work.now() + self._life,
            user_agent=origin.user_agent,
            ip=origin.ip,
            device_hash=device_hash,
            second_factor_at=second_factor_at,
        )
        entry = AuditEntry("session.opened", "session", session_id, after={"method": method})
        work.audit(entry, account_id, doer=Doer(AuditActor.USER, person.id, person.name, origin=origin))
        return await self._signed_in(work, account_id, person.id, session_id, refresh_token, device)

    async def proceed(self, work: UnitOfWork, session_id: UUID, account_id: UUID, origin: Origin) -> SignedIn:
        """A session whose second factor has just been proven goes on, in that account. Raises SessionOver."""
        now = work.now()
        found = await repository.lock_session(work.session, session_id)
        if found is None or found.revoked_at is not None or found.expires_at <= now:
            raise SessionOver
        refresh_token = self._refresh_tokens.issue(session_id)
        await repository.rotate_session(
            work.session, session_id, token_hash(refresh_token), now, now + self._life
        )
        await repository.enter_account_in_session(work.session, session_id, account_id, now)
        await repository.touch_session(work.session, session_id, now, origin)
        return await self._signed_in(work, account_id, found.user_id, session_id, refresh_token)

    async def impersonate(
        self, super_admin: Actor, account_id: UUID, user_id: UUID, reason: str, origin: Origin | None = None
    ) -> SignedIn:  # fmt: skip
        """A session of an hour in which a super admin is somebody else; on record in the account's chain and the
        installation's. Raises NotFound for who is not in the account, Forbidden for another super admin."""
        origin = origin or super_admin.origin or Origin()
        async with self._database.system() as work:
            session_id = new_id()
            refresh_token = self._refresh_tokens.issue(session_id)
            person = await people.fetch_person(work.session, user_id)
            if person is None:
                raise NotFound(user_id=user_id)
            if person.is_super_admin:
                raise Forbidden("super admins sign in as themselves")
            if account_id not in {b.account_id for b in await people.fetch_belongings(work.session, user_id)}:
                raise NotFound(user_id=user_id)
            await repository.insert_session(
                work.session,
                session_id=session_id,
                user_id=user_id,
                account_id=account_id,
                token_hash=token_hash(refresh_token),
                expires_at=work.now() + _IMPERSONATION_LIFE,
                user_agent=origin.user_agent,
                ip=origin.ip,
                impersonator_id=super_admin.user_id,
                impersonation_reason=reason,
            )
            for chain, where in ((account_id, {}), (INSTALLATION, {ACCOUNT_IDS: [str(account_id)]})):
                entry = AuditEntry(
                    "session.impersonation_began", "user", user_id, after={"reason": reason, **where}
                )
                work.audit(entry, chain, doer=doer_of(super_admin))
            return await self._signed_in(work, account_id, user_id, session_id, refresh_token)

    # ── going on ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def refresh(self, refresh_token: str, origin: Origin) -> SignedIn:
        """Raises SessionOver, AccountSuspended, AddressNotAllowed, SecondFactorRequired."""
        session_id = self._refresh_tokens.session_of(refresh_token)
        if session_id is None:
            await self._refusals.record_seldom("session.refused", origin, reason="not_ours")
            raise SessionOver
        async with self._database.system() as work:
            result = await self._refresh(work, session_id, token_hash(refresh_token), origin)
        if isinstance(result, ProsaError):
            raise result
        return result

    async def _refresh(
        self, work: UnitOfWork, session_id: UUID, digest: bytes, origin: Origin
    ) -> SignedIn | ProsaError:
        now = work.now()
        found = await repository.lock_session(work.session, session_id)
        if found is None or found.revoked_at is not None or found.expires_at <= now:
            return SessionOver()
        is_racing = digest == found.previous_token_hash and now - found.rotated_at <= _RACE
        if digest != found.token_hash and not is_racing:
            return await self._end_stolen(work, found, origin)
        member = await repository.fetch_session_member(
            work.session, found.account_id, found.user_id, found.id, now
        )
        if member is None:
            return SessionOver()
        refused = await self._refuse(work, member, found, origin)
        if refused is not None:
            return refused
        replacement: str | None = None
        if not is_racing:
            replacement = self._refresh_tokens.issue(found.id)
            # An impersonation does not grow by use.
            expires_at = found.expires_at if found.impersonator_id is not None else now + self._life
            await repository.rotate_session(work.session, found.id, token_hash(replacement), now, expires_at)
        await repository.touch_session(work.session, found.id, now, origin)
        return await self._signed_in(work, found.account_id, found.user_id, found.id, replacement)

    async def _refuse(
        self, work: UnitOfWork, member: SessionMember, found: StoredSession, origin: Origin
    ) -> ProsaError | None:
        """Why this person may not go on in this account, as of now."""
        try:
            refuse_closed(member)
            if member.impersonator_id is None:
                require_allowed(member.security.sign_in_networks, origin.ip)
        except Forbidden as error:
            if not member.is_open:
                ended = await repository.revoke_session(work.session, found.id, work.now(), error.code)
                await self._announce_after(work, [ended])
            audit_refusal(
                work, "session.refused", origin, account_id=member.account_id, user_id=member.user_id, reason=error.code
            )  # fmt: skip
            return error
        if member.second_factor_at is None and self.demands_second_factor(member):
            return await self._demand_second_factor(work, member, found.id)
        return None

    def demands_second_factor(self, member: SessionMember) -> bool:
        """Of a role whose account says so, and of super admins; whoever impersonates has proven theirs."""
        if member.impersonator_id is not None:
            return False
        return member.demands_second_factor or self.super_admin_must(member.is_super_admin)

    def super_admin_must(self, is_super_admin: bool) -> bool:
        return is_super_admin and self._super_admins_need_second_factor

    async def _demand_second_factor(
        self, work: UnitOfWork, member: SessionMember, session_id: UUID
    ) -> SecondFactorRequired:
        methods = await second_factor.methods_of(work, member.user_id)
        kind = ChallengeKind.SECOND_FACTOR if methods else ChallengeKind.ENROLMENT
        data = {"account_id": str(member.account_id), "session_id": str(session_id)}
        challenge = await open_challenge(work, kind, member.user_id, data)
        return SecondFactorRequired(
            outcome="second_factor" if methods else "enrolment_required",
            challenge=challenge,
            methods=methods,
            expires_in=int(LIVES[kind].total_seconds()),
        )

    async def _end_stolen(self, work: UnitOfWork, found: StoredSession, origin: Origin) -> SessionOver:
        ended = await repository.revoke_session(work.session, found.id, work.now(), "reused")
        entry = AuditEntry(
            "session.reuse_detected", "session", found.id, after={"user_id": str(found.user_id)}
        )
        work.audit(entry, found.account_id, doer=Doer(AuditActor.ANONYMOUS, origin=origin))
        person = await people.fetch_person(work.session, found.user_id)
        if person is not None:
            await self._notices.session_reused(work, person, origin)
        await self._announce_after(work, [ended])
        log.warning("refresh_token_reused", session_id=found.id, user_id=found.user_id)
        return SessionOver()

    async def switch_account(self, claims: Claims, account_id: UUID, origin: Origin) -> SignedIn:
        """The session goes on in another account of the same person. Raises NotFound, AccountSuspended,
        AddressNotAllowed, SecondFactorRequired."""
        current = await load_member(self._database, claims)
        if current.impersonator_id is not None:
            raise NotFound(account_id=account_id)
        async with self._database.system() as work:
            result = await self._switch(work, claims, account_id, origin)
        if isinstance(result, ProsaError):
            raise result
        self._announce(claims.account_id, claims.user_id)
        return result

    async def _switch(
        self, work: UnitOfWork, claims: Claims, account_id: UUID, origin: Origin
    ) -> SignedIn | ProsaError:
        found = await repository.lock_session(work.session, claims.session_id)
        member = await repository.fetch_session_member(
            work.session, account_id, claims.user_id, claims.session_id, work.now()
        )
        if found is None or member is None:
            return NotFound(account_id=account_id)
        try:
            refuse_closed(member)
            require_allowed(member.security.sign_in_networks, origin.ip)
        except Forbidden as error:
            return error
        if member.second_factor_at is None and self.demands_second_factor(member):
            return await self._demand_second_factor(work, member, found.id)
        await repository.enter_account_in_session(work.session, found.id, account_id, None)
        await repository.touch_session(work.session, found.id, work.now(), origin)
        entry = AuditEntry("session.account_entered", "session", found.id)
        work.audit(entry, account_id, doer=Doer(AuditActor.USER, member.user_id, member.name, origin=origin))
        return await self._signed_in(work, account_id, claims.user_id, found.id, None)

    # ── ending ──────────────────────────────────────────────────────────────────────────────────────────────────────

    async def sign_out(self, refresh_token: str | None, origin: Origin) -> EndedSession | None:
        """Ends the session; idempotent."""
        session_id = self._refresh_tokens.session_of(refresh_token) if refresh_token is not None else None
        if session_id is None or refresh_token is None:
            return None
        async with self._database.system() as work:
            found = await repository.lock_session(work.session, session_id)
            known = (found.token_hash, found.previous_token_hash) if found is not None else ()
            if found is None or token_hash(refresh_token) not in known:
                return None
            ended = await repository.revoke_session(work.session, session_id, work.now(), "signed_out")
            if ended is not None:
                await self._audit_end(work, found, ended, origin)
                await self._announce_after(work, [ended])
        return ended

    async def _audit_end(
        self, work: UnitOfWork, found: StoredSession, ended: EndedSession, origin: Origin
    ) -> None:
        person = await people.fetch_person(work.session, found.user_id)
        doer = Doer(
            AuditActor.USER, found.user_id, person.name if person else "", found.impersonator_id, origin
        )  # fmt: skip
        work.audit(AuditEntry("session.signed_out", "session", ended.id), found.account_id, doer=doer)

    async def list_open(self, user_id: UUID) -> list[repository.ListedSession]:
        async with self._database.system() as work:
            return await repository.fetch_sessions(work.session, user_id, work.now())

    async def end_one(self, actor: Actor, session_id: UUID) -> None:
        """One of the actor's own. Raises NotFound."""
        async with self._database.system() as work:
            found = await repository.lock_session(work.session, session_id)
            if found is None or found.user_id != actor.user_id or found.impersonator_id is not None:
                raise NotFound(session_id=session_id)
            ended = await repository.revoke_session(work.session, session_id, work.now(), "ended")
            if ended is None:
                raise NotFound(session_id=session_id)
            entry = AuditEntry("session.ended", "session", session_id)
            work.audit(entry, actor.account_id, doer=doer_of(actor))
            await self._announce_after(work, [ended])

    async def end_others(self, actor: Actor) -> int:
        """Everywhere but here."""
        async with self._database.system() as work:
            ended = await self.end_all(work, actor.user_id, "everywhere", keep=actor.session_id)
            entry = AuditEntry("session.others_ended", "user", actor.user_id, after={"count": len(ended)})
            work.audit(entry, actor.account_id, doer=doer_of(actor))
        return len(ended)

    async def end_all(
        self, work: UnitOfWork, user_id: UUID, reason: str, *, keep: UUID | None = None
    ) -> list[EndedSession]:
        """Within the caller's transaction; their sockets hear of it after the commit."""
        ended = await repository.revoke_user_sessions(work.session, user_id, work.now(), reason, keep=keep)
        await self._announce_after(work, ended)
        return ended

    async def _announce_after(self, work: UnitOfWork, ended: Iterable[EndedSession | None]) -> None:
        places = {(session.account_id, session.user_id) for session in ended if session is not None}
        # Another tab's socket may stand in an account that the session has left since.
        for user_id in {user_id for _, user_id in places}:
            places |= {
                (found.account_id, user_id) for found in await people.fetch_belongings(work.session, user_id)
            }

        async def announce() -> None:
            for account_id, user_id in places:
                self._announce(account_id, user_id)

        work.after_commit(announce)

    # ── what is answered ────────────────────────────────────────────────────────────────────────────────────────────

    async def details(self, claims: Claims) -> SessionDetails:
        """Raises what `load_member` raises."""
        member = await load_member(self._database, claims)
        async with self._database.system() as work:
            return await fetch_details(work, member)

    async def _signed_in(
        self,
        work: UnitOfWork,
        account_id: UUID,
        user_id: UUID,
        session_id: UUID,
        refresh_token: str | None,
        device: str | None = None,
    ) -> SignedIn:
        member = await repository.fetch_session_member(
            work.session, account_id, user_id, session_id, work.now()
        )
        if member is None:
            raise SessionOver
        names: dict[str, Any] = {"user_id": user_id, "account_id": account_id, "session_id": session_id}
        return SignedIn(
            access=self._tokens.issue(**names),
            media=self._tokens.issue_media(**names),
            refresh_token=refresh_token,
            details=await fetch_details(work, member),
            device=device,
        )
