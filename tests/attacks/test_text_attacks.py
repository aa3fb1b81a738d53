"""Attacks on the text door: forged, altered and replayed texts, floods, endless answers, names."""

import hmac
from dataclasses import dataclass
from hashlib import sha256

import pytest
from sqlalchemy import func, select

from hotline.context import Runtime
from hotline.database.base import Base, new_id
from hotline.reports import day_secrets, texted
from hotline.reports.model import Message, Report
from hotline.reports.text_model import TextConversation
from ivr import guard, text_taking
from tests.attacks.attack import Attack, each
from tests.conftest import MakeRuntime
from tests.support.texting import GUN, SENDER, Phone
from tests.unit.ivr.house import House

FEW = 3


@dataclass
class Texts:
    """A hotline that takes texts, and the telephone of somebody who has written."""

    house: House
    phone: Phone
    answer: str

    def count(self, table: type[Base]) -> int:
        """How many rows there are."""
        with self.house.runtime.database.reading() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.fixture
def runtime(make_runtime: MakeRuntime, sqlite_url: str) -> Runtime:
    """Texts are taken."""
    return make_runtime(sqlite_url, text_door=True)


@pytest.fixture
def texts(house: House) -> Texts:
    """Somebody has written."""
    phone = Phone(house.client, house.runtime)
    return Texts(house, phone, phone.text(GUN))


def forged(texts: Texts) -> bool:
    """A text that no carrier has signed becomes a report."""
    before = texts.count(Message)
    texts.phone.post({**texts.phone.last, "MessageSid": "SM" + "f" * 32}, signature="x" * 28)
    return texts.count(Message) > before


def altered(texts: Texts) -> bool:
    """A signature that was seen is used for other words."""
    before = texts.count(Message)
    seen = texts.phone.signature
    texts.phone.post({**texts.phone.last, "MessageSid": "SM" + "e" * 32, "Body": "x"}, seen)
    return texts.count(Message) > before


def replay(texts: Texts) -> bool:
    """A signed text is sent once more and is there twice."""
    before = texts.count(Message)
    texts.phone.again()
    return texts.count(Message) > before


def replay_for_the_pin(texts: Texts) -> bool:
    """A signed text is sent once more, a day later, to read number and PIN in the answer."""
    texts.house.runtime.clock.advance(86_400)  # type: ignore[attr-defined]
    return "PIN" in texts.phone.again()


def flood(texts: Texts) -> bool:
    """A program writes without end, and all of it lands in a report."""
    for n in range(FEW + 2):
        texts.phone.text(f"Nothing happened, {n}.")
    return texts.count(Message) > FEW


def endless_answers(texts: Texts) -> bool:
    """Two machines answer each other for ever. (One answer says that no more are kept, and one that
    they end.)"""
    answers = [texts.phone.text("This is an automatic answer.") for _ in range(FEW)]
    answers += [texts.phone.text("STOP") for _ in range(FEW)]
    return sum(answer != "" for answer in answers) > 2


def name_without_the_key(texts: Texts) -> bool:
    """All numbers are tried against the names in the database, without any key."""
    with texts.house.runtime.database.reading() as session:
        name = session.scalars(select(TextConversation.name)).one()
    return name in (sha256(SENDER.encode()).hexdigest(), _hashed(b"", SENDER))


def _hashed(key: bytes, number: str) -> str:
    return hmac.new(key, number.encode(), sha256).hexdigest()


def unguarded(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(guard, "signed", lambda runtime: True)


def unknown(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(texted, "arrived", lambda session, carrier_id: None)
    patch.setattr(text_taking, "_token", lambda incoming: f"text-{new_id()}")
    patch.setattr(texted, "note", lambda *given: None)


def always_told(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(texted, "TOLD_AGAIN", texted.DAY * 2)


def no_limit(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(texted, "count", lambda *given: 0)


def never_quiet(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(text_taking, "QUIET", texted.DAY * -1)


def no_key(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(day_secrets, "_named", lambda s, v, row, number: _hashed(b"", number))


ATTACKS = [
    Attack("forged", forged, unguarded),
    Attack("altered", altered, unguarded),
    Attack("replay", replay, unknown),
    Attack("replay_for_the_pin", replay_for_the_pin, always_told),
    Attack("flood", flood, no_limit),
    Attack("endless_answers", endless_answers, never_quiet),
    Attack("name_without_the_key", name_without_the_key, no_key),
]


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A flood is short here."""
    monkeypatch.setattr(texted, "HOUR_LIMIT", FEW)


@each(ATTACKS)
def test_it_fails(texts: Texts, attack: Attack[Texts]) -> None:
    assert not attack.does(texts)


@each(ATTACKS)
def test_it_succeeds_without_the_mitigation(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, attack: Attack[Texts]
) -> None:
    attack.without(monkeypatch)
    assert attack.does(request.getfixturevalue("texts"))


def test_a_number_and_a_pin_in_a_text_open_nothing(texts: Texts) -> None:
    """A stranger who has seen both learns nothing by text, and adds to no report but their own."""
    with texts.house.runtime.database.reading() as session:
        number = session.scalars(select(Report.number)).one()
    stranger = Phone(texts.house.client, texts.house.runtime, "+12175550166")
    answer = stranger.text(f"{number} 000000")
    assert number not in answer
    with texts.house.runtime.database.reading() as session:
        of_first = select(func.count()).select_from(Message).join(Report)
        assert session.scalar(of_first.where(Report.number == number)) == 1
