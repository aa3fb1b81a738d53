"""What we ask of those whose REST interface is like Twilio's has the form of their own pages."""

from collections.abc import Callable, Iterator

import pytest

from hotline.carrier.kinds import SIGNALWIRE, SOMLENG
from hotline.carrier.port import Refused
from hotline.carrier.twilio import TwilioCarrier
from tests.support.twilio import NOW, OURS, THEIRS, FakeTwilio, Reply, audio, call, calls, place

PROJECT = "b3877c40-da60-4998-90ad-b792e98472af"
CALL = "b3877c40-da60-4998-90ad-b792e98472aa"
RECORDING = "b3877c40-da60-4998-90ad-b792e98472ab"
TOKEN = "PT-the-api-token"
ROOT = f"/api/laml/2010-04-01/Accounts/{PROJECT}"


@pytest.fixture
def signalwire(fake: FakeTwilio) -> Iterator[TwilioCarrier]:
    adapter = TwilioCarrier(PROJECT, TOKEN, OURS, f"{fake.url}/api/laml", 5.0, SIGNALWIRE)
    yield adapter
    adapter.close()


@pytest.fixture
def somleng(fake: FakeTwilio) -> Iterator[TwilioCarrier]:
    adapter = TwilioCarrier(PROJECT, TOKEN, OURS, fake.url, 5.0, SOMLENG)
    yield adapter
    adapter.close()


def test_signalwires_addresses_lie_below_the_space(
    fake: FakeTwilio, signalwire: TwilioCarrier
) -> None:
    # https://developer.signalwire.com/rest/compatibility-api/overview: project and token, Basic
    fake.answer(
        Reply(201, call(CALL)),
        calls(call(CALL)),
        Reply(200, call(CALL)),
        Reply(200, call(CALL)),
        Reply(200, {"recordings": [], "next_page_uri": None}),
        audio(),
        Reply(204),
    )
    assert place(signalwire) == CALL
    assert signalwire.find_call(to=THEIRS, since=NOW, known=[]) == CALL
    signalwire.redirect_call(CALL, "https://h.example/x")
    signalwire.end_call(CALL)
    signalwire.recordings(CALL)
    signalwire.fetch_recording(RECORDING)
    signalwire.delete_recording(RECORDING)
    assert [(s.method, s.path) for s in fake.seen] == [
        ("POST", f"{ROOT}/Calls.json"),
        ("GET", f"{ROOT}/Calls.json"),
        ("POST", f"{ROOT}/Calls/{CALL}.json"),
        ("POST", f"{ROOT}/Calls/{CALL}.json"),
        ("GET", f"{ROOT}/Calls/{CALL}/Recordings.json"),
        ("GET", f"{ROOT}/Recordings/{RECORDING}.wav"),
        ("DELETE", f"{ROOT}/Recordings/{RECORDING}.json"),
    ]
    assert all(s.headers["Authorization"].startswith("Basic ") for s in fake.seen)
    assert {"To", "From", "Url", "Timeout", "StatusCallback"} <= dict(fake.seen[0].form).keys()


def test_somleng_is_asked_for_what_it_takes_and_no_more(
    fake: FakeTwilio, somleng: TwilioCarrier
) -> None:
    # somleng: app/request_schemas/twilio_api/phone_call_request_schema.rb
    fake.answer(Reply(201, call(CALL)))
    assert place(somleng) == CALL
    known = {"To", "From", "Url", "Method", "StatusCallback", "StatusCallbackMethod", "Twiml"}
    assert dict(fake.seen[0].form).keys() <= known
    assert somleng.find_call(to=THEIRS, since=NOW, known=[]) is None
    assert len(fake.seen) == 1


@pytest.mark.parametrize(
    ("which", "ask"),
    [
        ("signalwire", lambda c: c.delete_call(CALL)),
        ("somleng", lambda c: c.delete_call(CALL)),
        ("somleng", lambda c: c.delete_recording(RECORDING)),
    ],
)
def test_what_no_page_offers_is_not_asked_for(
    fake: FakeTwilio,
    request: pytest.FixtureRequest,
    which: str,
    ask: Callable[[TwilioCarrier], object],
) -> None:
    with pytest.raises(Refused, match="cannot_delete"):
        ask(request.getfixturevalue(which))
    assert fake.seen == []
