"""The keys of the menu of `*`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr import star
from ivr.names import RESPONDER


@pytest.mark.parametrize(
    ("digits", "choice"),
    [("1", "back"), ("2", "add"), ("3", "relieve"), ("9", "end"), ("", "back"), ("*", "back")],
)
def test_the_keys(digits: str, choice: str) -> None:
    assert star.choice(digits) == choice


@given(st.text(alphabet="0123456789*#", max_size=4))
def test_only_a_9_ends_the_call(digits: str) -> None:
    assert (star.choice(digits) == "end") == digits.startswith("9")


@given(st.sampled_from(["back", "add", "relieve"]), st.booleans())
def test_every_way_back_is_said(chosen: star.Choice, rung: bool) -> None:
    (said,) = star.on_the_way_back(chosen, rung=rung)
    assert said in RESPONDER
    assert (said == "star_nobody") == (chosen != "back" and not rung)
