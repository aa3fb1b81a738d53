"""Queues and their members: create, list, fetch, update, delete; take a caller out."""

from aiohttp import web

from switch.errors import Replaced
from switch.exchange import Exchange
from switch.keys import EXCHANGE
from switch.params import rfc2822
from switch.queues import LARGEST, MAX_SIZE, NAME_LIMIT, Member, Queue
from switch.rest import errors, fields, lookup
from switch.rest.errors import RestError
from switch.rest.pages import page
from switch.rest.resources import Body, account_path
from switch.steps import Fetch


async def create(request: web.Request) -> web.Response:
    """POST Queues.json: FriendlyName and MaxSize; 22003 when there is one of that name."""
    exchange, form = request.app[EXCHANGE], await fields.read(request)
    name, size = _name(exchange, form), _size(form)
    if not name:
        raise RestError(400, errors.BAD_PARAMETER, "FriendlyName is required")
    queue = exchange.queues.make(name, size or MAX_SIZE)
    return web.json_response(_queue(exchange, queue), status=201)


async def listing(request: web.Request) -> web.Response:
    """GET Queues.json: newest first."""
    exchange, _ = request.app[EXCHANGE], fields.query(request)
    return page(request, "queues", [_queue(exchange, q) for q in exchange.queues.listed()])


async def fetch(request: web.Request) -> web.Response:
    """GET Queues/{QU}.json."""
    return web.json_response(_queue(request.app[EXCHANGE], lookup.queue(request)))


async def update(request: web.Request) -> web.Response:
    """POST Queues/{QU}.json: FriendlyName, MaxSize."""
    exchange, queue = request.app[EXCHANGE], lookup.queue(request)
    form = await fields.read(request)
    name = fields.text(form, "FriendlyName")
    queue.change(
        name=name if name == queue.friendly_name else _name(exchange, form),
        max_size=_size(form),
    )
    return web.json_response(_queue(exchange, queue))


async def delete(request: web.Request) -> web.Response:
    """DELETE Queues/{QU}.json: an empty queue only."""
    queue = lookup.queue(request)
    if queue.members:
        raise RestError(400, errors.BAD_PARAMETER, "The queue is not empty")
    request.app[EXCHANGE].queues.delete(queue.sid)
    return web.Response(status=204)


async def members(request: web.Request) -> web.Response:
    """GET Queues/{QU}/Members.json: who waits, the first first."""
    exchange, queue = request.app[EXCHANGE], lookup.queue(request)
    fields.query(request)
    bodies = [_member(exchange, queue, each) for each in queue.members]
    return page(request, "queue_members", bodies)


async def member(request: web.Request) -> web.Response:
    """GET Queues/{QU}/Members/{CA or Front}.json."""
    queue = lookup.queue(request)
    return web.json_response(_member(request.app[EXCHANGE], queue, _find(request, queue)))


async def dequeue(request: web.Request) -> web.Response:
    """POST Queues/{QU}/Members/{CA or Front}.json with Url: the caller goes on there."""
    exchange, queue = request.app[EXCHANGE], lookup.queue(request)
    found, form = _find(request, queue), await fields.read(request)
    url, method = fields.url(form, "Url"), fields.method(form, "Method")
    if not url:
        raise RestError(400, errors.NO_URL, "Url parameter is required")
    body = _member(exchange, queue, found)
    queue.leave(found)
    if found.call.session is not None:
        found.call.session.interrupt(Replaced(Fetch(url, method)))
    return web.json_response(body)


def _find(request: web.Request, queue: Queue) -> Member:
    name = request.match_info["call_sid"]
    waiting = queue.members[:1] if name == "Front" else queue.members
    found = [each for each in waiting if name in {"Front", each.call.sid}]
    if not found:
        raise errors.not_found()
    return found[0]


def _name(exchange: Exchange, form: fields.Form) -> str:
    name = fields.text(form, "FriendlyName")
    if len(name) > NAME_LIMIT:
        raise RestError(400, errors.BAD_PARAMETER, "FriendlyName is longer than 64 characters")
    if name and exchange.queues.called(name) is not None:
        raise RestError(400, errors.QUEUE_EXISTS, "A queue with that name already exists")
    return name


def _size(form: fields.Form) -> int | None:
    given = fields.text(form, "MaxSize")
    if not given:
        return None
    if not given.isdecimal() or not 1 <= int(given) <= LARGEST:
        raise RestError(400, errors.BAD_PARAMETER, f"MaxSize is a number from 1 to {LARGEST}")
    return int(given)


def _queue(exchange: Exchange, queue: Queue) -> Body:
    account = exchange.config.account_sid
    path = f"{account_path(account)}/Queues/{queue.sid}"
    return {
        "sid": queue.sid,
        "account_sid": account,
        "friendly_name": queue.friendly_name,
        "current_size": len(queue.members),
        "max_size": queue.max_size,
        "average_wait_time": queue.average_wait_s,
        "date_created": rfc2822(queue.created),
        "date_updated": rfc2822(queue.updated),
        "uri": f"{path}.json",
        "subresource_uris": {"members": f"{path}/Members.json"},
    }


def _member(exchange: Exchange, queue: Queue, each: Member) -> Body:
    account = account_path(exchange.config.account_sid)
    return {
        "call_sid": each.call.sid,
        "queue_sid": queue.sid,
        "date_enqueued": rfc2822(each.since),
        "position": queue.members.index(each) + 1,
        "wait_time": queue.waited_s(each),
        "uri": f"{account}/Queues/{queue.sid}/Members/{each.call.sid}.json",
    }
