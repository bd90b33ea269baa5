"""`prosa rotate-keys`: seals every stored secret anew with the newest key, so that an older one can be retired.

Invariants
- Every sealed column is in `SEALED_COLUMNS`; a test walks the database's catalogue for those that somebody forgot.
- Safe while everything runs, given that every process has the new key already (it is first in PROSA_ENCRYPTION_KEYS
  everywhere before this runs): what is read opens with either key, and a secret that changes meanwhile keeps its change
  (compare-and-set on the old bytes).
- Resumable: what is sealed with the newest key is skipped, so running it again goes on where it ended.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from inbox.identity.second_factor import sealing_context as totp_context
from inbox.kernel.audit import INSTALLATION, AuditEntry
from inbox.kernel.content_seal import wrapping_context
from inbox.kernel.database import Database
from inbox.kernel.encryption import CannotDecrypt, Vault
from inbox.mail.service import sealing_context as mail_context
from inbox.numbers.secrets import access_token_context, app_secret_context, verify_token_context
from inbox.privacy.eraser import sealing_context as erasure_context

log = structlog.get_logger(__name__)

# Short transactions: a row that is being rotated is locked until its batch commits.
_BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """`context`: from the key's values to what the secret is bound to (kernel/encryption)."""

    table: str
    column: str
    key: tuple[str, ...]
    context: Callable[[Sequence[UUID]], str]

    @property
    def name(self) -> str:
        return f"{self.table}.{self.column}"


_ACCOUNTS_OWN: Final = ("account_id", "id")

SEALED_COLUMNS: Final[tuple[SealedColumn, ...]] = (
    SealedColumn("whatsapp_apps", "app_secret_sealed", _ACCOUNTS_OWN, lambda key: app_secret_context(key[1])),
    SealedColumn(
        "whatsapp_apps", "previous_app_secret_sealed", _ACCOUNTS_OWN, lambda key: app_secret_context(key[1])
    ),
    SealedColumn(
        "whatsapp_apps", "verify_token_sealed", _ACCOUNTS_OWN, lambda key: verify_token_context(key[1])
    ),
    SealedColumn(
        "phone_numbers", "access_token_sealed", _ACCOUNTS_OWN, lambda key: access_token_context(key[1])
    ),
    SealedColumn("totp_factors", "secret_sealed", ("user_id",), lambda key: totp_context(key[0])),
    SealedColumn("mails", "data_sealed", ("id",), lambda key: mail_context(key[0])),
    SealedColumn("erasures", "names_sealed", _ACCOUNTS_OWN, lambda key: erasure_context(key[1])),
    # What people wrote is sealed with these, so no row of theirs has to be written anew.
    SealedColumn("content_keys", "key_sealed", _ACCOUNTS_OWN, lambda key: wrapping_context(key[1])),
)


@dataclass(slots=True)
class ColumnReport:
    name: str
    rotated: int = 0
    changed_meanwhile: int = 0
    """Somebody stored another secret; sealed with the newest key already."""
    unreadable: int = 0
    """No configured key opens it: its key was retired too early, or the row was moved."""


@dataclass(slots=True)
class RotationReport:
    columns: list[ColumnReport] = field(default_factory=list)

    @property
    def unreadable(self) -> int:
        return sum(column.unreadable for column in self.columns)

    def __str__(self) -> str:
        lines = []
        for column in self.columns:
            line = f"{column.name}: {column.rotated} sealed anew"
            if column.changed_meanwhile:
                line += f", {column.changed_meanwhile} changed meanwhile"
            if column.unreadable:
                line += (
                    f", {column.unreadable} UNREADABLE (keep every key that was ever used until this is 0)"
                )
            lines.append(line)
        return "\n".join(lines)


async def rotate_keys(
    database: Database, vault: Vault, *, columns: Sequence[SealedColumn] = SEALED_COLUMNS, batch: int = _BATCH
) -> RotationReport:
    """Everything that is sealed with an older key. On record in the installation's chain."""
    report = RotationReport()
    for column in columns:
        counted = ColumnReport(column.name)
        report.columns.append(counted)
        await _rotate_column(database, vault, column, counted, batch)
        log.info(
            "sealed_column_rotated",
            column=column.name,
            rotated=counted.rotated,
            unreadable=counted.unreadable,
        )
    async with database.system() as work:
        counts = {column.name: column.rotated for column in report.columns if column.rotated}
        after = {"rotated": counts, "unreadable": report.unreadable}
        work.audit(AuditEntry("encryption_keys.rotated", "installation", after=after), INSTALLATION)
    return report


async def _rotate_column(
    database: Database, vault: Vault, column: SealedColumn, counted: ColumnReport, batch: int
) -> None:
    after: tuple[Any, ...] | None = None
    while True:
        async with database.system() as work:
            rows = await _fetch_older(work.session, vault, column, after, batch)
            for *key, sealed in rows:
                await _reseal(work.session, vault, column, tuple(key), sealed, counted)
        if len(rows) < batch:
            return
        after = tuple(rows[-1][:-1])


async def _fetch_older(
    session: AsyncSession, vault: Vault, column: SealedColumn, after: tuple[Any, ...] | None, batch: int
) -> Sequence[Sequence[Any]]:
    """The next secrets that another key sealed, in the order of their keys (each is looked at once, readable or not)."""
    key = ", ".join(column.key)
    beyond = f"AND ({key}) > ({', '.join(f':after_{name}' for name in column.key)})" if after else ""
    values = {f"after_{name}": value for name, value in zip(column.key, after or (), strict=bool(after))}
    result = await session.execute(
        text(
            # Names are constants of this module.
            f"SELECT {key}, {column.column} FROM {column.table} WHERE {column.column} IS NOT NULL "  # noqa: S608
            f"AND substring({column.column} FROM 1 FOR {len(vault.current_prefix)}) <> :prefix {beyond} "
            f"ORDER BY {key} LIMIT :batch"
        ),
        {"prefix": vault.current_prefix, "batch": batch, **values},
    )
    return result.all()


async def _reseal(
    session: AsyncSession,
    vault: Vault,
    column: SealedColumn,
    key: tuple[Any, ...],
    sealed: bytes,
    counted: ColumnReport,
) -> None:
    context = column.context([UUID(int=value.int) for value in key])
    try:
        anew = vault.encrypt(vault.decrypt(sealed, context), context)
    except CannotDecrypt:
        counted.unreadable += 1
        log.error("sealed_value_unreadable", column=column.name, key=[str(value) for value in key])
        return
    where = " AND ".join(f"{name} = :{name}" for name in column.key)
    result = await session.execute(
        text(
            f"UPDATE {column.table} SET {column.column} = :anew WHERE {where} AND {column.column} = :sealed "  # noqa: S608
            f"RETURNING 1"
        ),
        {"anew": anew, "sealed": sealed, **dict(zip(column.key, key, strict=True))},
    )
    if result.one_or_none() is None:
        counted.changed_meanwhile += 1
    else:
        counted.rotated += 1
