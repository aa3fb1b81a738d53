"""A synthetic call through its webhooks: who is one, who is not, and that nobody is rung for it."""

from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import func, select

from hotline.database.base import new_id
from hotline.dispatch.model import Dispatch
from hotline.reports import intake, synthetic
from hotline.reports.model import Call, Message, Report, ReportState, SyntheticCall
from ivr import menu, scenes, steps, views_synthetic
from ivr.steps import Arrived, Gather, Keys, Proven, Rules, Silence, State
from tests.unit.ivr.house import House
from tests.unit.ivr.leg import Leg

OWN = {"From": "+15550100911"}
"""What a call of ours shows, and whoever forges it."""


def placed(house: House) -> str:
    """The token of a call that we have just placed."""
    with house.runtime.database.transaction() as session:
        return synthetic.begin(session, house.runtime.clock()).token


def leg(house: House) -> Leg:
    call = house.carrier.add_call()
    return Leg(house.client, house.runtime, call.id)


def arrives(house: House, **form: str) -> Leg:
    """A leg comes in at the hotline."""
    made = leg(house)
    made.post("/voice", **form)
    return made


def answers(house: House, token: str) -> tuple[Leg, str]:
    """Our own leg is answered: itself, and the code it keys."""
    made = leg(house)
    made.post(f"/voice/synthetic/{token}")
    return made, keys_of(made).removeprefix("ww")


def keys_of(made: Leg) -> str:
    return "".join(play.attrib.get("digits", "") for play in made.step.iter("Play"))


def both(house: House) -> tuple[Leg, Leg]:
    """A call that is proven: the leg that plays the caller, and the other."""
    other = arrives(house, **OWN) if (token := placed(house)) else arrives(house)
    ours, code = answers(house, token)
    other.press(code)
    return ours, other


def place_of(house: House, made: Leg) -> steps.Session:
    with house.runtime.database.transaction() as session:
        call = intake.find_call(session, made.call_id)
        assert call is not None
        return steps.Session.from_dict(call.menu)


def count(house: House, kind: type) -> int:
    with house.runtime.database.reading() as session:
        return session.scalar(select(func.count()).select_from(kind)) or 0


# --- the whole way --------------------------------------------------------------------------


def test_it_does_what_a_caller_does_and_nobody_is_rung(house: House) -> None:
    ours, other = both(house)
    assert other.says[0] == "offer_language", "from here on like any caller"
    ours.redirected()
    assert keys_of(ours) == "1"
    other.press("1")
    ours.redirected()
    assert keys_of(ours) == "2"
    other.press("2")
    for _ in range(views_synthetic.SPOKEN_TIMES):
        ours.redirected()
        assert ours.says == ["synthetic_words"]
    ours.redirected()
    assert keys_of(ours) == "#"
    other.record(7)
    ours.redirected()
    assert keys_of(ours) == "1"
    other.press("1")
    assert other.says[0] == "sent"
    ours.redirected()
    assert ours.has("Hangup")
    other.hang_up()
    house.later(100)
    house.later(100)
    with house.runtime.database.transaction() as session:
        report = session.scalars(select(Report)).one()
        assert report.state is ReportState.SYNTHETIC
        assert report.sent_at is not None
        assert session.scalars(select(SyntheticCall.report_id)).one() == report.id
    assert count(house, Dispatch) == 0
    assert house.carrier.rung() == []


def test_a_key_is_not_pressed_twice_while_the_other_leg_is_slow(house: House) -> None:
    ours, other = both(house)
    ours.redirected()
    pressed = [keys_of(ours)]
    for _ in range(views_synthetic.SAME_PLACE + 1):
        ours.redirected()
        pressed.append(keys_of(ours))
    assert pressed == ["1", "", "", "1"]
    assert place_of(house, other).state is State.LANGUAGE


@pytest.mark.parametrize("keys", [("1", "1"), ("1", "0"), ("1", "3"), ("", ""), ("1", "", "")])
def test_a_proven_leg_never_looks_for_anybody(house: House, keys: tuple[str, ...]) -> None:
    _, other = both(house)
    other.press(*keys)
    assert place_of(house, other).state is State.ENDED
    assert other.has("Hangup")
    house.later(100)
    assert (count(house, Report), count(house, Dispatch)) == (0, 0)
    assert house.carrier.rung() == []


def test_its_number_and_pin_open_nothing(house: House) -> None:
    _, other = both(house)
    other.press("1", "2").record(7)
    other.press("1")
    assert "@number" not in other.says
    with house.runtime.database.transaction() as session:
        report = session.scalars(select(Report)).one()
        call = session.scalars(select(Call).where(Call.report_id == report.id)).one()
        given = intake.receipt(session, house.runtime.vault, call, report)
        assert intake.find_report(session, given.number, given.pin) is None


# --- who is not one -------------------------------------------------------------------------


def is_a_caller(house: House, made: Leg) -> None:
    """Whoever presses 1 twice now is a caller like any other: somebody is rung for them."""
    place = place_of(house, made)
    assert not place.synthetic
    if place.state is State.PROOF or place.state is State.LANGUAGE:
        made.press("1")
    made.press("1").record(3)
    house.engine.tick()
    with house.runtime.database.transaction() as session:
        call = intake.find_call(session, made.call_id)
        assert call is not None
        assert session.get_one(Report, call.report_id).state is ReportState.OPEN
    assert house.carrier.rung() == ["+15550100111"]


def test_without_a_call_of_ours_the_number_means_nothing(house: House) -> None:
    made = arrives(house, **OWN)
    assert place_of(house, made).state is State.LANGUAGE
    is_a_caller(house, made)


def test_a_caller_who_shows_another_number_is_not_asked(house: House) -> None:
    placed(house)
    made = arrives(house, From="+15550100999")
    assert place_of(house, made).state is State.LANGUAGE
    is_a_caller(house, made)


def test_a_forged_number_at_the_right_moment_is_still_a_caller(house: House) -> None:
    token = placed(house)
    answers(house, token)
    made = arrives(house, **OWN)
    assert made.says[0] == "offer_language", "hears what every caller hears"
    is_a_caller(house, made)


@pytest.mark.parametrize("times", [1, 2])
def test_a_guessed_code_makes_no_report_vanish(house: House, times: int) -> None:
    token = placed(house)
    _, code = answers(house, token)
    made = arrives(house, **OWN)
    for _ in range(times):
        made.press(code[:-1] + str((int(code[-1]) + 1) % 10))
    is_a_caller(house, made)


def test_a_code_counts_once(house: House) -> None:
    token = placed(house)
    _, code = answers(house, token)
    arrives(house, **OWN).press(code)
    late = arrives(house, **OWN)
    assert place_of(house, late).state is State.LANGUAGE
    is_a_caller(house, late.press("1"))


def test_a_code_of_another_call_is_none(house: House) -> None:
    _, earlier = answers(house, placed(house))
    house.later(1)
    token = placed(house)
    answers(house, token)
    made = arrives(house, **OWN).press(earlier)
    is_a_caller(house, made)


def test_a_code_is_soon_too_old(house: House) -> None:
    token = placed(house)
    made = arrives(house, **OWN)
    _, code = answers(house, token)
    house.later(synthetic.CODE_S + 1)
    is_a_caller(house, made.press(code))


def test_the_code_stands_nowhere(house: House) -> None:
    token = placed(house)
    _, code = answers(house, token)
    assert len(code) == synthetic.CODE_DIGITS == Rules().code_digits
    with house.runtime.database.transaction() as session:
        row = session.scalars(select(SyntheticCall)).one()
        values = [str(getattr(row, column.key)) for column in SyntheticCall.__table__.columns]
        assert not any(code in value for value in values)


def test_a_silent_caller_is_met_as_ever(house: House) -> None:
    placed(house)
    made = arrives(house, **OWN)
    for _ in range(4):
        made.silence()
    assert place_of(house, made).state is State.SPEAKING or made.says[0] == "no_key_heard"
    house.engine.tick()
    assert house.carrier.rung() == ["+15550100111"]


# --- the leg that plays the caller ----------------------------------------------------------


def test_before_the_other_leg_is_proven_it_hangs_up_early(house: House) -> None:
    ours, _ = answers(house, placed(house))
    for _ in range(views_synthetic.PROOF_POLLS):
        assert not ours.has("Hangup")
        ours.redirected()
        assert keys_of(ours) == ""
    assert ours.has("Hangup")


@pytest.mark.parametrize("languages", [("en",), ("en", "es")])
def test_it_is_gone_long_before_silence_means_speak_to_somebody(languages: tuple[str, ...]) -> None:
    """Prompts that take no time at all are the worst case."""
    key_s, wait_s = 0.25, 0.5
    ours_s = 2 * wait_s + synthetic.CODE_DIGITS * key_s
    ours_s += views_synthetic.PAUSE_S * views_synthetic.PROOF_POLLS
    rules = Rules(languages=languages)
    place, step = menu.advance(steps.Session(), Arrived(asked=True), rules)
    silent_s = 0.0
    while place.state in (State.PROOF, State.LANGUAGE, State.MENU):
        assert isinstance(step.then, Gather)
        silent_s += step.then.timeout_s
        place, step = menu.advance(place, Silence(), rules)
    assert place.state is State.OPENING
    assert ours_s < silent_s


def test_a_call_that_is_over_or_unknown_hangs_up(house: House) -> None:
    token = placed(house)
    with house.runtime.database.transaction() as session:
        session.scalars(select(SyntheticCall)).one().outcome = "not_answered"
    for name in (token, new_id()):
        made = leg(house)
        made.post(f"/voice/synthetic/{name}")
        assert [verb.tag for verb in made.step] == ["Hangup"]
    assert made.post(f"/voice/synthetic/{token}/status", CallStatus="completed").status_code == 204


def test_when_we_fail_it_hangs_up(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    token = placed(house)
    monkeypatch.setattr(synthetic, "by_token", None)
    made = leg(house)
    made.post(f"/voice/synthetic/{token}")
    assert ET.tostring(made.step).decode() == "<Response><Hangup /></Response>"


# --- the menu -------------------------------------------------------------------------------


def test_a_key_of_a_caller_counts_as_it_does_in_the_next_state() -> None:
    rules = Rules(languages=("en", "es"))
    place, _ = menu.advance(steps.Session(), Arrived(asked=True), rules)
    after, _ = menu.advance(place, Keys("2"), rules)
    assert (after.state, after.language) == (State.MENU, "es")
    alone = Rules(languages=("en",))
    place, _ = menu.advance(steps.Session(), Arrived(asked=True), alone)
    after, _ = menu.advance(place, Keys("2"), alone)
    assert after.state is State.MESSAGE


def test_nothing_else_makes_a_session_ours() -> None:
    for state in State:
        before = steps.Session(state=state, language="en")
        after, _ = menu.advance(before, Proven(ours=True), Rules())
        assert after.synthetic is (state is State.PROOF)


def test_both_scenes_ask_for_the_code() -> None:
    for languages in (("en",), ("en", "es")):
        step = scenes.show(steps.Session(state=State.PROOF), Rules(languages=languages))
        assert step.then == Gather(16)


def test_a_message_of_a_synthetic_call_is_transcribed_like_any(house: House) -> None:
    _, other = both(house)
    other.press("1", "2").record(7)
    assert count(house, Message) == 1
