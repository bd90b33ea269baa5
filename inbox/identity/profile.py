"""A person's own name and language: theirs in every account."""

from inbox.accounts.events import member_updated
from inbox.accounts.repository import fetch_member
from inbox.identity import repository
from inbox.kernel.actor import Actor
from inbox.kernel.audit import AuditEntry, doer_of
from inbox.kernel.database import Database
from inbox.kernel.errors import NotFound


async def change_profile(database: Database, actor: Actor, *, name: str | None, locale: str | None) -> None:
    """None leaves a value as it is. Colleagues in all their accounts hear of a new name. Raises NotFound."""
    async with database.system() as work:
        person = await repository.fetch_person(work.session, actor.user_id)
        if person is None:
            raise NotFound(user_id=actor.user_id)
        wanted = {"name": name, "locale": locale}
        before = {key: getattr(person, key) for key in wanted}
        changed = {key: value for key, value in wanted.items() if value is not None and value != before[key]}
        if not changed:
            return
        await repository.update_profile(work.session, person.id, name=name, locale=locale)
        entry = AuditEntry(
            "user.profile_changed", "user", person.id, before={key: before[key] for key in changed}, after=changed
        )  # fmt: skip
        work.audit(entry, actor.account_id, doer=doer_of(actor))
        if "name" not in changed:
            return
        for belonging in await repository.fetch_belongings(work.session, person.id):
            await repository.raise_member_version(work.session, belonging.account_id, person.id)
            member = await fetch_member(work.session, belonging.account_id, person.id)
            if member is not None:
                work.record(member_updated(member), belonging.account_id)
