"""The board as each role sees it, and as it is when nobody sits there."""

import pytest

from hotline.database.base import new_id
from hotline.dispatch.model import Alarm
from hotline.oncall.model import School
from hotline.people.model import Account, Role
from hotline.people.sessions import IDLE
from hotline.reports.model import Report
from tests.support.board import (
    caller_in_menu,
    number_of,
    set_apart,
    words_of,
)
from tests.support.console import (
    World,
    add_person,
    browser_of,
    leave_message,
    nobody_took,
    ring,
    send,
    sign_in,
    start_dispatch,
)


@pytest.fixture
def busy(world: World) -> str:
    """A message about weapons at North High in the north, for which somebody is rung."""
    report_id = leave_message(world, district="north")
    set_apart(world, report_id, "weapons", "life-safety")
    with world.database.transaction() as session:
        session.add(School(id=new_id(), handle="nh", name="North High", district="north"))
        session.get_one(Report, report_id).school = "nh"
    start_dispatch(world, report_id)
    ring(world, report_id)
    return report_id


@pytest.mark.parametrize(
    ("role", "told", "opened"),
    [
        (Role.SUPERVISOR, True, True),
        (Role.COUNSELOR, False, False),
        (Role.AUDITOR, False, True),
        (Role.ADMINISTRATOR, False, False),
    ],
)
def test_what_each_role_is_shown(
    world: World, busy: str, role: Role, told: bool, opened: bool
) -> None:
    client = browser_of(world, role, "north")
    page = client.get("/board/now").text
    assert "Counselor 1" in page  # that somebody is rung is for everybody
    assert "ringing 0 of 25 s" in page
    assert ("Weapons, North High" in page) is told
    assert ("Danger to life" in page) is told
    assert (f'href="/reports/{busy}"' in page) is opened
    assert client.get(f"/reports/{busy}").status_code == (200 if opened else answer_of(role))


def answer_of(role: Role) -> int:
    return 404 if role is Role.COUNSELOR else 403


def test_a_counselor_is_told_of_their_own(world: World, busy: str) -> None:
    client = browser_of(world, Role.COUNSELOR, "north")
    with world.database.transaction() as session:
        counselor = session.query(Account).filter(Account.role == Role.COUNSELOR).one()
        session.get_one(Report, busy).assignee = counselor.id
    page = client.get("/board/now").text
    assert "Weapons, North High" in page
    assert f"/reports/{busy}" in page


def test_another_district_is_not_there(world: World, busy: str) -> None:
    caller_in_menu(world, "menu", district="north")
    client = browser_of(world, Role.SUPERVISOR, "south")
    page = words_of(client)
    assert "Nobody is waiting, and every report has a person." in page
    assert number_of(world, busy) not in page
    assert "A caller" not in page
    assert "Counselor 1 ringing · English" in page  # busy, and with what is not theirs to know


def test_who_may_not_answer_an_alarm_has_no_button_for_it(world: World) -> None:
    nobody_took(world)
    with world.database.transaction() as session:
        session.add(Alarm(id=new_id(), reason="auditor_silent", raised_at=world.now, rounds=0))
    buttons = {
        role: browser_of(world, role).get("/board/now").text.count("I am on it") for role in Role
    }
    assert buttons == {
        Role.SUPERVISOR: 2,
        Role.COUNSELOR: 2,
        Role.ADMINISTRATOR: 1,  # the line's own
        Role.AUDITOR: 0,
    }


def test_take_it_yourself_is_offered_while_somebody_is_there(world: World, busy: str) -> None:
    add_person(world, "bo", Role.SUPERVISOR, "north")
    client = world.app().test_client()
    sign_in(client, "bo")
    assert f'action="/reports/{busy}/taken"' in client.get("/board/now").text
    world.pass_s(IDLE.total_seconds())
    assert "/taken" not in client.get("/board/now").text


# --- a board that is left alone -------------------------------------------------------------


def test_a_board_left_alone_goes_on_watching_and_tells_nothing(world: World, busy: str) -> None:
    client = browser_of(world, Role.SUPERVISOR, "north")
    for _ in range(3):  # what the page asks by itself is nobody's activity
        world.pass_s(IDLE.total_seconds() / 3)
        page = client.get("/board/now")
    assert page.status_code == 200
    assert "Nobody has used this page for 15 minutes." in page.text
    assert "Counselor 1" in page.text
    for content in ("Weapons", "North High", f"/reports/{busy}"):
        assert content not in page.text
    assert client.get("/board").location == "/sign-in?next=/board"
    assert client.get(f"/reports/{busy}").status_code == 303


def test_a_person_at_the_page_keeps_it_open(world: World, busy: str) -> None:
    client = browser_of(world, Role.SUPERVISOR, "north")
    for _ in range(4):
        world.pass_s(IDLE.total_seconds() / 2)
        assert send(client, "/still-here").status_code == 204
    assert "Weapons" in client.get("/board/now").text


def test_after_eight_hours_or_signed_out_there_is_nothing(world: World) -> None:
    client = browser_of(world, Role.SUPERVISOR)
    world.pass_s(8 * 3600)
    for path in ("/board/now", "/alarms/strip", "/events"):
        answer = client.get(path)
        assert (answer.status_code, answer.text) == (401, "")


def test_the_strip_of_a_page_left_alone_tells_nothing(world: World) -> None:
    number = number_of(world, nobody_took(world))
    client = browser_of(world, Role.SUPERVISOR)
    strip = client.get("/alarms/strip").text
    assert number in strip
    assert "I am on it" in strip
    world.pass_s(IDLE.total_seconds())
    strip = client.get("/alarms/strip").text
    assert "data-idle" in strip
    assert "nobody has taken it" in strip
    assert number not in strip
    assert "button" not in strip


def test_a_counselor_takes_what_nobody_has(world: World, busy: str) -> None:
    counselor = browser_of(world, Role.COUNSELOR, "north")
    first = send(counselor, f"/reports/{busy}/taken")
    assert first.location == f"/reports/{busy}"
    assert counselor.get(f"/reports/{busy}").status_code == 200
    add_person(world, "bo", Role.COUNSELOR, "north")
    late = world.app().test_client()
    sign_in(late, "bo")
    assert send(late, f"/reports/{busy}/taken").location == "/board"
    assert late.get(f"/reports/{busy}").status_code == 404
