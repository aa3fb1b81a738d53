"""`hotline transcribe FILE`: one recording in, its text (or JSON with word times) out."""

import json
from dataclasses import dataclass
from pathlib import Path

from hotline.languages import DIRECTORY, LanguageError, load_language
from transcription.audio import STREAMED_TYPE, Audio, AudioError, decode
from transcription.catalogue import ModelMissing, choose
from transcription.engine import Engine, ModelBroken
from transcription.result import Transcript

# What the end of a name says. Only kinds without a header need it: bytes tell the others.
MEDIA_TYPES = {
    ".wav": "audio/wav",
    ".mp3": "audio/mpeg",
    ".flac": "audio/flac",
    ".ogg": "audio/ogg",
    ".ulaw": STREAMED_TYPE,
    ".mulaw": STREAMED_TYPE,
    ".ul": STREAMED_TYPE,
    ".alaw": "audio/x-alaw;rate=8000",
    ".al": "audio/x-alaw;rate=8000",
}


class TranscribeError(Exception):
    """It cannot be done; the message is one sentence that says what to do instead."""


@dataclass(frozen=True)
class Printed:
    """What goes to standard output, and one sentence for each flaw of the recording."""

    text: str
    notes: tuple[str, ...]


def transcribe_file(path: Path, language: str, models_dir: Path | None, as_json: bool) -> Printed:
    """The text of the recording in `path`, or its transcript as JSON (see `Transcript`).

    models_dir: HOTLINE_MODELS_DIR, or None for the bundled models. The text is empty where nothing
    was said. Raises TranscribeError for: no such file, not audio, unknown language, missing model.
    """
    model = model_folder(language, models_dir)
    audio = read_audio(path)
    try:
        transcript = Engine({language: model}).transcribe(audio, language)
    except ModelBroken as error:
        raise TranscribeError(str(error)) from None
    notes = tuple(flaw.sentence for flaw in sorted(audio.flaws))
    return Printed(as_text(transcript, as_json), notes)


def model_folder(language: str, models_dir: Path | None) -> Path:
    """The model folder of a language. Raises TranscribeError."""
    known = sorted(file.stem for file in DIRECTORY.glob("*.toml"))
    if language not in known:
        raise TranscribeError(
            f"There is no language {language!r}; choose one of {', '.join(known)}, or add its file "
            "to ivr/languages."
        )
    try:
        wanted = load_language(DIRECTORY / f"{language}.toml").model
        return choose(language, wanted, models_dir).folder
    except (LanguageError, ModelMissing) as error:
        raise TranscribeError(str(error)) from None


def read_audio(path: Path) -> Audio:
    """The recording in a file. Raises TranscribeError."""
    try:
        data = path.read_bytes()
        return decode(data, media_type=MEDIA_TYPES.get(path.suffix.lower(), ""))
    except FileNotFoundError:
        raise TranscribeError(f"There is no file {path}; check the name.") from None
    except OSError as error:
        raise TranscribeError(f"{path} cannot be read: {error.strerror}.") from None
    except AudioError as error:
        raise TranscribeError(f"{path} cannot be transcribed: {error}") from None


def as_text(transcript: Transcript, as_json: bool) -> str:
    """The transcript as it is printed."""
    if not as_json:
        return transcript.text
    values = transcript.to_dict()
    del values["sentences"], values["peaks"]  # words and times say it all
    return json.dumps(values, ensure_ascii=False, indent=2)
