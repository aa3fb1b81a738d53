"""Every page as axe-core sees it (WCAG 2.2 AA, best practice); nothing wider than the window.

All pages in light and dark, left to right and right to left, at 360 and 1280 px.
"""

from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser

from tests.support.axe import problems
from tests.support.browser import Look, launched, looking, needs_chromium, served, short_and_long
from tests.support.console import cheap_passwords
from tests.support.sample import Night, night
from tests.support.screenshots import shots

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
LOOKS = [
    Look(f"{scheme}-{locale}-{width}", width, scheme, locale)
    for scheme in SCHEMES
    for locale in ("en", "ar")
    for width in (1280, 360)
]

pytestmark = [pytest.mark.e2e, needs_chromium]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    with pytest.MonkeyPatch.context() as patch:
        cheap_passwords(patch)
        there = night(tmp_path_factory.mktemp("night"))
        yield there
        there.world.database.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as started:
        yield started


@pytest.mark.parametrize("look", short_and_long(LOOKS))
def test_nobody_is_shut_out(made: Night, browser: Browser, look: Look) -> None:
    wrong: list[str] = []
    with served(made.world.app(), locale=look.locale) as address:
        every = shots(made)
        for who in dict.fromkeys(shot.who for shot in every):
            with looking(browser, look, address, who) as tab:
                for shot in (s for s in every if s.who == who):
                    answer = tab.goto(address + shot.path)
                    assert answer is not None
                    assert answer.status == 200, shot
                    wrong += [f"{shot.name}: {what}" for what in problems(tab)]
    assert wrong == []
