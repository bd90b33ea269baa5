"""`prosa audit verify`: proves that every chain of the audit log is whole, or says what is broken.

With `--anchors FILE` the heads of the chains are noted in a file outside of the database, one JSON line each, and
everything that was noted before is checked: so a database that was put back to an older state is found too.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import orjson

from inbox.accounts.repository import fetch_account_id
from inbox.audit.repository import fetch_chains
from inbox.audit.verification import verify_chain
from inbox.audit.views import Fault, Verification
from inbox.kernel.audit import INSTALLATION
from inbox.kernel.database import Database
from inbox.kernel.errors import Invalid, NotFound
from server.settings import Settings

Anchors = dict[UUID, dict[int, bytes]]

_WORDS = {
    Fault.CHANGED: "entry {seq} is not what was written",
    Fault.MISSING: "entries are missing up to {seq}",
    Fault.CUT: "the end is missing: the chain went on to {seq}",
    Fault.HEAD: "the head of the chain does not fit its last entry, at {seq}",
    Fault.ANCHOR: "entry {seq} is not what was noted outside of the database",
}


@dataclass(frozen=True)
class VerifyReport:
    lines: list[str]
    is_whole: bool


async def verify_audit(settings: Settings, *, account: str | None, anchors_file: Path | None) -> VerifyReport:
    """Raises NotFound for an unknown account, Invalid for a file of anchors that cannot be read."""
    anchors = _read_anchors(anchors_file) if anchors_file is not None else {}
    database = Database(
        settings.resolved_app_database_url,
        settings.resolved_system_database_url,
        audit_key=settings.audit_key,
    )
    found: dict[UUID, Verification] = {}
    try:
        for account_id in await _chains(database, account, anchors):
            found[account_id] = await verify_chain(
                database.system, database.audit_key, account_id, anchors=anchors.get(account_id)
            )
        now = database.now()
    finally:
        await database.close()
    is_whole = all(verification.is_whole for verification in found.values())
    if anchors_file is not None and is_whole:
        _note_anchors(anchors_file, found, now)
    lines = [line for account_id, verification in found.items() for line in _lines(account_id, verification)]
    total = sum(verification.entries for verification in found.values())
    lines.append(f"{len(found)} chains, {total} entries: {'whole' if is_whole else 'BROKEN'}")
    return VerifyReport(lines, is_whole)


async def _chains(database: Database, account: str | None, anchors: Anchors) -> list[UUID]:
    async with database.system() as work:
        if account is None:
            return sorted({*await fetch_chains(work.session), *anchors})
        account_id = await fetch_account_id(work.session, account)
    if account_id is None:
        raise NotFound(f"no account has the slug {account}")
    return [UUID(int=account_id.int)]


def _lines(account_id: UUID, found: Verification) -> list[str]:
    name = "installation" if account_id == INSTALLATION else str(account_id)
    head = f"{name}: {found.entries} entries"
    if found.is_whole:
        return [f"{head}, whole"]
    return [f"{head}, BROKEN", *(f"  {_WORDS[place.fault].format(seq=place.seq)}" for place in found.broken)]


def _read_anchors(file: Path) -> Anchors:
    anchors: Anchors = defaultdict(dict)
    if not file.exists():
        return anchors
    for number, line in enumerate(file.read_bytes().splitlines(), start=1):
        try:
            noted = orjson.loads(line)
            anchors[UUID(noted["account_id"])][int(noted["seq"])] = bytes.fromhex(noted["mac"])
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
            raise Invalid(f"{file}: line {number} is no anchor") from error
    return anchors


def _note_anchors(file: Path, found: dict[UUID, Verification], now: datetime) -> None:
    with file.open("ab") as notes:
        for account_id, verification in found.items():
            if verification.head_seq:
                notes.write(
                    orjson.dumps(
                        {
                            "account_id": str(account_id),
                            "seq": verification.head_seq,
                            "mac": verification.head_mac,
                            "at": now.isoformat(),
                        },
                        option=orjson.OPT_APPEND_NEWLINE,
                    )
                )
