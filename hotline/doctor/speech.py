"""Ears: a speech model for each language that callers can choose. (Voices: `ivr.voice_check`.)"""

from collections.abc import Iterator
from pathlib import Path

from hotline.doctor.finding import Finding, LanguageNames, bad, for_real_callers, ok, warn
from hotline.languages import Language, load_languages
from hotline.mistakes import Mistake
from hotline.reports import masks
from hotline.settings import Settings
from hotline.texts import marked
from transcription import catalogue, models_verify
from transcription.catalogue import Chosen, ModelMissing
from transcription.models_errors import ModelsError

LOADED_BYTES = 1_000_000_000
"""A larger model is not loaded to see whether it can be: beside a working one it may not fit."""


def models(settings: Settings) -> Iterator[Finding]:
    """Each language has a model that loads, and it is none of the test models."""
    yield from _models(settings, load=True)


def models_there(settings: Settings) -> Iterator[Finding]:
    """The same without loading any: beside working ones, and often, that would cost too much."""
    yield from _models(settings, load=False)


def _models(settings: Settings, *, load: bool) -> Iterator[Finding]:
    for code, language in load_languages(settings.languages).items():
        if catalogue.unread(code, language, settings.models_folder):
            says = marked("Nothing reads %(language)s: people listen to its messages.")
            yield ok("models", says, language=_name(language))
            continue
        try:
            chosen = catalogue.choose(code, language.model, settings.models_folder)
        except ModelMissing as error:
            yield bad(
                "models",
                marked("Speech in %(language)s cannot be recognized. %(error)s"),
                "hotline models install %(code)s",
                language=_name(language),
                error=error.sentence,
                code=code,
            )
        else:
            yield judged(chosen, language, for_real_callers(settings), load=load)


def judged(chosen: Chosen, language: Language, real: bool, *, load: bool = True) -> Finding:
    """What is to be said of the model of one language."""
    model, name = chosen.folder.name, _name(language)
    install = "hotline models install %(code)s"
    if chosen.is_test_model:
        level = bad if real else warn
        says = marked(
            "Speech in %(language)s is recognized with the test model %(model)s: not for real "
            "callers."
        )
        return level("models", says, install, language=name, model=model, code=chosen.language)
    if not load:
        says = marked("The model for %(language)s, %(model)s, is installed.")
        return ok("models", says, language=name, model=model)
    if bytes_in(chosen.folder) > LOADED_BYTES:
        says = marked(
            "The model for %(language)s, %(model)s, is large; "
            "`hotline models verify` would load it."
        )
        return ok("models", says, language=name, model=model)
    try:
        models_verify.check(chosen.folder)
    except ModelsError as error:
        return bad(
            "models",
            marked("Speech in %(language)s cannot be recognized. %(error)s"),
            f"hotline models remove %(model)s; {install}",
            language=name,
            error=error,
            model=model,
            code=chosen.language,
        )
    says = marked("The model for %(language)s, %(model)s, loads.")
    return ok("models", says, language=name, model=model)


def _name(language: Language) -> LanguageNames:
    return LanguageNames((language,))


def bytes_in(folder: Path) -> int:
    """The size of all files in a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def languages(settings: Settings) -> Iterator[Finding]:
    """The files of all languages can be read, with what they say of triage and masks."""
    try:
        found = load_languages(settings.languages)
        masks.parse(found)
    except Mistake as error:
        yield bad("languages", str(error), marked("Correct the file, or HOTLINE_LANGUAGES."))
        return
    says = marked("Callers can choose %(languages)s.")
    yield ok("languages", says, languages=LanguageNames(tuple(found.values())))


def reviews(settings: Settings) -> Iterator[Finding]:
    """A native speaker has read each language; whoever takes real calls without it is told."""
    unread = [one for one in load_languages(settings.languages).values() if not one.reviewed]
    if not unread:
        yield ok("languages", marked("A native speaker has reviewed every language."))
        return
    says = marked("Not yet reviewed by a native speaker: %(languages)s.")
    names = LanguageNames(tuple(unread))
    if for_real_callers(settings):
        mend = marked("Let one read and hear the prompts on the page Voice menu.")
        yield warn("languages", says, mend, languages=names)
    else:
        yield ok("languages", says, languages=names)
