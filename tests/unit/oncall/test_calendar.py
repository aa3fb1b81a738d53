"""The calendar by example: turns, windows, overrides, swaps and the two odd hours of the year."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from hotline.oncall.calendar import (
    CalendarError,
    Override,
    Rotation,
    Schedule,
    Shift,
    Window,
    final,
    handoffs,
    moment,
    on_call,
    shifts,
    swap,
    turn,
)

CHICAGO = ZoneInfo("America/Chicago")
WEEKLY = Rotation(("ada", "ben", "cleo"), "week", 1, date(2026, 1, 5), time(8))
SCHEDULE = Schedule("counselors", "America/Chicago", (WEEKLY,))


def local(text: str) -> datetime:
    """A local time in Chicago."""
    return datetime.fromisoformat(text).replace(tzinfo=CHICAGO)


def utc(text: str) -> datetime:
    """A UTC time."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def covered(**changes: object) -> Schedule:
    """The schedule with one override of the Tuesday of the first week."""
    given: dict[str, object] = {
        "start": local("2026-01-06 12:00"),
        "end": local("2026-01-06 18:00"),
        "person": "dora",
    }
    return replace(SCHEDULE, overrides=(Override(**(given | changes)),))  # type: ignore[arg-type]


def test_nobody_is_on_call_before_a_rotation_starts() -> None:
    assert on_call(SCHEDULE, local("2026-01-05 07:59")) == ()
    assert on_call(SCHEDULE, local("2026-01-05 08:00")) == ("ada",)


@pytest.mark.parametrize(
    ("at", "person"),
    [
        ("2026-01-12 07:59", "ada"),
        ("2026-01-12 08:00", "ben"),
        ("2026-01-25 23:59", "cleo"),
        ("2026-01-26 08:00", "ada"),
        ("2026-07-13 07:59", "cleo"),
        ("2026-07-13 08:00", "ada"),
    ],
)
def test_weeks_in_turn_by_the_wall_clock(at: str, person: str) -> None:
    assert on_call(SCHEDULE, local(at)) == (person,)


def test_a_turn_of_three_days() -> None:
    rotation = Rotation(("ada", "ben"), "day", 3, date(2026, 1, 5), time(8))
    schedule = replace(SCHEDULE, rotations=(rotation,))
    assert on_call(schedule, local("2026-01-08 07:59")) == ("ada",)
    assert on_call(schedule, local("2026-01-08 08:00")) == ("ben",)


def test_a_window_past_midnight_belongs_to_the_day_on_which_it_begins() -> None:
    friday_night = Window((4,), time(18), time(6))
    schedule = replace(SCHEDULE, rotations=(replace(WEEKLY, windows=(friday_night,)),))
    assert [(s.start, s.end) for s in shifts(schedule, utc("2026-01-05"), utc("2026-01-12"))] == [
        (local("2026-01-09 18:00"), local("2026-01-10 06:00"))
    ]
    assert on_call(schedule, local("2026-01-10 03:00")) == ("ada",)
    assert on_call(schedule, local("2026-01-09 03:00")) == ()


def test_a_window_that_ends_when_it_starts_lasts_24_hours() -> None:
    saturday = Window((5,), time(8), time(8))
    schedule = replace(SCHEDULE, rotations=(replace(WEEKLY, windows=(saturday,)),))
    [shift] = shifts(schedule, utc("2026-01-05"), utc("2026-01-12"))
    assert shift.end - shift.start == timedelta(hours=24)


def test_rotations_side_by_side_keep_their_order_and_nobody_stands_twice() -> None:
    other = Rotation(("ben", "dora"), "week", 1, date(2026, 1, 5), time(8))
    schedule = replace(SCHEDULE, rotations=(WEEKLY, other))
    assert on_call(schedule, local("2026-01-06 00:00")) == ("ada", "ben")
    assert on_call(replace(schedule, rotations=(WEEKLY, WEEKLY)), local("2026-01-06 00:00")) == (
        "ada",
    )


# 2026: the clocks of Chicago go from 02:00 to 03:00 on 8 March, from 02:00 to 01:00 on 1 November.
@pytest.mark.parametrize(
    ("day", "at", "expected"),
    [
        (date(2026, 3, 8), time(1, 59), "2026-03-08 07:59"),
        (date(2026, 3, 8), time(2, 0), "2026-03-08 08:00"),
        (date(2026, 3, 8), time(2, 30), "2026-03-08 08:00"),
        (date(2026, 3, 8), time(3, 0), "2026-03-08 08:00"),
        (date(2026, 11, 1), time(1, 30), "2026-11-01 06:30"),
        (date(2026, 11, 1), time(2, 0), "2026-11-01 08:00"),
    ],
)
def test_local_times_where_the_clock_jumps(day: date, at: time, expected: str) -> None:
    assert moment(day, at, CHICAGO) == utc(expected)


def test_a_zone_that_left_out_a_whole_day() -> None:
    apia = ZoneInfo("Pacific/Apia")  # went from 29 to 31 December 2011 over the date line
    assert moment(date(2011, 12, 30), time(12), apia) == moment(date(2011, 12, 31), time(), apia)


def test_the_person_of_the_autumn_night_works_an_hour_longer() -> None:
    daily = Rotation(("ada", "ben"), "day", 1, date(2026, 10, 31), time(1, 30))
    schedule = replace(SCHEDULE, rotations=(daily,))
    lengths = [
        s.end - s.start for s in shifts(schedule, utc("2026-10-31 07:00"), utc("2026-11-03"))
    ]
    assert lengths[:2] == [timedelta(hours=24) - timedelta(minutes=30), timedelta(hours=25)]


def test_an_override_instead_of_everybody() -> None:
    schedule = covered()
    assert on_call(schedule, local("2026-01-06 11:59")) == ("ada",)
    assert on_call(schedule, local("2026-01-06 12:00")) == ("dora",)
    assert on_call(schedule, local("2026-01-06 18:00")) == ("ada",)


def test_an_override_by_nobody_leaves_a_gap() -> None:
    assert on_call(covered(person=None), local("2026-01-06 13:00")) == ()


def test_an_override_fills_a_gap() -> None:
    early = covered(start=local("2026-01-01 00:00"))
    assert on_call(early, local("2026-01-02 00:00")) == ("dora",)


@pytest.mark.parametrize(("replaces", "expected"), [("ada", ("dora",)), ("ben", ("ada",))])
def test_an_override_takes_the_place_of_one(replaces: str, expected: tuple[str, ...]) -> None:
    assert on_call(covered(replaces=replaces), local("2026-01-06 13:00")) == expected


def test_an_override_besides_the_others() -> None:
    assert on_call(covered(besides=True), local("2026-01-06 13:00")) == ("ada", "dora")


@pytest.mark.parametrize("replaces", ["ada", "dora", None])
def test_a_later_override_wins_over_an_earlier_one(replaces: str | None) -> None:
    first = covered(replaces="ada").overrides[0]
    schedule = replace(
        SCHEDULE, overrides=(first, replace(first, person="cleo", replaces=replaces))
    )
    assert on_call(schedule, local("2026-01-06 13:00")) == ("cleo",)


def test_a_swap_gives_each_the_week_of_the_other() -> None:
    first = turn(SCHEDULE, "ada", date(2026, 1, 5))
    second = turn(SCHEDULE, "ben", date(2026, 1, 14))
    assert (first.start, first.end) == (local("2026-01-05 08:00"), local("2026-01-12 08:00"))
    swapped = replace(SCHEDULE, overrides=swap(first, second))
    week = timedelta(days=7)
    spans = final(swapped, first.start, first.start + 3 * week)
    assert [s.people for s in spans] == [("ben",), ("ada",), ("cleo",)]
    assert [s.end - s.start for s in spans] == [week, week, week]


def test_the_turn_that_begins_on_a_day_comes_before_the_one_that_ends_on_it() -> None:
    daily = Rotation(("ada",), "day", 1, date(2026, 1, 5), time(8))
    schedule = replace(SCHEDULE, rotations=(daily,))
    assert turn(schedule, "ada", date(2026, 1, 9)).start == local("2026-01-09 08:00")
    assert turn(SCHEDULE, "ada", date(2026, 1, 12)).start == local("2026-01-05 08:00")


def test_what_cannot_be_swapped() -> None:
    mine = Shift(utc("2026-01-05"), utc("2026-01-12"), "ada")
    with pytest.raises(CalendarError, match="name two people"):
        swap(mine, replace(mine, start=utc("2026-02-01"), end=utc("2026-02-02")))
    with pytest.raises(CalendarError, match="same time"):
        swap(mine, replace(mine, person="ben"))
    with pytest.raises(CalendarError, match="'dora' has no turn"):
        turn(SCHEDULE, "dora", date(2026, 1, 9))
    with pytest.raises(CalendarError, match="Tue 13 Jan 2026"):
        turn(SCHEDULE, "ada", date(2026, 1, 13))


def test_handoffs_leave_out_whoever_was_on_call_already() -> None:
    start = local("2026-01-12 08:00")
    begun = handoffs(SCHEDULE, start, start + timedelta(days=14))
    assert [(s.person, s.start) for s in begun] == [
        ("ben", start),
        ("cleo", local("2026-01-19 08:00")),
    ]
    later = handoffs(SCHEDULE, start + timedelta(minutes=1), start + timedelta(days=1))
    assert later == ()
    assert handoffs(SCHEDULE, start, start) == ()


def test_no_time_has_no_spans() -> None:
    assert final(SCHEDULE, utc("2026-01-06"), utc("2026-01-06")) == ()


@pytest.mark.parametrize(
    "wrong",
    [
        {"start": utc("2026-01-06").replace(tzinfo=None)},
        {"end": utc("2026-01-06")},
        {"person": None, "besides": True},
        {"replaces": "ada", "besides": True},
        {"replaces": "dora"},
    ],
    ids=["no-zone", "ends-before-it-begins", "nobody-besides", "besides-and-instead", "themselves"],
)
def test_overrides_that_cannot_be(wrong: dict[str, object]) -> None:
    with pytest.raises(CalendarError):
        covered(**wrong)


def test_a_rotation_needs_people_and_a_length() -> None:
    with pytest.raises(CalendarError):
        replace(WEEKLY, people=())
    with pytest.raises(CalendarError):
        replace(WEEKLY, length=0)
