"""Calling again and again over signed webhooks: what is asked, kept, and still gets through."""

import json
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from hotline.context import Runtime
from hotline.reports import callers, marks, spoken, timeline
from hotline.reports.caller_model import CallerCall, MarkKind
from hotline.reports.model import Call, Message, MessageState, Report
from hotline.reports.spoken_model import AnswerKind, SpokenAnswer
from hotline.tasks.model import Task, TaskKind
from ivr.turns import word_key
from tests.unit.ivr.leg import Leg

NewLeg = Callable[[], Leg]
CALLER, OTHER = "+12175550199", "+12175550198"


def comes(leg: NewLeg, shown: str = CALLER) -> Leg:
    """A caller who has chosen English, from that telephone."""
    caller = leg()
    caller.post("/voice", Direction="inbound", From=shown)
    return caller.press("1")


@pytest.fixture
def again(leg: NewLeg, runtime: Runtime) -> Leg:
    """The call after all the free ones of the day, at the wish to speak."""
    for _ in range(runtime.settings.repeat_calls):
        comes(leg).hang_up()
    return comes(leg).press("1")


def row(runtime: Runtime, leg: Leg) -> Call:
    with runtime.database.transaction() as session:
        return session.scalars(select(Call).where(Call.carrier_call_id == leg.call_id)).one()


def hears_digits(runtime: Runtime, *, word: bool = True) -> None:
    with runtime.database.transaction() as session:
        spoken.note_hearing(session, "en", runtime.clock(), word=word, digits=True)


def understood(runtime: Runtime, keys: str) -> None:
    with runtime.database.transaction() as session:
        answer = session.scalars(select(SpokenAnswer).order_by(SpokenAnswer.id.desc())).first()
        assert answer is not None
        spoken.understood(session, runtime.vault, answer, keys, runtime.clock())


def test_the_key_that_is_named_leads_to_a_person(again: Leg, runtime: Runtime) -> None:
    key = word_key(row(runtime, again).id)
    named = [name for name in again.says if name.startswith("digit_")]
    assert again.says[:3] == ["danger", "word_ask", "word_press"]
    assert named == [f"digit_{key}"]
    assert key in "5678"
    assert row(runtime, again).report_id is None
    again.press(key)
    assert again.says == ["opening_question"]


def test_no_other_telephone_and_nobody_without_a_number_is_asked(again: Leg, leg: NewLeg) -> None:
    for shown in (OTHER, "anonymous", "", "+266696687"):
        assert comes(leg, shown).press("1").says == ["opening_question"]


def test_the_next_day_begins_anew(again: Leg, leg: NewLeg, runtime: Runtime) -> None:
    runtime.clock.advance(86400.0)  # type: ignore[attr-defined]
    assert comes(leg).press("1").says == ["opening_question"]
    with runtime.database.transaction() as session:
        assert len(session.scalars(select(CallerCall)).all()) == 1


def test_a_webhook_told_twice_counts_once(leg: NewLeg, runtime: Runtime) -> None:
    caller = leg()
    for _ in range(9):
        caller.post("/voice", Direction="inbound", From=CALLER)
    assert caller.press("1", "1").says == ["opening_question"]


def test_a_report_is_marked_and_its_urgency_is_not(again: Leg, runtime: Runtime) -> None:
    again.press("2").record(5).press("1")
    with runtime.database.transaction() as session:
        report = session.scalars(select(Report)).one()
        (mark,) = marks.of(session, report)
        assert (mark.kind, mark.count) == (MarkKind.SAME_TELEPHONE, 6)
        assert report.urgency == "urgent"
        kinds = {task.kind for task in session.scalars(select(Task))}
        assert TaskKind.START_DISPATCH in kinds


def test_a_blocked_telephone_leaves_a_message_that_is_dispatched(
    leg: NewLeg, runtime: Runtime
) -> None:
    first = comes(leg).press("2").record(5).press("1")
    first.hang_up()
    with runtime.database.transaction() as session:
        report = session.scalars(select(Report)).one()
        assert callers.block(session, report, "me", runtime.clock(), 9)
    caller = comes(leg).press("1")
    assert caller.says[:2] == ["danger", "blocked_ask"]
    assert caller.press("0").one("Dial")
    caller.post(caller.one("Dial").attrib["action"], DialCallStatus="busy")
    assert caller.says[:3] == ["crisis_failed", "danger", "blocked_ask"]
    caller.press("2").record(4)
    caller.hang_up()
    with runtime.database.transaction() as session:
        newest = session.scalars(select(Report).order_by(Report.id.desc())).first()
        assert newest is not None
        assert not newest.live
        (message,) = session.scalars(select(Message).where(Message.report_id == newest.id))
        assert message.state is MessageState.SENT
        query = select(Task).where(Task.kind == TaskKind.START_DISPATCH)
        assert newest.id in {task.subject_id for task in session.scalars(query)}


def test_a_talk_goes_on_when_its_telephone_is_blocked(leg: NewLeg, runtime: Runtime) -> None:
    caller = comes(leg).press("1").record(3)
    with runtime.database.transaction() as session:
        report = session.scalars(select(Report)).one()
        assert callers.block(session, report, "me", runtime.clock(), 9)
    assert caller.silence().one("Gather").attrib["action"].count("/voice/park")


def test_the_number_is_in_no_row(again: Leg, runtime: Runtime) -> None:
    with runtime.database.transaction() as session:
        tables = session.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))
        names = [name for (name,) in tables if not name.startswith("search_index")]
        rows = [str(session.execute(text(f'SELECT * FROM "{n}"')).all()) for n in names]  # noqa: S608
    assert len(names) > 20
    assert not any(CALLER[1:] in row or CALLER[2:] in row for row in rows)


def test_the_word_is_said_recorded_and_understood(again: Leg, runtime: Runtime) -> None:
    hears_digits(runtime)
    again.silence()
    record = again.one("Record").attrib
    assert "word_say" not in again.says  # it could not be said when the question was asked
    callback = record["recordingStatusCallback"]
    assert "/voice/answer?answer=" in callback
    again.record(1)
    assert again.says == ["one_moment"]
    assert again.recording_arrives(callback, "RE1").status_code == 204
    with runtime.database.transaction() as session:
        task = session.scalars(select(Task).where(Task.kind == TaskKind.UNDERSTAND)).one()
        answer = session.get_one(SpokenAnswer, task.subject_id)
        assert (answer.kind, answer.language) == (AnswerKind.WORD, "en")
        assert session.scalars(select(Message)).all() == []
    understood(runtime, "#")
    assert again.redirected().says == ["opening_question"]


def test_number_and_pin_are_said(leg: NewLeg, runtime: Runtime) -> None:
    hears_digits(runtime)
    first = comes(leg).press("2").record(5).press("1")
    numbers = "".join(name[-1] for name in first.says if name.startswith("digit_"))[:12]
    first.hang_up()
    caller = comes(leg).press("3")
    assert caller.says == ["return_number", "say_digits"]
    for digits in (numbers[:6], numbers[6:]):
        caller.silence().record(4)
        understood(runtime, digits)
        caller.redirected()
    assert caller.says[0] == "status_waiting"
    with runtime.database.transaction() as session:
        answers = session.scalars(select(SpokenAnswer)).all()
        assert [(a.heard, a.data_key_id) for a in answers] == [(None, None)] * 2
        call = session.scalars(select(Call).order_by(Call.id.desc())).first()
        assert call is not None
        told = [(e.kind, e.detail) for e in timeline.read(session, call.report_id or "")]
        assert numbers[6:] not in json.dumps([call.menu, told])


def test_wrong_spoken_pins_are_counted_like_keyed_ones(leg: NewLeg, runtime: Runtime) -> None:
    hears_digits(runtime)
    caller = comes(leg).press("3")
    for _ in range(3):
        for digits in ("123456", "000000"):
            caller.silence().record(4)
            understood(runtime, digits)
            caller.redirected()
    assert caller.says[0] == "return_failed"
    with runtime.database.transaction() as session:
        assert session.execute(text("SELECT count(*) FROM wrong_pair")).scalar() == 3


def test_what_was_understood_goes_with_the_call(leg: NewLeg, runtime: Runtime) -> None:
    hears_digits(runtime)
    caller = comes(leg).press("3").silence().record(4)
    understood(runtime, "123456")
    caller.hang_up()
    with runtime.database.transaction() as session:
        answer = session.scalars(select(SpokenAnswer)).one()
        assert (answer.heard, answer.data_key_id) == (None, None)


def test_where_it_is_turned_off_or_not_known_only_keys_are_offered(
    leg: NewLeg, runtime: Runtime
) -> None:
    assert comes(leg).press("3").says == ["return_number"]


def test_the_callback_is_signed_like_every_other(client: FlaskClient, runtime: Runtime) -> None:
    answer = client.post("/voice/answer?answer=x", data={"CallSid": "CA1", "RecordingSid": "RE1"})
    assert answer.status_code == 403
