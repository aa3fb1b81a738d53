"""Local speech: text in, telephone WAV out, without any speech service.

`espeak-ng` speaks every language (`ivr.espeak`). A language whose voice names a Piper model is
spoken by the `piper` program instead, when that program is on the PATH.
"""

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ivr import espeak
from ivr.espeak import SpeechError
from ivr.loudness import Samples, from_wav, telephone, to_wav

__all__ = ["SpeechError", "Voice", "speak", "speech"]


@dataclass(frozen=True)
class Voice:
    """How a language speaks.

    espeak: name of an espeak-ng voice; empty: none speaks it. speed: words per minute. pitch: 0 to
    99. piper: file of a Piper model, or None.
    """

    espeak: str
    speed: int = 150
    pitch: int = 50
    piper: Path | None = None

    @classmethod
    def parse(cls, table: Mapping[str, Any]) -> "Voice":
        """Read a `[voice]` table. Raises ValueError with what is wrong."""
        if not isinstance(table.get("espeak"), str):
            raise ValueError(
                "[voice] needs `espeak`, the name of an espeak-ng voice, or an empty one where "
                "none speaks the language"
            )
        piper = table.get("piper")
        return cls(
            espeak=table["espeak"],
            speed=int(table.get("speed", 150)),
            pitch=int(table.get("pitch", 50)),
            piper=Path(piper) if piper else None,
        )

    @property
    def speaker(self) -> str:
        """What makes this voice sound as it does, as one string (part of a prompt's hash)."""
        if self.speaks_by_piper:
            return f"piper:{self.piper.name if self.piper else ''}"
        return f"espeak:{self.espeak}:{self.speed}:{self.pitch}"

    @property
    def silent(self) -> bool:
        """Whether nothing on this machine speaks it: every prompt needs a recording."""
        return not self.espeak and not self.speaks_by_piper

    @property
    def speaks_by_piper(self) -> bool:
        """Whether a Piper model is named and there, and the program is on the PATH."""
        return bool(self.piper and self.piper.is_file() and shutil.which("piper"))


def speak(text: str, voice: Voice) -> bytes:
    """Speak the text: a WAV of 16-bit PCM, 8 kHz, mono, at telephone level.

    Raises SpeechError when the voice cannot speak. Empty text gives 150 ms of silence.
    """
    return to_wav(speech(text, voice))


def speech(text: str, voice: Voice) -> Samples:
    """The same as samples at 8 kHz, -1 to 1. Raises SpeechError."""
    samples, rate = _piper(text, voice) if voice.speaks_by_piper else _espeak(text, voice)
    return telephone(samples, rate)


def _espeak(text: str, voice: Voice) -> tuple[Samples, int]:
    if voice.silent:
        raise SpeechError("no voice on this machine speaks the language")
    return espeak.backend(voice.espeak)(text, voice.espeak, voice.speed, voice.pitch)


def _piper(text: str, voice: Voice) -> tuple[Samples, int]:
    command = ["piper", "--model", str(voice.piper), "--output_file", "-"]
    line = " ".join(text.split()) + "\n"
    result = subprocess.run(
        command, input=line.encode(), capture_output=True, check=False, timeout=120
    )
    if result.returncode or not result.stdout.startswith(b"RIFF"):
        raise SpeechError("piper cannot speak; check the file in [voice]")
    return from_wav(result.stdout)
