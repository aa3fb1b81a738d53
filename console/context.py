"""How a view gets at the running system and at who asks."""

from typing import cast

from flask import current_app, g

from hotline.context import Runtime
from hotline.people.sessions import SignedIn

EXTENSION = "hotline.console"


def runtime() -> Runtime:
    """The runtime of the application that serves this request."""
    return cast(Runtime, current_app.extensions[EXTENSION])


def signed_in() -> SignedIn:
    """Who makes this request; only for views behind the guard."""
    return cast(SignedIn, g.signed_in)
