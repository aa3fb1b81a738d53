"""The TwiML we write: parses, absolute, and only verbs that every carrier knows."""

from collections.abc import Iterator
from xml.etree import ElementTree as ET

import pytest

from ivr import twiml

PROMPT = "http://h.example/voice/prompts/en/a.0123456789abcdef.wav"
ACTION = "http://h.example/voice/step?at=menu-1&language=en"
DOCUMENTS = {
    "gather": twiml.gather([PROMPT], ACTION, digits=1, timeout_s=5),
    "record": twiml.record([PROMPT], ACTION, callback=ACTION, max_s=300, silence_s=10),
    "redirect": twiml.redirect([PROMPT], ACTION, pause_s=2),
    "conference": twiml.conference([PROMPT], ACTION, name="room", caller_id="+15550100911"),
    "transfer": twiml.transfer([PROMPT], ACTION, number="988", caller_id="+15550100911"),
    "hang_up": twiml.hang_up([PROMPT]),
    "nothing": twiml.nothing(),
}
VERBS = {
    *("Response", "Play", "Gather", "Record", "Pause", "Redirect", "Hangup"),
    *("Dial", "Number", "Conference", "Reject"),
}
URL_ATTRIBUTES = ("action", "recordingStatusCallback")


def elements(name: str) -> Iterator[ET.Element]:
    return ET.fromstring(DOCUMENTS[name]).iter()  # noqa: S314


def one(name: str, verb: str) -> ET.Element:
    return next(element for element in elements(name) if element.tag == verb)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_only_portable_verbs_and_absolute_urls(name: str) -> None:
    for element in elements(name):
        assert element.tag in VERBS
        for attribute in URL_ATTRIBUTES:
            assert element.attrib.get(attribute, "http://").startswith("http://")
        if element.tag in ("Play", "Redirect"):
            assert (element.text or "").startswith("http://")
    assert len(DOCUMENTS[name]) < 64 * 1024


@pytest.mark.parametrize("name", DOCUMENTS)
def test_nothing_is_ever_given_to_a_speech_service(name: str) -> None:
    assert "<Say" not in DOCUMENTS[name]
    assert "transcribe" not in DOCUMENTS[name]


def test_gather_always_comes_back() -> None:
    attributes = one("gather", "Gather").attrib
    assert attributes["actionOnEmptyResult"] == "true"
    assert attributes["finishOnKey"] == "#"
    assert one("gather", "Redirect").text == ACTION


def test_record_is_kept_and_its_callback_repeated() -> None:
    attributes = one("record", "Record").attrib
    assert attributes["recordingStatusCallback"].endswith("#rc=3&rp=4xx,5xx,ct,rt")
    assert attributes["trim"] == "do-not-trim"
    assert attributes["playBeep"] == "true"


@pytest.mark.parametrize("name", ["conference", "transfer"])
def test_every_dial_shows_the_hotlines_number(name: str) -> None:
    assert one(name, "Dial").attrib["callerId"] == "+15550100911"


def test_a_bridge_beeps_at_nobody_and_ends_for_both() -> None:
    attributes = one("conference", "Conference").attrib
    assert attributes["beep"] == "false"
    assert attributes["endConferenceOnExit"] == "true"
    assert attributes["maxParticipants"] == "4"


def test_a_responder_may_leave_by_star_and_alone() -> None:
    document = twiml.conference(
        [], ACTION, name="room", caller_id="+15550100911", ends=False, star=True
    )
    dial = ET.fromstring(document)[0]  # noqa: S314
    assert dial.attrib["hangupOnStar"] == "true"
    assert dial[0].attrib["endConferenceOnExit"] == "false"
    assert one("conference", "Dial").attrib["hangupOnStar"] == "false"
