"""One streamed recording, from the carrier's handshake to the commit.

While it goes on, sound is written once a second and recognized at once. When it ends by a key, by
silence, by its length or because the caller hung up, the rest of it and its transcript are
committed together, and closing the socket lets the call go on. When it breaks, what was heard stays
and the call goes on by other means (`hotline.reports.streams`).
"""

import asyncio
from functools import partial

import structlog
from aiohttp import WSMsgType, web
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from hotline import crash
from hotline.reports import streams
from hotline.reports.model import Message, MessageState
from hotline.reports.streams import Opened, StreamRefused
from hotline.tasks.model import Task, TaskKind, TaskState
from transcription import committing
from transcription.live import Recognition
from transcription.media import g711, messages
from transcription.media.ending import Ending
from transcription.media.house import House
from transcription.media.journal import Track
from transcription.media.messages import BadMessage, Heard, Key, Sound, Start, Stop
from transcription.result import Transcript
from transcription.wrong_language import doubtful

log = structlog.get_logger()

START_S = 5.0
"""So soon after the handshake the carrier must have said which message it is."""
QUIET_S = 5.0
"""Carriers send sound all the time; none for so long, and the connection is dead."""
TRANSCRIPT_S = 3.0
"""Recognition keeps up with speech. If it has not, the caller waits so long, and then the worker
makes the transcript."""
COMMIT_TRIES, RETRY_S = 4, 0.5
BEEP = g711.tone(1000.0, 0.4, 0.25)
"""As long, and nearly as loud, as the carrier's own before <Record>."""
BEEP_MARK = "beep"
"""Comes back from the carrier when the caller has heard it."""

BROKEN, QUIET, RESTART, LOST = "broken", "quiet", "restart", "lost"
NOT_OURS = (BROKEN, QUIET, RESTART)
"""Ends after which the recording is not over, only the stream."""
# RFC 6455 §7.4.1, and the IANA registry for the last one
DONE, PROTOCOL, POLICY, FAILED, RESTARTING = 1000, 1002, 1008, 1011, 1012


class Refused(Exception):
    """The stream is not taken; `code` is the close code, `why` a word for the log."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(why)
        self.code, self.why = code, why


async def serve(house: House, socket: web.WebSocketResponse) -> None:
    """Take one stream in, until it is over; the socket is closed then."""
    try:
        start = await _start(socket)
        opened = await _open(house, start)
    except Refused as refused:
        log.warning("stream_refused", code=refused.why)
        await socket.close(code=refused.code)
        return
    crash.point("stream.opened")
    recognition = await house.recognizers.open(opened.language)
    stream = Stream(house, socket, opened, recognition)
    await stream.run(start.stream_id)


async def _start(socket: web.WebSocketResponse) -> Start:
    """The carrier's first words. Raises Refused."""
    try:
        async with asyncio.timeout(START_S):
            async for message in socket:
                if message.type is not WSMsgType.TEXT:
                    raise Refused(PROTOCOL, "binary")
                parsed = messages.parse(message.data)
                if isinstance(parsed, Start):
                    return parsed
    except TimeoutError:
        raise Refused(POLICY, "no_start") from None
    except BadMessage as bad:
        raise Refused(PROTOCOL, bad.code) from None
    raise Refused(PROTOCOL, "gone")


async def _open(house: House, start: Start) -> Opened:
    """Redeem the token, once. Raises Refused."""
    given = start.parameters.get("message", ""), start.parameters.get("token", "")
    now = house.runtime.clock()
    try:
        return await house.do(lambda s: streams.open_stream(s, *given, start.call_id, now))
    except StreamRefused as refused:
        raise Refused(POLICY, refused.code) from None
    except SQLAlchemyError as error:
        raise Refused(FAILED, type(error).__name__) from None


class Stream:
    """A stream that was taken."""

    def __init__(
        self,
        house: House,
        socket: web.WebSocketResponse,
        opened: Opened,
        recognition: Recognition,
    ) -> None:
        self._house, self._socket, self._opened = house, socket, opened
        self._recognition = recognition
        self._ending = Ending(opened.max_s, opened.silence_s, beeped=False)
        self._track: Track = house.journal.open(opened)
        self._bad = 0

    async def run(self, stream_id: str) -> None:
        """Beep, listen, and write down how it ended."""
        by = BROKEN
        try:
            await self._socket.send_str(messages.sound(stream_id, BEEP))
            await self._socket.send_str(messages.mark(stream_id, BEEP_MARK))
            by = await self._listen()
        except (OSError, RuntimeError) as error:  # a connection that is closing already
            log.info("stream_broken", message=self._opened.message_id, error=type(error).__name__)
        except asyncio.CancelledError:
            by = RESTART
            raise
        finally:
            code = await asyncio.shield(self._over(by))
            await self._socket.close(code=code)

    async def _listen(self) -> str:
        """Hear it to its end: why it ended."""
        while True:
            try:
                message = await self._socket.receive(QUIET_S)
            except TimeoutError:
                return QUIET
            if message.type is not WSMsgType.TEXT:
                return BROKEN
            if self._take(message.data):
                return streams.STOPPED
            if self._ending.reason is not None:
                return self._ending.reason
            if self._track.lost:
                return LOST
            if self._house.stopping:
                return RESTART

    def _take(self, text: str) -> bool:
        """Hear one message; true when the carrier says that it is over."""
        try:
            match messages.parse(text):
                case Sound(data):
                    self._hear(data)
                case Key(digit):
                    self._ending.press(digit)
                case Heard(name) if name == BEEP_MARK:
                    self._ending.beep_heard()
                case Stop():
                    return True
        except BadMessage as bad:
            if not self._bad:
                log.warning("stream_message", message=self._opened.message_id, code=bad.code)
            self._bad += 1
        return False

    def _hear(self, data: bytes) -> None:
        left = int(self._opened.max_s * g711.RATE) - self._ending.samples
        data = data[: max(0, left) + g711.RATE]  # whatever is sent at once, it stays bounded
        self._track.hear(data)
        self._recognition.feed(g711.pcm(data))
        self._ending.hear(data)

    async def _over(self, by: str) -> int:
        """Write down what is left to write. Gives the close code."""
        if by == LOST:
            await self._house.journal.close(self._track)
            self._recognition.abandon()
            return DONE
        if by in NOT_OURS:
            self._recognition.abandon()
            await self._house.journal.close(self._track)
            done = await self._commit(by, None)
            return RESTARTING if by == RESTART and done else FAILED
        # What was said is safe before anything is made of it.
        transcript, _ = await asyncio.gather(
            self._recognition.finish(TRANSCRIPT_S), self._house.journal.flush()
        )
        crash.point("stream.heard")
        await self._house.journal.close(self._track)
        return DONE if await self._commit(by, transcript) else FAILED

    async def _commit(self, by: str, transcript: Transcript | None) -> bool:
        """Try until it is written; false when the database would not have it."""
        for attempt in range(1, COMMIT_TRIES + 1):
            if attempt == COMMIT_TRIES:
                transcript = None  # a worker can make another; the sound is what must be safe
            try:
                task = await self._house.do(partial(self._write, by, transcript))
            except SQLAlchemyError as error:
                name = type(error).__name__
                log.error("stream_not_committed", message=self._opened.message_id, error=name)
                await asyncio.sleep(RETRY_S * attempt)
                continue
            if task is not None:
                await asyncio.to_thread(self._house.runtime.doorbell.ring, task)
            log.info("stream_over", message=self._opened.message_id, reason=by)
            return True
        return False

    def _write(self, by: str, transcript: Transcript | None, session: Session) -> str | None:
        """The one transaction at the end. Gives the task that a worker must do, if there is one."""
        vault, now = self._house.runtime.vault, self._house.runtime.clock()
        seq, rest = self._track.rest(session)
        if by in NOT_OURS:
            if rest:
                streams.append(session, vault, self._opened, seq, rest, now)
            streams.lose(session, session.get_one(Message, self._opened.message_id), by, now)
            return None
        ending = streams.Ending(by, rest, seq, self._ending.heard_s)
        message = streams.end(session, vault, self._opened, ending, now)
        if message is None or message.state is MessageState.DISCARDED:
            return None
        if transcript is not None:
            # In doubt about the language, a worker tries the others; until then this is better
            # than nothing.
            sure = not doubtful(transcript.words) or not self._ending.heard_s
            parts = 1 if sure or len(self._house.rules) == 1 else 0
            committing.commit(session, vault, self._house.rules, message, transcript, parts, now)
            if parts:
                return None
        query = select(Task.id).where(
            Task.subject_id == message.id,
            Task.kind == TaskKind.TRANSCRIBE,
            Task.state == TaskState.PENDING,
        )
        return session.scalar(query)
