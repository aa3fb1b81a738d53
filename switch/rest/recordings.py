"""Recordings: list, fetch, media, delete."""

from aiohttp import web

from switch.audio import to_wav
from switch.keys import EXCHANGE
from switch.recordings import Recording
from switch.rest import errors, resources
from switch.rest.calls import find as find_call
from switch.rest.pages import page

_NO_MEDIA = (
    "<html><head><title>Error</title></head><body><h1>Service unavailable</h1></body></html>"
)


async def listing(request: web.Request) -> web.Response:
    """GET Recordings.json: newest first, by CallSid."""
    exchange = request.app[EXCHANGE]
    found = exchange.recordings.listed(request.query.get("CallSid"))
    return page(request, "recordings", [resources.recording(exchange, each) for each in found])


async def of_call(request: web.Request) -> web.Response:
    """GET Calls/{CA}/Recordings.json."""
    exchange, call = request.app[EXCHANGE], find_call(request)
    found = exchange.recordings.listed(call.sid)
    return page(request, "recordings", [resources.call_recording(exchange, each) for each in found])


async def fetch(request: web.Request) -> web.Response:
    """GET Recordings/{RE}.json."""
    return web.json_response(resources.recording(request.app[EXCHANGE], _find(request)))


async def fetch_of_call(request: web.Request) -> web.Response:
    """GET Calls/{CA}/Recordings/{RE}.json."""
    return web.json_response(resources.call_recording(request.app[EXCHANGE], _find(request)))


async def delete(request: web.Request) -> web.Response:
    """DELETE Recordings/{RE}.json: 204, and 404 from then on."""
    request.app[EXCHANGE].recordings.delete(_find(request).sid)
    return web.Response(status=204)


async def media(request: web.Request) -> web.Response:
    """GET Recordings/{RE} or {RE}.wav: a WAV, 404 until the recording is completed."""
    exchange, recording = request.app[EXCHANGE], _find(request)
    if exchange.faults.take("media", "404") or recording.status != "completed":
        raise errors.not_found()
    if exchange.faults.media == "html":
        return web.Response(text=_NO_MEDIA, content_type="text/html")
    return web.Response(body=to_wav(recording.audio), content_type="audio/x-wav")


def _find(request: web.Request) -> Recording:
    recording = request.app[EXCHANGE].recordings.get(request.match_info["recording_sid"])
    call_sid = request.match_info.get("call_sid")
    if recording is None or call_sid not in (None, recording.call_sid):
        raise errors.not_found()
    return recording
