"""Whom a step rings: order, languages, and everybody who is left out with a reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.dispatch.candidates import Person, Skipped, Why, candidates, schedules_of
from hotline.dispatch.words import Step

HANDLES = ("a", "b", "c", "d")
PEOPLE = {
    "a": Person(("en",)),
    "b": Person(("en", "es")),
    "c": Person(("es",)),
    "d": Person(("en",), active=False),
}
ON_CALL = {"days": ("b", "a"), "nights": ()}

some = st.sets(st.sampled_from(HANDLES))
targets = st.lists(
    st.sampled_from([*HANDLES, "nobody", "schedule:days", "schedule:nights", "schedule:none"]),
    max_size=6,
).map(tuple)
steps = st.builds(Step, targets, st.just(20.0), st.booleans(), st.none(), st.booleans())


@pytest.mark.parametrize(
    ("targets", "language", "rung"),
    [
        (("a", "b", "c"), "en", ["a", "b", "c"]),
        (("a", "b", "c"), "es", ["b", "c", "a"]),
        (("a", "b", "c"), None, ["a", "b", "c"]),
        (("c", "schedule:days"), "en", ["b", "a", "c"]),
        (("a", "schedule:days", "a"), "en", ["a", "b"]),
    ],
)
def test_those_who_speak_the_language_come_first(
    targets: tuple[str, ...], language: str | None, rung: list[str]
) -> None:
    assert candidates(Step(targets, 20), language, PEOPLE, ON_CALL) == (rung, [])


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("d", Why.NOT_IN_ROSTER),
        ("nobody", Why.NOT_IN_ROSTER),
        ("schedule:nights", Why.NOBODY_ON_CALL),
        ("schedule:none", Why.NOBODY_ON_CALL),
    ],
)
def test_who_cannot_be_rung_is_named(target: str, why: Why) -> None:
    step = Step((target, "a"), 20)
    assert candidates(step, "en", PEOPLE, ON_CALL) == (["a"], [Skipped(target, why)])


def test_busy_people_are_rung_only_when_nobody_else_is_left() -> None:
    step = Step(("a", "b"), 20, in_order=True)
    assert candidates(step, "en", PEOPLE, {}, busy={"a"}) == (["b"], [Skipped("a", Why.BUSY)])
    assert candidates(step, "en", PEOPLE, {}, busy={"a"}, asked_here={"b"}) == (["a"], [])
    assert candidates(step, "en", PEOPLE, {}, busy={"a", "b"}) == (["a", "b"], [])


def test_who_is_away_is_rung_only_when_nobody_else_is_left() -> None:
    step = Step(("a", "b"), 20, in_order=True)
    assert candidates(step, "en", PEOPLE, {}, away={"a"}) == (["b"], [Skipped("a", Why.OFF_DUTY)])
    assert candidates(step, "en", PEOPLE, {}, away={"a"}, asked_here={"b"}) == (["a"], [])
    assert candidates(step, "en", PEOPLE, {}, away={"a", "b"}) == (["a", "b"], [])


def test_busy_and_away_people_wait_for_the_others_alike() -> None:
    step = Step(("a", "b", "c"), 20)
    skipped = [Skipped("a", Why.BUSY), Skipped("b", Why.OFF_DUTY)]
    assert candidates(step, "en", PEOPLE, {}, busy={"a"}, away={"a", "b"}) == (["c"], skipped)
    alone = Step(("a", "b"), 20)
    assert candidates(alone, "en", PEOPLE, {}, busy={"a"}, away={"b"}) == (["a", "b"], [])


def test_a_phone_that_rings_is_not_rung_again() -> None:
    left = candidates(Step(("a", "b"), 20), "en", PEOPLE, {}, live={"a"})
    assert left == (["b"], [Skipped("a", Why.RINGING_ALREADY)])


def test_only_a_step_that_says_so_leaves_out_who_was_asked_before() -> None:
    once, again = Step(("a", "b"), 20, unasked=True), Step(("a", "b"), 20)
    assert candidates(once, "en", PEOPLE, {}, asked={"a"}) == (
        ["b"],
        [Skipped("a", Why.ASKED_BEFORE)],
    )
    assert candidates(again, "en", PEOPLE, {}, asked={"a"}) == (["a", "b"], [])


def test_the_schedules_of_a_step() -> None:
    assert schedules_of(Step(("a", "schedule:days", "schedule:x"), 20)) == {"days", "x"}


@given(steps, st.sampled_from(["en", "es", "ar", None]), some, some, some, some, some)
def test_everybody_is_rung_once_or_left_out_for_a_reason(
    step: Step,
    language: str | None,
    busy: set[str],
    away: set[str],
    live: set[str],
    asked: set[str],
    here: set[str],
) -> None:
    others = {"live": live, "asked": asked, "asked_here": here}
    rung, skipped = candidates(step, language, PEOPLE, ON_CALL, busy=busy, away=away, **others)
    meant = {h for t in step.targets for h in ON_CALL.get(t.removeprefix("schedule:"), (t,))}
    meant = {h for h in meant if not h.startswith("schedule:")}
    left_out = {s.handle for s in skipped if not s.handle.startswith("schedule:")}
    assert len(rung) == len(set(rung))
    assert set(rung) | left_out | (here & meant) == meant
    assert not set(rung) & (live | here | left_out | {"d", "nobody"})
    assert not step.unasked or not set(rung) & asked
    kept = busy | away
    assert not (set(rung) & kept) or set(rung) <= kept
    speaks = [language in PEOPLE[h].languages for h in rung]
    assert speaks == sorted(speaks, reverse=True)


@given(steps, st.sampled_from(["en", "es"]), some, some)
def test_in_order_one_after_the_other_everybody_has_their_turn(
    step: Step, language: str, busy: set[str], away: set[str]
) -> None:
    whole, _ = candidates(step, language, PEOPLE, ON_CALL)
    turns: list[str] = []
    kept = {"busy": busy, "away": away}
    while left := candidates(step, language, PEOPLE, ON_CALL, **kept, asked_here=turns)[0]:
        turns.append(left[0])
    assert sorted(turns) == sorted(whole)
    assert turns == [h for h in whole if h not in busy | away] + [
        h for h in whole if h in busy | away
    ]
