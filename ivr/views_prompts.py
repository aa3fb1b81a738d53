"""Sounds: prompts that everybody may keep, and private ones that nobody may."""

import re
from functools import lru_cache
from urllib.parse import quote

from flask import Blueprint, Response, abort, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline import notices
from hotline.dispatch.model import Alarm, Attempt, Dispatch
from hotline.dispatch.words import LIVE, AttemptState, Role
from hotline.notices import Notice
from hotline.oncall import resources
from hotline.oncall.model import Resource
from hotline.privacy.cipher import CannotOpen
from hotline.reports.callback_model import Callback
from hotline.reports.casework import replies
from hotline.reports.casework.model import Reply
from hotline.reports.model import AudioState, Call, Message, MessageState, Report
from ivr import requests
from ivr.briefs import number_aloud, own_recording, place_aloud, reply_aloud, said_aloud
from ivr.line import Line
from ivr.prompts import PromptError
from ivr.steps import State
from ivr.views_delivery import report_of
from ivr.voice import Voice, speak

YEAR_S = 31536000
FILE = re.compile(r"(?P<name>[a-z][a-z0-9_]*)\.(?P<digest>[0-9a-f]{16})\.wav\Z")
HEARABLE = (*LIVE, AttemptState.TAKEN, AttemptState.JOINED)
"""An attempt whose responder may still ask to hear what was said."""


def add_prompt_views(blueprint: Blueprint, line: Line) -> None:
    """Add the routes of all sounds to the blueprint."""

    @blueprint.get("/voice/prompts/<language>/<file>", endpoint="prompt")
    def prompt(language: str, file: str) -> Response:
        """A prompt; its name changes with its sound, so it may be kept for ever."""
        return _prompt(line, language, file)

    @blueprint.get("/voice/said/<token>.wav", endpoint="said")
    def said(token: str) -> Response:
        """The caller's own recording for listening back, while the call lasts."""
        with line.runtime.database.transaction() as session:
            message = session.scalar(select(Message).where(Message.token == token))
            if message is None or not _in_review(session, message):
                abort(404)
            return _private(own_recording(line, session, message))

    @blueprint.get("/voice/heard/<token>.wav", endpoint="heard")
    def heard(token: str) -> Response:
        """What was said, for the responder or alarm phone whose call carries the token."""
        with line.runtime.database.transaction() as session:
            report = _report_of(line, session, token)
            if report is None:
                abort(404)
            attempt = line.books(session).attempt_by_token(token)
            told = attempt is not None and attempt.role is Role.TELL
            whole = _theirs(attempt)
            wav = said_aloud(line, session, report, whole=whole, newest_first=told)
            return _private(wav)

    @blueprint.get("/voice/place/<token>.wav", endpoint="place")
    def place(token: str) -> Response:
        """The name of the school or district, for the same ears."""
        with line.runtime.database.transaction() as session:
            report = _report_of(line, session, token)
            if report is None:
                abort(404)
            language = requests.language(line)
            return _private(place_aloud(line, session, report, language))

    @blueprint.get("/voice/delivered/<token>.wav", endpoint="delivered")
    def delivered(token: str) -> Response:
        """What was said, for the recipient on whose phone 1 was pressed: masked, and never in the
        caller's own voice."""
        with line.runtime.database.transaction() as session:
            report = report_of(session, token)
            if report is None:
                abort(404)
            return _private(said_aloud(line, session, report, own_voice=False))

    @blueprint.get("/voice/delivered/<token>/place.wav", endpoint="delivered_place")
    def delivered_place(token: str) -> Response:
        """The name of the school or district, for the same ears."""
        with line.runtime.database.transaction() as session:
            report = report_of(session, token)
            if report is None:
                abort(404)
            return _private(place_aloud(line, session, report, requests.language(line)))

    @blueprint.get("/voice/reply/<reply_id>.wav", endpoint="reply")
    def reply(reply_id: str) -> Response:
        """A reply, for the caller who came back with number and PIN, while they hear the status."""
        with line.runtime.database.transaction() as session:
            row = session.get(Reply, reply_id)
            if row is None or not _is_being_told(session, row):
                abort(404)
            try:
                wav = reply_aloud(line, session, row)
            except CannotOpen:
                abort(404)
            replies.heard(session, row, line.runtime.clock())
        return _private(wav)

    @blueprint.get("/voice/resource/<resource_id>.wav", endpoint="resource")
    def resource(resource_id: str) -> Response:
        """Who else can help, in the caller's language or in the first one it is written in."""
        with line.runtime.database.transaction() as session:
            row = session.get(Resource, resource_id)
            if row is None:
                abort(404)
            said, code = resources.wording(row, requests.language(line))
            return _private(speak(said, line.catalogue.voice(line.language((code,)))))

    @blueprint.get("/voice/notice/<notice_id>.wav", endpoint="notice")
    def notice(notice_id: str) -> Response:
        """The notice before the menu, in the caller's language or in the first one it has. Whoever
        is being told of it still hears it when its time is over."""
        with line.runtime.database.transaction() as session:
            row = session.get(Notice, notice_id)
            if row is None:
                abort(404)
            said, code = notices.wording(row, requests.language(line))
        return _private(_spoken_once(said, line.catalogue.voice(line.language((code,)))))

    @blueprint.get("/voice/left/<token>.wav", endpoint="left")
    def left(token: str) -> Response:
        """The digits of a telephone number, for the caller who has just keyed it in: one sound, so
        that no list of sounds that were fetched tells the number."""
        with line.runtime.database.transaction() as session:
            row = session.scalar(select(Callback).where(Callback.token == token))
            if row is None or not _is_read_back(session, row):
                abort(404)
            return _private(number_aloud(line, session, row, requests.language(line)))


@lru_cache(maxsize=16)
def _spoken_once(said: str, voice: Voice) -> bytes:
    """What many callers are told in the same hour is not spoken for each of them anew. Some 20 s
    each: 16 of them are 5 MB."""
    return speak(said, voice)


def _prompt(line: Line, language: str, file: str) -> Response:
    asked = FILE.match(file)
    if asked is None:
        abort(404)
    try:
        path = line.catalogue.file(language, asked["name"])
    except PromptError:
        abort(404)
    response = Response(path.read_bytes(), mimetype="audio/wav")
    response.set_etag(path.name)
    response.headers["Cache-Control"] = (
        f"public, max-age={YEAR_S}, immutable" if path.name == file else "no-cache"
    )
    said = line.catalogue.text(language, asked["name"])
    response.headers["X-Prompt-Text"] = quote(said)  # phones with a screen show it
    response.make_conditional(request, accept_ranges=True, complete_length=len(response.data))
    return response


def _private(wav: bytes) -> Response:
    response = Response(wav, mimetype="audio/wav")
    response.headers["Cache-Control"] = "no-store"
    return response


def _is_being_told(session: Session, row: Reply) -> bool:
    """Whether a caller of the report is where its replies are played."""
    query = select(Call).where(Call.report_id == row.report_id, Call.ended_at.is_(None))
    return any(c.menu.get("state") == State.RETURN_STATUS for c in session.scalars(query))


def _is_read_back(session: Session, row: Callback) -> bool:
    """Whether the caller is where the number is read back."""
    call = session.get(Call, row.call_id)
    asked = call is not None and call.menu.get("state") == State.CALLBACK_CONFIRM
    return asked and call is not None and call.ended_at is None and row.kept_at is None


def _in_review(session: Session, message: Message) -> bool:
    call = session.get(Call, message.call_id) if message.call_id else None
    live = call is not None and call.ended_at is None
    kept = message.state in (MessageState.RECORDED, MessageState.SENT)
    return live and kept and message.audio is AudioState.STORED


def _theirs(attempt: Attempt | None) -> bool:
    """Whether whoever hears it has taken the report: they must know where to go, and to whom."""
    return attempt is not None and attempt.state in (AttemptState.TAKEN, AttemptState.JOINED)


def _report_of(line: Line, session: Session, token: str) -> Report | None:
    books = line.books(session)
    attempt = books.attempt_by_token(token)
    if attempt is not None:
        if attempt.state not in HEARABLE:
            return None
        return session.get_one(Report, session.get_one(Dispatch, attempt.dispatch_id).report_id)
    call = books.alarm_call_by_token(token)
    raised = session.get_one(Alarm, call.alarm_id) if call is not None else None
    return session.get(Report, raised.report_id) if raised and raised.report_id else None
