"""Whoever looks after a report is reminded of its outcome: once a day, and not at night."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select

from hotline.context import Runtime
from hotline.dispatch import late_outcomes
from hotline.dispatch.books import Letter
from hotline.dispatch.engine import Engine
from hotline.dispatch.late_outcomes import Round
from hotline.dispatch.mail import NotMailed
from hotline.dispatch.model import Dispatch
from hotline.dispatch.wiring import ports_of
from hotline.oncall.model import CheckCall, Responder
from hotline.people.accounts import add_account
from hotline.people.model import Role
from hotline.reports import timeline
from hotline.reports.model import Report, ReportState
from hotline.tasks.model import Task
from tests.conftest import MakeRuntime
from tests.fakes.carrier import FakeCarrier
from tests.fakes.clock import VirtualClock
from tests.support.inline import Inline
from tests.support.office import Office, number_of

MAIL = {
    "mail_host": "mail.example.org",
    "mail_from": "hotline@example.org",
    "mail_to": "lead@example.org",
}
Make = Callable[..., Runtime]


@pytest.fixture
def make(make_runtime: MakeRuntime, sqlite_url: str) -> Make:
    """A runtime in Chicago, with c1 on the roster."""

    def made(url: str = sqlite_url, **settings: object) -> Runtime:
        given = {"remind_timezone": "America/Chicago", **settings}
        runtime = make_runtime(url, **given)
        Office(runtime).on_duty(["c1"])
        return runtime

    return made


def a_report(runtime: Runtime, urgency: str = "urgent", owned: bool = True) -> str:
    """A report that c1 has."""
    report_id = Office(runtime).sent_report().id
    now = runtime.clock()
    with runtime.database.transaction() as session:
        session.execute(delete(Task))
        report = session.get_one(Report, report_id)
        report.urgency = urgency
        responder = session.scalars(select(Responder)).one()
        if owned:
            owner = add_account(session, "cleo", "Cleo", Role.COUNSELOR, "x", now)
            owner.responder_id, report.assignee = responder.id, owner.id
    return report_id


def at(clock: VirtualClock, hour_in_chicago: int) -> None:
    """It is that hour, on the fourth day from now."""
    day = (clock() + timedelta(days=4)).date()
    wanted = datetime(day.year, day.month, day.day, 0, 30, tzinfo=UTC)
    offset = 6 if day.month in (11, 12, 1, 2) else 5
    clock.advance((wanted + timedelta(hours=hour_in_chicago + offset) - clock()).total_seconds())


def remind(runtime: Runtime, letters: list[Letter] | None = None) -> Round:
    return late_outcomes.remind(runtime, (letters if letters is not None else []).append)


def test_the_owner_is_rung_once_a_day_in_the_day(
    make: Make, database_url: str, clock: VirtualClock, carrier: FakeCarrier
) -> None:
    runtime = make(database_url)
    report_id = a_report(runtime)
    assert remind(runtime) == Round()
    at(clock, 3)
    assert remind(runtime) == Round()  # at night
    clock.advance(8 * 3600)
    assert remind(runtime) == Round(1, False, 1)
    assert remind(runtime) == Round()
    engine = Engine(ports_of(runtime), lambda _: None, pool=Inline(), elapsed=clock.seconds)
    engine.tick()
    assert [call.to for call in carrier.calls.values()] == [number_of("c1")]
    with runtime.database.transaction() as session:
        assert session.scalars(select(CheckCall.purpose)).one() == "outcome"
        kinds = [event.kind for event in timeline.read(session, report_id)]
    assert kinds[-1] == "outcome_reminded"
    clock.advance(24 * 3600)
    assert remind(runtime).reports == 1


def test_life_safety_is_reminded_of_at_night_too(make: Make, clock: VirtualClock) -> None:
    runtime = make()
    a_report(runtime, "life-safety")
    clock.advance(23 * 3600)
    assert remind(runtime) == Round()
    at(clock, 3)
    assert remind(runtime) == Round(1, False, 1)


def test_mail_takes_the_place_of_a_call(make: Make, clock: VirtualClock) -> None:
    runtime, letters = make(**MAIL), list[Letter]()
    a_report(runtime)
    at(clock, 11)
    assert remind(runtime, letters) == Round(1, True, 0)
    (letter,) = letters
    assert letter.to == ("lead@example.org",)
    assert letter.path == "/board#outcomes"


def test_a_mail_that_does_not_go_is_a_call(make: Make, clock: VirtualClock) -> None:
    runtime = make(**MAIL)
    a_report(runtime)
    at(clock, 11)

    def refuses(letter: Letter) -> None:
        raise NotMailed("timeout")

    assert late_outcomes.remind(runtime, refuses) == Round(1, False, 1)


def test_whoever_took_it_is_the_owner_where_nobody_was_given_it(
    make: Make, clock: VirtualClock
) -> None:
    runtime = make()
    report_id = a_report(runtime, owned=False)
    with runtime.database.transaction() as session:
        responder = session.scalars(select(Responder)).one()
        session.add(
            Dispatch(
                report_id=report_id,
                state="taken",
                snapshot={},
                responder_id=responder.id,
                started_at=clock(),
            )
        )
    at(clock, 11)
    assert remind(runtime).rung == 1


@pytest.mark.parametrize("hours", [0, 8760])
def test_the_settings_decide(make: Make, clock: VirtualClock, hours: int) -> None:
    runtime = make(outcome_hours=hours)
    a_report(runtime)
    at(clock, 11)
    assert remind(runtime) == Round()


def test_a_closed_report_is_not_late(make: Make, clock: VirtualClock) -> None:
    runtime = make()
    report_id = a_report(runtime)
    with runtime.database.transaction() as session:
        report = session.get_one(Report, report_id)
        report.state, report.disposition = ReportState.CLOSED, "test_call"
    at(clock, 11)
    assert remind(runtime) == Round()


def test_without_a_zone_nobody_is_rung_by_day_or_night(make: Make, clock: VirtualClock) -> None:
    runtime = make(remind_timezone=None)
    a_report(runtime)
    at(clock, 11)
    assert remind(runtime) == Round()


def test_a_reminder_that_nobody_answers_keeps_the_number_confirmed(
    make: Make, clock: VirtualClock
) -> None:
    runtime = make()
    a_report(runtime)
    with runtime.database.transaction() as session:
        session.scalars(select(Responder)).one().confirmed_at = clock()
    at(clock, 11)
    remind(runtime)
    engine = Engine(ports_of(runtime), lambda _: None, pool=Inline(), elapsed=clock.seconds)
    for _ in range(60):
        engine.tick()
        clock.advance(5)
    with runtime.database.transaction() as session:
        assert session.scalars(select(CheckCall.ended_at)).one() is not None
        assert session.scalars(select(Responder.confirmed_at)).one() is not None


@pytest.mark.parametrize(
    ("between", "hour", "day"),
    [
        ("08:00-17:00", 8, True),
        ("08:00-17:00", 17, False),
        ("22:00-06:00", 23, True),
        ("22:00-06:00", 5, True),
        ("22:00-06:00", 12, False),
    ],
)
def test_hours(make: Make, between: str, hour: int, day: bool) -> None:
    settings = make(remind_between=between).settings
    moment = datetime(2026, 1, 5, hour, tzinfo=UTC)
    assert late_outcomes.is_daytime(settings, "UTC", moment) is day
    assert not late_outcomes.is_daytime(settings, None, moment)
