"""Passkeys: made, used as a second factor and alone, and refused when they do not hold."""

import asyncio
from typing import Any

import httpx
import pytest

from inbox.identity.passkeys import relying_party
from inbox.kernel.audit import INSTALLATION
from inbox.kernel.database import Database
from tests.conftest import SeededAccount
from tests.server.api.authenticator import SoftAuthenticator
from tests.server.api.ceremonies import MovableClock, enrol, prove, sign_in, signed_in_as
from tests.server.api.conftest import ApiParts, SignedInClient, audited


@pytest.fixture
def device(parts: ApiParts) -> SoftAuthenticator:
    party = relying_party(parts.settings.base_url)
    return SoftAuthenticator(party.origins[0], party.id)


@pytest.fixture
async def person(client: httpx.AsyncClient, email: str) -> SignedInClient:
    return await signed_in_as(client, email)


async def register(
    person: SignedInClient, device: SoftAuthenticator, name: str = "Meu celular"
) -> httpx.Response:
    options = (await person.post("/api/v1/me/passkeys/options")).json()["publicKey"]
    body = {"name": name, "attestation": device.create(options)}
    return await person.post("/api/v1/me/passkeys", json=body)


async def options(client: httpx.AsyncClient) -> tuple[str, dict[str, Any]]:
    body = (await client.post("/api/v1/auth/passkeys/options")).json()
    return body["challenge"], body["publicKey"]


async def sign_in_with(client: httpx.AsyncClient, challenge: str, assertion: Any) -> httpx.Response:
    return await client.post(
        "/api/v1/auth/passkeys/sign-in", json={"challenge": challenge, "assertion": assertion}
    )


async def test_the_options_ask_for_a_discoverable_key_and_a_verified_user(
    person: SignedInClient, device: SoftAuthenticator
) -> None:
    wanted = (await person.post("/api/v1/me/passkeys/options")).json()["publicKey"]
    assert wanted["rp"] == {"name": "Prosa", "id": device.rp_id}
    assert wanted["authenticatorSelection"]["residentKey"] == "required"
    assert wanted["authenticatorSelection"]["userVerification"] == "required"
    assert wanted["attestation"] == "none"


async def test_a_passkey_alone_signs_in(
    client: httpx.AsyncClient,
    person: SignedInClient,
    device: SoftAuthenticator,
    database: Database,
    seed: SeededAccount,
) -> None:
    added = await register(person, device)
    assert added.status_code == 201
    assert len(added.json()["recovery_codes"]) == 10
    challenge, wanted = await options(client)
    assert wanted["userVerification"] == "required"
    assert wanted.get("allowCredentials", []) == []
    answer = await sign_in_with(client, challenge, device.get(wanted))
    assert answer.status_code == 200
    assert answer.json()["session"]["user"]["id"] == str(seed.ana.user_id)
    opened = await audited(database, seed.account_id, "session.opened")
    assert opened[-1].after == {"method": "passkey"}
    (listed,) = (await person.get("/api/v1/me/passkeys")).json()
    assert (listed["name"], listed["last_used_at"] is not None) == ("Meu celular", True)


async def test_a_passkey_is_a_second_factor_to_a_password(
    client: httpx.AsyncClient, person: SignedInClient, device: SoftAuthenticator, email: str
) -> None:
    await register(person, device)
    outcome = await sign_in(client, email)
    assert outcome["methods"] == ["passkey", "recovery_code"]
    challenge = outcome["challenge"]
    wanted = (
        await client.post("/api/v1/auth/second-factor/passkey-options", json={"challenge": challenge})
    ).json()["publicKey"]
    assert [found["type"] for found in wanted["allowCredentials"]] == ["public-key"]
    body = {"challenge": challenge, "method": "passkey", "assertion": device.get(wanted)}
    assert (await client.post("/api/v1/auth/second-factor", json=body)).status_code == 200
    assert (await client.post("/api/v1/auth/second-factor", json=body)).json()["code"] == "challenge_over"


async def test_somebody_elses_passkey_is_no_second_factor_of_mine(
    client: httpx.AsyncClient, person: SignedInClient, parts: ApiParts, device: SoftAuthenticator, email: str
) -> None:
    await register(person, device)
    foreign = SoftAuthenticator(device.origin, device.rp_id, user_handle=device.user_handle)
    challenge = (await sign_in(client, email))["challenge"]
    body = {"challenge": challenge, "method": "passkey", "assertion": foreign.get({"challenge": challenge})}
    refused = await client.post("/api/v1/auth/second-factor", json=body)
    assert (refused.status_code, refused.json()["code"]) == (401, "passkey_refused")
    assert refused.json()["attempts_left"] == 4


async def test_a_counter_that_does_not_go_up_is_refused_and_on_record(
    client: httpx.AsyncClient,
    person: SignedInClient,
    device: SoftAuthenticator,
    database: Database,
    seed: SeededAccount,
) -> None:
    await register(person, device)
    challenge, wanted = await options(client)
    assert (await sign_in_with(client, challenge, device.get(wanted))).status_code == 200
    device.sign_count -= 1
    challenge, wanted = await options(client)
    refused = await sign_in_with(client, challenge, device.get(wanted))
    assert (refused.status_code, refused.json()["code"]) == (401, "passkey_refused")
    (entry,) = await audited(database, seed.account_id, "sign_in.refused")
    assert entry.after == {"reason": "passkey_counter_regressed"}


async def test_a_passkey_that_never_counts_is_taken_every_time(
    client: httpx.AsyncClient, person: SignedInClient, device: SoftAuthenticator
) -> None:
    device.counts = False
    await register(person, device)
    for _ in range(3):
        challenge, wanted = await options(client)
        assert (await sign_in_with(client, challenge, device.get(wanted))).status_code == 200


async def test_an_answer_is_good_for_its_own_challenge_once(
    client: httpx.AsyncClient, person: SignedInClient, device: SoftAuthenticator
) -> None:
    device.counts = False
    await register(person, device)
    challenge, wanted = await options(client)
    assertion = device.get(wanted)
    answers = await asyncio.gather(*(sign_in_with(client, challenge, assertion) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401]
    other, _ = await options(client)
    assert (await sign_in_with(client, other, assertion)).json()["code"] == "passkey_refused"


@pytest.mark.parametrize("change", ["origin", "domain", "user not verified", "signature", "another user"])
async def test_an_answer_that_does_not_hold_is_refused_and_on_record(
    client: httpx.AsyncClient,
    person: SignedInClient,
    device: SoftAuthenticator,
    database: Database,
    seed: SeededAccount,
    change: str,
) -> None:
    await register(person, device)
    challenge, wanted = await options(client)
    if change == "origin":
        device.origin = "https://evil.example"
    elif change == "domain":
        device.rp_id = "evil.example"
    elif change == "user not verified":
        device.verifies_user = False
    elif change == "another user":
        device.user_handle = seed.bruno.user_id.bytes
    assertion = device.get(wanted)
    if change == "signature":
        assertion["response"]["signature"] = assertion["response"]["signature"][:-4] + "AAAA"
    refused = await sign_in_with(client, challenge, assertion)
    assert (refused.status_code, refused.json()["code"]) == (401, "passkey_refused")
    (entry,) = await audited(database, seed.account_id, "sign_in.refused")
    assert entry.after == {"reason": "passkey_wrong"}


@pytest.mark.parametrize("assertion", [{}, {"rawId": "AAAA"}, {"rawId": 7}, {"rawId": "é"}, {"rawId": None}])
async def test_a_passkey_that_nobody_has_is_refused_and_on_record(
    stranger: httpx.AsyncClient, database: Database, assertion: dict[str, Any]
) -> None:
    challenge, _ = await options(stranger)
    before = len(await audited(database, INSTALLATION, "sign_in.refused"))
    refused = await sign_in_with(stranger, challenge, assertion)
    assert (refused.status_code, refused.json()["code"]) == (401, "passkey_refused")
    assert len(await audited(database, INSTALLATION, "sign_in.refused")) == before + 1


@pytest.mark.parametrize("what", ["rubbish", "unverified", "another challenge", "again"])
async def test_a_registration_that_does_not_hold_adds_nothing(
    person: SignedInClient, device: SoftAuthenticator, what: str
) -> None:
    wanted = (await person.post("/api/v1/me/passkeys/options")).json()["publicKey"]
    device.verifies_user = what != "unverified"
    attestation = device.create(wanted if what != "another challenge" else {**wanted, "challenge": "AAAA"})
    if what == "rubbish":
        attestation["response"]["attestationObject"] = "AAAA"
    if what == "again":
        body = {"name": "x", "attestation": attestation}
        assert (await person.post("/api/v1/me/passkeys", json=body)).status_code == 201
    refused = await person.post("/api/v1/me/passkeys", json={"name": "x", "attestation": attestation})
    assert refused.status_code == 401
    expected = "challenge_over" if what in ("another challenge", "again") else "passkey_refused"
    assert refused.json()["code"] == expected
    assert len((await person.get("/api/v1/me/passkeys")).json()) == (1 if what == "again" else 0)


async def test_a_challenge_of_somebody_else_registers_nothing(
    client: httpx.AsyncClient,
    person: SignedInClient,
    device: SoftAuthenticator,
    seed: SeededAccount,
    signed_in: Any,
) -> None:
    wanted = (await person.post("/api/v1/me/passkeys/options")).json()["publicKey"]
    bruno = await signed_in(seed.bruno)
    refused = await bruno.post(
        "/api/v1/me/passkeys", json={"name": "x", "attestation": device.create(wanted)}
    )
    assert refused.json()["code"] == "challenge_over"


async def test_a_removed_passkey_opens_nothing(
    client: httpx.AsyncClient, person: SignedInClient, device: SoftAuthenticator, email: str
) -> None:
    passkey_id = (await register(person, device)).json()["passkey"]["id"]
    assert (await person.ask("DELETE", f"/api/v1/me/passkeys/{passkey_id}")).status_code == 204
    assert (await person.ask("DELETE", f"/api/v1/me/passkeys/{passkey_id}")).status_code == 404
    challenge, wanted = await options(client)
    assert (await sign_in_with(client, challenge, device.get(wanted))).status_code == 401
    assert (await sign_in(client, email))["outcome"] == "signed_in"


async def test_with_an_app_and_a_passkey_either_will_do_and_codes_are_given_once(
    client: httpx.AsyncClient,
    person: SignedInClient,
    device: SoftAuthenticator,
    database: Database,
    email: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = MovableClock(database, monkeypatch)
    secret, _ = await enrol(person, clock)
    assert (await register(person, device)).json()["recovery_codes"] == []
    outcome = await sign_in(client, email)
    assert outcome["methods"] == ["totp", "passkey", "recovery_code"]
    assert (await prove(client, outcome["challenge"], clock.code(secret))).status_code == 200


def test_the_domain_of_an_address_is_what_browsers_take_for_one() -> None:
    party = relying_party("https://inbox.example.com")
    assert (party.id, party.origins) == ("inbox.example.com", ["https://inbox.example.com"])
    local = relying_party("http://127.0.0.1:8500")
    assert (local.id, local.origins[0]) == ("localhost", "http://localhost:8500")
