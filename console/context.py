"""How a view gets at the running system and at who asks."""

from collections.abc import Mapping
from typing import cast

from flask import current_app, g

from hotline.context import Runtime
from hotline.people.sessions import SignedIn
from hotline.reports import masks

EXTENSION = "hotline.console"
MASKS = "hotline.console.masks"


def runtime() -> Runtime:
    """The runtime of the application that serves this request."""
    return cast(Runtime, current_app.extensions[EXTENSION])


def masker(language: str) -> masks.Masker:
    """What is masked in a transcript of that language."""
    known = cast(Mapping[str, masks.Masker], current_app.extensions[MASKS])
    return masks.of(known, language)


def signed_in() -> SignedIn:
    """Who makes this request; only for views behind the guard."""
    return cast(SignedIn, g.signed_in)


def halfway() -> SignedIn:
    """Who has given their password and not yet proved more; only for views of the second step."""
    return cast(SignedIn, g.halfway)
