"""The switch's streams against what others write and check: Twilio's library, our own menu."""

import pytest
from twilio.request_validator import RequestValidator
from twilio.twiml.voice_response import Connect as TwilioConnect
from twilio.twiml.voice_response import VoiceResponse

from ivr import twiml
from switch.signature import sign
from switch.twiml import parse
from switch.verbs.connect import Connect

TOKEN = "0f" * 16
URL = "wss://hotline.example/voice/stream"


def read(document: str) -> Connect:
    verbs = parse(document.encode(), "CA1")
    return next(verb for verb in verbs if isinstance(verb, Connect))


def test_document_of_twilios_library() -> None:
    response = VoiceResponse()
    connect = TwilioConnect(action="https://hotline.example/over", method="POST")
    stream = connect.stream(
        url=URL,
        name="n",
        track="inbound_track",
        status_callback="https://hotline.example/status",
        status_callback_method="POST",
    )
    stream.parameter(name="token", value="a&b<c")
    response.append(connect)
    verb = read(str(response))
    assert verb.target.parameters == {"token": "a&b<c"}
    assert (verb.target.url, verb.target.name) == (URL, "n")
    assert verb.action == "https://hotline.example/over"


def test_document_of_our_menu() -> None:
    document = twiml.stream([], "https://h/over", url=URL, parameters={"token": "x"})
    assert read(document).target.parameters == {"token": "x"}


@pytest.mark.parametrize("url", [URL, "wss://hotline.example:8443/s", "ws://127.0.0.1:5004/s"])
def test_handshakes_signature(url: str) -> None:
    assert RequestValidator(TOKEN).validate(url, {}, sign(TOKEN, url))
    assert not RequestValidator(TOKEN).validate(url + "/", {}, sign(TOKEN, url))
