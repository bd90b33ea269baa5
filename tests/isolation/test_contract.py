"""REST keeps to its own description: schemathesis against the running application finds no 5xx, no undocumented answer.

Two runs at once: a company's admin over everything of a company, and a super admin over the installation. Parameters in
paths name real rows of the run's own company, so that answers are of all kinds; bodies and queries are made up.
"""

import asyncio
import os
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

import psycopg
import pytest

from inbox.kernel.ids import new_id
from server.settings import Settings
from tests.conftest import SeededAccount, seed_account
from tests.isolation.conftest import Someone, id_in, sign_in
from tests.isolation.requests import operations
from tests.isolation.rows import Table, World, fill_account
from tests.trips.live_app import Prosa

_CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,"
    "response_headers_conformance,missing_required_header,unsupported_method,allow_header_conformance,ignored_auth"
)
_INSTALLATION = "^/v1/(installation|product)"
_INSTALLATION_TAG = "installation"

# They end the session or the account that the run is signed in with, or let it in no longer.
_OF_A_COMPANY = frozenset({"sign_out", "switch_account", "end_other_sessions", "close_account"})
# They would do so to the run beside this one: its company, its people, what everybody's sign-in has to fulfil.
_OF_THE_INSTALLATION = frozenset(
    {
        "put_installation_settings",
        "close_installation_account",
        "suspend_installation_account",
        "disable_person",
        "impersonate_member",
    }
)

# Per operation and phase. More, and as long as it takes, when the variable says so.
_EXAMPLES = os.environ.get("PROSA_CONTRACT_EXAMPLES")
_FEW_EXAMPLES = "2"
_SEED = os.environ.get("PROSA_CONTRACT_SEED", "20261123")
# For work on one resource.
_TAG = os.environ.get("PROSA_CONTRACT_TAG")
# The tool shares it out among its phases: on a busy machine fewer cases are tried, never longer.
_MOST_SECONDS = "45"
_PATIENCE_SECONDS = 3_600 if _EXAMPLES else 300


@pytest.fixture(scope="module")
def company(settings: Settings) -> SeededAccount:
    """Its own: what the run leaves of it is good for nobody else."""
    return seed_account(settings)


@pytest.fixture(scope="module")
def rows(owner: psycopg.Connection[Any], catalogue: dict[str, Table], company: SeededAccount) -> World:
    """Something of everything, in the admin's sight; people are not the admin."""
    given: World = {
        "accounts": {"account_id": company.account_id},
        "event_counters": {},
        "audit_log": {},  # a chain, which the server goes on
        "users": {"id": company.bruno.user_id},
        "memberships": {"user_id": company.bruno.user_id},
        "departments": {"id": company.departments["suporte"]},
        "phone_numbers": {"id": company.number.id},
        "whatsapp_apps": {"id": company.app.id},
    }
    return fill_account(owner, catalogue, "CONTRATO", given)


@pytest.mark.timeout(_PATIENCE_SECONDS + 60)
async def test_rest_keeps_to_its_description(
    prosa: Prosa,
    people: dict[str, Someone],
    company: SeededAccount,
    rows: World,
    document: dict[str, Any],
    tmp_path: Path,
) -> None:
    known = {operation.name for operation in operations(document)}
    assert known >= _OF_A_COMPANY | _OF_THE_INSTALLATION, "excluded, but no operation"
    config = tmp_path / "schemathesis.toml"
    config.write_text(_configuration(document, rows))
    admin, super_admin = await sign_in(prosa, company.admin), people["super admin"]
    everything = [
        (admin, ("--exclude-path-regex", _INSTALLATION), _OF_A_COMPANY),
        (super_admin, ("--include-path-regex", _INSTALLATION), _OF_THE_INSTALLATION),
    ]
    if _TAG == _INSTALLATION_TAG:
        everything = everything[1:]
    elif _TAG:
        everything = [(admin, ("--include-tag", _TAG), _OF_A_COMPANY)]
    runs = [_run(prosa, someone, config, part, excluded) for someone, part, excluded in everything]
    try:
        told = await asyncio.gather(*runs)
        for someone in (admin, super_admin):
            # Otherwise a part of what was asked was answered with 401.
            assert (await someone.rest.get("/api/v1/me")).status_code == 200
    finally:
        await admin.rest.aclose()
    assert not any(told), "\n\n".join(told)


def _configuration(document: dict[str, Any], rows: World) -> str:
    names = {name for operation in operations(document) for name in operation.path_parameters}
    ids = {name: id_in(rows, name) for name in sorted(names) if name.endswith("_id")}
    lines = [f'"path.{name}" = "{found or new_id()}"' for name, found in ids.items()]
    return "\n".join(["[parameters]", *lines])


async def _run(
    prosa: Prosa, someone: Someone, config: Path, part: Collection[str], excluded: Collection[str]
) -> str:
    """What was found; empty when nothing."""
    arguments = [
        sys.executable, "-m", "schemathesis.cli", "--config-file", str(config),
        "run", f"{prosa.url}/api/openapi.json",
        "--header", f"Authorization: Bearer {someone.token}",
        "--checks", _CHECKS, "--phases", "examples,coverage,fuzzing", "--mode", "all",
        "--max-examples", _EXAMPLES or _FEW_EXAMPLES, *(() if _EXAMPLES else ("--max-time", _MOST_SECONDS)),
        "--seed", _SEED, "--no-shrink", "--continue-on-failure", "--generation-database", "none",
        "--suppress-health-check", "all", "--warnings", "off", "--request-timeout", "30", "--no-color",
        *part,
        *(word for name in sorted(excluded) for word in ("--exclude-operation-id", name)),
    ]  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, cwd=config.parent
    )
    try:
        output, _ = await asyncio.wait_for(process.communicate(), _PATIENCE_SECONDS)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return "" if process.returncode == 0 else f"{output.decode()[-20_000:]}\nended with {process.returncode}"
