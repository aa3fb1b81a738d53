"""A language that nothing on this machine speaks: offered once a person has recorded it."""

from pathlib import Path

import pytest

from hotline.doctor.finding import Level
from hotline.languages import load_languages
from hotline.settings import Settings
from ivr import espeak, recordings, voice_check
from ivr.hold import hold_sound
from ivr.names import HEARD_BY_CALLERS, HOLD, required
from ivr.prompts import Catalogue, PromptError, SpeechError

LANGUAGES = load_languages(["so", "en"])
SOUND = hold_sound()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "recordings"


@pytest.fixture
def catalogue(tmp_path: Path, folder: Path) -> Catalogue:
    folder.mkdir()
    return Catalogue(LANGUAGES, tmp_path / "cache", folder)


def record(folder: Path, *names: str) -> None:
    """Put any sound there: what matters is that there is one."""
    for name in names:
        recordings.put(folder, "so", name, SOUND)


def test_it_is_offered_when_the_last_prompt_of_callers_is_recorded(
    catalogue: Catalogue, folder: Path
) -> None:
    assert catalogue.offered() == ("en",)
    assert catalogue.lacking("so") == HEARD_BY_CALLERS
    assert catalogue.lacking("en") == ()
    record(folder, *HEARD_BY_CALLERS[1:])
    assert (catalogue.offered(), catalogue.lacking("so")) == (("en",), HEARD_BY_CALLERS[:1])
    record(folder, HEARD_BY_CALLERS[0])
    assert catalogue.offered() == ("so", "en")
    recordings.remove(folder, "so", "danger")
    assert catalogue.offered() == ("en",)


def test_responders_hear_it_only_when_all_of_it_is_recorded(
    catalogue: Catalogue, folder: Path
) -> None:
    record(folder, *HEARD_BY_CALLERS)
    assert (catalogue.speaks("so"), catalogue.speaks("en")) == (False, True)
    record(folder, *required(tuple(LANGUAGES)))
    assert catalogue.speaks("so")


def test_what_is_not_recorded_cannot_be_heard(catalogue: Catalogue, folder: Path) -> None:
    assert not catalogue.can_say("so", "danger")
    assert catalogue.can_say("so", HOLD)
    with pytest.raises(SpeechError, match="no voice on this machine speaks the language"):
        catalogue.file("so", "danger")
    record(folder, "danger")
    assert catalogue.can_say("so", "danger")
    assert catalogue.file("so", "danger").is_file()


def test_a_typed_text_is_spoken_by_the_first_voice_there_is(catalogue: Catalogue) -> None:
    assert catalogue.voice("so") == catalogue.voice("en")


def test_a_hotline_that_nobody_could_hear_does_not_start(tmp_path: Path) -> None:
    alone = Catalogue(load_languages(["so"]), tmp_path)
    with pytest.raises(PromptError, match="none of HOTLINE_LANGUAGES has a voice"):
        alone.offered()


def test_doctor_says_which_prompts_need_a_recording(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, languages=["so"], _env_file=None)  # type: ignore[call-arg]
    [found] = voice_check.voices(settings)
    assert found.level is Level.WARN
    assert f"is not offered: {len(HEARD_BY_CALLERS)} of the prompts" in found.says
    assert "offer_language" in found.says
    record(settings.recordings_folder, *HEARD_BY_CALLERS)
    [found] = voice_check.voices(settings)
    assert (found.level, found.says) == (Level.OK, "Somali is spoken by recordings.")


def test_mandarin_is_never_spoken_by_the_program() -> None:
    """It reads the characters out as letters (`ivr.espeak.BY_LIBRARY` says which release)."""
    assert espeak.backend("cmn") is espeak.speak_library
