"""Paths of the REST API, its authentication, and the faults put on it."""

import base64
import binascii
import hmac

from aiohttp import web
from aiohttp.typedefs import Handler

from switch.config import Config
from switch.keys import EXCHANGE
from switch.params import API_VERSION
from switch.rest import calls, conferences, errors, recordings
from switch.rest.errors import RestError

PREFIX = f"/{API_VERSION}/"


def add(app: web.Application) -> None:
    """Add the API's paths to an application."""
    account = PREFIX + "Accounts/{account_sid}"
    call = account + "/Calls/{call_sid:[^/.]+}"
    recording = account + "/Recordings/{recording_sid:[^/.]+}"
    conference = account + "/Conferences/{conference_sid:[^/.]+}"
    app.add_routes(
        [
            web.post(account + "/Calls.json", calls.create),
            web.get(account + "/Calls.json", calls.listing),
            web.get(call + ".json", calls.fetch),
            web.post(call + ".json", calls.update),
            web.delete(call + ".json", calls.delete),
            web.get(call + "/Recordings.json", recordings.of_call),
            web.get(call + "/Recordings/{recording_sid:[^/.]+}.json", recordings.fetch_of_call),
            web.delete(call + "/Recordings/{recording_sid:[^/.]+}.json", recordings.delete),
            web.get(account + "/Recordings.json", recordings.listing),
            web.get(recording + ".json", recordings.fetch),
            web.delete(recording + ".json", recordings.delete),
            web.get(recording + ".wav", recordings.media),
            web.get(recording, recordings.media),
            web.get(account + "/Conferences.json", conferences.listing),
            web.get(conference + ".json", conferences.fetch),
            web.post(conference + ".json", conferences.update),
        ]
    )


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
    if request.method == "POST" and request.app[EXCHANGE].faults.take("rest", "accept_then_drop"):
        _drop(request)
    return response


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
