"""Speech to text with Vosk, on this machine. The only file that imports vosk.

Models are loaded once, in a parent process before it forks; a forked child recognizes with the
parent's copy. A model may be shared by threads, a `Listener` may not: each recording has its own.
"""

import json
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import vosk

from transcription.audio import NARROW, Audio
from transcription.model_conf import rate_of
from transcription.result import UNINTELLIGIBLE, Transcript, Word, make_transcript
from transcription.samples import Resampler

BLOCK_S = 0.25
"""Of a stream fed at a time: as it comes (`transcription.live.BATCH_S`)."""
BLOCK_SAMPLES = 4000
"""Of a recording fed at a time, as in Vosk's own examples; with 800 it costs 4 % more."""
UNKNOWN_WORD = "[unk]"  # what Vosk calls a sound that is none of its words
SAMPLE_BYTES = 2
TRIED_S = 0.1
"""Of silence that a model hears when it is loaded."""

vosk.SetLogLevel(-2)  # errors only: -1 still warns of every word alignment


class UnknownLanguage(LookupError):
    """No model is configured for the language."""


class ModelBroken(Exception):
    """The folder is there but Vosk cannot load it; the message says what to do about it."""


class Listener:
    """Recognizes one recording while its sound comes in. For one thread."""

    def __init__(
        self,
        recognizer: Any,
        language: str,
        model: str,
        rate: int,
        block: int | None = None,
        resampler: Resampler | None = None,
    ) -> None:
        """Made by `Engine.listener`. block: samples fed at a time; those of BLOCK_S without it.
        resampler: from `rate` to the one that the recognizer takes, where that is another."""
        recognizer.SetWords(True)
        self._recognizer, self._resampler = recognizer, resampler
        self._language, self._model, self._rate = language, model, rate
        self._block = SAMPLE_BYTES * (block or int(BLOCK_S * rate))
        self._rest = b""
        self._samples = 0
        self._cpu_s = 0.0
        self._utterances: list[list[Word]] = []

    def accept(self, pcm: bytes) -> None:
        """Hear more of it: 16-bit little-endian samples. Where they are cut does not matter."""
        data = self._rest + pcm
        whole = len(data) - len(data) % self._block
        self._rest = data[whole:]
        for start in range(0, whole, self._block):
            self._hear(data[start : start + self._block])

    def finish(self) -> Transcript:
        """The recording is over: what was said in it. Silence and noise have no words."""
        self._hear(self._rest[: len(self._rest) // SAMPLE_BYTES * SAMPLE_BYTES], last=True)
        began = time.thread_time()
        self._take(self._recognizer.FinalResult())
        self._cpu_s += time.thread_time() - began
        duration_s = self._samples / self._rate
        said = self._utterances
        return make_transcript(self._language, self._model, said, duration_s, self._cpu_s)

    def _hear(self, block: bytes, *, last: bool = False) -> None:
        # Kaldi computes in the thread that calls it, so that this thread's time is all of it.
        began = time.thread_time()
        heard = block if self._resampler is None else self._resampler.more(block, last=last)
        if heard and self._recognizer.AcceptWaveform(heard):
            self._take(self._recognizer.Result())
        self._samples += len(block) // SAMPLE_BYTES
        self._cpu_s += time.thread_time() - began

    def _take(self, answer: str) -> None:
        self._utterances.append([to_word(raw) for raw in json.loads(answer).get("result", [])])


class Engine:
    """Recognizers for some languages, each with its model loaded at most once."""

    def __init__(self, models: Mapping[str, Path]) -> None:
        """models: language code -> model folder (see `transcription.catalogue.choose_all`)."""
        self._folders = dict(models)
        self._loaded: dict[str, tuple[Any, int]] = {}
        self._lock = threading.Lock()

    @property
    def languages(self) -> tuple[str, ...]:
        """The language codes it has a model for."""
        return tuple(self._folders)

    def preload(self) -> None:
        """Load every model now. Raises ModelBroken."""
        for language in self._folders:
            self._model(language)

    def listener(
        self,
        language: str,
        rate: int = NARROW,
        block: int | None = None,
        grammar: Sequence[str] = (),
    ) -> Listener:
        """Ears for one recording of `rate` Hz. Raises UnknownLanguage or ModelBroken.

        grammar: the only words that are listened for, each known to the model; all others are
        unintelligible. A model with a fixed graph (the large ones) listens for all it knows.
        """
        words = (json.dumps([*grammar, UNKNOWN_WORD], ensure_ascii=False),) if grammar else ()
        model, takes = self._model(language)
        recognizer = vosk.KaldiRecognizer(model, takes, *words)
        # Vosk refuses sound of a lower rate than the model's, and the small models that are
        # published take 16 kHz: a telephone has 8.
        resampler = None if rate == takes else Resampler(rate, takes)
        return Listener(recognizer, language, self._folders[language].name, rate, block, resampler)

    def known(self, language: str, words: Sequence[str]) -> list[str]:
        """Those of the words that its model knows. Raises UnknownLanguage or ModelBroken."""
        model, _ = self._model(language)
        return [word for word in words if word and model.vosk_model_find_word(word) >= 0]

    def transcribe(self, audio: Audio, language: str, grammar: Sequence[str] = ()) -> Transcript:
        """What is said in the recording. Raises UnknownLanguage or ModelBroken."""
        listener = self.listener(language, audio.rate, BLOCK_SAMPLES, grammar)
        listener.accept(audio.samples.astype("<i2", copy=False).tobytes())
        return listener.finish()

    def _model(self, language: str) -> tuple[Any, int]:
        """The model, and the rate that it takes: a confined child can read no settings."""
        if language not in self._folders:
            raise UnknownLanguage(f"There is no speech model for the language {language!r}.")
        with self._lock:
            if language not in self._loaded:
                self._loaded[language] = load(self._folders[language])
            return self._loaded[language]


def load(folder: Path) -> tuple[Any, int]:
    """A Vosk model from its folder, and the rate of sound that it takes. Raises ModelBroken."""
    try:
        model, rate = vosk.Model(str(folder)), rate_of(folder)
        recognizer = vosk.KaldiRecognizer(model, rate)  # a damaged graph shows only here
        recognizer.AcceptWaveform(bytes(SAMPLE_BYTES * int(TRIED_S * rate)))
        return model, rate
    except Exception:  # vosk raises nothing more particular
        raise ModelBroken(
            f"The speech model {folder.name} cannot be loaded; unpack it again into the folder "
            "that HOTLINE_MODELS_DIR names."
        ) from None


def to_word(raw: Mapping[str, Any]) -> Word:
    """One word of Vosk's JSON (`word`, `start`, `end` in seconds, `conf`)."""
    word = UNINTELLIGIBLE if raw["word"] == UNKNOWN_WORD else raw["word"]
    confidence = min(1.0, max(0.0, raw["conf"]))
    return Word(word=word, start_s=raw["start"], end_s=raw["end"], confidence=confidence)
