"""A supervisor puts a notice before the menu, and takes it down."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from console.voice_menu.notice import MIDNIGHT, ends
from hotline import notices
from hotline.audit import AuditEntry
from hotline.notices import EVERYBODY, Notice
from hotline.oncall.model import District
from hotline.people.model import Role
from tests.support.console import World, add_person, browser_of, send, sign_in
from tests.support.roster import with_roster

PAGE = "/voice-menu/notice"
SAID = "We know about North High. Tell us if you know something new."
GIVEN = {"text_en": SAID, "lasts": "60", "district": EVERYBODY}


@pytest.fixture
def supervisor(world: World) -> FlaskClient:
    with world.database.transaction() as session:
        for handle in ("north", "south"):
            session.add(District(handle=handle, name=f"{handle.title()} District", lines=[]))
    return browser_of(world, Role.SUPERVISOR)


def standing(world: World) -> list[Notice]:
    with world.database.transaction() as session:
        found = list(notices.standing(session, world.now))
        session.expunge_all()
        return found


def test_a_notice_is_put_seen_and_taken_down(world: World, supervisor: FlaskClient) -> None:
    assert "Callers hear none." in supervisor.get("/voice-menu").text
    answer = send(supervisor, PAGE, {**GIVEN, "text_es": "  Ya \n sabemos. "})
    assert (answer.status_code, answer.location) == (303, PAGE)
    (row,) = standing(world)
    assert row.text == {"en": SAID, "es": "Ya sabemos."}
    assert row.ends_at - row.at == timedelta(hours=1)
    for path in (PAGE, "/voice-menu"):
        page = supervisor.get(path).text
        assert SAID in page
        assert "All callers" in page
    assert "the notice before the menu" in supervisor.get("/voice-menu").text
    assert send(supervisor, f"{PAGE}/{row.id}/taken-down").location == PAGE
    assert standing(world) == []
    assert SAID not in supervisor.get(PAGE).text
    assert "(the notice before the menu)" not in supervisor.get("/voice-menu").text


def test_it_is_audited_without_its_words(world: World, supervisor: FlaskClient) -> None:
    send(supervisor, PAGE, {**GIVEN, "district": "north"})
    (row,) = standing(world)
    for _ in range(2):  # the second time there is nothing to take down
        send(supervisor, f"{PAGE}/{row.id}/taken-down")
    with world.database.transaction() as session:
        query = select(AuditEntry).where(AuditEntry.action.like("notice.%"))
        said = [(e.action, e.detail) for e in session.scalars(query.order_by(AuditEntry.seq))]
    assert said == [
        ("notice.put", {"district": "north", "minutes": "60"}),
        ("notice.taken_down", {"district": "north"}),
    ]
    page = browser_of(world, Role.AUDITOR).get("/audit").text
    assert "put a notice before the menu." in page
    assert "took a notice before the menu down." in page
    assert SAID not in page


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"text_en": " "}, "Write it in one language at least."),
        ({"text_en": "x" * 301}, "Say it in at most 300 letters."),
        ({"lasts": ""}, "Choose how long."),
        ({"lasts": "10000"}, "Not a valid choice."),
        ({"district": "nowhere"}, "Not a valid choice."),
    ],
)
def test_what_cannot_be_a_notice_is_refused(
    world: World, supervisor: FlaskClient, changed: dict[str, str], why: str
) -> None:
    answer = send(supervisor, PAGE, {**GIVEN, **changed})
    assert answer.status_code == 422
    assert why in answer.text
    assert standing(world) == []


def test_whoever_works_for_a_district_decides_for_its_callers_alone(
    world: World, supervisor: FlaskClient
) -> None:
    send(supervisor, PAGE, GIVEN)
    send(supervisor, PAGE, {**GIVEN, "district": "south", "text_en": "South is closed."})
    of_all, south = (row.id for row in standing(world))
    add_person(world, "nora", Role.SUPERVISOR, "north")
    theirs = world.app().test_client()
    assert sign_in(theirs, "nora").status_code == 303
    page = theirs.get(PAGE).text
    assert SAID in page
    assert "South is closed." not in page
    assert "Take it down" not in page
    for notice_id in (of_all, south, "nobody"):
        assert send(theirs, f"{PAGE}/{notice_id}/taken-down").status_code == 404
    assert send(theirs, PAGE, GIVEN).status_code == 422
    assert send(theirs, PAGE, {**GIVEN, "district": "north"}).status_code == 303
    assert "Take it down" in theirs.get(PAGE).text
    assert [row.place for row in standing(world)] == [EVERYBODY, "north", "south"]


def test_a_new_notice_takes_the_place_of_the_old(world: World, supervisor: FlaskClient) -> None:
    send(supervisor, PAGE, GIVEN)
    send(supervisor, PAGE, {**GIVEN, "text_en": "The school is closed."})
    page = supervisor.get(PAGE).text
    assert "The school is closed." in page
    assert SAID not in page


def test_midnight_is_where_the_schedules_are(world: World, supervisor: FlaskClient) -> None:
    with_roster(world)
    assert "until midnight, in America/Chicago" in supervisor.get(PAGE).text
    send(supervisor, PAGE, {**GIVEN, "lasts": MIDNIGHT})
    (row,) = standing(world)
    local = row.ends_at.astimezone(ZoneInfo("America/Chicago"))
    assert (local.hour, local.minute) == (0, 0)
    assert timedelta() < row.ends_at - row.at <= timedelta(days=1)


def test_a_day_of_25_hours_has_no_notice_for_all_of_it() -> None:
    """On 1 November 2026 the clocks of Chicago go back."""
    now = datetime(2026, 11, 1, 5, tzinfo=UTC)
    assert ends(MIDNIGHT, now, ZoneInfo("America/Chicago")) == now + timedelta(days=1)
