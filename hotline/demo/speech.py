"""The voices of the demonstration, spoken on this machine; none is the voice of the prompts."""

from pathlib import Path

from hotline.demo.options import DemoError
from ivr.voice import Voice, speak
from transcription.audio import AudioError, decode

CALLER_VOICES = {
    "en": Voice("en-us+Andrea", speed=140, pitch=50),
    "es": Voice("es-419+Andrea", speed=140, pitch=50),
    "ar": Voice("ar+Andrea", speed=130, pitch=50),
}
GREETING_VOICE = Voice("en-us+Michael", speed=170, pitch=35)
GREETING = "Hello. I can not come to the phone right now. Please leave a message after the tone."


def caller(sentences: tuple[str, ...], language: str, folder: Path) -> Path:
    """The caller's words as a WAV file: sentences with a breath between them."""
    text = ". ".join(sentences) + ("." if sentences else "")
    return _write(folder / "caller.wav", speak(text, CALLER_VOICES[language]))


def later(sentences: tuple[str, ...], language: str, folder: Path) -> Path:
    """What the caller says on a later call, in the same voice."""
    text = ". ".join(sentences) + "."
    return _write(folder / "caller-later.wav", speak(text, CALLER_VOICES[language]))


def greeting(folder: Path) -> Path:
    """What a voicemail box says."""
    return _write(folder / "greeting.wav", speak(GREETING, GREETING_VOICE))


def given(path: Path) -> Path:
    """A recording given by the user. Raises DemoError when it is not audio."""
    try:
        decode(path.read_bytes())
    except OSError:
        raise DemoError(f"There is no readable recording at {path}; check the name.") from None
    except AudioError as error:
        raise DemoError(f"{path.name} cannot be used as the caller's speech: {error}") from None
    return path.resolve()


def _write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path.resolve()
