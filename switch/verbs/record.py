"""<Record>: keep what the caller says; a hang-up in the middle keeps what was said until then."""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self
from xml.etree.ElementTree import Element

from switch import callbacks, tones
from switch.clock import FRAME_S
from switch.errors import HungUp, Transfer
from switch.recordings import Recorder, Recording
from switch.steps import Fetch
from switch.verbs.base import Attributes, Verb, no_children
from switch.verbs.dialing import recording_hook

if TYPE_CHECKING:
    from switch.session import Session

KEYS = "1234567890*#"
WITHOUT_EFFECT = ("transcribe", "transcribeCallback", "recordingConfigurationId")
_TRIM = frozenset({"trim-silence", "do-not-trim"})


class Ending:
    """Decides when one recording is over, and why: key, silence, max-length or hangup."""

    def __init__(self, verb: "Record") -> None:
        """For one execution of `verb`."""
        self._verb = verb
        self.recorder = Recorder(self._frame)
        self.reason = ""
        self.key = ""
        self.over = asyncio.Event()

    def press(self, digit: str) -> None:
        """A key was pressed."""
        if digit in self._verb.finish_on_key and not self.reason:
            self.key = digit
            self._end("key")

    def _frame(self) -> None:
        if self.recorder.frames * FRAME_S >= self._verb.max_length:
            self._end("max-length")
        elif 0 < self._verb.timeout <= self.recorder.silent_frames * FRAME_S:
            self._end("silence")

    def _end(self, reason: str) -> None:
        if not self.reason:
            self.reason = reason
            self.over.set()


@dataclass(frozen=True)
class Record(Verb):
    """Record until a key, `timeout` s of silence (0: off) or `max_length` s; then the action."""

    action: str | None = None
    method: str = "POST"
    timeout: int = 5
    finish_on_key: str = KEYS
    max_length: int = 3600
    play_beep: bool = True
    trim: bool = True
    callback: callbacks.RecordingHook = field(default_factory=callbacks.RecordingHook)

    @classmethod
    def parse(cls, element: Element, call_sid: str) -> Self:
        """Read <Record>; raises DocumentError."""
        no_children(element)
        attributes = Attributes(element, call_sid)
        verb = cls(
            action=attributes.text("action") or None,
            method=attributes.method(),
            timeout=attributes.number("timeout", 5),
            finish_on_key=attributes.string("finishOnKey", KEYS),
            max_length=attributes.number("maxLength", 3600, 1, 86400),
            play_beep=attributes.flag("playBeep", True),
            trim=attributes.choice("trim", "trim-silence", _TRIM) == "trim-silence",
            callback=recording_hook(attributes),
        )
        attributes.done(*WITHOUT_EFFECT)
        return verb

    async def run(self, session: "Session") -> None:
        """Record; raises Transfer to the action, or HungUp once the action has been told."""
        # Found out before anything is said: a recording without an action URL would be for nothing.
        session.action(self.action, self.method)
        if self.play_beep:
            await session.wait(session.line.play(tones.beep()))
        recording = Recording(session.call.sid)
        session.exchange.recordings.add(recording)
        ending = Ending(self)
        try:
            await self._listen(session, recording, ending)
        except HungUp:
            ending.reason = "hangup"
            action = self._finish(session, recording, ending)
            await session.notify(action)
            raise
        except BaseException:
            ending.reason = "replaced"
            self._finish(session, recording, ending)
            raise
        raise Transfer(self._finish(session, recording, ending))

    async def _listen(self, session: "Session", recording: Recording, ending: Ending) -> None:
        line = session.line
        line.sink, line.on_key = ending.recorder.write, ending.press
        if self.play_beep:
            session.exchange.note(session.call, "beep")
        session.exchange.note(session.call, "recording_started", sid=recording.sid)
        self._call_back(session, recording)
        try:
            await session.wait(ending.over.wait())
        finally:
            line.sink = line.on_key = None

    def _finish(self, session: "Session", recording: Recording, ending: Ending) -> Fetch:
        recording.finish(ending.recorder.audio(trim=self.trim))
        session.exchange.note(
            session.call,
            "recording_ended",
            sid=recording.sid,
            duration_s=recording.duration_s,
            reason=ending.reason,
        )
        self._call_back(session, recording)
        params = callbacks.recording_params(session.exchange, recording)
        digits = {"key": ending.key, "hangup": "hangup"}.get(ending.reason)
        if digits:
            params["Digits"] = digits
        return session.action(self.action, self.method, **params)

    def _call_back(self, session: "Session", recording: Recording) -> None:
        hook = self.callback.against(session.absolute(self.callback.url))
        callbacks.recording_progress(session.exchange, session.call, recording, hook)
