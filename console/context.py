"""What the console needs of the running system, and how a view gets at it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol, cast

from flask import current_app, g

from hotline.database.engine import Database
from hotline.languages import Language
from hotline.people.sessions import SignedIn
from hotline.privacy.cipher import Vault
from hotline.settings import Settings

EXTENSION = "hotline.console"


class Runtime(Protocol):
    """The part of `hotline.context.Runtime` that pages use."""

    @property
    def settings(self) -> Settings:
        """The settings."""

    @property
    def database(self) -> Database:
        """The one truth."""

    @property
    def vault(self) -> Vault:
        """Opens what is sealed."""

    @property
    def languages(self) -> Mapping[str, Language]:
        """The languages callers may choose, by code."""

    @property
    def clock(self) -> Callable[[], datetime]:
        """Now, aware, in UTC."""


def runtime() -> Runtime:
    """The runtime of the application that serves this request."""
    return cast(Runtime, current_app.extensions[EXTENSION])


def signed_in() -> SignedIn:
    """Who makes this request; only for views behind the guard."""
    return cast(SignedIn, g.signed_in)
