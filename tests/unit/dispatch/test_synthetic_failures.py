"""A synthetic call that does not arrive, and one in which somebody else's words do."""

import pytest
from sqlalchemy import select

from hotline.dispatch import alarms, synthetic
from hotline.dispatch.model import Alarm
from hotline.dispatch.synthetic import (
    LIMIT_S,
    PERIODS,
    UNREACHABLE,
    is_the_sentence,
    look,
)
from hotline.dispatch.watch import REMIND_S
from hotline.reports import synthetic as rows
from hotline.reports.model import (
    Call,
    Report,
    ReportState,
)
from tests.conftest import MakeRuntime
from tests.fakes.carrier import FakeCarrier
from tests.fakes.clock import VirtualClock
from tests.support.office import Office
from tests.support.own_calls import (
    EVERY_S,
    HEARD,
    SENTENCE,
    arrives,
    calling_office,
    calls,
    count,
    dispatcher,
    fails,
    goes_well,
    outcomes,
)


@pytest.fixture
def office(make_runtime: MakeRuntime, database_url: str) -> Office:
    """A hotline that calls itself every five minutes, on each kind of database."""
    return calling_office(make_runtime, database_url)


# --- how it fails ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "ticks", "outcome"),
    [
        (None, False, "not_transcribed"),
        (HEARD, False, "not_dispatched"),
        ("", True, "nothing_heard"),
    ],
)
def test_the_first_stage_that_was_not_reached(
    office: Office, clock: VirtualClock, words: str | None, ticks: bool, outcome: str
) -> None:
    look(office.runtime)
    arrives(office, clock, words=words)
    clock.advance(LIMIT_S)
    if ticks:
        dispatcher(office, clock).tick()
    look(office.runtime)
    assert outcomes(office) == [outcome]
    assert count(office, Report) == 0, "its words are ours, or none"
    assert office.alarms() == []


def test_two_failures_in_a_row_are_an_alarm_until_it_works_again(
    office: Office, clock: VirtualClock
) -> None:
    fails(office, clock)
    assert office.alarms() == []
    fails(office, clock)
    look(office.runtime)
    [alarm] = office.alarms()
    assert (alarm.reason, alarm.report_id) == (UNREACHABLE, None)
    with office.runtime.database.transaction() as session:
        row = session.get_one(Alarm, alarm.id)
        assert alarms.acknowledge(office.books(session), row, "account", clock())
    clock.advance(LIMIT_S + 1)
    look(office.runtime)
    assert len(office.alarms()) == 1, "who has acknowledged is left alone for a while"
    clock.advance(REMIND_S)
    look(office.runtime)
    assert len(office.alarms()) == 2
    clock.advance(LIMIT_S + 1)
    look(office.runtime)
    clock.advance(EVERY_S)
    goes_well(office, clock)
    with office.runtime.database.reading() as session:
        assert synthetic.failures(session) == []
        assert not synthetic.is_failing(session, EVERY_S, clock())


def test_a_success_between_two_failures_is_no_alarm(office: Office, clock: VirtualClock) -> None:
    fails(office, clock)
    goes_well(office, clock)
    clock.advance(EVERY_S)
    fails(office, clock)
    look(office.runtime)
    assert office.alarms() == []


def test_none_for_three_periods_is_an_alarm(office: Office, clock: VirtualClock) -> None:
    goes_well(office, clock)
    clock.advance(PERIODS * EVERY_S + LIMIT_S - 60)
    look(office.runtime, only_look=True)
    with office.runtime.database.reading() as session:
        assert not synthetic.is_failing(session, EVERY_S, clock())
    clock.advance(120)
    look(office.runtime)
    assert [alarm.reason for alarm in office.alarms()] == [UNREACHABLE]


# --- words that are not ours ----------------------------------------------------------------


def test_other_words_become_a_report_that_a_person_must_hear(
    office: Office, carrier: FakeCarrier, clock: VirtualClock
) -> None:
    look(office.runtime)
    arrives(office, clock, words="he has a gun and he is in the school")
    look(office.runtime)
    assert outcomes(office) == ["wrong_words"]
    with office.runtime.database.reading() as session:
        report = session.scalars(select(Report)).one()
        assert (report.state, report.needs_listening) == (ReportState.OPEN, True)
        assert session.scalars(select(Call.id).where(rows.real_calls())).all() != []
    [alarm] = office.alarms()
    assert (alarm.reason, alarm.report_id) == ("auditor_found", report.id)
    clock.advance(10 * EVERY_S)
    look(office.runtime)
    assert len(calls(office)) == 1, "nobody is flooded with such alarms"
    with office.runtime.database.transaction() as session:
        row = session.get_one(Alarm, alarm.id)
        assert alarms.acknowledge(office.books(session), row, "account", clock())
    look(office.runtime)
    assert len(calls(office)) == 2
    assert count(office, Report) == 1, "it is never deleted as ours"


@pytest.mark.parametrize(
    ("heard", "same"),
    [
        (HEARD, True),
        (f"{HEARD} {HEARD} {HEARD}", True),
        ("this is the test of line nobody in danger", True),
        ("is a test of the line nobody is in", True),
        ("he said this is no test he has a gun in the school and a knife", False),
        (
            f"{HEARD} but there is a boy with a gun in the cafeteria and he will shoot us all now",
            False,
        ),
        ("nobody helps me", False),
        ("hello", False),
    ],
)
def test_what_counts_as_the_sentence(heard: str, same: bool) -> None:
    assert is_the_sentence(SENTENCE, heard.split()) is same
