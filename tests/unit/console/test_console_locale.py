"""The language and look of a page: the account's choice, else the browser's."""

from types import SimpleNamespace

import pytest
from flask import Flask, g

from console import locale
from console.text import gettext, lazy_gettext, marked, ngettext


@pytest.fixture
def app() -> Flask:
    made = Flask("test")
    locale.install(made)
    return made


def sign_in(preferences: dict[str, str] | None) -> None:
    g.signed_in = SimpleNamespace(account=SimpleNamespace(preferences=preferences))


@pytest.mark.parametrize(
    ("asked", "language"),
    [("es-MX,es;q=0.9", "es"), ("fr", "en"), ("", "en"), ("en;q=0.1,es;q=0.9", "es")],
)
def test_a_stranger_gets_what_the_browser_asks_for(app: Flask, asked: str, language: str) -> None:
    with app.test_request_context(headers={"Accept-Language": asked}):
        assert locale.language() == language


@pytest.mark.parametrize(
    ("preferences", "language"),
    [({"locale": "en"}, "en"), ({"locale": "xx"}, "es"), ({}, "es"), (None, "es")],
)
def test_what_the_account_chose_comes_first(
    app: Flask, preferences: dict[str, str] | None, language: str
) -> None:
    with app.test_request_context(headers={"Accept-Language": "es"}):
        sign_in(preferences)
        assert locale.language() == language


def test_a_preference_has_a_default(app: Flask) -> None:
    with app.test_request_context():
        assert locale.preference("theme", "system") == "system"
        sign_in({"theme": "dark"})
        assert locale.preference("theme", "system") == "dark"


@pytest.mark.parametrize(("pseudo", "direction"), [("ar", "rtl"), ("es", "ltr")])
def test_the_direction_is_the_languages(app: Flask, pseudo: str, direction: str) -> None:
    app.config[locale.PSEUDO] = pseudo
    with app.test_request_context():
        assert locale.language() == pseudo
        assert locale.direction() == direction


def test_templates_know_language_and_look(app: Flask) -> None:
    with app.test_request_context():
        context: dict[str, object] = {}
        app.update_template_context(context)
    assert context["theme"] == "system"
    assert context["shortcuts"] == "on"


def test_outside_of_a_request_texts_are_english() -> None:
    assert gettext("%(count)s min", count=3) == "3 min"
    assert ngettext("%(num)s report", "%(num)s reports", 1) == "1 report"
    assert ngettext("%(num)s report", "%(num)s reports", 2) == "2 reports"
    assert marked("as it is") == "as it is"


def test_a_percent_sign_is_only_a_sign() -> None:
    assert gettext("100 % sure") == "100 % sure"


def test_a_lazy_text_is_made_when_it_is_shown(app: Flask) -> None:
    text = lazy_gettext("Look")
    with app.test_request_context():
        assert str(text) == "Look"
