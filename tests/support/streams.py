"""A carrier's end of a media stream, and the media process's server in this process."""

import asyncio
import base64
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import soundfile
from sqlalchemy import select
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped, unused-ignore]

from hotline.context import Runtime
from hotline.reports import audio, intake, streams
from hotline.reports.model import AudioStream, Call, Message, MessageKind
from hotline.tasks import heartbeat
from transcription.media import process
from transcription.media.g711 import RATE
from transcription.media.house import House
from transcription.media.server import serving

FRAME = 160
URL = "ws://127.0.0.1:9/voice/stream"
"""HOTLINE_MEDIA_URL of the tests: what is signed; the server itself listens on any port."""


SPEECH = Path(__file__).parents[1] / "data" / "speech"
SECOND = b"\xff" * RATE
"""A second of silence."""


def ulaw(language: str = "en") -> bytes:
    """The first held-out sentence of a language as the telephone carries it."""
    data = (SPEECH / language / "seen" / "001.wav").read_bytes()
    with soundfile.SoundFile(io.BytesIO(data)) as file:
        return data[-file.frames :]


async def until(met: Callable[[], bool]) -> None:
    """Wait for a condition."""
    async with asyncio.timeout(30):
        while not met():
            await asyncio.sleep(0.005)


class Carrier:
    """One stream. `send` its messages in the carrier's form."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, call_id: str) -> None:
        self.socket, self._call_id = socket, call_id
        self._frames = 0

    async def send(self, event: str, **content: Any) -> None:
        await self.socket.send_str(json.dumps({"event": event, "streamSid": "MZ1", **content}))

    async def start(self, **parameters: str) -> None:
        await self.send("connected", protocol="Call", version="1.0.0")
        media = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}
        given = {"callSid": self._call_id, "mediaFormat": media, "customParameters": parameters}
        await self.send("start", sequenceNumber="1", start=given)

    async def say(self, sound: bytes, frame: int = FRAME) -> None:
        """µ-law, in frames of 20 ms, as fast as it goes."""
        for at in range(0, len(sound), frame):
            payload = base64.b64encode(sound[at : at + frame]).decode()
            media = {"track": "inbound", "timestamp": str(self._frames * 20), "payload": payload}
            self._frames += 1
            await self.send("media", media=media)

    async def press(self, digit: str) -> None:
        await self.send("dtmf", dtmf={"track": "inbound_track", "digit": digit})

    async def closed(self) -> int | None:
        """Read until the server closes; its close code."""
        async with asyncio.timeout(30):
            async for _ in self.socket:
                pass
        return self.socket.close_code

    async def beep(self, *, told: bool = True) -> bytes:
        """The first sound of the server; told: that it was heard is told, as it asks for."""
        async with asyncio.timeout(30):
            message = json.loads((await self.socket.receive()).data)
            after = json.loads((await self.socket.receive()).data)
        assert (message["event"], after["event"]) == ("media", "mark")
        if told:
            await self.send("mark", mark=after["mark"])
        return base64.b64decode(message["media"]["payload"])


def signed(token: str, url: str) -> dict[str, str]:
    """The headers of a handshake that the carrier signs."""
    return {"X-Twilio-Signature": RequestValidator(token).compute_signature(url, {})}


class Door:
    """The running server, and callers' messages in its database."""

    def __init__(self, house: House, address: str) -> None:
        self.house, self.address = house, address

    @property
    def runtime(self) -> Runtime:
        return self.house.runtime

    def message(self, number: int = 1, language: str = "en", **limits: float) -> dict[str, str]:
        """A caller is about to speak: the parameters of the stream."""
        now = self.runtime.clock()
        with self.runtime.database.transaction() as session:
            call = intake.open_call(session, f"CA{number}", now)
            call.language = language
            kind = MessageKind.MESSAGE
            message = intake.begin_message(session, self.runtime.vault, call, kind, now)
            streams.offer(session, message, now, **({"max_s": 300, "silence_s": 10} | limits))
            return {"message": message.id, "token": streams.token(message)}

    def read(self, message_id: str) -> Message:
        with self.runtime.database.transaction() as session:
            return session.get_one(Message, message_id)

    def stream(self, message_id: str) -> AudioStream:
        with self.runtime.database.transaction() as session:
            return session.get_one(AudioStream, message_id)

    def stored(self, message_id: str) -> bytes:
        """All sound of the message that is safe; it came by a stream."""
        with self.runtime.database.transaction() as session:
            message = session.get_one(Message, message_id)
            parts = audio.load_parts(session, self.runtime.vault, message)
        assert [kind for kind, _ in parts] == [audio.STREAMED_TYPE] * len(parts)
        return b"".join(data for _, data in parts)

    def alive(self) -> bool:
        """Whether the process's heart beats."""
        with self.runtime.database.transaction() as session:
            return heartbeat.alive(session, heartbeat.MEDIA, self.runtime.clock(), 10.0)

    async def said_and_hung_up(self, sound: bytes) -> str:
        """A caller says this and hangs up in the middle of it. Gives the message's id."""
        given = self.message()
        async with self.carrier() as carrier:
            await carrier.start(**given)
            await carrier.beep()
            await carrier.say(sound)
            now = self.runtime.clock()
            with self.runtime.database.transaction() as session:
                call = session.scalars(select(Call)).one()
                streams.settle(session, call, now)
                intake.caller_left(session, call, now, 20.0)
            await carrier.send("stop", stop={"callSid": "CA1"})
            assert await carrier.closed() == 1000
        return given["message"]

    @asynccontextmanager
    async def carrier(
        self, number: int = 1, headers: Mapping[str, str] | None = None
    ) -> AsyncIterator[Carrier]:
        """A signed handshake for the call of that number."""
        if headers is None:
            headers = signed(self.runtime.settings.auth_tokens[0], URL)
        async with (
            aiohttp.ClientSession() as client,
            client.ws_connect(f"ws://{self.address}/voice/stream", headers=headers) as socket,
        ):
            yield Carrier(socket, f"CA{number}")


def run(runtime: Runtime, test: Callable[[Door], Awaitable[None]]) -> None:
    """Open the door, let the test go through it, and close it."""

    async def whole() -> None:
        async with open_door(runtime) as door:
            await test(door)

    asyncio.run(whole())


@asynccontextmanager
async def open_door(runtime: Runtime) -> AsyncIterator[Door]:
    """The media process's server, here, on a free port."""
    house = await process.open_house(runtime)
    try:
        async with serving(house, "127.0.0.1", 0) as address:
            yield Door(house, address)
    finally:
        await house.recognizers.close()
