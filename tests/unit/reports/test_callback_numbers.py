"""Which numbers may be called back: ordinary ones of the countries that are allowed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.reports.callback_numbers import checked

OWN = "+12175550100"


@pytest.mark.parametrize(
    "digits", ["2175550142", "12175550142", "2025550123"], ids=["national", "with 1", "other state"]
)
def test_ordinary_numbers_of_the_own_country_pass(digits: str) -> None:
    assert checked(digits, OWN) == "+1" + digits[-10:]


@pytest.mark.parametrize(
    "digits",
    [
        *("911", "988", "112", "1911", "0", "", "5550142"),
        *("9005551234", "19005551234"),  # premium rate
        *("8005551234", "8885551234"),  # toll free
        *("8765551234", "4165551234", "8095551234"),  # Jamaica, Canada, Dominican Republic
        *("011442079460018", "01123799123456"),  # abroad
        *("217555014", "21755501420000000"),
        *("2175550100",),  # the hotline itself
        *("*672175550142", "21755501a2", "²175550142"),
    ],
)
def test_nothing_else_does(digits: str) -> None:
    assert checked(digits, OWN) is None


def test_another_country_is_allowed_by_its_name() -> None:
    assert checked("4165551234", OWN, ("US", "CA")) == "+14165551234"
    assert checked("011442079460018", OWN, ("GB",)) == "+442079460018"
    assert checked("2175550142", OWN, ("GB",)) is None


def test_a_beginning_allows_what_begins_so_and_nothing_else() -> None:
    assert checked("2175550142", OWN, ("+1217",)) == "+12175550142"
    assert checked("2025550123", OWN, ("+1217",)) is None


def test_a_beginning_may_name_a_private_plan_but_no_premium_number() -> None:
    assert checked("5550100888", "+15550100911") is None  # in no plan
    assert checked("5550100888", "+15550100911", ("+1555010",)) == "+15550100888"
    assert checked("9005551234", OWN, ("+1900",)) is None


def test_an_own_number_of_no_plan_still_has_a_country() -> None:
    assert checked("2175550142", "+15550100911") == "+12175550142"


@given(st.text(max_size=20) | st.from_regex(r"[0-9*]{0,18}", fullmatch=True))
def test_whatever_is_keyed_in_gives_a_whole_number_or_nothing(digits: str) -> None:
    found = checked(digits, OWN)
    assert found is None or (found.startswith("+1") and len(found) == 12)
