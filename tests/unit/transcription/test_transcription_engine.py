"""Vosk itself on the bundled models: words, times, silence, threads and forks."""

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from transcription.audio import Audio, decode
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
    assert 0.5 < transcript.average_confidence <= 1.0


def test_words_follow_each_other_within_the_recording(engine: Engine) -> None:
    audio, said = first("en")
    words = engine.transcribe(audio, "en").words
    times = [time for word in words for time in (word.start, word.end)]
    assert [word.text for word in words] == said.split()
    assert times == sorted(times)
    assert 0.0 <= times[0] < times[-1] <= audio.duration_s


def test_times_go_on_over_a_long_pause(engine: Engine) -> None:
    audio, said = first("en")
    gap = silence(4.0).samples
    both = np.concatenate([audio.samples, gap, audio.samples])
    words = engine.transcribe(Audio(both, 8000, both.size / 8000), "en").words
    assert [word.text for word in words] == said.split() * 2
    assert words[len(said.split())].start > audio.duration_s + 3.9


@pytest.mark.parametrize("duration_s", [0.0, 0.01, 5.0])
def test_silence_has_no_words(engine: Engine, duration_s: float) -> None:
    transcript = engine.transcribe(silence(duration_s), "en")
    assert (transcript.words, transcript.text, transcript.average_confidence) == ((), "", 0.0)


def test_threads_share_a_model_and_agree(engine: Engine) -> None:
    audio, _ = first("en")
    with ThreadPoolExecutor(3) as pool:
        found = set(pool.map(lambda _: engine.transcribe(audio, "en"), range(6)))
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


def test_an_unknown_word_is_unintelligible_and_confidence_stays_within_bounds() -> None:
    word = to_word({"word": "[unk]", "start": 0.1, "end": 0.2, "conf": 1.000002})
    assert (word.text, word.confidence, word.unintelligible) == (UNINTELLIGIBLE, 1.0, True)
