"""Every language that has a local voice is spoken by it."""

import pytest

from hotline.languages import DIRECTORY, load_language
from ivr.voice import Voice, speech

CODES = sorted(path.stem for path in DIRECTORY.glob("*.toml"))
SPOKEN = [c for c in CODES if not Voice.parse(load_language(DIRECTORY / f"{c}.toml").voice).silent]
RATE = 8000
SHORTEST_S, LONGEST_S = 0.15, 30.0
"""A digit, and more than the longest prompt; a voice that spells out letters takes longer."""


def heard_s(code: str, name: str) -> float:
    language = load_language(DIRECTORY / f"{code}.toml")
    samples = speech(language.prompts[name], Voice.parse(language.voice))
    assert abs(samples).max() > 0.05, name
    return len(samples) / RATE


@pytest.mark.parametrize("code", SPOKEN)
def test_a_voice_speaks_the_name_of_its_language(code: str) -> None:
    assert SHORTEST_S < heard_s(code, "this_language") < LONGEST_S


@pytest.mark.slow
@pytest.mark.parametrize("code", SPOKEN)
def test_a_voice_speaks_every_prompt(code: str) -> None:
    for name in load_language(DIRECTORY / f"{code}.toml").prompts:
        assert SHORTEST_S < heard_s(code, name) < LONGEST_S, name
