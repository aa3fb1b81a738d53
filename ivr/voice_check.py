"""Doctor's check of the voices: each language that callers can choose can be spoken."""

from collections.abc import Iterator

from hotline.doctor.finding import Finding, bad, ok, warn
from hotline.languages import load_languages
from hotline.settings import Settings
from ivr.voice import SpeechError, Voice, speak


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
