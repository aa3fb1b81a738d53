"""Conferences: list, fetch, end."""

from aiohttp import web

from switch.conferences import BY_API, Conference
from switch.keys import EXCHANGE
from switch.rest import errors, resources
from switch.rest.errors import RestError
from switch.rest.pages import page


async def listing(request: web.Request) -> web.Response:
    """GET Conferences.json: newest first, by FriendlyName and Status."""
    exchange, query = request.app[EXCHANGE], request.query
    wanted = [
        each
        for each in exchange.conferences.listed()
        if query.get("FriendlyName", each.friendly_name) == each.friendly_name
        and query.get("Status", each.status) == each.status
    ]
    return page(request, "conferences", [resources.conference(exchange, each) for each in wanted])


async def fetch(request: web.Request) -> web.Response:
    """GET Conferences/{CF}.json."""
    return web.json_response(resources.conference(request.app[EXCHANGE], _find(request)))


async def update(request: web.Request) -> web.Response:
    """POST Conferences/{CF}.json with Status=completed: everybody leaves."""
    conference, form = _find(request), await request.post()
    if form.get("Status") != "completed":
        raise RestError(400, errors.BAD_PARAMETER, "Status is completed")
    conference.end(BY_API)
    return web.json_response(resources.conference(request.app[EXCHANGE], conference))


def _find(request: web.Request) -> Conference:
    conference = request.app[EXCHANGE].conferences.get(request.match_info["conference_sid"])
    if conference is None:
        raise errors.not_found()
    return conference
