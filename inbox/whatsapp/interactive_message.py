"""Prompts: messages with something to tap. What the customer taps comes back as `interactive` content of the same chat.

Limits: Cloud API, interactive messages, read 2026-11 (`limits` holds the lengths).
"""

from typing import Annotated, Literal, Self, TypeAlias
from uuid import UUID

from pydantic import Field, JsonValue, model_validator
from pydantic_core import PydanticCustomError

from inbox.whatsapp.limits import (
    MAX_BUTTONS,
    MAX_ROWS_IN_LIST,
    MAX_SECTIONS,
    ButtonTitle,
    FlowButton,
    FooterText,
    HeaderText,
    InteractiveBody,
    Line,
    ReplyId,
    RowDescription,
    RowId,
    RowTitle,
    WebAddress,
)
from inbox.whatsapp.payloads import JsonObject
from inbox.whatsapp.sendable import MediaIds, Sendable, meta_id, present


class TextHeader(Sendable):
    type: Literal["text"] = "text"
    text: HeaderText

    def graph_object(self, _media: MediaIds) -> JsonObject:
        return {"type": "text", "text": self.text}


class MediaHeader(Sendable):
    type: Literal["image", "video", "document"]
    media_id: UUID
    file_name: Line | None = None
    """Shown for documents only."""

    def graph_object(self, media: MediaIds) -> JsonObject:
        file_name = self.file_name if self.type == "document" else None
        return {
            "type": self.type,
            self.type: present(id=meta_id(self.media_id, media), filename=file_name),
        }


Header: TypeAlias = Annotated[TextHeader | MediaHeader, Field(discriminator="type")]


class _Prompt(Sendable):
    kind: Literal["interactive"] = "interactive"


def _interactive(
    prompt_type: str,
    action: JsonObject,
    body: str | None,
    footer: str | None = None,
    header: JsonObject | None = None,
) -> JsonObject:
    return present(
        type=prompt_type,
        header=header,
        body={"text": body} if body is not None else None,
        footer={"text": footer} if footer is not None else None,
        action=action,
    )


def _header(header: TextHeader | MediaHeader | None, media: MediaIds) -> JsonObject | None:
    return header.graph_object(media) if header is not None else None


def _unique(values: list[str], part: str, field: str) -> None:
    if len(set(values)) != len(values):
        raise PydanticCustomError("not_unique", "{part} must differ", {"part": part, "field": field})


class ReplyButton(Sendable):
    id: ReplyId
    title: ButtonTitle


class ButtonPrompt(_Prompt):
    """Up to three buttons under a text."""

    type: Literal["button"] = "button"
    body: InteractiveBody
    header: Header | None = None
    footer: FooterText | None = None
    buttons: list[ReplyButton] = Field(min_length=1, max_length=MAX_BUTTONS)

    @model_validator(mode="after")
    def _check(self) -> Self:
        _unique([button.id for button in self.buttons], "ids", "buttons")
        _unique([button.title for button in self.buttons], "titles", "buttons")
        return self

    def graph_object(self, media: MediaIds) -> JsonObject:
        buttons = [{"type": "reply", "reply": {"id": b.id, "title": b.title}} for b in self.buttons]
        return _interactive(
            self.type, {"buttons": buttons}, self.body, self.footer, _header(self.header, media)
        )


class ListRow(Sendable):
    id: RowId
    title: RowTitle
    description: RowDescription | None = None


class ListSection(Sendable):
    title: RowTitle | None = None
    rows: list[ListRow] = Field(min_length=1, max_length=MAX_ROWS_IN_LIST)


class ListPrompt(_Prompt):
    """A menu that opens: ten rows in all, in up to ten sections."""

    type: Literal["list"] = "list"
    body: InteractiveBody
    header: TextHeader | None = None
    footer: FooterText | None = None
    button: ButtonTitle
    sections: list[ListSection] = Field(min_length=1, max_length=MAX_SECTIONS)

    @model_validator(mode="after")
    def _check(self) -> Self:
        rows = [row for section in self.sections for row in section.rows]
        if len(rows) > MAX_ROWS_IN_LIST:
            raise PydanticCustomError(
                "too_many_rows",
                "at most {limit} rows in all sections together",
                {"limit": MAX_ROWS_IN_LIST, "field": "sections"},
            )
        if len(self.sections) > 1 and any(section.title is None for section in self.sections):
            raise PydanticCustomError(
                "section_title_missing",
                "every one of several sections needs a title",
                {"field": "sections"},
            )
        _unique([row.id for row in rows], "row ids", "sections")
        return self

    def graph_object(self, media: MediaIds) -> JsonObject:
        sections = [section.model_dump(exclude_none=True) for section in self.sections]
        return _interactive(
            self.type,
            {"button": self.button, "sections": sections},
            self.body,
            self.footer,
            _header(self.header, media),
        )


class CtaUrlPrompt(_Prompt):
    """One button that opens a page."""

    type: Literal["cta_url"] = "cta_url"
    body: InteractiveBody
    header: Header | None = None
    footer: FooterText | None = None
    display_text: ButtonTitle
    url: WebAddress

    def graph_object(self, media: MediaIds) -> JsonObject:
        parameters = {"display_text": self.display_text, "url": self.url}
        return _interactive(
            self.type,
            {"name": "cta_url", "parameters": parameters},
            self.body,
            self.footer,
            _header(self.header, media),
        )


class LocationRequestPrompt(_Prompt):
    """A button with which the customer shares where they are."""

    type: Literal["location_request_message"] = "location_request_message"
    body: InteractiveBody

    def graph_object(self, _media: MediaIds) -> JsonObject:
        return _interactive(self.type, {"name": "send_location"}, self.body)


class FlowPrompt(_Prompt):
    """Opens a WhatsApp Flow (a form)."""

    type: Literal["flow"] = "flow"
    body: InteractiveBody
    header: Header | None = None
    footer: FooterText | None = None
    flow_id: Line | None = None
    flow_name: Line | None = None
    flow_cta: FlowButton
    flow_token: Line | None = None
    mode: Literal["draft", "published"] | None = None
    flow_action: Literal["navigate", "data_exchange"] | None = None
    screen: Line | None = None
    data: dict[str, JsonValue] | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.flow_id is None) == (self.flow_name is None):
            raise PydanticCustomError(
                "flow_reference", "exactly one of flow_id and flow_name", {"field": "flow_id"}
            )
        return self

    def graph_object(self, media: MediaIds) -> JsonObject:
        payload = present(screen=self.screen, data=self.data or None)
        parameters = present(
            # The only version that Graph accepts (OpenAPI v23.0).
            flow_message_version="3",
            flow_id=self.flow_id,
            flow_name=self.flow_name,
            flow_cta=self.flow_cta,
            flow_token=self.flow_token,
            mode=self.mode,
            flow_action=self.flow_action,
            flow_action_payload=payload or None,
        )
        return _interactive(
            self.type,
            {"name": "flow", "parameters": parameters},
            self.body,
            self.footer,
            _header(self.header, media),
        )


class ProductPrompt(_Prompt):
    """One product of the catalogue; WhatsApp draws it, so there is no header."""

    type: Literal["product"] = "product"
    body: InteractiveBody | None = None
    footer: FooterText | None = None
    catalog_id: Line
    product_id: Line

    def graph_object(self, _media: MediaIds) -> JsonObject:
        action = {"catalog_id": self.catalog_id, "product_retailer_id": self.product_id}
        return _interactive(self.type, action, self.body, self.footer)


OutgoingInteractive: TypeAlias = Annotated[
    ButtonPrompt | ListPrompt | CtaUrlPrompt | LocationRequestPrompt | FlowPrompt | ProductPrompt,
    Field(discriminator="type"),
]
