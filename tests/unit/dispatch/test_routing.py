"""Routes: the first that fits wins; hours are local; those that are never chosen are found."""

from datetime import UTC, datetime, time
from functools import cache
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.database.engine import Database
from hotline.dispatch import reach, routes
from hotline.dispatch.routing import DEFAULT, Facts, Rule, choose, is_open
from hotline.oncall.calendar import Window
from hotline.oncall.forms import Problem

NOW = datetime(2026, 3, 6, 12, tzinfo=UTC)
FACTS = Facts("weapons", "urgent", "es", "north", "north-high")
SCHOOL_HOURS = (Window((0, 1, 2, 3, 4), time(7), time(16, 30)),)
NIGHTS = (Window((0, 1, 2, 3, 4, 5, 6), time(20), time(6)),)
CATEGORIES, URGENCIES = ("weapons", "drugs"), ("urgent", "life-safety")

subsets = st.frozensets(st.sampled_from(CATEGORIES))
RULES = st.lists(
    st.builds(
        Rule,
        st.sampled_from(["a", "b"]),
        subsets,
        st.frozensets(st.sampled_from(URGENCIES)),
        between=st.sampled_from([(), SCHOOL_HOURS, NIGHTS]),
    ),
    max_size=5,
)


def some(*values: str) -> frozenset[str]:
    return frozenset(values)


@pytest.mark.parametrize(
    ("rules", "chosen"),
    [
        ([], DEFAULT),
        ([Rule("a")], "a"),
        ([Rule("a", category=some("drugs")), Rule("b")], "b"),
        ([Rule("a", category=some("drugs", "weapons")), Rule("b")], "a"),
        ([Rule("a", urgency=some("life-safety"))], DEFAULT),
        ([Rule("a", language=some("es"), district=some("north"))], "a"),
        ([Rule("a", language=some("es"), district=some("south"))], DEFAULT),
        ([Rule("a", school=some("south-high")), Rule("b", school=some("north-high"))], "b"),
    ],
)
def test_the_first_rule_that_fits_wins(rules: list[Rule], chosen: str) -> None:
    assert choose(rules, FACTS, NOW) == chosen


def test_what_nobody_knows_fits_no_rule_that_asks_for_it() -> None:
    assert choose([Rule("a", school=some("x"))], Facts("drugs", "urgent", "en"), NOW) == DEFAULT


@pytest.mark.parametrize(
    ("at", "open_then"),
    [
        ("2026-03-06T12:59:00+00:00", False),  # Friday 06:59 in Chicago
        ("2026-03-06T13:00:00+00:00", True),
        ("2026-03-06T22:29:00+00:00", True),
        ("2026-03-06T22:30:00+00:00", False),
        ("2026-03-07T15:00:00+00:00", False),  # Saturday
        ("2026-03-09T12:00:00+00:00", True),  # Monday after the clocks changed
    ],
)
def test_hours_are_those_of_the_wall_clock(at: str, open_then: bool) -> None:
    rule = Rule("days", between=SCHOOL_HOURS, timezone="America/Chicago")
    assert is_open(rule, datetime.fromisoformat(at)) is open_then


@given(RULES)
def test_rules_are_written_and_read_back(rules: list[Rule]) -> None:
    for rule in rules:
        assert routes.examine(routes.to_dict(rule), (), "the route", []) == rule


HOURS = [datetime(2026, 3, 2 + n // 24, n % 24, 15, tzinfo=UTC) for n in range(7 * 24)]
"""One moment in every hour of a week; all hours above begin and end on a half hour."""


@cache
def open_at(between: tuple[Window, ...]) -> frozenset[datetime]:
    """The moments of HOURS that lie in the windows."""
    return frozenset(at for at in HOURS if is_open(Rule("", between=between), at))


@given(RULES)
def test_a_rule_is_never_chosen_exactly_if_no_report_at_any_hour_meets_it(
    rules: list[Rule],
) -> None:
    met = set()
    for category, urgency in product((*CATEGORIES, "other"), URGENCIES):
        facts = Facts(category, urgency, "en")
        fitting = [i for i, rule in enumerate(rules) if rule.means(facts)]
        for at in HOURS:
            met.add(next((i for i in fitting if at in open_at(rules[i].between)), None))
    closed = {"urgency": len(URGENCIES)}
    assert reach.never_chosen(rules, {}, closed, HOURS[0]) == [
        i for i in range(len(rules)) if i not in met
    ]


def test_a_school_of_another_district_is_nobody_s_case() -> None:
    homes = {"north-high": "north", "south-high": "south"}
    north, high = Rule("a", district=some("north")), Rule("b", school=some("north-high"))
    both = Rule("c", district=some("south"), school=some("north-high"))
    assert reach.never_chosen([north, high], homes, {}, NOW) == []  # nobody knows the district
    assert reach.never_chosen([both], homes, {}, NOW) == [0]


def test_a_policy_is_in_use_in_the_hours_of_its_routes() -> None:
    rules = [Rule("a", between=SCHOOL_HOURS), Rule("a", between=SCHOOL_HOURS), Rule("b")]
    hours = reach.in_use("a", rules, DEFAULT, NOW)
    assert hours[1] == (
        datetime(2026, 3, 9, 7, tzinfo=UTC),
        datetime(2026, 3, 9, 16, 30, tzinfo=UTC),
    )
    assert len(reach.in_use("b", rules, DEFAULT, NOW)) == 1
    assert len(reach.in_use(DEFAULT, rules, DEFAULT, NOW)) == 1
    assert reach.in_use("c", rules, DEFAULT, NOW) == []


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        ({"category": "drugs"}, "lacks 'policy'"),
        ({"policy": "p", "category": 7}, "category"),
        ({"policy": "p", "category": []}, "category"),
        ({"policy": "p", "scool": "x"}, "did you mean 'school'"),
        ({"policy": "p", "timezone": "Mars/One"}, "time zone"),
        (
            {"policy": "p", "between": [{"days": ["mon"], "from": "07:00", "to": "8"}]},
            "time of day",
        ),
        ({"policy": "p", "between": [{"days": ["mo"], "from": "07:00", "to": "08:00"}]}, "days"),
        (
            {"policy": "p", "between": [{"days": ["mon"], "from": "07:00", "to": "08:00"}]},
            "need a t",
        ),
        ("p", "table"),
    ],
)
def test_what_cannot_be_a_route_is_refused(raw: Any, what: str) -> None:
    problems: list[Problem] = []
    assert routes.examine(raw, (), "route 1", problems) is None
    assert what in problems[0].sentence


def test_the_rules_are_those_put_last_in_their_order(database: Database) -> None:
    rules = [Rule("b", urgency=some("urgent")), Rule("a", between=NIGHTS, timezone="UTC")]
    with database.transaction() as session:
        assert routes.put(session, rules)
        assert not routes.put(session, rules)
    with database.transaction() as session:
        assert routes.current(session) == rules
        assert routes.put(session, rules[1:])
        assert routes.current(session) == rules[1:]
