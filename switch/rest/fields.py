"""Fields of REST requests, read and checked; each reader raises RestError."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from aiohttp import web

from switch.callbacks import RecordingHook
from switch.calls import Hooks
from switch.rest import errors
from switch.rest.errors import RestError
from switch.steps import Fetch, Inline, Step

MAX_TWIML = 4000
"""Characters of an inline document."""

ADDRESS = re.compile(r"^(client:[^\s]+|sips?:[^\s@]+@[^\s]+)$", re.IGNORECASE)
_E164 = re.compile(r"^\+[1-9]\d{6,14}$")
_EVENTS = frozenset({"initiated", "ringing", "answered", "completed"})
_RECORDING_EVENTS = frozenset({"in-progress", "completed", "absent"})


class Form:
    """Parameters of a request; remembers which of them were asked for."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        """From names and values; a name may come more than once."""
        self._pairs = list(pairs)
        self._asked: set[str] = set()

    def get(self, name: str, default: str = "") -> str:
        """The first value of a name."""
        return next(iter(self.getall(name)), default)

    def getall(self, name: str) -> list[str]:
        """All values of a name."""
        self._asked.add(name)
        return [value for key, value in self._pairs if key == name]

    def given(self, name: str) -> bool:
        """Whether there is a value, be it empty."""
        return bool(self.getall(name))

    @property
    def without_effect(self) -> list[str]:
        """Names that nobody asked for."""
        return sorted({name for name, _ in self._pairs} - self._asked)


GIVEN = web.RequestKey("given", Form)
"""Where a request keeps its parameters, for whoever wants to know which had no effect."""


async def read(request: web.Request) -> Form:
    """The form of a POST."""
    pairs = (await request.post()).items()
    form = Form((name, value) for name, value in pairs if isinstance(value, str))
    request[GIVEN] = form
    return form


def query(request: web.Request) -> Form:
    """The query of a GET."""
    form = Form(request.query.items())
    request[GIVEN] = form
    return form


def text(form: Form, name: str) -> str:
    """A text; empty when it is not given."""
    return form.get(name)


def flag(form: Form, name: str, default: bool = False) -> bool:
    """`true` or anything else, which is false (Twilio)."""
    given = text(form, name)
    return given.lower() == "true" if given else default


def choice(form: Form, name: str, *allowed: str) -> str:
    """One of some words; the first when it is not given."""
    word = text(form, name) or allowed[0]
    if word not in allowed:
        raise RestError(400, errors.BAD_PARAMETER, f"{name} is one of: {', '.join(allowed)}")
    return word


def url(form: Form, name: str) -> str:
    """An absolute http URL; empty when it is not given."""
    given = text(form, name)
    if given and not given.startswith(("http://", "https://")):
        raise RestError(400, errors.BAD_PARAMETER, f"{name} is not an absolute http URL")
    return given


def recording_hook(form: Form, prefix: str = "RecordingStatusCallback") -> RecordingHook:
    """Where a recording is announced."""
    events = form.getall(prefix + "Event") or ["completed"]
    words = frozenset(word for event in events for word in event.split())
    if not words <= _RECORDING_EVENTS:
        raise RestError(400, errors.BAD_PARAMETER, f"{prefix}Event is unknown")
    return RecordingHook(url(form, prefix), method(form, prefix + "Method"), words)


def to_number(form: Form) -> str:
    """`To`, an E.164 number, `client:name` or `sip:name@host`."""
    number = text(form, "To").strip()
    if not number:
        raise RestError(400, errors.NO_TO, "A 'To' phone number is required")
    number = number if number.startswith("+") else number.partition("?")[0]
    if not (_E164.match(number) or ADDRESS.match(number)):
        raise RestError(400, errors.BAD_TO, "The 'To' number is not a valid phone number")
    return number


def is_number(number: str) -> bool:
    """Whether it is an E.164 number."""
    return _E164.match(number) is not None


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
    events = form.getall("StatusCallbackEvent") or ["completed"]
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
    target, twiml = text(form, "Url"), text(form, "Twiml")
    word = method(form, "Method")
    if target:
        if not target.startswith(("http://", "https://")):
            raise RestError(400, errors.NO_URL, "Url is not an absolute http URL")
        return Fetch(target, word)
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


def wants(form: Form, name: str, value: str | None) -> bool:
    """Whether a value is the one that a query asks for, if it asks for one."""
    return not form.given(name) or form.get(name) == value


def in_time(form: Form, name: str, when: datetime | None) -> bool:
    """Whether a time fits `name`, `name<` and `name>` of a query, as far as they are given."""
    for suffix in ("", "<", ">"):
        given = form.get(name + suffix)
        if not given:
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
