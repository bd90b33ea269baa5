"""The production files, judged by their own tools: compose's and nginx's parsers, hadolint. No Docker engine needed."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import crossplane
import yaml

from server.settings import Settings

_ROOT = Path(__file__).parents[2]
_TOOLS = Path(sys.executable).parent
_SECRETS = dict.fromkeys(
    ("POSTGRES_PASSWORD", "REDIS_PASSWORD", "PROSA_SECRET_KEY", "PROSA_ENCRYPTION_KEYS"), "x" * 40
)


def _compose(environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [_TOOLS / "docker-compose", "-f", _ROOT / "docker-compose.yml", "config"],
        env={"PATH": os.environ["PATH"], **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_compose_file_is_valid_and_complete() -> None:
    result = _compose(_SECRETS)
    assert result.stderr == ""  # the packaged command always exits with 0
    services = yaml.safe_load(result.stdout)["services"]
    assert set(services) == {"postgres", "redis", "migrate", "serve", "work", "nginx"}
    assert "ports" not in services["postgres"]
    assert "ports" not in services["redis"]


def test_compose_refuses_to_start_without_secrets() -> None:
    for missing in _SECRETS:
        result = _compose({name: value for name, value in _SECRETS.items() if name != missing})
        assert result.stdout == ""
        assert f"required variable {missing} is missing" in result.stderr


def test_compose_sets_only_settings_that_exist() -> None:
    services = yaml.safe_load(_compose(_SECRETS).stdout)["services"]
    for name in services["serve"]["environment"]:
        assert name.removeprefix("PROSA_").lower() in Settings.model_fields, name


def test_dockerfile_passes_hadolint() -> None:
    result = subprocess.run(
        [_TOOLS / "hadolint", _ROOT / "deploy" / "Dockerfile"], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout


def test_dockerfile_copies_what_exists() -> None:
    for line in (_ROOT / "deploy" / "Dockerfile").read_text().splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            for source in line.split()[1:-1]:
                assert (_ROOT / source).exists(), source


def test_nginx_parses_and_passes_websockets_through() -> None:
    parsed: dict[str, Any] = crossplane.parse(str(_ROOT / "deploy" / "nginx.conf"))
    problems = [error for error in parsed["errors"] if "mime.types" not in error["error"]]
    assert problems == []
    directives = list(_walk(parsed["config"][0]["parsed"]))
    socket = next(d for d in directives if d["directive"] == "location" and d["args"] == ["/socket.io/"])
    headers = {tuple(d["args"]) for d in socket["block"] if d["directive"] == "proxy_set_header"}
    assert ("Upgrade", "$http_upgrade") in headers
    assert ("Connection", "$connection_upgrade") in headers
    hooks = next(d for d in directives if d["directive"] == "location" and d["args"] == ["/hooks/"])
    assert {"directive": "client_max_body_size", "args": ["4m"]}.items() <= next(
        d for d in hooks["block"] if d["directive"] == "client_max_body_size"
    ).items()


def _walk(block: list[dict[str, Any]]) -> Any:
    for directive in block:
        yield directive
        yield from _walk(directive.get("block", []))


def test_prosa_trusts_nginx_and_nothing_else_of_its_network() -> None:
    config = yaml.safe_load(_compose(_SECRETS).stdout)
    services = config["services"]
    address = services["nginx"]["networks"]["edge"]["ipv4_address"]
    assert services["serve"]["environment"]["PROSA_TRUSTED_PROXIES"] == f"{address}/32"
    assert {name for name, service in services.items() if "edge" in service.get("networks", {})} == {
        "serve",
        "nginx",
    }
    assert "default" not in services["nginx"]["networks"]  # out of reach of the database
    assert [name for name, service in services.items() if service.get("ports")] == ["nginx"]


def test_nginx_tells_every_path_who_the_client_is_and_keeps_figures_inside() -> None:
    parsed: dict[str, Any] = crossplane.parse(str(_ROOT / "deploy" / "nginx.conf"))
    server = next(
        d for d in _walk(parsed["config"][0]["parsed"]) if d["directive"] == "server" and "block" in d
    )
    wanted = {
        ("X-Forwarded-For", "$proxy_add_x_forwarded_for"),
        ("X-Forwarded-Proto", "$http_x_forwarded_proto, $scheme"),
        ("X-Request-Id", "$request_id"),
        ("Forwarded", ""),
    }
    blocks = [server["block"]] + [d["block"] for d in server["block"] if d["directive"] == "location"]
    for block in blocks:
        headers = {tuple(d["args"]) for d in block if d["directive"] == "proxy_set_header"}
        assert not headers or wanted <= headers  # one of its own, and none is inherited
    metrics = next(
        d for d in server["block"] if d["directive"] == "location" and d["args"] == ["=", "/metrics"]
    )
    assert [(d["directive"], d["args"]) for d in metrics["block"]] == [("return", ["404"])]
    assert not any(d["directive"] == "add_header" for d in _walk(parsed["config"][0]["parsed"]))


def test_nginx_takes_what_prosa_takes() -> None:
    parsed: dict[str, Any] = crossplane.parse(str(_ROOT / "deploy" / "nginx.conf"))
    locations = {
        " ".join(d["args"]): {inner["directive"]: inner["args"] for inner in d["block"]}
        for d in _walk(parsed["config"][0]["parsed"])
        if d["directive"] == "location"
    }
    most_upload = Settings().max_upload_bytes // 1024 // 1024
    assert locations["= /api/v1/media"]["client_max_body_size"] == [f"{most_upload + 1}m"]
    assert locations["/hooks/"]["client_max_body_size"] == [f"{Settings().hook_max_bytes // 1024 // 1024}m"]
