"""Recordings that run beside whatever a call or a conference does, until they are stopped."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from switch import callbacks, g711
from switch.calls import Call
from switch.g711 import FRAME, SILENCE
from switch.recordings import PAD_FRAMES, Recording

if TYPE_CHECKING:
    from switch.conferences import Conference
    from switch.exchange import Exchange


@dataclass(frozen=True)
class TapeOptions:
    """What is kept: one track or `both`, in one channel or `dual`; silence at the ends or not."""

    track: str = "both"
    dual: bool = False
    trim: bool = False
    hook: callbacks.RecordingHook = field(default_factory=callbacks.RecordingHook)


class Tape:
    """One running recording; `begin` it, then `pause`, `resume`, and `stop` it once."""

    def __init__(
        self, exchange: "Exchange", call: Call, recording: Recording, options: TapeOptions
    ) -> None:
        """A recording of `call`, or in the name of a call that is in a conference."""
        self.recording = recording
        self._exchange = exchange
        self._call = call
        self._options = options
        self._said = bytearray()
        self._heard = bytearray()
        self._in_pause: str | None = None
        self._detach: Callable[[], None] = lambda: None

    def begin(self) -> None:
        """Announce the recording."""
        self._exchange.recordings.add(self.recording)
        self._exchange.tapes[self.recording.sid] = self
        self._note("recording_started", sid=self.recording.sid)
        self._tell()

    def attach(self, attach: Callable[[], None], detach: Callable[[], None]) -> None:
        """Connect what is recorded; `detach` is called at the end."""
        attach()
        self._detach = detach

    def write(self, said: bytes, heard: bytes) -> None:
        """Take one frame of each side."""
        if self._in_pause == "skip":
            return
        quiet = self._in_pause is not None
        self._said += SILENCE if quiet or self._options.track == "outbound" else said
        self._heard += SILENCE if quiet or self._options.track == "inbound" else heard

    def pause(self, behavior: str) -> None:
        """Leave out what comes (`skip`), or keep `silence` in its place."""
        self._in_pause = behavior
        self.recording.set_status("paused")

    def resume(self) -> None:
        """Record again."""
        self._in_pause = None
        self.recording.set_status("in-progress")

    def stop(self) -> None:
        """End the recording; a second time changes nothing."""
        if self._exchange.tapes.pop(self.recording.sid, None) is None:
            return
        self._detach()
        said, heard = self._trimmed()
        if self._options.dual:
            self.recording.sides = (said, heard)
        self.recording.finish(_mixed(said, heard))
        duration_s = self.recording.duration_s
        self._note("recording_ended", sid=self.recording.sid, duration_s=duration_s, reason="over")
        self._tell()

    async def until_the_end(self) -> None:
        """Stop when the call is over."""
        await self._call.over.wait()
        self.stop()

    def _trimmed(self) -> tuple[bytes, bytes]:
        said, heard = bytes(self._said), bytes(self._heard)
        if not self._options.trim:
            return said, heard
        starts = range(0, len(said), FRAME)
        loud = [at for at in starts if not _quiet(said, at) or not _quiet(heard, at)]
        if not loud:
            return said, heard
        pad = PAD_FRAMES * FRAME
        first, last = max(0, loud[0] - pad), loud[-1] + FRAME + pad
        return said[first:last], heard[first:last]

    def _note(self, event: str, **details: object) -> None:
        self._exchange.note(self._call, event, **details)

    def _tell(self) -> None:
        callbacks.recording_progress(self._exchange, self._call, self.recording, self._options.hook)


def tape_call(exchange: "Exchange", call: Call, source: str, options: TapeOptions) -> Tape:
    """Record a call until it is over or until told; `source` is Twilio's word for who asked."""
    channels = 2 if options.dual else 1
    recording = Recording(call.sid, source=source, channels=channels, track=options.track)
    tape = Tape(exchange, call, recording, options)
    taps = call.line.taps
    tape.attach(lambda: taps.append(tape.write), lambda: taps.remove(tape.write))
    tape.begin()
    exchange.spawn(tape.until_the_end())
    return tape


def tape_conference(
    exchange: "Exchange", conference: "Conference", call: Call, options: TapeOptions
) -> Tape:
    """Record everybody in a conference from now on; the caller stops it with the conference."""
    recording = Recording(call.sid, source="Conference", conference_sid=conference.sid)
    tape = Tape(exchange, call, recording, options)

    def write() -> None:
        tape.write(conference.room.whole(), SILENCE)

    tape.attach(lambda: exchange.on_frame.append(write), lambda: exchange.on_frame.remove(write))
    tape.begin()
    return tape


def _quiet(audio: bytes, at: int) -> bool:
    return g711.is_silent(audio[at : at + FRAME])


def _mixed(said: bytes, heard: bytes) -> bytes:
    mixed = g711.decode(said).astype(np.int32) + g711.decode(heard)
    return g711.encode(np.clip(mixed, -32768, 32767).astype(np.int16))
