"""Policies: read, refuse, freeze, thaw, and the plan they make."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.database.engine import Database
from hotline.dispatch import policy
from hotline.dispatch.policy import Policy, PolicyError, parse, thaw
from hotline.dispatch.words import Step

STEPS = st.builds(
    Step,
    st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=3).map(tuple),
    st.integers(5, 120).map(float),
)
POLICIES = st.builds(
    Policy,
    st.lists(STEPS, min_size=1, max_size=4).map(tuple),
    st.integers(1, policy.MAX_ROUNDS),
    st.none() | STEPS,
    st.lists(st.text(max_size=8), max_size=2).map(tuple),
)
STEP = {"targets": ["c1"], "ring_s": 20}


@given(POLICIES)
def test_what_is_written_is_read_back(given_policy: Policy) -> None:
    assert parse(given_policy.to_dict()) == given_policy
    assert thaw(given_policy.to_dict()) == given_policy


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
        # Mistakes a person makes in a file.
        ({"steps": [{"targets": "c1"}]}, "targets"),
        ({"steps": ["c1"]}, "step"),
        ({"steps": "c1"}, "step"),
        ({"steps": [STEP], "alarm": "c1"}, "alarm"),
        ({"steps": [STEP], "alarm": [7]}, "alarm"),
        ({"steps": [STEP], "rounds": True}, "rounds"),
        ({"steps": [STEP | {"ring_s": True}]}, "ring_s"),
        ({"steps": [STEP | {"ring_s": float("nan")}]}, "ring_s"),
        ({"steps": [STEP], "last_resort": "c1"}, "step"),
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
