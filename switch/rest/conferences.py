"""Conferences: list, fetch, end, announce."""

from aiohttp import web

from switch import announcing, callbacks
from switch.conferences import BY_API, Conference
from switch.errors import DocumentError
from switch.exchange import Exchange
from switch.keys import EXCHANGE
from switch.rest import errors, fields, lookup, resources
from switch.rest.errors import RestError
from switch.rest.pages import page
from switch.steps import Fetch


async def listing(request: web.Request) -> web.Response:
    """GET Conferences.json: newest first, by FriendlyName, Status, DateCreated, DateUpdated."""
    exchange, query = request.app[EXCHANGE], fields.query(request)
    wanted = [
        each
        for each in exchange.conferences.listed()
        if fields.wants(query, "FriendlyName", each.friendly_name)
        and fields.wants(query, "Status", each.status)
        and fields.in_time(query, "DateCreated", each.created)
        and fields.in_time(query, "DateUpdated", each.updated)
    ]
    return page(request, "conferences", [resources.conference(exchange, each) for each in wanted])


async def fetch(request: web.Request) -> web.Response:
    """GET Conferences/{CF}.json."""
    return web.json_response(
        resources.conference(request.app[EXCHANGE], lookup.conference(request))
    )


async def update(request: web.Request) -> web.Response:
    """POST Conferences/{CF}.json: Status=completed lets everybody leave, AnnounceUrl is heard."""
    exchange, conference = request.app[EXCHANGE], lookup.conference(request)
    form = await fields.read(request)
    status, url = fields.text(form, "Status"), fields.url(form, "AnnounceUrl")
    step = Fetch(url, fields.method(form, "AnnounceMethod"))
    if status not in {"", "completed"} or not (status or url):
        raise RestError(400, errors.BAD_PARAMETER, "Status is completed")
    if url and not conference.over.is_set():
        exchange.spawn(_announce(exchange, conference, step))
    if status:
        conference.end(BY_API)
    return web.json_response(resources.conference(exchange, conference))


async def _announce(exchange: Exchange, conference: Conference, step: Fetch) -> None:
    call = conference.first_call
    if call is None:
        return
    try:
        audio = await announcing.read_out(exchange, step, call)
    except DocumentError:
        callbacks.conference_progress(exchange, conference, "announcement-fail")
        return
    await announcing.play_to_all(exchange, conference, audio)
    callbacks.conference_progress(exchange, conference, "announcement-end")
