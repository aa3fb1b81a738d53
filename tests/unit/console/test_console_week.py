"""The week as seven lines: bars keep to their day and lane, also where the clocks change."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from console.oncall import moments, week
from console.oncall.week import COLUMNS
from hotline.oncall.calendar import Rotation, Schedule
from hotline.oncall.pieces import Piece, pieces
from tests.support.oncall import HOUR
from tests.support.oncall import schedules as any_schedule

CHICAGO = ZoneInfo("America/Chicago")
MONDAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 24, 8, 15, tzinfo=UTC)  # Tuesday, 02:15 in Chicago


def local(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=CHICAGO).astimezone(UTC)


def test_a_piece_is_cut_at_midnight_and_only_its_first_part_begins() -> None:
    piece = Piece(local(24, 18), local(25, 6), "ada")
    days = week.days([piece], MONDAY, CHICAGO, NOW)
    bars = [(d.date.day, b.first, b.last, b.begins) for d in days for b in d.bars]
    assert bars == [(24, 72, 96, True), (25, 0, 24, False)]
    assert [d.now for d in days] == [None, 9, None, None, None, None, None]


def test_what_is_short_can_still_be_seen() -> None:
    piece = Piece(local(23, 23, 59), local(24, 0), "ada")
    (bar,) = week.days([piece], MONDAY, CHICAGO, NOW)[0].bars
    assert (bar.first, bar.last) == (95, 96)


@pytest.mark.parametrize(
    ("monday", "hours"), [(date(2026, 3, 2), 23.0), (date(2026, 10, 26), 25.0)]
)
def test_a_day_on_which_the_clocks_change_is_as_long_as_it_is(monday: date, hours: float) -> None:
    turns = Rotation(("ada", "ben"), "day", 1, date(2026, 1, 1), time(12))
    plan = Schedule("counselors", CHICAGO.key, (turns,))
    start, end = week.bounds(monday, CHICAGO)
    *_, sunday = week.days(pieces(plan, plan, start, end), monday, CHICAGO, NOW)
    assert sunday.hours == hours
    first, second = sunday.bars
    assert (first.first, first.last, second.last) == (0, second.first, COLUMNS)
    assert first.last == round(COLUMNS * (hours - 12) / hours)


def test_who_is_on_call_side_by_side_stands_on_lanes_of_their_own() -> None:
    ada, ben = Piece(local(23, 0), local(23, 12), "ada"), Piece(local(23, 6), local(23, 18), "ben")
    cleo, dora = (
        Piece(local(23, 12), local(23, 20), "cleo"),
        Piece(local(23, 18), local(23, 24 - 1), "dora"),
    )
    laid = {p.person: lane for p, lane in week.lanes([dora, cleo, ben, ada])}
    assert laid == {"ada": 0, "ben": 1, "cleo": 0, "dora": 1}


@given(any_schedule())
def test_nothing_of_a_week_is_lost_and_nobody_is_drawn_over(
    made: tuple[Schedule, datetime],
) -> None:
    plan, near = made
    monday = week.monday_of(near.astimezone(plan.zone).date())
    start, end = week.bounds(monday, plan.zone)
    found = pieces(plan, replace(plan, overrides=()), start, end)
    days = week.days(found, monday, plan.zone, near)
    drawn: dict[Piece, timedelta] = {}
    for day in days:
        for bar in day.bars:
            drawn[bar.piece] = drawn.get(bar.piece, timedelta()) + (bar.end - bar.start)
            assert 0 <= bar.first < bar.last <= COLUMNS
            same_lane = [b for b in day.bars if b.lane == bar.lane and b is not bar]
            assert all(b.end <= bar.start or bar.end <= b.start for b in same_lane)
    assert drawn == {piece: piece.end - piece.start for piece in found}
    assert [day.now is not None for day in days].count(True) == 1


def test_moments_are_told_in_the_schedules_time() -> None:
    assert moments.day_and_time(local(27, 15), CHICAGO) == "Friday 27 November, 15:00"
    assert moments.span(local(27, 15), local(27, 19), CHICAGO) == (
        "Friday 27 November, 15:00 to 19:00"
    )
    assert moments.span(local(27, 15), local(28, 0), CHICAGO) == (
        "Friday 27 November, 15:00 to 24:00"
    )
    assert moments.span(local(27, 15), local(28, 8), CHICAGO) == (
        "Friday 27 November, 15:00 to Saturday 28 November, 08:00"
    )
    assert moments.zone_name(CHICAGO, NOW) == "America/Chicago (CST)"
    assert [moments.weekday(n) for n in (0, 6)] == ["Monday", "Sunday"]


def test_where_the_clocks_change_both_ends_name_their_zone() -> None:
    begin = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    assert moments.span(begin, begin + HOUR, CHICAGO) == (
        "Sunday 1 November, 01:30 CDT to 01:30 CST"
    )
