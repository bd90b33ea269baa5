"""Graph calls beside sending: media, phone numbers, the business account, templates, subscriptions."""

import asyncio
from collections.abc import Iterable
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from server.sandbox.graph import Gate
from server.sandbox.media import DOCUMENT_MAX, MediaShelf, check_upload
from server.sandbox.problems import GraphProblem, unknown_object
from server.sandbox.state import BusinessNumber, SandboxState
from server.sandbox.templates import Template
from server.sandbox.webhooks import Webhooks

DEFAULT_NUMBER_FIELDS: Final = (
    "verified_name",
    "display_phone_number",
    "quality_rating",
    "code_verification_status",
)
PAGE_SIZE: Final = 25


class GraphObjects:
    """Handlers that take a Starlette request and return JSON; errors are raised as GraphProblem."""

    def __init__(
        self,
        state: SandboxState,
        gate: Gate,
        media: MediaShelf,
        webhooks: Webhooks,
        templates: dict[tuple[str, str], Template],
        waba_id: str,
    ) -> None:
        self._state = state
        self._gate = gate
        self._media = media
        self._webhooks = webhooks
        self._templates = templates
        self._waba_ids = {waba_id} | {each.waba_id for each in state.numbers.values()}
        self._overrides: dict[str, str] = {}

    # Media

    async def upload_media(self, request: Request) -> dict[str, Any]:
        number = self._access_number(request)
        async with request.form(max_files=1, max_part_size=DOCUMENT_MAX) as form:
            if form.get("messaging_product") != "whatsapp":
                raise GraphProblem(100, "The parameter messaging_product is required")
            file = form.get("file")
            if file is None or isinstance(file, str):
                raise GraphProblem(100, "The parameter file is required")
            data = await file.read()
            mime = str(form.get("type") or file.content_type or "")
            filename = file.filename or ""
        check_upload(data, mime)
        return {"id": self._media.add(data, mime, number.id, filename=filename).id}

    async def show_object(self, request: Request) -> dict[str, Any]:
        """`GET /{id}`: a number, the business account or a media object."""
        object_id = request.path_params["object_id"]
        number = self._state.numbers.get(object_id)
        if number is not None:
            return self._show_number(number, request.query_params.get("fields"))
        if object_id in self._waba_ids:
            return {"id": object_id, "name": "Casa Prosa", "currency": "BRL", "timezone_id": "25"}
        item = self._media.access(object_id, request.query_params.get("phone_number_id"))
        return self._media.as_json(item)

    async def delete_object(self, request: Request) -> dict[str, Any]:
        object_id = request.path_params["object_id"]
        self._media.access(object_id, request.query_params.get("phone_number_id"))
        self._media.delete(object_id)
        return {"success": True}

    async def download(self, request: Request) -> Response:
        """The bytes behind a media address: bearer, unexpired address, else 401 or 404 without a body to speak of."""
        try:
            self._gate.check_token(request.headers.get("authorization", ""))
        except GraphProblem:
            return Response(b"", 401)
        query = request.query_params
        item = self._media.by_url(query.get("mid", ""), query.get("ext", ""), query.get("hash", ""))
        data = None if item is None else await asyncio.to_thread(self._media.read, item)
        if item is None or data is None:
            return Response(b"", 404)
        if item.slow_seconds:
            await asyncio.sleep(item.slow_seconds)
        return Response(data, media_type=item.mime)

    # Phone numbers

    def _access_number(self, request: Request) -> BusinessNumber:
        return self._gate.access_number(
            request.path_params["object_id"], request.headers.get("authorization", "")
        )

    def _show_number(self, number: BusinessNumber, fields: str | None) -> dict[str, Any]:
        known = self._number_fields(number)
        wanted = fields.split(",") if fields else list(DEFAULT_NUMBER_FIELDS)
        for name in wanted:
            if name not in known:
                raise GraphProblem(100, title=f"Tried accessing nonexisting field ({name})")
        return {name: known[name] for name in wanted} | {"id": number.id}

    @staticmethod
    def _number_fields(number: BusinessNumber) -> dict[str, Any]:
        return {
            "id": number.id,
            "verified_name": number.verified_name,
            "display_phone_number": number.display_phone_number,
            "quality_rating": "GREEN",
            "code_verification_status": "VERIFIED",
            "name_status": "APPROVED",
            "new_name_status": "NONE",
            "throughput": {"level": "HIGH" if number.throughput.capacity > 80 else "STANDARD"},
            "platform_type": "CLOUD_API",
            "status": "CONNECTED" if number.registered else "PENDING",
            "account_mode": "SANDBOX",
            "is_official_business_account": False,
            "is_on_biz_app": number.coexistence,
            "whatsapp_business_manager_messaging_limit": "TIER_100K",
            "webhook_configuration": {"application": number.webhook_url},
            "health_status": {
                "can_send_message": "AVAILABLE",
                "entities": [
                    {"entity_type": "PHONE_NUMBER", "id": number.id, "can_send_message": "AVAILABLE"}
                ],
            },
            "last_onboarded_time": "2026-01-05T12:00:00+0000",
        }

    async def register_number(self, request: Request) -> dict[str, Any]:
        number = self._access_number(request)
        body = await self._json(request)
        pin = body.get("pin")
        if not isinstance(pin, str) or len(pin) != 6 or not pin.isdigit():
            raise GraphProblem(100, "pin must have 6 digits")
        if number.pin and number.pin != pin:
            raise GraphProblem(133005)
        number.pin, number.registered = pin, True
        return {"success": True}

    async def deregister_number(self, request: Request) -> dict[str, Any]:
        self._access_number(request).registered = False
        return {"success": True}

    # The business account

    def _access_waba(self, request: Request) -> str:
        waba_id = str(request.path_params["object_id"])
        if waba_id not in self._waba_ids:
            raise unknown_object(waba_id)
        return waba_id

    async def list_numbers(self, request: Request) -> dict[str, Any]:
        waba_id = self._access_waba(request)
        fields = request.query_params.get("fields")
        rows = [
            self._show_number(each, fields)
            for each in self._state.numbers.values()
            if each.waba_id == waba_id
        ]
        return _page(rows, request)

    async def list_templates(self, request: Request) -> dict[str, Any]:
        self._access_waba(request)
        query = request.query_params
        rows = [
            template.as_json()
            for template in self._templates.values()
            if query.get("name", template.name) == template.name
            and query.get("language", template.language) == template.language
            and query.get("status", template.status) == template.status
        ]
        return _page(rows, request)

    async def show_subscriptions(self, request: Request) -> dict[str, Any]:
        waba_id = self._access_waba(request)
        row: dict[str, Any] = {
            "whatsapp_business_api_data": {"id": "1", "name": "Prosa", "link": "https://prosa"}
        }
        if waba_id in self._overrides:
            row["override_callback_uri"] = self._overrides[waba_id]
        return {"data": [row]}

    async def subscribe(self, request: Request) -> dict[str, Any]:
        """With `override_callback_uri` the address is verified by the handshake first."""
        waba_id = self._access_waba(request)
        body = await self._json(request)
        override = body.get("override_callback_uri")
        if not override:
            self._overrides.pop(waba_id, None)
            return {"success": True}
        if not await self._webhooks.verify(str(override), str(body.get("verify_token", ""))):
            raise GraphProblem(2200, title="Callback verification failed", http_status=400)
        self._overrides[waba_id] = str(override)
        for number in self._state.numbers.values():
            if number.waba_id == waba_id:
                number.webhook_url = str(override)
        return {"success": True}

    @staticmethod
    async def _json(request: Request) -> dict[str, Any]:
        raw = await request.body()
        if not raw:
            return {}
        try:
            body = await request.json()
        except ValueError:
            raise GraphProblem(100, "The body is not JSON") from None
        return body if isinstance(body, dict) else {}


def _page(rows: Iterable[dict[str, Any]], request: Request) -> dict[str, Any]:
    """A page of a list with cursors, as Graph pages everything."""
    listed = list(rows)
    after = request.query_params.get("after", "0")
    limit = request.query_params.get("limit", str(PAGE_SIZE))
    if not after.isdigit() or not limit.isdigit():
        raise GraphProblem(131059, "The cursor is invalid")
    start, end = int(after), int(after) + int(limit)
    page: dict[str, Any] = {"data": listed[start:end]}
    if page["data"]:
        page["paging"] = {"cursors": {"before": str(start), "after": str(end)}}
        if end < len(listed):
            page["paging"]["next"] = str(request.url.include_query_params(after=end))
    return page
