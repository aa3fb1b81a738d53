"""TwiML in the words that one carrier knows."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from hotline.carrier.kinds import KINDS, SIGNALWIRE, SOMLENG, SWITCH, TELNYX, TWILIO
from ivr import twiml
from ivr.dialect import fitted

RECORD = twiml.record(
    ["https://h/a.wav"], "https://h/x?a=1&b=2", callback="https://h/r?m=1", max_s=300, silence_s=10
)
DIAL = twiml.transfer([], "https://h/x", number="988", caller_id="+15550100911")


def read(document: str) -> ElementTree.Element:
    return ElementTree.fromstring(document)  # noqa: S314 - our own


def attributes(document: str, tag: str) -> dict[str, str]:
    return dict(next(read(document).iter(tag)).attrib)


@pytest.mark.parametrize("can", [TWILIO, SWITCH])
def test_unchanged_where_everything_is_known(can: object) -> None:
    assert fitted(RECORD, can) is RECORD  # type: ignore[arg-type]


@pytest.mark.parametrize("can", [SIGNALWIRE, TELNYX, SOMLENG])
def test_no_fragments_where_they_are_not_known(can: object) -> None:
    record = attributes(fitted(RECORD, can), "Record")  # type: ignore[arg-type]
    assert record["recordingStatusCallback"] == "https://h/r?m=1"
    assert record["action"] == "https://h/x?a=1&b=2"
    assert record["finishOnKey"] == "#"


def test_telnyx_is_never_asked_to_find_silence() -> None:
    assert "timeout" in attributes(RECORD, "Record")
    record = attributes(fitted(RECORD, TELNYX), "Record")
    assert "timeout" not in record
    assert record["maxLength"] == "300"


def test_a_dial_that_rings_no_longer_than_the_carrier_allows() -> None:
    assert attributes(fitted(DIAL, TELNYX), "Dial")["timeout"] == "60"
    short = replace(TELNYX, longest_dial_s=20)
    assert attributes(fitted(DIAL, short), "Dial")["timeout"] == "20"


DOCUMENTS = [
    RECORD,
    DIAL,
    twiml.gather(["https://h/a.wav"], "https://h/x", digits=1, timeout_s=5),
    twiml.redirect(["https://h/a.wav"], "https://h/x", pause_s=2),
    twiml.conference([], "https://h/x", name="room", caller_id="+15550100911"),
    twiml.chain(
        [],
        "https://h/x",
        phones=[twiml.Whispered("+15550100111", "https://h/w", "https://h/s")],
        caller_id="+15550100911",
        ring_s=20,
    ),
    twiml.caller("https://h/x", wait_s=1, keys="1w2", pause_s=3),
    twiml.hang_up(["https://h/a.wav"]),
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("document", DOCUMENTS)
def test_no_attribute_is_left_that_a_carrier_does_not_know(kind: str, document: str) -> None:
    can = KINDS[kind]
    before, after = read(document), read(fitted(document, can))
    assert [e.tag for e in before.iter()] == [e.tag for e in after.iter()]
    for element in after.iter():
        assert not {f"{element.tag}.{name}" for name in element.attrib} & can.missing
        if not can.fragments:
            assert not any("#" in v for v in element.attrib.values() if v.startswith("http"))
    assert [e.text for e in before.iter() if e.tag == "Number"] == [
        e.text for e in after.iter() if e.tag == "Number"
    ]
