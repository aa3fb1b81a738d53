"""The web door in a real browser: without a script, in Arabic, from right to left, and as axe-core
sees it. Then through the real processes: written on the web, returned to by telephone."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from door.app import create_app
from door.crowd import Crowd
from hotline.demo import cast
from hotline.dispatch import roster as dispatch_roster
from hotline.dispatch.model import Dispatch
from hotline.dispatch.words import DispatchState
from hotline.oncall import roster
from hotline.reports.casework import replies
from hotline.reports.model import Report
from tests.e2e.conftest import Theatre, open_theatre
from tests.support.axe import problems
from tests.support.browser import follow, launched, needs_chromium
from tests.support.console import World
from tests.support.door import served
from tests.support.web_process import free_port
from tests.support.work import until

pytestmark = [pytest.mark.e2e, needs_chromium]

SEES = "رأيت مسدسا في حقيبته\nيريد أن يطلق النار غدا"
ASKED = "أين خزانته؟"
PICTURES = os.environ.get("HOTLINE_TEST_PICTURES")
"""A folder for pictures of the pages, for whoever wants to look at them."""
PLACES = """
[[district]]
handle = "north"
name = "North District"
lines = ["+15550100920"]

[[school]]
handle = "north-high"
name = "North High"
district = "north"
"""


@pytest.fixture
def app(world: World) -> Flask:
    """The door of a small hotline that knows a school."""
    with world.database.transaction() as session:
        text = cast.roster([(cast.ROSA, 20)]) + PLACES
        dispatch_roster.apply(session, world.vault, roster.parse(text))
    return create_app(world.runtime)


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where it is served."""
    with served(app) as url:
        yield url


@contextmanager
def visiting(
    browser: Browser,
    scheme: Literal["light", "dark"] = "light",
    width: int = 1280,
    *,
    script: bool = False,
    locale: str = "ar",
) -> Iterator[Page]:
    """A tab of a visitor. script: for axe, which is one; the pages have none."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        locale=locale,
        java_script_enabled=script,
        bypass_csp=script,
    )
    yield context.new_page()
    assert context.cookies() == []
    context.close()


def picture(tab: Page, name: str) -> None:
    """Keep a picture of the page, where somebody wants them."""
    if PICTURES:
        tab.screenshot(path=Path(PICTURES) / f"door-{name}.png", full_page=True)


def numbers(tab: Page) -> tuple[str, str]:
    """Report number and PIN on the page."""
    found = [text.replace(" ", "") for text in tab.locator("dd").all_inner_texts()]
    return found[0], found[1]


def test_in_arabic_without_a_script(world: World, address: str) -> None:
    asked_elsewhere: list[str] = []
    with launched() as browser, visiting(browser) as tab:
        tab.on("request", lambda request: asked_elsewhere.append(request.url))
        tab.goto(address)
        assert tab.locator("html").get_attribute("lang") == "ar"
        assert tab.locator("h1").evaluate("e => getComputedStyle(e).direction") == "rtl"
        right = tab.locator("h1").bounding_box()
        danger = tab.locator(".danger").bounding_box()
        assert right is not None
        assert danger is not None
        assert danger["y"] < right["y"]
        tab.select_option("select", label="North High")
        tab.fill("textarea", SEES)
        follow(tab, "button")
        number, pin = numbers(tab)
        follow(tab, "footer a")
        tab.fill("#number", number)
        tab.fill("#pin", pin)
        follow(tab, "button")
        assert "بلاغك عندنا" in tab.locator("h1").inner_text()
        tab.fill("textarea", "ومعه سكين")
        follow(tab, "button")
        assert "أضفنا هذا" in tab.locator("h1").inner_text()
        assert number not in tab.url
    assert {url.startswith(address) for url in asked_elsewhere} == {True}
    with world.database.reading() as session:
        report = session.scalars(select(Report)).one()
        assert (report.language, report.school) == ("ar", "north-high")
        assert (report.category, report.urgency) == ("weapons", "life-safety")


LOOKS = [
    pytest.param("light", 1280, "en", id="light-1280-en", marks=pytest.mark.slow),
    pytest.param("dark", 360, "ar", id="dark-360-ar"),
    pytest.param("light", 360, "es", id="light-360-es", marks=pytest.mark.slow),
]


@pytest.mark.parametrize(("scheme", "width", "locale"), LOOKS)
def test_nobody_is_shut_out(
    world: World,
    address: str,
    monkeypatch: pytest.MonkeyPatch,
    scheme: Literal["light", "dark"],
    width: int,
    locale: str,
) -> None:
    wrong: list[str] = []

    def look(tab: Page, name: str) -> None:
        picture(tab, f"{name}-{scheme}-{width}-{locale}")
        wrong.extend(f"{name}: {what}" for what in problems(tab))

    with (
        launched() as browser,
        visiting(browser, scheme, width, script=True, locale=locale) as tab,
    ):
        tab.goto(address)
        look(tab, "write")
        follow(tab, "button")
        look(tab, "empty")
        tab.fill("textarea", SEES)
        with monkeypatch.context() as patch:
            patch.setattr(Crowd, "is_dense", lambda *given: True)
            follow(tab, "button")
        look(tab, "question")
        follow(tab, "button")  # nobody else comes any more: no answer is asked for
        number, pin = numbers(tab)
        look(tab, "receipt")
        with world.database.transaction() as session:
            report = session.scalars(select(Report)).one()
            replies.write(session, world.vault, report, ASKED, by="ana", now=world.now)
        follow(tab, "footer a")
        tab.fill("#number", number)
        tab.fill("#pin", "1")
        follow(tab, "button")
        look(tab, "refused")
        tab.fill("#pin", pin)
        follow(tab, "button")
        assert ASKED in tab.locator("blockquote").inner_text()
        look(tab, "report")
    assert wrong == []


def taken(theatre: Theatre) -> bool:
    """Whether somebody has the only report."""
    with theatre.stack.runtime.database.reading() as session:
        return session.scalar(select(Dispatch.state)) is DispatchState.TAKEN


@pytest.mark.slow
def test_written_on_the_web_and_returned_to_by_telephone(tmp_path: Path) -> None:
    """The real processes: the door's own, the dispatcher, the switch with its phones."""
    bind = f"127.0.0.1:{free_port()}"
    own = {"door_bind": bind, "door_url": f"http://{bind}"}
    with open_theatre(tmp_path, **own) as theatre, launched() as browser:
        runtime, switch = theatre.stack.runtime, theatre.switch
        with runtime.database.transaction() as session:
            text = cast.roster([(cast.ROSA, 20)])
            dispatch_roster.apply(session, runtime.vault, roster.parse(text))
        switch.register(cast.ROSA.number, cast.listens_and_takes())
        with visiting(browser) as tab:
            tab.goto(f"http://{bind}")
            tab.fill("textarea", SEES)
            follow(tab, "button")
            number, pin = numbers(tab)
        until(lambda: taken(theatre), within_s=60)
        with runtime.database.transaction() as session:
            report = session.scalars(select(Report)).one()
            now = runtime.clock()
            replies.write(session, runtime.vault, report, ASKED, by="ana", now=now)
        steps = [
            *cast.chooses("ar"),
            {"played": "/menu_return.", "press": "3"},
            {"played": "/return_number.", "press": f"{number}#"},
            {"played": "/return_pin.", "press": f"{pin}#"},
            {"playing": "/status_taken.", "note": "hears that somebody has it"},
            {"played": "/return_more.", "hangup": True},
        ]
        switch.register(cast.CALLER, {"steps": steps})
        switch.dial(cast.CALLER, runtime.settings.phone_number)
        until(lambda: was_heard(theatre), within_s=60)
        lines = "\n".join(theatre.log)
        assert number not in lines
        assert "مسدس" not in lines


def was_heard(theatre: Theatre) -> bool:
    """Whether the caller has had the reply played to them."""
    runtime = theatre.stack.runtime
    with runtime.database.reading() as session:
        report = session.scalars(select(Report)).one()
        return all(row.heard_at is not None for row in replies.of(session, report))
