"""The rosters of the scenarios: nothing is wrong with them, and whom they ring in which order."""

from datetime import UTC, datetime

import pytest

from hotline.demo import cast
from hotline.demo.scenario import Scenario
from hotline.demo.scenarios import SCENARIOS
from hotline.dispatch import outlook
from hotline.dispatch.explain import explain
from hotline.dispatch.roster_check import check

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
