"""One spelling per word, in every script of the languages that are here."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hotline.reports.triage import Rules, Urgency, deciding, triage
from hotline.spelling import MOST_HAN, is_han, is_sign, normalize, written_words

INDIC = st.text(st.characters(min_codepoint=0x0900, max_codepoint=0x0DFF))
MIXED = st.text(
    st.one_of(
        st.characters(min_codepoint=0x0900, max_codepoint=0x097F),
        st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF),
        st.characters(min_codepoint=0x0600, max_codepoint=0x06FF),
        st.sampled_from(" .,'-7aÉß\u200c\u200d\u200f\ufe0f\u0301"),
    )
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("L’école, MÈRE; cœur", ["lecole", "mere", "cœur"]),
        ("Ściana, żółw", ["sciana", "zołw"]),
        ("Ёлка й п’ять", ["елка", "и", "пять"]),
        ("Tôi sợ, đừng!", ["toi", "so", "đung"]),
        ("मैं ख़ुदकुशी करूँगा।", ["मैं", "खुदकुशी", "करूंगा"]),
        ("बंदूक और चाकू", ["बंदूक", "और", "चाकू"]),
        ("हिंदी ५५५", ["हिंदी", "५५५"]),
        ("خودکشی ہے", ["خودكشي", "هے"]),
        ("خود\u200cکشی", ["خودكشي"]),
        ("他有枪，在school", ["他", "有", "枪", "在", "school"]),
        ("〇一二345", ["〇", "一", "二", "345"]),
        ("ﺳﻼح سِلَاح", ["سلاح", "سلاح"]),
    ],
)
def test_words_of_each_script(text: str, words: list[str]) -> None:
    assert normalize(text) == [unicodedata.normalize("NFKD", word) for word in words]


def test_korean_words_keep_the_beginnings_that_stems_name() -> None:
    [gun], [with_particle] = normalize("총"), normalize("총을")
    assert with_particle.startswith(gun)


def _is_letter(c: str) -> bool:
    # Chinese characters younger than this Python's Unicode tables are letters all the same.
    return c.isalnum() or is_han(c)


@example("\U0002ebe1")  # of 2022, and no letter to the tables of Python 3.11
@given(st.one_of(st.text(), INDIC, MIXED))
def test_a_word_is_letters_and_comes_out_of_itself(text: str) -> None:
    for word in normalize(text):
        assert any(map(_is_letter, word))
        assert all(_is_letter(c) or is_sign(c) for c in word)
        assert normalize(word) == [word]


@given(st.one_of(st.text(), INDIC, MIXED))
def test_the_way_in_which_characters_are_composed_does_not_count(text: str) -> None:
    assert normalize(unicodedata.normalize("NFD", text)) == normalize(text)
    assert normalize(unicodedata.normalize("NFC", text)) == normalize(text)


@given(st.one_of(st.text(), INDIC, MIXED))
def test_text_that_is_cut_into_words_says_the_same(text: str) -> None:
    words = written_words(text)
    assert "".join(words) == "".join(text.split())
    assert [part for word in words for part in normalize(word)] == normalize(" ".join(words))
    assert all(sum(is_han(c) for c in word) <= MOST_HAN for word in words)


ZH = Rules.parse(
    {"weapons": {"life-safety": ["枪|手枪|刀", "带 .. 武器"]}, "suicide": {"life-safety": ["想死"]}}
)


@pytest.mark.parametrize(
    "text", ["他有手枪在学校里面", "他 有 手枪", "书包里有一把刀", "他带了武器"]
)
def test_triage_finds_chinese_words_with_and_without_blanks(text: str) -> None:
    assert triage(written_words(text), ZH).urgency is Urgency.LIFE_SAFETY


def test_what_decides_in_chinese_is_a_word_and_not_the_sentence() -> None:
    words = written_words("我不知道怎么办我想死")
    assert [words[at] for at in sorted(deciding(words, ZH))] == ["想", "死"]


def test_a_hindi_stem_meets_its_forms_and_no_other_word() -> None:
    rules = Rules.parse({"weapons": {"life-safety": ["बंदूक*", "चाकू"]}})
    assert triage(["उसके", "पास", "बंदूकें", "हैं"], rules).urgency is Urgency.LIFE_SAFETY
    assert triage(["चाक"], rules).urgency is Urgency.URGENT  # chalk, and no knife
