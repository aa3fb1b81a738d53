"""A stream beside a call's document: what is said or heard on its line goes to a server."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from switch import callbacks
from switch.calls import Call, new_sid
from switch.streams.handshake import shake_hands
from switch.streams.messages import CONNECTED, Letters
from switch.streams.target import Target
from switch.streams.wire import StreamError, Wire

if TYPE_CHECKING:
    from switch.exchange import Exchange

TRACKS = {
    "inbound_track": ("inbound",),
    "outbound_track": ("outbound",),
    "both_tracks": ("inbound", "outbound"),
}
"""Words of `track`, each with the tracks of its messages."""

MOST_TRACKS = 4
"""Tracks of one call that may be streamed at the same time (Twilio)."""


class Fork:
    """One execution of <Start><Stream>; `begin` it once, `stop` it when it is told to."""

    def __init__(self, exchange: "Exchange", call: Call, target: Target) -> None:
        """A stream of a call; the URLs of `target` are absolute."""
        self.sid = new_sid("MZ")
        self.call_sid = call.sid
        self.target = target
        self.status = "in-progress"
        self.updated = datetime.now(UTC)
        self._exchange = exchange
        self._call = call
        self._tracks = TRACKS[target.track]
        account_sid = exchange.config.account_sid
        self._letters = Letters(account_sid, call.sid, self.sid, self._tracks)
        self._wire = Wire(exchange.clock, _deaf, exchange.faults.amount("stream", "delay"))
        self._attached = False

    @property
    def name(self) -> str:
        """Its name, by which <Stop> finds it."""
        return self.target.name or self.sid

    @property
    def width(self) -> int:
        """How many tracks it has."""
        return len(self._tracks)

    def begin(self) -> None:
        """Connect in the background; returns at once."""
        self._exchange.streams[self.sid] = self
        self._exchange.spawn(self._run())
        self._exchange.spawn(self._until_the_end())

    def stop(self) -> None:
        """End the stream; a second time changes nothing."""
        if self.status == "stopped":
            return
        self._set_stopped()
        if self._attached:
            self._detach()
            self._wire.send(self._letters.stop())
            self._note("stream_ended", reason="stopped", chunks=self._letters.chunks)
            self._tell("stream-stopped")
            self._exchange.spawn(self._close())

    async def _run(self) -> None:
        try:
            await shake_hands(self._exchange, self._wire, self.target.url)
            if self.status == "stopped":
                await self._close()
                return
            self._attach()
            await self._wire.listen()
            self.stop()
        except StreamError as error:
            self._fail(error)

    def _attach(self) -> None:
        self._note("stream_started", path=urlsplit(self.target.url).path)
        self._tell("stream-started")
        self._wire.send(CONNECTED)
        self._wire.send(self._letters.start(self.target.parameters))
        self._call.line.taps.append(self._hear)
        self._attached = True

    def _detach(self) -> None:
        self._call.line.taps.remove(self._hear)
        self._attached = False

    def _hear(self, said: bytes, heard: bytes) -> None:
        for track in self._tracks:
            frame = said if track == "inbound" else heard
            self._wire.send(self._letters.media(frame, track))

    def _fail(self, error: StreamError) -> None:
        if self._attached:
            self._detach()
        if self.status != "stopped":
            self._set_stopped()
            self._note("stream_error", code=error.code, reason=error.reason)
            self._tell("stream-error", StreamError=error.reason)
        self._exchange.spawn(self._close())

    def _set_stopped(self) -> None:
        self.status, self.updated = "stopped", datetime.now(UTC)

    async def _until_the_end(self) -> None:
        await self._call.over.wait()
        self.stop()

    async def _close(self) -> None:
        try:
            await self._wire.close()
        except StreamError as error:
            self._note("stream_error", code=error.code, reason=error.reason)

    def _note(self, event: str, **details: object) -> None:
        self._exchange.note(self._call, event, sid=self.sid, **details)

    def _tell(self, event: str, **more: str) -> None:
        about = {"StreamSid": self.sid, "StreamName": self.name} | more
        hook = (self.target.status_callback, self.target.status_method)
        callbacks.stream_progress(self._exchange, self._call, event, about, hook)


def running(exchange: "Exchange", call_sid: str) -> list[Fork]:
    """The streams of a call that have not ended."""
    everything = exchange.streams.values()
    return [each for each in everything if each.call_sid == call_sid and each.status != "stopped"]


def _deaf(_: str) -> None:
    """What the server says is not listened to: these streams have one direction."""
