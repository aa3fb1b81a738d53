"""A worker's hold on its task: kept while it works, and worth nothing once it is lost."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from hotline.carrier.port import Media
from hotline.reports.model import Transcript
from hotline.tasks import queue
from hotline.tasks.model import Task, TaskKind, TaskState
from tests.fakes.carrier import FakeCarrier
from tests.fakes.clock import VirtualClock
from tests.support.messages import message_left
from tests.support.work import perform, task_of, until
from transcription import apart, jobs
from transcription import workshop as workshop_module

pytestmark = pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")


def test_a_worker_that_lost_its_lease_commits_nothing(
    workshop: jobs.Workshop,
    carrier: FakeCarrier,
    clock: VirtualClock,
    speech: tuple[bytes, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A stopped worker wakes up after another has taken its task: its result is thrown away."""
    runtime = workshop.runtime
    carrier.media["RE1"] = Media(speech[0], "audio/x-wav")
    with runtime.database.transaction() as session:
        message_left(session, runtime)
    following = perform(workshop, TaskKind.FETCH_RECORDING)
    assert following is not None
    stolen: list[None] = []

    def slow(*given: Any) -> Any:
        found = heard(*given)
        if not stolen:
            stolen.append(None)
            clock.advance(workshop_module.LEASE_S + 1)
            jobs.perform(workshop, following)
        return found

    heard = apart.heard
    monkeypatch.setattr(apart, "heard", slow)
    jobs.perform(workshop, following)
    assert stolen
    with runtime.database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Transcript)) == 1
        assert session.get_one(Task, following).tries == 2


def test_the_lease_is_held_while_a_large_recording_is_fetched(
    workshop: jobs.Workshop,
    carrier: FakeCarrier,
    clock: VirtualClock,
    speech: tuple[bytes, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runtime, fetch = workshop.runtime, carrier.fetch_recording
    monkeypatch.setattr(workshop_module, "RENEW_EVERY_S", 0.01)
    carrier.media["RE1"] = Media(speech[0], "audio/x-wav")
    with runtime.database.transaction() as session:
        message_left(session, runtime)

    def lease_until() -> datetime:
        with runtime.database.transaction() as session:
            found = task_of(session, TaskKind.FETCH_RECORDING).lease_until
            assert found is not None
            return found

    def slow(recording_id: str) -> Media:
        for _ in range(3):
            before = lease_until()
            clock.advance(workshop_module.LEASE_S - 1)
            until(lambda before=before: lease_until() > before)
        return fetch(recording_id)

    monkeypatch.setattr(carrier, "fetch_recording", slow)
    assert perform(workshop, TaskKind.FETCH_RECORDING) is not None
    with runtime.database.transaction() as session:
        task = task_of(session, TaskKind.FETCH_RECORDING)
        assert (task.state, task.tries) == (TaskState.DONE, 1)


def test_a_lease_that_cannot_be_renewed_costs_no_work(
    workshop: jobs.Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But one that somebody else has by now ends it."""
    runtime = workshop.runtime
    with runtime.database.transaction() as session:
        message_left(session, runtime)
        task = task_of(session, TaskKind.FETCH_RECORDING)
        lease = queue.claim(session, task.id, "worker-1", runtime.clock(), 15.0)
    assert lease is not None
    renew = workshop.renewal(lease)

    def locked(*_: object) -> None:
        raise OperationalError("", None, Exception())

    with monkeypatch.context() as patch:
        patch.setattr(queue, "renew", locked)
        renew()
    with runtime.database.transaction() as session:
        task_of(session, TaskKind.FETCH_RECORDING).lease_token = "somebody else's"
    with pytest.raises(queue.LeaseLost):
        renew()
