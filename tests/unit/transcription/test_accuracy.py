"""The word error rate on sentences that the bundled models were never trained on.

Pooled over a folder: errors in all its sentences per word said in all of them.
"""

from pathlib import Path

import jiwer
import pytest

from transcription.audio import decode
from transcription.catalogue import find
from transcription.engine import Engine
from transcription.scoring import normalize

REPOSITORY = Path(__file__).parents[3]
SPEECH = REPOSITORY / "tests" / "data" / "speech"

# As the models' own README states for the twenty recordings per folder it was measured on.
TWENTY = {
    "en/seen": 0.018,
    "en/unseen_espeak": 0.043,
    "en/unseen_rms": 0.067,
    "es/seen": 0.007,
    "es/unseen_espeak": 0.007,
    "ar/seen": 0.0,
    "ar/unseen_espeak": 0.0,
}
DIGITS = 3  # the figures are rounded to


@pytest.fixture(scope="module")
def engine() -> Engine:
    """All three languages."""
    return Engine({code: find(f"vosk-model-tiny-{code}") for code in ("en", "es", "ar")})


def error_rate(engine: Engine, folder: Path) -> float:
    """The pooled word error rate of the recordings in a folder's manifest."""
    language, said, heard = folder.parent.name, [], []
    for line in (folder / "manifest.tsv").read_text(encoding="utf-8").splitlines():
        file, text, _ = line.split("\t")
        transcript = engine.transcribe(decode((folder / file).read_bytes()), language)
        said.append(normalize(text, language))
        heard.append(normalize(transcript.text, language))
    return float(jiwer.wer(said, heard))


@pytest.mark.parametrize("folder", sorted(TWENTY))
def test_the_models_err_as_rarely_as_their_readme_says(engine: Engine, folder: str) -> None:
    assert round(error_rate(engine, SPEECH / folder), DIGITS) <= TWENTY[folder]
