"""Who may come in: every console page is closed unless it says otherwise.

A view says with `allows(action)` which permission it needs, or with `open_to_all` that it needs
none; a view that says neither is refused. Requests that change something must come from our own
pages (docs/facts.md P4: Sec-Fetch-Site, else Origin).
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

import structlog
from flask import Blueprint, abort, current_app, g, redirect, request, url_for
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from console import alarms, content_policy, help, names, navigation, proving, times
from console.context import runtime, signed_in
from console.reports import closed
from console.text import gettext, translated
from hotline import audit
from hotline.oncall import changes
from hotline.people import sessions, unlocking
from hotline.people.model import Account, ConsoleSession
from hotline.people.permissions import Action, may
from hotline.people.sessions import SignedIn
from hotline.privacy import locks
from hotline.settings import Settings
from transcription.catalogue import ModelMissing, with_test_models

View = TypeVar("View", bound=Callable[..., Any])

log = structlog.get_logger(__name__)

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def install(blueprint: Blueprint) -> None:
    """Put the guard before, and the cache rule behind, every route of the blueprint."""
    blueprint.before_app_request(_recognize)
    blueprint.before_request(_guard)
    blueprint.teardown_request(_lock_again)
    blueprint.after_request(_keep_out_of_caches)
    blueprint.after_request(content_policy.apply)
    blueprint.context_processor(_context)


def allows(action: Action) -> Callable[[View], View]:
    """Mark a view as needing a permission."""

    def mark(view: View) -> View:
        view.needs = action  # type: ignore[attr-defined]
        return view

    return mark


def open_to_all(view: View) -> View:
    """Mark a view as open to those who are not signed in."""
    view.needs = None  # type: ignore[attr-defined]
    return view


def halfway(view: View) -> View:
    """Mark a view as a part of the second step: for whoever has given their password, and for
    nobody else."""
    view.needs = None  # type: ignore[attr-defined]
    view.halfway = True  # type: ignore[attr-defined]
    return view


def fresh(view: View) -> View:
    """Mark a view as grave: whoever has not proved themselves within `sessions.FRESH` is asked to
    do so again (`console.step_up`)."""
    view.fresh = True  # type: ignore[attr-defined]
    return view


def gives_file(view: View) -> View:
    """Mark a view as giving a file to keep: the page before it stays."""
    view.gives_file = True  # type: ignore[attr-defined]
    return view


def by_itself(view: View) -> View:
    """Mark a view as asked for by a page and by no person: it keeps no session alive, an idle one
    still gets it (`signed_in().idle`: show what rings, and nothing of what it is about), and
    whoever is signed out gets 401 instead of the way to the door."""
    view.by_itself = True  # type: ignore[attr-defined]
    return view


def cookie_name(settings: Settings) -> str:
    """`__Host-` makes the browser insist on https, this host and the whole path."""
    return "__Host-hotline" if settings.console_secure_cookies else "hotline"


def token() -> str:
    """The session token the browser sent, or nothing."""
    return request.cookies.get(cookie_name(runtime().settings), "")


def set_token(response: Response, value: str) -> None:
    """Hand a session token to the browser, until it is closed."""
    settings = runtime().settings
    response.set_cookie(
        cookie_name(settings),
        value,
        secure=settings.console_secure_cookies,
        httponly=True,
        samesite="Strict",
    )


def drop_token(response: Response) -> None:
    """Make the browser forget its token."""
    settings = runtime().settings
    response.delete_cookie(
        cookie_name(settings),
        secure=settings.console_secure_cookies,
        httponly=True,
        samesite="Strict",
    )


def audited(session: Session, action: str, subject: str, **detail: str) -> None:
    """Write into the audit chain what the signed-in person does; last thing in a transaction.

    detail: ids and codes, never content.
    """
    actor = f"account:{signed_in().account.id}"
    audit.record(session, runtime().clock(), actor, action, subject, **detail)


def own_path(path: str) -> str | None:
    """The path if it is one of our own pages, so that sign-in never leads elsewhere."""
    ours = path.startswith("/") and not path.startswith("//") and "\\" not in path
    return path if ours and not urlsplit(path).netloc else None


def _guard() -> Response | None:
    if request.method not in SAFE_METHODS and not _from_our_own_page():
        log.warning("access_refused", endpoint=request.endpoint, code="from_elsewhere")
        abort(403, gettext("This request did not come from a page of this console."))
    if request.endpoint == "console.static":
        return None
    view = current_app.view_functions[request.endpoint or ""]
    by_page = hasattr(view, "by_itself")
    _load_session(sessions.look if by_page else sessions.find)
    if g.signed_in is not None and not by_page:
        _mark_seen(g.signed_in.session)
    if hasattr(view, "halfway"):
        return _load_halfway()
    needs: Action | None = getattr(view, "needs", None)
    if needs is None and hasattr(view, "needs"):
        return None  # open to all, and says so
    if g.signed_in is None:
        return Response(status=401) if by_page else _to_sign_in()
    if needs is None or not may(signed_in().account.role, needs):
        me = signed_in().account.id
        log.warning("access_refused", account=me, endpoint=request.endpoint, code="role")
        abort(403, gettext("Your account does not have this permission."))
    return _proved_again(view)


def _recognize() -> None:
    """An address that leads nowhere is told in the language and look of whoever asks; the guard of
    the pages never sees it. A database that does not answer changes nothing of it."""
    if request.routing_exception is None or not token():
        return
    try:
        with runtime().database.reading() as session:
            g.signed_in = sessions.look(session, token(), runtime().clock())
    except SQLAlchemyError as error:
        log.warning("session_unknown", error=type(error).__name__)


def _proved_again(view: Callable[..., Any]) -> Response | None:
    """The page that asks for a fresh proof, where the view wants one and the last one is old."""
    if not hasattr(view, "fresh"):
        return None
    if sessions.is_fresh(signed_in().session, runtime().clock()):
        return None
    path = request.full_path.rstrip("?")
    if request.method == "POST":
        return proving.ask_again(path, "POST")
    return redirect(url_for("console.step_up", next=path), 303)


def _load_halfway() -> Response | None:
    """Who is half signed in; everybody else is led to the door, or in."""
    if g.signed_in is not None:
        return redirect(url_for("console.home"), 303)
    with runtime().database.reading() as session:
        g.halfway = sessions.half(session, token(), runtime().clock()) if token() else None
    return _to_sign_in() if g.halfway is None else None


def _from_our_own_page() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin", "")
    return bool(origin) and urlsplit(origin).netloc == request.host


def _load_session(find: Callable[[Session, str, datetime], SignedIn | None]) -> None:
    g.signed_in, g.alarms, g.roster_waits = None, (), False
    if not token():
        return
    with runtime().database.reading() as session:  # a page that only reads waits for no writer
        g.signed_in = find(session, token(), runtime().clock())
        if g.signed_in is not None:
            account = g.signed_in.account
            g.alarms = alarms.open_alarms(session, account)
            g.roster_waits = _may_approve(session, account)
            _unlock(session, g.signed_in)


def _mark_seen(row: ConsoleSession) -> None:
    """A page is shown all the same when that cannot be written: they sign in a little sooner."""
    now = runtime().clock()
    if not sessions.was_seen_long_ago(row, now):
        return
    try:
        with runtime().database.transaction() as session:
            sessions.mark_seen(session, row.id, now)
    except SQLAlchemyError as error:
        log.warning("session_not_marked", error=type(error).__name__)


def _may_approve(session: Session, account: Account) -> bool:
    """Whether a change of the roster waits for a second person, and this one could be it."""
    manages = may(account.role, Action.MANAGE_ROSTER)
    return manages and changes.waiting(session, account.id, runtime().clock()) > 0


def _unlock(session: Session, who: SignedIn) -> None:
    """What is sealed to the person opens for the time of this request, if they have unlocked."""
    closed_to = who.idle or not may(who.account.role, Action.REVIEW)  # no supervisor any more
    reader = None if closed_to else unlocking.kept(session, who.session.id, token())
    if reader is not None:
        g.reader = locks.enter(reader)


def _lock_again(_error: BaseException | None) -> None:
    entered = g.pop("reader", None)
    if entered is not None:
        locks.leave(entered)


def _to_sign_in() -> Response:
    target = url_for("console.sign_in")
    wanted = request.path != "/" and not request.path.startswith(target)
    if request.method == "GET" and wanted:
        target += "?next=" + quote(request.path)
    return redirect(target, 303)


def _context() -> dict[str, object]:
    def allowed(action: str) -> bool:
        return g.signed_in is not None and may(signed_in().account.role, Action(action))

    return {
        "me": g.get("signed_in") and signed_in().account,
        "idle": g.get("signed_in") and signed_in().idle,
        "alarms": g.get("alarms", ()),
        "alarm_title": lambda: alarms.title(g.get("alarms", ())),
        "times": times,
        "why_closed": closed.why_closed,
        "language_name": names.language,
        "promises": names.PROMISE,
        "roster_waits": g.get("roster_waits"),
        "models_notice": g.get("signed_in") and _models_notice(),
        "may": allowed,
        "navigation": navigation.entries() if g.get("signed_in") else (),
        "more": navigation.more_label,
        "help_of": help.templates,
        "style_nonce": content_policy.nonce,
        "settings": runtime().settings,
        "phone_number": names.phone(runtime().settings.phone_number),
    }


def _models_notice() -> str | None:
    """That test models recognize speech, and what mends it; None where all is well."""
    try:
        codes = with_test_models(runtime().languages, runtime().settings.models_folder)
    except ModelMissing as error:
        return translated(error.sentence)
    if not codes:
        return None
    return gettext(
        "Speech is recognized with the small test model for %(languages)s. It is not for real "
        "callers: run `hotline models install %(codes)s`.",
        languages=names.listed([names.language(code) for code in codes]),
        codes=" ".join(codes),
    )


def _keep_out_of_caches(response: Response) -> Response:
    if request.endpoint != "console.static":
        response.headers["Cache-Control"] = "no-store"
    return response
