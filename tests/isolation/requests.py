"""A valid request for every operation of the OpenAPI document, with the ids that a test wants in it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from inbox.kernel.ids import new_id

Schema = dict[str, Any]
IdOf = Callable[[str], UUID | None]
"""From the name of a parameter or field (conversation_id) to an id; None: this world has nothing of that name."""


@dataclass(frozen=True)
class Operation:
    name: str
    method: str
    path: str
    path_parameters: tuple[str, ...]
    query_parameters: tuple[Schema, ...]
    body: Schema | None
    """Of application/json."""
    form: Schema | None
    """Of multipart/form-data."""
    is_public: bool
    """For nobody in particular: signing in, links in mails."""

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: dict[str, Any] = field(default_factory=dict)
    json: Any = None
    files: dict[str, Any] | None = None


def operations(document: Schema) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            parameters = operation.get("parameters", [])
            content = operation.get("requestBody", {}).get("content", {})
            yield Operation(
                name=operation["operationId"],
                method=method.upper(),
                path=path,
                path_parameters=tuple(p["name"] for p in parameters if p["in"] == "path"),
                query_parameters=tuple(p for p in parameters if p["in"] == "query"),
                body=content.get("application/json", {}).get("schema"),
                form=content.get("multipart/form-data", {}).get("schema"),
                is_public="security" not in operation,
            )


class RequestBuilder:
    """Builds the smallest valid values. `values` wins over the schema, by operation and field, or by field alone."""

    def __init__(self, document: Schema, values: dict[str, Any]) -> None:
        self._document = document
        self._values = values

    def build(self, operation: Operation, id_of: IdOf, *, optional_ids: bool = True) -> Request:
        path = operation.path
        for name in operation.path_parameters:
            path = path.replace(
                f"{{{name}}}", str(self._values.get(f"{operation.name}.{name}") or id_of(name) or new_id())
            )
        query = {}
        for parameter in operation.query_parameters:
            name = parameter["name"]
            if parameter.get("required") or (
                optional_ids and name.endswith("_id") and id_of(name) is not None
            ):
                query[name] = self._value(operation, name, parameter["schema"], id_of)
        body = None if operation.body is None else self._value(operation, "body", operation.body, id_of)
        files = None
        if operation.form is not None:
            form = self._resolve(operation.form)
            files = {
                name: ("file.png", PNG, "image/png") for name, s in form["properties"].items() if _is_file(s)
            }
        return Request(operation.method, path, query, body, files)

    def _resolve(self, schema: Schema) -> Schema:
        while "$ref" in schema:
            found = self._document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            schema = found
        return schema

    def _value(self, operation: Operation, name: str, schema: Schema, id_of: IdOf) -> Any:
        for key in (f"{operation.name}.{name}", name):
            if key in self._values:
                return self._values[key]
        schema = self._resolve(schema)
        for union in ("oneOf", "anyOf"):
            if union in schema:
                choices = [self._resolve(choice) for choice in schema[union]]
                uuid = next((c for c in choices if c.get("format") == "uuid"), None)
                return self._value(operation, name, uuid or choices[0], id_of)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return schema["enum"][0]
        match schema.get("type"):
            case "object" | None:
                wanted = schema.get("properties", {})
                required = set(schema.get("required", ()))
                return {
                    field_name: self._value(operation, field_name, wanted[field_name], id_of)
                    for field_name in wanted
                    if field_name in required
                    or "const" in wanted[field_name]
                    or f"{operation.name}.{field_name}" in self._values
                    or (field_name.endswith("_id") and id_of(field_name) is not None)
                }
            case "array":
                item = schema.get("items", {})
                one = name.removesuffix("s")
                if schema.get("minItems", 0) or (one.endswith("_id") and id_of(one) is not None):
                    return [self._value(operation, one, item, id_of)]
                return []
            case "string":
                return self._string(name, schema, id_of)
            case "integer" | "number":
                return max(schema.get("minimum", 1), schema.get("exclusiveMinimum", 0) + 1)
            case "boolean":
                return True
        raise AssertionError(f"a value for {operation}'s {name}: extend tests/isolation/requests.py")

    def _string(self, name: str, schema: Schema, id_of: IdOf) -> str:
        match schema.get("format"):
            case "uuid":
                return str(id_of(name) or new_id())
            case "date-time":
                return "2026-11-20T12:00:00Z"
            case "date":
                return "2026-11-20"
            case "email":
                return f"{new_id().hex}@example.com"
        return "x" * max(int(schema.get("minLength", 1)), 1)


def _is_file(schema: Schema) -> bool:
    return schema.get("format") == "binary" or "contentMediaType" in schema


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000"
    "000049454e44ae426082"
)
