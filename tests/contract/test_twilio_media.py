"""Recordings through the Twilio adapter: sound only, from its own host, and never too much."""

import pytest

from hotline.carrier import rest
from hotline.carrier.port import Refused, Uncertain
from hotline.carrier.twilio import TwilioCarrier
from tests.support.twilio import RECORDING, ROOT, FakeTwilio, Reply, audio


def test_fetch_recording(fake: FakeTwilio, carrier: TwilioCarrier) -> None:
    fake.answer(audio())
    media = carrier.fetch_recording(RECORDING)
    assert (media.data, media.content_type) == (b"RIFF....WAVE", "audio/x-wav")
    assert fake.seen[0].path == f"{ROOT}/Recordings/{RECORDING}.wav"
    assert fake.seen[0].headers["Authorization"].startswith("Basic ")


def test_a_page_instead_of_audio_is_given_as_what_it_is(
    fake: FakeTwilio, carrier: TwilioCarrier
) -> None:
    fake.answer(Reply(200, b"<html>", {"Content-Type": "text/html"}))
    assert carrier.fetch_recording(RECORDING).content_type == "text/html"


def test_redirect_on_the_same_host_is_followed(fake: FakeTwilio, carrier: TwilioCarrier) -> None:
    fake.answer(Reply(307, b"", {"Location": "/elsewhere.wav"}), audio())
    assert carrier.fetch_recording(RECORDING).data == b"RIFF....WAVE"
    assert fake.seen[1].path == "/elsewhere.wav"


@pytest.mark.parametrize(
    "location",
    ["https://evil.example/x.wav", "//evil.example/x.wav", "http://127.0.0.1:1/x", "file:///etc/x"],
)
def test_redirect_off_the_host_is_refused(
    fake: FakeTwilio, carrier: TwilioCarrier, location: str
) -> None:
    fake.answer(Reply(302, b"", {"Location": location}))
    with pytest.raises(Refused, match="redirect_off_host"):
        carrier.fetch_recording(RECORDING)
    assert len(fake.seen) == 1


def test_redirects_without_end_are_refused(fake: FakeTwilio, carrier: TwilioCarrier) -> None:
    fake.answer(*[Reply(302, b"", {"Location": "/again"})] * 9)
    with pytest.raises(Refused, match="too_many_redirects"):
        carrier.fetch_recording(RECORDING)


def test_media_that_is_too_large_is_refused(
    fake: FakeTwilio, carrier: TwilioCarrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rest, "MAX_MEDIA_BYTES", 1000)
    fake.answer(audio(b"x" * 1001), audio(b"x" * 1000))
    with pytest.raises(Refused, match="too_large"):
        carrier.fetch_recording(RECORDING)
    assert len(carrier.fetch_recording(RECORDING).data) == 1000


def test_media_that_drips_is_given_up(
    fake: FakeTwilio, carrier: TwilioCarrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rest, "MEDIA_TOTAL_S", 0.0)
    fake.answer(audio())
    with pytest.raises(Uncertain, match="timeout"):
        carrier.fetch_recording(RECORDING)


def test_half_a_recording_is_not_a_recording(fake: FakeTwilio, carrier: TwilioCarrier) -> None:
    reply = audio()
    fake.answer(Reply(200, reply.body, reply.headers, mode="cut"))
    with pytest.raises(Uncertain):
        carrier.fetch_recording(RECORDING)
