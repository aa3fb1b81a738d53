"""Streams beside a call: create, stop."""

from aiohttp import web

from switch.calls import Status
from switch.errors import DocumentError
from switch.exchange import Exchange
from switch.keys import EXCHANGE
from switch.params import rfc2822
from switch.rest import errors, fields, lookup
from switch.rest.errors import RestError
from switch.rest.resources import Body, account_path
from switch.streams.fork import MOST_TRACKS, Fork, running
from switch.streams.target import Target
from switch.verbs.stream_noun import checked

PARAMETERS = 99
"""Pairs of ParameterN.Name and ParameterN.Value that a request may hold (Twilio's client)."""


async def create(request: web.Request) -> web.Response:
    """POST Calls/{CA}/Streams.json: as <Start><Stream>; 201."""
    exchange, call = request.app[EXCHANGE], lookup.call(request)
    form = await fields.read(request)
    fork = Fork(exchange, call, _target(form))
    if call.status is not Status.IN_PROGRESS:
        raise RestError(400, errors.NOT_IN_PROGRESS, "Call is not in-progress. Cannot stream.")
    others = running(exchange, call.sid)
    if sum(each.width for each in [*others, fork]) > MOST_TRACKS:
        raise RestError(400, errors.BAD_PARAMETER, "Four tracks of a call may be streamed")
    fork.begin()
    return web.json_response(_stream(exchange, fork), status=201)


async def update(request: web.Request) -> web.Response:
    """POST Calls/{CA}/Streams/{MZ or name}.json with Status=stopped."""
    exchange, call = request.app[EXCHANGE], lookup.call(request)
    form, name = await fields.read(request), request.match_info["stream"]
    if fields.text(form, "Status") != "stopped":
        raise RestError(400, errors.BAD_PARAMETER, "Status is stopped")
    found = [each for each in exchange.streams.values() if each.call_sid == call.sid]
    named = [each for each in found if name in {each.sid, each.name}]
    if not named:
        raise errors.not_found()
    named[-1].stop()
    return web.json_response(_stream(exchange, named[-1]))


def _target(form: fields.Form) -> Target:
    numbers = range(1, PARAMETERS + 1)
    pairs = [(form.get(f"Parameter{n}.Name"), form.get(f"Parameter{n}.Value")) for n in numbers]
    try:
        where = checked(fields.text(form, "Url"))
    except DocumentError as error:
        raise RestError(400, error.code, error.reason) from error
    return Target(
        where,
        fields.text(form, "Name"),
        {name: value for name, value in pairs if name},
        fields.url(form, "StatusCallback"),
        fields.method(form, "StatusCallbackMethod"),
        fields.choice(form, "Track", "inbound_track", "outbound_track", "both_tracks"),
    )


def _stream(exchange: Exchange, fork: Fork) -> Body:
    account = exchange.config.account_sid
    return {
        "sid": fork.sid,
        "account_sid": account,
        "call_sid": fork.call_sid,
        "name": fork.target.name or None,
        "status": fork.status,
        "date_updated": rfc2822(fork.updated),
        "uri": f"{account_path(account)}/Calls/{fork.call_sid}/Streams/{fork.sid}.json",
    }
