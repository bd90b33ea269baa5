"""What the account has settled about privacy; compare-and-set on the account's version."""

from typing import Any

from inbox.accounts.errors import PolicyChanged
from inbox.accounts.policies import PrivacyPolicy
from inbox.kernel.actor import Actor
from inbox.kernel.audit import AuditEntry
from inbox.kernel.database import Database
from inbox.kernel.permissions import Permission
from inbox.privacy import repository
from inbox.privacy.sealing import describe_sealing, switch_sealing
from inbox.privacy.views import ContentSealing, PrivacyPolicyView


async def get_policy(database: Database, actor: Actor) -> PrivacyPolicyView:
    actor.require(Permission.PRIVACY_MANAGE)
    async with database.acting(actor) as work:
        policy, version = await repository.fetch_policy(work.session, actor.account_id)
        sealing = await describe_sealing(work, actor.account_id)
    return _view(policy, version, sealing)


async def replace_policy(
    database: Database, actor: Actor, policy: PrivacyPolicy, *, version: int
) -> tuple[PrivacyPolicyView, bool]:
    """The policy as it is now, and whether masking changed: then open sockets have to look again at what they show.

    Turning encryption on or off is known to every process within a minute and a half; what is stored can be read all the
    time. Raises Forbidden, PolicyChanged, ContentKeyUnavailable.
    """
    actor.require(Permission.PRIVACY_MANAGE)
    async with database.acting(actor) as work:
        old, current = await repository.fetch_policy(work.session, actor.account_id)
        new_version = await repository.replace_policy(work.session, actor.account_id, policy, version)
        if new_version is None:
            raise PolicyChanged(version=current)
        await switch_sealing(work, actor.account_id, on=policy.encrypt_content)
        sealing = await describe_sealing(work, actor.account_id)
        before, after = _changes(old, policy)
        if after:
            work.audit(AuditEntry("privacy.policy_changed", "account", actor.account_id, before, after))
    return _view(policy, new_version, sealing), old.mask_phones != policy.mask_phones


def _view(policy: PrivacyPolicy, version: int, sealing: ContentSealing) -> PrivacyPolicyView:
    return PrivacyPolicyView(**policy.model_dump(), version=version, content_sealing=sealing)


def _changes(old: PrivacyPolicy, new: PrivacyPolicy) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields that differ, before and after."""
    was, is_ = old.model_dump(mode="json"), new.model_dump(mode="json")
    changed = [name for name in is_ if was[name] != is_[name]]
    return {name: was[name] for name in changed}, {name: is_[name] for name in changed}
