"""A phone that follows a script, and keeps what it heard and said."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from switch.audio import NotAudioError
from switch.clock import FRAME_S, Clock
from switch.g711 import SILENCE
from switch.media import Clip
from switch.phones.base import LineControl
from switch.phones.cues import Cue
from switch.phones.ears import Ears
from switch.phones.repertoire import Repertoire
from switch.phones.script import Script, Step

log = logging.getLogger(__name__)

BUSY, DECLINED = 486, 603
BUSY_AFTER_S = 0.3
"""Telephone seconds until the network reports a busy phone."""


class ScriptedPhone:
    """One phone in one call; made anew for each call."""

    def __init__(self, script: Script, clock: Clock) -> None:
        """Follow `script` in the time of `clock`."""
        self._script = script
        self._clock = clock
        self._ears = Ears(clock)
        self._control: LineControl | None = None
        self._task: asyncio.Task[None] | None = None
        self._awaited: Callable[[Ears], bool] | None = None
        self._met = asyncio.Event()
        self._repertoire = Repertoire(script.files)
        self._voice: Clip | None = None
        self.heard = bytearray()
        self.said = bytearray()

    # What the switch calls (phones.base.Phone).

    def offer(self, control: LineControl) -> None:
        """Ring, and answer as scripted."""
        self._control = control
        self._repertoire.begin()
        script = self._script
        if script.refusal == "busy":
            self._clock.call_later(BUSY_AFTER_S, lambda: control.refuse(BUSY))
            return
        control.ring()
        if script.refusal == "decline":
            self._clock.call_later(script.answer_after_s, lambda: control.refuse(DECLINED))
        elif not script.refusal:
            self._clock.call_later(script.answer_after_s, control.answer)

    def dial(self, control: LineControl) -> None:
        """Wait for the hotline to answer."""
        self._control = control
        self._repertoire.begin()

    def connected(self) -> None:
        """Start the script."""
        self._ears.acted()
        self._task = asyncio.create_task(self._follow())

    def speak(self) -> bytes:
        """The next frame said; silence between acts."""
        frame = SILENCE if self._voice is None else self._voice.read()
        self.said += frame
        return frame

    def hear(self, frame: bytes) -> None:
        """Keep and measure a frame; may meet a cue."""
        self.heard += frame
        self._ears.hear(frame)
        self._ask()

    def notice(self, event: str, details: dict[str, Any]) -> None:
        """Remember an event; may meet a cue."""
        self._ears.notice(event, details)
        self._ask()

    def ended(self) -> None:
        """Stop the script."""
        if self._task is not None:
            self._task.cancel()
        self._repertoire.stop()

    # What an act may use (phones.acts.Actor).

    def press(self, digits: str) -> None:
        """Press keys."""
        self._line.press(digits)

    async def sound(self, path: Path) -> bytes:
        """A file's µ-law; raises OSError or NotAudioError."""
        return await self._repertoire.sound(path)

    async def say(self, audio: bytes) -> None:
        """Send µ-law audio; returns when it has been sent."""
        self._voice = Clip(audio)
        await self._voice.done.wait()

    def note(self, event: str, **details: str) -> None:
        """Write to the journal."""
        self._line.note(event, **details)

    def hang_up(self) -> None:
        """End the call."""
        self._line.hang_up()

    async def sleep(self, seconds: float) -> None:
        """Wait telephone seconds."""
        await self._clock.sleep(seconds)

    @property
    def _line(self) -> LineControl:
        if self._control is None:
            raise RuntimeError("this phone is in no call")
        return self._control

    async def _follow(self) -> None:
        while True:
            for number, step in enumerate(self._script.steps):
                await self._step(number, step)
            if not (self._script.loop and self._script.steps):
                break
            await self._clock.sleep(FRAME_S)
        if self._script.hang_up_after:
            self.hang_up()

    async def _step(self, number: int, step: Step) -> None:
        try:
            async with self._clock.timeout(step.timeout_s):
                await self._cue(step.cue)
        except TimeoutError:
            self._line.note("cue_timeout", step=number, cue=step.cue.name)
            if step.hang_up_late:
                self.hang_up()
            return
        self._line.note("cue", step=number, cue=step.cue.name)
        if step.cue.name == "hears_speech_s":
            self._line.note("heard_speech", step=number)
        await self._act(step)
        self._ears.acted()

    async def _cue(self, cue: Cue) -> None:
        self._met.clear()
        self._awaited = cue.met
        self._ask()
        try:
            await self._met.wait()
        finally:
            self._awaited = None
        self._ears.mark()
        if not cue.by_event:
            self._ears.skip_events()

    async def _act(self, step: Step) -> None:
        try:
            await step.act.perform(self)
        except (OSError, NotAudioError):
            log.error("call=%s a scripted phone could not play its file", self._line.call_sid)
            self._line.note("error", what="say")
            self.hang_up()

    def _ask(self) -> None:
        if self._awaited is not None and not self._met.is_set() and self._awaited(self._ears):
            self._met.set()
