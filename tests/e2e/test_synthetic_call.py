"""The hotline calls itself through the real processes and the switch, as a carrier's loop."""

from collections.abc import Callable
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import func, select

from hotline.context import Runtime
from hotline.dispatch.model import Alarm, Attempt, Dispatch
from hotline.metrics import exposition
from hotline.reports.model import (
    AudioChunk,
    Call,
    Message,
    Report,
    ReportState,
    SyntheticCall,
    TimelineEvent,
    Transcript,
)
from ivr.voice import Voice, speak
from tests.e2e.conftest import Theatre, open_theatre
from tests.support.work import until

pytestmark = pytest.mark.e2e
SPEED = 2.0
"""A phone rings for 30 s of telephone time: a busy machine must be able to answer within them."""
OWN = {"synthetic_call_min": 1, "audit_every_s": 1.0, "silence_s": 10.0, "languages": ["en", "es"]}


def calls_of(runtime: Runtime) -> list[SyntheticCall]:
    with runtime.database.reading() as session:
        found = session.scalars(select(SyntheticCall).order_by(SyntheticCall.placed_at)).all()
        session.expunge_all()
        return list(found)


def first(theatre: Theatre, met: Callable[[SyntheticCall], bool]) -> SyntheticCall:
    """The first call, once it is so."""
    until(lambda: any(met(row) for row in calls_of(theatre.stack.runtime)[:1]), within_s=90)
    return calls_of(theatre.stack.runtime)[0]


def left_of(runtime: Runtime, *kinds: type) -> dict[str, int]:
    with runtime.database.reading() as session:
        counts = {
            kind.__name__: session.scalar(select(func.count()).select_from(kind)) for kind in kinds
        }
    return {name: count for name, count in counts.items() if count}


@pytest.mark.slow
@pytest.mark.parametrize("record", ["stream", "verb"])
def test_it_goes_the_whole_way_and_leaves_nothing(tmp_path: Path, record: str) -> None:
    with open_theatre(tmp_path, record=record, speed=SPEED, **OWN) as theatre:
        runtime = theatre.stack.runtime
        row = first(theatre, lambda row: row.outcome is not None)
        assert row.outcome == "ok"
        stages = [row.placed_at, row.answered_at, row.proven_at, row.sent_at, row.transcribed_at]
        assert None not in stages
        assert stages[:4] == sorted(stages[:4])
        assert row.dispatched_at is not None
        first(theatre, lambda row: row.report_id is None and row.call_id is None)
        kinds = (Report, Call, Message, Transcript, AudioChunk, TimelineEvent)
        assert left_of(runtime, *kinds, Dispatch, Attempt, Alarm) == {}
        numbers = {leg["number"] for leg in theatre.switch.legs()}
        assert numbers == {runtime.settings.phone_number}, "no phone of anybody was rung"
        figures = text_string_to_metric_families(exposition(runtime).decode())
        values = {s.name: s.value for family in figures for s in family.samples}
        assert values["hotline_synthetic_call_last_success_timestamp_seconds"] == pytest.approx(
            row.placed_at.timestamp()
        )
        assert values["hotline_synthetic_call_failures"] == 0
    said = "\n".join(theatre.log)
    assert "5550100" not in said
    assert "nobody is in danger" not in said.casefold()


@pytest.mark.slow
def test_other_words_are_not_deleted_and_call_a_person(tmp_path: Path) -> None:
    recordings = tmp_path / "voices"
    (recordings / "en").mkdir(parents=True)
    said = speak("i saw a boy with a gun in the cafeteria", Voice("en-us+Andrea", speed=140))
    (recordings / "en" / "synthetic_words.wav").write_bytes(said)
    with open_theatre(tmp_path / "data", recordings_dir=recordings, speed=SPEED, **OWN) as theatre:
        runtime = theatre.stack.runtime
        row = first(theatre, lambda row: row.outcome is not None)
        assert row.outcome == "wrong_words"
        with runtime.database.reading() as session:
            report = session.get_one(Report, row.report_id)
            assert (report.state, report.needs_listening) == (ReportState.OPEN, True)
            [alarm] = session.scalars(select(Alarm)).all()
            assert (alarm.reason, alarm.report_id) == ("auditor_found", report.id)
        assert len(calls_of(runtime)) == 1
