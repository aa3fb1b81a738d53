"""A fresh proof before a grave act: asked by the guard, checked here, and then on with the act.

What was sent with a POST is carried along in hidden fields; after the proof the browser is told to
send it again to where it was going (307), so that nothing that was typed is lost.
"""

from flask import current_app, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from console import guard, proving
from console.context import signed_in
from console.proving import METHOD, PATH
from console.routes import Route
from hotline.people.permissions import Action


@guard.allows(Action.OWN_ACCOUNT)
def step_up() -> Response:
    """The page that asks, on the way to a page or a file."""
    return proving.ask_again(_path(request.args.get("next", "")), "GET")


@guard.allows(Action.OWN_ACCOUNT)
def do_step_up() -> Response:
    """Check the proof and go on, with what was sent; or the page again with what to do."""
    path, method = _path(request.form.get(PATH, "")), request.form.get(METHOD, "GET")
    done = proving.prove(signed_in(), guard.token())
    if isinstance(done, proving.Refused):
        return proving.ask_again(path, method, done)
    response = _on(path, method)
    guard.set_token(response, done[0])
    return response


def _on(path: str, method: str) -> Response:
    if _is_file(path, method):  # a page stands still while a file comes: one that says so
        page = render_template("door/proved.html", path=path, method=method, kept=proving.carried())
        return proving.answer(page, None, 200)
    return redirect(path, 307 if method == "POST" else 303)


def _path(asked: str) -> str:
    return guard.own_path(asked) or url_for("console.home")


def _is_file(path: str, method: str) -> bool:
    try:
        endpoint, _ = current_app.url_map.bind("").match(path.split("?")[0], method)
    except HTTPException:
        return False
    return hasattr(current_app.view_functions[endpoint], "gives_file")


ROUTES = (
    Route("/step-up", "step_up", step_up),
    Route("/step-up", "do_step_up", do_step_up, "POST"),
)
