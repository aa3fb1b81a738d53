"""Second factors in tests: an authenticator app, and how somebody sets one up and uses it."""

import html
import re

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from console import guard
from hotline.people import authenticator, factors, passkeys, totp
from hotline.people.model import Account, ConsoleSession
from hotline.people.second_step import Checker
from tests.support.console import PASSWORD, World, send, sign_in

SECRET = re.compile(r'<code class="secret"[^>]*>([A-Z2-7 ]+)</code>')
CODES = re.compile(r"<li><code>([A-Z0-9-]+)</code></li>")


class App:
    """An authenticator app that has somebody's secret."""

    def __init__(self, world: World, secret: str) -> None:
        self.world, self.secret = world, secret

    def code(self) -> str:
        """The code of a step that was not shown yet."""
        self.world.pass_s(totp.STEP_S)
        return self.now()

    def now(self) -> str:
        """The code of this moment."""
        return totp.code_of(self.secret, totp.step_at(self.world.now))


def app_of(world: World, page: TestResponse) -> App:
    """An app with the secret that a page shows."""
    found = SECRET.search(page.text)
    assert found is not None, page.text
    return App(world, found[1].replace(" ", ""))


def codes_of(page: TestResponse) -> list[str]:
    """The recovery codes that a page shows."""
    return CODES.findall(html.unescape(page.text))


def set_up(world: World, name: str = "ana") -> tuple[FlaskClient, App, list[str]]:
    """Somebody signs in for the first time and sets up an app: their browser, their app and their
    recovery codes."""
    client = world.app().test_client()
    assert sign_in(client, name).location.startswith("/sign-in/second")
    assert client.get("/sign-in/second").location.startswith("/sign-in/enroll")
    app = app_of(world, client.get("/sign-in/enroll"))
    done = send(client, "/sign-in/enroll/app", {"code": app.code()})
    assert done.status_code == 200, done.text
    return client, app, codes_of(done)


def give_app(world: World, account: Account) -> App:
    """An account's app, set up without a browser."""
    with world.database.transaction() as session:
        row = ConsoleSession(token_hash=account.id, account_id=account.id)
        row.created_at = row.seen_at = row.ended_at = world.now
        session.add(row)
        session.flush()
        secret = authenticator.begin(session, world.vault, account.id, row.id, world.now)
        code = totp.code_of(secret, totp.step_at(world.now))
        assert authenticator.confirm(session, world.vault, account.id, row.id, code, world.now)
        factors.added(session, account.id, "app", world.now)
    return App(world, secret)


def second_step(client: FlaskClient, code: str, path: str = "") -> TestResponse:
    """Send the form of the second step."""
    return send(client, "/sign-in/second", {"proof_code": code, "next": path})


def prove_again(client: FlaskClient) -> None:
    """Give a fresh proof, of somebody without a second factor."""
    answer = send(client, "/step-up", {"proof_password": PASSWORD, "proof_path": "/account"})
    assert answer.location == "/account"


def half_in(world: World, name: str = "ana") -> FlaskClient:
    """The browser of somebody who has given their password and nothing more."""
    client = world.app().test_client()
    assert sign_in(client, name).status_code == 303
    return client


def token_of(client: FlaskClient, world: World) -> str:
    """The session token that a browser holds."""
    cookie = client.get_cookie(guard.cookie_name(world.runtime.settings))
    return cookie.value if cookie is not None else ""


def checker(world: World) -> Checker:
    """What proofs are checked with."""
    site = passkeys.site_of(world.runtime.settings.public_url)
    return Checker(world.database, world.vault, site)
