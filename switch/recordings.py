"""Recordings: what a caller said, kept in memory until it is deleted."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from switch import g711
from switch.calls import new_sid

PAD_FRAMES = 5
"""Frames (0.1 s) of silence that trimming leaves on either side of the sound."""


@dataclass
class Recording:
    """One finished or running recording; `audio` is µ-law."""

    call_sid: str
    sid: str = field(default_factory=lambda: new_sid("RE"))
    status: str = "in-progress"
    source: str = "RecordVerb"
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    updated: datetime = field(default_factory=lambda: datetime.now(UTC))
    audio: bytes = b""
    conference_sid: str | None = None
    channels: int = 1
    track: str = "both"
    sides: tuple[bytes, bytes] | None = None
    """Of a recording with two channels: what the far end said, and what it heard."""

    @property
    def duration_s(self) -> int:
        """Whole seconds, rounded; at least 1 when there is any audio."""
        return max(1, round(len(self.audio) / g711.RATE)) if self.audio else 0

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self.status in {"in-progress", "paused"}

    def finish(self, audio: bytes) -> None:
        """Keep the audio, unless it was deleted meanwhile; once `completed` it can be fetched."""
        if self.status == "deleted":
            return
        self.audio = audio
        self.set_status("processing" if audio else "absent")

    def set_status(self, status: str) -> None:
        """Change the status, one of Twilio's words."""
        self.status = status
        self.updated = datetime.now(UTC)


class Recordings:
    """All recordings of the account, oldest first; of a deleted one only what it was is kept."""

    def __init__(self) -> None:
        """No recordings."""
        self._by_sid: dict[str, Recording] = {}

    def add(self, recording: Recording) -> None:
        """Keep a recording."""
        self._by_sid[recording.sid] = recording

    def get(self, sid: str, *, deleted: bool = False) -> Recording | None:
        """A recording, unless it never was or (if `deleted` does not say otherwise) was deleted."""
        recording = self._by_sid.get(sid)
        if recording is not None and recording.status == "deleted" and not deleted:
            return None
        return recording

    def delete(self, sid: str) -> None:
        """Forget the audio of a recording."""
        recording = self._by_sid[sid]
        recording.audio, recording.sides = b"", None
        recording.set_status("deleted")

    def tidy(self, most: int, kept: Callable[[str], bool]) -> None:
        """Forget those without sound whose call is not `kept` any more, and of those with sound
        the oldest beyond so many; never one that runs."""
        ended = [each for each in self._by_sid.values() if not each.running]
        with_sound = [each for each in ended if each.audio]
        for each in with_sound[: max(0, len(with_sound) - most)]:
            del self._by_sid[each.sid]
        for each in ended:
            if not each.audio and not kept(each.call_sid):
                del self._by_sid[each.sid]

    def listed(
        self,
        call_sid: str | None = None,
        conference_sid: str | None = None,
        *,
        deleted: bool = False,
    ) -> list[Recording]:
        """Recordings, newest first, of one call or conference or of all."""
        wanted = [
            each
            for each in self._by_sid.values()
            if call_sid in (None, each.call_sid)
            and conference_sid in (None, each.conference_sid)
            and (deleted or each.status != "deleted")
        ]
        return wanted[::-1]


class Recorder:
    """A sink that keeps what it hears and measures how long the far end has been silent."""

    def __init__(self, on_frame: Callable[[], None]) -> None:
        """`on_frame` is called after every frame."""
        self._on_frame = on_frame
        self._audio = bytearray()
        self._first_loud: int | None = None
        self._last_loud = -1
        self._frames = 0

    def write(self, frame: bytes) -> None:
        """Take one frame from the far end."""
        if not g711.is_silent(frame):
            self._last_loud = self._frames
            if self._first_loud is None:
                self._first_loud = self._frames
        self._audio += frame
        self._frames += 1
        self._on_frame()

    @property
    def frames(self) -> int:
        """Frames heard so far."""
        return self._frames

    @property
    def silent_frames(self) -> int:
        """Frames of unbroken silence up to now."""
        return self._frames - self._last_loud - 1

    def audio(self, *, trim: bool) -> bytes:
        """What was heard; `trim` cuts silence off both ends. Pure silence is kept whole."""
        if not trim or self._first_loud is None:
            return bytes(self._audio)
        start = max(0, self._first_loud - PAD_FRAMES)
        stop = self._last_loud + 1 + PAD_FRAMES
        return bytes(self._audio[start * g711.FRAME : stop * g711.FRAME])
