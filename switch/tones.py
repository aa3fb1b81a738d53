"""Tones: the ones a network makes, and how to measure one in what a phone heard."""

import io

import numpy as np
import numpy.typing as npt
import soundfile

from switch import g711

BEEP_HZ = 1000
BEEP_S = 0.4
SAY_HZ = 620
SAY_S = 0.5

RINGBACK = ((440, 480), 2.0, 4.0)
"""North American ringback: both frequencies in Hz, seconds on, seconds off."""

_DTMF_ROWS = (697, 770, 852, 941)
_DTMF_COLUMNS = (1209, 1336, 1477, 1633)
_DTMF_KEYS = "123A456B789C*0#D"
_DTMF_S = 0.1
_DTMF_WAIT_S = 0.5


def tone(*frequencies: float, seconds: float, level: float = 0.3) -> bytes:
    """µ-law audio of the sum of `frequencies` in Hz; `level` is the peak, 0..1."""
    when = np.arange(round(seconds * g711.RATE)) / g711.RATE
    waves = [np.sin(2 * np.pi * hz * when) for hz in frequencies]
    mixed = np.sum(waves, axis=0) / max(1, len(waves))
    return g711.encode((mixed * level * 32767).astype(np.int16))


def silence(seconds: float) -> bytes:
    """µ-law silence."""
    return b"\xff" * round(seconds * g711.RATE)


def beep() -> bytes:
    """The sound before a recording starts."""
    return tone(BEEP_HZ, seconds=BEEP_S)


def ringback() -> bytes:
    """One period of the sound a caller hears while the other phone rings."""
    frequencies, on_s, off_s = RINGBACK
    return tone(*frequencies, seconds=on_s) + silence(off_s)


def hold() -> bytes:
    """One period of the sound of a line on hold: a soft chord, then a pause."""
    return tone(262, 330, 392, seconds=1.5, level=0.1) + silence(1.5)


def spoken() -> bytes:
    """What stands for the text of a <Say>: there is no text to speech here."""
    return tone(SAY_HZ, seconds=SAY_S)


def failure() -> bytes:
    """The sound of a document that could not be executed."""
    return tone(480, 620, seconds=1.0)


def dtmf(digits: str) -> bytes:
    """Key tones with short gaps; `w` is half a second of silence, other characters are left out."""
    return b"".join(_key_tone(digit) for digit in digits)


def _key_tone(digit: str) -> bytes:
    if digit in "wW":
        return silence(_DTMF_WAIT_S)
    place = _DTMF_KEYS.find(digit)
    if place < 0:
        return b""
    row, column = _DTMF_ROWS[place // 4], _DTMF_COLUMNS[place % 4]
    return tone(row, column, seconds=_DTMF_S) + silence(_DTMF_S)


def goertzel(samples: npt.NDArray[np.float64], rate: int, hz: float) -> float:
    """Share of the power of `samples` that lies at `hz`, 0..1 (about 1 for a pure tone).

    Measured over windows of 0.1 s, so a tone that fills only part of the audio counts in part.
    """
    size = max(1, rate // 10)
    count = len(samples) // size
    if not count:
        return 0.0
    windows = samples[: count * size].reshape(count, size)
    power = float((windows**2).sum())
    probe = np.exp(-2j * np.pi * hz * np.arange(size) / rate)
    at_hz = float((np.abs(windows @ probe) ** 2).sum()) * 2 / size
    return min(1.0, at_hz / power) if power else 0.0


def tone_seconds(wav: bytes, hz: float, share: float = 0.5) -> float:
    """Seconds of a sound file (in 0.1 s windows) in which `hz` holds at least `share` of the power.

    Windows quieter than the silence level never count.
    """
    samples, rate = soundfile.read(io.BytesIO(wav), dtype="float64", always_2d=True)
    mono = samples.mean(axis=1)
    size = rate // 10
    windows = [mono[at : at + size] for at in range(0, len(mono) - size + 1, size)]
    loud = [w for w in windows if np.abs(w).mean() * 32767 >= g711.SILENCE_LEVEL]
    return sum(0.1 for w in loud if goertzel(w, rate, hz) >= share)
