"""Gaps, people who cannot be rung, and people in two places."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given

from hotline.oncall.calendar import Override, Rotation, Schedule, Span, Window, final, shifts
from hotline.oncall.coverage import Kind, Person, is_fresh, problems, when
from tests.support import oncall

START = datetime(2026, 1, 5, 14, 0, tzinfo=UTC)  # Monday, 08:00 in Chicago
END = START + timedelta(days=14)
WEEKLY = Rotation(("ada", "ben"), "week", 1, date(2026, 1, 5), time(8))
SCHEDULE = Schedule("counselors", "America/Chicago", (WEEKLY,))
WELL = {name: Person() for name in ("ada", "ben", "cleo", "dora")}


def kinds(schedule: Schedule, people: dict[str, Person]) -> list[tuple[Kind, str | None]]:
    """What is wrong with one schedule in two weeks."""
    return [(p.kind, p.person) for p in problems([schedule], people, START, END)]


def test_nothing_is_wrong() -> None:
    assert problems([SCHEDULE], WELL, START, END) == ()


def test_a_gap_has_its_span_and_a_sentence_in_local_time() -> None:
    given_up = Override(START + timedelta(days=1), START + timedelta(days=1, hours=2), None)
    [gap] = problems([replace(SCHEDULE, overrides=(given_up,))], WELL, START, END)
    assert (gap.kind, gap.start, gap.end) == (Kind.GAP, given_up.start, given_up.end)
    assert gap.sentence == ("Nobody is on call in 'counselors' Tue 06 Jan 2026 08:00 to 10:00 CST.")


def test_a_gap_before_the_first_turn() -> None:
    [gap] = problems([SCHEDULE], WELL, START - timedelta(hours=1), END)
    assert (gap.start, gap.end) == (START - timedelta(hours=1), START)


def test_gaps_of_schedules_that_nobody_rings_do_not_matter() -> None:
    empty = Schedule("spare", "America/Chicago", ())
    assert problems([empty], WELL, START, END, used={"counselors"}) == ()
    assert [p.kind for p in problems([empty], WELL, START, END, used={"spare"})] == [Kind.GAP]


@pytest.mark.parametrize(
    ("person", "kind"),
    [
        (Person(active=False), Kind.SWITCHED_OFF),
        (Person(number=False), Kind.NO_NUMBER),
        (Person(confirmed=False), Kind.UNCONFIRMED),
    ],
    ids=["switched-off", "no-number", "unconfirmed"],
)
def test_people_who_cannot_be_counted_on_are_named_once(person: Person, kind: Kind) -> None:
    assert kinds(SCHEDULE, WELL | {"ben": person}) == [(kind, "ben")]
    [problem] = problems([SCHEDULE], WELL | {"ben": person}, START, END + timedelta(days=60))
    assert problem.start == START + timedelta(days=7)


def test_people_who_are_not_in_the_roster() -> None:
    assert kinds(SCHEDULE, {"ben": Person()}) == [(Kind.UNKNOWN, "ada")]


def test_overrides_that_name_strangers() -> None:
    day = timedelta(days=1)
    strange = (
        Override(START, START + day, "zoe"),
        Override(START, START + day, "cleo", "nick"),
        Override(START - 2 * day, START - day, "cleo", "past"),
    )
    assert kinds(replace(SCHEDULE, overrides=strange), WELL) == [
        (Kind.UNKNOWN, "zoe"),
        (Kind.UNKNOWN_OVERRIDE, "nick"),
    ]


def test_somebody_in_two_rotations_at_once() -> None:
    other = replace(WEEKLY, people=("cleo", "ben"))
    [twice] = problems([replace(SCHEDULE, rotations=(WEEKLY, other))], WELL, START, END)
    assert (twice.kind, twice.person) == (Kind.TWICE, "ben")
    assert twice.start == START + timedelta(days=7)


def test_somebody_on_call_in_two_schedules_at_once() -> None:
    mornings = Window(tuple(range(7)), time(6), time(9))
    other = Schedule("nights", "America/New_York", (replace(WEEKLY, windows=(mornings,)),))
    found = problems([SCHEDULE, other], WELL, START, END, used=("counselors",))
    assert [(p.kind, p.person) for p in found] == [
        (Kind.TWO_SCHEDULES, "ada"),
        (Kind.TWO_SCHEDULES, "ben"),
    ]
    assert found[0].sentence.startswith("'ada' is on call in 'counselors' and in 'nights' at once")
    assert (found[0].start, found[0].end) == (
        datetime(2026, 1, 6, 11, tzinfo=UTC),
        datetime(2026, 1, 6, 14, tzinfo=UTC),
    )


def test_the_hour_that_comes_twice_says_which() -> None:
    start = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    assert when(start, start + timedelta(hours=1), SCHEDULE) == (
        "Sun 01 Nov 2026 01:30 CDT to 01:30 CST"
    )


@given(oncall.schedules())
def test_gaps_are_the_empty_spans_and_the_unknown_are_everybody(
    drawn: tuple[Schedule, datetime],
) -> None:
    schedule, near = drawn
    start, end = near - oncall.DAY, near + oncall.DAY
    found = problems([schedule], {}, start, end)
    gaps = [Span(p.start, p.end, ()) for p in found if p.kind is Kind.GAP]
    assert gaps == [s for s in final(schedule, start, end) if not s.people]
    unknown = {p.person for p in found if p.kind is Kind.UNKNOWN}
    assert unknown == {s.person for s in shifts(schedule, start, end)}


@given(oncall.schedules(), oncall.schedules())
def test_two_schedules_share_somebody_exactly_when_it_is_said(
    one: tuple[Schedule, datetime], other: tuple[Schedule, datetime]
) -> None:
    first = one[0]
    second = replace(first, name="second", rotations=other[0].rotations, overrides=())
    start, end = one[1] - oncall.DAY, one[1] + oncall.DAY
    shared = set()
    for mine in final(first, start, end):
        for theirs in final(second, start, end):
            if mine.start < theirs.end and theirs.start < mine.end:
                shared |= set(mine.people) & set(theirs.people)
    found = problems([first, second], {}, start, end)
    assert {p.person for p in found if p.kind is Kind.TWO_SCHEDULES} == shared


def test_a_confirmation_grows_old() -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    assert not is_fresh(None, now)
    assert is_fresh(now - timedelta(days=90), now)
    assert not is_fresh(now - timedelta(days=90, seconds=1), now)
