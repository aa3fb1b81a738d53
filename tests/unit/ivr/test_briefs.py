"""What a responder hears of what was said: masked, in the voice of its language."""

import pytest
from sqlalchemy import select

from hotline.languages import DIRECTORY, load_languages
from hotline.reports import masks, transcripts
from hotline.reports.model import Message
from ivr import briefs
from ivr.loudness import Samples
from ivr.voice import Voice, speech
from tests.unit.ivr.house import House
from tests.unit.ivr.test_views_words import said_while_waiting

MASKERS = masks.parse(load_languages(["en", "es", "ar"], DIRECTORY))
HAS_A_GUN = "he has a gun"
NUMBER = "five five five oh one hundred"


@pytest.mark.parametrize(
    ("language", "text", "spoken"),
    [
        ("en", f"{HAS_A_GUN} call {NUMBER}", f"{HAS_A_GUN} call a telephone number"),
        ("en", "my name is maria and he has a gun", "my name is a name and he has a gun"),
        ("es", "me llamo miguel tiene un arma", "me llamo un nombre tiene un arma"),
        ("ar", "اسمي ليلى هناك شجار", "اسمي اسم هناك شجار"),
        ("en", HAS_A_GUN, HAS_A_GUN),
        ("en", "", ""),
    ],
)
def test_the_label_is_spoken_in_place_of_a_mask(language: str, text: str, spoken: str) -> None:
    assert briefs.to_speak(text.split(), MASKERS[language]) == spoken


def test_a_number_at_the_end_of_what_is_spoken_is_not_cut_open() -> None:
    words = ["help"] * (briefs.WORDS_MAX - 1) + NUMBER.split() + ["please"]
    spoken = briefs.to_speak(words, MASKERS["en"])
    assert spoken.endswith("help a telephone number")


def test_what_is_played_to_a_responder_is_masked(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = written(house, f"my name is maria {HAS_A_GUN} call {NUMBER}", monkeypatch)
    assert said == [f"my name is a name {HAS_A_GUN} call a telephone number"]


def test_who_has_taken_it_hears_where_to_go(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    said = f"my name is maria {HAS_A_GUN} at twelve oak street"
    assert written(house, said, monkeypatch, key="1") == [said]


def test_a_message_without_transcript_is_heard_as_it_was_said(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert written(house, None, monkeypatch) == []


def written(
    house: House, text: str | None, monkeypatch: pytest.MonkeyPatch, key: str = "3"
) -> list[str]:
    """What is given to the voice when somebody presses 3; no text: the transcript is not there.

    key 1: the caller hangs up, and whoever takes the report hears it without asking.
    """
    spoken: list[str] = []

    def listen(text: str, voice: Voice) -> Samples:
        spoken.append(text)
        return speech(text, voice)

    caller = said_while_waiting(house, written=False)
    if text is not None:
        write(house, text)
    phone = house.picks_up("counselor-1")
    if key == "1":
        house.hangs_up(caller)
    phone.press(key)
    monkeypatch.setattr(briefs, "speech", listen)
    heard = f"/voice/heard/{house.attempt('counselor-1').token}.wav"
    assert len(caller.client.get(heard).data) > 8000
    return spoken


def write(house: House, text: str) -> None:
    """The worker has written the caller's words down."""
    with house.runtime.database.transaction() as session:
        message = session.scalars(select(Message)).one()
        transcripts.write(
            *(session, house.runtime.vault, message),
            language="en",
            model="m",
            text=text,
            words=[],
            average_confidence=1.0,
            duration_s=2.0,
            now=house.runtime.clock(),
        )
