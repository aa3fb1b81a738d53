"""Statistics and the voice menu in a real browser: nothing overflows, prompts play in place, the
policy blocks nothing, and axe finds nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from hotline.people.model import Role
from tests.support.axe import problems
from tests.support.browser import (
    Look,
    enter,
    launched,
    looking,
    needs_chromium,
    served,
    short_and_long,
)
from tests.support.console import (
    PASSWORD,
    World,
    add_person,
    leave_message,
    make_world,
    start_dispatch,
    take,
)

pytestmark = [pytest.mark.e2e, needs_chromium]
PATHS = (
    "/statistics",
    "/statistics?from=2026-01-01&to=2026-12-31",
    "/statistics?from=2026-12-01&to=2026-01-01",
    "/statistics/year/2026",
    "/statistics/year/2026?small=hidden&begins=july",
)
MENU_PATHS = ("/voice-menu", "/voice-menu?language=ar", "/voice-menu/ar/danger")
LOOKS = (
    Look("light-ltr-1280", 1280, "light"),
    Look("dark-rtl-360", 360, "dark", "ar"),
    Look("light-rtl-1280", 1280, "light", "ar"),
    Look("light-ltr-360", 360, "light"),
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as started:
        yield started


@pytest.fixture
def world(tmp_path: Path, sqlite_url: str) -> Iterator[World]:
    made = make_world(tmp_path, sqlite_url)
    add_person(made, "ana", Role.SUPERVISOR)
    add_person(made, "ada", Role.ADMINISTRATOR)
    for language in ("en", "en", "ar"):
        report_id = leave_message(made, language)
        start_dispatch(made, report_id)
        take(made, report_id)
    yield made
    made.database.close()


@pytest.mark.slow
@pytest.mark.parametrize("look", short_and_long(LOOKS))
def test_nobody_is_shut_out(world: World, browser: Browser, look: Look) -> None:
    wrong: list[str] = []
    with served(world.app(), locale=look.locale) as address:
        for who, paths in (("ana", PATHS), ("ada", MENU_PATHS)):
            with looking(browser, look, address, who) as tab:
                for path in paths:
                    tab.goto(address + path)
                    for details in tab.locator("main details").all():
                        details.evaluate("element => { element.open = true }")
                    wrong += [f"{path}: {what}" for what in problems(tab)]
    assert wrong == []


def open_menu(browser: Browser, address: str, complaints: list[str]) -> Page:
    tab = browser.new_page()
    tab.on("console", lambda message: complaints.append(message.text))
    enter(tab, address, "ada")
    complaints.clear()
    tab.goto(f"{address}/voice-menu")
    return tab


def test_a_prompt_plays_in_place_and_stops(world: World, browser: Browser) -> None:
    complaints: list[str] = []
    with served(world.app()) as address:
        tab = open_menu(browser, address, complaints)
        first = tab.locator(".listen").nth(2)
        with tab.expect_response("**/danger/sound") as answered:
            first.click()
        assert answered.value.status in (200, 206)
        first.get_by_text("Stop").wait_for()
        assert first.get_attribute("aria-pressed") == "true"
        assert tab.url.endswith("/voice-menu")
        first.press("Space")
        first.get_by_text("Listen").wait_for()
        assert first.get_attribute("aria-pressed") == "false"
        first.click()
        first.get_by_text("Listen").wait_for()  # it has come to its end
        tab.close()
    assert complaints == []


def test_a_place_is_heard_prompt_after_prompt(world: World, browser: Browser) -> None:
    complaints: list[str] = []
    with served(world.app()) as address:
        tab = open_menu(browser, address, complaints)
        place = tab.locator("[data-play]").first
        asked: list[str] = []
        tab.on("request", lambda request: asked.append(request.url.removeprefix(address)))
        with tab.expect_request("**/ar/digit_3/sound"):
            place.click()
        heard = list(dict.fromkeys(url for url in asked if url.endswith("/sound")))
        assert heard == [
            f"/voice-menu/{code}/{name}/sound"
            for code, key in (("en", 1), ("es", 2), ("ar", 3))
            for name in ("offer_language", f"digit_{key}")
        ]
        tab.close()
    assert complaints == []


def test_without_scripts_the_sound_opens(world: World, browser: Browser) -> None:
    with served(world.app()) as address:
        context = browser.new_context(java_script_enabled=False)
        tab = context.new_page()
        tab.goto(f"{address}/sign-in?next=/voice-menu")
        tab.fill("#name", "ada")
        tab.fill("#password", PASSWORD)
        tab.locator("form button.is-main").last.click()
        tab.wait_for_url("**/voice-menu")
        assert tab.locator("[data-play]").first.is_hidden()
        href = tab.locator(".listen").first.get_attribute("href")
        answer = context.request.get(f"{address}{href}")
        assert answer.headers["content-type"] == "audio/wav"
        context.close()
