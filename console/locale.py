"""The language and look of the pages: what the account chose, else what the browser asks for."""

from pathlib import Path

from babel import Locale
from flask import current_app, g, request
from flask.sansio.app import App
from flask_babel import Babel, get_locale

LOCALES = ("en", "es")
PSEUDO = "CONSOLE_PSEUDO_LOCALE"
"""Configuration key: a locale that tests pages with, Arabic for example: English text, its own
direction."""
THEMES = ("system", "light", "dark")
TRANSLATIONS = Path(__file__).with_name("translations")


def install(app: App) -> None:
    """Let templates and views translate. Times stay in UTC: every page says so once."""
    Babel(
        app,
        default_locale="en",
        default_domain="console",
        default_translation_directories=str(TRANSLATIONS),
        locale_selector=_choose,
    )
    app.template_context_processors[None].append(_context)


def preference(key: str, default: str) -> str:
    """What the signed-in account has chosen under a key, or the default."""
    person = g.get("signed_in")
    value = (person.account.preferences or {}).get(key, default) if person else default
    return str(value)


def language() -> str:
    """Code of the language the page is in, for `<html lang>`."""
    return str(get_locale() or "en").replace("_", "-")


def direction() -> str:
    """rtl or ltr, for `<html dir>`."""
    locale = get_locale() or Locale("en")
    return str(locale.text_direction)


def _context() -> dict[str, object]:
    """What the frame of every page needs, error pages included."""
    return {
        "locale": language,
        "direction": direction,
        "theme": preference("theme", "system"),
        "shortcuts": preference("shortcuts", "on"),
    }


def _choose() -> str:
    if pseudo := current_app.config.get(PSEUDO):
        return str(pseudo)
    chosen = preference("locale", "")
    return chosen if chosen in LOCALES else request.accept_languages.best_match(LOCALES) or "en"
