"""An Asterisk that is not one: ARI over HTTP and WebSocket, with telephones that a test plays.

Every request is checked against the descriptions (`tests.support.ari`), events have all that their
models require, and sound passes between the channels of a bridge at 20 ms a frame. What it refuses
it refuses as Asterisk does: a channel outside Stasis, a bridge that is not there, a wrong password.
Whatever was wrong with a request is kept in `wrong`, which tests expect to be empty.
"""

import asyncio
import base64
import contextlib
import itertools
import ssl
from pathlib import Path
from typing import Any, Self

import aiohttp
from aiohttp import web

from switch.g711 import FRAME, SILENCE
from tests.support.ari import Matched, NotDescribedError, match
from tests.support.asterisk_model import Channel, bridge_model, channel_model, now, told

USER, PASSWORD = "hotline", "secret 1"
CAUSES = {"normal": 16, "busy": 17, "congestion": 34, "no_answer": 19, "failure": 38}
REFUSED = {"busy": 17, "declined": 21, "absent": 19, "unknown": 1}


class FakeAsterisk:
    """Use it as an async context manager. `phones`: what an endpoint does when it is rung: answers,
    rings, busy, declined, absent, unknown."""

    def __init__(self, *, json_words: bool = False, certificate: Path | None = None) -> None:
        """json_words: chan_websocket tells its words as JSON and not as plain text. certificate: a
        file with it and its key; then everything is encrypted."""
        self._tls: ssl.SSLContext | None = None
        if certificate is not None:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(certificate)
        self._json_words = json_words
        self.url = ""
        self.password = PASSWORD
        self.phones: dict[str, str] = {}
        self.endpoints = {"PJSIP/trunk": "online"}
        self.modules = {"chan_websocket.so"}
        self.wrong: list[str] = []
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.addresses: list[str] = []
        self.dialplan: list[str] = []
        """Channels that went on behind Stasis."""
        self.failing: dict[str, int] = {}
        """By name of a request: the code with which it is refused."""
        self.channels: dict[str, Channel] = {}
        self.dialed: list[Channel] = []
        """Telephones that were rung, also those that are not any more."""
        self.bridges: dict[str, set[str]] = {}
        self.app = ""
        self._events: web.WebSocketResponse | None = None
        self._numbers = itertools.count(1)
        self._ringing: set[asyncio.Task[None]] = set()
        self._news = asyncio.Event()
        self._port = 0

    async def __aenter__(self) -> Self:
        await self.up()
        self._clock = asyncio.create_task(self._frames())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._clock.cancel()
        await asyncio.gather(self._clock, return_exceptions=True)
        await self.down()
        assert self.wrong == []

    async def up(self) -> None:
        """Listen, where it listened before."""
        app = web.Application()
        app.router.add_get("/ari/events", self._events_socket)
        app.router.add_get("/media/{connection}", self._media_socket)
        app.router.add_route("*", "/ari/{path:.*}", self._rest)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(
            self._runner, "127.0.0.1", self._port, reuse_address=True, ssl_context=self._tls
        ).start()
        self._port = self._runner.addresses[0][1]
        self.url = f"http{'s' * bool(self._tls)}://127.0.0.1:{self._port}"

    async def down(self) -> None:
        """End at once, with all calls: nobody is told anything any more."""
        wires = [channel.wire for channel in self.channels.values()] + [self._events]
        self._events = None
        for channel in self.channels.values():
            channel.over.set()
        self.channels.clear()
        self.bridges.clear()
        for wire in wires:
            if wire is not None:
                with contextlib.suppress(ConnectionError):
                    await wire.close()
        await self._runner.cleanup()

    async def cut(self) -> None:
        """Lose the WebSocket of events alone."""
        wire, self._events = self._events, None
        if wire is not None:
            await wire.close()
        self._changed()

    # What telephones outside do.

    async def call(self, number: str = "+15550100001") -> Channel:
        """Somebody calls, and the dialplan hands the call to Stasis."""
        channel = self._make(Channel(f"1700000000.{next(self._numbers)}", "Ring", number))
        await self._enter_stasis(channel, [])
        return channel

    async def press(self, channel: Channel, digits: str) -> None:
        """Press keys."""
        for digit in digits:
            await self._tell("ChannelDtmfReceived", channel, digit=digit, duration_ms=100)

    async def hang_up(self, channel: Channel, cause: int = 16) -> None:
        """The far end hangs up, or refuses."""
        await self._destroy(channel, cause)

    async def answer(self, channel: Channel) -> None:
        """A phone that rings is picked up."""
        channel.state = "Up"
        await self._tell("ChannelStateChange", channel)
        await self._enter_stasis(channel, [channel.tells])

    async def rung(self, count: int = 1) -> Channel:
        """The `count`th telephone that was rung, once it is."""
        await self.until(lambda: len(self.dialed) >= count)
        return self.dialed[count - 1]

    async def until(self, true: Any, patience_s: float = 20.0) -> None:
        """Wait for something that follows from a request, an event or sound."""
        async with asyncio.timeout(patience_s):
            while not true():
                self._news.clear()
                await self._news.wait()

    def requests(self, name: str) -> list[dict[str, Any]]:
        """The fields of all requests of a name, `POST /channels` for example."""
        return [fields for asked, fields in self.asked if asked == name]

    # The interface.

    async def _events_socket(self, request: web.Request) -> web.StreamResponse:
        self.addresses.append(request.path_qs)
        if (refusal := self._unknown(request)) is not None:
            return refusal
        self._match(request, "/events", dict(request.query))
        wire = web.WebSocketResponse(protocols=("ari",))
        await wire.prepare(request)
        if wire.ws_protocol != "ari":
            self.wrong.append("the WebSocket of events has not the protocol ari")
        before, self._events, self.app = self._events, wire, request.query["app"]
        if before is not None:
            await before.send_json({"type": "ApplicationReplaced", "application": self.app})
        self._changed()
        async for _ in wire:
            pass
        if self._events is wire:
            self._events = None
        return wire

    async def _media_socket(self, request: web.Request) -> web.StreamResponse:
        self.addresses.append(request.path_qs)
        connection = request.match_info["connection"]
        channel = next((c for c in self.channels.values() if c.connection == connection), None)
        if channel is None:
            return web.Response(status=404)
        if channel.wire is not None:
            return web.Response(status=409)
        wire = web.WebSocketResponse(protocols=("media",))
        await wire.prepare(request)
        if wire.ws_protocol != "media":
            self.wrong.append("the WebSocket of sound has not the protocol media")
        channel.wire, channel.state = wire, "Up"
        await wire.send_str(told("MEDIA_START", channel, as_json=self._json_words))
        await self._enter_stasis(channel, [])
        async for message in wire:
            if message.type is aiohttp.WSMsgType.BINARY:
                if len(message.data) % FRAME or len(message.data) > 65500:
                    self.wrong.append(f"{len(message.data)} bytes of sound in one message")
                channel.say(message.data)
            elif message.type is aiohttp.WSMsgType.TEXT:
                self.wrong.append(
                    "words to chan_websocket: which kind it reads is its owner's choice"
                )
        if channel.id in self.channels:
            await self._destroy(channel, 16)
        return wire

    async def _rest(self, request: web.Request) -> web.StreamResponse:
        self.addresses.append(request.path_qs)
        if (refusal := self._unknown(request)) is not None:
            return refusal
        fields = dict(request.query)
        if request.method == "POST" and request.can_read_body:
            fields |= await request.json()
        found = self._match(request, "/" + request.match_info["path"], fields)
        if found is None:
            return web.json_response({"message": "Invalid"}, status=404)
        self.asked.append((found.name, fields))
        if found.name in self.failing:
            return web.json_response({"message": "Refused"}, status=self.failing[found.name])
        status, body = await self._do(found, fields)
        if status >= 400 and status not in found.refuses:
            self.wrong.append(f"{found.name} is refused with {status}, which is not described")
        self._changed()
        if body is None:
            return web.Response(status=status)
        return web.json_response(body, status=status)

    def _unknown(self, request: web.Request) -> web.Response | None:
        given = base64.b64encode(f"{USER}:{self.password}".encode()).decode()
        if request.headers.get("Authorization") == f"Basic {given}":
            return None
        return web.json_response({"error": "Authentication required"}, status=401)

    def _match(self, request: web.Request, path: str, fields: dict[str, Any]) -> Matched | None:
        try:
            return match(request.method, path, fields)
        except NotDescribedError as error:
            self.wrong.append(str(error))
            return None

    async def _do(self, found: Matched, fields: dict[str, Any]) -> tuple[int, Any]:
        words = found.words
        channel = self.channels.get(words.get("channelId", ""))
        if "channelId" in words and channel is None:
            return 404, {"message": "Channel not found"}
        match found.name:
            case "GET /channels":
                return 200, [channel_model(each, self.app) for each in self.channels.values()]
            case "GET /bridges":
                return 200, [bridge_model(name, ids) for name, ids in self.bridges.items()]
            case "GET /applications/{applicationName}":
                return self._application(words["applicationName"])
            case "GET /asterisk/info":
                return 200, {"system": {"version": "22.10.1", "entity_id": "0"}}
            case "GET /asterisk/modules/{moduleName}":
                there = words["moduleName"] in self.modules
                return (200, {"name": words["moduleName"]}) if there else (404, {"message": ""})
            case "GET /endpoints/{tech}/{resource}":
                state = self.endpoints.get(f"{words['tech']}/{words['resource']}")
                return (200, {"state": state, **words}) if state else (404, {"message": ""})
            case "POST /channels":
                return await self._originate(fields)
            case "POST /channels/externalMedia":
                return self._external(fields)
            case "POST /bridges":
                self.bridges[fields["bridgeId"]] = set()
                return 200, bridge_model(fields["bridgeId"], ())
            case "DELETE /bridges/{bridgeId}":
                members = self.bridges.pop(words["bridgeId"], None)
                for member in members or ():
                    self.channels[member].bridge = ""
                return (204, None) if members is not None else (404, {"message": ""})
            case "POST /bridges/{bridgeId}/addChannel":
                return self._add(words["bridgeId"], str(fields["channel"]).split(","))
        assert channel is not None
        return await self._do_with(found.name, channel, fields)

    async def _do_with(
        self, name: str, channel: Channel, fields: dict[str, Any]
    ) -> tuple[int, Any]:
        if name == "DELETE /channels/{channelId}":
            await self._destroy(channel, CAUSES[fields.get("reason", "normal")])
            return 204, None
        if name == "GET /channels/{channelId}/variable":
            return 200, {"value": channel.connection}
        if not channel.in_stasis:
            return 409, {"message": "Channel not in a Stasis application"}
        if name == "POST /channels/{channelId}/answer":
            channel.state = "Up"
        elif name == "POST /channels/{channelId}/continue":
            self.dialplan.append(channel.id)
            channel.in_stasis = False
            await self._tell("StasisEnd", channel)
        return 204, None

    def _application(self, name: str) -> tuple[int, Any]:
        if self._events is None or name != self.app:
            return 404, {"message": "Application does not exist."}
        ids = [each.id for each in self.channels.values() if each.in_stasis]
        return 200, {"name": name, "channel_ids": ids, "bridge_ids": [], "endpoint_ids": []}

    async def _originate(self, fields: dict[str, Any]) -> tuple[int, Any]:
        if fields["channelId"] in self.channels:
            return 409, {"message": "Channel with given unique ID already exists."}
        does = self.phones.get(fields["endpoint"], "unknown")
        if does == "unknown":
            return 400, {"message": "Endpoint not found"}
        channel = self._make(Channel(fields["channelId"], "Down", tells=fields["appArgs"]))
        self.dialed.append(channel)
        self._ringing.add(asyncio.create_task(self._ring(channel, does)))
        return 200, channel_model(channel, self.app)

    async def _ring(self, channel: Channel, does: str) -> None:
        if does in REFUSED:
            await self._destroy(channel, REFUSED[does])
            return
        channel.state = "Ringing"
        await self._tell("ChannelStateChange", channel)
        if does == "answers":
            await self.answer(channel)

    def _external(self, fields: dict[str, Any]) -> tuple[int, Any]:
        kind = (fields.get("transport"), fields.get("encapsulation"), fields.get("format"))
        if kind != ("websocket", "none", "ulaw"):
            self.wrong.append(f"sound as {kind}")
        channel = self._make(Channel(fields["channelId"], "Down"))
        channel.connection = f"connection-{next(self._numbers)}"
        variables = {"MEDIA_WEBSOCKET_CONNECTION_ID": channel.connection}
        # Both ways of telling it are in use: every second time it has to be asked for.
        more = {"channelvars": variables} if next(self._numbers) % 2 else {}
        return 200, channel_model(channel, self.app) | more

    def _add(self, bridge: str, names: list[str]) -> tuple[int, Any]:
        if bridge not in self.bridges:
            return 404, {"message": "Bridge not found"}
        for name in names:
            if name not in self.channels:
                return 400, {"message": "Channel not found"}
            if not self.channels[name].in_stasis:
                return 422, {"message": "Channel not in Stasis application"}
        for name in names:
            self.channels[name].bridge = bridge
            self.bridges[bridge].add(name)
        return 204, None

    # Events and sound.

    def _make(self, channel: Channel) -> Channel:
        self.channels[channel.id] = channel
        self._changed()
        return channel

    async def _enter_stasis(self, channel: Channel, args: list[str]) -> None:
        if self._events is None:  # nobody is the application: the dialplan goes on
            self.dialplan.append(channel.id)
            return
        channel.in_stasis = True
        await self._tell("StasisStart", channel, args=args)

    async def _destroy(self, channel: Channel, cause: int) -> None:
        if self.channels.pop(channel.id, None) is None:
            return
        for members in self.bridges.values():
            members.discard(channel.id)
        if channel.in_stasis:
            await self._tell("StasisEnd", channel)
        channel.cause = cause
        channel.over.set()
        await self._tell("ChannelDestroyed", channel, cause=cause, cause_txt="")
        if channel.wire is not None:
            with contextlib.suppress(ConnectionError):
                await channel.wire.close()

    async def _tell(self, kind: str, channel: Channel, **details: Any) -> None:
        event: dict[str, Any] = {
            "type": kind,
            "application": self.app,
            "timestamp": now(),
            "asterisk_id": "0",
        }
        if self._events is not None:
            with contextlib.suppress(ConnectionError):
                await self._events.send_json(
                    event | {"channel": channel_model(channel, self.app)} | details
                )
        self._changed()

    async def _frames(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            due = max(due + 0.02, loop.time() - 0.1)
            await asyncio.sleep(max(0.0, due - loop.time()))
            for members in list(self.bridges.values()):
                both = [self.channels[name] for name in members if name in self.channels]
                for far in (each for each in both if not each.connection):
                    for sound in (each for each in both if each.wire is not None):
                        await self._pass(far, sound)

    async def _pass(self, far: Channel, sound: Channel) -> None:
        far.heard += sound.says.popleft() if sound.says else SILENCE
        if sound.wire is not None and not sound.wire.closed:
            with contextlib.suppress(ConnectionError):
                await sound.wire.send_bytes(far.says.popleft() if far.says else SILENCE)
        self._changed()

    def _changed(self) -> None:
        self._news.set()
