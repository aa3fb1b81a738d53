"""A plain WAV is told by its header, and only one that a decoder would find the same in."""

import io
import struct

import numpy as np
import pytest
import soundfile
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.hostile_audio import CASES, HEARD
from transcription.audio import AudioError, decode
from transcription.containers import plain_s


def wav(subtype: str, channels: int = 1, rate: int = 8000, form: str = "WAV") -> bytes:
    """Half a second of noise."""
    samples = np.random.default_rng(7).uniform(-0.1, 0.1, (rate // 2, channels))
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, rate, format=form, subtype=subtype)
    return buffer.getvalue()


@pytest.mark.parametrize("subtype", ["PCM_16", "ULAW", "ALAW"])
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate", [8000, 16000])
def test_what_the_telephone_network_sends_is_plain(subtype: str, channels: int, rate: int) -> None:
    assert plain_s(wav(subtype, channels, rate)) == 0.5


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"RIFF",
        wav("PCM_24"),
        wav("FLOAT"),
        wav("PCM_16", rate=44100),
        wav("PCM_16", channels=3),
        wav("PCM_16", form="RF64"),
        wav("PCM_16", form="FLAC"),
        wav("PCM_16")[:-1],  # cut off
        wav("PCM_16")[:40],
    ],
)
def test_anything_else_is_left_to_a_decoder(data: bytes) -> None:
    assert plain_s(data) is None


def test_no_hostile_file_that_cannot_be_heard_is_plain() -> None:
    plain = [case for case in CASES if plain_s(case.make()) is not None]
    assert plain
    assert {case.expected for case in plain} <= {HEARD, "TooLong"}


@example(at=16, byte=15)  # a description that is too short: libsndfile does not read it
@given(at=st.integers(0, 43), byte=st.integers(0, 255))
def test_the_decoder_agrees_whatever_stands_in_the_header(at: int, byte: int) -> None:
    data = bytearray(wav("PCM_16"))
    data[at] = byte
    told_s = plain_s(bytes(data))
    if told_s is None:
        return
    try:
        found = decode(bytes(data))
    except AudioError as error:
        pytest.fail(f"{error}: {struct.unpack_from('<HHIIHH', data, 20)}")
    assert found.duration_s == told_s
