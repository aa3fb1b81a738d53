"""Fields of REST requests, read and checked; each reader raises RestError."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from multidict import MultiMapping

from switch.calls import Hooks
from switch.rest import errors
from switch.rest.errors import RestError
from switch.steps import Fetch, Inline, Step

Form = MultiMapping[Any]

MAX_TWIML = 4000
"""Characters of an inline document."""

_E164 = re.compile(r"^\+[1-9]\d{6,14}$")
_EVENTS = frozenset({"initiated", "ringing", "answered", "completed"})


def text(form: Form, name: str) -> str:
    """A text; empty when it is not given."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def to_number(form: Form) -> str:
    """`To`, an E.164 number."""
    number = text(form, "To").strip()
    if not number:
        raise RestError(400, errors.NO_TO, "A 'To' phone number is required")
    if not _E164.match(number):
        raise RestError(400, errors.BAD_TO, "The 'To' number is not a valid phone number")
    return number


def from_number(form: Form, owned: str) -> str:
    """`From`, which must be the account's `owned` number."""
    number = text(form, "From").strip()
    if not number:
        raise RestError(400, errors.NO_FROM, "A 'From' phone number is required")
    if not _E164.match(number):
        raise RestError(400, errors.BAD_FROM, "The 'From' number is not a valid phone number")
    if number != owned:
        raise RestError(400, errors.FROM_NOT_OWNED, "The 'From' number is not owned or verified")
    return number


def hooks(form: Form) -> Hooks:
    """Status callback and fallback URL."""
    events = frozenset(str(event) for event in form.getall("StatusCallbackEvent", ["completed"]))
    words = frozenset(word for event in events for word in event.split())
    if not words <= _EVENTS:
        raise RestError(400, errors.BAD_PARAMETER, "StatusCallbackEvent is unknown")
    return Hooks(
        text(form, "StatusCallback"),
        words,
        method(form, "StatusCallbackMethod"),
        text(form, "FallbackUrl"),
        method(form, "FallbackMethod"),
    )


def step(form: Form) -> Step | None:
    """The document: `Url`, else `Twiml`, else None."""
    url, twiml = text(form, "Url"), text(form, "Twiml")
    if url:
        if not url.startswith(("http://", "https://")):
            raise RestError(400, errors.NO_URL, "Url is not an absolute http URL")
        return Fetch(url, method(form, "Method"))
    if len(twiml) > MAX_TWIML:
        raise RestError(400, errors.BAD_PARAMETER, "Twiml is longer than 4000 characters")
    return Inline(twiml) if twiml else None


def method(form: Form, name: str) -> str:
    """GET or POST (the default)."""
    word = text(form, name) or "POST"
    if word not in {"GET", "POST"}:
        raise RestError(400, errors.BAD_PARAMETER, f"{name} is GET or POST")
    return word


def seconds(form: Form, name: str, default: int, high: int) -> int:
    """Whole seconds from 1 to `high`."""
    given = text(form, name) or str(default)
    if not given.isdecimal() or not 1 <= int(given) <= high:
        raise RestError(400, errors.BAD_TIMEOUT, f"{name} is a number of seconds up to {high}")
    return int(given)


def in_time(query: Mapping[str, str] | MultiMapping[str], name: str, when: datetime | None) -> bool:
    """Whether a time fits `name`, `name<` and `name>` of a query, as far as they are given."""
    for suffix in ("", "<", ">"):
        given = query.get(name + suffix)
        if given is None:
            continue
        low, high = _bounds(name, given)
        if when is None:
            return False
        if (suffix != "<" and when < low) or (suffix != ">" and when >= high):
            return False
    return True


def _bounds(name: str, text: str) -> tuple[datetime, datetime]:
    """First moment of a day or second, and the first moment after it."""
    try:
        start = datetime.fromisoformat(text)
    except ValueError as error:
        raise RestError(400, errors.BAD_PARAMETER, f"{name} is not a time") from error
    length = timedelta(days=1) if len(text) == len("2000-01-01") else timedelta(seconds=1)
    start = start if start.tzinfo else start.replace(tzinfo=UTC)
    return start, start + length
