"""Whatever is done to the audit log behind Prosa's back is found, also when the tables' owner does it."""

import asyncio
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from inbox.audit.verification import verify_chain
from inbox.audit.views import Fault, Verification
from inbox.kernel.actor import Actor, Origin
from inbox.kernel.audit import AuditActor, AuditEntry, Doer, stored_ip
from inbox.kernel.database import Database
from inbox.kernel.ids import new_id
from server.audit_command import verify_audit
from server.cli import app
from server.settings import Settings
from tests.conftest import SeededAccount

_ENTRIES = 12


async def write_entries(database: Database, actor: Actor, count: int = _ENTRIES) -> None:
    for n in range(count):
        async with database.acting(actor) as work:
            work.audit(AuditEntry("thing.changed", "thing", str(n), {"n": n}, {"n": n + 1}))


async def check(database: Database, account_id: UUID, **anchors: Any) -> Verification:
    return await verify_chain(database.system, database.audit_key, account_id, **anchors)


def faults(found: Verification) -> list[tuple[int, Fault]]:
    return [(place.seq, place.fault) for place in found.broken]


def tamper(settings: Settings, seed: SeededAccount, *statements: str) -> None:
    """As the owner of the tables, past the triggers."""
    with psycopg.connect(settings.database_url) as connection:
        connection.execute("ALTER TABLE audit_log DISABLE TRIGGER USER")
        for statement in statements:
            connection.execute(statement.replace("$a", f"account_id = '{seed.account_id}'").encode())
        connection.execute("ALTER TABLE audit_log ENABLE TRIGGER USER")


async def test_an_untouched_chain_is_whole(database: Database, seed: SeededAccount) -> None:
    await write_entries(database, seed.admin)
    found = await check(database, seed.account_id)
    assert (found.entries, found.is_whole, found.first_broken_seq, found.broken) == (_ENTRIES, True, None, [])
    assert (found.head_seq, len(found.head_mac)) == (_ENTRIES, 64)
    acting = await verify_chain(partial(database.acting, seed.ana), database.audit_key, seed.account_id)
    assert acting == found


async def test_an_empty_chain_is_whole(database: Database, seed: SeededAccount) -> None:
    found = await check(database, seed.account_id)
    assert (found.entries, found.is_whole) == (0, True)


_CHANGES = {
    "account_id": None,  # its own test below: the entry is in another chain then
    "seq": None,
    "mac": "'\\x00'",
    "at": "at + interval '1 microsecond'",
    "actor_kind": "'system'",
    "actor_id": "gen_random_uuid()",
    "actor_name": "actor_name || ' '",
    "impersonator_id": "gen_random_uuid()",
    "action": "'thing.looked_at'",
    "target_kind": "'other'",
    "target_id": "'x'",
    "before": "'{}'",
    "after": "NULL",
    "ip": "'127.0.0.1'",
    "user_agent": "'curl'",
    "request_id": "'r'",
}


@pytest.mark.parametrize("column", [name for name, value in _CHANGES.items() if value is not None])
async def test_a_changed_field_is_found(
    settings: Settings, database: Database, seed: SeededAccount, column: str
) -> None:
    await write_entries(database, seed.admin)
    tamper(settings, seed, f"UPDATE audit_log SET {column} = {_CHANGES[column]} WHERE $a AND seq = 5")
    found = await check(database, seed.account_id)
    assert not found.is_whole
    assert found.first_broken_seq == 5
    # A forged mac breaks the entry after it too: that one is authenticated over the true one.
    assert faults(found) == [(5, Fault.CHANGED), *([(6, Fault.CHANGED)] if column == "mac" else [])]


async def test_every_column_of_the_log_is_authenticated(settings: Settings) -> None:
    with psycopg.connect(settings.database_url) as connection:
        cursor = connection.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = 'audit_log'::regclass AND attnum > 0"
        )
        assert {row[0] for row in cursor} == set(_CHANGES)


async def test_a_removed_entry_is_found(settings: Settings, database: Database, seed: SeededAccount) -> None:
    await write_entries(database, seed.admin)
    tamper(settings, seed, "DELETE FROM audit_log WHERE $a AND seq IN (4, 5)")
    assert faults(await check(database, seed.account_id)) == [(5, Fault.MISSING)]


async def test_a_removed_first_entry_is_found(
    settings: Settings, database: Database, seed: SeededAccount
) -> None:
    await write_entries(database, seed.admin)
    tamper(settings, seed, "DELETE FROM audit_log WHERE $a AND seq = 1")
    assert faults(await check(database, seed.account_id)) == [(1, Fault.MISSING)]


async def test_two_swapped_entries_are_found(
    settings: Settings, database: Database, seed: SeededAccount
) -> None:
    await write_entries(database, seed.admin)
    tamper(
        settings,
        seed,
        "UPDATE audit_log SET seq = 1000 WHERE $a AND seq = 3",
        "UPDATE audit_log SET seq = 3 WHERE $a AND seq = 4",
        "UPDATE audit_log SET seq = 4 WHERE $a AND seq = 1000",
    )
    found = await check(database, seed.account_id)
    assert found.first_broken_seq == 3
    assert {(3, Fault.CHANGED), (4, Fault.CHANGED)} <= set(faults(found))


async def test_a_removed_entry_whose_gap_was_closed_is_found(
    settings: Settings, database: Database, seed: SeededAccount
) -> None:
    await write_entries(database, seed.admin)
    tamper(
        settings,
        seed,
        "DELETE FROM audit_log WHERE $a AND seq = 6",
        "UPDATE audit_log SET seq = seq - 1000 WHERE $a AND seq > 6",
        "UPDATE audit_log SET seq = seq + 999 WHERE $a AND seq < 0",
        "UPDATE audit_chains SET seq = seq - 1 WHERE $a",
    )
    assert (await check(database, seed.account_id)).first_broken_seq == 6


async def test_a_cut_tail_is_found(settings: Settings, database: Database, seed: SeededAccount) -> None:
    await write_entries(database, seed.admin)
    tamper(settings, seed, f"DELETE FROM audit_log WHERE $a AND seq > {_ENTRIES - 2}")
    assert faults(await check(database, seed.account_id)) == [(_ENTRIES, Fault.CUT)]


async def test_a_cut_tail_with_a_changed_head_is_found(
    settings: Settings, database: Database, seed: SeededAccount
) -> None:
    await write_entries(database, seed.admin)
    tamper(
        settings,
        seed,
        "DELETE FROM audit_log WHERE $a AND seq > 10",
        "UPDATE audit_chains SET seq = 10 WHERE $a",
    )
    assert faults(await check(database, seed.account_id)) == [(10, Fault.HEAD)]


async def test_a_log_that_was_emptied_is_found(
    settings: Settings, database: Database, seed: SeededAccount
) -> None:
    await write_entries(database, seed.admin)
    tamper(settings, seed, "DELETE FROM audit_log WHERE $a")
    assert faults(await check(database, seed.account_id)) == [(_ENTRIES, Fault.CUT)]


async def test_a_removed_head_is_found(settings: Settings, database: Database, seed: SeededAccount) -> None:
    await write_entries(database, seed.admin)
    tamper(settings, seed, "DELETE FROM audit_chains WHERE $a")
    assert faults(await check(database, seed.account_id)) == [(1, Fault.HEAD)]


async def test_an_entry_put_in_behind_the_head_is_found(
    settings: Settings, database: Database, seed: SeededAccount
) -> None:
    await write_entries(database, seed.admin)
    tamper(
        settings,
        seed,
        "INSERT INTO audit_log (account_id, seq, at, actor_kind, action, mac) SELECT account_id, 13, at, 'user', 'x.y', mac "
        "FROM audit_log WHERE $a AND seq = 12",
    )
    assert faults(await check(database, seed.account_id)) == [(13, Fault.HEAD)]


async def test_an_entry_moved_to_another_chain_is_found(
    settings: Settings, database: Database, seed: SeededAccount
) -> None:
    await write_entries(database, seed.admin, 3)
    tamper(settings, seed, f"UPDATE audit_log SET account_id = '{UUID(int=7)}' WHERE $a AND seq = 2")
    assert faults(await check(database, seed.account_id)) == [(2, Fault.MISSING)]
    assert not (await check(database, UUID(int=7))).is_whole


async def test_a_chain_made_with_another_key_is_not_ours(database: Database, seed: SeededAccount) -> None:
    await write_entries(database, seed.admin, 3)
    found = await verify_chain(database.system, b"another key", seed.account_id)
    assert found.first_broken_seq == 1


async def test_appends_while_it_is_verified_are_no_fault(database: Database, seed: SeededAccount) -> None:
    await write_entries(database, seed.admin, 5)
    writing = asyncio.gather(*(write_entries(database, seed.admin, 20) for _ in range(3)))
    while not writing.done():
        assert (await check(database, seed.account_id)).is_whole
    await writing
    assert (await check(database, seed.account_id)).entries == 65


async def test_more_entries_than_one_batch_are_verified(
    database: Database, seed: SeededAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.audit.verification._BATCH", 4)
    await write_entries(database, seed.admin)
    found = await check(database, seed.account_id)
    assert (found.entries, found.is_whole) == (_ENTRIES, True)


# ── what may be in an entry ─────────────────────────────────────────────────────────────────────────────────────────

_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text()
    | st.text(st.characters(categories=["Cs", "Cc", "So"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
_IPS = (
    st.none()
    | st.ip_addresses().map(str)
    | st.ip_addresses(v=4).map(lambda ip: f"::ffff:{ip}")
    | st.sampled_from(["testclient", "", "::ffff:0:1", "fe80::1%eth0", "::1.2.3.4", "2001:DB8::0001"])
)


@given(
    before=st.none() | st.dictionaries(st.text(max_size=8), _JSON, max_size=4),
    after=st.none() | st.dictionaries(st.text(max_size=8), _JSON, max_size=4),
    name=st.text(),
    target=st.text(max_size=20),
    ip=_IPS,
    agent=st.text(max_size=500),
    request_id=st.none() | st.text(max_size=20),
)
@hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
async def test_whatever_an_entry_holds_it_can_be_verified(
    database: Database,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    name: str,
    target: str,
    ip: str | None,
    agent: str,
    request_id: str | None,
) -> None:
    doer = Doer(AuditActor.ANONYMOUS, None, name, None, Origin(ip, agent, request_id))
    chain = new_id()  # of its own: verifying begins with the first entry
    async with database.system() as work:
        work.audit(AuditEntry("thing.changed", "thing", target, before, after), chain, doer=doer)
    found = await check(database, chain)
    assert (found.entries, found.is_whole) == (1, True), found.broken


@pytest.mark.parametrize(
    ("given_ip", "kept"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("testclient", None),
        (None, None),
    ],
)
def test_addresses_have_one_form(given_ip: str | None, kept: str | None) -> None:
    assert stored_ip(given_ip) == kept


# ── prosa audit verify ──────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_command_names_what_is_broken(
    settings: Settings, database: Database, seed: SeededAccount
) -> None:
    await write_entries(database, seed.admin)
    slug = _slug(settings, seed)
    report = await verify_audit(settings, account=slug, anchors_file=None)
    assert (report.is_whole, report.lines[-1]) == (True, "1 chains, 12 entries: whole")
    tamper(settings, seed, "UPDATE audit_log SET action = 'x.y' WHERE $a AND seq = 5")
    report = await verify_audit(settings, account=None, anchors_file=None)
    assert not report.is_whole
    assert f"{seed.account_id}: 12 entries, BROKEN" in report.lines
    assert "  entry 5 is not what was written" in report.lines


async def test_noted_heads_find_a_chain_that_was_put_back(
    settings: Settings, database: Database, seed: SeededAccount, tmp_path: Path
) -> None:
    anchors = tmp_path / "heads.jsonl"
    slug = _slug(settings, seed)
    await write_entries(database, seed.admin, 8)
    older = await check(database, seed.account_id)
    await write_entries(database, seed.admin, 4)
    assert (await verify_audit(settings, account=slug, anchors_file=anchors)).is_whole
    tamper(
        settings,
        seed,
        "DELETE FROM audit_log WHERE $a AND seq > 8",
        f"UPDATE audit_chains SET seq = 8, mac = '\\x{older.head_mac}' WHERE $a",
    )
    # By itself a consistent chain; only the note outside of the database tells.
    assert (await verify_audit(settings, account=slug, anchors_file=None)).is_whole
    report = await verify_audit(settings, account=slug, anchors_file=anchors)
    assert not report.is_whole
    assert "  entry 12 is not what was noted outside of the database" in report.lines


def test_prosa_audit_verify_ends_with_one_when_something_is_broken(
    settings: Settings, seed: SeededAccount
) -> None:
    def run() -> Result:
        environment = {
            "PROSA_DATABASE_URL": settings.database_url,
            "PROSA_REDIS_URL": settings.redis_url,
            "PROSA_SECRET_KEY": settings.secret_key.get_secret_value(),
            "PROSA_ENCRYPTION_KEYS": settings.encryption_keys.get_secret_value(),
        }
        return CliRunner().invoke(
            app, ["audit", "verify", "--account", _slug(settings, seed)], env=environment
        )

    whole = run()
    assert (whole.exit_code, whole.stdout.splitlines()[-1]) == (0, "1 chains, 0 entries: whole")
    with psycopg.connect(settings.database_url) as connection:
        connection.execute(
            "INSERT INTO audit_log (account_id, seq, at, actor_kind, action, mac) VALUES (%s, 1, now(), 'user', 'x.y', '')",
            (seed.account_id,),
        )
    broken = run()
    assert (broken.exit_code, broken.stdout.splitlines()[-1]) == (1, "1 chains, 0 entries: BROKEN")


def _slug(settings: Settings, seed: SeededAccount) -> str:
    with psycopg.connect(settings.database_url) as connection:
        row = connection.execute(
            "SELECT slug FROM accounts WHERE account_id = %s", (seed.account_id,)
        ).fetchone()
        assert row is not None
        return str(row[0])
