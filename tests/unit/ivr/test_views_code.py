"""A responder with a code: it is asked for before anything confidential, and before acceptance."""

import pytest

from hotline.dispatch import desk
from hotline.dispatch.model import Attempt
from hotline.dispatch.sql import SqlBooks
from hotline.dispatch.words import AttemptState
from hotline.simulate.carrier import FakeCall
from tests.unit.ivr.house import House
from tests.unit.ivr.leg import Leg

CODE = "2468"


@pytest.fixture
def phone(house: House) -> Leg:
    """The phone of a responder with a code, who has been told of a waiting caller."""
    house.waiting()
    house.picks_up("counselor-1").press("2")
    return house.picks_up("counselor-2")


def test_1_asks_for_the_code_and_takes_nothing_yet(house: House, phone: Leg) -> None:
    assert phone.press("1").says == ["screening_pin"]
    gather = phone.one("Gather").attrib
    assert (gather["numDigits"], gather["finishOnKey"]) == ("8", "#")
    assert house.state("counselor-2") is AttemptState.SCREENING
    assert phone.press(CODE).says == ["taken_live"]
    assert house.state("counselor-2") is AttemptState.TAKEN


def test_3_asks_for_the_code_once(house: House, phone: Leg) -> None:
    assert phone.press("3").says == ["screening_pin"]
    assert "heard_words" not in house.kinds
    assert phone.press(CODE).says == ["heard_none", "screening_keys_live"]
    assert "heard_words" in house.kinds
    assert phone.press("1").says == ["taken_live"]


def test_a_wrong_code_is_asked_for_again_and_the_third_passes(house: House, phone: Leg) -> None:
    phone.press("1")
    for wrong in ("1111", ""):
        assert phone.press(wrong).says == ["screening_pin_wrong", "screening_pin"]
        assert house.state("counselor-2") is AttemptState.SCREENING
    assert phone.press("24680").says == ["passed"]
    assert house.state("counselor-2") is AttemptState.DECLINED
    assert house.kinds.count("wrong_code") == 3


@pytest.mark.parametrize("almost", ["246", "24688", "8642", "*2468"])
def test_almost_the_code_is_not_the_code(house: House, phone: Leg, almost: str) -> None:
    phone.press("1", almost)
    assert house.state("counselor-2") is AttemptState.SCREENING
    assert phone.press(CODE).says == ["taken_live"]


def test_a_failure_of_ours_costs_no_try(house: House, phone: Leg) -> None:
    phone.press("1")
    action = phone.one("Gather").attrib["action"]
    phone.post(f"{action}&retry=1")
    assert phone.says == ["screening_pin"]
    assert "wrong_code" not in house.kinds


def test_a_code_entered_too_late_hears_that_a_colleague_has_it(house: House, phone: Leg) -> None:
    phone.press("1")
    late = house.attempt("counselor-2").id
    with house.runtime.database.transaction() as session:
        first = session.get_one(Attempt, house.attempt("counselor-1").id)
        assert desk.accept(SqlBooks(session, house.runtime.vault), first, house.runtime.clock())
    assert phone.press(CODE).says == ["late"]
    assert house.dispatch.taken_by != late


def test_the_code_stands_in_no_address_and_no_timeline(house: House, phone: Leg) -> None:
    phone.press("1", "1111", CODE)
    assert CODE not in phone.last[0]
    assert all(CODE not in (call.url + call.status_url) for call in calls(house))


def calls(house: House) -> list[FakeCall]:
    return list(house.carrier.calls.values())
