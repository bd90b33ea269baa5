"""Rules of interactive messages: reply buttons, lists, links, flows, products."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from server.sandbox.fields import (
    MediaKnown,
    check_media_object,
    may_text,
    need,
    need_list,
    need_object,
    need_text,
)
from server.sandbox.problems import GraphProblem

BODY_MAX: Final = 1024
LIST_BODY_MAX: Final = 4096
HEADER_MAX: Final = 60
FOOTER_MAX: Final = 60
BUTTONS_MAX: Final = 3
BUTTON_TITLE_MAX: Final = 20
BUTTON_ID_MAX: Final = 256
ROWS_MAX: Final = 10
SECTIONS_MAX: Final = 10
ROW_ID_MAX: Final = 200
ROW_TITLE_MAX: Final = 24
ROW_DESCRIPTION_MAX: Final = 72
PRODUCTS_MAX: Final = 30

TEXT_HEADER_ONLY: Final = frozenset({"list", "product_list"})
NO_HEADER: Final = frozenset({"product", "location_request_message", "catalog_message"})
BODY_OPTIONAL: Final = frozenset({"product"})


def check_interactive_object(interactive: Mapping[str, Any], media_known: MediaKnown) -> None:
    kind = need_text(interactive, "type", 64, "interactive")
    check = ACTIONS.get(kind)
    if check is None:
        raise GraphProblem(131009, f"interactive.type {kind} is unknown")
    _check_header(interactive, kind, media_known)
    if kind not in BODY_OPTIONAL or "body" in interactive:
        body = need_object(interactive, "body", "interactive")
        need_text(body, "text", LIST_BODY_MAX if kind == "list" else BODY_MAX, "interactive.body")
    if "footer" in interactive:
        footer = need_object(interactive, "footer", "interactive")
        need_text(footer, "text", FOOTER_MAX, "interactive.footer")
    check(need_object(interactive, "action", "interactive"))


def _check_header(interactive: Mapping[str, Any], kind: str, media_known: MediaKnown) -> None:
    if "header" not in interactive:
        if kind == "product_list":
            raise GraphProblem(131008, "interactive.header is required")
        return
    header = need_object(interactive, "header", "interactive")
    form = need(header, "type", "interactive.header")
    if kind in NO_HEADER or (kind in TEXT_HEADER_ONLY and form != "text"):
        raise GraphProblem(131009, f"interactive.header of type {form} is not possible for {kind}")
    if form == "text":
        need_text(header, "text", HEADER_MAX, "interactive.header")
    elif form in ("image", "video", "document"):
        check_media_object(
            need_object(header, form, "interactive.header"), f"interactive.header.{form}", media_known
        )
    else:
        raise GraphProblem(131009, f"interactive.header.type {form} is unknown")


def _check_unique(values: list[str], what: str) -> None:
    if len(set(values)) != len(values):
        raise GraphProblem(131009, f"{what} must be unique")


def _check_buttons(action: Mapping[str, Any]) -> None:
    where = "interactive.action.buttons"
    replies = []
    for button in need_list(action, "buttons", 1, BUTTONS_MAX, "interactive.action"):
        if not isinstance(button, dict) or button.get("type") != "reply":
            raise GraphProblem(131009, f"{where}.type must be reply")
        replies.append(need_object(button, "reply", where))
    titles = [need_text(reply, "title", BUTTON_TITLE_MAX, where) for reply in replies]
    ids = [need_text(reply, "id", BUTTON_ID_MAX, where) for reply in replies]
    if any(each != each.strip() for each in ids):
        raise GraphProblem(131009, f"{where}.id cannot begin or end with a space")
    _check_unique(titles, f"{where}.title")
    _check_unique(ids, f"{where}.id")


def _check_list(action: Mapping[str, Any]) -> None:
    where = "interactive.action.sections"
    need_text(action, "button", BUTTON_TITLE_MAX, "interactive.action")
    sections = need_list(action, "sections", 1, SECTIONS_MAX, "interactive.action")
    ids: list[str] = []
    for section in sections:
        if not isinstance(section, dict):
            raise GraphProblem(131009, f"{where} must hold objects")
        if len(sections) > 1:
            need_text(section, "title", ROW_TITLE_MAX, where)
        may_text(section, "title", ROW_TITLE_MAX, where)
        for row in need_list(section, "rows", 1, ROWS_MAX, where):
            if not isinstance(row, dict):
                raise GraphProblem(131009, f"{where}.rows must hold objects")
            ids.append(need_text(row, "id", ROW_ID_MAX, f"{where}.rows"))
            need_text(row, "title", ROW_TITLE_MAX, f"{where}.rows")
            may_text(row, "description", ROW_DESCRIPTION_MAX, f"{where}.rows")
    if len(ids) > ROWS_MAX:
        raise GraphProblem(131009, f"Total row count exceeds the maximum of {ROWS_MAX}")
    _check_unique(ids, f"{where}.rows.id")


def _check_named(name: str) -> Callable[[Mapping[str, Any]], None]:
    def check(action: Mapping[str, Any]) -> None:
        if action.get("name") != name:
            raise GraphProblem(131009, f"interactive.action.name must be {name}")

    return check


def _check_cta_url(action: Mapping[str, Any]) -> None:
    _check_named("cta_url")(action)
    parameters = need_object(action, "parameters", "interactive.action")
    need_text(parameters, "display_text", BUTTON_TITLE_MAX, "interactive.action.parameters")
    url = need_text(parameters, "url", 2000, "interactive.action.parameters")
    if not url.startswith(("https://", "http://")):
        raise GraphProblem(131009, "interactive.action.parameters.url must be an address")


def _check_flow(action: Mapping[str, Any]) -> None:
    _check_named("flow")(action)
    parameters = need_object(action, "parameters", "interactive.action")
    need(parameters, "flow_message_version", "interactive.action.parameters")
    need_text(parameters, "flow_cta", BUTTON_TITLE_MAX, "interactive.action.parameters")
    if ("flow_id" in parameters) == ("flow_name" in parameters):
        raise GraphProblem(131008, "interactive.action.parameters needs either flow_id or flow_name")


def _check_product(action: Mapping[str, Any]) -> None:
    need_text(action, "catalog_id", 128, "interactive.action")
    need_text(action, "product_retailer_id", 256, "interactive.action")


def _check_product_list(action: Mapping[str, Any]) -> None:
    need_text(action, "catalog_id", 128, "interactive.action")
    total = 0
    for section in need_list(action, "sections", 1, SECTIONS_MAX, "interactive.action"):
        if not isinstance(section, dict):
            raise GraphProblem(131009, "interactive.action.sections must hold objects")
        total += len(need_list(section, "product_items", 1, PRODUCTS_MAX, "interactive.action.sections"))
    if total > PRODUCTS_MAX:
        raise GraphProblem(131009, f"A product list holds at most {PRODUCTS_MAX} products")


def _check_anything(_: Mapping[str, Any]) -> None:
    """Kinds whose action this sandbox does not look into (payments, calls, carousels)."""


ACTIONS: Final[dict[str, Callable[[Mapping[str, Any]], None]]] = {
    "button": _check_buttons,
    "list": _check_list,
    "cta_url": _check_cta_url,
    "flow": _check_flow,
    "product": _check_product,
    "product_list": _check_product_list,
    "location_request_message": _check_named("send_location"),
    "catalog_message": _check_named("catalog_message"),
    "request_contact_info": _check_anything,
    "address_message": _check_named("address_message"),
    "carousel": _check_anything,
    "order_details": _check_anything,
    "order_status": _check_anything,
    "call_permission_request": _check_anything,
    "voice_call": _check_anything,
}
