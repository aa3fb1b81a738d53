"""Recordings of calls and conferences: create, list, fetch, media, pause, stop, delete."""

from aiohttp import web

from switch.audio import to_wav
from switch.calls import Status
from switch.keys import EXCHANGE
from switch.recordings import Recording
from switch.rest import errors, fields, lookup, resources
from switch.rest.errors import RestError
from switch.rest.pages import page
from switch.taping import TapeOptions, tape_call

_NO_MEDIA = (
    "<html><head><title>Error</title></head><body><h1>Service unavailable</h1></body></html>"
)


async def create(request: web.Request) -> web.Response:
    """POST Calls/{CA}/Recordings.json: record a call that is in progress, from now on."""
    exchange, call = request.app[EXCHANGE], lookup.call(request)
    form = await fields.read(request)
    wanted = options(form)
    if call.status is not Status.IN_PROGRESS:
        raise RestError(400, errors.NOT_IN_PROGRESS, "Call is not in-progress. Cannot record.")
    tape = tape_call(exchange, call, "StartCallRecordingAPI", wanted)
    body = resources.call_recording(exchange, tape.recording)
    return web.json_response(body, status=201)


async def update(request: web.Request) -> web.Response:
    """POST {RE}.json with Status paused (PauseBehavior), in-progress or stopped."""
    exchange, recording = request.app[EXCHANGE], lookup.recording(request)
    form = await fields.read(request)
    status = fields.text(form, "Status")
    behavior = fields.choice(form, "PauseBehavior", "silence", "skip")
    tape = exchange.tapes.get(recording.sid)
    if status not in {"paused", "in-progress", "stopped"}:
        raise RestError(400, errors.BAD_PARAMETER, "Status is one of: paused, in-progress, stopped")
    if tape is None:
        raise RestError(400, errors.NOT_IN_PROGRESS, "Recording is not in-progress.")
    if status == "paused":
        tape.pause(behavior)
    elif status == "in-progress":
        tape.resume()
    else:
        tape.stop()
    return web.json_response(_as_part(request, recording))


async def listing(request: web.Request) -> web.Response:
    """GET Recordings.json: newest first, by CallSid, ConferenceSid, DateCreated."""
    exchange, query = request.app[EXCHANGE], fields.query(request)
    found = exchange.recordings.listed(
        query.get("CallSid") or None,
        query.get("ConferenceSid") or None,
        deleted=fields.flag(query, "IncludeSoftDeleted"),
    )
    wanted = [each for each in found if fields.in_time(query, "DateCreated", each.started)]
    return page(request, "recordings", [resources.recording(exchange, each) for each in wanted])


async def of_call(request: web.Request) -> web.Response:
    """GET Calls/{CA}/Recordings.json: newest first, by DateCreated."""
    found = request.app[EXCHANGE].recordings.listed(lookup.call(request).sid)
    return _parts(request, found)


async def of_conference(request: web.Request) -> web.Response:
    """GET Conferences/{CF}/Recordings.json: newest first, by DateCreated."""
    sid = lookup.conference(request).sid
    return _parts(request, request.app[EXCHANGE].recordings.listed(conference_sid=sid))


async def fetch(request: web.Request) -> web.Response:
    """GET Recordings/{RE}.json."""
    deleted = fields.flag(fields.query(request), "IncludeSoftDeleted")
    recording = lookup.recording(request, deleted=deleted)
    return web.json_response(resources.recording(request.app[EXCHANGE], recording))


async def fetch_part(request: web.Request) -> web.Response:
    """GET {RE}.json of a call or a conference."""
    return web.json_response(_as_part(request, lookup.recording(request)))


async def delete(request: web.Request) -> web.Response:
    """DELETE {RE}.json: 204, and 404 from then on; its audio is gone."""
    exchange, recording = request.app[EXCHANGE], lookup.recording(request)
    tape = exchange.tapes.get(recording.sid)
    if tape is not None:
        tape.stop()
    exchange.recordings.delete(recording.sid)
    return web.Response(status=204)


async def media(request: web.Request) -> web.Response:
    """GET Recordings/{RE} or {RE}.wav: a WAV, 404 until the recording is completed."""
    exchange, recording = request.app[EXCHANGE], lookup.recording(request)
    if exchange.faults.take("media", "404") or recording.status != "completed":
        raise errors.not_found()
    if exchange.faults.media == "html":
        return web.Response(text=_NO_MEDIA, content_type="text/html")
    wanted = fields.choice(fields.query(request), "RequestedChannels", "1", "2")
    if wanted == "2" and recording.sides is None:
        raise RestError(400, errors.BAD_PARAMETER, "The recording has one channel")
    sides = recording.sides if wanted == "2" and recording.sides else (recording.audio, None)
    return web.Response(body=to_wav(*sides), content_type="audio/x-wav")


def options(form: fields.Form) -> TapeOptions:
    """How a call is to be recorded."""
    return TapeOptions(
        fields.choice(form, "RecordingTrack", "both", "inbound", "outbound"),
        fields.choice(form, "RecordingChannels", "mono", "dual") == "dual",
        fields.choice(form, "Trim", "do-not-trim", "trim-silence") == "trim-silence",
        fields.recording_hook(form),
    )


def _parts(request: web.Request, found: list[Recording]) -> web.Response:
    query = fields.query(request)
    wanted = [each for each in found if fields.in_time(query, "DateCreated", each.started)]
    return page(request, "recordings", [_as_part(request, each) for each in wanted])


def _as_part(request: web.Request, recording: Recording) -> resources.Body:
    exchange = request.app[EXCHANGE]
    if "conference_sid" in request.match_info:
        return resources.conference_recording(exchange, recording)
    return resources.call_recording(exchange, recording)
