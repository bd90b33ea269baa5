"""Invitations: a link for one address, once, for a week; races are decided by the database."""

import asyncio
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from inbox.accounts.errors import (
    AlreadyMember,
    BeyondOwnPermissions,
    InvitationOver,
    InvitedSomebodyElse,
    SignInToAccept,
    UnknownDepartments,
    UnknownRole,
)
from inbox.accounts.invitations import (
    AcceptedInvitation,
    NewInvitation,
    NewUser,
    accept_invitation,
    invite,
    list_invitations,
    preview_invitation,
    resend_invitation,
    revoke_invitation,
)
from inbox.accounts.members import RoleChoice
from inbox.accounts.roles import create_role
from inbox.kernel.actor import Actor, Role
from inbox.kernel.database import Database
from inbox.kernel.encryption import Vault
from inbox.kernel.errors import Forbidden, NotFound
from inbox.kernel.permissions import Permission
from inbox.mail.service import Mailer
from server.settings import Settings
from tests.conftest import RecordingPublisher, SeededAccount, seed_account
from tests.inbox.accounts.people import add_person, audited, load, mailed, with_permissions

_NEW = NewUser("Rita Prado", "a hash", "pt-BR")


class Post:
    """Invites, and reads the link from the mail."""

    def __init__(self, database: Database, settings: Settings, vault: Vault) -> None:
        self._database = database
        self._settings = settings
        self.mailer = Mailer(vault)

    async def invite(
        self,
        actor: Actor,
        email: str,
        *,
        role: RoleChoice | None = None,
        department_ids: frozenset[UUID] = frozenset(),
    ) -> tuple[Any, str]:
        wanted = NewInvitation(email, "Rita", role or RoleChoice(Role.OPERATOR), department_ids)
        view = await invite(self._database, actor, self.mailer, wanted, public_url="https://prosa.example/")
        return view, await self.token(email)

    async def resend(self, actor: Actor, invitation_id: UUID, email: str) -> tuple[Any, str]:
        view = await resend_invitation(
            self._database, actor, self.mailer, invitation_id, public_url="https://prosa.example/"
        )
        return view, await self.token(email)

    async def token(self, email: str) -> str:
        mails = await mailed(self._database, self._settings, "invitation")
        link = next(str(mail["link"]) for mail in reversed(mails) if mail["recipient"] == email)
        assert link.startswith("https://prosa.example/invitation#token=")
        return parse_qs(urlsplit(link).fragment)["token"][0]


@pytest.fixture
def post(database: Database, settings: Settings, vault: Vault) -> Post:
    return Post(database, settings, vault)


def address() -> str:
    return f"rita-{uuid4().hex}@example.com"


async def test_a_new_person_comes_in_with_role_and_departments(
    database: Database, seed: SeededAccount, post: Post, publisher: RecordingPublisher
) -> None:
    email = address()
    vendas = seed.departments["vendas"]
    view, token = await post.invite(seed.admin, email, department_ids=frozenset({vendas}))
    assert (view.email, view.state, view.invited_by) == (email, "pending", seed.admin.user_id)
    preview = await preview_invitation(database, token)
    assert (preview.email, preview.invited_by_name, preview.is_registered) == (email, "Alice", False)
    publisher.published.clear()
    accepted = await accept_invitation(database, token, user=_NEW)
    rita = await load(database, seed, accepted.user_id)
    assert (rita.role, rita.department_ids, rita.name) == (Role.OPERATOR, frozenset({vendas}), "Rita Prado")
    assert [event.type for _, event in publisher.published] == ["member_updated"]
    assert await list_invitations(database, seed.admin) == []
    actions = [e[:2] for e in await audited(database, seed.account_id)]
    assert actions == [("invitation.sent", str(view.id)), ("invitation.accepted", str(view.id))]


async def test_somebody_registered_signs_in_to_accept(
    database: Database, seed: SeededAccount, post: Post, settings: Settings
) -> None:
    other = seed_account(settings)
    async with database.system() as work:
        email = (
            await work.session.execute(
                text("SELECT email FROM users WHERE id = :id"), {"id": other.ana.user_id}
            )
        ).scalar_one()
    _, token = await post.invite(seed.admin, email.upper())
    assert (await preview_invitation(database, token)).is_registered
    with pytest.raises(SignInToAccept):
        await accept_invitation(database, token, user=_NEW)
    with pytest.raises(InvitedSomebodyElse):
        await accept_invitation(database, token, user=other.bruno.user_id)
    accepted = await accept_invitation(database, token, user=other.ana.user_id)
    assert accepted == AcceptedInvitation(seed.account_id, other.ana.user_id)
    with pytest.raises(AlreadyMember):
        await post.invite(seed.admin, email)


@pytest.mark.parametrize("end", ["accepted", "revoked", "expired", "resent", "replaced", "account suspended"])
async def test_a_link_that_is_over_lets_nobody_in(
    database: Database, seed: SeededAccount, post: Post, end: str
) -> None:
    email = address()
    view, token = await post.invite(seed.admin, email)
    if end == "accepted":
        await accept_invitation(database, token, user=_NEW)
    elif end == "revoked":
        await revoke_invitation(database, seed.admin, view.id)
    elif end == "resent":
        await post.resend(seed.admin, view.id, email)
    elif end == "replaced":
        await post.invite(seed.admin, email.upper())
    else:
        change = (
            "UPDATE accounts SET state = 'suspended' WHERE account_id = :account_id"
            if end == "account suspended"
            else "UPDATE invitations SET expires_at = now() - interval '1 second' WHERE account_id = :account_id"
        )
        async with database.system() as work:
            await work.session.execute(text(change), {"account_id": seed.account_id})
    with pytest.raises(InvitationOver):
        await preview_invitation(database, token)
    with pytest.raises(InvitationOver):
        await accept_invitation(database, token, user=NewUser("Outra", "a hash"))


async def test_a_strangers_token_is_over(database: Database) -> None:
    with pytest.raises(InvitationOver):
        await preview_invitation(database, "never made")


async def test_an_expired_one_can_be_sent_again(database: Database, seed: SeededAccount, post: Post) -> None:
    email = address()
    view, _ = await post.invite(seed.admin, email)
    async with database.system() as work:
        await work.session.execute(
            text("UPDATE invitations SET expires_at = now() - interval '1 day' WHERE id = :id"),
            {"id": view.id},
        )
    (listed,) = await list_invitations(database, seed.admin)
    assert listed.state == "expired"
    again, token = await post.resend(seed.admin, view.id, email)
    assert again.state == "pending"
    assert again.expires_at - database.now() > timedelta(days=6)
    await accept_invitation(database, token, user=_NEW)


async def test_of_two_who_accept_at_once_one_comes_in(
    database: Database, seed: SeededAccount, post: Post
) -> None:
    for _ in range(5):
        _, token = await post.invite(seed.admin, address())
        outcomes = await asyncio.gather(
            *(accept_invitation(database, token, user=_NEW) for _ in range(4)), return_exceptions=True
        )
        assert sum(isinstance(o, AcceptedInvitation) for o in outcomes) == 1, outcomes
        assert sum(isinstance(o, InvitationOver) for o in outcomes) == 3, outcomes


async def test_two_companies_that_invite_one_address_get_one_person(
    database: Database, seed: SeededAccount, post: Post, settings: Settings
) -> None:
    other, email = seed_account(settings), address()
    _, first = await post.invite(seed.admin, email)
    _, second = await post.invite(other.admin, email)
    outcomes = await asyncio.gather(
        *(accept_invitation(database, token, user=_NEW) for token in (first, second)), return_exceptions=True
    )
    (accepted,) = [o for o in outcomes if isinstance(o, AcceptedInvitation)]
    assert sum(isinstance(o, SignInToAccept) for o in outcomes) == 1, outcomes
    rest = second if accepted.account_id == seed.account_id else first
    assert (await accept_invitation(database, rest, user=accepted.user_id)).user_id == accepted.user_id


async def test_accepting_and_revoking_at_once_is_one_or_the_other(
    database: Database, seed: SeededAccount, post: Post
) -> None:
    for _ in range(5):
        view, token = await post.invite(seed.admin, address())
        accepted, revoked = await asyncio.gather(
            accept_invitation(database, token, user=_NEW),
            revoke_invitation(database, seed.admin, view.id),
            return_exceptions=True,
        )
        assert isinstance(accepted, InvitationOver) != isinstance(revoked, NotFound), (accepted, revoked)


async def test_nobody_invites_to_more_than_they_have(
    database: Database, seed: SeededAccount, post: Post, settings: Settings
) -> None:
    manager = with_permissions(
        await add_person(database, seed, "Paula"), Permission.PEOPLE_MANAGE, Permission.REPORTS_VIEW
    )
    with pytest.raises(BeyondOwnPermissions):
        await post.invite(manager, address(), role=RoleChoice(Role.ADMIN))
    email = address()
    await post.invite(manager, email, role=RoleChoice(Role.CLIENT))
    strong, _ = await post.invite(seed.admin, address(), role=RoleChoice(Role.ADMIN))
    with pytest.raises(BeyondOwnPermissions):
        await post.resend(manager, strong.id, email)
    foreign = await create_role(
        database, seed_account(settings).admin, name="Deles", permissions=frozenset({Permission.INBOX})
    )
    with pytest.raises(UnknownRole):
        await post.invite(seed.admin, address(), role=RoleChoice(Role.CUSTOM, foreign.role_id))
    with pytest.raises(UnknownDepartments):
        await post.invite(seed.admin, address(), department_ids=frozenset({uuid4()}))


async def test_only_who_manages_people_invites(
    database: Database, seed: SeededAccount, post: Post, settings: Settings
) -> None:
    view, _ = await post.invite(seed.admin, address())
    for actor in (seed.supervisor, seed.ana):
        with pytest.raises(Forbidden):
            await post.invite(actor, address())
        with pytest.raises(Forbidden):
            await list_invitations(database, actor)
        with pytest.raises(Forbidden):
            await revoke_invitation(database, actor, view.id)
    stranger = seed_account(settings).admin
    with pytest.raises(NotFound):
        await revoke_invitation(database, stranger, view.id)
    with pytest.raises(NotFound):
        await post.resend(stranger, view.id, view.email)
    assert await list_invitations(database, stranger) == []


async def test_the_token_is_nowhere_in_the_database(
    database: Database, seed: SeededAccount, post: Post
) -> None:
    _, token = await post.invite(seed.admin, address())
    async with database.system() as work:
        for table in ("invitations", "mails", "audit_log", "procrastinate_jobs"):
            found = await work.session.execute(
                text(f"SELECT count(*) FROM {table} AS row WHERE CAST(row AS text) LIKE :token"),
                {"token": f"%{token}%"},
            )
            assert found.scalar_one() == 0, table
