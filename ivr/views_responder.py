"""The responder's webhooks: screening, the press of 1, the bridge; and the alarm phones'."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from hotline.dispatch import bridge, desk, legs, moves, words
from hotline.dispatch.model import Attempt, Dispatch
from hotline.dispatch.words import DispatchState
from hotline.reports import timeline
from ivr import names, requests, screening, twiml
from ivr.answers import empty, repeated, spoken
from ivr.briefs import attempt_language, brief_of
from ivr.line import Line
from ivr.views_alarm import add_alarm_views


def add_responder_views(blueprint: Blueprint, line: Line) -> None:
    """Add the routes of responders and of alarm phones to the blueprint."""

    @blueprint.post("/voice/responder/<token>")
    def screen(token: str) -> Response:
        """The phone was picked up: say what it is about and ask for a key."""
        return spoken(line, requests.language(line), lambda: _screen(line, token))

    @blueprint.post("/voice/responder/<token>/key")
    def key(token: str) -> Response:
        """1 takes it, 2 passes, 3 reads out; anything else is asked once more."""
        return spoken(line, requests.language(line), lambda: _key(line, token))

    @blueprint.post("/voice/responder/<token>/bridge")
    def bridge(token: str) -> Response:
        """The bridge is over and the responder is still there: the caller has left."""
        return spoken(line, requests.language(line), lambda: _bridged(line, token))

    @blueprint.post("/voice/responder/<token>/status")
    def responder_status(token: str) -> Response:
        """The carrier says what the responder's leg does."""
        repeated(lambda: _status(line, token))
        return empty()

    add_alarm_views(blueprint, line)


@dataclass(frozen=True)
class Screening:
    """One attempt's call as its webhooks see it."""

    line: Line
    token: str
    language: str

    def url(self, path: str = "", **query: str | int | None) -> str:
        """An absolute URL of this attempt."""
        path = f"/voice/responder/{self.token}{path}"
        return self.line.url(path, language=self.language, **query)

    def sounds(self, prompts: Iterable[str]) -> list[str]:
        """URLs of prompts; what was said is one private sound among them."""
        heard = self.line.url(f"/voice/heard/{self.token}.wav")
        return [
            heard if name == names.HEARD else self.line.prompts(self.language, (name,))[0]
            for name in prompts
        ]

    def ask(self, prompts: Iterable[str], tries: int) -> str:
        """Play and wait for a key."""
        action = self.url("/key", tries=tries)
        return twiml.gather(self.sounds(prompts), action, digits=1, timeout_s=screening.TIMEOUT_S)

    def end(self, *prompts: str) -> str:
        """Play and hang up."""
        return twiml.hang_up(self.sounds(prompts))


def _open(line: Line, session: Session, token: str) -> tuple[Attempt, Screening] | None:
    books = line.books(session)
    attempt = books.attempt_by_token(token)
    if attempt is None:
        return None
    legs.recognize(books, attempt, requests.call_id())
    return attempt, Screening(line, token, attempt_language(line, session, attempt))


def _screen(line: Line, token: str) -> str:
    now = line.runtime.clock()
    with line.runtime.database.transaction() as session:
        found = _open(line, session, token)
        if found is None:
            return twiml.hang_up()
        attempt, call = found
        books = line.books(session)
        moves.tell(books, attempt.id, words.Answered(attempt.id), now)
        dispatch = moves.of_attempt(books, attempt)
        if over := _over(dispatch, attempt):
            return call.end(over)
        if dispatch.taken_by == attempt.id:
            return _yours(session, call, dispatch)
        return call.ask(screening.introduction(brief_of(session, dispatch, now)), 0)


def _over(dispatch: Dispatch, attempt: Attempt) -> str | None:
    """The prompt that says why there is nothing to take any more."""
    if dispatch.state is DispatchState.WITHDRAWN:
        return "withdrawn"
    taken = dispatch.state is DispatchState.TAKEN and dispatch.taken_by != attempt.id
    return "late" if taken else None


def _key(line: Line, token: str) -> str:
    now = line.runtime.clock()
    tries = request.args.get("tries", 0, type=int)
    with line.runtime.database.transaction() as session:
        found = _open(line, session, token)
        if found is None:
            return twiml.hang_up()
        attempt, call = found
        books = line.books(session)
        dispatch = moves.of_attempt(books, attempt)
        match screening.choice(requests.digits(), tries):
            case "take":
                return _take(line, session, call, attempt, dispatch)
            case "pass":
                desk.decline(books, attempt, now)
                return call.end("passed")
            case "give_up":
                return _give_up(line, session, call, attempt)
        if over := _over(dispatch, attempt):
            return call.end(over)
        facts = brief_of(session, dispatch, now)
        if requests.digits()[:1] == "3":
            timeline.add(session, dispatch.report_id, now, "heard_words", attempt=attempt.id)
            return call.ask(screening.read_out(facts), tries)
        return call.ask(screening.once_more(facts, requests.digits()), tries + 1)


def _take(
    line: Line, session: Session, call: Screening, attempt: Attempt, dispatch: Dispatch
) -> str:
    """The press of 1: one compare-and-set decides; only after its commit is it said."""
    if desk.accept(line.books(session), attempt, line.runtime.clock()):
        session.refresh(dispatch)
        return _yours(session, call, dispatch)
    session.refresh(dispatch)
    return call.end(_over(dispatch, attempt) or "late")


def _yours(session: Session, call: Screening, dispatch: Dispatch) -> str:
    """The report is theirs: join the waiting caller, or hear the words once more and hang up."""
    name = bridge.name(call.line.books(session), dispatch)
    if name is not None:
        return twiml.conference(
            call.sounds(("taken_live",)),
            call.url("/bridge"),
            name=name,
            caller_id=call.line.runtime.settings.phone_number,
            wait_url=call.line.url("/voice/hold", language=call.language),
        )
    facts = brief_of(session, dispatch, call.line.runtime.clock())
    words = ("heard_intro", names.HEARD, "heard_end") if facts.heard else ()
    return call.end("taken", *words)


def _give_up(line: Line, session: Session, call: Screening, attempt: Attempt) -> str:
    now = line.runtime.clock()
    if requests.digits():
        desk.decline(line.books(session), attempt, now)  # somebody is there, and did not take it
        return call.end("passed")
    desk.nobody_there(line.books(session), attempt, now)
    return call.end("responder_no_key")


def _bridged(line: Line, token: str) -> str:
    with line.runtime.database.transaction() as session:
        found = _open(line, session, token)
        return found[1].end("caller_left") if found else twiml.hang_up()


def _status(line: Line, token: str) -> None:
    state = requests.leg_state()
    if state is None:
        return
    with line.runtime.database.transaction() as session:
        books = line.books(session)
        attempt = books.attempt_by_token(token)
        if attempt is not None:
            legs.recognize(books, attempt, requests.call_id())
            legs.leg_is(books, attempt.id, state, line.runtime.clock())
