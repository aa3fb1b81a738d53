"""The catalogue file: what it must offer, and what is refused in it."""

from pathlib import Path

import pytest

from transcription.models_published import CatalogueError, Size, parse, published

WANTED = [
    "en",
    "es",
    "ar",
    "pl",
    "fr",
    "pt",
    "ru",
    "uk",
    "zh",
    "vi",
    "tl",
    "ko",
    "hi",
    "ja",
    "de",
    "it",
]
GOOD = """
source = "https://example.org/models/"
[language]
pl = "Polish"
[[model]]
name = "vosk-model-small-pl-0.22"
language = "pl"
size = "small"
bytes = 52_979_372
md5 = "91cbbd6231320467da672be31827b6ac"
"""


@pytest.mark.parametrize("language", WANTED)
def test_every_language_that_a_school_line_meets_is_there(language: str) -> None:
    models = published().of(language)
    assert models
    assert list(models) == sorted(models, key=lambda model: model.megabytes)
    assert language in published().languages


def test_a_name_is_found() -> None:
    found = published().named("vosk-model-small-en-us-0.15")
    assert found is not None
    assert (found.language, found.size, found.megabytes) == ("en", Size.SMALL, 41)
    assert found.digest is not None
    assert found.digest[0] == "sha256"
    assert published().named("vosk-model-small-en-us-0.16") is None


def test_what_is_read() -> None:
    catalogue = parse(GOOD)
    (model,) = catalogue.models
    assert model.digest == ("md5", "91cbbd6231320467da672be31827b6ac")
    assert (model.megabytes, model.license, model.memory_mb) == (53, None, None)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("source =", "source", "not valid TOML"),
        ("https:", "http:", "must begin with https"),
        ("models/", "models", "must begin with https"),
        ("[language]", "[languages]", "lacks 'language'"),
        ('name = "vosk', 'named = "vosk', "lacks 'name'"),
        ("vosk-model-small-pl-0.22", "../pl", "malformed"),
        ('language = "pl"', 'language = "de"', "unknown"),
        ('"small"', '"tiny"', "unknown"),
        ("91cb", "91c", "not a checksum"),
        ("bytes =", "weight =", "neither bytes nor megabytes"),
        ("md5 =", "md6 =", "a key that nobody reads"),
    ],
)
def test_what_is_refused(old: str, new: str, says: str) -> None:
    with pytest.raises(CatalogueError, match=says):
        parse(GOOD.replace(old, new, 1))


def test_a_model_stands_there_once() -> None:
    again = GOOD[GOOD.index("[[model]]") :]
    with pytest.raises(CatalogueError, match="twice"):
        parse(GOOD + again)
    with pytest.raises(CatalogueError, match="twice"):
        parse(GOOD + again.replace("0.22", "0.23"))


def test_the_guide_names_every_model() -> None:
    guide = (Path(__file__).resolve().parents[3] / "docs" / "models.md").read_text("utf-8")
    for model in published().models:
        row = next(line for line in guide.splitlines() if f"`{model.name}` |" in line)
        kind = {"sha256": "SHA-256", "md5": "MD5"}.get((model.digest or ("", ""))[0], "–")
        assert f"| `{model.language}` | {published().languages[model.language]} |" in row
        assert f"| {model.megabytes:,} | {kind} | {model.license or '?'} |" in row
