"""The prompts of a language in groups, with who speaks each, and what differs between languages."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from flask import abort, current_app
from sqlalchemy.orm import Session

from console import names
from console.context import runtime
from console.text import gettext, marked, ngettext
from hotline import prompt_reviews
from hotline.languages import DIRECTORY, Language, load_language
from ivr.grouping import Group, groups, sorted_into
from ivr.names import HEARD_BY_CALLERS, HOLD, required
from ivr.prompts import Catalogue, open_catalogue
from transcription.catalogue import unread

EXTENSION = "hotline.console.prompts"
PATTERN = "en"
"""The language file whose comments name the groups; all files hold the same prompts."""
OTHER = marked("Others")
TITLES = (
    marked("Which language"),
    marked("The first words and the menu"),
    marked("Speak now"),
    marked("Degraded mode: the caller hears the phone ring"),
    marked("Leave a message"),
    marked("The receipt"),
    marked("Return to an earlier report"),
    marked("What a responder hears before taking a report"),
    marked("A responder in the bridge: the menu of the star key, and who is asked to come"),
    marked("The alarm"),
    marked("Test calls"),
    marked("Words"),
)
"""The comments of that file, so that they can be translated; another one is shown as it is."""


@dataclass(frozen=True)
class Row:
    """One prompt: its text, and whether a person has recorded it.

    missing: there is no text. mute: no voice speaks the language, and nobody has recorded it.
    """

    name: str
    text: str
    recorded: bool
    missing: bool = False
    mute: bool = False


@dataclass(frozen=True)
class Section:
    """The prompts under one title."""

    title: str
    rows: tuple[Row, ...]


def catalogue() -> Catalogue:
    """The deployment's catalogue, opened at the first need. Raises PromptError."""
    known: dict[str, Catalogue] = current_app.extensions.setdefault(EXTENSION, {})
    if "open" not in known:
        known["open"] = open_catalogue(runtime().settings, runtime().languages)
    return known["open"]


def language_or_404(code: str) -> Language:
    """The language of that code, if callers can choose it."""
    return runtime().languages.get(code) or abort(404)


def prompt_or_404(code: str, name: str) -> Language:
    """The language of that code, if it has a prompt of that name which is speech."""
    language = language_or_404(code)
    if name == HOLD or name not in catalogue().names(code):
        abort(404)
    return language


def sections(language: Language) -> tuple[Section, ...]:
    """All prompts of a language, and under their titles those that only others have."""
    lacking = {name for code, name in differences(runtime().languages) if code == language.code}
    names = (*language.prompts, *sorted(lacking))
    return tuple(
        Section(gettext(group.title), tuple(_row(language, name) for name in group.names))
        for group in sorted_into(_pattern(), names, OTHER)
    )


def _row(language: Language, name: str) -> Row:
    if name not in language.prompts:
        return Row(name, "", recorded=False, missing=True)
    text = catalogue().text(language.code, name)
    recorded = catalogue().recorded(language.code, name)
    return Row(name, text, recorded, mute=not catalogue().can_say(language.code, name))


def differences(languages: Mapping[str, Language]) -> tuple[tuple[str, str], ...]:
    """(code, name) of every prompt that a language lacks, though it is needed or another has it."""
    needed = {
        *required(tuple(languages)),
        *(n for each in languages.values() for n in each.prompts),
    }
    # Each file names the languages it knows; only those that are offered are ever spoken.
    unused = {n for n in needed if n.startswith("language_")} - set(required(tuple(languages)))
    return tuple(
        (code, name)
        for code, language in languages.items()
        for name in sorted(needed - unused)
        if not language.prompts.get(name, "").strip()
    )


def summary(language: Language, rows: tuple[Section, ...]) -> str:
    """What there is, in one sentence."""
    every = [row for section in rows for row in section.rows]
    recorded = sum(row.recorded for row in every)
    missing = sum(row.missing for row in every)
    spoken = sum(not row.recorded and not row.missing and not row.mute for row in every)
    parts = ngettext(
        "%(language)s has %(num)s prompt: %(recorded)s recorded by a person, %(spoken)s spoken by "
        "the local voice.",
        "%(language)s has %(num)s prompts: %(recorded)s recorded by a person, %(spoken)s spoken by "
        "the local voice.",
        len(every) - missing,
        language=names.language(language.code),
        recorded=recorded,
        spoken=spoken,
    )
    mute = sum(row.mute for row in every)
    if not missing and not mute:
        return f"{parts} {gettext('Nothing is missing.')}"
    rest = [parts]
    if missing:
        rest.append(ngettext("%(num)s prompt is missing.", "%(num)s prompts are missing.", missing))
    if mute:
        rest.append(
            ngettext("%(num)s prompt needs a recording.", "%(num)s prompts need a recording.", mute)
        )
    return " ".join(rest)


def heard_by_callers(language: Language) -> tuple[Group, ...]:
    """The prompts that callers of a language hear, in groups."""
    known = tuple(name for name in HEARD_BY_CALLERS if name in language.prompts)
    return sorted_into(_pattern(), known, OTHER)


def unreviewed(session: Session, language: Language) -> tuple[str, ...]:
    """The prompts that callers hear and no reviewer has approved as they sound now."""
    sounds = {n: catalogue().url_path(language.code, n) for n in HEARD_BY_CALLERS}
    return prompt_reviews.left(prompt_reviews.standing(session, language.code), sounds)


def english(name: str) -> str:
    """What a prompt is to say: its English text, with this hotline's numbers."""
    settings, text = runtime().settings, _english().get(name, "")
    return text.format(emergency=settings.emergency_number, crisis=settings.crisis_number)


@cache
def _english() -> Mapping[str, str]:
    return load_language(DIRECTORY / f"{PATTERN}.toml").prompts


def notes(session: Session, language: Language) -> tuple[str, ...]:
    """What people must know of a language before they offer it: each in one sentence or two."""
    said = []
    if language.reviewed:
        said.append(language.reviewed)
    elif unreviewed(session, language):
        said.append(gettext("Not yet reviewed by a native speaker."))
    else:
        said.append(gettext("Every prompt that callers hear has been approved."))
    if lacking := len(catalogue().lacking(language.code)):
        said.append(
            ngettext(
                "No voice on this machine speaks it. Callers cannot choose it until %(num)s more "
                "prompt that they hear is recorded.",
                "No voice on this machine speaks it. Callers cannot choose it until %(num)s more "
                "prompts that they hear are recorded.",
                lacking,
            )
        )
    if unread(language.code, language, runtime().settings.models_folder):
        said.append(gettext("Nothing reads it: people listen to its messages."))
    return tuple(said)


@cache
def _pattern() -> tuple[Group, ...]:
    return groups((DIRECTORY / f"{PATTERN}.toml").read_text(encoding="utf-8"))
