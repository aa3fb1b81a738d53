"""What dispatch relies on in `Books`: the same on SQLite, on PostgreSQL and in memory."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from hotline.database.base import new_id
from hotline.dispatch.model import Alarm, AlarmCall, Attempt, Dispatch
from hotline.dispatch.words import AttemptState, DispatchState
from hotline.oncall.model import Duty, DutyState
from hotline.reports.incident_model import Incident, IncidentReport, Membership
from hotline.reports.model import Report, ReportState
from hotline.simulate.books import NotUnique
from hotline.tasks.model import TaskKind
from tests.fakes.clock import START
from tests.support.shelf import Shelf

LATER = START + timedelta(seconds=60)
LEASE_S = 30.0


# --- rows -----------------------------------------------------------------------------------


def test_what_is_added_is_there_at_once_and_afterwards(shelf: Shelf) -> None:
    report = shelf.report()
    with shelf.transaction() as books:
        row = Dispatch(id=new_id(), report_id=report.id, state=DispatchState.WAITING, snapshot={})
        row.started_at = START
        books.add(row)
        assert books.dispatch_of(report.id) is row
        assert (row.position, row.turn, row.taken_by) == (-1, 0, None)
    with shelf.transaction() as books:
        found = books.dispatch(row.id)
        assert found is not None
        assert (found.id, found.state, found.report_id) == (
            row.id,
            DispatchState.WAITING,
            report.id,
        )
        assert books.get(Dispatch, row.id) is found


def test_what_is_not_there_is_nothing(shelf: Shelf) -> None:
    with shelf.transaction() as books:
        assert books.get(Report, "none") is None
        assert books.dispatch("none") is None
        assert books.dispatch_of("none") is None
        assert books.dispatch_of_call("none") is None
        assert list(books.attempts("none")) == []
        assert books.attempt_by_token("none") is None
        assert books.attempt_by_call("none") is None
        assert books.alarm_call_by_token("none") is None
        assert books.responder("none") is None
        assert books.people(["none"]) == {}
        assert books.on_call("none", START) == ()


def test_what_is_rolled_back_leaves_nothing(shelf: Shelf) -> None:
    dispatch, task_id = shelf.dispatch(), shelf.task()
    report = shelf.report()

    def spoil() -> None:
        with shelf.transaction() as books:
            row = books.dispatch(dispatch.id)
            assert row is not None
            row.state, row.taken_by = DispatchState.TAKEN, "somebody"
            fresh = Dispatch(id=new_id(), report_id=report.id, state=DispatchState.WAITING)
            fresh.snapshot, fresh.started_at = {}, START
            books.add(fresh)
            books.add_task(TaskKind.LOOK_UP, "subject", START)
            assert books.claim(task_id, "one", START, LEASE_S) is not None
            raise RuntimeError("the process has died")

    with pytest.raises(RuntimeError):
        spoil()
    with shelf.transaction() as books:
        row = books.dispatch(dispatch.id)
        assert row is not None
        assert (row.state, row.taken_by) == (DispatchState.RINGING, None)
        assert books.dispatch_of(report.id) is None
        assert not books.is_pending(TaskKind.LOOK_UP, "subject")
        assert books.claim(task_id, "two", START, LEASE_S) is not None


def test_attempts_come_in_the_order_they_were_intended(shelf: Shelf) -> None:
    dispatch, other, person = shelf.dispatch(), shelf.dispatch(), shelf.responder("c1")
    made = [shelf.attempt(d, person) for d in (dispatch, other, dispatch, dispatch)]
    with shelf.transaction() as books:
        assert [a.id for a in books.attempts(dispatch.id)] == [made[i].id for i in (0, 2, 3)]
        for attempt in made:
            by_token = books.attempt_by_token(attempt.token)
            assert by_token is not None
            assert by_token.id == attempt.id


def test_an_attempt_is_found_by_its_call(shelf: Shelf) -> None:
    attempt = shelf.attempt(shelf.dispatch(), shelf.responder("c1"))
    with shelf.transaction() as books:
        row = books.get(Attempt, attempt.id)
        assert row is not None
        row.carrier_call_id = "CA1"
        books.flush()
        found = books.attempt_by_call("CA1")
        assert found is not None
        assert found.id == attempt.id


def test_one_call_is_of_one_attempt_only(shelf: Shelf) -> None:
    dispatch, person = shelf.dispatch(), shelf.responder("c1")
    shelf.attempt(dispatch, person, carrier_call_id="CA1")
    second = shelf.attempt(dispatch, person)

    def confuse() -> None:
        with shelf.transaction() as books:
            row = books.get(Attempt, second.id)
            assert row is not None
            row.carrier_call_id = "CA1"
            books.flush()

    with pytest.raises((IntegrityError, NotUnique)):
        confuse()
    with shelf.transaction() as books:
        assert [a.carrier_call_id for a in books.attempts(dispatch.id)] == ["CA1", None]


def test_known_calls_are_all_we_have_placed_since_then(shelf: Shelf) -> None:
    dispatch, person = shelf.dispatch(), shelf.responder("c1")
    for call_id, moment in (("old", START), ("new", LATER), (None, LATER)):
        shelf.attempt(dispatch, person, carrier_call_id=call_id, intended_at=moment)
    with shelf.transaction() as books:
        alarm = Alarm(id=new_id(), reason="r", raised_at=START, rounds=0)
        books.add(alarm)
        ring = AlarmCall(id=new_id(), alarm_id=alarm.id, responder_id=person.id, token="t")
        ring.placed_at, ring.carrier_call_id = LATER, "alarm"
        books.add(ring)
        assert sorted(books.known_calls(LATER)) == ["alarm", "new"]
        assert sorted(books.known_calls(START)) == ["alarm", "new", "old"]


def test_a_dispatch_is_found_by_the_caller_who_waits(shelf: Shelf) -> None:
    call = shelf.call()
    dispatch = shelf.dispatch(call_id=call.id)
    shelf.dispatch()
    with shelf.transaction() as books:
        found = books.dispatch_of_call(call.id)
        assert found is not None
        assert found.id == dispatch.id


# --- people ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "busy"),
    [
        ({"state": AttemptState.PLACED}, True),
        ({"state": AttemptState.DECLINED}, False),
        ({"state": AttemptState.TAKEN, "answered_at": START}, True),
        ({"state": AttemptState.JOINED, "answered_at": START}, True),
        ({"state": AttemptState.LEFT, "answered_at": START}, False),
        ({"state": AttemptState.TAKEN, "answered_at": START, "leg_ended_at": START}, False),
        ({"state": AttemptState.TAKEN, "answered_at": START - timedelta(hours=5)}, False),
    ],
    ids=["rings", "declined", "talks", "joined", "left", "hung-up", "forgotten"],
)
def test_busy_is_who_rings_or_talks_for_another(
    shelf: Shelf, values: dict[str, object], busy: bool
) -> None:
    dispatch, other = shelf.dispatch(), shelf.dispatch()
    shelf.attempt(dispatch, shelf.responder("c1"), **values)
    with shelf.transaction() as books:
        assert books.busy(other.id, LATER) == ({"c1"} if busy else set())
        assert books.busy(dispatch.id, LATER) == set()


@pytest.mark.parametrize(
    ("state", "until", "away"),
    [
        (DutyState.ON, None, False),
        (DutyState.BREAK, LATER + timedelta(seconds=1), True),
        (DutyState.BREAK, LATER, False),
        (DutyState.OFF, None, True),
    ],
    ids=["on", "break", "break-over", "off"],
)
def test_away_is_who_has_said_so(
    shelf: Shelf, state: DutyState, until: datetime | None, away: bool
) -> None:
    person = shelf.responder("c1")
    shelf.responder("c2")
    with shelf.transaction() as books:
        row = Duty(responder_id=person.id, state=state, since_at=START, until_at=until)
        books.add(row)
        assert books.get(Duty, person.id) is row
    with shelf.transaction() as books:
        assert books.away(LATER) == ({"c1"} if away else set())


def test_who_is_switched_off_is_no_responder(shelf: Shelf) -> None:
    person = shelf.responder("c1")
    with shelf.transaction() as books:
        found = books.responder("c1")
        assert found is not None
        assert found.id == person.id
        found.active = False
    with shelf.transaction() as books:
        assert books.responder("c1") is None


# --- alarms ---------------------------------------------------------------------------------


def test_an_open_alarm_is_of_its_report_and_reason(shelf: Shelf) -> None:
    report = shelf.report()
    with shelf.transaction() as books:
        for about, reason in ((report.id, "a"), (None, "a"), (report.id, "b")):
            alarm = Alarm(id=f"{about}{reason}"[-36:], report_id=about, reason=reason, rounds=0)
            alarm.raised_at = START
            books.add(alarm)
    with shelf.transaction() as books:
        [found] = books.open_alarms(report.id, "a")
        assert (found.report_id, found.reason) == (report.id, "a")
        assert len(books.open_alarms(None, "a")) == 1
        assert books.alarm(found.id) is found
        found.acknowledged_at = START
    with shelf.transaction() as books:
        assert list(books.open_alarms(report.id, "a")) == []


def test_rings_of_an_alarm_since_then(shelf: Shelf) -> None:
    person = shelf.responder("s1")
    with shelf.transaction() as books:
        alarm = Alarm(id=new_id(), reason="r", raised_at=START, rounds=0)
        books.add(alarm)
        for token, moment in (("old", START), ("new", LATER)):
            ring = AlarmCall(id=new_id(), alarm_id=alarm.id, responder_id=person.id, token=token)
            ring.placed_at = moment
            books.add(ring)
    with shelf.transaction() as books:
        assert [c.token for c in books.alarm_calls(alarm.id, LATER)] == ["new"]
        assert len(books.alarm_calls(alarm.id, START)) == 2
        found = books.alarm_call_by_token("old")
        assert found is not None
        assert found.placed_at == START


def test_a_report_that_is_closed_opens_again_and_its_search_begins(shelf: Shelf) -> None:
    report = shelf.report()
    with shelf.transaction() as books:
        there = books.get(Report, report.id)
        assert there is not None
        there.state, there.closed_at = ReportState.CLOSED, START
        books.open_again(there, LATER)
    with shelf.transaction() as books:
        there = books.get(Report, report.id)
        assert there is not None
        assert (there.state, there.disposition, there.closed_at) == (ReportState.OPEN, None, START)
        assert books.is_pending(TaskKind.START_DISPATCH, report.id)


def test_an_account_that_nobody_has_is_no_responder(shelf: Shelf) -> None:
    with shelf.transaction() as books:
        assert books.responder_of("none") is None


# --- incidents ------------------------------------------------------------------------------


def test_what_is_gathered_of_an_incident(shelf: Shelf) -> None:
    dispatch = shelf.dispatch()
    waits, newer, out, later = (shelf.report().id for _ in range(4))
    with shelf.transaction() as books:
        books.add(Incident(id="incident", created_at=START))
        for report_id, state in (
            (dispatch.report_id, Membership.FIRST),
            (waits, Membership.SUGGESTED),
            (newer, Membership.SUGGESTED),
            (out, Membership.REJECTED),
            (later, Membership.CONFIRMED),
        ):
            there = books.get(Report, report_id)
            assert there is not None
            there.state = ReportState.OPEN
            link = IncidentReport(report_id=report_id, incident_id="incident", state=state)
            link.newer, link.joined_at = report_id == newer, LATER if report_id == later else START
            books.add(link)
    with shelf.transaction() as books:
        assert [r.id for r in books.gathered("incident", START)] == [waits]
        assert [r.id for r in books.gathered("incident", LATER)] == [waits, later]
        assert books.gathered("none", LATER) == []
        found, link = books.incident("incident"), books.get(IncidentReport, waits)
        assert found is not None
        assert link is not None
        assert (found.responder_id, link.state) == (None, Membership.SUGGESTED)
        assert books.incident("none") is None


def test_whether_somebody_is_sought_within_an_incident(shelf: Shelf) -> None:
    dispatch = shelf.dispatch()
    with shelf.transaction() as books:
        books.add(Incident(id="incident", created_at=START))
        link = IncidentReport(report_id=dispatch.report_id, incident_id="incident")
        link.state, link.joined_at = Membership.SUGGESTED, START
        books.add(link)
        assert books.is_sought_within("incident")
        assert not books.is_sought_within("none")
    with shelf.transaction() as books:
        there = books.get(IncidentReport, dispatch.report_id)
        assert there is not None
        there.state = Membership.REJECTED
    with shelf.transaction() as books:
        assert not books.is_sought_within("incident")
