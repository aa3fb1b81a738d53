"""Conversations of texts on both databases: who is known by what, what is kept, what is gone."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from hotline.context import Runtime
from hotline.privacy.cipher import DataKey, KeyGone
from hotline.reports import day_secrets, shredding, texted, written
from hotline.reports.model import Door, Report
from hotline.reports.text_model import TextConversation, TextMessage, TextOut, TextSecret
from hotline.reports.written import Place
from hotline.tasks.model import Task, TaskKind

SENDER, LINE = "+12175550142", "+15550100911"
DAY_S = 86400.0


def begun(runtime: Runtime, sender: str = SENDER) -> str:
    """A report by text, with a conversation that keeps the number; gives the conversation's id."""
    now = runtime.clock()
    with runtime.database.transaction() as session:
        row = texted.conversation(session, runtime.vault, sender, LINE, 3, now)
        report, _ = written.new_report(
            session, runtime.vault, "en", Place(), f"text-{sender}", now, Door.TEXT
        )
        texted.keep_receipt(session, runtime.vault, row, report, written.receipt(report))
        texted.keep_number(session, runtime.vault, row, sender)
        texted.note(session, row, f"SM{sender}", ["sent"], "en", now)
        return row.id


def test_a_number_is_known_again_for_days_and_by_no_name_that_lasts(
    runtime_on_both: Runtime,
) -> None:
    runtime = runtime_on_both
    first = begun(runtime)
    names = set()
    for _ in range(4):
        with runtime.database.transaction() as session:
            row = texted.conversation(session, runtime.vault, SENDER, LINE, 3, runtime.clock())
            assert row.id == first
            names.add(row.name)
            texted.expire(session, 3, runtime.clock())
        runtime.clock.advance(2 * DAY_S)  # type: ignore[attr-defined]
    assert len(names) == 4
    with runtime.database.transaction() as session:
        assert len(session.scalars(select(TextSecret)).all()) <= 5
        assert SENDER not in names
        other = texted.conversation(
            session, runtime.vault, "+12175550143", LINE, 3, runtime.clock()
        )
        assert other.id != first


def test_the_number_opens_for_the_carrier_alone_and_is_shredded_with_the_report(
    runtime_on_both: Runtime,
) -> None:
    runtime = runtime_on_both
    row_id = begun(runtime)
    with runtime.database.transaction() as session:
        row = session.get_one(TextConversation, row_id)
        report = session.scalars(select(Report)).one()
        assert texted.number(session, runtime.vault, row) == SENDER
        out = texted.send(session, runtime.vault, row, report, "An answer.", runtime.clock())
        letter = texted.to_send(session, runtime.vault, out)
        assert letter == texted.OutgoingText(LINE, SENDER, "An answer.")
        keys = session.scalar(select(func.count()).select_from(DataKey)) or 0
        shredding.shred(session, report, runtime.clock())
        assert session.scalars(select(TextConversation)).all() == []
        assert session.scalars(select(TextOut.body)).one() is None
        left = session.scalar(select(func.count()).select_from(DataKey)) or 0
        assert left == keys - 1  # the report's and the number's are gone; that of no report came


def test_without_its_own_key_or_the_reports_the_number_is_gone(runtime_on_both: Runtime) -> None:
    runtime = runtime_on_both
    row_id = begun(runtime)
    with runtime.database.transaction() as session:
        row = session.get_one(TextConversation, row_id)
        key = session.get_one(DataKey, str(row.data_key_id))
        session.delete(key)
        session.flush()
        with pytest.raises(KeyGone):
            texted.number(session, runtime.vault, row)


def test_one_carriers_id_makes_one_text_and_one_task(runtime_on_both: Runtime) -> None:
    runtime = runtime_on_both
    row_id = begun(runtime)
    with runtime.database.transaction() as session:
        row = session.get_one(TextConversation, row_id)
        with pytest.raises(IntegrityError):
            texted.note(session, row, f"SM{SENDER}", [], "en", runtime.clock())
        session.rollback()
    with runtime.database.reading() as session:
        text = session.scalars(select(TextMessage)).one()
        tasks = session.scalars(select(Task).where(Task.kind == TaskKind.FORGET_TEXT)).all()
        assert [task.subject_id for task in tasks] == [text.id]


def test_the_receipt_is_told_again_for_ten_minutes(runtime_on_both: Runtime) -> None:
    runtime = runtime_on_both
    row_id = begun(runtime)
    with runtime.database.transaction() as session:
        row, text = session.get_one(TextConversation, row_id), session.scalars(select(TextMessage))
        came, now = text.one(), runtime.clock()
        soon, late = now + timedelta(minutes=9), now + timedelta(minutes=11)
        told = texted.receipt_of(session, runtime.vault, row, came, soon)
        number = session.scalars(select(Report.number)).one()
        assert told is not None
        assert told.number == number
        assert texted.receipt_of(session, runtime.vault, row, came, late) is None
        texted.expire(session, 3, late)
        assert row.receipt is None


def test_names_of_one_day_differ_from_those_of_another(runtime_on_both: Runtime) -> None:
    runtime, now = runtime_on_both, runtime_on_both.clock()
    with runtime.database.transaction() as session:
        given = (session, runtime.vault, TextSecret, SENDER)
        today = day_secrets.name(*given, now)
        later = day_secrets.name(*given, now + timedelta(days=1))
        assert day_secrets.name(*given, now) == today
        assert len({today, later}) == 2
        assert set(day_secrets.known_names(*given)) == {today, later}
