"""The responder's webhooks of a call back: the question, their code if they have one, the wait, the
bridge.

While the caller's phone rings, the responder's leg asks every few seconds what is true now, as a
waiting caller's does: it needs no callback to arrive, and hears the end whatever that is.
"""

import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from hotline.dispatch import callback
from hotline.dispatch.callback_task import is_late
from hotline.dispatch.sql import SqlBooks
from hotline.oncall import responders
from hotline.reports import callback_calls
from hotline.reports.callback import limits_of
from hotline.reports.callback_model import CallbackCall
from hotline.reports.callback_words import CallbackEvent, CallbackOutcome, CallbackPlace
from hotline.reports.model import Report
from ivr import names, requests, screening, twiml
from ivr.answers import empty, repeated, spoken
from ivr.briefs import language_of
from ivr.line import Line

SAID = {
    CallbackOutcome.SPOKE: "callback_over",
    CallbackOutcome.UNANSWERED: "callback_unanswered",
    CallbackOutcome.DECLINED: "callback_declined",
    CallbackOutcome.NOT_RUNG: "callback_not_rung",
}
"""What the responder is told at the end; of any other one only that it is over."""


def add_callback_views(blueprint: Blueprint, line: Line) -> None:
    """Add the routes of the responder's leg of a call back to the blueprint."""

    @blueprint.post("/voice/callback/<token>")
    def call_back(token: str) -> Response:
        """The responder's phone was picked up: say which report it is about, and ask for 1."""
        return _heard(line, token, _ask)

    @blueprint.post("/voice/callback/<token>/key")
    def call_back_key(token: str) -> Response:
        """1 goes on; anything else is asked once more, and silence rings nobody."""
        return _heard(line, token, _key)

    @blueprint.post("/voice/callback/<token>/pin")
    def call_back_pin(token: str) -> Response:
        """The responder's code, where they have one."""
        return _heard(line, token, _pin)

    @blueprint.post("/voice/callback/<token>/wait")
    def call_back_wait(token: str) -> Response:
        """The responder waits while the caller's phone rings: what is true now."""
        return _heard(line, token, _wait)

    @blueprint.post("/voice/callback/<token>/over")
    def call_back_over(token: str) -> Response:
        """The bridge is over for the responder, who is still there."""
        return _heard(line, token, _over)

    @blueprint.post("/voice/callback/<token>/status")
    def call_back_status(token: str) -> Response:
        """The carrier says what the responder's leg does; only its end matters."""
        repeated(lambda: _status(line, token))
        return empty()


@dataclass(frozen=True)
class Own:
    """The responder's leg of a call back, inside one transaction."""

    line: Line
    session: Session
    books: SqlBooks
    call: CallbackCall
    language: str

    def tell(self, event: CallbackEvent) -> None:
        """Something has happened on this leg."""
        limits, now = limits_of(self.line.runtime.settings), self.line.runtime.clock()
        callback.tell(self.books, self.call, event, limits, now)

    def url(self, path: str, **query: str | int | None) -> str:
        """An absolute URL of this leg."""
        path = f"/voice/callback/{self.call.token}{path}"
        return self.line.url(path, language=self.language, **query)

    def sounds(self, prompts: Iterable[str]) -> list[str]:
        """URLs of prompts in the responder's language."""
        return self.line.prompts(self.language, prompts)

    def end(self, *prompts: str) -> str:
        """Play and hang up."""
        return twiml.hang_up(self.sounds(prompts))

    def over(self) -> str:
        """What there is to say of a call back that is over."""
        said = SAID.get(self.call.outcome) if self.call.outcome is not None else None
        return self.end(said or "callback_stopped")


def waits(line: Line, call: CallbackCall, language: str) -> str:
    """The responder is on the phone already: they wait from now on."""
    url = line.url(f"/voice/callback/{call.token}/wait", language=language)
    return twiml.redirect(line.prompts(language, ("callback_ringing",)), url)


def _heard(line: Line, token: str, answer: Callable[[Own], str]) -> Response:
    def work() -> str:
        with line.runtime.database.transaction() as session:
            call = callback_calls.by_token(session, token)
            if call is None or requests.hung_up():
                return twiml.hang_up()
            call.own_leg = call.own_leg or requests.call_id()
            call.seen_at = line.runtime.clock()
            language = language_of(line, session, call.responder_id)
            return answer(Own(line, session, line.books(session), call, language))

    return spoken(line, requests.language(line), work)


def _ask(own: Own) -> str:
    if own.call.place is not CallbackPlace.OWN:
        return own.over() if own.call.place is CallbackPlace.OVER else _wait(own)
    number = own.session.get_one(Report, own.call.report_id).number
    return _gather(own, ("callback_intro", *names.digits(number), "callback_call_keys"))


def _gather(own: Own, prompts: Iterable[str], tries: int = 0) -> str:
    action, wait_s = own.url("/key", tries=tries), screening.TIMEOUT_S
    return twiml.gather(own.sounds(prompts), action, digits=1, timeout_s=wait_s)


def _key(own: Own) -> str:
    if own.call.place is not CallbackPlace.OWN:
        return _wait(own)
    if requests.digits()[:1] == "1":
        return _ask_pin(own) if _pin_of(own) is not None else _goes_on(own)
    tries = request.args.get("tries", 0, type=int) + 1
    if tries < screening.TRIES:
        return _gather(own, ("callback_call_keys",), tries)
    own.tell(CallbackEvent.OWN_OVER)
    return own.end("callback_stopped")


def _goes_on(own: Own) -> str:
    own.tell(CallbackEvent.ACCEPTED)
    return waits(own.line, own.call, own.language)


def _pin_of(own: Own) -> str | None:
    return responders.pin(own.session, own.line.runtime.vault, own.call.responder_id)


def _ask_pin(own: Own, wrong: int = 0) -> str:
    prompts = ("screening_pin_wrong", "screening_pin") if wrong else ("screening_pin",)
    return twiml.gather(
        own.sounds(prompts),
        own.url("/pin", wrong=wrong),
        digits=screening.PIN_DIGITS,
        timeout_s=screening.TIMEOUT_S,
    )


def _pin(own: Own) -> str:
    if own.call.place is not CallbackPlace.OWN:
        return _wait(own)
    wrong, given, pin = request.args.get("wrong", 0, type=int), requests.digits(), _pin_of(own)
    if pin is None or hmac.compare_digest(given.encode(), pin.encode()):
        return _goes_on(own)
    if requests.retry() and not given:  # our own redirect after a failure; it carries no code
        return _ask_pin(own, wrong)
    if wrong + 1 < screening.PIN_TRIES:
        return _ask_pin(own, wrong + 1)
    own.tell(CallbackEvent.OWN_OVER)
    return own.end("callback_stopped")


def _wait(own: Own) -> str:
    if is_late(own.call, own.line.runtime.clock()):  # whether or not a dispatcher is there to see
        own.tell(CallbackEvent.LATE)
    match own.call.place:
        case CallbackPlace.OVER:
            return own.over()
        case CallbackPlace.TALKING:
            return _join(own)
        case CallbackPlace.ASKED | CallbackPlace.OWN:  # 1 was not pressed here
            return own.end("callback_stopped")
    return twiml.redirect(own.sounds((names.HOLD,)), own.url("/wait"))


def _join(own: Own) -> str:
    own.call.met_at = own.call.met_at or own.line.runtime.clock()
    return twiml.conference(
        (),
        own.url("/over"),
        name=own.call.conference,
        caller_id=own.line.runtime.settings.phone_number,
        wait_url=own.line.url("/voice/hold", language=own.language),
    )


def _over(own: Own) -> str:
    own.tell(CallbackEvent.CALLER_OVER)
    return own.over()


def _status(line: Line, token: str) -> None:
    if not requests.hung_up():
        return
    with line.runtime.database.transaction() as session:
        call = callback_calls.by_token(session, token)
        if call is not None:
            call.own_leg = call.own_leg or requests.call_id()
            Own(line, session, line.books(session), call, "").tell(CallbackEvent.OWN_OVER)
