"""What keeps `prosa run` from starting is one clear sentence on standard error and a non-zero exit."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from server.datadir import DataFolder, DataFolderUnusable, Keys, write_private
from server.embedded import free_port


def _refusal(*arguments: str, **environment: str) -> str:
    """The one sentence; fails if it started, or if more than a sentence was said."""
    result = subprocess.run(
        [sys.executable, "-m", "server.cli", "run", "--json", *arguments],
        env={**os.environ, **environment}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert result.returncode == 1, result.stderr
    assert result.stdout == ""
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("prosa: ")
    return lines[0]


def test_busy_port(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        assert f"127.0.0.1:{port} cannot be used" in _refusal("--port", port, "--data-dir", str(tmp_path))


def test_folder_that_cannot_be_written(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a folder")
    sentence = _refusal("--port", str(free_port()), "--data-dir", str(in_the_way / "data"))
    assert "The data folder cannot be used" in sentence
    assert "Not a directory" in sentence


def test_folder_in_use(tmp_path: Path) -> None:
    folder = DataFolder.open(tmp_path / "data")
    try:
        assert "in use by another" in _refusal(
            "--port", str(free_port()), "--data-dir", str(tmp_path / "data")
        )
    finally:
        folder.close()


def test_corrupt_database_folder(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "postgres").mkdir(parents=True)
    write_private(data / "keys.json", Keys.generate().model_dump_json().encode())
    (data / "postgres" / "PG_VERSION").write_text("18\n")
    sentence = _refusal("--port", str(free_port()), "--data-dir", str(data))
    assert "Postgres cannot use" in sentence


def test_lost_keys_are_not_replaced_by_new_ones(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "postgres").mkdir(parents=True)
    (data / "postgres" / "PG_VERSION").write_text("18\n")
    with pytest.raises(DataFolderUnusable, match="is missing, and the database"):
        DataFolder.open(data)


def test_unreadable_keys(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text("{")
    with pytest.raises(DataFolderUnusable, match="cannot be read"):
        DataFolder.open(tmp_path)


def test_unreachable_database(tmp_path: Path) -> None:
    url = f"postgresql://nobody:secret@127.0.0.1:{free_port()}/prosa"
    sentence = _refusal("--port", str(free_port()), "--data-dir", str(tmp_path), PROSA_DATABASE_URL=url)
    assert "The database cannot be reached" in sentence
    assert "secret" not in sentence


def test_unreachable_redis(tmp_path: Path) -> None:
    url = f"redis://127.0.0.1:{free_port()}/0"
    sentence = _refusal("--port", str(free_port()), "--data-dir", str(tmp_path), PROSA_REDIS_URL=url)
    assert "Redis cannot be reached" in sentence


def test_keys_are_private(tmp_path: Path) -> None:
    folder = DataFolder.open(tmp_path / "data")
    folder.close()
    assert (tmp_path / "data" / "keys.json").stat().st_mode & 0o777 == 0o600
