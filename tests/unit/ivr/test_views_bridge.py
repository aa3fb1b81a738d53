"""In the bridge: the menu of `*`, hand-over, law enforcement, and who leaves when."""

import pytest
from sqlalchemy import select

from hotline.dispatch.words import AttemptState, DispatchState
from hotline.oncall.model import Responder
from hotline.reports.model import Report
from tests.unit.ivr.house import House, bridge_ends, presses_star


def test_star_holds_the_caller_and_1_brings_them_together_again(house: House) -> None:
    caller, owner = house.talking()
    first = caller.one("Conference").text
    assert owner.one("Dial").attrib["hangupOnStar"] == "true"
    bridge_ends(caller)
    assert caller.says == ["one_moment", "hold"]
    presses_star(owner)
    assert owner.says == ["star_waiting", "star_keys"]
    for _ in range(4):
        caller.silence()
        assert "other_left" not in caller.says
        assert caller.says[-1] == "hold"
    owner.press("1")
    assert owner.says == ["star_back"]
    assert house.follow(caller)
    assert caller.says == ["connecting"]
    assert caller.one("Conference").text == owner.one("Conference").text != first
    assert house.dispatch.state is DispatchState.TAKEN
    assert [k for k in house.kinds if k.startswith("attempt_taken")] == ["attempt_taken"]


@pytest.mark.parametrize("key", ["", "*", "7"])
def test_silence_and_other_keys_lead_back_to_the_caller(house: House, key: str) -> None:
    caller, owner = house.talking()
    bridge_ends(caller)
    presses_star(owner).press(key)
    assert owner.has("Conference")


def test_a_caller_on_hold_is_not_sent_to_the_recorder_by_a_key(house: House) -> None:
    caller, owner = house.talking()
    bridge_ends(caller)
    presses_star(owner)
    assert caller.press("1").says[-1] == "hold"
    assert house.state("counselor-1") is AttemptState.TAKEN


def test_the_bridge_that_the_caller_has_ended_gives_no_menu(house: House) -> None:
    caller, owner = house.talking()
    owner.post(owner.one("Dial").attrib["action"], DialCallStatus="answered")
    assert owner.says == ["one_moment"]
    house.hangs_up(caller)  # told a moment later than the end of the bridge
    assert owner.redirected().says == ["caller_left"]
    assert owner.has("Hangup")
    assert "caller_on_hold" not in house.kinds


def test_the_end_of_the_responders_own_leg_holds_nobody(house: House) -> None:
    caller, owner = house.talking()
    owner.post(owner.one("Dial").attrib["action"], CallStatus="completed")
    bridge_ends(caller)
    house.hangs_up(owner)
    caller.silence()
    assert caller.says == ["other_left", "parked_1"]
    assert house.dispatch.state is DispatchState.RINGING
    assert "caller_on_hold" not in house.kinds


def test_who_hangs_up_in_the_menu_has_left_the_caller(house: House) -> None:
    caller, owner = house.talking()
    bridge_ends(caller)
    presses_star(owner)
    caller.silence()
    house.hangs_up(owner)
    assert caller.silence().says == ["other_left", "parked_1"]
    assert house.state("counselor-1") is AttemptState.LEFT
    house.picks_up("counselor-2")


def test_a_responder_who_never_comes_back_is_replaced(house: House) -> None:
    caller, owner = house.talking()
    bridge_ends(caller)
    presses_star(owner)
    house.later(61)
    assert caller.silence().says == ["other_left", "parked_1"]
    assert owner.press("1").says == ["passed"]


def test_law_enforcement_joins_and_stays_when_the_owner_leaves(house: House) -> None:
    caller, owner = house.talking()
    bridge_ends(caller)
    presses_star(owner).press("2")
    assert owner.says == ["star_adding"]
    assert owner.one("Conference").attrib["endConferenceOnExit"] == "false"
    house.follow(caller)
    officer = house.picks_up("police-desk")
    assert officer.says[:2] == ["screening_intro", "screening_add"]
    assert officer.press("1").says == ["joined_live"]
    assert officer.one("Conference").attrib["endConferenceOnExit"] == "false"
    rooms = {leg.one("Conference").text for leg in (caller, owner, officer)}
    assert len(rooms) == 1
    assert house.state("police-desk") is AttemptState.JOINED
    house.hangs_up(owner)
    house.later(4)
    assert house.state("police-desk") is AttemptState.TAKEN
    assert not house.follow(caller)
    assert house.dispatch.state is DispatchState.TAKEN


def test_while_somebody_else_is_with_the_caller_star_holds_nobody(house: House) -> None:
    caller, owner = house.talking()
    bridge_ends(caller)
    presses_star(owner).press("2")
    house.follow(caller)
    officer = house.picks_up("police-desk").press("1")
    presses_star(owner)
    assert owner.says == ["star_waiting", "star_keys"]
    assert not house.follow(caller)
    assert house.call.conference == officer.one("Conference").text
    owner.press("1")
    assert owner.one("Conference").text == officer.one("Conference").text


def test_star_of_who_has_joined_leads_back_into_the_bridge(house: House) -> None:
    caller, owner = house.talking()
    bridge_ends(caller)
    presses_star(owner).press("2")
    house.follow(caller)
    officer = house.picks_up("police-desk").press("1")
    room = officer.one("Conference").text
    assert presses_star(officer).one("Conference").text == room
    house.hangs_up(caller)
    assert bridge_ends(officer).says == ["call_over"]


def test_who_joins_while_the_owner_is_in_the_menu_waits_for_the_bridge(house: House) -> None:
    caller, owner = house.talking()
    bridge_ends(caller)
    presses_star(owner).press("2")
    house.follow(caller)
    officer = house.picks_up("police-desk")
    presses_star(owner)  # alone with the caller still: the caller is fetched
    assert house.follow(caller)
    assert caller.says == ["one_moment", "hold"]
    assert officer.press("1").says == ["responder_waiting"]
    assert officer.redirected().says == ["hold"]
    owner.press("1")
    house.follow(caller)
    officer.redirected()
    rooms = {leg.one("Conference").text for leg in (caller, owner, officer)}
    assert len(rooms) == 1


def test_handing_over_makes_the_colleague_the_one_who_has_it(house: House) -> None:
    caller, owner = house.talking()
    bridge_ends(caller)
    presses_star(owner).press("3")
    assert owner.says == ["star_handing_over"]
    house.follow(caller)
    colleague = house.picks_up("counselor-2")
    assert "screening_relieve" in colleague.says
    colleague.press("1", "2468")
    assert colleague.says == ["taken_live"]
    assert colleague.one("Conference").attrib["endConferenceOnExit"] == "true"
    assert house.dispatch.taken_by == house.attempt("counselor-2").id
    assert house.state("counselor-1") is AttemptState.LEFT
    house.hangs_up(owner)
    house.later(4)
    assert not house.follow(caller)
    assert house.dispatch.taken_by == house.attempt("counselor-2").id
    assert house.dispatch.responder_id == house.attempt("counselor-2").responder_id


def test_who_has_handed_over_hears_so_when_the_bridge_ends(house: House) -> None:
    caller, owner = house.talking()
    bridge_ends(caller)
    presses_star(owner).press("3")
    house.follow(caller)
    house.picks_up("counselor-2").press("1", "2468")
    bridge_ends(owner)
    assert owner.says == ["handed_over"]


def test_a_colleague_who_takes_over_while_the_owner_is_in_the_menu(house: House) -> None:
    caller, owner = house.talking()
    bridge_ends(caller)
    presses_star(owner).press("3")
    house.follow(caller)
    colleague = house.picks_up("counselor-2")
    presses_star(owner)
    house.follow(caller)
    colleague.press("1", "2468")
    assert house.follow(caller)
    assert caller.one("Conference").text == colleague.one("Conference").text
    assert owner.press("1").says == ["handed_over"]


def test_nobody_to_ask_is_said_and_leads_back(house: House) -> None:
    with house.runtime.database.transaction() as session:
        desk = select(Responder).where(Responder.handle == "police-desk")
        session.scalars(desk).one().active = False
    caller, owner = house.talking()
    bridge_ends(caller)
    presses_star(owner).press("2")
    assert owner.says == ["star_nobody"]
    assert owner.one("Conference").attrib["endConferenceOnExit"] == "true"
    house.follow(caller)
    assert caller.one("Conference").text == owner.one("Conference").text


def test_the_owner_who_leaves_before_anybody_has_joined_leaves_nobody_in_silence(
    house: House,
) -> None:
    caller, owner = house.talking()
    bridge_ends(caller)
    presses_star(owner).press("2")
    house.follow(caller)
    house.hangs_up(owner)
    house.later(3.1)
    assert house.follow(caller)
    assert caller.has("Gather")  # out of the bridge, in the wait
    assert house.dispatch.state is DispatchState.RINGING
    assert house.dispatch.responder_id is None
    officer = house.picks_up("police-desk").press("1")
    house.follow(caller)
    assert caller.one("Conference").text == officer.one("Conference").text
    assert house.dispatch.taken_by == house.attempt("police-desk").id


def test_9_ends_the_call_for_both_and_rings_nobody(house: House) -> None:
    caller, owner = house.talking()
    bridge_ends(caller)
    presses_star(owner).press("9")
    assert owner.says == ["star_ended"]
    house.hangs_up(owner)
    house.later(4)  # the check for callers left alone
    assert house.follow(caller)
    assert caller.says == ["call_ended", "goodbye"]
    assert caller.has("Hangup")
    house.hangs_up(caller)
    house.later(10)
    assert house.dispatch.state is DispatchState.TAKEN
    assert len([c for c in house.carrier.calls.values() if c.url]) == 1
    assert "call_ended" in house.kinds
    assert house.call.parked_at is None


def test_9_ends_it_for_law_enforcement_too(house: House) -> None:
    caller, owner = house.talking()
    bridge_ends(caller)
    presses_star(owner).press("2")
    house.follow(caller)
    officer = house.picks_up("police-desk").press("1")
    presses_star(owner).press("9")
    assert house.follow(caller)
    assert caller.says == ["call_ended", "goodbye"]
    assert bridge_ends(officer).says == ["call_over"]


def test_a_repeated_key_of_the_menu_is_harmless(house: House) -> None:
    caller, owner = house.talking()
    bridge_ends(caller)
    presses_star(owner).press("2").again()
    assert owner.says == ["star_adding"]
    house.engine.tick()
    assert len([c for c in house.carrier.calls.values() if c.url]) == 2
    with house.runtime.database.transaction() as session:
        assert len(list(session.scalars(select(Report)))) == 1
