"""Verifying: real models in real children; what a broken or crashing one comes to."""

import signal
import tomllib
from pathlib import Path

import pytest

from transcription import models_verify
from transcription.catalogue import BUNDLED
from transcription.models_errors import ModelsError
from transcription.models_published import published
from transcription.models_verify import KNOWN, check, failure, sound_for, verify

ENGLISH = BUNDLED / "vosk-model-tiny-en"


def no_voice(text: str, voice: str) -> bytes | None:
    return None


@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_a_known_sentence_is_understood(language: str) -> None:
    found = verify(BUNDLED / f"vosk-model-tiny-{language}", language, no_voice)
    assert found.source == "recording"
    assert found.heard == found.said
    assert found.wer == 0.0


def test_without_a_voice_it_is_silence() -> None:
    found = verify(ENGLISH, "pl", no_voice)
    assert (found.source, found.said, found.heard, found.wer) == ("silence", None, "", None)


def test_a_voice_speaks_where_nothing_is_recorded() -> None:
    said: list[tuple[str, str]] = []

    def speak(text: str, voice: str) -> bytes:
        said.append((text, voice))
        return (KNOWN / "en.wav").read_bytes()

    found = verify(ENGLISH, "pl", speak)
    assert said == [("drzwi szkoły są otwarte", "pl")]
    assert found.source == "voice"
    assert found.heard == "someone left the back door open"
    assert found.wer is not None
    assert found.wer > 0


def test_a_folder_that_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelsError, match="cannot be loaded"):
        check(tmp_path)


def test_a_model_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models_verify, "MOST_S", 0.01)
    with pytest.raises(ModelsError, match="hangs"):
        check(ENGLISH)


@pytest.mark.parametrize(
    ("code", "said", "says"),
    [
        (-signal.SIGSEGV, "", "crashes the engine (SIGSEGV)"),
        (-signal.SIGABRT, "", "crashes the engine (SIGABRT)"),
        (-signal.SIGKILL, "", "needs more memory"),
        (3, "noise\nThe speech model m cannot be loaded; so.\n", "cannot be loaded; so."),
        (1, "Traceback …", "The speech model m cannot be loaded"),
    ],
)
def test_what_is_said_of_a_child_that_died(code: int, said: str, says: str) -> None:
    assert says in failure("m", code, said)


def test_every_sentence_has_a_recording_or_a_voice() -> None:
    known = tomllib.loads((KNOWN / "sentences.toml").read_text(encoding="utf-8"))
    assert set(known) <= set(published().languages)
    for language, entry in known.items():
        assert entry["text"]
        assert ("voice" in entry) != (KNOWN / f"{language}.wav").is_file(), language
        assert sound_for(language, lambda text, voice: b"x")[0] != "silence"
