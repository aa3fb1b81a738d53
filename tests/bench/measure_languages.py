"""`python -m tests.bench.measure_languages`: how clear speech is, in its language and in others.

All held-out recordings, as they are and with white noise at 10 and 5 dB, through every bundled
model; the thresholds of `transcription.wrong_language` were chosen on what this prints (JSON).
"""

import json
from collections import defaultdict
from pathlib import Path

import numpy as np

from transcription.audio import Audio, decode
from transcription.catalogue import find
from transcription.engine import Engine
from transcription.wrong_language import DOUBT, FIRST_S, clearness, head

DATA = Path(__file__).parents[1] / "data" / "speech"
LANGUAGES = ("en", "es", "ar")
NOISES_DB = (None, 10.0, 5.0)


def noisy(audio: Audio, snr_db: float | None) -> Audio:
    """The recording with white noise of that much less power, the same each time."""
    if snr_db is None:
        return audio
    samples = audio.samples.astype(np.float64)
    power = float(np.mean(samples**2)) / 10 ** (snr_db / 10)
    drawn = np.random.default_rng(7).standard_normal(samples.size) * power**0.5
    mixed = np.clip(samples + drawn, -32768, 32767).astype(np.int16)
    return Audio(mixed, audio.rate, audio.duration_s)


def main() -> None:
    """Measure and print."""
    engine = Engine({code: find(f"vosk-model-tiny-{code}") for code in LANGUAGES})
    engine.preload()
    right, wrong, margin = defaultdict(list), defaultdict(list), defaultdict(list)
    for spoken in LANGUAGES:
        for file in sorted((DATA / spoken).rglob("*.wav")):
            whole = decode(file.read_bytes())
            for noise in NOISES_DB:
                audio = head(noisy(whole, noise), FIRST_S)
                found = {c: clearness(engine.transcribe(audio, c).words) for c in LANGUAGES}
                right[noise].append(found[spoken])
                for code in LANGUAGES:
                    if code != spoken:
                        wrong[noise].append(found[code])
                        margin[noise].append(found[spoken] - found[code])
    for noise in NOISES_DB:
        print(
            json.dumps(
                {
                    "noise_db": noise,
                    "files": len(right[noise]),
                    "right_doubted": doubted(right[noise]),
                    "wrong_doubted": doubted(wrong[noise]),
                    "right": spread(right[noise]),
                    "wrong": spread(wrong[noise]),
                    "margin": spread(margin[noise]),
                }
            )
        )


def doubted(values: list[float]) -> float:
    """The share for which other languages are tried."""
    return round(sum(value < DOUBT for value in values) / len(values), 3)


def spread(values: list[float]) -> dict[str, float]:
    """Some percentiles."""
    found = np.percentile(values, [0, 1, 5, 25, 50, 75, 95, 99, 100])
    names = ("min", "p1", "p5", "p25", "p50", "p75", "p95", "p99", "max")
    return {name: round(float(v), 3) for name, v in zip(names, found, strict=True)}


if __name__ == "__main__":
    main()
