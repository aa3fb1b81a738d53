"""The rate that a model takes, as Kaldi would read it from the model's own settings."""

from pathlib import Path

import pytest

from transcription.catalogue import find
from transcription.model_conf import rate_of


@pytest.mark.parametrize(
    ("said", "rate"),
    [
        ("--sample-frequency=16000\n--use-energy=false\n", 16000),
        ("--use-energy=false\n--sample-frequency=8000\n", 8000),
        ("  --Sample_Frequency = 8000   # of a telephone\n", 8000),
        ("--sample-frequency=8000.0", 8000),
        ("--sample-frequency=8000\n--sample-frequency=16000\n", 16000),
        ("# --sample-frequency=8000\n", 16000),
        ("--num-ceps=40\n", 16000),
        ("", 16000),
        ("--sample-frequency=eight\n--sample-frequency\n", 16000),
        ("--sample-frequency=nan\n--sample-frequency=-1\n--sample-frequency=1e99", 16000),
    ],
)
@pytest.mark.parametrize("place", ["conf/mfcc.conf", "conf/fbank.conf", "mfcc.conf"])
def test_it_is_what_the_settings_say(tmp_path: Path, place: str, said: str, rate: int) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / place).write_text(said, encoding="utf-8")
    assert rate_of(tmp_path) == rate


def test_the_first_place_counts(tmp_path: Path) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "mfcc.conf").write_text("--sample-frequency=11025")
    assert rate_of(tmp_path) == 11025
    (tmp_path / "conf" / "mfcc.conf").write_text("--sample-frequency=8000")
    assert rate_of(tmp_path) == 8000


def test_without_settings_it_is_kaldis_own(tmp_path: Path) -> None:
    assert rate_of(tmp_path) == 16000
    (tmp_path / "mfcc.conf").write_bytes(b"\xff\xfe\x00--sample")
    assert rate_of(tmp_path) == 16000


@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_the_models_that_come_along_take_a_telephones(language: str) -> None:
    assert rate_of(find(f"vosk-model-tiny-{language}")) == 8000
