"""Every text of the console is there in every language, with the same places to fill in."""

import re

import pytest

from console import catalog
from console.locale import LOCALES

OTHERS = [locale for locale in LOCALES if locale != catalog.SOURCE]
PLACE = re.compile(r"%\(\w+\)[sd]|%%")
TAG = re.compile(r"</?\w+[^>]*>")


@pytest.mark.parametrize("locale", OTHERS)
def test_all_texts_are_translated_and_compiled(locale: str) -> None:
    assert catalog.out_of_date(locale) == []


@pytest.mark.parametrize("locale", OTHERS)
def test_translations_fill_in_what_the_text_fills_in(locale: str) -> None:
    for message in catalog.read(locale):
        if not message.id:
            continue
        asked = message.id if isinstance(message.id, tuple) else (message.id,)
        given = message.string if isinstance(message.string, tuple) else (message.string,)
        for text in given:
            assert set(PLACE.findall(text)) <= set(PLACE.findall(" ".join(asked))), message.id
            assert TAG.findall(text) == TAG.findall(asked[-1]), message.id
        assert set(PLACE.findall(given[-1])) == set(PLACE.findall(asked[-1])), message.id


def test_a_new_text_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    made = catalog.template()
    made.add("A text that nobody has translated")
    monkeypatch.setattr(catalog, "template", lambda: made)
    assert any("A text that nobody has" in line for line in catalog.out_of_date(OTHERS[0]))
