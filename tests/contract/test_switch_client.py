"""Twilio's own client against the switch: each of its methods, and each error.

Every exchange is held against Twilio's description where that describes it; the rest (Streams,
single Messages) is checked by the client's own parsing alone.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from openapi_core import OpenAPI
from openapi_core.contrib.requests import RequestsOpenAPIRequest, RequestsOpenAPIResponse
from openapi_core.templating.paths.exceptions import PathError
from twilio.base.exceptions import TwilioException, TwilioRestException

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
    running_application,
    running_switch,
)

NOBODY = "+15550100099"


class Checked(requests.Session):
    """Holds every exchange against the description; `beyond` are those it does not describe."""

    def __init__(self, described: OpenAPI | None) -> None:
        super().__init__()
        self.described = described
        self.seen: list[tuple[str, int]] = []
        self.beyond: list[str] = []

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        answer = super().send(request, **options)
        assert request.url is not None
        path = request.url.partition("/2010-04-01")[2]
        self.seen.append((f"{request.method} {path}", answer.status_code))
        if self.described is None:
            return answer
        asked = request.copy()
        asked.url = "https://api.twilio.com/2010-04-01" + path
        question = RequestsOpenAPIRequest(asked)
        try:
            if answer.ok:
                self.described.validate_request(question)
            self.described.validate_response(question, RequestsOpenAPIResponse(answer))
        except PathError:
            self.beyond.append(f"{request.method} {path}")
        return answer


@pytest.fixture(scope="module")
def described() -> OpenAPI | None:
    return OpenAPI.from_dict(description()) if SPEC.exists() else None


@pytest.fixture(scope="module")
def whole() -> Iterator[tuple[Switch, Application]]:
    """One switch and one application for all tests here: each uses calls of its own."""
    with running_application() as application, running_switch() as switch:
        yield switch, application


@pytest.fixture
def switch(whole: tuple[Switch, Application], described: OpenAPI | None) -> Switch:
    whole[0].client.http_client.session = Checked(described)
    return whole[0]


@pytest.fixture
def application(whole: tuple[Switch, Application]) -> Application:
    return whole[1]


def place(switch: Switch, to: str = ONE, **fields: Any) -> Any:
    """A call to a phone that answers, and waits."""
    switch.phone(to)
    call = switch.client.calls.create(to=to, from_=HOTLINE, **({"twiml": WAIT} | fields))
    switch.wait("answered", call.sid)
    return call


def code(ask: Any) -> tuple[int, int]:
    """Status and Twilio's code of a request that fails."""
    with pytest.raises(TwilioRestException) as caught:
        ask()
    return caught.value.status, caught.value.code


def test_the_description_is_used(described: OpenAPI | None) -> None:
    if described is None:
        pytest.skip(f"the excerpt of Twilio's OpenAPI description is absent: {SPEC.name}")


def test_calls(switch: Switch, application: Application) -> None:
    call = place(
        switch,
        send_digits="1w2",
        record=True,
        recording_channels="dual",
        recording_status_callback=application.url + "/call-recorded",
        timeout=20,
        time_limit=600,
    )
    calls = switch.client.calls
    assert call.sid in {each.sid for each in calls.list(to=ONE, status="in-progress")}
    assert calls.list(to=NOBODY) == []
    application.pages["/over"] = WAIT
    changed = call.update(
        status_callback=application.url + "/call-over",
        fallback_url=application.url + "/fallback",
        time_limit=500,
        url=application.url + "/over",
    )
    assert changed.status == "in-progress"
    assert any(told["CallSid"] == call.sid for told in application.wait("/over"))
    call.update(status="completed")
    assert application.wait("/call-over")[0]["CallStatus"] == "completed"
    told = application.wait("/call-recorded")[0]
    assert (told["RecordingChannels"], told["RecordingSource"]) == ("2", "OutboundAPI")
    wav = requests.get(
        told["RecordingUrl"] + ".wav?RequestedChannels=2", auth=(ACCOUNT, TOKEN), timeout=10
    )
    assert int.from_bytes(wav.content[22:24], "little") == 2
    assert call.delete()


def test_calls_that_cannot_be(switch: Switch) -> None:
    calls, ended = switch.client.calls, place(switch)
    ended.update(status="completed")
    good = {"to": ONE, "from_": HOTLINE, "twiml": WAIT}
    for changes, wanted in [
        ({"to": "12"}, 21217),
        ({"from_": ONE}, 21210),
        ({"from_": "12"}, 21212),
        ({"twiml": ""}, 21205),
        ({"timeout": 900}, 21208),
    ]:
        assert code(lambda c=changes: calls.create(**(good | c))) == (400, wanted)
    assert code(lambda: ended.update(twiml=WAIT)) == (400, 21220)
    assert code(ended.recordings.create) == (400, 21220)
    assert code(lambda: ended.streams.create(url="wss://127.0.0.1/s")) == (400, 21220)
    assert code(lambda: place(switch).delete()) == (409, 20009)


def test_phones_by_name_are_called(switch: Switch) -> None:
    for name in ("client:anna", "sip:desk@example.com"):
        assert place(switch, to=name).fetch().to == name


def test_recordings_of_a_call(switch: Switch) -> None:
    call = place(switch)
    one = call.recordings.create(recording_track="inbound", trim="do-not-trim")
    assert (one.status, one.track, one.source) == (
        "in-progress",
        "inbound",
        "StartCallRecordingAPI",
    )
    assert call.recordings("Twilio.CURRENT").update(status="paused").status == "paused"
    handle = call.recordings(one.sid)
    assert handle.update(status="in-progress", pause_behavior="skip").status == "in-progress"
    assert handle.update(status="stopped").status in {"processing", "completed", "absent"}
    assert code(lambda: handle.update(status="stopped")) == (400, 21220)
    assert code(lambda: handle.update(status="later"))[1] == 20001
    assert [each.sid for each in call.recordings.list()] == [one.sid]
    assert handle.fetch().call_sid == call.sid
    assert one.sid in {each.sid for each in switch.client.recordings.list(call_sid=call.sid)}
    assert handle.delete()
    assert code(handle.fetch) == (404, 20404)
    assert switch.client.recordings(one.sid).fetch(include_soft_deleted=True).status == "deleted"
    assert code(switch.client.recordings(one.sid).delete) == (404, 20404)


def test_conferences_and_participants(switch: Switch, application: Application) -> None:
    events = ["start", "end", "join", "leave", "mute", "hold", "modify", "announcement"]
    people = switch.client.conferences("room").participants
    for number in (ONE, TWO, CALLER):
        switch.phone(number, {"bridged": True, "say_tone": {"hz": 700, "seconds": 300}})
    host = people.create(
        from_=HOTLINE,
        to=ONE,
        label="host",
        beep="false",
        end_conference_on_exit=True,
        conference_record="record-from-start",
        conference_recording_status_callback=application.url + "/room-recorded",
        conference_status_callback=application.url + "/room",
        conference_status_callback_event=events,
    )
    room = switch.client.conferences(host.conference_sid)
    assert room.participants("host").fetch().call_sid == host.call_sid
    switch.wait("bridge_joined", host.call_sid)
    guest = room.participants.create(from_=HOTLINE, to=TWO, early_media=True)
    switch.wait("bridge_joined", guest.call_sid)
    assert code(lambda: room.participants.create(from_=HOTLINE, to=CALLER, label="host")) == (
        400,
        16025,
    )
    assert room.fetch().status == "in-progress"
    assert len(room.participants.list()) == 2
    me = room.participants(guest.call_sid)
    assert me.update(muted=True).muted is True
    assert [each.call_sid for each in room.participants.list(muted=True)] == [guest.call_sid]
    assert me.update(muted=False, hold=True).hold is True
    application.pages["/announce"] = '<Response><Say>hello</Say><Pause length="1"/></Response>'
    assert me.update(hold=False, announce_url=application.url + "/announce").hold is False
    assert me.update(coaching=True, call_sid_to_coach=host.call_sid).coaching is True
    assert code(lambda: me.update(coaching=True, call_sid_to_coach="CA" + "0" * 32))[1] == 13240
    assert me.update(end_conference_on_exit=False, coaching=False).coaching is False
    room.update(announce_url=application.url + "/announce")
    assert len(room.recordings.list()) == 1
    tape = room.recordings(room.recordings.list()[0].sid)
    assert tape.update(status="paused").status == "paused"
    assert tape.fetch().conference_sid == host.conference_sid
    assert me.delete()
    assert room.participants("host").delete()
    for event in [
        "conference-start",
        "participant-join",
        "participant-leave",
        "participant-mute",
        "participant-unmute",
        "participant-hold",
        "participant-unhold",
        "participant-modify",
        "announcement-end",
    ]:
        application.wait_for("/room", StatusCallbackEvent=event)
    ended = application.wait_for("/room", StatusCallbackEvent="conference-end")
    assert ended["ReasonConferenceEnded"] == "participant-with-end-conference-on-exit-kicked"
    assert application.wait("/room-recorded")[0]["ConferenceSid"] == host.conference_sid
    assert tape.delete()
    assert code(room.participants("host").fetch) == (404, 20404)
    assert [each.sid for each in switch.client.conferences.list(friendly_name="room")]
    assert switch.client.conferences.list(status="in-progress", friendly_name="room") == []
    assert code(lambda: room.update(status=None))[1] == 20001


def test_queues_and_members(switch: Switch, application: Application) -> None:
    queues = switch.client.queues
    queue = queues.create(friendly_name="desk", max_size=2)
    assert (queue.max_size, queue.current_size) == (2, 0)
    assert code(lambda: queues.create(friendly_name="desk")) == (400, 22003)
    assert code(lambda: queues.create(friendly_name="x" * 65))[1] == 20001
    assert queue.update(max_size=5, friendly_name="front desk").max_size == 5
    application.pages["/out"] = WAIT
    application.pages["/queue-over"] = "<Response/>"
    enqueue = (
        f'<Response><Enqueue action="{application.url}/queue-over">front desk</Enqueue></Response>'
    )
    first, second = place(switch, twiml=enqueue), place(switch, to=TWO, twiml=enqueue)
    switch.wait("enqueued", first.sid)
    switch.wait("enqueued", second.sid)
    assert [each.position for each in queue.members.list()] == [1, 2]
    assert code(queue.delete)[1] == 20001
    assert queue.members("Front").fetch().call_sid == first.sid
    assert queue.members(second.sid).fetch().position == 2
    taken = queue.members("Front").update(url=application.url + "/out")
    assert taken.call_sid == first.sid
    assert application.wait("/out")[0]["CallSid"] == first.sid
    assert application.wait("/queue-over")[0]["QueueResult"] == "redirected"
    assert code(queue.members(first.sid).fetch) == (404, 20404)
    second.update(status="completed")
    switch.wait("dequeued", second.sid)
    assert queue.sid in {each.sid for each in queues.list()}
    assert queue.fetch().current_size == 0
    assert queue.delete()
    assert code(queue.fetch) == (404, 20404)


def test_streams(switch: Switch, application: Application) -> None:
    call = place(switch)
    stream = call.streams.create(
        url="wss://127.0.0.1:9/s",
        name="ears",
        track="both_tracks",
        status_callback=application.url + "/stream",
        parameter1_name="who",
        parameter1_value="we",
    )
    assert (stream.status, stream.name, stream.call_sid) == ("in-progress", "ears", call.sid)
    assert application.wait("/stream")[0]["StreamEvent"] == "stream-error"
    assert call.streams("ears").update(status="stopped").status == "stopped"
    assert code(lambda: call.streams("nose").update(status="stopped")) == (404, 20404)
    assert code(lambda: call.streams.create(url="http://127.0.0.1/s"))[1] == 31922
    session = switch.client.http_client.session
    if session.described is not None:
        assert {"/Streams" in each for each in session.beyond} == {True}


def test_messages_are_kept(switch: Switch) -> None:
    messages = switch.client.messages
    sent = messages.create(to=ONE, from_=HOTLINE, body="é" * 200, media_url=["http://h/a.png"])
    assert (sent.status, sent.num_segments, sent.num_media) == ("queued", "2", "1")
    assert [each.sid for each in messages.list(to=ONE)] == [sent.sid]
    assert messages.list(to=TWO) == []
    assert sent.update(body="").body == ""
    assert sent.update(status="canceled").status == "canceled"
    for changes, wanted in [
        ({"to": ""}, 21604),
        ({"from_": ""}, 21603),
        ({"body": ""}, 21602),
        ({"to": "x"}, 21211),
        ({"body": "x" * 1601}, 20001),
    ]:
        good = {"to": ONE, "from_": HOTLINE, "body": "x"}
        assert code(lambda c=changes, g=good: messages.create(**(g | c))) == (400, wanted)
    assert sent.delete()
    assert code(sent.fetch) == (404, 20404)


def test_what_is_not_there(switch: Switch) -> None:
    client, zeros = switch.client, "0" * 32
    call, room = client.calls("CA" + zeros), client.conferences("CF" + zeros)
    queue = client.queues("QU" + zeros)
    for ask in [
        call.fetch,
        call.recordings.create,
        call.recordings("RE" + zeros).fetch,
        lambda: call.streams("MZ" + zeros).update(status="stopped"),
        room.fetch,
        lambda: room.participants.create(from_=HOTLINE, to=ONE),
        queue.fetch,
        client.recordings("RE" + zeros).fetch,
        client.messages("SM" + zeros).fetch,
    ]:
        assert code(ask) == (404, 20404)
    for lists in [call.recordings, room.participants, room.recordings, queue.members]:
        with pytest.raises(TwilioException, match="20404"):
            lists.list()


def test_one_call_in_a_second() -> None:
    """The others wait for their turn; one that is canceled meanwhile is told of to nobody."""
    with running_application() as application, running_switch("--calls-per-second", "1") as slow:
        slow.phone(ONE, answer="never")
        status = application.url + "/status"
        sids = [
            slow.client.calls.create(
                to=ONE, from_=HOTLINE, twiml=WAIT, status_callback=status, timeout=600
            ).sid
            for _ in range(40)
        ]
        last = slow.client.calls(sids[-1])
        assert last.update(status="canceled").status == "canceled"
        slow.wait("ringing", sids[2])
        waits = [int(slow.client.calls(sid).fetch().queue_time) for sid in sids[:3]]
        assert waits[0] < waits[1] < waits[2]
        assert not [each for _, each, _ in application.seen if each["CallSid"] == sids[-1]]
