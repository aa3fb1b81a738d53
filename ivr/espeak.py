"""eSpeak NG, the built-in synthesiser: the program on the PATH, else the library of a package.

The library (PyPI `espeakng-loader`, with its data) is driven through ctypes, so that no Debian
package is needed. It keeps one global state: every call holds a lock. The text goes in through
standard input or memory, never through a command line that other users of the machine can read.
"""

import ctypes
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import espeakng_loader
import numpy as np

from ivr.loudness import Samples, from_wav

# Values of espeak-ng's speak_lib.h.
_SYNCHRONOUS = 2
_CHARS_UTF8 = 1
_RATE, _PITCH = 1, 3
_DONT_EXIT = 0x8000
_HEADER_BYTES = 44
_HOME_LIMIT = 120
"""speak_lib keeps the data path in 160 bytes; a longer one is reached through a short link."""

BY_LIBRARY = frozenset({"cmn"})
"""Voices that the program of Debian 12 (eSpeak NG 1.51) does not know well: it reads Chinese
characters out as English letters of their transcription. The library (1.52) speaks them."""

_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


class SpeechError(RuntimeError):
    """The local voice could not speak; the message says why and holds none of the text."""


def speak_program(text: str, voice: str, speed: int, pitch: int) -> tuple[Samples, int]:
    """Speak by the `espeak-ng` program -> (samples, rate in Hz). Raises SpeechError."""
    command = ["espeak-ng", "-v", voice, "-s", str(speed), "-p", str(pitch), "--stdin", "--stdout"]
    result = subprocess.run(
        command, input=text.encode(), capture_output=True, check=False, timeout=60
    )
    if result.returncode:
        raise SpeechError(f"espeak-ng cannot speak with the voice {voice!r}")
    if len(result.stdout) < _HEADER_BYTES:  # there was nothing to say
        return np.zeros(0, np.float32), 22050
    return from_wav(_with_true_length(result.stdout))


def speak_library(text: str, voice: str, speed: int, pitch: int) -> tuple[Samples, int]:
    """Speak by the bundled library -> (samples, rate in Hz). Raises SpeechError."""
    return _library().speak(text, voice, speed, pitch)


def program_present() -> bool:
    """Whether `espeak-ng` is on the PATH."""
    return shutil.which("espeak-ng") is not None


def backend(voice: str) -> Callable[[str, str, int, int], tuple[Samples, int]]:
    """The program when it is on the PATH, else the bundled library; for some voices always that."""
    by_program = program_present() and voice not in BY_LIBRARY
    return speak_program if by_program else speak_library


def _with_true_length(data: bytes) -> bytes:
    """A streamed WAV claims an endless length; write the true ones."""
    size = len(data)
    return b"".join(
        [data[:4], (size - 8).to_bytes(4, "little"), data[8:40], (size - 44).to_bytes(4, "little")]
    ) + bytes(data[44:])


class _Library:
    """The loaded library; one per process, because its state is global."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._chunks: list[bytes] = []
        self._callback = _Callback(self._collect)
        self._library: Any = ctypes.CDLL(espeakng_loader.get_library_path())
        self._rate = self._library.espeak_Initialize(
            _SYNCHRONOUS, 0, str(_short(Path(espeakng_loader.get_data_path()))).encode(), _DONT_EXIT
        )
        if self._rate <= 0:
            raise SpeechError("the speech library cannot find its data; reinstall espeakng-loader")
        self._library.espeak_SetSynthCallback(self._callback)

    def speak(self, text: str, voice: str, speed: int, pitch: int) -> tuple[Samples, int]:
        with self._lock:
            self._chunks.clear()
            if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
                raise SpeechError(f"the speech library has no voice {voice!r}")
            self._library.espeak_SetParameter(_RATE, speed, 0)
            self._library.espeak_SetParameter(_PITCH, pitch, 0)
            data = text.encode() + b"\0"
            failed = self._library.espeak_Synth(
                data, ctypes.c_size_t(len(data)), 0, 0, 0, _CHARS_UTF8, None, None
            )
            self._library.espeak_Synchronize()
            if failed:
                raise SpeechError("the speech library could not speak")
            joined = np.frombuffer(b"".join(self._chunks), dtype=np.int16)
        return joined.astype(np.float32) / np.float32(32768), int(self._rate)

    def _collect(self, wav: Any, count: int, events: Any) -> int:
        if wav and count > 0:
            self._chunks.append(ctypes.string_at(wav, count * 2))
        return 0


@cache
def _library() -> _Library:
    return _Library()


def _short(data: Path) -> Path:
    if len(str(data)) <= _HOME_LIMIT:
        return data
    link = Path(tempfile.mkdtemp(prefix="espeak")) / data.name
    link.symlink_to(data)
    return link
