"""The data folder of `prosa run`: one supervisor at a time, and the keys that are generated on first run (0600)."""

import fcntl
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pydantic import BaseModel, ValidationError

from inbox.kernel.errors import ProsaError


class DataFolderUnusable(ProsaError):
    code = "data_folder_unusable"
    title = "The data folder cannot be used"


class Keys(BaseModel):
    """Generated once. Losing them loses every sealed secret and the embedded database's password."""

    secret_key: str
    encryption_keys: str
    postgres_password: str
    redis_password: str

    @classmethod
    def generate(cls) -> "Keys":
        return cls(
            secret_key=secrets.token_urlsafe(48),
            encryption_keys=secrets.token_hex(32),
            postgres_password=secrets.token_urlsafe(24),
            redis_password=secrets.token_urlsafe(24),
        )


@dataclass
class DataFolder:
    """Opened for as long as the supervisor lives."""

    path: Path
    keys: Keys
    _lock: IO[bytes]

    @classmethod
    def open(cls, path: Path) -> "DataFolder":
        """Makes the folder if it is new. Raises DataFolderUnusable in one clear sentence."""
        path = path.absolute()
        try:
            path.mkdir(mode=0o711, parents=True, exist_ok=True)
            lock = (path / "lock").open("ab")
        except OSError as error:
            raise DataFolderUnusable(f"{path}: {error.strerror}") from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.close()
            raise DataFolderUnusable(f"{path} is in use by another prosa run") from error
        try:
            return cls(path, _load_or_make_keys(path), lock)
        except DataFolderUnusable:
            lock.close()
            raise

    def close(self) -> None:
        self._lock.close()


def write_private(path: Path, content: bytes) -> None:
    """Writes a file that only its owner may read; whole or not at all."""
    temporary = path.with_suffix(".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def _load_or_make_keys(path: Path) -> Keys:
    file = path / "keys.json"
    try:
        return Keys.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        if (path / "postgres" / "PG_VERSION").exists():
            raise DataFolderUnusable(
                f"{file} is missing, and the database in this folder cannot be opened without it"
            ) from None
        keys = Keys.generate()
        write_private(file, keys.model_dump_json(indent=2).encode())
        return keys
    except (ValidationError, OSError) as error:
        raise DataFolderUnusable(f"{file} cannot be read") from error
