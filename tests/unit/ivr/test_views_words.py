"""Speak now: the question, the nudge, the place, and the words for whoever is rung later."""

from sqlalchemy import select

from hotline.oncall.model import School
from hotline.reports import audio, transcripts
from hotline.reports.model import Call, Message, Report
from ivr.voice import Voice, speak
from tests.unit.ivr.house import House
from tests.unit.ivr.leg import Leg

SAID = "there is a gun at school"


def said_while_waiting(house: House, *, written: bool = True) -> Leg:
    """A caller has said a few words and waits; the worker has stored and written them."""
    return says_a_few_words(house, house.caller().press("1"), written=written)


def says_a_few_words(house: House, caller: Leg, *, written: bool = True) -> Leg:
    """The caller has heard the question."""
    caller.redirected()
    callback = caller.one("Record").attrib["recordingStatusCallback"]
    caller.record(3)
    Leg(caller.client, house.runtime, caller.call_id).recording_arrives(callback, "RE1", 3)
    now = house.runtime.clock()
    with house.runtime.database.transaction() as session:
        message = session.scalars(select(Message)).one()
        wav = speak(SAID, Voice("en-us"))
        audio.store(session, house.runtime.vault, message, wav, "audio/wav")
        if written:
            transcripts.write(
                *(session, house.runtime.vault, message),
                language="en",
                model="m",
                text=SAID,
                words=[],
                average_confidence=1.0,
                duration_s=2.0,
                now=now,
            )
            session.get_one(Report, message.report_id).category = "weapons"
    return caller


def test_the_nudge_cuts_the_question_short_and_never_the_words(house: House) -> None:
    caller = house.caller().press("1")
    assert caller.says == ["opening_question"]
    house.picks_up("counselor-1").press("1")
    assert house.follow(caller)
    assert caller.has("Conference")


def test_the_words_are_not_cut_short(house: House) -> None:
    caller = house.caller().press("1").redirected()
    assert caller.has("Record")
    house.picks_up("counselor-1").press("1")
    assert not house.follow(caller)
    assert caller.record(4).has("Conference")


def test_who_is_rung_later_is_told_of_the_words_and_hears_them(house: House) -> None:
    caller = said_while_waiting(house)
    house.picks_up("counselor-1").press("2")
    phone = house.picks_up("counselor-2")
    assert phone.says == [
        *("screening_intro", "screening_live", "screening_report", "category_weapons"),
        *("urgency_urgent", "language_en", "screening_words", "screening_keys_live"),
    ]
    phone.press("3", "2468")
    heard = f"/voice/heard/{house.attempt('counselor-2').token}.wav"
    assert phone.says[0] == "heard_intro"
    assert heard in phone.hears
    assert len(phone.client.get(heard).data) > 8000
    assert phone.press("1").says == ["taken_live"]
    assert caller.silence().has("Conference")


def test_who_was_rung_before_the_words_hears_them_by_3(house: House) -> None:
    caller = house.caller().press("1")
    first = house.picks_up("counselor-1")
    assert "screening_words" not in first.says
    says_a_few_words(house, caller)
    assert first.press("3").says[0] == "heard_intro"


def test_a_caller_who_hangs_up_while_1_is_pressed_leaves_the_words(house: House) -> None:
    caller = said_while_waiting(house)
    phone = house.picks_up("counselor-1")
    house.hangs_up(caller)
    phone.press("1")
    heard = f"/voice/heard/{house.attempt('counselor-1').token}.wav"
    assert phone.hears == ["en/caller_left", "en/heard_intro", heard, "en/heard_end"]
    assert phone.has("Hangup")


def test_a_caller_at_the_recorder_has_not_left(house: House) -> None:
    said_while_waiting(house).press("1")
    assert house.picks_up("counselor-1").press("1").says[0] == "taken"


def test_the_line_that_was_dialed_names_the_district(house: House) -> None:
    house.caller(To="+15550100920", From="+15557654321").press("1")
    phone = house.picks_up("counselor-1")
    place = f"/voice/place/{house.attempt('counselor-1').token}.wav"
    assert phone.hears[2:5] == ["en/screening_place", place, "en/language_en"]
    with house.runtime.database.transaction() as session:
        assert session.scalars(select(Call)).one().district == "north"
        assert session.scalars(select(Report)).one().district == "north"


def test_another_line_names_none(house: House) -> None:
    house.caller(To="+15550100921").press("1")
    assert "screening_place" not in house.picks_up("counselor-1").says
    with house.runtime.database.transaction() as session:
        assert session.scalars(select(Report)).one().district is None


def test_the_school_is_spoken_for_the_one_whose_call_it_is(house: House) -> None:
    house.caller().press("1")
    with house.runtime.database.transaction() as session:
        session.scalars(select(Report)).one().school = "north-high"
        session.scalars(select(School)).one().name = "North High"
    phone = house.picks_up("counselor-1")
    place = f"/voice/place/{house.attempt('counselor-1').token}.wav"
    assert place in phone.hears
    sound = phone.client.get(f"{place}?language=en")
    assert sound.headers["Cache-Control"] == "no-store"
    assert sound.data == speak("North High", Voice("en-us", 145, 45))
    assert phone.client.get("/voice/place/none.wav").status_code == 404
    phone.press("2")
    assert phone.client.get(f"{place}?language=en").status_code == 404
