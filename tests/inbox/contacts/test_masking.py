"""Telephone numbers for those who may not see them whole: in every view, and not to be felt for in the search."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from inbox.contacts.events import ContactView
from inbox.contacts.masking import mask_contact_data, mask_message_data, mask_phone, mask_text
from inbox.contacts.service import rename_contact
from inbox.conversations.service import get_conversation, list_messages
from inbox.kernel.actor import Actor
from inbox.kernel.database import Database
from inbox.kernel.ids import new_id
from inbox.tickets.lists import list_tickets
from inbox.tickets.service import accept_ticket, get_ticket
from realtime.masking import mask_event
from tests.conftest import SeededAccount
from tests.inbox.rows import Talk, add_talk, inbound

WHOLE = "5511987654321"


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("+55 11 99999-0001", "+55 11 9••••-••01"),
        ("5511999990001", "55119••••••01"),
        ("+55 11 3000-0001", "+55 11 ••••-••01"),
        ("+1 415-555-2671", "+1 41•-•••-••71"),
        ("30000001", "••••••01"),
        ("12", "12"),
    ],
)
def test_six_digits_are_hidden(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


def test_numbers_within_words_are_masked_and_other_figures_are_not() -> None:
    assert mask_text("Maria (11) 98765-4321 vip") == "Maria (11) 9••••-••21 vip"
    assert mask_text("pedido 12345 de 2026") == "pedido 12345 de 2026"
    assert "8765" not in mask_text("agora é +55 11 98765-4321")


def test_cards_and_notices_are_masked_and_words_are_left() -> None:
    card = {"contacts": [{"name": "Maria", "phones": [{"phone": "+55 11 98765-4321", "wa_id": WHOLE}]}]}
    message = {"kind": "contacts", "content": card, "context": None}
    assert "87654" not in str(mask_message_data(message))
    assert "8765-4321" not in str(mask_message_data(message))
    notice = {
        "kind": "system",
        "content": {"type": "user_changed_number", "body": f"now {WHOLE}", "wa_id": WHOLE},
    }
    assert WHOLE not in str(mask_message_data({**notice, "context": None}))
    quoting = {
        "kind": "text",
        "content": {"body": WHOLE},
        "context": {"quoted": {"kind": "system", "preview": f"now {WHOLE}"}, "forwarded": False},
    }
    masked = mask_message_data(quoting)
    assert WHOLE not in str(masked["context"])
    assert masked["content"] == {"body": WHOLE}


def masked(actor: Actor) -> Actor:
    return replace(actor, masks_phones=True)


async def nameless(database: Database, seed: SeededAccount, **values: Any) -> Talk:
    """A customer who has told no name: lists show the number."""
    return await add_talk(database, seed, name="", **values)


def test_a_masked_contact_says_so_where_there_is_something_to_reveal() -> None:
    shown = ContactView(
        id=new_id(), name="Maria", profile_name="", username=None, phone="+55 11 98765-4321", wa_id=WHOLE
    )
    assert not shown.phone_masked
    masked = ContactView.model_validate(mask_contact_data(shown.model_dump()))
    assert masked.phone_masked
    event = mask_event("contact_updated", {"contact": shown.model_dump(mode="json")})
    assert event["contact"]["phone_masked"] is True
    nameless = shown.model_copy(update={"phone": None, "wa_id": None})
    assert not ContactView.model_validate(mask_contact_data(nameless.model_dump())).phone_masked


async def test_every_view_is_masked(database: Database, seed: SeededAccount) -> None:
    talk = await nameless(database, seed, wa_id="5511987650001")
    async with database.system() as work:
        notice = inbound(seed, talk.conversation_id, talk.ticket_id, "", datetime.now(UTC))
        notice.kind, notice.content = "system", {"type": "x", "body": "now +55 11 98765-0001"}
        work.session.add(notice)
    ana = masked(seed.ana)
    views: list[Any] = [
        await get_ticket(database, ana, talk.ticket_id),
        await list_tickets(database, ana, view="queue"),
        await get_conversation(database, ana, talk.conversation_id),
        await list_messages(database, ana, talk.conversation_id),
        await accept_ticket(database, ana, talk.ticket_id),
        await rename_contact(database, ana, talk.contact_id, name=""),
    ]
    for view in views:
        shown = view.model_dump_json()
        assert "98765" not in shown, shown
        assert "987650001" not in shown
        assert "9••••-••01" in shown
    assert (await get_ticket(database, seed.ana, talk.ticket_id)).contact.wa_id == "5511987650001"


async def found(database: Database, actor: Actor, q: str) -> bool:
    return bool((await list_tickets(database, actor, view="all", q=q)).items)


@pytest.mark.parametrize("q", [WHOLE, "+55 (11) 98765-4321", "11 98765-4321", "551187654321"])
async def test_a_whole_number_finds(database: Database, seed: SeededAccount, q: str) -> None:
    await add_talk(database, seed, wa_id=WHOLE)
    assert await found(database, masked(seed.ana), q)


@pytest.mark.parametrize(
    "q",
    [
        "4321",
        "98765",
        "55119876543",
        "5511987",
        "21",
        "9",
        "+55",
        "Souza 55",
        "souza 5511987654321",
        "%",
        "_",
    ],
)
async def test_parts_of_a_number_find_nothing(database: Database, seed: SeededAccount, q: str) -> None:
    await add_talk(database, seed, wa_id=WHOLE, name="Maria Souza")
    assert not await found(database, masked(seed.ana), q)


async def test_names_are_found_as_ever(database: Database, seed: SeededAccount) -> None:
    talk = await add_talk(database, seed, wa_id=WHOLE, name="João Souza")
    assert await found(database, masked(seed.ana), "joao sou")
    await rename_contact(database, seed.ana, talk.contact_id, name="5511987654321")
    assert not await found(database, masked(seed.ana), "98765")
    ticket = await get_ticket(database, seed.ana, talk.ticket_id)
    assert await found(database, masked(seed.ana), ticket.protocol)
