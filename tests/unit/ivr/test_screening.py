"""What a responder hears, and that only 1 accepts."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr import screening
from ivr.screening import Brief

MESSAGE = Brief("weapons", "life-safety", "es", 130.0, heard=True)
LIVE = Brief("unsorted", "urgent", "en", 5.0, live=True)


def test_a_message_is_introduced() -> None:
    assert screening.introduction(MESSAGE) == (
        *("screening_intro", "screening_message", "screening_report", "category_weapons"),
        *("urgency_life_safety", "language_es", "ago_minutes_2", "screening_keys"),
    )


def test_a_live_caller_is_introduced_before_anything_is_known() -> None:
    assert screening.introduction(LIVE) == (
        *("screening_intro", "screening_live", "language_en", "screening_keys_live"),
    )


def test_a_live_caller_whose_words_are_known_is_introduced_with_them() -> None:
    known = Brief("weapons", "life-safety", "en", 5.0, live=True)
    assert screening.about(known) == (
        *("screening_report", "category_weapons", "urgency_life_safety", "language_en"),
    )


def test_a_wrong_key_is_told_the_keys_and_a_silence_only_asked_once_more() -> None:
    assert screening.once_more(MESSAGE, "7") == ("responder_not_understood", "screening_keys")
    assert screening.once_more(MESSAGE, "") == ("responder_not_understood",)


def test_reading_out_ends_with_the_keys() -> None:
    assert screening.read_out(MESSAGE)[1] == "@heard"
    assert screening.read_out(LIVE) == ("heard_none", "screening_keys_live")


@given(st.text(alphabet="0123456789*#", max_size=4), st.integers(0, 5))
def test_only_a_1_takes(digits: str, tries: int) -> None:
    assert (screening.choice(digits, tries) == "take") == digits.startswith("1")


@pytest.mark.parametrize(
    ("digits", "tries", "choice"),
    [("2", 0, "pass"), ("3", 9, "hear"), ("", 0, "again"), ("", 1, "give_up"), ("9", 1, "give_up")],
)
def test_the_other_keys(digits: str, tries: int, choice: str) -> None:
    assert screening.choice(digits, tries) == choice


def test_an_alarm_about_no_report_says_less() -> None:
    assert screening.alarm(None) == ("alarm_of_line", "alarm_keys")
    assert screening.alarm_read_out(None) == ("heard_none", "alarm_keys")
    assert "category_weapons" in screening.alarm(MESSAGE)


def test_how_many_more_are_taken_with_it_is_said_before_the_keys() -> None:
    prompts = screening.introduction(Brief("weapons", "life-safety", "en", 0.0, more=12))
    more = ("screening_more", "digit_1", "digit_2")
    assert prompts[-4:] == (*more, "screening_keys")
    assert "screening_more" not in screening.introduction(
        Brief("weapons", "life-safety", "en", 0.0)
    )


def test_who_takes_one_of_several_hears_how_many_there_are() -> None:
    several = Brief("weapons", "life-safety", "en", 0.0, heard=True, together=31)
    count = ("taken_incident", "digit_3", "digit_1")
    assert screening.taken(several, left=False)[:4] == ("taken", *count)
    assert "taken_incident" not in screening.taken(replace(several, together=0), left=False)


def test_an_alarm_about_what_nobody_has_read_does_not_say_that_nobody_has_it() -> None:
    assert screening.alarm(MESSAGE, unread=True)[0] == "alarm_unread"
    assert screening.alarm(MESSAGE)[0] == "alarm_intro"
