"""Paths of the REST API, its authentication, and the faults put on it."""

import base64
import binascii
import hmac
import logging

from aiohttp import web
from aiohttp.typedefs import Handler

from switch.config import Config
from switch.keys import EXCHANGE
from switch.params import API_VERSION
from switch.rest import (
    calls,
    conferences,
    errors,
    fields,
    messages,
    participants,
    queues,
    recordings,
    streams,
)
from switch.rest.errors import RestError

log = logging.getLogger(__name__)

PREFIX = f"/{API_VERSION}/"


ACCOUNT = PREFIX + "Accounts/{account_sid}"
_CALL = ACCOUNT + "/Calls/{call_sid:[^/.]+}"
_CONFERENCE = ACCOUNT + "/Conferences/{conference_sid:[^/]+}"
_RECORDING = "/Recordings/{recording_sid:[^/.]+}"
_CURRENT = "/Recordings/{recording_sid:Twilio\\.CURRENT|[^/.]+}.json"
_QUEUE = ACCOUNT + "/Queues/{queue_sid:[^/.]+}"


def add(app: web.Application) -> None:
    """Add the API's paths to an application."""
    app.add_routes([*_calls(), *_recordings(), *_conferences(), *_queues(), *_messages()])


def _calls() -> list[web.RouteDef]:
    stream = _CALL + "/Streams/{stream:[^/]+}.json"
    return [
        web.post(ACCOUNT + "/Calls.json", calls.create),
        web.get(ACCOUNT + "/Calls.json", calls.listing),
        web.get(_CALL + ".json", calls.fetch),
        web.post(_CALL + ".json", calls.update),
        web.delete(_CALL + ".json", calls.delete),
        web.post(_CALL + "/Recordings.json", recordings.create),
        web.get(_CALL + "/Recordings.json", recordings.of_call),
        web.get(_CALL + _CURRENT, recordings.fetch_part),
        web.post(_CALL + _CURRENT, recordings.update),
        web.delete(_CALL + _CURRENT, recordings.delete),
        web.post(_CALL + "/Streams.json", streams.create),
        web.post(stream, streams.update),
    ]


def _recordings() -> list[web.RouteDef]:
    return [
        web.get(ACCOUNT + "/Recordings.json", recordings.listing),
        web.get(ACCOUNT + _RECORDING + ".json", recordings.fetch),
        web.delete(ACCOUNT + _RECORDING + ".json", recordings.delete),
        web.get(ACCOUNT + _RECORDING + ".wav", recordings.media),
        web.get(ACCOUNT + _RECORDING, recordings.media),
    ]


def _conferences() -> list[web.RouteDef]:
    participant = _CONFERENCE + "/Participants/{participant:[^/]+}.json"
    return [
        web.get(ACCOUNT + "/Conferences.json", conferences.listing),
        web.get(_CONFERENCE + "/Recordings.json", recordings.of_conference),
        web.get(_CONFERENCE + _CURRENT, recordings.fetch_part),
        web.post(_CONFERENCE + _CURRENT, recordings.update),
        web.delete(_CONFERENCE + _CURRENT, recordings.delete),
        web.post(_CONFERENCE + "/Participants.json", participants.create),
        web.get(_CONFERENCE + "/Participants.json", participants.listing),
        web.get(participant, participants.fetch),
        web.post(participant, participants.update),
        web.delete(participant, participants.delete),
        web.get(_CONFERENCE + ".json", conferences.fetch),
        web.post(_CONFERENCE + ".json", conferences.update),
    ]


def _queues() -> list[web.RouteDef]:
    member = _QUEUE + "/Members/{call_sid:[^/.]+}.json"
    return [
        web.post(ACCOUNT + "/Queues.json", queues.create),
        web.get(ACCOUNT + "/Queues.json", queues.listing),
        web.get(_QUEUE + ".json", queues.fetch),
        web.post(_QUEUE + ".json", queues.update),
        web.delete(_QUEUE + ".json", queues.delete),
        web.get(_QUEUE + "/Members.json", queues.members),
        web.get(member, queues.member),
        web.post(member, queues.dequeue),
    ]


def _messages() -> list[web.RouteDef]:
    message = ACCOUNT + "/Messages/{message_sid:[^/.]+}.json"
    return [
        web.post(ACCOUNT + "/Messages.json", messages.create),
        web.get(ACCOUNT + "/Messages.json", messages.listing),
        web.get(message, messages.fetch),
        web.post(message, messages.update),
        web.delete(message, messages.delete),
    ]


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Authenticate, strike with the faults that are set, and turn errors into Twilio's bodies."""
    if not request.path.startswith(PREFIX):
        return await handler(request)
    try:
        _authenticate(request, request.app[EXCHANGE].config)
        _strike(request)
        response = await handler(request)
    except RestError as error:
        return error.response()
    except web.HTTPNotFound:
        return errors.not_found().response()
    except web.HTTPMethodNotAllowed:
        return RestError(405, errors.NOT_ALLOWED, "Method not allowed").response()
    _warn(request)
    if request.method == "POST" and request.app[EXCHANGE].faults.take("rest", "accept_then_drop"):
        _drop(request)
    return response


def _warn(request: web.Request) -> None:
    form = request.get(fields.GIVEN)
    for name in form.without_effect if form is not None else ():
        log.warning("REST %s parameter %s has no effect", request.method, name)


def _authenticate(request: web.Request, config: Config) -> None:
    expected = f"{config.account_sid}:{config.auth_token}".encode()
    kind, _, credentials = request.headers.get("Authorization", "").partition(" ")
    try:
        given = base64.b64decode(credentials, validate=True)
    except (binascii.Error, ValueError):
        given = b""
    if kind != "Basic" or not hmac.compare_digest(given, expected):
        raise RestError(401, errors.AUTHENTICATION, "Authenticate")
    account_sid = request.match_info.get("account_sid", config.account_sid)
    if account_sid != config.account_sid:
        raise errors.not_found()


def _strike(request: web.Request) -> None:
    faults = request.app[EXCHANGE].faults
    if "/Recordings/" in request.path and not request.path.endswith(".json"):
        return  # media have faults of their own
    if faults.take("rest", "500"):
        raise RestError(500, errors.INTERNAL, "Internal Server Error")
    if faults.take("rest", "429"):
        raise RestError(429, errors.TOO_MANY, "Too Many Requests")


def _drop(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
