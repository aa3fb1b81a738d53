"""The caller's webhooks: arrival, each step of the menu, the wait, the end of the call."""

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from hotline.dispatch import bridge
from hotline.privacy import pseudonym
from hotline.reports import intake
from ivr import actions, requests, steps, twiml
from ivr.answers import answer, empty, repeated, spoken
from ivr.line import Line
from ivr.rendering import render
from ivr.rest import wait_for_rest
from ivr.steps import Event, HungUp, Keys
from ivr.turns import Read, Turn, bells, take
from ivr.views_degraded import rings_alone


def add_caller_views(blueprint: Blueprint, line: Line) -> None:
    """Add the caller's routes to the blueprint."""

    @blueprint.post("/voice")
    def arrive() -> Response:
        """A call comes in; asked again, the present step is given again."""
        return _turn(line, lambda place: HungUp() if requests.hung_up() else None, arriving=True)

    @blueprint.post("/voice/step")
    def step() -> Response:
        """A step of the menu is over: keys, silence, a recording, the end of a dial."""
        return _turn(line, requests.read_step)

    @blueprint.post("/voice/park")
    def park() -> Response:
        """A waiting caller's poll, key, or our own nudge that somebody is there."""
        return _park(line)

    @blueprint.post("/voice/hold")
    def hold() -> Response:
        """What is heard in a bridge until the other one joins."""
        language = requests.language(line)
        again = line.url("/voice/hold", language=language)
        return answer(line, twiml.redirect(line.prompts(language, ("hold",)), again))

    @blueprint.post("/voice/status")
    def status() -> Response:
        """The carrier says what the caller's leg does; only its end matters."""
        if requests.hung_up():
            _ring(line, repeated(lambda: _settle(line)))
        return empty()


def _turn(line: Line, read: Read, *, arriving: bool = False) -> Response:
    def work() -> str:
        telephone = _telephone(line) if arriving else None  # nothing is locked while Redis is asked
        if requests.streamed():
            wait_for_rest(line, request.args.get("message"))
        with line.runtime.database.transaction() as session:
            turn = take(
                line,
                session,
                requests.call_id(),
                read,
                request.args.get("at"),
                request.args.get("message"),
                requests.dialed(),
                requests.streamed(),
                requests.shows(line.runtime.settings.phone_number),
                telephone,
            )
        return _after_commit(line, turn)

    return spoken(line, requests.language(line), work)


def _telephone(line: Line) -> str | None:
    """The pseudonym of the telephone that calls; None for our own, and where none is shown."""
    settings, now = line.runtime.settings, line.runtime.clock()
    if requests.shows(settings.phone_number):
        return None
    day = pseudonym.day_of(now, settings.repeat_day_begins)
    return pseudonym.of(requests.shown(), line.runtime.day_key.key(day))


def _after_commit(line: Line, turn: Turn) -> str:
    _ring(line, turn.bells)
    return rings_alone(line, turn) or render(line, turn)


def _ring(line: Line, task_ids: tuple[str, ...]) -> None:
    for task_id in task_ids:
        line.runtime.doorbell.ring(task_id)


def _park(line: Line) -> Response:
    def work() -> str:
        with line.runtime.database.transaction() as session:
            turn = take(
                line,
                session,
                requests.call_id(),
                lambda place: _polled(line, session, place),
                request.args.get("at"),
            )
        return _after_commit(line, turn)

    return spoken(line, requests.language(line), work)


def _polled(line: Line, session: Session, place: steps.Session) -> Event:
    if requests.hung_up():
        return HungUp()
    if requests.digits() and not place.rejoin:
        return Keys(requests.digits())
    now = line.runtime.clock()
    call = intake.open_call(session, requests.call_id(), now)
    return actions.dispatch_is(line, session, call, now, rejoin=place.rejoin)


def _settle(line: Line) -> tuple[str, ...]:
    """The call is over: what was said is sent; the tasks to ring for."""
    now = line.runtime.clock()
    with line.runtime.database.transaction() as session:
        call = intake.find_call(session, requests.call_id())
        if call is None:
            return ()
        take(line, session, requests.call_id(), lambda place: HungUp())
        wait_s = line.runtime.settings.transcript_wait_s
        bridge.caller_left(line.books(session), call, now, wait_s)
        return bells(session, call)
