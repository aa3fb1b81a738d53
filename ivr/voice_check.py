"""Doctor's check of the voices: each language that callers can choose can be heard."""

from collections.abc import Iterator

from hotline.doctor.finding import Finding, bad, ok, warn
from hotline.languages import load_languages
from hotline.settings import Settings
from ivr.names import HEARD_BY_CALLERS
from ivr.voice import SpeechError, Voice, speak


def voices(settings: Settings) -> Iterator[Finding]:
    """Each language can be spoken."""
    for code, language in load_languages(settings.languages).items():
        mend = f"Correct the table [voice] in ivr/languages/{code}.toml; see docs/languages.md."
        try:
            voice = Voice.parse(language.voice)
            if voice.silent:
                yield _by_recordings(code, language.english_name, settings)
                continue
            speak(language.name, voice)
        except (SpeechError, ValueError, OSError) as error:
            yield bad("voices", f"{language.english_name} cannot be spoken: {error}.", mend)
            continue
        if voice.piper is not None and not voice.speaks_by_piper:
            yield warn("voices", f"{language.english_name}: its Piper voice is not there.", mend)
        else:
            yield ok("voices", f"{language.english_name} is spoken by {voice.speaker}.")


def _by_recordings(code: str, name: str, settings: Settings) -> Finding:
    """A language that nothing on this machine speaks is heard by recordings, or not offered."""
    folder = settings.recordings_folder / code
    lacking = [prompt for prompt in HEARD_BY_CALLERS if not (folder / f"{prompt}.wav").is_file()]
    if not lacking:
        return ok("voices", f"{name} is spoken by recordings.")
    few, more = ", ".join(lacking[:3]), "" if len(lacking) <= 3 else ", …"
    return warn(
        "voices",
        f"{name} has no local voice and is not offered: {len(lacking)} of the prompts that callers "
        f"hear need a recording ({few}{more}).",
        "Record them on the page Voice menu of the console; see docs/languages.md.",
    )
