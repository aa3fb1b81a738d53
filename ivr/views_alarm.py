"""The alarm phones' webhooks: what is wrong, and the press of 1 that answers for it."""

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from hotline.dispatch import alarms
from hotline.dispatch.model import Alarm, AlarmCall
from hotline.reports.model import Report
from ivr import requests, screening, twiml
from ivr.answers import empty, spoken
from ivr.briefs import brief, language_of
from ivr.line import Line
from ivr.phone import sounds
from ivr.screening import Brief


def add_alarm_views(blueprint: Blueprint, line: Line) -> None:
    """Add the routes of alarm phones to the blueprint."""

    @blueprint.post("/voice/alarm/<token>")
    def alarm_call(token: str) -> Response:
        """An alarm phone was picked up."""
        return spoken(line, requests.language(line), lambda: _answered(line, token))

    @blueprint.post("/voice/alarm/<token>/key")
    def alarm_key(token: str) -> Response:
        """1 acknowledges, 3 reads out; silence acknowledges nothing."""
        return spoken(line, requests.language(line), lambda: _key(line, token))

    @blueprint.post("/voice/alarm/<token>/status")
    def alarm_status(token: str) -> Response:
        """Advisory: the next round rings whoever has not acknowledged."""
        return empty()


def _answered(line: Line, token: str) -> str:
    with line.runtime.database.transaction() as session:
        call = line.books(session).alarm_call_by_token(token)
        if call is None:
            return twiml.hang_up()
        raised = session.get_one(Alarm, call.alarm_id)
        if raised.acknowledged_at is not None:
            return _end(line, session, call, "alarm_late")
        return _ask(line, session, call, _asked(_brief(line, session, raised), raised), 0)


def _key(line: Line, token: str) -> str:
    tries = request.args.get("tries", 0, type=int)
    with line.runtime.database.transaction() as session:
        call = line.books(session).alarm_call_by_token(token)
        if call is None:
            return twiml.hang_up()
        raised = session.get_one(Alarm, call.alarm_id)
        facts = _brief(line, session, raised)
        match screening.choice(requests.digits(), tries):
            case "take":
                now = line.runtime.clock()
                books = line.books(session)
                raised = books.alarm(raised.id)
                done = alarms.acknowledge(books, raised, call.responder_id, now)
                mine = done or raised.acknowledged_by == call.responder_id
                return _end(line, session, call, "alarm_acknowledged" if mine else "alarm_late")
            case "hear":
                return _ask(line, session, call, screening.alarm_read_out(facts), tries)
            case "again" | "pass" if tries + 1 < screening.TRIES:
                return _ask(line, session, call, _asked(facts, raised), tries + 1)
        return _end(line, session, call)


def _brief(line: Line, session: Session, raised: Alarm) -> Brief | None:
    report = session.get(Report, raised.report_id) if raised.report_id else None
    if report is None or raised.reason == alarms.GLASS_BROKEN:
        return None  # somebody may well have taken it: the screen tells what it is about
    return brief(session, report, live=False, now=line.runtime.clock())


def _asked(facts: Brief | None, raised: Alarm) -> tuple[str, ...]:
    return screening.alarm(facts, unread=raised.reason == alarms.UNREAD)


def _ask(
    line: Line, session: Session, call: AlarmCall, prompts: tuple[str, ...], tries: int
) -> str:
    language = language_of(line, session, call.responder_id)
    action = line.url(f"/voice/alarm/{call.token}/key", language=language, tries=tries)
    return twiml.gather(
        sounds(line, language, call.token, prompts), action, digits=1, timeout_s=screening.TIMEOUT_S
    )


def _end(line: Line, session: Session, call: AlarmCall, *prompts: str) -> str:
    language = language_of(line, session, call.responder_id)
    return twiml.hang_up(sounds(line, language, call.token, prompts))
