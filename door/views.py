"""The door's addresses. Nothing that a visitor fills in ever stands in one of them."""

from collections.abc import Callable
from pathlib import Path

import structlog
from flask import Blueprint, Response, abort, request, send_file
from markupsafe import Markup

from door import fields, pages, places, returning, taking
from door.entrance import Entrance
from door.fields import Filled
from door.pages import Frame
from door.returning import Refused
from hotline.reports.written import LONGEST

STYLE = Path(__file__).parent / "static" / "door.css"
OURS = ("same-origin", "none", "")
"""What browsers say of a form on a page of ours, or say nothing (Fetch Metadata)."""
REFUSED, BROKEN = 422, 503

log = structlog.get_logger(__name__)


def create_blueprint(entrance: Entrance) -> Blueprint:
    """All pages of the door."""
    blueprint = Blueprint("door", __name__, template_folder="templates")

    @blueprint.get("/")
    def any_language() -> Response:
        """The form, in the language that the browser asks for."""
        frame = pages.negotiated(entrance)
        return _answer(_framed(entrance, frame.texts.language.code), _empty_form)

    @blueprint.get("/<code>/")
    @blueprint.get("/<code>/send")
    def write(code: str) -> Response:
        """The form for something new."""
        return _answer(_framed(entrance, code), _empty_form)

    @blueprint.post("/<code>/send")
    def send(code: str) -> Response:
        """Something new is sent: it is kept and brought to people, and its numbers are shown."""
        filled = fields.read(request.form)
        frame = _framed(entrance, code)
        return _answer(frame, lambda frame: _sent(entrance, frame, filled), filled)

    @blueprint.get("/<code>/return")
    @blueprint.get("/<code>/open")
    @blueprint.get("/<code>/more")
    def come_back(code: str) -> Response:
        """The form for number and PIN."""
        frame = _framed(entrance, code, "return")
        return _answer(frame, lambda frame: (pages.return_page(frame, Filled()), 200))

    @blueprint.post("/<code>/open")
    def open_report(code: str) -> Response:
        """Number and PIN are entered: how the report stands, and what was left for its writer."""
        filled = fields.read(request.form)
        frame = _framed(entrance, code, "return")
        return _answer(frame, lambda frame: _opened(entrance, frame, filled), filled)

    @blueprint.post("/<code>/more")
    def more(code: str) -> Response:
        """Something is added to a report, by number and PIN."""
        filled = fields.read(request.form)
        frame = _framed(entrance, code, "return")
        return _answer(frame, lambda frame: _added(entrance, frame, filled), filled)

    @blueprint.get("/door.css")
    def style() -> Response:
        """The style sheet; every page works without it."""
        return send_file(STYLE, mimetype="text/css")

    return blueprint


Page = tuple[str, int]


def _answer(frame: Frame, work: Callable[[Frame], Page], filled: Filled | None = None) -> Response:
    """The page; if it fails for whatever reason, what was written is given back."""
    try:
        page, code = work(frame)
    except Exception as error:  # nothing of it was committed
        log.error("page_failed", endpoint=request.endpoint, error=type(error).__name__)
        page, code = _broken(frame, filled)
    response = Response(page, code, mimetype="text/html")
    response.headers["Content-Language"] = frame.texts.language.code
    response.headers["Vary"] = "Accept-Language"
    return response


def _broken(frame: Frame, filled: Filled | None) -> Page:
    says = frame.texts.say("broken")
    if filled is None:
        return pages.error_page(frame, BROKEN), BROKEN
    page = pages.return_page if frame.path else pages.write_page
    return page(frame, filled, says), BROKEN


def _framed(entrance: Entrance, code: str, path: str = "") -> Frame:
    texts = entrance.texts.get(code)
    if texts is None:
        abort(404)
    try:
        with entrance.runtime.database.reading() as session:
            groups = [] if path else places.offered(session)
    except Exception as error:  # the form and what is written in it are worth more than the list
        log.error("page_failed", endpoint=request.endpoint, error=type(error).__name__)
        groups = []
    return Frame(texts, entrance.texts, path, groups)


def _empty_form(frame: Frame) -> Page:
    return pages.write_page(frame, Filled()), 200


def _problem(frame: Frame, filled: Filled) -> Markup | None:
    """Why the text cannot be taken as it is."""
    say = frame.texts.say
    if not filled.text:
        return say("empty")
    if len(filled.text) > LONGEST:
        return say("too_long", over=f"{len(filled.text) - LONGEST}")
    if fields.token(filled) is None or request.headers.get("Sec-Fetch-Site", "") not in OURS:
        return say("once_more")
    return None


def _sent(entrance: Entrance, frame: Frame, filled: Filled) -> Page:
    says, token = _problem(frame, filled), fields.token(filled)
    if says is not None or token is None:
        return pages.write_page(frame, filled, says), REFUSED
    address, now = _address(), entrance.runtime.clock()
    crowded = entrance.crowd.is_dense(address, now)
    if crowded and not entrance.questions.is_answer(filled.seal, filled.answer, now):
        question = entrance.questions.ask(now)
        return pages.write_page(frame, filled, frame.texts.say("crowded"), question), REFUSED
    code = frame.texts.language.code
    receipt = taking.take(entrance, code, filled, token, crowded=crowded)
    entrance.crowd.count(address, now)
    return pages.receipt_page(frame, receipt), 200


def _address() -> str:
    """Where the visitor comes from, for the counts in memory; written nowhere."""
    return request.remote_addr or ""


def _opened(entrance: Entrance, frame: Frame, filled: Filled) -> Page:
    found = returning.come_back(entrance, frame.texts.language.code, filled, _address())
    if isinstance(found, Refused):
        return _refused(frame, filled, found)
    return pages.report_page(frame, filled, found), 200


def _added(entrance: Entrance, frame: Frame, filled: Filled) -> Page:
    """The pair is looked up whether the text can be taken or not: only its owner sees the page."""
    says = _problem(frame, filled)
    token = fields.token(filled) if says is None else None
    found = returning.come_back(entrance, frame.texts.language.code, filled, _address(), token)
    if isinstance(found, Refused):
        return _refused(frame, filled, found)
    if says is not None:
        return pages.report_page(frame, filled, found, says), REFUSED
    return pages.report_page(frame, filled, found), 200


def _refused(frame: Frame, filled: Filled, found: Refused) -> Page:
    says = frame.texts.say("return_locked" if found.locked else "return_unknown")
    return pages.return_page(frame, filled, says), REFUSED
