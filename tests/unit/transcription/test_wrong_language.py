"""Which language was spoken: the decision, and all held-out sentences after a wrong key."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcription.audio import Audio, decode
from transcription.catalogue import find
from transcription.engine import Engine
from transcription.result import UNINTELLIGIBLE, Transcript, Word
from transcription.wrong_language import DOUBT, MARGIN, better, clearness, doubtful, understand

DATA = Path(__file__).parents[2] / "data" / "speech"
CONFIDENCES = st.lists(st.floats(0, 1), max_size=12)


def words(*confidences: float, word: str = "word") -> list[Word]:
    """Words of 0.3 s each."""
    return [Word(word, at * 0.3, at * 0.3 + 0.2, conf) for at, conf in enumerate(confidences)]


def test_what_is_unintelligible_is_not_clear() -> None:
    assert clearness([]) == 0.0
    assert clearness(words(1.0, 0.8)) == pytest.approx(0.9)
    assert clearness(words(1.0, 0.1)) == 0.5
    assert clearness(words(1.0, word=UNINTELLIGIBLE)) == 0.0
    assert doubtful(words(DOUBT - 0.01))
    assert not doubtful(words(DOUBT))


@pytest.mark.parametrize(
    ("chosen", "other", "found"),
    [
        (words(0.5, 0.6, 0.5), words(0.9, 0.9, 0.9), "es"),
        (words(0.7, 0.7, 0.7), words(0.8, 0.8, 0.8), None),  # not clearly
        (words(0.1, 0.1), words(0.6, 0.6, 0.6), None),  # clearer, but not clear
        (words(0.1, 0.1), words(1.0, 1.0), None),  # two words are not enough
        ([], [], None),
        ([], words(1.0, 1.0, 1.0), "es"),
    ],
)
def test_only_a_clearly_better_language_is_taken(
    chosen: list[Word], other: list[Word], found: str | None
) -> None:
    assert better(chosen, {"es": other, "ar": words(0.2, 0.2, 0.2)}) == found


@given(CONFIDENCES, st.dictionaries(st.sampled_from(["es", "ar", "fr"]), CONFIDENCES))
def test_what_is_taken_is_the_clearest_by_a_margin(
    chosen: list[float], others: dict[str, list[float]]
) -> None:
    found = better(words(*chosen), {code: words(*given_) for code, given_ in others.items()})
    if found is not None:
        clear = clearness(words(*others[found]))
        assert clear >= clearness(words(*chosen)) + MARGIN
        rivals = [clearness(words(*o)) for o in others.values() if len(o) >= 3]
        assert clear == max(rivals)


@pytest.fixture(scope="module")
def engine() -> Engine:
    made = Engine({code: find(f"vosk-model-tiny-{code}") for code in ("en", "es", "ar")})
    made.preload()
    return made


def sentences(language: str) -> list[Audio]:
    """Some held-out recordings of a language (all of them: tests/bench/measure_languages.py)."""
    files = sorted((DATA / language / "seen").glob("*.wav"))[:6]
    assert len(files) == 6
    return [decode(file.read_bytes()) for file in files]


@pytest.mark.parametrize(("chosen", "spoken"), [("en", "es"), ("es", "en"), ("en", "ar")])
def test_a_wrong_key_is_nearly_always_found_out(engine: Engine, chosen: str, spoken: str) -> None:
    found = [understand(engine, audio, chosen).language for audio in sentences(spoken)]
    assert found.count(spoken) >= len(found) - 1, found


@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_the_right_key_is_never_doubted_away(engine: Engine, language: str) -> None:
    assert {understand(engine, audio, language).language for audio in sentences(language)} == {
        language
    }


def test_who_is_clear_costs_one_pass(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    transcribe = engine.transcribe

    def count(audio: Audio, language: str) -> Transcript:
        asked.append(language)
        return transcribe(audio, language)

    monkeypatch.setattr(engine, "transcribe", count)
    understand(engine, sentences("en")[0], "en")
    assert asked == ["en"]
