"""A contact's copy: complete, readable, and made piece by piece."""

import zipfile
from html.parser import HTMLParser
from pathlib import Path

import orjson
import pytest
from jsonschema import Draft202012Validator

from inbox.exports.views import ExportKind, ExportOrder
from inbox.kernel.database import Database
from inbox.kernel.errors import Forbidden, NotFound
from inbox.kernel.ids import new_id
from inbox.media.storage import MediaStore
from inbox.privacy import contact_archive
from inbox.privacy.archive_views import ContactArchive
from inbox.privacy.contact_archive import ContactExportMaker
from inbox.privacy.eraser import Eraser
from inbox.privacy.errors import AlreadyErased
from inbox.privacy.service import request_contact_export, request_erasure
from server.settings import Settings
from tests.conftest import SeededAccount, seed_account
from tests.inbox.ingest.webhooks import Hook
from tests.inbox.privacy.conftest import BYTES, SECRETS, Traced
from tests.inbox.rows import add_talk


def order(seed: SeededAccount, traced: Traced) -> ExportOrder:
    return ExportOrder(
        seed.account_id, new_id(), ExportKind.CONTACT, traced.contact_id, {}, seed.admin.user_id, "en", "UTC"
    )  # fmt: skip


async def test_the_copy_holds_everything_that_is_kept(
    database: Database, store: MediaStore, seed: SeededAccount, traced: Traced, tmp_path: Path, hook: Hook
) -> None:
    target = tmp_path / "out" / "export"
    target.parent.mkdir()
    made = await ContactExportMaker(database, store).make(order(seed, traced), target)
    assert (made.mime_type, made.file_name.endswith(".zip")) == ("application/zip", True)
    assert traced.customer.first_name not in made.file_name
    with zipfile.ZipFile(target) as packed:
        assert packed.testzip() is None
        names = packed.namelist()
        data = orjson.loads(packed.read("data.json"))
        Draft202012Validator(orjson.loads(packed.read("schema.json"))).validate(data)
        archive = ContactArchive.model_validate(data)
        (conversation,) = archive.conversations
        stored = await hook.value("SELECT count(*) FROM messages WHERE account_id = $1")
        assert len(conversation.messages) == stored
        assert [m.at for m in conversation.messages] == sorted(m.at for m in conversation.messages)
        (file,) = [file for message in conversation.messages for file in message.files]
        assert file.path in names
        assert packed.read(file.path) == BYTES
        assert {identity.kind for identity in archive.identities} == {"phone", "bsuid"}
        assert archive.contact.fields
        assert [consent.purpose for consent in archive.consents] == ["marketing"]
        (ticket,) = archive.tickets
        assert any("note" in step.data for step in ticket.steps)
        everything = packed.read("data.json").decode()
        missing = [word for word in SECRETS[:5] if traced.customer.secret(word) not in everything]
        assert missing == []
        assert any(message.versions for message in conversation.messages)
        assert any(message.statuses for message in conversation.messages)
        assert any(message.reactions for message in conversation.messages)
        page = packed.read("index.html").decode()
    _check_page(page, traced, str(file.path))


def _check_page(page: str, traced: Traced, path: str) -> None:
    """Well-formed, alone, in the account's language, with everything that a person would look for."""

    class Reader(HTMLParser):
        sources: list[str] = []  # noqa: RUF012 - one reader
        tags: set[str] = set()  # noqa: RUF012

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.tags.add(tag)
            self.sources += [value or "" for name, value in attrs if name in ("src", "href")]

    reader = Reader()
    reader.feed(page)
    assert "script" not in reader.tags
    assert set(reader.sources) == {path}
    assert '<html lang="pt-BR">' in page
    assert "de setembro de 2026" in page
    assert "Atendimento <code>" in page
    assert "Consentimento (art. 7º, I)" in page
    assert traced.customer.name in page
    assert '<div class="quote">' in page


async def test_what_customers_write_is_text_in_the_page(
    database: Database, store: MediaStore, seed: SeededAccount, traced: Traced, tmp_path: Path, hook: Hook
) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    await hook.pool.execute(
        "UPDATE messages SET content = jsonb_build_object('body', $2::text) WHERE account_id = $1 AND kind = 'text'",
        seed.account_id, evil,
    )  # fmt: skip
    await hook.pool.execute("UPDATE contacts SET name = $2 WHERE account_id = $1", seed.account_id, evil)
    target = tmp_path / "out" / "export"
    target.parent.mkdir()
    await ContactExportMaker(database, store).make(order(seed, traced), target)
    with zipfile.ZipFile(target) as packed:
        page = packed.read("index.html").decode()
    assert "<script" not in page
    assert "<img src=x" not in page


async def test_a_long_conversation_is_written_in_portions_and_once(
    database: Database, store: MediaStore, seed: SeededAccount, traced: Traced, tmp_path: Path, hook: Hook,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(contact_archive, "_PORTION", 7)
    await hook.pool.execute(
        """INSERT INTO messages (account_id, id, conversation_id, direction, author_kind, kind, content, status, at)
        SELECT $1, gen_random_uuid(), $2, 'in', 'contact', 'text', jsonb_build_object('body', 'n' || n), 'received',
               now() - (n % 10) * interval '1 minute' FROM generate_series(1, 100) n""",
        seed.account_id, traced.conversation_id,
    )  # fmt: skip
    target = tmp_path / "out" / "export"
    target.parent.mkdir()
    await ContactExportMaker(database, store).make(order(seed, traced), target)
    with zipfile.ZipFile(target) as packed:
        archive = ContactArchive.model_validate_json(packed.read("data.json"))
    ids = [message.id for message in archive.conversations[0].messages]
    assert (
        len(ids) == len(set(ids)) == await hook.value("SELECT count(*) FROM messages WHERE account_id = $1")
    )


async def test_a_file_that_the_store_has_lost_does_not_spoil_the_copy(
    database: Database, store: MediaStore, seed: SeededAccount, traced: Traced, tmp_path: Path
) -> None:
    await store.delete(traced.media_key)
    target = tmp_path / "out" / "export"
    target.parent.mkdir()
    await ContactExportMaker(database, store).make(order(seed, traced), target)
    with zipfile.ZipFile(target) as packed:
        archive = ContactArchive.model_validate_json(packed.read("data.json"))
        assert "arquivo não disponível" in packed.read("index.html").decode()
    assert [file.path for m in archive.conversations[0].messages for file in m.files] == [None]


async def test_who_was_erased_has_no_copy(
    database: Database, store: MediaStore, seed: SeededAccount, eraser: Eraser, traced: Traced, tmp_path: Path
) -> None:
    erasure = await request_erasure(
        database,
        seed.admin,
        traced.contact_id,
        reason="Pedido",
        confirm_name=f"Dona {traced.customer.first_name}",
    )
    await eraser.erase(seed.account_id, erasure.id)
    with pytest.raises(AlreadyErased):
        await request_contact_export(database, seed.admin, traced.contact_id)
    with pytest.raises(AlreadyErased):
        await ContactExportMaker(database, store).make(order(seed, traced), tmp_path / "export")


async def test_only_the_desk_of_the_own_account_asks_for_a_copy(
    database: Database, seed: SeededAccount, settings: Settings
) -> None:
    talk = await add_talk(database, seed)
    view = await request_contact_export(database, seed.admin, talk.contact_id)
    assert (view.kind, view.subject_id, view.state) == (ExportKind.CONTACT, talk.contact_id, "pending")
    with pytest.raises(Forbidden):
        await request_contact_export(database, seed.ana, talk.contact_id)
    with pytest.raises(NotFound):
        await request_contact_export(database, seed_account(settings).admin, talk.contact_id)
