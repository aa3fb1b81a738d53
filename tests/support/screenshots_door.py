"""Pictures of what is seen rarely: the second step, setting it up, a fresh proof, break-glass.

Each stands behind a state of its own (half signed in, a factor set up, two old accounts), so they
are taken by hand, in the sample night as the pages before them have left it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from playwright.sync_api import Browser, Page
from sqlalchemy import select

from hotline.dispatch.break_glass import SETTLED
from hotline.people.model import Account, Role
from tests.support.browser import Look, looking, served
from tests.support.console import PASSWORD, World, add_person, turn_on_break_glass
from tests.support.factors import App, give_app
from tests.support.sample import Night

Shoot = Callable[[Page, str], None]
"""Takes a picture of a page under a name."""

NAMES = ("second-step", "enroll", "recovery-codes", "security", "step-up", "break-glass")


class Door:
    """The night with second factors required, and Ana's authenticator app."""

    def __init__(self, made: Night) -> None:
        self.world = made.world
        self.app = give_app(self.world, account(self.world, "ana"))
        long_ago = SETTLED + timedelta(days=1)
        with self.world.database.transaction() as session:
            for row in session.scalars(select(Account)):
                row.created_at -= long_ago

    def shoot(self, browser: Browser, look: Look, shoot: Shoot) -> None:
        """All pictures of one look; somebody new sets up a factor in it."""
        newcomer = f"kim-{look.name}"
        add_person(self.world, newcomer, Role.SUPERVISOR)
        _require(self.world, "required")
        with served(self.world.app(), locale=look.locale) as address:
            with looking(browser, look, address, "") as tab:
                half_in(tab, address, "ana")
                shoot(tab, "second-step")
                prove(tab, self.app)
                tab.goto(f"{address}/account/security")
                shoot(tab, "security")
                self.world.pass_s(timedelta(minutes=11).total_seconds())
                tab.goto(f"{address}/step-up?next=/account")
                shoot(tab, "step-up")
            with looking(browser, look, address, "") as tab:
                half_in(tab, address, newcomer)
                shoot(tab, "enroll")
                secret = tab.locator("code.secret").inner_text().replace(" ", "")
                tab.locator("[name=code]").fill(App(self.world, secret).code())
                tab.locator("[name=code]").press("Enter")
                tab.locator("li > code").first.wait_for()
                shoot(tab, "recovery-codes")
        _require(self.world, "offered")
        with (
            _breaking_glass(self.world),
            served(self.world.app(), locale=look.locale) as address,
            looking(browser, look, address, "ada") as tab,
        ):
            tab.goto(f"{address}/break-glass")
            shoot(tab, "break-glass")


def account(world: World, name: str) -> Account:
    """Somebody's account."""
    with world.database.transaction() as session:
        return session.scalars(select(Account).where(Account.name == name)).one()


def half_in(tab: Page, address: str, name: str) -> None:
    """Give the password alone."""
    tab.goto(f"{address}/sign-in")
    tab.fill("#name", name)
    tab.fill("#password", PASSWORD)
    tab.locator("form button.is-main").last.click()
    tab.wait_for_url(lambda url: "/sign-in/" in url)


def prove(tab: Page, app: App) -> None:
    """Give the code that the app shows."""
    tab.locator("[name=proof_code]").first.fill(app.code())
    tab.locator("[name=proof_code]").first.press("Enter")
    tab.wait_for_url(lambda url: "/sign-in" not in url)


def _require(world: World, second_factor: str) -> None:
    settings = world.runtime.settings.model_copy(update={"second_factor": second_factor})
    world.runtime = replace(world.runtime, settings=settings)


@contextmanager
def _breaking_glass(world: World) -> Iterator[None]:
    before = world.runtime
    turn_on_break_glass(world)
    yield
    world.runtime = before
