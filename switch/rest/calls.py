"""Calls: create, list, fetch, update, delete."""

from aiohttp import web

from switch import placing
from switch.calls import Call, Direction, Status
from switch.errors import Replaced
from switch.exchange import OVER, Exchange
from switch.keys import EXCHANGE
from switch.rest import errors, fields, resources
from switch.rest.errors import RestError
from switch.rest.pages import page

TIMEOUT_S = 60
MAX_TIMEOUT_S = 600


async def create(request: web.Request) -> web.Response:
    """POST Calls.json: place a call; 201 with status `queued`."""
    exchange, form = request.app[EXCHANGE], await request.post()
    owned = exchange.config.hotline_number
    call = Call(
        Direction.OUTBOUND_API,
        fields.from_number(form, owned),
        fields.to_number(form),
        fields.hooks(form),
    )
    step = fields.step(form)
    if step is None:
        raise RestError(400, errors.NO_URL, "Url parameter is required")
    timeout_s = fields.seconds(form, "Timeout", TIMEOUT_S, MAX_TIMEOUT_S)
    limit_s = fields.seconds(form, "TimeLimit", placing.TIME_LIMIT_S, placing.TIME_LIMIT_S)
    placing.place(exchange, call, step, timeout_s=timeout_s, time_limit_s=limit_s)
    return web.json_response(resources.call(exchange, call), status=201)


async def listing(request: web.Request) -> web.Response:
    """GET Calls.json: newest first, by To, From, ParentCallSid, Status, StartTime."""
    exchange, query = request.app[EXCHANGE], request.query
    wanted = [
        call
        for call in reversed(exchange.calls.values())
        if query.get("To", call.to_number) == call.to_number
        and query.get("From", call.from_number) == call.from_number
        and query.get("ParentCallSid", call.parent_sid) == call.parent_sid
        and query.get("Status", call.status) == call.status
        and fields.in_time(query, "StartTime", call.started.wall if call.started else None)
        and fields.in_time(query, "EndTime", call.ended.wall if call.ended else None)
    ]
    return page(request, "calls", [resources.call(exchange, call) for call in wanted])


async def fetch(request: web.Request) -> web.Response:
    """GET Calls/{CA}.json."""
    exchange = request.app[EXCHANGE]
    return web.json_response(resources.call(exchange, find(request)))


async def update(request: web.Request) -> web.Response:
    """POST Calls/{CA}.json: another document, or the end; 21220 when the call is over."""
    exchange, call, form = request.app[EXCHANGE], find(request), await request.post()
    status, step = fields.text(form, "Status"), fields.step(form)
    if call.status in OVER:
        raise _not_in_progress()
    if status not in {"", "canceled", "completed"}:
        raise RestError(400, errors.BAD_PARAMETER, "Status is canceled or completed")
    if status:
        _finish(exchange, call, status)
    elif step is not None:
        if not call.live or call.session is None:
            raise _not_in_progress()
        exchange.note(call, "updated")
        call.session.interrupt(Replaced(step))
    return web.json_response(resources.call(exchange, call))


async def delete(request: web.Request) -> web.Response:
    """DELETE Calls/{CA}.json: forget a call that is over."""
    exchange, call = request.app[EXCHANGE], find(request)
    if call.status not in OVER:
        raise RestError(409, errors.IN_PROGRESS, "Call is still in progress")
    del exchange.calls[call.sid]
    return web.Response(status=204)


def find(request: web.Request) -> Call:
    """The call named in the path; raises RestError 404."""
    call = request.app[EXCHANGE].calls.get(request.match_info["call_sid"])
    if call is None:
        raise errors.not_found()
    return call


def _finish(exchange: Exchange, call: Call, status: str) -> None:
    if call.live and status == "completed":
        exchange.end(call, Status.COMPLETED, by="rest")
    elif not call.live:
        exchange.end(call, Status.CANCELED, by="rest", sip_code=placing.RING_TIMEOUT)


def _not_in_progress() -> RestError:
    return RestError(400, errors.NOT_IN_PROGRESS, "Call is not in-progress. Cannot redirect.")
