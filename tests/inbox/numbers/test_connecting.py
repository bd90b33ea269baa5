"""How many numbers an account may have."""

import asyncio

import pytest

from inbox.accounts.errors import PlanLimit
from inbox.accounts.plans import STANDARD
from inbox.kernel.database import Database
from inbox.kernel.encryption import Vault
from inbox.numbers.events import ConnectedNumberView
from inbox.numbers.service import connect_number, list_numbers
from tests.conftest import SeededAccount


async def test_a_plan_has_room_for_so_many_numbers_also_when_they_come_at_once(
    database: Database, seed: SeededAccount, vault: Vault
) -> None:
    async def connect(n: int) -> ConnectedNumberView:
        return await connect_number(
            database, seed.admin, vault, name=f"Número {n}", phone_number_id=f"{seed.number.phone_number_id}{n:02}",
            waba_id="419", display_phone_number="+55 11 3000-0000", app_secret="s" * 32, access_token="t" * 20,
            default_department_id=seed.departments["vendas"],
        )  # fmt: skip

    wanted = STANDARD.numbers + 1  # one is there
    results = await asyncio.gather(*(connect(n) for n in range(wanted)), return_exceptions=True)
    refusals = [result for result in results if isinstance(result, BaseException)]
    assert [type(refusal) for refusal in refusals] == [PlanLimit, PlanLimit]
    assert refusals[0].extra == {"limit": STANDARD.numbers, "of": "numbers"}  # type: ignore[attr-defined]
    assert len(await list_numbers(database, seed.admin)) == STANDARD.numbers
    with pytest.raises(PlanLimit):
        await connect(wanted)
