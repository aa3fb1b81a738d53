"""Calling back: the responder first, then the number that was left; only 1 there connects."""

from collections.abc import Callable

import pytest

from hotline.carrier.port import Busy, CarrierError, LegState, Refused, Uncertain
from hotline.dispatch.sql import SqlBooks
from hotline.reports.callback_words import CallbackOutcome, CallbackPlace
from tests.support.calling_back import NUMBER, Phones
from tests.unit.ivr.house import House, bridge_ends

ROSA = "+15550100111"
BEN = "+15550100112"


@pytest.fixture
def phones(house: House) -> Phones:
    """A caller has left a message and a number."""
    phones = Phones(house)
    phones.leaves()
    return phones


def test_five_calls_the_caller_back(phones: Phones) -> None:
    own = phones.taken()
    assert own.says[-1] == "callback_five"
    own.press("5")
    assert own.says == ["callback_ringing"]
    caller = phones.rung(NUMBER)
    assert caller.says == ["callee_intro"]
    own.redirected()
    assert own.says == ["hold"]
    caller.press("1")
    assert caller.says == ["callee_joining"]
    own.redirected()
    assert own.one("Conference").text == caller.one("Conference").text
    assert own.one("Dial").attrib["callerId"] == phones.runtime.settings.phone_number
    assert phones.kept  # until they have spoken
    bridge_ends(own)
    assert own.says == ["callback_over"]
    assert not phones.kept
    assert phones.told == [
        "callback_left",
        "callback_five",
        "callback_rung",
        "callback_answered",
        "callback_ended spoke",
        "callback_gone used",
    ]


def test_another_key_calls_nobody(phones: Phones) -> None:
    own = phones.taken().press("")
    assert own.says == ["callback_later"]
    phones.go_on(5)
    assert phones.calls_to(NUMBER) == 0


def test_a_repeated_five_calls_once(phones: Phones) -> None:
    own = phones.taken().press("5")
    own.again()
    assert own.says == ["callback_ringing"]
    phones.go_on(3)
    own.again()
    assert phones.calls_to(NUMBER) == 1


def test_without_a_number_nobody_is_asked_for_five(house: House) -> None:
    house.hangs_up(house.caller().press("2").record(5).press("1"))
    house.later(30)
    assert "callback_five" not in house.picks_up("counselor-1").press("1").says


def test_from_the_console_the_own_phone_rings_first(phones: Phones) -> None:
    phones.asks()
    own = phones.rung(ROSA)
    assert own.says[0] == "callback_intro"
    assert own.says[-1] == "callback_call_keys"
    assert len(own.says) == 8  # the six digits of the report between them
    phones.go_on(5)
    assert phones.calls_to(NUMBER) == 0
    own.press("1")
    caller = phones.rung(NUMBER).press("1")
    own.redirected()
    assert own.one("Conference").text == caller.one("Conference").text


def test_silence_on_the_own_phone_calls_nobody(phones: Phones) -> None:
    phones.asks()
    own = phones.rung(ROSA).silence().silence()
    assert own.says == ["callback_stopped"]
    phones.go_on(5)
    assert phones.calls_to(NUMBER) == 0
    assert phones.last.outcome is CallbackOutcome.NOT_TAKEN
    assert phones.left.tries == 0


def test_who_has_a_code_must_give_it(phones: Phones) -> None:
    phones.asks("counselor-2")
    own = phones.rung(BEN).press("1")
    assert own.says == ["screening_pin"]
    assert own.press("1111").says == ["screening_pin_wrong", "screening_pin"]
    phones.go_on(3)
    assert phones.calls_to(NUMBER) == 0
    assert own.press("2468").says == ["callback_ringing"]
    phones.go_on(2)
    assert phones.calls_to(NUMBER) == 1


def test_whoever_does_not_know_the_code_calls_nobody(phones: Phones) -> None:
    phones.asks("counselor-2")
    own = phones.rung(BEN).press("1", "1111", "1112", "1113")
    assert own.says == ["callback_stopped"]
    phones.go_on(3)
    assert phones.calls_to(NUMBER) == 0


# --- what whoever picks up at the caller's hears ---------------------------------------------


def test_nothing_tells_what_line_it_is_before_1(phones: Phones) -> None:
    phones.taken().press("5")
    caller = phones.rung(NUMBER)
    heard = list(caller.says)
    for _ in range(2):
        caller.silence()
        heard += caller.says
    assert set(heard) == {"callee_intro"}
    assert caller.has("Hangup")


@pytest.mark.parametrize("keys", [("", ""), ("5", "7"), ("", "#")])
def test_a_voicemail_box_is_hung_up_on(phones: Phones, keys: tuple[str, str]) -> None:
    own = phones.taken().press("5")
    caller = phones.rung(NUMBER).press(*keys)
    assert caller.hears == []
    assert caller.has("Hangup")
    assert own.redirected().says == ["callback_unanswered"]
    assert phones.kept
    assert phones.left.tries == 1
    assert phones.told[-1] == "callback_ended unanswered"


@pytest.mark.parametrize("end", [LegState.UNANSWERED, LegState.BUSY, LegState.FAILED])
def test_a_phone_that_nobody_answers(phones: Phones, end: LegState) -> None:
    own = phones.taken().press("5")
    phones.go_on(1)
    call = [c for c in phones.house.carrier.calls.values() if c.to == NUMBER][-1]
    phones.house.carrier.set_state(call, end)
    phones.go_on(3)  # nobody tells: the carrier is asked
    assert own.redirected().says == ["callback_unanswered"]
    assert phones.last.outcome is CallbackOutcome.UNANSWERED


def test_9_deletes_the_number_and_bars_it(phones: Phones) -> None:
    own = phones.taken().press("5")
    caller = phones.rung(NUMBER).press("9")
    assert caller.says == ["callee_refused"]
    assert not phones.kept
    assert own.redirected().says == ["callback_declined"]
    assert phones.told[-2:] == ["callback_ended declined", "callback_gone declined"]


def test_after_its_tries_the_number_is_deleted(phones: Phones) -> None:
    phones.taken().press("5")
    for n in range(1, 4):
        phones.rung(NUMBER).silence().silence()
        assert phones.calls_to(NUMBER) == n
        if n < 3:
            phones.house.later(60)
            phones.asks()
            phones.rung(ROSA).press("1")
    assert not phones.kept
    assert phones.told[-1] == "callback_gone tries"


def test_the_caller_hears_when_the_responder_is_gone(phones: Phones) -> None:
    own = phones.taken().press("5")
    caller = phones.rung(NUMBER).press("1")
    own.redirected()
    bridge_ends(caller)
    assert caller.says == ["callee_over"]
    assert phones.last.outcome is CallbackOutcome.SPOKE


def test_who_hangs_up_while_it_rings_stops_it(phones: Phones) -> None:
    own = phones.taken().press("5")
    phones.go_on(1)
    assert phones.calls_to(NUMBER) == 1
    phones.house.hangs_up(own)
    phones.go_on(5)
    call = [c for c in phones.house.carrier.calls.values() if c.to == NUMBER][-1]
    assert phones.house.carrier.call_state(call.id).over
    assert phones.last.outcome is CallbackOutcome.STOPPED


def test_1_at_the_callers_leads_to_nobody_when_the_responder_is_gone(phones: Phones) -> None:
    phones.taken().press("5")
    caller = phones.rung(NUMBER)
    phones.runtime.clock.advance(20)  # type: ignore[attr-defined]
    assert caller.press("1").says == ["callee_over"]
    assert phones.kept


def test_a_failure_of_ours_says_nothing_to_whoever_picked_up(
    phones: Phones, monkeypatch: pytest.MonkeyPatch
) -> None:
    phones.taken().press("5")
    phones.house.engine.tick()
    monkeypatch.setattr("ivr.views_callee._ask", lambda callee: 1 / 0)
    caller = phones.rung(NUMBER)
    assert caller.hears == []
    assert caller.has("Hangup")


# --- the carrier -----------------------------------------------------------------------------


def failing(error: CarrierError) -> Callable[[str], None]:
    """Every request to place a call fails so."""

    def fails(method: str) -> None:
        if method == "place_call":
            raise error

    return fails


def test_a_carrier_without_a_line_is_asked_again(phones: Phones) -> None:
    own = phones.taken().press("5")
    phones.house.carrier.before = failing(Busy("429"))
    phones.go_on(5)
    assert phones.calls_to(NUMBER) == 0
    phones.house.carrier.before = lambda method: None
    phones.go_on(2)
    assert phones.calls_to(NUMBER) == 1
    assert phones.left.tries == 1
    assert own.redirected().says == ["hold"]


def test_a_carrier_that_refuses_the_number(phones: Phones) -> None:
    own = phones.taken().press("5")
    phones.house.carrier.before = failing(Refused("21211"))
    phones.go_on(2)
    assert own.redirected().says == ["callback_not_rung"]
    assert phones.last.outcome is CallbackOutcome.NOT_RUNG


def test_a_try_of_which_nobody_knows_is_not_repeated(phones: Phones) -> None:
    phones.taken().press("5")
    phones.house.carrier.before = failing(Uncertain("timeout"))
    phones.go_on(100)
    assert phones.calls_to(NUMBER) == 0
    assert phones.last.outcome is CallbackOutcome.UNANSWERED


def test_the_carrier_forgets_whom_it_rang(phones: Phones) -> None:
    own = phones.taken().press("5")
    caller = phones.rung(NUMBER).press("1")
    own.redirected()
    bridge_ends(own)
    phones.house.hangs_up(caller)
    phones.go_on(90)
    assert phones.last.carrier_deleted_at is not None
    assert phones.last.place is CallbackPlace.OVER


def test_whoever_calls_back_is_busy(phones: Phones) -> None:
    phones.asks()
    phones.rung(ROSA).press("1")
    with phones.runtime.database.transaction() as session:
        busy = SqlBooks(session, phones.runtime.vault).busy("", phones.runtime.clock())
    assert busy >= {"counselor-1"}
