"""Both trips, end to end: a customer's words reach the operator's socket, the answer reaches the customer's phone."""

import asyncio
import base64
import hashlib
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import av
import av.video.frame
import pytest
from av.video.stream import VideoStream

from inbox.conversations.events import MessageError, MessageView
from server.sandbox.config import StatusTiming
from server.sandbox.pictures import build_document, build_photo, build_sticker
from server.sandbox.voices import build_voice_note
from server.settings import Settings
from tests.conftest import seed_account
from tests.trips.live_app import LiveSocket, Person, Prosa, Shop, eventually, running_prosa
from tests.trips.send_schema import check_send_body

_CUSTOMER = "5511987650001"
_UNDELIVERABLE = 131026
# Longer than it takes to see that an answer is missing.
_LATE_SECONDS = 0.6


@pytest.fixture(scope="module")
async def prosa(settings: Settings) -> AsyncIterator[Prosa]:
    async with running_prosa(settings) as running:
        yield running


@dataclass
class Talk:
    """A customer has written, Ana has taken the ticket and looks at the conversation."""

    shop: Shop
    ana: Person
    live: LiveSocket
    id: str
    ticket_id: str
    wamid: str
    """Of the customer's first words."""

    async def send(self, content: dict[str, Any], **values: Any) -> dict[str, Any]:
        """Over the socket; answers the message."""
        sent = {"client_message_id": str(uuid4()), "conversation_id": self.id, "content": content, **values}
        answer = await self.live.command("send_message", **sent)
        assert "message" in answer, answer
        message: dict[str, Any] = answer["message"]
        return message

    async def post(self, content: dict[str, Any], **values: Any) -> dict[str, Any]:
        """Over REST; answers the message."""
        sent = {"client_message_id": str(uuid4()), "content": content, **values}
        answer = await self.ana.post(f"/conversations/{self.id}/messages", sent)
        assert "message" in answer, answer
        message: dict[str, Any] = answer["message"]
        return message

    def ticks(self, message_id: str) -> list[str]:
        changes = self.live.heard("message_status_changed")
        return [change["status"] for change in changes if change["message_id"] == message_id]

    async def until_status(self, message_id: str, status: str) -> dict[str, Any]:
        """The change that brought it."""
        await self.live.until(lambda: status in self.ticks(message_id), status)
        changes = self.live.heard("message_status_changed")
        return next(c for c in changes if c["message_id"] == message_id and c["status"] == status)


async def _begin(shop: Shop, **form: Any) -> Talk:
    ana = await shop.sign_in(shop.account.ana)
    live = await ana.connect()
    wamid = await shop.inbound(_CUSTOMER, name="Rita", **(form or {"text": "Oi, tem vaso azul?"}))
    await live.until(lambda: bool(live.heard("ticket_updated")), "the ticket")
    ticket = live.heard("ticket_updated")[0]["ticket"]
    accepted = await live.command("accept_ticket", ticket_id=ticket["id"])
    assert accepted["ticket"]["assignee_id"] == str(shop.account.ana.user_id)
    opened = await live.command("open_conversation", conversation_id=ticket["conversation_id"])
    assert "code" not in opened, opened
    return Talk(shop, ana, live, ticket["conversation_id"], ticket["id"], wamid)


# ── there and back ──────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_text_reaches_the_socket_and_the_answer_the_phone_with_all_its_ticks(prosa: Prosa) -> None:
    async with prosa.open_shop() as shop:
        talk = await _begin(shop)
        seen = talk.live.heard("ticket_updated")[0]["ticket"]
        assert (seen["preview"]["text"], seen["contact"]["name"]) == ("Oi, tem vaso azul?", "Rita")

        message = await talk.send({"kind": "text", "body": "Tem sim!"})

        assert message["status"] == "queued"
        await talk.until_status(message["id"], "read")
        ticks = talk.ticks(message["id"])
        assert [t for t in ticks if t != "sending"] == [
            t for t in ("sent", "delivered", "read") if t in ticks
        ]
        (sent,) = await shop.sent(_CUSTOMER)
        check_send_body(sent["body"])
        assert (sent["body"]["to"], sent["body"]["text"]["body"]) == (_CUSTOMER, "Tem sim!")
        assert sent["body"]["biz_opaque_callback_data"] == message["id"]
        history = await talk.ana.messages(talk.id)
        assert [(m["direction"], m["status"]) for m in history] == [("in", "received"), ("out", "read")]


async def test_reading_turns_the_customers_ticks_blue(prosa: Prosa) -> None:
    async with prosa.open_shop() as shop:
        talk = await _begin(shop)

        await talk.live.command("mark_read", conversation_id=talk.id)

        found = shop.sandbox.state.find_message(talk.wamid)
        assert found is not None
        await eventually(lambda: found[1].status == "read", "blue ticks at the customer")


async def test_the_same_command_again_sends_once_however_it_comes(prosa: Prosa) -> None:
    async with prosa.open_shop() as shop:
        talk = await _begin(shop)
        same = {"client_message_id": str(uuid4())}
        text = {"kind": "text", "body": "Uma vez só"}

        messages = await asyncio.gather(
            talk.send(text, **same), talk.post(text, **same), talk.send(text, **same)
        )

        assert len({message["id"] for message in messages}) == 1
        await talk.until_status(messages[0]["id"], "read")
        assert (await talk.send(text, **same))["id"] == messages[0]["id"]
        await shop.until_quiet()
        assert len(await shop.sent(_CUSTOMER)) == 1
        assert len(talk.live.heard("message_created")) == 1


async def test_rest_sends_the_same_as_the_socket(prosa: Prosa) -> None:
    async with prosa.open_shop() as shop:
        talk = await _begin(shop)
        content = {
            "kind": "location",
            "latitude": -23.55,
            "longitude": -46.63,
            "name": "Loja",
            "address": "Sé",
        }

        over_socket = await talk.send(content)
        over_rest = await talk.post(content)

        own = ("id", "client_message_id", "at", "status_at")
        assert {k: v for k, v in over_socket.items() if k not in own} == {
            k: v for k, v in over_rest.items() if k not in own
        }
        await shop.until_quiet()
        first, second = [
            {k: v for k, v in row["body"].items() if k != "biz_opaque_callback_data"}
            for row in await shop.sent(_CUSTOMER)
        ]
        assert first == second
        history = await talk.ana.messages(talk.id)
        assert [m["status"] for m in history[1:]] == ["read", "read"]


async def test_a_closed_window_is_a_problem_that_names_its_end(prosa: Prosa) -> None:
    async with prosa.open_shop() as shop:
        talk = await _begin(shop, text="Bom dia", age_seconds=25 * 3600)
        sent = {
            "client_message_id": str(uuid4()),
            "conversation_id": talk.id,
            "content": {"kind": "text", "body": "Ainda aí?"},
        }

        problem = await talk.live.command("send_message", **sent)

        del sent["conversation_id"]
        over_rest = await talk.ana.post(f"/conversations/{talk.id}/messages", sent)
        assert problem == over_rest
        assert (problem["code"], problem["status"]) == ("window_closed", 409)
        conversation = await talk.ana.get(f"/conversations/{talk.id}")
        ends = [datetime.fromisoformat(told["window_expires_at"]) for told in (problem, conversation)]
        assert ends[0] == ends[1]
        assert await shop.requests() == []


# ── when it goes wrong ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["error", "status"])
async def test_a_failure_says_why_in_both_languages_and_the_retry_sends(prosa: Prosa, kind: str) -> None:
    """Refused in the answer, or accepted and failed later by webhook."""
    async with prosa.open_shop() as shop:
        talk = await _begin(shop)
        await shop.control("faults", kind=kind, code=_UNDELIVERABLE)

        message = await talk.send({"kind": "text", "body": "Chegou?"})

        failed = await talk.until_status(message["id"], "failed")
        error = MessageError.model_validate(failed["error"])
        assert (error.code, error.can_retry) == (_UNDELIVERABLE, True)
        assert error.reason.keys() == {"pt-BR", "en"}
        assert len(set(error.reason.values())) == 2
        again = await talk.live.command("retry_message", message_id=message["id"])
        assert (again["message"]["status"], again["message"]["error"]) == ("queued", None)
        await talk.until_status(message["id"], "read")
        history = await talk.ana.messages(talk.id)
        assert (history[-1]["status"], history[-1]["error"]) == ("read", None)
        delivered = [row for row in await shop.sent(_CUSTOMER) if row["status"] == "read"]
        assert [row["body"]["text"]["body"] for row in delivered] == ["Chegou?"]
        assert len(await shop.requests()) == 2


@pytest.mark.parametrize("kind", ["reset", "hang"])
async def test_an_answer_that_never_comes_is_settled_by_the_status_and_nothing_is_sent_twice(
    prosa: Prosa, kind: str
) -> None:
    late = (_LATE_SECONDS, _LATE_SECONDS)
    async with prosa.open_shop(timing=StatusTiming(late, late, late, late)) as shop:
        talk = await _begin(shop)
        await shop.control("faults", kind=kind, goes_out=True, seconds=0.05)

        message = await talk.send({"kind": "text", "body": "Só uma vez"})

        unconfirmed = await talk.until_status(message["id"], "unconfirmed")
        assert MessageError.model_validate(unconfirmed["error"]).reason_key == "unconfirmed"
        refused = await talk.live.command("retry_message", message_id=message["id"])
        assert refused["code"] == "not_retryable", refused
        read = await talk.until_status(message["id"], "read")
        assert read["error"] is None
        await shop.until_quiet()
        assert len(await shop.sent(_CUSTOMER)) == 1
        assert (await talk.ana.messages(talk.id))[-1]["status"] == "read"


async def test_statuses_that_overtake_the_answer_are_kept(prosa: Prosa) -> None:
    async with prosa.open_shop() as shop:
        talk = await _begin(shop)
        await shop.control("faults", kind="status_first", seconds=0.2)

        message = await talk.send({"kind": "text", "body": "Depressa"})

        await talk.until_status(message["id"], "delivered")
        await shop.until_quiet()
        assert (await talk.ana.messages(talk.id))[-1]["status"] == "delivered"
        assert len(await shop.sent(_CUSTOMER)) == 1


# ── files ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_picture_is_fetched_and_served_to_those_who_may_see_it_only(prosa: Prosa) -> None:
    async with prosa.open_shop() as shop:
        talk = await _begin(shop, image="vaso", caption="esse aqui")
        stranger_account = seed_account(prosa.settings)
        people = {
            "bruno": await shop.sign_in(shop.account.bruno),
            "supervisor": await shop.sign_in(shop.account.supervisor),
            "stranger": await shop.sign_in(stranger_account.admin),
        }
        await shop.until_quiet()
        (message,) = await talk.ana.messages(talk.id)
        media = message["media"]
        assert (media["state"], media["mime_type"], message["content"]["caption"]) == (
            "stored", "image/jpeg", "esse aqui",
        )  # fmt: skip

        served = await talk.ana.rest.get(f"/media/{media['id']}")

        (received,) = shop.sandbox.inbound.received
        announced = received["message"]["image"]["sha256"]
        assert served.status_code == 200
        assert served.headers["content-type"] == "image/jpeg"
        assert base64.b64encode(hashlib.sha256(served.content).digest()).decode() == announced
        assert media["size"] == len(served.content)
        answers = {
            name: (await person.rest.get(f"/media/{media['id']}")).status_code
            for name, person in people.items()
        }
        assert answers == {"bruno": 404, "supervisor": 200, "stranger": 404}
        nobody = await talk.ana.rest.get(f"/media/{media['id']}", headers={"Authorization": ""})
        assert nobody.status_code == 401
        conversation = await people["stranger"].rest.get(f"/api/v1/conversations/{talk.id}")
        assert conversation.status_code == 404


async def test_a_fetched_picture_reaches_the_open_conversation(prosa: Prosa) -> None:
    async with prosa.open_shop() as shop:
        talk = await _begin(shop)

        await shop.inbound(_CUSTOMER, image="sofa")

        def stored() -> list[dict[str, Any]]:
            updated = [data["message"] for data in talk.live.heard("message_updated")]
            return [m for m in updated if m["media"] and m["media"]["state"] == "stored"]

        await talk.live.until(lambda: bool(stored()), "the stored picture")
        assert MessageView.model_validate(stored()[0]) == MessageView.model_validate(
            (await talk.ana.messages(talk.id))[-1]
        )


# ── everything that can be sent ─────────────────────────────────────────────────────────────────────────────────────


def _video() -> bytes:
    """A second of nothing much, as phones encode it."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as opened:
        stream = opened.add_stream("libx264", rate=10)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for _ in range(10):
            opened.mux(stream.encode(av.video.frame.VideoFrame(64, 48, "yuv420p")))
        opened.mux(stream.encode(None))
    return file.getvalue()


Content = Callable[[Talk], Awaitable[dict[str, Any]]]


def _said(**content: Any) -> Content:
    async def build(_: Talk) -> dict[str, Any]:
        return content

    return build


def _file(
    kind: str, name: str, mime_type: str, data: Callable[[], bytes], *, voice: bool = False, **content: Any
) -> Content:
    async def build(talk: Talk) -> dict[str, Any]:
        form = {"kind": kind} | ({"voice": "true"} if voice else {})
        media_id = await talk.ana.upload(name, await asyncio.to_thread(data), mime_type, **form)
        return {"kind": kind, "media_id": media_id, **({"voice": True} if voice else {}), **content}

    return build


async def _reaction(talk: Talk) -> dict[str, Any]:
    first = (await talk.ana.messages(talk.id))[0]
    return {"kind": "reaction", "message_id": first["id"], "emoji": "🙏"}


def _document() -> bytes:
    return build_document("Orçamento", ("Casa Prosa", "Vaso azul: R$ 80"))


_OPERATORS_SEND: dict[str, Content] = {
    "text": _said(kind="text", body="Olá! Veja https://example.com 👋"),
    "image": _file("image", "vaso.jpg", "image/jpeg", lambda: build_photo("vaso"), caption="O vaso"),
    "video": _file("video", "vaso.mp4", "video/mp4", _video, caption="De todos os lados"),
    "voice": _file("audio", "voz.ogg", "audio/ogg", lambda: build_voice_note(2), voice=True),
    "audio": _file("audio", "som.ogg", "audio/ogg", lambda: build_voice_note(1, 1)),
    "document": _file("document", "orçamento.pdf", "application/pdf", _document, caption="Segue"),
    "sticker": _file("sticker", "feliz.webp", "image/webp", build_sticker),
    "location": _said(kind="location", latitude=-23.55, longitude=-46.63, name="Loja", address="Praça da Sé"),
    "reaction": _reaction,
}

_PROGRAMS_SEND: dict[str, Content] = {
    "contacts": _said(
        kind="contacts",
        contacts=[{"name": "Bruno Reis", "phones": [{"phone": "+55 11 3900-0001", "type": "WORK"}]}],
    ),
    "buttons": _said(
        kind="interactive", type="button", body="Entregamos?", footer="Casa Prosa",
        buttons=[{"id": "sim", "title": "Sim"}, {"id": "nao", "title": "Não"}],
    ),
    "list": _said(
        kind="interactive", type="list", body="Escolha um horário", button="Horários",
        sections=[{"title": "Hoje", "rows": [{"id": "14", "title": "14h", "description": "Centro"}]}],
    ),
    "cta_url": _said(
        kind="interactive", type="cta_url", body="Veja mais", display_text="Abrir", url="https://example.com",
    ),
    "location_request": _said(kind="interactive", type="location_request_message", body="Onde entregamos?"),
    "template": _said(kind="template", name="hello_world", language="en_US"),
}  # fmt: skip


@pytest.fixture(scope="module")
async def talk(prosa: Prosa) -> AsyncIterator[Talk]:
    """One for all kinds."""
    async with prosa.open_shop() as shop:
        yield await _begin(shop)


@pytest.mark.parametrize("kind", [*_OPERATORS_SEND, *_PROGRAMS_SEND])
async def test_whatever_is_sent_is_as_meta_wants_it_and_arrives(talk: Talk, kind: str) -> None:
    build = _OPERATORS_SEND.get(kind) or _PROGRAMS_SEND[kind]
    content = await build(talk)

    message = await (talk.send if kind in _OPERATORS_SEND else talk.post)(content)

    await talk.shop.until_quiet()
    (request,) = [
        row for row in await talk.shop.requests() if row["body"]["biz_opaque_callback_data"] == message["id"]
    ]
    body = request["body"]
    assert request["status"] == 200, request
    check_send_body(body)
    assert body["type"] == content["kind"]
    history = {shown["id"]: shown for shown in await talk.ana.messages(talk.id)}
    if kind == "reaction":
        assert [r["emoji"] for r in history[content["message_id"]]["reactions"]] == ["🙏"]
        return
    shown = history[message["id"]]
    assert shown["status"] == ("played" if content["kind"] == "audio" else "read")
    if "media_id" in content:
        assert shown["media"]["id"] == content["media_id"]
    if kind == "voice":
        assert body["audio"]["voice"] is True
    if kind == "document":
        assert body["document"]["filename"] == "orçamento.pdf"


async def test_an_answer_quotes_what_it_answers(prosa: Prosa) -> None:
    async with prosa.open_shop() as shop:
        talk = await _begin(shop)
        (first,) = await talk.ana.messages(talk.id)

        message = await talk.send({"kind": "text", "body": "Esse?"}, reply_to_message_id=first["id"])

        await talk.until_status(message["id"], "read")
        (request,) = await shop.requests()
        check_send_body(request["body"])
        assert request["body"]["context"] == {"message_id": talk.wamid}
        assert message["context"]["quoted"]["preview"] == "Oi, tem vaso azul?"
