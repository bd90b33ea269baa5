"""The `prosa` command: one function a subcommand; heavy modules are imported where they are used, so `--help` is quick.

Whatever prevents a command from working is one clear sentence on standard error and a non-zero exit.
"""

import asyncio
import contextlib
import gc
import sys
from collections.abc import Coroutine, Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar
from uuid import UUID

import orjson
import typer
from pydantic import ValidationError
from typer.core import TyperGroup

from inbox.kernel.errors import ProsaError
from server.settings import Settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Prosa: a live inbox for WhatsApp Business.",
)

audit = typer.Typer(no_args_is_help=True, help="The audit log.")
app.add_typer(audit, name="audit")

T = TypeVar("T")
FromStdin = Annotated[bool, typer.Option("--settings-from-stdin", hidden=True)]
"""How `prosa run` starts its children: they import first, then read one line of JSON and begin."""
Host = Annotated[str | None, typer.Option(help="Address to listen on (default 127.0.0.1).")]
Port = Annotated[int | None, typer.Option(min=1, max=65535, help="Port to listen on (default 8500).")]


@app.command()
def run(
    host: Host = None,
    port: Port = None,
    data_dir: Annotated[Path | None, typer.Option(help="Folder for keys, database and media.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON line when ready.")] = False,
    no_customers: Annotated[
        bool, typer.Option("--no-customers", help="Virtual customers stay silent.")
    ] = False,
    customers_per_minute: Annotated[
        float, typer.Option(min=0, help="How many customers start to write.")
    ] = 6.0,
) -> None:
    """Everything on this machine: database, Redis, web, worker, sandbox and a demo account."""
    from server.run import RunOptions
    from server.run import run as run_all

    with _clear_errors():
        settings = _settings(host=host, port=port, data_dir=data_dir)
        _configure_logs(settings, quiet=True)
        options = RunOptions(json, not no_customers, customers_per_minute)
        asyncio.run(run_all(settings, options))


@app.command()
def serve(
    host: Host = None,
    port: Port = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes; they share nothing.")] = 1,
    settings_from_stdin: FromStdin = False,
) -> None:
    """The web process: webhooks, REST, live socket and the web app."""
    from server.serve import serve as serve_web

    with _clear_errors():
        settings = _told_settings() if settings_from_stdin else _complete_settings(host=host, port=port)
        _configure_logs(settings)
        serve_web(settings, workers)


@app.command()
def work(settings_from_stdin: FromStdin = False) -> None:
    """The worker process: sends messages, fetches media, runs jobs."""
    from server.work import run_worker

    with _clear_errors():
        settings = _told_settings() if settings_from_stdin else _complete_settings()
        _configure_logs(settings)
        _run(run_worker(settings))


@app.command()
def migrate() -> None:
    """Brings the database up to date (as its owner, PROSA_DATABASE_URL)."""
    from server.migrate import migrate as migrate_database

    with _clear_errors():
        migrate_database(_complete_settings())
        typer.echo("The database is up to date.")


@app.command()
def sandbox(
    webhook_url: Annotated[str, typer.Option(help="Where webhooks are posted.")] = "",
    app_secret: Annotated[str, typer.Option(envvar="PROSA_SANDBOX_APP_SECRET")] = "",
    verify_token: Annotated[str, typer.Option(envvar="PROSA_SANDBOX_VERIFY_TOKEN")] = "",
    access_token: Annotated[str, typer.Option(envvar="PROSA_SANDBOX_ACCESS_TOKEN")] = "",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8790,
    settings_from_stdin: FromStdin = False,
) -> None:
    """A local Graph API with virtual customers and a phone page. Never part of `prosa serve`."""
    from pydantic import TypeAdapter

    from server.sandbox.app import serve as serve_sandbox
    from server.sandbox.config import SandboxConfig

    with _clear_errors():
        _configure_logs(_settings())
        if settings_from_stdin:
            config = TypeAdapter(SandboxConfig).validate_json(_line_from_stdin())
        elif webhook_url and app_secret and verify_token and access_token:
            config = SandboxConfig(webhook_url, app_secret, verify_token, access_token, port=port)
        else:
            raise ProsaError("give --webhook-url, --app-secret, --verify-token and --access-token")
        _run(serve_sandbox(config))


@app.command()
def replay(
    id_: Annotated[list[UUID] | None, typer.Option("--id", help="Only these parked webhooks.")] = None,
    reason: Annotated[str | None, typer.Option(help="Only those parked for this reason.")] = None,
    since: Annotated[datetime | None, typer.Option(help="Only those received since then (UTC).")] = None,
) -> None:
    """Runs parked webhooks again."""
    from server.maintenance import replay_parked

    with _clear_errors():
        report = _run(replay_parked(_complete_settings(), ids=id_, reason=reason, since=since))
        typer.echo(report)


@app.command()
def create_admin(
    email: Annotated[str, typer.Option(prompt=True)],
    name: Annotated[str, typer.Option(prompt=True)],
    account: Annotated[str, typer.Option(prompt="Company", help="Name of the company; made if it is new.")],
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)],
) -> None:
    """Makes a company (if it is new) and an administrator of it."""
    from server.maintenance import create_administrator

    with _clear_errors():
        typer.echo(
            _run(
                create_administrator(
                    _complete_settings(), email=email, name=name, account=account, password=password
                )
            )
        )


@app.command()
def create_super_admin(
    email: Annotated[str, typer.Option(prompt=True)],
    name: Annotated[str, typer.Option(prompt=True)],
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)],
) -> None:
    """Makes somebody who runs this installation: all accounts, people, settings, the system log."""
    from server.maintenance import create_super_administrator

    with _clear_errors():
        typer.echo(
            _run(create_super_administrator(_complete_settings(), email=email, name=name, password=password))
        )


@app.command()
def connect_number(
    account: Annotated[str, typer.Option(prompt="Company")],
    name: Annotated[str, typer.Option(prompt="Name of the number", help="For example: Main")],
    phone_number_id: Annotated[str, typer.Option(prompt=True)],
    waba_id: Annotated[str, typer.Option(prompt="WhatsApp Business Account id")],
    display_phone_number: Annotated[str, typer.Option(prompt=True)],
    access_token: Annotated[str, typer.Option(prompt=True, hide_input=True)],
    app_secret: Annotated[str, typer.Option(prompt=True, hide_input=True)],
) -> None:
    """Connects a real WhatsApp number; prints the callback URL and the verify token for Meta's dashboard."""
    from server.maintenance import connect_whatsapp_number

    with _clear_errors():
        typer.echo(
            _run(
                connect_whatsapp_number(
                    _complete_settings(), account=account, name=name, phone_number_id=phone_number_id, waba_id=waba_id,
                    display_phone_number=display_phone_number, access_token=access_token, app_secret=app_secret,
                )
            )
        )  # fmt: skip


@app.command()
def rotate_keys() -> None:
    """Seals every stored secret anew with the newest of PROSA_ENCRYPTION_KEYS, so that older keys can be removed."""
    from server.maintenance import rotate_encryption_keys

    with _clear_errors():
        report, unreadable = _run(rotate_encryption_keys(_complete_settings()))
        typer.echo(report)
        if unreadable:
            raise typer.Exit(1)


@audit.command()
def verify(
    account: Annotated[str | None, typer.Option(help="Slug of one account; every chain by default.")] = None,
    anchors: Annotated[
        Path | None, typer.Option(help="File outside the database: heads are noted there and checked later.")
    ] = None,
) -> None:
    """Proves that the audit log is whole. Ends with 1 and says what is broken when it is not."""
    from server.audit_command import verify_audit

    with _clear_errors():
        report = _run(verify_audit(_complete_settings(), account=account, anchors_file=anchors))
        for line in report.lines:
            typer.echo(line)
        if not report.is_whole:
            raise typer.Exit(1)


@app.command()
def capacity(
    messages_per_second: Annotated[float, typer.Option(min=0, help="Customers' messages at the peak.")],
    operators: Annotated[int, typer.Option(min=0, help="Connected at once.")],
    sent_per_second: Annotated[
        float | None, typer.Option(min=0, help="Messages sent at the peak (default: as many as received).")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """How many processes, cores and gigabytes an installation needs, from measured numbers."""
    from server.capacity import HEADROOM, MEASURED_ON, Demand, capacity_lines, plan_capacity

    sent = messages_per_second if sent_per_second is None else sent_per_second
    demand = Demand(messages_per_second, operators, sent)
    found = plan_capacity(demand)
    if json:
        typer.echo(orjson.dumps(found.as_json(), option=orjson.OPT_INDENT_2).decode())
        return
    for what, much, why in capacity_lines(demand, found):
        typer.echo(f"{what:<16} {much:<18} {why}")
    typer.echo(
        f"\n{1 - HEADROOM:.0%} of every process is left free. Measured {MEASURED_ON}; see docs/SCALING.md."
    )


class _RowsOrCommand(TyperGroup):
    """`prosa bench latency` measures; only names of commands are commands."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] != "--help"):
            args = ["measure", *args]
        return super().parse_args(ctx, args)


bench = typer.Typer(cls=_RowsOrCommand, help="Measures. Needs the source tree.")
app.add_typer(bench, name="bench")


@bench.command()
def measure(
    rows: Annotated[list[str] | None, typer.Argument(help="Only these measurements.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Shorter, noisier.")] = False,
    data_dir: Annotated[
        Path | None, typer.Option(help="What `prosa bench seed` made, for the growth rows.")
    ] = None,
) -> None:
    """Measures (`prosa bench` alone: everything); prints a table and appends JSON lines to bench-results.jsonl."""
    with _clear_errors(), _source_tree_needed():
        from tests.bench.run import main as run_benchmarks

        run_benchmarks(rows or [], quick=quick, data_dir=data_dir)


@bench.command()
def seed(
    data_dir: Annotated[Path, typer.Option(help="A new folder for a Postgres of its own.")],
    messages: Annotated[int, typer.Option(min=50)] = 10_000_000,
    conversations: Annotated[int, typer.Option(min=50)] = 1_000_000,
) -> None:
    """Fills a database with messages (10 million: 7 minutes, 10 GB), and one with 10 thousand to compare with."""
    with _clear_errors(), _source_tree_needed():
        from tests.bench.seed import Size, seed_folder

        seed_folder(data_dir, Size(messages, conversations), typer.echo)


@contextlib.contextmanager
def _source_tree_needed() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        raise ProsaError("benchmarks need the source tree and the development dependencies") from error


def main() -> None:
    # Imports make millions of objects that live for ever; collecting garbage among them is a quarter of the start.
    gc.disable()
    app()


def _run(work: Coroutine[Any, Any, T]) -> T:
    import uvloop

    return uvloop.run(work)


def _told_settings() -> Settings:
    return Settings.model_validate_json(_line_from_stdin())


def _line_from_stdin() -> str:
    """Waits for the supervisor. Nothing comes when it died first."""
    line = sys.stdin.readline()
    if not line:
        raise typer.Exit(0)
    return line


def _settings(**given: object) -> Settings:
    values = {name: value for name, value in given.items() if value is not None}
    return Settings(**values)  # type: ignore[arg-type]  # pydantic checks them


def _complete_settings(**given: object) -> Settings:
    """Settings for production commands. Raises for what only `prosa run` may leave out."""
    settings = _settings(**given)
    needed = {"PROSA_DATABASE_URL": settings.database_url, "PROSA_REDIS_URL": settings.redis_url,
              "PROSA_SECRET_KEY": settings.secret_key.get_secret_value(),
              "PROSA_ENCRYPTION_KEYS": settings.encryption_keys.get_secret_value()}  # fmt: skip
    if missing := [name for name, value in needed.items() if not value]:
        raise ProsaError(f"set {', '.join(missing)} first (the README lists every setting)")
    if len(settings.secret_key.get_secret_value()) < 32:
        raise ProsaError("PROSA_SECRET_KEY needs at least 32 characters")
    return settings.model_copy(update={"secure_cookies": settings.base_url.startswith("https:")})


def _configure_logs(settings: Settings, *, quiet: bool = False) -> None:
    from server.logs import configure_logs

    gc.enable()  # everything is imported; see main()
    configure_logs("WARNING" if quiet else settings.log_level, as_json=settings.log_json)


@contextlib.contextmanager
def _clear_errors() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    except ValidationError as error:
        problems = "; ".join(
            f"PROSA_{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors()
        )
        _fail(problems)
    except ProsaError as error:
        _fail(f"{error.title}: {error.detail}" if error.detail else error.title)
    except BaseExceptionGroup as group:
        expected, _ = group.split(ProsaError)
        if expected is None:
            raise
        first = next(_leaves(expected))
        _fail(f"{first.title}: {first.detail}" if isinstance(first, ProsaError) else str(first))


def _leaves(group: BaseExceptionGroup[BaseException]) -> Iterator[BaseException]:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _leaves(error)
        else:
            yield error


def _fail(sentence: str) -> None:
    sys.stderr.write(f"prosa: {sentence}\n")
    raise typer.Exit(1)


if __name__ == "__main__":
    main()
