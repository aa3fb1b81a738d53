"""A participant's time in a conference: waiting, talking, on hold, or being spoken to."""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from typing import TYPE_CHECKING

from switch import callbacks, g711, tones
from switch.clock import FRAME_S
from switch.conferences import Conference, Participant
from switch.errors import DocumentError
from switch.mixer import Seat
from switch.steps import Fetch
from switch.verbs.allowed import WAITING

if TYPE_CHECKING:
    from switch.session import Session

SPEECH_ENDS_S = 0.5
"""Seconds of silence after which somebody has stopped speaking."""


class Attendance:
    """Moves one participant's line between the room and what it hears instead."""

    def __init__(
        self, session: "Session", conference: Conference, member: Participant, star: asyncio.Event
    ) -> None:
        """For a participant that has entered; `star` is set when it wants to leave."""
        self._session = session
        self._conference = conference
        self._member = member
        self._ends = (conference.over, star, member.kicked)

    async def stay(self, wait_url: str | None, wait_method: str) -> None:
        """Wait for the start, then talk; returns when it is over, or the waitUrl has failed."""
        music = self._music(wait_url, wait_method)
        await self._while(music, self._conference.started)
        while (seat := self._member.seat) is not None and not any(e.is_set() for e in self._ends):
            self._member.news.clear()
            await self._turn(self._member, seat)

    async def _turn(self, member: Participant, seat: Seat) -> None:
        if member.announcement is not None:
            audio, member.announcement = member.announcement, None
            seat.detach()
            await self._while(self._session.line.play(audio), member.kicked)
            callbacks.conference_progress(
                self._session.exchange, self._conference, "announcement-end", member
            )
        elif member.hold is not None:
            seat.detach()
            music = self._music(member.hold.url or None, member.hold.method)
            await self._while(self._and_then_silence(music), member.news)
        else:
            # The music may have taken the line between the start and now.
            seat.attach()
            await self._while(asyncio.Event().wait(), member.news)

    async def _while(self, work: Awaitable[object], *until: asyncio.Event) -> None:
        tasks = [asyncio.ensure_future(event.wait()) for event in (*until, *self._ends)]
        working = asyncio.ensure_future(work)
        try:
            await self._session.wait(
                asyncio.wait({working, *tasks}, return_when=asyncio.FIRST_COMPLETED)
            )
        finally:
            for task in (working, *tasks):
                task.cancel()
            await asyncio.gather(working, *tasks, return_exceptions=True)

    async def _music(self, url: str | None, method: str) -> None:
        if url is None:
            await self._session.wait(self._session.line.play(tones.hold(), loops=0))
        elif url:
            step = Fetch(self._session.absolute(url), method)
            await self._session.aside(step, only=WAITING)
        await asyncio.Event().wait()

    async def _and_then_silence(self, music: Awaitable[None]) -> None:
        with suppress(DocumentError):
            await music
        await asyncio.Event().wait()


class Speaking:
    """Tells when a participant begins and stops to speak."""

    def __init__(self, session: "Session", conference: Conference, member: Participant) -> None:
        """Add `write` to the taps of the participant's line."""
        self._session = session
        self._conference = conference
        self._member = member
        self._silent_frames = 0
        self._speaks = False

    def write(self, said: bytes, _: bytes) -> None:
        """Listen to one frame."""
        self._silent_frames = self._silent_frames + 1 if g711.is_silent(said) else 0
        if not self._silent_frames and not self._speaks:
            self._tell("participant-speech-start")
        elif self._speaks and self._silent_frames * FRAME_S >= SPEECH_ENDS_S:
            self._tell("participant-speech-stop")

    def _tell(self, event: str) -> None:
        self._speaks = not self._speaks
        callbacks.conference_progress(self._session.exchange, self._conference, event, self._member)
