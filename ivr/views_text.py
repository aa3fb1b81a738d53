"""The text door's webhook: a text has come to one of our numbers."""

from flask import Blueprint, Response, abort, request

from ivr import text_answers, text_taking, twiml
from ivr.answers import spoken
from ivr.line import Line
from ivr.text_taking import Incoming, TextDoor


def add_text_views(blueprint: Blueprint, line: Line) -> None:
    """Add the webhook of texts to the blueprint. Raises LanguageError when HOTLINE_TEXT_DOOR is set
    and sentences are missing."""
    settings = line.runtime.settings
    door = text_taking.open_text_door(line.runtime) if settings.text_door else None

    @blueprint.post("/voice/text")
    def text() -> Response:
        """A text, any number of times; the answer is what is sent back. 404 where HOTLINE_TEXT_DOOR
        is not set.

        If it cannot be kept, the answer says so and what else can be done: a carrier would drop it
        without a word.
        """
        if door is None:
            abort(404)
        incoming = _incoming()
        language = text_taking.language_of(door, incoming.body)
        failing = twiml.text(text_answers.body(language, settings, ("text_broken",)))
        return spoken(line, language.code, lambda: _answered(door, incoming), failing)


def _answered(door: TextDoor, incoming: Incoming) -> str:
    return twiml.text(text_taking.take(door, incoming))


def _incoming() -> Incoming:
    """The text of this webhook. Raises BadRequest where it has no id or no sender."""
    return Incoming(
        id=request.form["MessageSid"],
        sender=request.form["From"],
        line=request.form.get("To", ""),
        body=request.form.get("Body", ""),
        pictures=_count(request.form.get("NumMedia", "0")),
        answered=bool(request.form.get("OptOutType")),
    )


def _count(text: str) -> int:
    return int(text) if text.isdecimal() else 0
