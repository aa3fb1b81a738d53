"""Messages of any length for the benchmarks, made of held-out speech."""

import io
from pathlib import Path

import numpy as np
import soundfile

DATA = Path(__file__).parents[1] / "data" / "speech"
RATE = 8000
GAP_S = 0.7


def message(seconds: float, language: str = "en", voices: str = "seen") -> bytes:
    """µ-law of that many seconds: one sentence after the other, with a breath between. voices: a
    set of held-out speech; "unseen_rms" for models that are not ours, which hardly understand the
    others and then ask whether another language is spoken."""
    gap = np.zeros(int(GAP_S * RATE), np.int16)
    pieces = []
    for file in sorted((DATA / language / voices).glob("*.wav")):
        pieces += [soundfile.read(file, dtype="int16")[0], gap]
    whole = np.resize(np.concatenate(pieces), int(seconds * RATE))
    buffer = io.BytesIO()
    soundfile.write(buffer, whole, RATE, format="RAW", subtype="ULAW")
    return buffer.getvalue()


def wav(ulaw: bytes) -> bytes:
    """The same as a carrier's recording: 8 kHz PCM in a WAV file."""
    samples, _ = soundfile.read(
        io.BytesIO(ulaw), dtype="int16", samplerate=RATE, channels=1, format="RAW", subtype="ULAW"
    )
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, RATE, format="WAV", subtype="PCM_16")
    return buffer.getvalue()
