"""Hostile bytes meet native code in here only: decoding and recognition, each time in a child.

The child is forked with the models loaded (`sandbox`), so that nothing is loaded for a message.
"""

import gc
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from transcription import loudness
from transcription.audio import AudioError, Empty, NotAudio, Part, TooLong, decode_parts, encode_wav
from transcription.confinement import Limits, limits_for
from transcription.engine import Engine
from transcription.result import Transcript
from transcription.samples import NARROW
from transcription.sandbox import run_apart
from transcription.wrong_language import understand

ERRORS = {error.__name__: error for error in (AudioError, NotAudio, Empty, TooLong)}
BYTES_PER_S = 8000
"""Of the telephone's µ-law. PCM has more, for which it gets more time; MP3 less, but then the
carrier has told how long it plays."""


@dataclass(frozen=True)
class Room:
    """What a child may use, and what is done while it works.

    memory_mb: beyond what the parent has loaded. on_wait: called every `every_s` seconds; if it
    raises, the child is ended and the exception goes on.
    """

    memory_mb: int
    on_wait: Callable[[], None] | None = None
    every_s: float = 5.0

    def limits(self, parts: Sequence[Part], told_s: float | None) -> Limits:
        """For parts of that size, of which the carrier says that they play `told_s` seconds."""
        size = sum(len(data) for _, data in parts)
        return limits_for(max(told_s or 0.0, size / BYTES_PER_S), self.memory_mb)


def heard(
    engine: Engine, parts: Sequence[Part], language: str, room: Room, told_s: float | None = None
) -> Transcript:
    """What is said in the parts of a message, in that language or the one it clearly is; and how
    loud it is.

    Raises AudioError or ChildDied.
    """

    def work() -> dict[str, Any]:
        audio = decode_parts(parts)
        peaks = loudness.of_samples(audio.samples, audio.rate).peaks
        return replace(understand(engine, audio, language), peaks=peaks).to_dict()

    return Transcript.from_dict(_apart(work, room.limits(parts, told_s), room))


def answered(
    engine: Engine, part: Part, language: str, grammar: Sequence[str], room: Room, *, free: bool
) -> tuple[list[str], list[str]]:
    """A short answer: the words of the grammar that are said in it, and with `free` all words.

    Unintelligible ones are left out. Raises AudioError or ChildDied.
    """

    def work() -> dict[str, Any]:
        audio = decode_parts([part])
        said = engine.transcribe(audio, language, grammar).words if grammar else ()
        whole = engine.transcribe(audio, language).words if free else ()
        return {
            name: [one.word for one in words if not one.unintelligible]
            for name, words in (("said", said), ("whole", whole))
        }

    found = _apart(work, room.limits([part], None), room)
    return found["said"], found["whole"]


def check(parts: Sequence[Part], room: Room, told_s: float | None = None) -> float:
    """How long the parts play, in seconds, if they are sound. Raises AudioError or ChildDied."""

    def work() -> dict[str, Any]:
        return {"duration_s": decode_parts(parts).duration_s}

    return float(_apart(work, room.limits(parts, told_s), room)["duration_s"])


def warm_up(engine: Engine) -> None:
    """Go the whole way once, here. A child can import nothing any more, and finds all in place."""
    second = (np.arange(NARROW) % 80 * 100).astype(np.int16)  # a buzz of 100 Hz
    for rate in (NARROW, 11025):  # the second one is resampled
        audio = decode_parts([("audio/wav", encode_wav(second, rate))])
        loudness.of_samples(audio.samples, audio.rate)
        for language in engine.languages:
            json.loads(json.dumps(engine.transcribe(audio, language).to_dict()))


def settle() -> None:
    """Keep what is loaded shared with the children: no collector writes into it any more."""
    gc.collect()
    gc.freeze()


def _apart(work: Callable[[], dict[str, Any]], limits: Limits, room: Room) -> dict[str, Any]:
    def answer() -> bytes:
        try:
            said = {"result": work()}
        except AudioError as error:
            said = {"error": {"kind": type(error).__name__, "sentence": str(error)}}
        return json.dumps(said).encode()

    answered = json.loads(run_apart(answer, limits, on_wait=room.on_wait, every_s=room.every_s))
    if "error" in answered:
        raise ERRORS[answered["error"]["kind"]](answered["error"]["sentence"])
    found: dict[str, Any] = answered["result"]
    return found
