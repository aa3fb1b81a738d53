"""When a step rings nobody, and how many it rings at most."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hotline.dispatch import gaps
from hotline.dispatch.words import Step
from hotline.oncall.calendar import Rotation, Schedule, Window, on_call

NOW = datetime(2026, 3, 6, 12, tzinfo=UTC)
DAYS = Schedule(
    "days",
    "America/Chicago",
    (
        Rotation(
            ("a", "b"), "day", 1, date(2026, 1, 5), time(8), (Window((0, 1), time(7), time(16)),)
        ),
    ),
)
ALWAYS = Schedule(
    "always", "Europe/Berlin", (Rotation(("b", "c"), "week", 1, date(2026, 1, 5), time(9)),)
)
SCHEDULES = {"days": DAYS, "always": ALWAYS}
steps = st.builds(
    Step,
    st.lists(
        st.sampled_from(["a", "d", "schedule:days", "schedule:always", "schedule:none"]), max_size=3
    ).map(tuple),
    st.just(20.0),
    st.booleans(),
)
people = st.sets(st.sampled_from("abcd"))


@given(steps, people, st.integers(0, 60 * 24 * 60 - 1))
def test_every_minute_has_whom_the_step_stands_for(step: Step, known: set[str], n: int) -> None:
    at = NOW + timedelta(minutes=n)
    spans = gaps.resolved(step, SCHEDULES, known, NOW)
    (span,) = [s for s in spans if s.start <= at < s.end]
    meant = {t for t in step.targets if ":" not in t}
    for name, schedule in SCHEDULES.items():
        if f"schedule:{name}" in step.targets:
            meant |= set(on_call(schedule, at))
    assert set(span.people) == meant & known
    assert any(a <= at < b for a, b in gaps.empty(spans)) == (not meant & known)
    assert gaps.most(step, spans) >= len(span.people)


def test_a_shift_that_changes_in_a_step_in_order_adds_whoever_comes_on() -> None:
    spans = gaps.resolved(Step(("schedule:always",), 20), SCHEDULES, "bc", NOW)
    assert gaps.most(Step(("schedule:always",), 20), spans) == 1
    assert gaps.most(Step(("schedule:always",), 20, in_order=True), spans) == 2


stretches = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 9)).map(
        lambda t: (NOW + timedelta(hours=t[0]), NOW + timedelta(hours=sum(t)))
    ),
    max_size=4,
)


@given(stretches, stretches)
def test_what_lies_within_and_what_is_left_make_up_the_whole(
    some: list[gaps.Stretch], others: list[gaps.Stretch]
) -> None:
    inside, left = gaps.within(some, others), gaps.uncovered(some, others)
    for n in range(40):
        at = NOW + timedelta(hours=n)

        def has(hours: list[gaps.Stretch], at: datetime = at) -> bool:
            return any(a <= at < b for a, b in hours)

        assert has(inside) == (has(some) and has(others))
        assert has(left) == (has(some) and not has(others))
