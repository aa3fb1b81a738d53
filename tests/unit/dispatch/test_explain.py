"""Explained ahead: who is rung when, in which order, and the two figures."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.dispatch import limits, machine
from hotline.dispatch.candidates import Person, Why
from hotline.dispatch.effect_words import Resolve
from hotline.dispatch.explain import (
    Roster,
    Row,
    Underway,
    ahead,
    explain,
    in_words,
    latest_s,
    worst_s,
)
from hotline.dispatch.words import AttemptState as State
from hotline.dispatch.words import (
    Begin,
    Dispatch,
    DispatchState,
    Ended,
    OverlapDue,
    Resolved,
    Step,
)
from hotline.oncall.calendar import Rotation, Schedule

AT = datetime(2026, 11, 23, 13, 59, 50, tzinfo=UTC)  # 07:59:50 in Chicago
PLAN = Schedule(
    "days",
    "America/Chicago",
    (Rotation(("a", "b"), "day", 1, date(2026, 11, 22), time(8)),),
)
EMPTY = Schedule("empty", "UTC", (Rotation(("a",), "day", 1, date(2030, 1, 1), time(8)),))
PEOPLE = {
    "a": Person(("en",)),
    "b": Person(("en", "es")),
    "c": Person(("es",), confirmed=False),
    "d": Person(("en",), active=False),
}
ROSTER = Roster(PEOPLE, {"days": PLAN, "empty": EMPTY})


def rung(*plan: Step, language: str = "en", roster: Roster = ROSTER) -> list[tuple[float, str]]:
    rows = explain(plan, roster, language, AT).rows
    return [(row.offset_s, row.who) for row in rows if row.rung]


def test_one_step_after_the_other() -> None:
    plan = (Step(("a", "b"), 20.0), Step(("c",), 30.0))
    assert rung(*plan) == [(0, "a"), (0, "b"), (20, "c")]
    assert explain(plan, ROSTER, "en", AT).alarm_s == 50


def test_in_order_and_overlapping() -> None:
    plan = (Step(("a", "b"), 20.0, in_order=True, overlap_s=12.0), Step(("a", "c"), 10.0))
    assert rung(*plan) == [(0, "a"), (12, "b"), (24, "a"), (24, "c")]
    assert explain(plan, ROSTER, "en", AT).alarm_s == 34


def test_those_who_speak_the_language_are_first_in_order() -> None:
    assert rung(Step(("a", "b"), 20.0, in_order=True), language="es") == [(0, "b"), (20, "a")]


def test_the_shift_that_changes_in_between_is_asked() -> None:
    assert rung(Step(("schedule:days",), 20.0), Step(("schedule:days",), 20.0)) == [
        (0, "a"),
        (20, "b"),
    ]


@pytest.mark.parametrize(
    ("step", "who", "why"),
    [
        (Step(("d",), 20), "d", "not in the roster, or switched off"),
        (Step(("schedule:empty",), 20), "schedule:empty", "nobody is on call"),
        (Step(("a",), 20, unasked=True), "a", "was rung before"),
        (Step(("b", "c"), 20), "b", "on another call, and somebody else"),
    ],
)
def test_who_is_skipped_is_told_with_the_reason(step: Step, who: str, why: str) -> None:
    roster = Roster(PEOPLE, ROSTER.schedules, busy={"b"})
    row = next(
        r for r in explain((Step(("a",), 10), step), roster, "en", AT).rows if r.position == 1
    )
    assert (row.who, row.rung) == (who, False)
    assert why in row.why


def test_a_phone_that_rings_already_is_told() -> None:
    plan = (Step(("a",), 20, overlap_s=5), Step(("a", "b"), 20))
    rows = explain(plan, ROSTER, "en", AT).rows
    assert [(r.offset_s, r.who, r.rung) for r in rows] == [
        (0, "a", True),
        (5, "a", False),
        (5, "b", True),
    ]


def test_why_somebody_is_rung_is_told() -> None:
    named = explain((Step(("schedule:days", "c"), 20),), ROSTER, "es", AT).rows
    assert [(row.who, row.why) for row in named] == [
        ("c", "named, speaks es, number not confirmed yet"),
        ("a", "on call (days), does not speak es"),
    ]


def test_an_empty_plan_goes_straight_to_the_alarm() -> None:
    told = explain((), ROSTER, "en", AT)
    assert (told.rows, told.alarm_s, told.worst_s) == ((), 0, 0)


def test_the_worst_case_counts_the_fullest_shift_to_come() -> None:
    crowded = Schedule(
        "later",
        "UTC",
        tuple(Rotation((h,), "day", 1, date(2026, 12, 1), time(8)) for h in ("a", "b", "c", "d")),
    )
    step = Step(("schedule:later",), 20.0, in_order=True)
    roster = Roster(PEOPLE, {"later": crowded})
    assert worst_s((step,), roster, AT) == limits.longest_s((step,), [3])  # d is switched off
    assert explain((step,), roster, "en", AT).alarm_s == 0  # nobody is on call yet


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59.6, "1 min"), (155, "2 min 35 s"), (3600, "1 h"), (3725, "1 h 2 min 5 s")],
)
def test_durations_in_words(seconds: float, words: str) -> None:
    assert in_words(seconds) == words


steps = st.builds(
    Step,
    st.lists(st.sampled_from("abc"), min_size=1, max_size=3, unique=True).map(tuple),
    st.integers(10, 60).map(float),
    st.booleans(),
    st.none() | st.integers(1, 9).map(float),
)


@given(st.lists(steps, min_size=1, max_size=4).map(tuple))
def test_the_machine_rings_as_explained(plan: tuple[Step, ...]) -> None:
    """Against a machine whose phones ring for exactly their seconds and nobody picks up."""
    told = explain(plan, ROSTER, "en", AT)
    started, ended = play(plan)
    assert sorted((r.offset_s, r.who) for r in told.rows if r.rung) == sorted(started)
    assert told.alarm_s == ended <= told.worst_s


def play(plan: tuple[Step, ...]) -> tuple[list[tuple[float, str]], float]:
    """When each phone of the plan starts to ring, and when the search is over."""
    from hotline.dispatch.candidates import candidates

    clock = 0.0
    state = Dispatch(plan)
    started: list[tuple[float, str]] = []
    who: dict[str, str] = {}

    def tell(event: object) -> None:
        nonlocal state
        state, effects = machine.advance(state, event, AT + timedelta(seconds=clock))  # type: ignore[arg-type]
        for effect in effects:
            if isinstance(effect, Resolve):
                tell(resolved(effect))

    def resolved(effect: Resolve) -> Resolved:
        step = plan[effect.position]
        mine = [a for a in state.attempts if a.position == effect.position]
        handles: list[str] = []
        if not mine or step.in_order:
            handles, _ = candidates(
                step,
                "en",
                PEOPLE,
                {},
                live=[who[a.id] for a in state.live],
                asked_here=[who[a.id] for a in mine],
            )
        ids = []
        for handle in handles[:1] if step.in_order else handles:
            ids.append(f"{len(started)}")
            who[ids[-1]] = handle
            started.append((clock, handle))
        return Resolved(effect.position, tuple(ids))

    tell(Begin())
    while state.state is not DispatchState.EXHAUSTED:
        ends = {a.id: started[int(a.id)][0] + a.ring_s for a in state.live}
        next_end = min(ends.values())
        overlap = (state.due_at - AT).total_seconds() if state.due_at else next_end
        clock = min(next_end, overlap)
        for attempt_id, end in ends.items():
            if end == clock:
                tell(Ended(attempt_id, State.UNANSWERED))
        if state.due_at is not None and (state.due_at - AT).total_seconds() <= clock:
            tell(OverlapDue())
    return started, clock


def test_who_is_away_is_passed_over_until_their_break_is_over() -> None:
    roster = Roster(
        {h: Person(("en",)) for h in ("a", "b")}, {}, away={"a": AT + timedelta(seconds=10)}
    )
    plan = (Step(("a", "b"), 20.0), Step(("a",), 20.0))
    rows = explain(plan, roster, "en", AT).rows
    assert [(row.who, row.rung, row.why_not) for row in rows] == [
        ("a", False, Why.OFF_DUTY),
        ("b", True, None),
        ("a", True, None),
    ]
    assert rows[2].because is not None
    assert not rows[2].because.away


def test_who_is_away_is_rung_when_nobody_else_is_left() -> None:
    roster = Roster({"a": Person(("en",))}, {}, away={"a": None})
    (row,) = explain((Step(("a",), 20.0),), roster, "en", AT).rows
    assert row.why == "named, speaks en, on break or off duty, but nobody else is left"


def test_who_is_away_at_a_moment() -> None:
    roster = Roster({}, {}, away={"a": None, "b": AT})
    before = AT - timedelta(seconds=1)
    assert [roster.away_at(at) for at in (before, AT)] == [{"a", "b"}, {"a"}]


PLANS = (
    (Step(("a", "b"), 20.0), Step(("c",), 30.0)),
    (Step(("a", "b"), 20.0, in_order=True, overlap_s=12.0), Step(("a", "c"), 10.0)),
    (Step(("a", "b", "c"), 20.0, in_order=True), Step(("a", "c"), 10.0, unasked=True)),
    (Step(("a",), 25.0, overlap_s=10.0), Step(("schedule:days", "c"), 20.0), Step(("b",), 5.0)),
)


@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize("gone_s", [1.0, 11.0, 19.0, 23.0, 31.0])
def test_from_the_midst_the_rest_is_as_it_was_told_before(
    plan: tuple[Step, ...], gone_s: float
) -> None:
    told = explain(plan, ROSTER, "en", AT)
    rows = [row for row in told.rows if row.rung]
    begun = [row for row in rows if row.offset_s <= gone_s]
    now = Underway(
        begun[-1].position,
        {r.who: max(0.0, r.offset_s + plan[r.position].ring_s - gone_s) for r in begun},
        [r.who for r in begun if r.position == begun[-1].position],
        _next_s(plan, begun[-1], gone_s),
    )
    rest, alarm_s = ahead(plan, ROSTER, "en", AT + timedelta(seconds=gone_s), now)
    expected = [(r.offset_s - gone_s, r.who) for r in rows if r.offset_s > gone_s]
    assert [(r.offset_s, r.who) for r in rest] == expected
    assert alarm_s == told.alarm_s - gone_s


def _next_s(plan: tuple[Step, ...], last: Row, gone_s: float) -> float | None:
    overlap_s = plan[last.position].overlap_s
    return None if overlap_s is None else last.offset_s + overlap_s - gone_s


def test_before_the_first_step_all_of_it_is_ahead() -> None:
    rest, alarm_s = ahead(PLANS[0], ROSTER, "en", AT, Underway(-1, {}, []))
    assert [(r.offset_s, r.who) for r in rest] == [(0, "a"), (0, "b"), (20, "c")]
    assert alarm_s == 50


def test_nothing_is_ahead_of_an_empty_plan() -> None:
    assert ahead((), ROSTER, "en", AT, Underway(-1, {}, [])) == ((), 0.0)
    assert latest_s((), ROSTER, AT, Underway(-1, {}, []), []) == 0.0


def test_the_latest_is_what_the_machine_may_take_at_most() -> None:
    one = limits.ring_longest_s(20.0)
    plan = (Step(("a", "b", "c"), 20.0, in_order=True), Step(("schedule:days",), 30.0))
    at_first = latest_s(plan, ROSTER, AT, Underway(-1, {}, []), [])
    assert at_first == 3 * one + limits.ring_longest_s(30.0) * 1
    second = Underway(0, {"a": 0.0, "b": 7.0}, ["a", "b"])
    assert latest_s(plan, ROSTER, AT, second, [90.0]) == 90.0 + one + limits.ring_longest_s(30.0)
