"""Transcripts and reasons: sealed, one per message, only of what was sent; and the timeline."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from hotline.context import Runtime
from hotline.reports import timeline, transcripts
from hotline.reports.model import Message, MessageState, Report
from hotline.reports.transcripts import SpokenWord
from tests.support.office import Office

WORDS = [("he", 0.1, 0.3, 0.99), ("has", 0.3, 0.5, 0.9), ("a", 0.5, 0.6, 0.5), ("gun", 0.6, 1.0, 1)]


def write(runtime: Runtime, report_id: str) -> None:
    with runtime.database.transaction() as session:
        message = session.scalars(select(Message).where(Message.report_id == report_id)).one()
        transcripts.write(
            session,
            runtime.vault,
            message,
            language="en",
            model="tiny",
            text="he has a gun",
            words=WORDS,
            average_confidence=0.85,
            duration_s=1.2,
            now=runtime.clock(),
        )


def test_what_was_written_is_read(runtime_on_both: Runtime) -> None:
    report = Office(runtime_on_both).sent_report()
    write(runtime_on_both, report.id)
    with runtime_on_both.database.transaction() as session:
        row = session.get_one(Report, report.id)
        [spoken] = transcripts.read(session, runtime_on_both.vault, row)
        assert (spoken.text, spoken.language, spoken.duration_s) == ("he has a gun", "en", 1.2)
        assert spoken.words[3] == SpokenWord("gun", 0.6, 1.0, 1)
        stored = session.execute(text("SELECT text, words FROM transcript")).one()
        assert all(b"gun" not in bytes(column) for column in stored)


def test_there_is_one_per_message(runtime_on_both: Runtime) -> None:
    report = Office(runtime_on_both).sent_report()
    write(runtime_on_both, report.id)
    with pytest.raises(IntegrityError):
        write(runtime_on_both, report.id)


def test_a_message_that_was_not_sent_is_not_read(runtime_on_both: Runtime) -> None:
    report = Office(runtime_on_both).sent_report()
    write(runtime_on_both, report.id)
    with runtime_on_both.database.transaction() as session:
        session.scalars(select(Message)).one().state = MessageState.DISCARDED
        row = session.get_one(Report, report.id)
        assert transcripts.read(session, runtime_on_both.vault, row) == []


def test_reasons_are_sealed_too(runtime_on_both: Runtime) -> None:
    report = Office(runtime_on_both).sent_report()
    reasons = [{"category": "weapons", "phrase": "gun", "first_word": 3, "last_word": 3}]
    with runtime_on_both.database.transaction() as session:
        row = session.get_one(Report, report.id)
        assert transcripts.read_reasons(session, runtime_on_both.vault, row) == []
        transcripts.write_reasons(session, runtime_on_both.vault, row, reasons)
        assert b"gun" not in (row.reasons or b"")
    with runtime_on_both.database.transaction() as session:
        row = session.get_one(Report, report.id)
        assert transcripts.read_reasons(session, runtime_on_both.vault, row) == reasons


def test_the_timeline_is_read_in_the_order_of_time(runtime_on_both: Runtime) -> None:
    office = Office(runtime_on_both)
    report = office.sent_report()
    now = runtime_on_both.clock()
    with runtime_on_both.database.transaction() as session:
        timeline.add(session, report.id, now + timedelta(seconds=2), "later", attempt="a")
        timeline.add(session, report.id, now + timedelta(seconds=1), "sooner")
        timeline.add(session, report.id, now + timedelta(seconds=2), "later_still")
    assert office.kinds(report)[-3:] == ["sooner", "later", "later_still"]
    with runtime_on_both.database.transaction() as session:
        events = timeline.read(session, report.id)
        assert {"attempt": "a"} in [event.detail for event in events]
