"""Settings and health as administrators see them."""

import pytest
from flask.testing import FlaskClient
from markupsafe import escape
from pydantic import SecretStr

from console.system import health
from console.system.settings import GROUPS, groups
from hotline.doctor.examination import WHILE_RUNNING, examine
from hotline.doctor.finding import Finding, LanguageNames, Lasting, bad, ok, warn
from hotline.doctor.rounds import Rounds, Seen
from hotline.people.model import Role
from hotline.settings import Settings
from hotline.settings_page import told
from hotline.texts import Sentence
from tests.support.console import World, browser_of, send

SPANISH = {"locale": "es", "theme": "light", "shortcuts": "y"}
SECRETS = {
    "twilio_auth_token": SecretStr("a-secret-token"),
    "keys": SecretStr("v1:a-master-key"),
    "database_url": "postgresql://hotline:a-password@db/hotline",
    "redis_url": "redis://:a-redis-password@cache:6379",
    "alarm_url": "https://alarm.example/hook/a-hook-secret",
    "auditor_url": "https://monitor.example/ping/a-ping-secret",
}


@pytest.fixture
def admin(world: World) -> FlaskClient:
    return browser_of(world, Role.ADMINISTRATOR)


def test_every_setting_is_there_with_its_meaning(world: World, admin: FlaskClient) -> None:
    page = admin.get("/settings").text
    for field in Settings.model_fields:
        assert page.count(f"<code>HOTLINE_{field.upper()}</code></h3>") == 1
    assert "4 settings differ from their defaults." in page


def test_no_secret_is_told() -> None:
    settings = Settings(_env_file=None, **SECRETS)  # type: ignore[call-arg, arg-type]
    values = {one.field: one for one in told(settings)}
    for field, secret in SECRETS.items():
        shown = repr(values[field])
        text = secret.get_secret_value() if isinstance(secret, SecretStr) else str(secret)
        for part in ("a-secret", "a-master", "a-password", "a-redis", "a-hook", "a-ping"):
            assert part not in shown, (field, text)
        assert values[field].differs
    assert values["twilio_auth_token"].value == "set"
    assert values["database_url"].value == "postgresql://hotline:…@db/hotline"
    assert values["alarm_url"].value == "https://alarm.example/…"


def test_what_is_not_set_says_so() -> None:
    values = {one.field: one for one in told(Settings(_env_file=None))}  # type: ignore[call-arg]
    assert values["keys"].value == "not set"
    assert values["twilio_auth_token"].value == "not set"
    assert values["languages"].value == "en,es,ar"
    assert not any(one.differs for one in values.values())


def test_a_setting_without_a_group_is_in_the_last_one(world: World) -> None:
    with world.app().test_request_context():
        made = groups(told(world.runtime.settings))
    assert len(made) == len(GROUPS) + 1
    assert sum(len(group.settings) for group in made) == len(Settings.model_fields)


def shown(found: list[Finding], waiting: list[str] | None = None) -> Seen:
    return Seen(found, waiting or [])


def test_the_headline_is_the_worst_that_is_true(world: World) -> None:
    broken, loose, fine = bad("a", "A.", "B."), warn("b", "B.", "C."), ok("c", "C.")
    with world.app().test_request_context():
        assert health.headline(shown([broken, loose, fine])) == "1 thing does not work."
        assert health.headline(shown([broken, broken])) == "2 things do not work."
        assert health.headline(shown([loose, fine])).startswith("It works. 1 thing is not")
        assert health.headline(shown([fine])) == "Everything that was looked at works."
        assert health.headline(shown([], ["queue"])) == "The checks have not answered yet."


def test_the_page_says_what_mends_it(
    world: World, admin: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = shown(
        [bad("queue", "It <stands>.", "Run `hotline worker`."), ok("clock", "It is true.")],
        ["redis"],
    )
    monkeypatch.setattr(Rounds, "look", lambda self: found)
    page = admin.get("/health").text
    assert "1 thing does not work." in page
    assert page.index("It &lt;stands&gt;.") < page.index("It is true.")
    assert "Run <code>hotline worker</code>." in page
    assert "Not answered yet: Redis." in page
    part = admin.get("/health/now").text
    assert "1 thing does not work." in part
    assert "<html" not in part


def test_the_real_checks_answer(world: World, admin: FlaskClient) -> None:
    page = admin.get("/health").text
    for says in ("The database (sqlite) answers", "test model", "has never run", "overdue"):
        assert says in page


def test_what_was_found_is_said_in_the_readers_language(
    world: World, admin: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = bad(
        "heartbeats",
        "The %(process)s has been silent for %(time)s.",
        "Start `hotline %(process)s`, and let something keep it running.",
        process="media",
        time=Lasting(7200),
    )
    chosen = LanguageNames((world.runtime.languages["ar"],))
    none = Sentence("There is no speech model %(name)s.", {"name": "x"})
    findings = [
        silent,
        ok("languages", "Callers can choose %(languages)s.", languages=chosen),
        bad(
            "models",
            "Speech in %(language)s cannot be recognized. %(error)s",
            "",
            language=chosen,
            error=none,
        ),
        bad("settings", "HOTLINE_X: 100% of it is wrong.", "Run `hotline migrate`."),
    ]
    monkeypatch.setattr(Rounds, "look", lambda self: shown(findings))
    page = admin.get("/health").text
    assert "The media has been silent for 2 h." in page
    send(admin, "/account", SPANISH)
    page = admin.get("/health").text
    assert "El proceso media lleva 2 h sin dar señales." in page
    assert "Inicie <code>hotline media</code>" in page
    assert "Quien llama puede elegir árabe." in page
    assert (
        "No se puede reconocer el habla en árabe. There is no speech model x." in page
    )  # not in the catalog: as it came
    assert "HOTLINE_X: 100% of it is wrong." in page


def test_no_english_is_left_on_spanish_pages_of_the_system(
    world: World, admin: FlaskClient
) -> None:
    """Every finding of the real checks, and what every setting means, has its translation."""
    send(admin, "/account", SPANISH)
    health_page, settings = admin.get("/health").text, admin.get("/settings").text
    for finding in examine(lambda: world.runtime.settings, WHILE_RUNNING):
        assert finding.says not in health_page
    for field in Settings.model_fields.values():
        assert field.description
        assert escape(field.description.replace("`", "")[:40]) not in settings
    for english in ("not set", "must be set", "from 1 to", "true or false"):
        assert english not in settings


def test_probes_and_the_page_stand_side_by_side(world: World, admin: FlaskClient) -> None:
    assert admin.get("/health/live").text == "alive\n"
    assert admin.get("/health/nothing").mimetype == "text/plain"
    assert world.app().test_client().get("/health").location.startswith("/sign-in")
