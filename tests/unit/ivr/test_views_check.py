"""A test call's webhooks: only a press of 1 confirms a number."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import select

from hotline.context import Runtime
from hotline.dispatch import drill
from hotline.oncall.model import CheckCall, Responder
from tests.fakes.clock import VirtualClock
from tests.unit.ivr.leg import Leg

Call = Callable[..., Leg]


@pytest.fixture
def called(leg: Callable[[], Leg], runtime: Runtime) -> Call:
    """A responder whose number was confirmed before picks up a test call."""

    def call(handle: str = "counselor-1", purpose: str = drill.DRILL) -> Leg:
        with runtime.database.transaction() as session:
            person = session.scalars(select(Responder).where(Responder.handle == handle)).one()
            person.confirmed_at = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
            row = drill.intend(session, person, purpose, runtime.clock())
        made = leg()
        made.post(f"/voice/check/{row.token}", AnsweredBy="unknown")
        return made

    return call


def rows(runtime: Runtime) -> tuple[CheckCall, Responder]:
    with runtime.database.transaction() as session:
        row = session.scalars(select(CheckCall)).one()
        return row, session.get_one(Responder, row.responder_id)


def hang_up(made: Leg, runtime: Runtime) -> None:
    row, _ = rows(runtime)
    made.post(f"/voice/check/{row.token}/status", CallStatus="completed")


def test_it_says_that_nothing_is_wrong_and_asks_for_1(called: Call) -> None:
    made = called()
    assert made.says == ["drill_intro", "check_keys"]
    assert made.one("Gather").attrib["numDigits"] == "1"


def test_a_check_in_says_what_it_is_for(called: Call) -> None:
    assert called(purpose=drill.CHECK_IN).says == ["check_in_intro", "check_keys"]


def test_it_speaks_the_responders_language(called: Call) -> None:
    assert called("counselor-2").hears == ["es/drill_intro", "es/check_keys"]


def test_1_confirms_the_number(called: Call, runtime: Runtime, clock: VirtualClock) -> None:
    made = called()
    clock.advance(7)
    made.press("1")
    assert made.says == ["check_confirmed"]
    assert made.has("Hangup")
    row, person = rows(runtime)
    assert row.confirmed_at == person.confirmed_at == clock()
    assert row.carrier_call_id == made.call_id


def test_a_repeated_press_changes_nothing(
    called: Call, runtime: Runtime, clock: VirtualClock
) -> None:
    made = called().press("1")
    first = clock()
    clock.advance(60)
    made.again()
    assert rows(runtime)[0].confirmed_at == first


def test_another_key_is_asked_once_more(called: Call, runtime: Runtime) -> None:
    made = called().press("5")
    assert made.says == ["check_keys"]
    assert made.press("1").says == ["check_confirmed"]
    assert rows(runtime)[0].confirmed_at is not None


@pytest.mark.parametrize("keys", [("", ""), ("5", ""), ("", "2")], ids=["silence", "5", "2"])
def test_silence_and_other_keys_confirm_nothing(
    called: Call, runtime: Runtime, keys: tuple[str, str]
) -> None:
    made = called().press(*keys)
    assert made.says == ["check_no_key"]
    assert made.has("Hangup")
    hang_up(made, runtime)
    row, person = rows(runtime)
    assert row.confirmed_at is None
    assert row.ended_at is not None
    assert person.confirmed_at is None  # what was true before the call is not known any more


def test_a_press_that_is_told_after_the_end_counts(
    called: Call, runtime: Runtime, clock: VirtualClock
) -> None:
    made = called()
    hang_up(made, runtime)
    assert rows(runtime)[1].confirmed_at is None
    made.press("1")
    assert rows(runtime)[1].confirmed_at == clock()


def test_the_end_after_a_press_takes_nothing_back(called: Call, runtime: Runtime) -> None:
    made = called().press("1")
    hang_up(made, runtime)
    row, person = rows(runtime)
    assert row.ended_at is not None
    assert person.confirmed_at is not None


def test_only_the_end_of_the_leg_ends_it(called: Call, runtime: Runtime) -> None:
    made = called()
    token = rows(runtime)[0].token
    for status in ("initiated", "ringing", "in-progress", "unheard-of"):
        made.post(f"/voice/check/{token}/status", CallStatus=status)
    assert rows(runtime)[0].ended_at is None


def test_an_unknown_token_is_hung_up_on(leg: Callable[[], Leg]) -> None:
    made = leg()
    for path in ("/voice/check/none", "/voice/check/none/key"):
        made.post(path, Digits="1")
        assert made.has("Hangup")
        assert made.says == []
    assert made.post("/voice/check/none/status", CallStatus="completed").status_code == 204
