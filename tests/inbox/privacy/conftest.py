"""A customer with traces everywhere: made by the real ways in, so that a new kind of trace shows here by itself."""

import itertools
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from inbox.contacts.service import rename_contact
from inbox.conversations.service import mark_read, queue_message
from inbox.kernel.database import Database
from inbox.kernel.encryption import Vault
from inbox.kernel.ids import new_id
from inbox.media.storage import MediaStore
from inbox.privacy.eraser import Eraser
from inbox.privacy.service import NewConsent, record_consent
from inbox.tickets.service import accept_ticket, transfer_ticket
from inbox.whatsapp.outgoing import parse_outgoing
from server.settings import Settings
from tests.conftest import SeededAccount
from tests.inbox.ingest.conftest import hook, ingest, owner_pool  # noqa: F401 - fixtures
from tests.inbox.ingest.webhooks import (
    Hook,
    change,
    document,
    escaped,
    message,
    profile,
    status,
    text,
)

_customers = itertools.count(1)


@dataclass(frozen=True)
class Customer:
    """Somebody whom no other test knows: the search looks into all accounts."""

    n: int

    @property
    def phone(self) -> str:
        return f"55119876{self.n:05}"

    @property
    def spelling(self) -> str:
        """As WhatsApp still writes it: without the ninth digit."""
        return self.phone[:4] + self.phone[5:]

    @property
    def bsuid(self) -> str:
        return f"BR.3141592653589793{self.n:05}"

    @property
    def first_name(self) -> str:
        return f"Zuleica{self.n:05}"

    @property
    def name(self) -> str:
        return f"{self.first_name} Marfim{self.n:05}"

    @property
    def username(self) -> str:
        return f"zuleica.{self.n:05}"

    def secret(self, word: str) -> str:
        return f"{word}{self.n:05}"

    @property
    def profile(self) -> dict[str, Any]:
        known = profile(self.name, self.spelling, self.bsuid)
        return {**known, "profile": {"name": self.name, "username": self.username}}


SECRETS = ("girassol", "caramujo", "berimbau", "alcachofra", "pirilampo", "samambaia")


def unique_wamid() -> str:
    return f"wamid.{new_id().hex}"


BYTES = b"the bytes of a picture that nobody else has"


@pytest.fixture(scope="module")
def store(settings: Settings) -> MediaStore:
    return MediaStore(settings.resolved_media_url)


@pytest.fixture(scope="module")
def eraser(database: Database, store: MediaStore, vault: Vault) -> Eraser:
    return Eraser(database, store, vault)


@dataclass
class Traced:
    """The customer, and every string that must be nowhere afterwards."""

    customer: Customer
    contact_id: UUID
    conversation_id: UUID
    ticket_id: UUID
    media_key: str
    export_key: str
    needles: list[str] = field(default_factory=list)


@pytest.fixture
async def traced(
    hook: Hook,  # noqa: F811
    seed: SeededAccount,
    database: Database,
    store: MediaStore,
    tmp_path: Path,
) -> Traced:
    customer = Customer(next(_customers))
    wamids = await _write(hook, customer)
    row = await hook.row(
        "SELECT contact_id FROM contact_identities WHERE account_id = $1 AND kind = 'phone' AND value = $2",
        customer.phone,
    )
    contact_id = row["contact_id"]
    conversation_id = await hook.value(
        "SELECT id FROM conversations WHERE account_id = $1 AND contact_id = $2", contact_id
    )
    ticket_id = await hook.value(
        "SELECT id FROM tickets WHERE account_id = $1 AND conversation_id = $2", conversation_id
    )
    await _answer(hook, database, seed, customer, conversation_id, ticket_id, contact_id)
    media_key = await _store_file(hook, store, tmp_path, conversation_id)
    export_key = await _store_export(hook, store, tmp_path, contact_id, customer)
    sent = await hook.rows(
        "SELECT wamid FROM messages WHERE account_id = $1 AND conversation_id = $2 AND wamid IS NOT NULL",
        conversation_id,
    )
    needles = [
        customer.phone, customer.spelling, f"98{customer.phone[6:9]}-{customer.phone[9:]}", customer.bsuid, *customer.name.split(),
        customer.username, customer.secret("retrato"), *map(customer.secret, SECRETS), *wamids,
        *(row["wamid"] for row in sent),
    ]  # fmt: skip
    return Traced(customer, contact_id, conversation_id, ticket_id, media_key, export_key, needles)


async def _write(hook: Hook, customer: Customer) -> list[str]:  # noqa: F811
    """What the customer says; answers their wamids."""
    first, photo, card, odd = (unique_wamid() for _ in range(4))
    secret, (phone, bsuid) = customer.secret, (customer.spelling, customer.bsuid)
    who: dict[str, Any] = {"phone": phone, "bsuid": bsuid}
    contacts = [customer.profile]
    await hook.send(
        text(
            f"Meu segredo: {secret(SECRETS[0])}",
            wamid=first,
            referral={"headline": secret(SECRETS[0]), "source_url": "https://ads"},
            **who,
        ),
        contacts=contacts,
    )
    picture = {
        "id": "meta-1",
        "mime_type": "image/jpeg",
        "caption": secret(SECRETS[1]),
        "filename": f"{secret('retrato')}.jpg",
    }
    await hook.send(message({"type": "image", "image": picture}, 10, phone, bsuid, photo), contacts=contacts)
    await hook.send(
        text(f"Respondo {secret(SECRETS[2])}", seconds=20, context={"id": first, "from": phone}, **who),
        message(
            {"type": "contacts", "contacts": [{"name": {"formatted_name": f"Filho da {customer.name}"}}]},
            21,
            phone,
            bsuid,
            card,
        ),
        message({"type": "hologram", "hologram": {"text": secret(SECRETS[3])}}, 22, phone, bsuid, odd),
        message(
            {"type": "reaction", "reaction": {"message_id": photo, "emoji": "🌻"}},
            23,
            phone,
            bsuid,
            unique_wamid(),
        ),
        contacts=contacts,
    )
    edited = {
        "original_message_id": first,
        "message": {"type": "text", "text": {"body": f"Era {secret(SECRETS[4])}"}},
    }
    await hook.send(
        message({"type": "edit", "edit": edited}, 30, phone, bsuid, unique_wamid()), contacts=contacts
    )
    # Parked: one body of a number that nobody knows, with somebody else's message beside.
    stranger = change(
        "999000999",
        messages=[
            text(f"Perdido {secret(SECRETS[5])}", seconds=40, **who),
            text("fica aqui", phone="5521999990000"),
        ],
        contacts=[*contacts, profile("Outra Pessoa", "5521999990000")],
    )
    await hook.post(escaped(document(stranger)))
    group = change(
        hook.seed.number.phone_number_id,
        messages=[text(secret(SECRETS[5]), seconds=41, group_id="g-1", **who)],
        contacts=contacts,
    )
    await hook.post(escaped(document(group)))
    preferences = change(
        hook.seed.number.phone_number_id, "user_preferences",
        contacts=contacts, user_preferences=[{"wa_id": phone, "value": "stop"}],
    )  # fmt: skip
    await hook.post(escaped(document(preferences)))
    return [first, photo, card, odd]


async def _answer(
    hook: Hook,  # noqa: F811
    database: Database,
    seed: SeededAccount,
    customer: Customer,
    conversation_id: UUID,
    ticket_id: UUID,
    contact_id: UUID,
) -> None:
    """What people do: accept, answer, read, rename, note, transfer, record a consent."""
    name, secret = customer.first_name, customer.secret
    await hook.pool.execute(
        "UPDATE conversations SET window_expires_at = now() + interval '1 day' WHERE id = $1", conversation_id
    )
    await accept_ticket(database, seed.ana, ticket_id)
    for index, state in enumerate(("sent", "failed", "unconfirmed", "queued")):
        content = parse_outgoing({"kind": "text", "body": f"Olá, {name}! {secret(SECRETS[0])} {index}"})
        sent = await queue_message(
            database, seed.ana, client_message_id=new_id(), conversation_id=conversation_id, content=content
        )
        if state != "queued":
            await hook.pool.execute("DELETE FROM outbox WHERE message_id = $1", sent.id)
        if state in ("sent", "failed"):
            wamid = unique_wamid()
            await hook.pool.execute(
                "UPDATE messages SET status = 'sending', wamid = $2 WHERE id = $1", sent.id, wamid
            )
            failed = {
                "errors": [
                    {"code": 131026, "title": "No", "error_data": {"details": f"{customer.spelling} cannot"}}
                ]
            }
            more = failed if state == "failed" else {"pricing": {"billable": True, "category": "service"}}
            await hook.send(statuses=[status(wamid, state, 60, recipient_id=customer.spelling, **more)])
        if state == "unconfirmed":
            await hook.pool.execute("UPDATE messages SET status = 'unconfirmed' WHERE id = $1", sent.id)
    await hook.send(
        text("última", seconds=70, wamid=unique_wamid(), phone=customer.spelling, bsuid=customer.bsuid)
    )
    await mark_read(database, seed.ana, conversation_id)
    await rename_contact(database, seed.ana, contact_id, name=f"Dona {name}")
    await hook.pool.execute(
        "UPDATE contacts SET fields = $2, tags = ARRAY[$3] WHERE id = $1",
        contact_id,
        f'{{"mãe": "{name} Velha"}}',
        name,
    )
    await record_consent(
        database, seed.admin, contact_id,
        NewConsent("marketing", True, "consent", "whatsapp", evidence=f"{name} escreveu: {secret(SECRETS[1])}"),
    )  # fmt: skip
    await transfer_ticket(
        database,
        seed.ana,
        ticket_id,
        department_id=seed.departments["suporte"],
        note=f"{name} quer {secret(SECRETS[2])}",
    )


async def _store_file(hook: Hook, store: MediaStore, folder: Path, conversation_id: UUID) -> str:  # noqa: F811
    """As media.fetch leaves it."""
    file = folder / "picture"
    file.write_bytes(BYTES)
    key = f"{hook.seed.account_id}/2026/09/{new_id()}"
    await store.put(key, file, "image/jpeg")
    await hook.pool.execute(
        """UPDATE media SET state = 'stored', storage_key = $2, size = $3 WHERE message_id IN
           (SELECT id FROM messages WHERE conversation_id = $1)""",
        conversation_id, key, len(BYTES),
    )  # fmt: skip
    return key


async def _store_export(
    hook: Hook,  # noqa: F811
    store: MediaStore,
    folder: Path,
    contact_id: UUID,
    customer: Customer,
) -> str:
    file = folder / "export"
    file.write_bytes(BYTES)
    export_id = new_id()
    key = f"{hook.seed.account_id}/exports/{export_id}"
    await store.put(key, file, "application/zip")
    await hook.pool.execute(
        """INSERT INTO exports (account_id, id, kind, subject_id, state, storage_key, file_name, requested_by, ready_at, expires_at)
           VALUES ($1, $2, 'contact', $3, 'ready', $4, $6, $5, now(), now() + interval '7 days')""",
        hook.seed.account_id, export_id, contact_id, key, hook.seed.admin.user_id, f"{customer.first_name}.zip",
    )  # fmt: skip
    return key


async def find_everywhere(pool: asyncpg.Pool, needles: list[str]) -> dict[str, set[str]]:
    """Table.column → the needles found in it: every text, json, bytea and array column of every table."""
    columns = await pool.fetch(
        """SELECT c.oid::regclass::text AS "table", a.attname AS "column", format_type(a.atttypid, a.atttypmod) AS type
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
          AND (a.atttypid IN ('text'::regtype, 'varchar'::regtype, 'jsonb'::regtype, 'json'::regtype, 'bytea'::regtype)
               OR a.atttypid::regtype::text LIKE '%[]')"""
    )
    assert len(columns) > 100
    found: dict[str, set[str]] = {}
    for row in columns:
        table, column = row["table"], f'"{row["column"]}"'
        value = f"encode({column}, 'escape')" if row["type"] == "bytea" else f"{column}::text"
        hits = await pool.fetch(
            f"""SELECT DISTINCT n FROM {table}, unnest($1::text[]) AS n WHERE strpos({value}, n) > 0""",
            needles,
        )
        if hits:
            found[f"{table}.{row['column']}"] = {hit["n"] for hit in hits}
    return found
