"""A person is at the page: they moved, pressed or scrolled, though no page was asked for."""

from werkzeug.wrappers import Response

from console import guard
from console.routes import Route
from hotline.people.permissions import Action


@guard.allows(Action.OWN_ACCOUNT)
def do_still_here() -> Response:
    """Nothing but a request, by which the guard knows that the session is in use."""
    return Response(status=204)


ROUTES = (Route("/still-here", "do_still_here", do_still_here, "POST"),)
