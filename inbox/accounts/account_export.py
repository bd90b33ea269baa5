"""Everything of an account in one zip file: each table as JSON lines, its people, its files. For the account itself to keep.

Left out: secrets (sealed values, hashes, webhook addresses) and what only keeps the machine going (the event log of the
last days, counters, leases). Sealed words are opened: they are the account's own. Rows are read in one snapshot, and neither
rows nor files are ever held whole in memory.
"""

import asyncio
import mimetypes
import zipfile
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import IO, Final
from uuid import UUID

import structlog
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from inbox.accounts.opened_rows import OPENED_TABLES, open_line
from inbox.accounts.tenant_tables import TenantTable, fetch_tenant_tables
from inbox.exports.views import ExportOrder, MadeExport
from inbox.kernel.content_seal import KEYRING
from inbox.kernel.database import Database
from inbox.kernel.errors import NotFound
from inbox.media.storage import MediaStore

log = structlog.get_logger(__name__)

# How the machine keeps going; nothing that the account has made.
_TECHNICAL: Final = frozenset(
    {
        "audit_chains",
        "content_keys",
        "event_counters",
        "events",
        "number_leases",
        "protocol_counters",
        "usage_marks",
    }
)
# The raw bytes of a webhook that could not be stored are the account's; other binary columns are secrets and hashes.
_BINARY_KEPT: Final = frozenset({("dead_webhooks", "body")})
_SECRET_COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    # Whoever knows the address can at least make us check signatures.
    "whatsapp_apps": ("hook_key",)
}
# Lines are compressed and written in pieces of this size, in a thread.
_PIECE_BYTES: Final = 512 * 1024
_ROWS_AT_ONCE: Final = 500

_PEOPLE_SQL: Final = text(
    """SELECT jsonb_build_object('id', u.id, 'name', u.name, 'email', u.email, 'locale', u.locale,
                                 'created_at', u.created_at)::text
    FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.account_id = :account_id ORDER BY u.id"""
)
_FILES_SQL: Final = text(
    """SELECT id, mime_type, storage_key FROM media
    WHERE account_id = :account_id AND state = 'stored' AND storage_key IS NOT NULL ORDER BY id"""
)
_ACCOUNT_SQL: Final = text("SELECT slug, logo_key FROM accounts WHERE account_id = :account_id")

_README: Final = """\
Prosa

PT-BR: Este arquivo contém tudo o que esta conta guardou no Prosa. Em "tables/", cada arquivo .jsonl é uma tabela, com um
objeto JSON por linha; "tables/people.jsonl" são as pessoas da equipe. Em "media/", os arquivos das conversas, com o nome do
seu id na tabela "media". "missing.txt" lista arquivos que não estavam mais guardados. Segredos não fazem parte.

EN: This file holds everything that this account has kept in Prosa. In "tables/", each .jsonl file is a table with one JSON
object a line; "tables/people.jsonl" are the people of the team. In "media/", the conversations' files, called by their id in
the table "media". "missing.txt" lists files that were no longer stored. Secrets are not part of it.
"""


class AccountExportMaker:
    """The ExportMaker of kind `account`."""

    def __init__(self, database: Database, store: MediaStore) -> None:
        self._database = database
        self._store = store

    async def make(self, order: ExportOrder, target: Path) -> MadeExport:
        """Raises NotFound for an account that is gone."""
        with zipfile.ZipFile(
            target, "w", zipfile.ZIP_DEFLATED, allowZip64=True, strict_timestamps=False
        ) as archive:
            archive.writestr("README.txt", _README)
            slug, files = await self._write_tables(archive, order.account_id)
            missing = await self._write_files(archive, files)
            if missing:
                archive.writestr("missing.txt", "\n".join(missing) + "\n")
        return MadeExport(f"prosa-{slug}-{self._database.now():%Y-%m-%d}.zip", "application/zip")

    async def _write_tables(
        self, archive: zipfile.ZipFile, account_id: UUID
    ) -> tuple[str, list[tuple[str, str]]]:
        """Answers the account's slug and its files: name in the archive, key in the store."""
        values = {"account_id": account_id}
        async with self._database.system() as work:
            session = work.session
            await session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
            found = (await session.execute(_ACCOUNT_SQL, values)).one_or_none()
            if found is None:
                raise NotFound(account_id=account_id)
            await KEYRING.load(session, [account_id])
            for table in sorted(await fetch_tenant_tables(session), key=lambda table: table.name):
                if table.name not in _TECHNICAL:
                    await _write_lines(archive, table.name, _rows(session, table, account_id), work.now())
            await _write_lines(archive, "people", _lines(session, _PEOPLE_SQL, account_id), work.now())
            files = [
                (f"media/{row.id}{mimetypes.guess_extension(_bare(row.mime_type)) or ''}", row.storage_key)
                for row in await session.execute(_FILES_SQL, values)
            ]
        if found.logo_key is not None:
            files.append(("logo.png", found.logo_key))
        return found.slug, files

    async def _write_files(self, archive: zipfile.ZipFile, files: list[tuple[str, str]]) -> list[str]:
        """Answers the names of those that the store does not have."""
        missing = []
        for name, key in files:
            try:
                stored = await self._store.open(key)
            except NotFound:
                log.warning("export_file_missing", name=name)
                missing.append(name)
                continue
            # Pictures, sound and film are compressed already.
            with archive.open(_member(name, self._database.now()), "w", force_zip64=True) as member:
                async for chunk in stored.chunks:
                    await asyncio.to_thread(member.write, chunk)
        return missing


async def _write_lines(archive: zipfile.ZipFile, name: str, lines: AsyncIterator[str], at: datetime) -> None:
    info = _member(f"tables/{name}.jsonl", at)
    info.compress_type = zipfile.ZIP_DEFLATED
    with archive.open(info, "w", force_zip64=True) as member:
        piece: list[str] = []
        size = 0
        async for line in lines:
            piece.append(line)
            size += len(line)
            if size >= _PIECE_BYTES:
                await asyncio.to_thread(_write_piece, member, piece)
                piece, size = [], 0
        await asyncio.to_thread(_write_piece, member, piece)


def _write_piece(member: IO[bytes], lines: list[str]) -> None:
    member.write("".join(f"{line}\n" for line in lines).encode())


def _rows(session: AsyncSession, table: TenantTable, account_id: UUID) -> AsyncIterator[str]:
    hidden = [c for c in table.binary_columns if (table.name, c) not in _BINARY_KEPT]
    hidden += _SECRET_COLUMNS.get(table.name, ())
    names = ", ".join(f"'{column}'" for column in hidden)
    key = ", ".join(f'"{column}"' for column in table.key)
    # The names are the catalogue's, never from outside.
    statement = text(
        f"""SELECT (to_jsonb(t) - ARRAY[{names}]::text[])::text FROM "{table.name}" t
        WHERE account_id = :account_id ORDER BY {key}"""  # noqa: S608
    )
    lines = _lines(session, statement, account_id)
    return _opened(table.name, lines) if table.name in OPENED_TABLES else lines


async def _opened(table: str, lines: AsyncIterator[str]) -> AsyncIterator[str]:
    async for line in lines:
        yield open_line(table, line)


async def _lines(session: AsyncSession, statement: TextClause, account_id: UUID) -> AsyncIterator[str]:
    """Through a cursor of the server, some hundred rows at a time."""
    result = await session.stream_scalars(
        statement.execution_options(yield_per=_ROWS_AT_ONCE), {"account_id": account_id}
    )
    async for line in result:
        yield line


def _member(name: str, at: datetime) -> zipfile.ZipInfo:
    """Not compressed unless it says so."""
    return zipfile.ZipInfo(name, at.timetuple()[:6])


def _bare(mime_type: str) -> str:
    return mime_type.partition(";")[0].strip()
