"""Policies in sentences, and the dry run that rings nobody."""

from datetime import time
from html import unescape

import pytest
from flask.testing import FlaskClient

from hotline.dispatch import policy, routes
from hotline.dispatch.policy import Policy
from hotline.dispatch.routing import Rule
from hotline.dispatch.words import Step
from hotline.oncall import duty, roster_rows
from hotline.oncall.calendar import Window
from hotline.oncall.model import DutyState
from hotline.oncall.roster_forms import DistrictEntry, SchoolEntry
from hotline.people.model import Role
from tests.support.console import World, browser_of
from tests.support.roster import responder_of, with_roster

RUN = {"at": "2026-11-29T02:00", "category": "weapons", "urgency": "life-safety", "language": "es"}


@pytest.fixture
def client(world: World) -> FlaskClient:
    with_roster(world)
    return browser_of(world, Role.AUDITOR)


def route(world: World, **wanted: object) -> None:
    rule = Rule("strict", **wanted)  # type: ignore[arg-type]
    steps = (
        Step(("counselor-1", "counselor-2"), 25.0, in_order=True, overlap_s=10.0),
        Step(("counselor-3",), 20.0),
    )
    with world.database.transaction() as session:
        policy.put(session, "strict", Policy(steps, agency=("police",)))
        roster_rows.bring_places(
            session,
            [DistrictEntry("north", "North district", ("+15550100911",))],
            [SchoolEntry("high", "North High", "north")],
            [],
        )
        routes.put(session, [rule])


def page_of(client: FlaskClient, **query: str) -> str:
    return unescape(client.get("/policies", query_string=query).text)


def test_without_a_policy_the_alarm_is_all_there_is(world: World) -> None:
    with world.database.transaction() as session:
        policy.remove(session, policy.DEFAULT)
    page = page_of(browser_of(world, Role.AUDITOR), **RUN)
    assert "There is no policy yet: every report goes straight to the alarm." in page
    assert "There is no policy to follow. The alarm is raised at once." in page


def test_a_policy_is_told_from_its_first_step_to_the_alarm(client: FlaskClient) -> None:
    page = page_of(client)
    sentences = (
        "Ring Counselor 1 and whoever is on call for counselors together, for 25 s.",
        "Then again from the first step, 2 times in all.",
        "Last resort. Ring whoever is on call for law-enforcement for 30 s.",
        "Then the alarm: Counselor 6 is rung again and again until a person answers for it.",
        "Whenever no route fits.",
    )
    places = [page.index(sentence) for sentence in sentences]
    assert places == sorted(places)


def test_routes_are_sentences_too(world: World, client: FlaskClient) -> None:
    route(
        world,
        category=frozenset({"weapons", "bomb"}),
        urgency=frozenset({"life-safety"}),
        language=frozenset({"es"}),
        district=frozenset({"north"}),
        school=frozenset({"high"}),
        between=(Window((0, 1), time(7), time(16, 30)),),
        timezone="America/Chicago",
    )
    page = page_of(client)
    for sentence in (
        "Route 1, when all of this is so:",
        "It is about a bomb or weapons.",
        "Its urgency is danger to life.",
        "The caller chose Spanish.",
        "The line of North district was dialed.",
        "The school is North High.",
        "The clock in America/Chicago says Monday or Tuesday, 07:00 to 16:30.",
        "Ring Counselor 1 and Counselor 2 one after the other, 25 s each. "
        "After 10 s the next telephone starts while the first rings on.",
        "Then the alarm is raised in the console; no telephone rings for it.",
        "Whoever has the report can ask for law enforcement: Police desk.",
    ):
        assert sentence in page


def test_a_dry_run_says_who_is_rung_when_and_why(world: World, client: FlaskClient) -> None:
    off = responder_of(world, "counselor-1")
    with world.database.transaction() as session:
        duty.put(session, off, DutyState.OFF, world.now)
    page = page_of(client, **RUN)
    assert "Sunday 29 November, 02:00, Spanish, weapons" in page
    assert "No route fits, so the policy “default” is followed." in page
    assert "They are on call for counselors then. They speak Spanish." in page
    assert "Not rung: they are on break or off duty, and somebody else is free." in page
    assert "If nobody picks up, the alarm comes after 1 min 20 s. Worst case:" in page


def test_a_route_leads_to_its_policy_and_a_school_knows_its_district(
    world: World, client: FlaskClient
) -> None:
    route(world, district=frozenset({"north"}))
    assert "Route 1 leads to the policy “strict”." in page_of(client, **RUN, school="high")
    assert "No route fits" in page_of(client, **RUN)


@pytest.mark.parametrize(
    "wrong",
    [{"category": "pranks"}, {"language": "xx"}, {"at": "soon"}, {"school": "none"}],
)
def test_what_there_is_not_is_told_beside_its_field(
    client: FlaskClient, wrong: dict[str, str]
) -> None:
    answer = client.get("/policies", query_string=RUN | wrong)
    assert answer.status_code == 422
    assert 'id="told"' not in answer.text
