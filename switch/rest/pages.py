"""Lists in pages, with Twilio's paging fields."""

from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from switch.rest.errors import BAD_PARAMETER, RestError
from switch.rest.fields import GIVEN, Form

DEFAULT_SIZE = 50
MAX_SIZE = 1000


def page(request: web.Request, key: str, bodies: list[dict[str, Any]]) -> web.Response:
    """The page of `bodies` that the query asks for by PageSize and Page."""
    form = request[GIVEN]
    size = min(MAX_SIZE, _whole(form, "PageSize", DEFAULT_SIZE, 1))
    number = _whole(form, "Page", 0, 0)
    form.getall("PageToken")
    start = size * number
    shown = bodies[start : start + size]
    more = start + size < len(bodies)
    return web.json_response(
        {
            key: shown,
            "page": number,
            "page_size": size,
            "start": start,
            "end": max(start, start + len(shown) - 1),
            "uri": request.path_qs,
            "first_page_uri": _uri(request, size, 0),
            "previous_page_uri": _uri(request, size, number - 1) if number else None,
            "next_page_uri": _uri(request, size, number + 1) if more else None,
        }
    )


def _uri(request: web.Request, size: int, number: int) -> str:
    kept = [(k, v) for k, v in request.query.items() if k not in {"Page", "PageSize"}]
    return f"{request.path}?{urlencode([*kept, ('PageSize', size), ('Page', number)])}"


def _whole(form: Form, name: str, default: int, low: int) -> int:
    text = form.get(name, str(default))
    if not text.isdecimal() or int(text) < low:
        raise RestError(400, BAD_PARAMETER, f"{name} is not a whole number from {low}")
    return int(text)
