"""The second step of signing in, and setting up a factor where one is required and missing."""

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from console import door_views, enrolling, guard, proving
from console.context import halfway, runtime
from console.routes import Route
from console.text import gettext
from hotline.people import factors
from hotline.people.second_step import Kind


@guard.halfway
def second_step() -> Response:
    """Ask for the second factor; whoever has none sets one up."""
    if not _has_factor():
        return redirect(url_for("console.enroll", next=_next()), 303)
    return _page()


@guard.halfway
def do_second_step() -> Response:
    """Check it: in, or the page again with what to do."""
    done = proving.prove(halfway(), guard.token())
    if isinstance(done, proving.Refused):
        return _page(done)
    token, kind = done
    path = _next()
    if kind is Kind.RECOVERY_CODE:  # one fewer, and a device is lost: show what is left
        path = url_for("console.security")
    return door_views.arrive(token, path)


@guard.halfway
def enroll() -> Response:
    """Show what is to be put into an app, and ask for a passkey where that is possible."""
    return _enroll_page() if not _has_factor() else _to_second_step()


@guard.halfway
def do_enroll_app() -> Response:
    """Confirm the app with a code; then the recovery codes are shown."""
    return _enrolled(enrolling.app(halfway()))


@guard.halfway
def do_enroll_passkey() -> Response:
    """Keep a passkey; then the recovery codes are shown."""
    return _enrolled(enrolling.passkey(halfway()))


def _enrolled(done: enrolling.Outcome) -> Response:
    if done is None:
        return _to_second_step()
    if isinstance(done, proving.Refused):
        return _enroll_page(done)
    page = render_template("door/codes.html", codes=done.codes, onward=_next())
    response = proving.answer(page, None, 200)
    guard.set_token(response, done.token)
    return response


def _page(refused: proving.Refused | None = None) -> Response:
    page = render_template(
        "door/second_step.html",
        ways=proving.ways(halfway()),
        next=_next() or "",
        wrong=refused and refused.said,
    )
    return proving.answer(page, refused, 200)


def _enroll_page(refused: proving.Refused | None = None) -> Response:
    if not proving.required():
        abort(403, gettext("Sign in first."))
    who = halfway()
    page = render_template(
        "door/enroll.html",
        shown=enrolling.shown(who),
        next=_next() or "",
        reset_at=who.account.factors_reset_at,
        wrong=refused and refused.said,
    )
    return proving.answer(page, refused, 200)


def _has_factor() -> bool:
    with runtime().database.transaction() as session:
        return factors.has(session, halfway().account.id)


def _next() -> str | None:
    return guard.own_path(request.values.get("next", ""))


def _to_second_step() -> Response:
    return redirect(url_for("console.second_step", next=_next()), 303)


ROUTES = (
    Route("/sign-in/second", "second_step", second_step),
    Route("/sign-in/second", "do_second_step", do_second_step, "POST"),
    Route("/sign-in/enroll", "enroll", enroll),
    Route("/sign-in/enroll/app", "do_enroll_app", do_enroll_app, "POST"),
    Route("/sign-in/enroll/passkey", "do_enroll_passkey", do_enroll_passkey, "POST"),
)
