"""What may stand in a log line."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.database.base import new_id
from hotline.privacy.loggable import (
    HIDDEN_NUMBER,
    HIDDEN_TEXT,
    carries_number,
    code,
    keep_allowed,
    only_id,
    redact,
    safe_value,
)

# Fixed, so that every process of a test run gives the tests the same names.
UUID = "19858e64-c49a-44bf-bcac-335ae35b9460"
SID = "CA" + "0123456789abcdef" * 2


@pytest.mark.parametrize(
    "number",
    [
        "+15550100911",
        "15550100911",
        "5550100",
        "555-0100",
        "+1 (555) 010-0911",
        "555.010.0911",
        "+34 600 12 34 56",
        "5 5 5 0 1 0 0",
        "٠٥٥٥٠١٠٠٩١١",
        "+1–555–010–0911",
        "(555) 010 0911",
    ],
)
def test_numbers_are_hidden(number: str) -> None:
    assert redact(number) == HIDDEN_NUMBER
    assert redact(f"call {number} now") == f"call {HIDDEN_NUMBER} now"
    assert carries_number(f"to={number};")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "21220",
        "http_503",
        "127.0.0.1",
        "step 3 of 12, 120 s",
        UUID,
        "00000000-1111-2222-3333-444444444444",
        SID,
        f"call {SID} of {UUID}",
        "3.14",
    ],
)
def test_other_text_stays(text: str) -> None:
    assert redact(text) == text
    assert not carries_number(text)


@pytest.mark.parametrize("text", [f"x{SID}", f"{SID}0", "CA" + "1" * 33, "1234567" + UUID])
def test_what_only_contains_an_id_is_no_id(text: str) -> None:
    assert HIDDEN_NUMBER in redact(text)


@given(st.text(), st.from_regex(r"[0-9]{7,15}", fullmatch=True), st.text())
def test_no_run_of_seven_digits_survives(before: str, number: str, after: str) -> None:
    """Whatever stands around a number; only a neighbor that makes it an id could save it."""
    assert number not in redact(f"{before} {number} {after}")


@given(st.text())
def test_redacting_twice_changes_nothing(text: str) -> None:
    assert redact(redact(text)) == redact(text)


@given(st.uuids())
def test_ids_stay(made: object) -> None:
    assert redact(str(made)) == str(made)
    assert only_id(str(made)) == str(made)


def test_our_own_ids_are_ids() -> None:
    assert only_id(new_id())
    assert only_id(SID) == SID


@pytest.mark.parametrize("value", ["gun", "", "he has a gun", f"gun {UUID}", 5, None])
def test_nothing_but_an_id(value: object) -> None:
    assert only_id(value) == HIDDEN_TEXT


@pytest.mark.parametrize("text", ["ConnectionError", "report:taken", "en-US", "/voice/step", ""])
def test_codes_stay(text: str) -> None:
    assert code(text) == text


@pytest.mark.parametrize(
    "text", ["he has a gun", "two words", "pistola\n", "سلاح", "señor", "x" * 201]
)
def test_sentences_and_words_of_people_do_not(text: str) -> None:
    assert code(text) == HIDDEN_TEXT


def test_a_code_with_a_number_in_it() -> None:
    assert code("tel:+15550100911") == f"tel:{HIDDEN_NUMBER}"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, None),
        (True, True),
        (0, 0),
        (999_999, 999_999),
        (-5, -5),
        (1_000_000, HIDDEN_NUMBER),
        (15550100911, HIDDEN_NUMBER),
        (-15550100911, HIDDEN_NUMBER),
        (1.23456789, 1.235),
        (15550100911.0, HIDDEN_NUMBER),
        (float("nan"), HIDDEN_NUMBER),
        (float("inf"), HIDDEN_NUMBER),
        ("two words", HIDDEN_TEXT),
        (b"bytes", "[bytes]"),
        ({"to": "+15550100911"}, "[dict]"),
        (ValueError("+15550100911"), "[ValueError]"),
        (["a", "two words", 15550100911], ["a", HIDDEN_TEXT, HIDDEN_NUMBER]),
        (("a",), ["a"]),
    ],
)
def test_safe_value(value: Any, shown: Any) -> None:
    assert safe_value(value) == shown


def test_long_lists_are_cut() -> None:
    assert len(safe_value(list(range(1000)))) == 20


def test_keep_allowed_drops_and_counts() -> None:
    fields = {"task": "t1", "to": "+15550100911", "transcript": "gun", "error": "two words"}
    kept = keep_allowed(fields, {"task", "error"})
    assert kept == {"task": "t1", "error": HIDDEN_TEXT, "dropped": 2}


def test_keep_allowed_says_nothing_when_nothing_was_dropped() -> None:
    assert keep_allowed({"task": "t1"}, {"task"}) == {"task": "t1"}


def test_sizes_may_be_longer_but_not_as_long_as_a_number() -> None:
    fields = {"bytes": 1_440_044, "count": 15550100911, "port": 1_440_044}
    kept = keep_allowed(fields, fields, {"bytes", "count"})
    assert kept == {"bytes": 1_440_044, "count": HIDDEN_NUMBER, "port": HIDDEN_NUMBER}


@given(st.dictionaries(st.text(), st.one_of(st.text(), st.integers(), st.floats(), st.binary())))
def test_nothing_gets_through_by_a_key_that_is_not_known(fields: dict[str, Any]) -> None:
    kept = keep_allowed(fields, {"task"})
    assert set(kept) <= {"task", "dropped"}
    assert kept.get("dropped", 0) == len(fields.keys() - {"task"})
