"""Degraded mode: with no dispatcher alive, a waiting caller's own leg rings people, one `<Dial>`
after the other. `hotline.dispatch.degraded` says how that agrees with a dispatcher that comes back.

What a rung phone hears is in `ivr.views_responder`: it is whispered to before it is bridged.
"""

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from hotline.dispatch import alarms, degraded
from hotline.dispatch.books import Books
from hotline.dispatch.model import Attempt
from hotline.dispatch.words import LIVE, AttemptState
from hotline.reports import intake
from hotline.reports.model import Call
from hotline.tasks import heartbeat
from ivr import requests, twiml
from ivr.answers import spoken
from ivr.briefs import attempt_language
from ivr.degraded import MOST_AT_ONCE, Rung, endings, ring_s, sentence
from ivr.line import Line
from ivr.rendering import render
from ivr.steps import DialEnded, Event, HungUp, State
from ivr.steps import Session as Place
from ivr.turns import Turn, take


def add_degraded_views(blueprint: Blueprint, line: Line) -> None:
    """Add the routes of degraded mode to the blueprint."""

    @blueprint.post("/voice/degraded/next")
    def degraded_next() -> Response:
        """The phones that the caller's own leg has rung are silent, or the talk is over."""
        return spoken(line, requests.language(line), lambda: _next(line))


def rings_alone(line: Line, turn: Turn) -> str | None:
    """The TwiML that rings the next phones for a waiting caller; None while a dispatcher is alive
    to do it, and when there is nobody to ring now, or the carrier cannot ask a phone for a key."""
    state, now = turn.session.state, line.runtime.clock()
    if state is State.MESSAGE and "nobody_free" in turn.session.lead:
        _alarm(line, now)
    if state is not State.PARKED or turn.session.rejoin:
        return None
    if not line.runtime.carrier.capabilities.whisper:
        return None  # whoever picks up, a voicemail box too, would have the caller at once
    with line.runtime.database.transaction() as session:
        call = intake.find_call(session, requests.call_id())
        if call is None:
            return None
        books = line.books(session)
        if _dispatcher_lives(line, session, now):
            _leave_to_dispatcher(books, call, now)
            return None
        waited_s = (now - call.parked_at).total_seconds() if call.parked_at else 0.0
        if waited_s >= line.rules.wait_cap_s:
            return None
        attempts = degraded.next_to_ring(books, call, now, MOST_AT_ONCE)
        return _dial(line, session, turn, attempts, waited_s) if attempts else None


def _dispatcher_lives(line: Line, session: Session, now: datetime) -> bool:
    within_s = line.runtime.settings.degraded_after_s
    return heartbeat.alive(session, heartbeat.DISPATCHER, now, within_s)


def _leave_to_dispatcher(books: Books, call: Call, now: datetime) -> None:
    """The caller's leg waits, so it rings nobody any more, whatever has ended the `<Dial>`."""
    rung = degraded.chained(books, call)
    left = {a.id: AttemptState.UNANSWERED for a in rung if a.state in LIVE}
    degraded.dial_over(books, rung, left, now)


def _dial(
    line: Line, session: Session, turn: Turn, attempts: Sequence[Attempt], waited_s: float
) -> str:
    longest_s = max(a.ring_s for a in attempts)
    language = turn.session.language or line.rules.languages[0]
    earlier = len(line.books(session).attempts(attempts[0].dispatch_id)) > len(attempts)
    ids = ",".join(a.id for a in attempts)
    return twiml.chain(
        line.prompts(language, (*turn.session.lead, sentence(earlier))),
        line.url("/voice/degraded/next", language=language, rung=ids),
        phones=[_phone(line, session, a) for a in attempts],
        caller_id=line.runtime.settings.phone_number,
        ring_s=ring_s(longest_s, waited_s, line.rules.wait_cap_s),
    )


def _phone(line: Line, session: Session, attempt: Attempt) -> twiml.Whispered:
    path = f"/voice/responder/{attempt.token}"
    language = attempt_language(line, session, attempt)
    return twiml.Whispered(
        line.books(session).number(attempt.responder_id),
        line.url(path, language=language, chained=1),
        line.url(f"{path}/status", chained=1),
    )


def _next(line: Line) -> str:
    """End what has ended; then the next phones, or the wait goes on with the caller's next poll."""
    ids = request.args.get("rung", "").split(",")
    with line.runtime.database.transaction() as session:
        books, call = line.books(session), intake.find_call(session, requests.call_id())
        rung = [a for a in degraded.chained(books, call) if a.id in ids] if call else []
        turn = take(line, session, requests.call_id(), _what_ended)
        ended = endings([_rung(a) for a in rung], requests.dial_status(), requests.dialed_call())
        degraded.dial_over(books, rung, ended, line.runtime.clock())
    if turn.session.state is not State.PARKED or turn.session.rejoin:
        return render(line, turn)
    where = {"at": turn.session.at, "language": turn.session.language or None}
    return rings_alone(line, turn) or twiml.redirect((), line.url("/voice/park", **where))


def _what_ended(place: Place) -> Event | None:
    """A talk that is over, or nothing new: the caller goes on waiting."""
    if requests.hung_up():
        return HungUp()
    return DialEnded(answered=True) if place.state is State.CONNECTED else None


def _rung(attempt: Attempt) -> Rung:
    screening = attempt.state is AttemptState.SCREENING
    return Rung(attempt.id, attempt.state in LIVE, screening, attempt.carrier_call_id)


def _alarm(line: Line, now: datetime) -> None:
    """Nobody has come and no dispatcher goes on: the alarm is raised, and told outside at once."""
    with line.runtime.database.transaction() as session:
        call = intake.find_call(session, requests.call_id())
        if call is None or _dispatcher_lives(line, session, now):
            return
        facts = [alarms.fact(a) for a in degraded.unanswered(line.books(session), call, now)]
    for fact in facts:
        line.outside.tell(fact)
