"""Who a customer is to WhatsApp, in every spelling; and the keyed hashes that remain of it after an erasure.

A hash proves to whoever names a phone number or BSUID that this one was erased. Without the installation's key nobody can
make one, so nobody can try all the numbers of a country against it.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import orjson

from inbox.whatsapp.phone import canonical_phone, format_phone, is_bsuid, phone_variants

# Shorter pieces ("da", "Li") are in half of all sentences.
_NAME_CHARACTERS = 4
# A subscriber's number without country and area (Anatel): fewer digits name nobody.
_PHONE_DIGITS = 8
_NOT_DIGITS = re.compile(r"\D+")


@dataclass(frozen=True, slots=True)
class Subject:
    """The names of one contact. `spellings` are searched for in what is kept raw."""

    phones: tuple[str, ...]
    """Canonical."""
    bsuids: tuple[str, ...]
    spellings: tuple[str, ...]
    """Every form in which a webhook may write a phone or BSUID of theirs."""
    usernames: tuple[str, ...]

    def to_json(self) -> bytes:
        return orjson.dumps([self.phones, self.bsuids, self.spellings, self.usernames])

    @classmethod
    def from_json(cls, encoded: bytes) -> "Subject":
        return cls(*map(tuple, orjson.loads(encoded)))

    def join(self, other: "Subject") -> "Subject":
        return Subject(
            _unique([*self.phones, *other.phones]),
            _unique([*self.bsuids, *other.bsuids]),
            _unique([*self.spellings, *other.spellings]),
            _unique([*self.usernames, *other.usernames]),
        )


def build_subject(
    wa_id: str | None, bsuid: str | None, username: str | None, identities: Iterable[tuple[str, str]]
) -> Subject:
    """From a contact's row and its identities (kind, value)."""
    named = list(identities)
    phones = _unique([*_canonical(wa_id), *(value for kind, value in named if kind == "phone")])
    bsuids = _unique([*([bsuid] if bsuid else []), *(value for kind, value in named if kind == "bsuid")])
    spellings = [variant for phone in phones for variant in phone_variants(phone)]
    spellings += [format_phone(phone) for phone in phones]
    return Subject(
        phones,
        bsuids,
        _unique([*spellings, *([wa_id] if wa_id else []), *bsuids]),
        (username,) if username else (),
    )


def subject_hashes(key: bytes, account_id: UUID, subject: Subject) -> list[str]:
    """`key`: Database.audit_key; a key of its own is derived. Empty for somebody without any identity."""
    named = [("phone", phone) for phone in subject.phones] + [("bsuid", bsuid) for bsuid in subject.bsuids]
    return [_hash(key, account_id, kind, value) for kind, value in named]


def identity_hash(key: bytes, account_id: UUID, identity: str) -> str | None:
    """Of a phone number as people write it, or a BSUID; None for what is neither."""
    given = identity.strip()
    if is_bsuid(given):
        return _hash(key, account_id, "bsuid", given)
    try:
        return _hash(key, account_id, "phone", canonical_phone(given))
    except ValueError:
        return None


def names_subject(text: str, names: Iterable[str | None], subject: Subject) -> bool:
    """Whether a free text gives away who it is about: a name in full or a long part of it, a number, an e-mail address."""
    said = text.casefold()
    if "@" in said:
        return True
    parts = (part for name in names if name for part in (name, *name.split()))
    if any(
        re.search(rf"(?<!\w){re.escape(part.casefold())}(?!\w)", said)
        for part in parts
        if len(part) >= _NAME_CHARACTERS
    ):
        return True
    digits = _NOT_DIGITS.sub("", said)
    ends = {phone[-_PHONE_DIGITS:] for phone in subject.phones}
    return any(end in digits for end in ends) or any(bsuid.casefold() in said for bsuid in subject.bsuids)


def derive_key(key: bytes, purpose: bytes) -> bytes:
    return hmac.new(key, b"privacy desk: " + purpose, hashlib.sha256).digest()


def _hash(key: bytes, account_id: UUID, kind: str, value: str) -> str:
    message = f"{account_id}:{kind}:{value}".encode()
    return hmac.new(derive_key(key, b"erased subjects"), message, hashlib.sha256).hexdigest()


def _canonical(wa_id: str | None) -> list[str]:
    try:
        return [canonical_phone(wa_id)] if wa_id else []
    except ValueError:
        return []


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
