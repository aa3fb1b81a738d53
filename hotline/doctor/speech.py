"""Ears: a speech model for each language that callers can choose. (Voices: `ivr.voice_check`.)"""

from collections.abc import Iterator
from pathlib import Path

from hotline.doctor.finding import Finding, bad, for_real_callers, ok, warn
from hotline.languages import load_languages
from hotline.mistakes import Mistake
from hotline.reports import masks
from hotline.settings import Settings
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
        try:
            chosen = catalogue.choose(code, language.model, settings.models_folder)
        except ModelMissing as error:
            yield bad(
                "models", f"{language.english_name}: {error}", f"hotline models install {code}"
            )
        else:
            real = for_real_callers(settings)
            yield judged(chosen, language.english_name, real, load=load)


def judged(chosen: Chosen, name: str, real: bool, *, load: bool = True) -> Finding:
    """What is to be said of the model of one language."""
    model = chosen.folder.name
    install = f"hotline models install {chosen.language}"
    if chosen.is_test_model:
        says = f"{name} is recognized with the test model {model}: not for real callers."
        return bad("models", says, install) if real else warn("models", says, install)
    if not load:
        return ok("models", f"{name}: {model} is installed.")
    if bytes_in(chosen.folder) > LOADED_BYTES:
        return ok("models", f"{name}: {model} (large; `hotline models verify` would load it).")
    try:
        models_verify.check(chosen.folder)
    except ModelsError as error:
        return bad("models", f"{name}: {error}", f"hotline models remove {model}, then {install}")
    return ok("models", f"{name}: {model} loads.")


def bytes_in(folder: Path) -> int:
    """The size of all files in a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def languages(settings: Settings) -> Iterator[Finding]:
    """The files of all languages can be read, with what they say of triage and masks."""
    try:
        found = load_languages(settings.languages)
        masks.parse(found)
    except Mistake as error:
        yield bad("languages", str(error), "Correct the file, or HOTLINE_LANGUAGES.")
        return
    names = ", ".join(language.english_name for language in found.values())
    yield ok("languages", f"Callers can choose {names}.")
