"""`GET /events`: hints that something has changed, and never what (Server-Sent Events).

The page then reads anew what it shows. A stream's `id` is made of the marks themselves, so that a
browser that comes back, to whichever process, is told at once what has changed meanwhile. A stream
that begins afresh gives every hint once: what changed while the page was loading is not missed.
"""

import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import cast

import structlog
from flask import current_app, request
from flask.sansio.app import App
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from console import guard
from console.context import runtime
from console.live.hub import Full, Hub, Seat
from console.routes import Route
from hotline.context import Runtime
from hotline.dispatch import pulse
from hotline.dispatch.pulse import Marks, Topic
from hotline.people import sessions
from hotline.people.permissions import Action

log = structlog.get_logger(__name__)

EXTENSION = "hotline.live"
BEAT_S = 15.0
"""Proxies give up a silent stream after a minute; a page that hears no beat knows it is cut off."""
LASTS_S = 600.0
"""A stream ends by itself after so long and is asked for again, through the guard."""
WAKE_S = 1.0
"""How soon a browser that has gone is noticed."""
RETRY_MS = 2000
"""How soon a browser comes back after a cut."""
BACK_S = 5
"""When to ask again where there is no place."""


def install(app: App, running: Runtime) -> None:
    """Give an application its hub."""

    def read() -> Marks:
        with running.database.reading() as session:
            return pulse.marks(session)

    app.extensions[EXTENSION] = Hub(read)


def hub() -> Hub:
    """The hub of the application that serves this request."""
    return of_app(current_app)


def of_app(app: App) -> Hub:
    """The hub of an application."""
    return cast(Hub, app.extensions[EXTENSION])


@guard.allows(Action.SEE_BOARD)
@guard.by_itself
def events() -> Response:
    """The stream of hints; 503 with Retry-After where there is no place (or no database)."""
    try:
        seat = hub().listen()
    except (Full, SQLAlchemyError) as error:
        log.warning("live_refused", error=type(error).__name__)
        return Response(status=503, headers={"Retry-After": str(BACK_S)})
    told = _told(request.headers.get("Last-Event-ID", ""))
    response = Response(
        _stream(seat, told, _valid(runtime(), guard.token()), _gone(request.environ)),
        mimetype="text/event-stream",
    )
    response.headers["X-Accel-Buffering"] = "no"
    response.call_on_close(seat.leave)
    return response


def _stream(
    seat: Seat, seen: Marks, valid: Callable[[], bool], gone: Callable[[], bool]
) -> Iterator[str]:
    """Hints as marks differ, and beats; over with the session, the browser, or the process."""
    with seat:
        ends = time.monotonic() + LASTS_S
        beat = time.monotonic() + BEAT_S
        count: Counter[str] = Counter()
        yield f"retry: {RETRY_MS}\n\n"
        while time.monotonic() < ends and not gone():
            marks = seat.wait(seen, WAKE_S)
            if marks is None:
                return
            if marks != seen:
                yield _hints(seen, marks, count)
                seen = marks
            if time.monotonic() >= beat:
                if not valid():
                    return
                yield "event: beat\ndata:\n\n"
                beat = time.monotonic() + BEAT_S


def _hints(seen: Marks, marks: Marks, count: Counter[str]) -> str:
    """One event for each topic that differs; the last one carries the id of all."""
    topics = [topic for topic in Topic if seen.get(topic) != marks.get(topic)]
    count.update(topics)
    told = [f"event: {topic}\ndata: {count[topic]}\n" for topic in topics]
    return "\n".join(told) + f"id: {_id(marks)}\n\n"


def _id(marks: Marks) -> str:
    return "-".join(marks[topic] for topic in Topic)


def _told(last_id: str) -> Marks:
    """The marks that a browser has been told of; none for an id that is not ours."""
    parts = last_id.split("-")
    return dict(zip(Topic, parts, strict=True)) if len(parts) == len(Topic) else {}


def _valid(running: Runtime, token: str) -> Callable[[], bool]:
    """Whether the session still is, idle or not, asked in a transaction of its own."""

    def ask() -> bool:
        try:
            with running.database.reading() as session:
                return sessions.look(session, token, running.clock()) is not None
        except SQLAlchemyError:
            return False

    return ask


def _gone(environ: dict[str, object]) -> Callable[[], bool]:
    """Whether the browser has closed the connection, where the server lets us see it."""
    connection = environ.get("gunicorn.socket") or environ.get("werkzeug.socket")

    def ask() -> bool:
        if not isinstance(connection, socket.socket):
            return False
        try:
            return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True

    return ask


ROUTES = (Route("/events", "events", events),)
