"""Calls: create, list, fetch, update, delete."""

from dataclasses import replace

from aiohttp import web

from switch import placing
from switch.calls import Call, Direction, Hooks, Status
from switch.errors import Replaced
from switch.exchange import OVER, Exchange
from switch.keys import EXCHANGE
from switch.rest import errors, fields, lookup, recordings, resources
from switch.rest.errors import RestError
from switch.rest.pages import page

TIMEOUT_S = 60
MAX_TIMEOUT_S = 600


async def create(request: web.Request) -> web.Response:
    """POST Calls.json: place a call; 201 with status `queued`."""
    exchange, form = request.app[EXCHANGE], await fields.read(request)
    owned = exchange.config.hotline_number
    call = Call(
        Direction.OUTBOUND_API,
        fields.from_number(form, owned),
        fields.to_number(form),
        fields.hooks(form),
    )
    call.from_number = fields.text(form, "CallerId") or call.from_number
    step = fields.step(form)
    if step is None:
        raise RestError(400, errors.NO_URL, "Url parameter is required")
    timeout_s = fields.seconds(form, "Timeout", TIMEOUT_S, MAX_TIMEOUT_S)
    limit_s = fields.seconds(form, "TimeLimit", placing.TIME_LIMIT_S, placing.TIME_LIMIT_S)
    order = placing.Order(
        timeout_s,
        limit_s,
        send_digits=fields.text(form, "SendDigits"),
        tape=recordings.options(form) if fields.flag(form, "Record") else None,
    )
    placing.place(exchange, call, step, order)
    return web.json_response(resources.call(exchange, call), status=201)


async def listing(request: web.Request) -> web.Response:
    """GET Calls.json: newest first, by To, From, ParentCallSid, Status, StartTime."""
    exchange, query = request.app[EXCHANGE], fields.query(request)
    wanted = [
        call
        for call in reversed(exchange.calls.values())
        if fields.wants(query, "To", call.to_number)
        and fields.wants(query, "From", call.from_number)
        and fields.wants(query, "ParentCallSid", call.parent_sid)
        and fields.wants(query, "Status", call.status)
        and fields.in_time(query, "StartTime", call.started.wall if call.started else None)
        and fields.in_time(query, "EndTime", call.ended.wall if call.ended else None)
    ]
    return page(request, "calls", [resources.call(exchange, call) for call in wanted])


async def fetch(request: web.Request) -> web.Response:
    """GET Calls/{CA}.json."""
    exchange = request.app[EXCHANGE]
    return web.json_response(resources.call(exchange, lookup.call(request)))


async def update(request: web.Request) -> web.Response:
    """POST Calls/{CA}.json: another document, or the end; 21220 when the call is over."""
    exchange, call, form = request.app[EXCHANGE], lookup.call(request), await fields.read(request)
    status, step = fields.text(form, "Status"), fields.step(form)
    hooks = _new_hooks(call.hooks, form)
    if call.status in OVER:
        raise _not_in_progress()
    if status not in {"", "canceled", "completed"}:
        raise RestError(400, errors.BAD_PARAMETER, "Status is canceled or completed")
    if step is not None and not status and (not call.live or call.session is None):
        raise _not_in_progress()
    call.hooks = hooks
    if form.given("TimeLimit"):
        limit_s = fields.seconds(form, "TimeLimit", placing.TIME_LIMIT_S, placing.TIME_LIMIT_S)
        placing.limit(exchange, call, limit_s)
    if status:
        _finish(exchange, call, status)
    elif step is not None and call.session is not None:
        exchange.note(call, "updated")
        call.session.interrupt(Replaced(step))
    return web.json_response(resources.call(exchange, call))


def _new_hooks(hooks: Hooks, form: fields.Form) -> Hooks:
    asked = fields.hooks(form)
    if asked.status_callback:
        hooks = replace(
            hooks, status_callback=asked.status_callback, status_method=asked.status_method
        )
    if asked.fallback_url:
        hooks = replace(
            hooks, fallback_url=asked.fallback_url, fallback_method=asked.fallback_method
        )
    return hooks


async def delete(request: web.Request) -> web.Response:
    """DELETE Calls/{CA}.json: forget a call that is over."""
    exchange, call = request.app[EXCHANGE], lookup.call(request)
    if call.status not in OVER:
        raise RestError(409, errors.IN_PROGRESS, "Call is still in progress")
    exchange.keeping.forget(call.sid)
    return web.Response(status=204)


def _finish(exchange: Exchange, call: Call, status: str) -> None:
    if call.live and status == "completed":
        exchange.end(call, Status.COMPLETED, by="rest")
    elif not call.live:
        exchange.end(call, Status.CANCELED, by="rest", sip_code=placing.RING_TIMEOUT)


def _not_in_progress() -> RestError:
    return RestError(400, errors.NOT_IN_PROGRESS, "Call is not in-progress. Cannot redirect.")
