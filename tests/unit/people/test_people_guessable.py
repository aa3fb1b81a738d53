"""Passwords that others would try are refused, and those that people should take are not."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.database.engine import Database
from hotline.people import codes, own_password
from hotline.people.accounts import GUESSABLE, WrongInput, add_account, check_password
from hotline.people.guessable import is_guessable
from hotline.people.model import Role

ABOUT = ("ana.alvarez", "Ana Alvarez")


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "passwordpassword",
        "123456789012",
        "qwertyuiop12",
        "aaaaaaaaaaaaaaaa",
        "iloveyou1234",
        "Summer2026!!",
        "P@ssw0rd2026",
        "letmein12345",
        "١٢٣٤٥٦٧٨٩٠١٢",
        "contraseña12",
    ],
)
def test_what_many_take_is_refused(password: str) -> None:
    with pytest.raises(WrongInput, match="too easy to guess") as wrong:
        check_password(password)
    assert wrong.value.field == "password"


@pytest.mark.parametrize(
    "password",
    ["anaalvarez2026", "ana.alvarez!1", "Alvarez-Ana-1", "hotline-2026!", "Counselor123"],
)
def test_what_is_about_its_owner_or_this_place_is_refused(password: str) -> None:
    with pytest.raises(WrongInput, match="too easy to guess"):
        check_password(password, ABOUT)


@pytest.mark.parametrize(
    "password",
    [
        "seven calm grey herons",
        "tengo un perro verde",
        "الاسد في الغابة",
        "q7#Lm2vX9p!a",
        "лодка чайник сентябрь",
    ],
)
def test_what_people_should_take_is_taken(password: str) -> None:
    check_password(password, ABOUT)


@given(st.text(max_size=300), st.lists(st.text(max_size=90), max_size=3))
def test_any_text_gives_an_answer(password: str, about: list[str]) -> None:
    assert is_guessable(password, about) in (True, False)


def test_whoever_chooses_with_a_code_is_told(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        account = add_account(session, "rosa", "Rosa Delgado", Role.COUNSELOR, "!", now)
        code = codes.issue(session, account.id, now)
    with pytest.raises(WrongInput) as wrong:
        own_password.choose_with_code(database, "rosa", code, "rosa.delgado1", now)
    assert str(wrong.value) == GUESSABLE
    own_password.choose_with_code(database, "rosa", code, "seven calm grey herons", now)
