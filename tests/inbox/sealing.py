"""An account whose content is sealed from now on, without the minute that processes need to learn of it."""

import psycopg

from inbox.accounts.policies import PrivacyPolicy
from inbox.kernel.content_seal import KEYRING
from inbox.kernel.database import Database
from inbox.privacy.policy import get_policy, replace_policy
from inbox.privacy.views import PrivacyPolicyView
from server.settings import Settings
from tests.conftest import SeededAccount


async def switch(database: Database, seed: SeededAccount, *, on: bool) -> PrivacyPolicyView:
    policy = await get_policy(database, seed.admin)
    stored = policy.model_dump(exclude={"version", "content_sealing"})
    wanted = PrivacyPolicy(**{**stored, "encrypt_content": on})
    view, _ = await replace_policy(database, seed.admin, wanted, version=policy.version)
    return view


async def start_sealing(settings: Settings, database: Database, seed: SeededAccount) -> None:
    """As its admin turns it on, and as it is some minutes later."""
    KEYRING.use(settings.vault)
    await switch(database, seed, on=True)
    with psycopg.connect(settings.database_url) as connection:
        connection.execute(
            "UPDATE content_keys SET created_at = created_at - interval '10 minutes' WHERE account_id = %s",
            (seed.account_id,),
        )
    await learn(database, seed)


async def learn(database: Database, seed: SeededAccount) -> None:
    """This process knows the account's keys as they are now."""
    async with database.system() as work:
        await KEYRING.load(work.session, [seed.account_id], fresh_seconds=0)


def destroy_keys(settings: Settings, seed: SeededAccount) -> None:
    with psycopg.connect(settings.database_url) as connection:
        connection.execute("DELETE FROM content_keys WHERE account_id = %s", (seed.account_id,))
