"""The navigation: what each role sees, where each begins, and help on every page."""

from pathlib import Path

import pytest
from flask import render_template, url_for
from sqlalchemy import update

import console
from console import help as page_help
from console.navigation import PAGES
from hotline.oncall.model import Responder
from hotline.people.model import Role
from hotline.people.permissions import may
from hotline.reports.model import Report
from tests.support.console import World, add_person, browser_of, leave_message, send, sign_in

HELP = Path(console.__file__).parent / "templates" / "help"


@pytest.mark.parametrize("role", Role)
def test_a_role_sees_the_pages_it_may_see(world: World, role: Role) -> None:
    browser = browser_of(world, role)
    page = browser.get("/account").text
    served = world.app().view_functions
    with world.app().test_request_context():
        for entry in PAGES:
            if entry.endpoint in served:
                link = f'<a href="{url_for(entry.endpoint)}"'
                assert (link in page) is may(role, entry.action), entry.endpoint


def test_the_page_that_is_shown_is_marked(world: World) -> None:
    browser = browser_of(world, Role.ADMINISTRATOR)
    assert '<a href="/people" aria-current="page"' in browser.get("/people").text
    assert '<a href="/people" aria-current="page"' in browser.get("/people/new").text
    assert '<a href="/people" aria-current="page"' not in browser.get("/audit").text


def test_each_begins_at_a_page_they_may_see(world: World) -> None:
    with world.database.transaction() as session:
        session.execute(update(Responder).values(confirmed_at=world.now))
    for role in Role:
        assert browser_of(world, role).get("/", follow_redirects=True).status_code == 200, role


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.endpoint)
def test_every_page_has_help(world: World, entry: object) -> None:
    endpoint = entry.endpoint.removeprefix("console.")  # type: ignore[attr-defined]
    assert (HELP / f"{endpoint}.html").exists(), f"write console/templates/help/{endpoint}.html"


@pytest.mark.parametrize("file", sorted(HELP.glob("*.html")), ids=lambda file: file.stem)
def test_help_can_be_shown(world: World, file: Path) -> None:
    with world.app().test_request_context():
        assert len(render_template(f"help/{file.name}")) > 80


def test_parts_of_a_page_share_its_help(world: World) -> None:
    for page in page_help.SHARED.values():
        assert (HELP / f"{page}.html").exists()
    browser = browser_of(world, Role.ADMINISTRATOR)
    assert "the last administrator stays" in browser.get("/people/new").text
    with world.app().test_request_context("/no-such-page"):
        assert page_help.templates()[-1] == "help/_any.html"


def test_a_report_is_found_by_its_number_where_it_may_be_seen(world: World) -> None:
    report_id = leave_message(world, district="north")
    with world.database.transaction() as session:
        number = session.get_one(Report, report_id).number
    north = browser_of(world, Role.SUPERVISOR, "north")
    assert north.get(f"/reports/find?number={number}").location == f"/reports/{report_id}"
    spaced = f"{number[:2]} {number[2:]}"
    assert north.get(f"/reports/find?number={spaced}").location == f"/reports/{report_id}"
    add_person(world, "bo", Role.SUPERVISOR, "south")
    south = world.app().test_client()
    sign_in(south, "bo")
    for browser, path, status in (
        (south, f"/reports/find?number={number}", 404),
        (north, "/reports/find?number=0", 404),
        (north, "/reports/find?number=<b>", 422),
        (north, "/reports/find", 422),
    ):
        answer = browser.get(path)
        assert answer.status_code == status
        assert "no report of this number that you can open" in answer.text


@pytest.mark.parametrize(
    ("key", "value", "status"),
    [("theme", "dark", 303), ("shortcuts", "off", 303), ("theme", "pink", 422), ("role", "x", 422)],
)
def test_a_look_is_chosen_from_anywhere(world: World, key: str, value: str, status: int) -> None:
    browser = browser_of(world, Role.AUDITOR)
    answer = send(browser, "/account/choice", {"key": key, "value": value, "next": "/audit"})
    assert answer.status_code == status
    if status == 303:
        assert answer.location == "/audit"
        assert f'data-{key}="{value}"' in browser.get("/audit").text


def test_a_choice_never_leads_elsewhere(world: World) -> None:
    browser = browser_of(world, Role.AUDITOR)
    form = {"key": "theme", "value": "dark", "next": "//evil.example"}
    assert send(browser, "/account/choice", form).location == "/account"
