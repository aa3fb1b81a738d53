"""What we ask of Telnyx has the form its pages describe, and what it answers is understood.

Its OpenAPI description gives paths, names and JSON bodies (developers.telnyx.com, "TeXML REST
Commands"); its errors are lists.
"""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from hotline.carrier import rest
from hotline.carrier.kinds import TELNYX
from hotline.carrier.port import (
    Busy,
    Carrier,
    CarrierError,
    LegState,
    NotThere,
    Recording,
    Refused,
    Uncertain,
)
from hotline.carrier.telnyx import TelnyxCarrier
from tests.support.twilio import NOW, OURS, THEIRS, FakeTwilio, Reply, audio, place

ACCOUNT = "f5586561-8ff0-4291-a51b-c7dfe4139ff9"
KEY = "KEY0123-the-api-key"
CALL = "v3:9X2vxPDFY2RHSJ1EdMS0RHRksMTg7ldNxdjWbVr9zBjbGjGsSe-aiQ"
OTHER = "v3:MdI91X4lWFEs7IgbBEOT9M4AigoY08M0WWZFISt1Yw2axZ_IiE4pqg"
IN_URL = CALL.replace(":", "%3A")
RECORDING = "35094891-3290-4142-b2c2-b2eda57534cf"
ROOT = f"/Accounts/{ACCOUNT}"


@pytest.fixture
def telnyx(fake: FakeTwilio) -> Iterator[TelnyxCarrier]:
    adapter = TelnyxCarrier(ACCOUNT, KEY, OURS, "1494404757140276705", fake.url, timeout_s=5.0)
    yield adapter
    adapter.close()


def row(sid: str = CALL, status: str = "completed", at: str | None = None) -> dict[str, object]:
    made = at or NOW.isoformat()
    return {"sid": sid, "status": status, "date_created": made, "from": OURS, "to": THEIRS}


def rows(*found: dict[str, object]) -> Reply:
    return Reply(body={"calls": list(found), "page": 0, "next_page_uri": None})


def error_of(ask: Callable[[], object]) -> CarrierError:
    with pytest.raises(CarrierError) as caught:
        ask()
    assert THEIRS not in str(caught.value)
    assert caught.value.__cause__ is None
    return caught.value


def test_it_is_the_port(telnyx: TelnyxCarrier) -> None:
    port: Carrier = telnyx
    assert port.capabilities is TELNYX
    assert TELNYX.rest.base_url == "https://api.telnyx.com/v2/texml"


def test_a_call_is_placed_with_a_json_body(fake: FakeTwilio, telnyx: TelnyxCarrier) -> None:
    fake.answer(Reply(200, {"sid": CALL, "status": "queued", "from": OURS, "to": THEIRS}))
    assert place(telnyx) == CALL
    asked = fake.seen[0]
    assert (asked.method, asked.path, asked.query) == ("POST", f"{ROOT}/Calls", [])
    assert asked.headers["Authorization"] == f"Bearer {KEY}"
    assert asked.headers["Content-Type"] == "application/json"
    assert json.loads(asked.body) == {
        "ApplicationSid": "1494404757140276705",
        "To": THEIRS,
        "From": OURS,
        "Url": "https://h.example/r/1",
        "UrlMethod": "POST",
        "StatusCallback": "https://h.example/r/1/s",
        "StatusCallbackMethod": "POST",
        "StatusCallbackEvent": "initiated ringing answered completed",
    }


@pytest.mark.parametrize("sid", [None, "", "a/b", "a b"])
def test_an_answer_without_an_id_is_looked_up(
    fake: FakeTwilio, telnyx: TelnyxCarrier, sid: str | None
) -> None:
    fake.answer(Reply(200, {"from": OURS, "to": THEIRS, "status": "queued", "sid": sid}))
    error = error_of(lambda: place(telnyx))
    assert (type(error), error.code) == (Uncertain, "no_id")


def test_the_call_nearest_to_the_moment_is_found(fake: FakeTwilio, telnyx: TelnyxCarrier) -> None:
    near = (NOW + timedelta(seconds=2)).isoformat()
    rfc = "Wed, 04 Mar 2026 05:07:00 +0000"
    fake.answer(rows(row(OTHER, at=rfc), row(CALL, at=near), row("old", at="2026-03-03T00:00:00Z")))
    assert telnyx.find_call(to=THEIRS, since=NOW, known=[]) == CALL
    asked = fake.seen[0]
    assert (asked.method, asked.path) == ("GET", f"{ROOT}/Calls")
    assert dict(asked.query) == {"To": THEIRS, "From": OURS, "StartTime_gt": "2026-03-03"}


def test_a_call_that_has_not_begun_is_found_without_the_day(
    fake: FakeTwilio, telnyx: TelnyxCarrier
) -> None:
    fake.answer(rows(row(OTHER)), rows(row(OTHER), {"sid": CALL, "status": "ringing"}))
    assert telnyx.find_call(to=THEIRS, since=NOW, known=[OTHER]) == CALL
    assert dict(fake.seen[1].query) == {"To": THEIRS, "From": OURS}
    fake.answer(rows(), Reply(body={}))
    assert telnyx.find_call(to=THEIRS, since=NOW, known=[]) is None


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("ringing", LegState.RINGING),
        ("in-progress", LegState.ANSWERED),
        ("canceled", LegState.CANCELLED),
        ("no-answer", LegState.UNANSWERED),
        ("parked", LegState.UNKNOWN),
    ],
)
def test_the_state_of_a_call(
    fake: FakeTwilio, telnyx: TelnyxCarrier, status: str, state: LegState
) -> None:
    fake.answer(Reply(body=row(status=status)))
    assert telnyx.call_state(CALL) is state
    assert (fake.seen[0].method, fake.seen[0].path) == ("GET", f"{ROOT}/Calls/{IN_URL}")


def test_who_calls_while_the_call_is_live(fake: FakeTwilio, telnyx: TelnyxCarrier) -> None:
    fake.answer(Reply(body={**row(status="in-progress"), "from": THEIRS}), Reply(body=row()))
    assert telnyx.caller_number(CALL) == THEIRS
    assert type(error_of(lambda: telnyx.caller_number(CALL))) is NotThere


def test_redirect_and_end(fake: FakeTwilio, telnyx: TelnyxCarrier) -> None:
    fake.answer(Reply(body=row()), Reply(body=row()))
    telnyx.redirect_call(CALL, "https://h.example/x")
    telnyx.end_call(CALL)
    assert [(s.method, s.path) for s in fake.seen] == [("POST", f"{ROOT}/Calls/{IN_URL}")] * 2
    assert json.loads(fake.seen[0].body) == {"Url": "https://h.example/x", "Method": "POST"}
    assert json.loads(fake.seen[1].body) == {"Status": "completed"}


def test_the_end_of_a_call_that_is_over_is_done(fake: FakeTwilio, telnyx: TelnyxCarrier) -> None:
    refused = Reply(422, {"errors": [{"code": "90018", "detail": f"about {THEIRS}"}]})
    fake.answer(refused, Reply(body=row()), refused, Reply(body=row(status="ringing")))
    telnyx.end_call(CALL)
    error = error_of(lambda: telnyx.end_call(CALL))
    assert (type(error), error.code) == (Refused, "90018")


def test_a_recording_is_listed_fetched_and_deleted(fake: FakeTwilio, telnyx: TelnyxCarrier) -> None:
    about = {"sid": RECORDING, "status": "completed", "media_url": f"{fake.url}/sound.mp3"}
    fake.answer(
        Reply(body={"recordings": [{"sid": RECORDING, "duration": "5"}, {"duration": "1"}]}),
        Reply(body=about),
        audio(),
        Reply(204),
        Reply(404, {"errors": [{"detail": "Resource not found"}]}),
    )
    assert telnyx.recordings(CALL) == [Recording(RECORDING, 5.0)]
    assert telnyx.fetch_recording(RECORDING).data == b"RIFF....WAVE"
    telnyx.delete_recording(RECORDING)
    telnyx.delete_recording(RECORDING)
    file = f"{ROOT}/Recordings/{RECORDING}.json"
    assert [(s.method, s.path) for s in fake.seen] == [
        ("GET", f"{ROOT}/Calls/{IN_URL}/Recordings.json"),
        ("GET", file),
        ("GET", "/sound.mp3"),
        ("DELETE", file),
        ("DELETE", file),
    ]
    assert "Authorization" not in fake.seen[2].headers


@pytest.mark.parametrize(
    "about", [{"status": "in-progress"}, {"status": "completed"}, {"media_url": "https://h/x"}, {}]
)
def test_a_recording_that_is_not_ready(
    fake: FakeTwilio, telnyx: TelnyxCarrier, about: dict[str, str]
) -> None:
    fake.answer(Reply(body=about))
    assert type(error_of(lambda: telnyx.fetch_recording(RECORDING))) is NotThere


@pytest.mark.parametrize("url", ["http://elsewhere.example/x", "file:///etc/passwd", "ftp://h/x"])
def test_sound_without_tls_is_not_fetched(
    fake: FakeTwilio, telnyx: TelnyxCarrier, url: str
) -> None:
    fake.answer(Reply(body={"status": "completed", "media_url": url}))
    error = error_of(lambda: telnyx.fetch_recording(RECORDING))
    assert (type(error), error.code) == (Refused, "media_without_tls")


def test_sound_that_is_too_large(
    fake: FakeTwilio, telnyx: TelnyxCarrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rest, "MAX_MEDIA_BYTES", 4)
    fake.answer(Reply(body={"status": "completed", "media_url": f"{fake.url}/s"}), audio())
    assert error_of(lambda: telnyx.fetch_recording(RECORDING)).code == "too_large"


def test_the_record_of_a_call_cannot_be_deleted(fake: FakeTwilio, telnyx: TelnyxCarrier) -> None:
    assert type(error_of(lambda: telnyx.delete_call(CALL))) is Refused
    assert fake.seen == []


@pytest.mark.parametrize(
    ("reply", "kind", "code"),
    [
        (Reply(429, {"errors": [{"code": "10011"}]}), Busy, "10011"),
        (Reply(401, {"errors": [{"code": "10009"}]}), Refused, "10009"),
        (Reply(404, {"errors": [{"detail": "Resource not found"}]}), NotThere, "http_404"),
        (Reply(500, b"<html>"), Uncertain, "http_500"),
        (Reply(302, b"", {"Location": "https://evil.example/"}), Uncertain, "http_302"),
        (Reply(200, b"not json"), Uncertain, "malformed_answer"),
        (Reply(200, [1]), Uncertain, "malformed_answer"),
        (Reply(mode="reset"), Uncertain, "connection"),
    ],
)
def test_what_goes_wrong(
    fake: FakeTwilio, telnyx: TelnyxCarrier, reply: Reply, kind: type, code: str
) -> None:
    fake.answer(reply)
    error = error_of(lambda: place(telnyx))
    assert (type(error), error.code) == (kind, code)


@pytest.mark.parametrize("bad", ["", "../x", "a?b", "a#b", "a/b", "x" * 200])
def test_an_id_never_bends_an_address(fake: FakeTwilio, telnyx: TelnyxCarrier, bad: str) -> None:
    for ask in (telnyx.call_state, telnyx.fetch_recording, telnyx.recordings):
        assert error_of(lambda ask=ask: ask(bad)).code == "bad_id"  # type: ignore[misc]
    assert fake.seen == []
