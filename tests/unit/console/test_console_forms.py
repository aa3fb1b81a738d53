"""Forms: filled from what was sent, or with what is shown; WTForms speaks through our catalog."""

import pytest
from flask import Flask
from wtforms import IntegerField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired

from console import forms, locale
from console.text import lazy_gettext


class Sample(forms.HotlineForm):
    name = StringField("Name", validators=[InputRequired()])
    count = IntegerField("Count")
    color = SelectField("Color", choices=forms.choices([("r", lazy_gettext("Red")), ("g", "G")]))
    many = SelectMultipleField("Many", choices=forms.choices([("a", "A")]))


@pytest.fixture
def app() -> Flask:
    made = Flask("test")
    locale.install(made)
    return made


def test_a_get_shows_what_is_there(app: Flask) -> None:
    with app.test_request_context("/?name=other"):
        form = forms.filled(Sample, name="Ana", color="g")
        assert (form.name.data, form.color.data) == ("Ana", "g")


def test_a_post_shows_what_was_sent(app: Flask) -> None:
    sent = {"name": "Bo", "count": "2", "color": "r"}
    with app.test_request_context("/", method="POST", data=sent):
        form = forms.filled(Sample, name="Ana")
        assert form.validate()
        assert (form.name.data, form.count.data) == ("Bo", 2)


def test_what_is_wrong_is_said_and_what_was_typed_stays(app: Flask) -> None:
    sent = {"name": "", "count": "<many>", "color": "blue", "many": "z%"}
    with app.test_request_context("/", method="POST", data=sent):
        form = forms.filled(Sample)
        assert not form.validate()
        assert form.errors == {
            "name": ["This field is required."],
            "count": ["Not a valid integer value."],
            "color": ["Not a valid choice."],
            "many": ["'z%' is not a valid choice for this field."],
        }
        assert "&lt;many&gt;" in form.count()


def test_what_wtforms_says_is_marked_for_the_catalogs() -> None:
    assert "Not a valid choice." in forms.ITS_OWN
    assert "'%(value)s' is not a valid choice for this field." in forms.ITS_OWN


def test_choices_may_be_lazy(app: Flask) -> None:
    with app.test_request_context():
        assert ">Red</option>" in forms.filled(Sample).color()
