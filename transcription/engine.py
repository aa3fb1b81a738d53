"""Speech to text with Vosk, on this machine. The only file that imports vosk.

Models are loaded once, in the worker's parent before it forks; a forked child recognizes with the
parent's copy. A `Model` may be shared by threads, a recognizer may not: each call makes its own.
"""

import json
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import vosk

from transcription.audio import NARROW, Audio
from transcription.result import UNINTELLIGIBLE, Transcript, Word, make_transcript

BLOCK_S = 0.1  # fed at a time, as when the models were measured
UNKNOWN_WORD = "[unk]"  # what Vosk calls a sound that is none of its words

vosk.SetLogLevel(-2)  # errors only: -1 still warns of every word alignment


class UnknownLanguage(LookupError):
    """No model is configured for the language."""


class ModelBroken(Exception):
    """The folder is there but Vosk cannot load it; the message says what to do about it."""


class Engine:
    """Recognizers for some languages, each with its model loaded at most once."""

    def __init__(self, models: Mapping[str, Path]) -> None:
        """models: language code -> model folder (see `transcription.catalogue.find`)."""
        self._folders = dict(models)
        self._loaded: dict[str, Any] = {}
        self._lock = threading.Lock()

    @property
    def languages(self) -> tuple[str, ...]:
        """The language codes it has a model for."""
        return tuple(self._folders)

    def preload(self) -> None:
        """Load every model now. Raises ModelBroken."""
        for language in self._folders:
            self._model(language)

    def transcribe(self, audio: Audio, language: str) -> Transcript:
        """What is said in the recording. Raises UnknownLanguage or ModelBroken.

        Silence and noise give a transcript without words.
        """
        recognizer = vosk.KaldiRecognizer(self._model(language), audio.rate)
        recognizer.SetWords(True)
        words = [to_word(raw) for result in results(recognizer, audio) for raw in result]
        return make_transcript(language, self._folders[language].name, words, audio.duration_s)

    def _model(self, language: str) -> Any:
        if language not in self._folders:
            raise UnknownLanguage(f"There is no speech model for the language {language!r}.")
        with self._lock:
            if language not in self._loaded:
                self._loaded[language] = load(self._folders[language])
            return self._loaded[language]


def load(folder: Path) -> Any:
    """Load a Vosk model from its folder. Raises ModelBroken."""
    try:
        model = vosk.Model(str(folder))
        vosk.KaldiRecognizer(model, NARROW)  # a damaged graph shows only here
        return model
    except Exception:  # vosk raises nothing more particular
        raise ModelBroken(
            f"The speech model {folder.name} cannot be loaded; unpack it again into the folder "
            "that HOTLINE_MODELS_DIR names."
        ) from None


def results(recognizer: Any, audio: Audio) -> Iterator[list[dict[str, Any]]]:
    """The raw words of each utterance as Vosk finds them, the last one when the audio ends."""
    data = audio.samples.astype("<i2").tobytes()
    step = 2 * int(BLOCK_S * audio.rate)
    for start in range(0, len(data), step):
        if recognizer.AcceptWaveform(data[start : start + step]):
            yield json.loads(recognizer.Result()).get("result", [])
    yield json.loads(recognizer.FinalResult()).get("result", [])


def to_word(raw: Mapping[str, Any]) -> Word:
    """One word of Vosk's JSON (`word`, `start`, `end` in seconds, `conf`)."""
    text = UNINTELLIGIBLE if raw["word"] == UNKNOWN_WORD else raw["word"]
    confidence = min(1.0, max(0.0, raw["conf"]))
    return Word(text=text, start=raw["start"], end=raw["end"], confidence=confidence)
