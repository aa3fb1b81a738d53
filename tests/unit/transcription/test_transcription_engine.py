"""Vosk itself on the bundled models: words, times, silence, threads and forks."""

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.model_zip import wideband
from transcription.audio import Audio, decode, resampled
from transcription.catalogue import find
from transcription.engine import Engine, ModelBroken, UnknownLanguage, to_word
from transcription.result import UNINTELLIGIBLE

DATA = Path(__file__).parents[2] / "data" / "speech"

# Loads in the parent, as the worker does; in a process of its own, for pytest's has threads.
FORK = """
import os, pathlib, sys
from transcription.audio import decode
from transcription.catalogue import find
from transcription.engine import Engine
engine = Engine({"en": find("vosk-model-tiny-en")})
engine.preload()
child = os.fork()
if child == 0:
    audio = decode(pathlib.Path(sys.argv[1]).read_bytes())
    os.write(1, engine.transcribe(audio, "en").text.encode())
    os._exit(0)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.fixture(scope="module")
def engine() -> Engine:
    """All three languages, loaded."""
    engine = Engine({code: find(f"vosk-model-tiny-{code}") for code in ("en", "es", "ar")})
    engine.preload()
    return engine


@pytest.fixture(scope="module")
def wide_engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The same three as they would be published: for 16 kHz."""
    folder = tmp_path_factory.mktemp("wide")
    made = {
        code: wideband(find(f"vosk-model-tiny-{code}"), folder / f"vosk-model-tiny-{code}")
        for code in ("en", "es", "ar")
    }
    engine = Engine(made)
    engine.preload()
    return engine


def first(language: str) -> tuple[Audio, str]:
    """The first held-out recording of a language and what it says."""
    folder = DATA / language / "seen"
    file, text, _ = (
        (folder / "manifest.tsv").read_text(encoding="utf-8").splitlines()[0].split("\t")
    )
    return decode((folder / file).read_bytes()), text


def silence(duration_s: float) -> Audio:
    """Digital silence at 8 kHz."""
    return Audio(np.zeros(int(8000 * duration_s), np.int16), 8000, duration_s)


@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_each_language_is_understood(engine: Engine, language: str) -> None:
    audio, said = first(language)
    transcript = engine.transcribe(audio, language)
    assert transcript.text == said
    assert (transcript.language, transcript.model) == (language, f"vosk-model-tiny-{language}")
    assert transcript.duration_s == audio.duration_s
    assert 0.5 < transcript.confidence <= 1.0


def test_words_follow_each_other_within_the_recording(engine: Engine) -> None:
    audio, said = first("en")
    words = engine.transcribe(audio, "en").words
    times = [time for word in words for time in (word.start_s, word.end_s)]
    assert [word.word for word in words] == said.split()
    assert times == sorted(times)
    assert 0.0 <= times[0] < times[-1] <= audio.duration_s


def test_times_go_on_over_a_long_pause(engine: Engine) -> None:
    audio, said = first("en")
    gap = silence(4.0).samples
    both = np.concatenate([audio.samples, gap, audio.samples])
    words = engine.transcribe(Audio(both, 8000, both.size / 8000), "en").words
    assert [word.word for word in words] == said.split() * 2
    assert words[len(said.split())].start_s > audio.duration_s + 3.9


def test_a_pause_ends_a_sentence(engine: Engine) -> None:
    audio, said = first("en")
    both = np.concatenate([audio.samples, silence(4.0).samples, audio.samples])
    transcript = engine.transcribe(Audio(both, 8000, both.size / 8000), "en")
    assert [sentence.text for sentence in transcript.sentences] == [said, said]
    assert transcript.sentences[1].first_word == len(said.split())
    assert 0.0 < transcript.cpu_s < 60.0


@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_a_model_for_16_khz_hears_a_telephone_as_well(
    engine: Engine, wide_engine: Engine, language: str
) -> None:
    for file in sorted((DATA / language / "seen").glob("*.wav"))[:8]:
        audio = decode(file.read_bytes())
        narrow = engine.transcribe(audio, language)
        wide = wide_engine.transcribe(audio, language)
        assert (wide.text, wide.duration_s) == (narrow.text, audio.duration_s)
        for ours, theirs in zip(wide.words, narrow.words, strict=True):
            assert ours.start_s == pytest.approx(theirs.start_s, abs=0.05)
            assert ours.end_s == pytest.approx(theirs.end_s, abs=0.05)


def test_a_model_for_8_khz_hears_what_came_at_16(engine: Engine) -> None:
    audio, said = first("en")
    samples = resampled(audio, 16000)
    transcript = engine.transcribe(Audio(samples, 16000, samples.size / 16000), "en")
    assert (transcript.text, transcript.duration_s) == (said, audio.duration_s)


@given(st.lists(st.integers(1, 9000), max_size=30))
@settings(max_examples=15, deadline=None)
@pytest.mark.parametrize("ears", ["engine", "wide_engine"])
def test_where_the_sound_is_cut_changes_nothing(
    request: pytest.FixtureRequest, ears: str, sizes: list[int]
) -> None:
    engine: Engine = request.getfixturevalue(ears)
    audio, said = first("ar")
    data = audio.samples.astype("<i2").tobytes()
    listener = engine.listener("ar")
    for size in sizes:
        listener.accept(data[:size])
        data = data[size:]
    listener.accept(data)
    heard = listener.finish()
    assert (heard.text, heard.words) == (said, engine.transcribe(audio, "ar").words)
    assert heard.duration_s == audio.duration_s


@pytest.mark.parametrize("duration_s", [0.0, 0.01, 5.0])
def test_silence_has_no_words(engine: Engine, wide_engine: Engine, duration_s: float) -> None:
    for ears in (engine, wide_engine):
        transcript = ears.transcribe(silence(duration_s), "en")
        assert (transcript.words, transcript.text, transcript.confidence) == ((), "", 0.0)


def test_threads_share_a_model_and_agree(engine: Engine) -> None:
    audio, _ = first("en")
    with ThreadPoolExecutor(3) as pool:
        found = {
            said.words for said in pool.map(lambda _: engine.transcribe(audio, "en"), range(6))
        }
    assert len(found) == 1


def test_a_forked_child_uses_the_parents_model() -> None:
    line = (DATA / "en" / "seen" / "manifest.tsv").read_text(encoding="utf-8").splitlines()[0]
    file, said, _ = line.split("\t")
    command = [sys.executable, "-W", "ignore", "-c", FORK, str(DATA / "en" / "seen" / file)]
    child = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert child.stdout == said


def test_a_language_without_a_model_is_unknown(engine: Engine) -> None:
    assert engine.languages == ("en", "es", "ar")
    with pytest.raises(UnknownLanguage, match="'fr'"):
        engine.transcribe(silence(1.0), "fr")


def test_a_folder_without_a_model_is_broken(tmp_path: Path) -> None:
    with pytest.raises(ModelBroken, match="unpack it again"):
        Engine({"en": tmp_path}).preload()


@pytest.mark.parametrize("part", ["am/final.mdl", "graph/HCLr.fst", "graph/words.txt"])
def test_a_damaged_model_is_found_out_when_it_is_loaded(tmp_path: Path, part: str) -> None:
    folder = Path(shutil.copytree(find("vosk-model-tiny-ar"), tmp_path / "model"))
    (folder / part).write_bytes((folder / part).read_bytes()[:1000])
    with pytest.raises(ModelBroken, match="unpack it again"):
        Engine({"ar": folder}).preload()


def test_a_model_that_is_there_and_cannot_hear_is_found_out_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Vosk makes a recognizer for any rate, and refuses the sound when it comes."""
    monkeypatch.setattr("transcription.engine.rate_of", lambda folder: 8000)
    with pytest.raises(ModelBroken, match="unpack it again"):
        Engine({"ar": wideband(find("vosk-model-tiny-ar"), tmp_path / "model")}).preload()


def test_an_unknown_word_is_unintelligible_and_confidence_stays_within_bounds() -> None:
    word = to_word({"word": "[unk]", "start": 0.1, "end": 0.2, "conf": 1.000002})
    assert (word.word, word.confidence, word.unintelligible) == (UNINTELLIGIBLE, 1.0, True)
