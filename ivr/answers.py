"""Answering webhooks: TwiML responses, and what a caller hears when something of ours fails."""

from collections.abc import Callable
from typing import TypeVar

import structlog
from flask import Response, request
from sqlalchemy.exc import IntegrityError, OperationalError

from hotline.carrier import seal
from ivr import twiml
from ivr.dialect import fitted
from ivr.line import Line

RETRIES = 3
"""So often a failed step is tried again while the caller listens to an apology."""
PAUSE_S = 2
REPEATS = 3
"""Two webhooks at once may write the same row; the loser's whole transaction is done again."""
DEADLOCK = ("40P01", "40001")
"""PostgreSQL's words for "two transactions got in each other's way, yours was undone"."""

T = TypeVar("T")
log = structlog.get_logger(__name__)


def answer(line: Line, document: str) -> Response:
    """TwiML as our carrier takes it; never kept by anybody, because it may hold a report number."""
    document = fitted(document, line.runtime.carrier.capabilities)
    response = Response(document, mimetype="text/xml")
    response.headers["Cache-Control"] = "no-store"
    return response


def empty() -> Response:
    """The answer to a callback that does not steer the call."""
    return Response(status=204)


def repeated(work: Callable[[], T]) -> T:
    """Do a transaction; once more when another webhook got in its way."""
    for _ in range(REPEATS - 1):
        try:
            return work()
        except (IntegrityError, OperationalError) as error:
            # A database that is locked or gone is not asked again while the caller hears nothing.
            state = getattr(error.orig, "sqlstate", None)
            if isinstance(error, OperationalError) and state not in DEADLOCK:
                raise
            log.info("transaction_repeated", endpoint=request.endpoint)
    return work()


def spoken(
    line: Line, language: str, work: Callable[[], str], failing: str | None = None
) -> Response:
    """The TwiML of `work`; if it fails for whatever reason, an apology and the same step again.

    Nothing of what failed was committed, and nothing is said to have been received. After three
    tries the caller is told which numbers to dial, and the call ends. failing: the answer instead.
    """
    try:
        return answer(line, repeated(work))
    except Exception as error:  # a carrier would hang up on the caller for a 500
        if failing is None:
            return _apologise(line, language, error)
        log.error("step_failed", endpoint=request.endpoint, error=type(error).__name__)
        return answer(line, failing)


def _apologise(line: Line, language: str, error: Exception) -> Response:
    tried = request.args.get("retry", 0, type=int)
    log.error("step_failed", endpoint=request.endpoint, error=type(error).__name__, tries=tried)
    if tried >= RETRIES:
        return answer(line, twiml.hang_up(line.prompts(language, ("technical_end",))))
    again = {**request.args.to_dict(), **_carried(), "retry": str(tried + 1)}
    again.pop(seal.NAME, None)  # of the old address; the new one gets its own
    url = line.url(request.path, **again)
    sounds = line.prompts(language, ("technical",))
    return answer(line, twiml.redirect(sounds, url, pause_s=PAUSE_S))


def _carried() -> dict[str, str]:
    """What a redirect would lose: a menu key (never a number or PIN), that words were said, how a
    dial ended. `ivr.requests` reads them again."""
    posted = request.form
    carried = {"Digits": posted.get("Digits", "")} if len(posted.get("Digits", "")) == 1 else {}
    for name in ("RecordingDuration", "DialCallStatus"):
        if name in posted:
            carried[name] = posted[name]
    return carried
