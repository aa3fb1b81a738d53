"""Whoever chose Spanish reads no English: no text of the catalog is on the pages of a night."""

from collections.abc import Iterator
from datetime import datetime

import lxml.html
import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from console import catalog
from hotline.people import sessions
from hotline.people.model import Account, ConsoleSession
from tests.support.console import sign_in
from tests.support.sample import Night, night

PAGES = {
    "ana": (
        *("/board", "/reports", "/on-call", "/on-call/responders", "/policies", "/statistics"),
        *("/account", "/account/sealed-reports"),
    ),
    "rosa": ("/my-shift", "/my-shift/phone"),
    "ada": ("/voice-menu", "/people", "/people/new", "/health", "/settings", "/first-steps"),
    "otto": ("/audit",),
}
OURS = (
    "not(ancestor-or-self::script or ancestor-or-self::style or ancestor-or-self::code "
    "or ancestor-or-self::*[@lang][not(self::html)])"
)
TEXTS = (
    f"//text()[{OURS}] | //*[{OURS}]/@aria-label | //*[{OURS}]/@title | //*[{OURS}]/@placeholder"
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    """A night whose people have all chosen Spanish."""
    one = night(tmp_path_factory.mktemp("night"), older=3)
    with one.world.database.transaction() as session:
        for account in session.query(Account):
            account.preferences = {"locale": "es"}
    yield one
    one.world.database.close()


@pytest.fixture(scope="module")
def english() -> set[str]:
    """Every text of the catalog that reads differently in Spanish."""
    found = {m.id for m in catalog.read("es") if isinstance(m.id, str) and m.id != m.string}
    return found - {""}


def texts(page: str) -> set[str]:
    """What the console itself says on a page, to eyes and ears."""
    found = lxml.html.fromstring(page).xpath(TEXTS)
    return {" ".join(str(text).split()) for text in found} - {""}


@pytest.mark.parametrize("name", PAGES)
def test_no_page_says_anything_in_english(made: Night, english: set[str], name: str) -> None:
    client = made.world.app().test_client()
    assert sign_in(client, name).status_code == 303
    reports = tuple(f"/reports/{one}" for one in made.reports) if name == "ana" else ()
    for path in (*PAGES[name], *reports):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert '<html lang="es"' in answer.text
        said = texts(answer.text)
        assert len(said) > 20, path
        assert said & english == set(), path


def test_english_would_be_found(made: Night, english: set[str]) -> None:
    with made.world.database.transaction() as session:
        session.query(Account).filter(Account.name == "otto").one().preferences = {}
    client = made.world.app().test_client()
    sign_in(client, "otto")
    assert len(texts(client.get("/audit").text) & english) > 10


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("POST", "/board", 405), ("GET", "/reports/none", 404)],
)
def test_what_is_not_there_is_told_in_ones_own_language(
    made: Night, method: str, path: str, status: int
) -> None:
    client = made.world.app().test_client()
    asked = {"Accept-Language": "en", "Origin": "http://localhost"}
    assert '<html lang="en"' in client.open("/nowhere", method=method, headers=asked).text
    sign_in(client, "ana")
    answer = client.open(path, method=method, headers=asked)
    assert answer.status_code == status
    assert '<html lang="es"' in answer.text


def test_a_lost_way_keeps_no_session_alive_and_needs_no_database(
    made: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = made.world.app().test_client()
    sign_in(client, "ana")
    before = seen_at(made)
    made.world.pass_s(60)
    assert client.get("/nowhere").status_code == 404
    assert seen_at(made) == before
    client.get("/account")
    assert seen_at(made) != before

    def down(*_: object) -> None:
        raise OperationalError("SELECT", {}, Exception())

    monkeypatch.setattr(sessions, "look", down)
    answer = client.get("/nowhere", headers={"Accept-Language": "en"})
    assert (answer.status_code, '<html lang="en"' in answer.text) == (404, True)


def seen_at(made: Night) -> list[datetime]:
    """When each session was last used, the latest at the end."""
    with made.world.database.reading() as session:
        return sorted(session.scalars(select(ConsoleSession.seen_at)))
