"""Intake: what a caller says is kept once, whatever number and order of webhooks."""

import itertools
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.context import Runtime
from hotline.reports import audio, intake
from hotline.reports.intake import Receipt
from hotline.reports.model import (
    AudioState,
    Call,
    Message,
    MessageKind,
    MessageState,
    Report,
    ReportState,
)
from hotline.tasks.model import Task, TaskKind
from tests.support.office import Office
from tests.support.threads import all_at_once, together

T = TypeVar("T")
WAIT_S = 20.0
THREADS = 8


class Line:
    """One caller's leg; each method is one webhook, in a transaction of its own."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.office = Office(runtime)
        self.call_id = self.office.call().id
        self.carrier_call_id = self._with_call(lambda s, call: call.carrier_call_id)

    def begin(self, kind: MessageKind = MessageKind.MESSAGE) -> str:
        """A recording begins; its message's id."""
        return self._with_call(
            lambda s, call: (
                intake.begin_message(s, self.runtime.vault, call, kind, self.runtime.clock()).id
            )
        )

    def ended(self, message_id: str) -> None:
        """The Record verb's action request."""
        self._with_call(lambda s, _: intake.recording_ended(s, message_id, self.runtime.clock()))

    def arrived(self, message_id: str | None, recording_id: str = "RE1") -> str | None:
        """The recording callback; the message it became."""
        with self.runtime.database.transaction() as session:
            message = intake.recording_arrived(
                session,
                self.runtime.vault,
                carrier_call_id=self.carrier_call_id,
                message_id=message_id,
                recording_id=recording_id,
                duration_s=4.0,
                now=self.runtime.clock(),
            )
            return message.id if message else None

    def nothing(self, message_id: str) -> None:
        """The callback that says there is no recording."""
        self._with_call(lambda s, _: intake.nothing_recorded(s, message_id, self.runtime.clock()))

    def send(self) -> Receipt:
        """The caller sends it."""
        return self._with_call(
            lambda s, call: intake.send(s, self.runtime.vault, call, self.runtime.clock(), WAIT_S)
        )

    def discard(self) -> None:
        """The caller wants to say it again."""

        def drop_all(session: Session, call: Call) -> None:
            for message in intake.messages_of(session, call):
                intake.discard_message(session, message, self.runtime.clock())

        self._with_call(drop_all)

    def left(self) -> bool:
        """The caller has hung up; whether anything was said."""
        return self._with_call(
            lambda s, call: intake.caller_left(s, call, self.runtime.clock(), WAIT_S)
        )

    def stored(self, message_id: str) -> None:
        """The worker has the audio."""
        with self.runtime.database.transaction() as session:
            message = session.get_one(Message, message_id)
            audio.store(session, self.runtime.vault, message, b"words", "audio/x-wav")

    def messages(self) -> list[Message]:
        """Every message of the call."""
        return self._with_call(lambda s, call: intake.messages_of(s, call))

    def report(self) -> Report:
        """The call's report."""
        found: Report = self._with_call(lambda s, call: s.get_one(Report, call.report_id))
        return found

    def tasks(self, kind: TaskKind) -> list[str]:
        """Subjects of the tasks of a kind."""
        with self.runtime.database.transaction() as session:
            query = select(Task.subject_id).where(Task.kind == kind).order_by(Task.id)
            return list(session.scalars(query))

    def kinds(self) -> list[str]:
        """The timeline's kinds."""
        return self.office.kinds(self.report())

    def _with_call(self, act: Callable[..., T]) -> T:
        with self.runtime.database.transaction() as session:
            return act(session, session.get_one(Call, self.call_id))


@pytest.fixture
def line(runtime_on_both: Runtime) -> Line:
    """A caller on the line, on each kind of database."""
    return Line(runtime_on_both)


def test_a_message_from_the_first_word_to_received(line: Line) -> None:
    message_id = line.begin()
    assert line.report().state is ReportState.DRAFT
    line.ended(message_id)
    line.arrived(message_id)
    assert line.tasks(TaskKind.START_DISPATCH) == []
    receipt = line.send()
    report = line.report()
    assert (report.state, report.number) == (ReportState.OPEN, receipt.number)
    assert line.tasks(TaskKind.START_DISPATCH) == [report.id]
    assert line.tasks(TaskKind.FETCH_RECORDING) == [message_id]
    assert [m.state for m in line.messages()] == [MessageState.SENT]
    assert line.kinds() == [
        "call_began",
        "recording_began",
        "message_received",
        "report_sent",
    ]


def test_the_first_webhook_makes_the_call_and_the_others_find_it(line: Line) -> None:
    def webhook(_: int) -> str:
        with line.runtime.database.transaction() as session:
            return intake.open_call(session, "CAnew", line.runtime.clock()).id

    assert len(set(together(THREADS, webhook))) == 1
    assert len(line.tasks(TaskKind.SETTLE_CALL)) == 2  # this call's and the line's own


def test_beginning_twice_gives_the_message_under_way(line: Line) -> None:
    first = line.begin()
    assert line.begin() == first
    assert line.begin(MessageKind.ADDITION) != first
    line.ended(first)
    assert line.begin() != first


@pytest.mark.parametrize("order", list(itertools.permutations(["ended", "arrived", "left"])))
def test_a_caller_who_hangs_up_is_heard_in_any_order(line: Line, order: tuple[str, ...]) -> None:
    """Each webhook comes twice, in every order; the message is sent once, with its audio."""
    message_id = line.begin()
    for event in (*order, *order):
        getattr(line, event)(*(() if event == "left" else (message_id,)))
    [message] = line.messages()
    assert (message.state, message.carrier_recording_id) == (MessageState.SENT, "RE1")
    assert line.report().state is ReportState.OPEN
    assert line.tasks(TaskKind.START_DISPATCH) == [line.report().id]
    assert line.tasks(TaskKind.FETCH_RECORDING) == [message_id]
    assert line.kinds().count("message_received") == 1
    assert line.kinds().count("caller_left") == 1


def test_hang_up_and_recording_told_at_the_same_moment(line: Line) -> None:
    """Whichever commits second sees the other: nobody is left waiting for the settling."""
    for _ in range(6):
        fresh = Line(line.runtime)
        message_id = fresh.begin()
        all_at_once(
            fresh.left,
            partial(fresh.arrived, message_id, f"RE{message_id}"),
            partial(fresh.ended, message_id),
        )
        assert [m.state for m in fresh.messages()] == [MessageState.SENT]
        assert fresh.report().state is ReportState.OPEN


def test_one_recording_told_ten_times_at_once_is_one_message(line: Line) -> None:
    message_id = line.begin()
    line.ended(message_id)
    assert set(together(THREADS, lambda _: line.arrived(message_id))) == {message_id}
    assert len(line.messages()) == 1
    assert line.tasks(TaskKind.FETCH_RECORDING) == [message_id]


def test_a_second_recording_of_a_message_is_a_message_of_its_own(line: Line) -> None:
    message_id = line.begin()
    assert line.arrived(message_id, "RE1") == message_id
    stray = line.arrived(message_id, "RE2")
    assert stray != message_id
    assert line.arrived(message_id, "RE2") == stray
    assert "stray_recording" in line.kinds()
    assert len(line.tasks(TaskKind.FETCH_RECORDING)) == 2


@pytest.mark.parametrize("hung_up", [False, True])
def test_a_recording_without_a_message_is_not_lost(line: Line, hung_up: bool) -> None:
    if hung_up:
        line.left()
    stray = line.arrived("no such message")
    assert stray is not None
    if not hung_up:
        assert line.report().state is ReportState.DRAFT
        line.left()
    assert [m.state for m in line.messages()] == [MessageState.SENT]
    assert line.tasks(TaskKind.START_DISPATCH) == [line.report().id]


def test_a_recording_of_a_call_nobody_knows(line: Line) -> None:
    line.carrier_call_id = "CAunknown"
    stray = line.arrived(None)
    with line.runtime.database.transaction() as session:
        assert session.get_one(Message, stray).carrier_recording_id == "RE1"


def test_sending_twice_gives_the_same_receipt(line: Line) -> None:
    line.ended(line.begin())
    receipt = line.send()
    assert line.send() == receipt
    assert line.kinds().count("report_sent") == 1
    report_id = line.report().id
    with line.runtime.database.transaction() as session:
        found = intake.find_report(session, receipt.number, receipt.pin)
        assert found is not None
        assert found.id == report_id
        wrong = f"{(int(receipt.pin) + 1) % 10**6:06d}"
        assert intake.find_report(session, receipt.number, wrong) is None
        assert intake.find_report(session, "000000", receipt.pin) is None


def test_the_receipt_is_kept_only_while_the_call_lasts(line: Line) -> None:
    line.ended(line.begin())
    line.send()
    line.left()
    with line.runtime.database.transaction() as session:
        assert session.get_one(Call, line.call_id).receipt is None


def test_sent_before_the_audio_is_here(line: Line) -> None:
    message_id = line.begin()
    line.send()
    line.arrived(message_id)
    assert line.tasks(TaskKind.FETCH_RECORDING) == [message_id]
    assert [m.state for m in line.messages()] == [MessageState.SENT]


def test_sent_after_the_audio_is_here(line: Line) -> None:
    message_id = line.begin()
    line.arrived(message_id)
    line.stored(message_id)
    assert line.tasks(TaskKind.TRANSCRIBE) == []
    line.send()
    assert line.tasks(TaskKind.TRANSCRIBE) == [message_id]


def test_said_again_the_first_is_dropped_here_and_there(line: Line) -> None:
    first = line.begin()
    line.arrived(first, "RE1")
    line.stored(first)
    line.discard()
    second = line.begin()
    line.arrived(second, "RE2")
    line.send()
    states = {m.id: (m.state, m.audio) for m in line.messages()}
    assert states[first] == (MessageState.DISCARDED, AudioState.UNUSABLE)
    assert states[second] == (MessageState.SENT, AudioState.AWAITED)
    assert line.tasks(TaskKind.DELETE_RECORDING) == [first]
    with line.runtime.database.transaction() as session:
        row = session.get_one(Message, first)
        assert audio.load_parts(session, line.runtime.vault, row) == []


def test_dropped_before_its_audio_came(line: Line) -> None:
    message_id = line.begin()
    line.ended(message_id)
    line.discard()
    line.arrived(message_id)
    [message] = line.messages()
    assert (message.state, message.audio_problem) == (MessageState.DISCARDED, "discarded")
    assert line.tasks(TaskKind.DELETE_RECORDING) == [message_id]
    assert line.tasks(TaskKind.FETCH_RECORDING) == []
    assert not line.left()
    assert line.report().state is ReportState.DRAFT


def test_what_was_sent_cannot_be_dropped(line: Line) -> None:
    line.ended(line.begin())
    line.send()
    line.discard()
    assert [m.state for m in line.messages()] == [MessageState.SENT]


def test_nothing_was_recorded(line: Line) -> None:
    message_id = line.begin()
    line.nothing(message_id)
    line.nothing("no such message")
    assert [(m.state, m.audio_problem) for m in line.messages()] == [
        (MessageState.DISCARDED, "absent")
    ]
    assert not line.left()


def test_a_late_word_of_absence_does_not_take_a_recording_away(line: Line) -> None:
    message_id = line.begin()
    line.arrived(message_id)
    line.nothing(message_id)
    assert [m.state for m in line.messages()] == [MessageState.RECORDED]


def test_nothing_said_nothing_sent(line: Line) -> None:
    assert not line.left()
    assert line.tasks(TaskKind.START_DISPATCH) == []


def test_opening_words_are_sent_at_once(line: Line) -> None:
    with line.runtime.database.transaction() as session:
        call = session.get_one(Call, line.call_id)
        intake.go_live(session, line.runtime.vault, call, line.runtime.clock())
        intake.go_live(session, line.runtime.vault, call, line.runtime.clock())
    assert line.kinds().count("wants_to_speak") == 1
    message_id = line.begin(MessageKind.OPENING)
    line.ended(message_id)
    assert [m.state for m in line.messages()] == [MessageState.SENT]
    assert (line.report().live, line.report().state) == (True, ReportState.OPEN)
