"""The Twilio adapter against the real switch in a process of its own: both ends, no double.

The switch's webhooks arrive at a small server here, which checks their signatures as the web
process does (`hotline.carrier.signature`) and answers with a TwiML document by path.
"""

import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote

import pytest
import requests

from hotline.carrier.port import Busy, Carrier, LegState, NotThere, Refused, Uncertain
from hotline.carrier.signature import raw_target, verify
from hotline.carrier.twilio import TwilioCarrier

ACCOUNT = "AC" + "0a" * 16
TOKEN = "0123456789abcdef0123456789abcdef"
OURS = "+15550100911"
SPEED = 20.0
NUMBERS = itertools.count(1000)
PATIENCE_S = 20.0  # of the wall clock, for what should take a fraction of a second

DOCUMENTS = {
    "/wait": '<Response><Pause length="120"/></Response>',
    "/record": '<Response><Record action="/wait" maxLength="2" timeout="0" playBeep="false" '
    'recordingStatusCallback="/recorded"/></Response>',
    "/text": "<Response><Message>We have it.</Message></Response>",
    "/goodbye": "<Response><Hangup/></Response>",
}


class Web:
    """Where the switch sends its webhooks."""

    def __init__(self) -> None:
        self.posts: list[tuple[str, dict[str, str], bool]] = []
        self.news = threading.Condition()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def add(self, path: str, form: dict[str, str], valid: bool) -> None:
        with self.news:
            self.posts.append((path, form, valid))
            self.news.notify_all()

    def until(self, path: str, count: int = 1) -> list[dict[str, str]]:
        """Wait until so many webhooks have come to a path; gives their forms."""
        with self.news:
            assert self.news.wait_for(lambda: len(self.at(path)) >= count, PATIENCE_S)
            return self.at(path)

    def at(self, path: str) -> list[dict[str, str]]:
        return [form for where, form, _ in self.posts if where == path]

    def statuses(self, path: str) -> list[str]:
        return [form["CallStatus"] for form in self.at(path)]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def _handler(web: Web) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = parse_qsl(body, keep_blank_values=True)
            path, query = raw_target({"RAW_URI": self.path})
            given = self.headers.get("X-Twilio-Signature", "")
            valid = verify([TOKEN], web.url, path, query, form, given)
            web.add(path, dict(form), valid)
            document = DOCUMENTS.get(path, "<Response/>").encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/xml")
            self.send_header("Content-Length", str(len(document)))
            self.end_headers()
            self.wfile.write(document)

        def log_message(self, format: str, *args: object) -> None:
            """Keep the test's output clean."""

    return Handler


class Switch:
    """The switch's process and its control API."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "switch", "--port", "0", "--account-sid", ACCOUNT]
        self.process = subprocess.Popen(
            [*command, "--speed", str(SPEED), "--exit-with-parent"],
            env={**os.environ, "SWITCH_AUTH_TOKEN": TOKEN},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.number = ""
        """The number of this test's phone."""
        self.url: str = json.loads(self.process.stdout.readline())["url"]

    def control(self, method: str, path: str, **body: Any) -> Any:
        answer = requests.request(
            method,
            f"{self.url}/control/{path}",
            json=body or None,
            headers={"Authorization": f"Bearer {TOKEN}"},
            timeout=PATIENCE_S,
        )
        answer.raise_for_status()
        return answer.json()

    def phone(self, answer: Any, *steps: Any) -> None:
        script = {"answer": answer, "steps": list(steps)}
        self.control("PUT", f"phones/{quote(self.number)}", **script)

    def until(self, event: str, call_id: str) -> dict[str, Any]:
        """Wait for an event of a call in the journal."""
        seen, deadline = 0, time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            news = self.control("GET", f"journal?after={seen}&wait=2")
            seen = news["next"]
            for entry in news["events"]:
                if entry["event"] == event and entry["call_sid"] == call_id:
                    return dict(entry)
        raise AssertionError(f"no {event} of that call")

    def dialed(self) -> set[str]:
        """Every call to this test's phone."""
        legs = self.control("GET", "calls")["calls"]
        return {leg["call_sid"] for leg in legs if leg["number"] == self.number}

    def start_test(self, number: str) -> None:
        """A fresh number without a phone, and no fault."""
        self.number = number
        self.control("PUT", "faults", rest="normal", media="normal")

    def end_test(self) -> None:
        """Nothing of the test rings on."""
        for call_id in self.dialed():
            self.control("POST", f"calls/{call_id}/hangup")

    def close(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=PATIENCE_S)


@pytest.fixture
def web() -> Iterator[Web]:
    server = Web()
    yield server
    server.close()
    assert all(valid for _, _, valid in server.posts), "a webhook was wrongly signed"


@pytest.fixture(scope="module")
def process() -> Iterator[Switch]:
    started = Switch()
    yield started
    started.close()


@pytest.fixture
def switch(process: Switch, web: Web) -> Iterator[Switch]:
    """The one switch of this file, with a phone number of this test's own."""
    process.start_test(f"+1555010{next(NUMBERS)}")
    yield process
    process.end_test()


@pytest.fixture
def carrier(switch: Switch) -> Iterator[TwilioCarrier]:
    adapter = TwilioCarrier(ACCOUNT, TOKEN, OURS, api_url=switch.url)
    yield adapter
    adapter.close()


def place(
    carrier: Carrier, web: Web, switch: Switch, path: str = "/wait", ring_s: float = 20
) -> str:
    return carrier.place_call(
        to=switch.number, url=web.url + path, status_url=f"{web.url}/status", ring_s=ring_s
    )


def recording_of(carrier: Carrier, web: Web, switch: Switch) -> str:
    """Have the phone say something for two seconds; gives the recording's id."""
    tone = {"after_s": 0, "say_tone": {"hz": 700, "seconds": 3}}
    switch.phone({"after_s": 0.2}, tone)
    call_id = place(carrier, web, switch, "/record")
    assert web.until("/recorded")[0]["RecordingStatus"] == "completed"
    (recording,) = carrier.recordings(call_id)
    assert recording.duration_s == pytest.approx(2, abs=1)
    return recording.id


def test_ring_answer_end(carrier: TwilioCarrier, web: Web, switch: Switch) -> None:
    switch.phone({"after_s": 8})
    call_id = place(carrier, web, switch)
    switch.until("ringing", call_id)
    assert carrier.call_state(call_id) is LegState.RINGING
    switch.until("answered", call_id)
    assert carrier.call_state(call_id) is LegState.ANSWERED
    assert carrier.caller_number(call_id) == OURS
    carrier.end_call(call_id)
    switch.until("hangup", call_id)
    with pytest.raises(NotThere):
        carrier.caller_number(call_id)
    assert carrier.call_state(call_id) is LegState.COMPLETED
    carrier.end_call(call_id)  # over already: done


def test_status_callbacks_of_one_call(carrier: TwilioCarrier, web: Web, switch: Switch) -> None:
    switch.phone({"after_s": 1})
    place(carrier, web, switch, "/goodbye")
    web.until("/status", 4)
    assert sorted(web.statuses("/status")) == ["completed", "in-progress", "initiated", "ringing"]


@pytest.mark.parametrize(
    ("answer", "state"),
    [("busy", LegState.BUSY), ("decline", LegState.BUSY), ("never", LegState.UNANSWERED)],
)
def test_phones_that_do_not_answer(
    carrier: TwilioCarrier, web: Web, switch: Switch, answer: str, state: LegState
) -> None:
    switch.phone(answer)
    call_id = place(carrier, web, switch, ring_s=6)
    switch.until("hangup", call_id)
    assert carrier.call_state(call_id) is state


def test_a_number_that_does_not_exist(carrier: TwilioCarrier, web: Web, switch: Switch) -> None:
    call_id = place(carrier, web, switch)
    switch.until("hangup", call_id)
    assert carrier.call_state(call_id) is LegState.FAILED


def test_end_while_it_rings(carrier: TwilioCarrier, web: Web, switch: Switch) -> None:
    switch.phone("never")
    call_id = place(carrier, web, switch)
    switch.until("ringing", call_id)
    carrier.end_call(call_id)
    switch.until("hangup", call_id)
    assert carrier.call_state(call_id).over
    assert web.statuses("/wait") == []


def test_redirect_of_a_live_call(carrier: TwilioCarrier, web: Web, switch: Switch) -> None:
    switch.phone({"after_s": 0.5})
    call_id = place(carrier, web, switch)
    switch.until("answered", call_id)
    carrier.redirect_call(call_id, f"{web.url}/goodbye")
    switch.until("hangup", call_id)
    assert web.statuses("/goodbye") == ["in-progress"]
    with pytest.raises(Refused, match="21220"):
        carrier.redirect_call(call_id, f"{web.url}/wait")


def test_a_call_whose_answer_was_lost_is_found(
    carrier: TwilioCarrier, web: Web, switch: Switch
) -> None:
    """Accepted, then the connection breaks: nobody knows, until the carrier is asked."""
    switch.phone("never")
    before = place(carrier, web, switch)
    switch.control("PUT", "faults", rest="accept_then_drop:1")
    since = datetime.now(UTC)
    with pytest.raises(Uncertain):
        place(carrier, web, switch)
    (lost,) = switch.dialed() - {before}
    assert carrier.find_call(to=switch.number, since=since, known=[before]) == lost
    assert carrier.find_call(to=switch.number, since=since, known=[before, lost]) is None
    assert carrier.find_call(to="+15550100002", since=since, known=[]) is None


@pytest.mark.parametrize(("fault", "kind"), [("429:1", Busy), ("500:1", Uncertain)])
def test_a_carrier_in_trouble(
    carrier: TwilioCarrier, web: Web, switch: Switch, fault: str, kind: type[Exception]
) -> None:
    switch.phone("never")
    switch.control("PUT", "faults", rest=fault)
    since = datetime.now(UTC)
    with pytest.raises(kind):
        place(carrier, web, switch)
    assert carrier.find_call(to=switch.number, since=since, known=[]) is None
    assert place(carrier, web, switch)


def test_calls_that_never_were(carrier: TwilioCarrier) -> None:
    nobody = "CA" + "9f" * 16
    for ask in (carrier.call_state, carrier.end_call, carrier.recordings):
        with pytest.raises(NotThere):
            ask(nobody)


def test_wrong_password(switch: Switch, web: Web) -> None:
    stranger = TwilioCarrier(ACCOUNT, "wrong", OURS, api_url=switch.url)
    with pytest.raises(Refused, match="20003"):
        place(stranger, web, switch)
    with pytest.raises(Refused, match="401"):
        stranger.fetch_recording("RE" + "9f" * 16)
    stranger.close()


def test_recording_fetched_and_deleted(carrier: TwilioCarrier, web: Web, switch: Switch) -> None:
    recording_id = recording_of(carrier, web, switch)
    media = carrier.fetch_recording(recording_id)
    assert media.data.startswith(b"RIFF")
    assert media.content_type.startswith("audio/")
    carrier.delete_recording(recording_id)
    with pytest.raises(NotThere):
        carrier.fetch_recording(recording_id)
    carrier.delete_recording(recording_id)  # gone already: done


def test_media_that_come_late_or_as_a_page(
    carrier: TwilioCarrier, web: Web, switch: Switch
) -> None:
    recording_id = recording_of(carrier, web, switch)
    switch.control("PUT", "faults", media="404:2")
    for _ in range(2):
        with pytest.raises(NotThere):
            carrier.fetch_recording(recording_id)
    assert carrier.fetch_recording(recording_id).data.startswith(b"RIFF")
    switch.control("PUT", "faults", media="html")
    assert "html" in carrier.fetch_recording(recording_id).content_type


def messages_of(switch: Switch) -> dict[str, tuple[str, str]]:
    """Direction and body of each text that the switch keeps of this test's phone."""
    answer = requests.get(
        f"{switch.url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json",
        auth=(ACCOUNT, TOKEN),
        timeout=PATIENCE_S,
    ).json()["messages"]
    return {
        each["sid"]: (each["direction"], each["body"])
        for each in answer
        if switch.number in (each["from"], each["to"])
    }


def test_a_text_that_came_is_emptied_and_forgotten_with_the_answer(
    carrier: TwilioCarrier, web: Web, switch: Switch
) -> None:
    switch.control("PUT", "number", message_url=f"{web.url}/text")
    path = f"phones/{quote(switch.number)}/texts"
    came = switch.control("POST", path, body="He has a gun", pictures=1)["message_sid"]
    (form,) = web.until("/text")
    assert (form["MessageSid"], form["Body"], form["NumMedia"]) == (came, "He has a gun", "1")
    later = carrier.send_text(line=OURS, to=switch.number, body="There is an answer.")
    said = ["We have it.", "There is an answer."]
    assert switch.control("GET", path)["texts"] == said
    carrier.empty_text(came)
    assert messages_of(switch)[came] == ("inbound", "")
    assert len(messages_of(switch)) == 3
    switch.control("PUT", "faults", rest="429:1")
    with pytest.raises(Busy):
        carrier.forget_text(came)
    carrier.forget_text(came)
    assert messages_of(switch) == {}
    assert switch.control("GET", path)["texts"] == said, "a phone keeps what it has got"
    for forget in (carrier.empty_text, carrier.forget_text, carrier.delete_text):
        forget(came)  # gone already: done
    carrier.delete_text(later)
