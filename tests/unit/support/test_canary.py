"""The search for the canary finds what is planted, in each form, and nothing else."""

import base64
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.canary import (
    base64_of,
    files_of,
    forms_of_number,
    forms_of_words,
    runs_of,
    search,
    text_of_page,
)

NUMBER = "+15550173946"
WORDS = "my cousin keeps a knife under the bed"


@pytest.mark.parametrize(
    "planted",
    [
        b"+15550173946",
        quote("From=+15550173946").encode(),
        b"from 5550173946 at noon",
        b"call 0173946 back",
        b"017-3946",
        b"6493710555",
        b"\x00\xff0173946\x00",
        base64.b64encode(b"5550173946"),
        base64.b64encode(b"x5550173946"),
        base64.b64encode(b"xx5550173946yy"),
        b"5550173946".hex().encode(),
    ],
)
def test_a_planted_number_is_found(planted: bytes) -> None:
    found = search(
        {"log": b"something " + planted + b" else", "page": b""}, forms_of_number(NUMBER)
    )
    assert {hit.place for hit in found} == {"log"}


@pytest.mark.parametrize("other", [b"", b"+15550173945", b"ab0173946ef01", b"99901739461"])
def test_another_number_and_digits_of_an_id_are_not(other: bytes) -> None:
    assert search({"log": other}, forms_of_number(NUMBER)) == []


@pytest.mark.parametrize(
    "planted",
    [
        b"He said: My cousin KEEPS a knife",
        WORDS[::-1].encode(),
        base64.b64encode(WORDS.encode()),
        base64.b64encode(b"1" + WORDS.encode()),
        base64.b64encode(b"12" + WORDS.encode()),
    ],
)
def test_planted_words_are_found(planted: bytes) -> None:
    assert search({"row": b"\0" + planted}, forms_of_words(WORDS))


def test_single_words_are_nobodys() -> None:
    assert search({"row": b"a knife; my bed; under"}, forms_of_words(WORDS)) == []


def test_short_runs_are_left_out() -> None:
    assert runs_of("He is in the cafeteria") == ["in the cafeteria"]


@given(st.binary(max_size=9), st.binary(min_size=3, max_size=20), st.binary(max_size=9))
def test_in_base64_one_alignment_always_stands(before: bytes, plain: bytes, after: bytes) -> None:
    code = base64.b64encode(before + plain + after)
    assert base64_of(plain)[len(before) % 3] in code


def test_a_page_is_read_without_its_tags() -> None:
    page = b'<p><span data-w="1">my</span> <b>cousin</b>\n keeps&#39;</p>'
    assert text_of_page(page).split() == [b"my", b"cousin", b"keeps'"]


def test_every_file_is_read_and_its_name_too(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "web.log").write_bytes(b"5550173946")
    (tmp_path / "5550173946.wav").write_bytes(b"")
    found = search(files_of(tmp_path), forms_of_number(NUMBER))
    assert {hit.place for hit in found} == {"log/web.log", "5550173946.wav"}
