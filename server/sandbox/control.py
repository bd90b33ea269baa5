"""The control API under /sandbox/…: what tests, benchmarks and people change and ask while it runs.

Everything takes and gives JSON. Errors are 400 `{"error": "…"}`.

GET    /sandbox/health                          200 {"ok": true, "verified": bool} as soon as it listens
GET    /sandbox/stats                           counters, receiver latencies, `idle`
GET    /sandbox/requests?after=N&limit=         Graph requests received (n, method, path, body, status, code, wamid)
GET    /sandbox/sent?to=&limit=                 accepted sends (id, customer, status, body), oldest first
GET    /sandbox/received?limit=                 customers' messages as put into webhooks
GET    /sandbox/customers, POST {name?, wa_id?, username?, receipts?, behaviour?}; PATCH the same with `key`
         behaviour: normal | unknown (131026) | blocked | opted_out (131050) | experiment (130472) |
         unhealthy (131049) | window_closed (131047) | identity_changed (137000)
POST   /sandbox/customers/rate {per_minute, pace?}
POST   /sandbox/customers/begin {script?, number_id?, count?}        conversations that start now
POST   /sandbox/inbound {from, number_id?, name?, username?, times?, age_seconds?, wamid?, …one form}
         `from`: wa_id, BSUID or username; unknown ones are created. Forms: message (a raw part: type and its object,
         context, referral) | text | image (subject) | voice (seconds) | document (title) | sticker (mood) |
         location {latitude, longitude, name?, address?} | contact {name, phone} | reaction {message_id, emoji} |
         button {message_id, payload, text} | button_reply / list_reply {message_id, id, title, description?} |
         edit {message_id, text} | revoke (message id) | unsupported (kind) | order {…} | referral {…} beside text;
         `reply_to` quotes a message in any form. → {"ids": [wamid…]}
POST   /sandbox/read {customer, number_id?}     a person reads everything that arrived
POST   /sandbox/faults {kind, times?, code?, http_status?, goes_out?, seconds?, to?, phone_number_id?}; GET; DELETE
POST   /sandbox/faults/media {gone?, wrong_hash?, too_big?, slow?, slow_seconds?}   the next n inbound files
POST   /sandbox/webhooks {any field of WebhookPolicy, drop_seconds?, drop_posts?}
POST   /sandbox/webhooks/raw {payload, signature?: valid | wrong | missing, number_id?}  a POST as given (string = bytes)
POST   /sandbox/webhooks/field {field, value, number_id?, entry_id?, time?}         an account-level change
POST   /sandbox/statuses {any field of StatusTiming, window_policy?, sync_window_errors?, pair_rate_enforced?}
POST   /sandbox/numbers/{id} {throughput_per_second?, registered?, coexistence?}
POST   /sandbox/clock {advance_seconds}         moves windows, expiry and timestamps; not delays
POST   /sandbox/reset                           everything back to the start
"""

import dataclasses
from collections.abc import Awaitable, Callable
from typing import Any, Final, get_args

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from server.sandbox.config import StatusTiming, WebhookPolicy
from server.sandbox.envelope import Update
from server.sandbox.faults import KINDS, SendFault
from server.sandbox.forms import FormError, build_part, find_or_create_customer
from server.sandbox.rates import TokenBucket
from server.sandbox.sandbox import Sandbox
from server.sandbox.state import Behaviour, BusinessNumber

LIST_LIMIT: Final = 1000

Handler = Callable[[Sandbox, dict[str, Any]], Awaitable[Any]]


def control_routes(sandbox: Sandbox) -> list[Route]:
    """The table of contents of this file."""
    table: list[tuple[str, str, Handler]] = [
        ("GET", "/sandbox/health", show_health),
        ("GET", "/sandbox/stats", show_statistics),
        ("GET", "/sandbox/requests", list_requests),
        ("GET", "/sandbox/sent", list_sent),
        ("GET", "/sandbox/received", list_received),
        ("GET", "/sandbox/customers", list_customers),
        ("POST", "/sandbox/customers", create_customer),
        ("PATCH", "/sandbox/customers", change_customer),
        ("POST", "/sandbox/customers/rate", set_rate),
        ("POST", "/sandbox/customers/begin", begin_conversations),
        ("POST", "/sandbox/inbound", send_inbound),
        ("POST", "/sandbox/read", read_messages),
        ("GET", "/sandbox/faults", list_faults),
        ("POST", "/sandbox/faults", plan_fault),
        ("DELETE", "/sandbox/faults", clear_faults),
        ("POST", "/sandbox/faults/media", plan_media_faults),
        ("GET", "/sandbox/webhooks", show_webhook_policy),
        ("POST", "/sandbox/webhooks", change_webhook_policy),
        ("POST", "/sandbox/webhooks/raw", post_raw_webhook),
        ("POST", "/sandbox/webhooks/field", send_account_field),
        ("POST", "/sandbox/statuses", change_statuses),
        ("POST", "/sandbox/numbers/{id}", change_number),
        ("POST", "/sandbox/clock", advance_clock),
        ("POST", "/sandbox/reset", reset),
    ]
    return [Route(path, _endpoint(sandbox, handler), methods=[method]) for method, path, handler in table]


def _endpoint(sandbox: Sandbox, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        asked: dict[str, Any] = dict(request.query_params) | dict(request.path_params)
        try:
            if request.method != "GET" and await request.body():
                body = await request.json()
                if not isinstance(body, dict):
                    raise FormError("the body must be a JSON object")
                asked = body | dict(request.path_params)
            return JSONResponse(await handler(sandbox, asked))
        except (FormError, ValueError, TypeError, KeyError) as problem:
            return JSONResponse({"error": f"{type(problem).__name__}: {problem}"}, 400)

    return endpoint


def _number(sandbox: Sandbox, asked: dict[str, Any]) -> BusinessNumber:
    number_id = asked.get("number_id") or sandbox.config.phone_number_id
    number = sandbox.state.numbers.get(str(number_id))
    if number is None:
        raise FormError(f"there is no number {number_id}")
    return number


def _changes(kind: type[StatusTiming] | type[WebhookPolicy], asked: dict[str, Any]) -> dict[str, Any]:
    """Those fields of `kind` that were asked for; lists become tuples."""
    names = {each.name for each in dataclasses.fields(kind)}
    return {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in asked.items()
        if key in names
    }


# Looking


async def show_health(sandbox: Sandbox, _: dict[str, Any]) -> Any:
    return {"ok": True, "verified": all(sandbox.verified.values()) if sandbox.verified else False}


async def show_statistics(sandbox: Sandbox, _: dict[str, Any]) -> Any:
    return sandbox.statistics()


async def list_requests(sandbox: Sandbox, asked: dict[str, Any]) -> Any:
    after, limit = int(asked.get("after", 0)), int(asked.get("limit", LIST_LIMIT))
    rows = [row for row in sandbox.requests.rows if row["n"] > after]
    return {"requests": rows[-limit:]}


async def list_sent(sandbox: Sandbox, asked: dict[str, Any]) -> Any:
    to, limit = asked.get("to"), int(asked.get("limit", LIST_LIMIT))
    wanted = [row for row in sandbox.sending.sent if not to or to in (row["customer"], row["body"].get("to"))]
    rows = [
        {**row, "message": row["message"].as_json(), "status": row["message"].status}
        for row in wanted[-limit:]
    ]
    return {"sent": rows}


async def list_received(sandbox: Sandbox, asked: dict[str, Any]) -> Any:
    return {"received": list(sandbox.inbound.received)[-int(asked.get("limit", LIST_LIMIT)) :]}


# Customers


async def list_customers(sandbox: Sandbox, _: dict[str, Any]) -> Any:
    return {"customers": [each.as_json() for each in sandbox.state.customers.values()]}


async def create_customer(sandbox: Sandbox, asked: dict[str, Any]) -> Any:
    identity = str(asked.get("wa_id") or asked.get("username") or asked.get("user_id") or "")
    if not identity:
        raise FormError("wa_id, username or user_id is needed")
    customer = find_or_create_customer(sandbox.state, {**asked, "from": identity})
    return await change_customer(sandbox, {**asked, "key": customer.key})


async def change_customer(sandbox: Sandbox, asked: dict[str, Any]) -> Any:
    customer = sandbox.state.customers.get(str(asked.get("key", "")))
    if customer is None:
        raise FormError("there is no such customer")
    if asked.get("behaviour", "normal") not in get_args(Behaviour):
        raise FormError(f"behaviour is one of {', '.join(get_args(Behaviour))}")
    for name, kind in (
        ("name", str),
        ("username", str),
        ("receipts", bool),
        ("behaviour", str),
        ("played", bool),
    ):
        if isinstance(asked.get(name), kind):
            setattr(customer, name, asked[name])
    return customer.as_json()


async def set_rate(sandbox: Sandbox, asked: dict[str, Any]) -> Any:
    sandbox.engine.pace = float(asked.get("pace", sandbox.engine.pace))
    sandbox.engine.set_rate(float(asked.get("per_minute", sandbox.engine.per_minute)))
    return {"per_minute": sandbox.engine.per_minute, "pace": sandbox.engine.pace}


async def begin_conversations(sandbox: Sandbox, asked: dict[str, Any]) -> Any:
    runs = [
        sandbox.engine.begin(str(asked.get("script", "")), str(asked.get("number_id", "")))
        for _ in range(int(asked.get("count", 1)))
    ]
    return {"begun": [{"customer": run.customer.key, "script": run.script.name} for run in runs if run]}


async def send_inbound(sandbox: Sandbox, asked: dict[str, Any]) -> Any:
    number = _number(sandbox, asked)
    customer = find_or_create_customer(sandbox.state, asked)
    at = sandbox.clock.now() - float(asked.get("age_seconds", 0))
    ids = []
    for _ in range(int(asked.get("times", 1))):
        part = await build_part(sandbox, number, asked)
        ids.append(sandbox.inbound.receive(number, customer, part, wamid=str(asked.get("wamid", "")), at=at))
    return {"ids": ids, "customer": customer.as_json()}


async def read_messages(sandbox: Sandbox, asked: dict[str, Any]) -> Any:
    customer = find_or_create_customer(sandbox.state, {"from": asked["customer"]})
    return {"read": sandbox.delivery.read_by_person(_number(sandbox, asked).id, customer)}


# Faults and settings


async def list_faults(sandbox: Sandbox, _: dict[str, Any]) -> Any:
    return {"sends": sandbox.send_faults.as_json(), "media": dataclasses.asdict(sandbox.media_faults)}


async def plan_fault(sandbox: Sandbox, asked: dict[str, Any]) -> Any:
    if asked.get("kind") not in KINDS:
        raise FormError(f"kind is one of {', '.join(sorted(KINDS))}")
    sandbox.send_faults.plan(SendFault(**asked))
    return {"sends": sandbox.send_faults.as_json()}


async def clear_faults(sandbox: Sandbox, _: dict[str, Any]) -> Any:
    sandbox.send_faults.clear()
    return {"sends": []}


async def plan_media_faults(sandbox: Sandbox, asked: dict[str, Any]) -> Any:
    for each in dataclasses.fields(sandbox.media_faults):
        if each.name in asked:
            setattr(sandbox.media_faults, each.name, asked[each.name])
    return dataclasses.asdict(sandbox.media_faults)


async def show_webhook_policy(sandbox: Sandbox, _: dict[str, Any]) -> Any:
    return dataclasses.asdict(sandbox.webhooks.policy)


async def change_webhook_policy(sandbox: Sandbox, asked: dict[str, Any]) -> Any:
    sandbox.webhooks.policy = dataclasses.replace(sandbox.webhooks.policy, **_changes(WebhookPolicy, asked))
    if "drop_seconds" in asked or "drop_posts" in asked:
        sandbox.webhooks.drop_for(float(asked.get("drop_seconds", 0)), int(asked.get("drop_posts", 0)))
    return dataclasses.asdict(sandbox.webhooks.policy)


async def post_raw_webhook(sandbox: Sandbox, asked: dict[str, Any]) -> Any:
    sandbox.webhooks.post_raw(_number(sandbox, asked), asked["payload"], str(asked.get("signature", "valid")))
    return {"posted": True}


async def send_account_field(sandbox: Sandbox, asked: dict[str, Any]) -> Any:
    update = Update(
        _number(sandbox, asked),
        "raw",
        asked["value"],
        field=str(asked["field"]),
        entry_id=str(asked.get("entry_id", "")),
        entry_time=int(asked.get("time", sandbox.clock.now())),
    )
    sandbox.webhooks.enqueue(update)
    return {"queued": True}


async def change_statuses(sandbox: Sandbox, asked: dict[str, Any]) -> Any:
    sandbox.delivery.timing = dataclasses.replace(sandbox.delivery.timing, **_changes(StatusTiming, asked))
    if "window_policy" in asked:
        sandbox.delivery.window_policy = asked["window_policy"]
    sandbox.sending.sync_window_errors = bool(
        asked.get("sync_window_errors", sandbox.sending.sync_window_errors)
    )
    sandbox.sending.pair_rate_enforced = bool(
        asked.get("pair_rate_enforced", sandbox.sending.pair_rate_enforced)
    )
    return dataclasses.asdict(sandbox.delivery.timing) | {"window_policy": sandbox.delivery.window_policy}


async def change_number(sandbox: Sandbox, asked: dict[str, Any]) -> Any:
    number = _number(sandbox, {"number_id": asked["id"]})
    if "throughput_per_second" in asked:
        rate = float(asked["throughput_per_second"])
        number.throughput = TokenBucket(rate, rate)
    number.registered = bool(asked.get("registered", number.registered))
    number.coexistence = bool(asked.get("coexistence", number.coexistence))
    return {
        "id": number.id,
        "throughput_per_second": number.throughput.capacity,
        "registered": number.registered,
    }


async def advance_clock(sandbox: Sandbox, asked: dict[str, Any]) -> Any:
    sandbox.clock.advance(float(asked["advance_seconds"]))
    return {"now": sandbox.clock.now()}


async def reset(sandbox: Sandbox, _: dict[str, Any]) -> Any:
    sandbox.forget()
    return {"reset": True}
