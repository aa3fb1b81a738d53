"""The caller's webhooks of a call back: a question that tells nothing, and the bridge after 1.

Somebody else may pick up, or a voicemail box: until 1 is pressed nothing is said but that this is
the call that was asked for, and nothing is ever left there (docs/adr/0038-calling-back.md).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from hotline.dispatch import callback
from hotline.reports import callback_calls
from hotline.reports.callback import limits_of
from hotline.reports.callback_model import CallbackCall
from hotline.reports.callback_words import CallbackEvent, CallbackPlace
from hotline.reports.model import Report
from ivr import requests, twiml
from ivr.answers import empty, repeated, spoken
from ivr.hold import HOLD_S
from ivr.line import Line

TRIES = 2
TIMEOUT_S = 6
"""To find the key on a mobile telephone's screen."""
ALONE = timedelta(seconds=3 * HOLD_S)
"""A responder's leg asks after each hold sound; one that has not for so long is gone."""


def add_callee_views(blueprint: Blueprint, line: Line) -> None:
    """Add the routes of the caller's leg of a call back to the blueprint."""

    @blueprint.post("/voice/callback/caller/<token>")
    def callee(token: str) -> Response:
        """Somebody or something picked up: say that this is the call they asked for."""
        return _heard(line, token, _ask)

    @blueprint.post("/voice/callback/caller/<token>/key")
    def callee_key(token: str) -> Response:
        """1 takes the call, 9 refuses it for good; silence is not acceptance."""
        return _heard(line, token, _key)

    @blueprint.post("/voice/callback/caller/<token>/over")
    def callee_over(token: str) -> Response:
        """The bridge is over for the caller, who is still there."""
        return _heard(line, token, _over)

    @blueprint.post("/voice/callback/caller/<token>/status")
    def callee_status(token: str) -> Response:
        """The carrier says what the caller's leg does; only its end matters."""
        repeated(lambda: _status(line, token))
        return empty()


@dataclass(frozen=True)
class Callee:
    """The caller's leg of a call back, inside one transaction."""

    line: Line
    session: Session
    call: CallbackCall
    language: str

    def tell(self, event: CallbackEvent) -> None:
        """Something has happened on this leg."""
        limits, now = limits_of(self.line.runtime.settings), self.line.runtime.clock()
        callback.tell(self.line.books(self.session), self.call, event, limits, now)

    def url(self, path: str, **query: str | int | None) -> str:
        """An absolute URL of this leg."""
        path = f"/voice/callback/caller/{self.call.caller_token}{path}"
        return self.line.url(path, language=self.language, **query)

    def sounds(self, prompts: Iterable[str]) -> list[str]:
        """URLs of prompts in the language of the report."""
        return self.line.prompts(self.language, prompts)

    def end(self, *prompts: str) -> str:
        """Play and hang up."""
        return twiml.hang_up(self.sounds(prompts))


def _heard(line: Line, token: str, answer: Callable[[Callee], str]) -> Response:
    def work() -> str:
        with line.runtime.database.transaction() as session:
            call = callback_calls.by_caller_token(session, token)
            if call is None or requests.hung_up():
                return twiml.hang_up()
            call.caller_leg = call.caller_leg or requests.call_id()
            language = line.language((session.get_one(Report, call.report_id).language,))
            return answer(Callee(line, session, call, language))

    # An apology of ours would tell whoever picked up what line it is: they hear nothing instead.
    return spoken(line, requests.language(line), work, failing=twiml.hang_up())


def _ask(callee: Callee, tries: int = 0) -> str:
    if callee.call.place is not CallbackPlace.CALLING:
        return _key(callee) if callee.call.place is CallbackPlace.TALKING else twiml.hang_up()
    return twiml.gather(
        callee.sounds(("callee_intro",)),
        callee.url("/key", tries=tries),
        digits=1,
        timeout_s=TIMEOUT_S,
    )


def _key(callee: Callee) -> str:
    pressed = requests.digits()[:1]
    if callee.call.place is CallbackPlace.TALKING:  # told once more
        return _join(callee)
    if callee.call.place is not CallbackPlace.CALLING:
        return twiml.hang_up()
    if pressed == "1":
        return _take(callee)
    if pressed == "9":
        callee.tell(CallbackEvent.REFUSED)
        return callee.end("callee_refused")
    tries = request.args.get("tries", 0, type=int) + 1
    if tries < TRIES:
        return _ask(callee, tries)
    callee.tell(CallbackEvent.CALLER_OVER)
    return twiml.hang_up()


def _take(callee: Callee) -> str:
    """To the responder, if they are still there."""
    now, seen_at = callee.line.runtime.clock(), callee.call.seen_at
    if seen_at is None or now - seen_at > ALONE:
        callee.tell(CallbackEvent.OWN_OVER)
        return callee.end("callee_over")
    callee.tell(CallbackEvent.PRESSED)
    return _join(callee)


def _join(callee: Callee) -> str:
    return twiml.conference(
        callee.sounds(("callee_joining",)),
        callee.url("/over"),
        name=callee.call.conference,
        caller_id=callee.line.runtime.settings.phone_number,
        wait_url=callee.line.url("/voice/hold", language=callee.language),
    )


def _over(callee: Callee) -> str:
    callee.tell(CallbackEvent.OWN_OVER)
    return callee.end("callee_over")


def _status(line: Line, token: str) -> None:
    if not requests.hung_up():
        return
    with line.runtime.database.transaction() as session:
        call = callback_calls.by_caller_token(session, token)
        if call is not None:
            call.caller_leg = call.caller_leg or requests.call_id()
            Callee(line, session, call, "").tell(CallbackEvent.CALLER_OVER)
