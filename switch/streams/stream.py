"""One running stream: the line's sound and keys to a server, the server's sound to the line."""

from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from switch import callbacks, errors
from switch.calls import new_sid
from switch.streams.handshake import shake_hands
from switch.streams.messages import CONNECTED, Clear, Letters, Media, read
from switch.streams.playout import Playout
from switch.streams.target import Target
from switch.streams.wire import StreamError, Wire

if TYPE_CHECKING:
    from switch.session import Session


class Stream:
    """One execution of <Connect><Stream>; `run` it once."""

    def __init__(self, session: "Session", target: Target) -> None:
        """A stream of the session's call to `target`; faults are those of this moment."""
        self.sid = new_sid("MZ")
        self.error = ""
        self._session = session
        self._exchange = session.exchange
        self._call = session.call
        self._target = target
        self._letters = Letters(self._exchange.config.account_sid, self._call.sid, self.sid)
        self._playout = Playout()
        faults = self._exchange.faults
        self._cut_after = int(faults.amount("stream", "cut"))
        self._wire = Wire(self._exchange.clock, self._take, faults.amount("stream", "delay"))
        self._began: float | None = None
        self._spoken_to = False
        self._detached = False

    async def run(self) -> None:
        """Stream until the server closes, or something breaks: then `error` tells what.

        Raises HungUp or Replaced; what the server has not taken in by then is sent behind them.
        """
        try:
            await self._session.wait(shake_hands(self._exchange, self._wire, self._target.url))
            self._begin()
            code = await self._session.wait(self._wire.listen())
            self._end("server", close_code=code)
        except StreamError as error:
            self._fail(error)
        except errors.HungUp:
            self._break_off("hangup")
            raise
        except BaseException:
            self._break_off("replaced")
            raise
        finally:
            self._detach()
            self._exchange.spawn(self._close())

    @property
    def params(self) -> dict[str, str]:
        """What the action and the callbacks say about the stream."""
        params = {"StreamSid": self.sid, "StreamName": self._target.name or self.sid}
        if self.error:
            params["StreamError"] = self.error
        return params

    def _begin(self) -> None:
        self._began = self._exchange.clock.now
        self._note("stream_started", path=urlsplit(self._target.url).path)
        self._note("recording_started")
        self._call_back("stream-started")
        on_top = self._exchange.faults.stream_form == "somleng"
        self._wire.send(CONNECTED)
        self._wire.send(self._letters.start(self._target.parameters, on_top=on_top))
        line = self._session.line
        line.source, line.sink, line.on_key = self._playout, self._hear, self._press

    def _detach(self) -> None:
        self._detached = True
        if self._began is not None:
            self._session.line.sink = self._session.line.on_key = None
            self._session.line.stop(self._playout)

    def _hear(self, frame: bytes) -> None:
        self._wire.send(self._letters.media(frame))
        if self._letters.chunks == self._cut_after:
            self._wire.cut()

    def _press(self, digit: str) -> None:
        self._wire.send(self._letters.dtmf(digit))

    def _take(self, text: str) -> None:
        if self._detached:
            return  # nobody is there to hear it, and `stop` was our last word
        try:
            message = read(text, self.sid)
        except ValueError as error:
            self._note("error", code=errors.STREAM_MESSAGE, reason=str(error))
            return
        if isinstance(message, Media):
            self._queue(message.audio)
        elif isinstance(message, Clear):
            self._playout.clear()
        else:
            self._playout.after(partial(self._give_back, message.name))

    def _queue(self, audio: bytes) -> None:
        self._playout.add(audio)
        if audio and not self._spoken_to:
            self._spoken_to = True
            self._playout.after(self._first_heard)

    def _first_heard(self, heard: bool) -> None:
        if heard:
            self._note("beep")

    def _give_back(self, name: str, _: bool) -> None:
        self._wire.send(self._letters.mark(name))

    def _break_off(self, reason: str) -> None:
        if self._began is not None:
            self._wire.send(self._letters.stop())
            self._end(reason)

    def _end(self, reason: str, **details: int) -> None:
        self._note_end(reason, **details)
        self._call_back("stream-stopped")

    def _fail(self, error: StreamError) -> None:
        self.error = error.reason
        self._note("stream_error", code=error.code, reason=error.reason)
        if self._began is not None:
            self._note_end("error")
        self._call_back("stream-error")

    def _note_end(self, reason: str, **details: int) -> None:
        seconds = round(self._exchange.clock.now - (self._began or 0.0), 3)
        details["chunks"] = self._letters.chunks
        self._note("stream_ended", reason=reason, duration_s=seconds, **details)

    async def _close(self) -> None:
        try:
            await self._wire.close()
        except StreamError as error:
            self._note("stream_error", code=error.code, reason=error.reason)

    def _note(self, event: str, **details: object) -> None:
        self._exchange.note(self._call, event, sid=self.sid, **details)

    def _call_back(self, event: str) -> None:
        url, method = (
            self._session.absolute(self._target.status_callback),
            self._target.status_method,
        )
        callbacks.stream_progress(self._exchange, self._call, event, self.params, (url, method))
