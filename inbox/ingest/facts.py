"""What one transaction does, per account: written by that transaction, so that no kill and no rollback makes it untrue.

received = stored + repeated + parked, and of the stored messages every one is announced by an event. Both sides are counted
apart: what came in from the batch, what became of it from the answers of the statements. A part that ingest lost on its
way would show as a gap (inbox/proof/equations).
"""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol
from uuid import UUID

RECEIVED, STORED, REPEATED, PARKED, MESSAGES, ANNOUNCED = range(6)
"""Places in an account's counts, in the order of the columns of proof_facts."""

_COLUMNS = ("received", "stored", "repeated", "parked", "messages", "announced")


class HasAccount(Protocol):
    @property
    def account_id(self) -> UUID: ...


class Facts:
    __slots__ = ("_counts",)

    def __init__(self) -> None:
        self._counts: dict[UUID, list[int]] = {}

    def add(self, account_id: UUID, place: int, count: int = 1) -> None:
        counts = self._counts.get(account_id)
        if counts is None:
            counts = self._counts[account_id] = [0] * len(_COLUMNS)
        counts[place] += count

    def add_each(self, place: int, parts: Iterable[HasAccount]) -> None:
        """One for the account of each part. Most batches are of one account, whose id is the same object (0.1 µs a part, 2026-11)."""
        account_id, count = None, 0
        for part in parts:
            if part.account_id is account_id:
                count += 1
                continue
            if account_id is not None:
                self.add(account_id, place, count)
            account_id, count = part.account_id, 1
        if account_id is not None:
            self.add(account_id, place, count)

    def add_missing(self, place: int, of: Sequence[HasAccount], without: Iterable[UUID]) -> None:
        """One for each of `of` that is not answered by an account in `without`."""
        self.add_each(place, of)
        for account_id in without:
            self.add(account_id, place, -1)

    @property
    def accounts(self) -> Iterable[UUID]:
        return self._counts.keys()

    def columns(self) -> dict[str, Any]:
        """For the statement that numbers the events."""
        accounts = sorted(self._counts)
        return {
            "fact_accounts": accounts,
            **{
                f"fact_{name}": [self._counts[account_id][place] for account_id in accounts]
                for place, name in enumerate(_COLUMNS)
            },
        }
