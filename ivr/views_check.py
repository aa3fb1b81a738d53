"""The webhooks of a test call: a sentence, and the press of 1 that confirms the number."""

from collections.abc import Callable

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from hotline.dispatch import drill
from hotline.oncall.model import CheckCall
from ivr import requests, screening, twiml
from ivr.answers import empty, repeated, spoken
from ivr.briefs import language_of
from ivr.line import Line


def add_check_views(blueprint: Blueprint, line: Line) -> None:
    """Add the routes of test calls to the blueprint."""

    @blueprint.post("/voice/check/<token>")
    def check(token: str) -> Response:
        """The phone was picked up: say that nothing is wrong, and ask for 1."""
        return spoken(line, requests.language(line), lambda: _answer(line, token, _asked))

    @blueprint.post("/voice/check/<token>/key")
    def check_key(token: str) -> Response:
        """1 confirms; anything else is asked once more, and silence confirms nothing."""
        return spoken(line, requests.language(line), lambda: _answer(line, token, _pressed))

    @blueprint.post("/voice/check/<token>/status")
    def check_status(token: str) -> Response:
        """The carrier says what the leg does; only its end matters."""
        repeated(lambda: _status(line, token))
        return empty()


def _answer(line: Line, token: str, answer: Callable[[Line, Session, CheckCall, str], str]) -> str:
    with line.runtime.database.transaction() as session:
        call = drill.by_token(session, token)
        if call is None:
            return twiml.hang_up()
        call.carrier_call_id = call.carrier_call_id or requests.call_id()
        return answer(line, session, call, language_of(line, session, call.responder_id))


def _asked(line: Line, session: Session, call: CheckCall, language: str) -> str:
    return _ask(line, call, language, f"{call.purpose}_intro", _keys(call))


def _keys(call: CheckCall) -> str:
    return "change_keys" if call.change_id is not None else "check_keys"


def _pressed(line: Line, session: Session, call: CheckCall, language: str) -> str:
    pressed = requests.digits()[:1]
    if pressed == "1":
        works = drill.confirm(session, line.runtime.vault, call, line.runtime.clock())
        said = "check_confirmed" if works else "change_over"
        return twiml.hang_up(line.prompts(language, (said,)))
    if pressed == "9" and call.change_id is not None:
        drill.refuse(session, call, line.runtime.clock())
        return twiml.hang_up(line.prompts(language, ("change_refused",)))
    if request.args.get("tries", 0, type=int) + 1 < screening.TRIES:
        return _ask(line, call, language, _keys(call), tries=1)
    if call.purpose == drill.OUTCOME:  # a reminder, which confirms no number
        return twiml.hang_up()
    return twiml.hang_up(line.prompts(language, ("check_no_key",)))


def _ask(line: Line, call: CheckCall, language: str, *prompts: str, tries: int = 0) -> str:
    action = line.url(f"/voice/check/{call.token}/key", language=language, tries=tries)
    sounds = line.prompts(language, prompts)
    return twiml.gather(sounds, action, digits=1, timeout_s=screening.TIMEOUT_S)


def _status(line: Line, token: str) -> None:
    if not requests.hung_up():
        return
    with line.runtime.database.transaction() as session:
        call = drill.by_token(session, token)
        if call is not None:
            call.carrier_call_id = call.carrier_call_id or requests.call_id()
            drill.ended(session, call, line.runtime.clock())
