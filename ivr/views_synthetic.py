"""The leg of a synthetic call that plays the caller: it keys the code, then acts as a caller does.

It knows where the other leg stands, so it presses a key only where that key is asked for. Whenever
anything is not as it should be it hangs up: before the other leg is proven, long before the menu
would take its silence for somebody who wants to speak now (`tests/unit/ivr/test_views_synthetic.py`
holds that margin).
"""

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from hotline.reports import synthetic
from hotline.reports.model import AudioStream, Call, StreamState, SyntheticCall
from ivr import steps, twiml
from ivr.answers import empty, spoken
from ivr.line import Line
from ivr.names import SYNTHETIC
from ivr.steps import State

PAUSE_S = 2
PROOF_POLLS = 3
"""After the code: so many looks, PAUSE_S apart, whether it was heard."""
MOST_POLLS = 60
SPOKEN_TIMES = 3
"""Where the carrier records, nobody tells when it begins: the words are said so often that one of
them is recorded whole."""
SAME_PLACE = 2
"""A key that was pressed is pressed again after so many looks that found nothing changed."""
KEYS = {State.LANGUAGE: "1", State.MENU: "2", State.REVIEW: "1"}


def add_synthetic_views(blueprint: Blueprint, line: Line) -> None:
    """Add the routes of the leg to the blueprint."""

    @blueprint.post("/voice/synthetic/<token>")
    def synthetic_call(token: str) -> Response:
        """The leg asks what to do next. If we cannot say, it hangs up."""
        language = line.rules.languages[0]
        return spoken(line, language, lambda: _next(line, token), failing=twiml.hang_up())

    @blueprint.post("/voice/synthetic/<token>/status")
    def synthetic_status(token: str) -> Response:
        """How the leg ended is seen by what was reached."""
        return empty()


def _next(line: Line, token: str) -> str:
    poll = _number("n")
    with line.runtime.database.transaction() as session:
        row = synthetic.by_token(session, token)
        if row is None or poll > MOST_POLLS:
            return twiml.hang_up()
        if row.call_id is None:
            return _prove(line, row, poll)
        call = session.get(Call, row.call_id)
        if call is None or call.ended_at is not None:
            return twiml.hang_up()
        return _go_on(line, session, row, steps.Session.from_dict(call.menu))


def _prove(line: Line, row: SyntheticCall, poll: int) -> str:
    if poll == 0:
        keys = "ww" + synthetic.new_code(row, line.runtime.clock())
        return twiml.caller(_again(line, row), keys=keys, pause_s=PAUSE_S)
    return _wait(line, row) if poll < PROOF_POLLS else twiml.hang_up()


def _go_on(line: Line, session: Session, row: SyntheticCall, place: steps.Session) -> str:
    match place.state:
        case State.MESSAGE:
            return _speak(line, session, row, place)
        case State.LANGUAGE | State.MENU | State.REVIEW:
            return _press(line, row, place, KEYS[place.state])
    return twiml.hang_up()  # the report is sent, or the menu has ended the call


def _speak(line: Line, session: Session, row: SyntheticCall, place: steps.Session) -> str:
    """Say the words once the recording has begun, then end it."""
    said = _number("said") if request.args.get("at") == place.at else 0
    stream = session.get(AudioStream, place.message) if place.message else None
    if stream is not None and stream.state is StreamState.OFFERED:
        return _wait(line, row)
    streamed = stream is not None and stream.state is not StreamState.LOST
    times = 1 if streamed else SPOKEN_TIMES
    if said >= times:
        return _press(line, row, place, "#", said=said)
    words = line.prompts(line.rules.languages[0], SYNTHETIC)
    url = _again(line, row, at=place.at, said=said + 1)
    return twiml.caller(url, wait_s=1, prompts=words, pause_s=1)


def _press(
    line: Line, row: SyntheticCall, place: steps.Session, key: str, said: int | None = None
) -> str:
    """Press the key, unless it was pressed just now."""
    waits = _number("waits") if request.args.get("pressed") == place.at else SAME_PLACE
    again = {"pressed": place.at, "at": place.at, "said": said}
    if waits < SAME_PLACE:
        return twiml.caller(_again(line, row, **again, waits=waits + 1), pause_s=PAUSE_S)
    return twiml.caller(_again(line, row, **again, waits=0), keys=key, pause_s=PAUSE_S)


def _wait(line: Line, row: SyntheticCall) -> str:
    return twiml.caller(_again(line, row), pause_s=PAUSE_S)


def _again(line: Line, row: SyntheticCall, **query: str | int | None) -> str:
    return line.url(f"/voice/synthetic/{row.token}", n=_number("n") + 1, **query)


def _number(name: str) -> int:
    return max(0, request.args.get(name, 0, type=int))
