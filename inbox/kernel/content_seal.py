"""What people write, sealed at rest: one random data key per account, which the installation's Vault wraps (docs/adr/0014).

A sealed value keeps the shape of what it replaces, so that tables, statements and views need not know of it:
- an object becomes {"sealed": "<key id>.<base64>"} beside the few fields that SQL reads;
- a line of words becomes a mark and the same text.

Invariants
- AES-256-GCM. The account, what the value is, and the row it belongs to are authenticated: moved elsewhere, it does not
  open.
- The nonce is a keyed hash of all that and of the words (a synthetic nonce, as in RFC 5297): the same words of the same row
  seal to the same text, so whatever finds an edit or a webhook again by comparing still does. Different words share a
  nonce once in 2^48 values of one key.
- A key seals only when every process has had the time to learn of it (`ACTIVATION`), so whoever reads a sealed value has
  its key at hand: opening asks nobody and never waits.
- What does not open is None to its reader, counted and logged by key; it never breaks a page, a replay or a flush.
"""

import hashlib
import os
import time
from base64 import b64decode, b64encode
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, TypeAlias
from uuid import UUID

import asyncpg
import orjson
import structlog
from asyncpg.pool import PoolConnectionProxy
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncSession

from inbox.kernel.encryption import CannotDecrypt, Vault
from inbox.kernel.errors import Unavailable
from inbox.kernel.ids import new_id
from inbox.kernel.rows import Row

log = structlog.get_logger(__name__)

FRESH_SECONDS: Final = 15.0
"""How long a process relies on what it knows of an account's keys: four small queries a minute for a busy account."""

ACTIVATION: Final = timedelta(seconds=60)
"""A new key seals from this age on. Twice what ingest keeps an app for (ingest/apps, 30 s), the slowest to hear of it."""

_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_KEY_ID_CHARACTERS: Final = 32
# A control character, which no keyboard writes; jsonb and text take all but NUL.
_WORDS: Final = "\x01sealed:"
_QUOTE: Final = "\x01quoted:"
_BODY: Final = b"\x01sealed:"
_SEALED: Final = "sealed"
# A million accounts would be 1 GB; what is dropped is read again.
_MOST_ACCOUNTS: Final = 20_000
# A page of unreadable messages is one line in the log, not fifty.
_COMPLAIN_EVERY_SECONDS: Final = 60.0

UNREADABLE: Final = Counter(
    "prosa_content_unreadable_total", "Sealed values that could not be opened", ["purpose"]
)

_LOAD_SQL: Final = """
SELECT account_id, id, key_sealed, retired_at IS NULL AS is_current,
       retired_at IS NULL AND created_at <= now() - $2::interval AS seals
FROM content_keys WHERE account_id = ANY($1::uuid[])
"""

Connection: TypeAlias = AsyncSession | asyncpg.Connection | asyncpg.Pool | PoolConnectionProxy


class ContentKeyUnavailable(Unavailable):
    """The account wants its content sealed and its key does not open: nothing is stored in plain text instead."""

    code = "content_key_unavailable"
    title = "The key that seals this account's messages cannot be opened"


class ContentKey:
    """A data key, unwrapped: lives in memory only."""

    __slots__ = ("_cipher", "_nonce_key", "_own", "account_id", "id")

    def __init__(self, account_id: UUID, id_: UUID, key: bytes) -> None:
        self.account_id = account_id
        self.id = id_
        self._cipher = AESGCM(_derive(key, b"prosa content"))
        self._nonce_key = _derive(key, b"prosa nonce")
        self._own = str(account_id).encode()

    def seal(self, plaintext: bytes, purpose: str, row: object) -> str:
        bound = self._bound(purpose, row)
        nonce = hashlib.blake2b(bound + plaintext, digest_size=_NONCE_BYTES, key=self._nonce_key).digest()
        return f"{self.id.hex}.{b64encode(nonce + self._cipher.encrypt(nonce, plaintext, bound)).decode()}"

    def open(self, sealed: str, purpose: str, row: object) -> bytes:
        """Raises InvalidTag or ValueError for what this key did not seal for this place."""
        blob = b64decode(sealed[_KEY_ID_CHARACTERS + 1 :], validate=True)
        return self._cipher.decrypt(blob[:_NONCE_BYTES], blob[_NONCE_BYTES:], self._bound(purpose, row))

    def seal_object(
        self, value: Mapping[str, Any], purpose: str, row: object, plain: Iterable[str] = ()
    ) -> dict[str, Any]:
        """`plain`: fields that stay readable beside the seal. An object that holds nothing else has no words to seal."""
        kept = {name: value[name] for name in plain if name in value}
        if len(kept) == len(value):
            return dict(value)
        return {_SEALED: self.seal(orjson.dumps(value), purpose, row), **kept}

    def seal_words(self, words: str, purpose: str, row: object) -> str:
        return _WORDS + self.seal(words.encode(), purpose, row) if words else words

    def seal_body(self, body: bytes, row: object) -> bytes:
        return _BODY + self.seal(body, "body", row).encode()

    def fingerprint(self, value: bytes) -> bytes:
        """For finding the same again: 32 bytes that nobody without the key can compare guesses with."""
        return hashlib.blake2b(value, digest_size=32, key=self._nonce_key, person=b"prosa same").digest()

    def _bound(self, purpose: str, row: object) -> bytes:
        # NUL stands in no id and no purpose.
        return b"%b\0%b\0%b\0" % (self._own, purpose.encode(), str(row).encode())


class Keyring:
    """The data keys that this process knows. Ids are unique for ever, so one ring serves all that reads and writes."""

    def __init__(self) -> None:
        self._vault: Vault | None = None
        self._keys: dict[str, ContentKey] = {}
        """By id as sealed texts name it."""
        self._of: dict[UUID, list[str]] = {}
        self._sealing: dict[UUID, ContentKey | None] = {}
        """Accounts whose content is sealed; None: it must be, and their key does not open."""
        self._loaded_at: dict[UUID, float] = {}
        self._complained_at: dict[str, float] = {}

    def use(self, vault: Vault) -> None:
        """Called where a process is put together. Without it nothing is asked for, sealed or opened."""
        self._vault = vault

    def sealing(self, account_id: UUID) -> ContentKey | None:
        """What seals new content of the account, as of its last `load`; None: it is stored as it is.

        Raises ContentKeyUnavailable.
        """
        # The first check is what most installations pay, once a message.
        if not self._sealing or account_id not in self._sealing:
            return None
        key = self._sealing[account_id]
        if key is None:
            raise ContentKeyUnavailable(account_id=account_id)
        return key

    def new_key(self, account_id: UUID) -> tuple[UUID, bytes]:
        """Id and wrapped key of a new row of content_keys. Raises ContentKeyUnavailable without a vault."""
        if self._vault is None:
            raise ContentKeyUnavailable(account_id=account_id)
        id_ = new_id()
        return id_, self._vault.encrypt(os.urandom(_KEY_BYTES), wrapping_context(id_))

    async def load(
        self, connection: Connection, account_ids: Collection[UUID], *, fresh_seconds: float = FRESH_SECONDS
    ) -> None:
        """Learns the accounts' keys, unless it has done so within `fresh_seconds`. A session sees its own account's."""
        if self._vault is None:
            return
        limit = time.monotonic() - fresh_seconds
        stale = [a for a in account_ids if fresh_seconds <= 0 or self._loaded_at.get(a, -1e9) < limit]
        if not stale:
            return
        loaded_at = time.monotonic()
        rows = await _fetch(connection, stale)
        by_account: dict[UUID, list[Row]] = {_plain(account_id): [] for account_id in stale}
        for row in rows:
            by_account[_plain(row["account_id"])].append(row)
        if len(self._loaded_at) >= _MOST_ACCOUNTS:
            self._forget_all()
        for account_id, found in by_account.items():
            self._take(self._vault, account_id, found)
            self._loaded_at[account_id] = loaded_at

    def knows(self, sealed: str) -> bool:
        """Whether the key of a sealed text is on the ring; True for what names none."""
        id_ = _key_id(sealed)
        return id_ is None or id_ in self._keys

    def open(self, sealed: str, purpose: str, row: object) -> bytes | None:
        key = self._keys.get(_key_id(sealed) or "")
        if key is not None:
            try:
                return key.open(sealed, purpose, row)
            except (InvalidTag, ValueError):
                pass
        self._complain(purpose, sealed)
        return None

    def open_object(self, value: Mapping[str, Any], purpose: str, row: object) -> dict[str, Any] | None:
        """A plain one is answered as it is."""
        sealed = sealed_text(value)
        if sealed is None:
            return dict(value)
        opened = self.open(sealed, purpose, row)
        return None if opened is None else orjson.loads(opened)

    def open_words(self, words: str, purpose: str, row: object) -> str | None:
        """A plain line is answered as it is."""
        if not words.startswith(_WORDS):
            return words
        opened = self.open(words[len(_WORDS) :], purpose, row)
        return None if opened is None else opened.decode()

    def open_body(self, body: bytes, row: object) -> bytes | None:
        """Plain bytes are answered as they are."""
        if not is_sealed_body(body):
            return body
        return self.open(body[len(_BODY) :].decode("ascii", "replace"), "body", row)

    def seal_body_like(self, like: bytes, body: bytes, row: object) -> bytes:
        """With the key that sealed `like`, which has been opened: current or not, what was sealed stays so."""
        id_ = _key_id(like[len(_BODY) :].decode("ascii", "replace")) if is_sealed_body(like) else None
        return body if id_ is None else self._keys[id_].seal_body(body, row)

    def _take(self, vault: Vault, account_id: UUID, rows: Sequence[Row]) -> None:
        known = {id_: self._keys.pop(id_) for id_ in self._of.pop(account_id, ()) if id_ in self._keys}
        self._sealing.pop(account_id, None)
        for row in rows:
            id_ = _plain(row["id"])
            key = known.get(id_.hex) or _unwrap(vault, account_id, id_, row["key_sealed"])
            if key is not None:
                self._keys[id_.hex] = key
                self._of.setdefault(account_id, []).append(id_.hex)
            if row["seals"] or (row["is_current"] and key is None):
                self._sealing[account_id] = key

    def _forget_all(self) -> None:
        for kept in (self._keys, self._of, self._sealing, self._loaded_at):
            kept.clear()

    def _complain(self, purpose: str, sealed: str) -> None:
        UNREADABLE.labels(purpose).inc()
        try:
            # What stands where an id should be may be anybody's words.
            key_id = str(UUID(hex=_key_id(sealed) or ""))
        except ValueError:
            key_id = ""
        now = time.monotonic()
        if now - self._complained_at.get(key_id, -1e9) < _COMPLAIN_EVERY_SECONDS:
            return
        if len(self._complained_at) >= _MOST_ACCOUNTS:
            self._complained_at.clear()
        self._complained_at[key_id] = now
        log.error("content_unreadable", purpose=purpose, content_key_id=key_id, key_known=self.knows(sealed))


KEYRING: Final = Keyring()
"""The process's own. Views and log items are built in many places that have no other reason to know of keys."""


def sealed_text(value: Any) -> str | None:
    """The sealed part of an object; None for a plain one."""
    sealed = value.get(_SEALED) if isinstance(value, Mapping) else None
    return sealed if isinstance(sealed, str) and _key_id(sealed) is not None else None


def is_sealed_words(words: str) -> bool:
    return words.startswith(_WORDS)


def is_sealed_body(body: bytes) -> bool:
    return body.startswith(_BODY)


SEALED_BODY_PREFIX: Final = _BODY
"""How a sealed body begins; no JSON does."""


def quote_mark(sealed: str) -> str:
    """The words of a quoted message whose content is sealed: its whole content, to be cut when it is open."""
    return _QUOTE + sealed


def quoted_text(words: str) -> str | None:
    """What `quote_mark` has marked; None for plain words."""
    return words[len(_QUOTE) :] if words.startswith(_QUOTE) else None


def wrapping_context(key_id: UUID) -> str:
    """What a wrapped data key is bound to."""
    return f"content_keys.key:{key_id}"


def _derive(key: bytes, use: bytes) -> bytes:
    return hashlib.blake2b(use, digest_size=_KEY_BYTES, key=key).digest()


def _key_id(sealed: str) -> str | None:
    """None for what nobody has sealed."""
    return sealed[:_KEY_ID_CHARACTERS] if sealed[_KEY_ID_CHARACTERS : _KEY_ID_CHARACTERS + 1] == "." else None


def _unwrap(vault: Vault, account_id: UUID, id_: UUID, wrapped: bytes) -> ContentKey | None:
    try:
        return ContentKey(account_id, id_, vault.decrypt(bytes(wrapped), wrapping_context(id_)))
    except CannotDecrypt:
        log.error("content_key_unreadable", account_id=str(account_id), content_key_id=str(id_))
        return None


async def _fetch(connection: Connection, account_ids: Sequence[UUID]) -> Sequence[Row]:
    if isinstance(connection, AsyncSession):
        driver = await connection.connection()
        result = await driver.exec_driver_sql(_LOAD_SQL, (list(account_ids), ACTIVATION))
        return result.mappings().all()
    rows: Sequence[Row] = await connection.fetch(_LOAD_SQL, list(account_ids), ACTIVATION)
    return rows


def _plain(id_: UUID) -> UUID:
    """asyncpg's own UUID type is slower to compare, and orjson refuses it."""
    return UUID(int=id_.int)
