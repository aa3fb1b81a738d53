"""The board in every state, and what each role is shown of it."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from hotline.database.base import new_id
from hotline.dispatch import desk, moves, policy, words
from hotline.dispatch.drill import DRILL, intend
from hotline.dispatch.model import Alarm, Attempt
from hotline.dispatch.words import AttemptState
from hotline.oncall import calendar, schedules
from hotline.oncall.model import Duty, DutyState, Responder
from hotline.tasks import heartbeat
from tests.support.board import (
    bridged,
    caller_in_menu,
    caller_waits,
    calls_end,
    number_of,
    on_hold,
    words_of,
)
from tests.support.console import (
    World,
    leave_message,
    miss,
    nobody_took,
    ring,
    send,
    start_dispatch,
    take,
)

# --- what is true now -----------------------------------------------------------------------


def test_before_the_first_call(world: World, client: FlaskClient) -> None:
    page = words_of(client, "/board")
    assert "Nobody is waiting, and every report has a person." in page
    assert "No call has come in yet." in page
    assert "Counselor 1 free" in page
    assert client.get("/").location == "/board"


def test_a_quiet_night_says_since_when(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world)
    start_dispatch(world, report_id)
    take(world, report_id)
    calls_end(world)
    world.pass_s(3600)
    page = words_of(client)
    assert "Nothing has happened since 24 November 2026, 02:07." in page
    assert "Every message has been taken. The last report, at 24 November 2026, 02:07" in page


def test_a_caller_waits_while_somebody_is_rung(world: World, client: FlaskClient) -> None:
    report_id = caller_waits(world, "es")
    miss(world, report_id)
    ring(world, report_id)
    world.pass_s(14)
    page = words_of(client)
    assert "One caller is waiting for a person." in page
    assert "Longest wait 39 s of at most 2 min." in page
    assert "0:39 waiting, at most 2:00" in page
    assert f"Report {number_of(world, report_id)}, in Spanish." in page
    assert "Caller since 02:06:12 Counselor 1 no answer Counselor 2 ringing 14 of 25 s" in page
    assert "Police desk in 11 s Alarm 02:07:27 02:12:37 at the latest" in page
    assert "Counselor 2 ringing, report" in page


def test_the_worst_case_of_the_alarm_is_never_before_what_is_expected(
    world: World, client: FlaskClient
) -> None:
    report_id = caller_waits(world)
    ring(world, report_id)
    for gone_s in (0, 24, 40, 120):
        world.pass_s(gone_s)
        told = re.search(r"Alarm (\S+) (\S+) at the latest", words_of(client))
        assert told is not None
        assert told[1] < told[2]


def test_a_phone_that_was_picked_up_says_so(world: World, client: FlaskClient) -> None:
    report_id = caller_waits(world)
    attempt_id = ring(world, report_id)
    world.pass_s(4)
    with world.database.transaction() as session:
        moves.tell(world.books(session), attempt_id, words.Answered(attempt_id), world.now)
    world.pass_s(6)
    page = words_of(client)
    assert "Counselor 1 hears the report, 6 s" in page
    assert "Counselor 2 if they pass" in page


def test_before_the_phone_rings(world: World, client: FlaskClient) -> None:
    caller_waits(world)
    world.pass_s(2)
    assert "Counselor 1 being called, 2 s Counselor 2 in 23 s" in words_of(client)


def test_talking(world: World, client: FlaskClient) -> None:
    report_id = caller_waits(world)
    take(world, report_id)
    bridged(world, report_id)
    world.pass_s(362)
    page = words_of(client)
    assert "One caller is talking with a person, and nobody waits." in page
    assert "Counselor 1 took it in 9 s 6:02" in page
    assert "Counselor 1 talking, report" in page
    on_hold(world, report_id)
    assert "The caller waits for a moment." in words_of(client)


def test_a_message_nobody_has(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world)
    number = number_of(world, report_id)
    assert "then somebody is rung" in words_of(client)
    start_dispatch(world, report_id)
    ring(world, report_id)
    page = words_of(client)
    assert f"Nobody has taken report {number}." in page
    assert "Messages without a person 1" in page
    press_1(world, report_id)
    assert "Messages without a person" not in words_of(client)


def press_1(world: World, report_id: str) -> None:
    """Whoever's phone rings presses 1."""
    with world.database.transaction() as session:
        books = world.books(session)
        row = books.dispatch_of(report_id)
        assert row is not None
        attempt = next(a for a in books.attempts(row.id) if a.state in words.LIVE)
        moves.tell(books, attempt.id, words.Answered(attempt.id), world.now)
        assert desk.accept(books, session.get_one(Attempt, attempt.id), world.now)


def test_an_alarm_is_the_one_loud_thing(world: World, client: FlaskClient) -> None:
    report_id = nobody_took(world)
    number = number_of(world, report_id)
    page = client.get("/board").text
    assert page.count('role="alert"') == 1
    assert 'class="strip"' not in page  # the block says it already
    assert "<title>(1 alarm) Board · Hotline</title>" in page
    said = words_of(client)
    assert f"Nobody has taken report {number}." in said
    assert f"An alarm is open for report {number}" in said
    assert "Everybody in the plan was asked, and nobody took it." in said
    assert "Police desk no answer Alarm rings since" in said
    with world.database.transaction() as session:
        alarm_id = session.query(Alarm.id).scalar()
    send(client, f"/alarms/{alarm_id}/acknowledged")
    after = client.get("/board").text
    assert 'role="alert"' not in after
    assert "<title>Board · Hotline</title>" in after


def test_an_alarm_of_the_line(world: World, client: FlaskClient) -> None:
    with world.database.transaction() as session:
        session.add(Alarm(id=new_id(), reason="dispatcher_silent", raised_at=world.now, rounds=0))
    page = words_of(client)
    assert "Every report has a person, but an alarm is open." in page
    assert "No dispatcher answers; callers are rung in degraded mode." in page
    assert "I am on it" in page


def test_a_caller_in_the_menu(world: World, client: FlaskClient) -> None:
    caller_in_menu(world, "language", None)
    caller_in_menu(world, "message", "ar")
    page = words_of(client)
    assert "Two callers are on the line, and nobody waits for a person." in page
    assert "A caller chooses a language." in page
    assert "A caller leaves a message, in Arabic." in page
    calls_end(world)
    assert "A caller" not in words_of(client)


def test_many_who_were_asked_are_one_stop_each(world: World, client: FlaskClient) -> None:
    report_id = caller_waits(world)
    for _ in range(3):
        miss(world, report_id)
    with world.database.transaction() as session:
        books = world.books(session)
        row = books.dispatch_of(report_id)
        assert row is not None
        for turn in (8, 9, 10):
            for old in books.attempts(row.id)[:2]:
                again = Attempt(dispatch_id=row.id, responder_id=old.responder_id, position=0)
                again.turn, again.state, again.token = turn, AttemptState.BUSY, new_id()
                again.intended_at = again.ended_at = world.now
                again.overdue = 0
                session.add(again)
    page = words_of(client)
    assert "Counselor 1 busy, asked" in page
    assert page.count("Counselor 2 busy, asked") == 1


# --- beside it ------------------------------------------------------------------------------


def test_who_is_on_call_until_when(world: World, client: FlaskClient) -> None:
    with world.database.transaction() as session:
        hour = timedelta(hours=1)
        spans = (calendar.Override(world.now - hour, world.now + hour, "counselor-2"),)
        for name, overrides in (("nights", spans), ("days", ())):
            schedules.put(session, name, calendar.Schedule(name, "UTC", (), overrides))
        steps = (words.Step(("schedule:nights", "schedule:days"), 25.0),)
        policy.put(session, policy.DEFAULT, policy.Policy(steps))
    page = words_of(client)
    assert "Counselor 2 free · English · until 03:06" in page
    assert "Nobody is on call in “days”." in page
    assert "Counselor 1" not in page  # not named by any policy, nor on call


@pytest.mark.parametrize(
    ("state", "minutes", "said"),
    [
        (DutyState.BREAK, 20, "on a break until 02:26"),
        (DutyState.BREAK, None, "on a break"),
        (DutyState.BREAK, -1, "free"),
        (DutyState.OFF, None, "off duty, rung last"),
        (DutyState.ON, None, "free"),
    ],
)
def test_who_is_away(
    world: World, client: FlaskClient, state: DutyState, minutes: int | None, said: str
) -> None:
    until = None if minutes is None else world.now + timedelta(minutes=minutes)
    with world.database.transaction() as session:
        who = session.query(Responder).filter(Responder.handle == "counselor-1").one()
        duty = Duty(responder_id=who.id, state=state, since_at=world.now, until_at=until)
        session.add(duty)
    assert f"Counselor 1 {said} · English" in words_of(client)


def test_how_the_hotline_is(world: World, client: FlaskClient) -> None:
    assert "No dispatcher has been running yet." in words_of(client)
    assert "No test call yet." in words_of(client)
    with world.database.transaction() as session:
        heartbeat.beat(session, heartbeat.DISPATCHER, world.now)
        who = session.query(Responder).first()
        assert who is not None
        row = intend(session, who, DRILL, world.now)
    world.pass_s(6)
    page = words_of(client)
    assert "The dispatcher was alive 6 s ago." in page
    assert "Last test call 24 November 2026, 02:06: nobody pressed 1." in page
    with world.database.transaction() as session:
        session.merge(row).confirmed_at = world.now
    world.pass_s(120)
    page = words_of(client)
    assert "The dispatcher has been silent for 2 min 6 s; callers are rung without it." in page
    assert "answered in 6 s." in page
