"""A whole Prosa, started as a user starts it, for the end-to-end tests and the benchmarks."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import orjson

from server.embedded import free_port

_READY_TIMEOUT_SECONDS = 90
_STOP_TIMEOUT_SECONDS = 40


class Running:
    """What `prosa run --json` told, with short-hands."""

    def __init__(self, told: dict[str, Any], data_dir: Path, supervisor_pid: int) -> None:
        self.supervisor_pid = supervisor_pid
        self.told = told
        self.data_dir = data_dir
        self.url: str = told["url"]
        self.sandbox_url: str = told["sandbox_url"]
        self.pids: dict[str, int] = told["pids"]

    def user(self, role: str, index: int = 0) -> dict[str, str]:
        people: list[dict[str, str]] = [user for user in self.told["users"] if user["role"] == role]
        return people[index]

    async def sign_in(self, client: httpx.AsyncClient, role: str = "operator", index: int = 0) -> str:
        """An access token."""
        user = self.user(role, index)
        answer = await client.post(
            f"{self.url}/api/v1/auth/sign-in", json={"email": user["email"], "password": user["password"]}
        )
        answer.raise_for_status()
        return str(answer.json()["access_token"])


@asynccontextmanager
async def running_prosa(data_dir: Path, *arguments: str) -> AsyncIterator[Running]:
    """`prosa run --json` on a free port; ended with SIGTERM."""
    errors = data_dir.with_suffix(".stderr")
    with errors.open("wb") as stderr:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "server.cli", "run", "--json", "--port", str(free_port()),
            "--data-dir", str(data_dir), *arguments,
            stdout=asyncio.subprocess.PIPE, stderr=stderr, env={**os.environ, "PYTHONWARNINGS": "default"},
        )  # fmt: skip
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), _READY_TIMEOUT_SECONDS)
        if not line:
            raise RuntimeError(f"prosa run ended: {errors.read_text(errors='replace')[-2000:]}")
        yield Running(orjson.loads(line), data_dir, process.pid)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), _STOP_TIMEOUT_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()
