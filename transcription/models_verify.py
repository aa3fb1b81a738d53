"""Whether a model works: it is loaded in a child process and hears a sentence that we know."""

import io
import json
import signal
import subprocess
import sys
import tomllib
import wave
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from transcription.models_errors import ModelsError
from transcription.scoring import word_error_rate

KNOWN = Path(__file__).resolve().parent / "known"
ROOT = Path(__file__).resolve().parent.parent
MOST_S = 600.0
"""The largest models take a minute or two to load from a slow disk."""
SILENCE_S, SILENCE_RATE = 1.0, 8000

Speak = Callable[[str, str], bytes | None]
"""Says a text with a voice of eSpeak NG, as a WAV file; None where the voice is not there."""


@dataclass(frozen=True)
class Verified:
    """What a model made of what it heard.

    source: "recording", "voice" (synthesised now) or "silence". said: the sentence, None for
    silence. wer: word error rate, None for silence.
    """

    source: str
    said: str | None
    heard: str
    wer: float | None


def verify(folder: Path, language: str, speak: Speak) -> Verified:
    """Load the model and let it hear the known sentence of the language, or silence without one.

    Raises ModelsError where it cannot be loaded or crashes.
    """
    source, said, sound = sound_for(language, speak)
    heard = hear(folder, sound)
    wer = word_error_rate(said, heard, language) if said is not None else None
    return Verified(source, said, heard, wer)


def check(folder: Path) -> None:
    """Load the model and let it hear silence. Raises ModelsError where that fails."""
    hear(folder, silence())


def hear(folder: Path, sound: bytes) -> str:
    """What the model makes of a WAV file, found out in a child. Raises ModelsError."""
    command = [sys.executable, "-m", "transcription.models_probe", str(folder)]
    try:
        child = subprocess.run(
            command, input=sound, capture_output=True, timeout=MOST_S, cwd=ROOT, check=False
        )
    except subprocess.TimeoutExpired:
        raise ModelsError(f"The speech model {folder.name} hangs when it is loaded.") from None
    if child.returncode == 0:
        return str(json.loads(child.stdout.splitlines()[-1])["text"])
    raise ModelsError(failure(folder.name, child.returncode, child.stderr.decode(errors="replace")))


def failure(name: str, code: int, said: str) -> str:
    """The sentence for a child that did not come back with words."""
    if code == -signal.SIGKILL:
        return f"The speech model {name} needs more memory than this machine gives; take a smaller."
    if code < 0:
        number = signal.Signals(-code).name
        return f"The speech model {name} crashes the engine ({number}); it cannot be used."
    lines = [line for line in said.splitlines() if line.startswith("The speech model")]
    return lines[-1] if lines else f"The speech model {name} cannot be loaded; it cannot be used."


def sound_for(language: str, speak: Speak) -> tuple[str, str | None, bytes]:
    """What the model hears: source, sentence, WAV."""
    known = sentences().get(language, {})
    recorded = KNOWN / f"{language}.wav"
    if "text" in known and recorded.is_file():
        return "recording", known["text"], recorded.read_bytes()
    spoken = speak(known["text"], known["voice"]) if "voice" in known else None
    if spoken is not None:
        return "voice", known["text"], spoken
    return "silence", None, silence()


@cache
def sentences() -> dict[str, dict[str, str]]:
    """The known sentence of each language, and the voice that says it where it is not recorded."""
    return tomllib.loads((KNOWN / "sentences.toml").read_text(encoding="utf-8"))


def silence() -> bytes:
    """A second of digital silence as a WAV file."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SILENCE_RATE)
        file.writeframes(bytes(2 * int(SILENCE_S * SILENCE_RATE)))
    return buffer.getvalue()
