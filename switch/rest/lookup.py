"""What a request's path names; each raises RestError 404 when it is not there."""

from typing import TypeVar

from aiohttp import web

from switch.calls import Call
from switch.conferences import Conference
from switch.keys import EXCHANGE
from switch.messages import Message
from switch.queues import Queue
from switch.recordings import Recording
from switch.rest import errors

T = TypeVar("T")


def call(request: web.Request) -> Call:
    """The call."""
    return _there(request.app[EXCHANGE].calls.get(request.match_info["call_sid"]))


def conference(request: web.Request) -> Conference:
    """The conference."""
    return _there(request.app[EXCHANGE].conferences.get(request.match_info["conference_sid"]))


def queue(request: web.Request) -> Queue:
    """The queue."""
    return _there(request.app[EXCHANGE].queues.get(request.match_info["queue_sid"]))


def message(request: web.Request) -> Message:
    """The message."""
    return _there(request.app[EXCHANGE].messages.get(request.match_info["message_sid"]))


def recording(request: web.Request, *, deleted: bool = False) -> Recording:
    """The recording, which belongs to the call or conference of the path, if it names one.

    `Twilio.CURRENT` is the last one that runs.
    """
    recordings, names = request.app[EXCHANGE].recordings, request.match_info
    call_sid, conference_sid = names.get("call_sid"), names.get("conference_sid")
    if names["recording_sid"] == "Twilio.CURRENT":
        listed = recordings.listed(call_sid, conference_sid)
        return _there(next((each for each in listed if each.running), None))
    found = _there(recordings.get(names["recording_sid"], deleted=deleted))
    if call_sid not in (None, found.call_sid):
        raise errors.not_found()
    if conference_sid not in (None, found.conference_sid):
        raise errors.not_found()
    return found


def _there(found: T | None) -> T:
    if found is None:
        raise errors.not_found()
    return found
