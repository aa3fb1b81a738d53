"""What a webhook says, in the menu's words. Only parameters that every TwiML carrier sends."""

import math

from flask import request

from hotline.carrier.port import LegState
from hotline.carrier.status import CALL_STATUS
from ivr import steps
from ivr.line import Line
from ivr.steps import DialEnded, Event, HungUp, Keys, Recorded, Silence, State

ANSWERED = ("completed", "answered")
"""DialCallStatus of a dial that somebody or something picked up."""
UNTOLD_S = math.inf
"""How long a recording is of which the carrier says only that it is over (nobody tells us that
Telnyx does more): long enough not to be thrown away."""


def call_id() -> str:
    """The carrier's id of the call. Raises BadRequest when it is missing."""
    return request.form["CallSid"]


def dialed() -> str:
    """The number that was called, as the carrier writes it."""
    return request.form.get("To", "")


def shows(number: str) -> bool:
    """Whether the call shows this number of ours as the one it comes from."""
    return shown() == number


def shown() -> str:
    """The number that the call shows, if any. It becomes the day's pseudonym at once
    (`hotline.privacy.pseudonym`); nothing else is ever done with where a call comes from."""
    return request.form.get("From", "")


def leg_state() -> LegState | None:
    """What the carrier says of the leg; None for a word we do not know."""
    return CALL_STATUS.get(request.form.get("CallStatus", ""))


def hung_up() -> bool:
    """Whether the leg is over."""
    state = leg_state()
    return _given("Digits") == "hangup" or (state is not None and state.over)


def digits() -> str:
    """The keys pressed, without #."""
    return "".join(key for key in _given("Digits") if key in "0123456789*")


def dial_status() -> str:
    """How a dial ended, in the carrier's word."""
    return _given("DialCallStatus")


def dialed_call() -> str:
    """The carrier's id of the leg that a dial has rung, of the one picked up if any was."""
    return _given("DialCallSid")


def streamed() -> bool:
    """Whether this follows a stream of ours, and not a recording that the carrier made."""
    return request.args.get("stream") == "over"


def retry() -> bool:
    """Whether this is our own redirect after a failure, which has lost what the carrier posted."""
    return "retry" in request.args


def language(line: Line) -> str:
    """The language named in the URL, else the default one; known without any database."""
    return line.language((request.args.get("language", ""),))


def read_step(place: steps.Session) -> Event | None:
    """The event of a webhook that follows a step of the menu."""
    if hung_up():
        return HungUp()
    if _given("DialCallStatus"):
        return DialEnded(_given("DialCallStatus") in ANSWERED)
    if "RecordingDuration" in request.form or "RecordingDuration" in request.args:
        return Recorded(_seconds(_given("RecordingDuration")))
    if place.message is not None and request.args.get("message") == place.message:
        return Recorded(UNTOLD_S)
    if place.answer is not None and request.args.get("answer") == place.answer:
        return Recorded(UNTOLD_S)
    if digits():
        return Keys(digits())
    if retry():
        return None
    return DialEnded(answered=True) if place.state is State.CONNECTED else Silence()


def _given(name: str) -> str:
    return request.form.get(name) or request.args.get(name, "")


def _seconds(text: str) -> float:
    try:
        return max(0.0, float(text))
    except ValueError:
        return 0.0
