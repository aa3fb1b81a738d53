"""Paths of the page and of its socket, and the part of the control API that furnishes the room."""

import asyncio
import ipaddress
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from switch.audio import NotAudioError, to_ulaw
from switch.browser import desk_page
from switch.browser.desk import Desk
from switch.browser.handset import Role
from switch.browser.page import greet
from switch.browser.room import Person, Room, Utterance

PREFIX = "/phones"
PLAIN = {
    "phones.css": "text/css",
    "phones.js": "text/javascript",
    "show.js": "text/javascript",
    "sound.js": "text/javascript",
    "worklet.js": "text/javascript",
}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "microphone=(self)",
    "Cache-Control": "no-cache",
}
ROOM = web.AppKey("room", Room)
DESK = web.AppKey("desk", Desk)
MOST_PEOPLE = 100
"""Phones in a room; a page with more of them is of no use."""


def add(app: web.Application, room: Room, desk: Desk) -> None:
    """Add the page, and the sockets of pages of the application, to a web application."""
    app[ROOM], app[DESK] = room, desk
    app.add_routes(
        [
            web.get(PREFIX, page),
            web.get(PREFIX + "/socket", socket),
            web.get(PREFIX + "/line", line),
            web.get(PREFIX + "/{file:[a-z.]+}", plain),
        ]
    )


def address(public_url: str, room: Room) -> str:
    """What opens the whole room. The key stands behind #, which no browser sends anywhere."""
    return f"{public_url}{PREFIX}#{room.key}"


async def page(_request: web.Request) -> web.Response:
    """GET phones: the page; it says nothing without the key in its address."""
    return _file("phones.html", "text/html")


async def plain(request: web.Request) -> web.Response:
    """GET phones/{file}: what the page is made of."""
    name = request.match_info["file"]
    if name not in PLAIN:
        raise web.HTTPNotFound
    return _file(name, PLAIN[name])


async def socket(request: web.Request) -> web.StreamResponse:
    """GET phones/socket: the page's WebSocket, for pages of this very address only."""
    if not _ours(request):
        raise web.HTTPForbidden(text="This page is not one of this switch.")
    return await greet(request.app[ROOM], request)


async def line(request: web.Request) -> web.StreamResponse:
    """GET phones/line: the WebSocket of a page of the application, which shows its ticket."""
    return await desk_page.greet(request.app[DESK], request)


async def furnished(room: Room, data: dict[str, Any]) -> None:
    """Put people and utterances into a room. Raises ValueError with a sentence.

    data: `{"people": [{"number", "name", "role"}], "utterances": [{"text", "language", "file"}],
    "home": URL}`; `file`: path of a sound file on this machine.
    """
    try:
        people = [
            Person(str(each["number"]), str(each["name"]), Role(each["role"]))
            for each in data.get("people", [])
        ]
        spoken = [
            Utterance(str(each["text"]), str(each["language"]), await _read(str(each["file"])))
            for each in data.get("utterances", [])
        ]
    except (KeyError, TypeError) as error:
        raise ValueError(
            "people have a number, a name and a role; utterances a text, a language and a file"
        ) from error
    except (OSError, NotAudioError) as error:
        raise ValueError("an utterance's file cannot be read as sound") from error
    if len(people) > MOST_PEOPLE or len({each.number for each in people}) < len(people):
        raise ValueError(f"a room holds up to {MOST_PEOPLE} phones, each with a number of its own")
    room.furnish(people, tuple(spoken), str(data.get("home", "")))


async def _read(name: str) -> bytes:
    data = await asyncio.to_thread(Path(name).read_bytes)
    return await asyncio.to_thread(to_ulaw, data)


def _file(name: str, kind: str) -> web.Response:
    body = files("switch.browser").joinpath("static", name).read_bytes()
    return web.Response(body=body, content_type=kind, charset="utf-8", headers=HEADERS)


def _ours(request: web.Request) -> bool:
    """Whether the page asking was loaded from here: a browser says so by `Origin`, and no name of
    somebody else's may lead here (DNS rebinding), so the host is an address or `localhost`."""
    host = urlsplit(f"//{request.host}").hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        if host != "localhost":
            return False
    return request.headers.get("Origin") == f"{request.scheme}://{request.host}"
