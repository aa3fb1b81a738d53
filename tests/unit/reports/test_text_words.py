"""Words that steer texts count alone, and never inside what somebody tells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.reports.text_words import HELP, LONGEST, START, STOP, Keyword, keyword

MEANT = {**dict.fromkeys(STOP, Keyword.STOP), **dict.fromkeys(START, Keyword.START)}
MEANT |= dict.fromkeys(HELP, Keyword.HELP)


@pytest.mark.parametrize("word", sorted(MEANT))
@pytest.mark.parametrize("spelled", ["{}", " {}\n", "{}.", "“{}”!"])
def test_a_word_alone_is_meant(word: str, spelled: str) -> None:
    assert keyword(spelled.format(word)) is MEANT[word]
    assert keyword(spelled.format(word.upper())) is MEANT[word]


@pytest.mark.parametrize("body", ["", " ", "...", "make him stop", "help me", "stop it now", "yes"])
def test_whatever_says_more_is_no_such_word(body: str) -> None:
    assert keyword(body) is None


def test_two_words_of_the_carriers_are_one() -> None:
    assert keyword("STOP ALL") is Keyword.STOP


@given(st.text(max_size=4 * LONGEST))
def test_nothing_long_is_such_a_word(body: str) -> None:
    found = keyword(body)
    assert found is None or len(body.strip()) <= LONGEST
