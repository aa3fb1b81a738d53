"""Attacks by, and on, telephones that call again and again: tying people up, learning who called,
keeping a child from a person, and guessing by voice."""

import itertools
from dataclasses import dataclass

import pytest
from sqlalchemy import func, select

from hotline.privacy import pseudonym
from hotline.reports import callers, guesses, spoken
from hotline.reports.caller_model import CallerBlock, CallerCall
from hotline.reports.model import Report, WrongPair
from hotline.reports.spoken_model import SpokenAnswer
from ivr import turns
from tests.attacks.attack import Attack, each
from tests.unit.ivr.house import House
from tests.unit.ivr.leg import Leg

CALLER = "+12175550199"


@dataclass
class Line:
    """A hotline on duty, and callers who show numbers."""

    house: House

    def comes(self, shown: str = CALLER) -> Leg:
        """One more call from there, in English."""
        return self.house.caller(From=shown, Direction="inbound")

    def live(self) -> int:
        """For how many calls people were rung at once."""
        with self.house.runtime.database.reading() as session:
            query = select(func.count()).select_from(Report).where(Report.live)
            return session.scalar(query) or 0


@pytest.fixture
def line(house: House) -> Line:
    return Line(house)


def rings_people_all_day(line: Line) -> bool:
    """Ten times “1” and hung up."""
    for _ in range(10):
        line.comes().press("1").hang_up()
    return line.live() > line.house.runtime.settings.repeat_calls


def everybody_is_new(patch: pytest.MonkeyPatch) -> None:
    fresh = itertools.count()
    patch.setattr(pseudonym, "of", lambda shown, key: f"{next(fresh):032x}")


def goes_on_when_blocked(line: Line) -> bool:
    """A supervisor has blocked it, and it rings people."""
    runtime = line.house.runtime
    first = line.comes().press("2").record(5)
    first.hang_up()
    with runtime.database.transaction() as session:
        report = session.scalars(select(Report)).one()
        assert callers.block(session, report, "me", runtime.clock(), 9)
    line.comes().press("1")
    return line.live() > 0


def no_doubt(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(callers, "doubt", lambda *_: callers.Doubt.NONE)


def tells_who_called_yesterday(line: Line) -> bool:
    """Whoever has the key of today tries out the number they suspect against what is stored."""
    runtime = line.house.runtime
    line.comes()
    runtime.clock.advance(86400.0)  # type: ignore[attr-defined]
    key = runtime.day_key.key(pseudonym.day_of(runtime.clock(), 9))
    with runtime.database.reading() as session:
        names = set(session.scalars(select(CallerCall.name)))
    return pseudonym.of(CALLER, key) in names


def one_key_for_ever(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("hotline.tasks.day_key.OwnKey.key", lambda self, day: b"k" * 32)


def speaks_one_pin_after_the_other(line: Line) -> bool:
    """More tries than are answered, by voice, in many calls."""
    runtime = line.house.runtime
    with runtime.database.transaction() as session:
        spoken.note_hearing(session, "en", runtime.clock(), word=True, digits=True)
    for call in range(guesses.LINE_LIMIT // 3 + 3):
        caller = line.comes(f"+1217555{call:04d}").press("3")
        for digits in ("123456", f"{call:06d}") * 3:
            caller.silence().record(4)
            with runtime.database.transaction() as session:
                query = select(SpokenAnswer).order_by(SpokenAnswer.id.desc())
                answer = session.scalars(query).first()
                assert answer is not None
                spoken.understood(session, runtime.vault, answer, digits, runtime.clock())
            if caller.redirected().says[0] == "return_locked":
                break
        caller.hang_up()
    with runtime.database.reading() as session:
        return (session.scalar(select(func.count()).select_from(WrongPair)) or 0) > (
            guesses.NUMBER_LIMIT
        )


def guess_as_you_like(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(guesses, "_is_locked", lambda *_: False)


ATTACKS = [
    Attack("rings_people_all_day", rings_people_all_day, everybody_is_new),
    Attack("goes_on_when_blocked", goes_on_when_blocked, no_doubt),
    Attack("tells_who_called_yesterday", tells_who_called_yesterday, one_key_for_ever),
    Attack("speaks_one_pin_after_the_other", speaks_one_pin_after_the_other, guess_as_you_like),
]


@each(ATTACKS)
def test_it_fails(attack: Attack[Line], line: Line) -> None:
    assert not attack.does(line)


@each(ATTACKS)
def test_it_succeeds_without_the_mitigation(
    attack: Attack[Line], line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    attack.without(monkeypatch)
    assert attack.does(line)


def test_a_block_keeps_no_other_telephone_from_a_person(line: Line) -> None:
    assert not goes_on_when_blocked(line)
    line.comes("+12175550198").press("1")
    line.comes("anonymous").press("1")
    assert line.live() == 2


def test_whoever_forges_a_number_costs_its_owner_a_key_and_no_message(line: Line) -> None:
    assert not rings_people_all_day(line)
    before = line.live()
    owner = line.comes()
    assert owner.press("1").says[0] == "danger"
    with line.house.runtime.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(CallerBlock)) == 0
    owner.press(turns.word_key(newest_call(line)))
    assert line.live() == before + 1


def newest_call(line: Line) -> str:
    with line.house.runtime.database.reading() as session:
        query = select(CallerCall.call_id).order_by(CallerCall.id.desc())
        return session.scalars(query).first() or ""
