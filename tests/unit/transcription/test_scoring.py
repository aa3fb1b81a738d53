"""The word error rate, and what does not count as an error."""

import pytest

from transcription.scoring import normalize, word_error_rate


@pytest.mark.parametrize(
    ("said", "heard", "rate"),
    [
        ("he has a gun", "he has a gun", 0.0),
        ("he has a gun", "he has a pun", 0.25),
        ("he has a gun", "he has a", 0.25),
        ("he has a gun", "he has a big gun", 0.25),
        ("he has a gun", "", 1.0),
        ("a", "a b c", 2.0),
        ("", "", 0.0),
        ("...", "gun", 1.0),
    ],
)
def test_errors_are_counted_per_word_said(said: str, heard: str, rate: float) -> None:
    assert word_error_rate(said, heard, "en") == pytest.approx(rate)


@pytest.mark.parametrize(
    ("language", "said", "heard"),
    [
        ("en", "Don’t go; he HAS a gun!", "don't go he has a gun"),
        ("en", "'help' - call 911", "help call 911"),
        ("es", "¿Qué pasó, niño?", "qué pasó niño"),
        ("ar", "سِلاحٌ فـي المَدرَسة", "سلاح في المدرسة"),
        ("es", "nin\u0303o", "niño"),
    ],
)
def test_case_and_marks_do_not_count(language: str, said: str, heard: str) -> None:
    assert word_error_rate(said, heard, language) == 0.0


def test_accents_do_count_outside_of_arabic() -> None:
    assert word_error_rate("pasó", "paso", "es") == 1.0


def test_an_unintelligible_word_is_one_word() -> None:
    assert normalize("call [unintelligible] back", "en") == "call unintelligible back"
