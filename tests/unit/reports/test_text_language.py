"""The language of a text is guessed from the hotline's own language files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.languages import DIRECTORY, load_language
from hotline.reports import text_language
from hotline.reports.text_language import Vocabulary, guess
from ivr.text_taking import _all_texts

CODES = ("en", *sorted(path.stem for path in DIRECTORY.glob("*.toml") if path.stem != "en"))
WRITTEN = {
    "en": "somebody is going to hurt my friend after school today",
    "es": "alguien va a lastimar a mi amigo después de la escuela",
    "ar": "أحد الطلاب يريد أن يؤذي صديقي بعد المدرسة",
    "fr": "quelqu'un veut faire du mal à mon ami après l'école",
    "pt": "alguém vai machucar meu amigo depois da escola, não sei o que fazer",
    "vi": "có người sẽ đánh bạn tôi sau giờ học hôm nay",
    "ht": "gen yon moun ki vle fè zanmi m mal apre lekòl la",
    "ko": "어떤 학생이 오늘 학교 끝나고 내 친구를 때리려고 해요",
    "zh": "有人今天放学以后要打我的朋友",
    "tl": "may gustong manakit sa kaibigan ko pagkatapos ng klase sa paaralan",
    "hi": "कोई आज स्कूल के बाद मेरे दोस्त को मारने वाला है",
    "ur": "کوئی آج اسکول کے بعد میرے دوست کو مارنے والا ہے",
    "ru": "кто-то хочет избить моего друга после школы",
    "uk": "хтось хоче побити мого друга після школи, я не знаю що робити",
    "pl": "ktoś chce pobić mojego kolegę po szkole, nie wiem co robić",
    "so": "qof ayaa raba inuu saaxiibkay dhaawaco dugsiga kadib",
}


@pytest.fixture(scope="module")
def of_all() -> Vocabulary:
    """All sixteen at once: more than a hotline may offer."""
    found = {code: _all_texts(load_language(DIRECTORY / f"{code}.toml")) for code in CODES}
    return text_language.vocabulary(found)


def test_each_language_is_tried() -> None:
    assert set(WRITTEN) == set(CODES)


@pytest.mark.parametrize("code", WRITTEN)
def test_a_sentence_is_known_among_sixteen_languages(of_all: Vocabulary, code: str) -> None:
    assert guess(of_all, WRITTEN[code]) == code


@pytest.mark.parametrize("text", ["", "1234", "?!", "\U0001f52b"])
def test_what_has_no_words_is_the_first_language(of_all: Vocabulary, text: str) -> None:
    assert guess(of_all, text) == "en"


@given(st.text(max_size=300))
def test_any_text_has_one_of_the_languages(text: str) -> None:
    assert guess(SMALL, text) in SMALL.codes


SMALL = text_language.vocabulary({"en": ["he has a gun"], "es": ["tiene un arma"]})


def test_of_equally_likely_ones_the_first_counts() -> None:
    same = text_language.vocabulary({"es": ["no"], "en": ["no"]})
    assert guess(same, "no") == "es"
