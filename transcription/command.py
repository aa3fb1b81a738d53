"""`hotline transcribe FILE`: one recording in, its text (or JSON with word times) out."""

import json
from pathlib import Path

from hotline.languages import DIRECTORY, LanguageError, load_language
from transcription.audio import Audio, AudioError, decode
from transcription.catalogue import ModelMissing, find
from transcription.engine import Engine, ModelBroken
from transcription.result import Transcript


class TranscribeError(Exception):
    """It cannot be done; the message is one sentence that says what to do instead."""


def transcribe_file(path: Path, language: str, models_dir: Path | None, as_json: bool) -> str:
    """The text of the recording in `path`, or its transcript as JSON (see `Transcript.to_dict`).

    models_dir: HOTLINE_MODELS_DIR, or None for the bundled models. The text is empty where nothing
    was said. Raises TranscribeError for: no such file, not audio, unknown language, missing model.
    """
    model = model_folder(language, models_dir)
    audio = read_audio(path)
    try:
        transcript = Engine({language: model}).transcribe(audio, language)
    except ModelBroken as error:
        raise TranscribeError(str(error)) from None
    return as_text(transcript, as_json)


def model_folder(language: str, models_dir: Path | None) -> Path:
    """The model folder of a language. Raises TranscribeError."""
    known = sorted(file.stem for file in DIRECTORY.glob("*.toml"))
    if language not in known:
        raise TranscribeError(
            f"There is no language {language!r}; choose one of {', '.join(known)}, or add its file "
            "to ivr/languages."
        )
    try:
        return find(load_language(DIRECTORY / f"{language}.toml").model, models_dir)
    except (LanguageError, ModelMissing) as error:
        raise TranscribeError(str(error)) from None


def read_audio(path: Path) -> Audio:
    """The recording in a file. Raises TranscribeError."""
    try:
        return decode(path.read_bytes())
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
    return json.dumps(transcript.to_dict(), ensure_ascii=False, indent=2)
