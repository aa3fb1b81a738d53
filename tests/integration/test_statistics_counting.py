"""What the database counts, on SQLite and PostgreSQL alike."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.database.base import new_id
from hotline.database.types import Sealed
from hotline.dispatch import alarms, bridge, desk, moves, words
from hotline.dispatch.model import Alarm, Attempt, Dispatch
from hotline.oncall.model import Responder
from hotline.reports import intake
from hotline.reports.callback_model import Callback, CallbackCall
from hotline.reports.casework.model import Disclosure, Recipient, Reply, ReplyKind
from hotline.reports.incident_model import Incident, IncidentReport, Membership
from hotline.reports.model import Door, Message, Report
from hotline.statistics import counting, entries
from hotline.statistics.figures import Figures, Gathered, Reached
from hotline.statistics.period import Period, month_of, year_of
from hotline.statistics.selection import NO_DISTRICT, Selection
from tests.support.console import (
    World,
    leave_message,
    make_world,
    miss,
    nobody_took,
    start_dispatch,
    take,
)

NOVEMBER = month_of(date(2026, 11, 1))


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    made = make_world(tmp_path, database_url)
    yield made
    made.database.close()


def count(world: World, period: Period = NOVEMBER, district: str | None = None) -> Figures:
    with world.database.transaction() as session:
        return counting.figures(session, Selection(period, district))


def change(world: World, report_id: str, **values: object) -> None:
    with world.database.transaction() as session:
        report = session.get_one(Report, report_id)
        for name, value in values.items():
            setattr(report, name, value)


def taken_after(world: World, misses: int, **values: object) -> str:
    report_id = leave_message(world)
    change(world, report_id, **values)
    start_dispatch(world, report_id)
    for _ in range(misses):
        miss(world, report_id)
    take(world, report_id)
    return report_id


def live_call(world: World, session: Session) -> Report:
    world.calls += 1
    call = intake.open_call(session, f"CA{world.calls:032x}", world.now)
    report = intake.go_live(session, world.vault, call, world.now)
    bridge.waiting_began(call, world.now)
    desk.start(world.books(session), report, world.now, call)
    return report


def test_nothing_is_nothing(world: World) -> None:
    found = count(world)
    assert (found.total, found.taken, found.silent, found.live) == (0, 0, 0, 0)
    assert found.human.median is None
    assert found.disclosed.by_recipient == dict.fromkeys(Recipient, 0)


def test_reports_count_by_day_category_and_urgency(world: World) -> None:
    change(world, leave_message(world), category="weapons", urgency="life-safety")
    change(world, leave_message(world), category="weapons", urgency="urgent")
    leave_message(world, language="ar")
    found = count(world)
    day = date(2026, 11, 24)
    assert found.cells == {
        (day, "weapons", "life-safety"): 1,
        (day, "weapons", "urgent"): 1,
        (day, "unsorted", "urgent"): 1,
    }
    assert found.by_category == {"weapons": 2, "unsorted": 1}
    assert found.by_month == {(NOVEMBER.first, "weapons"): 2, (NOVEMBER.first, "unsorted"): 1}
    assert found.languages == {"en": 2, "ar": 1}
    assert found.hours == {(1, 2): 3}  # a Tuesday, from two to three
    assert count(world, year_of(2026)).by_step == {
        (NOVEMBER.first, "life-safety"): 1,
        (NOVEMBER.first, "urgent"): 2,
    }


def test_a_period_has_its_first_moment_and_not_the_one_after_its_last(world: World) -> None:
    first, last, after = (leave_message(world) for _ in range(3))
    change(world, first, created_at=datetime(2026, 11, 1, tzinfo=UTC))
    change(world, last, created_at=datetime(2026, 12, 1, tzinfo=UTC) - timedelta(microseconds=1))
    change(world, after, created_at=datetime(2026, 12, 1, tzinfo=UTC))
    assert count(world).total == 2
    assert count(world, month_of(date(2026, 12, 1))).total == 1
    sunday = count(world, Period(date(2026, 11, 1), date(2026, 11, 1)))
    assert sunday.hours == {(6, 0): 1}


def test_drafts_and_tests_are_no_reports(world: World) -> None:
    change(world, leave_message(world), state="draft")
    change(world, leave_message(world), disposition="test_call")
    assert count(world).total == 0


def test_a_district_counts_its_own(world: World) -> None:
    for district in ("north", "north", "south", None):
        leave_message(world, district=district)
    assert count(world, district="north").total == 2
    assert count(world, district=NO_DISTRICT).total == 1
    assert count(world).total == 4


def test_waits_are_from_the_search_on(world: World) -> None:
    taken_after(world, 0)
    taken_after(world, 2)
    leave_message(world)
    found = count(world)
    assert found.taken == 2
    assert found.human.counts == ((9, 1), (59, 1))
    assert found.ring.counts == ((0, 2),)
    assert found.human_live.total == 0


def test_whoever_took_it_first_is_the_first_person(world: World) -> None:
    report_id = taken_after(world, 0)
    with world.database.transaction() as session:
        row = world.books(session).dispatch_of(report_id)
        assert row is not None
        assert row.taken_by is not None
        world.pass_s(300)
        event = words.Dropped(row.taken_by)
        moves.apply(world.books(session), row.id, event, world.now)
    take(world, report_id)
    assert count(world).human.counts == ((9, 1),)


def test_one_that_was_taken_without_a_phone_has_its_moment(world: World) -> None:
    report_id = leave_message(world)
    start_dispatch(world, report_id)
    with world.database.transaction() as session:
        row = session.query(Dispatch).filter(Dispatch.report_id == report_id).one()
        row.taken_at = row.started_at + timedelta(seconds=70)
    assert count(world).human.counts == ((70, 1),)


def test_who_hung_up_without_a_word_is_no_report(world: World) -> None:
    with world.database.transaction() as session:
        report = live_call(world, session)
        row = world.books(session).dispatch_of(report.id)
        assert row is not None
        moves.apply(world.books(session), row.id, words.CallerLeft(False), world.now)
    found = count(world)
    assert (found.total, found.silent) == (0, 1)


def test_who_is_on_the_line_and_was_taken(world: World) -> None:
    with world.database.transaction() as session:
        report_id = live_call(world, session).id
    take(world, report_id)
    found = count(world)
    assert (found.live, found.human_live.counts) == (1, ((9, 1),))


def test_an_alarm_counts_until_somebody_answered(world: World) -> None:
    nobody_took(world)
    nobody_took(world)
    with world.database.transaction() as session:
        alarm = session.query(Alarm).order_by(Alarm.raised_at).first()
        assert alarm is not None
        at = alarm.raised_at + timedelta(seconds=42)
        alarms.acknowledge(world.books(session), alarm, new_id(), at)
        session.add(Alarm(id=new_id(), reason="dispatcher_dead", raised_at=world.now, rounds=0))
    found = count(world).alarms
    assert (found.reports, found.answered.counts, found.open) == (2, ((42, 1),), 1)


def test_outcomes_schools_duplicates_and_what_was_not_heard(world: World) -> None:
    first = leave_message(world)
    change(world, first, disposition="school_acts", school="north-high", needs_listening=True)
    for _ in range(2):
        change(world, leave_message(world), duplicate_of=first, disposition="duplicate")
    found = count(world)
    assert found.outcomes == {"duplicate": 2, "school_acts": 1}
    assert found.schools == {"north-high": 1, None: 2}
    assert (found.duplicates, found.incidents, found.unheard) == (2, 1, 1)


def test_incidents_are_what_people_have_said(world: World) -> None:
    reports = [leave_message(world) for _ in range(6)]
    states = ("first", "confirmed", "confirmed", "suggested", "rejected")
    with world.database.transaction() as session:
        session.add(Incident(id="one", created_at=world.now))
        session.add(Incident(id="two", created_at=world.now))
        session.flush()
        for report_id, state in zip(reports, states, strict=False):
            link = IncidentReport(report_id=report_id, incident_id="one", joined_at=world.now)
            link.state = Membership(state)
            session.add(link)
        alone = IncidentReport(report_id=reports[5], incident_id="two", joined_at=world.now)
        alone.state = Membership.FIRST
        session.add(alone)
    assert count(world).gathered == Gathered(reports=3, incidents=1, largest=3, undecided=1)


def test_who_took_them_and_which_door_they_came_by(world: World) -> None:
    taken_after(world, 0)
    change(world, leave_message(world), door=Door.WEB)
    found = count(world)
    assert found.takers == {"counselor": 1, None: 1}
    assert found.doors == {"phone": found.total - 1, "web": 1}


def test_who_was_answered_and_called_back(world: World) -> None:
    report_id = taken_after(world, 0)
    with world.database.transaction() as session:
        report = session.get_one(Report, report_id)
        for heard in (world.now, None):
            reply = Reply(report_id=report_id, account_id=new_id(), language="en")
            reply.kind, reply.created_at, reply.heard_at = ReplyKind.TEXT, world.now, heard
            session.add(reply)
        call_id = session.scalars(select(Message.call_id).filter_by(report_id=report.id)).first()
        left = Callback(id=new_id(), report_id=report_id, call_id=call_id, token="t")
        left.entered_at = world.now
        session.add(left)
        session.flush()
        responder = session.scalars(select(Responder)).first()
        assert responder is not None
        for number, met in enumerate((world.now, None)):
            row = CallbackCall(id=new_id(), callback_id=left.id, report_id=report_id)
            row.responder_id, row.token, row.caller_token = responder.id, f"a{number}", f"b{number}"
            row.conference, row.asked_at, row.moved_at = "c", world.now, world.now
            row.met_at = met
            session.add(row)
    assert count(world).reached == Reached(answered=1, heard=1, called_back=1)


# --- what people enter ----------------------------------------------------------------------


def test_the_newest_version_of_each_item_stands(world: World) -> None:
    of, other = entries.Of(2026, "january", ""), entries.Of(2026, "july", "")
    with world.database.transaction() as session:
        for text in ("first", "second"):
            entries.enter(session, of, "il-5", (), text, by="ana", at=world.now)
        entries.enter(session, of, "co-1-c", (("Pranks", 7),), "", by="ana", at=world.now)
    with world.database.transaction() as session:
        found = entries.read(session, of)
        assert {key: each.text for key, each in found.items()} == {"il-5": "second", "co-1-c": ""}
        assert found["co-1-c"].counts == (("Pranks", 7),)
        assert entries.read(session, other) == {}


def test_a_report_counts_once_for_each_kind_of_recipient(world: World) -> None:
    both, one = leave_message(world), leave_message(world)
    given = [(both, "school"), (both, "school"), (both, "law_enforcement"), (one, "school")]
    with world.database.transaction() as session:
        for report_id, to in given:
            row = Disclosure(report_id=report_id, account_id=new_id(), parts=["facts"])
            row.recipient, row.basis, row.created_at = Recipient(to), "duty", world.now
            row.given_to = Sealed(b"-")
            session.add(row)
    found = count(world).disclosed
    assert found.by_recipient["school"] == 2
    assert found.by_recipient["law_enforcement"] == 1
    assert (found.both, found.either) == (1, 2)


def test_an_attempt_to_join_is_no_first_ring(world: World) -> None:
    report_id = taken_after(world, 0)
    with world.database.transaction() as session:
        attempt = session.query(Attempt).one()
        attempt.role = words.Role.ADD
    assert count(world).ring.total == 0
    assert count(world).human.total == 1, report_id
