"""Ears and voices: a speech model and a voice for each language that callers can choose."""

from collections.abc import Iterator
from pathlib import Path

from hotline.doctor.finding import Finding, bad, for_real_callers, ok, warn
from hotline.languages import load_languages
from hotline.mistakes import Mistake
from hotline.reports import masks
from hotline.settings import Settings
from ivr.voice import SpeechError, Voice, speak
from transcription import catalogue, models_verify
from transcription.catalogue import Chosen, ModelMissing
from transcription.models_errors import ModelsError

LOADED_BYTES = 1_000_000_000
"""A larger model is not loaded to see whether it can be: beside a working one it may not fit."""


def models(settings: Settings) -> Iterator[Finding]:
    """Each language has a model that loads, and it is none of the test models."""
    for code, language in load_languages(settings.languages).items():
        try:
            chosen = catalogue.choose(code, language.model, settings.models_folder)
        except ModelMissing as error:
            yield bad(
                "models", f"{language.english_name}: {error}", f"hotline models install {code}"
            )
        else:
            yield judged(chosen, language.english_name, for_real_callers(settings))


def judged(chosen: Chosen, name: str, real: bool) -> Finding:
    """What is to be said of the model of one language."""
    model = chosen.folder.name
    install = f"hotline models install {chosen.language}"
    if chosen.is_test_model:
        says = f"{name} is recognized with the test model {model}: not for real callers."
        return bad("models", says, install) if real else warn("models", says, install)
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


def voices(settings: Settings) -> Iterator[Finding]:
    """Each language can be spoken."""
    for code, language in load_languages(settings.languages).items():
        mend = f"Correct the table [voice] in ivr/languages/{code}.toml; see docs/languages.md."
        try:
            voice = Voice.parse(language.voice)
            speak(language.name, voice)
        except (SpeechError, ValueError, OSError) as error:
            yield bad("voices", f"{language.english_name} cannot be spoken: {error}.", mend)
            continue
        if voice.piper is not None and not voice.speaks_by_piper:
            yield warn("voices", f"{language.english_name}: its Piper voice is not there.", mend)
        else:
            yield ok("voices", f"{language.english_name} is spoken by {voice.speaker}.")


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
