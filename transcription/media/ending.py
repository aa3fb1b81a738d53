"""Pure: when a streamed recording is over, by a key, by silence or by its length.

Time is counted in samples and not by a clock, so that it runs as fast as the telephone does.
"""

import math
from dataclasses import dataclass, field

import numpy as np

from transcription.media import g711

RATE = g711.RATE  # samples, and bytes of µ-law, a second
FRAME = 160  # bytes; 20 ms, what carriers send and telephony measures by
LOUD_DB = 12.0
"""A frame this far above the background is speech: a voice at arm's length stands 15 dB and more
above a noisy room, the breath of a line moves by a few."""
FLOOR_DBFS = -60.0
"""Quieter than this is silence whatever the background: µ-law's own noise lies below."""
FULL_DBFS = -35.0
"""Louder than this is sound whatever the background, so that whoever shouts is never "noise"."""
RISE_DB_S = 1.0
"""So slowly does the background follow upwards; downwards it follows at once."""
BEEP_S = 10.0
"""Seconds of sound after which the beep is taken to have been heard, though no mark has told so."""
POWER = (g711.LINEAR / 32768.0) ** 2
"""Of every µ-law byte, 1 at full scale."""


@dataclass
class Ending:
    """Hears a recording, bytes of 8 kHz µ-law, and says when it is over.

    max_s, silence_s: in seconds of sound. `reason` is None until then: "key", "silence", "length".
    beeped: whether the caller has heard the beep. Until then silence is only waiting: a busy
    machine may open a stream late, and must not take that time from who looks for words.
    """

    max_s: float
    silence_s: float
    keys: str = "#"
    beeped: bool = True
    reason: str | None = None
    samples: int = 0
    heard_s: float = 0.0
    quiet_s: float = 0.0
    _floor: float = FLOOR_DBFS
    _rest: bytes = field(default=b"", repr=False)

    def press(self, digit: str) -> None:
        """The caller pressed a key."""
        if digit in self.keys:
            self._end("key")

    def beep_heard(self) -> None:
        """The caller has heard the beep: from now on silence counts."""
        self.beeped = True

    def hear(self, data: bytes) -> None:
        """The caller's sound; what comes after the end changes nothing."""
        data = self._rest + data
        whole = len(data) - len(data) % FRAME
        self._rest = data[whole:]
        for start in range(0, whole, FRAME):
            self._frame(level(data[start : start + FRAME]))

    def _frame(self, dbfs: float) -> None:
        if self.reason is not None:
            return
        self.samples += FRAME
        seconds = FRAME / RATE
        if self._is_sound(dbfs):
            self.heard_s += seconds
            self.quiet_s = 0.0
        elif self.beeped or self.samples > BEEP_S * RATE:
            self.quiet_s += seconds
        self._floor = max(FLOOR_DBFS, min(dbfs, self._floor + RISE_DB_S * seconds))
        if self.samples >= self.max_s * RATE:
            self._end("length")
        elif self.quiet_s >= self.silence_s - seconds / 2:
            self._end("silence")

    def _is_sound(self, dbfs: float) -> bool:
        return dbfs >= min(max(self._floor, FLOOR_DBFS) + LOUD_DB, FULL_DBFS)

    def _end(self, reason: str) -> None:
        self.reason = self.reason or reason


def level(frame: bytes) -> float:
    """The loudness of µ-law samples in dB below full scale; -100 for digital silence."""
    power = float(POWER[np.frombuffer(frame, np.uint8)].sum()) / len(frame) if frame else 0.0
    return 10 * math.log10(power) if power > 1e-10 else -100.0
