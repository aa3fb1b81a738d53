"""Degraded mode, the pure part."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.dispatch.words import ENDINGS, AttemptState
from ivr.degraded import SHORTEST_S, Rung, endings, ring_s, sentence

STATUSES = ("completed", "answered", "busy", "no-answer", "failed", "canceled", "")
RUNG = st.builds(
    Rung,
    st.uuids().map(str),
    live=st.booleans(),
    screening=st.booleans(),
    call_id=st.sampled_from((None, "CA1", "CA2", "CA3")),
)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("busy", AttemptState.BUSY),
        ("failed", AttemptState.FAILED),
        ("no-answer", AttemptState.UNANSWERED),
        ("canceled", AttemptState.UNANSWERED),
        ("completed", AttemptState.DECLINED),
        ("a word of some other carrier", AttemptState.UNANSWERED),
    ],
)
def test_one_phone_ends_as_the_carrier_says(status: str, outcome: AttemptState) -> None:
    assert endings([Rung("a")], status, "CA1") == {"a": outcome}


def test_completed_never_means_taken() -> None:
    assert endings([Rung("a", screening=True)], "completed", "CA1") == {"a": AttemptState.DECLINED}


@pytest.mark.parametrize(
    "picked_up", [Rung("a", screening=True), Rung("a", call_id="CA1")], ids=["screening", "call-id"]
)
def test_whom_a_voicemail_box_has_silenced_is_rung_again(picked_up: Rung) -> None:
    others = [Rung("b", call_id="CA2"), Rung("c")]
    assert endings([picked_up, *others], "completed", "CA1") == {"a": AttemptState.DECLINED}


def test_the_same_end_told_twice_leaves_the_others_alone() -> None:
    ended = Rung("a", live=False, call_id="CA1")
    assert endings([ended, Rung("b")], "completed", "CA1") == {}


def test_when_nobody_knows_who_picked_up_all_of_them_have_had_their_turn() -> None:
    assert set(endings([Rung("a"), Rung("b")], "completed", "")) == {"a", "b"}


@given(st.lists(RUNG, min_size=1, max_size=10), st.sampled_from(STATUSES), st.just("CA1"))
def test_every_dial_ends_something_so_the_chain_comes_to_its_end(
    rung: list[Rung], status: str, call_id: str
) -> None:
    ended = endings(rung, status, call_id)
    assert set(ended) <= {r.attempt_id for r in rung if r.live}
    assert set(ended.values()) <= set(ENDINGS)
    told_before = any(not r.live and (r.screening or r.call_id == call_id) for r in rung)
    assert ended or told_before or not any(r.live for r in rung)


@given(longest=st.floats(5, 120), waited=st.floats(0, 900), cap=st.floats(10, 900))
def test_phones_ring_as_long_as_the_step_says_and_the_caller_waits_at_most(
    longest: float, waited: float, cap: float
) -> None:
    rings = ring_s(longest, waited, cap)
    assert SHORTEST_S <= rings <= max(longest, SHORTEST_S)
    assert rings <= max(cap - waited, SHORTEST_S)


def test_before_each_ring_there_is_a_sentence() -> None:
    assert sentence(earlier=False) == "degraded_first"
    assert sentence(earlier=True) == "degraded_next"
