"""The first of HOTLINE_LANGUAGES: whatever cannot be said in another one is said in it."""

from collections.abc import Iterator

from hotline.doctor.finding import Finding, LanguageNames, bad, for_real_callers, ok, warn
from hotline.languages import Language, load_languages
from hotline.settings import Settings
from hotline.texts import marked
from ivr.names import HEARD_BY_CALLERS
from ivr.voice import Voice
from transcription import catalogue

CHECK = "first_language"


def first_language(settings: Settings) -> Iterator[Finding]:
    """It can be heard, and what is said in it is read."""
    code, language = next(iter(load_languages(settings.languages).items()))
    name = LanguageNames((language,))
    heard, read = _is_heard(code, language, settings), _is_read(code, language, settings)
    if not heard:
        yield (bad if for_real_callers(settings) else warn)(
            CHECK,
            marked(
                "The first language, %(language)s, has no voice here and not all recordings: "
                "callers would hear nothing where others fall back to it."
            ),
            marked("Name a language with a voice first in HOTLINE_LANGUAGES, or record it."),
            language=name,
        )
    if not read:
        yield warn(
            CHECK,
            marked(
                "Nothing reads the first language, %(language)s: words of most callers wait for "
                "a person who listens."
            ),
            marked("Name a language with a speech model first in HOTLINE_LANGUAGES."),
            language=name,
        )
    if heard and read:
        says = marked("The first language, %(language)s, has a voice and a speech model.")
        yield ok(CHECK, says, language=name)


def _is_heard(code: str, language: Language, settings: Settings) -> bool:
    if not Voice.parse(language.voice).silent:
        return True
    folder = settings.recordings_folder / code
    return all((folder / f"{prompt}.wav").is_file() for prompt in HEARD_BY_CALLERS)


def _is_read(code: str, language: Language, settings: Settings) -> bool:
    return not catalogue.unread(code, language, settings.models_folder)
