"""The calendar says at every minute what somebody who watches the wall clock would say."""

from bisect import bisect_right
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings

from hotline.oncall.calendar import (
    Rotation,
    Schedule,
    Span,
    Window,
    final,
    handoffs,
    on_call,
    places,
    shifts,
)
from tests.support.oncall import CHANGES, DAY, HOUR, MINUTE, ZONES, oracle, schedules


def at(spans: tuple[Span, ...], moment: datetime) -> tuple[str, ...]:
    """Who is on call at a moment, by the spans."""
    return spans[bisect_right([s.start for s in spans], moment) - 1].people


def agree(schedule: Schedule, start: datetime, end: datetime) -> None:
    """Hold the final schedule against the oracle, minute by minute."""
    spans = final(schedule, start, end)
    starts = [s.start for s in spans]
    for moment, people in oracle(schedule, start, end):
        assert spans[bisect_right(starts, moment) - 1].people == people, (moment, schedule)


def nasty(zone: str, near: datetime) -> Schedule:
    """Handoffs and windows that begin and end inside the hour that is left out or comes twice."""
    begun = near.date() - timedelta(days=9)
    every_day = tuple(range(7))
    fridays = (Window((4, 5), time(18), time(6)),)
    return Schedule(
        "counselors",
        zone,
        (
            Rotation(("ada", "ben", "cleo"), "day", 1, begun, time(2, 30)),
            Rotation(("dora", "ed"), "day", 2, begun, time(1, 45), fridays),
            Rotation(
                ("fay", "gus"),
                "week",
                1,
                begun,
                time(0),
                (Window(every_day, time(23), time(2, 15)), Window(every_day, time(1), time(1, 40))),
            ),
            Rotation(("hal",), "day", 1, begun, time(8), (Window(every_day, time(2), time(2)),)),
        ),
    )


@pytest.mark.parametrize("zone", [z for z in ZONES if CHANGES[z]])
def test_every_change_of_the_clocks_minute_by_minute(zone: str) -> None:
    assert len(CHANGES[zone]) == 24  # twice a year, 2024 to 2035
    for change in CHANGES[zone]:
        agree(nasty(zone, change), change - 8 * HOUR, change + 27 * HOUR)


@given(schedules())
@settings(max_examples=60, deadline=None)
def test_any_schedule_agrees_with_the_oracle(drawn: tuple[Schedule, datetime]) -> None:
    schedule, near = drawn
    agree(schedule, near - 12 * HOUR, near + 30 * HOUR)


@given(schedules())
@settings(max_examples=100, deadline=None)
def test_the_final_schedule_covers_all_the_time_once(drawn: tuple[Schedule, datetime]) -> None:
    schedule, near = drawn
    start, end = near - 4 * DAY, near + 4 * DAY
    spans = final(schedule, start, end)
    assert (spans[0].start, spans[-1].end) == (start, end)
    for one, two in pairwise(spans):
        assert one.end == two.start
        assert one.people != two.people
    assert sum((s.end - s.start for s in spans), timedelta()) == end - start
    assert all(len(set(s.people)) == len(s.people) for s in spans)
    on_duty = sum(((s.end - s.start) * len(s.people) for s in spans), timedelta())
    assert sum((s.end - s.start for s in shifts(schedule, start, end)), timedelta()) == on_duty


@given(schedules())
@settings(max_examples=60, deadline=None)
def test_on_call_and_final_agree(drawn: tuple[Schedule, datetime]) -> None:
    schedule, near = drawn
    spans = final(schedule, near - 2 * DAY, near + 2 * DAY)
    edges = [s.start for s in spans] + [near + n * HOUR for n in range(-40, 40)]
    for edge in edges:
        for moment in (edge, edge + MINUTE, edge - timedelta(microseconds=1)):
            if spans[0].start <= moment < spans[-1].end:
                assert on_call(schedule, moment) == at(spans, moment)


@given(schedules())
@settings(max_examples=60, deadline=None)
def test_a_piece_of_the_schedule_is_the_same_as_the_piece_alone(
    drawn: tuple[Schedule, datetime],
) -> None:
    schedule, near = drawn
    whole = final(schedule, near - 4 * DAY, near + 4 * DAY)
    for span in final(schedule, near - 7 * HOUR, near + 5 * HOUR):
        assert at(whole, span.start) == span.people
        assert at(whole, span.end - timedelta(microseconds=1)) == span.people


@given(schedules())
@settings(max_examples=60, deadline=None)
def test_a_handoff_is_where_somebody_begins(drawn: tuple[Schedule, datetime]) -> None:
    schedule, near = drawn
    start, end = near - 2 * DAY, near + 2 * DAY
    begun = {(shift.start, shift.person) for shift in handoffs(schedule, start, end)}
    expected = set()
    before = set(on_call(schedule, start - timedelta(microseconds=1)))
    for span in final(schedule, start, end):
        expected |= {(span.start, person) for person in set(span.people) - before}
        before = set(span.people)
    assert begun == expected


def test_places_show_who_fills_two_and_final_does_not() -> None:
    start = datetime(2026, 3, 2, tzinfo=UTC)
    one = Rotation(("ada",), "day", 1, start.date(), time(0))
    schedule = Schedule("counselors", "UTC", (one, one))
    assert [s.people for s in places(schedule, start, start + DAY)] == [("ada", "ada")]
    assert [s.people for s in final(schedule, start, start + DAY)] == [("ada",)]
