"""The messages of a media stream, in every form carriers are known to send."""

import base64
import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcription.media import messages
from transcription.media.messages import BadMessage, Heard, Key, Sound, Start, Stop

FORMAT = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}


def start(**changes: Any) -> dict[str, Any]:
    """Twilio's start message."""
    inner = {
        "accountSid": "AC1",
        "streamSid": "MZ1",
        "callSid": "CA1",
        "tracks": ["inbound"],
        "mediaFormat": FORMAT,
        "customParameters": {"message": "m", "token": "t"},
    }
    return {"event": "start", "sequenceNumber": "1", "streamSid": "MZ1", "start": inner | changes}


def parse(message: Any) -> Any:
    """A message that is written as JSON first."""
    return messages.parse(json.dumps(message))


def test_twilio_has_the_parameters_inside() -> None:
    assert parse(start()) == Start("MZ1", "CA1", {"message": "m", "token": "t"})


def test_somleng_has_them_outside() -> None:
    raw = start()
    raw["customParameters"] = raw["start"].pop("customParameters")
    assert parse(raw) == Start("MZ1", "CA1", {"message": "m", "token": "t"})


def test_without_parameters_there_are_none() -> None:
    assert parse(start(customParameters=None)).parameters == {}


@pytest.mark.parametrize(
    "other", [{"encoding": "audio/l16"}, {"sampleRate": 16000}, {"channels": 2}]
)
def test_another_format_is_refused(other: dict[str, Any]) -> None:
    with pytest.raises(BadMessage) as bad:
        parse(start(mediaFormat=FORMAT | other))
    assert bad.value.code == "format"


@pytest.mark.parametrize("value", ["\ud800", "a\x00b"])
def test_text_that_no_database_takes_is_refused(value: str) -> None:
    for changed in (start(callSid=value), start(customParameters={"message": value})):
        with pytest.raises(BadMessage, match="bad_start"):
            parse(changed)


def test_numbers_without_end_are_refused() -> None:
    with pytest.raises(BadMessage, match="bad_start"):
        parse(start(mediaFormat=FORMAT | {"sampleRate": 1e400}))
    with pytest.raises(BadMessage, match="bad_media"):
        parse({"event": "media", "media": {"timestamp": 10**400, "payload": ""}})


def test_sound_with_its_time_as_text() -> None:
    media = {"track": "inbound", "chunk": "2", "timestamp": "1040"}
    media["payload"] = base64.b64encode(b"\xff\x7f").decode()
    assert parse({"event": "media", "media": media}) == Sound(b"\xff\x7f", 1.04)


def test_our_own_sound_is_passed_over() -> None:
    assert parse({"event": "media", "media": {"track": "outbound", "payload": ""}}) is None


def test_keys_marks_and_the_end() -> None:
    assert parse({"event": "dtmf", "dtmf": {"track": "inbound_track", "digit": "#"}}) == Key("#")
    assert parse({"event": "mark", "mark": {"name": "tone"}}) == Heard("tone")
    assert parse({"event": "stop", "stop": {"callSid": "CA1"}}) == Stop()


@pytest.mark.parametrize("event", ["connected", "something-new"])
def test_what_means_nothing_to_us_is_no_mistake(event: str) -> None:
    assert parse({"event": event}) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not_json"),
        ("[" * 100_000, "not_json"),
        ("[]", "no_event"),
        ('{"event": 1}', "no_event"),
        ('{"event": "start"}', "bad_start"),
        ('{"event": "start", "start": []}', "bad_start"),
        ('{"event": "media", "media": {"payload": "%%%"}}', "bad_media"),
        ('{"event": "media", "media": {"payload": "AA==", "timestamp": "soon"}}', "bad_media"),
        ('{"event": "dtmf", "dtmf": {"digit": "12"}}', "bad_dtmf"),
        ('{"event": "mark"}', "bad_mark"),
    ],
)
def test_anything_else_is_refused_with_a_code(text: str, code: str) -> None:
    with pytest.raises(BadMessage) as bad:
        messages.parse(text)
    assert bad.value.code == code


@given(st.binary())
def test_what_we_send_reads_as_twilio_documents_it(data: bytes) -> None:
    sent = json.loads(messages.sound("MZ1", data))
    assert (sent["event"], sent["streamSid"]) == ("media", "MZ1")
    assert base64.b64decode(sent["media"]["payload"]) == data
    assert parse(json.loads(messages.mark("MZ1", "tone"))) == Heard("tone")


@given(st.text())
def test_no_text_brings_it_down(text: str) -> None:
    with contextlib.suppress(BadMessage):
        messages.parse(text)
