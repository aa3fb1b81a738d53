"""The reviewer's page: a native speaker hears each prompt of callers, and says what is wrong.

When all of a language are approved as they sound now, the language counts as reviewed.
"""

from dataclasses import dataclass

from flask import make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import StringField, TextAreaField
from wtforms.validators import AnyOf, Length

from console import guard, names, times
from console.context import runtime, signed_in
from console.forms import HotlineForm, filled
from console.routes import Route
from console.text import gettext, lazy_gettext, marked, ngettext
from console.voice_menu import prompts
from hotline import prompt_reviews
from hotline.languages import Language
from hotline.people.model import Account
from hotline.people.permissions import Action
from hotline.prompt_reviews import LONGEST_NOTE, PromptReview, Verdict, approves

NOTHING_SAID = marked("Say what is to be changed.")


class Review(HotlineForm):
    """A verdict on one prompt."""

    verdict = StringField(validators=[AnyOf([one.value for one in Verdict])])
    note = TextAreaField(
        lazy_gettext("What is to be changed"),
        validators=[
            Length(max=LONGEST_NOTE, message=lazy_gettext("Say it in at most 500 letters."))
        ],
    )


@dataclass(frozen=True)
class Heard:
    """One prompt as it is reviewed. english: what it is to say. verdict: in words; empty when
    nobody has given one on what is heard now."""

    name: str
    text: str
    english: str
    mute: bool
    approved: bool
    verdict: str
    note: str


@dataclass(frozen=True)
class Section:
    """The prompts under one title."""

    title: str
    prompts: tuple[Heard, ...]


@guard.allows(Action.SEE_MENU)
def menu_review(code: str) -> Response:
    """The prompts that callers hear in one language, each with what reviewers said of it."""
    return _page(prompts.language_or_404(code))


@guard.allows(Action.REVIEW_MENU)
def do_review_prompt(code: str, prompt: str) -> Response:
    """Keep a verdict on what the prompt sounds like now. 422 with the page when nothing is said."""
    language = prompts.prompt_or_404(code, prompt)
    form = filled(Review)
    if not form.validate():
        return _page(language, prompt, form, 422)
    verdict, note = Verdict(form.verdict.data or ""), (form.note.data or "").strip()
    if verdict is Verdict.CHANGE and not note:
        form.note.errors = [gettext(NOTHING_SAID)]
        return _page(language, prompt, form, 422)
    me, now = signed_in().account.id, runtime().clock()
    sound = prompts.catalogue().url_path(code, prompt)
    with runtime().database.transaction() as session:
        row = prompt_reviews.put(session, code, prompt, sound, verdict, me, now)
        row.note = note if verdict is Verdict.CHANGE else ""
        guard.audited(session, f"prompt.{AUDITED[verdict]}", f"prompt:{code}/{prompt}")
    return redirect(url_for("console.menu_review", code=code, _anchor=f"say-{prompt}"), 303)


AUDITED = {Verdict.APPROVED: "approved", Verdict.CHANGE: "change_asked"}


def _page(
    language: Language, wrong: str = "", form: Review | None = None, status: int = 200
) -> Response:
    with runtime().database.transaction() as session:
        found = prompt_reviews.standing(session, language.code)
        ids = {row.by for row in found.values()}
        by = {one: session.get_one(Account, one).display_name for one in ids}
        said = {name: _verdict(row, language.code, by) for name, row in found.items()}
        sections = _sections(language, found, said)
        left = prompts.unreviewed(session, language)
    page = render_template(
        "voice_menu/review.html",
        language=language,
        languages=runtime().languages,
        sections=sections,
        headline=headline(language, len(left)),
        form=form or Review(),
        wrong=wrong,
        most=LONGEST_NOTE,
    )
    return make_response(page, status)


def headline(language: Language, left: int) -> str:
    """How far the review is."""
    name = names.language(language.code)
    if not left:
        return gettext("Every prompt that callers hear in %(language)s is approved.", language=name)
    return ngettext(
        "%(num)s prompt in %(language)s is not approved yet.",
        "%(num)s prompts in %(language)s are not approved yet.",
        left,
        language=name,
    )


def _sections(
    language: Language, found: dict[str, PromptReview], said: dict[str, str]
) -> tuple[Section, ...]:
    return tuple(
        Section(gettext(group.title), tuple(_heard(language, n, found, said) for n in group.names))
        for group in prompts.heard_by_callers(language)
    )


def _heard(
    language: Language, name: str, found: dict[str, PromptReview], said: dict[str, str]
) -> Heard:
    catalogue, row = prompts.catalogue(), found.get(name)
    current = row is not None and row.sound == catalogue.url_path(language.code, name)
    return Heard(
        name=name,
        text=catalogue.text(language.code, name),
        english=prompts.english(name),
        mute=not catalogue.can_say(language.code, name),
        approved=approves(row, catalogue.url_path(language.code, name)),
        verdict=said.get(name, ""),
        note=row.note if row is not None and current else "",
    )


def _verdict(row: PromptReview, code: str, by: dict[str, str]) -> str:
    who, when = by[row.by], times.moment(row.at)
    if row.sound != prompts.catalogue().url_path(code, row.prompt):
        return gettext("It has changed since %(who)s reviewed it.", who=who)
    if row.verdict is Verdict.APPROVED:
        return gettext("Approved by %(who)s, %(when)s.", who=who, when=when)
    return gettext("%(who)s asked for a change, %(when)s.", who=who, when=when)


ROUTES = (
    Route("/voice-menu/<code>/review", "menu_review", menu_review),
    Route("/voice-menu/<code>/<prompt>/review", "do_review_prompt", do_review_prompt, "POST"),
)
