"""The Twilio adapter against a local HTTP server that answers as Twilio does, and against its API.

Every request we send is checked with Twilio's published description (`../shared/reference`), where
that is present; the checks of our own behavior run without it.
"""

import base64
import json
import logging
import socket
import struct
import threading
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from openapi_core import OpenAPI
from openapi_core.testing import MockRequest

from hotline.carrier import twilio
from hotline.carrier.port import (
    Busy,
    Capabilities,
    Carrier,
    CarrierError,
    LegState,
    NotThere,
    Recording,
    Refused,
    Uncertain,
)
from hotline.carrier.twilio import TwilioCarrier

SPEC = Path(__file__).parents[3] / "shared/reference/twilio-openapi-calls.json"
ACCOUNT = "AC" + "0a" * 16
TOKEN = "secret-of-the-account"
OURS = "+15550100911"
THEIRS = "+15550100001"
CALL = "CA" + "1b" * 16
OTHER_CALL = "CA" + "2c" * 16
RECORDING = "RE" + "3d" * 16
NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
ROOT = f"/2010-04-01/Accounts/{ACCOUNT}"


@dataclass(frozen=True)
class Seen:
    """A request as it arrived."""

    method: str
    path: str
    query: list[tuple[str, str]]
    form: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes
    peer: int
    """The client's port: the same for two requests on one connection."""


@dataclass(frozen=True)
class Reply:
    """What the server answers. `mode` other than "whole" breaks the connection in some way."""

    status: int = 200
    body: Any = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    mode: str = "whole"  # whole | silent (accepted, no answer) | reset | cut (half a body)

    @property
    def data(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """The tests break connections on purpose; that is no news."""


class FakeTwilio:
    """The server: gives the next reply of `replies` to each request and keeps what it saw."""

    def __init__(self) -> None:
        self.replies: list[Reply] = []
        self.seen: list[Seen] = []
        self.released = threading.Event()
        self.server = _Server(("127.0.0.1", 0), _handler(self))
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def answer(self, *replies: Reply) -> None:
        self.replies.extend(replies)

    def close(self) -> None:
        self.released.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def _handler(fake: FakeTwilio) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            parts = urlsplit(self.path)
            pairs = parse_qsl(parts.query, keep_blank_values=True)
            form = parse_qsl(body.decode(), keep_blank_values=True)
            headers, peer = dict(self.headers), self.client_address[1]
            fake.seen.append(Seen(self.command, parts.path, pairs, form, headers, body, peer))
            self._reply(fake.replies.pop(0))

        def _reply(self, reply: Reply) -> None:
            if reply.mode == "silent":
                fake.released.wait()
                self.close_connection = True
            elif reply.mode == "reset":
                linger = struct.pack("ii", 1, 0)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                self.connection.close()
                self.close_connection = True
            else:
                self._send(reply)

        def _send(self, reply: Reply) -> None:
            self.send_response(reply.status)
            data = b"" if reply.status == 204 else reply.data
            headers = {"Content-Type": "application/json", "Content-Length": str(len(data))}
            for name, value in (headers | reply.headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.close_connection = reply.mode == "cut"
            self.wfile.write(data[: len(data) // 2] if reply.mode == "cut" else data)

        do_GET = do_POST = do_DELETE = _do

        def log_message(self, format: str, *args: object) -> None:
            """Keep the test's output clean."""

        def finish(self) -> None:
            """Close without complaint where the test broke the connection."""
            try:
                super().finish()
            except (OSError, ValueError):
                self.rfile.close()

    return Handler


@pytest.fixture
def fake() -> Iterator[FakeTwilio]:
    server = FakeTwilio()
    yield server
    server.close()


@pytest.fixture
def carrier(fake: FakeTwilio) -> Iterator[TwilioCarrier]:
    adapter = TwilioCarrier(ACCOUNT, TOKEN, OURS, api_url=fake.url, timeout_s=5.0)
    yield adapter
    adapter.close()


@pytest.fixture
def hasty(fake: FakeTwilio) -> Iterator[TwilioCarrier]:
    """An adapter that gives up soon, for the tests in which nobody answers."""
    adapter = TwilioCarrier(ACCOUNT, TOKEN, OURS, api_url=fake.url, timeout_s=0.1)
    yield adapter
    adapter.close()


def call(sid: str = CALL, status: str = "queued", at: datetime | None = NOW) -> dict[str, Any]:
    """A call as Twilio describes it; a queued one has no start time."""
    made = format_datetime(at) if at else None
    start = None if status == "queued" else made
    return {"sid": sid, "status": status, "date_created": made, "start_time": start, "to": THEIRS}


def calls(*rows: dict[str, Any]) -> Reply:
    return Reply(body={"calls": list(rows), "page": 0, "page_size": 100, "next_page_uri": None})


def refusal(status: int, code: int | None = None) -> Reply:
    body = {"code": code or status, "message": f"about {THEIRS}", "more_info": "", "status": status}
    return Reply(status, body)


def place(carrier: Carrier) -> str:
    return carrier.place_call(
        to=THEIRS, url="https://h.example/r/1", status_url="https://h.example/r/1/s", ring_s=20.2
    )


EVERY_METHOD: list[tuple[str, Callable[[TwilioCarrier], object]]] = [
    ("place_call", place),
    ("find_call", lambda c: c.find_call(to=THEIRS, since=NOW, known=[])),
    ("call_state", lambda c: c.call_state(CALL)),
    ("redirect_call", lambda c: c.redirect_call(CALL, "https://h.example/x")),
    ("end_call", lambda c: c.end_call(CALL)),
    ("recordings", lambda c: c.recordings(CALL)),
    ("fetch_recording", lambda c: c.fetch_recording(RECORDING)),
    ("delete_recording", lambda c: c.delete_recording(RECORDING)),
]
every_method = pytest.mark.parametrize(
    "ask", [m for _, m in EVERY_METHOD], ids=[n for n, _ in EVERY_METHOD]
)


def error_of(ask: Callable[[TwilioCarrier], object], carrier: TwilioCarrier) -> CarrierError:
    with pytest.raises(CarrierError) as caught:
        ask(carrier)
    shown = "".join(traceback.format_exception(caught.value))
    assert THEIRS not in shown
    assert TOKEN not in shown
    return caught.value


# What is asked ---------------------------------------------------------------


def test_it_is_a_carrier(carrier: TwilioCarrier) -> None:
    port: Carrier = carrier
    assert port.capabilities == Capabilities(stream=False)


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


# What goes wrong -------------------------------------------------------------


@every_method
@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (429, 20429, Busy),
        (429, None, Busy),
        (500, None, Uncertain),
        (503, 20503, Uncertain),
        (408, None, Uncertain),
        (400, 21211, Refused),
        (401, 20003, Refused),
        (403, 21210, Refused),
    ],
)
def test_refusals(
    fake: FakeTwilio,
    carrier: TwilioCarrier,
    ask: Callable[[TwilioCarrier], object],
    status: int,
    code: int | None,
    kind: type[CarrierError],
) -> None:
    fake.answer(refusal(status, code))
    error = error_of(ask, carrier)
    assert type(error) is kind
    assert error.code in (str(code), str(status), f"http_{status}")
    assert len(fake.seen) == 1  # the adapter itself never tries twice


@pytest.mark.parametrize("ask", [m for n, m in EVERY_METHOD if n != "delete_recording"])
def test_not_there(
    fake: FakeTwilio, carrier: TwilioCarrier, ask: Callable[[TwilioCarrier], object]
) -> None:
    fake.answer(refusal(404, 20404))
    assert type(error_of(ask, carrier)) is NotThere


def test_problem_details_are_understood_too(fake: FakeTwilio, carrier: TwilioCarrier) -> None:
    body = {"type": "about:blank", "title": THEIRS, "status": 429, "code": 20429}
    fake.answer(Reply(429, body))
    assert type(error_of(place, carrier)) is Busy


@every_method
def test_no_answer_after_acceptance_is_uncertain(
    fake: FakeTwilio, hasty: TwilioCarrier, ask: Callable[[TwilioCarrier], object]
) -> None:
    fake.answer(Reply(mode="silent"))
    assert type(error_of(ask, hasty)) is Uncertain
    assert len(fake.seen) == 1


@every_method
def test_reset_after_sending_is_uncertain(
    fake: FakeTwilio, carrier: TwilioCarrier, ask: Callable[[TwilioCarrier], object]
) -> None:
    fake.answer(Reply(mode="reset"))
    assert type(error_of(ask, carrier)) is Uncertain
    assert len(fake.seen) == 1


@every_method
def test_refused_connection_is_busy(ask: Callable[[TwilioCarrier], object]) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # bound, not listening: connections are refused
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        carrier = TwilioCarrier(ACCOUNT, TOKEN, OURS, api_url=url, timeout_s=5.0)
        error = error_of(ask, carrier)
        carrier.close()
    assert (type(error), error.code) == (Busy, "unreachable")


@pytest.mark.parametrize(
    "reply",
    [
        Reply(201, b"<html>a proxy's page</html>"),
        Reply(201, b""),
        Reply(201, b"[]"),
        Reply(201, {}),
        Reply(201, {"sid": "../../other"}),
        Reply(201, call(), mode="cut"),
        Reply(302, b"", {"Location": "https://elsewhere.example/"}),
    ],
)
def test_an_answer_that_cannot_be_read_leaves_us_uncertain(
    fake: FakeTwilio, carrier: TwilioCarrier, reply: Reply
) -> None:
    fake.answer(reply)
    assert type(error_of(place, carrier)) is Uncertain


@pytest.mark.parametrize(
    "bad", ["", "x", "../Calls", "RE1/../x", "RE1?x", "RE%2F", "a" * 65, "RE1\n"]
)
def test_an_id_that_could_bend_the_url_is_refused(
    fake: FakeTwilio, carrier: TwilioCarrier, bad: str
) -> None:
    for ask in (
        carrier.call_state,
        carrier.end_call,
        carrier.recordings,
        carrier.fetch_recording,
        carrier.delete_recording,
    ):
        with pytest.raises(Refused, match=r"^bad_id$"):
            ask(bad)
    assert fake.seen == []


def test_ids_of_other_carriers_fit(fake: FakeTwilio, carrier: TwilioCarrier) -> None:
    fake.answer(Reply(200, call(status="ringing")))
    carrier.call_state("6f8f3f0a-7c6e-4d39-9d0b-0d8b3f1f7f10")
    assert fake.seen[0].path == f"{ROOT}/Calls/6f8f3f0a-7c6e-4d39-9d0b-0d8b3f1f7f10.json"


# Media -----------------------------------------------------------------------


def audio(data: bytes = b"RIFF....WAVE") -> Reply:
    return Reply(200, data, {"Content-Type": "audio/x-wav"})


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
    monkeypatch.setattr(twilio, "MAX_MEDIA_BYTES", 1000)
    fake.answer(audio(b"x" * 1001), audio(b"x" * 1000))
    with pytest.raises(Refused, match="too_large"):
        carrier.fetch_recording(RECORDING)
    assert len(carrier.fetch_recording(RECORDING).data) == 1000


def test_media_that_drips_is_given_up(
    fake: FakeTwilio, carrier: TwilioCarrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(twilio, "MEDIA_TOTAL_S", 0.0)
    fake.answer(audio())
    with pytest.raises(Uncertain, match="timeout"):
        carrier.fetch_recording(RECORDING)


def test_half_a_recording_is_not_a_recording(fake: FakeTwilio, carrier: TwilioCarrier) -> None:
    reply = audio()
    fake.answer(Reply(200, reply.body, reply.headers, mode="cut"))
    with pytest.raises(Uncertain):
        carrier.fetch_recording(RECORDING)


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


# Twilio's own description ----------------------------------------------------


@pytest.fixture(scope="module")
def description() -> OpenAPI:
    if not SPEC.exists():
        pytest.skip("Twilio's API description is not on this machine (../shared/reference)")
    return OpenAPI.from_dict(json.loads(SPEC.read_text()))


def check(description: OpenAPI, seen: Seen) -> None:
    """The request is one Twilio documents, and has no parameter it does not know."""
    request = MockRequest(
        "https://api.twilio.com",
        seen.method,
        seen.path,
        args=dict(seen.query),
        headers={"Authorization": seen.headers["Authorization"]},
        data=seen.body,
        content_type=seen.headers.get("Content-Type", ""),
    )
    description.validate_request(request)
    assert {name for name, _ in [*seen.query, *seen.form]} <= _known(seen)


def _known(seen: Seen) -> set[str]:
    """Every parameter the description names for the path and method (`$ref`s are not used)."""
    paths = json.loads(SPEC.read_text())["paths"]
    shape = seen.path.replace(ACCOUNT, "{AccountSid}").replace(RECORDING, "{Sid}")
    call_name = "{CallSid}" if "/Recordings" in shape else "{Sid}"
    operation = paths[shape.replace(CALL, call_name)][seen.method.lower()]
    body = operation.get("requestBody", {}).get("content", {})
    schema = body.get("application/x-www-form-urlencoded", {}).get("schema", {})
    return {p["name"] for p in operation["parameters"]} | set(schema.get("properties", {}))


def test_every_request_is_one_twilio_documents(
    fake: FakeTwilio, carrier: TwilioCarrier, description: OpenAPI
) -> None:
    fake.answer(
        Reply(201, call()),
        calls(),
        calls(),
        Reply(200, call()),
        Reply(200, call()),
        Reply(200, call()),
        Reply(200, {"recordings": [], "next_page_uri": None}),
        audio(),
        Reply(204),
    )
    for _, ask in EVERY_METHOD:
        ask(carrier)
    assert len(fake.seen) == 9
    for seen in fake.seen:
        if not seen.path.endswith(".wav"):  # media are outside the description
            check(description, seen)
