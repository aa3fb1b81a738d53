"""Uploads are decoded in a process of their own, which hostile bytes cannot leave."""

import subprocess

import numpy as np
import pytest

from tests.support.hostile_audio import CASES, HEARD, Case
from transcription import decoder
from transcription.audio import (
    MAX_DURATION_S,
    Flaw,
    NotAudio,
    TooLong,
    encode_wav,
)


def buzz(seconds: float, rate: int) -> bytes:
    return encode_wav((np.arange(int(seconds * rate)) % 80 * 100).astype(np.int16), rate)


def test_samples_come_back_as_they_are() -> None:
    audio = decoder.decoded(buzz(0.5, 16_000), 5.0)
    assert (audio.rate, audio.duration_s, audio.flaws) == (16_000, 0.5, frozenset())
    assert audio.samples.tolist() == (np.arange(8000) % 80 * 100).tolist()


def test_flaws_and_errors_come_back_too() -> None:
    silence = encode_wav(np.zeros(8000, np.int16), 8000)
    assert decoder.decoded(silence, 5.0).flaws == {Flaw.SILENT}
    with pytest.raises(TooLong):
        decoder.decoded(buzz(2.0, 8000), 1.0)
    with pytest.raises(NotAudio, match="page of text"):
        decoder.decoded(b"<html>", 1.0)


@pytest.mark.parametrize("case", CASES[::9], ids=lambda case: case.name)
def test_odd_files_end_as_they_do_elsewhere(case: Case) -> None:
    if case.expected == HEARD:
        found = decoder.decoded(case.make(), MAX_DURATION_S)
        assert found.flaws == {Flaw(flaw) for flaw in case.flaws} - {Flaw.MISLABELLED}
        return
    with pytest.raises(decoder.ERRORS[case.expected]):
        decoder.decoded(case.make(), MAX_DURATION_S)


def test_one_that_dies_or_hangs_has_told_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoder, "WALL_S", 0.01)
    with pytest.raises(NotAudio):
        decoder.decoded(buzz(0.5, 8000), 5.0)
    died = subprocess.CompletedProcess([], -11, b'{"rate": 8000, "flaws": []}\n', b"")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: died)
    with pytest.raises(NotAudio):
        decoder.decoded(buzz(0.5, 8000), 5.0)
