"""The life of an account: active, suspended, closing, closed.

Invariants
- Every change is a compare-and-set on the state, in one transaction with its audit entry and its mails: of two who act at
  once exactly one wins, and the other gets `account_state` with the state that stands.
- A suspended account is locked for its people and sends nothing; webhooks are stored as ever. Reactivation finds everything
  as it was, and what waited in the outbox goes out (or fails by the rules of the 24-hour window).
- A closing account still lets its people in: they take their data along or change their mind, until `erase_after`. It
  sends nothing. Whoever asked for the closing may take it back; the installation's operator may always.
- `closed` is for ever: accounts/erasure has taken over.
"""

from datetime import timedelta
from typing import Final, Literal
from uuid import UUID

from inbox.accounts import account_repository as repository
from inbox.accounts.account_events import AccountState, account_updated
from inbox.exports.service import request_export
from inbox.exports.views import ExportKind
from inbox.identity.errors import refuse_impersonated
from inbox.kernel.actor import Actor, ActorKind
from inbox.kernel.audit import INSTALLATION, AuditEntry, Doer, doer_of
from inbox.kernel.database import Database, UnitOfWork
from inbox.kernel.errors import Conflict, Forbidden, NotFound
from inbox.kernel.permissions import Permission
from inbox.mail.service import MailData, Mailer, MailTemplate

CLOSING_TIME: Final = timedelta(days=30)
"""From asking to erasing. A month: long enough that a forgotten closing is noticed, with the next bill at the latest."""

HOME_SLUG: Final = "prosa-home"
"""The account in which super admins are at home (installation/people): it can be neither suspended nor closed."""

ClosingBy = Literal["account", "installation"]


class WrongState(Conflict):
    """Somebody was first, or the account is not in a state in which this can be done. `state` is the one that stands."""

    code = "account_state"
    title = "The account's state does not allow this"


class HomeAccount(Conflict):
    code = "home_account"
    title = "The super admins' own account cannot be suspended or closed"


async def suspend_account(
    database: Database, mailer: Mailer, account_id: UUID, *, doer: Doer, reason: str
) -> None:
    """By the installation's operator. Its admins get a mail. Raises NotFound, WrongState, HomeAccount."""
    async with database.system(account_id) as work:
        row = await repository.advance_state(
            work.session, account_id, from_states=(AccountState.ACTIVE,), to_state=AccountState.SUSPENDED,
            at=work.now(), reason=reason, refused_slug=HOME_SLUG,
        )  # fmt: skip
        if row is None:
            raise await _refusal(work, account_id)
        _audit(work, account_id, doer, "account.suspended", row["state"], AccountState.SUSPENDED, reason)
        await _tell_screens(work, account_id)
        for admin in await repository.fetch_admins(work.session, account_id):
            data = MailData(
                recipient_name=admin.name, account_name=row["name"], reason=reason, time_zone=row["time_zone"]
            )
            await mailer.queue_mail(
                work, recipient=admin.email, template=MailTemplate.ACCOUNT_SUSPENDED, locale=admin.locale, data=data
            )  # fmt: skip


async def reactivate_account(database: Database, account_id: UUID, *, doer: Doer) -> None:
    """By the installation's operator: ends a suspension, or takes any closing back. Raises NotFound, WrongState."""
    async with database.system(account_id) as work:
        row = await repository.advance_state(
            work.session, account_id, from_states=(AccountState.SUSPENDED, AccountState.CLOSING),
            to_state=AccountState.ACTIVE, at=work.now(),
        )  # fmt: skip
        if row is None:
            raise await _refusal(work, account_id)
        _audit(work, account_id, doer, "account.reactivated", row["state"], AccountState.ACTIVE)
        await _tell_screens(work, account_id)
        _wake_outbox(database, work)


async def close_account(
    database: Database, mailer: Mailer, requester: Actor, *, by: ClosingBy, reason: str
) -> UUID:
    """Begins the closing: its export is on its way, its admins get a mail, and `CLOSING_TIME` later it is erased.

    `requester`: an actor within the account; the transport has checked their password, or that they are super admin. Answers
    the export's id. Raises Forbidden, NotFound, WrongState, HomeAccount.
    """
    requester.require(Permission.ACCOUNT_MANAGE)
    if requester.kind is not ActorKind.USER:
        raise Forbidden("an account is closed by a person")
    refuse_impersonated(requester)
    account_id, doer = requester.account_id, doer_of(requester)
    # A suspended account is closed by the installation alone: its own people cannot enter.
    states = (AccountState.ACTIVE,) if by == "account" else (AccountState.ACTIVE, AccountState.SUSPENDED)
    async with database.system(account_id) as work:
        now = work.now()
        erase_after = now + CLOSING_TIME
        row = await repository.advance_state(
            work.session, account_id, from_states=states, to_state=AccountState.CLOSING, at=now, reason=reason,
            closing_by=by, erase_after=erase_after, refused_slug=HOME_SLUG,
        )  # fmt: skip
        if row is None:
            raise await _refusal(work, account_id)
        _audit(
            work, account_id, doer, "account.closing_began", row["state"], AccountState.CLOSING, reason,
            in_both=by == "installation",
        )  # fmt: skip
        await _tell_screens(work, account_id)
        export = await request_export(work, requester, kind=ExportKind.ACCOUNT)
        for admin in await repository.fetch_admins(work.session, account_id):
            data = MailData(
                recipient_name=admin.name, account_name=row["name"], reason=reason, at=erase_after,
                actor_name=requester.name, time_zone=row["time_zone"],
            )  # fmt: skip
            await mailer.queue_mail(
                work, recipient=admin.email, template=MailTemplate.ACCOUNT_CLOSING, locale=admin.locale, data=data
            )  # fmt: skip
    return export.id


async def cancel_closing(database: Database, actor: Actor) -> None:
    """By the account itself, if it asked for the closing. Raises Forbidden, WrongState."""
    actor.require(Permission.ACCOUNT_MANAGE)
    refuse_impersonated(actor)
    async with database.system(actor.account_id) as work:
        row = await repository.advance_state(
            work.session, actor.account_id, from_states=(AccountState.CLOSING,), to_state=AccountState.ACTIVE,
            at=work.now(), needs_closing_by="account",
        )  # fmt: skip
        if row is None:
            raise await _refusal(work, actor.account_id)
        _audit(
            work, actor.account_id, doer_of(actor), "account.closing_cancelled", row["state"], AccountState.ACTIVE,
            in_both=False,
        )  # fmt: skip
        await _tell_screens(work, actor.account_id)
        _wake_outbox(database, work)


def _audit(
    work: UnitOfWork, account_id: UUID, doer: Doer, action: str, before: str, after: AccountState, reason: str = "",
    *, in_both: bool = True,
) -> None:  # fmt: skip
    """`in_both`: what the installation's operator does is in the account's chain and in the installation's."""
    changed = {"state": after.value, **({"reason": reason} if reason else {})}
    entry = AuditEntry(action, "account", account_id, {"state": before}, changed)
    for chain in (account_id, INSTALLATION) if in_both else (account_id,):
        work.audit(entry, chain, doer=doer)


async def _tell_screens(work: UnitOfWork, account_id: UUID) -> None:
    row = await repository.fetch_account(work.session, account_id)
    assert row is not None
    work.record(account_updated(row))


def _wake_outbox(database: Database, work: UnitOfWork) -> None:
    publisher = database.publisher
    if publisher is not None:
        work.after_commit(lambda: publisher.nudge("outbox"))


async def _refusal(work: UnitOfWork, account_id: UUID) -> Exception:
    row = await repository.fetch_account(work.session, account_id)
    if row is None:
        return NotFound(account_id=account_id)
    if row["slug"] == HOME_SLUG:
        return HomeAccount(account_id=account_id)
    return WrongState(account_id=account_id, state=row["state"])
