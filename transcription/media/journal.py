"""The sound of all open streams on its way into the database, once a second in one transaction.

A crash of any process loses what came since: at most `EVERY_S` of speech and the time of a commit.
What could not be written stays here and is tried again; whether a commit whose answer got lost went
through is looked up before, so that no sound is written twice.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog
from sqlalchemy.orm import Session

from hotline.context import Runtime
from hotline.reports import streams
from hotline.reports.streams import Opened

log = structlog.get_logger()

EVERY_S = 1.0


@dataclass(eq=False)
class Track:
    """The sound of one stream that is not safe yet.

    seq: of the chunk that comes next. flight: that chunk, given to the database at least once.
    waiting: what came since. lost: somebody else has given the stream up.
    """

    opened: Opened
    seq: int = 0
    flight: bytes = b""
    waiting: bytearray = field(default_factory=bytearray)
    lost: bool = False

    def hear(self, sound: bytes) -> None:
        """More sound, µ-law."""
        self.waiting += sound

    def load(self) -> bool:
        """Make what waits the next chunk, if none is on its way. False when there is nothing."""
        if not self.flight:
            self.flight, self.waiting = bytes(self.waiting), bytearray()
        return bool(self.flight)

    def rest(self, session: Session) -> tuple[int, bytes]:
        """What is not written yet, and as which chunk."""
        if self.flight and streams.written(session, self.opened) > self.seq:
            return self.seq + 1, bytes(self.waiting)
        return self.seq, self.flight + bytes(self.waiting)


class Journal:
    """Writes the tracks; `run` it as a task."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._tracks: list[Track] = []
        self._lock = asyncio.Lock()

    def open(self, opened: Opened) -> Track:
        """From now on its sound is written."""
        track = Track(opened)
        self._tracks.append(track)
        return track

    async def close(self, track: Track) -> None:
        """From now on nothing writes it but the caller."""
        async with self._lock:
            if track in self._tracks:
                self._tracks.remove(track)

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            await asyncio.sleep(EVERY_S)
            await self.flush()

    async def flush(self) -> None:
        """Write what there is."""
        async with self._lock:
            batch = [track for track in self._tracks if not track.lost and track.load()]
            if not batch:
                return
            answers = await asyncio.to_thread(self._write, batch)
            for track, answer in zip(batch, answers, strict=True):
                if answer is not None:
                    track.seq, track.flight, track.lost = track.seq + 1, b"", not answer

    def _write(self, batch: Sequence[Track]) -> list[bool | None]:
        """For each: whether its stream is still ours, None where it could not be written."""
        try:
            with self._runtime.database.transaction() as session:
                return [self._append(session, track) for track in batch]
        except Exception as error:  # whatever it is, the other streams' sound must be written
            log.warning("journal_failed", error=type(error).__name__, count=len(batch))
            return [self._alone(track) for track in batch]

    def _alone(self, track: Track) -> bool | None:
        """One by one, so that what ails one stream does not keep the others waiting."""
        try:
            with self._runtime.database.transaction() as session:
                return self._append(session, track)
        except Exception as error:
            name = type(error).__name__
            log.error("journal_failed", message=track.opened.message_id, error=name)
            return None

    def _append(self, session: Session, track: Track) -> bool:
        if streams.written(session, track.opened) > track.seq:
            return True
        vault, now = self._runtime.vault, self._runtime.clock()
        return streams.append(session, vault, track.opened, track.seq, track.flight, now)
