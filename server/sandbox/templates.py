"""Templates that the sandbox knows, and the check of a send against them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from server.sandbox.fields import length_utf16
from server.sandbox.problems import GraphProblem

PLACEHOLDER: Final = re.compile(r"\{\{\s*(\w+)\s*\}\}")
RENDERED_BODY_MAX: Final = 1024
# Newlines, tabs and more than four spaces in a row are refused in parameters (132018).
BAD_PARAMETER: Final = re.compile(r"[\n\t]| {5}")
MEDIA_FORMATS: Final = frozenset({"IMAGE", "VIDEO", "DOCUMENT"})


@dataclass(frozen=True, slots=True)
class Template:
    """One template in one language, as Graph lists it."""

    id: str
    name: str
    language: str
    category: str
    components: tuple[dict[str, Any], ...]
    status: str = "APPROVED"
    parameter_format: str = "POSITIONAL"
    quality: str = field(default="GREEN")

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "parameter_format": self.parameter_format,
            "components": list(self.components),
            "language": self.language,
            "status": self.status,
            "category": self.category,
            "id": self.id,
        }

    def component(self, kind: str) -> dict[str, Any] | None:
        return next((each for each in self.components if each["type"] == kind), None)


@dataclass(frozen=True, slots=True)
class RenderedTemplate:
    """What the customer's phone shows."""

    category: str
    header: str
    body: str
    footer: str
    buttons: tuple[dict[str, Any], ...]


def build_templates() -> dict[tuple[str, str], Template]:
    """The templates of a fresh sandbox."""
    quick = [{"type": "QUICK_REPLY", "text": "Confirmar"}, {"type": "QUICK_REPLY", "text": "Remarcar"}]
    rows = (
        Template("700000000000001", "hello_world", "en_US", "UTILITY", (
            {"type": "HEADER", "format": "TEXT", "text": "Hello World"},
            {"type": "BODY", "text": "Welcome and congratulations!! This message demonstrates your ability to send "
             "a WhatsApp message notification from the Cloud API."},
            {"type": "FOOTER", "text": "WhatsApp Business Platform sample message"},
        )),
        Template("700000000000002", "pedido_pronto", "pt_BR", "UTILITY", (
            {"type": "HEADER", "format": "TEXT", "text": "Olá, {{nome}}"},
            {"type": "BODY", "text": "Seu pedido {{numero}} está pronto para retirada."},
            {"type": "FOOTER", "text": "Casa Prosa"},
            {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Obrigado"}]},
        ), parameter_format="NAMED"),
        Template("700000000000003", "lembrete_consulta", "pt_BR", "UTILITY", (
            {"type": "BODY", "text": "Oi, {{1}}! Sua consulta é dia {{2}} às {{3}}. Podemos confirmar?"},
            {"type": "BUTTONS", "buttons": quick},
        )),
        Template("700000000000004", "retomar_atendimento", "pt_BR", "UTILITY", (
            {"type": "BODY", "text": "Oi, {{1}}! Podemos continuar o seu atendimento?"},
            {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Sim, continuar"}]},
        )),
        Template("700000000000005", "oferta_semana", "pt_BR", "MARKETING", (
            {"type": "BODY", "text": "{{1}}, separamos ofertas de até {{2}} de desconto para você. Aproveite!"},
            {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Quero ver"}]},
        )),
    )  # fmt: skip
    return {(row.name, row.language): row for row in rows}


def check_and_render(
    templates: Mapping[tuple[str, str], Template], sent: Mapping[str, Any], *, to_bsuid: bool
) -> RenderedTemplate:
    """Check names, counts and formats of a template send; returns what the phone shows."""
    code = sent["language"]["code"]
    template = templates.get((sent["name"], code))
    if template is None:
        raise GraphProblem(132001, f"template name ({sent['name']}) does not exist in {code}")
    if template.status == "PAUSED":
        raise GraphProblem(132015)
    if template.status == "DISABLED":
        raise GraphProblem(132016)
    if template.status != "APPROVED":
        raise GraphProblem(132001, f"template {sent['name']} is {template.status}")
    if template.category == "AUTHENTICATION" and to_bsuid:
        raise GraphProblem(131062)
    parts = {str(part.get("type", "")).upper(): part for part in sent.get("components", [])}
    header = template.component("HEADER") or {}
    if header.get("format") in MEDIA_FORMATS:
        _check_media_header(header["format"], parts.get("HEADER"))
    body = _fill(template, "BODY", parts.get("BODY"))
    if length_utf16(body) > RENDERED_BODY_MAX:
        raise GraphProblem(132005)
    buttons = template.component("BUTTONS") or {}
    return RenderedTemplate(
        category=template.category.lower(),
        header=_fill(template, "HEADER", parts.get("HEADER")) if header.get("format") == "TEXT" else "",
        body=body,
        footer=str((template.component("FOOTER") or {}).get("text", "")),
        buttons=_fill_buttons(buttons.get("buttons", []), sent.get("components", [])),
    )


def _check_media_header(form: str, part: Mapping[str, Any] | None) -> None:
    parameters = (part or {}).get("parameters") or []
    if len(parameters) != 1 or str(parameters[0].get("type", "")).upper() != form:
        raise GraphProblem(132012, f"header: Format mismatch, expected {form}")


def _fill(template: Template, kind: str, part: Mapping[str, Any] | None) -> str:
    text = str((template.component(kind) or {}).get("text", ""))
    names = list(dict.fromkeys(PLACEHOLDER.findall(text)))
    parameters = [each for each in (part or {}).get("parameters") or [] if isinstance(each, dict)]
    if len(parameters) != len(names):
        raise GraphProblem(
            132000,
            f"{kind.lower()}: number of localizable_params ({len(parameters)}) does not match the expected "
            f"number of params ({len(names)})",
        )
    values: dict[str, str] = {}
    for name, parameter in zip(names, parameters, strict=True):
        key = str(parameter.get("parameter_name", "")) if template.parameter_format == "NAMED" else name
        if key not in names:
            raise GraphProblem(100, f"{kind.lower()}: Parameter name is missing or empty")
        value = parameter.get("text")
        if not isinstance(value, str) or not value:
            raise GraphProblem(132012, f"{kind.lower()}: parameter {name} must be a text")
        if BAD_PARAMETER.search(value):
            raise GraphProblem(132018, "Param text cannot have new-line/tab characters or more than 4 spaces")
        values[key] = value
    return PLACEHOLDER.sub(lambda found: values.get(found.group(1), ""), text)


def _fill_buttons(
    buttons: list[dict[str, Any]], components: list[dict[str, Any]]
) -> tuple[dict[str, Any], ...]:
    payloads: dict[int, str] = {}
    for component in components:
        if str(component.get("type", "")).upper() != "BUTTON":
            continue
        try:
            index = int(component["index"])
        except (KeyError, TypeError, ValueError):
            raise GraphProblem(131008, "template.components.index is required for buttons") from None
        if index >= len(buttons):
            raise GraphProblem(132012, f"buttons: there is no button {index}")
        parameters = component.get("parameters") or [{}]
        payloads[index] = str(parameters[0].get("payload", ""))
    return tuple(
        {**button, "payload": payloads.get(index) or button["text"]} for index, button in enumerate(buttons)
    )
