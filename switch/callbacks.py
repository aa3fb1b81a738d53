"""Status callbacks of calls, recordings, conferences and streams, and the faults put on them.

They steer nothing: their answers are not read, and they arrive in any order.
"""

import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from switch.calls import Call
from switch.conferences import Conference, Participant
from switch.errors import DocumentError
from switch.params import API_VERSION, call_params, progress_params, rfc2822
from switch.recordings import Recording
from switch.webhook import Outgoing, as_params

if TYPE_CHECKING:
    from switch.exchange import Exchange

log = logging.getLogger(__name__)

RECORDING_DELAY_S = 0.2
"""Telephone seconds between the end of a recording and the moment it can be fetched."""


@dataclass(frozen=True)
class RecordingHook:
    """Where a recording's callbacks go; `events` of in-progress, completed, absent."""

    url: str = ""
    method: str = "POST"
    events: frozenset[str] = frozenset({"completed"})

    def against(self, url: str) -> "RecordingHook":
        """The same with another URL."""
        return replace(self, url=url)


def call_progress(exchange: "Exchange", call: Call, event: str) -> None:
    """Send a call's status callback for `event` if it was asked for; returns at once."""
    hooks = call.hooks
    if not hooks.status_callback or event not in hooks.status_events:
        return
    params = call_params(call, exchange.config.account_sid)
    params |= progress_params(call, event, call.callbacks_sent, datetime.now(UTC))
    call.callbacks_sent += 1
    _spread(exchange, (hooks.status_callback, hooks.status_method), params, call)


def recording_params(exchange: "Exchange", recording: Recording) -> dict[str, str]:
    """What an action or a callback says about a recording; no URL when there is no audio."""
    if not recording.audio:
        return {}
    return {
        "RecordingSid": recording.sid,
        "RecordingUrl": recording_url(exchange, recording.sid),
        "RecordingDuration": str(recording.duration_s),
    }


def recording_url(exchange: "Exchange", sid: str) -> str:
    """Where a recording's WAV is fetched."""
    base = f"{exchange.public_url}/{API_VERSION}/Accounts/{exchange.config.account_sid}"
    return f"{base}/Recordings/{sid}"


def recording_progress(
    exchange: "Exchange", call: Call, recording: Recording, hook: RecordingHook
) -> None:
    """Announce a recording that runs, or (a little later) one that ended; returns at once."""
    exchange.spawn(_recording(exchange, call, recording, hook))


async def _recording(
    exchange: "Exchange", call: Call, recording: Recording, hook: RecordingHook
) -> None:
    if recording.status == "processing":
        await exchange.clock.sleep(RECORDING_DELAY_S)
        if recording.status == "processing":  # not if it was deleted meanwhile
            recording.set_status("completed")
    status = recording.status
    if not hook.url or status not in hook.events:
        return
    params = {
        "AccountSid": exchange.config.account_sid,
        "RecordingSid": recording.sid,
        "RecordingUrl": recording_url(exchange, recording.sid),
        "RecordingStatus": status,
        "RecordingDuration": str(recording.duration_s),
        "RecordingChannels": str(recording.channels),
        "RecordingSource": recording.source,
        "RecordingStartTime": rfc2822(recording.started),
    }
    if recording.conference_sid is None:
        params["CallSid"] = call.sid
    else:
        params["ConferenceSid"] = recording.conference_sid
    await exchange.clock.sleep(exchange.faults.amount("recording_callback", "delay"))
    for _ in exchange.faults.copies("recording_callback"):
        exchange.spawn(send(exchange, hook.url, hook.method, params, call))


_WORDS = {
    "conference-start": "start",
    "conference-end": "end",
    "participant-join": "join",
    "participant-leave": "leave",
    "participant-mute": "mute",
    "participant-unmute": "mute",
    "participant-hold": "hold",
    "participant-unhold": "hold",
    "participant-modify": "modify",
    "participant-speech-start": "speaker",
    "participant-speech-stop": "speaker",
    "announcement-end": "announcement",
    "announcement-fail": "announcement",
}
"""Events of a conference, each with the word of `statusCallbackEvent` that asks for it."""


def conference_progress(
    exchange: "Exchange", conference: Conference, event: str, who: Participant | None = None
) -> None:
    """Send a conference's callback for an event, if it was asked for; returns at once.

    `who` is the participant it is about; without one it is sent in the name of the first call.
    """
    if not conference.callback_url or _WORDS[event] not in conference.callback_events:
        return
    params = {
        "ConferenceSid": conference.sid,
        "FriendlyName": conference.friendly_name,
        "AccountSid": exchange.config.account_sid,
        "SequenceNumber": str(conference.callbacks_sent),
        "Timestamp": rfc2822(datetime.now(UTC)),
        "StatusCallbackEvent": event,
    }
    conference.callbacks_sent += 1
    if who is not None and event.startswith("participant-"):
        params |= _participant_params(who)
    if event == "participant-leave" and who is not None:
        params["ReasonParticipantLeft"] = who.reason_left
    params |= _end_params(conference) if event == "conference-end" else {}
    url, method = conference.callback_url, conference.callback_method
    call = conference.first_call if who is None else who.call
    exchange.spawn(send(exchange, url, method, params, call))


def stream_progress(
    exchange: "Exchange", call: Call, event: str, about: dict[str, str], hook: tuple[str, str]
) -> None:
    """Send a stream's callback for `event` to `hook` (URL, method), if any; returns at once."""
    if not hook[0]:
        return
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    params = {
        "AccountSid": exchange.config.account_sid,
        "CallSid": call.sid,
        "StreamEvent": event,
        "Timestamp": now.replace("+00:00", "Z"),
    }
    _spread(exchange, hook, about | params, call)


def _participant_params(who: Participant) -> dict[str, str]:
    return {
        "CallSid": who.call.sid,
        "Muted": str(who.muted).lower(),
        "Hold": str(who.hold is not None).lower(),
        "Coaching": str(who.coached is not None).lower(),
        "StartConferenceOnEnter": str(who.starts).lower(),
        "EndConferenceOnExit": str(who.ends).lower(),
        "ParticipantLabel": who.label,
        "ParticipantCallStatus": str(who.call.status),
    }


def _end_params(conference: Conference) -> dict[str, str]:
    return {
        "CallSidEndingConference": conference.ended_by or "",
        "ReasonConferenceEnded": conference.reason_ended or "",
    }


def _spread(
    exchange: "Exchange", hook: tuple[str, str], params: dict[str, str], call: Call
) -> None:
    """Send a status callback to `hook` as often, and as late, as the faults have it."""
    for late_s in exchange.faults.copies("status_callback"):
        exchange.spawn(_send_late(exchange, late_s, hook, params, call))


async def _send_late(
    exchange: "Exchange", late_s: float, hook: tuple[str, str], params: dict[str, str], call: Call
) -> None:
    if late_s:
        await exchange.clock.sleep(late_s)
    await send(exchange, *hook, params, call)


async def send(
    exchange: "Exchange", url: str, method: str, params: dict[str, str], call: Call | None
) -> None:
    """Request a callback; its failure is logged and changes nothing."""
    sid, jar = (None, None) if call is None else (call.sid, call.jar)
    request = Outgoing(url, method, as_params(params.items()), call_sid=sid)
    try:
        await exchange.client.fetch(request, jar)
    except DocumentError as error:
        log.warning("callback failed call=%s code=%s", sid, error.code)
        if call is not None:
            exchange.note(call, "error", code=error.code, what="callback")
