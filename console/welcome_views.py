"""Choosing a password with the code that an administrator has handed over."""

from flask import make_response, render_template
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired

from console import door_says, door_views, guard, wrong
from console.context import runtime
from console.forms import HotlineForm, filled
from console.routes import Route
from console.text import gettext, lazy_gettext
from hotline.people import own_password
from hotline.people.accounts import WrongInput
from hotline.people.passwords import TooBusy


class Welcome(HotlineForm):
    """Name, code, and the password that is chosen."""

    name = StringField(
        lazy_gettext("Name to sign in with"),
        validators=[InputRequired(lazy_gettext("Enter the name that you were told."))],
    )
    code = StringField(
        lazy_gettext("Your code"),
        validators=[InputRequired(lazy_gettext("Enter the code that you were given."))],
    )
    password = PasswordField(
        lazy_gettext("A password of your own"),
        description=lazy_gettext("12 characters or more. A few unrelated words do well."),
    )


@guard.open_to_all
def welcome() -> Response:
    """The form for whoever has a code."""
    return _page(filled(Welcome))


@guard.open_to_all
def do_welcome() -> Response:
    """Use the code up and sign in; 422 with what is wrong, 503 when too many do so at once."""
    form = filled(Welcome)
    if not form.validate():
        return _page(form, 422)
    name, code, password = form.name.data or "", form.code.data or "", form.password.data or ""
    try:
        now = runtime().clock()
        token = own_password.choose_with_code(runtime().database, name, code, password, now)
    except WrongInput as refused:
        wrong.put(form, refused)
        return _page(form, 422)
    except TooBusy:
        wrong.add(form, "password", gettext(door_says.BUSY))
        return _page(form, 503)
    return door_views.enter(token, None)


def _page(form: Welcome, status: int = 200) -> Response:
    return make_response(render_template("door/welcome.html", form=form), status)


ROUTES = (
    Route("/welcome", "welcome", welcome),
    Route("/welcome", "do_welcome", do_welcome, "POST"),
)
