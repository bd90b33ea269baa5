"""What the models can build, Graph accepts; what Graph would refuse, the models refuse first, with field and limit."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from inbox.whatsapp.limits import utf16_length
from inbox.whatsapp.outgoing import (
    OutgoingMessage,
    OutgoingText,
    Recipient,
    build_body,
    mark_read_body,
    media_ids,
    parse_outgoing,
    stored_content,
    typing_body,
)
from inbox.whatsapp.sendable import InvalidOutgoing, MediaNotUploaded

ANA = Recipient(wa_id="5511999990001")
MEDIA = UUID("018f0000-0000-7000-8000-000000000001")
UPLOADED = {MEDIA: "900000000000001"}
URL = "https://x.br/a?b=1"


def build(message: dict[str, Any], **options: Any) -> dict[str, Any]:
    return build_body(
        parse_outgoing(message), to=ANA, callback_data="prosa:1", meta_media_ids=UPLOADED, **options
    )


# ── strategies: every model at once ─────────────────────────────────────────────────────────────────────────────────


def text(limit: int) -> st.SearchStrategy[str]:
    letters = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
    return st.text(letters, min_size=1, max_size=limit).filter(
        lambda s: s.strip() and utf16_length(s) <= limit
    )


LINE = text(40)
PARAMETER = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=30)


def some(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Any of these keys."""
    return st.fixed_dictionaries({}, optional=keys)


def record(
    fixed: dict[str, Any] | None = None, optional: dict[str, Any] | None = None, **keys: Any
) -> st.SearchStrategy[dict[str, Any]]:
    required = {key: st.just(value) for key, value in (fixed or {}).items()} | keys
    return st.fixed_dictionaries(required, optional=optional or {})


MEDIA_ID = st.just(str(MEDIA))
PLACE: dict[str, Any] = {
    "latitude": st.floats(-90, 90),
    "longitude": st.floats(-180, 180),
}
TEXT_HEADER = record({"type": "text"}, text=text(60))
MEDIA_HEADER = record(
    {}, {"file_name": LINE}, type=st.sampled_from(["image", "video", "document"]), media_id=MEDIA_ID
)
HEADER = TEXT_HEADER | MEDIA_HEADER
BODY, FOOTER = text(1024), text(60)


def distinct(count: int, limit: int) -> st.SearchStrategy[list[str]]:
    return st.lists(text(limit), min_size=count, max_size=count, unique=True)


BUTTONS = st.integers(1, 3).flatmap(
    lambda n: st.builds(
        lambda ids, titles: [{"id": i, "title": t} for i, t in zip(ids, titles, strict=True)],
        distinct(n, 256),
        distinct(n, 20),
    )
)


@st.composite
def sections(draw: st.DrawFn) -> list[dict[str, Any]]:
    ids = draw(st.lists(text(200), min_size=1, max_size=10, unique=True))
    cut = draw(st.integers(0, len(ids) - 1))
    groups = [group for group in (ids[:cut], ids[cut:]) if group]
    return [
        {
            "title": draw(text(24)),
            "rows": [
                {"id": row, "title": draw(text(24)), **draw(some(description=text(72)))} for row in group
            ],
        }
        for group in groups
    ]


def prompt(prompt_type: str, optional: dict[str, Any] | None = None, **keys: Any) -> st.SearchStrategy[Any]:
    return record({"kind": "interactive", "type": prompt_type}, optional, **keys)


WITH_HEADER = {"header": HEADER, "footer": FOOTER}
PARAMETERS = record(
    {"type": "text"}, {"parameter_name": st.from_regex("[a-z_]{1,9}", fullmatch=True)}, text=PARAMETER
)
TEMPLATE_HEADER = record(
    {"type": "header"},
    parameters=st.lists(
        PARAMETERS | MEDIA_HEADER | record({"type": "location"}, **PLACE), min_size=1, max_size=1
    ),
)
TEMPLATE_BODY = record(
    {"type": "body"},
    parameters=st.lists(
        PARAMETERS
        | record(
            {"type": "currency", "currency": "BRL"},
            fallback_value=PARAMETER,
            amount_1000=st.integers(0, 9**9),
        )
        | record({"type": "date_time"}, fallback_value=PARAMETER),
        min_size=1,
        max_size=3,
    ),
)
TEMPLATE_BUTTON = record(
    {"type": "button"},
    {
        "parameters": st.lists(
            record({"type": "payload"}, payload=text(200))
            | record({"type": "coupon_code"}, coupon_code=text(20))
            | record({"type": "action", "action": {"flow_token": "t", "flow_action_data": {}}})
            | record({"type": "text"}, text=PARAMETER),
            max_size=1,
        )
    },
    sub_type=st.sampled_from(["url", "quick_reply", "copy_code", "flow", "catalog"]),
    index=st.integers(0, 9),
)
CARDS = st.lists(
    record(
        {}, components=st.lists(TEMPLATE_HEADER | TEMPLATE_BODY | TEMPLATE_BUTTON, min_size=1, max_size=4)
    ),
    min_size=2,
    max_size=10,
)
COMPONENT = (
    TEMPLATE_HEADER
    | TEMPLATE_BODY
    | TEMPLATE_BUTTON
    | record({"type": "limited_time_offer"}, expiration_time_ms=st.integers(1, 2**45))
    | record({"type": "carousel"}, cards=CARDS)
)
CARD = record(
    {},
    {
        "first_name": LINE,
        "last_name": LINE,
        "emails": st.lists(record({}, {"type": LINE}, value=LINE), max_size=2),
        "urls": st.lists(
            record({"value": URL}, {"type": st.sampled_from(["WORK", "home", "x"])}), max_size=2
        ),
        "org": some(company=LINE, department=LINE, title=LINE),
        "birthday": st.just("1990-01-02"),
    },
    name=LINE,
    phones=st.lists(
        record(
            {}, {"wa_id": st.just("5511999990002"), "type": st.sampled_from(["CELL", "HOME"])}, phone=LINE
        ),
        max_size=3,
    ),
)
MESSAGES: st.SearchStrategy[dict[str, Any]] = st.one_of(
    record({"kind": "text"}, {"preview_url": st.booleans()}, body=text(4096)),
    record({}, {"caption": text(1024)}, kind=st.sampled_from(["image", "video"]), media_id=MEDIA_ID),
    record({"kind": "audio"}, {"voice": st.booleans()}, media_id=MEDIA_ID),
    record({"kind": "document"}, {"caption": text(1024), "file_name": LINE}, media_id=MEDIA_ID),
    record({"kind": "sticker"}, media_id=MEDIA_ID),
    record({"kind": "location"}, {"name": LINE, "address": LINE}, **PLACE),
    record({"kind": "contacts"}, contacts=st.lists(CARD, min_size=1, max_size=5)),
    record(
        {"kind": "reaction"},
        emoji=st.sampled_from(["👍", "❤️", "👩🏽‍❤️‍💋‍👨🏿", "1️⃣", None]),
        target_wamid=text(100),
    ),
    prompt("button", WITH_HEADER, body=BODY, buttons=BUTTONS),
    prompt(
        "list", {"header": TEXT_HEADER, "footer": FOOTER}, body=BODY, button=text(20), sections=sections()
    ),
    prompt("cta_url", WITH_HEADER, body=BODY, display_text=text(20), url=st.just(URL)),
    prompt("location_request_message", body=BODY),
    prompt(
        "flow",
        WITH_HEADER
        | {
            "flow_token": LINE,
            "flow_action": st.sampled_from(["navigate", "data_exchange"]),
            "screen": LINE,
            "data": st.dictionaries(LINE, LINE, max_size=2),
            "mode": st.sampled_from(["draft", "published"]),
        },
        body=BODY,
        flow_cta=text(30),
        flow_id=LINE,
    ),
    prompt("product", {"body": BODY, "footer": FOOTER}, catalog_id=LINE, product_id=LINE),
    record(
        {"kind": "template", "language": "pt_BR"},
        {"components": st.lists(COMPONENT, max_size=3)},
        name=st.from_regex("[a-z0-9_]{1,20}", fullmatch=True),
    ),
)
RECIPIENTS = st.sampled_from(
    [ANA, Recipient(bsuid="BR.1"), Recipient(group_id="G1"), Recipient("5511", "BR.1")]
)


@settings(max_examples=300)
@given(MESSAGES, RECIPIENTS, text(512), st.none() | text(100))
def test_every_body_is_valid_for_graph(
    send_schema: dict[str, Any], value: dict[str, Any], to: Recipient, callback_data: str, quoted: str | None
) -> None:
    message = parse_outgoing(value)
    reply_to = None if message.kind == "reaction" else quoted
    body = build_body(
        message, to=to, callback_data=callback_data, reply_to_wamid=reply_to, meta_media_ids=UPLOADED
    )
    Draft202012Validator(send_schema).validate(body)
    assert body["biz_opaque_callback_data"] == callback_data
    assert body["type"] == message.kind
    assert ("to" in body) != ("recipient" in body)


@settings(max_examples=200)
@given(MESSAGES)
def test_stored_content_gives_the_same_message(value: dict[str, Any]) -> None:
    message = parse_outgoing(value)
    again: OutgoingMessage = parse_outgoing({"kind": message.kind, **stored_content(message)})
    assert again == message
    assert media_ids(message) == ([MEDIA] if "media_id" in str(value) else [])


def test_read_and_typing_bodies_are_valid(send_schema: dict[str, Any]) -> None:
    for body in (mark_read_body("wamid.1"), typing_body("wamid.1")):
        Draft202012Validator(send_schema).validate(body)


# ── exact bodies ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_quoted_text_to_a_number() -> None:
    assert build({"kind": "text", "body": "Oi"}, reply_to_wamid="wamid.Q") == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "5511999990001",
        "type": "text",
        "context": {"message_id": "wamid.Q"},
        "text": {"body": "Oi", "preview_url": True},
        "biz_opaque_callback_data": "prosa:1",
    }


def test_a_bsuid_goes_into_recipient_and_a_group_into_to() -> None:
    body = build_body(OutgoingText(body="Oi"), to=Recipient(bsuid="BR.1"), callback_data="c")
    assert (body["recipient"], "to" in body) == ("BR.1", False)
    body = build_body(OutgoingText(body="Oi"), to=Recipient(group_id="G1"), callback_data="c")
    assert (body["recipient_type"], body["to"]) == ("group", "G1")


def test_taking_a_reaction_back_sends_an_empty_emoji() -> None:
    body = build({"kind": "reaction", "target_wamid": "wamid.X"})
    assert body["reaction"] == {"message_id": "wamid.X", "emoji": ""}


def test_a_received_card_can_be_sent_on() -> None:
    card = {
        "name": "Bia",
        "phones": [{"phone": "+55 11 9999-0002", "wa_id": "551199990002", "type": "MOBILE"}],
    }
    assert build({"kind": "contacts", "contacts": [card]})["contacts"] == [
        {
            "name": {"formatted_name": "Bia", "first_name": "Bia"},
            "phones": [{"phone": "+55 11 9999-0002", "wa_id": "551199990002"}],
        }
    ]


def test_a_named_template_with_header_and_buttons() -> None:
    body = build(
        {
            "kind": "template",
            "name": "pedido_pronto",
            "language": "pt_BR",
            "components": [
                {"type": "header", "parameters": [{"type": "image", "media_id": str(MEDIA)}]},
                {"type": "body", "parameters": [{"type": "text", "parameter_name": "nome", "text": "Ana"}]},
                {
                    "type": "button",
                    "sub_type": "url",
                    "index": 0,
                    "parameters": [{"type": "text", "text": "a"}],
                },
            ],
        }
    )
    assert body["template"] == {
        "name": "pedido_pronto",
        "language": {"code": "pt_BR"},
        "components": [
            {"type": "header", "parameters": [{"type": "image", "image": {"id": "900000000000001"}}]},
            {"type": "body", "parameters": [{"type": "text", "parameter_name": "nome", "text": "Ana"}]},
            {
                "type": "button",
                "sub_type": "url",
                "index": "0",
                "parameters": [{"type": "text", "text": "a"}],
            },
        ],
    }


# ── limits ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def buttons(*titles: str) -> dict[str, Any]:
    choices = [{"id": str(index), "title": title} for index, title in enumerate(titles)]
    return {"kind": "interactive", "type": "button", "body": "b", "buttons": choices}


def menu(*sizes: int, title: str | None = "t") -> dict[str, Any]:
    parts = [
        {"title": title, "rows": [{"id": f"{s}.{r}", "title": "r"} for r in range(size)]}
        for s, size in enumerate(sizes)
    ]
    return {"kind": "interactive", "type": "list", "body": "b", "button": "Ver", "sections": parts}


def parameter(value: str) -> dict[str, Any]:
    component = {"type": "body", "parameters": [{"type": "text", "text": value}]}
    return {"kind": "template", "name": "t", "language": "pt_BR", "components": [component]}


@pytest.mark.parametrize(
    ("message", "field", "limit"),
    [
        ({"kind": "text", "body": "a" * 4097}, "body", 4096),
        ({"kind": "text", "body": "😀" * 2049}, "body", 4096),
        ({"kind": "text", "body": ""}, "body", 1),
        ({"kind": "text", "body": " \n"}, "body", 1),
        ({"kind": "text", "body": "a\x00"}, "body", None),
        ({"kind": "text", "body": "a", "extra": 1}, "extra", None),
        ({"kind": "image", "media_id": str(MEDIA), "caption": "a" * 1025}, "caption", 1024),
        ({"kind": "audio", "media_id": str(MEDIA), "caption": "a"}, "caption", None),
        ({"kind": "location", "latitude": 91, "longitude": 0}, "latitude", 90),
        ({"kind": "location", "latitude": float("nan"), "longitude": 0}, "latitude", None),
        ({"kind": "reaction", "target_wamid": "w", "emoji": "ok"}, "emoji", None),
        ({"kind": "contacts", "contacts": [{"name": "a"}] * 6}, "contacts", 5),
        (buttons("a" * 21), "buttons.0.title", 20),
        (buttons("a", "b", "c", "d"), "buttons", 3),
        (buttons("a", "a"), "buttons", None),
        (menu(6, 5), "sections", 10),
        (menu(1, 1, title=None), "sections", None),
        (menu(*[1] * 11), "sections", 10),
        ({**menu(1), "body": "a" * 1025}, "body", 1024),
        ({**menu(1), "button": "a" * 21}, "button", 20),
        ({**buttons("a"), "footer": "a" * 61}, "footer", 60),
        ({"kind": "interactive", "type": "cta_url", "body": "b", "display_text": "d", "url": "javascript:1"}, "url", None),
        ({"kind": "interactive", "type": "flow", "body": "b", "flow_cta": "Abrir"}, "flow_id", None),
        (parameter("a\nb"), "components.0.parameters.0.text", 4),
        (parameter("a     b"), "components.0.parameters.0.text", 4),
        ({"kind": "template", "name": "Pedido", "language": "pt_BR"}, "name", None),
        ({"kind": "hologram"}, "kind", None),
        ({"kind": "text"}, "body", None),
        ({"kind": "contacts", "contacts": [{"name": "a", "phones": [{}]}]}, "contacts.0.phones.0.phone", None),
        ("text", "kind", None),
    ],
)  # fmt: skip
def test_what_graph_would_refuse_is_refused_with_field_and_limit(
    message: Any, field: str, limit: int | None
) -> None:
    with pytest.raises(InvalidOutgoing) as caught:
        parse_outgoing(message)
    error = caught.value.extra["errors"][0]
    assert (error["field"], error.get("limit")) == (field, limit)
    assert caught.value.status == 422


def test_limits_themselves_are_allowed() -> None:
    for message in (
        {"kind": "text", "body": "😀" * 2048},
        buttons("a" * 20, "b", "c"),
        menu(5, 5),
        menu(10, title=None),
    ):
        build(message)


def test_callback_data_is_required_and_limited() -> None:
    for callback_data in ("", "a" * 513):
        with pytest.raises(InvalidOutgoing):
            build_body(OutgoingText(body="a"), to=ANA, callback_data=callback_data)


@pytest.mark.parametrize("to", [Recipient(), Recipient(wa_id="+5511"), Recipient(wa_id="")])
def test_nobody_and_half_a_number_are_refused(to: Recipient) -> None:
    with pytest.raises(InvalidOutgoing):
        build_body(OutgoingText(body="a"), to=to, callback_data="c")


def test_a_reaction_cannot_quote() -> None:
    with pytest.raises(InvalidOutgoing):
        build({"kind": "reaction", "target_wamid": "w", "emoji": "👍"}, reply_to_wamid="w")


def test_a_file_that_is_not_at_meta_is_named() -> None:
    message = parse_outgoing({"kind": "image", "media_id": str(MEDIA)})
    with pytest.raises(MediaNotUploaded) as caught:
        build_body(message, to=ANA, callback_data="c")
    assert caught.value.extra == {"media_id": MEDIA}
