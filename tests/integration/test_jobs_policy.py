"""Words of a waiting caller raise the urgency: by the worker the stricter policy takes over."""

from dataclasses import dataclass

import pytest
from sqlalchemy import select

from hotline.carrier.port import LegState, Media
from hotline.context import Runtime
from hotline.dispatch import bridge, desk, legs, roster
from hotline.dispatch.model import Attempt, Dispatch
from hotline.dispatch.sql import SqlBooks
from hotline.dispatch.words import LIVE, AttemptState
from hotline.oncall.model import Responder
from hotline.oncall.roster import parse
from hotline.reports import intake, search, timeline
from hotline.reports.model import Call, MessageKind, Report
from hotline.reports.triage import Rules
from hotline.tasks.model import Task, TaskKind
from ivr.voice import Voice, speak
from tests.conftest import MakeRuntime
from tests.fakes.carrier import FakeCarrier
from transcription import jobs
from transcription.audio import Audio
from transcription.engine import Engine
from transcription.result import Transcript, Word, make_transcript

pytestmark = pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")

PEOPLE = "\n".join(
    f"""[[responder]]
handle = "{handle}"
kind = "counselor"
name = "{handle}"
number = "+1555010011{n}"
languages = ["en"]
"""
    for n, handle in enumerate(("first", "second", "third", "phone"))
)
ROSTER = f"""{PEOPLE}
[policy.default]
rounds = 1
steps = [{{ targets = ["first"], ring_s = 25 }}, {{ targets = ["second"], ring_s = 25 }}]
alarm = ["phone"]

[policy.strict]
rounds = 1
steps = [{{ targets = ["first", "third"], ring_s = 25 }}]
alarm = ["phone"]

[[route]]
urgency = "life-safety"
policy = "strict"
"""


@dataclass
class Understands(Engine):
    """Stands in for Vosk, which has tests of its own: it understands this."""

    text: str

    def transcribe(self, audio: Audio, language: str) -> Transcript:
        spoken = [Word(w, n * 0.3, n * 0.3 + 0.2, 0.9) for n, w in enumerate(self.text.split())]
        return make_transcript(language, "stand-in", [spoken], 2.0)


@pytest.fixture
def runtime(make_runtime: MakeRuntime, database_url: str) -> Runtime:
    """A roster whose strict policy is for life-safety."""
    made = make_runtime(database_url, languages=["en"])
    with made.database.transaction() as session:
        roster.apply(session, made.vault, parse(ROSTER))
    return made


def waiting_caller(runtime: Runtime, carrier: FakeCarrier) -> None:
    """Somebody waits on the line and has said a few words, which the carrier has recorded."""
    now, vault = runtime.clock(), runtime.vault
    carrier.media["RE1"] = Media(speak("there is a gun", Voice("en-us")), "audio/wav")
    with runtime.database.transaction() as session:
        call = intake.open_call(session, "CA1", now)
        call.language = "en"
        report = intake.go_live(session, vault, call, now)
        bridge.waiting_began(call, now)
        desk.start(SqlBooks(session, vault), report, now, call)
        message = intake.begin_message(session, vault, call, MessageKind.OPENING, now)
        intake.recording_ended(session, message.id, now)
        intake.recording_arrived(
            *(session, vault),
            carrier_call_id="CA1",
            message_id=message.id,
            recording_id="RE1",
            duration_s=2.0,
            now=now,
        )


def transcribed(runtime: Runtime, text: str) -> None:
    """The worker has fetched the recording and understood this."""
    rules = {"en": Rules.parse(runtime.languages["en"].triage)}
    workshop = jobs.Workshop(runtime, Understands(text), rules)
    with runtime.database.transaction() as session:
        query = select(Task.id).where(Task.kind == TaskKind.FETCH_RECORDING)
        task_id: str | None = session.scalars(query).one()
    while task_id is not None:
        task_id = jobs.perform(workshop, task_id)


def rings(runtime: Runtime) -> list[tuple[str, AttemptState]]:
    """Handle and state of every ring, in order."""
    with runtime.database.transaction() as session:
        query = select(Responder.handle, Attempt.state).select_from(Attempt).join(Responder)
        return [(handle, state) for handle, state in session.execute(query.order_by(Attempt.id))]


def policy(runtime: Runtime) -> str:
    with runtime.database.transaction() as session:
        return session.scalars(select(Dispatch)).one().policy


def test_words_that_were_understood_find_their_report(
    runtime: Runtime, carrier: FakeCarrier
) -> None:
    waiting_caller(runtime, carrier)
    transcribed(runtime, "somebody opened my locker")
    with runtime.database.transaction() as session:
        asked = search.match(session, runtime.vault, "locker opened")
        [found] = session.scalars(select(Report).where(asked))
        assert found.live


def test_words_about_a_gun_ring_the_strict_policy_and_nobody_twice(
    runtime: Runtime, carrier: FakeCarrier
) -> None:
    waiting_caller(runtime, carrier)
    assert rings(runtime) == [("first", AttemptState.INTENDED)]
    transcribed(runtime, "there is a gun at school")
    assert policy(runtime) == "strict"
    assert rings(runtime) == [("first", AttemptState.INTENDED), ("third", AttemptState.INTENDED)]
    with runtime.database.transaction() as session:
        report = session.scalars(select(Report)).one()
        assert (report.category, report.urgency) == ("weapons", "life-safety")
        assert "policy_raised" in [event.kind for event in timeline.read(session, report.id)]


def test_the_caller_still_waits_and_is_met_by_whom_the_strict_policy_rings(
    runtime: Runtime, carrier: FakeCarrier
) -> None:
    waiting_caller(runtime, carrier)
    transcribed(runtime, "there is a gun at school")
    with runtime.database.transaction() as session:
        books = SqlBooks(session, runtime.vault)
        live = select(Attempt).where(Attempt.state.in_(LIVE)).order_by(Attempt.id)
        first, third = session.scalars(live)
        legs.leg_is(books, first.id, LegState.UNANSWERED, runtime.clock())
        assert desk.accept(books, third, runtime.clock())
        row = session.scalars(select(Dispatch)).one()
        name = bridge.name(books, row)
        assert name is not None
        assert name == session.scalars(select(Call)).one().conference


def test_words_that_raise_nothing_leave_the_policy(runtime: Runtime, carrier: FakeCarrier) -> None:
    waiting_caller(runtime, carrier)
    transcribed(runtime, "somebody is picking on me")
    assert policy(runtime) == "default"
    assert rings(runtime) == [("first", AttemptState.INTENDED)]
