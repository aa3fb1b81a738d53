"""Sound files in and out."""

import io

import numpy as np
import pytest
import soundfile

from switch import audio, g711, tones


def wav(rate: int, subtype: str, channels: int = 1) -> bytes:
    when = np.arange(rate) / rate
    sound = 0.3 * np.sin(2 * np.pi * 700 * when)
    out = io.BytesIO()
    soundfile.write(out, np.stack([sound] * channels, 1), rate, subtype=subtype, format="WAV")
    return out.getvalue()


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_U8", "ULAW", "ALAW"])
@pytest.mark.parametrize("rate", [8000, 16000, 22050, 44100])
def test_any_wav_becomes_8_khz_ulaw(rate: int, subtype: str) -> None:
    ulaw = audio.to_ulaw(wav(rate, subtype))
    assert len(ulaw) == pytest.approx(g711.RATE, abs=2)
    assert tones.tone_seconds(audio.to_wav(ulaw), 700) >= 0.9


def test_stereo_is_mixed() -> None:
    assert len(audio.to_ulaw(wav(8000, "PCM_16", 2))) == g711.RATE


@pytest.mark.parametrize("data", [b"", b"<html></html>", b"RIFF1234WAVE"])
def test_what_is_not_audio_is_refused(data: bytes) -> None:
    with pytest.raises(audio.NotAudioError):
        audio.to_ulaw(data)


def test_wav_of_ulaw_is_16_bit_8_khz_mono() -> None:
    info = soundfile.info(io.BytesIO(audio.to_wav(g711.SILENCE * 50)))
    assert (info.samplerate, info.channels, info.subtype, info.duration) == (8000, 1, "PCM_16", 1)
