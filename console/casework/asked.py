"""What was asked of a report's page and could not be done: shown again with what was typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import request

from console.forms import HotlineForm


@dataclass(frozen=True)
class Asked:
    """status: of the answer. forms: as they were sent, by name. seen: the version over which the
    form was filled in, when the report has changed since; its part of the page is `conflict`."""

    status: int = 200
    forms: Mapping[str, HotlineForm] = field(default_factory=dict)
    conflict: str = ""
    seen: int = -1


NOTHING = Asked()


def wrong(name: str, form: HotlineForm) -> Asked:
    """Something in the form is wrong; what, stands beside its field."""
    return Asked(422, {name: form})


def changed(name: str, form: HotlineForm, seen: int) -> Asked:
    """Somebody else was faster; nothing has been written."""
    return Asked(409, {name: form}, name, seen)


def version() -> int | None:
    """The version over which the sent form was filled in."""
    return request.form.get("version", type=int)


def seen() -> int:
    """The same, where it is only asked what has changed since: without one, everything has."""
    given = version()
    return -1 if given is None else given
