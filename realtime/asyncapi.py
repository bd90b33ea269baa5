"""The live protocol as documents: AsyncAPI 3.0 for people and generators, JSON Schema for web's types.

Both are derived from `realtime.protocol`; nothing is described here that is not there.
"""

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from realtime.protocol import COMMANDS, EPHEMERAL_EVENTS, EVENT_TYPES, ConnectAuth, LogItem, Problem

_REF = "#/components/schemas/{model}"
_TITLE = "Prosa live protocol"
_VERSION = "1"

Schema = dict[str, Any]


def schema_for_web() -> Schema:
    """An OpenAPI 3.1 document that has only components: every model, and the three maps of wire names.

    `EventMap`: type of a log item → its data. `EphemeralMap`: event → its data. `CommandMap`: command →
    {payload, result}.
    """
    return {
        "openapi": "3.1.0",
        "info": {"title": _TITLE, "version": _VERSION},
        "paths": {},
        "components": {"schemas": {**_model_schemas(), **_maps()}},
    }


def build_asyncapi(server_host: str = "localhost") -> Schema:
    """The AsyncAPI 3.0 document. One channel: the main namespace of the Socket.IO endpoint."""
    messages: Schema = {"events": {"summary": "Log items, ascending in seq", "payload": _log_items()}}
    for name, model in EPHEMERAL_EVENTS.items():
        messages[name] = {"summary": _summary(model), "payload": _ref(model)}
    for name, (payload, result) in COMMANDS.items():
        messages[name] = {"summary": _summary(payload), "payload": _ref(payload)}
        messages[f"{name}_ack"] = {"payload": {"oneOf": [_ref(result), _ref(Problem)]}}
    # A name that goes both ways (typing) is two messages.
    for name in EPHEMERAL_EVENTS.keys() & COMMANDS.keys():
        model = EPHEMERAL_EVENTS[name]
        messages[f"{name}_event"] = {"name": name, "summary": _summary(model), "payload": _ref(model)}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": _TITLE,
            "version": _VERSION,
            "description": "Socket.IO v5 over WebSocket only (no long polling), main namespace. Connect with the `ConnectAuth` "
            "model as `auth`; the highest seq seen in `events`, `cursor` or `ready` is always a safe cursor to resume from.",
        },
        "servers": {"live": {"host": server_host, "protocol": "wss", "pathname": "/socket.io/"}},
        "channels": {
            "main": {
                "address": "/",
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
                "bindings": {"ws": {"query": {"type": "object", "properties": {"auth": _ref(ConnectAuth)}}}},
            }
        },
        "operations": {**_sends(), **_receives()},
        "components": {"messages": messages, "schemas": {**_model_schemas(), **_maps()}},
    }


def _sends() -> Schema:
    """What the server sends (AsyncAPI looks from the application that the document describes)."""
    names = ["events", *(f"{name}_event" if name in COMMANDS else name for name in EPHEMERAL_EVENTS)]
    return {
        f"send_{name}": {
            "action": "send",
            "channel": {"$ref": "#/channels/main"},
            "messages": [_message(name)],
        }
        for name in names
    }


def _receives() -> Schema:
    return {
        name: {
            "action": "receive",
            "channel": {"$ref": "#/channels/main"},
            "messages": [_message(name)],
            "reply": {"channel": {"$ref": "#/channels/main"}, "messages": [_message(f"{name}_ack")]},
        }
        for name in COMMANDS
    }


def _message(name: str) -> Schema:
    return {"$ref": f"#/channels/main/messages/{name}"}


def _model_schemas() -> Schema:
    """What we send is described as serialised (every field is there), what we take as validated."""
    sent: list[type[BaseModel]] = [
        *EVENT_TYPES.values(), *EPHEMERAL_EVENTS.values(), *(result for _, result in COMMANDS.values()),
        LogItem, Problem,
    ]  # fmt: skip
    taken: list[type[BaseModel]] = [ConnectAuth, *(payload for payload, _ in COMMANDS.values())]
    modes: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        *((model, "serialization") for model in dict.fromkeys(sent)),
        *((model, "validation") for model in dict.fromkeys(taken)),
    ]  # fmt: skip
    _, definitions = models_json_schema(modes, ref_template=_REF)
    schemas: Schema = definitions["$defs"]
    return dict(sorted(schemas.items()))


def _maps() -> Schema:
    return {
        "EventMap": _map({name: _ref(model) for name, model in EVENT_TYPES.items()}),
        "EphemeralMap": _map({name: _ref(model) for name, model in EPHEMERAL_EVENTS.items()}),
        "CommandMap": _map(
            {
                name: _map({"payload": _ref(payload), "result": _ref(result)})
                for name, (payload, result) in COMMANDS.items()
            }
        ),
    }


def _map(properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _log_items() -> Schema:
    """`events`: an array of LogItem, where `type` decides what `data` is."""
    variants = [
        {"properties": {"type": {"const": name}, "data": _ref(model)}} for name, model in EVENT_TYPES.items()
    ]
    return {"type": "array", "items": {"allOf": [_ref(LogItem), {"oneOf": variants}]}}


def _ref(model: type[BaseModel]) -> Schema:
    return {"$ref": _REF.format(model=model.__name__)}


def _summary(model: type[BaseModel]) -> str:
    return (model.__doc__ or model.__name__).strip().splitlines()[0]
