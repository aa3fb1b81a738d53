"""The recording callback: any number of times, in any order."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from hotline.context import Runtime
from hotline.reports.model import Message, MessageState
from hotline.tasks.model import Task, TaskKind
from tests.unit.ivr.leg import Leg

NewLeg = Callable[[], Leg]


def messages(runtime: Runtime) -> list[Message]:
    with runtime.database.transaction() as session:
        return list(session.scalars(select(Message).order_by(Message.created_at)))


def fetches(runtime: Runtime) -> int:
    with runtime.database.transaction() as session:
        kinds = [task.kind for task in session.scalars(select(Task))]
    return kinds.count(TaskKind.FETCH_RECORDING)


def callback(caller: Leg) -> str:
    return caller.one("Record").attrib["recordingStatusCallback"]


def test_ten_callbacks_make_one_message_and_one_fetch(leg: NewLeg, runtime: Runtime) -> None:
    caller = leg().arrive().press("1", "2")
    url = callback(caller)
    for _ in range(10):
        assert caller.recording_arrives(url, "RE1").status_code == 204
    (message,) = messages(runtime)
    assert message.carrier_recording_id == "RE1"
    assert fetches(runtime) == 1


def test_an_absent_recording_is_no_message(leg: NewLeg, runtime: Runtime) -> None:
    caller = leg().arrive().press("1", "2")
    caller.post(callback(caller), RecordingStatus="absent", RecordingSid="RE1")
    (message,) = messages(runtime)
    assert message.state is MessageState.DISCARDED
    assert fetches(runtime) == 0


def test_the_posted_address_is_never_used(leg: NewLeg, runtime: Runtime) -> None:
    caller = leg().arrive().press("1", "2")
    form = {"RecordingSid": "RE1", "RecordingDuration": "4"}
    caller.post(callback(caller), RecordingUrl="http://elsewhere.example/a.wav", **form)
    assert messages(runtime)[0].carrier_recording_id == "RE1"


def test_a_stray_recording_becomes_a_message_of_its_own(leg: NewLeg, runtime: Runtime) -> None:
    caller = leg().arrive().press("1")
    caller.recording_arrives("/voice/recording?message=unknown", "RE9")
    assert [m.carrier_recording_id for m in messages(runtime)] == ["RE9"]


def test_the_worker_is_rung_after_the_commit(leg: NewLeg, runtime: Runtime) -> None:
    rung: list[str] = []

    def ring(task_id: str) -> bool:
        with runtime.database.transaction() as session:
            rung.append(session.get_one(Task, task_id).kind)
        return True

    object.__setattr__(runtime.doorbell, "ring", ring)
    caller = leg().arrive().press("1", "2")
    caller.recording_arrives(callback(caller), "RE1")
    assert rung == [TaskKind.FETCH_RECORDING]


def test_a_failing_database_asks_the_carrier_to_come_again(
    leg: NewLeg, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = leg().arrive().press("1", "2")
    url = callback(caller)

    def locked(*_: object, **__: object) -> None:
        raise OperationalError("statement", {}, Exception("database is locked"))

    with monkeypatch.context() as broken:
        broken.setattr(runtime.database, "transaction", locked)
        assert caller.recording_arrives(url, "RE1").status_code == 500
    assert caller.recording_arrives(url, "RE1").status_code == 204
    assert fetches(runtime) == 1
