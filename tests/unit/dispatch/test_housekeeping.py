"""Calls whose end or recordings nobody told us of, and copies left at the carrier."""

from collections.abc import Callable

from hotline.carrier.port import Busy, LegState, Media, Recording
from hotline.dispatch.engine import Engine
from hotline.reports import intake
from hotline.reports.intake import SETTLE_AFTER_S
from hotline.reports.model import Call, Message, MessageKind, MessageState
from hotline.tasks import queue
from hotline.tasks.model import Task, TaskKind, TaskState
from tests.fakes.carrier import FakeCall, FakeCarrier, nothing
from tests.fakes.clock import VirtualClock
from tests.support.office import Office

Act = Callable[..., object]


def caller(office: Office, carrier: FakeCarrier) -> tuple[Call, FakeCall]:
    """A caller whose leg the carrier knows."""
    leg = carrier.add_call()
    carrier.set_state(leg, LegState.ANSWERED)
    with office.runtime.database.transaction() as session:
        return intake.open_call(session, leg.id, office.runtime.clock()), leg


def record(office: Office, call: Call, *, dropped: bool = False) -> str:
    """A message whose recording callback we never get; its id."""
    with office.runtime.database.transaction() as session:
        row = session.get_one(Call, call.id)
        now = office.runtime.clock()
        message = intake.begin_message(session, office.runtime.vault, row, MessageKind.MESSAGE, now)
        intake.recording_ended(session, message.id, now)
        if dropped:
            intake.discard_message(session, message, now)
        return message.id


def messages(office: Office, call: Call) -> dict[str, tuple[MessageState, str | None]]:
    """State and recording of every message of the call, by id."""
    with office.runtime.database.transaction() as session:
        found = intake.messages_of(session, session.get_one(Call, call.id))
        return {m.id: (m.state, m.carrier_recording_id) for m in found}


def settle(engine: Engine, clock: VirtualClock) -> None:
    clock.advance(SETTLE_AFTER_S + 1)
    engine.tick()


def test_a_call_whose_end_was_never_told_is_settled(
    desk_office: Office, engine: Engine, carrier: FakeCarrier, clock: VirtualClock
) -> None:
    call, leg = caller(desk_office, carrier)
    message_id = record(desk_office, call)
    carrier.recordings_of[leg.id] = [Recording("RE1", 4.0)]
    settle(engine, clock)
    assert messages(desk_office, call) == {message_id: (MessageState.RECORDED, "RE1")}
    carrier.set_state(leg, LegState.COMPLETED)
    settle(engine, clock)
    assert messages(desk_office, call) == {message_id: (MessageState.SENT, "RE1")}
    with desk_office.runtime.database.transaction() as session:
        assert session.get_one(Call, call.id).ended_at is not None


def test_a_caller_who_is_heard_from_is_not_asked_about(
    desk_office: Office, engine: Engine, carrier: FakeCarrier, clock: VirtualClock
) -> None:
    _, leg = caller(desk_office, carrier)
    for _ in range(4):
        clock.advance(SETTLE_AFTER_S / 2)
        with desk_office.runtime.database.transaction() as session:
            intake.open_call(session, leg.id, clock())
        engine.tick()
    assert "call_state" not in carrier.requests


def test_known_recordings_leave_the_others_their_own(
    desk_office: Office, engine: Engine, carrier: FakeCarrier, clock: VirtualClock
) -> None:
    """Only the second callback was lost: the first recording must not be given out again."""
    call, leg = caller(desk_office, carrier)
    first = record(desk_office, call)
    with desk_office.runtime.database.transaction() as session:
        intake.recording_arrived(
            session,
            desk_office.runtime.vault,
            carrier_call_id=leg.id,
            message_id=first,
            recording_id="RE1",
            duration_s=4.0,
            now=clock(),
        )
    second = record(desk_office, call)
    carrier.recordings_of[leg.id] = [Recording("RE1", 4.0), Recording("RE2", 4.0)]
    settle(engine, clock)
    assert [recording for _, recording in messages(desk_office, call).values()] == ["RE1", "RE2"]
    assert messages(desk_office, call)[second][1] == "RE2"


def test_words_that_count_are_not_taken_for_dropped_ones(
    desk_office: Office, engine: Engine, carrier: FakeCarrier, clock: VirtualClock
) -> None:
    """Both callbacks were lost and nobody can tell whose is whose: none is thrown away."""
    call, leg = caller(desk_office, carrier)
    record(desk_office, call, dropped=True)
    record(desk_office, call)
    carrier.recordings_of[leg.id] = [Recording("RE2", 4.0), Recording("RE1", 4.0)]
    carrier.set_state(leg, LegState.COMPLETED)
    settle(engine, clock)
    kept = [r for state, r in messages(desk_office, call).values() if state is MessageState.SENT]
    assert sorted(str(r) for r in kept) == ["RE1", "RE2"]


def test_a_dropped_recording_that_must_be_it_is_deleted(
    desk_office: Office, engine: Engine, carrier: FakeCarrier, clock: VirtualClock
) -> None:
    call, leg = caller(desk_office, carrier)
    message_id = record(desk_office, call, dropped=True)
    carrier.recordings_of[leg.id] = [Recording("RE1", 4.0)]
    carrier.set_state(leg, LegState.COMPLETED)
    settle(engine, clock)
    engine.tick()
    assert messages(desk_office, call) == {message_id: (MessageState.DISCARDED, "RE1")}
    assert carrier.deleted == ["RE1"]


def test_a_carrier_that_does_not_answer_is_asked_again(
    desk_office: Office, engine: Engine, carrier: FakeCarrier, clock: VirtualClock
) -> None:
    call, leg = caller(desk_office, carrier)
    carrier.set_state(leg, LegState.COMPLETED)

    def refuse(_: str) -> None:
        raise Busy("429")

    carrier.before = refuse
    settle(engine, clock)
    carrier.before = nothing
    settle(engine, clock)
    with desk_office.runtime.database.transaction() as session:
        assert session.get_one(Call, call.id).ended_at is not None


def test_a_copy_at_the_carrier_is_deleted_with_proof(
    desk_office: Office, engine: Engine, carrier: FakeCarrier, clock: VirtualClock
) -> None:
    call, _ = caller(desk_office, carrier)
    message_id = record(desk_office, call)
    carrier.media["RE1"] = Media(b"words", "audio/x-wav")
    with desk_office.runtime.database.transaction() as session:
        session.get_one(Message, message_id).carrier_recording_id = "RE1"
        task_id = queue.add(session, TaskKind.DELETE_RECORDING, message_id, clock()).id

    def refuse(method: str) -> None:
        if method == "delete_recording":
            raise Busy("20009")

    carrier.before = refuse
    engine.tick()
    carrier.before = nothing
    engine.tick()
    assert carrier.media != {}
    clock.advance(11)
    engine.tick()
    assert carrier.media == {}
    with desk_office.runtime.database.transaction() as session:
        assert session.get_one(Message, message_id).carrier_deleted_at == clock()
        assert session.get_one(Task, task_id).state is TaskState.DONE
