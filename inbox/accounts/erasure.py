"""Erases accounts whose closing is over: every row, every file, and the people who belong nowhere else.

What stays: the account's row as a tombstone without a name, and its audit chain. The chain is the proof of what was done
to whose data, erasing included (LGPD, articles 16-I and 37; Marco Civil, article 15: six months); it names customers by id
only, and breaking it would make every earlier entry worthless.

Invariants
- First `closed`, by compare-and-set: whoever takes the closing back at the same moment either comes before it, or is too late.
- Rows go in batches, children before parents, until a whole pass finds none. Every step may be repeated: a worker that
  dies half-way is followed by one that goes on.
- Nothing begins before ingest has forgotten the account's webhook address.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog

from inbox.accounts import erasure_repository as repository
from inbox.accounts.tenant_tables import TenantTable, fetch_tenant_tables
from inbox.kernel.audit import INSTALLATION, AuditEntry
from inbox.kernel.database import Database
from inbox.kernel.jobs import defer_in
from inbox.media.storage import MediaStore

log = structlog.get_logger(__name__)

ERASE_TASK: Final = "accounts.erase"
ERASURE_QUEUE: Final = "maintenance"

# Ingest keeps an app for 30 s (ingest/apps), and a flush takes a moment.
_WEBHOOKS_ENDED: Final = timedelta(minutes=2)
# A job tries for hours; what is older than a day has none any more.
_FORGOTTEN: Final = timedelta(days=1)
# A transaction of some hundred milliseconds: nobody waits behind it, and a crash costs little.
_BATCH_ROWS: Final = 2_000
_KEPT: Final = frozenset({"accounts", "audit_chains", "audit_log"})


async def begin_due_erasures(database: Database) -> list[UUID]:
    """Closes for ever what is due, and puts a job for each; answers which accounts (their sockets must go)."""
    async with database.system() as work:
        due = await repository.fetch_closing_over(work.session, work.now())
        forgotten = await repository.fetch_half_erased(work.session, work.now() - _FORGOTTEN)
    begun = []
    for account_id in (*due, *forgotten):
        async with database.system(account_id) as work:
            if account_id in due:
                if not await repository.close_for_ever(work.session, account_id, work.now()):
                    continue
                for chain in (account_id, INSTALLATION):
                    work.audit(
                        AuditEntry("account.closed", "account", account_id, {"state": "closing"}, {"state": "closed"}),
                        chain,
                    )  # fmt: skip
            await defer_in(
                work.session,
                ERASE_TASK,
                {"account_id": account_id},
                queue=ERASURE_QUEUE,
                lock=f"{ERASE_TASK}:{account_id}",
                queueing_lock=f"{ERASE_TASK}:{account_id}",
                scheduled_at=work.now() + _WEBHOOKS_ENDED,
            )
        begun.append(account_id)
    return begun


async def erase_account(database: Database, store: MediaStore, account_id: UUID) -> bool:
    """False for an account that is not closed, or is erased already. Raises Unavailable when files cannot be removed, and
    IntegrityError when somebody still writes: the job tries again."""
    async with database.system() as work:
        if not await repository.is_being_erased(work.session, account_id):
            return False
        tables = [table for table in await fetch_tenant_tables(work.session) if table.name not in _KEPT]
        people = await repository.delete_people(work.session, account_id)
    removed = {"users": people} if people else {}
    while gone := await _delete_once(database, tables, account_id):
        for name, count in gone.items():
            removed[name] = removed.get(name, 0) + count
    files = await store.delete_under(f"{account_id}/")
    async with database.system() as work:
        await repository.leave_tombstone(work.session, account_id, work.now())
        entry = AuditEntry("account.erased", "account", account_id, after={"rows": removed, "files": files})
        for chain in (account_id, INSTALLATION):
            work.audit(entry, chain)
    log.info("account_erased", account_id=str(account_id), rows=sum(removed.values()), files=files)
    return True


async def _delete_once(database: Database, tables: list[TenantTable], account_id: UUID) -> dict[str, int]:
    """One pass over all tables; answers what it removed."""
    gone: dict[str, int] = {}
    for table in tables:
        while True:
            async with database.system() as work:
                count = await repository.delete_rows(work.session, table, account_id, _BATCH_ROWS)
            if count:
                gone[table.name] = gone.get(table.name, 0) + count
            if count < _BATCH_ROWS:
                break
    return gone
