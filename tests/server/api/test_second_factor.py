"""Second factors: setting up, proving, losing, and being made to have one."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from inbox.identity.second_factor import sealing_context
from inbox.kernel.database import Database
from inbox.kernel.encryption import Vault
from tests.conftest import SeededAccount
from tests.server.api.ceremonies import REFRESH, MovableClock, enrol, prove, sign_in, signed_in_as
from tests.server.api.conftest import PASSWORD, ApiParts, SignedInClient, audited, give_password


@pytest.fixture
def clock(database: Database, monkeypatch: pytest.MonkeyPatch) -> MovableClock:
    return MovableClock(database, monkeypatch)


@pytest.fixture
async def person(client: httpx.AsyncClient, email: str) -> SignedInClient:
    return await signed_in_as(client, email)


async def demand_second_factor(database: Database, seed: SeededAccount, *roles: str) -> None:
    quoted = ", ".join(f'"{role}"' for role in roles)
    async with database.system() as work:
        await work.session.execute(
            text("UPDATE accounts SET security = CAST(:security AS jsonb) WHERE account_id = :id"),
            {"security": f'{{"second_factor_roles": [{quoted}]}}', "id": seed.account_id},
        )


async def test_with_an_authenticator_app_the_password_alone_opens_nothing(
    client: httpx.AsyncClient,
    person: SignedInClient,
    database: Database,
    seed: SeededAccount,
    email: str,
    clock: MovableClock,
) -> None:
    secret, codes = await enrol(person, clock)
    assert len(set(codes)) == 10
    outcome = await sign_in(client, email)
    assert (outcome["outcome"], outcome["methods"]) == ("second_factor", ["totp", "recovery_code"])
    assert "access_token" not in outcome
    answer = await prove(client, outcome["challenge"], clock.code(secret))
    assert answer.status_code == 200
    assert answer.json()["session"]["second_factor"] is True
    opened = await audited(database, seed.account_id, "session.opened")
    assert [entry.after for entry in opened] == [{"method": "password"}, {"method": "password+totp"}]
    assert len(await audited(database, seed.account_id, "second_factor.added")) == 1


async def test_the_seed_is_sealed_and_the_picture_says_what_the_text_says(
    person: SignedInClient, database: Database, vault: Vault, seed: SeededAccount, email: str
) -> None:
    setup = (await person.post("/api/v1/me/second-factor/totp")).json()
    assert setup["otpauth_uri"].startswith("otpauth://totp/Prosa:")
    assert f"secret={setup['secret']}" in setup["otpauth_uri"]
    assert "issuer=Prosa" in setup["otpauth_uri"]
    assert setup["qr_svg"].startswith("<svg")
    async with database.system() as work:
        found = await work.session.execute(
            text("SELECT secret_sealed FROM totp_factors WHERE user_id = :id"), {"id": seed.ana.user_id}
        )
        sealed = found.scalar_one()
    assert setup["secret"].encode() not in sealed
    assert vault.decrypt(sealed, sealing_context(seed.ana.user_id)).decode() == setup["secret"]


async def test_a_code_that_was_taken_is_refused_the_second_time_and_on_record(
    client: httpx.AsyncClient,
    person: SignedInClient,
    database: Database,
    seed: SeededAccount,
    email: str,
    clock: MovableClock,
) -> None:
    secret, _ = await enrol(person, clock)
    code = clock.code(secret)
    first, second = await sign_in(client, email), await sign_in(client, email)
    assert (await prove(client, first["challenge"], code)).status_code == 200
    replayed = await prove(client, second["challenge"], code)
    assert (replayed.status_code, replayed.json()["code"]) == (401, "wrong_code")
    (entry,) = await audited(database, seed.account_id, "second_factor.refused")
    assert entry.after == {"method": "totp", "reason": "replayed"}
    assert entry.target_id == str(seed.ana.user_id)


async def test_the_code_that_set_it_up_opens_nothing(
    client: httpx.AsyncClient, person: SignedInClient, email: str, clock: MovableClock
) -> None:
    setup = (await person.post("/api/v1/me/second-factor/totp")).json()
    code = clock.code(setup["secret"])
    await person.post("/api/v1/me/second-factor/totp/confirm", json={"code": code})
    outcome = await sign_in(client, email)
    assert (await prove(client, outcome["challenge"], code)).json()["code"] == "wrong_code"


async def test_of_two_that_use_one_code_at_once_one_wins(
    client: httpx.AsyncClient, person: SignedInClient, email: str, clock: MovableClock
) -> None:
    secret, _ = await enrol(person, clock)
    code = clock.code(secret)
    challenges = [(await sign_in(client, email))["challenge"] for _ in range(4)]
    answers = await asyncio.gather(*(prove(client, challenge, code) for challenge in challenges))
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]


async def test_a_challenge_bears_five_wrong_codes_and_then_not_even_the_right_one(
    client: httpx.AsyncClient,
    person: SignedInClient,
    database: Database,
    seed: SeededAccount,
    email: str,
    clock: MovableClock,
) -> None:
    secret, _ = await enrol(person, clock)
    challenge = (await sign_in(client, email))["challenge"]
    wrong = [await prove(client, challenge, f"00000{n}") for n in range(5)]
    assert {answer.status_code for answer in wrong} == {401}
    assert [answer.json()["attempts_left"] for answer in wrong] == [4, 3, 2, 1, 0]
    assert (await prove(client, challenge, clock.code(secret))).json()["code"] == "challenge_over"
    assert len(await audited(database, seed.account_id, "second_factor.refused")) == 5
    # A new challenge does not give new guesses: the person's attempts are throttled together.
    again = (await sign_in(client, email))["challenge"]
    assert (await prove(client, again, "000009")).json()["code"] == "too_many_attempts"


async def test_guesses_at_once_are_judged_no_more_often_than_in_a_row(
    client: httpx.AsyncClient,
    person: SignedInClient,
    database: Database,
    seed: SeededAccount,
    email: str,
    clock: MovableClock,
) -> None:
    await enrol(person, clock)
    challenge = (await sign_in(client, email))["challenge"]
    answers = await asyncio.gather(*(prove(client, challenge, f"1000{n:02}") for n in range(15)))
    assert sum(answer.json()["code"] == "wrong_code" for answer in answers) == 5
    assert len(await audited(database, seed.account_id, "second_factor.refused")) == 5


async def test_a_challenge_is_over_after_five_minutes_and_after_its_use(
    client: httpx.AsyncClient, person: SignedInClient, email: str, clock: MovableClock
) -> None:
    secret, _ = await enrol(person, clock)
    late, used = (await sign_in(client, email))["challenge"], (await sign_in(client, email))["challenge"]
    assert (await prove(client, used, clock.code(secret))).status_code == 200
    clock.advance()
    assert (await prove(client, used, clock.code(secret))).json()["code"] == "challenge_over"
    clock.advance(timedelta(minutes=5))
    assert (await prove(client, late, clock.code(secret))).json()["code"] == "challenge_over"


async def test_a_recovery_code_works_once_however_it_is_typed(
    client: httpx.AsyncClient, person: SignedInClient, email: str, clock: MovableClock
) -> None:
    _, codes = await enrol(person, clock)
    typed = codes[0].upper().replace("-", " ")
    first = (await sign_in(client, email))["challenge"]
    assert (await prove(client, first, typed, "recovery_code")).status_code == 200
    second = (await sign_in(client, email))["challenge"]
    assert (await prove(client, second, codes[0], "recovery_code")).json()["code"] == "wrong_code"
    status = (await person.get("/api/v1/me/second-factor")).json()
    assert status["recovery_codes_left"] == 9
    renewed = (await person.post("/api/v1/me/second-factor/recovery-codes")).json()["recovery_codes"]
    assert (await prove(client, second, codes[1], "recovery_code")).json()["code"] == "wrong_code"
    assert (await prove(client, second, renewed[0], "recovery_code")).status_code == 200


async def test_removing_the_app_takes_the_password_and_the_recovery_codes_go_with_it(
    client: httpx.AsyncClient, person: SignedInClient, email: str, clock: MovableClock
) -> None:
    await enrol(person, clock)
    path = "/api/v1/me/second-factor/totp"
    refused = await person.ask("DELETE", path, json={"password": "errada-errada"})
    assert (refused.status_code, refused.json()["code"]) == (403, "wrong_password")
    assert (await person.ask("DELETE", path, json={"password": PASSWORD})).status_code == 204
    assert (await person.get("/api/v1/me/second-factor")).json() == {
        "totp_since": None, "passkeys": 0, "recovery_codes_left": 0, "is_mandatory": False,
    }  # fmt: skip
    assert (await sign_in(client, email))["outcome"] == "signed_in"


async def test_a_role_that_must_have_one_sets_it_up_on_the_way_in(
    client: httpx.AsyncClient, database: Database, seed: SeededAccount, email: str, clock: MovableClock
) -> None:
    await demand_second_factor(database, seed, "operator")
    outcome = await sign_in(client, email)
    assert outcome["outcome"] == "enrolment_required"
    challenge = outcome["challenge"]
    assert (await prove(client, challenge, "000000")).json()["code"] == "challenge_over"
    setup = (await client.post("/api/v1/auth/enrolment/totp", json={"challenge": challenge})).json()
    wrong = await client.post(
        "/api/v1/auth/enrolment/totp/confirm", json={"challenge": challenge, "code": "000000"}
    )
    assert wrong.json()["attempts_left"] == 4
    body = {"challenge": challenge, "code": clock.code(setup["secret"])}
    answers = await asyncio.gather(
        *(client.post("/api/v1/auth/enrolment/totp/confirm", json=body) for _ in range(3))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401]
    (enrolled,) = [answer.json() for answer in answers if answer.status_code == 200]
    assert len(enrolled["recovery_codes"]) == 10
    person = SignedInClient(client, enrolled["access_token"])
    removed = await person.ask("DELETE", "/api/v1/me/second-factor/totp", json={"password": PASSWORD})
    assert removed.json()["code"] == "second_factor_mandatory"
    assert (await person.get("/api/v1/me/second-factor")).json()["is_mandatory"] is True


async def test_a_policy_that_begins_asks_open_sessions_at_their_next_refresh(
    client: httpx.AsyncClient,
    person: SignedInClient,
    database: Database,
    seed: SeededAccount,
    email: str,
    clock: MovableClock,
) -> None:
    await demand_second_factor(database, seed, "operator")
    assert (await person.get("/api/v1/me")).status_code == 200
    refused = await client.post("/api/v1/auth/refresh", headers=REFRESH)
    problem: dict[str, Any] = refused.json()
    assert (refused.status_code, problem["code"]) == (401, "second_factor_required")
    assert problem["outcome"] == "enrolment_required"
    challenge = problem["challenge"]
    setup = (await client.post("/api/v1/auth/enrolment/totp", json={"challenge": challenge})).json()
    answer = await client.post(
        "/api/v1/auth/enrolment/totp/confirm",
        json={"challenge": challenge, "code": clock.code(setup["secret"])},
    )
    assert answer.status_code == 200
    # The same session went on, and its cookie with it.
    assert len((await person.get("/api/v1/me/sessions")).json()) == 1
    assert (await client.post("/api/v1/auth/refresh", headers=REFRESH)).status_code == 200


async def test_a_session_opened_before_the_app_is_asked_for_the_code_when_the_policy_begins(
    client: httpx.AsyncClient,
    stranger: httpx.AsyncClient,
    database: Database,
    seed: SeededAccount,
    email: str,
    clock: MovableClock,
) -> None:
    await sign_in(stranger, email)
    secret, _ = await enrol(await signed_in_as(client, email), clock)
    await demand_second_factor(database, seed, "operator")
    # Whoever set it up has proven it; the other browser has not.
    assert (await client.post("/api/v1/auth/refresh", headers=REFRESH)).status_code == 200
    problem = (await stranger.post("/api/v1/auth/refresh", headers=REFRESH)).json()
    assert (problem["outcome"], problem["methods"]) == ("second_factor", ["totp", "recovery_code"])
    assert (await prove(stranger, problem["challenge"], clock.code(secret))).status_code == 200
    assert (await stranger.post("/api/v1/auth/refresh", headers=REFRESH)).status_code == 200


async def test_super_admins_must_have_a_second_factor_unless_the_installation_is_a_demo(
    client: httpx.AsyncClient, parts: ApiParts, database: Database, seed: SeededAccount, password_hash: str
) -> None:
    email = await give_password(database, seed.admin, password_hash)
    async with database.system() as work:
        await work.session.execute(
            text("UPDATE users SET is_super_admin = true WHERE id = :id"), {"id": seed.admin.user_id}
        )
    assert parts.settings.super_admin_second_factor is True
    assert (await sign_in(client, email))["outcome"] == "enrolment_required"
