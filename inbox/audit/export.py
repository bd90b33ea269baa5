"""The audit log as a file: CSV for spreadsheets, JSON lines for programs. Oldest entries last, as on the page."""

import asyncio
import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import orjson

from inbox.audit import repository, service
from inbox.audit.views import AuditEntryView, AuditFilters, AuditFormat
from inbox.exports.views import ExportOrder, MadeExport
from inbox.kernel.database import Database

# Some 1 MB at a time: what is in memory of a log of any length.
_BATCH: Final = 1000
_ABOVE_ALL: Final = 2**63 - 1
# What a spreadsheet takes for a formula when a cell begins with it (OWASP, "CSV Injection", read 2026-11).
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")

_COLUMNS: Final = (
    "seq", "at", "actor_kind", "actor_id", "actor_name", "impersonator_id", "impersonator_name", "action", "target_kind",
    "target_id", "target_name", "before", "after", "ip", "user_agent", "request_id",
)  # fmt: skip
_MIME_TYPES: Final[dict[AuditFormat, str]] = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/x-ndjson",
}


class AuditExportMaker:
    """Parameters: `format` and `filters`, as `request_audit_export` writes them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def make(self, order: ExportOrder, target: Path) -> MadeExport:
        format_: AuditFormat = "jsonl" if order.parameters.get("format") == "jsonl" else "csv"
        filters = AuditFilters.model_validate(order.parameters.get("filters", {}))
        write = csv_line if format_ == "csv" else json_line
        head = _csv_row(list(_COLUMNS)) if format_ == "csv" else b""
        # A byte order mark: Excel takes a CSV without one for the machine's old 8-bit alphabet.
        await asyncio.to_thread(target.write_bytes, b"\xef\xbb\xbf" + head if format_ == "csv" else b"")
        await self._append_all(order.account_id, filters, target, write)
        day = self._database.now().date()
        return MadeExport(f"audit-{day.isoformat()}.{format_}", _MIME_TYPES[format_])

    async def _append_all(
        self, account_id: UUID, filters: AuditFilters, target: Path, write: Callable[[AuditEntryView], bytes]
    ) -> None:
        below = _ABOVE_ALL
        while True:
            async with self._database.system(account_id) as work:
                entries = await repository.fetch_page(
                    work.session, account_id, filters, below=below, limit=_BATCH
                )
            views = await service.name_entries(self._database, account_id, entries)
            await asyncio.to_thread(_append, target, b"".join(write(view) for view in views))
            if len(entries) < _BATCH:
                return
            below = entries[-1].seq


def json_line(entry: AuditEntryView) -> bytes:
    return orjson.dumps(_flat(entry), option=orjson.OPT_APPEND_NEWLINE)


def csv_line(entry: AuditEntryView) -> bytes:
    flat = _flat(entry)
    return _csv_row([_cell(flat[name]) for name in _COLUMNS])


def _flat(entry: AuditEntryView) -> dict[str, Any]:
    values = entry.model_dump(mode="json")
    who = values.pop("who")
    values["actor_kind"], values["actor_id"], values["actor_name"] = who["kind"], who["id"], who["name"]
    values["impersonator_id"], values["impersonator_name"] = who["impersonator_id"], who["impersonator_name"]
    return {name: values[name] for name in _COLUMNS}


def _cell(value: Any) -> str:
    if value is None:
        return ""
    plain = orjson.dumps(value).decode() if isinstance(value, dict) else str(value)
    return "'" + plain if plain.startswith(_FORMULA_STARTS) else plain


def _csv_row(cells: list[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue().encode()


def _append(target: Path, data: bytes) -> None:
    with target.open("ab") as file:
        file.write(data)
