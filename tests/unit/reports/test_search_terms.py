"""The pieces of words, and their names."""

import string

from hypothesis import given
from hypothesis import strategies as st

from hotline.reports import search_terms

KEY = b"k" * 32
LETTERS = set(string.ascii_lowercase + "234567")


def test_a_word_is_found_by_its_beginnings() -> None:
    assert search_terms.pieces("threatened") == {"thr", "thre", "threa", "threat"}
    assert search_terms.pieces("gun") == {"gun"}
    assert search_terms.pieces("he") == {"he"}


def test_what_is_asked_for_is_cut_in_the_same_way() -> None:
    assert search_terms.asked('"Threatening" a  GUN, gun!') == ["threat", "a", "gun"]
    assert search_terms.asked("سِكّين") == ["سكين"]
    assert search_terms.asked(' "" … ') == []


def test_a_question_has_an_end() -> None:
    many = " ".join(f"word{number}" for number in range(100))
    assert len(search_terms.asked(many)) <= search_terms.MOST_ASKED


@given(st.text())
def test_a_name_tells_nothing_and_is_always_the_same(piece: str) -> None:
    name = search_terms.blind(KEY, piece)
    assert len(name) == search_terms.NAME_LETTERS
    assert set(name) <= LETTERS
    assert name == search_terms.blind(KEY, piece)
    assert name != search_terms.blind(b"x" * 32, piece)


@given(st.text())
def test_any_text_has_pieces_that_its_own_words_ask_for(text: str) -> None:
    there = search_terms.pieces_of(text.split())
    assert set(search_terms.asked(text)) <= there
