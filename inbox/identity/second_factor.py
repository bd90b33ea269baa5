"""A person's second factors: setting up, proving, removing. Within a unit of work of prosa_system.

Invariants
- A code is good once: the database moves the last step, or marks the recovery code, and one of two wins.
- Recovery codes come with the first factor and go with the last.
- Whoever must have a second factor cannot remove the last one.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from inbox.identity import factor_repository as repository
from inbox.identity import passkeys, recovery_codes, totp
from inbox.identity.errors import (
    NoSecondFactor,
    PasskeyRefused,
    SecondFactorExists,
    SecondFactorMandatory,
    TooManyPasskeys,
    WrongCode,
)
from inbox.identity.factor_repository import StoredPasskey
from inbox.identity.passkeys import RelyingParty
from inbox.identity.repository import Person
from inbox.kernel.database import UnitOfWork
from inbox.kernel.encryption import Vault
from inbox.kernel.errors import NotFound
from inbox.kernel.ids import new_id

MOST_PASSKEYS: Final = 20
"""A telephone, a few computers and keys in a drawer; the list is sent to the browser whole."""


class FactorRefusal(StrEnum):
    WRONG = "wrong"
    REPLAYED = "replayed"
    """A right code that was taken before."""
    COUNTER = "counter_regressed"
    """A passkey whose counter did not go up: it was copied, or an answer is played again."""


@dataclass(frozen=True, slots=True)
class TotpSetup:
    secret: str
    otpauth_uri: str
    qr_svg: str


# ── authenticator app ───────────────────────────────────────────────────────────────────────────────────────────────


async def start_totp(work: UnitOfWork, vault: Vault, person: Person) -> TotpSetup:
    """A new seed that waits for its first code. Raises SecondFactorExists."""
    seed = totp.new_seed()
    if not await repository.start_totp(
        work.session, person.id, vault.encrypt(seed.encode(), sealing_context(person.id))
    ):
        raise SecondFactorExists
    uri = totp.provisioning_uri(seed, person.email)
    return TotpSetup(seed, uri, totp.qr_svg(uri))


async def confirm_totp(work: UnitOfWork, vault: Vault, person: Person, code: str) -> list[str] | None:
    """The first code proves that the app has the seed. Answers recovery codes; None when there are some from before.

    Raises NoSecondFactor when nothing was started, SecondFactorExists when it is confirmed, WrongCode.
    """
    await repository.lock_person(work.session, person.id)
    stored = await repository.fetch_totp(work.session, person.id)
    if stored is None:
        raise NoSecondFactor
    if stored.confirmed_at is not None:
        raise SecondFactorExists
    step = totp.matching_step(_unsealed(vault, stored, person.id), code, work.now())
    if step is None:
        raise WrongCode
    codes = await _first_codes(work, person.id)
    if not await repository.confirm_totp(work.session, person.id, step, work.now()):
        raise SecondFactorExists
    return codes


async def check_totp(work: UnitOfWork, vault: Vault, user_id: UUID, code: str) -> FactorRefusal | None:
    """None: it is right, and was not used before."""
    stored = await repository.fetch_totp(work.session, user_id)
    if stored is None or stored.confirmed_at is None:
        return FactorRefusal.WRONG
    step = totp.matching_step(_unsealed(vault, stored, user_id), code, work.now())
    if step is None:
        return FactorRefusal.WRONG
    if not await repository.advance_totp(work.session, user_id, step):
        return FactorRefusal.REPLAYED
    return None


async def remove_totp(work: UnitOfWork, user_id: UUID, *, is_mandatory: bool) -> None:
    """Raises NotFound, SecondFactorMandatory."""
    await repository.lock_person(work.session, user_id)
    if not await repository.delete_totp(work.session, user_id):
        raise NotFound("there is no authenticator app")
    await _after_removal(work, user_id, is_mandatory)


def _unsealed(vault: Vault, stored: repository.StoredTotp, user_id: UUID) -> str:
    return vault.decrypt(stored.secret_sealed, sealing_context(user_id)).decode()


def sealing_context(user_id: UUID) -> str:
    return f"totp_factors.secret:{user_id}"


# ── recovery codes ──────────────────────────────────────────────────────────────────────────────────────────────────


async def renew_recovery_codes(work: UnitOfWork, user_id: UUID) -> list[str]:
    """The old ones are void. Raises NoSecondFactor."""
    await repository.lock_person(work.session, user_id)
    if not (await repository.fetch_summary(work.session, user_id)).is_present:
        raise NoSecondFactor
    return await _new_codes(work, user_id)


async def check_recovery_code(work: UnitOfWork, user_id: UUID, code: str) -> FactorRefusal | None:
    digest = recovery_codes.code_hash(user_id, code)
    if await repository.use_recovery_code(work.session, user_id, digest, work.now()):
        return None
    return FactorRefusal.WRONG


async def _first_codes(work: UnitOfWork, user_id: UUID) -> list[str] | None:
    if (await repository.fetch_summary(work.session, user_id)).recovery_codes_left:
        return None
    return await _new_codes(work, user_id)


async def _new_codes(work: UnitOfWork, user_id: UUID) -> list[str]:
    codes = recovery_codes.new_codes()
    hashes = [recovery_codes.code_hash(user_id, code) for code in codes]
    await repository.replace_recovery_codes(work.session, user_id, hashes)
    return codes


# ── passkeys ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def add_passkey(
    work: UnitOfWork,
    person: Person,
    *,
    party: RelyingParty,
    attestation: dict[str, Any],
    challenge: str,
    name: str,
) -> tuple[StoredPasskey, list[str] | None]:
    """The passkey, and recovery codes when there were none. Raises PasskeyRefused, TooManyPasskeys."""
    new = passkeys.check_attestation(party, attestation, challenge)
    await repository.lock_person(work.session, person.id)
    if (await repository.fetch_summary(work.session, person.id)).passkeys >= MOST_PASSKEYS:
        raise TooManyPasskeys
    codes = await _first_codes(work, person.id)
    stored = StoredPasskey(
        id=new_id(), user_id=person.id, credential_id=new.credential_id, public_key=new.public_key,
        sign_count=new.sign_count, transports=new.transports, name=name, created_at=work.now(), last_used_at=None,
    )  # fmt: skip
    if not await repository.insert_passkey(
        work.session, passkey_id=stored.id, user_id=person.id, credential_id=new.credential_id,
        public_key=new.public_key, sign_count=new.sign_count, transports=new.transports, name=name,
    ):  # fmt: skip
        raise PasskeyRefused
    return stored, codes


async def check_passkey(
    work: UnitOfWork, party: RelyingParty, assertion: dict[str, Any], challenge: str, passkey: StoredPasskey
) -> FactorRefusal | None:
    """None: it holds, and its counter went up."""
    try:
        count = passkeys.check_assertion(party, assertion, challenge, passkey)
    except PasskeyRefused:
        return FactorRefusal.WRONG
    if not await repository.advance_passkey(work.session, passkey.id, count, work.now()):
        return FactorRefusal.COUNTER
    return None


async def remove_passkey(work: UnitOfWork, user_id: UUID, passkey_id: UUID, *, is_mandatory: bool) -> str:
    """Answers its name. Raises NotFound, SecondFactorMandatory."""
    await repository.lock_person(work.session, user_id)
    name = await repository.delete_passkey(work.session, user_id, passkey_id)
    if name is None:
        raise NotFound(passkey_id=passkey_id)
    await _after_removal(work, user_id, is_mandatory)
    return name


# ── all of them ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def methods_of(work: UnitOfWork, user_id: UUID) -> list[str]:
    """With what this person can prove themselves; empty without a second factor."""
    summary = await repository.fetch_summary(work.session, user_id)
    if not summary.is_present:
        return []
    present = {
        "totp": summary.totp_since is not None,
        "passkey": summary.passkeys > 0,
        "recovery_code": summary.recovery_codes_left > 0,
    }
    return [name for name, is_there in present.items() if is_there]


async def remove_second_factors(work: UnitOfWork, user_id: UUID) -> None:
    """For somebody who has lost them: an administrator resets."""
    await repository.lock_person(work.session, user_id)
    await repository.delete_totp(work.session, user_id)
    await repository.delete_passkeys(work.session, user_id)
    await repository.delete_recovery_codes(work.session, user_id)


async def _after_removal(work: UnitOfWork, user_id: UUID, is_mandatory: bool) -> None:
    if (await repository.fetch_summary(work.session, user_id)).is_present:
        return
    if is_mandatory:
        raise SecondFactorMandatory
    await repository.delete_recovery_codes(work.session, user_id)
