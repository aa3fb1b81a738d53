"""Policies: read, refuse, freeze, thaw, and the plan they make."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.database.engine import Database
from hotline.dispatch import policy, routes
from hotline.dispatch.policy import Frozen, Policy, PolicyError, freeze, parse, thaw, to_snapshot
from hotline.dispatch.routing import Facts, Rule
from hotline.dispatch.words import Step

STEPS = st.builds(
    Step,
    st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=3).map(tuple),
    st.integers(6, 120).map(float),
    st.booleans(),
    st.none() | st.integers(1, 5).map(float),
    st.booleans(),
)
POLICIES = st.builds(
    Policy,
    st.lists(STEPS, min_size=1, max_size=4).map(tuple),
    st.integers(1, policy.MAX_ROUNDS),
    st.none() | STEPS,
    st.lists(st.text(max_size=8), max_size=2).map(tuple),
    st.lists(st.text(max_size=8), max_size=2).map(tuple),
)
STEP = {"targets": ["c1"], "ring_s": 20}


@given(POLICIES)
def test_what_is_written_is_read_back(given_policy: Policy) -> None:
    assert parse(given_policy.to_dict()) == given_policy


@given(POLICIES)
def test_a_frozen_policy_is_thawed_as_it_was(given_policy: Policy) -> None:
    frozen = freeze(given_policy, "night")
    assert thaw(json.loads(json.dumps(to_snapshot(frozen)))) == frozen
    assert (frozen.plan, frozen.alarm) == (given_policy.plan, given_policy.alarm)


def test_the_agency_is_the_last_resort_unless_one_is_given() -> None:
    last = Step(("police",), 30.0)
    assert freeze(Policy((), last_resort=last), "p").agency == ("police",)
    assert freeze(Policy((), last_resort=last, agency=("fire",)), "p").agency == ("fire",)
    assert freeze(Policy(()), "p").agency == ()


def test_dispatches_of_the_first_version_are_thawed() -> None:
    step, last = {"targets": ["a"], "ring_s": 20.0}, {"targets": ["b"], "ring_s": 30.0}
    old = {"steps": [step], "rounds": 2, "last_resort": last, "alarm": ["c"]}
    a, b = Step(("a",), 20.0), Step(("b",), 30.0)
    assert thaw(old) == Frozen("default", (a, a, b), ("c",), ("b",))
    nothing = {"steps": [], "rounds": 1, "last_resort": None, "alarm": []}
    assert thaw(nothing) == Frozen("default", (), (), ())


@given(POLICIES)
def test_every_step_of_the_plan_has_its_own_label(given_policy: Policy) -> None:
    assert len(set(given_policy.labels)) == len(given_policy.plan)


@given(POLICIES)
def test_the_plan_is_the_rounds_and_then_the_last_resort(given_policy: Policy) -> None:
    plan, count = given_policy.plan, len(given_policy.steps)
    for index in range(count * given_policy.rounds):
        assert plan[index] == given_policy.steps[index % count]
    last = () if given_policy.last_resort is None else (given_policy.last_resort,)
    assert plan[count * given_policy.rounds :] == last


def test_what_is_left_out_has_a_default() -> None:
    read = parse({"steps": [{"targets": ["c1"]}]})
    assert read == Policy((Step(("c1",), 25.0),), 1, None, ())


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        ({}, "at least one step"),
        ({"steps": []}, "at least one step"),
        ({"steps": [{}]}, "targets"),
        ({"steps": [{"targets": []}]}, "targets"),
        ({"steps": [{"targets": [1]}]}, "targets"),
        ({"steps": [STEP | {"ring_s": 4}]}, "ring_s"),
        ({"steps": [STEP | {"ring_s": 121}]}, "ring_s"),
        ({"steps": [STEP | {"ring_s": "20"}]}, "ring_s"),
        ({"steps": [STEP], "rounds": 0}, "rounds"),
        ({"steps": [STEP], "rounds": 11}, "rounds"),
        ({"steps": [STEP], "rounds": 1.5}, "rounds"),
        ({"steps": [STEP], "last_resort": {"targets": []}}, "targets"),
        ({"steps": [STEP], "rounds": "forever"}, "without a cap"),
        ({"steps": [STEP], "round": 2}, "did you mean 'rounds'"),
        ({"steps": [STEP | {"target": ["c1"]}]}, "did you mean 'targets'"),
        ({"steps": [STEP | {"overlap_s": 20}]}, "shorter than its ring_s"),
        ({"steps": [STEP | {"overlap_s": 0}]}, "overlap_s"),
        ({"steps": [STEP | {"in_order": 1}]}, "in_order"),
        ({"steps": [STEP], "agency": "police"}, "agency"),
        # Mistakes a person makes in a file.
        ({"steps": [{"targets": "c1"}]}, "targets"),
        ({"steps": ["c1"]}, "Step 1"),
        ({"steps": "c1"}, "step"),
        ({"steps": [STEP], "alarm": "c1"}, "alarm"),
        ({"steps": [STEP], "alarm": [7]}, "alarm"),
        ({"steps": [STEP], "rounds": True}, "rounds"),
        ({"steps": [STEP | {"ring_s": True}]}, "ring_s"),
        ({"steps": [STEP | {"ring_s": float("nan")}]}, "ring_s"),
        ({"steps": [STEP], "last_resort": "c1"}, "last resort"),
    ],
)
def test_what_cannot_be_followed_is_refused(raw: dict[str, Any], what: str) -> None:
    with pytest.raises(PolicyError, match=what):
        parse(raw)


def test_the_present_policy_is_the_one_put_last(database: Database) -> None:
    first, second = (Policy((Step((handle,), 20.0),)) for handle in ("c1", "c2"))
    with database.transaction() as session:
        with pytest.raises(PolicyError, match="default"):
            policy.current(session)
        policy.put(session, policy.DEFAULT, first)
    with database.transaction() as session:
        assert policy.current(session) == first
        policy.put(session, policy.DEFAULT, second)
    with database.transaction() as session:
        assert policy.current(session) == second


def test_the_routes_choose_what_is_frozen(database: Database) -> None:
    now, urgent = datetime(2026, 11, 23, tzinfo=UTC), Facts("weapons", "life-safety", "en")
    quiet, fast = (Policy((Step((handle,), 20.0),)) for handle in ("c1", "c2"))
    with database.transaction() as session:
        assert policy.frozen_for(session, urgent, now) == policy.NOTHING
        policy.put(session, policy.DEFAULT, quiet)
        policy.put(session, "fast", fast)
        routes.put(session, [Rule("fast", urgency=frozenset({"life-safety"}))])
    with database.transaction() as session:
        assert policy.frozen_for(session, urgent, now) == freeze(fast, "fast")
        assert policy.frozen_for(session, Facts("drugs", "urgent", "en"), now).name == "default"
        policy.remove(session, "fast")
        assert policy.frozen_for(session, urgent, now) == freeze(quiet, "default")
        assert policy.names(session) == ["default"]
