"""Characters that act are shown, and nothing else is changed."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from console import harmless
from console.harmless import SHOWN


@given(st.text())
def test_nothing_acts_afterwards_and_the_rest_stays(said: str) -> None:
    shown = harmless.text(said)
    assert len(shown) == len(said)
    for before, after in zip(said, shown, strict=True):
        assert after in (before, SHOWN)
        acts = unicodedata.category(after) == "Cc" and after not in "\t\n\r"
        assert not acts
        assert unicodedata.bidirectional(after) not in {"LRE", "RLE", "LRO", "RLO", "PDF"}
        assert unicodedata.bidirectional(after) not in {"LRI", "RLI", "FSI", "PDI"}


@pytest.mark.parametrize("said", ["مرحبا\u200f!", "a\tb\r\nc", "¿Cómo?", "e\u0301", "👩\u200d🚒"])
def test_what_people_write_is_left_alone(said: str) -> None:
    assert harmless.text(said) == said


def test_only_text_is_changed_on_its_way_out() -> None:
    assert harmless.output("a\x07") == f"a{SHOWN}"
    assert harmless.output(Markup("<b>a</b>")) == Markup("<b>a</b>")
    assert isinstance(harmless.output(Markup("a")), Markup)
    assert harmless.output(7) == 7
    assert harmless.output(None) is None
