"""The notice before the menu, heard by the callers it is for, in their language, for its time."""

from datetime import timedelta

from hotline import notices
from hotline.notices import EVERYBODY
from tests.unit.ivr.house import House
from tests.unit.ivr.leg import Leg

NORTH = "+15550100920"
WORDS = {"en": "We know about North High.", "es": "Ya sabemos de North High."}


def put(house: House, place: str = EVERYBODY, text: dict[str, str] | None = None) -> str:
    """A notice for the next hour; its id."""
    now = house.runtime.clock()
    with house.runtime.database.transaction() as session:
        said, ends_at = text or WORDS, now + timedelta(hours=1)
        row = notices.put(session, place, said, "account", now, ends_at)
        session.flush()
        return row.id


def told(caller: Leg) -> list[str]:
    """The notices among what the caller hears."""
    return [url for url in caller.hears if "/voice/notice/" in url]


def test_callers_hear_it_between_the_promise_and_the_menu(house: House) -> None:
    notice_id = put(house)
    caller = house.caller()
    assert caller.says[:2] == ["danger", "recording_notice"]
    place = caller.hears.index(f"/voice/notice/{notice_id}.wav")
    assert caller.says[place - 1].startswith("promise_")
    assert caller.says[place + 1] == "menu_speak"
    (sound,) = (play.text or "" for play in caller.step.iter("Play") if notice_id in str(play.text))
    assert sound.endswith("?language=en")


def test_the_callers_of_a_district_hear_its_own_after_everybodys(house: House) -> None:
    own, of_all = put(house, "north"), put(house)
    first, second = told(house.caller(To=NORTH))
    assert of_all in first
    assert own in second
    assert len(told(house.caller())) == 1


def test_it_is_repeated_with_the_menu_and_gone_when_it_is_taken_down(house: House) -> None:
    notice_id = put(house)
    caller = house.caller().press("9")
    assert len(told(caller)) == 1
    with house.runtime.database.transaction() as session:
        assert notices.take_down(session, notice_id, house.runtime.clock())
    assert told(caller.again()) == []
    assert told(caller.press("9")) == []
    assert told(house.caller()) == []


def test_it_ends_by_itself_and_is_still_spoken_to_whoever_was_being_told(house: House) -> None:
    put(house)
    (url,) = told(house.caller())
    house.runtime.clock.advance(3600)  # type: ignore[attr-defined]
    assert told(house.caller()) == []
    assert house.client.get(url).status_code == 200


def test_each_caller_hears_their_language_or_else_the_first_one(house: House) -> None:
    notice_id = put(house)
    path = f"/voice/notice/{notice_id}.wav"
    english = house.client.get(f"{path}?language=en")
    assert english.mimetype == "audio/wav"
    assert english.headers["Cache-Control"] == "no-store"
    assert house.client.get(f"{path}?language=es").data != english.data
    assert house.client.get(f"{path}?language=ar").data == english.data
    assert house.client.get("/voice/notice/nobody.wav").status_code == 404


def test_a_new_one_is_heard_in_its_place(house: House) -> None:
    path = f"/voice/notice/{put(house)}.wav?language=en"
    before = house.client.get(path).data
    put(house, text={"en": "The school is closed today."})
    assert len(told(house.caller())) == 1
    assert house.client.get(path).data != before
