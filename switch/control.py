"""The control API: what demo and tests use to set up phones and to see what really happened."""

import hmac
import json
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from switch import placing, texting
from switch.audio import to_wav
from switch.browser.routes import ROOM, address, furnished
from switch.calls import Call, Moment
from switch.keys import EXCHANGE
from switch.phones.script import ScriptError, parse
from switch.phones.scripted import ScriptedPhone

PREFIX = "/control/"
MAX_WAIT_S = 60.0
_KEYS = frozenset("0123456789*#ABCD")


def add(app: web.Application) -> None:
    """Add the control paths to an application."""
    app.add_routes(
        [
            web.put("/control/number", set_number),
            web.put("/control/phones/{number}", register),
            web.put("/control/phones/{number}/about", set_about),
            web.get("/control/phones/{number}/heard.wav", heard),
            web.get("/control/phones/{number}/said.wav", said),
            web.post("/control/phones/{number}/texts", write_text),
            web.get("/control/phones/{number}/texts", texts),
            web.post("/control/calls", dial),
            web.get("/control/calls", listing),
            web.post("/control/calls/{sid}/hangup", hang_up),
            web.post("/control/calls/{sid}/key", key),
            web.get("/control/journal", journal),
            web.get("/control/lines", lines),
            web.put("/control/lines/numbers", set_numbers),
            web.put("/control/faults", set_faults),
            web.get("/control/faults", get_faults),
            web.put("/control/speed", set_speed),
            web.put("/control/room", furnish),
            web.post("/control/room/attach", attach),
        ]
    )


class ControlError(Exception):
    """A request that cannot be carried out; `message` says what to do."""

    def __init__(self, status: int, message: str) -> None:
        """`status` is HTTP's."""
        super().__init__(message)
        self.status = status


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Ask for the token; turn errors into ``{"error": text}``."""
    if not request.path.startswith(PREFIX):
        return await handler(request)
    expected = f"Bearer {request.app[EXCHANGE].config.auth_token}".encode()
    if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), expected):
        return web.json_response({"error": "the control token is missing or wrong"}, status=401)
    try:
        return await handler(request)
    except ControlError as error:
        return web.json_response({"error": str(error)}, status=error.status)


async def set_number(request: web.Request) -> web.Response:
    """PUT number: voice_url, status_callback, fallback_url, message_url of the hotline's number."""
    number, data = request.app[EXCHANGE].number, await _object(request)
    for name, value in data.items():
        if name not in {"voice_url", "status_callback", "fallback_url", "message_url"}:
            raise ControlError(400, f"unknown: {name}")
        setattr(number, name, str(value or ""))
    return web.json_response({"ok": True})


async def register(request: web.Request) -> web.Response:
    """PUT phones/{number}: add a phone or give it another script."""
    try:
        script = parse(await _object(request))
    except ScriptError as error:
        raise ControlError(400, str(error)) from error
    request.app[EXCHANGE].phones.register(request.match_info["number"], script)
    return web.json_response({"ok": True})


async def set_about(request: web.Request) -> web.Response:
    """PUT phones/{number}/about: what every webhook of its calls says besides (FromCity, …)."""
    about = {name: str(value) for name, value in (await _object(request)).items()}
    request.app[EXCHANGE].about[request.match_info["number"]] = about
    return web.json_response({"ok": True})


async def dial(request: web.Request) -> web.Response:
    """POST calls: a registered phone dials the hotline; 201 with the call's identifier."""
    exchange, data = request.app[EXCHANGE], await _object(request)
    if data.get("to", exchange.config.hotline_number) != exchange.config.hotline_number:
        raise ControlError(400, "phones can dial the hotline's number only")
    if not exchange.number.voice_url:
        raise ControlError(409, "the hotline's number has no voice_url yet")
    if not exchange.phones.known(str(data.get("from"))):
        raise ControlError(404, "no phone is registered with that number")
    call = placing.dial_in(exchange, str(data["from"]))
    return web.json_response({"call_sid": call.sid}, status=201)


async def listing(request: web.Request) -> web.Response:
    """GET calls: every leg, oldest first; times in telephone seconds."""
    legs = [_leg(call) for call in request.app[EXCHANGE].calls.values()]
    return web.json_response({"calls": legs, "now": request.app[EXCHANGE].clock.now})


async def hang_up(request: web.Request) -> web.Response:
    """POST calls/{sid}/hangup: the phone at the far end hangs up now."""
    placing.hang_up(request.app[EXCHANGE], _call(request), by="control")
    return web.json_response({"ok": True})


async def key(request: web.Request) -> web.Response:
    """POST calls/{sid}/key with digits: the phone at the far end presses keys."""
    digits = (await _object(request)).get("digits")
    if not isinstance(digits, str) or not digits or not set(digits) <= _KEYS:
        raise ControlError(400, "digits is a text of keys")
    call = _call(request)
    if not call.live:
        raise ControlError(409, "the call is not in progress")
    placing.press(request.app[EXCHANGE], call, digits)
    return web.json_response({"ok": True})


async def journal(request: web.Request) -> web.Response:
    """GET journal?after=N&wait=S: events numbered above N, waiting S wall seconds for the first."""
    after, wait_s = _number(request, "after"), _number(request, "wait")
    events = await request.app[EXCHANGE].journal.after(int(after), min(wait_s, MAX_WAIT_S))
    return web.json_response({"events": events, "next": events[-1]["n"] if events else int(after)})


async def heard(request: web.Request) -> web.Response:
    """GET phones/{number}/heard.wav?call_sid=: what the phone heard on its last or a given call."""
    return _wav(bytes(_handset(request).heard))


async def said(request: web.Request) -> web.Response:
    """GET phones/{number}/said.wav?call_sid=: what the phone sent."""
    return _wav(bytes(_handset(request).said))


async def write_text(request: web.Request) -> web.Response:
    """POST phones/{number}/texts with body, pictures, opt_out: the phone writes to the hotline; 201
    with the text's identifier once the application has answered, or failed to."""
    exchange, data = request.app[EXCHANGE], await _object(request)
    body, pictures = data.get("body", ""), data.get("pictures", 0)
    if not exchange.number.message_url:
        raise ControlError(409, "the hotline's number has no message_url yet")
    if not isinstance(body, str) or pictures not in range(texting.MOST_PICTURES + 1):
        raise ControlError(400, "body is a text, pictures a number up to 10")
    opt_out = str(data.get("opt_out", ""))
    text = await texting.text_in(exchange, request.match_info["number"], body, pictures, opt_out)
    return web.json_response({"message_sid": text.sid}, status=201)


async def texts(request: web.Request) -> web.Response:
    """GET phones/{number}/texts: what the phone has got, oldest first."""
    found = request.app[EXCHANGE].messages.on_phone(request.match_info["number"])
    return web.json_response({"texts": found})


async def lines(request: web.Request) -> web.Response:
    """GET lines: the port where SIP lines take calls, 0 while there are none; and how the lines
    are, of whichever kind."""
    exchange = request.app[EXCHANGE]
    told = {} if exchange.lines is None else exchange.lines()
    return web.json_response({"sip_port": exchange.sip_port} | told)


async def set_numbers(request: web.Request) -> web.Response:
    """PUT lines/numbers with numbers: these may be rung outside, and no others any more."""
    ringable, numbers = request.app[EXCHANGE].ringable, (await _object(request)).get("numbers")
    if ringable is None:
        raise ControlError(409, "start the switch with lines and --sip-allowed -, or Asterisk's")
    if not isinstance(numbers, list) or not all(isinstance(each, str) for each in numbers):
        raise ControlError(400, "numbers is a list of texts")
    try:
        ringable.give(numbers)
    except ValueError as error:
        raise ControlError(400, str(error)) from error
    return web.json_response({"ok": True})


async def set_faults(request: web.Request) -> web.Response:
    """PUT faults: see `switch.faults`; answers with all of them."""
    try:
        request.app[EXCHANGE].faults.update(await _object(request))
    except ValueError as error:
        raise ControlError(400, str(error)) from error
    return await get_faults(request)


async def get_faults(request: web.Request) -> web.Response:
    """GET faults: what is set, and how much of it is left."""
    return web.json_response(request.app[EXCHANGE].faults.as_dict())


async def set_speed(request: web.Request) -> web.Response:
    """PUT speed: telephone seconds per wall second from now on."""
    data = await _object(request)
    try:
        request.app[EXCHANGE].clock.set_speed(float(data["speed"]))
    except (KeyError, TypeError, ValueError) as error:
        raise ControlError(400, "speed must be a positive number") from error
    return web.json_response({"speed": request.app[EXCHANGE].clock.speed})


async def furnish(request: web.Request) -> web.Response:
    """PUT room: the phones that live in browsers; answers with the address that opens them all."""
    room = request.app[ROOM]
    try:
        await furnished(room, await _object(request))
    except ValueError as error:
        raise ControlError(400, str(error)) from error
    return web.json_response({"url": address(request.app[EXCHANGE].public_url, room)})


async def attach(request: web.Request) -> web.Response:
    """POST room/attach: numbers that scripts have taken meanwhile ring in browsers again."""
    request.app[ROOM].attach()
    return web.json_response({"ok": True})


async def _object(request: web.Request) -> dict[str, Any]:
    try:
        data = await request.json()
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ControlError(400, "the body is not JSON") from error
    if not isinstance(data, dict):
        raise ControlError(400, "the body is not an object")
    return data


def _number(request: web.Request, name: str) -> float:
    try:
        return max(0.0, float(request.query.get(name, "0")))
    except ValueError as error:
        raise ControlError(400, f"{name} is a number") from error


def _call(request: web.Request) -> Call:
    call = request.app[EXCHANGE].calls.get(request.match_info["sid"])
    if call is None:
        raise ControlError(404, "no such call")
    return call


def _handset(request: web.Request) -> ScriptedPhone:
    number, sid = request.match_info["number"], request.query.get("call_sid")
    phone = request.app[EXCHANGE].phones.find(number, sid)
    if phone is None:
        raise ControlError(404, "that phone was in no such call")
    return phone


def _leg(call: Call) -> dict[str, Any]:
    return {
        "call_sid": call.sid,
        "number": call.far_number,
        "direction": str(call.direction),
        "status": str(call.status),
        "cause": call.cause,
        "parent_call_sid": call.parent_sid,
        "started": _at(call.started),
        "answered": _at(call.answered),
        "ended": _at(call.ended),
    }


def _at(moment: Moment | None) -> float | None:
    return None if moment is None else round(moment.at, 3)


def _wav(ulaw: bytes) -> web.Response:
    return web.Response(body=to_wav(ulaw), content_type="audio/x-wav")
