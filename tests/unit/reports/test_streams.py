"""Streamed recordings: opened once, written under a fence, ended or lost, and never forgotten."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.context import Runtime
from hotline.reports import audio, intake, streams
from hotline.reports.model import (
    AudioState,
    AudioStream,
    Call,
    Message,
    MessageKind,
    MessageState,
    StreamState,
)
from hotline.reports.streams import Ending, Opened, StreamRefused, Watched
from hotline.tasks.model import Task, TaskKind
from tests.support.office import Office

T = TypeVar("T")
SECOND = b"\x55" * 8000


class Caller:
    """A caller who leaves a message by stream; each method is a transaction of its own."""

    def __init__(self, runtime: Runtime, kind: MessageKind = MessageKind.MESSAGE) -> None:
        self.runtime = runtime
        self.call_id = Office(runtime).call().id
        self.now = runtime.clock()
        self.message_id = self.do(lambda s: self._begin(s, kind))

    def _begin(self, session: Session, kind: MessageKind) -> str:
        call = session.get_one(Call, self.call_id)
        message = intake.begin_message(session, self.runtime.vault, call, kind, self.now)
        streams.offer(session, message, self.now, max_s=300, silence_s=10)
        return message.id

    def do(self, work: Callable[[Session], T]) -> T:
        """Do something in a transaction."""
        with self.runtime.database.transaction() as session:
            return work(session)

    def later(self, seconds: float) -> datetime:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)
        return self.now

    @property
    def message(self) -> Message:
        """The message as it stands now."""
        return self.do(lambda s: s.get_one(Message, self.message_id))

    @property
    def stream(self) -> AudioStream:
        """The stream as it stands now."""
        return self.do(lambda s: s.get_one(AudioStream, self.message_id))

    def open(self, token: str | None = None, carrier_call_id: str | None = None) -> Opened:
        """The carrier opens the stream."""

        def work(session: Session) -> Opened:
            right = streams.token(session.get_one(Message, self.message_id))
            leg = session.get_one(Call, self.call_id).carrier_call_id
            given, call = token or right, carrier_call_id or leg
            return streams.open_stream(session, self.message_id, given, call, self.now)

        return self.do(work)

    def says(self, stream: Opened, seq: int, data: bytes = SECOND) -> bool:
        """A chunk is written."""
        vault = self.runtime.vault
        return self.do(lambda s: streams.append(s, vault, stream, seq, data, self.now))

    def ends(self, stream: Opened, seq: int, rest: bytes = b"", heard_s: float = 1.0) -> bool:
        """The recording is over."""
        ending, vault = Ending("key", rest, seq, heard_s), self.runtime.vault
        return self.do(lambda s: streams.end(s, vault, stream, ending, self.now)) is not None

    def goes_on(self) -> float | None:
        """The call asks what comes after the stream."""
        return self.do(lambda s: streams.over(s, s.get_one(Message, self.message_id), self.now))

    def hangs_up(self) -> bool:
        """The call is over; whether anything was said."""

        def work(session: Session) -> bool:
            call = session.get_one(Call, self.call_id)
            streams.settle(session, call, self.now)
            return intake.caller_left(session, call, self.now, 20.0)

        return self.do(work)

    def watched(self) -> Watched:
        """The dispatcher looks at the stream."""
        return self.do(lambda s: streams.watch(s, self.message_id, self.now))

    def sound(self) -> list[tuple[str, bytes]]:
        """What is stored."""
        vault = self.runtime.vault
        return self.do(lambda s: audio.load_parts(s, vault, s.get_one(Message, self.message_id)))

    def tasks(self, kind: TaskKind) -> int:
        """How many tasks of a kind there are."""
        return len(self.do(lambda s: s.scalars(select(Task.id).where(Task.kind == kind)).all()))


def test_what_is_said_is_kept_and_the_message_recorded(runtime: Runtime) -> None:
    caller = Caller(runtime)
    stream = caller.open()
    assert (stream.max_s, stream.silence_s) == (300, 10)
    assert caller.says(stream, 0)
    assert caller.says(stream, 1)
    assert caller.ends(stream, 2, rest=SECOND[:4000])
    assert caller.sound() == [(audio.STREAMED_TYPE, SECOND * 2 + SECOND[:4000])]
    message = caller.message
    assert (message.state, message.audio) == (MessageState.RECORDED, AudioState.STORED)
    assert message.duration_s == 2.5
    assert caller.goes_on() == 2.5


def test_silence_counts_as_nothing_said_and_is_kept(runtime: Runtime) -> None:
    caller = Caller(runtime)
    caller.ends(caller.open(), 0, rest=SECOND, heard_s=0.0)
    assert caller.goes_on() == 0.0
    assert caller.sound() == [(audio.STREAMED_TYPE, SECOND)]


@pytest.mark.parametrize(
    ("token", "carrier_call_id", "code"), [("no", None, "token"), (None, "CA0", "call")]
)
def test_only_its_call_with_its_token_opens_it(
    runtime: Runtime, token: str | None, carrier_call_id: str | None, code: str
) -> None:
    caller = Caller(runtime)
    with pytest.raises(StreamRefused) as refused:
        caller.open(token, carrier_call_id)
    assert refused.value.code == code
    assert caller.stream.state is StreamState.OFFERED


def test_the_token_works_once(runtime: Runtime) -> None:
    caller = Caller(runtime)
    caller.open()
    with pytest.raises(StreamRefused) as refused:
        caller.open()
    assert refused.value.code == "used"


def test_opening_words_are_sent_and_to_be_transcribed(runtime: Runtime) -> None:
    caller = Caller(runtime, MessageKind.OPENING)
    caller.ends(caller.open(), 0, rest=SECOND)
    assert caller.message.state is MessageState.SENT
    assert caller.tasks(TaskKind.TRANSCRIBE) == 1


def test_a_broken_stream_keeps_what_was_said_and_the_message_goes_on(runtime: Runtime) -> None:
    caller = Caller(runtime)
    stream = caller.open()
    caller.says(stream, 0)
    assert caller.goes_on() is None
    assert caller.stream.ended_by == "broken"
    assert (caller.message.state, caller.message.duration_s) == (MessageState.RECORDING, 1.0)
    assert not caller.says(stream, 1)
    assert not caller.ends(stream, 1, rest=SECOND)
    assert caller.sound() == [(audio.STREAMED_TYPE, SECOND)]


def test_whether_somebody_still_writes_it(runtime: Runtime) -> None:
    caller = Caller(runtime)

    def written() -> bool:
        return caller.do(lambda s: streams.still_written(s, caller.message_id, caller.now))

    assert not written(), "it was never opened"
    stream = caller.open()
    assert written()
    caller.later(streams.FRESH_S)
    assert not written(), "nothing came for so long"
    assert caller.says(stream, 0)
    assert written()
    caller.ends(stream, 1)
    assert not written()


def test_a_stream_that_never_opened_is_lost_and_cannot_be_opened(runtime: Runtime) -> None:
    caller = Caller(runtime)
    assert caller.goes_on() is None
    assert caller.stream.ended_by == "no_stream"
    with pytest.raises(StreamRefused):
        caller.open()


def test_the_carriers_recording_is_the_next_part(runtime: Runtime) -> None:
    caller = Caller(runtime)
    caller.says(caller.open(), 0)
    caller.goes_on()
    vault = runtime.vault

    def store(session: Session) -> None:
        message = session.get_one(Message, caller.message_id)
        assert not audio.has_recording(session, message)
        audio.store(session, vault, message, b"RIFF" * 40_000, "audio/x-wav")
        assert audio.has_recording(session, message)
        assert streams.is_whole(session, message)

    caller.do(store)
    assert caller.sound() == [
        (audio.STREAMED_TYPE, SECOND),
        ("audio/x-wav", b"RIFF" * 40_000),
    ]


def test_who_hangs_up_after_it_broke_has_sent_what_was_heard(runtime: Runtime) -> None:
    caller = Caller(runtime)
    caller.says(caller.open(), 0)
    caller.goes_on()
    assert caller.hangs_up()
    assert caller.message.state is MessageState.SENT
    assert caller.tasks(TaskKind.TRANSCRIBE) == caller.tasks(TaskKind.START_DISPATCH) == 1


def test_who_hangs_up_before_the_tone_has_said_nothing(runtime: Runtime) -> None:
    caller = Caller(runtime)
    assert not caller.hangs_up()
    assert caller.message.state is MessageState.DISCARDED


def test_the_carriers_recording_after_a_refused_stream_may_be_told_after_the_call(
    runtime: Runtime,
) -> None:
    caller = Caller(runtime)
    assert caller.goes_on() is None  # it could not be opened: the carrier records
    caller.hangs_up()
    assert caller.message.state is MessageState.RECORDING

    def arrives(session: Session) -> None:
        intake.recording_arrived(
            session,
            runtime.vault,
            carrier_call_id=session.get_one(Call, caller.call_id).carrier_call_id,
            message_id=caller.message_id,
            recording_id="RE1",
            duration_s=3.0,
            now=caller.now,
        )

    caller.do(arrives)
    assert caller.message.state is MessageState.SENT
    assert caller.tasks(TaskKind.FETCH_RECORDING) == caller.tasks(TaskKind.START_DISPATCH) == 1


def test_the_end_of_the_call_may_be_told_before_the_end_of_the_stream(runtime: Runtime) -> None:
    caller = Caller(runtime)
    stream = caller.open()
    assert caller.hangs_up()
    assert caller.stream.state is StreamState.OPEN
    assert caller.ends(stream, 0, rest=SECOND)
    assert caller.message.state is MessageState.SENT
    assert caller.tasks(TaskKind.TRANSCRIBE) == caller.tasks(TaskKind.START_DISPATCH) == 1


def test_a_stream_into_which_nobody_writes_is_given_up(runtime: Runtime) -> None:
    caller = Caller(runtime)
    stream = caller.open()
    caller.later(streams.DEAD_AFTER_S - 1)
    assert caller.watched() == Watched(open=True)
    caller.says(stream, 0)
    caller.later(streams.DEAD_AFTER_S)
    leg = caller.do(lambda s: s.get_one(Call, caller.call_id).carrier_call_id)
    for _ in range(2):  # asked again when the carrier did not answer
        assert caller.watched() == Watched(open=False, carrier_call_id=leg)
    assert caller.stream.ended_by == streams.DEAD
    assert not caller.says(stream, 1)


def test_after_a_hang_up_a_dead_stream_is_sent(runtime: Runtime) -> None:
    caller = Caller(runtime)
    caller.says(caller.open(), 0)
    caller.hangs_up()
    caller.later(streams.DEAD_AFTER_S)
    assert caller.watched() == Watched(open=False)
    assert caller.message.state is MessageState.SENT
    assert caller.tasks(TaskKind.TRANSCRIBE) == 1


def test_an_ended_stream_is_not_watched(runtime: Runtime) -> None:
    caller = Caller(runtime)
    caller.ends(caller.open(), 0, rest=SECOND)
    caller.later(60)
    assert caller.watched() == Watched(open=False)
