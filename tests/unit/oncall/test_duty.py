"""Duty: what somebody says of themselves, and that a break ends by itself."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from hotline.context import Runtime
from hotline.oncall import duty, responders
from hotline.oncall.duty import LONGEST_BREAK, DutyError, Standing
from hotline.oncall.model import DutyState, ResponderKind
from tests.fakes.clock import START

SOON = START + timedelta(minutes=15)


@pytest.fixture
def session(runtime_on_both: Runtime) -> Iterator[Session]:
    with runtime_on_both.database.transaction() as opened:
        yield opened


@pytest.fixture
def person(runtime_on_both: Runtime, session: Session) -> str:
    row = responders.put(
        session,
        runtime_on_both.vault,
        handle="c1",
        kind=ResponderKind.COUNSELOR,
        name="Ana",
        number="+15550100001",
        languages=["en"],
    )
    return row.id


def test_whoever_says_nothing_is_on_duty(session: Session, person: str) -> None:
    assert duty.read(session, person, START) == Standing(DutyState.ON)
    assert duty.away(session, START) == {}


def test_a_break_ends_by_itself(session: Session, person: str) -> None:
    duty.put(session, person, DutyState.BREAK, START, SOON)
    assert duty.read(session, person, START) == Standing(DutyState.BREAK, START, SOON)
    assert duty.away(session, START) == {"c1": SOON}
    assert duty.read(session, person, SOON) == Standing(DutyState.ON, SOON)
    assert duty.away(session, SOON) == {}


def test_off_duty_lasts_until_they_are_back(session: Session, person: str) -> None:
    duty.put(session, person, DutyState.OFF, START, SOON)
    assert duty.away(session, START + timedelta(days=400)) == {"c1": None}
    duty.put(session, person, DutyState.ON, SOON)
    assert duty.read(session, person, SOON) == Standing(DutyState.ON, SOON)


@pytest.mark.parametrize(
    "until", [None, START, START - timedelta(seconds=1), START + LONGEST_BREAK + timedelta(1)]
)
def test_a_break_without_a_near_end_is_refused(
    session: Session, person: str, until: object
) -> None:
    with pytest.raises(DutyError, match="within 4 hours"):
        duty.put(session, person, DutyState.BREAK, START, until)  # type: ignore[arg-type]
    assert duty.read(session, person, START) == Standing(DutyState.ON)
