"""`python -m server.export_schemas FOLDER`: what web's types are generated from, without a running server.

Writes openapi.json (REST) and protocol.json (the live protocol's models and its maps of wire names).
"""

import asyncio
import sys
from pathlib import Path
from typing import Any

import orjson

from realtime.asyncapi import schema_for_web
from server.api import build_api
from server.context import build_context
from server.settings import Settings


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    documents = {"openapi": asyncio.run(_openapi()), "protocol": schema_for_web()}
    for name, document in documents.items():
        (folder / f"{name}.json").write_bytes(
            orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
        )


async def _openapi() -> dict[str, Any]:
    """Only constructed: nothing of these settings is ever connected to."""
    settings = Settings.model_validate(
        {
            "database_url": "postgresql://localhost:5432/unused",
            "redis_url": "redis://localhost:6379",
            "secret_key": "-" * 32,
            "encryption_keys": "00" * 32,
        }
    )
    return build_api(build_context(settings)).openapi()


if __name__ == "__main__":
    main()
