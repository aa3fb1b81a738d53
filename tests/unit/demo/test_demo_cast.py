"""The rosters of the scenarios: nothing is wrong with them, and whom they ring in which order."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from hotline.demo import cast
from hotline.demo.scenario import Scenario
from hotline.demo.scenarios import SCENARIOS
from hotline.dispatch import outlook
from hotline.dispatch.explain import explain
from hotline.dispatch.roster_check import check
from switch.phones import script as phone_script

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=lambda s: s.name)
def test_nothing_is_wrong_with_a_scenario_s_roster(scenario: Scenario) -> None:
    assert check(scenario.roster, NOW).problems == ()


def test_the_people_are_rung_in_the_order_given() -> None:
    text = cast.roster([(cast.TOM, 10), (cast.ROSA, 20)], rounds=2, last_resort=(cast.DESK, 15))
    view = outlook.from_file(check(text, NOW))
    rows = explain(view.policies["default"].plan, view.roster, "en", NOW).rows
    assert [(row.offset_s, row.who) for row in rows] == [
        (0, "counselor-2"),
        (10, "counselor-1"),
        (30, "counselor-2"),
        (40, "counselor-1"),
        (60, "police-desk"),
    ]


def test_number_and_pin_are_what_the_phone_has_heard() -> None:
    once = ["report_number_is", "digit_4", "digit_0", "digit_4", "pin_is", "digit_1", "digit_9"]
    heard = ["sent", "receipt_intro", *once, "receipt_repeat", *once, "receipt_again"]
    assert cast.receipt(heard) == ("404", "19")


def test_without_a_receipt_there_is_neither() -> None:
    with pytest.raises(ValueError, match="report_number_is"):
        cast.receipt(["sent"])


def test_the_caller_who_returns_is_understood_by_the_switch(tmp_path: Path) -> None:
    (tmp_path / "later.wav").touch()
    phone_script.parse(cast.returns("es", "123456", "654321", str(tmp_path / "later.wav")))
