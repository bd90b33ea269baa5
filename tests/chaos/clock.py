"""Wall clocks that a test can step, of Postgres too: a small library under the process, made with the machine's C compiler.

Without a compiler only Prosa's own processes can be stepped (tests/chaos/node.py), and the report says so.
"""

import functools
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_SOURCE = Path(__file__).with_name("clock_shim.c")
_MICROSECONDS = 1_000_000


@dataclass(frozen=True)
class SteppedClock:
    """The clock of one process; `file` says how far it is from the truth."""

    file: Path
    shim: Path | None

    @classmethod
    def make(cls, folder: Path, name: str) -> "SteppedClock":
        clock = cls(folder / f"{name}.clock", build_shim(folder))
        clock.step(0)
        clock.file.chmod(0o644)  # Postgres runs as somebody else
        return clock

    def step(self, seconds: float) -> None:
        with self.file.open("r+b" if self.file.exists() else "wb") as file:  # the same pages: they are mapped
            file.write(int(seconds * _MICROSECONDS).to_bytes(8, "little", signed=True))

    @property
    def environment(self) -> Mapping[str, str]:
        if self.shim is None:
            return {}
        return {"LD_PRELOAD": str(self.shim), "PROSA_CHAOS_CLOCK": str(self.file)}


@functools.cache
def build_shim(folder: Path) -> Path | None:
    """None: there is no C compiler, or this system does not let libraries be put under a process."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    library = folder / "clock_shim.so"
    if compiler is None or sys.platform != "linux":
        return None
    made = subprocess.run(
        [compiler, "-shared", "-fPIC", "-O2", "-o", library, _SOURCE], capture_output=True, check=False
    )
    if made.returncode != 0:
        return None
    library.chmod(0o755)
    return library
