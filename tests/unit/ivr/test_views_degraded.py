"""Degraded mode through its webhooks: no dispatcher is alive, the caller's own leg rings people."""

from collections.abc import Mapping
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import pytest

from hotline.carrier.port import LegState
from hotline.database.base import new_id
from hotline.dispatch import roster as dispatch_roster
from hotline.dispatch.outside import Outside
from hotline.dispatch.words import AttemptState, DispatchState
from hotline.oncall import roster
from hotline.tasks import heartbeat, queue
from hotline.tasks.model import TaskKind
from tests.unit.ivr import house as house_module
from tests.unit.ivr.house import House
from tests.unit.ivr.leg import Leg

AWAY_S = 100_000.0
"""Longer than the fixtures' HOTLINE_DEGRADED_AFTER_S."""
DECLINED, UNANSWERED = AttemptState.DECLINED, AttemptState.UNANSWERED
TOGETHER = 'steps = [{ targets = ["counselor-1", "counselor-2"], ring_s = 25 }]'


@pytest.fixture
def alone(house: House) -> House:
    """A hotline whose dispatcher has been dead for long."""
    house.runtime.clock.advance(AWAY_S)  # type: ignore[attr-defined]
    return house


def waits(house: House) -> Leg:
    """A caller who has said a few words and waits."""
    return house.caller().press("1").record(3)


def picks_up(house: House, caller: Leg, number: int = 0) -> Leg:
    """One of the phones that the caller's leg rings is picked up: it is whispered to."""
    noun = list(caller.one("Dial"))[number]
    leg = Leg(house.client, house.runtime, f"CA{new_id()}")
    leg.post(noun.attrib["statusCallback"], CallStatus="in-progress", ParentCallSid=caller.call_id)
    leg.post(noun.attrib["url"])
    return leg


def dial_ends(caller: Leg, status: str, child: str = "") -> Leg:
    """The carrier says how the `<Dial>` ended, and the caller's leg goes where it is sent."""
    caller.post(caller.one("Dial").attrib["action"], DialCallStatus=status, DialCallSid=child)
    if not caller.has("Dial") and caller.has("Redirect") and not caller.says:
        caller.redirected()
    return caller


def numbers(dial: Element) -> list[str | None]:
    return [noun.text for noun in dial]


# --- one ring -------------------------------------------------------------------------------


def test_while_a_dispatcher_lives_the_callers_leg_rings_nobody(house: House) -> None:
    assert not waits(house).has("Dial")
    assert house.state("counselor-1") is AttemptState.INTENDED


def test_the_callers_leg_rings_the_first_person_and_shows_our_number(alone: House) -> None:
    caller = waits(alone)
    dial = caller.one("Dial")
    assert caller.says == ["degraded_first"]
    assert numbers(dial) == ["+15550100111"]
    assert dial.attrib["callerId"] == alone.runtime.settings.phone_number
    assert dial.attrib["timeout"] == "25"
    assert dial.attrib["answerOnBridge"] == "true"
    assert alone.attempt("counselor-1").chained
    assert alone.state("counselor-1") is AttemptState.PLACED
    assert alone.carrier.calls.keys() == {caller.call_id}, "no call was placed by REST"


def test_who_waits_already_is_rung_for_at_the_next_poll(house: House) -> None:
    caller = waits(house)
    assert not caller.silence().has("Dial")
    silent(house)
    assert numbers(caller.silence().one("Dial")) == ["+15550100111"]


def test_a_whisper_that_ends_without_a_key_hangs_up(alone: House) -> None:
    responder = picks_up(alone, waits(alone))
    assert [verb.tag for verb in responder.step] == ["Gather", "Hangup"]
    assert responder.says[:2] == ["screening_intro", "screening_live"]
    assert alone.state("counselor-1") is AttemptState.SCREENING


def test_1_takes_it_and_only_then_the_document_bridges(alone: House) -> None:
    caller = waits(alone)
    responder = picks_up(alone, caller)
    responder.press("1")
    assert [verb.tag for verb in responder.step] == ["Play"]
    assert responder.says == ["taken_live"]
    assert alone.dispatch.state is DispatchState.TAKEN
    assert alone.state("counselor-1") is AttemptState.TAKEN
    assert alone.kinds[-2:] == ["dispatch_taken", "bridged"]
    assert alone.call.parked_at is None
    assert responder.again().says == ["taken_live"]
    assert alone.kinds.count("bridged") == 1


@pytest.mark.parametrize("keys", [("2",), ("7", "7"), ("", ""), ("7", "")], ids="-".join)
def test_anything_else_hangs_up_and_the_next_person_is_rung(
    alone: House, keys: tuple[str, ...]
) -> None:
    caller = waits(alone)
    responder = picks_up(alone, caller).press(*keys)
    assert responder.step[-1].tag == "Hangup"
    dial_ends(caller, "completed", responder.call_id)
    assert caller.says == ["degraded_next"]
    assert numbers(caller.one("Dial")) == ["+15550100112"]
    assert alone.state("counselor-1") in (DECLINED, AttemptState.MACHINE)


def test_the_code_is_asked_for_as_always(alone: House) -> None:
    caller = dial_ends(waits(alone), "no-answer")
    responder = picks_up(alone, caller).press("1")
    assert responder.says == ["screening_pin"]
    assert [verb.tag for verb in responder.step] == ["Gather", "Hangup"]
    assert responder.press("1111").says == ["screening_pin_wrong", "screening_pin"]
    assert alone.kinds[-1] == "wrong_code"
    assert responder.press("2468").says == ["taken_live"]
    assert alone.dispatch.state is DispatchState.TAKEN


def test_a_failure_of_ours_in_the_whisper_hangs_up(
    alone: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = waits(alone)

    def fails(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("ivr.views_responder.open_phone", fails)
    responder = Leg(alone.client, alone.runtime, "CA-responder")
    responder.post(caller.one("Number").attrib["url"])
    assert [verb.tag for verb in responder.step] == ["Hangup"]


# --- the chain ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("no-answer", UNANSWERED),
        ("busy", AttemptState.BUSY),
        ("failed", AttemptState.FAILED),
        ("completed", DECLINED),
    ],
)
def test_after_the_last_one_the_alarm_and_the_recorder(
    alone: House, status: str, outcome: AttemptState, posted: list[Mapping[str, object]]
) -> None:
    caller = waits(alone)
    dial_ends(caller, status)
    dial_ends(caller, status)
    assert (alone.state("counselor-1"), alone.state("counselor-2")) == (outcome, outcome)
    assert alone.dispatch.state is DispatchState.EXHAUSTED
    assert caller.says[0] == "nobody_free"
    assert caller.has("Record")
    assert alone.kinds.count("alarm_raised") == 1
    assert [(fact["reason"], fact["round"]) for fact in posted] == [("nobody_took_it", 0)]


@pytest.fixture
def posted(monkeypatch: pytest.MonkeyPatch) -> list[Mapping[str, object]]:
    """What was told outside."""
    facts: list[Mapping[str, object]] = []
    monkeypatch.setattr(Outside, "tell", lambda _, fact: facts.append(fact))
    return facts


def test_the_wait_ends_at_the_cap_with_an_alarm(
    alone: House, posted: list[Mapping[str, object]]
) -> None:
    caller = waits(alone)
    alone.runtime.clock.advance(115)  # type: ignore[attr-defined]
    dial_ends(caller, "no-answer")
    assert caller.one("Dial").attrib["timeout"] == "5", "what is left of the wait"
    alone.runtime.clock.advance(10)  # type: ignore[attr-defined]
    dial_ends(caller, "no-answer")
    assert caller.says[0] == "nobody_free"
    assert [fact["reason"] for fact in posted] == ["nobody_took_it"]


def test_the_responder_hangs_up_and_the_next_one_is_rung(alone: House) -> None:
    caller = waits(alone)
    responder = picks_up(alone, caller).press("1")
    dial_ends(caller, "completed", responder.call_id)
    assert caller.has("Gather"), "a moment in which a caller who has said goodbye can hang up"
    caller.silence()
    assert caller.says == ["other_left", "degraded_next"]
    assert numbers(caller.one("Dial")) == ["+15550100112"]
    assert alone.state("counselor-1") is AttemptState.LEFT
    assert alone.attempt("counselor-1").leg_ended_at is not None


def test_the_carrier_asks_twice_what_comes_next(alone: House) -> None:
    caller = waits(alone)
    action = caller.one("Dial").attrib["action"]
    for _ in range(2):
        caller.post(action, DialCallStatus="no-answer")
        assert numbers(caller.one("Dial")) == ["+15550100112"]
    assert alone.state("counselor-2") is AttemptState.PLACED


def test_a_lost_answer_is_given_again(alone: House) -> None:
    caller = waits(alone)
    token = alone.attempt("counselor-1").token
    caller.post("/voice/park")
    assert token in caller.one("Number").attrib["url"]


def test_several_ring_at_once_and_a_voicemail_box_does_not_win(
    alone: House, together: None
) -> None:
    caller = waits(alone)
    first, second = (noun.attrib["statusCallback"] for noun in caller.one("Dial"))
    machine = picks_up(alone, caller)
    Leg(alone.client, alone.runtime, "CA-silenced").post(second, CallStatus="canceled")
    machine.post(first, CallStatus="completed")
    dial_ends(caller, "completed", machine.call_id)
    assert numbers(caller.one("Dial")) == ["+15550100112"]
    assert alone.state("counselor-1") is DECLINED
    assert alone.state("counselor-2") is AttemptState.PLACED


@pytest.fixture
def together(alone: House) -> None:
    """Both counselors ring at once."""
    steps = house_module.ROSTER.index("steps = ")
    end = house_module.ROSTER.index("\n", steps)
    text = house_module.ROSTER[:steps] + TOGETHER + house_module.ROSTER[end:]
    with alone.runtime.database.transaction() as session:
        dispatch_roster.apply(session, alone.runtime.vault, roster.parse(text))


# --- a dispatcher dies, or comes back -------------------------------------------------------


def silent(house: House) -> None:
    """The dispatcher has not beaten for long."""
    with house.runtime.database.transaction() as session:
        long_ago = house.runtime.clock().replace(year=2020)
        heartbeat.beat(session, heartbeat.DISPATCHER, long_ago)


def test_a_phone_the_dispatcher_has_rung_rings_on_and_may_take_it(house: House) -> None:
    caller = house.waiting()
    silent(house)
    assert not caller.silence().has("Dial")
    attempt = house.attempt("counselor-1")
    call = house.carrier.calls[attempt.carrier_call_id or ""]
    responder = Leg(house.client, house.runtime, call.id)
    responder.post(call.url)
    responder.press("1")
    assert caller.silence().one("Conference").text == responder.one("Conference").text


def test_after_it_the_callers_leg_rings_the_next_one(house: House) -> None:
    caller = house.waiting()
    silent(house)
    call = house.carrier.calls[house.attempt("counselor-1").carrier_call_id or ""]
    Leg(house.client, house.runtime, call.id).post(call.status_url, CallStatus="no-answer")
    assert numbers(caller.silence().one("Dial")) == ["+15550100112"]


def test_a_call_of_which_nobody_tells_any_more_is_given_up_by_the_callers_polls(
    house: House,
) -> None:
    caller = house.waiting()
    silent(house)
    house.runtime.clock.advance(36)  # type: ignore[attr-defined]
    assert not caller.silence().has("Dial"), "the carrier is asked to end it first"
    house.runtime.clock.advance(6)  # type: ignore[attr-defined]
    assert numbers(caller.silence().one("Dial")) == ["+15550100112"]
    assert house.state("counselor-1") is AttemptState.LOST


def test_a_phone_that_the_dead_dispatcher_may_have_rung_is_never_rung_twice(house: House) -> None:
    caller = waits(house)
    with house.runtime.database.transaction() as session:
        (task,) = queue.due(session, [TaskKind.PLACE_CALL], house.runtime.clock())
        queue.claim(session, task, "a dispatcher that dies now", house.runtime.clock(), 30.0)
    silent(house)
    assert not caller.silence().has("Dial")
    house.runtime.clock.advance(11)  # type: ignore[attr-defined]
    assert not caller.silence().has("Dial")
    house.runtime.clock.advance(6)  # type: ignore[attr-defined]
    assert numbers(caller.silence().one("Dial")) == ["+15550100112"]
    assert not house.attempt("counselor-1").chained


def test_a_dispatcher_that_is_back_leaves_the_ringing_phone_alone(alone: House) -> None:
    caller = waits(alone)
    alone.engine.tick()
    assert alone.carrier.calls.keys() == {caller.call_id}
    assert alone.state("counselor-1") is AttemptState.PLACED


def test_a_dispatcher_that_is_back_rings_the_next_one(alone: House) -> None:
    caller = waits(alone)
    alone.engine.tick()
    dial_ends(caller, "no-answer")
    assert not caller.has("Dial")
    assert caller.has("Gather")
    assert alone.state("counselor-1") is UNANSWERED
    alone.engine.tick()
    attempt = alone.attempt("counselor-2")
    assert not attempt.chained
    assert attempt.carrier_call_id in alone.carrier.calls


def test_a_dispatcher_that_is_back_does_not_pull_the_caller_out_of_the_talk(alone: House) -> None:
    caller = waits(alone)
    picks_up(alone, caller).press("1")
    alone.engine.tick()
    assert alone.carrier.calls[caller.call_id].redirects == []


def test_a_caller_who_hangs_up_while_it_rings_is_followed_up_by_the_dispatcher(
    alone: House,
) -> None:
    caller = waits(alone)
    noun = caller.one("Number").attrib
    alone.carrier.set_state(alone.carrier.calls[caller.call_id], LegState.COMPLETED)
    caller.hang_up()
    Leg(alone.client, alone.runtime, "CA-child").post(noun["statusCallback"], CallStatus="canceled")
    assert alone.state("counselor-1") is UNANSWERED
    assert alone.dispatch.state is DispatchState.RINGING
    alone.engine.tick()
    assert alone.attempt("counselor-2").carrier_call_id in alone.carrier.calls


def test_every_address_is_under_our_public_one_and_names_nobody(alone: House) -> None:
    dial = waits(alone).one("Dial")
    urls = [dial.attrib["action"]]
    urls += [noun.attrib[key] for noun in dial for key in ("url", "statusCallback")]
    assert all(url.startswith(alone.runtime.settings.public_url + "/voice/") for url in urls)
    assert not any("5550100" in urlsplit(url).path + urlsplit(url).query for url in urls)
