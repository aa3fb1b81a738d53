"""On call: the week, its gaps, questions about it; stand-ins are written and taken back."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hotline.audit import AuditEntry
from hotline.oncall import calendar, schedules
from hotline.people.model import Role
from tests.support.console import World, add_person, browser_of, send, sign_in
from tests.support.roster import COUNSELORS, at, stand_in, with_roster

GAP = {"schedule": COUNSELORS, "since": at(27, 15).isoformat(), "until": at(28, 0).isoformat()}
SHIFT = {
    "schedule": COUNSELORS,
    "since": at(25, 8).isoformat(),
    "until": at(26, 8).isoformat(),
    "instead": "counselor-4",
}
PART = {"start": "2026-11-25T10:00", "end": "2026-11-25T12:30"}


@pytest.fixture
def staffed(world: World) -> World:
    with_roster(world)
    return world


def browser(world: World, role: Role, responder: str | None = None) -> FlaskClient:
    add_person(world, role.value, role, responder=responder)
    client = world.app().test_client()
    assert sign_in(client, role.value).status_code == 303
    return client


def on_call(world: World, day: int, hour: int) -> tuple[str, ...]:
    with world.database.transaction() as session:
        return calendar.on_call(schedules.read_all(session)[COUNSELORS], at(day, hour))


def text_of(client: FlaskClient, path: str) -> str:
    return unescape(client.get(path).text)


def links(page: str, endpoint: str) -> list[str]:
    return [unescape(url) for url in re.findall(rf'href="({endpoint}\?[^"]*)"', page)]


# --- the week -------------------------------------------------------------------------------


def test_without_a_schedule_the_page_says_how_to_get_one(client: FlaskClient) -> None:
    page = text_of(client, "/on-call")
    assert "<h1>There is no schedule yet.</h1>" in page
    assert "Who is on call at" not in page


def test_the_first_hole_is_the_first_sentence(staffed: World) -> None:
    page = text_of(browser(staffed, Role.SUPERVISOR), "/on-call")
    sentence = "From Friday 27 November, 15:00 nobody is on call for counselors, for 9 h."
    assert f"<h1>{sentence}</h1>" in page
    assert "Nobody for 9 h" in page
    assert "Times in America/Chicago (CST)." in page
    assert "Police desk is on call the whole week." in page


def test_a_hole_that_is_here_is_told_as_such(staffed: World) -> None:
    staffed.pass_s((at(27, 16) - staffed.now).total_seconds())
    page = text_of(browser(staffed, Role.SUPERVISOR), "/on-call")
    assert "<h1>Nobody is on call for counselors until Saturday 28 November, 00:00.</h1>" in page


def test_a_week_without_a_hole_is_calm(staffed: World) -> None:
    staffed.pass_s((at(28, 1) - staffed.now).total_seconds())
    page = text_of(browser(staffed, Role.SUPERVISOR), "/on-call")
    assert "<h1>The next 14 days have no gap.</h1>" in page
    assert "is-gap" in page  # the week still shows what was


def test_a_gap_of_a_schedule_that_no_policy_rings_is_no_alarm(staffed: World) -> None:
    with staffed.database.transaction() as session:
        schedules.put(session, "spare", calendar.Schedule("spare", "UTC", ()))
    staffed.pass_s((at(28, 1) - staffed.now).total_seconds())
    page = text_of(browser(staffed, Role.SUPERVISOR), "/on-call")
    assert "<h1>The next 14 days have no gap.</h1>" in page
    assert "Each schedule is told in its own local time." in page


def test_the_same_week_is_a_table_too(staffed: World) -> None:
    stand_in(staffed)
    page = text_of(browser(staffed, Role.AUDITOR), "/on-call")
    table = page.split("<table>")[1].split("</table>")[0]
    assert "Counselor 6 stands in for Counselor 4." in table
    assert "Nobody" in table
    assert "24:00" in table
    assert not links(page, "/on-call/take")
    assert not links(page, "/on-call/stand-in")


def test_weeks_have_addresses(staffed: World) -> None:
    client = browser(staffed, Role.SUPERVISOR)
    page = text_of(client, "/on-call?week=2026-W49")
    assert "30 Nov" in page
    assert 'href="/on-call?week=2026-W48"' in page
    for wrong in ("2026-W60", "soon", "1066-W01"):
        assert client.get(f"/on-call?week={wrong}").status_code == 404
    assert client.get("/on-call?week=2026-W01").status_code == 200


def test_who_is_on_call_at_a_moment_is_a_sentence(staffed: World) -> None:
    client = browser(staffed, Role.COUNSELOR)
    page = text_of(client, "/on-call?at=2026-11-27T16:00")
    assert "Friday 27 November, 16:00, nobody is on call for counselors." in page
    assert "Friday 27 November, 16:00, Police desk is on call for law-enforcement." in page


@pytest.mark.parametrize(
    "typed", ["tomorrow", "2026-11-27", "2026-13-01T00:00", "1200-01-01T00:00"]
)
def test_a_moment_that_cannot_be_is_told_beside_its_field(staffed: World, typed: str) -> None:
    answer = browser(staffed, Role.COUNSELOR).get(f"/on-call?at={typed}")
    day_alone = typed == "2026-11-27"  # midnight
    assert answer.status_code == (200 if day_alone else 422)
    assert ("such as 2026-11-29T02:00" in answer.text) is not day_alone


def test_rotations_and_overrides_say_who_wrote_them(staffed: World) -> None:
    stand_in(staffed)
    client = browser(staffed, Role.SUPERVISOR, "counselor-5")
    send(client, "/on-call/take", GAP | {"start": "2026-11-27T15:00", "end": "2026-11-28T00:00"})
    page = text_of(client, "/on-call")
    assert "take turns; each turn lasts a day and begins at 08:00." in page
    assert "Friday 27 November, 15:00 to 24:00: nobody." in page
    assert "From the roster file." in page
    assert "Written on the command line." in page
    assert "Written here by Supervisor." in page


# --- stand-ins ------------------------------------------------------------------------------


def test_a_gap_is_taken_in_two_clicks(staffed: World) -> None:
    client = browser(staffed, Role.COUNSELOR, "counselor-5")
    url = next(
        url for url in links(text_of(client, "/on-call"), "/on-call/take") if "instead" not in url
    )
    page = text_of(client, url)
    assert "<h1>Nobody is on call then. Do you take it?</h1>" in " ".join(page.split()).replace(
        "<h1> ", "<h1>"
    )
    form = dict(re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"', page))
    answer = send(client, "/on-call/take", form)
    assert (answer.status_code, answer.location) == (303, "/on-call?week=2026-W48")
    assert on_call(staffed, 27, 16) == ("counselor-5",)
    assert "The next 14 days have no gap." in text_of(client, "/on-call")
    with staffed.database.transaction() as session:
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "schedule.overridden")
        ).one()
        assert entry.subject == f"schedule:{COUNSELORS}"
        assert list(entry.detail) == ["override"]


def test_of_a_colleagues_shift_a_part_is_taken(staffed: World) -> None:
    client = browser(staffed, Role.COUNSELOR, "counselor-5")
    assert send(client, "/on-call/take", SHIFT | PART).status_code == 303
    hours = {hour: on_call(staffed, 25, hour)[0] for hour in (9, 10, 12, 13)}
    assert hours == {9: "counselor-4", 10: "counselor-5", 12: "counselor-5", 13: "counselor-4"}


def test_what_somebody_else_took_meanwhile_is_not_overwritten(staffed: World) -> None:
    client = browser(staffed, Role.COUNSELOR, "counselor-5")
    stand_in(staffed)
    answer = send(
        client, "/on-call/take", SHIFT | {"start": "2026-11-25T08:00", "end": "2026-11-26T08:00"}
    )
    assert answer.status_code == 409
    assert "Somebody else is on call in a part of this time." in answer.text
    assert on_call(staffed, 25, 14) == ("counselor-6",)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"end": "2026-11-25T09:00"}, "It ends before it begins."),
        ({"start": "", "end": ""}, "Enter a day and a time."),
        ({"start": "noon"}, "such as 2026-11-29T02:00"),
    ],
)
def test_what_cannot_be_taken_is_told_and_what_was_typed_stays(
    staffed: World, changes: dict[str, str], says: str
) -> None:
    client = browser(staffed, Role.COUNSELOR, "counselor-5")
    answer = send(client, "/on-call/take", SHIFT | PART | changes)
    assert answer.status_code == 422
    assert says in unescape(answer.text)
    assert PART["end"] in answer.text or "end" in changes
    assert on_call(staffed, 25, 11) == ("counselor-4",)


def test_what_is_past_is_not_taken(staffed: World) -> None:
    staffed.pass_s((at(26, 9) - staffed.now).total_seconds())
    answer = send(browser(staffed, Role.COUNSELOR, "counselor-5"), "/on-call/take", SHIFT | PART)
    assert answer.status_code == 422
    assert "This shift is over." in answer.text


def test_nobody_takes_a_shift_while_they_are_on_call(staffed: World) -> None:
    client = browser(staffed, Role.COUNSELOR, "counselor-4")
    answer = send(client, "/on-call/take", SHIFT | PART | {"instead": "counselor-4"})
    assert answer.status_code == 422
    assert "You are on call then already." in answer.text


def test_without_a_telephone_nobody_takes_a_shift(staffed: World) -> None:
    client = browser(staffed, Role.COUNSELOR)
    assert not links(text_of(client, "/on-call"), "/on-call/take")
    answer = send(client, "/on-call/take", SHIFT | PART)
    assert answer.status_code == 422
    assert "not linked to a telephone" in answer.text


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.ADMINISTRATOR])
def test_somebody_else_is_put_in_and_taken_out_again(staffed: World, role: Role) -> None:
    client = browser(staffed, role)
    (url, *_) = links(text_of(client, "/on-call"), "/on-call/stand-in")
    assert "Counselor 6" in text_of(client, url)
    assert send(client, "/on-call/stand-in", SHIFT | PART).status_code == 422
    form = SHIFT | PART | {"person": "counselor-6"}
    assert send(client, "/on-call/stand-in", form).status_code == 303
    assert on_call(staffed, 25, 11) == ("counselor-6",)
    (path,) = re.findall(r'action="(/on-call/overrides/[^"]+)"', text_of(client, "/on-call"))
    assert send(client, path).status_code == 303
    assert on_call(staffed, 25, 11) == ("counselor-4",)
    assert send(client, path).status_code == 404


def test_who_is_on_call_then_is_not_put_in_again(staffed: World) -> None:
    client = browser(staffed, Role.SUPERVISOR)
    form = SHIFT | PART | {"person": "police"}
    answer = send(client, "/on-call/stand-in", form)
    assert answer.status_code == 422
    assert "This person is on call then already." in answer.text


@pytest.mark.parametrize(
    "changes", [{"schedule": "none"}, {"since": "soon"}, {"until": at(20, 0).isoformat()}]
)
def test_a_stretch_that_there_is_not_is_not_there(staffed: World, changes: dict[str, str]) -> None:
    client = browser(staffed, Role.SUPERVISOR, "counselor-5")
    for page in ("/on-call/take", "/on-call/stand-in"):
        assert client.get(page, query_string=SHIFT | changes).status_code == 404
        assert send(client, page, SHIFT | PART | changes).status_code == 404


def test_who_may_not_change_the_roster_cannot(staffed: World) -> None:
    key = stand_in(staffed)
    auditor = browser_of(staffed, Role.AUDITOR)
    assert send(auditor, "/on-call/take", SHIFT | PART).status_code == 403
    counselor = browser_of(staffed, Role.COUNSELOR)
    assert send(counselor, "/on-call/stand-in", SHIFT | PART).status_code == 403
    assert send(counselor, f"/on-call/overrides/{key}/removed").status_code == 403
