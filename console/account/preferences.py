"""One's own language, look and shortcuts."""

from flask import make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import BooleanField, RadioField

from console import guard, locale
from console.context import runtime, signed_in
from console.forms import HotlineForm, choices, filled
from console.routes import Route
from console.text import lazy_gettext
from hotline.people.model import Account
from hotline.people.permissions import Action

# A language is named in itself: whoever needs it can read it.
NAMES = {"en": "English", "es": "Español"}


class Preferences(HotlineForm):
    """What somebody chooses for their own pages."""

    locale = RadioField(
        lazy_gettext("Language of the pages"),
        choices=choices((code, NAMES[code]) for code in locale.LOCALES),
    )
    theme = RadioField(
        lazy_gettext("Look"),
        choices=choices(
            [
                ("system", lazy_gettext("As this device")),
                ("light", lazy_gettext("Light")),
                ("dark", lazy_gettext("Dark")),
            ]
        ),
    )
    shortcuts = BooleanField(
        lazy_gettext("Single keys do something"),
        description=lazy_gettext("Switch it off if you speak to this device or press by accident."),
    )


@guard.allows(Action.OWN_ACCOUNT)
def account() -> Response:
    """The page with what is chosen now."""
    form = filled(
        Preferences,
        locale=locale.language(),
        theme=locale.preference("theme", "system"),
        shortcuts=locale.preference("shortcuts", "on") == "on",
    )
    return _page(form)


@guard.allows(Action.OWN_ACCOUNT)
def do_account() -> Response:
    """Keep what was chosen; 422 with the page when something of it cannot be."""
    form = filled(Preferences)
    if not form.validate():
        return _page(form, 422)
    with runtime().database.transaction() as session:
        row = session.get_one(Account, signed_in().account.id)
        row.preferences = {
            **(row.preferences or {}),
            "locale": form.locale.data,
            "theme": form.theme.data,
            "shortcuts": "on" if form.shortcuts.data else "off",
        }
    return redirect(url_for("console.account"), 303)


def _page(form: Preferences, status: int = 200) -> Response:
    return make_response(render_template("account/preferences.html", form=form), status)


ROUTES = (
    Route("/account", "account", account),
    Route("/account", "do_account", do_account, "POST"),
)
