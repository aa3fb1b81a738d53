"""A WAV of plain PCM, as our own recorder in the browser makes it, read without any native decoder.

For what people of the hotline send from the console. What comes from the telephone network is
decoded apart, in a child (`transcription.apart`).
"""

import io
import struct
import wave

import numpy as np

from transcription.audio_errors import Empty, NotAudio, TooLong
from transcription.samples import NARROW, Samples, at_rate, collected

RATES = range(8000, 48001)
"""Hz: from the telephone's to what sound cards give."""


def telephone(data: bytes, longest_s: float) -> tuple[Samples, float]:
    """The samples (int16, one channel, 8 kHz) of a WAV with 16-bit PCM, and its seconds.

    Raises NotAudio for anything else, Empty without sound, TooLong.
    """
    try:
        with wave.open(io.BytesIO(data)) as file:
            rate, channels = file.getframerate(), file.getnchannels()
            if file.getsampwidth() != 2 or channels not in (1, 2) or rate not in RATES:
                raise NotAudio("This is not a WAV with 16-bit PCM of 8 to 48 kHz.")
            if file.getnframes() > longest_s * rate:
                raise TooLong("The recording is longer than it may be.")
            raw = file.readframes(file.getnframes())
    except (wave.Error, EOFError, struct.error):
        raise NotAudio("This is not a WAV that can be read.") from None
    whole = raw[: len(raw) - len(raw) % (2 * channels)]
    mono = np.frombuffer(whole, "<i2").reshape(-1, channels).mean(axis=1, dtype=np.float32)
    if not mono.size:
        raise Empty("The recording is empty: it has no sound in it.")
    duration_s = mono.size / rate
    return collected(at_rate([mono / np.float32(32768.0)], rate, NARROW)), duration_s
