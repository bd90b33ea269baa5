"""Template messages: the parameters that fill an approved template.

Count, names and formats of the parameters are checked by Meta against the template (132000, 132012); here only what holds
for every template. Cloud API, template messages, read 2026-11.
"""

import re
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from pydantic import AfterValidator, Field, JsonValue
from pydantic_core import PydanticCustomError

from inbox.whatsapp.limits import CouponCode, Line, RowId, limited
from inbox.whatsapp.payloads import JsonObject
from inbox.whatsapp.sendable import MediaIds, Sendable, meta_id, present

# Meta refuses these inside parameters of the body (132018; reported by partners, not on a page of Meta).
_FORBIDDEN_IN_PARAMETER = re.compile(r"[\n\r\t]| {5,}")


def _check_parameter(value: str) -> str:
    if _FORBIDDEN_IN_PARAMETER.search(value):
        raise PydanticCustomError(
            "parameter_whitespace", "no line breaks, tabs or more than {limit} spaces in a row", {"limit": 4}
        )
    return value


ParameterText: TypeAlias = Annotated[str, limited(1024), AfterValidator(_check_parameter)]
"""The rendered body holds at most 1,024 characters (132005), so a parameter cannot hold more."""


class TextParameter(Sendable):
    type: Literal["text"] = "text"
    text: ParameterText
    parameter_name: Annotated[str, Field(pattern=r"^[a-z0-9_]+$", max_length=100)] | None = None
    """Only for templates with named parameters."""

    def graph_object(self, _media: MediaIds) -> JsonObject:
        return present(type="text", parameter_name=self.parameter_name, text=self.text)


class CurrencyParameter(Sendable):
    type: Literal["currency"] = "currency"
    fallback_value: ParameterText
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    amount_1000: int
    """Thousandths of the currency."""

    def graph_object(self, _media: MediaIds) -> JsonObject:
        amount = {
            "fallback_value": self.fallback_value,
            "code": self.currency,
            "amount_1000": self.amount_1000,
        }
        return {"type": "currency", "currency": amount}


class DateTimeParameter(Sendable):
    type: Literal["date_time"] = "date_time"
    fallback_value: ParameterText

    def graph_object(self, _media: MediaIds) -> JsonObject:
        return {"type": "date_time", "date_time": {"fallback_value": self.fallback_value}}


class MediaParameter(Sendable):
    type: Literal["image", "video", "document"]
    media_id: UUID
    file_name: Line | None = None
    """Shown for documents only."""

    def graph_object(self, media: MediaIds) -> JsonObject:
        file_name = self.file_name if self.type == "document" else None
        return {"type": self.type, self.type: present(id=meta_id(self.media_id, media), filename=file_name)}


class LocationParameter(Sendable):
    type: Literal["location"] = "location"
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    name: Line | None = None
    address: Line | None = None

    def graph_object(self, _media: MediaIds) -> JsonObject:
        return {"type": "location", "location": self.model_dump(exclude={"type"}, exclude_none=True)}


class ProductParameter(Sendable):
    type: Literal["product"] = "product"
    product_id: Line
    catalog_id: Line

    def graph_object(self, _media: MediaIds) -> JsonObject:
        product = {"product_retailer_id": self.product_id, "catalog_id": self.catalog_id}
        return {"type": "product", "product": product}


class PayloadParameter(Sendable):
    type: Literal["payload"] = "payload"
    payload: RowId
    """Comes back in `button.payload`. Meta prints no limit; 200 is the smallest of its ids."""

    def graph_object(self, _media: MediaIds) -> JsonObject:
        return {"type": "payload", "payload": self.payload}


class CouponCodeParameter(Sendable):
    type: Literal["coupon_code"] = "coupon_code"
    coupon_code: CouponCode

    def graph_object(self, _media: MediaIds) -> JsonObject:
        return {"type": "coupon_code", "coupon_code": self.coupon_code}


class ActionParameter(Sendable):
    """Flow, catalogue and multi-product buttons: Graph's action object as it is."""

    type: Literal["action"] = "action"
    action: dict[str, JsonValue]

    def graph_object(self, _media: MediaIds) -> JsonObject:
        return {"type": "action", "action": self.action}


HeaderParameter: TypeAlias = Annotated[
    TextParameter | MediaParameter | LocationParameter | ProductParameter, Field(discriminator="type")
]
BodyParameter: TypeAlias = Annotated[
    TextParameter | CurrencyParameter | DateTimeParameter, Field(discriminator="type")
]
ButtonParameter: TypeAlias = Annotated[
    TextParameter | PayloadParameter | CouponCodeParameter | ActionParameter, Field(discriminator="type")
]


class HeaderComponent(Sendable):
    type: Literal["header"] = "header"
    parameters: list[HeaderParameter] = Field(min_length=1, max_length=1)

    def graph_object(self, media: MediaIds) -> JsonObject:
        return {"type": "header", "parameters": [p.graph_object(media) for p in self.parameters]}


class BodyComponent(Sendable):
    type: Literal["body"] = "body"
    # A body of 1,024 characters has room for fewer variables than this.
    parameters: list[BodyParameter] = Field(min_length=1, max_length=200)

    def graph_object(self, media: MediaIds) -> JsonObject:
        return {"type": "body", "parameters": [p.graph_object(media) for p in self.parameters]}


class ButtonComponent(Sendable):
    type: Literal["button"] = "button"
    sub_type: Literal["url", "quick_reply", "copy_code", "flow", "catalog", "mpm", "spm", "voice_call"]
    index: int = Field(ge=0, le=9)
    """Position in the template, which has at most ten buttons."""
    parameters: list[ButtonParameter] = Field(default_factory=list, max_length=1)

    def graph_object(self, media: MediaIds) -> JsonObject:
        return present(
            type="button",
            sub_type=self.sub_type,
            # Accepted as string and as integer; the documentation's samples print strings.
            index=str(self.index),
            parameters=[p.graph_object(media) for p in self.parameters] or None,
        )


class LimitedTimeOfferComponent(Sendable):
    type: Literal["limited_time_offer"] = "limited_time_offer"
    expiration_time_ms: int = Field(gt=0)
    """Unix time in milliseconds."""

    def graph_object(self, _media: MediaIds) -> JsonObject:
        offer = {"expiration_time_ms": self.expiration_time_ms}
        parameter = {"type": "limited_time_offer", "limited_time_offer": offer}
        return {"type": "limited_time_offer", "parameters": [parameter]}


class CarouselCard(Sendable):
    components: list[
        Annotated[HeaderComponent | BodyComponent | ButtonComponent, Field(discriminator="type")]
    ] = Field(min_length=1, max_length=4)
    """A header, perhaps body parameters, up to two buttons."""


class CarouselComponent(Sendable):
    type: Literal["carousel"] = "carousel"
    cards: list[CarouselCard] = Field(min_length=2, max_length=10)

    def graph_object(self, media: MediaIds) -> JsonObject:
        cards = [
            {"card_index": index, "components": [c.graph_object(media) for c in card.components]}
            for index, card in enumerate(self.cards)
        ]
        return {"type": "carousel", "cards": cards}


TemplateComponent: TypeAlias = Annotated[
    HeaderComponent | BodyComponent | ButtonComponent | LimitedTimeOfferComponent | CarouselComponent,
    Field(discriminator="type"),
]


class OutgoingTemplate(Sendable):
    """An approved template in one language."""

    kind: Literal["template"] = "template"
    name: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,512}$")]
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}([_-][A-Za-z]{2,4})?$")]
    """As REST prints it: `pt_BR`. Webhooks print some with a hyphen."""
    components: list[TemplateComponent] = Field(default_factory=list, max_length=14)
    """Header, body, ten buttons, offer, carousel: none twice in Graph's templates, so never more."""

    def graph_object(self, media: MediaIds) -> JsonObject:
        return present(
            name=self.name,
            language={"code": self.language},
            components=[component.graph_object(media) for component in self.components] or None,
        )
