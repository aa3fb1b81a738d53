"""What a Vosk model's own settings say: the rate of the sound that it was trained with."""

from collections.abc import Iterator
from pathlib import Path

PLACES = ("conf/mfcc.conf", "conf/fbank.conf", "mfcc.conf")
"""Where Vosk looks for how sound is turned into features, the first that is there; the last one in
models of the first layout."""
OPTION = "--sample-frequency"
KALDI_RATE = 16000
"""Kaldi's own where a model says nothing (`FrameExtractionOptions`, feat/feature-window.h)."""


def rate_of(folder: Path) -> int:
    """Hz of the sound that the model in that folder takes; the small published ones take 16,000."""
    for place in PLACES:
        file = folder / place
        if file.is_file():
            return _rate(file.read_text(encoding="utf-8", errors="replace"))
    return KALDI_RATE


def _rate(settings: str) -> int:
    found = KALDI_RATE
    for name, value in _options(settings):
        if name == OPTION:
            try:
                rate = float(value)
            except ValueError:
                continue  # the engine says what ails the file, when it is loaded
            found = round(rate) if 1 <= rate <= 1_000_000 else found
    return found


def _options(settings: str) -> Iterator[tuple[str, str]]:
    """As Kaldi reads them: comments, small letters, and `_` as good as `-` in names."""
    for line in settings.splitlines():
        name, _, value = line.partition("#")[0].partition("=")
        yield name.strip().lower().replace("_", "-"), value.strip()
