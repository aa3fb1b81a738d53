"""Decoding and recognition in a child give what they give here, errors included."""

import os
from pathlib import Path

import pytest

from tests.support.model_zip import wideband
from transcription import apart
from transcription.apart import Room
from transcription.audio import Empty, NotAudio, decode
from transcription.catalogue import find
from transcription.engine import Engine
from transcription.sandbox import ChildDied

FOLDER = Path(__file__).parents[2] / "data" / "speech" / "en" / "seen"
ROOM = Room(memory_mb=512)

pytestmark = pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")


@pytest.fixture(scope="module")
def engine() -> Engine:
    """Loaded and warm, as a worker's is."""
    made = Engine({"en": find("vosk-model-tiny-en")})
    made.preload()
    apart.warm_up(made)
    return made


def test_a_child_understands_what_we_understand(engine: Engine) -> None:
    data = (FOLDER / "001.wav").read_bytes()
    here = engine.transcribe(decode(data), "en")
    there = apart.heard(engine, [("audio/wav", data)], "en", ROOM)
    assert (there.text, there.words, there.model) == (here.text, here.words, here.model)
    assert apart.check([("audio/wav", data)], ROOM) == here.duration_s


def test_a_child_hears_with_a_model_for_16_khz(tmp_path: Path) -> None:
    made = Engine({"en": wideband(find("vosk-model-tiny-en"), tmp_path / "wide")})
    apart.warm_up(made)
    data = (FOLDER / "001.wav").read_bytes()
    there = apart.heard(made, [("audio/wav", data)], "en", ROOM)
    assert there.text == made.transcribe(decode(data), "en").text
    assert len(there.words) > 3


@pytest.mark.parametrize(("data", "error"), [(b"<html>", NotAudio), (b"", Empty)])
def test_what_is_no_recording_says_so_in_the_same_words(data: bytes, error: type) -> None:
    with pytest.raises(error) as there:
        apart.check([("audio/wav", data)], ROOM)
    with pytest.raises(error) as here:
        decode(data, media_type="audio/wav")
    assert str(there.value) == str(here.value)


def test_a_child_that_dies_is_told_apart(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    data = (FOLDER / "001.wav").read_bytes()
    monkeypatch.setattr(engine, "transcribe", lambda *_: os.abort())
    with pytest.raises(ChildDied, match="crashed:SIGABRT"):
        apart.heard(engine, [("audio/wav", data)], "en", ROOM)


def test_time_grows_with_the_bytes_and_with_what_was_told() -> None:
    parts = [("audio/x-mulaw;rate=8000", bytes(80_000))]
    assert ROOM.limits(parts, None).wall_s == 10.0 + 4 * 10.0
    assert ROOM.limits(parts, 100.0).wall_s == 10.0 + 4 * 100.0
