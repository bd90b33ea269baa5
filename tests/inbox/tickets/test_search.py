"""Search by names that many bear: the newest tickets are looked at first, and pages still neither repeat nor skip."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from inbox.kernel.database import Database
from inbox.tickets import listing, lists
from inbox.tickets.listing import TicketList
from server.settings import Settings
from tests.conftest import SeededAccount, seed_account
from tests.inbox.rows import add_talk


async def every_page(
    database: Database, seed: SeededAccount, view: TicketList, q: str, limit: int
) -> list[UUID]:
    found: list[UUID] = []
    cursor = None
    while True:
        page = await lists.list_tickets(database, seed.supervisor, view=view, q=q, cursor=cursor, limit=limit)
        found += [ticket.id for ticket in page.items]
        if page.next_cursor is None:
            return found
        cursor = page.next_cursor


@pytest.mark.parametrize("looked_at", [3, 2_500])
async def test_pages_of_a_frequent_name_neither_repeat_nor_skip(
    database: Database, seed: SeededAccount, monkeypatch: pytest.MonkeyPatch, looked_at: int
) -> None:
    """With three tickets looked at in each list nearly everything is below an edge, and the index answers."""
    monkeypatch.setattr(listing, "_LOOKED_AT", looked_at)
    monkeypatch.setattr(listing, "_LEAST_OF_A_LIST", 3)
    now = datetime.now(UTC)
    expected: list[UUID] = []
    for n in range(24):
        at = now - timedelta(minutes=n)
        department = "suporte" if n % 3 else "vendas"
        closed_at = at + timedelta(minutes=30) if n % 4 == 3 else None
        talk = await add_talk(
            database, seed, name="Maria Souza" if n % 2 else "Rui Lopes", department=department, at=at,
            state="closed" if closed_at else ("queued", "active", "bot")[n % 3], closed_at=closed_at,
            assignee_id=seed.supervisor.user_id if n % 3 == 1 else None,
        )  # fmt: skip
        if n % 2:
            expected.append(talk.ticket_id)
    assert await every_page(database, seed, "all", "maria", 4) == expected
    assert await every_page(database, seed, "all", "ma", 50) == expected or looked_at == 3


async def test_two_letters_find(database: Database, seed: SeededAccount) -> None:
    talk = await add_talk(database, seed, name="Zé")
    await add_talk(database, seed, name="Ana")
    assert await every_page(database, seed, "queue", "ze", 50) == [talk.ticket_id]


async def test_counts_stop_where_badges_do(
    database: Database, seed: SeededAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "COUNTS_STOP_AT", 2)
    for _ in range(3):
        await add_talk(database, seed)
    counts = await lists.count_tickets(database, seed.ana)
    assert counts.model_dump() == {"mine": 0, "mine_unread": 0, "queue": 2, "bot": 0, "all": 2}


@pytest.mark.parametrize(
    ("q", "finds"),
    [
        ("sant'anna maria", ["Maria José Sant'Anna"]),  # in any order
        ("MARIA JOSE S", ["Maria José Sant'Anna"]),  # the last as far as it is typed
        ("jo sant", ["Maria José Sant'Anna"]),  # "jo" is nobody's word: anywhere
        ("maria an", ["Maria José Sant'Anna"]),  # the others whole
        ("mari", ["Maria José Sant'Anna", "Mariana \\ Dias"]),
        ("arian", ["Mariana \\ Dias"]),  # nobody's word begins so: anywhere
        ("jose 11988", ["Maria José Sant'Anna"]),  # and with the number
        ("\\ dias", ["Mariana \\ Dias"]),
        ("(zoe)", ["🌻 Zoë 🌻"]),
        ("иван", ["Иван"]),
        ("' & ! :*", []),
        ("_____", []),
        ("maria " * 40, ["Maria José Sant'Anna"]),
        ("x" * 200, ["x" * 3_000]),
        ("x" * 70 + "y", ["x" * 3_000]),  # words are told apart by their first 64 letters
    ],
)
async def test_names_are_found_by_their_words(
    database: Database, seed: SeededAccount, q: str, finds: list[str]
) -> None:
    names = ["Maria José Sant'Anna", "Mariana \\ Dias", "🌻 Zoë 🌻", "Иван", "x" * 3_000]
    for n, name in enumerate(names):
        await add_talk(database, seed, name=name, wa_id=f"551198800000{n}")
    page = await lists.list_tickets(database, seed.supervisor, view="all", q=q)
    assert sorted(ticket.contact.name for ticket in page.items) == sorted(finds)


async def test_whoever_bears_the_name_elsewhere_is_nobody_here(
    database: Database, settings: Settings, seed: SeededAccount
) -> None:
    other = seed_account(settings)
    await add_talk(database, other, name="Filomena Prado")
    assert await every_page(database, seed, "all", "filomena", 50) == []
    assert len(await every_page(database, other, "all", "filomena", 50)) == 1


async def test_masked_numbers_cannot_be_felt_for_beside_a_name(
    database: Database, seed: SeededAccount
) -> None:
    await add_talk(database, seed, name="5511987654321", wa_id="5511987654321")
    await add_talk(database, seed, name="Rui Prado", wa_id="5511987654322")
    ana = replace(seed.ana, masks_phones=True)
    for q in ("rui 119", "prado 5511987654322", "11987654321a", "rui 9876"):
        assert (await lists.list_tickets(database, ana, view="all", q=q)).items == [], q
    assert len((await lists.list_tickets(database, ana, view="all", q="prado rui")).items) == 1
