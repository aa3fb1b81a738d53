"""How fast somebody listens. Kept with the account: a browser forgets everything at sign-out."""

from flask import abort, make_response, request
from werkzeug.wrappers import Response

from console import guard
from console.context import runtime, signed_in
from console.routes import Route
from hotline.people.model import Account
from hotline.people.permissions import Action

SPEEDS = ("0.5", "0.75", "1", "1.25", "1.5", "2")


@guard.allows(Action.LISTEN)
def do_speed() -> Response:
    """Keep the speed that the player was set to. 422 for one that it does not have."""
    speed = request.form.get("speed", "")
    if speed not in SPEEDS:
        abort(422)
    with runtime().database.transaction() as session:
        row = session.get_one(Account, signed_in().account.id)
        row.preferences = {**(row.preferences or {}), "speed": speed}
    return make_response("", 204)


ROUTES = (Route("/account/speed", "do_speed", do_speed, "POST"),)
