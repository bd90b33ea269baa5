"""Makes a contact's copy: a zip with data.json, schema.json, a page to read, and the files, written piece by piece.

Nothing is held whole in memory: a portion of messages is read, its files are streamed into the zip, its part of data.json
and of the page is appended to local files; those two go into the zip last. 100,000 messages need no more than a portion.
"""

import asyncio
import mimetypes
import re
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final
from uuid import UUID

import orjson
import structlog

from inbox.exports.views import ExportOrder, MadeExport
from inbox.kernel.database import Database
from inbox.kernel.errors import NotFound
from inbox.media.storage import MediaStore
from inbox.privacy import archive_repository as archive
from inbox.privacy import repository
from inbox.privacy.archive_page import ArchivePage
from inbox.privacy.archive_views import (
    FORMAT,
    VERSION,
    ArchivedConsent,
    ArchivedContact,
    ArchivedConversation,
    ArchivedFile,
    ArchivedIdentity,
    ArchivedMessage,
    ArchivedTicket,
    ContactArchive,
)
from inbox.privacy.errors import AlreadyErased
from inbox.privacy.page import PAGE_END, page_start
from inbox.privacy.repository import ContactRow
from inbox.whatsapp.phone import format_phone

log = structlog.get_logger(__name__)

_PORTION: Final = 500
_MIME_TYPE: Final = "application/zip"
_UNSAFE: Final = re.compile(r"[^\w.() -]+")
# What a name adds to a path; Windows' unpacking stops at 260 for all of it.
_LONGEST_NAME: Final = 80


@dataclass(frozen=True, slots=True)
class _Facts:
    """All but the messages."""

    account: str
    locale: str
    time_zone: str
    contact: ArchivedContact
    identities: list[ArchivedIdentity]
    consents: list[ArchivedConsent]
    tickets: list[ArchivedTicket]
    conversations: list[ArchivedConversation]


class ContactExportMaker:
    """The maker of exports of kind `contact`; their subject is the contact."""

    def __init__(self, database: Database, store: MediaStore) -> None:
        self._database = database
        self._store = store

    async def make(self, order: ExportOrder, target: Path) -> MadeExport:
        """Raises NotFound, AlreadyErased: nothing that a later try would heal."""
        assert order.subject_id is not None
        facts = await self._read_facts(order.account_id, order.subject_id)
        writer = await asyncio.to_thread(_Writer, target, facts, self._database.now())
        try:
            for conversation in facts.conversations:
                await self._write_conversation(order.account_id, conversation, writer)
            await asyncio.to_thread(writer.finish)
        finally:
            await asyncio.to_thread(writer.close)
        # The name goes into lists and mails: it names nobody.
        return MadeExport(f"contact-{order.subject_id.hex[-12:]}.zip", _MIME_TYPE)

    async def _read_facts(self, account_id: UUID, contact_id: UUID) -> _Facts:
        async with self._database.system(account_id) as work:
            session = work.session
            contact = await repository.fetch_contact(session, account_id, contact_id)
            if contact is None:
                raise NotFound(contact_id=contact_id)
            if contact.erased_at is not None:
                raise AlreadyErased(contact_id=contact_id)
            account, locale, time_zone = await repository.fetch_account(session, account_id)
            consents = await repository.fetch_consents(session, account_id, contact_id)
            return _Facts(
                account=account,
                locale=locale,
                time_zone=time_zone,
                contact=_archived_contact(contact),
                identities=[
                    ArchivedIdentity.model_validate({"kind": kind, "value": value})
                    for kind, value in contact.identities
                ],
                consents=[
                    ArchivedConsent(**entry.model_dump(exclude={"id", "recorded_by"})) for entry in consents
                ],
                tickets=await archive.fetch_tickets(session, account_id, contact_id),
                conversations=await archive.fetch_conversations(session, account_id, contact_id),
            )

    async def _write_conversation(
        self, account_id: UUID, conversation: ArchivedConversation, writer: "_Writer"
    ) -> None:
        await asyncio.to_thread(writer.begin_conversation, conversation)
        after: tuple[datetime, UUID] | None = None
        while True:
            async with self._database.system(account_id) as work:
                portion = await archive.fetch_messages(
                    work.session, account_id, conversation.id, after, _PORTION
                )
            for message, files in portion:
                message.files = [await self._pack(message, file, writer) for file in files]
            await asyncio.to_thread(writer.write_messages, [message for message, _ in portion])
            if len(portion) < _PORTION:
                break
            after = portion[-1][0].at, portion[-1][0].id
        await asyncio.to_thread(writer.end_conversation)

    async def _pack(self, message: ArchivedMessage, row: dict[str, Any], writer: "_Writer") -> ArchivedFile:
        """Streams the file into the zip; one that is not in the store is told as missing."""
        key = row["storage_key"]
        if key is None:
            return archive.archived_file(row, None)
        path = _path(message, row)
        try:
            stored = await self._store.open(key)
        except NotFound:
            log.warning("exported_file_missing", media_id=row["id"])
            return archive.archived_file(row, None)
        with await asyncio.to_thread(writer.open_file, path) as entry:
            async for chunk in stored.chunks:
                await asyncio.to_thread(entry.write, chunk)
        return archive.archived_file(row, path)


class _Writer:
    """The zip and, beside it, the two documents that grow. Blocks: call it in a thread, one call at a time."""

    def __init__(self, target: Path, facts: _Facts, made_at: datetime) -> None:
        self._page = ArchivePage(facts.locale, facts.time_zone)
        self._tickets = facts.tickets
        self._waiting: list[ArchivedTicket] = []
        self._stack = ExitStack()
        self._zip = self._stack.enter_context(zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED))
        self._data_path, self._html_path = (target.with_name(name) for name in ("data.json", "index.html"))
        self._data = self._stack.enter_context(self._data_path.open("wb"))
        self._html = self._stack.enter_context(self._html_path.open("w", encoding="utf-8"))
        self._data.write(_json_head(facts, made_at))
        self._first_conversation = self._first_message = True
        self._html.write(page_start(self._page.say("title"), self._page.locale))
        self._html.write(
            self._page.head(
                facts.account, made_at, facts.contact, facts.identities, facts.consents, facts.tickets
            )
        )

    def begin_conversation(self, conversation: ArchivedConversation) -> None:
        head = conversation.model_dump(mode="json", exclude={"messages"})
        opened = orjson.dumps(head)[:-1] + b',"messages":['
        self._data.write((b"" if self._first_conversation else b",\n") + opened)
        self._first_conversation, self._first_message = False, True
        self._html.write(self._page.conversation(conversation))
        self._waiting = [t for t in self._tickets if t.conversation_id == conversation.id]

    def write_messages(self, messages: list[ArchivedMessage]) -> None:
        for message in messages:
            self._data.write(b"\n" if self._first_message else b",\n")
            self._first_message = False
            self._data.write(orjson.dumps(message.model_dump(mode="json")))
            # Reactions stand on the message that they are about.
            if message.kind != "reaction":
                self._html.writelines(self._begun_by(message))
                self._html.write(self._page.message(message))

    def _begun_by(self, message: ArchivedMessage) -> Iterator[str]:
        while self._waiting and (
            self._waiting[0].id == message.ticket_id or self._waiting[0].created_at <= message.at
        ):
            yield self._page.ticket(self._waiting.pop(0))

    def end_conversation(self) -> None:
        self._data.write(b"]}")

    def open_file(self, path: str) -> IO[bytes]:
        # Pictures and films are compressed already.
        entry = zipfile.ZipInfo(path, date_time=_ZIP_EPOCH)
        entry.compress_type = zipfile.ZIP_STORED
        return self._zip.open(entry, "w", force_zip64=True)

    def finish(self) -> None:
        self._data.write(b"]}\n")
        self._html.write(PAGE_END)
        self._data.close()
        self._html.close()
        self._zip.write(self._html_path, "index.html")
        self._zip.write(self._data_path, "data.json")
        schema = orjson.dumps(ContactArchive.model_json_schema(), option=orjson.OPT_INDENT_2)
        self._zip.writestr("schema.json", schema)

    def close(self) -> None:
        self._stack.close()


# The oldest that the format knows; the true times are in data.json.
_ZIP_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


def _json_head(facts: _Facts, made_at: datetime) -> bytes:
    """data.json up to its conversations."""
    whole = ContactArchive(
        format=FORMAT, version=VERSION, made_at=made_at, account=facts.account, contact=facts.contact,
        identities=facts.identities, consents=facts.consents, tickets=facts.tickets, conversations=[],
    )  # fmt: skip
    head = orjson.dumps(whole.model_dump(mode="json", exclude={"conversations"}))
    return head[:-1] + b',"conversations":['


def _archived_contact(contact: ContactRow) -> ArchivedContact:
    return ArchivedContact(
        id=contact.id,
        name=contact.name,
        profile_name=contact.profile_name,
        username=contact.username,
        wa_id=contact.wa_id,
        phone=format_phone(contact.wa_id) if contact.wa_id else None,
        bsuid=contact.bsuid,
        fields=contact.fields,
        tags=contact.tags,
        created_at=contact.created_at,
        updated_at=contact.updated_at,
    )


def _path(message: ArchivedMessage, row: dict[str, Any]) -> str:
    """In the order of their times; unique by the file's id; never what a customer called it as it stands."""
    mime_type = str(row["mime_type"]).partition(";")[0].strip()
    ending = mimetypes.guess_extension(mime_type) or ""
    name = Path(_UNSAFE.sub("_", row["file_name"] or "")).stem[:_LONGEST_NAME].strip(". ")
    return f"files/{message.at:%Y%m%d-%H%M%S}-{row['id'][-8:]}{f'-{name}' if name else ''}{ending}"
