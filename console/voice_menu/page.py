"""The page of the voice menu, and the sounds it plays: what callers hear, as they hear it."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from flask import abort, make_response, render_template, request
from werkzeug.wrappers import Response

from console import guard, names
from console.context import runtime, signed_in
from console.routes import Route
from console.text import gettext
from console.voice_menu import notice, prompts, walk
from hotline import notices
from hotline.languages import Language
from hotline.people.permissions import Action
from hotline.reports.codes import NUMBER_DIGITS, PIN_DIGITS
from ivr.names import HOLD
from ivr.prompts import PromptError, SpeechError
from ivr.steps import Prompt, Rules

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Said:
    """One thing that is heard at a place. text: what is said, or what stands for it in brackets."""

    code: str
    name: str
    text: str
    spoken: bool
    """Whether it is a prompt with a text."""
    playable: bool


@guard.allows(Action.SEE_MENU)
def menu_preview() -> Response:
    """All prompts of a language and the way through the menu; `?language=` chooses it."""
    languages = runtime().languages
    language = prompts.language_or_404(request.args.get("language", next(iter(languages))))
    try:
        sections = prompts.sections(language)
    except PromptError as error:  # the voice menu would not start either
        return _page(language, gettext("The voice menu cannot speak: %(why)s.", why=str(error)))
    now, own = runtime().clock(), signed_in().account.district
    with runtime().database.transaction() as session:
        standing, told = notice.shown(session, now), notices.told(session, own, now)
    return _page(
        language,
        prompts.summary(language, sections),
        standing=standing,
        sections=sections,
        notes=_notes(language),
        places=[(place, _said(language, place.said)) for place in _places(language, bool(told))],
        lacking=[(names.language(code), name) for code, name in prompts.differences(languages)],
    )


def _notes(language: Language) -> tuple[str, ...]:
    with runtime().database.transaction() as session:
        return prompts.notes(session, language)


def _page(language: Language, headline: str, **parts: object) -> Response:
    page = render_template(
        "voice_menu/menu.html",
        language=language,
        languages=runtime().languages,
        headline=headline,
        **parts,
    )
    return make_response(page)


@guard.allows(Action.SEE_MENU)
def prompt_sound(code: str, prompt: str) -> Response:
    """The prompt as callers hear it: a telephone WAV, rendered once and kept as theirs."""
    prompts.language_or_404(code)
    try:
        data = prompts.catalogue().file(code, prompt).read_bytes()
    except PromptError:
        abort(404)
    except SpeechError:
        log.warning("prompt_not_spoken", language=code, prompt=prompt)
        abort(503)
    response = Response(data, mimetype="audio/wav")
    response.headers["Content-Disposition"] = "inline"
    return response.make_conditional(request.environ, accept_ranges=True, complete_length=len(data))


def _places(language: Language, told: bool) -> tuple[walk.Place, ...]:
    settings = runtime().settings
    rules = Rules(
        prompts.catalogue().offered(),
        settings.promise,
        settings.wait_cap_s,
        NUMBER_DIGITS,
        PIN_DIGITS,
        help=True,
        callback=settings.callback_days > 0,
        notice=told,
    )
    return walk.places(language.code, rules)


def _said(language: Language, heard: Sequence[Prompt]) -> list[Said]:
    return [_one(prompt.language or language.code, prompt.name) for prompt in heard]


def _one(code: str, name: str) -> Said:
    if name in walk.SPOKEN:
        return Said(code, name, gettext(walk.SPOKEN[name]), spoken=False, playable=name == HOLD)
    heard = prompts.catalogue()
    return Said(code, name, heard.text(code, name), True, playable=heard.can_say(code, name))


ROUTES = (
    Route("/voice-menu", "menu_preview", menu_preview),
    Route("/voice-menu/<code>/<prompt>/sound", "prompt_sound", prompt_sound),
)
