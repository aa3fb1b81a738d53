"""The switch, as a process, against what Twilio published: client, validator, OpenAPI excerpt."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from openapi_core import OpenAPI
from openapi_core.contrib.requests import RequestsOpenAPIRequest, RequestsOpenAPIResponse
from openapi_core.validation.response.exceptions import InvalidData
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.support.description import SPEC, description
from tests.support.switchboard import (
    ACCOUNT,
    CALLER,
    HOTLINE,
    ONE,
    TOKEN,
    TWO,
    WAIT,
    Application,
    Switch,
)


def place(switch: Switch, to: str = ONE, **fields: Any) -> Any:
    return switch.client.calls.create(to=to, from_=HOTLINE, **({"twiml": WAIT} | fields))


def test_client_places_updates_and_lists_calls(switch: Switch, application: Application) -> None:
    switch.phone(ONE)
    application.pages["/screen"] = WAIT
    call = place(
        switch,
        url=application.url + "/screen?attempt=7",
        status_callback=application.url + "/status",
        status_callback_event=["initiated", "ringing", "answered", "completed"],
        timeout=20,
        fallback_url=application.url + "/fallback",
    )
    assert (call.status, call.direction) == ("queued", "outbound-api")
    switch.wait("answered", call.sid)
    assert call.fetch().status == "in-progress"
    since = datetime.now(UTC) - timedelta(minutes=5)
    found = switch.client.calls.list(to=ONE, start_time_after=since, page_size=1)
    assert [each.sid for each in found] == [call.sid]
    assert call.update(status="completed").status == "completed"
    statuses = application.wait("/status", 4)
    assert {each["CallStatus"] for each in statuses} == {
        "initiated",
        "ringing",
        "in-progress",
        "completed",
    }
    assert sorted(each["SequenceNumber"] for each in statuses) == ["0", "1", "2", "3"]
    with pytest.raises(TwilioRestException) as caught:
        call.update(status="completed")
    assert (caught.value.status, caught.value.code) == (400, 21220)
    assert call.delete()
    with pytest.raises(TwilioRestException) as caught:
        call.fetch()
    assert (caught.value.status, caught.value.code) == (404, 20404)


def test_client_walks_through_pages(switch: Switch) -> None:
    switch.phone(ONE, answer="never")
    sids = [place(switch).sid for _ in range(5)]
    assert [each.sid for each in switch.client.calls.list(page_size=2)] == sids[::-1]


def test_client_fails_with_twilios_codes(switch: Switch) -> None:
    for changes, code in [({"to": "12"}, 21217), ({"from_": ONE}, 21210), ({"twiml": ""}, 21205)]:
        with pytest.raises(TwilioRestException) as caught:
            switch.client.calls.create(**({"to": ONE, "from_": HOTLINE, "twiml": WAIT} | changes))
        assert caught.value.code == code
    wrong = Client(ACCOUNT, "wrong")
    wrong.api.base_url = switch.url
    with pytest.raises(TwilioRestException) as caught:
        wrong.calls("CA" + "0" * 32).fetch()
    assert (caught.value.status, caught.value.code) == (401, 20003)


def leave_message(switch: Switch, application: Application) -> dict[str, str]:
    """One recorded call; parameters of the recording's callback."""
    application.pages["/voice"] = (
        '<Response><Record action="/done" maxLength="2" recordingStatusCallback="/recorded"/>'
        "</Response>"
    )
    switch.control("PUT", "number", {"voice_url": application.url + "/voice"})
    switch.phone(CALLER)
    switch.control("POST", "calls", {"from": CALLER, "to": HOTLINE})
    return application.wait("/recorded")[0]


def test_client_handles_recordings(switch: Switch, application: Application) -> None:
    told = leave_message(switch, application)
    recording = switch.client.recordings(told["RecordingSid"]).fetch()
    assert (recording.status, recording.call_sid) == ("completed", told["CallSid"])
    assert len(switch.client.calls(told["CallSid"]).recordings.list()) == 1
    media = requests.get(told["RecordingUrl"] + ".wav", auth=(ACCOUNT, TOKEN), timeout=10)
    assert media.content[:4] == b"RIFF"
    assert recording.delete()
    assert switch.client.recordings.list() == []


def test_every_webhook_is_signed_as_twilio_signs(switch: Switch, application: Application) -> None:
    """All kinds: documents, actions, media, whispers, waits and the callbacks of each."""
    pages = application.pages
    events = 'statusCallbackEvent="initiated ringing answered completed"'
    pages["/voice"] = (
        '<Response><Gather numDigits="1" action="/menu?x=a%2Fb"><Play>/a.wav?k=1</Play></Gather>'
        "</Response>"
    )
    pages["/menu"] = (
        '<Response><Record action="/recorded" maxLength="1" recordingStatusCallback="/recording"/>'
        "</Response>"
    )
    pages["/recorded"] = (
        f'<Response><Dial action="/dialed" timeLimit="2"><Number url="/whisper" {events}'
        f' statusCallback="/leg">{ONE}</Number></Dial></Response>'
    )
    pages["/dialed"] = (
        '<Response><Dial action="/parted" timeLimit="2"><Conference beep="false" waitUrl="/wait"'
        ' statusCallback="/room" statusCallbackEvent="join leave end">r</Conference></Dial>'
        "</Response>"
    )
    pages["/parted"] = '<Response><Redirect method="GET">/last?q=%C3%A9</Redirect></Response>'
    pages["/last"] = "<Response><Hangup/></Response>"
    switch.control(
        "PUT",
        "number",
        {"voice_url": application.url + "/voice", "status_callback": application.url + "/over"},
    )
    switch.phone(ONE)
    switch.phone(CALLER, {"after_s": 1, "press": "1"})
    switch.control("POST", "calls", {"from": CALLER, "to": HOTLINE})
    application.wait("/over")
    application.wait("/leg", 4)
    application.wait("/room", 3)
    kinds = {path for path, _, _ in application.seen}
    assert kinds == set(pages) | {"/a.wav", "/recording", "/whisper", "/leg", "/wait", "/room"} | {
        "/over"
    }
    assert [path for path, _, valid in application.seen if not valid] == []


@pytest.fixture(scope="module")
def spec() -> OpenAPI:
    if not SPEC.exists():
        reason = f"the excerpt of Twilio's OpenAPI description is absent: {SPEC.name}"
        pytest.skip(reason)
    return OpenAPI.from_dict(description())


def test_bodies_fit_the_published_description(
    switch: Switch, application: Application, spec: OpenAPI
) -> None:
    told = leave_message(switch, application)
    switch.phone(ONE)
    application.pages["/room"] = "<Response><Dial><Conference>r</Conference></Dial></Response>"
    call = place(switch, twiml=None, url=application.url + "/room")
    switch.wait("bridge_joined", call.sid)
    conference = switch.client.conferences.list()[0].sid
    ended = place(switch, to=TWO).sid
    switch.wait("hangup", ended)
    form = {"To": ONE, "From": HOTLINE, "Url": application.url + "/wait", "Method": "POST"}
    for method, path, data in [
        ("GET", "Calls.json", None),
        ("POST", "Calls.json", form),
        ("GET", f"Calls/{call.sid}.json", None),
        ("GET", f"Calls/{ended}.json", None),
        ("GET", "Recordings.json", None),
        ("GET", f"Recordings/{told['RecordingSid']}.json", None),
        ("GET", f"Calls/{told['CallSid']}/Recordings.json", None),
        ("GET", f"Calls/{told['CallSid']}/Recordings/{told['RecordingSid']}.json", None),
        ("GET", "Conferences.json", None),
        ("GET", f"Conferences/{conference}.json", None),
        ("POST", f"Conferences/{conference}.json", {"Status": "completed"}),
        ("GET", f"Conferences/{conference}.json", None),
        ("DELETE", f"Recordings/{told['RecordingSid']}.json", None),
        ("DELETE", f"Calls/{told['CallSid']}.json", None),
    ]:
        check(switch, spec, method, path, data)


def test_the_description_does_refuse_wrong_bodies(switch: Switch, spec: OpenAPI) -> None:
    call = place(switch)
    url = f"/2010-04-01/Accounts/{ACCOUNT}/Calls/{call.sid}.json"
    answer = requests.get(switch.url + url, auth=(ACCOUNT, TOKEN), timeout=10)
    answer._content = json.dumps(answer.json() | {"status": "answered"}).encode()
    answer.request.url = "https://api.twilio.com" + url
    with pytest.raises(InvalidData):
        spec.validate_response(
            RequestsOpenAPIRequest(answer.request), RequestsOpenAPIResponse(answer)
        )


def check(switch: Switch, spec: OpenAPI, method: str, path: str, data: Any) -> None:
    """Request something; the exchange must fit the description, as if it were Twilio's host."""
    url = f"/2010-04-01/Accounts/{ACCOUNT}/{path}"
    with requests.Session() as session:
        session.auth = (ACCOUNT, TOKEN)
        sent = session.prepare_request(requests.Request(method, switch.url + url, data=data))
        answer = session.send(sent, timeout=10)
    assert answer.ok, (method, path, answer.text)
    sent.url = "https://api.twilio.com" + url
    described = RequestsOpenAPIRequest(sent)
    spec.validate_request(described)
    spec.validate_response(described, RequestsOpenAPIResponse(answer))
