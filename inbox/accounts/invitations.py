"""Invitations: a link that lets one address into the account, once, for seven days.

Invariants
- The link's token is random and kept as a hash; sending again makes a new one and ends the old.
- An address has one open invitation per account; a newer one takes its place.
- Whoever accepts proves to be the address: new people by having got the link, those who are registered by signing in.
  Of two who accept at once the database lets one in.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from inbox.accounts import invitation_repository as sql
from inbox.accounts import member_repository
from inbox.accounts.authority import check_room
from inbox.accounts.errors import AlreadyMember, InvitationOver, InvitedSomebodyElse, SignInToAccept
from inbox.accounts.events import InvitationPreview, InvitationView, member_updated
from inbox.accounts.invitation_repository import OpenInvitation
from inbox.accounts.members import RoleChoice, check_departments
from inbox.accounts.repository import fetch_member
from inbox.accounts.roles import permissions_to_give
from inbox.kernel.actor import Actor, Origin
from inbox.kernel.audit import AuditActor, AuditEntry, Doer, doer_of
from inbox.kernel.database import Database, UnitOfWork
from inbox.kernel.errors import Conflict, NotFound
from inbox.kernel.ids import new_id
from inbox.kernel.permissions import Permission
from inbox.mail.service import MailData, Mailer, MailTemplate

INVITATION_LIFE: Final = timedelta(days=7)
"""A week with its weekend; who comes later is sent a new link."""

_TOKEN_BYTES: Final = 32
_KIND: Final = "invitation"


@dataclass(frozen=True, slots=True)
class NewInvitation:
    email: str
    name: str
    role: RoleChoice
    department_ids: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class NewUser:
    """Somebody who was not registered; `password_hash` of a password that passed the rules."""

    name: str
    password_hash: str
    locale: str = "pt-BR"


@dataclass(frozen=True, slots=True)
class AcceptedInvitation:
    account_id: UUID
    user_id: UUID


# ── asking in ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def list_invitations(database: Database, actor: Actor) -> list[InvitationView]:
    """The open ones, newest first. Raises Forbidden."""
    actor.require(Permission.PEOPLE_MANAGE)
    async with database.acting(actor) as work:
        return await sql.fetch_open(work.session, actor.account_id, work.now())


async def invite(
    database: Database, actor: Actor, mailer: Mailer, wanted: NewInvitation, *, public_url: str
) -> InvitationView:
    """Raises Forbidden, BeyondOwnPermissions, UnknownRole, UnknownDepartments, AlreadyMember, PlanLimit.

    As prosa_system: whether the address is a member already is not prosa_app's to look up.
    """
    actor.require(Permission.PEOPLE_MANAGE)
    email, invitation_id, token = wanted.email.strip(), new_id(), _new_token()
    async with database.system(actor.account_id) as work:
        session, account_id, now = work.session, actor.account_id, work.now()
        await permissions_to_give(work, actor, wanted.role.role, wanted.role.role_id)
        await check_departments(work, account_id, wanted.department_ids)
        if await sql.is_member(session, account_id, email):
            raise AlreadyMember(email=email)
        replaced = await sql.revoke_of_address(session, account_id, email, now)
        await check_room(work, account_id, "members")
        inserted = await sql.insert_invitation(
            session, account_id=account_id, invitation_id=invitation_id, email=email, name=wanted.name.strip(),
            role=wanted.role.role, role_id=wanted.role.role_id, department_ids=wanted.department_ids,
            token_hash=hash_token(token), invited_by=actor.user_id, at=now, expires_at=now + INVITATION_LIFE,
        )  # fmt: skip
        if not inserted:
            raise Conflict("somebody else has just invited this address")
        view = await _access(work, actor, invitation_id)
        await _queue_mail(work, actor, mailer, view, _link(public_url, token))
        after = _fields(view) | {"replaces": [str(found) for found in replaced]}
        work.audit(AuditEntry("invitation.sent", _KIND, invitation_id, after=after), doer=doer_of(actor))
        return view


async def resend_invitation(
    database: Database, actor: Actor, mailer: Mailer, invitation_id: UUID, *, public_url: str
) -> InvitationView:
    """A new link, good for as long as a first one. Raises as `invite` does, and NotFound."""
    actor.require(Permission.PEOPLE_MANAGE)
    token = _new_token()
    async with database.system(actor.account_id) as work:
        view = await _access(work, actor, invitation_id)
        # The role may have grown since, and the one who asks may be another person.
        await permissions_to_give(work, actor, view.role, view.role_id)
        if view.state == "expired":
            await check_room(work, actor.account_id, "members")
        expires_at = work.now() + INVITATION_LIFE
        await sql.replace_token(work.session, actor.account_id, invitation_id, hash_token(token), expires_at)
        view = await _access(work, actor, invitation_id)
        await _queue_mail(work, actor, mailer, view, _link(public_url, token))
        work.audit(AuditEntry("invitation.resent", _KIND, invitation_id), doer=doer_of(actor))
        return view


async def revoke_invitation(database: Database, actor: Actor, invitation_id: UUID) -> None:
    """Raises Forbidden, NotFound."""
    actor.require(Permission.PEOPLE_MANAGE)
    async with database.acting(actor) as work:
        view = await _access(work, actor, invitation_id)
        await sql.revoke_invitation(work.session, actor.account_id, invitation_id, work.now())
        work.audit(AuditEntry("invitation.revoked", _KIND, invitation_id, before=_fields(view)))


async def _access(work: UnitOfWork, actor: Actor, invitation_id: UUID) -> InvitationView:
    view = await sql.lock_open(work.session, actor.account_id, invitation_id, work.now())
    if view is None:
        raise NotFound(invitation_id=invitation_id)
    return view


async def _queue_mail(
    work: UnitOfWork, actor: Actor, mailer: Mailer, invitation: InvitationView, link: str
) -> None:
    account = await sql.fetch_account_face(work.session, actor.account_id)
    await mailer.queue_mail(
        work,
        recipient=invitation.email,
        template=MailTemplate.INVITATION,
        locale=account.locale,
        data=MailData(
            recipient_name=invitation.name,
            account_name=account.name,
            brand_color=account.brand_color,
            time_zone=account.time_zone,
            actor_name=actor.name or account.name,
            link=link,
            expires_at=invitation.expires_at,
        ),
    )


# ── coming in ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def preview_invitation(database: Database, token: str) -> InvitationPreview:
    """What the link leads to. Raises InvitationOver."""
    async with database.system() as work:
        found = await sql.fetch_by_token(work.session, hash_token(token), work.now())
    if found is None:
        raise InvitationOver
    return InvitationPreview(
        account_name=found.account_name,
        brand_color=found.brand_color,
        email=found.email,
        name=found.name,
        invited_by_name=found.invited_by_name,
        role=found.role,
        role_name=found.role_name,
        expires_at=found.expires_at,
        is_registered=found.user_id is not None,
    )


async def accept_invitation(
    database: Database, token: str, *, user: NewUser | UUID, origin: Origin | None = None
) -> AcceptedInvitation:
    """Lets a new person in, or the one who is signed in (their id). Signing them in to the account is the caller's.

    Raises InvitationOver, SignInToAccept (the address is registered: it takes more than the link), InvitedSomebodyElse
    (who is signed in has another address), AlreadyMember.
    """
    async with database.system() as work:
        found = await sql.fetch_by_token(work.session, hash_token(token), work.now(), lock=True)
        if found is None:
            raise InvitationOver
        user_id, name = await _who_accepts(work, found, user)
        entered = await member_repository.insert_membership(
            work.session, found.account_id, user_id, role=found.role, role_id=found.role_id, at=work.now()
        )
        if not entered:
            raise AlreadyMember
        usable = found.department_ids - frozenset(
            await member_repository.fetch_unusable_departments(
                work.session, found.account_id, found.department_ids
            )
        )
        await member_repository.replace_departments(work.session, found.account_id, user_id, usable)
        await sql.mark_accepted(work.session, found.account_id, found.id, work.now())
        member = await fetch_member(work.session, found.account_id, user_id)
        assert member is not None
        work.record(member_updated(member), found.account_id)
        work.audit(
            AuditEntry(
                "invitation.accepted", _KIND, found.id,
                after={"member_id": str(user_id), "role": found.role.value, "role_id": found.role_id},
            ),
            found.account_id,
            doer=Doer(AuditActor.USER, user_id, name, origin=origin or Origin()),
        )  # fmt: skip
    return AcceptedInvitation(found.account_id, user_id)


async def _who_accepts(work: UnitOfWork, found: OpenInvitation, user: NewUser | UUID) -> tuple[UUID, str]:
    if isinstance(user, NewUser):
        user_id, name = new_id(), user.name.strip() or found.name
        inserted = await sql.insert_user(
            work.session, user_id,
            email=found.email, name=name, password_hash=user.password_hash, locale=user.locale, at=work.now(),
        )  # fmt: skip
        if not inserted:
            raise SignInToAccept
        return user_id, name
    own = await sql.fetch_email(work.session, user)
    if own is None or own[0].lower() != found.email.lower():
        raise InvitedSomebodyElse
    return user, own[1]


def hash_token(token: str) -> bytes:
    # Plain SHA-256 is enough for 256 random bits: there is nothing to guess.
    return hashlib.sha256(token.encode()).digest()


def _new_token() -> str:
    return secrets.token_urlsafe(_TOKEN_BYTES)


def _link(public_url: str, token: str) -> str:
    # After the #, so that the token is in no server's log and in no Referer.
    return f"{public_url.rstrip('/')}/invitation#token={token}"


def _fields(view: InvitationView) -> dict[str, object]:
    """The address is a colleague's to be, whom the entry is about."""
    return {
        "email": view.email,
        "role": view.role.value,
        "role_id": str(view.role_id) if view.role_id is not None else None,
        "department_ids": sorted(map(str, view.department_ids)),
    }
