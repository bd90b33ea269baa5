"""Every REST operation of the OpenAPI document, tried with another company's ids: nothing is learnt, nothing changes.

A new route is covered as soon as it is mounted. What must hold for each: the answer to an id of theirs is the answer to
an id that never was; no answer holds anything of theirs; none of their rows has changed.
"""

from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest

from inbox.kernel.actor import Actor, ActorKind, Role
from inbox.kernel.ids import new_id
from tests.conftest import SeededAccount
from tests.isolation.conftest import OTHER_DEPARTMENT, THEIRS, Someone, id_in, sign_in
from tests.isolation.requests import PNG, Operation, Request, RequestBuilder, operations
from tests.isolation.rows import Table, World, fingerprint
from tests.trips.live_app import Prosa

# Valid values that a schema cannot tell: by operation and field, or by field.
VALUES: dict[str, Any] = {
    "client_message_id": str(new_id()),
    "phone_number_id": "1060000999",
    "waba_id": "4190000999",
    "locale": "pt-BR",
    "time_zone": "America/Sao_Paulo",
    "color": "#336699",
    "brand_color": "#336699",
    "email": "alguem@example.com",
    "purpose": "marketing",
    "search_erasures.identity": "5511999990001",
    "role": "custom",
    "change_member.role": "custom",
}
# Whoever calls these is nobody yet, or ends the session that the test runs on.
NOT_TRIED = {"sign_out"}
# With or without somebody who is signed in.
PUBLIC = {"accept_invitation"}
# About oneself.
OWN = "/v1/me"
# What a client may beside that: see how much their company uses, what it and its departments are called (reports name
# them), and sign in to another company of theirs.
CLIENT_MAY = {"get_usage", "get_account", "list_departments", "switch_account"}
# What is no id at all: a secret in a link, a name.
SECRETS = {"token"}


async def _ask(someone: Someone, request: Request) -> httpx.Response:
    return await someone.rest.request(
        request.method, f"/api{request.path}", params=request.query, json=request.json, files=request.files
    )


def _told(answer: httpx.Response, *names: UUID | None) -> tuple[int, str]:
    """Status and text without the ids that were asked for."""
    text = answer.text
    for name in names:
        text = text.replace(str(name), "…")
    return answer.status_code, text


def _with_ids(document: dict[str, Any], world: World) -> list[Operation]:
    """Operations that take an id of a row, in the path, the query or the body."""
    return [op for op in operations(document) if op.name not in NOT_TRIED]


async def _learns_nothing(someone: Someone, document: dict[str, Any], world: World, marker: str) -> list[str]:
    """What is wrong, by operation."""
    wrong = []
    for operation in _with_ids(document, world):
        asked: list[UUID | None] = []
        randoms: list[UUID | None] = []

        def of_world(name: str, asked: list[UUID | None] = asked) -> UUID | None:
            found = None if name in SECRETS else id_in(world, name)
            asked.append(found)
            return found

        def never_was(name: str, randoms: list[UUID | None] = randoms) -> UUID | None:
            found = None if name in SECRETS or id_in(world, name) is None else new_id()
            randoms.append(found)
            return found

        builder = RequestBuilder(document, VALUES)
        theirs = await _ask(someone, builder.build(operation, of_world))
        if marker in theirs.text:
            wrong.append(f"{operation}: tells {theirs.text[:300]}")
        has_path_id = any(name not in SECRETS for name in operation.path_parameters)
        if theirs.status_code >= 500:
            wrong.append(f"{operation}: {theirs.status_code} {theirs.text[:300]}")
        if any(asked):
            nobodys = await _ask(someone, builder.build(operation, never_was))
            if _told(theirs, *asked) != _told(nobodys, *randoms):
                wrong.append(f"{operation}: {_told(theirs, *asked)} differs from {_told(nobodys, *randoms)}")
        if has_path_id and theirs.status_code not in (404, 403):
            wrong.append(f"{operation}: {theirs.status_code} {theirs.text[:300]}")
        is_all = someone.actor.kind is ActorKind.USER and someone.actor.sees_all_departments
        if has_path_id and is_all and theirs.status_code != 404:
            wrong.append(f"{operation}: an admin gets {theirs.status_code}: {theirs.text[:300]}")
    return wrong


@pytest.mark.parametrize("who", ["admin", "ana", "key", "client"])
async def test_another_companys_ids_tell_nothing(
    who: str,
    people: dict[str, Someone],
    document: dict[str, Any],
    owner: psycopg.Connection[Any],
    catalogue: dict[str, Table],
    theirs: World,
) -> None:
    account_id = theirs["accounts"]["account_id"]
    before = fingerprint(owner, catalogue, account_id)
    wrong = await _learns_nothing(people[who], document, theirs, THEIRS)
    after = fingerprint(owner, catalogue, account_id)
    wrong += [f"{name} has changed" for name in before if before[name] != after[name]]
    assert not wrong, "\n".join(wrong)


async def test_another_departments_ids_tell_an_operator_nothing(
    people: dict[str, Someone], document: dict[str, Any], ours: SeededAccount, other_department: World
) -> None:
    """Departments, members and numbers are known to the whole account: transfers need them."""
    wrong = []
    for operation in operations(document):
        names = set(operation.path_parameters) & {
            "ticket_id",
            "conversation_id",
            "message_id",
            "media_id",
            "contact_id",
        }
        if not names or operation.name in NOT_TRIED:
            continue
        request = RequestBuilder(document, VALUES).build(
            operation, lambda name: id_in(other_department, name)
        )
        answer = await _ask(people["ana"], request)
        if OTHER_DEPARTMENT in answer.text or answer.status_code not in (404, 403):
            wrong.append(f"{operation}: {answer.status_code} {answer.text[:300]}")
    for path in (
        "/tickets?view=all",
        "/tickets?view=queue",
        f"/tickets?view=all&q={OTHER_DEPARTMENT}",
        "/tickets/counts",
    ):
        answer = await people["ana"].rest.get(f"/api/v1{path}")
        if OTHER_DEPARTMENT in answer.text:
            wrong.append(f"GET {path}: {answer.text[:300]}")
    assert not wrong, "\n".join(wrong)


async def test_files_of_others_are_not_found(
    prosa: Prosa, people: dict[str, Someone], theirs: World, other_department: World
) -> None:
    for world, who in ((theirs, "admin"), (theirs, "ana"), (other_department, "ana")):
        someone = people[who]
        answer = await someone.rest.get(
            f"/media/{world['media']['id']}", headers=_media_cookie(prosa, someone)
        )
        assert answer.status_code == 404, (who, answer.text)


def _media_cookie(prosa: Prosa, someone: Someone) -> dict[str, str]:
    claims = prosa.context.tokens.actor_from(someone.token)
    cookie = prosa.context.tokens.issue_media(
        user_id=claims.user_id, account_id=claims.account_id, session_id=claims.session_id
    )
    return {"Cookie": f"prosa_media={cookie.token}"}


async def test_the_ids_are_real(
    prosa: Prosa, document: dict[str, Any], theirs: World, owner: psycopg.Connection[Any]
) -> None:
    """The control: reading as their own admin finds the rows, so that the 404s above mean something."""
    insider = await sign_in(prosa, _their_admin(theirs))
    try:
        missing = []
        for operation in operations(document):
            if (
                operation.method == "GET"
                and operation.path_parameters
                and not SECRETS & {*operation.path_parameters}
            ):
                request = RequestBuilder(document, VALUES).build(operation, lambda name: id_in(theirs, name))
                answer = await _ask(insider, request)
                if answer.status_code == 404 and "/installation/" not in operation.path:
                    missing.append(f"{operation}: {answer.text[:200]}")
        assert not missing, "\n".join(missing)
    finally:
        await insider.rest.aclose()


def _their_admin(theirs: World) -> Actor:
    account_id, user_id = theirs["accounts"]["account_id"], theirs["users"]["id"]
    return Actor(UUID(int=account_id.int), UUID(int=user_id.int), Role.ADMIN)


async def test_a_client_sees_usage_and_themselves_and_nothing_else(
    people: dict[str, Someone],
    document: dict[str, Any],
    other_department: World,
    owner: psycopg.Connection[Any],
) -> None:
    """With ids of rows that their own company has."""
    wrong = []
    for operation in operations(document):
        if operation.name in NOT_TRIED | PUBLIC or operation.is_public or operation.path.startswith(OWN):
            continue
        request = RequestBuilder(document, VALUES).build(
            operation, lambda name: None if name in SECRETS else id_in(other_department, name)
        )
        answer = await _ask(people["client"], request)
        if answer.status_code not in (403, 404) and operation.name not in CLIENT_MAY:
            wrong.append(f"{operation}: {answer.status_code} {answer.text[:200]}")
        if operation.name in CLIENT_MAY and answer.status_code != 200:
            wrong.append(f"{operation}: {answer.status_code} {answer.text[:200]}")
        if OTHER_DEPARTMENT in answer.text:
            wrong.append(f"{operation}: tells {answer.text[:200]}")
    assert not wrong, "\n".join(wrong)


async def test_a_logo_is_for_its_own_people(prosa: Prosa, people: dict[str, Someone], theirs: World) -> None:
    insider = await sign_in(prosa, _their_admin(theirs))
    try:
        put = await insider.rest.put("/api/v1/account/logo", files={"file": ("logo.png", PNG, "image/png")})
        assert put.status_code == 200, put.text
        url = put.json()["logo_url"]
        own = await insider.rest.get(url, headers=_media_cookie(prosa, insider))
        assert (own.status_code, own.headers["content-type"]) == (200, "image/png")
        for who in ("admin", "ana", "client"):
            answer = await people[who].rest.get(url, headers=_media_cookie(prosa, people[who]))
            assert answer.status_code == 404, (who, answer.text)
    finally:
        await insider.rest.aclose()
