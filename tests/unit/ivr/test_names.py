"""Names of prompts."""

from hypothesis import given
from hypothesis import strategies as st

from ivr import names

ALL = set(names.required(("en", "es", "ar")))


@given(st.floats(-100, 1e7))
def test_every_age_has_a_prompt(seconds: float) -> None:
    assert names.ago(seconds) in ALL


def test_ages_are_whole_minutes() -> None:
    assert [names.ago(s) for s in (0, 59, 60, 659, 660)] == [
        *("ago_now", "ago_now", "ago_minutes_1", "ago_minutes_10", "ago_more")
    ]


@given(st.text(max_size=20))
def test_every_category_and_urgency_has_a_prompt(word: str) -> None:
    assert names.category(word) in ALL
    assert names.urgency(word) in ALL


def test_the_urgencies_of_triage_have_their_own() -> None:
    assert names.urgency("life-safety") == "urgency_life_safety"
    assert names.urgency("routine") == "urgency_routine"
    assert names.urgency("unheard of") == "urgency_urgent"


@given(st.text(max_size=20))
def test_a_number_is_read_digit_by_digit(number: str) -> None:
    assert set(names.digits(number)) <= ALL
    assert names.digits("907") == ("digit_9", "digit_0", "digit_7")
