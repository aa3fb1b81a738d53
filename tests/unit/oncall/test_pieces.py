"""Pieces of the final schedule and hours of people: nothing is left out, nothing counted twice."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given

from hotline.oncall.calendar import Override, Rotation, Schedule, final
from hotline.oncall.hours import loads
from hotline.oncall.pieces import Piece, gaps, pieces
from tests.support.oncall import DAY, HOUR
from tests.support.oncall import schedules as any_schedule

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
TURNS = Rotation(("ada", "ben"), "day", 1, date(2026, 11, 23), time())
PLAN = Schedule("counselors", "UTC", (TURNS,))


def covered(*overrides: Override) -> Schedule:
    return replace(PLAN, overrides=overrides)


def test_a_stand_in_is_a_piece_of_its_own() -> None:
    noon, evening = MONDAY + 12 * HOUR, MONDAY + 18 * HOUR
    found = pieces(covered(Override(noon, evening, "zoe", "ada")), PLAN, MONDAY, MONDAY + DAY)
    assert found == (
        Piece(MONDAY, noon, "ada"),
        Piece(noon, evening, "zoe", ("ada",)),
        Piece(evening, MONDAY + DAY, "ada"),
    )
    assert [p.stands_in for p in found] == [False, True, False]


def test_a_gap_is_a_piece_of_nobody() -> None:
    final_one = covered(Override(MONDAY, MONDAY + 9 * HOUR, None))
    (gap,) = gaps(pieces(final_one, PLAN, MONDAY, MONDAY + DAY))
    assert (gap.hours, gap.person, gap.stands_in) == (9.0, None, False)


def test_who_comes_on_top_takes_nobodys_place() -> None:
    final_one = covered(Override(MONDAY, MONDAY + HOUR, "zoe", besides=True))
    found = pieces(final_one, PLAN, MONDAY, MONDAY + HOUR)
    assert [(p.person, p.instead) for p in found] == [("ada", None), ("zoe", ())]


@given(any_schedule())
def test_the_pieces_say_what_the_schedule_says(made: tuple[Schedule, datetime]) -> None:
    plan, near = made
    start, end = near - 2 * DAY, near + 2 * DAY
    found = pieces(plan, replace(plan, overrides=()), start, end)
    for span in final(plan, start, end):
        there = [p for p in found if p.start <= span.start < p.end]
        assert {p.person for p in there} == (set(span.people) or {None})
        assert all(p.end >= min(span.end, min(q.end for q in there)) for p in there)
    assert all(start <= p.start < p.end <= end for p in found)


def test_hours_are_counted_a_week_at_a_time_and_never_twice() -> None:
    always = Schedule("desk", "UTC", (replace(TURNS, people=("ada",)),))
    found = loads((PLAN, always), MONDAY, 2)
    assert [(load.person, load.weeks) for load in found] == [
        ("ada", (168.0, 168.0)),
        ("ben", (72.0, 96.0)),
    ]
    assert found[1].total == 168.0
    assert loads((), MONDAY, 4) == ()


@given(any_schedule())
def test_the_hours_are_those_of_the_schedule(made: tuple[Schedule, datetime]) -> None:
    plan, near = made
    start = near - 3 * DAY
    spent: dict[str, float] = {}
    for span in final(plan, start, start + timedelta(days=7)):
        for person in span.people:
            spent[person] = spent.get(person, 0.0) + (span.end - span.start) / HOUR
    found = {load.person: load.total for load in loads([plan], start, 1)}
    assert found == pytest.approx(spent)
