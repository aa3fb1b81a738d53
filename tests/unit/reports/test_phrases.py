"""Phrases: how they are written, normalized and found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.reports.phrases import (
    GAP,
    Meeting,
    Token,
    one_word,
    parse_phrase,
    places_of,
    strings,
)
from hotline.spelling import normalize, word_forms


def found(phrase: str, text: str, prefixes: tuple[str, ...] = ()) -> bool:
    """Whether the phrase is anywhere in the text."""
    said = [word_forms(word, prefixes) for word in normalize(text)]
    first, *rest = parse_phrase(phrase)
    return any(
        first.meets(forms) and places_of(rest, said, at) is not None
        for at, forms in enumerate(said)
    )


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("gun", "a GUN!"),
        ("weapon*", "two weapons"),
        ("gun|knife", "the knife"),
        ("box cutter*", "some box-cutters"),
        ("dont want", "I don’t want to"),
        ("don't want", "dont want"),
        ("bring .. school", "bring school"),
        ("bring .. school", "bring it with him to school"),
        ("a .. b c", "a b x b c"),
        ("tomo pastillas", "tomó pastillas"),
        ("رصاص*", "رَصَـاصات"),
        ("اسلحة", "أسلحه"),
    ],
)
def test_a_phrase_is_found(phrase: str, text: str) -> None:
    assert found(phrase, text)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("gun", "it has begun"),
        ("gun", "guns"),
        ("box cutter", "cutter box"),
        ("box cutter", "box of cutter"),
        ("bring .. school", "bring" + " x" * (GAP + 1) + " school"),
        ("bring .. school", "school bring"),
    ],
)
def test_another_text_is_not(phrase: str, text: str) -> None:
    assert not found(phrase, text)


def test_prefixes_are_taken_off_in_a_row_but_never_the_word() -> None:
    assert found("سلاح", "وبالسلاح", ("و", "ب", "ال"))
    assert word_forms("بال", ("ب", "ال")) == {"بال"}


letters = st.text("ab", min_size=1, max_size=4)
tokens = st.builds(
    Token,
    st.frozensets(letters, max_size=3),
    st.lists(letters, max_size=3).map(tuple),
    st.booleans(),
)


@given(st.lists(tokens, max_size=8), st.frozensets(letters, min_size=1, max_size=3))
def test_many_tokens_are_met_at_once_as_each_is_by_itself(
    asked: list[Token], forms: frozenset[str]
) -> None:
    alone = {at for at, token in enumerate(asked) if token.meets(forms)}
    assert Meeting(asked).tokens(forms) == alone


@pytest.mark.parametrize(
    "phrase", ["", "..", ".. gun", "gun ..", "a .. .. b", "*", "a|", "gun-shot"]
)
def test_a_malformed_phrase_is_refused(phrase: str) -> None:
    with pytest.raises(ValueError, match=r"phrase|one word"):
        parse_phrase(phrase)


def test_one_word_is_normalized() -> None:
    assert one_word("Niño's") == "ninos"


@pytest.mark.parametrize("value", ["gun", [1], {"a": 1}, None])
def test_only_a_list_of_strings_will_do(value: object) -> None:
    with pytest.raises(ValueError, match="list of strings"):
        strings(value, "weapons")
