"""A bidirectional media stream: the call's sound over a WebSocket, in Twilio's messages.

Sound flows in telephone time. The far end hears what the server sends in the order it was sent; a
mark comes back when everything before it has been heard.
"""

import asyncio
import base64
import binascii
import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import aiohttp

from switch import callbacks
from switch.calls import new_sid
from switch.clock import FRAME_S
from switch.g711 import FRAME, SILENCE
from switch.signature import sign
from switch.webhook import USER_AGENT

if TYPE_CHECKING:
    from switch.session import Session

CONNECT_S = 5.0
"""Wall seconds in which the server must have answered the handshake."""
MOST_BEHIND = 1500
"""Messages that wait for a slow server: 30 s of sound."""
FLUSH_S = 5.0
"""Wall seconds that the last messages get to leave."""
SERVER, HANGUP, REPLACED, FAILED = "server", "hangup", "replaced", "error"
"""Who ended a stream."""


class StreamError(Exception):
    """The stream could not be opened, or broke; the text never holds what was said."""


@dataclass(frozen=True)
class Target:
    """Where a stream goes: its URL, name, parameters, and where its progress is told."""

    url: str
    name: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    callback_url: str = ""
    callback_method: str = "POST"


class Player:
    """What the server wants heard, frame by frame; `on_mark` is told of each mark reached."""

    def __init__(self, on_mark: Callable[[str], None], on_heard: Callable[[], None]) -> None:
        """on_heard: called once, when the first sound was heard to its end."""
        self._queue: deque[bytes | str] = deque()
        self._on_mark, self._on_heard = on_mark, on_heard
        self._heard_any = False

    def add(self, audio: bytes) -> None:
        """Queue µ-law audio; its last frame is filled up with silence."""
        if audio:
            self._queue.append(audio + b"\xff" * (-len(audio) % FRAME))

    def mark(self, name: str) -> None:
        """Queue a mark; without anything before it, it is reached at once."""
        self._queue.append(name)
        self._reach_marks()

    def clear(self) -> None:
        """Forget all sound; every mark is reached."""
        self._queue = deque(item for item in self._queue if isinstance(item, str))
        self._reach_marks()

    def read(self) -> bytes:
        """The next frame; silence when there is nothing."""
        if not self._queue:
            return SILENCE
        audio = self._queue[0]
        assert isinstance(audio, bytes)  # noqa: S101 - marks at the head are taken at once
        frame, rest = audio[:FRAME], audio[FRAME:]
        if rest:
            self._queue[0] = rest
            return frame
        self._queue.popleft()
        if not self._heard_any:
            self._heard_any = True
            self._on_heard()
        self._reach_marks()
        return frame

    def _reach_marks(self) -> None:
        while self._queue and isinstance(self._queue[0], str):
            self._on_mark(str(self._queue.popleft()))


class MediaStream:
    """One stream of one call. `open`, then `pump` until the server ends it, then `close`."""

    def __init__(self, session: "Session", target: Target) -> None:
        self.sid = new_sid("MZ")
        self.frames = 0
        self._session, self._target = session, target
        self._player = Player(self._marked, self._beeped)
        self._messages: asyncio.Queue[str | None] = asyncio.Queue()
        self._number = 0
        self._client: aiohttp.ClientSession | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._sender: asyncio.Task[None] | None = None
        self._broken: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def open(self) -> None:
        """Connect and say `connected` and `start`. Raises StreamError."""
        faults, config = self._session.exchange.faults, self._session.exchange.config
        if faults.stream == "refuse":
            raise StreamError("refused")
        headers = {
            "X-Twilio-Signature": sign(config.auth_token, self._target.url),
            "User-Agent": USER_AGENT,
        }
        self._client = aiohttp.ClientSession()
        try:
            async with asyncio.timeout(CONNECT_S):
                self._socket = await self._client.ws_connect(
                    self._target.url, headers=headers, max_msg_size=1024 * 1024
                )
        except aiohttp.WSServerHandshakeError as error:
            await self._client.close()
            raise StreamError(f"handshake answered with {error.status}") from None
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            await self._client.close()
            raise StreamError(f"no connection: {type(error).__name__}") from None
        except BaseException:
            await self._client.close()
            raise
        self._greet()

    def _greet(self) -> None:
        account = self._session.exchange.config.account_sid
        start: dict[str, Any] = {
            "accountSid": account,
            "streamSid": self.sid,
            "callSid": self._session.call.sid,
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        }
        parameters = {"customParameters": dict(self._target.parameters)}
        self._put({"event": "connected", "protocol": "Call", "version": "1.0.0"})
        if self._session.exchange.faults.stream == "somleng":
            self._say("start", start=start, **parameters)
        else:
            self._say("start", start=start | parameters)

    async def pump(self) -> None:
        """Let sound flow both ways until the server closes. Raises StreamError when it breaks."""
        line = self._session.line
        line.sink, line.on_key, line.source = self._hear, self._press, self._player
        tell(self._session, self._target, self.sid, "stream-started")
        self._session.exchange.note(self._session.call, "stream_started", sid=self.sid)
        sender = self._sender = asyncio.create_task(self._send())
        reader = asyncio.create_task(self._read())
        try:
            over: set[asyncio.Future[Any]] = {sender, reader, self._broken}
            await asyncio.wait(over, return_when=asyncio.FIRST_COMPLETED)
            if self._broken.done():
                raise StreamError(self._broken.result())
            (reader if reader.done() else sender).result()
        finally:
            line.sink = line.on_key = None
            line.stop(self._player)
            reader.cancel()
            await asyncio.gather(reader, return_exceptions=True)

    async def close(self, reason: str) -> None:
        """Say `stop` if the call ended it, and close."""
        if self._socket is None or self._client is None:
            return
        sender = self._sender or asyncio.create_task(self._send())
        if reason in (HANGUP, REPLACED):
            config, call = self._session.exchange.config, self._session.call
            self._say("stop", stop={"accountSid": config.account_sid, "callSid": call.sid})
        self._messages.put_nowait(None)
        try:
            async with asyncio.timeout(FLUSH_S):
                await asyncio.wait({sender})  # how it ended has been told by now
                await self._socket.close()
        except TimeoutError:
            _abort(self._socket)  # the other side does not listen: nothing more can be said to it
        finally:
            sender.cancel()
            await asyncio.gather(sender, return_exceptions=True)
            await self._client.close()

    async def _send(self) -> None:
        assert self._socket is not None  # noqa: S101 - `open` came before
        while (message := await self._messages.get()) is not None:
            try:
                await self._socket.send_str(message)
            except (OSError, aiohttp.ClientError):
                raise StreamError("connection lost") from None

    async def _read(self) -> None:
        assert self._socket is not None  # noqa: S101 - `open` came before
        async for message in self._socket:
            if message.type is aiohttp.WSMsgType.TEXT:
                self._take(str(message.data))
        if self._socket.close_code not in (1000, 1001):
            raise StreamError(f"closed with {self._socket.close_code}")

    def _take(self, text: str) -> None:
        """Do what the server asks; what cannot be understood is noted."""
        try:
            message = json.loads(text)
            match message["event"]:
                case "media":
                    payload = message["media"]["payload"]
                    self._player.add(base64.b64decode(payload, validate=True))
                case "mark":
                    self._player.mark(str(message["mark"]["name"]))
                case "clear":
                    self._player.clear()
                case _:
                    raise ValueError("unknown event")
        except (ValueError, KeyError, TypeError, binascii.Error):
            self._session.exchange.note(self._session.call, "error", code=31951, what="stream")

    def _hear(self, frame: bytes) -> None:
        at_ms = str(round(self.frames * FRAME_S * 1000))
        self.frames += 1
        payload = base64.b64encode(frame).decode()
        media = {"track": "inbound", "chunk": str(self.frames), "timestamp": at_ms}
        self._say("media", media={**media, "payload": payload})
        name, _, frames = self._session.exchange.faults.stream.partition(":")
        if name == "cut" and self.frames >= int(float(frames)):
            self._break("cut")

    def _press(self, digit: str) -> None:
        self._say("dtmf", dtmf={"track": "inbound_track", "digit": digit})

    def _marked(self, name: str) -> None:
        self._say("mark", mark={"name": name})

    def _beeped(self) -> None:
        # What a phone waits for before it speaks, as with <Record>.
        self._session.exchange.note(self._session.call, "beep")
        self._session.exchange.note(self._session.call, "recording_started", sid=self.sid)

    def _say(self, event: str, **content: Any) -> None:
        self._number += 1
        number = str(self._number)
        self._put({"event": event, "sequenceNumber": number, "streamSid": self.sid, **content})
        if self._messages.qsize() > MOST_BEHIND:
            self._break("the server is too slow")

    def _put(self, message: Mapping[str, Any]) -> None:
        self._messages.put_nowait(json.dumps(message))

    def _break(self, why: str) -> None:
        if not self._broken.done():
            self._broken.set_result(why)
            if self._socket is not None:
                _abort(self._socket)


def _abort(socket: aiohttp.ClientWebSocketResponse) -> None:
    """Cut the connection without a word, as a broken network does."""
    connection = socket._response.connection
    if connection is not None and connection.transport is not None:
        connection.transport.abort()


def tell(session: "Session", target: Target, sid: str, event: str, error: str = "") -> None:
    """Send the stream's status callback if it was asked for; returns at once."""
    if not target.callback_url:
        return
    params = {
        "AccountSid": session.exchange.config.account_sid,
        "CallSid": session.call.sid,
        "StreamSid": sid,
        "StreamName": target.name,
        "StreamEvent": event,
        "Timestamp": datetime.now(UTC).isoformat(),
    } | ({"StreamError": error} if error else {})
    url = session.absolute(target.callback_url)
    work = callbacks.send(session.exchange, url, target.callback_method, params, session.call)
    session.exchange.spawn(work)
