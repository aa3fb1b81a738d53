"""Streamed recordings: a message's sound on its way to us, from the offer to its end.

Each function runs in one transaction and is safe to repeat. Three parties tell of a stream: the
voice menu (offers it, goes on when it is over), the process that takes the sound in, and the
dispatcher, which looks whether that process still lives. Every change of state is a compare-and-set
under the lock of the message's call, so whoever comes second finds what the first has decided.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from hotline.privacy.cipher import Vault
from hotline.reports import audio, intake, timeline
from hotline.reports.model import (
    AudioState,
    AudioStream,
    Call,
    Message,
    MessageState,
    Report,
    StreamState,
)
from hotline.tasks import queue
from hotline.tasks.model import TaskKind

# Sound is written every second; whoever has written none for so long is dead or hangs.
DEAD_AFTER_S = 6.0
FRESH_S = 3.0
"""Whoever lives has written within so long; looked at only to spare the caller a useless wait."""
DEAD = "dead"
"""Why a stream is lost into which nobody writes any more."""
STOPPED = "stopped"
"""The carrier ended the stream: the call is over, or was moved on by us."""


class StreamRefused(Exception):
    """It may not be opened; `code` says why: unknown, token, call or used."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Opened:
    """What the process needs to know: the data key of the report, the caller's language, and after
    how many seconds of sound or of silence the recording ends."""

    message_id: str
    key_id: str
    language: str
    max_s: float
    silence_s: float


@dataclass(frozen=True)
class Ending:
    """How it ended: `by` a code, `rest` the sound not written yet as chunk `seq`, and how many
    seconds of the whole were not silence."""

    by: str
    rest: bytes
    seq: int
    heard_s: float


def offer(
    session: Session, message: Message, now: datetime, *, max_s: float, silence_s: float
) -> None:
    """Let the carrier open a stream for the message, once."""
    if session.get(AudioStream, message.id) is None:
        row = AudioStream(message_id=message.id, max_s=max_s, silence_s=silence_s, offered_at=now)
        session.add(row)
        session.flush()


def token(message: Message) -> str:
    """The secret that opens the message's stream; it works once."""
    made = hmac.new(message.token.encode(), b"stream", hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def open_stream(
    session: Session, message_id: str, given: str, carrier_call_id: str, now: datetime
) -> Opened:
    """The carrier has opened the stream. Raises StreamRefused."""
    message = session.get(Message, message_id)
    if message is None or message.call_id is None:
        raise StreamRefused("unknown")
    if not hmac.compare_digest(token(message).encode(), given.encode()):
        raise StreamRefused("token")
    call = session.get_one(Call, message.call_id)
    if call.carrier_call_id != carrier_call_id:
        raise StreamRefused("call")
    row = _locked(session, message)
    if row is None or row.state is not StreamState.OFFERED:
        raise StreamRefused("used")
    row.state, row.opened_at, row.seen_at = StreamState.OPEN, now, now
    due = now + timedelta(seconds=DEAD_AFTER_S)
    queue.add(session, TaskKind.WATCH_STREAM, message.id, now, due_at=due)
    report = session.get_one(Report, message.report_id)
    return Opened(message.id, report.data_key_id, report.language, row.max_s, row.silence_s)


def append(
    session: Session, vault: Vault, stream: Opened, seq: int, data: bytes, now: datetime
) -> bool:
    """Write the chunk `seq` of its sound. False when the stream was given up by somebody else."""
    statement = (
        update(AudioStream)
        .where(AudioStream.message_id == stream.message_id, AudioStream.state == StreamState.OPEN)
        .values(seen_at=now, received=AudioStream.received + len(data))
    )
    result = session.execute(statement, execution_options={"synchronize_session": False})
    if not cast("CursorResult[Any]", result).rowcount:
        return False
    audio.write_chunk(session, vault, stream.message_id, stream.key_id, seq, data)
    return True


def written(session: Session, stream: Opened) -> int:
    """How many chunks of it are here: for whoever does not know whether a commit went through."""
    return audio.next_seq(session, stream.message_id)


def end(
    session: Session, vault: Vault, stream: Opened, ending: Ending, now: datetime
) -> Message | None:
    """All of it is here, or comes with `ending`. None when it was given up by somebody else.

    The message counts as recorded from now on, and is sent if nobody will review it. Its
    transcription is a task, which finds nothing to do if a transcript is committed with this.
    """
    message = session.get_one(Message, stream.message_id)
    row = _locked(session, message)
    if row is None or row.state is not StreamState.OPEN:
        return None
    if ending.rest:
        append(session, vault, stream, ending.seq, ending.rest, now)
        session.refresh(row)
    row.heard_s = ending.heard_s
    _close(message, row, StreamState.ENDED, ending.by, now)
    if row.received:
        timeline.add(session, message.report_id, now, "audio_stored", message=message.id)
    if message.state is MessageState.DISCARDED:
        audio.drop(session, message)
    intake.recording_ended(session, message.id, now)
    intake.transcribe_if_sent(session, message, now)
    return message


def lose(session: Session, message: Message, why: str, now: datetime) -> bool:
    """It broke, or was never opened. What was heard is kept; the caller may go on by other means.

    why: a code. If the caller has gone, what was heard is sent. False when it was over already.
    """
    row = _locked(session, message)
    if row is None or row.state not in (StreamState.OFFERED, StreamState.OPEN):
        return False
    _close(message, row, StreamState.LOST, why, now)
    timeline.add(session, message.report_id, now, "stream_lost", message=message.id, why=why)
    call = session.get_one(Call, message.call_id)
    if call.ended_at is not None:
        _caller_is_gone(session, message, now)
    intake.transcribe_if_sent(session, message, now)
    return True


def still_written(session: Session, message_id: str, now: datetime) -> bool:
    """Whether somebody was writing its sound a moment ago and has not said how it ended."""
    row = session.get(AudioStream, message_id)
    if row is None or row.state is not StreamState.OPEN or row.seen_at is None:
        return False
    return row.seen_at > now - timedelta(seconds=FRESH_S)


def over(session: Session, message: Message, now: datetime) -> float | None:
    """The call has gone on after the stream: how many seconds it heard; None when it was lost.

    A recording in which nothing but silence was heard counts as one of 0 seconds.
    """
    row = session.get(AudioStream, message.id)
    if row is None:
        return None
    lose(session, message, "no_stream" if row.opened_at is None else "broken", now)
    if row.state is StreamState.LOST:
        return None
    return (message.duration_s or 0.0) if row.heard_s else 0.0


def settle(session: Session, call: Call, now: datetime) -> None:
    """The call is over: streams of it that were lost or never opened bring nothing more.

    One that is open ends by itself, or the dispatcher finds it dead. After one that was lost the
    carrier may have recorded, and tell of it only later: what the stream brought is sent now, and
    where it brought nothing the message waits for the carrier's word, as without any stream.
    """
    for message in intake.messages_of(session, call):
        row = _locked(session, message)
        if row is None or row.state is StreamState.OPEN:
            continue
        unopened = row.state is StreamState.OFFERED  # nor has anything come after it
        if unopened:
            lose(session, message, "no_stream", now)
        if message.state is not MessageState.RECORDING or message.carrier_recording_id:
            continue
        if unopened or message.audio is AudioState.STORED:
            _caller_is_gone(session, message, now)


@dataclass(frozen=True)
class Watched:
    """What the dispatcher sees. open: sound comes in. carrier_call_id: of a caller who speaks into
    a stream that nobody takes in, and must be told so."""

    open: bool
    carrier_call_id: str | None = None


def watch(session: Session, message_id: str, now: datetime) -> Watched:
    """Look whether somebody writes the stream; give it up when nobody does."""
    message = session.get_one(Message, message_id)
    row = _locked(session, message)
    if row is None:
        return Watched(open=False)
    if row.state is StreamState.OPEN:
        if not _is_dead(row, now):
            return Watched(open=True)
        lose(session, message, DEAD, now)
    call = session.get_one(Call, message.call_id)
    left = row.ended_by != DEAD or call.ended_at is not None
    speaks = message.state is MessageState.RECORDING and not left
    return Watched(open=False, carrier_call_id=call.carrier_call_id if speaks else None)


def _is_dead(row: AudioStream, now: datetime) -> bool:
    return row.seen_at is None or row.seen_at <= now - timedelta(seconds=DEAD_AFTER_S)


def brings_all(session: Session, message: Message) -> bool:
    """Whether all of the message comes by its stream: no recording at the carrier belongs to it."""
    row = session.get(AudioStream, message.id)
    return row is not None and row.state in (StreamState.OPEN, StreamState.ENDED)


def is_whole(session: Session, message: Message) -> bool:
    """Whether everything that was recorded of the message is here."""
    row = session.get(AudioStream, message.id)
    if message.audio is not AudioState.STORED:
        return False
    return row is None or row.state is StreamState.ENDED or audio.has_recording(session, message)


def _locked(session: Session, message: Message) -> AudioStream | None:
    intake.lock_call_of(session, message)
    return session.get(AudioStream, message.id, with_for_update=True, populate_existing=True)


def _close(message: Message, row: AudioStream, state: StreamState, by: str, now: datetime) -> None:
    row.state, row.ended_by, row.ended_at = state, by, now
    if row.received:
        message.audio = AudioState.STORED
        message.media_type = message.media_type or audio.STREAMED_TYPE
        message.duration_s = row.received / audio.STREAMED_RATE


def _caller_is_gone(session: Session, message: Message, now: datetime) -> None:
    """Send what was heard before it broke; nothing heard at all is nothing said."""
    if message.audio is AudioState.STORED:
        intake.recording_ended(session, message.id, now)
    else:
        intake.nothing_recorded(session, message.id, now)
