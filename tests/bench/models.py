"""Which model a benchmark takes: the bundled English one, or one that is installed elsewhere."""

import sys
from pathlib import Path

from transcription.audio import Audio, resampled
from transcription.catalogue import choose
from transcription.model_conf import rate_of

BUNDLED_ENGLISH = "vosk-model-tiny-en"


def folder_given() -> Path | None:
    """The folder of `hotline models` that the command line names, if it does."""
    return Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else None


def english(models_dir: Path | None) -> Path:
    """The English model that a hotline with that folder uses."""
    return choose("en", BUNDLED_ENGLISH, models_dir).folder


def voices(models_dir: Path | None) -> str:
    """The set of held-out speech that such a model understands."""
    return "seen" if models_dir is None else "unseen_rms"


def at_rate_of(model: Path, audio: Audio) -> tuple[bytes, int]:
    """The recording as the model takes it, 16-bit samples, and their rate in Hz."""
    rate = rate_of(model)
    return resampled(audio, rate).astype("<i2").tobytes(), rate
