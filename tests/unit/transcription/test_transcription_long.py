"""Somebody who speaks on without a breath, and a recording that begins in the middle of a word.

Vosk ends an utterance after 20 s whatever is said just then, and the next one begins there.
"""

from pathlib import Path

import numpy as np
import pytest

from transcription.audio import NARROW, Audio, Samples, decode
from transcription.catalogue import find
from transcription.engine import Engine
from transcription.scoring import word_error_rate

SPEECH = Path(__file__).parents[2] / "data" / "speech"
LANGUAGES = ("en", "es", "ar")
BREATH_DB = 30.0
"""So far below the loudest is a pause, which is cut away at both ends, and no sound of speech."""


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine({code: find(f"vosk-model-tiny-{code}") for code in LANGUAGES})


def sentences(language: str) -> list[tuple[str, Samples]]:
    """What is said in each held-out recording, and its samples without the pauses at its ends."""
    folder = SPEECH / language / "seen"
    found = []
    for line in (folder / "manifest.tsv").read_text(encoding="utf-8").splitlines():
        name, text = line.split("\t")[:2]
        samples = decode((folder / name).read_bytes()).samples
        loud = np.abs(samples.astype(float))
        at = np.flatnonzero(loud > loud.max() * 10 ** (-BREATH_DB / 20))
        found.append((text, samples[at[0] : at[-1]]))
    return found


def recording(samples: Samples) -> Audio:
    return Audio(samples, NARROW, len(samples) / NARROW)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_lost_of_whoever_does_not_stop_to_breathe(engine: Engine, language: str) -> None:
    texts, sounds = zip(*sentences(language), strict=True)
    audio = recording(np.concatenate(sounds))
    assert audio.duration_s > 40.0
    heard = engine.transcribe(audio, language)
    assert word_error_rate(" ".join(texts), heard.text, language) <= 0.15


@pytest.mark.parametrize("language", LANGUAGES)
def test_wherever_it_begins_the_rest_is_understood(engine: Engine, language: str) -> None:
    said = sentences(language)
    whole = np.concatenate([sound for _, sound in said[:3]])
    last = said[2][0].split()[-2:]
    for start in range(0, len(said[0][1]), 400):
        heard = engine.transcribe(recording(whole[start:]), language)
        assert heard.text.split()[-2:] == last, start
