"""A message in a language without a speech model goes to human ears, at once, without alarm."""

import pytest
from sqlalchemy import func, select

from hotline.carrier.port import Media
from hotline.dispatch.model import Alarm
from hotline.reports import timeline
from hotline.reports.model import AudioState, Message, Report, Transcript
from hotline.tasks.model import Task, TaskKind, TaskState
from tests.conftest import MakeRuntime
from tests.fakes.carrier import FakeCarrier
from tests.support.messages import message_left
from tests.support.work import perform, task_of
from transcription import jobs

pytestmark = pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")


def test_it_is_kept_marked_and_dispatched_without_waiting(
    make_runtime: MakeRuntime, database_url: str, carrier: FakeCarrier, speech: tuple[bytes, str]
) -> None:
    runtime = make_runtime(database_url, languages=["en", "so"])
    workshop = jobs.prepare(runtime)
    assert workshop.engine.languages == ("en",)
    carrier.media["RE1"] = Media(speech[0], "audio/x-wav")
    with runtime.database.transaction() as session:
        message_id = message_left(session, runtime)
        session.scalars(select(Report)).one().language = "so"
    following = perform(workshop, TaskKind.FETCH_RECORDING)
    assert following is not None
    assert jobs.knows(workshop, following)
    assert jobs.perform(workshop, following) is None
    with runtime.database.transaction() as session:
        message = session.get_one(Message, message_id)
        report = session.get_one(Report, message.report_id)
        assert message.audio is AudioState.STORED
        assert report.needs_listening
        assert session.get_one(Task, following).state is TaskState.DONE
        assert task_of(session, TaskKind.START_DISPATCH).due_at <= runtime.clock()
        told = [e.detail["why"] for e in timeline.read(session, report.id) if "why" in e.detail]
        assert told == ["no_model"]
        for nothing in (Transcript, Alarm):
            assert session.scalar(select(func.count()).select_from(nothing)) == 0
