"""The Twilio adapter against a local HTTP server that answers as Twilio does: what is asked."""

import base64
import logging
from datetime import UTC, datetime, timedelta

import pytest

from hotline.carrier import kinds
from hotline.carrier.port import Busy, Carrier, LegState, NotThere, Recording, Refused
from hotline.carrier.twilio import TwilioCarrier
from tests.support.twilio import (
    ACCOUNT,
    CALL,
    NOW,
    OTHER_CALL,
    OURS,
    RECORDING,
    ROOT,
    THEIRS,
    TOKEN,
    FakeTwilio,
    Reply,
    audio,
    call,
    calls,
    error_of,
    place,
    refusal,
)

# What is asked ---------------------------------------------------------------


def test_it_is_a_carrier(carrier: TwilioCarrier) -> None:
    port: Carrier = carrier
    assert port.capabilities == kinds.TWILIO


def test_place_call(fake: FakeTwilio, carrier: TwilioCarrier) -> None:
    fake.answer(Reply(201, call()))
    assert place(carrier) == CALL
    (seen,) = fake.seen
    assert (seen.method, seen.path) == ("POST", f"{ROOT}/Calls.json")
    assert sorted(seen.form) == [
        ("From", OURS),
        ("Method", "POST"),
        ("StatusCallback", "https://h.example/r/1/s"),
        *[("StatusCallbackEvent", e) for e in ("answered", "completed", "initiated", "ringing")],
        ("StatusCallbackMethod", "POST"),
        ("Timeout", "21"),
        ("To", THEIRS),
        ("Url", "https://h.example/r/1"),
    ]
    expected = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
    assert seen.headers["Authorization"] == f"Basic {expected}"


@pytest.mark.parametrize(("ring_s", "timeout"), [(0, "1"), (0.4, "1"), (25, "25"), (5000, "600")])
def test_ring_time_within_bounds(
    fake: FakeTwilio, carrier: TwilioCarrier, ring_s: float, timeout: str
) -> None:
    fake.answer(Reply(201, call()))
    carrier.place_call(to=THEIRS, url="https://h/", status_url="https://h/s", ring_s=ring_s)
    assert ("Timeout", timeout) in fake.seen[0].form


def test_redirect_and_end(fake: FakeTwilio, carrier: TwilioCarrier) -> None:
    fake.answer(Reply(200, call()), Reply(200, call()))
    carrier.redirect_call(CALL, "https://h.example/x")
    carrier.end_call(CALL)
    assert [s.path for s in fake.seen] == [f"{ROOT}/Calls/{CALL}.json"] * 2
    assert sorted(fake.seen[0].form) == [("Method", "POST"), ("Url", "https://h.example/x")]
    assert fake.seen[1].form == [("Status", "completed")]


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("queued", LegState.QUEUED),
        ("initiated", LegState.QUEUED),
        ("ringing", LegState.RINGING),
        ("in-progress", LegState.ANSWERED),
        ("answered", LegState.ANSWERED),
        ("completed", LegState.COMPLETED),
        ("busy", LegState.BUSY),
        ("no-answer", LegState.UNANSWERED),
        ("failed", LegState.FAILED),
        ("canceled", LegState.CANCELLED),
        ("levitating", LegState.UNKNOWN),
        (None, LegState.UNKNOWN),
    ],
)
def test_call_state(fake: FakeTwilio, carrier: TwilioCarrier, status: str, state: LegState) -> None:
    fake.answer(Reply(200, call(status=status)))
    assert carrier.call_state(CALL) is state


@pytest.mark.parametrize(
    ("given", "number"),
    [(THEIRS, THEIRS), ("+266696687", None), ("anonymous", None), ("sip:a@h.example", None)],
)
def test_who_calls(
    fake: FakeTwilio, carrier: TwilioCarrier, given: str, number: str | None
) -> None:
    fake.answer(Reply(200, {**call(status="in-progress"), "from": given}))
    assert carrier.caller_number(CALL) == number
    assert [(s.method, s.path) for s in fake.seen] == [("GET", f"{ROOT}/Calls/{CALL}.json")]


@pytest.mark.parametrize("status", ["completed", "ringing", "of a later year"])
def test_who_called_is_not_told_when_the_call_is_not_live(
    fake: FakeTwilio, carrier: TwilioCarrier, status: str
) -> None:
    fake.answer(Reply(200, {**call(status=status), "from": THEIRS}))
    with pytest.raises(NotThere):
        carrier.caller_number(CALL)


def test_end_of_a_call_that_is_over_is_done(fake: FakeTwilio, carrier: TwilioCarrier) -> None:
    fake.answer(refusal(400, 21220))
    carrier.end_call(CALL)


def test_redirect_of_a_call_that_is_over_is_refused(
    fake: FakeTwilio, carrier: TwilioCarrier
) -> None:
    fake.answer(refusal(400, 21220))
    with pytest.raises(Refused, match=r"^21220$"):
        carrier.redirect_call(CALL, "https://h.example/x")


def test_recordings_of_a_call(fake: FakeTwilio, carrier: TwilioCarrier) -> None:
    other, third = "RE" + "4e" * 16, "RE" + "5f" * 16
    rows = [
        {"sid": RECORDING, "duration": "12"},
        {"sid": other, "duration": "-1"},
        {"sid": third, "duration": None},
    ]
    fake.answer(Reply(200, {"recordings": rows, "next_page_uri": None}))
    expected = [Recording(RECORDING, 12.0), Recording(other, None), Recording(third, None)]
    assert carrier.recordings(CALL) == expected
    assert fake.seen[0].path == f"{ROOT}/Calls/{CALL}/Recordings.json"


def test_delete_recording_also_when_it_is_gone(fake: FakeTwilio, carrier: TwilioCarrier) -> None:
    fake.answer(Reply(204), refusal(404, 20404))
    carrier.delete_recording(RECORDING)
    carrier.delete_recording(RECORDING)
    assert [(s.method, s.path) for s in fake.seen] == [
        ("DELETE", f"{ROOT}/Recordings/{RECORDING}.json")
    ] * 2


def test_delete_call_also_when_it_is_gone(fake: FakeTwilio, carrier: TwilioCarrier) -> None:
    fake.answer(Reply(204), refusal(404, 20404))
    carrier.delete_call(CALL)
    carrier.delete_call(CALL)
    assert [(s.method, s.path) for s in fake.seen] == [("DELETE", f"{ROOT}/Calls/{CALL}.json")] * 2


def test_delete_of_an_unfinished_recording_is_tried_again(
    fake: FakeTwilio, carrier: TwilioCarrier
) -> None:
    fake.answer(refusal(400, 20009))
    with pytest.raises(Busy):
        carrier.delete_recording(RECORDING)


# Looking up after a doubt ----------------------------------------------------


def test_find_call_asks_for_our_calls_of_the_day(fake: FakeTwilio, carrier: TwilioCarrier) -> None:
    fake.answer(calls(call()))
    assert carrier.find_call(to=THEIRS, since=NOW, known=[]) == CALL
    query = dict(fake.seen[0].query)
    assert query["To"] == THEIRS
    assert query["From"] == OURS
    assert query["StartTime>"] == "2026-03-04T00:00:00Z"


def test_find_call_just_after_midnight_asks_for_the_day_before(
    fake: FakeTwilio, carrier: TwilioCarrier
) -> None:
    fake.answer(calls(call(at=NOW)))
    since = datetime(2026, 3, 4, 0, 0, 2, tzinfo=UTC)
    carrier.find_call(to=THEIRS, since=since, known=[])
    assert dict(fake.seen[0].query)["StartTime>"] == "2026-03-03T00:00:00Z"


@pytest.mark.parametrize(
    ("offset_s", "found"), [(-3600, False), (-6, False), (-4, True), (0, True), (90, True)]
)
def test_find_call_compares_the_moment_itself(
    fake: FakeTwilio, carrier: TwilioCarrier, offset_s: int, found: bool
) -> None:
    listed = calls(call(at=NOW + timedelta(seconds=offset_s)))
    fake.answer(listed, listed)
    assert carrier.find_call(to=THEIRS, since=NOW, known=[]) == (CALL if found else None)


def test_find_call_takes_the_unknown_one_nearest_to_the_moment(
    fake: FakeTwilio, carrier: TwilioCarrier
) -> None:
    near, far = NOW + timedelta(seconds=1), NOW + timedelta(seconds=40)
    known = "CA" + "9f" * 16
    fake.answer(calls(call(OTHER_CALL, at=far), call(CALL, "busy", near), call(known, at=NOW)))
    assert carrier.find_call(to=THEIRS, since=NOW, known=[known]) == CALL


def test_find_call_sees_a_queued_call_that_has_no_start_time_yet(
    fake: FakeTwilio, carrier: TwilioCarrier
) -> None:
    fake.answer(calls(), calls(call()))
    assert carrier.find_call(to=THEIRS, since=NOW, known=[]) == CALL
    assert "StartTime>" not in dict(fake.seen[1].query)


def test_find_call_counts_a_call_without_any_time_as_new(
    fake: FakeTwilio, carrier: TwilioCarrier
) -> None:
    fake.answer(calls(call(at=None)))
    assert carrier.find_call(to=THEIRS, since=NOW, known=[]) == CALL


def test_find_call_none(fake: FakeTwilio, carrier: TwilioCarrier) -> None:
    fake.answer(calls(call()), calls(call()))
    assert carrier.find_call(to=THEIRS, since=NOW, known=[CALL]) is None


# Nothing leaks, nothing is taken from the environment ------------------------


def test_nothing_is_logged(
    fake: FakeTwilio, carrier: TwilioCarrier, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    fake.answer(Reply(201, call()), calls(call()), refusal(400, 21211))
    place(carrier)
    carrier.find_call(to=THEIRS, since=NOW, known=[])
    error_of(place, carrier)
    assert not [r for r in caplog.records if r.name.startswith(("twilio", "hotline"))]
    assert THEIRS not in caplog.text


def test_the_environment_bends_no_host_name(
    fake: FakeTwilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "TWILIO_EDGE": "dublin",
        "TWILIO_REGION": "ie1",
        "HTTP_PROXY": "http://127.0.0.1:1",
        "http_proxy": "http://127.0.0.1:1",
    }.items():
        monkeypatch.setenv(name, value)
    carrier = TwilioCarrier(ACCOUNT, TOKEN, OURS, api_url=fake.url)
    fake.answer(Reply(201, call()), audio())
    assert place(carrier) == CALL
    assert carrier.fetch_recording(RECORDING).data
    carrier.close()


def test_connections_are_kept(fake: FakeTwilio, carrier: TwilioCarrier) -> None:
    fake.answer(Reply(201, call()), Reply(201, call()))
    place(carrier)
    place(carrier)
    assert fake.seen[0].peer == fake.seen[1].peer
